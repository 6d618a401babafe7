"""A dossier holds everything kept about one person, their letters in full, and nothing of anybody else."""

import json
from email import message_from_string
from uuid import UUID

import pytest

from audiences import dossiers, incoming_post, legal_holds, people, preferences, suggestions
from audiences.dossiers import Dossier
from audiences.staging import Stager
from campaigns.agreement import readers, releases
from campaigns.delivery import bounces, incoming, notices
from campaigns.delivery.incoming import IncomingMail
from campaigns.delivery.verp import Found
from campaigns.drafting import comments, proposals, reviews
from campaigns.foundation import log, officers
from campaigns.foundation.database import Database
from campaigns.foundation.errors import NotFound, NotYours, Refused
from campaigns.planning import campaign_plans
from tests import snapshots
from tests.audiences.posts import NOON, OBSERVER, OFFICER
from tests.audiences.test_erased_readers import know
from tests.audiences.test_erasures import erase
from tests.campaigns import posting, stories
from tests.campaigns.stories import HOUR, READERS, Story

ME = READERS[0]


def make(database: Database, address: str = ME.address) -> Dossier:
    with database.transaction() as session:
        return dossiers.make(session, address, by=OFFICER, at=NOON)


@pytest.fixture
@snapshots.beginning
def story(database: Database) -> Story:
    """A release that went to three people, one of whom left every trace there is."""
    know(database, *READERS)
    story = stories.sending_release(stories.house(database))
    posting.sent(story)
    with database.transaction() as session:
        preferences.stop(session, ME.person_id, by="the reader", at=NOON)
        suggestions.make(
            session,
            about=READERS[1].person_id,
            authority_code="E1",
            kind="somebody else too",
            source="x",
            by="x",
            at=NOON,
            address=ME.address,
        )
        notices.write(session, to=ME.address.upper(), subject="Hello", text="Words", html=None, by="test", at=NOON)
        reviews.make(session, story.message, reviewer=f"Head <{ME.address}>", by=story.house.drafter, at=NOON)
    return story


def test_everything_about_a_person_is_in_one_file_and_nothing_of_anybody_else(story: Story) -> None:
    whole = make(story.database, ME.address.upper())

    counted = {name: len(rows) for name, rows in whole.chapters.items() if rows}
    assert counted == {
        "posts": 1,
        "letters": 1,
        "what they asked for": 1,
        "not written to": 1,
        "suggestions about them or from them": 1,
        "notices": 1,
        "links to review a message": 1,
        "facts in the log": 1,
    }
    said = json.dumps(whole.plain()), whole.text()
    assert all(ME.name in text and "where no name stands on an attendance sheet" in text for text in said)
    assert not any(other in text for text in said for reader in READERS[1:] for other in (reader.address, reader.name))


@pytest.mark.parametrize("said", ["a legal hold", "in messages, comments and plans"])
def test_what_is_kept_and_not_told_is_named(story: Story, said: str) -> None:
    with story.database.transaction() as session:
        legal_holds.place(session, kind=legal_holds.PERSON, subject=ME.person_id, reason="claim 7", by=OFFICER, at=NOON)

    text = make(story.database).text()

    assert said in text and "claim 7" not in text


def test_a_letter_in_a_dossier_is_the_sealed_one_byte_for_byte(story: Story) -> None:
    (letter,) = make(story.database).chapters["letters"]

    with story.database.reading() as session:
        release, (reader,) = releases.get(session, story.release), readers.as_person(session, story.release, ME.person_id)
        assert letter["letter"].encode() == readers.letter(session, release, reader)
    assert message_from_string(letter["letter"])["To"] == ME.address
    assert (letter["outcome"], letter["reference"], letter["role"]) == ("accepted", release.reference, "senior_manager")


def test_an_officer_s_file_tells_what_they_signed_wrote_and_said(story: Story) -> None:
    house = story.house
    with story.database.transaction() as session:
        for one in (house.hse, house.drafter):
            session.get_one(officers.OfficerRecord, one.id).email = f"{one.party}.{one.duty}@posts.test"
        comments.add(session, story.message, "Shorter, please", revision=1, by=house.hse, at=NOON)
        proposals.propose(session, story.message, stories.words(core="Dear ((name)),\n\nOther words."), by=house.hse, at=NOON)

    signer, drafter = (make(story.database, address).chapters for address in ("HSE.signatory@posts.test", "hse.officer@posts.test"))

    assert [row["party"] for row in signer["signatures"]] == ["hse"]
    assert [row["comment"] for row in signer["comments"]] == ["Shorter, please"]
    assert [(row["revision"], row["answer"]) for row in signer["wording proposed"]] == [(1, None)] and not drafter["wording proposed"]
    assert [row["name"] for row in drafter["as an officer"]] == ["HSE drafter"] and len(drafter["revisions written"]) == 1


def test_who_made_a_dossier_is_recorded_without_a_name(story: Story) -> None:
    make(story.database)

    with story.database.reading() as session:
        entry = log.history(session, ME.person_id)[-1]
    assert (entry.kind, entry.by, entry.payload) == ("PersonExported", OFFICER.name, {"letters": 1})


def test_a_dossier_of_nobody_and_by_nobody_is_refused(story: Story) -> None:
    with pytest.raises(NotFound, match=r"Nothing is kept about nobody@x\.test"):
        make(story.database, "nobody@x.test")
    with story.database.transaction() as session, pytest.raises(NotYours):
        dossiers.make(session, ME.address, by=OBSERVER, at=NOON)
    with pytest.raises(Refused, match="Name the address"):  # of which suggestions about others have none
        make(story.database, " ")

    erase(story.database, ME.person_id)
    with story.database.reading() as session, pytest.raises(NotFound):  # what is left is a digest, by which the wish still holds
        assert people.reachable(session, UUID(int=9))
    assert {name for name, rows in make(story.database).chapters.items() if rows} == {"not written to"}


def test_a_wish_about_one_campaign_says_about_which(story: Story) -> None:
    with story.database.transaction() as session:
        preferences.stop(session, READERS[1].person_id, by="the reader", at=NOON, about=story.house.campaign)
        name = campaign_plans.get(session, story.house.campaign).name

    told = make(story.database, READERS[1].address)

    for chapter in ("what they asked for", "not written to"):
        assert [row["topic"] for row in told.chapters[chapter]] == [f"the campaign “{name}”"]
        assert [row["topic"] for row in make(story.database).chapters[chapter]] == ["everything"]
    assert f"topic: the campaign “{name}”" in told.text()


def test_a_mail_is_there_as_it_was_kept_whole_with_what_stood_below_its_new_words(story: Story) -> None:
    raw = f"From: {ME.address}\nSubject: Re: it\n\nI have read it.\n\n-- \nAnna Bell\n01234 567890\n".encode()
    with story.database.transaction() as session:
        incoming_post.take(session, incoming.digest(raw), bounces.read(raw), Found(), at=NOON)

    told = make(story.database)

    [row] = told.chapters["mail from them, about their letters, or that says their address"]
    assert row["words"] == "I have read it." and "01234 567890" in row["whole"]


def test_mail_of_somebody_else_that_says_their_address_is_told_of_without_its_words_and_so_is_a_note_that_says_it(story: Story) -> None:
    with story.database.transaction() as session:
        for number, said in enumerate((f"Write to {ME.address.upper()}.", f"Write to deputy{ME.address}")):
            words = {"sender": READERS[1].address, "subject": "Away", "words": said, "whole": said}
            session.add(IncomingMail(digest=str(number), kind="auto-reply", state="done", at=NOON, **words))
            about = {"about": READERS[2].person_id, "authority_code": "E1", "kind": "wrong person", "source": "x", "by": "x", "at": NOON}
            suggestions.make(session, **about, note=said)

    told = make(story.database)

    [mail] = told.chapters["mail from them, about their letters, or that says their address"]
    assert (mail["kind"], mail["at"]) == ("auto-reply", NOON) and "somebody else" in mail["says"]
    assert not any(said in str(mail) for said in (READERS[1].address, "Away", "Write"))
    assert sorted(row["note"] for row in told.chapters["suggestions about them or from them"]) == ["", f"Write to {ME.address.upper()}."]


def test_a_line_of_a_file_is_there_though_nobody_could_tell_its_columns_and_so_is_a_first_line(story: Story) -> None:
    Stager(story.database).stage(f"What,Is it\nAnna,{ME.address}\nBob,bob@x.test\n".encode(), name="a.csv", by=OFFICER, at=NOON)
    Stager(story.database).stage(f"Anna,{ME.address}\nBob,bob@x.test\n".encode(), name="b.csv", by=OFFICER, at=NOON + HOUR)

    told = make(story.database).chapters["files they came in"]

    assert [(row["file"], row["line"], row["cells"]) for row in told] == [
        ("a.csv", 2, f"Anna, {ME.address}"),
        ("b.csv", 1, f"Anna, {ME.address}"),
    ]


def test_a_file_that_is_called_by_their_address_is_there_though_it_stands_in_no_line_of_it(story: Story) -> None:
    Stager(story.database).stage(b"Bob,bob@x.test\n", name=f"{ME.address}.csv", by=OFFICER, at=NOON)

    [row] = make(story.database).chapters["files they came in"]

    assert (row["file"], row["line"], row["cells"]) == (f"{ME.address}.csv", None, "")
