"""Which kind of database this is: one that tests and rehearsals made opens for nothing else, and nothing else opens as one.

A rehearsal signs with software keys; the stamp is what keeps those signatures, and their letters, out of real life.
"""

import sqlalchemy as sa
from sqlmodel import Field, Session, SQLModel, col, select

from campaigns.foundation.errors import CountersignError


class WrongDatabase(CountersignError):
    """This database belongs to another kind of installation."""


class Stamp(SQLModel, table=True):
    """The one row that says which kind this is."""

    __tablename__ = "stamps"

    id: int = Field(default=1, primary_key=True)
    env: str


def put(session: Session, env: str) -> None:
    """Stamp a new database; refuses to change a stamp's kind."""
    standing = session.get(Stamp, 1)
    if standing is None:
        session.add(Stamp(env=env))
    else:
        _agree(standing.env, env)


def check(session: Session, env: str) -> None:
    """Refuse to work on a database of another kind, or on one never stamped."""
    standing = session.get(Stamp, 1)
    if standing is None:
        raise WrongDatabase("This database is not stamped; run: countersign database migrate")
    _agree(standing.env, env)


def wait_turn(session: Session) -> None:
    """Let whoever else took their turn end their transaction first: what an installation has once is looked for, and written, after this."""
    session.exec(select(Stamp).with_for_update()).first()


def is_test(session: Session) -> bool:
    """Whether this database was made by a test or a rehearsal."""
    return session.scalar(sa.select(col(Stamp.env)).where(col(Stamp.id) == 1)) == "test"


def _agree(standing: str, env: str) -> None:
    if standing != env and "test" in (standing, env):
        raise WrongDatabase(f"This database was made for {standing!r} and does not open for {env!r}.")
