"""Whom a release did not reach because no window was left, by name and with the reason; and the button to a draft for exactly those."""

from collections import Counter
from dataclasses import dataclass

from sqlmodel import Session

from audiences import authorities
from audiences.roles import AUTHORITY_ROLES
from campaigns.agreement import readers
from campaigns.agreement.releases import Release
from campaigns.delivery import timing, windowless
from campaigns.delivery.windowless import Windowless
from campaigns.reach.touches import WRITTEN


@dataclass(frozen=True)
class Line:
    """Letters to one authority or body that did not go for one reason."""

    who: str
    letters: int
    why: str


@dataclass(frozen=True)
class Decision:
    """What an officer decides about: the lines by name, how many authorities, and what the button to a follow-up carries."""

    lines: list[Line]
    letters: int
    authorities: int
    carried: dict[str, str]


def read(session: Session, release: Release) -> Decision:
    """What of a release does not go; nothing, for one whose every letter went or still may."""
    found = windowless.of(session, release.id)
    who = _names(session, release, found)
    counted = Counter((who[one.position], _why(one.why)) for one in found)
    codes = sorted({one.authority_code for one in found} - {""})
    lines = [Line(*line) for line in sorted((name, number, why) for (name, why), number in counted.items())]
    return Decision(lines, len(found), len(codes), _carried(session, release, found, codes))


def _names(session: Session, release: Release, found: list[Windowless]) -> dict[int, str]:
    """By position: the authority's name, or of another body its reader as sealed."""
    register = {one.code: one.name for one in authorities.every(session, enforcing_only=False)} if found else {}
    others = readers.at(session, release.id, [one.position for one in found if one.authority_code not in register])
    return {one.position: register.get(one.authority_code) or others[one.position].who for one in found}


def _why(said: str) -> str:
    """`held to 30 June: pre-election period`, without how it begins."""
    return said.removeprefix(f"{timing.NO_WINDOW} before the latest time: ")


def _carried(session: Session, release: Release, found: list[Windowless], codes: list[str]) -> dict[str, str]:
    """The fields of the gap list's own button, for these authorities: in the one role these letters are for, where it is one."""
    if not codes:
        return {}
    enforcing = {one.code for one in authorities.every(session)}
    roles = {one.role for one in found if one.authority_code}
    role = next(iter(roles)) if len(roles) == 1 and roles <= set(AUTHORITY_ROLES) else ""
    asked = {"campaign": str(release.campaign_id), "message": str(release.message_id), "grade": WRITTEN, "codes": " ".join(codes)}
    return asked | {"role": role, "opted_in": "" if set(codes) <= enforcing else "1"}
