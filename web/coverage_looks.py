"""A look: what an officer chose to see of coverage, read from the page's address, and said again in every link that leads on from it."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from flask import request, url_for
from sqlmodel import Session

from audiences import authorities, reportable, roles
from audiences.authorities import NATIONS
from audiences.coverage_views import View
from audiences.grades import SAID
from audiences.roles import AUTHORITY_ROLES
from campaigns.drafting import messages
from campaigns.drafting.messages import Message
from campaigns.foundation.errors import Invalid, NotFound, Problem
from campaigns.planning import campaign_plans
from campaigns.planning.campaign_plans import Campaign
from campaigns.reach import touches
from campaigns.reach.touches import BRIEFED, CHANNELS, CONFIRMED, UNDERSTANDS, WRITTEN
from web import desk, form_fields, forms

ROLES = [(role, f"{roles.title(role)}s") for role in AUTHORITY_ROLES]
NOT_YET = [(WRITTEN, "with no evidence yet"), *((grade, f"not yet {SAID[grade]}") for grade in (CONFIRMED, BRIEFED))]
NOT_YET += [(UNDERSTANDS, "not yet known to understand")]  # what an authority can be asked for and not have
NO_DAY = "This is not a real date. Enter it like 12 5 2026"
TO_COME = "That day is in the future. Enter an earlier day, or leave it empty for today"

Choices = dict[str, list[tuple[str, str]]]


@dataclass(frozen=True)
class Look:
    """What is looked at. `typed` and `problem` are the day as it was typed, and why it cannot be read."""

    campaign: Campaign
    view: View
    choices: Choices
    grade: str
    typed: str
    problem: str
    is_withdrawn: bool  # the message looked at

    @property
    def about(self) -> str:
        """The message looked at, or else the campaign, by the name officers know."""
        titles = dict(self.choices["message"])
        return titles[str(self.view.message)] if self.view.message else self.campaign.name

    @property
    def caption(self) -> str:
        """What is looked at, and in which role where one was chosen."""
        return f"{self.about}: {dict(ROLES)[self.view.role].lower()}" if self.view.role else self.about

    @property
    def is_whole(self) -> bool:
        """Whether nothing narrows it: what a campaign's targets are held against."""
        return self.view == View(on=self.view.on)

    @property
    def may_follow_up(self) -> bool:
        """Whether the gap says who is still to be told: by any channel, as things stand now."""
        return not self.view.channel and self.view.on is None

    @property
    def not_yet(self) -> str:
        """The gap in words: `not yet confirmed`."""
        return dict(NOT_YET)[self.grade]


def read(session: Session) -> Look:
    """What the address asks to see; a value that is not offered asks for nothing. Refuses a campaign that is not there."""
    campaign = _campaign(session)
    written = messages.every(session, campaign.id)
    went = reportable.going(session)  # of what never went there is nothing to see
    choices = _choices(session, [message for message in written if message.id in went])

    def asked(name: str) -> str:
        value = request.values.get(name, "")
        return value if value in {offered for offered, _ in choices[name]} else ""

    typed = request.values.get("on", "").strip()[:30]
    on, problem = _gone_by(typed)
    view = View(
        asked("nation"),
        asked("region"),
        asked("kind"),
        asked("role"),
        opted_in=bool(request.values.get("opted_in")),
        message=UUID(asked("message")) if asked("message") else None,
        channel=asked("channel"),
        on=on,
    )
    withdrawn = any(message.id == view.message and message.state == "withdrawn" for message in written)
    return Look(campaign, view, choices, asked("grade") or WRITTEN, typed, problem, withdrawn)


def _campaign(session: Session) -> Campaign:
    """The campaign that is asked for; or else the newest that touched anybody, as one just begun has nothing to see."""
    named = request.values.get("campaign", "")
    plans = [] if named else campaign_plans.every(session)
    return next((plan for plan in plans if touches.is_any(session, plan.id)), None) or campaign_plans.asked(session, named)


def readable(session: Session) -> Look:
    """The same for a file, which has no place to say what is wrong; refuses a day that cannot be read."""
    look = read(session)
    if look.problem:
        raise Invalid([Problem("on", look.problem)])
    return look


def _gone_by(typed: str) -> tuple[date | None, str]:
    """The day to look back to, and what is wrong with what was typed, if anything. None for today: it is not over, so that is now."""
    on = day(typed)
    if on is None:
        return None, NO_DAY if typed else ""
    return (on, "") if on < desk.today() else (None, TO_COME if on > desk.today() else "")


def day(typed: str) -> date | None:
    """`12 5 2026`, `12 May 2026`, `12/5/2026` or `2026-05-12` → a day; anything else → None."""
    parts = typed.replace("/", " ").replace(".", " ").replace("-", " ").split()
    if len(parts) != 3 or not all(part.isascii() and part.isdigit() and len(part) <= 4 for part in (parts[0], parts[2])):
        return None
    first, last = int(parts[0]), int(parts[2])
    year, number = (first, last) if first > 31 else (last, first)
    try:
        return date(year, form_fields.read_month(parts[1]), number) if 2000 <= year <= 2100 else None
    except (ValueError, OverflowError):
        return None


def called(name: str, view: View) -> str:
    """The name of a file of what is looked at, with its day, which nothing in the file says: `coverage-2026-05-12`."""
    return f"{name}-{view.on or desk.today()}"


def address(endpoint: str = "coverage.show", **changes: Any) -> str:
    """A page that looks at the same thing, with `changes`; None takes a choice away."""
    kept = desk.choices() | changes
    return url_for(endpoint, **{name: value for name, value in kept.items() if value not in (None, "")})


def campaigns(session: Session) -> list[tuple[str, str]]:
    """The campaigns to choose from. Refuses when there is none yet."""
    if not (found := campaign_plans.every(session)):
        raise NotFound("There is no campaign yet.")
    return [(str(plan.id), plan.name) for plan in found]


def _choices(session: Session, written: list[Message]) -> Choices:
    """What may be chosen: the value and how it is said."""
    return {
        "role": ROLES,
        "nation": forms.same(NATIONS),
        "region": forms.same(authorities.regions(session)),
        "kind": forms.same(authorities.kinds(session)),
        "message": [(str(message.id), message.title) for message in written],
        "channel": [(channel, channel.capitalize()) for channel in CHANNELS],
        "grade": NOT_YET,
    }
