"""Unsigned: of many releases at once, which parties have not signed or did in vain, and who may; in a few questions however many there are.

For pages that list them, and to take back what was signed in vain. Whoever signs is admitted by `releases.sign`, which asks everything anew.
"""

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, select

from campaigns.agreement import parties, releases, signatures, standing
from campaigns.agreement.parties import Party
from campaigns.agreement.releases import Release
from campaigns.agreement.signatures import Guard, Request
from campaigns.drafting import messages
from campaigns.foundation.errors import GateClosed, Refused
from campaigns.foundation.officers import COUNTERSIGN, Officer

OF_THE_RELEASE = tuple(guard for guard in signatures.ADMISSION if guard not in signatures.OF_THE_SIGNER)


def missing(session: Session, found: Collection[Release]) -> dict[UUID, list[Party]]:
    """The parties that have not signed, by release (see `releases.missing`)."""
    if not found:
        return {}
    given, required = signatures.given_each(session, [one.id for one in found]), parties.required(session)
    return {one.id: releases.lacking(one, given[one.id], required) for one in found}


def void(session: Session, found: Collection[Release]) -> set[UUID]:
    """Those with a signature that counts no more, as its signer was suspended or its roster given up: the gate lets nothing of them go."""
    one_is = signatures.one_counts_no_more(col(Release.id))
    return set(session.exec(select(Release.id).where(col(Release.id).in_([one.id for one in found]), one_is)))


def may_sign(session: Session, found: Collection[Release], signers: Iterable[Officer], *, at: datetime) -> dict[UUID, set[UUID]]:
    """Which of these releases, none of them replaced, each of these officers may sign now, by officer; none while no roster stands."""
    try:
        requests = _requests(session, found, at=at) if found else []
    except GateClosed:
        requests = []
    return {signer.id: _admitting([(key, replace(request, by=signer)) for key, request in requests]) for signer in signers}


def _requests(session: Session, found: Collection[Release], *, at: datetime) -> list[tuple[UUID, Request]]:
    """What admission looks at, but for who asks, of those that can be read; the roster is read once."""
    roster, given = standing.chain(session).in_force(at), signatures.given_each(session, [one.id for one in found])
    editors = messages.editors_each(session, [one.message_id for one in found])
    return [
        (one.id, Request(session, one.state, said, one.campaign_id, roster, given[one.id], editors[one.message_id], COUNTERSIGN, at))
        for one in found
        if (said := releases.said(one))
    ]


def _admitting(requests: list[tuple[UUID, Request]]) -> set[UUID]:
    """Those of one officer's requests that would be admitted; whether the officer may sign anything is asked once."""
    if not requests or not _passes(requests[0][1], signatures.OF_THE_SIGNER):
        return set()
    return {key for key, request in requests if _passes(request, OF_THE_RELEASE)}


def _passes(request: Request, guards: Iterable[Guard]) -> bool:
    try:
        for guard in guards:
            guard(request)
    except Refused:
        return False
    return True
