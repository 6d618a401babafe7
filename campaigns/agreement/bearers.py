"""A bearer: whoever comes with a link from a reader's letter; they are taken for its reader. Any other link is refused, always alike.

A token that cannot be read is looked up and compared like any other, so that neither the answer nor its time tells what is wrong with it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func
from sqlmodel import Session, col, select

from campaigns.agreement.releases import Release
from campaigns.agreement.sealed import SealedLetter
from campaigns.foundation import reader_links, tokens
from campaigns.foundation.errors import NotFound

NOBODY = UUID(int=0)


@dataclass(frozen=True)
class Bearer:
    """Whose letter the link stands in: the place in its release, the reader, and the campaign."""

    release_id: UUID
    position: int
    person_id: UUID
    campaign_id: UUID


def known(session: Session, token: str, link: str, *, secrets: Sequence[str]) -> Bearer:
    """Whoever bears this token of a link (`reader_links.LINKS`); refuses any other as `NotFound`. `secrets`: the one in use, the former ones."""
    said = reader_links.read(token)
    letter = (col(SealedLetter.release_id) == said.release_id) & (col(SealedLetter.position) == said.position)
    query = select(SealedLetter.person_id, Release.link_key, Release.campaign_id).join(Release, col(Release.id) == SealedLetter.release_id)
    found = session.exec(query.where(letter)).first()
    person_id, key_id, campaign_id = found or (NOBODY, "", NOBODY)
    ours = reader_links.is_ours(said, reader_links.named(secrets, key_id), link, person_id)
    if found is None or not ours:
        raise NotFound(tokens.NOT_OURS)
    return Bearer(said.release_id, said.position, person_id, campaign_id)


def closed_to(session: Session, *, secrets: Sequence[str]) -> int:
    """Of how many releases whose letters went, or may go yet, the links open under none of these secrets."""
    known = [reader_links.key(secret).id for secret in secrets]
    went_or_may = col(Release.began_at).is_not(None) | col(Release.state).in_(("sealed", "scheduled"))
    query = select(func.count()).select_from(Release).where(went_or_may, col(Release.link_key).not_in(["", *known]))
    return session.exec(query).one()


def known_of_old(token: str, *, secrets: Sequence[str]) -> UUID:
    """The person in a link to stop of the letters that were sealed before links had numbers; refuses any other as `NotFound`."""
    try:
        return UUID(tokens.read(secrets, "stop", token)[0])
    except (NotFound, ValueError):
        raise NotFound(tokens.NOT_OURS) from None
