"""After an erasure nothing in the data folder names the person, and the log's chain and every proof still verify."""

import pytest
from sqlmodel import select

from audiences import erasures, people, preferences
from audiences.erasures import Erased
from campaigns.agreement import bundles, releases, schedules, verifier
from campaigns.agreement.verifier import Fault, Rules
from campaigns.delivery import notices
from campaigns.delivery.transport import RecordingTransport
from campaigns.drafting import reviews
from campaigns.foundation import audit, log
from campaigns.foundation.database import Database
from campaigns.foundation.errors import TryLater
from campaigns.foundation.log import LogEntry, Untold
from tests import snapshots
from tests.campaigns import posting, stories
from tests.campaigns.posting import Clock
from tests.campaigns.stories import NOON, House, Story
from tests.workers.facts import fact
from workers import actors, erasing, heads
from workers.tools import Tools

NAME, ADDRESS = "Perpetua Quillfeather", "perpetua.quillfeather@adur.test"
READER = stories.reader(3, name=NAME, address=ADDRESS)
READERS = (*stories.READERS, READER)


def hits(tools: Tools) -> int:
    """How many times the person is named in the files of an installation, by name or address, however it is spelt."""
    files = [*snapshots.file_of(tools.database).parent.rglob("*"), *tools.settings.data_dir.rglob("*")]
    return sum(file.read_bytes().lower().count(word) for file in files if file.is_file() for word in (b"perpetua", b"quillfeather"))


def know(database: Database) -> None:
    """The reader, as an officer would have imported them."""
    row = {"name": NAME, "role": READER.role, "place": "x", "address": ADDRESS, "source": "import"}
    with database.transaction() as session:
        people.insert(session, [{"id": READER.person_id, **row}], at=NOON)


def erase(database: Database) -> LogEntry:
    """Erase the reader; gives the fact."""
    with database.transaction() as session:
        erasures.erase(session, READER.person_id, by=stories.Officer(READER.person_id, "HSE drafter", "hse", "officer"), at=NOON)
    return fact(database, Erased)


@pytest.fixture
def lived(house: House, tools: Tools) -> tuple[Story, RecordingTransport]:
    """A folder in which the person left every trace there is: letters sent and not sent, a wish, notices, a review; and a head of the log."""
    know(house.database)
    story, transport = stories.sending_release(house, readers=READERS), RecordingTransport()
    posting.send(story, transport)
    stories.sending_release(house, stories.words(title="Not sent yet"), readers=READERS)
    with house.database.transaction() as session:
        preferences.stop(session, READER.person_id, by="the reader", at=NOON)
        notices.posted(session, notices.write(session, to=ADDRESS, subject=NAME, text=NAME, html=None, by="test", at=NOON), at=NOON)
        token = reviews.make(session, story.message, reviewer=NAME, by=house.drafter, at=NOON)
        reviews.comment(session, token, "Which councils?", at=NOON)
        audit.chain(session)
    assert heads.keep(tools)
    return story, transport


def test_nothing_in_the_data_folder_names_an_erased_person_and_chain_and_bundle_verify(
    lived: tuple[Story, RecordingTransport], tools: Tools
) -> None:
    story, transport = lived
    folder, database = tools.settings.data_dir, tools.database
    assert hits(tools) > 10

    entry = erase(database)
    with database.transaction() as session:
        audit.chain(session)
    assert hits(tools), "what was written over still stands in the write-ahead log, which a worker empties"
    actors.hear(entry.id or 0, tools)

    with database.reading() as session:
        assert session.get(Untold, entry.id) is None
        bundle = bundles.pack(bundles.gather(session, story.release))
        (folder / "bundle.zip").write_bytes(bundle)
        known = audit.read_head((folder / heads.FILE).read_text())
        assert audit.verify(session, at=NOON, known=known).fault is None
    assert (hits(tools), snapshots.file_of(database).stat().st_size > 0) == (0, True)
    proof = verifier.check(bundle, Rules(rehearsal=True))
    assert "number 1 of 4" in verifier.check_letter(transport.sent[0].message, proof)
    with pytest.raises(Fault, match="unless it is one of the 1 whose particulars have been erased"):
        verifier.check_letter(transport.sent[3].message, proof)


def test_a_release_that_waited_for_the_erased_reader_alone_is_closed(house: House, tools: Tools) -> None:
    know(house.database)
    story = stories.sending_release(house, stories.words(audiences=["senior-managers"]), readers=[READER])
    other = stories.agreed_release(house, readers=READERS)

    entry = erase(house.database)
    actors.hear(entry.id or 0, tools)
    erasing.close_releases(entry, tools)

    assert (story.state(), other.state()) == ("sent", "sealed")
    with house.database.reading() as session:
        assert releases.get(session, story.release).ended_at == NOON


def test_a_release_stopped_while_its_last_reader_was_erased_is_closed_when_it_goes_on(house: House, tools: Tools) -> None:
    know(house.database)
    story = stories.sending_release(house, stories.words(audiences=["senior-managers"]), readers=[READER])
    with house.database.transaction() as session:
        schedules.stop(session, story.release, by=house.hse, at=NOON)
    actors.hear(erase(house.database).id or 0, tools)
    assert story.state() == "stopped"

    with house.database.transaction() as session:
        schedules.resume(session, story.release, by=house.hse, at=NOON)
        resumed = log.history(session, story.release)[-1]
    actors.hear(resumed.id or 0, tools)

    assert story.state() == "sent"


def test_the_write_ahead_log_is_emptied_once_nobody_reads_what_was_there(house: House, tools: Tools, clock: Clock) -> None:
    know(house.database)

    with house.database.reading() as session:
        session.exec(select(LogEntry)).first()
        entry = erase(house.database)
        with pytest.raises(TryLater, match="still reads"):
            erasing.blank_the_log(entry, tools)

    erasing.blank_the_log(entry, tools)
    assert hits(tools) == 0


def test_what_is_written_over_in_the_file_is_blanked(sqlite: Database) -> None:
    with sqlite.engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA secure_delete").scalar_one() == 1


def test_postgresql_looks_after_its_own_log() -> None:
    assert Database("postgresql+psycopg://nobody@127.0.0.1:1/none").blank_the_log()
