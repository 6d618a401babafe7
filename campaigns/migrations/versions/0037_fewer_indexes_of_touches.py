"""Touches are found by their campaign: two indexes, each written for every letter that goes, are no longer asked."""

from alembic import op

revision = "0037"
down_revision = "0036"


def upgrade() -> None:
    op.drop_index("ix_touches_of_message", table_name="touches")
    op.drop_index("ix_touches_authority_code", table_name="touches")
