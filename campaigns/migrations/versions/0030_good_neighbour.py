"""Turns and trouble by mail domain, when a letter was first tried, and what of a release was refused lately."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import UTCDateTime

revision = "0030"
down_revision = "0029"


def upgrade() -> None:
    op.add_column("deliveries", sa.Column("first_at", UTCDateTime(), nullable=True))
    op.add_column("deliveries", sa.Column("turn_at", UTCDateTime(), nullable=True))
    op.create_table(
        "mail_domains",
        sa.Column("domain", sa.String(), nullable=False),
        sa.Column("free_at", UTCDateTime(), nullable=True),
        sa.Column("in_a_row", sa.Integer(), nullable=False),
        sa.Column("rests", sa.Integer(), nullable=False),
        sa.Column("until", UTCDateTime(), nullable=True),
        sa.Column("allowance", sa.Integer(), nullable=False),
        sa.Column("since", UTCDateTime(), nullable=True),
        sa.Column("words", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("domain", name="pk_mail_domains"),
    )
    op.create_table(
        "domain_holds",
        sa.Column("domain", sa.String(), nullable=False),
        sa.Column("chunk_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["chunk_id"], ["chunks.id"], name="fk_domain_holds_chunk_id_chunks"),
        sa.PrimaryKeyConstraint("domain", "chunk_id", name="pk_domain_holds"),
    )
    op.create_table(
        "refusal_counts",
        sa.Column("release_id", sa.Uuid(), nullable=False),
        sa.Column("settled", sa.Integer(), nullable=False),
        sa.Column("refused", sa.Integer(), nullable=False),
        sa.Column("by_policy", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["release_id"], ["releases.id"], name="fk_refusal_counts_release_id_releases"),
        sa.PrimaryKeyConstraint("release_id", name="pk_refusal_counts"),
    )
