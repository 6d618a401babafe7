"""Somebody without an account reads one revision through a link and comments; whoever has no good link sees one honest page."""

import re
from datetime import timedelta
from urllib.parse import urlsplit
from uuid import UUID

import pytest

from tests.web.conftest import Clock
from tests.web.office import Office
from tests.web.visitors import title_of, words_on


def link(office: Office, message: UUID, **fields: object) -> str:
    """The path of a new link, made by whoever sits there."""
    page = words_on(office.post(f"/messages/{message}/reviews", **{"reviewer": "Head of Health, Adur", "until": ["", "", ""], **fields}))
    found = re.search(r"http\S+/review/\S+", page)
    assert found, page
    return urlsplit(found[0]).path


def leave(office: Office) -> None:
    office.client.post("/sign-out")


def take_back(office: Office, message: UUID) -> None:
    page = office.client.get(f"/messages/{message}/reviews").get_data(as_text=True)
    assert "no longer works" in words_on(office.post(re.findall(r'action="(/reviews/[^"]+)"', page)[0]))


def test_a_reviewer_reads_the_letters_in_frames_and_comments_without_an_account(office: Office) -> None:
    message = office.drafted()
    path = link(office, message)
    leave(office)

    page = office.client.get(path)
    frames = re.findall(r'<iframe[^>]*src="([^"]+)"[^>]*sandbox', page.get_data(as_text=True))
    answer = words_on(office.post(path, comment="Which councils do you mean?"))

    assert "These are the words as they are now, revision 1." in words_on(page) and "officer of hse asked Head of Health, Adur" in words_on(
        page
    )
    assert len(frames) == 3
    assert "Your comment is kept" in answer and "Which councils do you mean?" in answer
    for frame in frames:
        letter = office.client.get(frame)
        assert "One lead authority speaks for" in words_on(letter)
        assert "sandbox" in letter.headers["Content-Security-Policy"] and letter.headers["Referrer-Policy"] == "no-referrer"
    office.sit()
    page = office.see(f"/messages/{message}")
    assert "Head of Health, Adur , reviewer without an account" in page and "Which councils do you mean?" in page
    assert "made a link for somebody without an account to comment on revision 1" in page


def test_a_reviewer_reads_every_line_that_may_stand_for_a_blank(office: Office) -> None:
    chosen = {"holding_line": "y", "let_go_by": ["hse"], "core": "The briefing is ((status)).", "closed-status": "moved\ncancelled"}
    path = link(office, office.drafted(**chosen))
    leave(office)

    assert "Possible lines for ((status)) moved cancelled" in office.see(path)


def test_the_name_on_a_link_is_erased_from_every_page(office: Office) -> None:
    message = office.drafted()
    path = link(office, message)
    office.post(path, comment="Which councils do you mean?")
    take_back(office, message)

    page = office.client.get(f"/messages/{message}/reviews").get_data(as_text=True)
    assert "The name is erased" in words_on(office.post(re.findall(r'action="(/reviews/[^"]+/erasure)"', page)[0]))

    for address in (f"/messages/{message}", f"/messages/{message}/reviews"):
        assert "Somebody since erased" in office.see(address) and "Head of Health" not in office.see(address)
    assert "/erasure" not in office.client.get(f"/messages/{message}/reviews").get_data(as_text=True)


def test_a_comment_written_while_the_link_ended_can_be_copied(office: Office) -> None:
    message = office.drafted()
    path = link(office, message)
    take_back(office, message)

    answer = office.client.post(path, data={"comment": "Which councils do you mean?"}, headers={"Origin": "http://localhost"})

    assert answer.status_code == 410 and "This link was taken back" in (page := words_on(answer))
    assert "What you typed Copy it before you leave this page. Which councils do you mean?" in page
    assert "What you typed" not in words_on(office.client.get(path))


def test_a_link_shows_its_own_revision_and_says_that_the_text_has_moved_on(office: Office) -> None:
    message = office.drafted()
    path = link(office, message)
    office.change(message, subject="Quite another subject")
    leave(office)

    page = office.see(path)

    assert "The words have changed since this link was made. You see revision 1; the newest is revision 2." in page
    assert "What LOPP offers you" in page and "Quite another subject" not in page
    office.post(path, comment="Said late.")
    office.sit()
    assert "Made on revision 1; the words have changed since. Said late." in office.see(f"/messages/{message}")


def test_all_that_is_wrong_with_a_new_link_is_told_at_once(office: Office) -> None:
    page = words_on(office.post(f"/messages/{office.drafted()}/reviews", reviewer=" ", until=["1", "1", "2020"]))

    assert "Enter who will read it" in page and "Choose a day that has not passed" in page


def test_a_link_to_what_was_withdrawn_says_so(office: Office) -> None:
    message = office.drafted()
    path = link(office, message)
    office.post(f"/messages/{message}/withdrawal", reason="Not needed.")

    assert "This message was withdrawn" in office.see(path)


def test_the_link_is_shown_once_and_never_again(office: Office) -> None:
    message = office.drafted()
    token = link(office, message).rpartition("/")[2]

    pages = [office.client.get(address).get_data(as_text=True) for address in (f"/messages/{message}/reviews", f"/messages/{message}", "/")]

    assert "Head of Health, Adur" in pages[0]
    assert not any(token in page for page in pages)


def test_an_unknown_an_ended_and_a_taken_back_link_answer_with_one_page_and_its_own_status(office: Office, clock: Clock) -> None:
    message = office.drafted()
    gone = link(office, message)
    take_back(office, message)
    short = link(office, message, until=["25", "11", "2026"])
    closed = {"/review/nobody-was-given-this": (404, "not one of ours"), gone: (410, "This link was taken back on Tuesday 24 November")}
    leave(office)
    assert office.client.get(short).status_code == 200
    clock.forward(timedelta(days=2))
    closed[short] = (410, "This link ended on Wednesday 25 November 2026, 23:59")

    for path, (status, sentence) in closed.items():
        for answer in (office.client.get(path), office.client.post(path, data={"comment": "Hello"}), office.client.get(f"{path}/unions")):
            assert answer.status_code == status and sentence in words_on(answer) and title_of(answer).startswith("This link does not work")
    office.sit()
    assert "Nobody has commented yet" in office.see(f"/messages/{message}")


def test_nothing_of_a_link_reaches_an_index_or_another_site(office: Office) -> None:
    path = link(office, office.drafted())
    leave(office)

    for address in (path, f"{path}/unions", "/review/unknown"):
        answer = office.client.get(address)
        assert answer.headers["X-Robots-Tag"] == "noindex, nofollow, noarchive"
        assert answer.headers["Referrer-Policy"] in {"same-origin", "no-referrer"} and answer.headers["Cache-Control"].endswith("no-store")
    assert '<meta name="robots" content="noindex, nofollow">' in office.client.get(path).get_data(as_text=True)
    assert office.client.get(f"{path}/nobody").status_code == 404


def test_a_forged_comment_is_refused_and_a_true_one_kept_over_tls(office: Office) -> None:
    message = office.drafted()
    path = link(office, message)
    leave(office)
    office.client.application.config["WTF_CSRF_ENABLED"] = True
    page = office.client.get(path, base_url="https://localhost").get_data(as_text=True)
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert token

    def posted(**fields: str) -> int:
        page = f"https://localhost{path}"
        return office.client.post(
            path, base_url="https://localhost", data={"comment": "Hello", **fields}, headers={"Referer": page}
        ).status_code

    forged, true = posted(), posted(csrf_token=token[1])

    assert (forged, true) == (400, 302)
    office.client.application.config["WTF_CSRF_ENABLED"] = False
    office.sit()
    assert office.see(f"/messages/{message}").split("History")[0].count("Hello") == 1


@pytest.mark.parametrize(("text", "said"), [("", "Write your comment"), ("a\u202eb", "U+202E"), ("x" * 4001, "must be 4,000")])
def test_a_reviewer_s_comment_that_cannot_be_used_comes_back_with_a_sentence(office: Office, text: str, said: str) -> None:
    path = link(office, office.drafted())

    assert said in words_on(office.post(path, comment=text))


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"reviewer": ""}, "Enter who will read it"),
        ({"reviewer": "A", "until": ["23", "11", "2026"]}, "Choose a day that has not passed"),
        ({"reviewer": "A", "until": ["1", "6", "2027"]}, "three months at most"),
        ({"reviewer": "A", "until": ["31", "2", "2027"]}, "Enter a real date"),
    ],
)
def test_a_link_for_nobody_or_no_time_is_not_made(office: Office, fields: dict[str, object], said: str) -> None:
    message = office.drafted()

    page = words_on(office.post(f"/messages/{message}/reviews", **fields))

    assert said in page and "There is no link yet." in page


def test_an_observer_is_offered_no_link(office: Office) -> None:
    message = office.drafted()
    office.sit("observer", None)

    assert "Ask somebody without an account" not in office.see(f"/messages/{message}")
