"""Correspondence: every letter that was sealed for a person, what became of it, and the letter itself, built again from its sealed program."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from campaigns.agreement import readers
from campaigns.agreement.readers import Reader
from campaigns.agreement.releases import Release
from campaigns.agreement.sealed import Particulars, SealedLetter, SealedOmission
from campaigns.delivery.deliveries import Delivery
from campaigns.foundation.errors import Refused

Row = dict[str, Any]


def about(session: Session, ids: Collection[UUID], address: str) -> list[Row]:
    """Every letter to these people, oldest first; of a holding line, the letter of the case that went, or of each until one goes."""
    return [_letter(session, *found) for found in _sealed(session, ids)]


def left_out(session: Session, ids: Collection[UUID], address: str) -> list[Row]:
    """The releases these people got no letter of, and why."""
    found = select(SealedOmission, Release).join(Release, col(Release.id) == SealedOmission.release_id)
    rows = session.exec(found.where(col(SealedOmission.person_id).in_(ids)).order_by(col(Release.submitted_at)))
    return [{**_of(release), "audience": row.audience, "reason": row.reason} for row, release in rows]


def _sealed(session: Session, ids: Collection[UUID]) -> list[tuple[SealedLetter, Release, Particulars, Delivery | None]]:
    private = (col(Particulars.release_id) == SealedLetter.release_id) & (col(Particulars.position) == SealedLetter.position)
    outcome = (col(Delivery.release_id) == SealedLetter.release_id) & (col(Delivery.position) == SealedLetter.position)
    query = select(SealedLetter, Release, Particulars, Delivery).join(Release, col(Release.id) == SealedLetter.release_id)
    query = query.join(Particulars, private).outerjoin(Delivery, outcome).where(col(SealedLetter.person_id).in_(ids))
    rows = session.exec(query.order_by(col(Release.submitted_at), col(SealedLetter.position))).all()
    return [(letter, release, own, sent) for letter, release, own, sent in rows if letter.condition == release.choice or not release.choice]


def _letter(session: Session, letter: SealedLetter, release: Release, private: Particulars, sent: Delivery | None) -> Row:
    reader = Reader(letter.position, letter.audience, letter.role, private.address or "", private.fields or {})
    state = {"outcome": sent.state, "at": sent.at, "relay said": sent.reply} if sent else {"outcome": f"not sent: {release.state}"}
    if sent and sent.maybe_twice:
        state["possibly twice"] = "yes"
    return {
        **_of(release),
        "audience": letter.audience,
        "role": letter.role,
        "authority": letter.authority_code,
        "case": letter.condition,
        "to": reader.address,
        **state,
        "letter": _source(session, release, reader),
    }


def _of(release: Release) -> Row:
    return {"reference": release.reference, "title": release.title, "revision": release.revision, "sealed": release.sealed_at}


def _source(session: Session, release: Release, reader: Reader) -> str:
    """The letter as .eml; what is not the sealed one is not shown as if it were."""
    if release.manifest is None or not reader.address:
        return ""
    try:
        return readers.letter(session, release, reader).decode("ascii")
    except Refused as refusal:
        return refusal.sentence
