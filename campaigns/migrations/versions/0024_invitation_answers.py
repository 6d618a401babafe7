"""What people answer to invitations."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import UTCDateTime

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    op.create_table(
        "invitation_answers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("uid", sa.String(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("briefing_id", sa.Uuid(), nullable=False),
        sa.Column("release_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column("via", sa.String(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("stamped", UTCDateTime(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["briefing_id"], ["briefings.id"], name="fk_invitation_answers_briefing_id_briefings"),
        sa.ForeignKeyConstraint(["release_id"], ["releases.id"], name="fk_invitation_answers_release_id_releases"),
        sa.PrimaryKeyConstraint("id", name="pk_invitation_answers"),
        sa.UniqueConstraint("uid", "person_id", name="uq_invitation_answers_person"),
    )
    op.create_index("ix_invitation_answers_briefing_id", "invitation_answers", ["briefing_id"])
    op.create_index("ix_invitation_answers_person_id", "invitation_answers", ["person_id"])
