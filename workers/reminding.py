"""The clock's reminders: whoever may give a missing signature is written to, in the transaction that records it."""

from sqlmodel import Session

from campaigns.agreement import reminders
from campaigns.agreement.reminders import Call
from campaigns.delivery import notices
from campaigns.foundation import clock
from campaigns.foundation.officers import COUNTERSIGN
from workers import notifying
from workers.tools import Tools


def remind(tools: Tools) -> int:
    """Remind every party for which a release has waited two days since it was sealed, or since the last reminder; gives how many."""
    with tools.database.reading() as session:
        waiting = reminders.due(session, at=tools.clock())
    number = 0
    for release_id in waiting:
        with tools.database.transaction() as session:
            calls = reminders.remind(session, release_id, at=tools.clock())
            for call in calls:
                _write(session, call, tools)
        number += len(calls)
    return number


def _write(session: Session, call: Call, tools: Tools) -> None:
    release, party = call.release, call.party.name
    facts = {
        "title": release.title,
        "party": party,
        "since": clock.say(release.sealed_at or release.submitted_at),
        "number": str(call.number),
        "due": clock.say(reminders.due_by(release)),
        "deputies": f"Because it has waited so long, the deputies of {party} are asked as well." if call.is_for_deputies else "",
        "url": f"{tools.settings.base_url}/releases/{release.id}/sign",
    }
    subject, text, html = notifying.render("still_waits", facts)
    for address in call.addresses:
        notices.write(session, to=address, subject=subject, text=text, html=html, by=COUNTERSIGN.name, at=tools.clock())
