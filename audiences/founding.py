"""Founding: what a fresh installation knows before anybody types a word: the register, the pilot's bodies, its audiences, and polls."""

from datetime import datetime

from sqlmodel import Session

from audiences import authorities, definitions, organisations, polls, reorganisations
from campaigns.foundation.officers import Officer


def found(session: Session, *, by: Officer, at: datetime) -> None:
    """Load them all; what is there already and agrees is left alone, so this may be repeated at every start."""
    authorities.load(session, by=by, at=at)
    reorganisations.follow(session, at=at)  # of councils that came to an end since the last time
    organisations.load(session, by=by, at=at)
    definitions.found(session, by=by, at=at)
    polls.load(session, by=by, at=at)
