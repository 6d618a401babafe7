"""The letters of a release as a file, with what became of each: those of one outcome, or all of them, outcome by outcome."""

from collections.abc import Iterator
from uuid import UUID

from flask import Blueprint, Response, request

from audiences import roles
from campaigns.agreement import readers, releases
from campaigns.delivery import listings
from campaigns.foundation import clock
from campaigns.foundation.database import Database
from campaigns.foundation.errors import NotFound
from web import csv_files, desk, readership
from web.deliveries import SAID

bp = Blueprint("outcomes", __name__, url_prefix="/releases/<uuid:release_id>")

COLUMNS = ("State", "Reader", "Role", "Audience", "Address", "When", "What was said", "Possibly twice")
AT_ONCE = 1000


@bp.get("/delivery/letters.csv")
def export(release_id: UUID) -> Response:
    """Those in the state that the address names; without one all of them, in the order of the page. Letters never queued are not in it."""
    state = request.args.get("state", "")
    if state not in ("", *SAID):
        raise NotFound("There is no such state of letters. Choose one on the page of letters.")
    with desk.reading() as session:
        release, names = releases.get(session, release_id), readership.names(session)
    called = f"letters-{release.reference}{f'-{state}' if state else ''}"
    return csv_files.streamed(called, COLUMNS, _rows(desk.database(), release_id, [state] if state else list(SAID), names))


def _rows(database: Database, release_id: UUID, states: list[str], names: dict[str, str]) -> Iterator[list[str]]:
    for state in states:
        last: int | None = -1
        while last is not None:
            with database.reading() as session:
                found = [row for row, _ in listings.of_state(session, release_id, SAID[state], limit=AT_ONCE, after=last)]
                people = readers.at(session, release_id, [row.position for row in found])
            for row in found:
                one = people[row.position]
                said = [clock.say(row.at), row.reply or "", "yes" if row.maybe_twice else ""]
                yield [state, one.who, roles.words(one.role), names.get(one.audience, ""), one.address, *said]
            last = found[-1].position if found else None
