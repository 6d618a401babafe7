"""What the page of a briefing says while its note is superseded by words that cannot be read from either."""

import pytest
from flask.testing import FlaskClient

from campaigns.agreement import releases
from tests.campaigns import stories
from tests.campaigns.briefings import kit_stories
from tests.web.grounds import Ground
from tests.web.visitors import words_on

OR_ANOTHER = "or choose another one."
WHY = {
    "stopped": f"by revision 2, which is stopped: wait until it is resumed, {OR_ANOTHER}",
    "changed": f"by revision 2, whose words were changed since: wait until both parties have signed the new ones, {OR_ANOTHER}",
}


@pytest.mark.parametrize("meanwhile", WHY)
def test_while_the_newer_note_is_stopped_or_changed_another_is_asked_for_and_the_old_one_is_not_to_be_read(
    ground: Ground, client: FlaskClient, meanwhile: str
) -> None:
    note = stories.agreed_release(ground.house)
    briefing, new = kit_stories.dated(note), kit_stories.newer(note)
    if meanwhile == "changed":
        kit_stories.newer(note, stories.words(core="Dear ((name)),\n\nThird words. ((your part))"), signed=False)
    else:
        with ground.database.transaction() as session:
            releases.get(session, new.release).state = "stopped"

    said = words_on(client.get(f"/briefings/{briefing}"))

    assert WHY[meanwhile] in said and "Do not read from revision 1." in said
    assert "Choose another note" in said and "Use the new version" not in said
