"""The clock's reminders: whoever may give a missing signature is written to, in the transaction that records it."""

from sqlmodel import Session

from campaigns.agreement import reminders
from campaigns.agreement.reminders import Call
from campaigns.foundation import clock
from workers import notifying
from workers.tools import Tools


def remind(tools: Tools) -> int:
    """Remind every party for which a release has waited two days since it was sealed, or since the last reminder; and of a roster that has waited so
    long. Gives how many were."""
    with tools.database.reading() as session:
        waiting = reminders.due(session, at=tools.clock())
        roster = reminders.roster_due(session, at=tools.clock())
    number = 0
    for release_id in waiting:
        with tools.database.transaction() as session:
            calls = reminders.remind(session, release_id, at=tools.clock())
            for call in calls:
                _write(session, call, tools)
        number += len(calls)
    if roster:
        with tools.database.transaction() as session:
            number += reminders.remind_of_roster(session, at=tools.clock())
    return number


def _write(session: Session, call: Call, tools: Tools) -> None:
    release = call.release
    facts = {
        "title": release.title,
        "party": call.party.name,
        "since": clock.say(release.sealed_at or release.submitted_at),
        "number": str(call.number),
        "due": clock.say(reminders.due_by(release)),
        "deputies": call.deputies,
        "url": f"{tools.settings.base_url}/releases/{release.id}/sign",
    }
    notifying.write(session, "still_waits", facts, to=call.addresses, tools=tools)
