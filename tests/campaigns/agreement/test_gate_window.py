"""When the gate opens and closes, to the moment; and that a fault while deciding closes it."""

import pytest
from sqlalchemy.exc import InterfaceError, OperationalError

from campaigns.agreement import gate, releases
from campaigns.agreement.gate import Case
from campaigns.drafting.risks import Risk
from campaigns.foundation.database import Database
from campaigns.foundation.errors import GateClosed
from tests.campaigns import stories
from tests.campaigns.agreement.test_gate_guards import TICK, refuses
from tests.campaigns.stories import DAY, LATEST, NOON, Story


@pytest.fixture
def story(sqlite: Database) -> Story:
    """A release both parties have signed."""
    return stories.agreed_release(stories.house(sqlite))


def test_the_window_opens_and_closes_to_the_moment(story: Story) -> None:
    early = "It is before the earliest time that was signed, or within the rest that its high risk asks for."
    with story.database.reading() as session:
        verified = gate.check(session, releases.get(session, story.release), at=NOON)

    for moment, sentence in ((NOON - TICK, early), (LATEST, "The latest time to send that was signed has passed.")):
        refuses(lambda _, at=moment: gate.check_window(verified, at=at), None, sentence)  # type: ignore[arg-type,misc]
    for moment in (NOON, LATEST - TICK):
        gate.check_window(verified, at=moment)


def test_the_earliest_moment_is_the_signed_one_or_the_end_of_the_rest(sqlite: Database) -> None:
    house = stories.house(sqlite)
    for changes, earliest in (
        ({"not_before": NOON + DAY}, NOON + DAY),
        ({"risk": Risk(kind="high", hold_hours=48)}, NOON + 2 * DAY),
        ({"risk": Risk(kind="high", hold_hours=48), "not_before": NOON + DAY}, NOON + 2 * DAY),
        ({"risk": Risk(kind="high", hold_hours=48), "not_before": NOON + 3 * DAY}, NOON + 3 * DAY),
    ):
        story = stories.agreed_release(house, stories.words(**changes))
        with sqlite.reading() as session:
            assert gate.check(session, releases.get(session, story.release), at=NOON).earliest == earliest


def test_the_rest_begins_with_the_last_signature(sqlite: Database) -> None:
    story = stories.waiting_release(stories.house(sqlite), stories.words(risk=Risk(kind="high", hold_hours=48)))
    story.sign(story.house.hse)
    story.sign(story.house.lacors, at=NOON + DAY)

    with sqlite.reading() as session:
        assert gate.check(session, releases.get(session, story.release), at=NOON + DAY).earliest == NOON + 3 * DAY


def test_whatever_goes_wrong_while_deciding_closes_the_gate_and_says_what(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(_: Case) -> None:
        raise KeyError("what")

    monkeypatch.setattr(gate, "GUARDS", (breaks,))
    with story.database.reading() as session, pytest.raises(GateClosed) as refusal:
        gate.check(session, releases.get(session, story.release), at=NOON)
    assert refusal.value.sentence == "The release could not be checked (KeyError: 'what')."
    assert isinstance(refusal.value.__cause__, KeyError)


@pytest.mark.parametrize("kind", [OperationalError, InterfaceError])
def test_a_database_that_does_not_answer_says_nothing_about_the_release(
    story: Story, monkeypatch: pytest.MonkeyPatch, kind: type[OperationalError | InterfaceError]
) -> None:
    def away(_: Case) -> None:
        raise kind("SELECT 1", {}, Exception("gone"))

    monkeypatch.setattr(gate, "GUARDS", (away,))
    with story.database.reading() as session, pytest.raises(kind):
        gate.check(session, releases.get(session, story.release), at=NOON)
