"""From which machines may be sent."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import UTCDateTime

revision = "0029"
down_revision = "0028"


def upgrade() -> None:
    op.create_table(
        "armings",
        sa.Column("epoch", sa.Uuid(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("machine", sa.String(), nullable=False),
        sa.Column("store", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("asked_at", UTCDateTime(), nullable=False),
        sa.Column("armed_at", UTCDateTime(), nullable=True),
        sa.Column("ended_at", UTCDateTime(), nullable=True),
        sa.Column("claims", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("epoch", name="pk_armings"),
    )
    op.create_index("ix_armings_place", "armings", ["place"])
    op.create_table(
        "arming_confirmations",
        sa.Column("epoch", sa.Uuid(), nullable=False),
        sa.Column("party", sa.String(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["epoch"], ["armings.epoch"], name="fk_arming_confirmations_epoch_armings"),
        sa.PrimaryKeyConstraint("epoch", "party", name="pk_arming_confirmations"),
    )
    # A database that held releases before there was any arming may be a copy, too: with a row it is not new, and its first worker asks.
    op.execute(
        "INSERT INTO armings (epoch, place, machine, store, reason, asked_at, ended_at, claims) "
        "SELECT '00000000000000000000000000000000', '', '', '', 'upgraded', submitted_at, submitted_at, 0 FROM releases "
        "ORDER BY submitted_at LIMIT 1"
    )
