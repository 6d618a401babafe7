"""Attacks on the act of signing: twice, again, elsewhere, without the person, from another place, or over other bytes."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlmodel import Session

from campaigns.agreement import nonces, passkeys, releases, signatures, software_keys
from campaigns.agreement.identity import Evidence
from campaigns.agreement.passkeys import Site
from campaigns.agreement.signatures import Signature
from campaigns.drafting import messages
from campaigns.foundation.officers import Officer
from tests.attacks.conftest import Held
from tests.attacks.scene import Scene, write_down
from tests.campaigns import stories
from tests.campaigns.agreement.removals import lifted
from tests.campaigns.stories import NOON, Story


def evidence(attack: Scene, story: Story, by: Officer) -> Evidence:
    """What this person's key answers to what their page shows."""
    with attack.house.database.transaction() as session:
        return stories.evidence(session, story.release, by)


def offers(attack: Scene, story: Story, by: Officer, given: Evidence, *, seen: str | None = None) -> bool:
    """This evidence, offered for this person's signature."""
    seen = seen or story.digest()
    return attack.tries(lambda session: releases.sign(session, story.release, seen=seen, evidence=given, by=by, at=NOON))


def given(attack: Scene, story: Story) -> list[Signature]:
    with attack.house.database.reading() as session:
        return signatures.given(session, story.release)


def test_a15_approved_in_the_moment_of_an_edit(attack: Scene, held: Held) -> None:
    """In step here; tests/processes/races.py plays it at once, a thousand times."""
    story = stories.half_signed_release(attack.house)
    mine, seen = evidence(attack, story, attack.house.lacors), story.digest()
    with attack.house.database.transaction() as session:
        messages.revise(session, story.message, stories.words(subject="Other words"), by=attack.house.drafter, at=NOON)

    assert not offers(attack, story, attack.house.lacors, mine, seen=seen)
    held(story, "edited between the page and the signature", "changed")


def test_a16_approved_in_the_moment_of_a_withdrawal(attack: Scene, held: Held) -> None:
    story = stories.half_signed_release(attack.house)
    mine = evidence(attack, story, attack.house.lacors)
    with attack.house.database.transaction() as session:
        releases.withdraw(session, story.release, reason="Not now.", by=attack.house.hse, at=NOON)

    assert not offers(attack, story, attack.house.lacors, mine)
    held(story, "withdrawn between the page and the signature", "This release is withdrawn")


def test_a17_both_second_approvals_at_once_make_one(attack: Scene) -> None:
    story = stories.half_signed_release(attack.house)
    two = [(by, evidence(attack, story, by)) for by in (attack.house.lacors, attack.house.lacors_other)]

    assert [offers(attack, story, by, mine) for by, mine in two] == [True, False]
    assert [one.party for one in given(attack, story)] == ["hse", "lacors"]
    assert attack.push(story) == len(stories.READERS)
    again = attack.push(story) - len(stories.READERS)
    write_down("A17", "both second signatures at once; everything done twice", attack.refusals[0], again, len(stories.READERS))
    assert again == 0


def test_a18_a_captured_approval_is_sent_again(attack: Scene, held: Held) -> None:
    story = stories.waiting_release(attack.house)
    mine = evidence(attack, story, attack.house.hse)

    assert [offers(attack, story, attack.house.hse, mine) for _ in range(2)] == [True, False]
    assert len(given(attack, story)) == 1
    held(story, "a captured approval, sent again", "You have signed this already")


def test_a19_a_captured_approval_is_used_on_the_same_words_elsewhere(attack: Scene, held: Held) -> None:
    first, second = stories.waiting_release(attack.house), stories.half_signed_release(attack.house)
    captured = evidence(attack, first, attack.house.lacors)

    assert not offers(attack, second, attack.house.lacors, captured)
    held(second, "an approval of the same words in another release", "does not hold")


def test_a20_a_spent_assertion_is_offered_again(attack: Scene, held: Held) -> None:
    story = stories.half_signed_release(attack.house)
    mine = evidence(attack, story, attack.house.lacors)
    assert offers(attack, story, attack.house.lacors, mine)
    with attack.house.database.transaction() as session:
        lifted(session)
        session.delete(next(one for one in signatures.given(session, story.release) if one.party == "lacors"))

    assert not offers(attack, story, attack.house.lacors, mine)
    held(story, "an assertion whose nonce is spent", "signed too late, or signed before")


def answer(
    session: Session, story: Story, by: Officer, *, site: Site = software_keys.SITE, flags: int = 0x05, over: bytes = b"", **client: object
) -> Evidence:
    """A key's answer, bent."""
    release = releases.get(session, story.release)
    nonce = nonces.issue(session, purpose=passkeys.RELEASE, digest=str(release.digest), by=by, at=NOON)
    challenge = passkeys.challenge(passkeys.RELEASE, over or release.manifest or b"", passkeys.decode(nonce))
    return Evidence("software", NOON, software_keys.assertion(by.id, challenge, nonce, site, flags=flags, **client).to_dict())


BENT: dict[str, dict[str, object]] = {
    "a21 without the person verified": {"flags": 0x01},
    "a21 without the person present": {"flags": 0x04},
    "a22 at another origin": {"origin": "https://evil.test"},
    "a22 at another site": {"site": Site("evil.test", ("http://localhost:8000",))},
    "a22 over another scheme": {"origin": "https://localhost:8000"},
    "a22 inside another site's frame": {"crossOrigin": True},
    "a22 for an enrolment": {"type": "webauthn.create"},
    "a23 over another challenge": {"over": b"another digest"},
}


@pytest.mark.parametrize("how", BENT)
def test_a21_a22_a23_an_assertion_that_is_not_the_person_s_over_these_bytes_here(attack: Scene, held: Held, how: str) -> None:
    story = stories.half_signed_release(attack.house)
    with attack.house.database.transaction() as session:
        bent = answer(session, story, attack.house.lacors, **BENT[how])  # type: ignore[arg-type]

    assert not offers(attack, story, attack.house.lacors, bent)
    held(story, f"an assertion {how.partition(' ')[2]}", "does not hold")


BORROWED: dict[str, Callable[[Evidence], Evidence]] = {
    "another method": lambda given: replace(given, method="password"),
    "a method nobody knows": lambda given: replace(given, method="telephone"),
    "no assertion at all": lambda given: replace(given, detail={}),
}


@pytest.mark.parametrize("how", BORROWED)
def test_a23_evidence_of_another_kind(attack: Scene, held: Held, how: str) -> None:
    story = stories.half_signed_release(attack.house)
    mine = BORROWED[how](evidence(attack, story, attack.house.lacors))

    assert not offers(attack, story, attack.house.lacors, mine)
    held(story, f"evidence that is {how}", attack.refusals[0])
