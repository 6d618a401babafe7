"""A bundle as a file: its members and their index, and the one form in which each is written, or it is refused by name."""

import hashlib
import json
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest

from campaigns.agreement import archives, bundles, manifest, passkeys, sealed, verifier
from campaigns.agreement.verifier import Rules
from tests.campaigns.agreement.forging import Forge, Row
from tests.campaigns.agreement.test_verifier import refusal


def indexed(members: dict[str, bytes]) -> bytes:
    """Any members as a bundle, with an index that agrees."""
    rest = {name: data for name, data in members.items() if name != "index.json"}
    index = {"format": bundles.FORMAT, "members": {name: manifest.digest(data) for name, data in rest.items()}}
    return archives.write({**rest, "index.json": manifest.canonical(index)})


def bent(forge: Forge, name: str, bend: Callable[[bytes], bytes]) -> bytes:
    """The good bundle with one member in other bytes, its index made anew."""
    members = archives.read(bundles.pack(forge.parts()))
    changed = bend(members[name])
    assert changed != members[name]
    return indexed({**members, name: changed})


def test_a_manifest_spelt_otherwise_is_refused_though_its_words_are_the_same(forge: Forge) -> None:
    members = archives.read(bundles.pack(forge.parts()))
    members["manifest.json"] = members["manifest.json"].replace(b",", b", ", 1)

    assert "manifest" in refusal(indexed(members)).lower()


INDEXES: dict[str, tuple[Callable[[dict[str, bytes], Any], object], str]] = {
    "another format": (lambda _, index: index.update(format="countersign-bundle/2"), "a bundle of another format"),
    "a member changed": (lambda members, _: members.update({"README.txt": b"Other words"}), "README.txt is not what index.json says"),
    "a member missing": (lambda _, index: index["members"].update({"more.txt": "0" * 64}), "A member that index.json names is missing"),
}


@pytest.mark.parametrize("name", INDEXES)
def test_an_index_that_does_not_fit_its_members_is_refused_by_name(forge: Forge, name: str) -> None:
    bend, reason = INDEXES[name]
    members = archives.read(bundles.pack(forge.parts()))
    index = json.loads(members["index.json"])

    bend(members, index)

    assert reason in refusal(archives.write({**members, "index.json": manifest.canonical(index)}))


def test_a_member_too_many_no_index_and_one_spelt_in_another_order_are_refused_by_name(forge: Forge) -> None:
    members = archives.read(bundles.pack(forge.parts()))
    index = json.loads(members.pop("index.json"))
    unsorted = json.dumps(dict(reversed(index.items())), separators=(",", ":")).encode()

    assert "does not hold the members it should" in refusal(indexed({**members, "more.txt": b"More"}))
    assert "it holds no index.json" in refusal(archives.write(members))
    assert "index.json is not in its canonical form" in refusal(archives.write({**members, "index.json": unsorted}))


STATEMENTS: dict[str, tuple[Callable[[Row], object], str]] = {
    "another kind": (lambda whole: whole.update(predicateType="countersign/release/v1"), "is not a statement of its kind"),
    "no in-toto": (lambda whole: whole.update(_type="Statement"), "is not a statement of its kind"),
    "another subject": (lambda whole: whole["subject"][0].update(name="ABCD2345"), "is not a statement of its kind"),
    "something beside it": (lambda whole: whole.update(more="x"), "is not a statement of its kind"),
    "a field less": (lambda whole: whole["predicate"].pop("objective"), "says more or less than it should"),
    "a field more": (lambda whole: whole["predicate"].update(bcc="x"), "says more or less than it should"),
}


@pytest.mark.parametrize("name", STATEMENTS)
def test_a_manifest_that_is_another_statement_or_says_more_or_less_is_refused_by_name(forge: Forge, name: str) -> None:
    bend, reason = STATEMENTS[name]

    def otherwise(body: bytes) -> bytes:
        whole = json.loads(body)
        bend(whole)
        return manifest.canonical(whole)

    assert f"The manifest {reason}" in refusal(bent(forge, "manifest.json", otherwise))


@pytest.mark.parametrize(
    ("member", "reason"), [("leaves.jsonl", "leaves.jsonl is not one leaf a line"), ("audit.jsonl", "audit.jsonl is not one link a line")]
)
def test_lines_that_end_otherwise_are_refused(forge: Forge, member: str, reason: str) -> None:
    for bend in (lambda lines: lines.replace(b"\n", b"\r\n"), lambda lines: lines.removesuffix(b"\n")):
        assert reason in refusal(bent(forge, member, bend))


def test_words_with_accents_are_proved_like_any_other() -> None:
    accented = Forge(changes={"title": "Ynys Môn"})

    assert verifier.check(bundles.pack(accented.parts()), Rules()).said["title"] == "Ynys Môn"


def test_the_letter_of_a_case_to_a_reader_without_an_authority_has_the_leaf_that_was_sealed() -> None:
    person, salt, message = UUID(int=1), b"s" * 32, b"Dear reader"
    leaf = {"salt": passkeys.encode(salt), "audience": "unions", "role": "member", "authority": None, "condition": "date=12 May"}

    made = verifier.leaf_of(leaf, (str(person), "a@union.test"), hashlib.sha256(message).digest())

    assert made == sealed.leaf_of(salt, sealed.says(person, "a@union.test", "unions", "member", None, "date=12 May"), message)
