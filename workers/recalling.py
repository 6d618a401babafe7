"""Subscribers that recall a speaking note: whoever holds superseded words is written to, once for each version they hold."""

from sqlmodel import Session

from campaigns.agreement import releases
from campaigns.agreement.releases import Release
from campaigns.briefings import kit_holders, supersessions, tours
from campaigns.foundation import clock, log
from campaigns.foundation.log import Event, LogEntry
from campaigns.foundation.officers import COUNTERSIGN
from workers import notifying
from workers.tools import Tools


class NoteRecalled(Event):
    """Everybody who holds a superseded speaking note was written to."""

    holders: int


def recall_superseded(entry: LogEntry, tools: Tools) -> None:
    """A release was agreed or taken back: tell whoever holds words of its message that are superseded now. Heard twice, it tells once."""
    with tools.database.transaction() as session:
        about = releases.get(session, entry.subject)
        for release in releases.of_message(session, about.message_id):
            if gone := supersessions.of(session, release):
                told = kit_holders.to_tell_of(session, release, at=tools.clock())
                _tell(session, release, gone.sentence, told, tools)


def recall_replaced(entry: LogEntry, tools: Tools) -> None:
    """A briefing is read from other words now: tell whoever holds its kit with the ones before."""
    with tools.database.transaction() as session:
        briefing = tours.get(session, entry.subject)
        if briefing.note_release_id is None or briefing.state == "held":
            return
        now = releases.get(session, briefing.note_release_id)
        when = clock.say(supersessions.agreed_at(session, now))
        sentence = f"Read from “{now.title}” now ({now.reference}, revision {now.revision}, agreed on {when}), and not from this any more."
        for release in kit_holders.other_words(session, briefing):
            _tell(session, release, sentence, kit_holders.to_tell_of(session, release, at=tools.clock(), briefing_id=briefing.id), tools)


def _tell(session: Session, release: Release, sentence: str, told: dict[str, list[str]], tools: Tools) -> None:
    for address, groups in told.items():
        facts = {
            "title": release.title,
            "reference": release.reference,
            "revision": str(release.revision),
            "sentence": sentence,
            "groups": " and ".join(groups),
            "url": f"{tools.settings.base_url}/check/{release.reference}",
        }
        notifying.write(session, "note_recalled", facts, to=[address], tools=tools)
    if told:
        log.record(session, NoteRecalled(holders=len(told)), subject=release.id, by=COUNTERSIGN.name, at=tools.clock())
