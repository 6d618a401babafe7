"""Answers to an invitation, by whichever way: the newest stands, nobody else's is taken, and none of them is evidence of reach."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest
from sqlmodel import col, select

from audiences import answering, comings, dossiers, erasures, post
from audiences.comings import WhoIsComing
from campaigns.agreement.bearers import Bearer
from campaigns.agreement.sealed import SealedLetter
from campaigns.briefings import answers, calendar_replies, cancellations
from campaigns.briefings.answers import InvitationAnswer
from campaigns.delivery import bounces, incoming
from campaigns.delivery.deliveries import Delivery
from campaigns.delivery.incoming import IncomingMail
from campaigns.delivery.verp import Found
from campaigns.foundation.database import Database
from campaigns.foundation.errors import NotAllowedNow, NotFound, NotYours, Refused
from campaigns.foundation.log import LogEntry
from campaigns.reach.touches import Touch
from tests.audiences import invited
from tests.audiences.invited import WALES, YORKSHIRE, Invited
from tests.campaigns import stories
from tests.campaigns.stories import DAY, HOUR, MINUTE, NOON, Story

HEAD, INSPECTOR, LEEDS = "head@cardiff.test", "inspector@cardiff.test", "head@leeds.test"


@pytest.fixture
def each(founded: Database) -> Invited:
    """Two dated briefings, and nobody invited yet, on each engine."""
    return invited.toured(stories.house(founded))


@pytest.fixture
def out(sqlite: Database) -> tuple[Invited, Story]:
    """The invitations went to readers of both groups."""
    return invited.gone(sqlite)


@pytest.fixture
def tour(out: tuple[Invited, Story]) -> Invited:
    """The tour of these."""
    return out[0]


@pytest.fixture
def story(out: tuple[Invited, Story]) -> Story:
    """The release of these."""
    return out[1]


def coming(tour: Invited, group: str = WALES) -> WhoIsComing:
    with tour.database.reading() as session:
        return comings.who_is_coming(session, tour.briefing(group))


def says(tour: Invited, group: str = WALES) -> dict[str, str]:
    return {line.invitee.address.lower(): line.says for line in coming(tour, group).lines}


def bearer(tour: Invited, story: Story, address: str) -> Bearer:
    """Whoever holds the link of the letter that invites them."""
    person = tour.person(address)
    with tour.database.reading() as session:
        letters = select(SealedLetter).where(SealedLetter.release_id == story.release, SealedLetter.person_id == person)
        letter = session.exec(letters.order_by(col(SealedLetter.position))).first()
    assert letter is not None
    return Bearer(story.release, letter.position, person, tour.house.campaign)


def click(tour: Invited, story: Story, said: str, *, address: str = HEAD, at: datetime = NOON) -> bool:
    with tour.database.transaction() as session:
        return answering.by_link(session, bearer(tour, story, address), said, at=at)


def phone(tour: Invited, said: str, *, address: str = HEAD, at: datetime = NOON) -> bool:
    with tour.database.transaction() as session:
        return answering.by_officer(session, tour.briefing().id, tour.person(address), said, by=tour.house.drafter, at=at)


def mail(  # what a calendar sends
    tour: Invited, partstat: str, *, address: str = HEAD, sender: str = "", uid: str = "", sequence: int = 0, stamped: datetime = NOON
) -> bytes:
    briefing = tour.briefing()
    lines = [
        f"From: Somebody <{sender or address}>",
        "To: lopp-replies@countersign.test",
        "Subject: Accepted: Come to the briefing",
        "MIME-Version: 1.0",
        "Content-Type: text/calendar; charset=utf-8; method=REPLY",
        "",
        "BEGIN:VCALENDAR",
        "METHOD:REPLY",
        "BEGIN:VEVENT",
        f"UID:{uid or f'{briefing.id}-{briefing.times_off}'}",
        f"SEQUENCE:{sequence}",
        f"DTSTAMP:{stamped:%Y%m%dT%H%M%SZ}",
        f"ATTENDEE;PARTSTAT={partstat}:MAILTO:{address.upper()}",
        "END:VEVENT",
        "END:VCALENDAR",
        "",
    ]
    return "\r\n".join(lines).encode()


def take(tour: Invited, raw: bytes, *, at: datetime = NOON, found: Found | None = None) -> IncomingMail:
    with tour.database.transaction() as session:
        taken = post.take(session, incoming.digest(raw), bounces.read(raw), found or Found(), keep=90 * DAY, at=at)
    assert taken is not None
    return taken


def rows(tour: Invited) -> list[InvitationAnswer]:
    with tour.database.reading() as session:
        return list(session.exec(select(InvitationAnswer)))


def told(tour: Invited) -> list[tuple[str, dict[str, str]]]:
    """Who is said in the log to have answered, and what."""
    with tour.database.reading() as session:
        found = session.exec(select(LogEntry).where(LogEntry.kind == "InvitationAnswered").order_by(col(LogEntry.id)))
        return [(entry.by, entry.payload) for entry in found]


def test_whoever_is_invited_is_on_the_list_of_their_own_group_and_has_not_answered(each: Invited) -> None:
    assert coming(each).lines == []
    each.invite()

    assert says(each) == dict.fromkeys([HEAD, INSPECTOR, "inspector@swansea.test"], "not answered")
    assert says(each, YORKSHIRE) == {LEEDS: "not answered"}
    with each.database.reading() as session:
        counted = comings.of_tour(session, [each.briefing(), each.briefing(YORKSHIRE)])
    assert sorted(len(one.lines) for one in counted.values()) == [1, 3]


def test_an_answer_by_link_replaces_the_one_before_and_is_told_once_each(each: Invited) -> None:
    story = each.invite()

    assert [click(each, story, said, at=NOON + n * MINUTE) for n, said in enumerate(["perhaps", "coming", "coming"])] == [True, True, False]
    assert says(each)[HEAD] == "coming" and coming(each).tally["coming"] == 1 and len(rows(each)) == 1
    assert told(each) == [("the reader", {"answer": said, "via": "link"}) for said in ("perhaps", "coming")]


def test_whoever_answers_in_many_ways_at_once_has_one_answer(each: Invited) -> None:
    story = each.invite(WALES)
    ways: list[Callable[[], object]] = [
        lambda: click(each, story, "coming"),
        lambda: phone(each, "perhaps"),
        lambda: take(each, mail(each, "DECLINED")),
        lambda: click(each, story, "sends somebody"),
    ]
    with ThreadPoolExecutor(len(ways)) as crowd:
        done = [crowd.submit(way) for way in ways]

    assert [one.exception() for one in done] == [None] * 4
    assert len(rows(each)) == 1 and len(told(each)) == 4
    assert says(each)[HEAD] == told(each)[-1][1]["answer"]


def test_no_answer_touches_anybody(tour: Invited, story: Story) -> None:
    with tour.database.reading() as session:
        before = len(session.exec(select(Touch)).all())
    click(tour, story, "coming")
    take(tour, mail(tour, "ACCEPTED", address=INSPECTOR))

    with tour.database.reading() as session:
        assert len(session.exec(select(Touch)).all()) == before
    assert coming(tour).coming == 2


def test_a_calendar_s_answer_is_taken_whatever_the_capitals(tour: Invited) -> None:

    taken = take(tour, mail(tour, "ACCEPTED"))
    assert (taken.state, taken.done, taken.kind, taken.words) == ("done", "answered the invitation: coming", "calendar reply", "")
    assert says(tour)[HEAD] == "coming"
    for partstat, said in (("TENTATIVE", "perhaps"), ("DELEGATED", "sends somebody"), ("DECLINED", "not coming")):
        assert take(tour, mail(tour, partstat, stamped=NOON + HOUR), at=NOON + HOUR).done == f"answered the invitation: {said}"
    assert says(tour)[HEAD] == "not coming"


def test_a_mail_that_comes_late_replaces_nothing_newer(tour: Invited, story: Story) -> None:
    late = mail(tour, "DECLINED", stamped=NOON + HOUR)
    click(tour, story, "coming", at=NOON + 2 * HOUR)

    assert take(tour, late, at=NOON + 3 * HOUR).done == answering.STANDS
    assert says(tour)[HEAD] == "coming" and len(told(tour)) == 1
    take(tour, mail(tour, "ACCEPTED", stamped=NOON + 5 * HOUR), at=NOON + 5 * HOUR)
    take(tour, mail(tour, "DECLINED", stamped=NOON + 4 * HOUR), at=NOON + 6 * HOUR)
    assert says(tour)[HEAD] == "coming", "what was said again later counts from then on"


def test_a_calendar_whose_clock_or_number_runs_ahead_has_not_the_last_word(tour: Invited) -> None:
    take(tour, mail(tour, "ACCEPTED", stamped=NOON + 9000 * DAY, sequence=999_999_999))

    assert phone(tour, "not coming", at=NOON + MINUTE)
    assert says(tour)[HEAD] == "not coming"


@pytest.mark.parametrize(
    "changes",
    [
        {"address": "stranger@cardiff.test"},
        {"address": LEEDS},  # invited to another briefing
        {"sender": "somebody@else.test"},
        {"uid": "nonsense"},
        {"uid": f"{uuid4()}-0"},
        {"uid": "0-0"},
    ],
)
def test_what_cannot_be_told_waits_for_an_officer_and_changes_nothing(tour: Invited, changes: dict[str, str]) -> None:

    taken = take(tour, mail(tour, "ACCEPTED", **changes))  # type: ignore[arg-type]
    assert (taken.state, taken.done, taken.kind) == ("waiting", post.NOT_INVITED, "calendar reply")
    assert rows(tour) == told(tour) == []
    assert taken.sender == (changes.get("sender") or changes.get("address") or HEAD)


def test_an_answer_to_what_was_called_off_waits_for_an_officer(tour: Invited, story: Story) -> None:
    late = mail(tour, "ACCEPTED")
    with tour.database.transaction() as session:
        cancellations.call_off(session, tour.briefing().id, reason="Flooded", by=tour.house.drafter, at=NOON)

    assert take(tour, late).state == "waiting"
    for way in (click, lambda tour, _, said: phone(tour, said)):
        with pytest.raises(NotAllowedNow):
            way(tour, story, "coming")  # type: ignore[operator]
    assert rows(tour) == [] and coming(tour).lines == []


def test_a_calendar_that_asks_or_breaks_off_is_no_answer_and_none_of_it_is_a_bounce(tour: Invited) -> None:
    whole = mail(tour, "ACCEPTED")
    for raw in (whole.replace(b"METHOD:REPLY", b"METHOD:COUNTER"), whole.replace(b"END:VCALENDAR", b"")):
        taken = take(tour, raw)
        assert (taken.state, taken.done) == ("done", "nothing: calendar reply")
    with tour.database.reading() as session:
        assert set(session.exec(select(Delivery.state))) == {"accepted"}
    assert rows(tour) == []


def test_the_same_mail_again_and_again_is_taken_once(tour: Invited) -> None:
    raw = mail(tour, "ACCEPTED")
    take(tour, raw)
    with tour.database.transaction() as session:
        assert post.take(session, incoming.digest(raw), bounces.read(raw), Found(), keep=DAY, at=NOON) is None
    for number in range(20):  # a loop adds a line to its head each time
        take(tour, b"Received: by loop %d\r\n" % number + raw)
    assert len(told(tour)) == 1


def test_an_answer_to_the_earlier_date_is_shown_and_counts_no_more(each: Invited) -> None:
    story = each.invite(WALES)
    click(each, story, "coming")
    each.arrange(WALES, NOON + 8 * DAY)

    with each.database.reading() as session:
        asked = answering.invitation(session, bearer(each, story, HEAD), at=NOON)
    assert asked.closed == answering.MOVED and "Tuesday 19 May 2026" in asked.when and "Wednesday 20 May 2026" in asked.now.when
    with pytest.raises(NotAllowedNow, match="has been changed"):
        click(each, story, "perhaps")

    again = each.invite(WALES, subject="Come on another day")
    (line,) = [one for one in coming(each).lines if one.invitee.address.lower() == HEAD]
    assert line.earlier and line.says == "not answered" and line.answer is not None and line.answer.answer == "coming"
    assert each.person(HEAD) not in coming(each).answered
    assert take(each, mail(each, "ACCEPTED", stamped=NOON + HOUR), at=NOON + HOUR).state == "done"
    assert says(each)[HEAD] == "not answered", "their calendar still answers the earlier date"
    assert click(each, again, "coming", at=NOON + 2 * HOUR) and says(each)[HEAD] == "coming"
    assert take(each, mail(each, "DECLINED", stamped=NOON + 3 * HOUR), at=NOON + 3 * HOUR).done == answering.STANDS


def test_an_officer_enters_what_was_said_by_telephone_of_those_invited(tour: Invited) -> None:

    assert phone(tour, "sends somebody") and says(tour)[HEAD] == "sends somebody"
    assert told(tour) == [(tour.house.drafter.name, {"answer": "sends somebody", "via": "officer"})]
    with pytest.raises(NotFound):
        phone(tour, "coming", address=LEEDS)
    with pytest.raises(Refused):
        phone(tour, "of course")
    with tour.database.transaction() as session, pytest.raises(NotYours):
        answering.by_officer(session, tour.briefing().id, tour.person(HEAD), "coming", by=tour.house.observer, at=NOON)


def test_no_answer_is_taken_before_a_letter_goes_or_once_the_briefing_begins(each: Invited) -> None:
    story = each.agreed(WALES)
    with pytest.raises(NotAllowedNow, match="has not been sent"):
        click(each, story, "coming")
    story.schedule()
    gone = each.invite(WALES)

    with pytest.raises(NotAllowedNow, match="has begun"):
        click(each, gone, "coming", at=NOON + 7 * DAY)
    assert click(each, gone, "coming", at=NOON + 7 * DAY - timedelta(seconds=1))


def test_a_person_s_dossier_says_what_they_answered_and_once_erased_no_link_answers_for_them(tour: Invited, story: Story) -> None:
    click(tour, story, "coming")
    with tour.database.transaction() as session:
        chapters = dossiers.make(session, HEAD, by=tour.house.drafter, at=NOON).chapters
        assert [(row["answer"], row["via"]) for row in chapters["what they answered to invitations"]] == [("coming", "link")]
        person = tour.person(HEAD)
        erasures.erase(session, person, by=tour.house.drafter, at=NOON)

    with tour.database.transaction() as session, pytest.raises(NotFound):
        answering.by_link(session, Bearer(story.release, rows(tour)[0].position, person, UUID(int=0)), "perhaps", at=NOON)
    assert take(tour, mail(tour, "DECLINED")).state == "waiting"


def test_a_reply_is_read_alike_from_the_mail_and_from_its_calendar(tour: Invited) -> None:
    reading = bounces.read(mail(tour, "ACCEPTED"))

    found = calendar_replies.read(reading.calendar.encode())
    assert found is not None and (found.attendee, found.partstat, found.stamped) == (HEAD, "ACCEPTED", NOON)
    assert answering.SAID[found.partstat] == answers.COMING
