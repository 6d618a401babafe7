"""What Postfix's log shows of a letter and what it does not: golden lines of a real Postfix 3.7, and whatever somebody may write between them."""

import gzip
import os
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.delivery import relay_logs
from campaigns.delivery.relay_logs import Sought
from tests.campaigns.delivery.maillogs import (
    BEGAN,
    GOLDEN,
    LETTER,
    NOW,
    OURS,
    SOON,
    START,
    TOKEN,
    active,
    begun,
    heard,
    knock,
    look,
    named,
    said,
    written,
)  # fmt: skip

pytestmark = pytest.mark.usefixtures("in_utc")


@pytest.fixture
def golden(tmp_path: Path) -> Path:
    path = Path(shutil.copy(GOLDEN, tmp_path / "mail.log"))
    os.utime(path, (NOW.timestamp(), NOW.timestamp()))
    return path


@pytest.mark.parametrize(
    ("name", "queue"), [("normal", "582D52180BF"), ("cut-after", "AC7422180BF"), ("cut-before", None), ("weird", None), ("nowhere", None)]
)
def test_a_real_postfix_took_what_was_cut_after_the_dot_and_not_what_was_cut_before(golden: Path, name: str, queue: str | None) -> None:
    found = look(golden, {0: Sought(f"<{name}@x.test>", frozenset({TOKEN}))})

    assert found.taken == ({0: queue} if queue else {})
    assert found.doubtful == ({0} if name == "weird" else set())
    assert found.begun == set()
    assert found.reaches_back


def test_a_real_postfix_wrote_our_knock_down(golden: Path) -> None:
    assert heard(golden) == datetime(2026, 11, 26, 11, 57, 11, tzinfo=UTC)


@pytest.mark.parametrize(
    "lines",
    [
        [named()],
        [active()],
        [named("4A2"), active("4A3")],
        [named(), active(program="postfix-b/qmgr")],
        [named(program="postfix/smtpd"), active()],
        [named(), active(program="postfix/cleanup")],
        [begun(), named(), begun(), active()],
        [named(name="<letter@x.test>?"), active()],
        [named(name="<letter@x.test> x"), active()],
        [named(), active().rstrip("\n")],
        [named(), active().replace("(queue active)", "(queue deferred)")],
        [named(), "x" + active()],
        [named(), said(SOON, "postfix/smtpd", active().strip())],
        [named(), said(SOON, "postfix/cleanup", f"4A9: message-id=<x>?{active().strip()}")],
    ],
)
def test_half_a_proof_is_none(tmp_path: Path, lines: list[str]) -> None:
    assert look(written(tmp_path / "mail.log", START, *lines)).taken == {}


@pytest.mark.parametrize("instance", ["postfix", "postfix-out"])
def test_both_lines_of_one_queue_id_of_one_instance_are_the_proof(tmp_path: Path, instance: str) -> None:
    lines = [named(program=f"{instance}/cleanup"), active(sender=OURS.replace("lopp", "other"), program=f"{instance}/qmgr")]

    assert look(written(tmp_path / "mail.log", START, begun(), *lines)).taken == {0: "4A2"}


@pytest.mark.parametrize(
    "lines",
    [
        [named(), active(sender="forger@elsewhere.test")],
        [named(), active(sender=f"lopp+{'z' * 37}@countersign.test")],
        [named(), active(sender="")],
        [named(), said(SOON, "postfix/cleanup", "4A2: hold: header Subject: x from unknown[127.0.0.1]")],
        [named(), said(SOON, "postfix/cleanup", "4A2: milter-hold: END-OF-MESSAGE from unknown[127.0.0.1]: on hold")],
    ],
)
def test_our_message_id_under_another_return_address_or_on_hold_is_no_proof_and_no_proof_of_the_contrary(
    tmp_path: Path, lines: list[str]
) -> None:
    found = look(written(tmp_path / "mail.log", START, *lines))

    assert (found.taken, found.doubtful) == ({}, {0})


def test_a_letter_s_return_address_is_no_proof_of_another_letter(tmp_path: Path) -> None:
    both = {**LETTER, 1: Sought("<other@x.test>", frozenset({"z" * 37}))}

    found = look(written(tmp_path / "mail.log", START, named(name="<other@x.test>"), active()), both)

    assert (found.taken, found.doubtful) == ({}, {1})


def test_a_letter_sent_under_a_former_key_is_found_by_its_token(tmp_path: Path) -> None:
    found = look(written(tmp_path / "mail.log", START, named(), active()), {0: Sought("<letter@x.test>", frozenset({"y" * 37, TOKEN}))})

    assert found.taken == {0: "4A2"}


@given(between=st.lists(st.binary(max_size=200), max_size=8), tail=st.binary(max_size=300))
def test_nothing_that_somebody_writes_between_hides_a_proof_or_makes_one(
    tmp_path_factory: pytest.TempPathFactory, between: list[bytes], tail: bytes
) -> None:
    path = tmp_path_factory.mktemp("logs") / "mail.log"
    noise = b"".join(part.replace(b"\n", b"#") + b"\n" for part in between)
    path.write_bytes(START.encode() + noise + named().encode() + noise + active().encode() + tail)
    other = {0: LETTER[0], 1: Sought("<unheard@x.test>", frozenset({"z" * 37}))}

    assert look(path, other).taken == {0: "4A2"}


@given(st.binary(max_size=400))
def test_no_octets_are_too_strange_to_be_read(tmp_path_factory: pytest.TempPathFactory, octets: bytes) -> None:
    path = tmp_path_factory.mktemp("logs") / "mail.log"
    path.write_bytes(octets)

    assert look(path).taken == {} and heard(path) is None


@given(place=st.integers(min_value=0, max_value=2_000))
def test_a_log_that_is_read_while_it_is_written_shows_the_lines_that_are_finished(
    tmp_path_factory: pytest.TempPathFactory, place: int
) -> None:
    path, whole = tmp_path_factory.mktemp("logs") / "mail.log", (START + begun() + named() + active() + begun("4A3")).encode()
    path.write_bytes(whole[:place])

    assert bool(look(path).taken) == (place >= len((START + begun() + named() + active()).encode()))


def test_what_stands_in_the_middle_of_a_line_that_is_begun_in_the_middle_is_not_a_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relay_logs, "BLOCK", 1_000)
    monkeypatch.setattr(relay_logs, "TAIL", 1_000)
    filler = said(BEGAN - timedelta(hours=1), "postfix/cleanup", "4A1: message-id=<filler@x.test>") * 40
    forged = [named().strip(), active().strip(), knock(SOON).strip()]
    for words in forged:
        inside = said(SOON, "postfix/cleanup", f"4A2: message-id=<{'x' * 120}>?{words}")
        for shift in range(0, 240, 7):  # wherever the block happens to begin
            end = said(SOON, "postfix/smtpd", "y" * (880 - 60 + shift - 240))
            path = written(tmp_path / "mail.log", filler, named() if words.endswith("active)") else "", inside, end)
            found = look(path, since=SOON - timedelta(seconds=1))
            assert found.taken == {} and heard(path) is None


def test_a_log_of_many_blocks_is_read_from_the_block_in_which_it_was_tried(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(relay_logs, "BLOCK", 2_000)
    times = [BEGAN + timedelta(seconds=n) for n in range(200)]
    lines = [said(at, "postfix/smtpd", "connect from unknown[127.0.0.1]") for at in times]
    path = written(tmp_path / "mail.log", *lines[:150], named(), active(), *lines[150:])
    read: list[int] = []
    first = relay_logs._Reading._concerns_us
    monkeypatch.setattr(relay_logs._Reading, "_concerns_us", lambda self, line: read.append(1) or first(self, line))

    found = look(path, since=times[140])

    assert found.taken == {0: "4A2"} and found.reaches_back
    assert len(read) < 120


@pytest.mark.parametrize("names", [("mail.log.1", "mail.log.2.gz"), ("mail.log-20261126", "mail.log-20261125.gz")])
def test_logs_that_were_rotated_are_read_as_far_back_as_needed(tmp_path: Path, names: tuple[str, str]) -> None:
    path = written(tmp_path / "mail.log", said(SOON, "postfix/smtpd", "connect from unknown[127.0.0.1]"), active("4A7"))
    written(tmp_path / names[0], said(SOON - timedelta(seconds=20), "postfix/anvil", "statistics"), active(), at=NOW - timedelta(minutes=1))
    (tmp_path / names[1]).write_bytes(gzip.compress((START + named()).encode()))
    os.utime(tmp_path / names[1], (BEGAN.timestamp(),) * 2)
    (tmp_path / "mail.log.offset").write_text("not a log")

    found = look(path)

    assert (found.taken, found.reaches_back) == ({0: "4A2"}, True)


def test_a_log_that_begins_after_the_letter_was_tried_does_not_reach_back(tmp_path: Path) -> None:
    path = written(tmp_path / "mail.log", said(SOON, "postfix/smtpd", "connect from unknown[127.0.0.1]"))
    assert not look(path).reaches_back and look(path, since=SOON).reaches_back
    assert not look(written(tmp_path / "mail.log")).reaches_back


@pytest.mark.parametrize("packed", [b"", b"\x1f\x8b broken", gzip.compress(START.encode() * 50)[:-20]], ids=["empty", "broken", "cut off"])
def test_a_rotated_log_that_cannot_be_unpacked_is_said_and_not_passed_over(tmp_path: Path, packed: bytes) -> None:
    path = written(tmp_path / "mail.log", said(SOON, "postfix/smtpd", "connect from unknown[127.0.0.1]"))
    (tmp_path / "mail.log.1.gz").write_bytes(packed)

    if packed:
        with pytest.raises(OSError):
            look(path)
    else:
        assert not look(path).reaches_back


def test_a_log_that_is_copied_and_cut_while_it_is_read_is_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = written(tmp_path / "mail.log", START, named(), active())
    first = relay_logs._reaching

    def then_it_is_cut(stream: IO[bytes], since: datetime, now: datetime) -> tuple[int, datetime]:
        reached = first(stream, since, now)
        shutil.copy(path, tmp_path / "mail.log.1")
        os.truncate(path, 0)
        return reached

    with monkeypatch.context() as patched:
        patched.setattr(relay_logs, "_reaching", then_it_is_cut)
        with pytest.raises(OSError, match="cut short"):
            look(path)
    assert look(path).taken == {0: "4A2"}


def test_a_log_that_is_not_there_is_said(tmp_path: Path) -> None:
    for path in (tmp_path / "mail.log", tmp_path):
        with pytest.raises(OSError):
            look(path)
        with pytest.raises(OSError):
            heard(path)
