"""A legal hold stops erasure and disposal of what it covers, and says which hold it is; nothing else is stopped."""

from collections.abc import Collection
from uuid import UUID

import pytest

from audiences import erasures, legal_holds, people
from audiences.legal_holds import CAMPAIGN, PERSON, TEXT
from campaigns.drafting import comments, searches
from campaigns.foundation import log
from campaigns.foundation.database import Database
from campaigns.foundation.errors import Invalid, NotAllowedNow, NotFound, NotYours
from tests import snapshots
from tests.audiences.posts import NOON, OBSERVER, OFFICER
from tests.audiences.test_erased_readers import LATER, know
from tests.audiences.test_erasures import add, erase
from tests.campaigns import stories
from tests.campaigns.stories import READERS, Story


def hold(database: Database, kind: str, *, about: str = "", subject: UUID | None = None, reason: str = "claim 7") -> UUID:
    with database.transaction() as session:
        return legal_holds.place(session, kind=kind, about=about, subject=subject, reason=reason, by=OFFICER, at=NOON)


def lift(database: Database, hold_id: UUID) -> None:
    with database.transaction() as session:
        legal_holds.lift(session, hold_id, by=OFFICER, at=LATER)


@pytest.fixture
@snapshots.beginning
def story(sqlite: Database) -> Story:
    """A release to three people who are known."""
    know(sqlite, *READERS)
    return stories.agreed_release(stories.house(sqlite))


def is_stopped(database: Database, person: UUID, *said: str) -> bool:
    try:
        erase(database, person)
    except NotAllowedNow as refusal:
        assert all(part in refusal.sentence for part in ("legal hold", "12 May 2026", OFFICER.name, "claim 7", *said)), refusal.sentence
        return True
    return False


@pytest.mark.parametrize("kind", [CAMPAIGN, PERSON, TEXT, "name"])
def test_a_hold_stops_the_erasure_of_whom_it_covers_until_it_is_lifted(story: Story, kind: str) -> None:
    first, stranger = READERS[0].person_id, add_stranger(story.database)
    if kind != CAMPAIGN:  # which the other letter is of, too
        stories.waiting_release(story.house, stories.words(title="Beside it", core="Dear ((name)),\n\n((your part))"), [stories.reader(9)])
    held = {
        CAMPAIGN: lambda: hold(story.database, CAMPAIGN, subject=story.house.campaign),
        PERSON: lambda: hold(story.database, PERSON, subject=first),
        TEXT: lambda: hold(story.database, TEXT, about="LEAD authority"),  # the words of the message, in another case
        "name": lambda: hold(story.database, TEXT, about="post0@COUNCIL0"),
    }[kind]()

    with story.database.reading() as session:
        covered = legal_holds.covered(session)
    assert covered.campaigns == ({story.house.campaign} if kind == CAMPAIGN else set())
    assert covered.releases == ({story.release} if kind in (CAMPAIGN, TEXT) else set())
    assert is_stopped(story.database, first)
    assert not is_stopped(story.database, stranger)
    lift(story.database, held)
    assert not is_stopped(story.database, first)


def add_stranger(database: Database) -> UUID:
    """Somebody nobody wrote to."""
    stranger = stories.reader(9)
    know(database, stranger)
    return stranger.person_id


def test_a_hold_on_a_person_covers_whoever_has_their_address(desk: Database) -> None:
    first, again = add(desk), add(desk, role="practitioner")
    add(desk, "other@adur.gov.uk")
    hold(desk, PERSON, subject=first)

    assert is_stopped(desk, again)
    with desk.reading() as session:
        assert legal_holds.covered(session).people == {first, again}


def test_a_text_is_taken_letter_by_letter(story: Story) -> None:
    with story.database.transaction() as session:
        comments.add(session, story.message, "It is 100% agreed_ *now*", revision=1, by=story.house.drafter, at=NOON)

    with story.database.reading() as session:
        found: dict[str, Collection[UUID]] = {
            text: searches.about(session, text)
            for text in ("100% AGREED_", "*now*", "1%0", "agreed%", "nowhere", " ", "What LOPP is", "_ead authority")
        }
    assert {text for text, messages in found.items() if messages} == {"100% AGREED_", "*now*", "What LOPP is"}


def test_a_hold_needs_something_to_be_on_a_reason_and_a_writer(desk: Database) -> None:
    with desk.transaction() as session, pytest.raises(NotYours):
        legal_holds.place(session, kind=TEXT, about="LOPP", reason="why", by=OBSERVER, at=NOON)
    for kind, about, reason in (
        ("all", "", "why"),
        (TEXT, " ab ", "why"),
        (TEXT, "a" * 201, "why"),
        (TEXT, "LOPP", " "),
        (TEXT, "LOPP", "y" * 501),
        (PERSON, "", "why"),
        (CAMPAIGN, "", "why"),
    ):
        with pytest.raises(Invalid):
            hold(desk, kind, about=about, reason=reason)
    for kind in (PERSON, CAMPAIGN):
        with pytest.raises(NotFound):
            hold(desk, kind, subject=UUID(int=9))


def test_a_hold_on_a_text_names_no_subject_and_those_that_stand_come_first_then_the_newest(desk: Database) -> None:
    person = add(desk)
    asked = [(TEXT, " abc ", "w"), (TEXT, "a" * 200, "y" * 500), (PERSON, "abc", "w"), (TEXT, "lifted", "w")]
    with desk.transaction() as session:
        for hours, (kind, about, reason) in enumerate(asked):
            at = NOON + hours * stories.HOUR
            legal_holds.place(session, kind=kind, about=about, subject=person, reason=reason, by=OFFICER, at=at)
        lifted = next(one for one in legal_holds.standing(session) if one.about == "lifted")
        legal_holds.lift(session, lifted.id, by=OFFICER, at=LATER)
        found = [(one.about, one.subject) for one in legal_holds.every(session)]

        assert found == [("", person), ("a" * 200, None), ("abc", None), ("lifted", None)]
        assert [one.about for one in legal_holds.standing(session)] == ["abc", "a" * 200, ""]
        covered = legal_holds.covered(session)
        assert covered.texts == ("abc", "a" * 200)
        assert covered.speaks_of(None, "x ABC y") and not covered.speaks_of(None, "lifted")


def test_a_hold_is_lifted_once_by_a_writer_and_its_events_name_nobody(desk: Database) -> None:
    person = add(desk)
    held = hold(desk, PERSON, subject=person)
    with desk.transaction() as session, pytest.raises(NotYours):
        legal_holds.lift(session, held, by=OBSERVER, at=LATER)
    lift(desk, held)

    with pytest.raises(NotAllowedNow, match="already"):
        lift(desk, held)
    with pytest.raises(NotFound):
        lift(desk, UUID(int=9))
    with desk.reading() as session:
        assert [(entry.kind, entry.payload) for entry in log.history(session, held)] == [
            ("HoldPlaced", {"kind": "person"}),
            ("HoldLifted", {}),
        ]


def test_what_a_lifted_hold_says_of_an_erased_person_is_blanked(desk: Database) -> None:
    person = add(desk, name="Perpetua Quillfeather")
    about_them = hold(desk, TEXT, about="quillfeather", reason="claim 7")
    other = hold(desk, TEXT, about="another matter")
    reason, address = hold(desk, TEXT, about="a claim", reason="Perpetua Quillfeather asks"), hold(desk, TEXT, about="head@adur")
    longer, themselves = hold(desk, TEXT, about="the claim of Perpetua Quillfeather"), hold(desk, PERSON, subject=person)
    council = hold(desk, TEXT, about="adur")
    for one in (about_them, reason, address, longer, themselves, council):
        lift(desk, one)
    erase(desk, person)

    with desk.reading() as session:
        said = {one.id: (one.about, one.reason) for one in legal_holds.every(session)}
    blanked = dict.fromkeys((about_them, reason, address, longer), ("erased", "erased")) | {themselves: ("", "erased")}
    assert said == blanked | {other: ("another matter", "claim 7"), council: ("adur", "claim 7")}
    with pytest.raises(NotAllowedNow):
        hold(desk, PERSON, subject=person)


def test_a_lifted_hold_that_only_has_the_letters_of_a_name_or_names_a_post_stays(desk: Database) -> None:
    letter, head = add(desk, name="A"), add(desk, "other@adur.gov.uk")
    other = hold(desk, TEXT, about="another matter", reason="Claim of the Head of Health, Cardiff")
    lift(desk, other)
    erase(desk, letter)
    erase(desk, head)

    with desk.reading() as session:
        assert [(one.about, one.reason) for one in legal_holds.every(session)] == [
            ("another matter", "Claim of the Head of Health, Cardiff")
        ]


def test_a_person_is_erased_by_address_in_any_case_and_an_officer_s_record_stays(desk: Database) -> None:
    add(desk)
    with desk.transaction() as session:
        stories.officers.add(session, name="Observer", party=None, duty="observer", email="head@adur.gov.uk", by="test", at=NOON)

    with desk.transaction() as session:
        left = erasures.at_address(session, " HEAD@Adur.gov.uk ", by=OFFICER, at=LATER)

    assert left == ["The officer’s record “Observer” stays: who signed is never erased."]
    with desk.transaction() as session, pytest.raises(NotAllowedNow, match="never erased"):
        erasures.at_address(session, "head@adur.gov.uk", by=OFFICER, at=LATER)
    with desk.transaction() as session, pytest.raises(NotFound, match="nobody@"):
        erasures.at_address(session, "nobody@adur.gov.uk", by=OFFICER, at=LATER)
    with desk.reading() as session:
        assert people.at_address(session, "head@adur.gov.uk") == []
