"""Short walks, each towards one thing that must not happen."""

from campaigns.agreement import releases, schedules
from campaigns.drafting import messages
from campaigns.drafting.terms import Terms
from tests.campaigns import stories
from tests.campaigns.agreement.tampering import Tamper
from tests.campaigns.agreement.walk import WORDS, Walk
from tests.campaigns.posting import LEASE


def agreed(walk: Walk) -> Tamper:
    """Sealed and signed by both."""
    assert walk.submit() and walk.agree()
    return Tamper(walk)


def scheduled(walk: Walk) -> Tamper:
    """Signed by both and let go, in an hour."""
    tamper = agreed(walk)
    assert walk.schedule(when=walk.at + stories.HOUR)
    return tamper


def an_hour_later(walk: Walk) -> None:
    """The moment comes."""
    walk.wait(stories.HOUR)
    walk.tick()


def one_party_stops_it_and_the_other_schedules_it_again(walk: Walk) -> None:
    scheduled(walk)
    walk.stop(walk.house.hse)
    walk.schedule(walk.house.lacors)
    walk.tick()


def tampered(what: str, walk: Walk) -> None:
    """Agreed, scheduled, then something stored is changed, and the moment comes."""
    getattr(scheduled(walk), what)()
    an_hour_later(walk)


def an_earlier_release_s_bytes_and_signatures_are_lent(walk: Walk) -> None:
    tamper = agreed(walk)
    assert walk.end(walk.house.lacors, "returned") and walk.submit()
    tamper.the_whole_release_with_an_earlier_one()
    walk.schedule()
    walk.tick()


def another_body_signs_in_a_party_s_place(walk: Walk) -> None:
    tamper = Tamper(walk)
    assert walk.submit()
    tamper.the_parties()
    assert walk.sign(walk.house.hse)
    tamper.a_signature(walk.house.lacors, "ghost")
    walk.schedule()
    walk.tick()


def only_one_party_signs(walk: Walk) -> None:
    assert walk.submit() and walk.sign(walk.house.hse)
    walk.schedule()
    walk.tick()


def one_person_signs_for_both(walk: Walk) -> None:
    assert walk.submit() and walk.sign(walk.house.hse)
    Tamper(walk).a_second_signature_by_the_same_person(walk.house.hse, "lacors")
    walk.schedule()
    walk.tick()


def an_observer_s_signature_is_forged(walk: Walk) -> None:
    assert walk.submit() and walk.sign(walk.house.hse)
    Tamper(walk).a_signature(walk.house.observer, "lacors")
    walk.schedule()
    walk.tick()


def the_editor_s_signature_is_forged(walk: Walk) -> None:
    assert walk.edit(walk.house.lacors, 1) and walk.submit() and walk.sign(walk.house.hse)
    Tamper(walk).a_signature(walk.house.lacors, "lacors")
    walk.schedule()
    walk.tick()


def the_second_signature_comes_on_the_fifteenth_day(walk: Walk) -> None:
    assert walk.submit() and walk.sign(walk.house.hse)
    walk.wait(15 * stories.DAY)
    walk.sign(walk.house.lacors)
    walk.schedule()
    walk.tick()


def it_is_to_go_before_the_signed_earliest_time(walk: Walk) -> None:
    assert walk.edit(walk.house.drafter, WORDS.index(WORDS[2]))
    agreed(walk)
    walk.schedule(when=walk.at)
    walk.tick()


def a_worker_wakes_after_the_latest_time(walk: Walk) -> None:
    scheduled(walk)
    walk.wait(stories.HOUR)
    walk.tick(between=lambda: walk.wait(31 * stories.DAY))  # the claim is lost meanwhile, its letters still queued
    walk.send_chunks(walk.chunks())


def the_clock_wakes_after_the_latest_time(walk: Walk) -> None:
    scheduled(walk)
    walk.wait(31 * stories.DAY)
    walk.take(lambda session: schedules.begin_due(session, at=walk.at))
    walk.model.violations += ["a late release was begun"] if _state(walk) == "sending" else []


def it_goes_before_what_it_waits_for(walk: Walk) -> None:
    words = stories.words(terms=Terms(waits_for="Approach agreed"))
    assert walk.take(lambda session: messages.revise(session, walk.message, words, by=walk.house.drafter, at=walk.at))
    walk.model.revision += 1
    agreed(walk)
    walk.schedule()
    walk.tick()
    walk.model.violations += ["it had to wait"] if _state(walk) != "sealed" else []


def _state(walk: Walk) -> str:
    with walk.house.database.reading() as session:
        return releases.get(session, walk.latest).state


def it_is_stopped_while_a_worker_holds_it(walk: Walk) -> None:
    scheduled(walk)
    walk.wait(stories.HOUR)
    walk.tick(between=lambda: walk.stop(walk.house.hse))


def the_latest_time_passes_while_a_worker_holds_it(walk: Walk) -> None:
    agreed(walk)
    last = stories.LATEST - 10 * stories.MINUTE / 60
    assert walk.schedule(when=last)
    walk.wait(last - walk.at)
    walk.tick(between=lambda: walk.wait(stories.LATEST - walk.at))


def letters_are_queued_that_nobody_let_go(walk: Walk) -> None:
    agreed(walk).a_chunk()
    walk.send_chunks(walk.chunks())


def another_worker_takes_over(walk: Walk) -> None:
    scheduled(walk)
    walk.wait(stories.HOUR)
    taken: list[bool] = []

    def meanwhile() -> None:
        if not taken:
            taken.append(True)
            walk.wait(2 * LEASE)
            walk.send_chunks(walk.chunks())

    walk.tick(between=meanwhile)


def a_worker_sleeps_beyond_its_lease(walk: Walk) -> None:
    walk.ask_every = 1e9  # it had just been told that it may go on
    another_worker_takes_over(walk)


def other_bytes_are_signed_than_were_shown(walk: Walk) -> None:
    assert walk.submit()
    walk.sign(walk.house.hse, seen="f" * 64)


def a_returned_release_is_signed(walk: Walk) -> None:
    assert walk.submit() and walk.end(walk.house.lacors, "returned")
    walk.sign(walk.house.hse)


def a_signer_is_suspended(walk: Walk) -> None:
    scheduled(walk)
    assert walk.suspend(walk.house.lacors)
    an_hour_later(walk)


def a_signer_is_suspended_while_a_worker_holds_it(walk: Walk) -> None:
    scheduled(walk)
    walk.wait(stories.HOUR)
    walk.tick(between=lambda: walk.suspend(walk.house.lacors))
