"""After an erasure the address stands nowhere: not in a dump, a file of the installation, a journal, the queue, a log, or a bundle, in any spelling."""

import os
import subprocess
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy import make_url
from sqlmodel import SQLModel, col, select
from structlog.testing import capture_logs

from audiences import dossiers, erasures, legal_holds, people, preferences, suggestions
from audiences.imports import Import, ImportFile, ImportRow
from audiences.reports import Report
from campaigns.agreement import bundles, verifier
from campaigns.agreement.verifier import Rules
from campaigns.briefings import repeats, tours
from campaigns.briefings.actions import Action
from campaigns.briefings.attendance import Attendance
from campaigns.briefings.kit_holders import KitHolder
from campaigns.briefings.questions import Question
from campaigns.briefings.repeats import Repeat
from campaigns.briefings.tours import Group
from campaigns.delivery import notices
from campaigns.delivery.deliveries import Delivery
from campaigns.delivery.incoming import IncomingMail
from campaigns.delivery.transport import RecordingTransport
from campaigns.drafting import reviews
from campaigns.foundation import audit, log
from campaigns.foundation.database import Database
from campaigns.foundation.errors import NotFound
from campaigns.foundation.log import Untold
from campaigns.foundation.officers import Officer
from campaigns.foundation.settings import Settings
from campaigns.reach import touches
from tests import armed, snapshots, traces
from tests.audiences import erasable
from tests.campaigns import posting, stories
from tests.campaigns.posting import Clock
from tests.campaigns.stories import HOUR, NOON, House, Story
from tests.workers.facts import facts
from workers import actors, heads
from workers.tools import Tools

NAME, ADDRESS = "Perpetua Quillfeather", "perpetua.quillfeather@adur.test"
WORDS = ("perpetua", "quillfeather")
READER, OTHER = stories.reader(3, name=NAME, address=ADDRESS), stories.reader(4, name="Somebody else")
BY = Officer(READER.person_id, "HSE drafter", "hse", "officer")


def live(database: Database, house: House) -> Story:
    """Every trace a person leaves: posts, letters, a wish, notices, suggestions, a review, a hold, and what a failed telling quoted."""
    know(database)
    story = stories.sending_release(house, readers=(*stories.READERS, READER))
    posting.sent(story)
    stories.sending_release(house, stories.words(title="Not sent yet"), readers=(*stories.READERS, READER))
    with database.transaction() as session:
        preferences.stop(session, READER.person_id, by="the reader", at=NOON)
        session.exec(sa.update(Delivery).where(col(Delivery.position) == len(stories.READERS)).values(reply=f"250 OK for <{ADDRESS}>"))
        for about, note in ((READER.person_id, "N"), (OTHER.person_id, f"write to {ADDRESS.upper()}")):
            said = {"authority_code": "E1", "kind": suggestions.SOMEBODY_ELSE, "source": "a page", "by": "a reader", "at": NOON}
            suggestions.make(session, about=about, **said, name=NAME, address=ADDRESS, note=f"{note}, {NAME}")
        _notices(session)
        _files_and_mail(session, house)
        _briefing(session, house, story)
        reviews.make(session, story.message, reviewer=f"{NAME} <{ADDRESS}>", by=house.drafter, at=NOON)
        held = legal_holds.place(session, kind=legal_holds.TEXT, about=NAME, reason=f"claim of {ADDRESS}", by=BY, at=NOON)
        legal_holds.lift(session, held, by=BY, at=NOON)
        newest = session.exec(select(Untold.entry_id)).first()
        log.not_told(session, newest or 0, error=f"450 no such user {ADDRESS}", at=NOON)
        audit.chain(session)
    return story


def _files_and_mail(session: stories.Session, house: House) -> None:
    """A file they came in, wherever it could hold them; mail that speaks of them; and a line recorded by hand that should not."""
    one = Import(name=f"{ADDRESS}.csv", digest="d", header=[NAME, ADDRESS], by="x", at=NOON, state="applied")
    session.add(one)
    session.flush()
    said = {"name": NAME, "address": ADDRESS, "old_name": NAME, "asked": NAME, "reason": f"{ADDRESS!r} cannot be used"}
    kept = {"verdict": "ready", "how": "", "role": READER.role, "place": "x", "change": "new", "new_id": READER.person_id}
    session.add(ImportRow(import_id=one.id, line=2, cells=[NAME, ADDRESS], **said, **kept))
    session.add(ImportFile(import_id=one.id, raw=f"{NAME},{ADDRESS}".encode()))
    mail = {"sender": "postmaster@adur.test", "subject": f"To {ADDRESS}", "words": f"{ADDRESS} is gone", "whole": f"To: {ADDRESS}"}
    session.add(IncomingMail(digest="e", kind="other", at=NOON, state="waiting", **mail))
    session.add(IncomingMail(digest="f", kind="reply", at=NOON, state="waiting", sender=ADDRESS))
    line = {"channel": "call", "grade": "confirmed", "role": "", "evidence": f"Spoke to {NAME}", "reason": f"It was {NAME}", "digest": "g"}
    session.add(Report(campaign_id=house.campaign, authorities=1, happened_at=NOON, by="x", at=NOON, **line))


def _briefing(session: stories.Session, house: House, story: Story) -> None:
    """A briefing they came to, by their post and by name; what they asked and are to do there, its kit, and a repeat they told of."""
    tour = tours.open_tour(session, house.campaign, name="Tour", groups=[Group("wales", "Wales", "Wales")], by=BY, at=NOON)
    (briefing,) = tours.briefings(session, tour)
    session.add(KitHolder(briefing_id=briefing.id, release_id=story.release, post=NAME, address=ADDRESS, given_at=NOON))
    for digest, person in (("a", READER.person_id), ("b", None)):
        row = {"authority_code": "E1", "role": READER.role, "person_id": person, "name": NAME.upper(), "digest": digest}
        session.add(Attendance(briefing_id=briefing.id, **row, by="the sign-in page", at=NOON))
    said = {"question": f"{NAME} asked", "outcome": f"write to {ADDRESS}"}
    session.add(Question(briefing_id=briefing.id, **said, by="x", at=NOON))
    session.add(Action(briefing_id=briefing.id, what=f"Call {NAME}", party="group", owner=NAME, due=NOON.date(), by="x", at=NOON))
    told = {"venue": f"{NAME}’s office", "asked": f"by {NAME}", "reporter": NAME, "post": f"Officer, {ADDRESS}", "heads": {READER.role: 3}}
    repeat = Repeat(briefing_id=briefing.id, authority_code="E1", day=NOON.date(), **told, digest="c", at=NOON, state="accepted")
    session.add(repeat)
    session.flush()
    touches.put(session, repeats.shown(session, repeat.id)[0])


def _notices(session: stories.Session) -> None:
    words = {"subject": f"Dear {NAME}", "text": f"Write to {ADDRESS}", "html": f"<p>{ADDRESS}</p>", "by": "test", "at": NOON}
    notices.write(session, to=ADDRESS.capitalize(), **words)
    notices.refused(session, notices.write(session, to=ADDRESS, **words), reply=f"550 {ADDRESS} unknown")


def know(database: Database) -> None:
    """The person in two posts, one of them left; and somebody else."""
    rows = [
        {"id": READER.person_id, "name": NAME, "role": READER.role, "place": "x", "address": ADDRESS, "source": "import"},
        {"name": NAME, "role": "practitioner", "place": "x", "address": ADDRESS, "source": "import"},
        {"id": OTHER.person_id, "name": OTHER.name, "role": OTHER.role, "place": "x", "address": OTHER.address, "source": "import"},
    ]
    with database.transaction() as session:
        for row in rows:
            people.insert(session, [row], at=NOON)


def named_in(database: Database) -> set[tuple[str, str]]:
    """The columns in which the person is named by address or by name; salts are looked at as what they are."""
    found = set()
    with database.engine.connect() as connection:
        for table in SQLModel.metadata.sorted_tables:
            for row in connection.execute(sa.select(table)).mappings():
                found |= {(table.name, str(name)) for name, value in row.items() if any(word in str(value).lower() for word in WORDS)}
    return found


def dump(database: Database, folder: Path) -> bytes:
    """Everything the database holds: SQLite's files as they lie there, or PostgreSQL's own dump, without what other tests keep beside it."""
    if database.is_sqlite:
        path = snapshots.file_of(database)
        return b"".join(file.read_bytes() for file in path.parent.glob(f"{path.name}*"))
    url = make_url(database.url)
    place = ["-h", str(url.host), "-p", str(url.port or 5432), "-U", str(url.username), str(url.database)]
    return subprocess.run(
        ["pg_dump", "-N", "kept_*", *place], capture_output=True, check=True, env=os.environ | {"PGPASSWORD": url.password or ""}
    ).stdout


def hits(tools: Tools) -> int:
    """In how many readings of the dump and of every file of the installation the person is named."""
    files = [path for path in tools.settings.data_dir.rglob("*") if path.is_file() and not path.name.startswith("test.db")]
    return traces.hits(dump(tools.database, tools.settings.data_dir), *WORDS, deep=2) + sum(traces.in_files(files, *WORDS).values())


@pytest.fixture
def house(database: Database) -> House:
    return stories.house(database)


@pytest.fixture
def tools(database: Database, settings: Settings, transport: RecordingTransport, clock: Clock) -> Tools:
    return Tools(settings, database, transport, clock, arming=armed.ALWAYS)


@pytest.mark.long
def test_an_erased_person_is_found_nowhere_in_any_spelling_and_everything_still_verifies(
    house: House, tools: Tools, record_property: object
) -> None:
    story = live(tools.database, house)
    assert heads.keep(tools)
    before, named = hits(tools), named_in(tools.database)
    assert named | {("particulars", "salt")} == erasable.emptied() & (named | {("particulars", "salt")}) == erasable.emptied()

    with capture_logs() as logged:
        with tools.database.transaction() as session:
            erasures.at_address(session, ADDRESS.upper(), by=BY, at=NOON + HOUR)
        told = facts(tools.database, erasures.Erased)
        for entry in told:
            actors.hear(log.number(entry), tools)

    with tools.database.transaction() as session:
        audit.chain(session)
    assert before > 1 and named_in(tools.database) == set()
    with tools.database.reading() as session:
        bundle = bundles.pack(bundles.gather(session, story.release))
        (tools.settings.data_dir / "bundle.zip").write_bytes(bundle)
        known = audit.read_head((tools.settings.data_dir / heads.FILE).read_text())
        assert audit.verify(session, at=NOON + HOUR, known=known).fault is None
    assert hits(tools) == 0 and not any(word in str(logged).lower() for word in WORDS)
    assert verifier.check(bundle, Rules(rehearsal=True))
    assert len(told) == 2
    record_property("figure", f"erasure on {tools.database.engine.dialect.name}: found in {before} readings before, 0 after")  # type: ignore[operator]


def test_a_dossier_of_somebody_erased_holds_only_that_they_are_not_written_to(sqlite: Database) -> None:
    live(sqlite, stories.house(sqlite))
    with sqlite.transaction() as session:
        erasures.at_address(session, ADDRESS, by=BY, at=NOON + HOUR)

    with sqlite.transaction() as session:
        left = dossiers.make(session, ADDRESS, by=BY, at=NOON + HOUR)
    assert {name: len(rows) for name, rows in left.chapters.items() if rows} == {"not written to": 1}
    with sqlite.transaction() as session, pytest.raises(NotFound):
        dossiers.make(session, "nobody@adur.test", by=BY, at=NOON)


def test_what_a_statement_was_about_is_in_no_error_text(database: Database) -> None:
    know(database)
    with pytest.raises(sa.exc.StatementError) as fault, database.transaction() as session:
        session.connection().execute(sa.text("INSERT INTO nowhere VALUES (:address)"), {"address": ADDRESS})
    assert "quillfeather" not in str(fault.value) and "nowhere" in str(fault.value)
