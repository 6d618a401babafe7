"""A rule is bounded, reads what was stored before it had alternatives, and is said in one plain sentence."""

from typing import Any
from uuid import UUID

import pytest
from pydantic import ValidationError

from audiences import definitions, rules, sentences
from audiences.rules import Condition, Rule

WHAT = f"message:{UUID(int=1)}"
LOPP = f"campaign:{UUID(int=2)}"
NAMES = {
    "tesco": "Tesco",
    "asda": "ASDA",
    "group-wales": "the Wales liaison group",
    "E1": "Adur",
    "gmb": "GMB",
    WHAT: "What LOPP is",
    LOPP: "LOPP",
}


def one(asks: str, *of: str, no: bool = False, grade: str = "") -> Condition:
    """A condition."""
    return Condition(asks=asks, of=of, is_not=no, grade=grade)


PRACTITIONERS, WALES, TESCO = one("role", "practitioner"), one("nation", "Wales"), one("site", "tesco")
GOLDEN: list[tuple[Rule, str]] = [
    (Rule(), "Everybody, at authorities that enforce health and safety or at other bodies."),
    (rules.ticked(roles=["practitioner"]), "Practitioners at authorities that enforce health and safety."),
    (rules.ticked(roles=["laps_lead"]), "LAPS leads at authorities that enforce health and safety."),
    (rules.ticked(roles=["group_secretary"]), "Secretaries of regional groups whose authorities enforce health and safety."),
    (
        rules.ticked(roles=["group_secretary"], enforcing_only=False),
        "Secretaries of regional groups, whether or not their authorities enforce health and safety.",
    ),
    (
        rules.all_of(PRACTITIONERS, WALES, TESCO, rules.not_yet("written", WHAT)),
        "Practitioners at authorities in Wales that enforce health and safety, whose area holds a site of Tesco, not yet contacted by What LOPP is.",
    ),
    (
        rules.ticked(roles=["practitioner", "senior_manager"], regions=["London", "South East"], kinds=["London borough"]),
        "Practitioners and senior managers at authorities of the kind London borough in London and South East that enforce health and safety.",
    ),
    (rules.ticked(roles=["union_contact"], nations=["Scotland"]), "Union contacts in Scotland."),
    (
        rules.ticked(roles=["practitioner"], enforcing_only=False),
        "Practitioners at authorities, whether or not they enforce health and safety.",
    ),
    (
        rules.all_of(one("nation", "Wales", no=True), one("role", "elected_member", no=True)),
        "Everybody, at authorities that enforce health and safety or at other bodies, outside Wales, who are not elected members.",
    ),
    (
        Rule(alternatives=(((PRACTITIONERS,), (WALES, TESCO)),)),
        "Practitioners at authorities that enforce health and safety, in Wales or whose area holds a site of Tesco.",
    ),
    (
        Rule(alternatives=(((PRACTITIONERS,), (WALES,)), ((one("role", "union_contact"),), (one("body", "gmb"),)))),
        "Practitioners at authorities in Wales that enforce health and safety; or else union contacts, at GMB.",
    ),
    (
        rules.all_of(one("role", "account_manager"), one("status", "signed"), one("lead", "hse", no=True)),
        "Account managers, whose organisation is marked signed, whose organisation’s partnership is not led by HSE.",
    ),
    (
        rules.all_of(one("role", "account_manager"), one("sector", "retail", "bakeries and shops"), one("regime", "both", no=True)),
        "Account managers, whose organisation’s sector is retail or bakeries and shops, "
        "whose organisation’s premises are not under both HSE and local authorities.",
    ),
    (
        rules.all_of(PRACTITIONERS, one("site_regime", "both")),
        "Practitioners at authorities that enforce health and safety, "
        "whose area holds a site of an organisation with premises under both HSE and local authorities.",
    ),
    (
        rules.all_of(PRACTITIONERS, one("group", "group-wales"), one("touched", LOPP, grade="briefed")),
        "Practitioners at authorities that enforce health and safety, in the Wales liaison group, already briefed on LOPP.",
    ),
    (
        rules.all_of(one("role", "elected_member"), one("authority", "E1"), rules.not_yet("understands", LOPP, WHAT)),
        "Elected members at authorities that enforce health and safety, at Adur, who have not yet shown that they understand LOPP or What LOPP is.",
    ),
    (
        rules.all_of(one("authority", *(f"E{number}" for number in range(37))), rules.not_yet("confirmed", WHAT)),
        "Everybody at authorities that enforce health and safety, at any of 37 named authorities, who have not yet confirmed What LOPP is.",
    ),
    (
        rules.all_of(one("site", "asda", "shell", no=True), one("enforces", no=True), enforcing_only=False),
        "Everybody, at authorities whether or not they enforce health and safety or at other bodies, "
        "whose area holds no site of ASDA or something that is gone, not at authorities that enforce health and safety.",
    ),
]


@pytest.mark.parametrize(("rule", "sentence"), GOLDEN, ids=range(len(GOLDEN)))
def test_every_rule_is_one_plain_sentence(rule: Rule, sentence: str) -> None:
    assert sentences.of(rule, NAMES) == sentence


def test_rules_stored_before_they_had_alternatives_read_as_they_were_meant() -> None:
    stored = {"roles": ["practitioner"], "nations": ["Wales", "Scotland"], "regions": [], "kinds": [], "enforcing_only": False}

    read = Rule.model_validate(stored)

    assert read == rules.all_of(PRACTITIONERS, one("nation", "Wales", "Scotland"), enforcing_only=False)
    assert Rule.model_validate({"roles": [], "nations": [], "regions": [], "kinds": [], "enforcing_only": True}) == Rule()
    assert Rule.model_validate(read.model_dump(mode="json")) == read
    assert all(Rule.model_validate(rule.model_dump(mode="json")) == rule for _, _, rule in definitions.FOUNDING)


@pytest.mark.parametrize(
    "stored",
    [
        {"roles": ["king"]},
        {"role": "practitioner"},
        {"alternatives": []},
        {"alternatives": [[], []]},
        {"alternatives": [[[]]]},
        {"alternatives": [[[{"asks": "party", "of": ["x"]}]]]},
        {"alternatives": [[[{"asks": "role", "of": []}]]]},
        {"alternatives": [[[{"asks": "enforces", "of": ["yes"]}]]]},
        {"alternatives": [[[{"asks": "nation", "of": ["Wales", "Wales"]}]]]},
        {"alternatives": [[[{"asks": "region", "of": ["x" * 81]}]]]},
        {"alternatives": [[[{"asks": "region", "of": ["x\x00"]}]]]},
        {"alternatives": [[[{"asks": "touched", "of": [WHAT]}]]]},
        {"alternatives": [[[{"asks": "touched", "of": [WHAT], "grade": "delivered"}]]]},
        {"alternatives": [[[{"asks": "touched", "of": ["message:1"], "grade": "written"}]]]},
        {"alternatives": [[[{"asks": "touched", "of": [f"party:{UUID(int=1)}"], "grade": "written"}]]]},
        {"alternatives": [[[{"asks": "touched", "of": [f"message:{UUID(int=1).hex}"], "grade": "written"}]]]},
        {"alternatives": [[[{"asks": "role", "of": ["practitioner"], "grade": "written"}]]]},
        {"alternatives": [[[{"asks": "role", "of": ["practitioner"], "grade": "delivered"}]]]},
        {"alternatives": [[[{"asks": "authority", "of": [f"E{number}" for number in range(501)]}]]]},
        {"alternatives": [[[{"asks": "enforces"}] * 21]]},
    ],
    ids=str,
)
def test_what_nobody_can_ask_is_refused(stored: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Rule.model_validate(stored)


def test_as_much_as_may_be_asked_is_taken() -> None:
    many = one("authority", "E" * rules.LONGEST_VALUE, *(f"E{number}" for number in range(rules.MOST_VALUES - 1)))

    assert len(list(rules.all_of(*[many] * rules.MOST_CONDITIONS).conditions)) == rules.MOST_CONDITIONS
