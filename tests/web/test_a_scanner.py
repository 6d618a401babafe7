"""A scanner that opens every link of thirty letters moves no grade and stops nobody; then one person's answer moves exactly one grade."""

from collections import Counter

import pytest
from flask import Flask
from flask.testing import FlaskClient

from campaigns.agreement import schedules
from campaigns.delivery import plans
from campaigns.delivery.transport import RecordingTransport
from campaigns.drafting import letters
from campaigns.foundation import clock as clocks
from campaigns.foundation import log
from campaigns.foundation.settings import Settings
from tests import armed
from tests.campaigns import posting
from tests.web import letters_out, scanning
from tests.web.conftest import Clock
from tests.web.letters_out import NOTHING, Out
from tests.web.office import Office
from workers import rehearsal_cast, sealing
from workers.tools import Tools

PEOPLE = 30


@pytest.fixture
def post(client: FlaskClient, settings: Settings, clock: Clock) -> tuple[Out, list[bytes]]:
    """Thirty letters, made, signed and sent by the real steps, and the bytes that went."""
    office = Office(client, letters_out.UUID(int=0))
    database, transport = office.database, RecordingTransport()
    clock.at = clocks.now()
    tools = Tools(settings, database, transport, clock, arming=armed.ALWAYS)
    cast = rehearsal_cast.gather(database, people=PEOPLE)
    release = rehearsal_cast.submit(database, cast, variants=3)
    with database.reading() as session:
        (submitted,) = [entry for entry in log.history(session, release) if entry.kind == "RevisionSubmitted"]
    sealing.seal_release(submitted, tools)
    rehearsal_cast.sign(database, cast, release)
    rehearsal_cast.schedule(database, cast, release)
    with database.transaction() as session:
        schedules.begin_due(session, at=clocks.now())
        while plans.plan_next(session, release, size=100, at=clocks.now()):
            pass
    posting.send_all(database, release, transport, clocks.now())
    raw = [envelope.message for envelope in transport.sent]
    found = [{kind: path for path, kind in letters_out.LINK.findall(letters.open_letter(letter).text)} for letter in raw]
    return Out(office, release, found), raw


@pytest.mark.long
def test_a_scanner_moves_nothing_and_one_person_one_grade(post: tuple[Out, list[bytes]], app: Flask) -> None:
    out, raw = post
    visitors = iter(range(100_000))

    def fetch(method: str, path: str, headers: dict[str, str]) -> int:
        place = {"REMOTE_ADDR": f"10.0.{(number := next(visitors)) // 250}.{number % 250}"}  # many gateways, so that no limit helps us
        answer = app.test_client().open(path, method=method, headers=headers, environ_base=place)
        assert "Set-Cookie" not in answer.headers or "/check/" in path
        return answer.status_code

    statuses = Counter(scanning.scan(raw, "http://localhost:8000", fetch))
    forms = Counter(app.test_client().post(path, data={}).status_code for links in out.links for path in links.values())
    out.hear()

    assert len(raw) == PEOPLE and set(statuses) == set(forms) == {200} and statuses.total() == PEOPLE * 5 * 2
    assert (out.grades(), out.changed()) == ([], NOTHING)

    app.test_client().post(out.links[0]["read"], data={"read": "yes"})
    out.hear()
    assert [grade for *_, grade in out.grades()] == ["confirmed"]
