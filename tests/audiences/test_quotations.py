"""What is blanked outside briefings is blanked where a whole address stands: nobody whose address ends or begins as theirs does loses a word."""

from collections.abc import Callable
from itertools import product
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlmodel import Session, select

from audiences import legal_holds, suggestions
from audiences.imports import Import, ImportRow
from audiences.legal_holds import CAMPAIGN, PERSON, TEXT
from audiences.suggestions import Suggestion
from campaigns.delivery.incoming import IncomingMail
from campaigns.drafting import reviews
from campaigns.drafting.reviews import Review
from campaigns.foundation import addresses
from campaigns.foundation.database import Database
from campaigns.foundation.errors import NotAllowedNow
from tests.audiences.posts import NOON, OFFICER
from tests.audiences.test_erased_readers import know
from tests.audiences.test_erasures import ADUR, add, erase
from tests.campaigns import stories

Write = Callable[[Session, str, UUID, UUID], None]

HEAD = "head@adur.gov.uk"
OTHERS = (
    "deputyhead@adur.gov.uk",
    "deputy.head@adur.gov.uk",
    "deputy+head@adur.gov.uk",
    "o'head@adur.gov.uk",
    "head@adur.gov.uk.example",
    "head@adur.gov.uk-two.example",
)


def suggest(session: Session, said: str, about: UUID, message: UUID) -> None:
    kept = {"authority_code": ADUR, "kind": suggestions.NEW_CONTACT, "source": "a page", "by": "a reader", "at": NOON}
    suggestions.make(session, about=about, **kept, address=said, note=f"Write to {said}")


def link(session: Session, said: str, about: UUID, message: UUID) -> None:
    reviews.make(session, message, reviewer=said, by=OFFICER, at=NOON)


def mail(session: Session, said: str, about: UUID, message: UUID) -> None:
    words = {"sender": said, "subject": f"To {said}", "words": f"{said} asks", "whole": f"To: {said}"}
    session.add(IncomingMail(digest=said, kind="reply", at=NOON, state="waiting", **words))


def row(session: Session, said: str, about: UUID, message: UUID) -> None:
    one = Import(name="a file", digest=said, by="x", at=NOON, state="staged")
    session.add(one)
    session.flush()
    empty = dict.fromkeys(("reason", "asked", "how", "name", "role", "place", "old_name", "change"), "")
    session.add(ImportRow(import_id=one.id, line=2, cells=["A", said], address=said, verdict="ready", new_id=about, **empty))


def file(session: Session, said: str, about: UUID, message: UUID) -> None:
    session.add(Import(name=f"{said}.csv", digest=said, header=["Name", said], by="x", at=NOON, state="staged"))


PLACES = (suggest, link, mail, row, file)


def said(database: Database) -> list[list[str]]:
    """What stands in each of the four."""
    with database.reading() as session:
        return [
            sorted(f"{row.address} {row.note}" for row in session.exec(select(Suggestion)) if row.note),
            sorted(row.reviewer for row in session.exec(select(Review)) if row.reviewer != reviews.FORGOTTEN),
            sorted(f"{row.sender} {row.subject} {row.words} {row.whole}" for row in session.exec(select(IncomingMail)) if row.sender),
            sorted(f"{row.cells} {row.verdict}" for row in session.exec(select(ImportRow)) if row.cells),
            sorted(f"{row.name} {row.header}" for row in session.exec(select(Import)) if row.header),
        ]


def test_a_whole_address_is_blanked_and_one_in_which_it_stands_is_not(founded: Database) -> None:
    head, other = add(founded), add(founded, "other@adur.gov.uk")
    message = stories.drafted(stories.house(founded))
    with founded.transaction() as session:
        for address, write in product(OTHERS, PLACES):
            write(session, address, other, message)
    before = said(founded)
    with founded.transaction() as session:
        for address, write in product((HEAD.upper(), f"Head of Health <{HEAD}>", f"“{HEAD}”", f"'{HEAD}'", f"{HEAD}."), PLACES):
            write(session, address, other, message)

    erase(founded, head)

    assert all(len(rows) == len(OTHERS) for rows in before)
    assert said(founded) == before


@pytest.mark.long
@pytest.mark.parametrize("write", PLACES)
@pytest.mark.parametrize("kind", [TEXT, PERSON])
def test_what_a_hold_covers_is_not_blanked_until_it_is_lifted(desk: Database, write: Write, kind: str) -> None:
    head, held = add(desk), add(desk, "held@adur.gov.uk", name="Perpetua Quillfeather")
    message = stories.drafted(stories.house(desk))
    on = {"about": "QUILLfeather"} if kind == TEXT else {"subject": held}
    with desk.transaction() as session:
        write(session, f"{HEAD}, Perpetua Quillfeather", held, message)
        hold = legal_holds.place(session, kind=kind, **on, reason="claim 7", by=OFFICER, at=NOON)
    before = said(desk)

    require_refused(desk, head)
    assert said(desk) == before
    with desk.transaction() as session:
        legal_holds.lift(session, hold, by=OFFICER, at=NOON)
    erase(desk, head)
    assert HEAD not in str(said(desk))


@pytest.mark.parametrize("write", [link, mail])
@pytest.mark.parametrize("kind", [CAMPAIGN, TEXT])
def test_a_hold_on_a_message_or_its_campaign_covers_a_link_to_it_and_mail_about_its_letters(
    sqlite: Database, write: Write, kind: str
) -> None:
    reader, quoted = stories.READERS[0], stories.reader(9)
    know(sqlite, reader, quoted)
    story = stories.agreed_release(stories.house(sqlite))
    with sqlite.transaction() as session:
        write(session, quoted.address, reader.person_id, story.message)
        session.exec(sa.update(IncomingMail).values(release_id=story.release, position=0))
        on = {"about": "What LOPP is"} if kind == TEXT else {"subject": story.house.campaign}
        legal_holds.place(session, kind=kind, **on, reason="claim 7", by=OFFICER, at=NOON)

    require_refused(sqlite, quoted.person_id)


@pytest.mark.parametrize("write", [suggest, mail])
def test_a_hold_on_a_person_covers_a_suggestion_about_them_and_mail_about_their_letter_that_say_somebody_else_s_address_alone(
    sqlite: Database, write: Write
) -> None:
    held, other, quoted = stories.READERS[0], stories.READERS[1], stories.reader(9)
    know(sqlite, held, other, quoted)
    story = stories.agreed_release(stories.house(sqlite))
    with sqlite.transaction() as session:
        write(session, quoted.address, held.person_id, story.message)
        session.exec(sa.update(IncomingMail).values(release_id=story.release, position=0))
        hold = legal_holds.place(session, kind=PERSON, subject=held.person_id, reason="claim 7", by=OFFICER, at=NOON)

    require_refused(sqlite, quoted.person_id)
    with sqlite.transaction() as session:
        legal_holds.lift(session, hold, by=OFFICER, at=NOON)
        legal_holds.place(session, kind=PERSON, subject=other.person_id, reason="claim 8", by=OFFICER, at=NOON)
    erase(sqlite, quoted.person_id)


def require_refused(database: Database, person: UUID) -> None:
    with pytest.raises(NotAllowedNow, match=r"a legal hold on .* stands since .*claim 7.* Lift the hold first"):
        erase(database, person)


@pytest.mark.parametrize(("lifted", "is_blanked"), [("head@adur.gov.uk", False), ("deputyhead@adur", True), ("@adur.gov.uk", False)])
def test_a_lifted_hold_on_an_address_is_blanked_with_whoever_has_it_alone(desk: Database, lifted: str, is_blanked: bool) -> None:
    deputy = add(desk, "deputyhead@adur.gov.uk")
    with desk.transaction() as session:
        hold = legal_holds.place(session, kind=TEXT, about=lifted, reason="claim 7", by=OFFICER, at=NOON)
        legal_holds.lift(session, hold, by=OFFICER, at=NOON)

    erase(desk, deputy)

    with desk.reading() as session:
        assert [one.about for one in legal_holds.every(session)] == ["erased" if is_blanked else lifted]


@pytest.mark.parametrize("address", OTHERS)
def test_an_address_stands_whole_or_not_at_all(address: str) -> None:
    assert not addresses.stands(HEAD, address, f"<{address}>", "")
    assert addresses.stands(address, f"Ask {address.upper()}, please") and not addresses.stands("", address)


def test_a_link_made_for_a_name_that_nobody_else_has_is_blanked_and_one_for_a_post_or_for_two_is_not(desk: Database) -> None:
    alone = add(desk, "p@adur.gov.uk", name="Perpetua Quillfeather")
    twins = add(desk, "j1@adur.gov.uk", name="Jane Fields"), add(desk, "j2@adur.gov.uk", name="Jane Fields", role="practitioner")
    head = add(desk)
    message = stories.drafted(stories.house(desk))
    with desk.transaction() as session:
        for reviewer in ("PERPETUA  Quillfeather, Adur", "Jane Fields", "Head of Health", "Perpetua Quillfeather-Jones"):
            link(session, reviewer, alone, message)

    for person in (alone, twins[0], head):
        erase(desk, person)

    assert said(desk)[1] == ["Head of Health", "Jane Fields", "Perpetua Quillfeather-Jones"]
