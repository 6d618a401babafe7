"""What is held about a subject over a time, in one folder: the whole of it, and no reader's name or address."""

import csv
import io
from datetime import date

import pytest

from audiences import disclosures
from audiences.disclosures import Request
from campaigns.agreement import archives, verifier
from campaigns.agreement.verifier import Rules
from campaigns.delivery.transport import RecordingTransport
from campaigns.drafting import comments
from campaigns.foundation import audit, log
from campaigns.foundation.database import Database
from campaigns.foundation.errors import Invalid
from tests import snapshots
from tests.audiences import invited
from tests.audiences.posts import NOON, OFFICER
from tests.audiences.test_erased_readers import know
from tests.campaigns import posting, stories
from tests.campaigns.stories import DAY, READERS, Story

READER = stories.reader(0, name="Perpetua Quillfeather", address="perpetua@council0.test")
THEIRS = (READER, *READERS[1:])
TODAY = date(2026, 5, 12)


@pytest.fixture
@snapshots.beginning
def story(sqlite: Database) -> Story:
    """A release that went; somebody named a reader in a comment. And a message about something else."""
    know(sqlite, *THEIRS)
    house = stories.house(sqlite)
    story = stories.sending_release(house, readers=THEIRS)
    posting.send(story, RecordingTransport())
    stories.drafted(house, stories.words(title="Fire doors", core="About doors.", subject="Doors", parts={}))
    with sqlite.transaction() as session:
        said = "PERPETUA QUILLFEATHER (perpetua@council0.test) and the Head of service 1 at 100% of_it"
        comments.add(session, story.message, said, revision=1, by=house.hse, at=NOON)
        comments.add(session, story.message, "Much later", revision=1, by=house.hse, at=NOON + 40 * DAY)
        audit.chain(session)
    return story


def gather(story: Story, about: str = "what lopp IS", *, start: date = TODAY, end: date = TODAY) -> dict[str, bytes]:
    with story.database.transaction() as session:
        return disclosures.gather(session, Request(about, start, end), tell=lambda entry: entry.kind, by=OFFICER, at=NOON)


def test_a_folder_holds_releases_drafts_comments_outcomes_and_decisions_and_says_what_is_in_it(story: Story) -> None:
    files = gather(story)

    kinds = {name.rpartition("/")[2] for name in files}
    assert {
        "README.txt",
        "index.csv",
        "revision-001.txt",
        "comments.txt",
        "bundle.zip",
        "certificate.pdf",
        "deliveries.csv",
        "decisions.csv",
    } <= kinds
    assert {"letter-senior-managers.eml", "letter-practitioners.eml"} <= kinds
    index = list(csv.reader(io.StringIO(files["index.csv"].decode("utf-8-sig"))))
    assert {row[0] for row in index[1:]} == set(files) - {"README.txt", "index.csv"}
    assert b"section 40" in files["README.txt"] and b"3 readers" in files["README.txt"]
    assert not any(b"doors" in content.lower() for content in files.values())


def test_no_reader_s_name_or_address_is_in_any_file_and_posts_are(story: Story) -> None:
    files = gather(story)
    opened = [*files.values(), *(data for name, raw in files.items() if name.endswith(".zip") for data in archives.read(raw).values())]

    whole = b"\n".join(opened).lower()
    assert not any(word in whole for word in (b"perpetua", b"quillfeather", b"council0.test", b"post1@"))
    (said,) = [raw.decode() for name, raw in files.items() if name.endswith("comments.txt")]
    assert said.count("[withheld: FOIA s.40]") == 2 and "the Head of service 1 at 100% of_it" in said
    assert "Much later" not in said


def test_the_bundle_in_the_folder_verifies_without_its_salts(story: Story) -> None:
    (bundle,) = [raw for name, raw in gather(story).items() if name.endswith("bundle.zip")]

    assert verifier.check(bundle, Rules(rehearsal=True))
    assert archives.read(bundle)["leaves.jsonl"].count(b'"salt":null') == 3


def test_outcomes_are_counted_by_authority(story: Story) -> None:
    (table,) = [raw.decode("utf-8-sig") for name, raw in gather(story).items() if name.endswith("deliveries.csv")]

    rows = list(csv.reader(io.StringIO(table)))[1:]
    assert [row[1:] for row in rows] == [
        ["E07000000", "senior-managers", "senior_manager", "accepted", "1", "0"],
        ["E07000001", "senior-managers", "senior_manager", "accepted", "1", "0"],
        ["E07000002", "practitioners", "practitioner", "accepted", "1", "0"],
    ]


@pytest.mark.parametrize(
    ("about", "found"),
    [("100% OF_IT", True), ("100_ of%it", False), ("%", False), ("_", False), (".*", False), ("fire DOORS", True), ("nowhere", False)],
)
def test_a_subject_is_taken_letter_by_letter(story: Story, about: str, found: bool) -> None:
    if len(about) < disclosures.SHORTEST:
        with pytest.raises(Invalid, match="at least 2 characters"):
            gather(story, about)
        return
    assert f"Found: {'1 message,' if found else '0 messages,'}" in gather(story, about)["README.txt"].decode()


def test_only_what_is_dated_in_the_time_is_there(story: Story) -> None:
    later, never = gather(story, start=date(2026, 6, 1), end=date(2026, 6, 30)), gather(story, start=date(2025, 1, 1), end=date(2025, 1, 2))

    assert [name.partition("/")[2] for name in later if "/" in name] == ["comments.txt", "decisions.csv"]
    assert set(never) == {"README.txt", "index.csv"}
    with pytest.raises(Invalid, match="last day"):
        gather(story, start=TODAY, end=date(2026, 5, 11))


def test_a_disclosure_is_recorded_without_its_subject(story: Story) -> None:
    files = gather(story, "What LOPP is")

    with story.database.reading() as session:
        (entry,) = log.latest(session)
    assert (entry.kind, entry.by, entry.payload["files"]) == ("Disclosed", OFFICER.name, len(files) - 2)
    assert "LOPP" not in str(entry.payload)


def test_of_an_invitation_each_letter_that_was_agreed_is_in_it_once(sqlite: Database) -> None:
    _, story = invited.gone(sqlite)

    letters = {name.rpartition("/")[2]: content for name, content in gather(story, "come to a briefing").items() if "/letter-" in name}

    numbered = [f"letter-{audience}-{number}.eml" for audience in ("practitioners", "senior-managers") for number in (1, 2, 3)]
    assert sorted(letters) == numbered
    for name, said in zip(numbered, invited.INVITED * 2, strict=True):
        assert said.encode() in letters[name].replace(b"=\r\n", b"")
