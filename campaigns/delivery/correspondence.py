"""Correspondence: every letter that went to a person or may yet go, what became of it, and the letter itself, built again from its program."""

from collections.abc import Collection, Iterator
from itertools import groupby
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from campaigns.agreement import readers
from campaigns.agreement.readers import Reader
from campaigns.agreement.releases import Release
from campaigns.agreement.sealed import PRIVATE, Particulars, SealedLetter, SealedOmission
from campaigns.delivery.deliveries import SEALED, Delivery
from campaigns.foundation import lifecycles
from campaigns.foundation.errors import Refused

Row = dict[str, Any]
Sealed = tuple[SealedLetter, Release, Particulars, Delivery | None]


def about(session: Session, ids: Collection[UUID], address: str) -> list[Row]:
    """Every letter queued to these people, oldest first; a release that queued none gets one line: what they may get, with its cases."""
    return [_letter(session, *found, case=case) for each in _sealed(session, ids) for found, case in _told(each)]


def left_out(session: Session, ids: Collection[UUID], address: str) -> list[Row]:
    """The releases these people got no letter of, and why."""
    found = select(SealedOmission, Release).join(Release, col(Release.id) == SealedOmission.release_id)
    rows = session.exec(found.where(col(SealedOmission.person_id).in_(ids)).order_by(col(Release.submitted_at)))
    return [{**_of(release), "audience": row.audience, "reason": row.reason} for row, release in rows]


def _sealed(session: Session, ids: Collection[UUID]) -> Iterator[list[Sealed]]:
    """Every letter that was sealed for these people, those of one release to one person together."""
    query = select(SealedLetter, Release, Particulars, Delivery).join(Release, col(Release.id) == SealedLetter.release_id)
    query = query.join(Particulars, PRIVATE).outerjoin(Delivery, SEALED).where(col(SealedLetter.person_id).in_(ids))
    rows = session.exec(query.order_by(col(Release.submitted_at), col(Release.id), col(SealedLetter.position)))
    for _, theirs in groupby(rows, key=lambda row: (row[1].id, row[0].person_id)):
        yield [(letter, release, own, sent) for letter, release, own, sent in theirs]


def _told(theirs: list[Sealed]) -> list[tuple[Sealed, str]]:
    """Those that were queued, each with its case; where none was, the first that may be, with every case that may go."""
    if queued := [(one, one[0].condition) for one in theirs if one[3] is not None]:
        return queued
    may_go = [one for one in theirs if one[0].condition == one[1].choice] or theirs
    return [(may_go[0], ", or ".join(letter.condition for letter, *_ in may_go))]


def _letter(session: Session, letter: SealedLetter, release: Release, private: Particulars, sent: Delivery | None, *, case: str) -> Row:
    reader = Reader(letter.position, letter.audience, letter.role, private.address or "", private.fields or {})
    not_sent = {"outcome": f"not sent: the release {lifecycles.said(release.state)}"}
    state = {"outcome": sent.state, "at": sent.at, "relay said": sent.reply} if sent else not_sent
    if sent and sent.maybe_twice:
        state["possibly twice"] = "yes"
    return {
        **_of(release),
        "audience": letter.audience,
        "role": letter.role,
        "authority": letter.authority_code,
        "case": case,
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
