"""The parties that may only speak together. There are always at least two; an empty list refuses."""

from sqlmodel import Field, Session, SQLModel, select

from campaigns.foundation.errors import GateClosed, NotFound

FOUNDING = {"hse": "HSE", "lacors": "LACoRS"}


class Party(SQLModel, table=True):
    """One row per party whose signature every release needs."""

    __tablename__ = "parties"

    code: str = Field(primary_key=True)
    name: str


def found(session: Session) -> None:
    """Set up HSE and LACoRS, once."""
    standing = set(session.exec(select(Party.code)))
    session.add_all(Party(code=code, name=name) for code, name in FOUNDING.items() if code not in standing)


def said(code: str) -> str:
    """A party's name as people write it, from its code alone."""
    return FOUNDING.get(code, code.upper())


def required(session: Session) -> list[Party]:
    """Everyone who must sign, in order of code. Refuses fewer than two: `all([])` is true."""
    parties = list(session.exec(select(Party).order_by(Party.code)))
    if len(parties) < 2:
        raise GateClosed("Fewer than two parties are set up, so nothing can be agreed.")
    return parties


def name(session: Session, code: str | None) -> str:
    """A party's name, as people say it."""
    party = session.get(Party, code) if code else None
    if party is None:
        raise NotFound("There is no such party.")
    return party.name
