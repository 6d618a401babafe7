"""A subscriber that asks for signatures on the roster that waits: until both parties have signed it, the one in force stays."""

from sqlmodel import Session

from campaigns.agreement import roster_changes, rosters
from campaigns.agreement.reminders import RosterReminded
from campaigns.agreement.roster_changes import RosterProposed
from campaigns.agreement.rosters import RosterVersion
from campaigns.foundation import clock, log, officers
from campaigns.foundation.log import LogEntry
from campaigns.foundation.officers import OfficerRecord
from workers import recipients, telling
from workers.tools import Tools


def ask_to_sign_the_roster(entry: LogEntry, tools: Tools) -> None:
    """Write to whoever may sign the version that was put forward, and again every two days, while it waits. Heard twice, it asks once."""
    event = log.read(entry)
    assert isinstance(event, RosterProposed | RosterReminded)
    with tools.database.transaction() as session:
        row = rosters.proposed(session)
        if row is None or row.fingerprint != event.fingerprint or not telling.first_time(session, entry):
            return
        since, said, last = "", "Waiting for your signature", ""
        if isinstance(event, RosterReminded):
            since, said, last = (
                f" on {clock.say(row.proposed_at)}",
                "Still waiting for your signature",
                f" This is reminder {event.number}.",
            )
        facts = {
            "said": said,
            "title": f"Roster {row.version} of the signatories",
            "sentence": f"{row.proposed_by} put it forward{since}: it says who may sign, for both parties. It comes into force once a signatory of "
            f"each party has signed it. Read what it would change before you sign; if it should be different, take it back.{last}",
            "url": f"{tools.settings.base_url}/signatories/",
        }
        telling.write(session, entry, _asked(session, row), facts, tools)
        telling.note_told(session, entry, tools)


def _asked(session: Session, row: RosterVersion) -> list[OfficerRecord]:
    return [one for one in recipients.signatories(session) if roster_changes.may_sign(session, row, officers.get(session, one.id))]
