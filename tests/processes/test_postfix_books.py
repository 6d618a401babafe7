"""The books of a real Postfix: what it took from us is counted by its queue ids, whatever was heard of it and however often it came out."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.processes.postfix_books import Books

SEEN = {"to": ["a@la.test"], "sha256": "aa", "canonical_sha256": "cc"}


class Written:
    """Three files, and what is made of them."""

    def __init__(self, folder: Path) -> None:
        self.books = Books(folder / "wire", folder / "log", folder / "behind")
        for path in (self.books.wire, self.books.log, self.books.behind):
            path.touch()

    def wire(self, *lines: dict[str, Any]) -> None:
        with self.books.wire.open("a") as file:
            file.writelines(json.dumps({"at": 1.0, **line}) + "\n" for line in lines)

    def took(self, queue: str, name: str, times: int = 1) -> None:
        """Postfix's log, of a letter that it has whole; it says so again when it starts anew."""
        with self.books.log.open("a") as file:
            file.write(f"2026-11-26T10:00:00+00:00 mail postfix/cleanup[7]: {queue}: message-id={name}\n")
            file.write(
                times * f"2026-11-26T10:00:00+00:00 mail postfix/qmgr[8]: {queue}: from=<us+t@c.test>, size=9, nrcpt=1 (queue active)\n"
            )

    def came_out(self, *names: str) -> None:
        with self.books.behind.open("a") as file:
            file.writelines(json.dumps({"n": 1, "at": 2.0, "message_id": name, "reply": "250 ok", **SEEN}) + "\n" for name in names)

    def accepted(self) -> list[tuple[int, str]]:
        return [(line["n"], line["message_id"]) for line in self.books.journal() if line.get("reply", "").startswith("2")]


@pytest.fixture
def written(tmp_path: Path) -> Written:
    return Written(tmp_path)


def replied(number: int, name: str, queue: str) -> list[dict[str, Any]]:
    said = {"n": number, "message_id": name, "reply": f"250 2.0.0 Ok: queued as {queue}"}
    return [{"n": number, "client": 5, "begun": True}, {"n": number, "dot": name}, said, {"n": number, "written": True}]


def test_a_letter_that_was_taken_and_answered_is_accepted_once_though_postfix_says_twice_that_it_has_it(written: Written) -> None:
    written.wire(*replied(1, "<1@c>", "Q1"))
    written.took("Q1", "<1@c>", times=2)
    written.came_out("<1@c>", "<1@c>")

    assert written.accepted() == [(1, "<1@c>")]
    assert written.books.figures() == {"handed on twice by Postfix": 1, "taken and never handed on": 0}
    assert all(line.get("dot") is None for line in written.books.journal())


def test_a_letter_without_a_reply_is_accepted_if_the_log_says_so_and_its_reply_was_not_written(written: Written) -> None:
    written.wire({"n": 1, "begun": True}, {"n": 1, "dot": "<1@c>"}, {"n": 1, "gone": "dot"})
    written.wire({"n": 2, "begun": True}, {"n": 2, "dot": "<2@c>"}, {"n": 2, "gone": "dot"})
    written.took("Q1", "<1@c>")
    written.took("Q2", "<2@c>", times=0)  # broken off: named, and never whole
    written.came_out("<1@c>")

    assert written.accepted() == [(1, "<1@c>")]
    assert {"n": 1, "at": 1.0, "written": False} in written.books.journal()


def test_two_queue_ids_are_twice_from_us_and_one_of_them_may_be_unheard(written: Written) -> None:
    written.wire({"n": 1, "begun": True}, {"n": 1, "dot": "<1@c>"}, {"n": 1, "gone": "dot"}, *replied(2, "<1@c>", "Q2"))
    written.took("Q1", "<1@c>")
    written.took("Q2", "<1@c>")
    written.came_out("<1@c>", "<1@c>")

    assert sorted(written.accepted()) == [(1, "<1@c>"), (2, "<1@c>")]
    assert written.books.figures()["handed on twice by Postfix"] == 0


def test_what_was_taken_and_never_came_out_is_lost_and_what_came_out_unlogged_is_counted(written: Written) -> None:
    written.wire(*replied(1, "<1@c>", "Q1"))
    written.took("Q1", "<1@c>")
    written.came_out("<2@c>")

    assert written.accepted() == [(0, "<2@c>")]
    assert written.books.figures()["taken and never handed on"] == 1


def test_postfix_s_own_mail_to_a_sender_is_not_from_us(written: Written) -> None:
    written.took("Q1", "<1@mail>")
    written.books.log.write_text(written.books.log.read_text().replace("us+t@c.test", ""))

    assert written.accepted() == []
