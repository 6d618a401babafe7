"""Is this genuine, where several letters are sealed for each reader: the one that was sent is, and no other words in its blanks are."""

import email
import re
from email import policy
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlmodel import select

from audiences import invitees
from campaigns.agreement import readers, releases, schedules
from campaigns.agreement.sealed import SealedLetter
from campaigns.briefings import cancellations, tours
from campaigns.briefings.tours import Group
from campaigns.delivery import plans
from campaigns.drafting import holding_lines
from campaigns.foundation.database import Database
from campaigns.foundation.officers import COUNTERSIGN
from tests.audiences import invited
from tests.campaigns.agreement.test_genuineness import Change, parts
from tests.campaigns.stories import MINUTE, NOON
from tests.web.conftest import Clock
from tests.web.office import Office, open_office
from tests.web.test_checks import dropped
from tests.web.test_holding_lines import LINE

IDENTICAL, CARRIED, DIFFERS = "this is the letter that was agreed", "Yes: the same words, carried differently", "No: this letter differs"
UNNAMED = "The agreed words are there, but we cannot say whether the reader’s own name and place are genuine"
PAYS = "Please pay 500 pounds today."
SHORT = ["Thank you for coming.", "We did not see you there.", "Thank you for telling us that you could not come."]
LONG = [
    f"{said} {'We hope that the slides, which we send with this letter, are of use to you and to your colleagues. ' * 5}".strip()
    for said in SHORT
]


def renamed(raw: bytes) -> bytes:
    """As it is after somebody passed it on: what it was named by is lost."""
    return raw.replace(b"Message-ID: <", b"Message-ID: <other.")


def followed_up(client: FlaskClient, lines: list[str]) -> tuple[Office, str, list[list[bytes]]]:
    """A follow-up of which three readers were sent one letter each, the first the first: the office, its reference, and each reader's three letters."""
    office = open_office(client)
    with office.database.transaction() as session:
        groups = [Group("group-wales", "Wales", "Wales")]
        tour = tours.open_tour(session, office.campaign, name="Spring", groups=groups, by=COUNTERSIGN, at=office.desk.clock())
    core = "Dear ((name)),\n\n((attendance))\n\n((your part))"
    release = office.set_going(office.submitted(core=core, follows_up=str(tour), **{"closed-attendance": "\n".join(lines)}))
    with office.database.transaction() as session:
        row, sealed = releases.get(session, release), list[list[bytes]]()
        for number, outcome in enumerate(holding_lines.OUTCOMES):
            person = session.exec(select(SealedLetter.person_id).where(SealedLetter.position == number * 3)).one()
            condition = holding_lines.condition({"attendance": lines}, outcome)
            assert plans.plan_these(session, release, condition, [person], at=office.desk.clock()) == 1
            sealed.append([readers.letter(session, row, one) for one in readers.as_person(session, release, person)])
    client.post("/sign-out")
    return office, row.reference, sealed


@pytest.mark.long
@pytest.mark.parametrize("lines", [SHORT, LONG], ids=["short", "long"])
def test_of_a_follow_up_the_letter_a_reader_was_sent_is_genuine_and_the_two_others_are_not_theirs(
    client: FlaskClient, lines: list[str]
) -> None:
    office, known, sealed = followed_up(client, lines)

    for sent, letters in enumerate(sealed):
        for case, letter in enumerate(letters):
            assert (IDENTICAL if case == sent else DIFFERS) in dropped(office, known, letter)
            assert UNNAMED in dropped(office, known, renamed(letter))


def test_no_other_words_pass_for_the_agreed_lines_of_a_follow_up(client: FlaskClient) -> None:
    office, known, sealed = followed_up(client, SHORT)
    forged = sealed[1][1].replace(SHORT[1].encode(), PAYS.encode())
    assert PAYS.encode() in forged

    assert DIFFERS in dropped(office, known, forged)
    assert DIFFERS in dropped(office, known, renamed(forged))


def test_invitation_reminder_and_cancellation_are_each_genuine_as_they_were_sent(
    client: FlaskClient, sqlite: Database, clock: Clock
) -> None:
    clock.at = NOON + MINUTE
    tour, story = invited.gone(sqlite)
    office, briefing = Office(client, tour.house.campaign), tour.briefing().id
    with sqlite.transaction() as session:
        assert invitees.remind(session, briefing, [], by=tour.house.drafter, at=NOON) == 3
    tour.send(story.release)
    with sqlite.transaction() as session:
        cancellations.call_off(session, briefing, reason="Flooded", by=tour.house.drafter, at=NOON)
        assert invitees.cancel(session, briefing, at=NOON) == 3
        known = releases.get(session, story.release).reference
    tour.send(story.release)

    sent = [one.message for one in tour.transport.sent if one.recipient == "inspector@swansea.test"]
    for said, letter in zip(invited.INVITED, sent, strict=True):
        assert said.encode() in letter.replace(b"=\r\n", b"")
        assert IDENTICAL in dropped(office, known, letter)
        assert DIFFERS in dropped(office, known, letter.replace(said[:20].encode(), PAYS.encode()))


def test_a_letter_that_names_no_reader_is_held_against_each_letter_that_may_have_gone_never_against_an_agreed_blank(
    sqlite: Database,
) -> None:
    _, story = invited.gone(sqlite)
    with sqlite.reading() as session:
        letters = [one.replace(b"=\r\n", b"") for _, one in readers.unfilled(session, releases.get(session, story.release))]

    cases = [next(said for said in invited.INVITED if said.encode() in letter) for letter in letters]
    assert cases == [said for said in invited.INVITED for _ in range(2)]  # of two audiences
    assert not any(b"((invitation))" in letter for letter in letters)


def of_a_reader(database: Database) -> tuple[str, bytes]:
    """The reference of an invitation that went, and the letter that invited one reader."""
    tour, story = invited.gone(database)
    with database.reading() as session:
        known = releases.get(session, story.release).reference
    return known, next(one.message for one in tour.transport.sent if one.recipient == "inspector@swansea.test")


def encoded_anew(old: str = "", new: str = "") -> Change:
    return lambda raw: parts(raw, lambda text: text.replace(old, new) if old else text, kinds=("calendar",))


def folded_anew(raw: bytes) -> bytes:
    return parts(raw, lambda text: re.sub(r"(.{30})", "\\1\n\t", re.sub(r"\r?\n ", "", text)), kinds=("calendar",))


CARRYING: dict[str, Change] = {
    "encoded anew": encoded_anew(),
    "with a line in front of its head": lambda raw: raw.replace(b"Subject: ", b"Subject: [EXTERNAL] "),
    "with a footer": lambda raw: parts(raw, lambda text: f"{text}\nScanned.\n", kinds=("plain",)),
    "to another address": encoded_anew("inspector@swansea.test", "group@swansea.test"),
    "folded anew": folded_anew,
}
BENDING: dict[str, Change] = {
    "another start": encoded_anew("20260519T12", "20260519T13"),
    "another place": encoded_anew("County Hall", "Other Hall"),
    "another status": encoded_anew("CONFIRMED", "TENTATIVE"),
    "another method": encoded_anew("REQUEST", "CANCEL"),
    "another method in its head": lambda raw: re.sub(rb'method=(=\r\n)?"?REQUEST"?', b"method=CANCEL", raw),
    "another clock": encoded_anew("TZOFFSETTO:+0100", "TZOFFSETTO:+0900"),
    "one more line": encoded_anew("TRANSP:OPAQUE", "URL:https://evil.test/\nTRANSP:OPAQUE"),
    "words behind its link": encoded_anew("\nORGANIZER", "\\nPay today.\nORGANIZER"),
    "a line hidden in whom it is to": lambda raw: raw.replace(b"\r\nTRANSP", b"=E2=80=A8LOCATION:Other Hall\r\nTRANSP"),
    "another day in its words": lambda raw: raw.replace(b"Tuesday 19 May 2026", b"Tuesday 26 May 2026"),
}


@pytest.mark.parametrize("named", [True, False], ids=["of a reader", "of nobody"])
@pytest.mark.parametrize("how", CARRYING)
def test_an_invitation_that_was_carried_differently_is_genuine(client: FlaskClient, sqlite: Database, how: str, named: bool) -> None:
    known, letter = of_a_reader(sqlite)
    changed = CARRYING[how](letter if named else renamed(letter))
    assert changed != letter

    page = dropped(Office(client, UUID(int=0)), known, changed)

    assert (CARRIED if named else UNNAMED) in page and "and so is its calendar entry" in page


@pytest.mark.long
@pytest.mark.parametrize("named", [True, False], ids=["of a reader", "of nobody"])
@pytest.mark.parametrize("how", BENDING)
def test_an_invitation_to_another_day_or_place_differs(client: FlaskClient, sqlite: Database, how: str, named: bool) -> None:
    known, letter = of_a_reader(sqlite)
    bent = BENDING[how](letter)
    assert parts(bent, str) != parts(encoded_anew()(letter), str)

    assert DIFFERS in dropped(Office(client, UUID(int=0)), known, bent if named else renamed(bent))


def test_an_invitation_that_lost_its_calendar_entry_is_genuine_in_its_words_alone_and_says_so(
    client: FlaskClient, sqlite: Database
) -> None:
    known, letter = of_a_reader(sqlite)
    message = email.message_from_bytes(letter)
    message.set_payload([part for part in message.get_payload() if part.get_content_type() != "text/calendar"])  # type: ignore[union-attr]

    page = dropped(Office(client, UUID(int=0)), known, message.as_bytes())

    assert CARRIED in page and "Its calendar entry is not in this file, so it was not compared" in page
    assert "so is its calendar entry" not in page


@pytest.mark.long
def test_a_letter_that_invites_to_nothing_and_has_a_calendar_entry_differs(client: FlaskClient) -> None:
    office, known, sealed = followed_up(client, SHORT)
    message = email.message_from_bytes(sealed[0][0], policy=policy.SMTP)
    message.add_alternative("BEGIN:VCALENDAR\nEND:VCALENDAR\n", subtype="calendar")  # type: ignore[attr-defined]

    assert DIFFERS in dropped(office, known, message.as_bytes())


def test_of_a_holding_line_only_the_case_that_went_is_genuine(client: FlaskClient) -> None:
    office = open_office(client)
    release = office.agreed(**LINE)
    office.sit("officer", "lacors")
    office.post(f"/releases/{release}/schedule", **{"when": "now", "case-place": "York"})
    with office.database.transaction() as session:
        schedules.begin_due(session, at=office.desk.clock())
        plans.plan_next(session, release, size=100, at=office.desk.clock())
        row, person = releases.get(session, release), session.exec(select(SealedLetter.person_id).where(SealedLetter.position == 0)).one()
        leeds, york = [readers.letter(session, row, one) for one in readers.as_person(session, release, person)]
    client.post("/sign-out")

    assert IDENTICAL in dropped(office, row.reference, york)
    assert UNNAMED in dropped(office, row.reference, renamed(york))
    assert DIFFERS in dropped(office, row.reference, leeds)
    assert DIFFERS in dropped(office, row.reference, renamed(leeds))
