"""Whatever officers, the settings or a new version change about an agreed release, what goes next is another release: nothing of the old one
leaves, and each party's box says what changed, before the new one is sealed and after."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from campaigns.agreement import descriptions, differences, releases
from campaigns.agreement.addressees import LeftOut
from campaigns.agreement.manifest import Manifest
from campaigns.drafting import attachments, letters, messages
from campaigns.drafting.invitations import Occasion
from campaigns.drafting.risks import Risk
from campaigns.drafting.terms import Terms
from campaigns.planning.campaign_plans import Campaign
from tests.campaigns import stories
from tests.campaigns.agreement import pushing
from tests.campaigns.stories import DAY, LATEST, MINUTE, NOON, House, Story
from tests.snapshots import Snapshot
from tests.web.test_every_signed_field import CORE, accept, boxes_on, house, parties
from tests.web.visitors import words_on

pytestmark = pytest.mark.long  # `make test` stays within five minutes

__all__ = ["house", "parties"]  # fixtures

FILE = b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nEND:VCALENDAR\r\n"
A_BRIEFING = Occasion(uid="x-0", sequence=0, briefing="x", group="Wales", starts_at=LATEST, ends_at=LATEST)
REVISED: dict[str, dict[str, Any]] = {
    "title": {"title": "What LOPP will be"},
    "subject": {"subject": "What LOPP gives you"},
    "variants": {"core": "Dear ((name)),\n\n((your part))\n\nOther words."},
    "links": {"core": "Dear ((name)),\n\n((your part))\n\n[HSE](https://www.hse.gov.uk/)"},
    "findings": {"core": CORE},
    "let_go_by": {"core": "((date))\n\n((your part))", "holding_line": True, "closed": {"date": ["12 May"]}, "let_go_by": ["hse"]},
    "letters": {"audiences": ["senior-managers"], "parts": {"senior-managers": "You decide what to do."}},
    "readers": {"audiences": ["senior-managers"], "parts": {"senior-managers": "You decide what to do."}},
    "attachments": {"attachments": [attachments.Attachment(name="briefing.ics", type="text/calendar", digest="", size=len(FILE))]},
    "not_before": {"not_before": NOON + DAY},
    "latest_send": {"latest_send": LATEST + DAY},
    "risk": {"risk": Risk(kind="high", hold_hours=24)},
    "terms": {"terms": Terms(message_class="operational")},
    "purpose": {"core": "((date))\n\n((your part))", "holding_line": True, "closed": {"date": ["12 May"]}},
    "closed": {"core": "((date))\n\n((your part))", "holding_line": True, "closed": {"date": ["12 May", "14 May"]}},
}
RESET: dict[str, tuple[object, str, object]] = {
    "sender": (stories, "SENDER", replace(stories.SENDER, address="else@countersign.test")),
    "layout": (letters, "layout_digest", lambda: "0" * 64),
    "compiler": (letters, "COMPILER", "countersign-letters/3"),
    "headers": (letters, "HEADERS", (*letters.HEADERS, "X-Priority")),
    "approval_days": (descriptions, "APPROVAL_DAYS", 13),
    "occasions": (stories, "OCCASIONS", [A_BRIEFING]),
    "audiences": (stories, "DEFINITIONS", [one.model_copy(update={"version": 2}) for one in stories.DEFINITIONS]),
}
RENAMED = {"campaign": {"name": "LOPP again"}, "objective": {"objective": "Another one."}}
STOPPED = LeftOut(stories.reader(8), "the reader asked us to stop")
OTHERS = (stories.reader(0), stories.reader(5), stories.reader(2, "practitioners"))
ITS_OWN = differences.ITS_OWN - {"root"}  # another with every sealing, and said as what it is: submitted again
NEVER = {"message", "reference", "campaign_id", "corrects", "parties"}  # of one message these are what they are


def test_every_field_is_changed_by_some_step_or_never() -> None:
    assert {*REVISED, *RESET, *RENAMED, "root", "left_out", *ITS_OWN, *NEVER} == set(Manifest.model_fields)


@pytest.fixture
def agreed(house: House, parties: dict[str, FlaskClient]) -> Story:
    return stories.agreed_release(house)


def again(story: Story, readers: Any = stories.READERS, left_out: Sequence[LeftOut] = ()) -> None:
    """Submitted a minute later, and sealed."""
    with story.database.transaction() as session:
        release = releases.submit(session, story.message, by=story.house.drafter, at=NOON + MINUTE)
    here = [reader for reader in readers if reader.variant in _audiences(story)]
    stories.seal(story.house, release, here, left_out, at=NOON + MINUTE)


def _audiences(story: Story) -> list[str]:
    with story.database.reading() as session:
        return messages.current(session, messages.get(session, story.message)).read().audiences


def test_words_revised_after_both_signatures(
    agreed: Story, parties: dict[str, FlaskClient], record_property: Callable[[str, object], None]
) -> None:
    beginning, sent = Snapshot(agreed.database), 0
    for name, change in REVISED.items():
        beginning.back()
        _revise(agreed, change)
        sent += len(pushing.push(agreed))
        for client in parties.values():
            assert [box.partition(": ")[2].startswith("changed since: ") for box in boxes_on(client, agreed)] == [True, True], name
        again(agreed)
        sent += len(pushing.push(agreed))
        said = differences.LABELS[name] if name != "variants" else "the letters of Practitioners"
        for client in parties.values():
            assert all(box.startswith("Void: ") and said in box and box.endswith(" changed.") for box in boxes_on(client, agreed)), name

    assert sent == 0
    record_property("figure", f"void by an officer's step: {len(REVISED)} fields, {sent} sent")


def _revise(story: Story, change: dict[str, Any]) -> None:
    with story.database.transaction() as session:
        if "attachments" in change:
            change = {"attachments": [attachments.keep(session, FILE, name="briefing.ics")]}
        assert messages.revise(session, story.message, stories.words(**change), by=story.house.drafter, at=NOON)
        if change.get("core") == CORE:
            accept(session, story.message, story.house)


@pytest.mark.parametrize("name", [*RESET, *RENAMED, "root", "left_out"])
def test_what_else_changes_before_it_is_sealed_again(
    agreed: Story, parties: dict[str, FlaskClient], monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    with agreed.database.transaction() as session:
        releases.return_(session, agreed.release, reason="Not now.", by=agreed.house.lacors, at=NOON)
        if name in RENAMED:
            session.exec(sa.update(Campaign).values(**RENAMED[name]))
    assert set(boxes_on(parties["hse"], agreed)) == {"Void: the message was returned."}

    if name in RESET:
        monkeypatch.setattr(*RESET[name])
    again(agreed, OTHERS if name == "root" else stories.READERS, [STOPPED] if name == "left_out" else [])

    assert pushing.push(agreed, by_force=False) == []
    said = f"Void: the message was returned; since then {differences.LABELS[name]}"
    assert [box.startswith(said) for client in parties.values() for box in boxes_on(client, agreed)] == [True] * 4


def test_words_changed_and_changed_back_are_another_release(agreed: Story, parties: dict[str, FlaskClient]) -> None:
    _revise(agreed, {"subject": "Other words"})
    _revise(agreed, {})
    again(agreed)

    assert pushing.push(agreed) == []
    said = {box for client in parties.values() for box in boxes_on(client, agreed)}
    assert said == {"Void: the words were changed, and changed back."}


def test_the_message_s_page_says_what_voided_the_signatures_on_what_was_submitted_before(
    agreed: Story, parties: dict[str, FlaskClient]
) -> None:
    _revise(agreed, {"latest_send": LATEST + DAY})
    again(agreed)

    page = _message_page(parties["lacors"], agreed.message)
    before = "What was submitted before was signed by {}, Tuesday 12 May 2026, 12:00. Void: the latest time to send changed."
    assert f"HSE Not signed yet {before.format('HSE director')} LACoRS Not signed yet {before.format('LACoRS chair')}" in page


def test_of_two_signatories_of_one_party_neither_is_hidden(house: House, parties: dict[str, FlaskClient]) -> None:
    story = stories.waiting_release(house, stories.words(risk=Risk(kind="high", signatures=2)))
    story.sign(house.hse)
    assert "HSE ✓ Signed by HSE director, Tuesday 12 May 2026, 12:00 A second signatory has not signed yet LACoRS" in _message_page(
        parties["hse"], story.message
    )
    story.sign(house.hse_other)

    page = _message_page(parties["hse"], story.message)
    assert "HSE director, Tuesday 12 May 2026, 12:00 ✓ Signed by HSE deputy, Tuesday 12 May 2026, 12:00 LACoRS Not signed yet" in page
    with house.database.transaction() as session:
        releases.withdraw(session, story.release, reason="No.", by=house.lacors, at=NOON)
    said = "Void: the message was withdrawn. It was signed by HSE director, Tuesday 12 May 2026, 12:00; and by HSE deputy, Tuesday"
    assert said in _message_page(parties["hse"], story.message)


def _message_page(client: FlaskClient, message: UUID) -> str:
    return words_on(client.get(f"/messages/{message}"))
