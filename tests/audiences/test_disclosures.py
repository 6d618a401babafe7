"""What is held about a subject over a time, in one folder: the whole of it, and no reader's name or address."""

import csv
import io
from datetime import date

import pytest

from audiences import disclosures, suggestions
from audiences.disclosures import Request
from audiences.reports import Report
from campaigns.agreement import archives, releases, verifier
from campaigns.agreement.verifier import Rules
from campaigns.briefings import actions, questions, tours
from campaigns.briefings.repeats import Repeat
from campaigns.briefings.tours import Group
from campaigns.delivery.incoming import IncomingMail
from campaigns.drafting import comments, proposals
from campaigns.foundation import audit, log
from campaigns.foundation.database import Database
from campaigns.foundation.errors import Invalid
from campaigns.planning import milestones, plan_rows
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
    posting.sent(story)
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


def test_what_was_proposed_and_what_was_answered_is_there_without_its_sender(story: Story) -> None:
    with story.database.transaction() as session:
        house, release = story.house, releases.get(session, story.release)
        proposals.propose(session, story.message, stories.words(core="Dear ((name)),\n\nOther words."), by=house.lacors, at=NOON)
        for position, said in ((0, "Perpetua Quillfeather has read it: perpetua@council0.test"), (1, "")):
            words = {"sender": "perpetua@council0.test", "subject": "RE: it", "words": said, "whole": said} if said else {}
            about = {"release_id": release.id, "position": position, "at": NOON, "state": "done", "done": "filed", "kind": "reply"}
            session.add(IncomingMail(digest=str(position), **about, **words))

    files = {name.rpartition("/")[2]: content.decode() for name, content in gather(story).items() if name.endswith(".txt")}

    assert "Other words." in files["proposals.txt"] and "proposed for revision 1, not answered" in files["proposals.txt"]
    assert files["replies.txt"].count("a mail about a letter (reply): filed") == 2
    assert "[withheld: FOIA s.40] has read it: [withheld: FOIA s.40]" in files["replies.txt"]
    assert not any("quillfeather" in content.lower() or "council0" in content for content in files.values())


def test_what_speaks_of_it_outside_messages_is_told_line_by_line(story: Story) -> None:
    house, wales = story.house, Group("group-wales", "Wales", "Wales")
    with story.database.transaction() as session:
        (tour,) = tours.briefings(session, tours.open_tour(session, house.campaign, name="Tour", groups=[wales], by=house.drafter, at=NOON))
        questions.raise_one(session, tour.id, question="Who pays for it, a@b.test?", authority_code=None, by=house.drafter, at=NOON)
        actions.add(session, tour.id, what="Ask who PAYS", party="hse", owner="Lead", due=TODAY, by=house.drafter, at=NOON)
        actions.add(session, tour.id, what="Something else", party="hse", owner="Lead", due=TODAY, by=house.drafter, at=NOON)
        repeat = Repeat(briefing_id=tour.id, authority_code="x", day=TODAY, venue="Hall", heads={}, asked="Who pays?", digest="1", at=NOON)
        session.add(repeat.sqlmodel_update({"reporter": "Jo", "post": "Officer"}))
        plan_rows.add(session, house.campaign, plan_rows.Typed("unions", "Who pays", "call", TODAY), by=house.drafter, at=NOON)
        called = {"channel": "call", "grade": "confirmed", "role": "", "authorities": 1, "happened_at": NOON, "by": "Drafter", "at": NOON}
        session.add(Report(campaign_id=house.campaign, **called, evidence="They asked who pays", digest="1"))
        waited = milestones.add(session, house.campaign, name="HELA has said who pays", by=house.drafter, at=NOON)
        milestones.reach(session, waited, evidence="Minutes of May", by=house.drafter, at=NOON)
        session.add(IncomingMail(digest="1", kind="other", state="waiting", subject="Who pays?", sender="a@b.test", at=NOON))
        session.add(IncomingMail(digest="2", kind="other", state="waiting", subject="Who pays?", sender="a@b.test", at=NOON + 40 * DAY))

    files = gather(story, "who pays")

    rows = list(csv.reader(io.StringIO(files["elsewhere.csv"].decode("utf-8-sig"))))[1:]
    assert sorted((row[1], row[4]) for row in rows) == [
        ("a local repeat of a briefing", "Hall — Who pays?"),
        ("a mail that came in (other)", "Who pays?"),
        ("a milestone, and what shows it", "HELA has said who pays — Minutes of May"),
        ("a next action after a briefing", "Ask who PAYS — Lead"),
        ("a question at a briefing, and its outcome", "Who pays for it, [withheld: FOIA s.40]"),
        ("a row of the communications plan", "Who pays"),
        ("what was recorded by hand (call)", "They asked who pays"),
    ]
    assert set(files) == {"README.txt", "index.csv", "elsewhere.csv"} and b"0 messages" in files["README.txt"]


def test_a_reply_that_speaks_of_it_is_there_though_its_letter_does_not_and_so_is_what_was_suggested(story: Story) -> None:
    with story.database.transaction() as session:
        about = {"release_id": story.release, "position": 0, "kind": "reply", "state": "done"}
        for number, said, at in ((1, "Who pays for it, a@b.test?", NOON), (2, "What LOPP is", NOON), (3, "Who pays?", NOON + 40 * DAY)):
            session.add(IncomingMail(digest=str(number), **about, words=said, whole=said, subject="RE: it", at=at))
        suggested = {"about": READER.person_id, "authority_code": "E07000000", "kind": "wrong person", "source": "x", "by": "a reader"}
        suggestions.make(session, **suggested, name="Jo Bloggs", note="Ask the one who pays", at=NOON)
        reference = releases.get(session, story.release).reference

    def elsewhere(about: str) -> list[list[str]]:
        files = gather(story, about)
        return sorted(list(csv.reader(io.StringIO(files["elsewhere.csv"].decode("utf-8-sig"))))[1:]) if "elsewhere.csv" in files else []

    assert [row[1:] for row in elsewhere("who pays")] == [
        ["a mail about a letter (reply)", reference, "its sender", "RE: it — Who pays for it, [withheld: FOIA s.40]"],
        ["a suggestion about whom to write to (wrong person)", "E07000000", "a reader", "Ask the one who pays"],
    ]
    assert elsewhere("what lopp IS") == []  # the replies stand beside their message


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


def test_a_release_is_there_of_which_letters_went_on_these_days_though_it_was_submitted_before_them_and_ended_after(story: Story) -> None:
    with story.database.transaction() as session:
        times = {"submitted_at": NOON - 20 * DAY, "sealed_at": NOON - 20 * DAY, "ended_at": NOON + 20 * DAY}
        session.add(releases.get(session, story.release).sqlmodel_update(times))

    assert {"bundle.zip", "deliveries.csv"} <= {name.rpartition("/")[2] for name in gather(story)}


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
