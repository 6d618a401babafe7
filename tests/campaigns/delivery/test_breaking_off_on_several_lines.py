"""What breaks off while several letters are under way: none is lost, sent twice or decided by guess; and a relay or a domain that says nothing."""

from typing import Any

import pytest

from campaigns.delivery import brakes, fates, sender, settling
from campaigns.delivery.brakes import Brake
from campaigns.delivery.claims import Waiting
from campaigns.delivery.fates import Fate
from campaigns.delivery.transport import Envelope, Outcome
from campaigns.foundation.database import Database
from tests.campaigns import posting, stories
from tests.campaigns.delivery.test_sending_on_several_lines import LETTERS, LINES, TAKEN, Overlapping, place, send, states, story_of


class Interrupt(BaseException):
    """As Dramatiq raises it, at any bytecode."""


def test_a_letter_of_which_nothing_was_decided_when_it_broke_off_is_unclear_and_never_queued(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    story, transport, of, hit = story_of(database), Overlapping(), fates.of, list[int]()

    def broken(letter: Waiting, outcome: Outcome, **how: Any) -> Fate:
        if letter.position == 4 and not hit:
            hit.append(1)
            raise Interrupt
        return of(letter, outcome, **how)

    monkeypatch.setattr(fates, "of", broken)
    with pytest.raises(Interrupt):
        send(story, transport)
    send(story, transport)

    assert states(story)[4] == "unknown" and [place(envelope) for envelope in transport.sent] == list(range(LETTERS))


SILENCE = Outcome("unknown", "dot", "TimeoutError: the relay took too long")


def test_after_a_relay_s_silence_it_is_tried_with_one_letter(database: Database) -> None:
    story, transport, brake = story_of(database), Overlapping(lambda _: SILENCE), Brake(silent=set("abc"), rests=1)
    claim = posting.claimed(story)
    posting.sender(database, transport, ask_every=60, brake=brake).send(claim)

    assert (states(story).count("unknown"), brake.rests) == (1, 2)


def test_a_silent_relay_is_left_alone_once_however_many_were_under_way(database: Database) -> None:
    readers = [stories.reader(0, person_id=stories.reader(number).person_id, address=f"post@c{number}.test") for number in range(LETTERS)]
    story = stories.sending_release(stories.house(database), size=100, readers=readers)
    transport, brake = Overlapping(lambda _: SILENCE), Brake()
    claim = posting.claimed(story)
    posting.sender(database, transport, ask_every=60, brake=brake).send(claim)

    assert brake.rests == 1 and states(story).count("unknown") <= brakes.SILENT + LINES - 1


def test_a_letter_whose_domain_was_shut_while_others_were_heard_is_not_begun(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    story, transport = story_of(database), Overlapping()
    claim = posting.claimed(story)
    renew = settling.renew

    def shutting(*args: Any, **how: Any) -> bool:
        claim.room.shut.add("council.test")
        return renew(*args, **how)

    monkeypatch.setattr(settling, "renew", shutting)
    monkeypatch.setattr(sender, "BATCH", 4)
    posting.sender(database, transport, ask_every=60).send(claim)

    assert len(transport.sent) == 4 + LINES - 1 and states(story) == ["accepted"] * len(transport.sent) + ["queued"] * (
        LETTERS - len(transport.sent)
    )


def test_whatever_is_wrong_with_one_answer_at_the_end_the_others_are_heard(database: Database) -> None:
    def says(envelope: Envelope) -> Outcome:
        if place(envelope) == LETTERS - 2:
            raise ZeroDivisionError
        return TAKEN

    story = story_of(database)
    with pytest.raises(ZeroDivisionError):
        send(story, Overlapping(says))

    assert states(story) == [*["accepted"] * (LETTERS - 2), "unknown", "accepted"]
