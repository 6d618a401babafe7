"""Every point at which the gate fails closed: the release is held with the reason, when it is due and when a chunk of it is claimed; nothing goes."""

from collections.abc import Callable, Iterator
from functools import partial

import pytest
from sqlmodel import select

from campaigns.agreement import releases, schedules
from campaigns.delivery.deliveries import Chunk
from campaigns.delivery.transport import RecordingTransport
from campaigns.drafting import letters
from campaigns.foundation import log
from campaigns.foundation.database import Database
from campaigns.foundation.settings import Settings
from tests import armed
from tests.campaigns import stories
from tests.campaigns.agreement import pushing, remembering
from tests.campaigns.agreement.test_gate import ALTERATIONS, PARTS, break_, change
from tests.campaigns.posting import Clock
from tests.campaigns.stories import NOON, Story
from tests.snapshots import Snapshot
from workers import sending
from workers.tools import Tools

Record = Callable[[str, object], None]
HELD = "stopped"


@pytest.fixture
def story(sqlite: Database, monkeypatch: pytest.MonkeyPatch) -> Story:
    monkeypatch.setattr(letters, "compile_letter", remembering.compiler())
    return stories.agreed_release(stories.house(sqlite))


@pytest.fixture
def tools(sqlite: Database, settings: Settings) -> Tools:
    return Tools(settings, sqlite, RecordingTransport(), Clock(), arming=armed.ALWAYS)


def becomes_due(tools: Tools) -> None:
    """What the clock process does."""
    with tools.database.transaction() as session:
        schedules.begin_due(session, at=NOON)


def is_claimed(tools: Tools) -> None:
    """What a worker does that hears of a chunk."""
    with tools.database.reading() as session:
        entries = [log.get(session, chunk.entry_id or 0) for chunk in session.exec(select(Chunk))]
    for entry in entries:
        assert entry is not None
        sending.send_chunk(entry, tools)


def held_because(story: Story) -> str:
    """The reason with which it is held, which both parties are told; empty while it is not held."""
    with story.database.reading() as session:
        release = releases.get(session, story.release)
        told = [log.read(entry) for entry in log.history(session, story.release) if entry.kind == "SendingStopped"]
        assert release.state != HELD or told[-1] == schedules.SendingStopped(reason=str(release.reason))
        return str(release.reason) if release.state == HELD else ""


def points(patch: pytest.MonkeyPatch) -> Iterator[tuple[str, Callable[[Story], None], str]]:
    """A row changed, or a part of the gate that cannot decide: what it is, how it comes about, and what the reason says."""
    for statement, said in ALTERATIONS.items():
        yield statement, partial(change, statement=statement), said
    for module, name in PARTS:
        yield f"{module.__name__}.{name}", lambda _, at=(module, name): break_(patch, *at), "The release could not be checked (ZeroDivision"


@pytest.mark.parametrize("step", [becomes_due, is_claimed], ids=lambda step: step.__name__)
def test_at_every_point_it_is_held_with_the_reason_and_nothing_goes(
    story: Story, tools: Tools, record_property: Record, step: Callable[[Tools], None]
) -> None:
    story.schedule()
    if step is is_claimed:
        stories.begin(story)
    beginning, wrong, transport = Snapshot(story.database), {}, RecordingTransport()
    with pytest.MonkeyPatch.context() as patch:
        # The clock locks the message before it asks the gate: where not even that can be read, nothing begins, and nothing can be held.
        every = [point for point in points(patch) if step is is_claimed or point[0] != "campaigns.drafting.messages.get"]
        for point, fails, said in every:
            beginning.back()
            fails(story)
            step(tools)
            if said not in (reason := held_because(story)):
                wrong[point] = reason
            pushing.push(story, through=transport)
            patch.undo()

    sent = len(transport.sent) + len(tools.transport.sent)
    beginning.back()
    step(tools)
    pushing.push(story, through=tools.transport)
    control = len(tools.transport.sent)
    assert wrong == {} and sent == 0 and len(every) >= 2 * 15
    assert control == len(stories.READERS)
    record_property("figure", f"fail-closed when it {step.__name__.replace('_', ' ')}: {len(every)} points, {sent} sent; control {control}")
