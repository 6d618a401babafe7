"""The part of a message's form about care: a high risk and what answers it, and the choices of a holding line."""

from typing import Any

from campaigns.agreement import parties
from campaigns.drafting import invitations, placeholders
from campaigns.drafting.holding_lines import ATTENDANCE
from campaigns.drafting.risks import LONGEST_HOLD, Risk
from campaigns.drafting.words import Words
from campaigns.foundation.errors import Problem
from web import form_fields, forms

SECOND, REST = "second", "rest"
USUAL = "24"  # hours of rest
RESTS = "You chose that it rests, as only a message of a high risk does. Choose a high risk, or a second signatory below it"
HOURS = "You entered hours of rest, as only a message of a high risk has. Choose a high risk, or leave 24 there"
OR_REST = "You entered hours of rest. Choose that it rests, or leave 24 there"
NO_HOLDING_LINE = "You chose who may let it go. Tick that it is a holding line, or tick both parties"


class CareFields(forms.Form):
    """Risk and holding line; every message's form has them."""

    risk = forms.choice(
        "How much harm could a mistake in it do?",
        [("ordinary", "The ordinary risk"), ("high", "High: more care before it goes")],
        default="ordinary",
    )
    answer = forms.choice(
        "For a high risk",
        [(SECOND, "A second signatory of each party signs, too"), (REST, "It rests for some hours after the last signature")],
        default=SECOND,
    )
    hold_hours = forms.text("Hours of rest", limit=4, default=USUAL)
    observers = forms.ticks("Observers who are told when it is agreed")
    holding_line = forms.tick(
        "This is a holding line",
        hint="Both parties agree it in advance; a duty officer lets it go when it is needed. After its latest day to send it cannot go.",
    )
    let_go_by = forms.ticks("Whose duty officers may let it go?", list(parties.FOUNDING.items()), default=list(parties.FOUNDING))

    def care(self, problems: list[Problem]) -> dict[str, Any]:
        """What the words say about risk and holding line; adds what is wrong with it to the problems."""
        problems += self._at_odds()
        line = {"holding_line": bool(self.holding_line.data), "closed": self._closed(), "let_go_by": self._let_go_by(problems)}
        return {"risk": self._risk(problems), **line}

    def _at_odds(self) -> list[Problem]:
        """What was chosen that counts for nothing as the rest stands: it is asked about, as less care than somebody asked for would be signed."""
        hours, some = (
            (self.hold_hours.data or USUAL).strip() != USUAL,
            set(self.let_go_by.data or parties.FOUNDING) != set(parties.FOUNDING),
        )
        found = [Problem("let_go_by", NO_HOLDING_LINE)] if some and not self.holding_line.data else []
        if self.risk.data == "ordinary" and self.answer.data == REST:
            return [*found, Problem("risk", RESTS)]
        if hours and self.answer.data == SECOND:
            return [*found, Problem("risk", HOURS) if self.risk.data == "ordinary" else Problem("hold_hours", OR_REST)]
        return found

    def _risk(self, problems: list[Problem]) -> Risk:
        observers = list(self.observers.data or [])
        if self.risk.data != "high":
            return Risk(observers=observers)
        if self.answer.data == SECOND:
            return Risk(kind="high", signatures=2, observers=observers)
        hours = form_fields.whole(self.hold_hours.data) or 0
        if not 1 <= hours <= LONGEST_HOLD:
            problems.append(Problem("hold_hours", f"Enter the hours it rests, from 1 to {LONGEST_HOLD}"))
            return Risk()
        return Risk(kind="high", hold_hours=hours, observers=observers)

    def _let_go_by(self, problems: list[Problem]) -> list[str]:
        named = sorted(self.let_go_by.data or []) if self.holding_line.data else []
        if self.holding_line.data and not named:
            problems.append(Problem("let_go_by", "Choose whose duty officers may let it go"))
        return named

    def _closed(self) -> dict[str, list[str]]:
        typed = {
            name: [line.strip() for line in (self[f"closed-{name}"].data or "").splitlines() if line.strip()]
            for name in placeholders.CLOSED
        }
        return {name: choices for name, choices in typed.items() if choices}


def boxes() -> dict[str, Any]:
    """A box for the choices of each blank that a holding line may have."""
    labels = {
        invitations.STAGE: "Three lines for ((invitation)): to invite, to remind, and to say that it does not take place",
        ATTENDANCE: "Three lines for ((attendance)): for those who came, those who did not, and those who sent apologies",
    }
    said = {name: labels.get(name, f"Choices for (({name})), one a line") for name in placeholders.CLOSED}
    return {f"closed-{name}": forms.long_text(label, rows=6 if name in labels else 3, limit=2000) for name, label in said.items()}


def data(words: Words) -> dict[str, Any]:
    """What stands already, as the form shows it."""
    return {
        "risk": words.risk.kind,
        "answer": REST if words.risk.hold_hours else SECOND,
        "hold_hours": str(words.risk.hold_hours or USUAL),
        "observers": words.risk.observers,
        "holding_line": words.holding_line,
        "let_go_by": words.let_go_by or list(parties.FOUNDING),
        **{f"closed-{name}": "\n".join(choices) for name, choices in words.closed.items()},
    }
