"""Comments on a revision, and links for reviewers without an account; reminders to a party that has not signed."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import UTCDateTime

revision = "0004"
down_revision = "0003"

# (table, verb, when it is forbidden: None is always)
FROZEN = (
    ("comments", "DELETE", None),
    ("reminders", "UPDATE", None),
    ("reminders", "DELETE", None),
    (
        "comments",
        "UPDATE",
        "OLD.text <> NEW.text OR OLD.message_id <> NEW.message_id OR OLD.revision <> NEW.revision OR OLD.by_id <> NEW.by_id"
        " OR OLD.by_name <> NEW.by_name OR OLD.by_duty <> NEW.by_duty OR OLD.at <> NEW.at",
    ),
)


def upgrade() -> None:
    op.create_table(
        "comments",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("message_id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("by_name", sa.String(), nullable=False),
        sa.Column("by_duty", sa.String(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("resolved_by", sa.String(), nullable=True),
        sa.Column("resolved_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["message_id", "revision"], ["revisions.message_id", "revisions.number"], name=op.f("fk_comments_message_id_revisions")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_comments")),
    )
    op.create_index(op.f("ix_comments_message_id"), "comments", ["message_id"])

    op.create_table(
        "reviews",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("message_id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("reviewer", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("made_at", UTCDateTime(), nullable=False),
        sa.Column("until", UTCDateTime(), nullable=False),
        sa.Column("taken_back_by", sa.String(), nullable=True),
        sa.Column("taken_back_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["message_id", "revision"], ["revisions.message_id", "revisions.number"], name=op.f("fk_reviews_message_id_revisions")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reviews")),
        sa.UniqueConstraint("digest", name=op.f("uq_reviews_digest")),
    )
    op.create_index(op.f("ix_reviews_message_id"), "reviews", ["message_id"])

    op.create_table(
        "reminders",
        sa.Column("release_id", sa.Uuid(), nullable=False),
        sa.Column("party", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("told", sa.Integer(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["release_id"], ["releases.id"], name=op.f("fk_reminders_release_id_releases")),
        sa.PrimaryKeyConstraint("release_id", "party", "number", name=op.f("pk_reminders")),
    )

    for table, verb, when in FROZEN:
        _forbid(table, verb, when)


def _forbid(table: str, verb: str, when: str | None) -> None:
    """A trigger that refuses to change or delete a row, on both engines."""
    name, said, clause = f"{table}_no_{verb.lower()}", f"{table}: what was said or done does not change", f"WHEN ({when})" if when else ""
    if op.get_bind().dialect.name == "sqlite":
        op.execute(f"CREATE TRIGGER {name} BEFORE {verb} ON {table} {clause} BEGIN SELECT RAISE(ABORT, '{said}'); END")
    else:
        op.execute(f"CREATE FUNCTION {name}() RETURNS trigger AS $$ BEGIN RAISE EXCEPTION '{said}'; END $$ LANGUAGE plpgsql")
        op.execute(f"CREATE TRIGGER {name} BEFORE {verb} ON {table} FOR EACH ROW {clause} EXECUTE FUNCTION {name}()")
