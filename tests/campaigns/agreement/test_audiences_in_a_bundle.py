"""A bundle says which version of each audience found the readers; one made before that was kept is still proved."""

import json

import pytest

from campaigns.agreement import bundles, verifier
from campaigns.agreement.verifier import Rules
from tests.campaigns.agreement.forging import Forge, Row, statement
from tests.campaigns.agreement.test_verifier import refusal

DESCRIBED = {"audience": "managers", "name": "Managers", "version": 3, "rule": "Managers."}


class Older(Forge):
    """As bundles were made before."""

    def manifest(self, leaves: list[Row]) -> bytes:
        said = json.loads(super().manifest(leaves))["predicate"]
        del said["audiences"]
        return statement("countersign/release/v2", "QPFRM4ZA", said["root"], said)


def test_the_versions_are_told_with_what_was_proved() -> None:
    proof = verifier.check(bundles.pack(Forge().parts()), Rules())

    assert "Audience    managers, version 3: managers." in verifier.told(proof, Rules())


def test_a_bundle_older_than_the_versions_is_proved() -> None:
    proof = verifier.check(bundles.pack(Older().parts()), Rules())

    assert "audiences" not in proof.said
    assert not any(line.startswith("Audience") for line in verifier.told(proof, Rules()))


@pytest.mark.parametrize("said", [[], [DESCRIBED], [DESCRIBED, DESCRIBED], [DESCRIBED, {**DESCRIBED, "audience": "members"}]])
def test_the_audiences_described_are_those_that_have_letters(said: list[Row]) -> None:
    assert "audiences described are not the ones" in refusal(bundles.pack(Forge(changes={"audiences": said}).parts()))


def test_a_roster_may_not_say_it_too() -> None:
    forge = Forge()
    people = [forge.renewed, forge.third, forge.chair, forge.other]
    forge.add_roster(people, [forge.renewed, forge.chair], audiences=[])

    assert "says more or less than it should" in refusal(bundles.pack(forge.parts()))
