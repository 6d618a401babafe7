"""A briefing has an end, a joining link, a host, room for so many, an item on the group's agenda and a focus; a group may have several dates."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import UTCDateTime

revision = "0018"
down_revision = "0017"

NEW: list[tuple[str, Any]] = [
    ("ends_at", UTCDateTime()),
    ("link", sa.String()),
    ("host", sa.String()),
    ("capacity", sa.Integer()),
    ("agenda_item", sa.String()),
    ("focus", sa.String()),
    ("held_without", sa.String()),
]
SET: list[tuple[str, Any, Any]] = [("slot", sa.Integer(), "1"), ("awaits_steer", sa.Boolean(), sa.false())]


def upgrade() -> None:
    with op.batch_alter_table("briefings", schema=None) as batch_op:
        for name, kind in NEW:
            batch_op.add_column(sa.Column(name, kind, nullable=True))
        for name, kind, default in SET:
            batch_op.add_column(sa.Column(name, kind, nullable=False, server_default=default))
    with op.batch_alter_table("briefings", schema=None) as batch_op:
        for name, kind, _ in SET:
            batch_op.alter_column(name, existing_type=kind, server_default=None)
