"""Postfix's sink counts what Postfix's source sends, and says what it cost."""

from pathlib import Path

import pytest

from tests.benchmarks import errands, peers, postfix_sink, runs
from tests.benchmarks.errands import Errand, Sent

pytestmark = pytest.mark.skipif(bool(postfix_sink.why_not()), reason=postfix_sink.why_not() or "it is here")


def test_every_letter_is_counted_and_measured(tmp_path: Path) -> None:
    run = errands.play(peers.smtp_source, 2_000, tools=tmp_path)
    assert (run.sunk, run.accepted) == (2_000, 2_000)
    assert run.octets > 2_000 * 20_000
    assert run.sink_cpu > 0
    assert runs.void(run) == []


def test_a_sender_that_counts_more_than_the_sink_has_is_void(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(errands, "SINK_IS_DONE_WITHIN", 0.1)

    def boast(errand: Errand) -> Sent:
        sent = peers.smtp_source(Errand(errand.letters - 1, errand.port, errand.folder, errand.tools))
        return Sent(errand.letters, sent.seconds, sent.cpu)

    run = errands.play(boast, 1_000, tools=tmp_path)
    assert runs.void(run) == ["1000 were asked for, the sender counts 1000 and the sink 999"]


def test_a_command_that_fails_makes_a_void_run_that_says_so(tmp_path: Path) -> None:
    def fail(errand: Errand) -> Sent:
        peers.run(["sh", "-c", "echo no disk >&2; exit 3"])
        raise AssertionError

    run = errands.play(fail, 1_000, tools=tmp_path)
    assert "exit status 3. no disk" in run.failed
    assert runs.void(run)
