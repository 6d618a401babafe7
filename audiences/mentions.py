"""What a rule mentions by its code: organisations, authorities, groups, campaigns and messages, each by the name people know; and what is gone."""

from collections.abc import Iterable
from uuid import UUID

from sqlmodel import Session, col, select

from audiences import rules
from audiences.authorities import Authority
from audiences.organisations import Body
from audiences.rules import Rule
from campaigns.drafting.messages import Message
from campaigns.foundation.errors import Refused
from campaigns.planning.campaign_plans import Campaign

AT_BODIES = (rules.GROUP, rules.SITE, rules.BODY)
WHAT = {rules.GROUP: "a regional group", rules.SITE: "an organisation", rules.BODY: "a body", rules.AUTHORITY: "an authority"}


def names(session: Session, *asked: Rule) -> dict[str, str]:
    """Code or id → name, for everything these rules mention; what is gone is missing."""
    found = dict(session.exec(select(Body.code, Body.name).where(col(Body.code).in_(_values(asked, *AT_BODIES)))).all())
    for code, name in found.items():
        if name.endswith(" group"):
            found[code] = f"the {name}"
    found |= dict(
        session.exec(select(Authority.code, Authority.name).where(col(Authority.code).in_(_values(asked, rules.AUTHORITY)))).all()
    )
    touched = _values(asked, rules.TOUCHED)
    for prefix, table, name in ((rules.CAMPAIGN, Campaign, Campaign.name), (rules.MESSAGE, Message, Message.title)):
        ids = [UUID(value.removeprefix(prefix)) for value in touched if value.startswith(prefix)]
        if ids:
            found |= {f"{prefix}{key}": title for key, title in session.exec(select(table.id, name).where(col(table.id).in_(ids)))}
    return found


def require_there(session: Session, rule: Rule, *, field: str | None = None) -> dict[str, str]:
    """The names of all it mentions. Refuses a rule that asks about something that is gone, or never was."""
    found = names(session, rule)
    if missing := missing_in(rule, found):
        raise Refused(f"Who is in it depends on {missing} that no longer exists. Remove that line.", field=field)
    return found


def missing_in(rule: Rule, found: dict[str, str]) -> str:
    """What it asks about that has no name here, in words: `a campaign`; empty when all is there."""
    for condition in rule.conditions:
        known = (*WHAT, rules.TOUCHED)
        for value in condition.of if condition.asks in known else ():
            if value not in found:
                return WHAT.get(condition.asks) or f"a {rules.touched(value)[0]}"
    return ""


def _values(asked: Iterable[Rule], *kinds: str) -> list[str]:
    return sorted({value for rule in asked for condition in rule.conditions if condition.asks in kinds for value in condition.of})
