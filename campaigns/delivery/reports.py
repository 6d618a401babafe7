"""A delivery report in the standard form: what became of each recipient, read from its fields. Sources: RFC 3464, RFC 3461.

Reports are written by many hands: fields out of order, blank lines inside, no blank line between recipients. They are read all the same.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from campaigns.delivery.mails import ADDRESS

MOST_TOLD = 100  # recipients; a letter of ours has one, and a list's or an alias's server tells of its own
FIELD = re.compile(r"([A-Za-z][\w-]{1,60})[ \t]*:[ \t]*(.*)")
ABOUT_ONE = frozenset({"final-recipient", "original-recipient", "action", "status", "diagnostic-code", "remote-mta", "last-attempt-date"})
WHO = ("final-recipient", "original-recipient", "x-actual-recipient")
ACTIONS = {"delayed": "delayed", "delivered": "delivered", "relayed": "delivered", "expanded": "delivered", "deliverable": "delivered"}

Fields = dict[str, str]


@dataclass(frozen=True)
class Line:
    """What a report says of one recipient. `original`: the address it was sent to, where another is the final one."""

    address: str
    original: str
    action: str
    status: str
    said: str


def lines(report: str) -> list[Line]:
    """A line for each recipient, as far as they are read; one that names no address is left out."""
    read = (_line(group) for group in _groups(report))
    return list(islice((line for line in read if line is not None), MOST_TOLD))


def about(report: str) -> Fields:
    """The fields about the letter as a whole."""
    return next(_groups(report, whole=True), {})


def _groups(report: str, *, whole: bool = False) -> Iterator[Fields]:
    group: Fields = {}
    name = ""
    for text in report.split("\n"):
        found = FIELD.match(text)
        new = found[1].lower() if found else ""
        if (not text.strip() and (whole or _names_somebody(group))) or (new in WHO[:2] and new in group):
            if group:
                yield group
            group, name = {}, ""
        if found and (new in ABOUT_ONE or not text.startswith((" ", "\t"))):
            name = new
            group.setdefault(name, found[2].strip())
        elif name and text.strip():
            group[name] = f"{group[name]} {text.strip()}"
    if group:
        yield group


def _names_somebody(group: Fields) -> bool:
    return any(name in group for name in WHO) and ("status" in group or "action" in group)


def _line(group: Fields) -> Line | None:
    named = [found[0].lower() for name in WHO if (found := ADDRESS.search(group.get(name, "").partition(";")[2] or group.get(name, "")))]
    if not named:
        return None
    original = ADDRESS.search(group.get("original-recipient", ""))
    status = group.get("status", "")
    action = ACTIONS.get(group.get("action", "").split(" ")[0].strip("();,").lower(), "failed")
    if "action" not in group and status.startswith("2"):
        action = "delivered"
    said = f"{group.get('diagnostic-code', '')} {status.partition('(')[2]}".strip()
    return Line(named[0], original[0].lower() if original else "", action, status, said)
