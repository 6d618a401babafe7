"""A letter whose reply was not heard: the relay's log settles it, or an officer is asked; and nothing is sent again on a guess."""

import pytest
from sqlmodel import select

from campaigns.agreement import releases, sealed
from campaigns.delivery import decisions, fates, settling, unclear
from campaigns.delivery.deliveries import Delivery
from campaigns.delivery.retries import USUAL
from campaigns.delivery.transport import Outcome
from campaigns.foundation.errors import TryLater
from tests import touch_log
from tests.campaigns import posting, stories
from tests.campaigns.delivery import relays
from tests.campaigns.stories import NOON
from tests.workers.facts import fact
from tests.workers.unclear_letters import SECOND, Scene
from workers import projecting, resolving, sending


def test_a_letter_the_log_shows_is_counted_as_sent_once_the_log_covers_its_time(scene: Scene) -> None:
    scene.took(2)
    assert scene.look(59) == "unknown"
    scene.knocked(59)
    assert scene.look(61) == "unknown"
    scene.knocked(61)

    assert scene.look(62) == "accepted"

    assert scene.row().reply == "The mail relay’s log shows that it took it (4A2)"
    (event,) = scene.resolved()
    assert (event.accepted, event.queued, event.held, event.missed) == (1, 0, 0, 0)
    assert scene.look(63) == "accepted" and len(scene.resolved()) == 1


def test_a_letter_that_a_log_which_goes_on_does_not_show_goes_again(scene: Scene) -> None:
    scene.write(1, "postfix/smtpd", "4A2: client=unknown[127.0.0.1]")
    scene.write(1, "postfix/smtpd", "lost connection after DATA (90 bytes) from unknown[127.0.0.1]")
    scene.write(1, "postfix/cleanup", f"4A2: message-id={scene.message_id()}")
    scene.knocked(61)

    assert scene.look(62) == "queued"

    assert scene.send() == 1 and scene.story.tally()["accepted"] == 3
    assert scene.row().maybe_twice is False


def test_a_letter_that_waits_in_a_relay_which_is_behind_does_not_go_again(scene: Scene) -> None:
    scene.write(1, "postfix/cleanup", f"4A2: message-id={scene.message_id()}")
    scene.knocked(61)

    assert [scene.look(seconds) for seconds in (62, 599)] == ["unknown"] * 2
    scene.took(598)
    assert scene.look(600) == "accepted"


def test_a_letter_that_a_relay_began_to_take_and_said_no_more_of_is_put_before_an_officer(scene: Scene) -> None:
    scene.write(1, "postfix/cleanup", f"4A2: message-id={scene.message_id()}")
    scene.knocked(61)
    assert [scene.look(seconds) for seconds in (62, 601)] == ["unknown", "held"]
    assert (scene.row().reply or "").startswith(unclear.BEGUN)


def test_a_log_that_is_slow_is_waited_for(scene: Scene) -> None:
    assert [scene.look(seconds) for seconds in (61, 120, 599)] == ["unknown"] * 3
    scene.took(3)
    scene.knocked(599)

    assert scene.look(600) == "accepted"


def test_a_log_in_which_nothing_new_appears_is_given_up_and_an_officer_is_asked(scene: Scene) -> None:
    assert [scene.look(seconds) for seconds in (61, 600, 601)] == ["unknown", "unknown", "held"]

    assert scene.row().reply == f"{unclear.SILENT}. What was heard last: the relay closed the connection"
    assert scene.resolved()[0].held == 1


def test_what_a_log_shows_that_was_given_up_counts_all_the_same(scene: Scene) -> None:
    scene.took(1)

    assert [scene.look(seconds) for seconds in (61, 601)] == ["unknown", "accepted"]


def test_a_log_that_cannot_be_read_leaves_the_letter_to_an_officer(scene: Scene) -> None:
    scene.log.unlink()
    assert [scene.look(seconds) for seconds in (61, 120)] == ["unknown"] * 2

    assert scene.look(122) == "held"

    assert "could not be read (No such file or directory)" in (scene.row().reply or "")


def test_where_no_log_is_set_up_an_officer_is_asked_at_the_next_look(scene: Scene) -> None:
    scene.without_a_log()

    assert scene.look(0) == "held"

    assert (scene.row().reply or "").startswith(unclear.NO_LOG)


def test_a_log_that_begins_too_late_leaves_the_letter_to_an_officer(scene: Scene) -> None:
    scene.log.unlink()
    scene.knocked(61)

    assert scene.look(62) == "held"

    assert (scene.row().reply or "").startswith(unclear.TOO_SHORT)


def test_somebody_else_s_letter_with_our_message_id_neither_counts_nor_lets_ours_go_again(scene: Scene) -> None:
    scene.took(1, sender="forger@elsewhere.test")
    scene.knocked(61)

    assert scene.look(62) == "held"

    assert (scene.row().reply or "").startswith(unclear.DOUBTFUL)


@pytest.mark.parametrize(("kept", "state"), [("a-former-secret-of-the-house-long-enough", "accepted"), (None, "held")])
def test_a_letter_that_went_under_a_secret_replaced_since_is_never_sent_again(scene: Scene, kept: str | None, state: str) -> None:
    scene.tools.settings = scene.tools.settings.model_copy(update={"former_secret_keys": kept})
    scene.took(1, secret="a-former-secret-of-the-house-long-enough")
    scene.knocked(61)

    assert scene.look(62) == state


def test_the_clock_of_a_relay_that_is_slow_makes_nothing_go_twice(scene: Scene) -> None:
    scene.write(-400, "postfix/master", "reload")
    scene.took(-290)  # five minutes slow
    scene.knocked(61)

    assert scene.look(361) == "accepted"


def test_the_relay_is_knocked_at_until_the_log_covers_the_time(scene: Scene) -> None:
    with relays.relay(NOOP="250 ok") as relay:
        scene.tools.settings = scene.tools.settings.model_copy(update={"smtp_url": relay.url})
        scene.look(61)
        asked = [words.split()[0] for words in relay.asked]
        scene.knocked(61)
        scene.look(62)

    noops = resolving.noops(scene.tools)
    assert asked == ["ehlo", *["NOOP"] * noops, "QUIT"] == [words.split()[0] for words in relay.asked]
    assert relay.taken == []


def test_a_letter_of_a_release_that_has_ended_does_not_go_again(scene: Scene) -> None:
    with scene.story.database.transaction() as session:
        releases.withdraw(session, scene.story.release, reason="No", by=scene.story.house.hse, at=NOON)
    scene.knocked(61)

    assert scene.look(62) == "missed"

    assert scene.resolved()[0].missed == 1


def test_an_officer_who_was_quicker_is_not_overruled(scene: Scene) -> None:
    with scene.story.database.reading() as session:
        (letter,) = unclear.waiting(session, before=NOON)
    with scene.story.database.transaction() as session:
        decisions.decide(session, scene.story.release, 0, verdict="leave", by=scene.story.house.drafter, at=NOON)
    finding = unclear.Finding(unclear.AGAIN, unclear.NOT_TAKEN)

    with scene.story.database.transaction() as session:
        assert unclear.settle(session, [(letter, finding)], seen=NOON, at=NOON) == 0

    assert scene.row().state == "left" and scene.resolved() == []


def test_a_letter_that_became_unclear_again_after_it_was_looked_at_is_another_question(scene: Scene) -> None:
    with scene.story.database.reading() as session:
        (letter,) = unclear.waiting(session, before=NOON)
    with scene.story.database.transaction() as session:
        session.get_one(Delivery, (scene.story.release, 0)).at = NOON + SECOND
    finding = unclear.Finding(unclear.AGAIN, unclear.NOT_TAKEN)

    with scene.story.database.transaction() as session:
        assert unclear.settle(session, [(letter, finding)], seen=NOON, at=NOON + 2 * SECOND) == 0


def test_a_letter_whose_reader_was_erased_is_left_to_an_officer(scene: Scene) -> None:
    with scene.story.database.transaction() as session:
        sealed.erase(session, [stories.READERS[0].person_id])
    scene.knocked(61)

    assert scene.look(62) == "held"


def test_coverage_and_the_release_follow_what_was_found_out(scene: Scene) -> None:
    scene.took(1)
    scene.knocked(61)
    scene.look(62)
    entry = fact(scene.story.database, unclear.LettersResolved)

    projecting.recount_reach(entry, scene.tools)
    sending.close_release(entry, scene.tools)

    assert scene.story.state() == "sent"
    with scene.story.database.reading() as session:
        assert len(touch_log.of_campaign(session, scene.story.house.campaign)) == 3


def test_a_reply_that_comes_late_settles_a_letter_that_waits_for_an_officer(scene: Scene) -> None:
    scene.without_a_log()
    scene.put("queued")
    taken = posting.claimed(scene.story)
    scene.put("unknown")
    scene.look(1)

    with scene.story.database.transaction() as session:
        yes = Outcome("accepted", "dot", "250 ok")
        fate = fates.of(taken.letters[0], yes, release_id=scene.story.release, plan=USUAL, at=NOON)
        settling.settle(session, taken.hand, [fate], at=NOON)

    assert scene.row().state == "accepted"


def test_all_letters_of_a_chunk_are_settled_at_one_look_and_told_of_together(scene: Scene) -> None:
    scene.without_a_log()
    with scene.story.database.transaction() as session:
        for row in session.exec(select(Delivery)):
            row.sqlmodel_update({"state": "unknown", "reply": None, "way": scene.tools.way})

    scene.look(1)

    assert scene.story.tally()["held"] == 3 and [event.held for event in scene.resolved()] == [3]


def test_a_doubted_clock_settles_nothing(scene: Scene) -> None:
    scene.tools.doubt = lambda: "The clock jumped"
    scene.without_a_log()

    with pytest.raises(TryLater, match="The clock jumped"):
        scene.look(99)

    assert scene.row().state == "unknown"
