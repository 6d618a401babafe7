"""Until when a mailbox was read through, whichever worker looked."""

from datetime import timedelta

from campaigns.delivery import mailboxes
from campaigns.foundation.database import Database
from tests import crossings
from tests.campaigns.stories import NOON

BOX = "imaps://user:a-password@mail.test/INBOX"
LATER = NOON + timedelta(seconds=1)


def test_two_workers_may_look_into_a_mailbox_for_the_first_time_at_once(on_postgres: Database) -> None:
    crossings.at_once(
        on_postgres,
        lambda session: (mailboxes.read_through(session, BOX, at=NOON), session.flush()),
        lambda session: mailboxes.read_through(session, BOX, at=LATER),
    )

    with on_postgres.reading() as session:
        assert mailboxes.read_until(session, [BOX]) == LATER


def test_a_mailbox_is_read_again_and_again(database: Database) -> None:
    for at in (NOON, LATER):
        with database.transaction() as session:
            mailboxes.read_through(session, BOX, at=at)

    with database.reading() as session:
        assert mailboxes.read_until(session, [BOX]) == LATER
        assert mailboxes.read_until(session, [BOX, "maildir:///never"]) is None
