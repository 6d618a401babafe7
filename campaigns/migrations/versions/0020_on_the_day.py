"""Who was there by person, what was asked and is to be done, local repeats; and one touch for each authority and role of a sheet."""

from hashlib import sha256
from uuid import UUID

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import UTCDateTime

revision = "0020"
down_revision = "0019"

OLD = sa.table(
    "attendances",
    sa.column("id", sa.Uuid),
    sa.column("briefing_id", sa.Uuid),
    sa.column("authority_code", sa.String),
    sa.column("role", sa.String),
    sa.column("present", sa.Boolean),
    sa.column("status", sa.String),
    sa.column("digest", sa.String),
)
TOUCHES = sa.table("touches", sa.column("evidence", sa.String))


def upgrade() -> None:
    with op.batch_alter_table("attendances", schema=None) as batch_op:
        batch_op.add_column(sa.Column("body_code", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("person_id", sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column("name", sa.String(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("status", sa.String(), nullable=False, server_default="present"))
        batch_op.add_column(sa.Column("how", sa.String(), nullable=False, server_default="list"))
        batch_op.add_column(sa.Column("number", sa.Integer(), nullable=False, server_default="1"))
        batch_op.add_column(sa.Column("digest", sa.String(), nullable=False, server_default=""))
    _know_the_ticks()
    with op.batch_alter_table("attendances", schema=None) as batch_op:
        batch_op.drop_constraint("uq_attendances_tick", type_="unique")
        batch_op.drop_column("present")
        batch_op.alter_column("authority_code", existing_type=sa.String(), nullable=True)
        for name in ("name", "status", "how", "digest"):
            batch_op.alter_column(name, existing_type=sa.String(), server_default=None)
        batch_op.alter_column("number", existing_type=sa.Integer(), server_default=None)
        batch_op.create_unique_constraint("uq_attendances_attendee", ["briefing_id", "digest"])
        batch_op.create_index(batch_op.f("ix_attendances_person_id"), ["person_id"], unique=False)
    with op.batch_alter_table("briefings", schema=None) as batch_op:
        batch_op.add_column(sa.Column("list_completed_at", UTCDateTime(), nullable=True))
    _questions_and_actions()
    _repeats()


def _know_the_ticks() -> None:
    """Every tick keeps its row; the touch it stood for is known by authority and role from now on."""
    connection = op.get_bind()
    for row in connection.execute(sa.select(OLD)).all():
        status = "present" if row.present else "taken back"
        digest = sha256("\x1f".join(("tick", row.authority_code, row.role)).encode()).hexdigest()
        connection.execute(sa.update(OLD).where(OLD.c.id == row.id).values(status=status, digest=digest))
        _rename(f"attendance:{row.id}", _evidence(row.briefing_id, row.authority_code, row.role))


def _rename(before: str, after: str) -> None:
    op.get_bind().execute(sa.update(TOUCHES).where(TOUCHES.c.evidence == before).values(evidence=after))


def _evidence(briefing_id: UUID, code: str, role: str) -> str:
    return f"attendance:{briefing_id}:{code}:{role}"


def _questions_and_actions() -> None:
    op.create_table(
        "briefing_questions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("briefing_id", sa.Uuid(), nullable=False),
        sa.Column("authority_code", sa.String(), nullable=True),
        sa.Column("question", sa.String(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.Column("settled_by", sa.String(), nullable=True),
        sa.Column("settled_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["briefing_id"], ["briefings.id"], name=op.f("fk_briefing_questions_briefing_id_briefings")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_briefing_questions")),
    )
    op.create_index(op.f("ix_briefing_questions_briefing_id"), "briefing_questions", ["briefing_id"])
    op.create_table(
        "briefing_actions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("briefing_id", sa.Uuid(), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("party", sa.String(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("due", sa.Date(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("done_by", sa.String(), nullable=True),
        sa.Column("done_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["briefing_id"], ["briefings.id"], name=op.f("fk_briefing_actions_briefing_id_briefings")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_briefing_actions")),
    )
    op.create_index(op.f("ix_briefing_actions_briefing_id"), "briefing_actions", ["briefing_id"])


def _repeats() -> None:
    op.create_table(
        "local_repeats",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("briefing_id", sa.Uuid(), nullable=False),
        sa.Column("authority_code", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("venue", sa.String(), nullable=False),
        sa.Column("heads", sa.JSON(), nullable=False),
        sa.Column("asked", sa.String(), nullable=False),
        sa.Column("reporter", sa.String(), nullable=False),
        sa.Column("post", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("settled_by", sa.String(), nullable=True),
        sa.Column("settled_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["briefing_id"], ["briefings.id"], name=op.f("fk_local_repeats_briefing_id_briefings")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_local_repeats")),
        sa.UniqueConstraint("briefing_id", "digest", name="uq_local_repeats_told"),
    )
    op.create_index(op.f("ix_local_repeats_briefing_id"), "local_repeats", ["briefing_id"])
    op.create_index(op.f("ix_local_repeats_state"), "local_repeats", ["state"])
