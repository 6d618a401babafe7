"""A worker process, from its start to its last transaction."""

import pytest

from campaigns.foundation import audit
from tests.campaigns.stories import House
from workers import main
from workers.tools import Tools


def test_a_worker_that_stops_leaves_nothing_unlinked(house: House, tools: Tools, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(main.signal, "signal", lambda *_: None)
    with house.database.reading() as session:
        before = audit.unlinked(session)
    tools.stopping.set()  # before the clock's first look

    main.work(tools)

    with house.database.reading() as session:
        assert (before > 0, audit.unlinked(session)) == (True, 0)
