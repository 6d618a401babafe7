"""One failed delivery, judged: is the address bad for good, or did only this letter fail?

Hard only where the words, the enhanced status and the moment in the conversation leave no doubt: of somebody wrongly taken off the list
nobody hears again. Sources: RFC 3463 (status), RFC 5321 section 4.2.3 (reply codes), Gmail's and Yahoo's notes to bulk senders.
"""

import re
from dataclasses import dataclass

from campaigns.delivery import wordings
from campaigns.delivery.wordings import BLAMES_NOBODY, NO_HOST, NOBODY, REJECTED, UNSAID

HARD, SOFT, DELAYED, DELIVERED = "hard", "soft", "delayed", "delivered"
LONGEST = 20_000  # characters of what was said that are looked at
GONE = frozenset({"5.1.1", "5.1.2", "5.1.6", "5.1.10", "5.1.351", "5.2.1"})  # RFC 3463; 5.1.10 is RFC 7505's, 5.1.351 Exchange Online's
OF_THE_SENDER = frozenset({"5.1.7", "5.1.8"})
VAGUE = re.compile(r"|5\.\d{1,2}\.0|5\.[01]\.\d{1,3}|5\.2\.1|5\.4\.[14]|5\.5\.\d{1,3}")  # what may stand beside plain words
STATUS = re.compile(r"(?<![\d.])([245]\.\d{1,2}\.\d{1,3})(?![\d.])")
REPLY = re.compile(r"(?<![\d.#/:-])([45]\d\d)(?=[\s-])(?!\s(?:kb|bytes))", re.IGNORECASE)
STAGES = (
    ("MAIL", r"after (?:mail from|helo|ehlo|initial connection)|in reply to (?:mail from|helo|ehlo)|>>> (?:mail|helo|ehlo)|mail from command|my name was rejected"),
    ("RCPT", r"after (?:pipelined )?rcpt|in reply to rcpt|>>> rcpt|rcpt(?: to)? command|does not like recipient|\[rcpt_to\]|\(state 14\)"),
    ("DATA", r"after (?:pipelined )?(?:data|end of data|sending)|in reply to (?:end of )?data|>>> (?:data|\.|bdat)|(?:text|data) command|\[body\]|\(state 1[5-9]\)|failed after i sent"),
)  # fmt: skip
_STAGES = [(stage, re.compile(form, re.IGNORECASE)) for stage, form in STAGES]


@dataclass(frozen=True)
class Failure:
    """`outcome`: hard, soft, delayed or delivered. `permanent`: the server will not try again. `status`: empty where none was given."""

    outcome: str
    permanent: bool
    status: str
    reason: str


def judge(said: str, *, status: str = "", action: str = "failed", beside: str = "") -> Failure:
    """Judge what a server said of one recipient. `status`: the report's; `beside`: the mail's words to people, which may only excuse."""
    said, beside = said[:LONGEST], beside[:LONGEST]
    status = _status(status, said or beside)
    reason = _reason(said, beside, status)
    permanent = _is_permanent(status, f"{said} {beside}", reason)
    if action in {DELAYED, DELIVERED}:
        return Failure(action, False, status, reason if action == DELAYED else "")
    stage = _stage_of(beside) or _stage_of(said)
    return Failure(HARD if permanent and _is_hard(reason, status, stage, said or beside) else SOFT, permanent, status, reason)


def _stage_of(said: str) -> str:
    """When in the conversation it was refused: MAIL, RCPT or DATA; empty where nothing says so."""
    return next((stage for stage, form in _STAGES if form.search(said)), "")


def _status_in(said: str) -> str:
    """The most telling enhanced status among what was said."""
    found = STATUS.findall(said)
    telling = sorted(found, key=lambda one: (one[0] == "2", one.endswith(".0"), one.split(".")[1] == "0", one == "5.1.0"))
    return telling[0] if telling else ""


def _status(given: str, said: str) -> str:
    """The report's own status; where it says nothing but that it failed, the one the other server gave."""
    found = STATUS.search(given)
    own = found[1] if found else ""
    told = _status_in(said)
    vague = not own or own.endswith(".0.0") or (own.endswith(".0") and not told.endswith(".0"))
    return told if vague and told and told[0] != "2" else own


def _reason(said: str, beside: str, status: str) -> str:
    excuse = next(
        (kind for kind in BLAMES_NOBODY if beside and wordings.says(kind, beside) and kind in {wordings.FULL, wordings.SUSPENDED}), ""
    )
    if excuse:
        return excuse
    reason = wordings.reason(said)
    if reason in {UNSAID, REJECTED} and beside:
        told = wordings.reason(beside)
        reason = reason if told == UNSAID else told
    if reason in ({UNSAID} if status == "5.2.1" else {UNSAID, REJECTED, wordings.NETWORK}) and status in GONE:
        return NO_HOST if status == "5.1.2" else NOBODY
    return reason


def _is_permanent(status: str, said: str, reason: str) -> bool:
    if status:
        return status[0] == "5"
    codes = REPLY.findall(said)
    if codes:
        return str(codes[0]).startswith("5")
    return reason != wordings.EXPIRED


def _is_hard(reason: str, status: str, stage: str, said: str) -> bool:
    if stage == "MAIL" or status in OF_THE_SENDER or reason in BLAMES_NOBODY:
        return False
    if status in GONE and reason in {NOBODY, NO_HOST}:
        return True
    if reason not in {NOBODY, NO_HOST} or not VAGUE.fullmatch(status):
        return False
    # Some gateways say "unknown user" of a letter they dislike, once they have it: then it is about the letter, not about the reader. So
    # another server's bare word counts only where it is known to have refused the recipient; the reporting server's own word counts.
    return stage == "RCPT" or (stage != "DATA" and status.startswith("5.1.")) or (stage == "" and not REPLY.search(said))
