"""The rosters in a bundle: where their chain may begin, who may stand in one, and since when it stands."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from campaigns.agreement import bundles, manifest, passkeys, verifier
from campaigns.agreement.verifier import Rules
from tests.campaigns.agreement.forging import NOON, Forge, Person, Row, es256, roster
from tests.campaigns.agreement.test_verifier import refusal

HOUR = timedelta(hours=1)


def vouched(forge: Forge, *rosters: Row) -> bytes:
    """The good bundle with these rosters in place of its own."""
    return bundles.pack(replace(forge.parts(), rosters=list(rosters)))


def trusting(roster: Row) -> Rules:
    """Whoever had this roster's fingerprint from a party."""
    return Rules(trust=manifest.digest(roster["roster"].encode()))


def test_the_chain_may_begin_with_the_very_roster_that_is_trusted_and_with_no_other(forge: Forge) -> None:
    first, second, third = forge.parts().rosters

    assert [one.said["version"] for one in verifier.check(vouched(forge, third), trusting(third)).rosters] == [3]
    assert "Roster 3 does not follow" in refusal(vouched(forge, third), trusting(second))
    assert "Roster 3 does not follow" in refusal(vouched(forge, first, third), trusting(third))


def test_a_founding_roster_is_signed_for_both_parties_though_it_is_trusted(forge: Forge) -> None:
    first, *later = forge.parts().rosters

    assert "not signed for LACORS" in refusal(vouched(forge, first | {"signatures": first["signatures"][:1]}, *later), trusting(first))


def founded(forge: Forge, people: list[Person], **changes: Any) -> bytes:
    """A bundle with a single roster of these people."""
    founding = Forge(director=forge.director, chair=forge.chair)
    founding.vouched.clear()
    founding.add_roster(people, [forge.director, forge.chair], **changes)
    return bundles.pack(founding.parts())


def test_a_roster_lists_a_person_and_a_key_once_two_parties_and_two_signatories_of_each(forge: Forge) -> None:
    mine, everybody = forge.director, [forge.director, forge.third, forge.chair, forge.other]
    twin, own_key = replace(mine, post="HSE twin"), replace(mine, key=es256("a second key"))

    assert "Roster 1 lists a person or a key twice" in refusal(founded(forge, [*everybody, twin]))
    assert "Roster 1 lists a person or a key twice" in refusal(founded(forge, [*everybody, own_key]))
    for parties in (["hse"], ["hse", "hse"]):
        assert "Roster 1 names fewer than two parties" in refusal(founded(forge, everybody, parties=parties))
    assert "Roster 1 has fewer than two signatories for a party" in refusal(founded(forge, [mine, forge.deputy, forge.chair, forge.third]))


def test_what_a_key_signed_for_another_site_than_the_roster_names_is_refused(forge: Forge) -> None:
    everybody = [forge.director, forge.third, forge.chair, forge.other]

    assert "signed for another site" in refusal(founded(forge, everybody, rp_id="elsewhere.test"))


def test_a_later_roster_may_have_a_single_signatory_left_for_a_party(forge: Forge) -> None:
    fewer = Forge(director=forge.director, chair=forge.chair)
    fewer.add_roster([fewer.renewed, fewer.chair, fewer.other], [fewer.renewed, fewer.chair])

    assert verifier.check(
        fewer.signed(*(one.sign(fewer.parts().manifest, at=NOON, roster=4) for one in (fewer.renewed, fewer.chair))), Rules()
    )


def test_a_roster_stands_since_its_last_signature_in_whatever_order_they_are_listed(forge: Forge) -> None:
    *earlier, third = forge.parts().rosters
    body, late = third["roster"].encode(), NOON - HOUR
    given = [
        forge.renewed.sign(body, passkeys.ROSTER, at=late, roster=3),
        forge.other.sign(body, passkeys.ROSTER, at=late - HOUR, roster=3),
    ]

    assert verifier.check(vouched(forge, *earlier, third | {"signatures": given}), Rules()).rosters[-1].since == late


def test_whoever_is_in_no_roster_or_for_another_party_cannot_vouch_with_a_member_s_key(forge: Forge) -> None:
    *earlier, third = forge.parts().rosters
    renewed, other = third["signatures"]

    for lent in ({"officer": forge.deputy.id}, {"officer": "nobody"}, {"party": "hse"}):
        assert "no roster lists as a signatory" in refusal(vouched(forge, *earlier, third | {"signatures": [renewed, other | lent]}))


def test_a_password_vouches_under_a_roster_that_allows_it_and_under_no_other(forge: Forge) -> None:
    nothing = dict.fromkeys(("credential", "nonce", "authenticator_data", "client_data", "signature"), "")
    for allowed in (["hse"], []):
        ours = Forge(director=forge.director, chair=forge.chair)
        people = [ours.renewed, ours.third, ours.chair, ours.other]
        ours.add_roster(people, [ours.renewed, ours.chair], passwords=["hse"])
        ours.add_roster(people, [ours.renewed, ours.chair] if allowed else [ours.renewed, ours.third, ours.chair], passwords=allowed)
        first = ours.vouched[-1][1][0]
        first |= {"method": "password", **nothing}
        raw = ours.signed(*(one.sign(ours.parts().manifest, at=NOON, roster=5) for one in (ours.renewed, ours.chair)))

        assert "with a password" in refusal(raw)
        assert verifier.check(raw, Rules(passwords=True))


def test_what_was_signed_under_the_roster_of_its_time_stands_though_another_follows(forge: Forge) -> None:
    parts = forge.parts()
    body = roster(4, manifest.digest(forge.vouched[-1][0]), [forge.third, forge.old, forge.chair, forge.other])
    given = [one.sign(body, passkeys.ROSTER, at=NOON + 2 * HOUR, roster=4) for one in (forge.third, forge.chair)]
    later = replace(parts, rosters=[*parts.rosters, {"roster": body.decode(), "signatures": given}])
    ahead = [record | {"roster": 4} for record in parts.signatures]

    assert verifier.check(bundles.pack(later), Rules())
    assert "did not sign under the roster in force" in refusal(bundles.pack(replace(later, signatures=ahead)))


def test_a_release_of_two_parties_is_not_proved_under_a_roster_of_three(forge: Forge) -> None:
    ours = Forge(director=forge.director, chair=forge.chair)
    unions = [Person(f"Union {name}", "unions", es256(f"union {name}")) for name in ("secretary", "officer")]
    ours.vouched.clear()
    ours.add_roster(
        [ours.director, ours.third, ours.chair, ours.other, *unions],
        [ours.director, ours.chair, unions[0]],
        parties=["hse", "lacors", "unions"],
    )
    signed = [one.sign(ours.parts().manifest, at=NOON, roster=1) for one in (ours.director, ours.chair)]

    assert "is not in the roster" in refusal(ours.signed(*signed))
