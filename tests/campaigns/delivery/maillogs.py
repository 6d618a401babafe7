"""Postfix's log as tests write it, line by line, and what is read in it. The golden lines are a real Postfix 3.7's."""

import os
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from campaigns.delivery import relay_logs
from campaigns.delivery.relay_logs import Found, Sought

GOLDEN = Path(__file__).parents[2] / "data" / "maillog_postfix_3.7.log"
TOKEN = "abcdefghijklmnopqrstuvwxyz234567abcde"
OURS = f"lopp+{TOKEN}@countersign.test"
LETTER = {0: Sought("<letter@x.test>", frozenset({TOKEN}))}
BEGAN = datetime(2026, 11, 26, 11, 57, 8, tzinfo=UTC)
NOW = BEGAN + timedelta(minutes=5)
SOON = BEGAN + timedelta(seconds=60)


def said(at: datetime, program: str, text: str) -> str:
    return f"{at:%b %e %H:%M:%S} mail {program}[42]: {text}\n"


def named(queue: str = "4A2", name: str = "<letter@x.test>", program: str = "postfix/cleanup") -> str:
    return said(SOON, program, f"{queue}: message-id={name}")


def active(queue: str = "4A2", sender: str = OURS, program: str = "postfix/qmgr") -> str:
    return said(SOON, program, f"{queue}: from=<{sender}>, size=293, nrcpt=1 (queue active)")


def begun(queue: str = "4A2") -> str:
    return said(SOON, "postfix/smtpd", f"{queue}: client=unknown[127.0.0.1]")


def knock(at: datetime, noops: int = 17, program: str = "postfix/smtpd") -> str:
    return said(at, program, f"disconnect from unknown[127.0.0.1] ehlo=1 noop={noops} quit=1 commands={noops + 2}")


START = said(BEGAN, "postfix/master", "daemon started -- version 3.7.11")


def zone(name: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", name)
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def written(path: Path, *lines: str, at: datetime = NOW) -> Path:
    path.write_bytes("".join(lines).encode("utf-8", "surrogateescape"))
    os.utime(path, (at.timestamp(), at.timestamp()))
    return path


def look(path: Path, sought: dict[int, Sought] = LETTER, since: datetime = BEGAN) -> Found:
    return relay_logs.search(path, sought, since=since, margin=timedelta(0), now=NOW)


def heard(path: Path, now: datetime = NOW, name: str = "postfix") -> datetime | None:
    return relay_logs.last_knock(path, name=name, noops=17, now=now)
