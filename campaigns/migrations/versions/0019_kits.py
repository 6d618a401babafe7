"""Kits of a briefing: which agreed answers are in them, and who holds them in which version."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import UTCDateTime

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    op.create_table(
        "kit_items",
        sa.Column("briefing_id", sa.Uuid(), nullable=False),
        sa.Column("release_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["briefing_id"], ["briefings.id"], name=op.f("fk_kit_items_briefing_id_briefings")),
        sa.ForeignKeyConstraint(["release_id"], ["releases.id"], name=op.f("fk_kit_items_release_id_releases")),
        sa.PrimaryKeyConstraint("briefing_id", "release_id", name=op.f("pk_kit_items")),
    )
    op.create_index("ix_kit_items_release_id", "kit_items", ["release_id"])
    op.create_table(
        "kit_holders",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("briefing_id", sa.Uuid(), nullable=False),
        sa.Column("release_id", sa.Uuid(), nullable=False),
        sa.Column("post", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("given_at", UTCDateTime(), nullable=False),
        sa.Column("told_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["briefing_id"], ["briefings.id"], name=op.f("fk_kit_holders_briefing_id_briefings")),
        sa.ForeignKeyConstraint(["release_id"], ["releases.id"], name=op.f("fk_kit_holders_release_id_releases")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kit_holders")),
    )
    op.create_index("ix_kit_holders_briefing_id", "kit_holders", ["briefing_id"])
    op.create_index("ix_kit_holders_release_id", "kit_holders", ["release_id"])
