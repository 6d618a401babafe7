"""What readers say through the links in their letters, what they want no letters about, and the key their links were made with."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import UTCDateTime

revision = "0007"
down_revision = "0006"

NEW = (("removals", "topic"), ("preferences", "topic"), ("releases", "link_key"))


def upgrade() -> None:
    op.create_table(
        "acknowledgements",
        sa.Column("release_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["release_id"], ["releases.id"], name=op.f("fk_acknowledgements_release_id_releases")),
        sa.PrimaryKeyConstraint("release_id", "position", "kind", name=op.f("pk_acknowledgements")),
    )
    for table, column in NEW:
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.add_column(sa.Column(column, sa.String(), nullable=False, server_default=""))
    with op.batch_alter_table("removals", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("uq_removals_address"), type_="unique")
        batch_op.create_unique_constraint("uq_removals_address_topic", ["address", "topic"])
