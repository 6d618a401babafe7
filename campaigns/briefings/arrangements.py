"""What is agreed about a briefing: when, where or by which link, who hosts and who presents, and the speaking note it is read from.

A briefing may be dated before everything is known, since rooms are booked early. Source: HELA paper, Annex 3 ("Present LOPP to each LA
regional group, e.g. HSE/LA liaison groups, LACoRS regional meetings").
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel import Session

from campaigns.agreement import releases
from campaigns.drafting import links
from campaigns.foundation import one_line
from campaigns.foundation.errors import Problem

LONGEST_LINK = 1000  # a joining link carries its meeting in its address
MOST = 9_999
HOW_MANY = f"Enter how many there is room for, from 1 to {MOST:,}, or leave it empty"
USUAL = timedelta(hours=2)
LONGEST = timedelta(hours=12)


@dataclass(frozen=True)
class Arrangement:
    """When, where and by whom. Empty is what is not known yet; `note` is the agreed release read from, `agenda_item` its place on the group's own agenda."""

    starts_at: datetime
    place: str = ""
    hse_presenter: str = ""
    lacors_presenter: str = ""
    note: UUID | None = None
    ends_at: datetime | None = None
    link: str = ""
    host: str = ""
    capacity: int | None = None
    agenda_item: str = ""

    @property
    def until(self) -> datetime:
        """When it ends: two hours after it began, unless something else was said."""
        return self.ends_at or self.starts_at + USUAL

    def columns(self) -> dict[str, object]:
        """The columns of a table's row: what is not known is None."""
        lines = ("place", "hse_presenter", "lacors_presenter", "link", "host", "agenda_item")
        kept: dict[str, object] = {name: getattr(self, name).strip() or None for name in lines}
        return kept | {"starts_at": self.starts_at, "ends_at": self.until, "capacity": self.capacity, "note_release_id": self.note}


def problems(session: Session, arrangement: Arrangement) -> list[Problem]:
    """Everything that cannot be: nowhere to meet, an end before the beginning, a note that both parties have not signed, words too long."""
    return [*of_its_words(arrangement), *_how_long(arrangement), *note_problems(session, arrangement.note)]


def of_its_words(arrangement: Arrangement) -> list[Problem]:
    """Those of them that are there whatever its time and its note."""
    return [
        *_where(arrangement),
        *one_line.problems("hse_presenter", arrangement.hse_presenter, "who presents for HSE", needed=False),
        *one_line.problems("lacors_presenter", arrangement.lacors_presenter, "who presents for LACoRS", needed=False),
        *one_line.problems("host", arrangement.host, "who hosts it", needed=False),
        *one_line.problems("agenda_item", arrangement.agenda_item, "the item on the agenda", needed=False),
        *_how_many(arrangement),
    ]


def _where(arrangement: Arrangement) -> list[Problem]:
    link = arrangement.link.strip()
    if not arrangement.place.strip() and not link:
        return [Problem("place", "Enter a place, a joining link or both")]
    found = one_line.problems("place", arrangement.place, "a place", needed=False)
    why = "must begin with https://" if not link.lower().startswith("https://") else links.why_not(link)
    if link and (why or len(link) > LONGEST_LINK or not link.isprintable() or " " in link):
        found.append(Problem("link", f"The joining link {why or 'must be one address without spaces'}"))
    return found


def _how_long(arrangement: Arrangement) -> list[Problem]:
    if timedelta(0) < arrangement.until - arrangement.starts_at <= LONGEST:
        return []
    return [Problem("ends", "Enter an end that comes after the start, on the same day")]


def _how_many(arrangement: Arrangement) -> list[Problem]:
    if arrangement.capacity is None or 0 < arrangement.capacity <= MOST:
        return []
    return [Problem("capacity", HOW_MANY)]


def note_problems(session: Session, release_id: UUID | None) -> list[Problem]:
    if release_id is None:
        return []
    release = releases.get(session, release_id)
    agreed = release.digest is not None and release.state in {"sealed", "scheduled", "sending", "sent", "missed"}
    if agreed and not releases.missing(session, release):
        return []
    return [Problem("note", "Choose a speaking note that both HSE and LACoRS have signed")]
