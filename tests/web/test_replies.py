"""Replies: read with their quotations folded, judged by an officer; an address that came back, let go again."""

import csv
import io
from pathlib import Path
from uuid import UUID, uuid4

from sqlmodel import select

from audiences import incoming_post
from audiences.people import Person
from campaigns.agreement.sealed import SealedLetter
from campaigns.delivery import bounces, incoming, removals
from campaigns.delivery.incoming import IncomingMail
from campaigns.delivery.verp import Found, Place
from tests.web import many
from tests.web.office import Office
from tests.web.visitors import words_on

MAILS = Path(__file__).parents[1] / "campaigns" / "delivery" / "mails"


def came(office: Office, name: str, release: UUID | None, *, address: bytes = b"anna@ashby.test") -> UUID:
    """One of our mails came in, about the first letter of a release."""
    raw = (MAILS / f"{name}.eml").read_bytes().replace(b"anna@ashby.test", address)
    found = Found(Place(release, 0) if release else None)
    with office.database.transaction() as session:
        mail = incoming_post.take(session, incoming.digest(raw), bounces.read(raw), found, at=office.desk.clock())
        assert mail is not None
        return mail.id


def reader(office: Office, release: UUID) -> Person:
    """Whoever the first letter went to."""
    with office.database.reading() as session:
        letter = session.exec(select(SealedLetter).where(SealedLetter.release_id == release, SealedLetter.position == 0)).one()
        return session.get_one(Person, letter.person_id)


def test_a_reply_is_read_and_counts_by_an_officers_word(office: Office) -> None:
    release = office.going(states={"accepted": 5})
    mail = came(office, "reply", release)

    home, listed, page = office.see("/"), office.see("/replies"), office.client.get(f"/replies/{mail}")
    office.sit("observer", None)
    refused = office.client.post(f"/replies/{mail}", data={"verdict": "confirms"})
    office.sit()
    done = words_on(office.post(f"/replies/{mail}", verdict="confirms"))

    assert "1 incoming mail needs an officer to say what it means." in home
    assert "anna@ashby.test: RE: What LOPP offers you" in listed and "“What LOPP is”" in listed
    shown = words_on(page)
    assert "Thank you. I have read this and told the team." in shown
    assert "This confirms they have read it" in shown
    assert "One lead authority speaks" in page.get_data(as_text=True).partition("<details")[2]
    assert refused.status_code == 403
    assert "counts as the reader’s confirmation" in done and "No mail waits." in done
    assert "an officer read it as a confirmation (officer of hse)" in office.see(f"/replies/{mail}")


def test_a_reply_that_was_read_wrongly_is_read_anew_from_its_letter_s_page(office: Office) -> None:
    release = office.going(states={"accepted": 5})
    mail = came(office, "reply", release)
    assert office.client.post(f"/replies/{mail}/another-word", data={"verdict": "file"}).status_code == 409  # nobody has read it yet
    office.post(f"/replies/{mail}", verdict="confirms")

    assert f'href="/replies/{mail}"' in office.client.get(f"/releases/{release}/delivery/letters/0").get_data(as_text=True)
    assert "File only" in (page := office.see(f"/replies/{mail}")) and "This confirms they have read it" not in page
    assert "confirms nothing any more" in words_on(office.post(f"/replies/{mail}/another-word", verdict="file"))
    assert office.client.post(f"/replies/{mail}/another-word", data={"verdict": "file"}).status_code == 409
    assert "counts as the reader’s confirmation now" in words_on(office.post(f"/replies/{mail}/another-word", verdict="confirms"))


def test_mail_that_could_not_be_matched_can_only_be_filed(office: Office) -> None:
    office.sit()
    mail = came(office, "ordinary", None)

    page = office.see(f"/replies/{mail}")
    assert "File only" in page and "confirms" not in page
    assert office.client.post(f"/replies/{mail}", data={"verdict": "confirms"}).status_code == 422
    assert "It is filed." in words_on(office.post(f"/replies/{mail}", verdict="file"))


def test_what_waits_is_exported_with_its_formulas_guarded(office: Office) -> None:
    office.sit()
    came(office, "ordinary", None)
    with office.database.transaction() as session:
        (mail,) = incoming.waiting(session, limit=1)
        mail.subject = "=1+1"
        session.add(mail)

    rows = list(csv.reader(io.StringIO(office.client.get("/replies.csv").get_data(as_text=True).lstrip("\ufeff"))))

    assert rows[0][:3] == ["Came in", "What it is", "Who it is from"]
    assert rows[1][3] == "'=1+1"


def test_a_letter_that_came_back_is_counted_and_said_why(office: Office) -> None:
    release = office.going(states={"accepted": 5})
    person = reader(office, release)
    came(office, "dsn-no-such-mailbox", release, address=person.address.encode())
    office.sit()

    page, letters = office.see(f"/releases/{release}/delivery"), office.see(f"/releases/{release}/delivery/letters?state=came back")
    shown = office.see(f"/people/{person.id}")
    lifted = words_on(office.post(f"/people/{person.id}/lifting"))

    assert "1 came back" in page and "4 sent" in page
    assert "5.1.1 no such mailbox" in letters
    assert "no: letters to this address came back" in shown and "Let letters go again" in shown
    assert "Letters may go to this address again." in lifted and "Gets letters yes" in lifted
    with office.database.reading() as session:
        assert removals.among(session, [person.address]) == {}


def test_what_a_reader_asked_for_is_not_lifted_here(office: Office) -> None:
    release = office.going(states={"accepted": 5})
    person = reader(office, release)
    came(office, "complaint", release, address=person.address.encode())
    office.sit()

    assert "Let letters go again" not in office.see(f"/people/{person.id}")
    assert office.client.post(f"/people/{person.id}/lifting").status_code == 409


def test_many_replies_to_one_release_are_read_with_as_few_questions_as_one(office: Office) -> None:
    release = office.going(states={"accepted": 5})
    first = came(office, "reply", release)
    pages = ("/replies", "/replies.csv")
    few = [many.asked(office.database, office.client, page).total() for page in pages]
    with office.database.transaction() as session:
        mail = session.get_one(IncomingMail, first)
        for number in range(40):
            many.copy(session, mail, id=uuid4(), digest=f"{number:064}", position=number % 5)

    assert [many.asked(office.database, office.client, page).total() for page in pages] == few
    rows = list(csv.DictReader(io.StringIO(office.client.get("/replies.csv").get_data(as_text=True).removeprefix("\ufeff"))))
    assert len(rows) == 41 and {row["Letter"] for row in rows} == {"What LOPP is"} and len({row["Whose letter"] for row in rows}) == 5
