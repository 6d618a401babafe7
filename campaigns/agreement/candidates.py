"""Candidates: whom the next roster would list, and with which passkeys; whom it leaves out, as they were suspended and have no new one.

No passkey that somebody had when they were suspended is listed again, in any later roster: it may be in other hands.
"""

from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from uuid import UUID

from sqlmodel import Session

from campaigns.agreement import keyrings, parties, roster_changes, standing
from campaigns.agreement.roster_changes import Suspension
from campaigns.agreement.rosters import Member
from campaigns.foundation import officers
from campaigns.foundation.errors import Invalid, Problem
from campaigns.foundation.officers import OfficerRecord


def listed(session: Session, *, as_signatories: Collection[UUID] = ()) -> list[Member]:
    """Everybody whose duty it is to sign, as the next roster would list them: with the keys on their rings today. Deputies stay deputies,
    unless they are to be signatories from then on.

    Of somebody suspended only the keys added since count; without such a key they are not listed.
    """
    suspensions = roster_changes.suspensions(session)
    return [entry for entry in _entries(session, suspensions, as_signatories) if not _is_left_out(entry, suspensions)]


def deputies(session: Session) -> list[Member]:
    """Who stands in the roster in force as a deputy, their time over or not, and would in the next."""
    return [member for member in listed(session) if member.standing == "deputy"]


def left_out(session: Session) -> dict[str, Suspension]:
    """Whose duty it is to sign and who would not stand in the next roster, by post, with the suspension that it is for."""
    suspensions = roster_changes.suspensions(session)
    return {entry.post: suspensions[entry.officer] for entry in _entries(session, suspensions) if _is_left_out(entry, suspensions)}


def who_may_stand_in(session: Session, party: str) -> list[OfficerRecord]:
    """Those of a party whose duty it is to sign and who do not sign already: a signatory who became a deputy would sign less, and not for long."""
    before = standing.current(session)
    signing = {member.officer for member in before.of_party(party) if member.standing == "signatory"} if before else set()
    return [record for record in officers.signatories(session, party) if record.id not in signing]


def deputy(session: Session, officer_id: UUID, *, ends: datetime, campaigns: list[UUID], at: datetime) -> Member:
    """An entry for somebody who stands in from now until `ends`. Refuses an end that has passed, and whoever the next roster leaves out."""
    if ends <= at:
        raise Invalid([Problem("ends", "Choose a day that has not passed")])
    suspensions = roster_changes.suspensions(session)
    entry = _entry(session, session.get_one(OfficerRecord, officer_id), None, suspensions)
    if _is_left_out(entry, suspensions):
        raise Invalid([Problem("officer", "They were suspended. Choose somebody else, or ask them to add a new passkey first")])
    return entry.model_copy(update={"standing": "deputy", "begins": at, "ends": ends.astimezone(UTC), "campaigns": campaigns})


def _entries(session: Session, suspensions: Mapping[UUID, Suspension], as_signatories: Collection[UUID] = ()) -> list[Member]:
    before = standing.current(session)
    records = [record for party in parties.required(session) for record in officers.signatories(session, party.code)]
    return [
        _entry(session, record, before.member(record.id) if before and record.id not in as_signatories else None, suspensions)
        for record in records
    ]


def _entry(session: Session, record: OfficerRecord, before: Member | None, suspensions: Mapping[UUID, Suspension]) -> Member:
    suspension = suspensions.get(record.id)
    keys = keyrings.keys(session, record.id, since=suspension.at if suspension else None)
    today = {"officer": record.id, "post": record.name, "party": record.party, "keys": keys}
    if before and before.standing == "deputy":
        return before.model_copy(update=today)
    return Member(**today, standing="signatory")  # type: ignore[arg-type]


def _is_left_out(entry: Member, suspensions: Mapping[UUID, Suspension]) -> bool:
    return entry.officer in suspensions and not entry.keys
