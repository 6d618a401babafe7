"""Links to the pages of one briefing that need no account: each good for its own purpose alone, in letters and as a QR code."""

import base64
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from uuid import UUID

import segno

from campaigns.foundation import clock, tokens
from campaigns.foundation.errors import NotYet
from web import desk

SIGN_IN, REPEAT = "sign in to a briefing", "tell of a local repeat"  # what a token is for
PAGES = {SIGN_IN: "arrivals.arrive", REPEAT: "local_repeats.tell"}
QUIET = 4  # modules of white around a code


@dataclass(frozen=True)
class Link:
    """An address, and its QR code as the path of a drawing `size` modules wide."""

    address: str
    path: str
    size: int

    @property
    def svg(self) -> str:
        """The code as a picture of its own."""
        box = f'viewBox="0 0 {self.size} {self.size}" width="{self.size}" height="{self.size}"'
        ground = f'<rect width="{self.size}" height="{self.size}" fill="#fff"/>'
        return f'<svg xmlns="http://www.w3.org/2000/svg" {box}>{ground}<path d="{self.path}"/></svg>'


def token(purpose: str, briefing_id: UUID) -> str:
    """The token of a briefing for one purpose."""
    return tokens.make(desk.settings().secret_key, purpose, base64.urlsafe_b64encode(briefing_id.bytes).decode().rstrip("="))


def briefing_of(purpose: str, text: str) -> UUID:
    """Which briefing a token was made for, for this purpose; refuses any other, always alike."""
    (said,) = tokens.read(desk.settings().secrets, purpose, text)
    return UUID(bytes=base64.urlsafe_b64decode(said + "=="))


def link(purpose: str, briefing_id: UUID) -> Link:
    """The whole address of a briefing's page, and its code."""
    address = desk.whole_address(PAGES[purpose], token=token(purpose, briefing_id))
    rows = [list(row) for row in segno.make(address, error="m", micro=False).matrix_iter(border=QUIET)]
    return Link(address, "".join(_line(y, row) for y, row in enumerate(rows)), len(rows))


def require_begun(opens: datetime, may: str) -> None:
    """Refuse a page whose day has not come. `may` is what one can do there from then on."""
    if desk.now() < opens:
        raise NotYet(f"You can {may} from {clock.weekday(clock.london(opens))} on. Come back then.")


def _line(y: int, row: list[int]) -> str:
    """The dark stretches of one row."""
    drawn, x = "", 0
    for dark, stretch in groupby(row):
        width = len(list(stretch))
        drawn += f"M{x} {y}h{width}v1h-{width}z" if dark else ""
        x += width
    return drawn
