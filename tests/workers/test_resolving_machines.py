"""Where letters leave by several machines, or by another relay than before, a log says only of its own relay's letters that they were not taken."""

import socket
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlmodel import Session, select

from campaigns.delivery import claims, recovery, unclear
from campaigns.delivery.armed import Keeper
from campaigns.delivery.claims import Claim
from campaigns.delivery.deliveries import Chunk, ChunkPlanned, Delivery
from campaigns.foundation.database import Database
from campaigns.foundation.settings import Settings
from tests.campaigns import posting, stories
from tests.campaigns.posting import LEASE
from tests.campaigns.stories import NOON, House
from tests.workers.facts import facts
from tests.workers.unclear_letters import SECOND, Scene
from workers import sending
from workers.tools import Tools


@pytest.fixture
def scene(database: Database, settings: Settings, tmp_path: Path) -> Scene:
    """A release one of whose letters left by machine one, without a reply; the looks are machine one's."""
    scene = Scene(database, settings, tmp_path)
    scene.tools = machine(scene, "one")
    scene.clock.at = NOON
    return left_by(scene, scene.tools)


def machine(scene: Scene, name: str) -> Tools:
    """A machine's own tools: all its arming file says of this database is where it is."""
    keeper = Keeper(scene.tools.database, scene.log.with_name(f"{name}.json"), scene.clock)
    keeper.held()
    return replace(scene.tools, arming=keeper)


def left_by(scene: Scene, tools: Tools) -> Scene:
    with scene.tools.database.transaction() as session:
        session.get_one(Delivery, (scene.story.release, 0)).way = tools.way
    return scene


def test_two_machines_have_two_ways_and_so_have_two_relays(scene: Scene) -> None:
    moved = replace(scene.tools, settings=scene.tools.settings.model_copy(update={"smtp_url": "smtp://127.0.0.1:2"}))
    assert len({scene.tools.way, machine(scene, "two").way, moved.way}) == 3
    assert machine(scene, "one").way == scene.tools.way


def test_the_log_of_the_machine_it_left_by_lets_a_letter_go_again(scene: Scene) -> None:
    scene.write(-1, "postfix/master", "reload")
    scene.knocked(61)
    assert scene.look(62) == "queued"


def test_of_two_letters_the_one_that_was_taken_counts_and_the_other_goes_again(scene: Scene) -> None:
    scene.knocked(61)
    with scene.tools.database.transaction() as session:
        session.get_one(Delivery, (scene.story.release, 1)).sqlmodel_update({"state": "unknown", "way": scene.tools.way})

    assert scene.look(62) == "queued"
    with scene.tools.database.reading() as session:
        assert session.get_one(Delivery, (scene.story.release, 1)).state == "accepted"


def test_another_machine_s_letter_that_is_not_in_this_log_waits_for_that_machine_and_then_for_an_officer(scene: Scene) -> None:
    left_by(scene, machine(scene, "two"))
    for second in (61, 600):
        scene.knocked(second)

    assert [scene.look(second) for second in (62, 599)] == ["unknown"] * 2
    scene.knocked(601)
    assert scene.look(601) == "held"
    assert (scene.row().reply or "").startswith(unclear.OTHERS)


def test_another_machine_s_letter_that_is_in_this_log_counts_at_once(scene: Scene) -> None:
    left_by(scene, machine(scene, "two"))
    scene.took(1)
    scene.knocked(61)
    assert scene.look(62) == "accepted"


def test_a_machine_without_a_log_leaves_another_s_letter_to_it(scene: Scene) -> None:
    left_by(scene, machine(scene, "two"))
    scene.without_a_log()
    assert [scene.look(second) for second in (1, 599, 601)] == ["unknown", "unknown", "held"]


def test_a_log_of_a_new_relay_says_nothing_of_letters_that_left_through_the_old_one(scene: Scene) -> None:
    scene.tools.settings = scene.tools.settings.model_copy(update={"smtp_url": "smtp://127.0.0.1:2"})
    scene.knocked(61)
    assert scene.look(62) == "unknown"
    scene.knocked(601)
    assert scene.look(602) == "held"


V4, V6 = socket.AF_INET, socket.AF_INET6


@pytest.mark.parametrize(
    ("known", "state"),
    [
        ([(V4, "192.0.2.1"), (V4, "192.0.2.2")], "held"),  # either may have had the letter, and one of them wrote this log
        ([(V6, "2001:db8::1"), (V6, "2001:db8::2")], "held"),
        ([(V4, "192.0.2.1"), (V6, "2001:db8::1")], "queued"),  # one machine, by both protocols
        ([], "held"),
    ],
)
def test_several_relays_behind_one_name_are_not_taken_for_one(
    scene: Scene, known: list[tuple[int, str]], state: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def look_up(host: str, port: int, **_: object) -> list[tuple[int, int, int, str, tuple[str, int]]]:
        assert host == "relays.test"
        if not known:
            raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")
        return [(family, socket.SOCK_STREAM, 6, "", (address, port)) for family, address in known]

    scene.tools.settings = scene.tools.settings.model_copy(update={"smtp_url": "smtp://relays.test:25"})
    left_by(scene, scene.tools)
    scene.knocked(61)
    monkeypatch.setattr(socket, "getaddrinfo", look_up)

    assert scene.look(62) == state


def test_where_letters_leave_by_one_of_two_relays_the_log_of_one_lets_none_go_again(scene: Scene) -> None:
    both = "smtp://127.0.0.1:1 smtp://127.0.0.1:2"
    scene.tools.settings = scene.tools.settings.model_copy(update={"smtp_url": both})
    left_by(scene, scene.tools)
    scene.knocked(61)

    assert scene.look(62) == "held"
    assert (scene.row().reply or "").startswith(unclear.OTHERS)


def test_its_own_letters_are_looked_into_before_another_machine_s(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unclear, "AT_ONCE", 1)
    scene.without_a_log()
    with scene.tools.database.transaction() as session:
        for row in session.exec(select(Delivery).where(Delivery.position > 0)):
            row.sqlmodel_update({"state": "unknown", "way": "two", "at": NOON - row.position * SECOND})
    assert scene.look(1) == "held"


@pytest.mark.parametrize("journal", ["is lost", "is found"])
def test_a_letter_in_a_dead_worker_s_hands_keeps_the_way_it_left(
    database: Database, settings: Settings, tmp_path: Path, journal: str
) -> None:
    scene = Scene(database, settings, tmp_path)
    scene.put("queued")
    taken = posting.claimed(scene.story, way="one smtp.test:25")

    with database.transaction() as session:
        if journal == "is lost":
            recovery.lapse(session, tmp_path, at=NOON + LEASE)
        else:
            recovery.replay(session, posting.in_hand(scene.story, taken, dots=[0]), fell=True, at=NOON)

    assert (scene.row().state, scene.row().way, scene.row().stage) == ("unknown", "one smtp.test:25", "dot")


def test_a_journal_that_turns_up_late_does_not_take_another_way_for_its_own(database: Database, settings: Settings, tmp_path: Path) -> None:
    scene = Scene(database, settings, tmp_path)
    scene.put("queued")
    taken = posting.claimed(scene.story, way="one smtp.test:25")
    with database.transaction() as session:
        recovery.lapse(session, tmp_path, at=NOON + LEASE)
        session.get_one(Delivery, (scene.story.release, 1)).sqlmodel_update({"state": "queued", "due_at": NOON})
        posting.recount(session, scene.story.release)
    assert posting.claim(scene.story, at=NOON + LEASE, way="two smtp.test:25") is not None

    with database.transaction() as session:
        recovery.replay(session, posting.in_hand(scene.story, taken, dots=[0]), fell=True, at=NOON + LEASE)

    assert scene.row().way == "one smtp.test:25"


def test_the_way_is_forgotten_with_the_question(scene: Scene) -> None:
    """Else a worker that knows nothing of ways, as before an upgrade, would leave a letter under another's."""
    scene.write(-1, "postfix/master", "reload")
    scene.knocked(61)
    assert (scene.look(62), scene.row().way) == ("queued", None)
    with scene.tools.database.reading() as session:
        assert [chunk.way for chunk in session.exec(select(Chunk))] == [None]


def test_a_worker_says_which_way_the_letters_leave_that_it_claims(house: House, tools: Tools, monkeypatch: pytest.MonkeyPatch) -> None:
    stories.sending_release(house)
    seen, take = list[str | None](), claims.claim_chunk

    def claimed(session: Session, chunk: UUID, **how: Any) -> Claim | None:
        taken = take(session, chunk, **how)
        seen.append(session.get_one(Chunk, chunk).way)
        return taken

    monkeypatch.setattr(claims, "claim_chunk", claimed)
    sending.send_chunk(facts(tools.database, ChunkPlanned)[0], tools)
    assert seen[0] == tools.way
