"""The sheet to sign in on: every authority of the group against every role, with room to sign, as PDF/UA-1.

Whoever calls says who the authorities are and what the roles are called. With an address, and a QR code of it, people may sign in there instead.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from campaigns.agreement import typesetting
from campaigns.briefings.paper_pdf import breakable
from campaigns.briefings.speaking_notes import printable

TEMPLATE = "papers/sheet.typ"
BLANK_LINES = 8  # for whoever comes unannounced


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


def make(sheet: Sheet) -> bytes:
    """The PDF; the same bytes for the same sheet."""
    rows = [breakable(printable(name)) for name in (*sheet.authorities, *[""] * BLANK_LINES)]
    facts = {
        "group": breakable(printable(sheet.group)),
        "when": breakable(printable(sheet.when)),
        "rows": rows,
        "roles": [printable(role) for role in sheet.roles],
        "address": sheet.address or "",
        "qr": sheet.qr_svg or "",
    }
    return typesetting.page(TEMPLATE, facts, at=sheet.at)
