"""Every guard of admission on its own, at its edges, with its whole sentence: who may sign a release now."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from sqlmodel import Session

from campaigns.agreement import releases, roster_changes, signatures
from campaigns.agreement.rosters import Member
from campaigns.agreement.signatures import Request
from campaigns.drafting.risks import Risk
from campaigns.foundation import lifecycles
from campaigns.foundation.database import Database
from campaigns.foundation.errors import NotAllowedNow, NotYours
from campaigns.foundation.officers import OfficerRecord
from tests.campaigns import stories
from tests.campaigns.agreement.test_gate_guards import TICK
from tests.campaigns.agreement.test_roster_changes import LATER, put_forward, sign
from tests.campaigns.stories import DAY, LATEST, MINUTE, NOON, Story

LEFT = "Your post here has ended or changed. Sign in again."
NOT_IN_THE_ROSTER = "Only a signatory of HSE or LACoRS who is in the roster can sign."
NOT_A_DEPUTY_FOR_THIS = "You are not a deputy for this campaign today."


@pytest.fixture
def story(sqlite: Database) -> Story:
    """A release that waits for both."""
    return stories.waiting_release(stories.house(sqlite))


def asked(session: Session, story: Story) -> Request:
    """HSE's director asks to sign."""
    return releases.asked(session, releases.get(session, story.release), by=story.house.hse, at=NOON)


def refuses(guard: Callable[[Request], None], request: Request, sentence: str, kind: type[Exception] = NotYours) -> None:
    """This guard refuses, in exactly these words."""
    with pytest.raises(kind, match=f"^{re.escape(sentence)}$"):
        guard(request)


def as_deputy(request: Request, **changes: Any) -> Request:
    """The same, of a roster in which whoever asks is a deputy."""
    members = [one.model_copy(update={"standing": "deputy", **changes}) if _is(one, request) else one for one in request.roster.members]
    return replace(request, roster=request.roster.model_copy(update={"members": members}))


def _is(member: Member, request: Request) -> bool:
    return member.officer == request.by.id


def test_every_guard_lets_a_signatory_by_who_wrote_nothing(story: Story) -> None:
    with story.database.transaction() as session:
        request = asked(session, story)
        for guard in signatures.ADMISSION:
            guard(request)
        assert (request.state, request.editors, request.standing) == ("sealed", {story.house.drafter.id}, [])


@pytest.mark.parametrize("state", ["sealing", "scheduled", "sending", "withdrawn"])
def test_a_release_is_signed_between_its_sealing_and_its_schedule(story: Story, state: str) -> None:
    with story.database.transaction() as session:
        request = replace(asked(session, story), state=state)
        said = f"This release {lifecycles.said(state)}; it is not waiting for signatures."
        refuses(signatures.the_release_is_waiting_for_signatures, request, said, NotAllowedNow)


@pytest.mark.parametrize(
    ("latest", "last", "said"), [(LATEST, NOON + 14 * DAY, "26 May"), (NOON + 3 * DAY, NOON + 3 * DAY - TICK, "15 May")]
)
def test_no_signature_is_taken_that_the_gate_would_never_take_though_no_worker_has_ended_it(
    story: Story, latest: datetime, last: datetime, said: str
) -> None:
    with story.database.transaction() as session:
        request, guard = asked(session, story), signatures.the_release_is_waiting_for_signatures
        request = replace(request, said=request.said.model_copy(update={"latest_send": latest}))
        guard(replace(request, at=last))
        with pytest.raises(NotAllowedNow, match=f"^It had to be signed by .* {said} 2026, 12:00, so nothing was signed"):
            guard(replace(request, at=last + TICK))


@pytest.mark.parametrize("change", [{"active": False}, {"duty": "officer"}, {"party": "lacors"}], ids=str)
def test_whoever_s_post_ended_or_changed_signs_nothing(story: Story, change: dict[str, Any]) -> None:
    with story.database.transaction() as session:
        request = asked(session, story)
        session.get_one(OfficerRecord, story.house.hse.id).sqlmodel_update(change)
        refuses(signatures.the_signer_has_not_left, request, LEFT)
        refuses(signatures.the_signer_has_not_left, replace(request, by=replace(request.by, id=uuid4())), LEFT)


def test_only_a_signatory_whom_the_roster_lists_for_that_party_signs(story: Story) -> None:
    with story.database.transaction() as session:
        request, guard = asked(session, story), signatures.the_signer_stands_in_the_roster
        for change in ({"duty": "officer"}, {"party": "lacors"}, {"id": uuid4()}):
            refuses(guard, replace(request, by=replace(request.by, **change)), NOT_IN_THE_ROSTER)


def test_a_deputy_signs_within_their_dates_and_campaigns(story: Story) -> None:
    with story.database.transaction() as session:
        request, guard = asked(session, story), signatures.the_deputy_s_dates_and_scope_cover_it
        guard(as_deputy(request, begins=NOON, ends=NOON + MINUTE, campaigns=[story.house.campaign]))
        for change in ({"begins": NOON + MINUTE}, {"ends": NOON}, {"campaigns": [UUID(int=9)]}):
            refuses(
                guard, as_deputy(request, **{"begins": NOON - DAY, "ends": NOON + DAY, "campaigns": [], **change}), NOT_A_DEPUTY_FOR_THIS
            )
        refuses(guard, replace(request, by=replace(request.by, id=uuid4())), NOT_A_DEPUTY_FOR_THIS)


def test_whoever_is_suspended_signs_nothing_and_the_others_do(story: Story) -> None:
    house = story.house
    with house.database.transaction() as session:
        roster_changes.suspend(session, house.hse.id, reason="Lost.", by=house.lacors, at=NOON)
        request = asked(session, story)
        refuses(signatures.the_signer_is_not_suspended, request, "This signatory was suspended: Lost.")
        signatures.the_signer_is_not_suspended(replace(request, by=house.hse_other))


def test_whoever_wrote_or_signed_and_a_party_that_has_signed_sign_nothing_more(story: Story) -> None:
    story.sign(story.house.hse)
    with story.database.transaction() as session:
        request = asked(session, story)
        wrote = "You wrote some of these words, so another signatory of your party must sign."
        refuses(signatures.the_signer_changed_none_of_the_words, replace(request, editors={story.house.hse.id}), wrote)
        again = "You have signed this already. Somebody else must sign for the other party."
        refuses(signatures.the_person_has_not_signed_yet, request, again)
        second = replace(request, by=story.house.hse_other)
        signatures.the_person_has_not_signed_yet(second)
        refuses(signatures.the_party_has_not_signed_yet, second, "Your party has signed this already.", NotAllowedNow)
        signatures.the_party_has_not_signed_yet(
            replace(second, said=second.said.model_copy(update={"risk": Risk(kind="high", signatures=2)}))
        )


def test_signatures_are_told_in_the_order_they_were_given(story: Story) -> None:
    story.sign(story.house.hse, at=NOON + MINUTE)
    story.sign(story.house.lacors, at=NOON)

    with story.database.reading() as session:
        assert [one.party for one in signatures.given(session, story.release)] == ["lacors", "hse"]


def counts_no_more(session: Session, *stories_: Story) -> list[bool]:
    return [bool(session.scalar(sa.select(signatures.one_counts_no_more(one.release)))) for one in stories_]


def test_a_signer_s_suspension_touches_what_they_signed_under_that_roster_and_nothing_else(story: Story) -> None:
    house, other = story.house, stories.waiting_release(story.house)
    for one, by in ((story, house.hse), (other, house.hse_other)):
        one.sign(by)

    with house.database.transaction() as session:
        assert counts_no_more(session, story, other) == [False, False]
        roster_changes.suspend(session, house.hse.id, reason="Lost.", by=house.lacors, at=NOON)
        session.flush()
        assert counts_no_more(session, story, other) == [True, False]
        session.exec(sa.update(roster_changes.Suspension).values(version=0))
        assert counts_no_more(session, story, other) == [False, False]


def test_nothing_that_was_signed_under_a_roster_counts_once_it_is_given_up(story: Story) -> None:
    house, other = story.house, stories.waiting_release(story.house)
    story.sign(house.hse)

    with house.database.transaction() as session:
        assert counts_no_more(session, story) == [False]
        roster_changes.found_anew(session, by="whoever has the machine", at=NOON)
        session.flush()
        assert counts_no_more(session, story, other) == [True, False]


def test_a_version_of_the_roster_that_was_taken_back_voids_nothing_signed_under_the_one_that_stands_by_its_number(story: Story) -> None:
    house = story.house
    with house.database.transaction() as session:
        taken_back = put_forward(session, house)
        roster_changes.take_back(session, seen=taken_back.fingerprint, by=house.hse, at=LATER)
        second = put_forward(session, house, at=LATER + MINUTE)
        for officer in (house.hse, house.lacors):
            sign(session, second, officer)
    story.sign(house.hse, at=LATER + MINUTE)

    with house.database.reading() as session:
        assert [one.roster for one in signatures.given(session, story.release)] == [taken_back.version] == [second.version]
        assert counts_no_more(session, story) == [False]
