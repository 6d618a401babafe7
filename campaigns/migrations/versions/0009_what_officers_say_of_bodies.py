"""Bodies have a sector and an enforcing authority; what officers say of councils, bodies and groups goes before the shipped tables."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

NEW: dict[str, list[tuple[str, Any, Any]]] = {
    "authorities": [("amended", sa.Boolean(), sa.false())],
    "bodies": [("sector", sa.String(), ""), ("enforcing_authority", sa.String(), ""), ("amended", sa.Boolean(), sa.false())],
    "memberships": [("amended", sa.Boolean(), sa.false())],
}


def upgrade() -> None:
    for table, columns in NEW.items():
        with op.batch_alter_table(table, schema=None) as batch_op:
            for name, kind, default in columns:
                batch_op.add_column(sa.Column(name, kind, nullable=False, server_default=default))
        with op.batch_alter_table(table, schema=None) as batch_op:
            for name, kind, _ in columns:
                batch_op.alter_column(name, existing_type=kind, server_default=None)
