"""The checker sees exactly what was done to a mail server's journal and to what we say of it: six faults, each injected and counted."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from workers import checker
from workers.checker import FAULTS

LETTERS = 60
NOTHING = dict.fromkeys(FAULTS, 0)


@dataclass
class Case:
    """A signed audience whose every letter arrived once and is said to have: to be spoiled."""

    letters: list[dict[str, Any]] = field(default_factory=list)
    journal: list[dict[str, Any]] = field(default_factory=list)
    head: dict[str, Any] = field(default_factory=dict)

    def say(self, first: int, *states: str) -> None:
        """What our database says of these letters."""
        for letter, state in zip(self.letters[first:], states, strict=False):
            letter["state"] = state

    def count(self, folder: Path) -> dict[str, int]:
        """The checker's counts."""
        for name, lines in (("journal", self.journal), ("audience", [self.head, *self.letters])):
            (folder / name).write_text("".join(json.dumps(line) + "\n" for line in lines))
        return checker.check(folder / "journal", folder / "audience")


@pytest.fixture
def case() -> Case:
    """Sixty letters, signed for by two parties."""
    made = Case()
    for number in range(LETTERS):
        words = {"message_id": f"<{number}@c.test>", "recipient": str(number), "address": f"{number}@la.test", "state": "accepted"}
        leaf = {"audience": "all", "role": "member", "authority": "E1", "condition": ""}
        made.letters.append(words | leaf | {"salt": "00" * 32, "canonical_sha256": sha256(b"%d" % number).hexdigest()})
    for number, letter in enumerate(made.letters):
        seen = {"to": [letter["address"]], "canonical_sha256": letter["canonical_sha256"], "reply": "250 accepted"}
        made.journal += [
            {"n": number, "begun": True},
            {"n": number, "message_id": letter["message_id"]} | seen,
            {"n": number, "written": True},
        ]
    root = checker._root([checker._leaf(letter) for letter in made.letters]).hex()
    manifest = json.dumps({"predicate": {"parties": ["hse", "lacors"], "letters": LETTERS, "root": root}})
    signed = {"digest": sha256(manifest.encode()).hexdigest()}
    made.head = {"manifest": manifest, "signatures": [signed | {"party": party, "officer": party} for party in ("hse", "lacors")]}
    return made


def replies(case: Case, first: int, count: int) -> list[dict[str, Any]]:
    """The reply lines of so many letters."""
    return [line for line in case.journal if first <= line["n"] < first + count and "reply" in line]


def test_a_journal_as_it_should_be_has_none_of_the_six_faults(case: Case, tmp_path: Path) -> None:
    assert case.count(tmp_path) == NOTHING | {"accepted": LETTERS, "unknown": 0}


def test_seven_dropped_five_doubled_three_altered_two_unexpected_and_four_disagreements_are_exactly_these(
    case: Case, tmp_path: Path
) -> None:
    for line in replies(case, 0, 7):
        line["reply"] = "550 no"
    case.say(0, *["rejected"] * 7)
    case.journal += replies(case, 10, 5)
    for line in replies(case, 20, 2):
        line["canonical_sha256"] = "0" * 64
    replies(case, 22, 1)[0]["to"] = ["else@where.test"]
    case.say(30, "removed", "removed")
    case.say(40, "queued", "attempting", "rejected", "missed")

    counts = case.count(tmp_path)

    expected = {"lost": 7, "duplicated": 5, "altered": 3, "unexpected": 2, "disagreement": 4, "unsigned": 0}
    assert counts == expected | {"accepted": LETTERS - 7, "unknown": 0}


def test_a_letter_nobody_signed_for_is_unexpected_and_unsigned(case: Case, tmp_path: Path) -> None:
    case.journal.append(replies(case, 0, 1)[0] | {"message_id": "<stranger@else.test>"})

    assert case.count(tmp_path) == NOTHING | {"unexpected": 1, "unsigned": 1, "accepted": LETTERS + 1, "unknown": 0}


def test_a_letter_said_to_have_gone_that_never_arrived_is_lost_and_a_disagreement(case: Case, tmp_path: Path) -> None:
    replies(case, 0, 1)[0]["reply"] = "451 not now"

    assert case.count(tmp_path) == NOTHING | {"lost": 1, "disagreement": 1, "accepted": LETTERS - 1, "unknown": 0}


@pytest.mark.parametrize("state", ["unknown", "held", "left"])
@pytest.mark.parametrize("arrived", [True, False])
def test_an_unclear_letter_is_neither_lost_nor_a_disagreement_whether_it_arrived_or_not(
    case: Case, tmp_path: Path, state: str, arrived: bool
) -> None:
    case.say(0, state)
    replies(case, 0, 1)[0]["reply"] = "250 accepted" if arrived else "451 not now"

    assert case.count(tmp_path) == NOTHING | {"unknown": 1, "accepted": LETTERS - (not arrived)}


def test_a_letter_that_came_back_had_gone(case: Case, tmp_path: Path) -> None:
    case.say(0, "returned")

    assert case.count(tmp_path) == NOTHING | {"accepted": LETTERS, "unknown": 0}


def _one_signature(head: dict[str, Any]) -> None:
    head["signatures"].pop()


def _another_manifest(head: dict[str, Any]) -> None:
    head["manifest"] += " "


def _by_one_person(head: dict[str, Any]) -> None:
    head["signatures"][1]["officer"] = head["signatures"][0]["officer"]


def _signed_as(**said: object) -> Callable[[dict[str, Any]], None]:
    """Signed indeed, but over a manifest that says this."""

    def sign(head: dict[str, Any]) -> None:
        predicate = json.loads(head["manifest"])["predicate"] | said
        head["manifest"] = json.dumps({"predicate": predicate})
        digest = sha256(head["manifest"].encode()).hexdigest()
        head["signatures"] = [one | {"digest": digest} for one in head["signatures"] if one["party"] in predicate["parties"]]

    return sign


SPOILT = {
    "one signature": _one_signature,
    "another manifest than was signed": _another_manifest,
    "by one person": _by_one_person,
    "one party alone": _signed_as(parties=["hse"]),
    "a letter more than there are": _signed_as(letters=LETTERS + 1),
    "another tree": _signed_as(root="0" * 64),
}


@pytest.mark.parametrize("spoil", SPOILT.values(), ids=SPOILT)
def test_without_two_signatures_over_these_letters_every_one_is_unsigned(
    case: Case, tmp_path: Path, spoil: Callable[[dict[str, Any]], None]
) -> None:
    spoil(case.head)

    assert case.count(tmp_path) == NOTHING | {"unsigned": LETTERS, "accepted": LETTERS, "unknown": 0}
