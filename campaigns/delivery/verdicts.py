"""What a relay's refusal is about: the reader, a full mailbox, somebody's system, a rule of theirs, or the letter. Pure.

A refusal is for good only where the reply code and the enhanced status agree that it is: one try too many costs little, a letter that should
have gone and did not is lost. Sources: RFC 5321 §4.2.1 (reply codes), RFC 2034 and RFC 3463 (enhanced status).
"""

import re

from campaigns.delivery.transport import Outcome

READER, FULL, SYSTEM, POLICY, LETTER, UNSAID = "reader", "full", "system", "policy", "letter", "unsaid"
STATUS = re.compile(r"\d{3}[ -]([245])\.(\d{1,3})\.(\d{1,3})(?![\d.])")
SUBJECTS = {"1": READER, "2": READER, "3": SYSTEM, "4": SYSTEM, "5": LETTER, "6": LETTER, "7": POLICY}  # RFC 3463 §3
OWN = {"1.7": LETTER, "1.8": LETTER, "2.2": FULL, "2.3": LETTER, "3.4": LETTER}  # the sender's address; too long a letter
BY_CODE = {"421": SYSTEM, "452": FULL, "552": FULL}


def judged(outcome: Outcome) -> Outcome:
    """The same outcome, deferred where the enhanced status says that a refusal is not for good."""
    if outcome.kind == "rejected" and (found := STATUS.match(outcome.said)) and found[1] == "4":
        return outcome._replace(kind="deferred")
    return outcome


def subject(said: str) -> str:
    """What a reply is about, in one of six words; `unsaid` where it gives no status. Only `reader` could ever speak against a person."""
    found = STATUS.match(said)
    if found is None:
        return BY_CODE.get(said[:3], UNSAID)
    return OWN.get(f"{found[2]}.{found[3]}", SUBJECTS.get(found[2], UNSAID))
