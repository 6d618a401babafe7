"""Room on a page for a letter's three versions: queued, attempting, and with its outcome. So none of its indexes is written again (PostgreSQL)."""

from alembic import op

revision = "0031"
down_revision = "0030"


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE deliveries SET (fillfactor = 40)")
