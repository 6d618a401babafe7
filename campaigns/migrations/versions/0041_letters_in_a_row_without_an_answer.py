"""Of how many letters of a release in a row no answer was heard."""

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"


def upgrade() -> None:
    op.add_column("refusal_counts", sa.Column("unheard", sa.Integer(), server_default="0", nullable=False))
