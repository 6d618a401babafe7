"""A message and its revisions: who wrote what, and what counts as a change."""

from datetime import timedelta

import pytest

from campaigns.drafting import messages
from campaigns.foundation import log
from campaigns.foundation.database import Database
from campaigns.foundation.errors import Invalid, NotAllowedNow, NotFound, NotYours
from tests.campaigns.stories import NOON, drafted, house, submitted, words


def test_a_draft_has_a_reference_its_words_and_its_fact(database: Database) -> None:
    lopp = house(database)

    message_id = drafted(lopp)

    with database.reading() as session:
        message = messages.get(session, message_id)
        assert (message.state, message.revision, message.title) == ("draft", 1, "What LOPP is")
        assert len(message.reference) == 9 and set(message.reference) <= set(messages.ALPHABET + "-")
        assert messages.current(session, message).read() == words()
        assert [entry.kind for entry in log.history(session, message_id)] == ["MessageDrafted"]


def test_a_change_is_a_new_revision_and_the_old_one_stays(database: Database) -> None:
    lopp = house(database)
    message_id = drafted(lopp)

    with database.transaction() as session:
        assert messages.revise(session, message_id, words(core="Other words"), by=lopp.hse, at=NOON)

    with database.reading() as session:
        assert [(row.number, row.by_name) for row in messages.revisions(session, message_id)] == [(2, "HSE director"), (1, "HSE drafter")]
        assert messages.revision(session, message_id, 1).read().core == words().core
        assert messages.revision_each(session, {message_id: 2})[message_id].by_name == "HSE director"
        assert messages.editors(session, message_id) == {lopp.drafter.id, lopp.hse.id}
        assert log.read(log.history(session, message_id)[-1]) == messages.MessageRevised(revision=2, changed=["core"])


def test_saving_without_a_change_changes_nothing(database: Database) -> None:
    lopp = house(database)
    message_id = drafted(lopp)

    with database.transaction() as session:
        same = words(core=words().core.replace("\n", "\r\n") + "\r\n")
        assert not messages.revise(session, message_id, same, by=lopp.lacors, at=NOON)

    with database.reading() as session:
        assert messages.get(session, message_id).revision == 1
        assert lopp.lacors.id not in messages.editors(session, message_id)
        assert len(log.history(session, message_id)) == 1


def test_saving_unchanged_words_is_no_refusal_even_when_their_time_has_passed(database: Database) -> None:
    lopp = house(database)
    message_id = drafted(lopp)

    with database.transaction() as session:
        assert not messages.revise(session, message_id, words(), by=lopp.drafter, at=NOON + timedelta(days=99))


@pytest.mark.parametrize("who", ["observer", "administrator"])
def test_whoever_may_only_look_drafts_and_changes_nothing(database: Database, who: str) -> None:
    lopp = house(database)
    message_id = drafted(lopp)
    by = getattr(lopp, who)

    with database.transaction() as session, pytest.raises(NotYours):
        messages.draft(session, lopp.campaign, words(), by=by, at=NOON)
    with database.transaction() as session, pytest.raises(NotYours):
        messages.revise(session, message_id, words(title="Other"), by=by, at=NOON)
    with database.transaction() as session, pytest.raises(NotYours):
        messages.withdraw(session, message_id, reason="no", by=by, at=NOON)

    with database.reading() as session:
        assert messages.get(session, message_id).revision == 1


def test_words_that_cannot_be_sealed_leave_nothing_behind(database: Database) -> None:
    lopp = house(database)

    with pytest.raises(Invalid), database.transaction() as session:
        messages.draft(session, lopp.campaign, words(core="((wrong))"), by=lopp.drafter, at=NOON)

    with database.reading() as session:
        assert messages.every(session) == []


def test_a_submitted_message_is_a_draft_again_once_it_is_changed(database: Database) -> None:
    lopp = house(database)
    message_id = drafted(lopp)
    submitted(lopp, message_id)

    with database.transaction() as session:
        messages.revise(session, message_id, words(title="Other"), by=lopp.drafter, at=NOON)

    with database.reading() as session:
        assert messages.get(session, message_id).state == "draft"


def test_a_message_given_up_is_not_changed_any_more(database: Database) -> None:
    lopp = house(database)
    message_id = drafted(lopp)
    with database.transaction() as session:
        messages.withdraw(session, message_id, reason="Not now", by=lopp.drafter, at=NOON)

    with database.transaction() as session, pytest.raises(NotAllowedNow, match="withdrawn"):
        messages.revise(session, message_id, words(title="Other"), by=lopp.drafter, at=NOON)


def test_a_message_is_not_given_up_for_a_reason_with_signs_nobody_sees(database: Database) -> None:
    lopp = house(database)
    message_id = drafted(lopp)

    with database.transaction() as session, pytest.raises(Invalid, match="without hidden characters"):
        messages.withdraw(session, message_id, reason="No\u202ewon ton", by=lopp.drafter, at=NOON)

    with database.reading() as session:
        assert messages.get(session, message_id).state == "draft"


def test_what_is_not_there_is_refused(database: Database) -> None:
    lopp = house(database)
    message_id = drafted(lopp)

    with database.reading() as session:
        with pytest.raises(NotFound):
            messages.get(session, lopp.campaign)
        with pytest.raises(NotFound):
            messages.revision(session, message_id, 2)
