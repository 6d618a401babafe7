"""How many readers a release has, counted once."""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"


def upgrade() -> None:
    op.create_table(
        "censuses",
        sa.Column("release_id", sa.Uuid(), nullable=False),
        sa.Column("audiences", sa.JSON(), nullable=False),
        sa.Column("roles", sa.JSON(), nullable=False),
        sa.Column("nations", sa.JSON(), nullable=False),
        sa.Column("places", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["release_id"], ["releases.id"], name="fk_censuses_release_id_releases"),
        sa.PrimaryKeyConstraint("release_id", name="pk_censuses"),
    )
