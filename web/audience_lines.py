"""The lines an audience is built of: each a question with what was ticked, joined to the line before by "and", "or" or "or else"."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from pydantic import ValidationError
from sqlmodel import Session, col, select
from werkzeug.datastructures import MultiDict

from audiences import authorities, organisations, roles, rules, sentences
from audiences.authorities import NATIONS
from audiences.names import Names
from audiences.organisations import Body
from audiences.rules import Alternative, Clause, Condition, Rule
from campaigns.agreement import parties
from campaigns.drafting import messages
from campaigns.foundation.errors import Refused
from campaigns.planning import campaign_plans
from web import forms
from web.words import sentence

AND, OR, OR_ELSE = JOINS = ("and", "or", "or else")
BEGINNING = (rules.ROLE, rules.NATION, rules.REGION, rules.KIND)  # what is offered to be ticked from the start
MOST_LINES = 40
LONGEST_TYPED = 20_000
FIELD = "lines"

# What a line may ask, as the page offers it.
OFFERED = {
    rules.ROLE: "what role they hold",
    rules.NATION: "in which nation they are",
    rules.REGION: "in which region they are",
    rules.KIND: "at what kind of authority or body",
    rules.GROUP: "in which regional group",
    rules.AUTHORITY: "at which authorities, by name",
    rules.SITE: "whose sites are in their area",
    rules.BODY: "at which bodies, by name",
    rules.STATUS: "what status their organisation has",
    rules.LEAD: "who leads their organisation’s partnership",
    rules.SECTOR: "what sector their organisation is in",
    rules.REGIME: "who enforces at their organisation’s premises",
    rules.SITE_REGIME: "who enforces at an organisation with sites in their area",
    rules.ENFORCES: "whether their authority enforces health and safety",
    rules.TOUCHED: "what they were contacted by, briefed on, or have confirmed",
}
SAYS = {rules.WRITTEN: "contacted by", rules.CONFIRMED: "confirmed", rules.BRIEFED: "briefed on", rules.UNDERSTANDS: "known to understand"}
Options = Mapping[str, list[tuple[str, str]]]


@dataclass(frozen=True)
class Line:
    """One line. `of` is what is ticked or chosen, `typed` the authorities as they were typed; a line that names nothing asks nothing."""

    asks: str
    join: str = AND
    is_not: bool = False
    of: tuple[str, ...] = ()
    grade: str = ""
    typed: str = ""

    @property
    def ways(self) -> tuple[str, str]:
        """How it may be asked: `in`, `outside`; `already`, `not yet`."""
        if self.asks == rules.TOUCHED:
            return "already", "not yet"
        yes, no = (said.replace("{}", "").strip() for said in sentences.PHRASES[self.asks])
        return yes, no

    def said(self, names: Mapping[str, str]) -> str:
        """The line in words, so far as it is filled in: `are in Wales or Scotland`."""
        try:
            asked = self.asked()
        except ValidationError:
            asked = None
        said = sentences.phrase(asked, names) if asked else f"{self.ways[self.is_not]} …"
        return said if said.startswith("who") else f"are {said}"

    def asked(self) -> Condition | None:
        """The condition it is; None when it names nothing."""
        if not self.of and self.asks != rules.ENFORCES:
            return None
        return Condition(asks=self.asks, of=self.of, grade=self.grade, is_not=self.is_not)


def beginning() -> list[Line]:
    """The lines of a new audience, all empty: nothing ticked asks nothing."""
    return [Line(asks) for asks in BEGINNING]


def added(lines: list[Line], asks: str) -> list[Line]:
    """One line more, as far as there may be."""
    if asks not in rules.ASKS:
        raise Refused("Choose from the list what the line is to ask.", field=FIELD)
    if len(lines) >= MOST_LINES:
        raise Refused(f"An audience has up to {MOST_LINES} lines.", field=FIELD)
    return [*lines, Line(asks, is_not=asks == rules.TOUCHED, grade=rules.WRITTEN if asks == rules.TOUCHED else "")]


def of(rule: Rule, names: Mapping[str, str]) -> list[Line]:
    """The lines that say a rule that stands."""
    lines = []
    for number, alternative in enumerate(rule.alternatives):
        for place, clause in enumerate(alternative):
            joins = [OR_ELSE if number and not place else AND, *([OR] * (len(clause) - 1))]
            lines += [_line(condition, join, names) for condition, join in zip(clause, joins, strict=True)]
    return lines


def read(form: "MultiDict[str, str]", finder: Names) -> tuple[list[Line], list[str]]:
    """The lines a form carries, in order, and what is wrong with those in which authorities are typed."""
    lines, problems = list[Line](), list[str]()
    for at in form.getlist("line")[:MOST_LINES]:
        line = Line(
            form.get(f"asks-{at}", ""),
            form.get(f"join-{at}", AND),
            form.get(f"not-{at}") == "y",
            tuple(dict.fromkeys(value for value in form.getlist(f"of-{at}") if value)),
            form.get(f"grade-{at}", ""),
            form.get(f"typed-{at}", "")[:LONGEST_TYPED],
        )
        if line.asks not in rules.ASKS or line.join not in JOINS:
            raise Refused("A line did not arrive in full. Open the page again.", field=FIELD)
        if line.asks == rules.AUTHORITY:
            codes, unknown = _codes(line.typed, finder)
            line, problems = replace(line, of=codes), problems + unknown
        lines.append(line)
    return lines, problems


def rule(lines: Iterable[Line], *, enforcing_only: bool) -> Rule:
    """What the lines ask together; those that name nothing ask nothing. Refuses more than a rule may hold."""
    alternatives: list[list[list[Line]]] = [[]]
    for line in lines:
        if line.join == OR_ELSE and alternatives[-1]:
            alternatives.append([])
        if line.join == OR and alternatives[-1]:
            alternatives[-1][-1].append(line)
        else:
            alternatives[-1].append([line])
    try:
        asked = [_alternative(clauses) for clauses in alternatives]
        return Rule(alternatives=tuple(filter(None, asked)) or ((),), enforcing_only=enforcing_only)
    except ValidationError:
        most = f"An audience may ask up to {rules.MOST_CONDITIONS} things, each of up to {rules.MOST_VALUES} names."
        raise Refused(f"{most} Choose them from the lists.", field=FIELD) from None


def require_offered(lines: Iterable[Line], options: Options) -> None:
    """Refuse a tick that stands on no list."""
    for line in lines:
        if line.asks in options and not set(line.of) <= {value for value, _ in options[line.asks]}:
            raise Refused(forms.NOT_LISTED, field=FIELD)


def options(session: Session) -> dict[str, list[tuple[str, str]]]:
    """What there is to tick for each question, as (value, words); a question without a list is typed or needs nothing."""
    bodies = list(session.exec(select(Body).order_by(col(Body.name))))
    statuses = sorted({body.status for body in bodies if body.status})
    regimes = [(regime, sentence(said)) for regime, said in sentences.REGIMES.items()]
    about = [(f"{rules.CAMPAIGN}{plan.id}", f"Campaign: {plan.name}") for plan in campaign_plans.every(session)]
    about += [(f"{rules.MESSAGE}{message.id}", f"Message: {message.title}") for message in messages.every(session)]
    return {
        rules.ROLE: [(role, roles.title(role)) for role in roles.ROLES],
        rules.NATION: forms.same(NATIONS),
        rules.REGION: forms.same(authorities.regions(session)),
        rules.KIND: [(kind, sentence(sentences.kind(kind))) for kind in (*authorities.kinds(session), *organisations.KINDS)],
        rules.GROUP: [(body.code, body.name) for body in bodies if body.kind == organisations.GROUP],
        rules.SITE: [(body.code, body.name) for body in bodies if body.kind == organisations.PILOT],
        rules.BODY: [(body.code, body.name) for body in bodies],
        rules.STATUS: [(status, status.capitalize()) for status in statuses],
        rules.SECTOR: forms.same(sorted({body.sector for body in bodies if body.sector})),
        rules.REGIME: regimes,
        rules.SITE_REGIME: regimes,
        rules.LEAD: list(parties.FOUNDING.items()),
        rules.TOUCHED: about,
    }


def _line(condition: Condition, join: str, names: Mapping[str, str]) -> Line:
    typed = "\n".join(names.get(code, code) for code in condition.of) if condition.asks == rules.AUTHORITY else ""
    return Line(condition.asks, join, condition.is_not, condition.of, condition.grade, typed)


def _alternative(clauses: list[list[Line]]) -> Alternative:
    asked: list[Clause] = [tuple(filter(None, (line.asked() for line in clause))) for clause in clauses]
    return tuple(filter(None, asked))


def _codes(typed: str, finder: Names) -> tuple[tuple[str, ...], list[str]]:
    codes, problems = list[str](), list[str]()
    for name in filter(None, map(str.strip, typed.splitlines())):
        found = sorted(finder.find(name))
        if len(found) == 1:
            codes += found
        elif found:
            problems.append(f"“{name[:60]}” may be {len(found)} authorities: give the code of the one you mean, {' or '.join(found[:4])}")
        else:
            problems.append(f"We know no authority called “{name[:60]}”: give its name as the register has it, or its code")
    return tuple(dict.fromkeys(codes)), problems[:5]
