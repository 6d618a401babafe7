"""A signatory proposes, the author accepts, and the signatory may still sign."""

from uuid import UUID

import pytest

from campaigns.drafting import messages, proposals
from campaigns.foundation.database import Database
from campaigns.foundation.errors import Invalid, NotAllowedNow, NotFound, NotYours
from tests.campaigns.stories import NOON, House, Story, drafted, house, seal, submitted, words

OTHER = words(core="Wording a signatory would sign.")


def proposed(lopp: House, message_id: UUID) -> UUID:
    with lopp.database.transaction() as session:
        return proposals.propose(session, message_id, OTHER, by=lopp.lacors, at=NOON)


def answered(lopp: House, proposal: UUID, *, accept: bool = True) -> None:
    with lopp.database.transaction() as session:
        proposals.answer(session, proposal, accept=accept, by=lopp.drafter, at=NOON)


def test_the_proposer_of_accepted_words_may_sign_them(database: Database) -> None:
    lopp = house(database)
    message_id = drafted(lopp)

    answered(lopp, proposed(lopp, message_id))

    with database.reading() as session:
        assert messages.editors(session, message_id) == {lopp.drafter.id}
        assert messages.current(session, messages.get(session, message_id)).read().core == OTHER.core
        assert proposals.open_for(session, message_id) == []
    release = submitted(lopp, message_id)
    seal(lopp, release)
    Story(lopp, message_id, release).sign(lopp.lacors)


def test_a_proposal_changes_nothing_until_it_is_accepted(database: Database) -> None:
    lopp = house(database)
    message_id = drafted(lopp)
    proposal = proposed(lopp, message_id)

    with database.reading() as session:
        assert [row.id for row in proposals.open_for(session, message_id)] == [proposal]
        mine, theirs = (proposals.open_to(session, officer.id) for officer in (lopp.drafter, lopp.hse))
        assert ([(row.id, message.id) for row, message in mine], theirs) == ([(proposal, message_id)], [])
        assert messages.get(session, message_id).revision == 1
    answered(lopp, proposal, accept=False)

    with database.reading() as session:
        assert messages.get(session, message_id).revision == 1 and proposals.open_for(session, message_id) == []


def test_a_proposal_is_answered_once_and_by_somebody_else(database: Database) -> None:
    lopp = house(database)
    proposal = proposed(lopp, drafted(lopp))

    with database.transaction() as session, pytest.raises(NotYours):
        proposals.answer(session, proposal, accept=True, by=lopp.lacors, at=NOON)
    answered(lopp, proposal)

    with pytest.raises(NotAllowedNow):
        answered(lopp, proposal)


def test_a_proposal_for_words_that_have_changed_is_declined_only(database: Database) -> None:
    lopp = house(database)
    message_id = drafted(lopp)
    proposal = proposed(lopp, message_id)
    with database.transaction() as session:
        messages.revise(session, message_id, words(title="Other"), by=lopp.drafter, at=NOON)

    with pytest.raises(NotAllowedNow, match="changed since"):
        answered(lopp, proposal)
    answered(lopp, proposal, accept=False)


def test_an_observer_neither_proposes_nor_answers(database: Database) -> None:
    lopp = house(database)
    message_id = drafted(lopp)
    proposal = proposed(lopp, message_id)

    with database.transaction() as session, pytest.raises(NotYours):
        proposals.propose(session, message_id, OTHER, by=lopp.observer, at=NOON)
    with database.transaction() as session, pytest.raises(NotYours):
        proposals.answer(session, proposal, accept=True, by=lopp.observer, at=NOON)


def test_words_that_cannot_be_sealed_cannot_be_proposed(database: Database) -> None:
    lopp = house(database)
    message_id = drafted(lopp)

    with database.transaction() as session, pytest.raises(Invalid):
        proposals.propose(session, message_id, words(core="((wrong))"), by=lopp.lacors, at=NOON)
    with database.transaction() as session, pytest.raises(NotFound):
        proposals.answer(session, message_id, accept=True, by=lopp.drafter, at=NOON)
