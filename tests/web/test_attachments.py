"""Adding files to a message on its page, one at a time, without JavaScript."""

import re
from io import BytesIO

import pytest
from werkzeug.test import TestResponse

from campaigns.drafting import messages
from tests.campaigns.drafting import samples_of_files as made
from tests.web.office import WORDS, Office
from tests.web.visitors import words_on


def carried(answer: TestResponse) -> list[str]:
    """The files a form carries, as a browser would send them back."""
    page = answer.get_data(as_text=True)
    return [said.replace("&#34;", '"') for said in re.findall(r'name="attached" value="([^"]*)"', page)]


def chosen(content: bytes = made.PDF, name: str = "Terms.pdf") -> tuple[BytesIO, str]:
    return BytesIO(content), name


def attached(office: Office, message: object) -> list[str]:
    with office.database.reading() as session:
        return [file.name for file in messages.current(session, messages.get(session, message)).read().attachments]


def test_files_are_added_and_removed_one_at_a_time_and_saved_with_the_words(office: Office) -> None:
    message = office.drafted()
    address = f"/messages/{message}/edit"

    one = office.post(address, **WORDS, attach="Add this file", file=chosen())
    two = office.post(address, **WORDS, attach="Add this file", attached=carried(one), file=chosen(made.CALENDAR, "Briefing.ics"))
    digest = re.search(r'"digest":"([0-9a-f]{64})"', carried(two)[0])
    assert digest and len(carried(two)) == 2 and attached(office, message) == []
    less = office.post(address, **WORDS, attached=carried(two), detach=digest[1])
    saved = office.change(message, attached=carried(less), file=chosen(made.png(), "Map.png"))

    assert "Saved as a new revision" in words_on(saved)
    assert attached(office, message) == ["Briefing.ics", "Map.png"]
    assert "Briefing.ics (1 KB) SHA-256" in words_on(saved)


def test_a_file_stays_when_another_field_is_wrong(office: Office) -> None:
    office.sit()

    answer = office.write(title="", file=chosen())

    assert "Enter a title" in words_on(answer) and "Terms.pdf" in carried(answer)[0]
    saved = office.write(attached=carried(answer))
    assert "Saved as a draft" in words_on(saved) and attached(office, office.newest(messages.Message)) == ["Terms.pdf"]


@pytest.mark.parametrize(
    ("content", "name", "sentence"),
    [
        (b"MZ", "Terms.pdf", "This is none of them"),
        (made.pdf(b"/Encrypt 1 0 R"), "Terms.pdf", "The PDF is locked"),
        (made.office(word__vbaProject_bin="x"), "Terms.docx", "macros"),
        (made.png(50_000, 50_000), "x.png", "50,000 by 50,000 pixels"),
        (made.PDF + b" " * 10 * 1024 * 1024, "Terms.pdf", "10 MB or smaller"),
        (b"", "", "Choose a file to add"),
    ],
)
def test_a_file_that_may_not_travel_is_named_beside_its_field(office: Office, content: bytes, name: str, sentence: str) -> None:
    office.sit()

    answer = office.post("/messages/new", **WORDS, campaign=str(office.campaign), attach="Add this file", file=chosen(content, name))

    assert sentence in words_on(answer) and carried(answer) == []
    assert "There is a problem" in words_on(answer)


def test_the_same_file_twice_is_refused_and_the_first_stays(office: Office) -> None:
    office.sit()
    one = office.write(title="", file=chosen())

    answer = office.write(attached=carried(one), file=chosen(name="Copy.pdf"))

    assert "The same file is attached twice" in words_on(answer) and len(carried(answer)) == 1


@pytest.mark.parametrize("said", ["x", "{}", '{"name":"Terms.pdf","type":"application/pdf","digest":"' + "0" * 64 + '","size":1}'])
def test_a_file_nobody_sent_is_not_attached(office: Office, said: str) -> None:
    office.sit()

    answer = office.write(attached=[said])

    assert answer.status_code == 422
    with office.database.reading() as session:
        assert messages.every(session) == []


def test_a_file_is_opened_by_whoever_is_signed_in_and_never_inside_our_pages(office: Office) -> None:
    office.sit()
    (said,) = carried(office.write(title="", file=chosen()))
    digest = re.findall(r'"digest":"([0-9a-f]{64})"', said)[0]

    answer = office.client.get(f"/attachments/{digest}/Terms.pdf")

    assert answer.data == made.PDF and answer.mimetype == "application/pdf"
    assert answer.headers["Content-Disposition"] == "attachment; filename=Terms.pdf"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert office.client.get(f"/attachments/{digest}/Terms.pdf.exe").status_code == 404
    assert office.client.get(f"/attachments/{'0' * 64}/Terms.pdf").status_code == 404
    office.client.post("/sign-out")
    assert office.client.get(f"/attachments/{digest}/Terms.pdf").status_code == 302


def test_a_preview_lists_the_files_and_a_replaced_one_is_a_change(office: Office) -> None:
    office.sit()
    office.write(file=chosen(made.pdf(b"/A 1")))
    message = office.newest(messages.Message)
    assert "Terms.pdf (1 KB) SHA-256" in office.see(f"/messages/{message}/preview/unions")

    office.change(message, file=chosen(made.pdf(b"/A 2")))

    assert office.revision(message) == 2
    assert "changed the attachments (revision 2)" in office.see(f"/messages/{message}")


def test_a_proposal_keeps_the_files(office: Office) -> None:
    office.sit()
    first = office.write(title="", file=chosen())
    office.write(attached=carried(first))
    message = office.newest(messages.Message)
    office.sit("signatory", "hse")

    form = office.client.get(f"/messages/{message}/proposal")
    office.post(f"/messages/{message}/proposal", **{**WORDS, "subject": "Better"}, attached=carried(form))

    assert "Subject What LOPP offers you Better" in office.see(f"/messages/{message}") and len(carried(form)) == 1
