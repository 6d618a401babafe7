"""The forward plan: everything with a date on one list, what is proposed, agreed, due, held and sent, with briefings, copy dates and meetings.

An item without audiences or places is everybody's, and stays whatever is chosen. Source: HELA paper, Annex 2 ("linked into LAs programme
timescales"), and paragraph 15 (practices are coordinated as well as interventions).
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import islice
from uuid import UUID

from sqlmodel import Session, col, select

from audiences import authorities, planned_letters
from audiences.authorities import Authority
from audiences.organisations import Membership
from audiences.planned_letters import DUE, HELD, PROPOSED, SENT, Letter
from campaigns.briefings.tours import Briefing, Tour
from campaigns.drafting.messages import CURRENT, Message, Revision
from campaigns.foundation import clock
from campaigns.planning import plan_rows, rules, windows
from campaigns.planning.plan_rows import LETTER, PlanRow
from campaigns.planning.rules import CalendarRule
from campaigns.planning.windows import MINISTERIAL, PUBLICITY

FIXED = "fixed"
SHOWN_RULES = ("copy date", "meeting")
MOST_OCCURRENCES = 30  # of one rule: what comes daily is no copy date
WEEKS, MOST_WEEKS = 13, 53
Place = tuple[str, str]


@dataclass(frozen=True)
class View:
    """What is looked at: whole weeks from the Monday of `start`, an audience, a nation or a region; empty means all."""

    start: date
    weeks: int = WEEKS
    audience: str = ""
    nation: str = ""
    region: str = ""

    @property
    def first(self) -> date:
        """The first day shown."""
        return self.start - timedelta(days=self.start.weekday())

    @property
    def last(self) -> date:
        """The last day shown."""
        return self.first + timedelta(days=7 * self.weeks - 1)

    def admits(self, authority: Authority) -> bool:
        """Whether an authority is among those chosen."""
        return self.nation in ("", authority.nation) and self.region in ("", authority.region)


@dataclass(frozen=True)
class Item:
    """One thing with its days. `about` says what it is and its id; `moment` is when exactly, where that is known; `stands` its state in words."""

    kind: str
    state: str
    stands: str
    title: str
    first: date
    last: date
    about: tuple[str, UUID]
    moment: datetime | None = None
    audiences: frozenset[str] = frozenset()
    places: frozenset[Place] = frozenset()
    message_class: str = PUBLICITY

    @property
    def is_of_interest(self) -> bool:
        """Whether the Government's interest in it is marked. Source: HELA paper ("much Government interest")."""
        return self.message_class == MINISTERIAL


@dataclass(frozen=True)
class Map:
    """Where authorities and groups are, for placing what is said of them."""

    register: dict[str, Authority]
    groups: dict[str, frozenset[Place]]
    nations: dict[str, frozenset[Place]]

    def of(self, codes: Iterable[str]) -> frozenset[Place]:
        """The nations and regions these authorities are in."""
        found = (self.register[code] for code in codes if code in self.register)
        return frozenset(place for one in found for place in (("nation", one.nation), ("region", one.region)))

    def of_rule(self, rule: CalendarRule) -> frozenset[Place]:
        """Where a rule stands; everywhere is nowhere in particular."""
        match rule.scope:
            case "nation":
                return self.nations.get(rule.place, frozenset({("nation", rule.place)}))
            case "region":
                return self.of(code for code, one in self.register.items() if one.region == rule.place)
            case "group":
                return self.groups.get(rule.place, frozenset())
            case "authority":
                return self.of([rule.place])
        return frozenset()


def items(session: Session, view: View, letters: Iterable[Letter], *, held: frozenset[UUID] = frozenset(), at: datetime) -> list[Item]:
    """Everything in view, by date. `letters` as planned_letters reads them; `held`: the releases that no authority may get yet."""
    letters, where = list(letters), whereabouts(session)
    found = [
        *_released(session, letters, where, held),
        *_intended(session, letters, clock.london(at).date()),
        *_briefings(session, where),
        *_fixed(session, where, SHOWN_RULES, view.first, view.last),
    ]
    shown = [item for item in found if item.first <= view.last and item.last >= view.first and _wanted(item, view)]
    return sorted(shown, key=lambda item: (item.first, item.last, item.title, item.about))


def fixed(session: Session, *, first: date, last: date) -> list[Item]:
    """Copy dates and meetings between two days."""
    return list(_fixed(session, whereabouts(session), SHOWN_RULES, first, last))


def copy_dates(session: Session, *, first: date, last: date) -> list[Item]:
    """The copy dates between two days, the earliest first."""
    return sorted(_fixed(session, whereabouts(session), ("copy date",), first, last), key=lambda item: item.first)


def whereabouts(session: Session) -> Map:
    """Where everybody is, today."""
    register = {one.code: one for one in authorities.every(session, enforcing_only=False)}
    groups: dict[str, frozenset[Place]] = {}
    nations: dict[str, frozenset[Place]] = {}
    for code, group in session.exec(select(Membership.authority_code, Membership.group_code)):
        if one := register.get(code):
            groups[group] = groups.get(group, frozenset()) | {("nation", one.nation), ("region", one.region)}
    for one in register.values():
        nations[one.nation] = nations.get(one.nation, frozenset()) | {("nation", one.nation), ("region", one.region)}
    return Map(register, groups, nations)


def _wanted(item: Item, view: View) -> bool:
    chosen = [place for place in (("nation", view.nation), ("region", view.region)) if place[1]]
    ours = not view.audience or not item.audiences or view.audience in item.audiences
    return ours and (not item.places or all(place in item.places for place in chosen))


def _released(session: Session, letters: Iterable[Letter], where: Map, held: frozenset[UUID]) -> Iterator[Item]:
    """Releases, each by the channel of the row of a plan that its message is for."""
    channels = {row.message_id: row.channel for row in plan_rows.standing(session)}
    return (_letter(letter, channels.get(letter.release.message_id, LETTER), where, held) for letter in letters)


def _letter(letter: Letter, channel: str, where: Map, held: frozenset[UUID]) -> Item:
    release = letter.release
    item = Item(
        channel,
        letter.state,
        letter.stands,
        release.title,
        letter.first,
        letter.last,
        ("release", release.id),
        letter.moment,
        letter.audiences,
        where.of(letter.codes),
        letter.message_class,
    )
    return replace(item, state=HELD, stands=f"{letter.stands}, held") if release.id in held else item


def _intended(session: Session, letters: Iterable[Letter], today: date) -> Iterator[Item]:
    """What is only meant: rows of the plans, and drafts that no row is for; not what has become a release."""
    released = {letter.release.message_id for letter in letters}
    drafts = _drafts(session)
    rows = plan_rows.standing(session)
    for row in rows:
        drafted = drafts.get(row.message_id) if row.message_id else None
        if row.message_id is None or (drafted and row.message_id not in released):
            yield _row(row, drafted)
    planned = {row.message_id for row in rows}
    for message_id, (message, revision) in drafts.items():
        if message_id not in released and message_id not in planned:
            yield from _draft(message, revision, today)


def _row(row: PlanRow, drafted: tuple[Message, Revision] | None) -> Item:
    state, stands = (SENT, "done") if row.done_on else (PROPOSED, drafted[0].state if drafted else "proposed")
    found = planned_letters.class_of(drafted[1].read()) if drafted else PUBLICITY
    return Item(
        row.channel, state, stands, row.title, row.first, row.last, ("row", row.id), None, frozenset({row.audience}), frozenset(), found
    )


def _draft(message: Message, revision: Revision, today: date) -> Iterator[Item]:
    words = revision.read()
    first = max(clock.london(words.not_before).date() if words.not_before else today, today)
    last, said = clock.london(planned_letters.until(words.latest_send)).date(), planned_letters.class_of(words)
    if last >= first:
        about = ("message", message.id)
        yield Item(LETTER, PROPOSED, "draft", message.title, first, last, about, None, frozenset(words.audiences), frozenset(), said)


def _drafts(session: Session) -> dict[UUID, tuple[Message, Revision]]:
    found = session.exec(select(Message, Revision).join(Revision, CURRENT).where(col(Message.state).in_(("draft", "submitted"))))
    return {message.id: (message, revision) for message, revision in found}


def _briefings(session: Session, where: Map) -> Iterator[Item]:
    dated = select(Briefing).join(Tour, col(Tour.id) == Briefing.tour_id).where(col(Briefing.state).in_(("dated", "held")))
    for one in session.exec(dated):
        if one.starts_at:
            day, nation = clock.london(one.starts_at).date(), {("nation", one.nation)} if one.nation else set()  # a body may be of none
            state, stands = (SENT, "took place") if one.state == "held" else (DUE, "dated")
            title = f"Briefing of {one.title}{f', {one.place}' if one.place else ''}"
            places = where.groups.get(one.group_code, frozenset()) | nation
            yield Item("briefing", state, stands, title, day, day, ("briefing", one.id), one.starts_at, frozenset(), places)


def _fixed(session: Session, where: Map, kinds: Collection[str], first: date, last: date) -> Iterator[Item]:
    for rule in rules.standing(session, kinds=kinds):
        value, places = rule.value(), where.of_rule(rule)
        for day in islice(windows.starts(value, first, last), MOST_OCCURRENCES):
            ends = day + (value.last - value.first)
            yield Item(rule.kind, FIXED, rule.kind, rule.title, day, ends, ("rule", rule.id), places=places)
