"""A calendar's answer comes by mail, which anybody can write: what is taken, what waits for an officer, and what changes nothing."""

from uuid import uuid4

import pytest
from sqlmodel import select

from audiences import answering, incoming_post
from campaigns.briefings import answers, calendar_replies
from campaigns.delivery import bounces, incoming
from campaigns.delivery.deliveries import Delivery
from campaigns.delivery.verp import Found
from tests.audiences.answers_given import HEAD, LEEDS, click, mail, phone, rows, says, take, told
from tests.audiences.invited import Invited
from tests.campaigns.stories import DAY, HOUR, MINUTE, NOON, Story


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
    assert (taken.state, taken.done, taken.kind) == ("waiting", incoming_post.NOT_INVITED, "calendar reply")
    assert rows(tour) == told(tour) == []
    assert taken.sender == (changes.get("sender") or changes.get("address") or HEAD)


def test_a_calendar_that_proposes_another_time_breaks_off_or_is_only_enclosed_is_no_answer_and_an_officer_reads_it(tour: Invited) -> None:
    whole = mail(tour, "ACCEPTED")
    words = (
        b"From: x@council.test\nTo: lopp-replies@countersign.test\nSubject: Re: Come to the briefing\nMIME-Version: 1.0\n"
        b"Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain\n\nThese are our committee days.\n"
        b"--b\nContent-Type: text/calendar\n\nBEGIN:VCALENDAR\nMETHOD:PUBLISH\nEND:VCALENDAR\n--b--\n"
    )
    for raw, said in (
        (whole.replace(b"METHOD:REPLY", b"METHOD:COUNTER"), ""),
        (whole.replace(b"END:VCALENDAR", b""), ""),
        (words, "These are our committee days."),
    ):
        taken = take(tour, raw)
        assert (taken.state, taken.done, taken.words) == ("waiting", incoming_post.NO_ANSWER, said)
    with tour.database.reading() as session:
        assert set(session.exec(select(Delivery.state))) == {"accepted"}
    assert rows(tour) == []


def test_the_same_mail_again_and_again_is_taken_once(tour: Invited) -> None:
    raw = mail(tour, "ACCEPTED")
    take(tour, raw)
    with tour.database.transaction() as session:
        assert incoming_post.take(session, incoming.digest(raw), bounces.read(raw), Found(), at=NOON) is None
    for number in range(20):  # a loop adds a line to its head each time
        take(tour, b"Received: by loop %d\r\n" % number + raw)
    assert len(told(tour)) == 1


def test_a_reply_is_read_alike_from_the_mail_and_from_its_calendar(tour: Invited) -> None:
    reading = bounces.read(mail(tour, "ACCEPTED"))

    found = calendar_replies.read(reading.calendar.encode())
    assert found is not None and (found.attendee, found.partstat, found.stamped) == (HEAD, "ACCEPTED", NOON)
    assert answering.SAID[found.partstat] == answers.COMING
