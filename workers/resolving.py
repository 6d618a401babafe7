"""The clock's look at letters whose reply was not heard: the relay's log is asked what became of them; no transaction is open meanwhile.

"Not taken" is believed only of a log that provably goes on: we open a connection to the relay and say goodbye, and wait until that stands there.
"""

import hmac
from datetime import datetime, timedelta
from pathlib import Path

import structlog

from campaigns.delivery import arming, line, relay_logs, unclear
from campaigns.delivery.line import Patience, Relay
from campaigns.delivery.relay_logs import Found
from campaigns.delivery.unclear import HOLD, Finding, Unclear
from campaigns.delivery.verp import ReturnAddress
from workers.tools import Tools

PURPOSE = b"knock\x00"
LEAST_NOOPS, NOOPS = 5, 40  # nobody else says so many, and no relay minds
KNOCKS_WITHIN = 1.0  # seconds for each of its replies
logger = structlog.get_logger()


def resolve(tools: Tools) -> None:
    """Settle what evidence settles, and put before an officer what it does not."""
    tools.require_sound_time()
    now, wait = tools.clock(), timedelta(seconds=tools.settings.unclear_seconds)
    with tools.database.reading() as session:
        letters = unclear.waiting(session, before=now - wait if tools.settings.relay_log else now)
        if not letters:
            return
        machines = {row.machine for row in arming.armed(session)}
    alone = len(tools.settings.smtp_urls) == 1 and len(machines) < 2  # else what is not in this log may be in another's
    path = tools.settings.relay_log
    findings = _by_the_log(path, letters, tools, alone=alone) if path else [(letter, Finding(HOLD, unclear.NO_LOG)) for letter in letters]
    if findings:
        with tools.database.transaction() as session:
            unclear.settle(session, findings, seen=now, at=tools.clock())


def _by_the_log(path: Path, letters: list[Unclear], tools: Tools, *, alone: bool) -> list[tuple[Unclear, Finding]]:
    now, wait = tools.clock(), timedelta(seconds=tools.settings.unclear_seconds)
    try:
        knocked = relay_logs.last_knock(path, name=tools.settings.relay_name, noops=noops(tools), now=now)
        if not all(letter.is_covered(knocked, wait=wait) for letter in letters):
            _knock(tools)
        ripe = [letter for letter in letters if letter.is_covered(knocked, wait=wait) or letter.is_given_up(now, wait=wait)]
        found = _search(path, ripe, tools, now) if ripe else Found()
    except OSError as fault:
        logger.warning("the relay's log cannot be read", path=str(path), fault=str(fault))
        why = unclear.UNREADABLE.format(fault=fault.strerror or fault)
        return [(letter, Finding(HOLD, why)) for letter in letters if letter.at + unclear.UNREADABLE_FOR * wait < now]
    due = [(number, one) for number, one in enumerate(ripe) if number not in found.begun or one.is_given_up(now, wait=wait)]
    judged = [(one, unclear.judge(number, one, found, covered=one.is_covered(knocked, wait=wait))) for number, one in due]
    return [(one, finding if alone or finding.verb != unclear.AGAIN else Finding(HOLD, unclear.OTHERS)) for one, finding in judged]


def _search(path: Path, letters: list[Unclear], tools: Tools, now: datetime) -> Found:
    keys = [ReturnAddress(tools.settings.returns_to, key) for key in tools.settings.secrets]
    sought = {number: letter.sought(keys) for number, letter in enumerate(letters)}
    margin = timedelta(seconds=tools.settings.unclear_seconds) * unclear.SILENT_FOR  # a relay whose clock is slower is given up
    return relay_logs.search(path, sought, since=min(letter.since for letter in letters), margin=margin, now=now)


def noops(tools: Tools) -> int:
    """How many NOOPs mark a conversation as this installation's."""
    return LEAST_NOOPS + hmac.digest(tools.settings.secret_key.encode(), PURPOSE, "sha256")[0] % NOOPS


def _knock(tools: Tools) -> None:
    try:
        line.knock(Relay.at(tools.settings.smtp_urls[0]), Patience.of(KNOCKS_WITHIN), noops=noops(tools))
    except OSError as fault:
        logger.info("the relay was not there to be asked", fault=str(fault))
