"""The sheet to sign in on: every authority of the group against every role, with room to sign, as PDF/UA-1.

Whoever calls says who the authorities are and what the roles are called; a body without authorities gets free lines. With an address, and a
QR code of it, people may sign in there instead.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from campaigns.agreement import typesetting
from campaigns.briefings.paper_pdf import breakable
from campaigns.briefings.speaking_notes import printable

TEMPLATE = "papers/sheet.typ"
BLANK_LINES, FREE_LINES = 8, 16  # for whoever comes unannounced, and where nobody of the register is expected
FREE = ("Your name, or your post", "The authority or body you come from", "Your role", "Your signature")  # columns of a sheet of free lines


@dataclass(frozen=True)
class Sheet:
    """What stands on it. `when` says date, time and place in words; `address` is where to sign in on a phone, `qr_svg` its QR code."""

    group: str
    when: str
    authorities: Sequence[str]
    roles: Sequence[str]
    at: datetime
    address: str | None = None
    qr_svg: str | None = None
    focus: str = ""

    @property
    def columns(self) -> list[str]:
        """What stands above: a role each, or what a free line asks for."""
        return ["Authority", *self.roles] if self.authorities else list(FREE)


def make(sheet: Sheet) -> bytes:
    """The PDF; the same bytes for the same sheet."""
    blank = BLANK_LINES if sheet.authorities else FREE_LINES
    rows = [breakable(printable(name)) for name in (*sheet.authorities, *[""] * blank)]
    facts = {
        "group": breakable(printable(sheet.group)),
        "when": breakable(printable(sheet.when)),
        "focus": breakable(printable(sheet.focus)),
        "rows": rows,
        "columns": [printable(column) for column in sheet.columns],
        "how": "in the column of your role" if sheet.authorities else "on a line of your own",
        "address": sheet.address or "",
        "qr": sheet.qr_svg or "",
    }
    return typesetting.page(TEMPLATE, facts, at=sheet.at)
