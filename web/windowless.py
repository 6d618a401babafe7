"""Whom a release did not reach because no window was left or its time was over, by name and with the reason; and the button to a draft for them."""

from collections import Counter
from dataclasses import dataclass

from sqlmodel import Session

from audiences import authorities, people
from audiences.roles import AUTHORITY_ROLES
from campaigns.agreement import readers
from campaigns.agreement.releases import Release
from campaigns.delivery import timing, windowless
from campaigns.delivery.windowless import Elsewhere, Windowless
from campaigns.foundation.log import LogEntry
from campaigns.reach.touches import WRITTEN

NAMED = 50  # readers of other bodies; authorities are few
NO_WINDOW = f"{timing.NO_WINDOW} before the latest time: "


@dataclass(frozen=True)
class Line:
    """Letters to one authority or body that do not go for one reason."""

    who: str
    letters: int
    why: str


@dataclass(frozen=True)
class Decision:
    """What an officer decides about: how many letters, the lines by name, how many letters to other bodies are not named, how many authorities
    can be written to again, what the button to a follow-up carries, and who said that all of it is dealt with.
    """

    letters: int
    lines: list[Line]
    unnamed: int
    authorities: int
    carried: dict[str, str]
    dealt_with: LogEntry | None


def read(session: Session, release: Release) -> Decision:
    """What of a release does not go; nothing, for one whose every letter went or still may."""
    if not (letters := windowless.number(session, release)):
        return Decision(0, [], 0, 0, {}, None)
    found = windowless.of(session, release.id)
    others = windowless.elsewhere(session, release.id, limit=NAMED)
    unnamed = max(sum(one.letters for one in found if not one.authority_code) - len(others), 0)
    there = {one.code: one.enforces for one in authorities.every(session, enforcing_only=False)}
    # Nobody writes again to a council that came to an end.
    plainly = [one for one in found if one.authority_code in there and not one.maybe_gone]
    codes = sorted({one.authority_code for one in plainly if one.authority_code})
    carried = _carried(release, plainly, codes, opted_in=not all(there[code] for code in codes))
    lines = _lines(session, release, found, others)
    return Decision(letters, lines, unnamed, len(codes), carried, windowless.dealt_with(session, release.id, letters))


def _lines(session: Session, release: Release, found: list[Windowless], others: list[Elsewhere]) -> list[Line]:
    """By authority, and of other bodies by reader as sealed."""
    names = people.place_names(session)
    who = readers.at(session, release.id, [one.position for one in others])
    counted: Counter[tuple[str, str]] = Counter()
    for one in found:
        if one.authority_code:
            counted[names.get(one.authority_code, one.authority_code), _why(one)] += one.letters
    counted.update((who[other.position].who, _why(other)) for other in others)
    return [Line(name, letters, why) for (name, why), letters in sorted(counted.items())]


def _why(one: Windowless | Elsewhere) -> str:
    """`no window was left: held to 30 June: pre-election period`."""
    why = one.why.removeprefix(NO_WINDOW)
    said = f"no window was left: {why}" if why != one.why else {windowless.TOO_LATE: "its latest time to send passed"}.get(why, why)
    return f"{said}. It may have gone before: nothing showed whether it had" if one.maybe_gone else said


def _carried(release: Release, found: list[Windowless], codes: list[str], *, opted_in: bool) -> dict[str, str]:
    """The fields of the gap list's own button, for these authorities: in the one role these letters are for, where it is one."""
    if not codes:
        return {}
    roles = {one.role for one in found}
    role = next(iter(roles)) if len(roles) == 1 and roles <= set(AUTHORITY_ROLES) else ""
    asked = {"campaign": str(release.campaign_id), "message": str(release.message_id), "grade": WRITTEN, "codes": " ".join(codes)}
    return asked | {"role": role, "opted_in": "1" if opted_in else ""}
