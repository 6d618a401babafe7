"""A subscriber that asks for signatures on the roster that waits: until both parties have signed it, the one in force stays."""

from sqlmodel import Session

from campaigns.agreement import roster_changes, rosters
from campaigns.agreement.roster_changes import RosterProposed
from campaigns.agreement.rosters import RosterVersion
from campaigns.foundation import log, officers
from campaigns.foundation.log import LogEntry
from campaigns.foundation.officers import OfficerRecord
from workers import recipients, telling
from workers.tools import Tools


def ask_to_sign_the_roster(entry: LogEntry, tools: Tools) -> None:
    """Write to whoever may sign the version that was put forward, while it waits. Heard twice, it asks once."""
    event = log.read(entry)
    assert isinstance(event, RosterProposed)
    with tools.database.transaction() as session:
        row = rosters.proposed(session)
        if row is None or row.fingerprint != event.fingerprint or not telling.first_time(session, entry):
            return
        facts = {
            "said": "Waits for your signature",
            "title": f"Roster {row.version} of the signatories",
            "sentence": f"{entry.by} put it forward: it says who may sign, for both parties. It comes into force once a signatory of each party "
            "has signed it. Read what it would change before you sign; if it should be different, take it back.",
            "url": f"{tools.settings.base_url}/signatories/",
        }
        telling.write(session, entry, _asked(session, row), facts, tools)
        telling.note_told(session, entry, tools)


def _asked(session: Session, row: RosterVersion) -> list[OfficerRecord]:
    return [one for one in recipients.signatories(session) if roster_changes.may_sign(session, row, officers.get(session, one.id))]
