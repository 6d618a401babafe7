"""What a page offers, its step takes: where the step would refuse, the page says so, and offers it to nobody."""

from flask.testing import FlaskClient

from campaigns.foundation.database import Database
from tests.audiences import invited
from tests.audiences.invited import WALES
from tests.campaigns import stories
from tests.campaigns.stories import DAY, NOON
from tests.web.conftest import Clock
from tests.web.grounds import Ground
from tests.web.visitors import SignIn, words_on


def test_a_holding_line_that_the_other_party_lets_go_is_named_on_the_briefings_page_and_not_offered(
    ground: Ground, client: FlaskClient
) -> None:
    moved = {"core": "It is in ((place)) now. ((your part))", "holding_line": True, "closed": {"place": ["Leeds"]}}
    line = stories.agreed_release(ground.house, stories.words(title="It has moved", let_go_by=["lacors"], **moved))
    briefing = ground.briefing(ground.tour())
    typed = {"day": ["12", "5", "2027"], "hour": "10:00", "place": "County Hall", "note": ""}
    client.post(f"/briefings/{briefing}/arrangement", data=typed)

    page = client.get(f"/briefings/{briefing}")

    assert "An officer of LACoRS can let the holding line “It has moved” go" in words_on(page)
    assert f"/releases/{line.release}/schedule" not in page.text


def test_an_agreed_invitation_after_which_a_newer_one_has_gone_is_not_offered_to_go(
    sqlite: Database, client: FlaskClient, clock: Clock, sign_in: SignIn
) -> None:
    clock.at = NOON
    tour = invited.dated(sqlite)
    older = tour.agreed(WALES)
    sign_in("officer", "hse")
    page = f"/releases/{older.release}"
    assert "Choose when it goes" in words_on(client.get(page))
    tour.arrange(WALES, NOON + 9 * DAY)
    tour.invite(WALES)

    refused = "A newer letter about the briefing of Wales has gone already."
    assert refused in words_on(client.post(f"{page}/schedule", data={"when": "now"}))
    for address in (page, f"{page}/schedule", f"/messages/{older.message}", "/"):
        said = words_on(client.get(address))
        assert refused in said and "Choose when it goes" not in said and "When should it go?" not in said, address
