"""An outlook: the forward plan of a view as one value, its items, the calendars under it, and what stands in its way.

What is blocked is looked for among all letters, the rest among what is in view.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session

from audiences import authorities, calendars, clashes, contact_load, forward_plan, plan_calendars, plan_gaps, planned_letters
from audiences.authorities import Authority
from audiences.clashes import BLOCK, CLASH, REMARK, Clash
from audiences.contact_load import Limit
from audiences.forward_plan import Item, View
from audiences.plan_calendars import Band
from campaigns.agreement.releases import Release
from campaigns.foundation import clock
from campaigns.foundation.wording import many
from campaigns.planning import rules
from campaigns.planning.windows import QUIET, Rule

WEIGHTS = (BLOCK, CLASH, REMARK)
BACK = timedelta(days=92)  # a copy date that passed a quarter ago is no news


@dataclass(frozen=True)
class Outlook:
    """What a page of the forward plan says."""

    view: View
    items: list[Item]
    bands: list[Band]
    clashes: list[Clash]
    authorities: int
    names: Mapping[str, str]


def read(session: Session, view: View, limit: Limit, *, at: datetime) -> Outlook:
    """The whole of it."""
    today = clock.london(at).date()
    letters = planned_letters.read(session, first=view.first, last=view.last, at=at)
    register = {one.code: one for one in authorities.every(session, enforcing_only=False)}
    shown = [one for one in register.values() if one.enforces and view.admits(one)]
    blocks, own = _blocks(session, letters, register, [one.code for one in shown], at=at, until=view)
    held = frozenset(clash.about[1] for clash in blocks if clash.whole and clash.about)
    items = forward_plan.items(session, view, letters, held=held, at=at)
    names = {group.key: group.name for group in plan_gaps.groups(session)}
    ours = {one.code: own.get(one.code, []) for one in shown}
    about = {item.about for item in items}
    found = [
        *(clash for clash in blocks if clash.about in about),
        *clashes.days(items, ours, today=today),
        *clashes.copy_dates(items, forward_plan.copy_dates(session, first=today - BACK, last=view.last), today=today),
        *clashes.crowded(items, limit, names),
        *_load(session, limit, at),
    ]
    found.sort(key=lambda clash: WEIGHTS.index(clash.weight))
    return Outlook(view, items, plan_calendars.read(shown, ours, view.first, view.last), found, len(shown), names)


def blocked(session: Session, *, at: datetime) -> list[tuple[Clash, Release]]:
    """Releases that a quiet period keeps from somebody, anywhere, on the first day they may go, each with what is in its way."""
    today = clock.london(at).date()
    if not rules.standing(session, kinds=(QUIET,)):
        return []
    letters = planned_letters.read(session, first=today, last=today + forward_plan.MOST_WEEKS * timedelta(days=7), at=at)
    register = {one.code: one for one in authorities.every(session, enforcing_only=False)}
    found, _ = _blocks(session, letters, register, [], at=at, until=View(today))
    by_id = {letter.release.id: letter.release for letter in letters}
    return [(clash, by_id[clash.about[1]]) for clash in found if clash.about]


def _blocks(
    session: Session, letters: list[planned_letters.Letter], register: dict[str, Authority], more: list[str], *, at: datetime, until: View
) -> tuple[list[Clash], dict[str, list[Rule]]]:
    """What is held back, and every rule of the authorities that these letters and `more` are about."""
    codes = {code for letter in letters if letter.state in planned_letters.COMING for code in letter.codes} | set(more)
    own = calendars.of(session, codes, first=until.first, last=until.last) if codes else {}
    return clashes.held(letters, own, register, today=clock.london(at).date()), own


def _load(session: Session, limit: Limit, at: datetime) -> list[Clash]:
    """Authorities over the contacts meant to be the most, what is sealed to come included."""
    heavy = {load.code for load in contact_load.everywhere(session, limit, at=at) if load.total > limit.most and load.coming}
    if not heavy:
        return []
    whom = many(len(heavy), "authority has", "authorities have")
    said = f"With what is sealed to come, {whom} more than {many(limit.most, 'contact')} in {many(limit.days, 'day')} in some role."
    return [Clash(CLASH, "", said, ("load", authorities.REGISTER))]
