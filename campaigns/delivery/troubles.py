"""When a mail domain is left alone for a while, and how it comes back: a little at a time. Pure.

Trouble is what the domain's servers do to everybody: they close, fall silent, cannot be reached, or block us by a rule. A reader who is not
known there, a full mailbox or a greylist is none: such answers show that the domain is well.
"""

import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from campaigns.delivery.transport import Outcome

IN_A_ROW = 5  # outcomes
SILENCE = 3  # as many of them as one silence counts for
FIRST_REST, LONGEST_REST = timedelta(seconds=30), timedelta(hours=1)
PROBING = timedelta(seconds=15)  # how long the few letters that try a domain again may take to be heard of
WELL = 32  # letters taken in hand together, from which on a domain is well again
OF_THE_DOMAIN = frozenset({"RCPT", "DATA", "body", "dot"})  # before RCPT a relay does not know whose letter it is
BAD = re.compile(r"421\b|[45]\d\d[ -](?:4\.4\.\d|4\.3\.2|5\.4\.[14]|5\.7\.)")
ADDRESS = re.compile(r"\S*@\S*")


@dataclass(frozen=True)
class Standing:
    """How a domain does: `in_a_row` bad outcomes, then so many `rests`, the last one `until`; after it, `allowance` letters at once."""

    in_a_row: int = 0
    rests: int = 0
    until: datetime | None = None
    allowance: int = 0

    @property
    def is_troubled(self) -> bool:
        """Whether it rests, or is being tried again."""
        return self.rests > 0


def weight(outcome: Outcome) -> int:
    """As how many bad outcomes one counts against the domain, and not against the letter or its reader: none, one, or three for silence."""
    if is_silence(outcome):
        return SILENCE
    return int(outcome.kind != "accepted" and outcome.stage in OF_THE_DOMAIN and bool(BAD.match(outcome.said)))


def is_silence(outcome: Outcome) -> bool:
    """Whether nothing was heard: it costs every other letter the seconds that we waited, and those their turns."""
    return outcome.kind != "accepted" and outcome.stage in OF_THE_DOMAIN and not outcome.said[:3].isdigit()


def after(standing: Standing, *, bad: int, good: int, at: datetime) -> Standing:
    """How a domain stands after these outcomes: one good one shows it is not dead; more good than bad, that it takes more."""
    if good:
        allowance = standing.allowance + good - bad  # so it doubles each time that all of them went well
        if not standing.is_troubled or allowance >= WELL:
            return Standing()
        return replace(standing, in_a_row=0, until=at if good > bad else at + PROBING, allowance=max(allowance, 1))
    in_a_row = standing.in_a_row + bad
    if standing.until is not None and standing.until - at > PROBING:
        return replace(standing, in_a_row=in_a_row)  # it rests already: these were in hand before
    if not bad or (in_a_row < IN_A_ROW and not standing.is_troubled):
        return replace(standing, in_a_row=in_a_row)
    rest = min(FIRST_REST * 2 ** min(standing.rests, 12), LONGEST_REST)
    return Standing(in_a_row, standing.rests + 1, at + rest, 1)


def words(said: str) -> str:
    """What a server said, fit to be shown: without the addresses it quotes."""
    return ADDRESS.sub("…", said)[:300]
