"""An authority's page asks which letters it was sent: found by the authority, however many letters there are."""

from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.create_index(op.f("ix_sealed_letters_authority_code"), "sealed_letters", ["authority_code"])
