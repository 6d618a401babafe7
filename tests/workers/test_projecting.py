"""The clock counts what has changed, a few slices at a time, and all of it in the end; what is told counts as it stands when it is heard."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from sqlmodel import select

from audiences import organisation_changes, organisations, reorganisations
from audiences.organisation_changes import MemberMoved
from campaigns.briefings import repeats, sign_ins
from campaigns.briefings.repeats import RepeatAccepted, RepeatRefused
from campaigns.briefings.sign_ins import Attendee, SignedIn
from campaigns.delivery import incoming
from campaigns.delivery.incoming import CONFIRMS, FILE, IncomingMail, MailJudged
from campaigns.foundation import log
from campaigns.foundation.errors import NotAllowedNow, NotFound
from campaigns.foundation.log import Event, LogEntry
from campaigns.reach import cells, slices, touches
from campaigns.reach.touches import STANDING, Fact, Touch
from tests.campaigns import coming_back
from tests.campaigns.briefings.test_repeats import TOLD
from tests.campaigns.briefings.test_sign_ins import ADUR, START, dated
from tests.campaigns.stories import DAY, HOUR, NOON, READERS
from tests.web import grounds
from tests.workers.facts import facts
from workers import projecting, scheduler
from workers.tools import Tools

FACT = Fact(UUID(int=1), "E07000001", "practitioner", "written", "letter:1", NOON, "Countersign")


def test_every_slice_that_changed_is_counted_at_a_tick(tools: Tools) -> None:
    known = [replace(FACT, evidence=f"letter:{number}", authority_code=f"E{number:08}") for number in range(projecting.SLICES + 1)]
    with tools.database.transaction() as session:
        touches.put(session, known)

    while _waiting(tools):
        assert scheduler.tick(tools) == []

    with tools.database.reading() as session:
        assert len(cells.counted(session, UUID(int=1))) == len(known)
    assert _waiting(tools) == 0


def test_nothing_to_count_is_soon_counted(tools: Tools) -> None:
    projecting.recount(tools)

    assert _waiting(tools) == 0


def test_a_reply_that_was_filed_says_nothing_and_one_that_confirms_counts_for_its_own_letter(tools: Tools) -> None:
    story = coming_back.letters(tools.database)
    with tools.database.transaction() as session:
        for place, verdict in ((0, FILE), (1, CONFIRMS)):
            mail = IncomingMail(digest=verdict, kind="reply", state="waiting", release_id=story.release, position=place, at=NOON)
            session.add(mail)
            session.flush()
            incoming.judge(session, mail.id, verdict=verdict, by=story.house.drafter, at=NOON)

    for entry in facts(tools.database, MailJudged) * 2:
        projecting.put_confirmed(entry, tools)

    assert _standing(tools) == [("confirmed", READERS[1].authority_code)]


def test_a_reply_read_otherwise_counts_no_more_and_counts_again_in_whatever_order_it_is_heard(tools: Tools) -> None:
    story = coming_back.letters(tools.database)
    mail = IncomingMail(digest="one", kind="reply", state="waiting", release_id=story.release, position=0, at=NOON)
    with tools.database.transaction() as session:
        session.add(mail)
        session.flush()
        incoming.judge(session, mail.id, verdict=CONFIRMS, by=story.house.drafter, at=NOON)
    with tools.database.transaction() as session:
        incoming.judge_anew(session, mail.id, verdict=FILE, by=story.house.lacors, at=NOON)
    confirmed, filed = facts(tools.database, MailJudged)

    for heard in ([confirmed, filed], [filed, confirmed]):
        for entry in heard:
            projecting.put_confirmed(entry, tools)
        assert _standing(tools) == []

    with tools.database.transaction() as session:
        incoming.judge_anew(session, mail.id, verdict=CONFIRMS, by=story.house.drafter, at=NOON)
    for entry in reversed(facts(tools.database, MailJudged)):
        projecting.put_confirmed(entry, tools)
    assert _standing(tools) == [("confirmed", READERS[0].authority_code)]


@pytest.mark.parametrize("said", [{"kind": "bounce"}, {"state": "waiting", "judged_by": None}, {"judged_by": None}, {"position": None}])
def test_only_of_a_reply_to_a_letter_that_an_officer_has_read_another_word_is_given(tools: Tools, said: dict[str, Any]) -> None:
    story = coming_back.letters(tools.database)
    judged = {"kind": "reply", "state": "done", "judged_by": "officer of hse", "done": incoming.SAID[FILE], "position": 0}
    mail = IncomingMail(digest="one", release_id=story.release, at=NOON, **judged | said)
    with tools.database.transaction() as session:
        session.add(mail)

    with tools.database.transaction() as session, pytest.raises(NotAllowedNow, match="does not wait for another word"):
        incoming.judge_anew(session, mail.id, verdict=CONFIRMS, by=story.house.drafter, at=NOON)


def test_a_local_repeat_counts_from_when_an_officer_accepts_it_until_one_does_not(tools: Tools) -> None:
    story, briefing = dated(tools.database)
    with tools.database.transaction() as session:
        repeats.report(session, briefing, TOLD, at=START + HOUR)
        (row,) = repeats.of_briefing(session, briefing)
        repeats.accept(session, row.id, by=story.house.drafter, at=START + HOUR)

    for _ in range(2):
        for entry in facts(tools.database, RepeatAccepted):
            projecting.recount_repeats(entry, tools)
    counted = _standing(tools)
    with tools.database.transaction() as session:
        repeats.refuse(session, row.id, by=story.house.drafter, at=START + HOUR)
    for entry in facts(tools.database, RepeatRefused, RepeatAccepted):
        projecting.recount_repeats(entry, tools)

    assert (counted, _standing(tools)) == ([("briefed", ADUR)] * 2, [])


def test_who_signed_in_by_the_link_counts_once_their_authority_meets_in_the_group_and_no_more_when_it_left(tools: Tools) -> None:
    ground = grounds.found(tools.database)
    briefing, day_before = ground.held("group-wales"), grounds.NOON - DAY
    with tools.database.transaction() as session:
        sign_ins.sign_in(session, briefing, Attendee("practitioner", authority_code=ADUR, name="Ann"), at=day_before + HOUR)
        before = organisations.group_of(session, ADUR)
    counted = [_heard(tools, SignedIn, projecting.recount_briefed)]

    for group in ("group-wales", before.code if before else ""):
        with tools.database.transaction() as session:
            assert organisation_changes.move(session, ADUR, group, by=ground.house.drafter, at=grounds.NOON)
        counted.append(_heard(tools, MemberMoved, projecting.recount_moved))
        assert _heard(tools, SignedIn, projecting.recount_briefed) == counted[-1]

    assert counted == [[], [("briefed", ADUR)], []]


def test_who_signed_in_by_the_link_for_an_authority_of_the_group_still_counts_once_it_came_to_an_end(tools: Tools) -> None:
    ground = grounds.found(tools.database)
    with tools.database.transaction() as session:
        group = organisations.group_of(session, ADUR)
    briefing = ground.held(group.code if group else "")
    with tools.database.transaction() as session:
        sign_ins.sign_in(session, briefing, Attendee("practitioner", authority_code=ADUR, name="Ann"), at=grounds.NOON - DAY)
    counted = [_heard(tools, SignedIn, projecting.recount_briefed)]

    with tools.database.transaction() as session:
        yesterday = (grounds.NOON - DAY).date()
        reorganisations.end(session, ADUR, on=yesterday, successors=[], by=ground.house.drafter, at=grounds.NOON)
    counted.append(_heard(tools, SignedIn, projecting.recount_briefed))

    assert counted == [[("briefed", ADUR)]] * 2


def test_a_fact_about_something_else_is_no_evidence(tools: Tools) -> None:
    with tools.database.transaction() as session:
        log.record(session, RepeatAccepted(), subject=UUID(int=1), by="tests", at=NOON)

    for subscriber in (projecting.recount_reach, projecting.recount_answers):
        with pytest.raises(NotFound, match="This fact is not about"):
            subscriber(facts(tools.database, RepeatAccepted)[0], tools)


def _heard(tools: Tools, kind: type[Event], subscriber: Callable[[LogEntry, Tools], None]) -> list[tuple[str, str]]:
    for entry in facts(tools.database, kind):
        subscriber(entry, tools)
    return _standing(tools)


def _standing(tools: Tools) -> list[tuple[str, str]]:
    with tools.database.reading() as session:
        return sorted(session.exec(select(Touch.grade, Touch.authority_code).where(STANDING)))


def _waiting(tools: Tools) -> int:
    with tools.database.reading() as session:
        return len(slices.of_campaign(session, FACT.campaign_id))
