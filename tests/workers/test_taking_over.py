"""What a dead or silent worker had in hand is taken over by whoever can know most of it, whatever is the matter with other files."""

import os
from datetime import timedelta
from pathlib import Path

import pytest

from campaigns.delivery import journals
from campaigns.delivery.journals import Journal
from tests.campaigns import posting, stories
from tests.campaigns.posting import Clock
from tests.campaigns.stories import House, Story
from tests.workers.test_scheduler import dying
from workers import scheduler
from workers.tools import Tools


@pytest.fixture
def story(house: House) -> Story:
    return stories.sending_release(house)


def dead(tools: Tools, story: Story, clock: Clock) -> None:
    os.close(dying(tools, story, clock, dot=0)._file)  # as the system does when a process dies


@pytest.mark.parametrize("what", ["opened", "put away", "read"])
def test_a_file_that_cannot_be_used_keeps_no_dead_worker_s_letters(
    story: Story, tools: Tools, clock: Clock, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    bad = tools.settings.journals / "aaa.journal"
    os.close(Journal(tools.settings.journals)._file)
    next(tools.settings.journals.iterdir()).rename(bad)
    bad.write_bytes(b"claim that nobody can read\n")
    dead(tools, story, clock)
    works = {"opened": os.open, "put away": Path.unlink, "read": Path.read_bytes}[what]

    def fails(path: Path, *how: object, **further: object) -> object:
        if Path(path) == bad:
            raise PermissionError(13, "no", str(path))
        return works(path, *how, **further)  # type: ignore[operator]

    monkeypatch.setattr(*{"opened": (journals.os, "open"), "put away": (Path, "unlink"), "read": (Path, "read_bytes")}[what], fails)

    assert scheduler.tick(tools) == []
    assert story.tally()["attempting"] == 0 and story.tally()["queued"] == 2
    assert what != "put away" or bad.read_bytes() == b""


def test_a_claim_whose_journal_is_elsewhere_is_left_for_a_lease_to_the_machine_that_has_it(
    story: Story, tools: Tools, clock: Clock
) -> None:
    assert posting.claim(story, at=clock.at, journal="elsewhere.journal") is not None
    clock.at += posting.LEASE
    scheduler.lapse(tools)
    assert story.tally()["attempting"] == 3

    clock.at += tools.lease - timedelta(seconds=1)
    scheduler.lapse(tools)
    assert story.tally()["attempting"] == 3
    clock.at += timedelta(seconds=1)
    scheduler.lapse(tools)
    assert story.tally()["unknown"] == 3


def test_a_living_worker_s_own_journal_speaks_for_it_once_its_lease_has_ended(story: Story, tools: Tools, clock: Clock) -> None:
    dying(tools, story, clock, dot=0)
    clock.at += posting.LEASE
    scheduler.lapse(tools)
    assert (story.tally()["unknown"], story.tally()["queued"]) == (1, 2)


def test_a_journal_that_cannot_be_read_says_nothing(story: Story, tools: Tools, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    dying(tools, story, clock, dot=0)

    def unreadable(path: Path) -> bytes:
        raise PermissionError(13, "no", str(path))

    monkeypatch.setattr(Path, "read_bytes", unreadable)
    clock.at += posting.LEASE + tools.lease
    scheduler.lapse(tools)
    assert story.tally()["unknown"] == 3
