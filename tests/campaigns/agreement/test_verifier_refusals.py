"""Each thing in a bundle bent on its own, its index made anew: refused, and by name."""

from collections.abc import Callable
from copy import copy
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from campaigns.agreement import archives, bundles, manifest, passkeys, verifier
from campaigns.agreement.verifier import Rules
from tests.campaigns.agreement.forging import NOON, Forge, Person, Row, eddsa, es256, links, rs256
from tests.campaigns.agreement.test_verifier import refusal
from tests.campaigns.agreement.test_verifier_members import indexed

HOUR = timedelta(hours=1)


def good(forge: Forge, who: Person, **bent: Any) -> Row:
    """One signature over the release, perhaps bent."""
    return who.sign(forge.parts().manifest, **{"at": NOON + HOUR, "roster": 3} | bent)


SIGNINGS: dict[str, tuple[Callable[[Forge], list[Row]], str]] = {
    "one party missing": (lambda f: [good(f, f.chair)], "HSE has not agreed"),
    "same person twice": (lambda f: [good(f, f.chair), good(f, f.chair), good(f, f.renewed)], "One person signed twice"),
    "a person for the other party": (lambda f: [good(f, f.chair), {**good(f, f.other), "party": "hse"}], "not in the roster"),
    "nobody verified": (lambda f: [good(f, f.renewed, flags=1), good(f, f.chair)], "not verified by the key"),
    "backed up but not eligible": (lambda f: [good(f, f.renewed, flags=0x15), good(f, f.chair)], "contradicts itself"),
    "another origin": (lambda f: [good(f, f.renewed, origin="https://evil.test"), good(f, f.chair)], "another site's page"),
    "in a frame": (lambda f: [good(f, f.renewed, crossOrigin=True), good(f, f.chair)], "another site's page"),
    "an enrolment": (lambda f: [good(f, f.renewed, type="webauthn.create"), good(f, f.chair)], "signed something else"),
    "an old nonce": (lambda f: [good(f, f.renewed, age=301), good(f, f.chair)], "within five minutes"),
    "a nonce from later": (lambda f: [good(f, f.renewed, age=-2), good(f, f.chair)], "within five minutes"),
    "a short nonce": (
        lambda f: [{**good(f, f.renewed), "nonce": good(f, f.renewed)["nonce"][:32]}, good(f, f.chair)],
        "within five minutes",
    ),
    "a key's words cut short": (
        lambda f: [{**good(f, f.renewed), "authenticator_data": good(f, f.renewed)["authenticator_data"][:44]}, good(f, f.chair)],
        "contradicts itself",
    ),
    "by voice": (lambda f: [{**good(f, f.renewed), "method": "voice"}, good(f, f.chair)], "in a way nobody knows"),
    "a roster's signature lent": (lambda f: [good(f, f.renewed, tag=passkeys.ROSTER), good(f, f.chair)], "signed something else"),
    "a key replaced since": (lambda f: [good(f, f.director), good(f, f.chair)], "does not list for them"),
    "a roster replaced since": (lambda f: [good(f, f.old, roster=2), good(f, f.chair)], "roster in force"),
    "a member who left": (lambda f: [good(f, f.old), good(f, f.chair)], "not in the roster"),
    "another post": (lambda f: [{**good(f, f.renewed), "post": "HSE minister"}, good(f, f.chair)], "not in the roster"),
    "a deputy too late": (lambda f: [good(f, f.renewed), good(f, f.deputy, at=NOON + timedelta(days=4))], "outside the dates"),
    "a deputy too early": (lambda f: [good(f, f.renewed), good(f, f.deputy, at=NOON - timedelta(days=2))], "outside the dates"),
    "a deputy as their dates end": (lambda f: [good(f, f.renewed), good(f, f.deputy, at=NOON + timedelta(days=3))], "outside the dates"),
    "signed before any roster": (lambda f: [good(f, f.renewed, at=NOON - timedelta(days=20)), good(f, f.chair)], "roster in force"),
    "signed too late": (lambda f: [good(f, f.renewed, at=NOON + timedelta(days=15)), good(f, f.chair)], "within the 14 days"),
    "signed before it was sealed": (lambda f: [good(f, f.renewed, at=NOON - HOUR), good(f, f.chair)], "within the 14 days"),
    "a password": (lambda f: [{**good(f, f.renewed), "method": "password"}, good(f, f.chair)], "which the roster does not allow"),
    "called a program's": (lambda f: [{**good(f, f.renewed), "method": "software"}, good(f, f.chair)], "does not list for them"),
    "another's signature": (
        lambda f: [{**good(f, f.renewed), "signature": good(f, f.third)["signature"]}, good(f, f.chair)],
        "does not verify",
    ),
}


@pytest.mark.parametrize("name", SIGNINGS)
def test_each_way_of_signing_wrongly_is_refused_by_name(forge: Forge, name: str) -> None:
    sign, reason = SIGNINGS[name]

    assert reason in refusal(forge.signed(*sign(forge)))


def test_a_deputy_signs_within_dates_and_scope(forge: Forge) -> None:
    assert verifier.check(forge.signed(good(forge, forge.renewed), good(forge, forge.deputy)), Rules())


def test_a_signature_counts_up_to_the_last_moment_of_the_days_allowed(forge: Forge) -> None:
    assert verifier.check(forge.signed(good(forge, forge.renewed, at=NOON + timedelta(days=14)), good(forge, forge.chair)), Rules())


@pytest.mark.parametrize("age", [verifier.FRESH, -verifier.ROUNDING])
def test_a_signature_is_fresh_up_to_the_last_moment_and_no_clock_is_expected_to_be_finer(forge: Forge, age: timedelta) -> None:
    assert verifier.check(forge.signed(good(forge, forge.renewed, age=age.total_seconds()), good(forge, forge.chair)), Rules())


def saying(forge: Forge, **changes: Any) -> Forge:
    """The same people over a manifest that says something else."""
    other = copy(forge)
    other.changes = changes
    return other


@pytest.mark.parametrize("parties", [[], ["hse"], ["hse", "hse"]])
def test_a_manifest_that_names_fewer_than_two_parties_is_refused_whoever_signed(forge: Forge, parties: list[str]) -> None:
    alone = saying(forge, parties=parties)

    assert "The manifest names fewer than two parties" in refusal(alone.signed(good(alone, alone.renewed)))


def test_each_party_has_agreed_with_as_many_persons_as_the_manifest_asks_for_and_never_with_none(forge: Forge) -> None:
    risk = {"kind": "ordinary", "signatures": 2, "hold_hours": 0, "observers": []}
    two, none = saying(forge, risk=risk), saying(forge, risk=risk | {"signatures": 0})
    everybody = [good(two, one) for one in (two.renewed, two.third, two.chair, two.other)]

    assert len(verifier.check(two.signed(*everybody), Rules()).signers) == 4
    for left_out, reason in ((0, "HSE has not agreed: 1 of"), (3, "LACORS has not agreed: 1 of")):
        assert reason in refusal(two.signed(*everybody[:left_out], *everybody[left_out + 1 :]))
    unasked = archives.read(forge.signed(good(none, none.chair))) | {"manifest.json": none.parts().manifest}
    assert "HSE has not agreed: 0 of" in refusal(indexed(unasked))


def bent(forge: Forge, **changes: Any) -> bytes:
    """The good bundle with some parts replaced, its index made anew."""
    return bundles.pack(replace(forge.parts(), **changes))


def swapped(rows: Any, one: int, other: int) -> list[Row]:
    """Two rows in each other's place."""
    rows = list(rows)
    rows[one], rows[other] = rows[other], rows[one]
    return rows


STORIES: dict[str, tuple[Callable[[Forge], bytes], str]] = {
    "leaf changed": (lambda f: bent(f, leaves=[{**f.leaf(0), "leaf": "0" * 64}, *f.parts().leaves[1:]]), "leaves are not the ones"),
    "leaf moved": (lambda f: bent(f, leaves=swapped(f.parts().leaves, 0, 2)), "leaves are not the ones"),
    "leaf dropped": (lambda f: bent(f, leaves=f.parts().leaves[:-1]), "holds 49 leaves"),
    "audience changed": (lambda f: bent(f, leaves=[{**f.leaf(0), "audience": "managers"}, *f.parts().leaves[1:]]), "audiences"),
    "program changed": (lambda f: bent(f, programs={**f.programs, "managers": b"[]"}), "not the program that was signed"),
    "fact changed": (
        lambda f: bent(f, links=[*f.parts().links[:2], {**f.parts().links[2], "fact": "[1]"}, f.parts().links[3]]),
        "fact of link 8",
    ),
    "fact changed with its digest": (
        lambda f: bent(f, links=[*f.parts().links[:2], {**f.parts().links[2], "fact": "[1]", "digest": manifest.digest(b"[1]")}]),
        "Link 8 of the log does not follow",
    ),
    "first fact unchecked": (lambda f: bent(f, links=f.parts().links[1:]), "may not hold a fact"),
    "fact dropped": (lambda f: bent(f, links=[*f.parts().links[:2], f.parts().links[3]]), "Link 8 of the log is missing"),
    "last fact dropped": (lambda f: bent(f, links=f.parts().links[:-1]), "does not end where"),
    "head disagreeing": (lambda f: bent(f, heads=[f"8 {'0' * 64}", *f.parts().heads]), "does not hold what a head says"),
    "head from elsewhere": (
        lambda f: bent(f, heads=[f"999 {'0' * 64} mailed 2026-05-12T11:00:00Z", *f.parts().heads]),
        "does not hold what",
    ),
    "another's fact": (lambda f: bent(f, **chained([[1, "X", "somebody", "x", "y", {}]])), "something else than this release"),
    "not sealed": (lambda f: bent(f, **chained([[1, "X", f.release, "x", "y", {}]])), "does not say that this manifest was sealed"),
    "agreed and never sealed": (
        lambda f: bent(f, **chained([[1, "ReleaseAgreed", f.release, "x", "y", {"digest": manifest.digest(f.parts().manifest)}]])),
        "does not say that this manifest was sealed",
    ),
    "first roster dropped": (lambda f: bent(f, rosters=f.parts().rosters[1:]), "Roster 2 does not follow"),
    "middle roster dropped": (lambda f: bent(f, rosters=[f.parts().rosters[0], f.parts().rosters[2]]), "Roster 3 does not follow"),
    "roster half signed": (
        lambda f: bent(f, rosters=[{**f.parts().rosters[0], "signatures": f.parts().rosters[0]["signatures"][:1]}]),
        "not signed for LACORS",
    ),
}


def chained(facts: list[list[Any]]) -> Row:
    """Links and their head, made anew."""
    rows = links(facts)
    return {"links": rows, "heads": [f"{rows[-1]['number']} {rows[-1]['hash']}"]}


@pytest.mark.parametrize("name", STORIES)
def test_each_part_bent_on_its_own_is_refused_by_name(forge: Forge, name: str) -> None:
    bend, reason = STORIES[name]

    assert reason in refusal(bend(forge))


def test_a_member_s_key_changed_in_a_signed_roster_is_refused(forge: Forge) -> None:
    vouched = [dict(row) for row in forge.parts().rosters]
    vouched[2]["roster"] = vouched[2]["roster"].replace(forge.third.key.listed()["cose"], es256("thief").listed()["cose"])

    assert "signed something else" in refusal(bent(forge, rosters=vouched))


def test_a_roster_signed_by_the_new_members_alone_is_refused(forge: Forge) -> None:
    coup = Forge()
    people = [Person(f"{party} {n}", party, es256(f"{party}{n}")) for party in ("hse", "lacors") for n in (1, 2)]
    coup.add_roster(people, [people[0], people[2]])

    assert "Roster 4 is not signed for" in refusal(bundles.pack(coup.parts()))


def test_a_deputy_cannot_vouch_for_a_roster(forge: Forge) -> None:
    coup = Forge()
    people = [coup.renewed, coup.third, coup.chair, coup.other, coup.deputy]
    coup.add_roster(people, [coup.renewed, coup.deputy])

    assert "no roster lists as a signatory" in refusal(bundles.pack(coup.parts()))


def test_a_campaign_outside_a_deputy_s_scope_is_refused() -> None:
    other = Forge(changes={"campaign_id": "Another"})

    assert "may not sign for this campaign" in refusal(other.signed(good(other, other.renewed), good(other, other.deputy)))


def test_an_algorithm_not_on_the_list_is_refused() -> None:
    odd = rs256("odd")
    forge = Forge(chair=Person("LACoRS chair", "lacors", replace(odd, cose={**odd.cose, 3: -37})))

    assert "not allowed" in refusal(bundles.pack(forge.parts()))


def test_software_keys_prove_rehearsals_alone() -> None:
    forge = Forge(
        director=Person("HSE director", "hse", es256("program", software=True)), chair=Person("LACoRS chair", "lacors", eddsa("c"))
    )

    assert "rehearsals only" in refusal(bundles.pack(forge.parts()))
    assert verifier.check(bundles.pack(forge.parts()), Rules(rehearsal=True))


def test_a_password_counts_only_where_the_roster_and_the_caller_allow_it() -> None:
    forge = Forge()
    people = [forge.renewed, forge.third, forge.chair, forge.other]
    forge.add_roster(people, [forge.renewed, forge.chair], passwords=["hse"])
    nothing = dict.fromkeys(("credential", "nonce", "authenticator_data", "client_data", "signature"), "")
    by_password = {**good(forge, forge.renewed, roster=4), "method": "password", **nothing}
    raw = forge.signed(by_password, good(forge, forge.chair, roster=4))

    assert "with a password, which nobody can check again: accept it with --accept-passwords" in refusal(raw)
    assert verifier.check(raw, Rules(passwords=True))
    for_lacors = forge.signed(good(forge, forge.renewed, roster=4), {**good(forge, forge.chair, roster=4), "method": "password", **nothing})
    assert "with a password, which the roster does not allow" in refusal(for_lacors, Rules(passwords=True))


def test_more_readers_than_letters_of_every_case_can_be_for_are_refused() -> None:
    bent = Forge(changes={"readers": 51})

    assert "The readers and the letters do not agree" in refusal(bundles.pack(bent.parts()), Rules())
