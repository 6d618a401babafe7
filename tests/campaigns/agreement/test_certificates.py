"""The certificate: one page, the same bytes for the same facts, and officers' words are words."""

import re
from dataclasses import replace
from typing import Any

import pytest

from campaigns.agreement import bundles, certificates, typesetting, verifier
from campaigns.agreement.verifier import Rules
from tests.campaigns.agreement.forging import Forge


def made(forge: Forge) -> bytes:
    """The certificate of the forge's release."""
    parts = forge.parts()
    return certificates.certificate(parts.manifest, parts.signatures, parts.rosters)


def test_the_same_facts_make_the_same_accessible_page() -> None:
    forge = Forge()
    parts = forge.parts()

    first, second = (certificates.certificate(parts.manifest, parts.signatures, parts.rosters) for _ in range(2))

    assert first == second
    assert first.startswith(b"%PDF-")
    assert b"pdfuaid:part" in first
    assert len(re.findall(rb"/Type\s*/Page\b", first)) <= 1


def test_officers_words_are_never_markup() -> None:
    wild = Forge(changes={"title": '#panic("x") *bold* = "quotes" \\ $x$ #{1+1}' * 5})

    assert made(wild).startswith(b"%PDF-")


def test_each_party_is_named_as_people_write_it(monkeypatch: pytest.MonkeyPatch) -> None:
    facts: list[Any] = []
    monkeypatch.setattr(typesetting, "page", lambda _, said, **__: facts.append(said) or b"")

    made(Forge())

    assert [one["body"] for one in facts[0]["agreed"]] == ["HSE", "LACoRS"]


def test_a_bundle_with_its_certificate_verifies() -> None:
    forge = Forge()
    parts = forge.parts()

    proof = verifier.check(bundles.pack(replace(parts, certificate=made(forge))), Rules())

    assert proof.certificate


def test_a_holding_line_sealed_in_several_cases_has_its_page_too() -> None:
    cases = Forge(changes={"readers": 25, "closed": {"date": ["12 May", "14 May"]}})

    assert made(cases).startswith(b"%PDF-")
