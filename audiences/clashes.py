"""What stands in the way of a forward plan, in sentences: who is held back and until when, letters that crowd, days that do not fit.

Nothing here stops anything: the gate and the windows do. A *block* keeps letters from going; a *clash* wants another day; a *remark* wants a
thought. Source: HELA paper, Annex 2 ("linked into LAs programme timescales").
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from audiences import calendars, plan_calendars
from audiences.authorities import Authority
from audiences.contact_load import Limit
from audiences.forward_plan import Item
from audiences.planned_letters import COMING, PROPOSED, SENT, UNSENT, WAITING, Letter
from campaigns.foundation.wording import many
from campaigns.planning import windows
from campaigns.planning.plan_rows import ARTICLE, EXTRANET, LETTER
from campaigns.planning.windows import DAY, OPERATIONAL, QUIET, Rule, say

BLOCK, CLASH, REMARK = "block", "clash", "remark"
OF = {"England": "English", "Scotland": "Scottish", "Wales": "Welsh", "Northern Ireland": "Northern Irish"}
LONGEST_HOLD = timedelta(days=400)
COPY_OF = {ARTICLE: ("environmental health news", "ehn"), EXTRANET: ("extranet",)}
SOON = timedelta(days=14)
HARD = frozenset({QUIET, "bank holiday"})  # the rest is closed to some, and there is a next window


@dataclass(frozen=True)
class Clash:
    """One thing in the way. `said` follows the title of the item `about`, where it is about one."""

    weight: str
    title: str
    said: str
    about: tuple[str, UUID] | None = None
    whole: bool = False

    @property
    def sentence(self) -> str:
        """All of it."""
        return f"“{self.title}”{self.said}" if self.title else self.said


def held(letters: Iterable[Letter], own: Mapping[str, Sequence[Rule]], register: Mapping[str, Authority], *, today: date) -> list[Clash]:
    """Letters that a quiet period keeps from authorities on the first day they may go: how many, until when, and for how many all the time."""
    quiet = {code: {id(rule): rule for rule in rules if rule.kind == QUIET} for code, rules in own.items()}
    found = [_held(letter, quiet, register, today) for letter in letters if letter.state in COMING and letter.message_class != OPERATIONAL]
    return [clash for clash in found if clash]


def crowded(items: Iterable[Item], limit: Limit, names: Mapping[str, str]) -> list[Clash]:
    """Letters to one audience within the days in which contacts are counted."""
    to: defaultdict[str, list[Item]] = defaultdict(list)
    for item in items:
        for audience in item.audiences if item.kind == LETTER and item.state != UNSENT else ():
            to[audience].append(item)
    found = [(names.get(audience, audience), _densest(letters, limit.days)) for audience, letters in sorted(to.items())]
    return [_crowd(name, letters, limit) for name, letters in found if len(letters) > 1]


def days(items: Iterable[Item], own: Mapping[str, Sequence[Rule]], *, today: date) -> list[Clash]:
    """Briefings on a bank holiday, and what is planned on a day that is held; what is over is left alone."""
    ahead = [item for item in items if item.last >= today and item.state != SENT]
    briefings = [clash for item in ahead if item.about[0] == "briefing" for clash in _on_a_holiday(item)]
    rows = [item for item in ahead if item.about[0] == "row" and item.first == item.last]
    first, last = min((item.first for item in rows), default=today), max((item.last for item in rows), default=today)
    taken = list(_taken(own, first, last))
    return [*briefings, *(clash for item in rows for clash in _on_a_held_day(item, taken, first, len(own)))]


def copy_dates(items: Iterable[Item], copies: Sequence[Item], *, today: date) -> list[Clash]:
    """Copy dates that passed, or soon pass, before their article or page is agreed. `copies` go back further than the plan does."""
    open_ = [item for item in items if item.kind in COPY_OF and item.state in (PROPOSED, WAITING)]
    return [clash for item in open_ for clash in _copy(item, copies, today)]


def _held(letter: Letter, quiet: Mapping[str, dict[int, Rule]], register: Mapping[str, Authority], today: date) -> Clash | None:
    if letter.overrides_quiet or letter.last < today:
        return None
    first, until = max(letter.first, today), letter.last + LONGEST_HOLD
    alike: Counter[tuple[str, tuple[int, ...]]] = Counter()
    rules: dict[int, Rule] = {}
    for code in letter.waiting:
        theirs = quiet.get(code, {})
        rules |= theirs
        alike[register[code].nation if code in register else "", tuple(theirs)] += 1
    nations: Counter[tuple[date, str, str]] = Counter()
    for (nation, marks), number in alike.items():
        if last := _until([rules[mark] for mark in marks], first, until):
            nations[last[0], last[1], nation] += number
    if not nations:
        return None
    never = sum(number for (last, _, _), number in nations.items() if last >= letter.last)
    parts = [f"{_authorities(number, nation)} held to {say(last)}: {reason}" for (last, reason, nation), number in sorted(nations.items())]
    ends = f"; {many(never, 'has', 'have')} no day before its latest time" if never else ""
    whole = sum(nations.values()) == len(letter.waiting)
    return Clash(BLOCK, letter.release.title, f": {'; '.join(parts)}{ends}.", ("release", letter.release.id), whole)


def _until(quiet: Sequence[Rule], first: date, until: date) -> tuple[date, str] | None:
    """The last day in a row that quiet periods take from `first` on, and what the first of them is called; None where that day is free."""
    day, reason = first, ""
    found = windows.holds(quiet, first=first, last=until, message_class=windows.PUBLICITY, weekends=False)
    while against := [hold for hold in found if hold.first <= day <= hold.last]:
        longest = max(against, key=lambda hold: (hold.last, hold.reason))
        day, reason = longest.last + DAY, reason or longest.reason
    return (day - DAY, reason) if reason else None


def _authorities(number: int, nation: str) -> str:
    whose = f"{OF[nation]} " if nation in OF else ""
    return many(number, f"{whose}authority is", f"{whose}authorities are")


def _densest(letters: Iterable[Item], span: int) -> list[Item]:
    """The most letters that begin within so many days of one another."""
    found = sorted(letters, key=lambda item: (item.first, item.title))
    runs = [[other for other in found[place:] if (other.first - one.first).days < span] for place, one in enumerate(found)]
    return max(runs, key=len, default=[])


def _crowd(name: str, letters: Sequence[Item], limit: Limit) -> Clash:
    each = [
        f"“{item.title}” ({'by' if item.state == PROPOSED and item.last != item.first else 'on'} {say(_day(item))})" for item in letters
    ]
    what = f"{', '.join(each[:-1])} and {each[-1]}"
    over = len(letters) > limit.most
    most = f"the {many(limit.most, 'contact')} meant to be the most"
    ends = f"more than {most}" if over else f"of {most}"
    return Clash(CLASH if over else REMARK, "", f"{name} get {len(letters):,} letters within {many(limit.days, 'day')}, {ends}: {what}.")


def _day(item: Item) -> date:
    return item.last if item.state == PROPOSED else item.first


def _on_a_holiday(item: Item) -> Iterator[Clash]:
    for nation in sorted(place for scope, place in item.places if scope == "nation") or [calendars.ELSEWHERE]:
        for rule in calendars.bank_holidays(nation, (item.first.year,)):
            if rule.first == item.first:
                yield Clash(CLASH, item.title, f" is on {say(item.first)}, a bank holiday in {nation}: {rule.title}.", item.about)


def _taken(own: Mapping[str, Sequence[Rule]], first: date, last: date) -> Iterator[tuple[int, Rule, str]]:
    """The days that each rule takes from each authority, as bits from `first` on; a rule is looked at once."""
    seen: dict[int, int] = {}
    for code, rules in own.items():
        for rule in rules:
            mask = seen.get(id(rule))
            if mask is None:
                mask = seen[id(rule)] = windows.held_days(rule, first, last) if windows.HOLDS[rule.kind] else 0
            if mask:
                yield mask, rule, code


def _on_a_held_day(item: Item, taken: Iterable[tuple[int, Rule, str]], first: date, of: int) -> Iterator[Clash]:
    if item.first.weekday() >= 5:
        yield Clash(CLASH, item.title, f" is planned for {say(item.first)}, a {item.first:%A}.", item.about)
        return
    bit = 1 << (item.first - first).days
    holding: defaultdict[tuple[bool, str], set[str]] = defaultdict(set)
    for mask, rule, code in taken:
        if mask & bit and item.message_class in windows.HOLDS[rule.kind]:
            holding[rule.kind in HARD, rule.title].add(code)
    soft = sorted(((title, codes) for (hard, title), codes in holding.items() if not hard), key=lambda pair: (-len(pair[1]), pair[0]))
    found = [(CLASH, title, codes) for (hard, title), codes in sorted(holding.items()) if hard]
    if soft:
        more = f" and {len(soft) - 1:,} more" if len(soft) > 1 else ""
        found.append((REMARK, f"{soft[0][0]}{more}", set().union(*(codes for _, codes in soft))))
    for weight, title, codes in found:
        whom = plan_calendars.count(len(codes), of)
        yield Clash(weight, item.title, f" is planned for {say(item.first)}, when {whom} cannot be written to: {title}.", item.about)


def _copy(item: Item, copies: Sequence[Item], today: date) -> Iterator[Clash]:
    named = [copy for copy in copies if any(word in copy.title.casefold() for word in COPY_OF[item.kind])] or copies
    before = [copy for copy in named if copy.last <= item.last]
    if not before:
        return
    copy = max(before, key=lambda copy: copy.last)
    if copy.last < today:
        yield Clash(CLASH, item.title, f" is not agreed, and its copy date passed on {say(copy.last)}: {copy.title}.", item.about)
    elif copy.last - today <= SOON:
        yield Clash(CLASH, item.title, f" is not agreed, and its copy date is {say(copy.last)}: {copy.title}.", item.about)
