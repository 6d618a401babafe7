"""Letters know the claim that has them, and chunks count theirs: outcomes settle in batches, and no page counts a million rows."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import UTCDateTime

revision = "0028"
down_revision = "0027"

CHUNKS = sa.table(
    "chunks",
    sa.column("id", sa.Uuid()),
    sa.column("tally", sa.JSON()),
    sa.column("open", sa.Integer()),
    sa.column("unclear", sa.Integer()),
    sa.column("due_at", UTCDateTime()),
)
DELIVERIES = sa.table("deliveries", sa.column("chunk_id", sa.Uuid()), sa.column("state", sa.String()), sa.column("due_at", UTCDateTime()))
OPEN = ("queued", "attempting", "unknown", "held")


def upgrade() -> None:
    op.add_column("deliveries", sa.Column("claim", sa.Uuid(), nullable=True))
    op.add_column("deliveries", sa.Column("falls", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("chunks", sa.Column("journal", sa.String(), nullable=True))
    op.add_column("chunks", sa.Column("recalled", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("chunks", sa.Column("tally", sa.JSON(), nullable=False, server_default="{}"))
    op.add_column("chunks", sa.Column("open", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("chunks", sa.Column("unclear", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("chunks", sa.Column("due_at", UTCDateTime(), nullable=True))
    op.add_column("untold", sa.Column("hinted_until", UTCDateTime(), nullable=True))
    op.create_index("ix_chunks_due_at", "chunks", ["due_at"])
    twice = sa.text("maybe_twice")
    op.create_index("ix_deliveries_maybe_twice", "deliveries", ["release_id"], sqlite_where=twice, postgresql_where=twice)
    op.drop_index("ix_deliveries_state", "deliveries")  # counted by chunk now; and a row whose indexed columns stay is cheaper to change
    _count()


def _count() -> None:
    connection = op.get_bind()
    due = sa.func.min(sa.case((DELIVERIES.c.state == "queued", DELIVERIES.c.due_at)))
    rows = connection.execute(
        sa.select(DELIVERIES.c.chunk_id, DELIVERIES.c.state, sa.func.count(), due).group_by(DELIVERIES.c.chunk_id, DELIVERIES.c.state)
    )
    tallies: dict[object, dict[str, int]] = {}
    dues: dict[object, object] = {}
    for chunk, state, letters, earliest in rows:
        tallies.setdefault(chunk, {})[state] = letters
        if state == "queued":
            dues[chunk] = earliest
    for chunk, tally in tallies.items():
        values = {
            "tally": tally,
            "open": sum(tally.get(state, 0) for state in OPEN),
            "unclear": tally.get("unknown", 0),
            "due_at": dues.get(chunk),
        }
        connection.execute(sa.update(CHUNKS).where(CHUNKS.c.id == chunk).values(**values))
