"""One table of moves a life; one function that decides."""

import pytest

from campaigns.foundation import lifecycles
from campaigns.foundation.errors import NotAllowedNow

NOW, AGAIN = "This cannot be done now:", "Somebody may have changed it meanwhile. Look at it again."


def test_only_moves_in_the_table_are_made() -> None:
    for moves in lifecycles.LIVES.values():
        states = {state for steps in moves.values() for pair in steps.items() for state in pair}
        for verb, steps in moves.items():
            for state in states:
                if state in steps:
                    assert lifecycles.move(moves, state, verb) == steps[state]
                else:
                    said = f"This cannot be done now: the [a-z]+ {lifecycles.said(state)}. Somebody|This {lifecycles.said(state)} already"
                    with pytest.raises(NotAllowedNow, match=said):
                        lifecycles.move(moves, state, verb)


@pytest.mark.parametrize(
    ("state", "verb", "sentence"),
    [
        ("sending", "schedule", f"{NOW} the release is going out. {AGAIN}"),
        ("superseded", "withdraw", f"{NOW} the release was replaced. {AGAIN}"),
        ("withdrawn", "withdraw", "This is withdrawn already."),
        ("returned", "return", "This is returned already."),
        ("sent", "finish", f"{NOW} the release has gone out. {AGAIN}"),
    ],
)
def test_a_refused_move_says_the_state_in_officers_words(state: str, verb: str, sentence: str) -> None:
    with pytest.raises(NotAllowedNow) as refusal:
        lifecycles.move(lifecycles.RELEASE, state, verb)

    assert refusal.value.sentence == sentence


@pytest.mark.parametrize("life", lifecycles.LIVES)
def test_every_state_there_is_is_said_in_words_of_a_sentence(life: str) -> None:
    bare = {"submitted", "withdrawn", "sealed", "returned", "scheduled", "stopped", "accepted", "rejected", "removed", "held", "declined"}
    states = {state for steps in lifecycles.LIVES[life].values() for pair in steps.items() for state in pair}
    assert states - set(lifecycles.SAID) <= bare  # “is” and the state's own name


def test_a_verb_nobody_knows_is_refused() -> None:
    with pytest.raises(NotAllowedNow):
        lifecycles.move(lifecycles.RELEASE, "sealed", "approve")


@pytest.mark.parametrize("state", ["returned", "superseded", "lapsed", "withdrawn"])
def test_a_release_that_ended_never_moves_again(state: str) -> None:
    assert not any(state in steps for steps in lifecycles.RELEASE.values())


def test_a_release_that_has_gone_can_only_be_added_to_or_withdrawn_and_one_that_was_missed_only_withdrawn() -> None:
    after = {state: [verb for verb, steps in lifecycles.RELEASE.items() if state in steps] for state in ("sent", "missed")}
    assert after == {"sent": ["add to", "withdraw"], "missed": ["withdraw"]}


def test_nothing_unclear_is_attempted_before_somebody_or_some_evidence_says_so() -> None:
    after = {state: [verb for verb, steps in lifecycles.DELIVERY.items() if state in steps] for state in ("unknown", "held", "left")}
    late = ["accept", "reject", "defer", "give back"]  # its own worker answers after all, or that worker's journal turns up
    assert {state: sorted(verbs) for state, verbs in after.items()} == {
        "unknown": sorted([*late, "hold", "lose", "count as sent", "send again", "leave", "bounce"]),
        "held": sorted([*late, "lose", "count as sent", "send again", "leave", "bounce"]),
        "left": ["bounce"],
    }
    assert lifecycles.before(lifecycles.DELIVERY, "attempt") == {"queued"}
