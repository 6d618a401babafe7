"""A rule as an officer would say it: one plain sentence, whatever it asks."""

from collections.abc import Iterable, Mapping, Sequence

from audiences import organisations, roles, rules
from audiences.rules import Alternative, Clause, Condition, Rule
from campaigns.agreement import parties
from campaigns.foundation.wording import sentence
from campaigns.reach import touches

PLURALS = {
    "group_secretary": "secretaries of regional groups",
    "professional_body_contact": "contacts at professional bodies",
    "directorate_contact": "contacts in HSE's directorates",
}
GONE = "something that is gone"
MOST_NAMED = 6  # places; more are counted
ENFORCING = "that enforce health and safety"
EVERY_AUTHORITY = "whether or not they enforce health and safety"
WHOSE, EVERY_GROUP = "whose authorities enforce health and safety", "whether or not their authorities enforce health and safety"
HELD_AT_AUTHORITIES, HELD_AT_GROUPS = set(roles.held_at(None)), set(roles.held_at(organisations.GROUP))
AT_AUTHORITIES = {rules.AUTHORITY, rules.SITE, rules.SITE_REGIME, rules.ENFORCES}  # whoever answers yes belongs to an authority
GRADES = {
    touches.WRITTEN: ("already contacted by {}", "not yet contacted by {}"),
    touches.CONFIRMED: ("who have confirmed {}", "who have not yet confirmed {}"),
    touches.BRIEFED: ("already briefed on {}", "not yet briefed on {}"),
    touches.UNDERSTANDS: ("who have shown that they understand {}", "who have not yet shown that they understand {}"),
}

# (said when it holds, said when it does not); the names are put in the place of the braces.
PHRASES = {
    rules.ROLE: ("who are {}", "who are not {}"),
    rules.NATION: ("in {}", "outside {}"),
    rules.REGION: ("in {}", "outside {}"),
    rules.KIND: ("of the kind {}", "not of the kind {}"),
    rules.GROUP: ("in {}", "not in {}"),
    rules.AUTHORITY: ("at {}", "not at {}"),
    rules.BODY: ("at {}", "not at {}"),
    rules.SITE: ("whose area holds a site of {}", "whose area holds no site of {}"),
    rules.STATUS: ("whose organisation is marked {}", "whose organisation is not marked {}"),
    rules.LEAD: ("whose organisation’s partnership is led by {}", "whose organisation’s partnership is not led by {}"),
    rules.SECTOR: ("whose organisation’s sector is {}", "whose organisation’s sector is not {}"),
    rules.REGIME: ("whose organisation’s premises are under {}", "whose organisation’s premises are not under {}"),
    rules.SITE_REGIME: (
        "whose area holds a site of an organisation with premises under {}",
        "whose area holds no site of an organisation with premises under {}",
    ),
    rules.ENFORCES: (f"at authorities {ENFORCING}", f"not at authorities {ENFORCING}"),
}
REGIMES = {"local authorities": "local authorities alone", "HSE": "HSE alone", "both": "both HSE and local authorities"}
BASE = (rules.ROLE, rules.KIND, rules.NATION, rules.REGION)  # said first, where nothing is said against or beside them

Names = Mapping[str, str]


def of(rule: Rule, names: Names) -> str:
    """The sentence. `names` says what its codes and ids stand for (see mentions.py); one that is not there is said to be gone."""
    said = "; or else ".join(_alternative(alternative, rule.enforcing_only, names) for alternative in rule.alternatives)
    return f"{sentence(said)}."


def phrase(condition: Condition, names: Names) -> str:
    """One condition: `whose area holds no site of Tesco`."""
    yes, no = GRADES[condition.grade] if condition.asks == rules.TOUCHED else PHRASES[condition.asks]
    return (no if condition.is_not else yes).format(_named(condition, names))


def kind(kind: str) -> str:
    """A kind of authority or body as people write it: `HSE directorate`."""
    return kind.replace("hse ", "HSE ")


def people(held: Iterable[str], joined: str = "and") -> str:
    """Roles as those who hold them: `practitioners and secretaries of regional groups`."""
    return _listed([PLURALS.get(role, roles.words(role) + "s") for role in held], joined)


def _alternative(alternative: Alternative, enforcing_only: bool, names: Names) -> str:
    first = {asks: found for asks in BASE if (found := _alone(alternative, asks))}
    further = [asked for asked in alternative if asked not in first.values()]
    held = first[rules.ROLE][0].of if rules.ROLE in first else ()
    at_authorities = (bool(held) and set(held) <= HELD_AT_AUTHORITIES) or any(_is_at_an_authority(asked) for asked in further)
    kinds = f" of the kind {_named(first[rules.KIND][0], names)}" if rules.KIND in first else ""
    where = "".join(f" in {_listed(first[asks][0].of, 'and')}" for asks in (rules.REGION, rules.NATION) if asks in first)
    base = (people(held) if held else "everybody") + (" at authorities" if at_authorities else "") + kinds + where
    if at_authorities:
        base += f" {ENFORCING}" if enforcing_only else f", {EVERY_AUTHORITY}"
    elif held and set(held) <= HELD_AT_GROUPS:
        base += f" {WHOSE}" if enforcing_only else f", {EVERY_GROUP}"
    elif not held or set(held) & HELD_AT_AUTHORITIES:
        base += (
            f", at authorities {ENFORCING} or at other bodies"
            if enforcing_only
            else f", at authorities {EVERY_AUTHORITY} or at other bodies"
        )
    return ", ".join([base, *(" or ".join(phrase(condition, names) for condition in asked) for asked in further)])


def _alone(alternative: Alternative, asks: str) -> Clause | None:
    """The one clause that asks for this and for nothing else, if it says yes."""
    found = [asked for asked in alternative if asked[0].asks == asks]
    return found[0] if len(found) == 1 and len(found[0]) == 1 and not found[0][0].is_not else None


def _is_at_an_authority(asked: Clause) -> bool:
    return all(not one.is_not and one.asks in AT_AUTHORITIES for one in asked)


def _named(condition: Condition, names: Names) -> str:
    joined = "or"
    match condition.asks:
        case rules.ROLE:
            return people(condition.of, joined)
        case rules.LEAD:
            return _listed([parties.FOUNDING[code] for code in condition.of], joined)
        case rules.KIND:
            return _listed([kind(value) for value in condition.of], joined)
        case rules.REGIME | rules.SITE_REGIME:
            return _listed([REGIMES[value] for value in condition.of], joined)
        case rules.NATION | rules.REGION | rules.STATUS | rules.SECTOR:
            return _listed(condition.of, joined)
        case rules.AUTHORITY | rules.BODY if len(condition.of) > MOST_NAMED:
            return f"any of {len(condition.of)} named {'authorities' if condition.asks == rules.AUTHORITY else 'bodies'}"
    return _listed([names.get(value, GONE) for value in condition.of], joined)


def _listed(parts: Sequence[str], joined: str) -> str:
    return f" {joined} ".join([", ".join(parts[:-1]), parts[-1]]) if len(parts) > 1 else "".join(parts)
