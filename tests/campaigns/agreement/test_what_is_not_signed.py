"""What is not signed: every column within reach of a release is altered alone, and every header of a letter as it was received is looked at.

Either nothing goes, or every letter that goes is, byte for byte, its reader's signed letter, once; and then the column stands on a short list.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from email import message_from_bytes
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy import event
from sqlmodel import SQLModel

from campaigns.agreement import genuineness, manifest, readers, releases
from campaigns.delivery.pipelined import PipelinedTransport
from campaigns.delivery.transport import Envelope
from campaigns.drafting import letters
from campaigns.foundation.database import Database
from tests.campaigns import posting, stories
from tests.campaigns.agreement import pushing, remembering, removals
from tests.campaigns.delivery import relays
from tests.campaigns.stories import NOON, Story
from tests.snapshots import Snapshot
from web import app

EVERY = "every column"
UNSIGNED: dict[str, dict[str, str]] = {  # table → reason → its columns
    "releases": {
        "a copy for searching and for pages; what counts is read from the manifest": "campaign_id revision reference title digest not_before "
        "latest_send sealed_at",
        "where it stands; whatever it says, only what both signed goes, inside the signed window": "state scheduled_for began_at ended_at "
        "stopped_by reason",
        "who submitted it and when: history": "submitted_by submitted_at",
        "the sealing worker's own": "claim claimed_until",
        "a count for pages": "people sealed",
        "by which key its readers' links are known again": "link_key",
        "only less: letters wait for their authorities' own windows too, inside the signed one": "in_windows",
    },
    "leads": {"only less: letters wait for their authorities' own briefings too, inside the signed window": EVERY},
    "messages": {
        "set in the manifest when it was sealed": "campaign_id reference title corrects",
        "who began it, when and with which words: history": "author_id drafted_at parent_id parent_revision",
    },
    "revisions": {"as typed: what was sealed from it is signed; those who wrote it may not sign": EVERY},
    "campaigns": {"set in the manifest when it was sealed": EVERY},
    "acceptances": {"set in the manifest when it was sealed": EVERY},
    "signatures": {"a name for pages; the person is the roster's": "officer_name", "a row's own number": "id"},
    "sealed_branches": {"only their order, which makes the signed root": "number"},
    "sealed_letters": {"a letter said to be of another case is not queued: it stays in": "condition"},
    "sealed_omissions": {"who gets no letter; how many, for each reason, is signed": EVERY},
    "sealed_audiences": {"a copy of what the manifest says, to prove what was changed in it": EVERY},
    "sealed_occasions": {"a copy of what the manifest says, to find it by and to prove what was changed in it": EVERY},
    "censuses": {"counts for pages, taken from the sealed readers": EVERY},
    "chunks": {
        "which letters are claimed together, by whom and when, and which way they leave": "entry_id leased_until not_before counted_at journal recalled way",
        "counts for pages, recounted from its letters; and when one of them is due": "tally open unclear due_at",
    },
    "deliveries": {
        "what became of a letter, who has it and when it is due: that one may stay in": "chunk_id state claim attempts falls due_at at stage reply "
        "tried_at maybe_twice first_at turn_at way vouched_by"
    },
    "domain_holds": {"who delivers to which mail domain now": EVERY},
    "refusal_counts": {"what was refused lately: it only stops": EVERY},
    "acknowledgements": {"what readers say of letters that went": EVERY},
    "invitation_answers": {"what readers say of letters that went": EVERY},
    "incoming": {"what came in about a letter, once it had gone": EVERY},
    "proposals": {"said about the words, never sent": EVERY},
    "comments": {"said about the words, never sent": EVERY},
    "reviews": {"said about the words, never sent": EVERY},
    "reminders": {"what signatories were told": EVERY},
    "plan_rows": {"what is meant to be said, never sent": EVERY},
    "milestones": {"what a message waits for, by name, is signed; that it has happened is an officer's word": EVERY},
    "tours": {"another part of the campaign": EVERY},
    "briefings": {"another part of the campaign": EVERY},
    "kit_items": {"what a briefing's presenter takes along": EVERY},
    "kit_holders": {"what a briefing's presenter takes along": EVERY},
    "attendances": {"another part of the campaign": EVERY},
    "briefing_questions": {"another part of the campaign": EVERY},
    "briefing_actions": {"another part of the campaign": EVERY},
    "local_repeats": {"another part of the campaign": EVERY},
}
UNSIGNED_HEADERS = {"Date": "set when it is sent"}
OF_TYPE = {
    sa.JSON: {"name": "x"},
    sa.Boolean: True,
    sa.DateTime: NOON,
    sa.Date: NOON.date(),
    sa.Uuid: UUID(int=7),
    sa.Integer: 1,
    sa.LargeBinary: b"x",
}


@pytest.fixture
def story(sqlite: Database, monkeypatch: pytest.MonkeyPatch) -> Iterator[Story]:
    """Agreed and scheduled, in a database that checks nothing by itself, with a row in every table within reach."""
    monkeypatch.setattr(letters, "compile_letter", remembering.compiler())
    careless = Database(sqlite.url)
    event.listen(
        careless.engine, "connect", lambda connection, _: connection.executescript("PRAGMA foreign_keys=OFF; PRAGMA synchronous=OFF")
    )
    story = stories.agreed_release(stories.house(careless))
    story.schedule()
    yield story
    careless.dispose()


def reachable() -> list[sa.Table]:
    """Every table that a release leads to, or that leads to a release, by foreign keys or by naming a release."""
    assert app  # imported: every table is known
    tables, reached = SQLModel.metadata.sorted_tables, {"releases"}
    while grown := {table.name for table in tables if table.name not in reached and _touches(table, reached)}:
        reached |= grown
    return [table for table in tables if table.name in reached]


def _touches(table: sa.Table, reached: set[str]) -> bool:
    leads_to = {key.column.table.name for key in table.foreign_keys}
    led_to = {key.column.table.name for other in reached for key in SQLModel.metadata.tables[other].foreign_keys}
    return bool(leads_to & reached) or table.name in led_to or "release_id" in table.columns


def plant(story: Story) -> None:
    """A row in every table within reach that has none yet, about this release."""
    ids = {"release_id": story.release, "message_id": story.message, "campaign_id": story.house.campaign}
    with story.database.transaction() as session:
        for table in reachable():
            if session.execute(sa.select(table).limit(1)).first() is None and table.name not in {"chunks", "deliveries"}:
                row = {column.name: ids.get(column.name, _another(None, column)) for column in table.columns}
                session.execute(sa.insert(table).values(row))


def alter(story: Story, column: sa.Column[Any]) -> bool:
    """Another value in one row, the constraints permitting; False where there is no row."""
    table, first = column.table, sa.literal_column("rowid")
    with story.database.transaction() as session:
        removals.lifted(session)
        found = session.execute(sa.select(first, column).select_from(table).order_by(first).limit(1)).first()
        if found is not None:
            session.execute(sa.update(table).where(first == found[0]).values({column.name: _another(found[1], column)}))
    return found is not None


def _another(value: Any, column: sa.Column[Any]) -> Any:
    match value:
        case bool():
            return not value
        case str() | bytes():
            return value + ("x" if isinstance(value, str) else b"x")
        case int():
            return value + 7
        case datetime() | date():
            return value - timedelta(days=1)
        case UUID():
            return UUID(int=value.int ^ 1)
        case dict():
            return {**value, next(iter(value)): "x"}
        case _:
            return next((other for kind, other in OF_TYPE.items() if isinstance(getattr(column.type, "impl", column.type), kind)), "x")


def signed_letters(story: Story) -> dict[str, bytes]:
    """Every reader's canonical message, by address, as it was signed."""
    with story.database.reading() as session:
        found = readers.of(session, story.release, limit=100)
        return {reader.address: readers.letter(session, releases.get(session, story.release), reader) for reader in found}


def listed() -> set[str]:
    """Every column on the list, by its whole name."""
    names = {table.name: [column.name for column in table.columns] for table in reachable()}
    return {
        f"{table}.{column}"
        for table, reasons in UNSIGNED.items()
        for columns in reasons.values()
        for column in (names[table] if columns == EVERY else columns.split())
    }


@pytest.mark.long
def test_a_column_altered_alone_keeps_every_letter_in_or_changes_none(story: Story, record_property: Callable[[str, object], None]) -> None:
    plant(story)
    signed, scheduled = signed_letters(story), Snapshot(story.database)
    stories.begin(story)
    begun = Snapshot(story.database)  # with every letter queued, which are rows too
    columns, let_go, wrong = [column for table in reachable() for column in table.columns], set(), {}
    for column in columns:
        assert any(moment.back() or alter(story, column) for moment in (scheduled, begun)), f"{column} has no row to alter"
        sent = pushing.push(story)
        let_go |= {str(column)} if sent else set()
        if strange := [letter for letter in sent if signed.get(letter.recipient) != canonical(letter)] or _twice(sent):
            wrong[str(column)] = strange

    scheduled.back()
    assert wrong == {} and len(pushing.push(story)) == len(stories.READERS)
    assert let_go - listed() == set(), "letters go whatever these columns say: sign them, or list each with its reason"
    assert listed() - let_go == set(), "nothing goes when these are altered: take them off the list"
    record_property("figure", f"columns within reach of a release: {len(columns)} altered alone; {len(columns) - len(let_go)} keep every letter in, "
                              f"{len(let_go)} listed change none; 0 letters altered")  # fmt: skip


def canonical(letter: Envelope) -> bytes:
    """The part of a letter that was sealed."""
    return genuineness.canonical(letter.message, letters.HEADERS)


def _twice(sent: list[Envelope]) -> list[str]:
    return [address for address, number in Counter(letter.recipient for letter in sent).items() if number > 1]


def test_of_a_letter_as_it_was_received_only_the_date_is_not_signed(story: Story) -> None:
    with story.database.reading() as session:
        said = manifest.read(releases.get(session, story.release).manifest or b"")
    stories.begin(story)

    with relays.relay() as relay:
        transport = PipelinedTransport(relay.url, timeout=3)
        posting.send(story, transport)
        transport.close()

    assert len(relay.taken) == len(stories.READERS)
    for received in relay.taken:
        names = message_from_bytes(received).keys()
        assert set(names) - set(said.headers) == set(UNSIGNED_HEADERS)
        assert Counter(names) == Counter([*said.headers, *UNSIGNED_HEADERS])
        assert genuineness.canonical(received, said.headers) in signed_letters(story).values()
