"""How many days before each authority's briefing a release goes."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"


def upgrade() -> None:
    op.create_table(
        "leads",
        sa.Column("release_id", sa.Uuid(), nullable=False),
        sa.Column("tour_id", sa.Uuid(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["release_id"], ["releases.id"], name="fk_leads_release_id_releases"),
        sa.PrimaryKeyConstraint("release_id", name="pk_leads"),
    )
