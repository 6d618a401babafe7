"""The delivery programme: turns, what is kept, and the table that is written from it."""

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from tests.benchmarks import delivery, delivery_table, errands, senders
from tests.benchmarks.delivery_table import Figures
from tests.benchmarks.errands import Send
from tests.benchmarks.ledger import Ledger
from tests.benchmarks.runs import Run
from tests.benchmarks.senders import LIMIT, OURS, POST_OFFICE, SENDERS
from tests.benchmarks.test_runs import GOOD


@pytest.fixture
def book(tmp_path: Path) -> Ledger:
    """A ledger in which nothing is kept yet."""
    return Ledger("abc1234", tmp_path)


@pytest.fixture
def order(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int]]:
    """Nothing is sent; who would have sent how many is written down, and every run counts."""
    sent: list[tuple[str, int]] = []

    def play(send: Send, letters: int, *, tools: Path) -> Run:
        sent.append((next(name for name, sender in SENDERS.items() if sender.send == send), letters))
        return replace(GOOD, asked=letters, accepted=letters, sunk=letters, octets=letters * 20_000)

    monkeypatch.setattr(errands, "play", play)
    return sent


def test_senders_take_turns_after_each_has_warmed_up(book: Ledger, order: list[tuple[str, int]]) -> None:
    delivery.play(book, [LIMIT, OURS], 3_000, 2)
    assert order == [(LIMIT, 300), (OURS, 300), (LIMIT, 3_000), (OURS, 3_000), (LIMIT, 3_000), (OURS, 3_000)]


def test_the_slow_send_fewer(book: Ledger, order: list[tuple[str, int]]) -> None:
    delivery.play(book, [POST_OFFICE], 30_000, 1)
    assert order[-1] == (POST_OFFICE, 2_000)


def test_what_was_played_is_not_played_again(book: Ledger, order: list[tuple[str, int]]) -> None:
    delivery.play(book, [LIMIT, OURS], 3_000, 1)
    order.clear()
    delivery.play(book, [LIMIT, OURS], 3_000, 2)
    assert Counter(name for name, letters in order if letters == 3_000) == {LIMIT: 1, OURS: 1}
    order.clear()
    delivery.play(book, [LIMIT, OURS], 3_000, 2)
    assert order == []


def test_a_void_run_one_of_other_letters_and_one_of_another_commit_are_played_again(book: Ledger) -> None:
    book.keep(LIMIT, 0, replace(GOOD, asked=3_000))
    book.keep(LIMIT, 1, GOOD)
    assert not book.is_played(LIMIT, 0, 3_000)
    assert not book.is_played(LIMIT, 1, 3_000)
    assert book.is_played(LIMIT, 1, 1_000)
    assert not Ledger("another", book.folder).is_played(LIMIT, 1, 1_000)


def test_a_run_comes_back_as_it_was_kept(book: Ledger) -> None:
    run = replace(GOOD, beside={"broker": 0.5}, failed="it stopped")
    book.keep(OURS, 2, run)
    assert book.runs(OURS, 3) == [run]


def test_the_table_says_who_was_played_who_was_not_and_what_was_void() -> None:
    broken = replace(GOOD, failed="it stopped")
    written = delivery_table.write(Figures({OURS: [GOOD, broken], LIMIT: [broken]}, machine={"cores": "2"}), pace="PACE=9")
    rows = {line.split(" | ")[0]: line for line in written.splitlines() if line.startswith("| ")}
    ours = rows[f"| {SENDERS[OURS].said}"]
    assert "| 1,000 | 1 | 1 | 500 (500–500) | 100 (100–100) | workers 60.0, database 40.0 |" in ours
    assert "| 0 | 1 | void |" in rows[f"| {SENDERS[LIMIT].said}"]
    assert "not played yet" in rows[f"| {SENDERS[POST_OFFICE].said}"]
    assert written.count("failed: it stopped") == 2
    assert "`PACE=9`" in written


def test_the_table_has_a_row_for_every_sender_and_its_rows_are_as_wide_as_its_head() -> None:
    growth = {"people": 10_000, "planned": 10_000, "accepted": 10_000, "sunk": 10_000, "sealing s": 3.1, "sealing MB": 99, "sending s": 1.5}
    growth |= {"CPU us": {"workers": 50.0, "database": 9.0}, "peak MB": 70.1, "commit": "abc1234"}
    growth |= {"page ms before": {"release": 90, "delivery": 80}, "page ms meanwhile": {"release": 110, "delivery": 95}}
    counted = {"letters": 10, "accepted": 10, "empty": 0, "doubled": 0, "commit": "abc1234"}
    written = delivery_table.write(Figures({name: [GOOD] for name in SENDERS}, {10_000: growth}, counted), pace="PACE=9")
    assert all(sender.said in written for sender in senders.SENDERS.values())
    tables = [part for part in written.split("\n\n") if part.startswith("| ")]
    assert [len({line.count("|") for line in table.splitlines()}) for table in tables] == [1, 1, 1]
    assert (
        "| 10,000 | 10,000 | 10,000 | 10,000 | 3.1 | 99 | 1.5 | 6,667 | workers 50.0, database 9.00 | 70.1 | 90 → 110 | 80 → 95 | abc1234 |"
        in written
    )
