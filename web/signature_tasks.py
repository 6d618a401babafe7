"""What waits for a signatory's signature, messages and a roster; and, of whoever cannot sign yet, what has to be done before they can."""

from dataclasses import dataclass

from flask import url_for
from sqlmodel import Session, col, select

from campaigns.agreement import keyrings, parties, releases, replaced, roster_changes, rosters, standing
from campaigns.agreement.releases import Release
from campaigns.drafting import messages
from campaigns.drafting.messages import Message
from campaigns.foundation.errors import Refused
from campaigns.foundation.officers import Officer
from web import message_sheets, states
from web.letter_tasks import Task
from web.words import many


@dataclass(frozen=True)
class Sealed:
    """A release that is sealed and not let go: where it stands in the words officers use, and whether this officer may sign it."""

    release: Release
    state: str
    may_sign: bool


def sealed(session: Session, officer: Officer) -> list[Sealed]:
    """Everything that is sealed and not let go, each looked at once for all that is said of it."""
    found = replaced.without(session, "sealed")
    theirs = select(Message).where(col(Message.id).in_([release.message_id for release in found]))
    known = {message.id: message for message in session.exec(theirs)}  # while they are held here, the session looks none of them up again
    looked = [(release, states.of_release(session, release)) for release in found if release.message_id in known]
    signs = officer.duty == "signatory"
    return [Sealed(one, state, signs and not message_sheets.why_not_sign(session, one, officer)) for one, state in looked]


def tasks(session: Session, officer: Officer, waits: list[Sealed]) -> list[Task]:
    """What this officer may sign now, or has to do before they can."""
    if officer.duty != "signatory":
        return []
    first = _before_they_sign(session, officer)
    to_sign = _once_they_can(session, officer, waits, *first) if first else _to_sign(session, officer, waits)
    return [*to_sign, *_roster_to_sign(session, officer)]


def _to_sign(session: Session, officer: Officer, waits: list[Sealed]) -> list[Task]:
    return [
        Task(
            f"“{one.release.title}” waits for {parties.name(session, officer.party)}’s signature.",
            one.release.sealed_at or one.release.submitted_at,
            "Read and sign",
            url_for("signing.read", release_id=one.release.id),
        )
        for one in waits
        if one.may_sign
    ]


def _before_they_sign(session: Session, officer: Officer) -> tuple[str, str, str] | None:
    """What a signatory lacks whom no roster lets sign, as the end of a sentence, and the button that leads to it; None where nothing is lacking."""
    try:
        roster = standing.current(session)
    except Refused:  # under what cannot be read nobody signs, whatever they add
        return None
    member = roster.member(officer.id) if roster else None
    if roster and member and (member.keys or member.party in roster.passwords):
        return None
    if keyrings.of(session, officer.id):
        return "both parties have signed a roster that lists your passkey", "See the signatories", url_for("signatories.show")
    return "you have added a passkey and both parties have signed a roster that lists it", "Add a passkey", url_for("keys.every")


def _once_they_can(session: Session, officer: Officer, waits: list[Sealed], until: str, button: str, address: str) -> list[Task]:
    theirs = [one.release for one in waits if _is_theirs(session, one.release, officer)]
    if not theirs:
        return []
    what = f"“{theirs[0].title}” waits" if len(theirs) == 1 else f"{many(len(theirs), 'message')} wait"
    sentence = f"{what} for {parties.name(session, officer.party)}’s signature. You can sign once {until}."
    return [Task(sentence, min(one.sealed_at or one.submitted_at for one in theirs), button, address)]


def _is_theirs(session: Session, release: Release, officer: Officer) -> bool:
    """Whether it waits for their party, and they wrote none of its words."""
    waits = officer.party in {party.code for party in releases.missing(session, release)}
    return waits and officer.id not in messages.editors(session, release.message_id)


def _roster_to_sign(session: Session, officer: Officer) -> list[Task]:
    """The roster that waits, for whoever may sign it."""
    row = rosters.proposed(session)
    if row is None or not roster_changes.may_sign(session, row, officer):
        return []
    sentence = f"Roster {row.version} of the signatories waits for {parties.name(session, officer.party)}’s signature."
    return [Task(sentence, row.proposed_at, "Read and sign", url_for("signatories.show"))]
