"""Who got an account's password wrong, and how often: counted for each visitor in this process's memory, beside the account's own count.

One visitor's wrong passwords close the account to them and not to its officer, who asks from elsewhere. Those typed to sign count together,
from wherever they come: whoever types them is signed in, so knows the password and would guess the code.
"""

from datetime import datetime, timedelta
from uuid import UUID

from flask import current_app

KEPT = "countersign-wrong-tries"  # (account, by whom) → how many, and until when they count
TRIES = 5
CLOSED_FOR = timedelta(minutes=15)
MOST_KEPT = 10_000
TO_SIGN = "to sign"


def closed(officer_id: UUID, whom: str, *, at: datetime) -> bool:
    """Whether their wrong tries have closed this account to them for now."""
    number, until = _kept().get((officer_id, whom), (0, at))
    return number >= TRIES and until > at


def count(officer_id: UUID, whom: str, *, at: datetime) -> None:
    """One more; the fifth closes the account to them for a quarter of an hour."""
    kept = _kept()
    number, until = kept.get((officer_id, whom), (0, at))
    kept[officer_id, whom] = (number if until > at else 0) + 1, at + CLOSED_FOR
    if len(kept) > MOST_KEPT:
        kept.clear()


def forget(officer_id: UUID, whom: str) -> None:
    """They got it right."""
    _kept().pop((officer_id, whom), None)


def _kept() -> dict[tuple[UUID, str], tuple[int, datetime]]:
    kept: dict[tuple[UUID, str], tuple[int, datetime]] = current_app.extensions.setdefault(KEPT, {})
    return kept
