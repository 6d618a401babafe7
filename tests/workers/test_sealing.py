"""What was submitted is sealed in chunks that can be watched, taken over from a worker that died, or given back with a reason."""

from dataclasses import dataclass, field
from datetime import datetime

import pytest

from audiences import people, sealing
from audiences.pilot import demo
from campaigns.agreement import sealed, seals
from campaigns.drafting import messages
from campaigns.foundation import clock, log
from campaigns.foundation.errors import NotAllowedNow, TryLater
from tests.campaigns.posting import Clock
from tests.workers.offices import CROWD, Office
from workers import rehearsal_cast
from workers.sealing import seal_release
from workers.tools import Tools


@dataclass
class Watch:
    """A clock that looks at the release whenever somebody asks it the time, as a page does between chunks."""

    office: Office
    seen: list[tuple[str, int, int]] = field(default_factory=list)

    def __call__(self) -> datetime:
        release = self.office.release()
        self.seen.append((release.state, release.sealed, release.people))
        return clock.now()


def test_sealing_is_seen_to_go_on_chunk_by_chunk(office: Office, tools: Tools, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealing, "CHUNK", 10)
    rehearsal_cast.submit(office.database, office.cast, variants=3)
    tools.clock = watch = Watch(office)

    seal_release(office.submitted(), tools)

    progress = list(dict.fromkeys(watch.seen))
    assert progress == [("sealing", 0, 0), ("sealing", 0, 30), ("sealing", 10, 30), ("sealing", 20, 30), ("sealing", 30, 30)]
    assert office.release().state == "sealed"


def test_a_release_heard_of_twice_is_sealed_once(office: Office, tools: Tools, clock_now: Clock) -> None:
    rehearsal_cast.submit(office.database, office.cast, variants=1)
    seal_release(office.submitted(), tools)
    digest = office.release().digest

    seal_release(office.submitted(), tools)

    assert office.release().digest == digest is not None


def test_while_another_worker_seals_this_one_comes_back_later(office: Office, tools: Tools, clock_now: Clock) -> None:
    rehearsal_cast.submit(office.database, office.cast, variants=1)
    office.take(clock_now.at)

    with pytest.raises(TryLater):
        seal_release(office.submitted(), tools)


def test_a_dead_workers_sealing_is_taken_over_from_the_start_and_its_ghost_can_add_nothing(
    office: Office, tools: Tools, clock_now: Clock
) -> None:
    rehearsal_cast.submit(office.database, office.cast, variants=1)
    dead = office.take(clock_now.at)
    programs = seals.compile_variants(dead, sender=tools.source)
    with office.database.transaction() as session:
        seals.keep_programs(session, dead, programs, people=CROWD, at=clock_now.at)
    clock_now.at += seals.CLAIM_LASTS

    seal_release(office.submitted(), tools)

    with office.database.reading() as session:
        assert len(sealed.leaves(session, dead.release_id)) == office.release().people == CROWD
    assert office.release().state == "sealed"
    with office.database.transaction() as session, pytest.raises(NotAllowedNow, match="Another worker"):
        seals.keep_programs(session, dead, programs, people=CROWD, at=clock_now.at)


def test_a_blank_that_would_stay_empty_gives_the_message_back_with_the_reason(office: Office, tools: Tools, clock_now: Clock) -> None:
    with office.database.transaction() as session:
        demo.load(session, by=office.cast.drafter, at=clock_now.at)
    office.submit("Dear ((name)) in ((region)).", "unions")

    seal_release(office.submitted(), tools)

    release = office.release()
    assert (release.state, release.digest) == ("unsealed", None)
    assert "((region)) is empty for" in str(release.reason)
    assert "in unions" in str(release.reason)
    with office.database.reading() as session:
        assert messages.get(session, release.message_id).state == "draft"
        assert sealed.leaves(session, release.id) == []


def test_an_audience_of_nobody_gives_the_message_back(office: Office, tools: Tools, clock_now: Clock) -> None:
    office.submit("Hello.", "unions")

    seal_release(office.submitted(), tools)

    assert (office.release().state, office.release().reason) == ("unsealed", "Nobody is in the audiences chosen.")


def test_a_rehearsal_refuses_to_write_to_anybody_outside_test(office: Office, tools: Tools, clock_now: Clock) -> None:
    with office.database.transaction() as session:
        outside = "someone@council.gov.uk"
        people.add(session, name="A post", role="practitioner", place="E07000223", address=outside, by=office.cast.drafter, at=clock_now.at)
    office.submit("Hello.", "practitioners")

    seal_release(office.submitted(), tools)

    assert office.release().state == "unsealed"
    assert "addresses under .test only" in str(office.release().reason)


def test_a_fact_about_something_else_is_not_sealed(office: Office, tools: Tools) -> None:
    with office.database.reading() as session:
        other = log.latest(session)[0]

    with pytest.raises(Exception, match="not about a submitted revision"):
        seal_release(other, tools)
