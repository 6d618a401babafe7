"""How tests take one guard away: a name out of a tuple of guards, or one condition out of a function's text."""

import inspect
import textwrap
from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest
import sqlalchemy as sa
from sqlmodel import Session

from campaigns.agreement import gate, signatures
from campaigns.foundation.database import Database


def no_gate_guard(patch: pytest.MonkeyPatch, name: str) -> None:
    """The gate decides without this guard."""
    assert name in {guard.__name__ for guard in gate.GUARDS}
    patch.setattr(gate, "GUARDS", tuple(guard for guard in gate.GUARDS if guard.__name__ != name))


def no_admission(patch: pytest.MonkeyPatch, name: str) -> None:
    """Signatures are admitted without this guard."""
    assert name in {guard.__name__ for guard in signatures.ADMISSION}
    patch.setattr(signatures, "ADMISSION", tuple(guard for guard in signatures.ADMISSION if guard.__name__ != name))


def rewrite(patch: pytest.MonkeyPatch, module: ModuleType, name: str, old: str, new: str) -> None:
    """The function with one stretch of its text replaced; refuses a stretch that is not there exactly once."""
    function = getattr(module, name)
    text = getattr(function, "text", None) or textwrap.dedent(inspect.getsource(function))
    assert text.count(old) == 1, f"{module.__name__}.{name} says {old!r} {text.count(old)} times"
    made: dict[str, Any] = {}
    exec(text.replace(old, new), vars(module), made)  # the module's own names, the changed text
    made[name].text = text.replace(old, new)
    patch.setattr(module, name, made[name])


def silence(patch: pytest.MonkeyPatch, module: ModuleType, name: str) -> None:
    """A check that says nothing."""
    patch.setattr(module, name, lambda *_, **__: None)


def lifted(session: Session) -> None:
    """Until this transaction ends on PostgreSQL, for good on a test's own SQLite file: no trigger keeps what was sealed."""
    if session.get_bind().dialect.name == "postgresql":
        session.connection().exec_driver_sql("SET LOCAL session_replication_role = replica")
        return
    for name in session.connection().exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'trigger'").scalars().all():
        session.connection().exec_driver_sql(f"DROP TRIGGER {name}")


def no_unique_signatures(database: Database) -> None:
    """A signatures table without its constraints, as a careless restore would leave it."""
    with database.engine.execution_options(countersign_writing=True).begin() as connection:
        for statement in (
            "CREATE TABLE loose AS SELECT * FROM signatures",
            "DROP TABLE signatures",
            "ALTER TABLE loose RENAME TO signatures",
        ):
            connection.execute(sa.text(statement))


Removal = Callable[[pytest.MonkeyPatch], None]
