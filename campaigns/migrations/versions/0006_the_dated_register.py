"""Councils that came to an end stay in the register, with their successors."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    with op.batch_alter_table("authorities", schema=None) as batch_op:
        batch_op.drop_column("successor")
        batch_op.add_column(sa.Column("successors", sa.String(), nullable=False, server_default=""))
        batch_op.alter_column("latitude", existing_type=sa.Float(), nullable=True)
        batch_op.alter_column("longitude", existing_type=sa.Float(), nullable=True)
    with op.batch_alter_table("authorities", schema=None) as batch_op:
        batch_op.alter_column("successors", existing_type=sa.String(), server_default=None)
