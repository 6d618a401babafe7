"""What is older than the schedule allows goes, is written down, and nothing else goes: not what runs, is held, was signed, or is in the log."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlmodel import select

from audiences import disposals, legal_holds, people, record_classes, retention, suggestions
from audiences.imports import Import
from audiences.legal_holds import CAMPAIGN, PERSON, TEXT
from audiences.suggestions import Suggestion
from campaigns.agreement import bundles, releases, verifier
from campaigns.agreement.sealed import Particulars
from campaigns.agreement.signatures import Signature
from campaigns.agreement.verifier import Rules
from campaigns.briefings import actions, arranging, attendance, cancellations, kit_holders, questions, repeats, sign_ins, tours
from campaigns.briefings.arrangements import Arrangement
from campaigns.briefings.kit_holders import KitHolder
from campaigns.briefings.repeats import Told
from campaigns.briefings.sign_ins import Attendee, Line
from campaigns.briefings.tours import Briefing, Group
from campaigns.delivery import notices
from campaigns.delivery.deliveries import Delivery
from campaigns.delivery.incoming import IncomingMail
from campaigns.delivery.notices import Notice
from campaigns.drafting import reviews
from campaigns.drafting.reviews import Review
from campaigns.foundation import audit, log
from campaigns.foundation.database import Database
from campaigns.foundation.errors import NotFound, NotYours, Refused
from campaigns.foundation.officers import COUNTERSIGN
from tests import snapshots
from tests.audiences.posts import NOON, OBSERVER, OFFICER
from tests.audiences.test_erased_readers import know
from tests.audiences.test_legal_holds import hold, lift
from tests.campaigns import posting, stories
from tests.campaigns.stories import READERS, Story

pytestmark = pytest.mark.long  # `make test` stays within five minutes

DAY = timedelta(days=1)
LONG_AFTER = NOON + 8 * 365 * DAY


def dispose(database: Database, key: str, *, at: datetime = LONG_AFTER) -> int:
    return disposals.dispose(database, key, by=COUNTERSIGN, at=at)


@pytest.fixture
@snapshots.beginning
def story(database: Database) -> Story:
    """A release that has gone, and everything beside it that ages."""
    know(database, *READERS)
    story = stories.sending_release(stories.house(database))
    posting.sent(story)
    with database.transaction() as session:
        releases.move(session, story.release, "finish", ended_at=NOON)
        made = suggestions.make(
            session, about=READERS[0].person_id, authority_code="E1", kind="wrong person", source="x", by="x", at=NOON, name="N"
        )
        suggestions.settle(session, made, verdict="taken", by=OFFICER, at=NOON)
        notices.posted(session, notices.write(session, to="a@b.test", subject="S", text="T", html=None, by="x", at=NOON), at=NOON)
        reviews.make(session, story.message, reviewer="Perpetua", by=story.house.drafter, at=NOON)
        people.leave(session, READERS[2].person_id, by=OFFICER, at=NOON)
    briefed(story)
    with database.transaction() as session:
        session.add(IncomingMail(digest="1", kind="reply", state="done", release_id=story.release, position=0, words="Read it", at=NOON))
        session.add(Import(name="people.csv", digest="1", state="applied", by="x", at=NOON, applied_at=NOON))
        audit.chain(session)
    return story


def briefed(story: Story) -> UUID:
    """A briefing that took place, of which one of each is left: a kit, a name, an answered question, a repeat that counts."""
    by, group = story.house.drafter, Group("group-wales", "Wales", "Wales")
    with story.database.transaction() as session:
        tour = tours.open_tour(session, story.house.campaign, name="Tour", groups=[group], by=by, at=NOON)
        (briefing,) = (one.id for one in tours.briefings(session, tour))
        arranging.arrange(session, briefing, Arrangement(NOON, "Hall", "Head", "Officer", note=story.release), by=by, at=NOON)
        kit_holders.give(session, briefing, post="Liaison", address="liaison@cardiff.test", by=by, at=NOON)
        tours.hold(session, briefing, by=by, at=NOON)
        who = Attendee("practitioner", authority_code="W06000015", name="Jane Fields")
        sign_ins.enter(
            session, briefing, [Line(who), Line(Attendee("elected_member", authority_code="W06000015"), number=3)], by=by, at=NOON
        )
        asked = questions.raise_one(session, briefing, question="Who is told?", authority_code=None, by=by, at=NOON)
        questions.settle(session, asked, outcome="Both", by=by, at=NOON)
        questions.raise_one(session, briefing, question="And who pays?", authority_code=None, by=by, at=NOON)
        actions.add(session, briefing, what="Write", party="hse", owner="Drafter", due=NOON.date(), by=by, at=NOON)
        repeats.report(session, briefing, Told("W06000015", NOON.date(), "Depot", {"practitioner": 2}, "", "Jo Reed", "Officer"), at=NOON)
        repeats.accept(session, repeats.of_briefing(session, briefing)[0].id, by=by, at=NOON)
    return briefing


def test_each_class_goes_when_its_days_are_over_and_not_a_day_before(story: Story) -> None:
    ages = {one.key: one.days for one in record_classes.CLASSES if one.dispose} | {"reviewers": 365 + 14}

    with story.database.reading() as session:
        before = {key: retention.due(session, at=NOON + days * DAY).get(key, 0) for key, days in ages.items()}
        after = {key: retention.due(session, at=NOON + days * DAY + timedelta(seconds=1)).get(key, 0) for key, days in ages.items()}

    assert set(before.values()) == {0}
    assert after == dict.fromkeys(ages, 1)


def test_what_is_disposed_of_is_gone_written_down_and_every_proof_stands(story: Story) -> None:
    gone = {one.key: dispose(story.database, one.key) for one in record_classes.CLASSES if one.dispose}
    again = {key: dispose(story.database, key) for key in gone}

    assert (set(gone.values()), set(again.values())) == ({1}, {0})
    with story.database.transaction() as session:
        audit.chain(session)
        assert {(row.address, row.fields, row.salt) for row in session.exec(select(Particulars))} == {(None, None, None)}
        assert {row.reply for row in session.exec(select(Delivery))} <= {"erased", None}
        assert [(row.name, row.state) for row in session.exec(select(Suggestion))] == [("", "taken")]
        assert [(row.to, row.subject) for row in session.exec(select(Notice))] == [("", "")]
        assert [row.reviewer for row in reviews.of_message(session, story.message)] == [reviews.FORGOTTEN]
        assert {(row.post, row.address) for row in session.exec(select(KitHolder))} == {("", "")}
        (briefing,) = session.exec(select(Briefing.id)).all()
        assert {row.name for row in attendance.sheet(session, briefing)} == {""} and attendance.heads(
            attendance.sheet(session, briefing)
        ) == 4
        assert [row.question for row in questions.of_briefing(session, briefing)].count("And who pays?") == 1
        assert {row.what for row in actions.of_briefing(session, briefing)} == {"Write"}  # not done yet
        (told,) = repeats.of_briefing(session, briefing)
        assert (told.reporter, told.venue, told.heads, told.state) == ("erased", "erased", {"practitioner": 2}, "accepted")
        assert people.get(session, READERS[2].person_id).is_erased and not people.get(session, READERS[0].person_id).is_erased
        assert sorted(row.record_class for row in retention.disposals(session)) == sorted(gone)
        assert len(session.exec(select(Signature)).all()) == 2
        assert audit.verify(session, at=LONG_AFTER + DAY).fault is None
        assert verifier.check(bundles.pack(bundles.gather(session, story.release)), Rules(rehearsal=True))
        entry = next(entry for entry in log.latest(session, 20) if entry.kind == "Disposed")
        assert entry.payload.keys() == {"record_class", "number", "cutoff"}


@pytest.mark.parametrize("kind", [CAMPAIGN, PERSON, TEXT])
def test_nothing_a_hold_covers_is_disposed_of(story: Story, kind: str) -> None:
    subject = {CAMPAIGN: story.house.campaign, PERSON: READERS[2].person_id}.get(kind)
    held = hold(story.database, kind, about="What LOPP is", subject=subject)
    briefings = ("kit-holders", "attendees", "briefing-words", "repeats")
    theirs = ("letters", "leavers")
    covered = {CAMPAIGN: (*theirs, "mail", "reviewers", *briefings), PERSON: theirs, TEXT: (*theirs, "mail", "reviewers", *briefings)}[kind]

    assert {dispose(story.database, key) for key in covered} == {0}
    lift(story.database, held)
    assert {dispose(story.database, key) for key in covered} == {1}


@pytest.mark.parametrize(
    ("text", "key"), [("jane", "attendees"), ("cardiff.test", "kit-holders"), ("TOLD", "briefing-words"), ("reed", "repeats")]
)
def test_a_hold_on_a_text_keeps_what_a_briefing_left_that_speaks_of_it(story: Story, text: str, key: str) -> None:
    held = hold(story.database, TEXT, about=text)

    assert dispose(story.database, key) == 0
    lift(story.database, held)
    assert dispose(story.database, key) == 1


@pytest.mark.parametrize(("state", "gone"), [("dated", 0), ("wanted", 1)])
def test_what_a_briefing_to_come_has_gathered_stays_and_of_one_without_a_date_it_goes(story: Story, state: str, gone: int) -> None:
    with story.database.transaction() as session:
        for briefing in session.exec(select(Briefing)):
            briefing.state = state

    assert {dispose(story.database, key) for key in ("kit-holders", "attendees", "briefing-words", "repeats")} == {gone}


def test_names_that_count_no_more_go_though_their_briefing_was_called_off_and_never_took_place(story: Story) -> None:
    with story.database.transaction() as session:
        (briefing,) = session.exec(select(Briefing.id)).all()
        tours.reopen(session, briefing, by=OFFICER, at=NOON)
        cancellations.call_off(session, briefing, reason="Snow", by=OFFICER, at=NOON)

    assert (dispose(story.database, "attendees"), dispose(story.database, "attendees")) == (1, 0)


def test_a_hold_on_a_text_keeps_the_suggestion_notice_and_link_that_speak_of_it(story: Story) -> None:
    hold(story.database, TEXT, about="perpetua")
    assert (dispose(story.database, "reviewers"), dispose(story.database, "notices")) == (0, 1)
    hold(story.database, PERSON, subject=READERS[0].person_id)
    assert dispose(story.database, "suggestions") == 0


def test_a_hold_on_a_person_keeps_the_suggestion_notice_and_link_that_name_them(story: Story) -> None:
    address = READERS[1].address
    with story.database.transaction() as session:
        for table, said in ((Suggestion, {"address": address}), (Notice, {"to": address}), (Review, {"reviewer": f"Jo <{address}>"})):
            session.exec(sa.update(table).values(said))
    held = hold(story.database, PERSON, subject=READERS[1].person_id)

    assert [dispose(story.database, key) for key in ("suggestions", "notices", "reviewers")] == [0, 0, 0]
    lift(story.database, held)
    assert [dispose(story.database, key) for key in ("suggestions", "notices", "reviewers")] == [1, 1, 1]


@pytest.mark.parametrize("state", ["sealing", "sealed", "scheduled", "sending", "stopped"])
def test_what_still_runs_is_not_touched(story: Story, state: str) -> None:
    with story.database.transaction() as session:
        releases.get(session, story.release).state = state

    assert dispose(story.database, "letters") == 0


def test_whoever_left_one_post_and_holds_another_at_the_same_address_is_kept(story: Story) -> None:
    row = {"name": "N", "role": "practitioner", "place": "y", "address": READERS[2].address, "source": "test"}
    with story.database.transaction() as session:
        people.insert(session, [{"id": UUID(int=77), **row}], at=NOON)

    assert dispose(story.database, "leavers") == 0


def test_officers_decide_how_long_a_class_is_kept(story: Story) -> None:
    with story.database.transaction() as session:
        for days in (30, 36_500, 40):
            assert retention.keep(session, "notices", days=days, by=OFFICER, at=NOON)
            said = retention.RetentionSet(record_class="notices", days=days)
            assert said in [log.read(entry) for entry in log.history(session, retention.RECORDS)]
        assert not retention.keep(session, "notices", days=40, by=OFFICER, at=NOON)
        with pytest.raises(NotYours):
            retention.keep(session, "notices", days=50, by=OBSERVER, at=NOON)
        for days in (0, 29, 36_501):
            with pytest.raises(Refused):
                retention.keep(session, "notices", days=days, by=OFFICER, at=NOON)
        with pytest.raises(NotFound):
            retention.keep(session, "signatures", days=50, by=OFFICER, at=NOON)

    assert (dispose(story.database, "notices", at=NOON + 40 * DAY), dispose(story.database, "notices", at=NOON + 41 * DAY)) == (0, 1)


def test_a_disposal_is_never_changed(story: Story) -> None:
    dispose(story.database, "notices")

    for statement in ("UPDATE disposals SET number = 0", "DELETE FROM disposals"):
        with pytest.raises(sa.exc.DBAPIError, match="does not change"), story.database.transaction() as session:
            session.connection().exec_driver_sql(statement)


def test_a_class_is_looked_at_once_a_day(story: Story) -> None:
    classes = [one.key for one in record_classes.CLASSES if one.dispose]
    with story.database.reading() as session:
        assert retention.to_look_at(session, at=NOON) == classes
        assert legal_holds.standing(session) == []
    dispose(story.database, "notices", at=NOON)

    with story.database.reading() as session:
        assert retention.to_look_at(session, at=NOON + timedelta(hours=23)) == [key for key in classes if key != "notices"]
        assert retention.to_look_at(session, at=NOON + DAY) == classes
