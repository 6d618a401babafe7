"""The clock's look at letters whose reply was not heard: the relay's log is asked what became of them; no transaction is open meanwhile.

"Not taken" is believed only of a log that provably goes on: we open a connection to the relay and say goodbye, and wait until that stands there;
and that shows the letters near it which the relay said it took (see witnesses.py).
"""

import hmac
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from itertools import chain
from pathlib import Path

import structlog

from campaigns.delivery import calling, relay_logs, unclear, witnesses
from campaigns.delivery.line import Patience
from campaigns.delivery.relay_logs import Found, Sought
from campaigns.delivery.relay_urls import Relay
from campaigns.delivery.unclear import HOLD, Finding, Unclear
from campaigns.delivery.verp import ReturnAddress
from campaigns.foundation.errors import TryLater
from workers.tools import Tools

PURPOSE = b"knock\x00"
LEAST_NOOPS, NOOPS = 5, 40  # nobody else says so many, and no relay minds
KNOCKS_WITHIN = 1.0  # seconds for each of its replies
logger = structlog.get_logger()


def resolve(tools: Tools) -> None:
    """Settle what evidence settles, and put before an officer what it does not."""
    tools.require_sound_time()
    now, wait = tools.clock(), timedelta(seconds=tools.settings.unclear_seconds)
    path = tools.settings.relay_log
    with tools.database.reading() as session:
        letters = unclear.waiting(session, before=now - wait if path else now, way=tools.way)
    tools.unclear_since = (tools.unclear_since or now) if letters else None
    if not letters:
        return
    judged = _by_the_log(path, letters, tools) if path else [(letter, Finding(HOLD, unclear.NO_LOG)) for letter in letters]
    mine = [(one, finding) for one, finding in judged if _is_for_us(one, finding, tools, now)]
    alone = any(finding.verb == unclear.AGAIN for _, finding in mine) and _is_one(tools.settings.smtp_urls)
    findings = [(one, _believed(one, finding, tools, alone=alone)) for one, finding in mine]
    if gaps := _in_gaps(path, [one for one, finding in findings if finding.verb == unclear.AGAIN], tools, now):
        findings = [(one, Finding(HOLD, unclear.GAPS) if one in gaps else finding) for one, finding in findings]
    if findings:
        with tools.database.transaction() as session:
            unclear.settle(session, findings, seen=now, at=tools.clock())


def _is_for_us(letter: Unclear, finding: Finding, tools: Tools, now: datetime) -> bool:
    """Whether we say what becomes of a letter: of one that left another way, whoever has that relay's log is waited for, but not for ever."""
    return letter.way == tools.way or finding.verb == unclear.SENT or _is_given_up(letter, tools, now)


def _is_given_up(letter: Unclear, tools: Tools, now: datetime, *, after: int = unclear.SILENT_FOR) -> bool:
    wait = timedelta(seconds=tools.settings.unclear_seconds)
    return letter.is_given_up(now, after=after, asked=tools.unclear_since or now, wait=wait)


def _believed(letter: Unclear, finding: Finding, tools: Tools, *, alone: bool) -> Finding:
    """That a relay did not take a letter is enough only where no other can have taken it."""
    surely = letter.way == tools.way and alone
    return finding if surely or finding.verb != unclear.AGAIN else Finding(HOLD, unclear.OTHERS)


def _is_one(urls: Sequence[str]) -> bool:
    """Whether there is one relay, by its URL and by its name."""
    return len(urls) == 1 and calling.is_one(Relay.at(urls[0]))


def _by_the_log(path: Path, letters: list[Unclear], tools: Tools) -> list[tuple[Unclear, Finding]]:
    now, wait = tools.clock(), timedelta(seconds=tools.settings.unclear_seconds)
    try:
        knocked = _last_knock(path, tools, now)
        if not all(letter.is_covered(knocked, wait=wait) for letter in letters):
            _knock(tools)
        ripe = [letter for letter in letters if letter.is_covered(knocked, wait=wait) or _is_given_up(letter, tools, now)]
        found = _search(path, ripe, tools, now) if ripe else Found()
    except OSError as fault:
        logger.warning("the relay's log cannot be read", path=str(path), fault=str(fault))
        why = unclear.UNREADABLE.format(fault=fault.strerror or fault)
        return [(letter, Finding(HOLD, why)) for letter in letters if _is_given_up(letter, tools, now, after=unclear.UNREADABLE_FOR)]
    due = [(number, one) for number, one in enumerate(ripe) if not found.may_be_taking(number, at=one.at) or _is_given_up(one, tools, now)]
    return [(one, unclear.judge(number, one, found, covered=one.is_covered(knocked, wait=wait))) for number, one in due]


def _last_knock(path: Path, tools: Tools, now: datetime) -> datetime | None:
    return relay_logs.last_knock(path, name=tools.settings.relay_name, noops=noops(tools), now=now)


def _in_gaps(path: Path | None, letters: list[Unclear], tools: Tools, now: datetime) -> set[Unclear]:
    """Those that the log does not show, nor others near them that the relay said it took."""
    if path is None or not letters:
        return set()
    before = now - timedelta(seconds=tools.settings.unclear_seconds)
    try:
        before = min(before, _last_knock(path, tools, now) or before)  # what was taken since cannot stand in a log that is behind
        with tools.database.reading() as session:
            near = [witnesses.near(session, letter.release_id, letter.position, _returns(tools), before=before) for letter in letters]
        sought = dict(enumerate(chain.from_iterable(near)))
        found = _found(path, sought, min(letter.since for letter in letters) - witnesses.ABOUT, tools, now)
    except OSError as fault:
        raise TryLater(f"The relay's log cannot be read: {fault}") from fault
    shown = {sought[number].message_id for number in found.taken.keys() | found.begun | found.doubtful}
    return {letter for letter, others in zip(letters, near, strict=True) if any(one.message_id not in shown for one in others)}


def _search(path: Path, letters: list[Unclear], tools: Tools, now: datetime) -> Found:
    returns = _returns(tools)
    sought = {number: letter.sought(returns) for number, letter in enumerate(letters)}
    return _found(path, sought, min(letter.since for letter in letters), tools, now)


def _found(path: Path, sought: Mapping[int, Sought], since: datetime, tools: Tools, now: datetime) -> Found:
    margin = timedelta(seconds=tools.settings.unclear_seconds) * unclear.SILENT_FOR  # a relay whose clock is slower is given up
    return relay_logs.search(path, sought, since=since, margin=margin, now=now)


def _returns(tools: Tools) -> list[ReturnAddress]:
    return [ReturnAddress(tools.settings.returns_to, key) for key in tools.settings.secrets]


def noops(tools: Tools) -> int:
    """How many NOOPs mark a conversation as this installation's."""
    return LEAST_NOOPS + hmac.digest(tools.settings.secret_key.encode(), PURPOSE, "sha256")[0] % NOOPS


def _knock(tools: Tools) -> None:
    try:
        calling.knock(Relay.at(tools.settings.smtp_urls[0]), Patience.of(KNOCKS_WITHIN), noops=noops(tools))
    except OSError as fault:
        logger.info("the relay was not there to be asked", fault=str(fault))
