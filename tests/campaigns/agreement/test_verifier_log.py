"""The part of the log that is in a bundle: whose facts stand in it, where it begins and ends, and what happened to the release since."""

import hashlib
from dataclasses import replace
from typing import Any

import pytest

from campaigns.agreement import bundles, manifest, verifier
from campaigns.agreement.verifier import Rules
from tests.campaigns.agreement.forging import Forge, Row, links
from tests.campaigns.agreement.test_verifier import refusal


def facts(forge: Forge) -> list[Any]:
    """What the log says of a release that was sealed and agreed."""
    sealed = {"digest": manifest.digest(forge.parts().manifest)}
    return [[41, "ReleaseSealed", forge.release, "x", "y", sealed], [42, "ReleaseAgreed", forge.release, "x", "y", sealed]]


def logged(forge: Forge, rows: list[Row], heads: list[str] | None = None) -> bytes:
    """The good bundle with these links, which end in a head."""
    end = [f"{rows[-1]['number']} {rows[-1]['hash']}"] if rows else []
    return bundles.pack(replace(forge.parts(), links=rows, heads=end if heads is None else heads))


def from_the_first(told: list[Any]) -> list[Row]:
    """Links of a log of which these are the very first facts."""
    before, rows = bytes(32), []
    for number, said in enumerate(map(manifest.canonical, told), 1):
        before = hashlib.sha256(number.to_bytes(8, "big") + before + hashlib.sha256(said).digest()).digest()
        rows.append({"number": number, "hash": before.hex(), "digest": manifest.digest(said), "fact": said.decode()})
    return rows


def test_a_log_that_begins_with_the_release_is_proved_from_its_very_first_link(forge: Forge) -> None:
    rows = from_the_first(facts(forge))
    bent = [rows[0] | {"hash": "0" * 64}, *rows[1:]]

    assert len(verifier.check(logged(forge, rows), Rules()).facts) == 2
    assert "Link 1 of the log does not follow" in refusal(logged(forge, bent))


def test_a_fact_of_another_release_beside_its_own_is_refused(forge: Forge) -> None:
    other = [43, "ReleaseSealed", "another", "x", "y", {}]

    assert "something else than this release" in refusal(logged(forge, links([*facts(forge), other])))


def test_a_log_without_links_without_a_head_or_with_one_that_is_none_is_refused_by_name(forge: Forge) -> None:
    rows = links(facts(forge))
    end = f"{rows[-1]['number']} {rows[-1]['hash']}"

    assert "audit.jsonl is not one link a line" in refusal(logged(forge, []))
    assert "does not end where the last head says" in refusal(logged(forge, rows, []))
    for odd in ("nothing", f"{end} posted", f"-1 {'0' * 64}"):
        assert "does not hold what a head says" in refusal(logged(forge, rows, [odd, end]))


def test_links_that_nobody_may_read_stand_between_the_facts(forge: Forge) -> None:
    rows = links([facts(forge)[0], [42, "Secret", "another", "x", "y", {}], facts(forge)[1]])
    rows[2] |= {"fact": None}

    assert len(verifier.check(logged(forge, rows), Rules()).facts) == 2


@pytest.mark.parametrize("kind", ["ReleaseWithdrawn", "ReleaseReturned"])
def test_that_a_release_was_stopped_since_is_said_and_what_led_to_it_is_not(forge: Forge, kind: str) -> None:
    stopped = [43, kind, forge.release, "x", "2026-05-13T11:00:00Z", {}]

    said = verifier.told(verifier.check(logged(forge, links([*facts(forge), stopped])), Rules()), Rules())

    assert [line for line in said if line.startswith("Since then")] == [f"Since then  {kind}, 2026-05-13T11:00:00Z"]
    assert not any(line.startswith("Not read") for line in said)
