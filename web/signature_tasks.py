"""What waits for a signatory's signature, messages and a roster; and, of whoever cannot sign yet, what has to be done before they can."""

from dataclasses import dataclass

from flask import url_for
from sqlmodel import Session

from campaigns.agreement import keyrings, parties, replaced, roster_changes, rosters, standing, unsigned
from campaigns.agreement.releases import Release
from campaigns.drafting import messages
from campaigns.foundation.errors import Refused
from campaigns.foundation.officers import Officer, OfficerRecord
from web import desk, states
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
    said, signs = states.of_each(session, found), officer.duty == "signatory"
    may = unsigned.may_sign(session, found, [officer] if signs else [], at=desk.now())
    return [Sealed(one, said[one.id], signs and one.id in may[officer.id]) for one in found]


def tasks(session: Session, officer: Officer, waits: list[Sealed]) -> list[Task]:
    """What this officer may sign now, or has to do before they can."""
    if officer.duty != "signatory":
        return []
    first = _before_they_sign(session, officer)
    to_sign = _once_they_can(session, officer, waits, *first) if first else _to_sign(session, officer, waits)
    return [*to_sign, *_roster_to_sign(session, officer)]


def _to_sign(session: Session, officer: Officer, waits: list[Sealed]) -> list[Task]:
    party = parties.name(session, officer.party)
    return [
        Task(
            f"“{one.release.title}” is waiting for {party} to sign.",
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
    suspended = roster_changes.suspended(session).get(officer.id) if roster else None
    if roster and member and not suspended and (member.keys or member.party in roster.passwords):
        return None
    if keyrings.keys(session, officer.id, since=suspended.at if suspended else None):
        return "both parties have signed a roster that lists your passkey", "See the signatories", url_for("signatories.show")
    return (
        f"you have added a {'new ' if suspended else ''}passkey and both parties have signed a roster that lists it",
        "Add a passkey",
        url_for("keys.every"),
    )


def _once_they_can(session: Session, officer: Officer, waits: list[Sealed], until: str, button: str, address: str) -> list[Task]:
    theirs = _theirs(session, [one.release for one in waits], officer)
    if not theirs:
        joined = session.get_one(OfficerRecord, officer.id).joined_at
        return [] if rosters.proposed(session) else [Task(f"You can sign messages once {until}.", joined, button, address)]
    what = f"“{theirs[0].title}” is" if len(theirs) == 1 else f"{many(len(theirs), 'message')} are"
    sentence = f"{what} waiting for {parties.name(session, officer.party)} to sign. You can sign once {until}."
    return [Task(sentence, min(one.sealed_at or one.submitted_at for one in theirs), button, address)]


def _theirs(session: Session, found: list[Release], officer: Officer) -> list[Release]:
    """What waits for their party, but for what they wrote words of."""
    missing, editors = unsigned.missing(session, found), messages.editors_each(session, [one.message_id for one in found])
    waits = [one for one in found if officer.party in {party.code for party in missing[one.id]}]
    return [one for one in waits if officer.id not in editors[one.message_id]]


def _roster_to_sign(session: Session, officer: Officer) -> list[Task]:
    """The roster that waits, for whoever may sign it."""
    row = rosters.proposed(session)
    if row is None or not roster_changes.may_sign(session, row, officer):
        return []
    sentence = f"Roster {row.version} of the signatories is waiting for {parties.name(session, officer.party)} to sign."
    return [Task(sentence, row.proposed_at, "Read and sign", url_for("signatories.show"))]
