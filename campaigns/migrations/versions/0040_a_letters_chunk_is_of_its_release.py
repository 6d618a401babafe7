"""A letter's chunk is one of its own release: one key says so, where there were two that said less, each asked for every letter queued."""

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0039"

TWICE = sa.text("maybe_twice")


def upgrade() -> None:
    op.create_index("uq_chunks_of_release", "chunks", ["id", "release_id"], unique=True)
    op.drop_index("ix_deliveries_maybe_twice", table_name="deliveries")
    with op.batch_alter_table("deliveries") as batch_op:
        batch_op.drop_constraint("fk_deliveries_chunk_id_chunks", type_="foreignkey")
        batch_op.drop_constraint("fk_deliveries_release_id_releases", type_="foreignkey")
        batch_op.create_foreign_key("fk_deliveries_chunk_of_release", "chunks", ["chunk_id", "release_id"], ["id", "release_id"])
    op.create_index("ix_deliveries_maybe_twice", "deliveries", ["release_id"], sqlite_where=TWICE, postgresql_where=TWICE)
