"""What refuses while a release is sealed gives the message back; whoever gets no letter is left out, frozen with the reason."""

from collections.abc import Callable
from itertools import count
from typing import Any

import pytest
import sqlalchemy as sa
from sqlmodel import col, select

from audiences import people, preferences, sealing
from audiences.contacts import Given
from audiences.people import Person
from audiences.roles import Place
from campaigns.agreement import releases, sealed, seals
from campaigns.agreement.sealed import Particulars, SealedOmission
from campaigns.drafting import messages
from campaigns.foundation import clock, log
from campaigns.foundation.errors import Refused
from tests.campaigns.posting import Clock
from tests.workers.offices import CROWD, Office
from workers import rehearsal_cast
from workers.sealing import seal_release
from workers.tools import Tools


def refusing(step: Callable[..., Any], *, when: int) -> Callable[..., Any]:
    """The step, until it is asked for the so-manieth time."""
    asked = count(1)

    def refuse(*given: Any, **named: Any) -> Any:
        if next(asked) == when:
            raise Refused("This may not be.")
        return step(*given, **named)

    return refuse


def test_an_address_that_no_header_takes_is_left_out_and_holds_up_nobody_else(office: Office, tools: Tools, clock_now: Clock) -> None:
    given = Given("Inspector", "practitioner", Place("E07000223", "Adur", None), "a=?x@adur.test")
    with office.database.transaction() as session:
        people.insert(session, [given.row(source="from before it was refused")], at=clock.now())
    rehearsal_cast.submit(office.database, office.cast, variants=1)

    seal_release(office.submitted(), tools)

    said = releases.said(office.release())
    assert said is not None
    assert (office.release().state, said.readers, said.left_out) == ("sealed", CROWD, {"the reader has no usable address": 1})


@pytest.mark.parametrize("step", ["compile_variants", "keep_programs", "keep_letters", "seal"])
def test_whatever_refuses_while_it_is_sealed_gives_the_message_back_with_the_reason(
    office: Office, tools: Tools, clock_now: Clock, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    rehearsal_cast.submit(office.database, office.cast, variants=1)
    monkeypatch.setattr(sealing, "CHUNK", 10)
    monkeypatch.setattr(seals, step, refusing(getattr(seals, step), when=2 if step == "keep_letters" else 1))

    seal_release(office.submitted(), tools)

    release = office.release()
    assert (release.state, release.reason, release.sealed) == ("unsealed", "This may not be.", 0)
    with office.database.reading() as session:
        assert messages.get(session, release.message_id).state == "draft"
        assert log.read(log.history(session, release.id)[-1]) == seals.SealingFailed(reasons=["This may not be."])
        assert sealed.leaves(session, release.id) == []  # what had been frozen of anybody is gone
        assert session.exec(select(Particulars)).all() == []


def test_a_refusal_met_by_a_ghost_fails_nothing_of_the_worker_that_took_over(office: Office, tools: Tools, clock_now: Clock) -> None:
    rehearsal_cast.submit(office.database, office.cast, variants=1)
    dead = office.take(clock_now.at)
    clock_now.at += seals.CLAIM_LASTS
    office.take(clock_now.at)

    with office.database.transaction() as session:
        assert not seals.fail(session, dead, reasons=["Too late."], by="a ghost", at=clock_now.at)

    assert office.release().state == "sealing"


@pytest.mark.parametrize("reason", [preferences.REASON, preferences.REASON_ABOUT_ONE])
def test_who_is_left_out_is_frozen_with_the_reason_and_counted_in_what_is_signed(
    office: Office, tools: Tools, clock_now: Clock, reason: str
) -> None:
    rehearsal_cast.submit(office.database, office.cast, variants=1)
    with office.database.transaction() as session:
        first = session.exec(select(Person).order_by(col(Person.id))).first()
        assert first is not None
        about = office.release().campaign_id if reason == preferences.REASON_ABOUT_ONE else None
        preferences.stop(session, first.id, about=about, by="the reader", at=clock_now.at)

    seal_release(office.submitted(), tools)

    said = releases.said(office.release())
    assert said is not None
    assert (said.letters, said.readers, said.left_out) == (CROWD - 1, CROWD - 1, {reason: 1})
    with office.database.reading() as session:
        kept = session.exec(select(SealedOmission)).one()
        assert (kept.person_id, kept.reason) == (first.id, reason)
    for change in ("UPDATE sealed_omissions SET reason = 'none'", "DELETE FROM sealed_omissions"):
        with pytest.raises(sa.exc.IntegrityError, match="what was sealed"), office.database.transaction() as session:
            session.connection().exec_driver_sql(change)
