"""Mail that came in and files of people go when their days are over, and not while somebody has to look at them or a legal hold covers them."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlmodel import select

from audiences import disposals, imports, retention
from audiences.imports import FORGOTTEN, READY, Import, ImportRow
from audiences.legal_holds import CAMPAIGN, PERSON, TEXT
from audiences.record_classes import MAIL
from campaigns.delivery.incoming import IncomingMail
from campaigns.foundation.database import Database
from campaigns.foundation.officers import COUNTERSIGN
from tests import snapshots
from tests.audiences.test_legal_holds import hold, lift
from tests.campaigns import coming_back
from tests.campaigns.stories import NOON, READERS, Story

LATER = NOON + timedelta(days=90, seconds=1)
WORDS = {"sender": "anna@ashby.test", "subject": "RE: What LOPP is", "words": "We have read it.", "whole": "We have read it. > Dear Anna"}


@pytest.fixture
def story(sqlite: Database) -> Story:
    """Three letters."""
    return coming_back.told(sqlite, snapshots.of(sqlite, "three letters", lambda database: coming_back.kept(coming_back.letters(database))))


def came(story: Story, **said: Any) -> UUID:
    """A reply to the first letter, which an officer has dealt with."""
    about = {"id": uuid4(), "kind": "reply", "state": "done", "done": "filed", "release_id": story.release, "position": 0, "at": NOON}
    mail = IncomingMail(**about | {"digest": uuid4().hex} | WORDS | said)
    with story.database.transaction() as session:
        session.add(mail)
    return mail.id


def applied(story: Story) -> UUID:
    """A file of one person that was applied."""
    file = Import(name="people.csv", digest="1", state="applied", header=["Name", "Address"], by="x", at=NOON, applied_at=NOON)
    person = {"name": "Anna", "role": "practitioner", "place": "x", "address": READERS[0].address, "old_name": "Perpetua"}
    empty = {"reason": "", "asked": "", "how": "", "change": "new", "new_id": uuid4()}
    with story.database.transaction() as session:
        session.add(file)
        session.flush()
        session.add(ImportRow(import_id=file.id, line=2, cells=["Anna", READERS[0].address], verdict=READY, **person, **empty))
    return file.id


def dispose(story: Story, key: str) -> int:
    return disposals.dispose(story.database, key, by=COUNTERSIGN, at=LATER)


def test_mail_goes_once_its_days_are_over_and_an_officer_has_dealt_with_it(story: Story) -> None:
    old, waits, newer = came(story), came(story, state="waiting", done=""), came(story, at=NOON + timedelta(days=2))
    with story.database.reading() as session:
        assert retention.due(session, at=LATER - timedelta(seconds=1)).get(MAIL) is None

    assert (dispose(story, MAIL), dispose(story, MAIL)) == (1, 0)

    with story.database.reading() as session:
        found = {mail.id: mail for mail in session.exec(select(IncomingMail))}
    assert {key for key, mail in found.items() if mail.is_forgotten} == {old}
    assert {found[key].words for key in (waits, newer)} == {WORDS["words"]}
    assert (found[old].kind, found[old].done, found[old].position) == ("reply", "filed", 0)


@pytest.mark.parametrize(
    ("kind", "about"), [(CAMPAIGN, ""), (PERSON, ""), (TEXT, "have read it"), (TEXT, "ANNA@ashby"), (TEXT, "What LOPP is")]
)
def test_mail_that_a_hold_covers_stays_until_it_is_lifted(story: Story, kind: str, about: str) -> None:
    came(story)
    subject = {CAMPAIGN: story.house.campaign, PERSON: READERS[0].person_id}.get(kind)
    held = hold(story.database, kind, about=about, subject=subject)

    assert dispose(story, MAIL) == 0
    lift(story.database, held)
    assert dispose(story, MAIL) == 1


def test_mail_of_no_letter_stays_while_somebody_held_is_named_in_it(story: Story) -> None:
    came(story, release_id=None, position=None, words=f"Ask {READERS[0].address}.")
    came(story, release_id=None, position=None)
    hold(story.database, PERSON, subject=READERS[0].person_id)

    assert dispose(story, MAIL) == 1


def test_mail_of_no_letter_goes_while_a_campaign_is_held(story: Story) -> None:
    came(story, release_id=None, position=None)
    came(story)
    hold(story.database, CAMPAIGN, subject=story.house.campaign)

    assert dispose(story, MAIL) == 1


def test_a_file_whose_header_says_what_is_held_stays(story: Story) -> None:
    applied(story)
    held = hold(story.database, TEXT, about="address")

    assert dispose(story, "imports") == 0
    lift(story.database, held)
    assert dispose(story, "imports") == 1


def test_the_rows_of_a_file_go_thirty_days_after_it_was_applied(story: Story) -> None:
    file = applied(story)
    with story.database.reading() as session:
        assert retention.due(session, at=NOON + timedelta(days=30)) == {}
        assert retention.due(session, at=NOON + timedelta(days=30, seconds=1)) == {"imports": 1}

    assert (dispose(story, "imports"), dispose(story, "imports")) == (1, 0)

    with story.database.reading() as session:
        assert (imports.get(session, file).name, imports.rows(session, file)[0].cells) == (FORGOTTEN, [])


@pytest.mark.parametrize(("kind", "about"), [(PERSON, ""), (TEXT, "perpetua"), (TEXT, "people.csv")])
def test_a_file_in_which_something_held_stands_stays_whole(story: Story, kind: str, about: str) -> None:
    applied(story)
    held = hold(story.database, kind, about=about, subject=READERS[0].person_id if kind == PERSON else None)

    assert dispose(story, "imports") == 0
    lift(story.database, held)
    assert dispose(story, "imports") == 1


def test_a_file_that_holds_nothing_held_goes_beside_one_that_does(story: Story) -> None:
    applied(story)
    hold(story.database, TEXT, about="somebody else")

    assert dispose(story, "imports") == 1
