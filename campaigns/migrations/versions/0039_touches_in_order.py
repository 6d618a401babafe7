"""Touches are numbered as they come: there is one for every letter, and a key by chance is dear in an index."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import UTCDateTime

revision = "0039"
down_revision = "0038"

SAID = "campaign_id, authority_code, role, grade, evidence, at, by, channel, message_id, withdrawn_at"
ABOUT = ("role", "grade", "channel", "message_id")
GONE, COUNTED = (
    ("campaign_id", "withdrawn_at", "at", "authority_code", *ABOUT),
    ("campaign_id", "authority_code", *ABOUT, "at", "withdrawn_at"),
)
UNTAKEN, TAKEN_BACK = sa.text("withdrawn_at IS NULL"), sa.text("withdrawn_at IS NOT NULL")
INDEXES = ("uq_touches_standing", "ix_touches_taken_back", "ix_touches_counted", "ix_touches_at")


def upgrade() -> None:
    _anew(sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False))
    op.execute(f"INSERT INTO touches ({SAID}) SELECT {SAID} FROM touches_before ORDER BY at")  # noqa: S608
    _with_indexes()


def _anew(key: "sa.Column[object]") -> None:
    """An empty table of this name, and the one there was as `touches_before`."""
    for index in INDEXES:
        op.drop_index(index, table_name="touches")
    op.rename_table("touches", "touches_before")
    if op.get_bind().dialect.name == "postgresql":
        op.drop_constraint("pk_touches", "touches_before", type_="primary")
        op.execute("DROP SEQUENCE IF EXISTS touches_id_seq CASCADE")
    op.create_table(
        "touches",
        key,
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("authority_code", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("grade", sa.String(), nullable=False),
        sa.Column("evidence", sa.String(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("message_id", sa.Uuid(), nullable=True),
        sa.Column("withdrawn_at", UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_touches"),
    )


def _with_indexes() -> None:
    """Made once the rows are there, which is quicker."""
    op.drop_table("touches_before")
    op.create_index("uq_touches_standing", "touches", ["evidence"], unique=True, sqlite_where=UNTAKEN, postgresql_where=UNTAKEN)
    op.create_index("ix_touches_taken_back", "touches", GONE, sqlite_where=TAKEN_BACK, postgresql_where=TAKEN_BACK)
    op.create_index("ix_touches_counted", "touches", COUNTED)
    op.create_index("ix_touches_at", "touches", ["at"])
