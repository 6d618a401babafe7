"""Comments on a message's page: added, resolved, opened again; and the page says when the words have changed since."""

import re
from uuid import UUID

import pytest

from tests.web.office import Office
from tests.web.visitors import title_of, words_on


def comment(office: Office, message: UUID, text: str = "Which councils?", *, revision: str = "1") -> str:
    return words_on(office.post(f"/messages/{message}/comments", comment=text, revision=revision))


def button(office: Office, message: UUID, verb: str) -> str:
    page = office.client.get(f"/messages/{message}").get_data(as_text=True)
    return re.findall(rf'action="(/comments/[^/]+/{verb})"', page)[0]


def test_an_observer_comments_an_officer_resolves_it_and_it_is_opened_again(office: Office) -> None:
    message = office.drafted()
    assert "Nobody has commented yet" in office.see(f"/messages/{message}")
    office.sit("observer", None)
    assert "Your comment is kept" in comment(office, message)

    page = office.see(f"/messages/{message}")
    assert "observer of neither , Tuesday 24 November 2026, 12:00. Made on these words. Which councils?" in page
    assert "Mark as resolved" not in page

    office.sit()
    resolution = button(office, message, "resolution")
    page = words_on(office.post(resolution))
    assert "Every comment is resolved. 1 resolved comment" in page and "Resolved by officer of hse" in page
    assert office.client.post(resolution).status_code == 409
    assert "Nobody has commented" not in words_on(office.post(button(office, message, "reopening")))
    assert "resolved comment" not in (page := office.see(f"/messages/{message}")).split("History")[0]
    assert "commented on revision 1" in page and "opened a comment again" in page


def test_a_comment_on_an_older_revision_says_so(office: Office) -> None:
    message = office.drafted()
    comment(office, message)
    office.change(message, subject="Other words")
    comment(office, message, "Read late.", revision="1")
    comment(office, message, "Read now.", revision="2")

    page = office.see(f"/messages/{message}")

    assert page.count("Made on revision 1; the words have changed since.") == 2
    assert "Made on these words. Read now." in page


@pytest.mark.parametrize(
    ("text", "said"), [("", "Write your comment"), ("x" * 4001, "must be 4,000"), ("a\u200bb", "U+200B ZERO WIDTH SPACE")]
)
def test_a_comment_that_cannot_be_used_comes_back_with_a_sentence_and_what_was_typed(office: Office, text: str, said: str) -> None:
    message = office.drafted()

    answer = office.client.post(f"/messages/{message}/comments", data={"comment": text, "revision": "1"})

    assert answer.status_code == 422 and said in words_on(answer) and title_of(answer).startswith("Error: ")
    assert text in answer.get_data(as_text=True)
    assert "Nobody has commented yet" in office.see(f"/messages/{message}")


@pytest.mark.parametrize("revision", ["", "2", "one", "-1", "9" * 30])
def test_a_comment_on_no_revision_is_refused(office: Office, revision: str) -> None:
    message = office.drafted()

    answer = office.client.post(f"/messages/{message}/comments", data={"comment": "Hello", "revision": revision})

    assert answer.status_code == 404 and "no such revision" in words_on(answer)


def test_an_observer_resolves_nothing_and_an_administrator_is_offered_no_box(office: Office) -> None:
    message = office.drafted()
    comment(office, message)
    resolution = button(office, message, "resolution")

    office.sit("observer", None)
    assert office.client.post(resolution).status_code == 403
    office.sit("administrator", None)
    assert "Add the comment" not in office.client.get(f"/messages/{message}").get_data(as_text=True)
    assert office.client.post(f"/messages/{message}/comments", data={"comment": "Hello", "revision": "1"}).status_code == 403
    assert "Resolved" not in office.see(f"/messages/{message}")


def test_words_that_look_like_markup_are_shown_as_words(office: Office) -> None:
    message = office.drafted()

    comment(office, message, "<script>alert(1)</script>")

    assert "&lt;script&gt;alert(1)" in office.client.get(f"/messages/{message}").get_data(as_text=True)
