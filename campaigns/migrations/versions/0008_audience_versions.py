"""Versions of audiences, never changed, and which of them found a release's readers; people counted by role and place, and touches found by them, however many there are."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import UTCDateTime

revision = "0008"
down_revision = "0007"

HOLDING = sa.text("until IS NULL")
FROZEN = "audience_versions"


def upgrade() -> None:
    with op.batch_alter_table("audiences", schema=None) as batch_op:
        batch_op.add_column(sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
    with op.batch_alter_table("audiences", schema=None) as batch_op:
        batch_op.alter_column("version", existing_type=sa.Integer(), server_default=None)
    op.create_table(
        FROZEN,
        sa.Column("audience_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("rule", sa.JSON(), nullable=False),
        sa.Column("sentence", sa.String(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["audience_id"], ["audiences.id"], name=op.f("fk_audience_versions_audience_id_audiences")),
        sa.PrimaryKeyConstraint("audience_id", "number", name=op.f("pk_audience_versions")),
    )
    # The rules that stand begin the list; who wrote the last of them, and when, is known from the log.
    op.execute(
        """
        INSERT INTO audience_versions (audience_id, number, rule, sentence, "by", at)
        SELECT audiences.id, 1, audiences.rule, '', log_entries."by", log_entries.at FROM audiences
        JOIN log_entries ON log_entries.id = (SELECT max(id) FROM log_entries WHERE subject = audiences.id)
        """
    )
    op.create_table(
        "sealed_audiences",
        sa.Column("release_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("audience", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("rule", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["release_id"], ["releases.id"], name=op.f("fk_sealed_audiences_release_id_releases")),
        sa.PrimaryKeyConstraint("release_id", "position", name=op.f("pk_sealed_audiences")),
    )
    for table, verb in ((FROZEN, "UPDATE"), (FROZEN, "DELETE"), ("sealed_audiences", "UPDATE")):
        _forbid(table, verb)
    _forbid_once_sealed("sealed_audiences")

    op.create_index("ix_people_seats", "people", ["place", "role"], sqlite_where=HOLDING, postgresql_where=HOLDING)
    op.create_index("ix_touches_of_message", "touches", ["message_id", "authority_code", "role", "grade"])


def _forbid(table: str, verb: str) -> None:
    """A trigger that refuses to change or delete a row, on both engines."""
    name, said = f"{table}_no_{verb.lower()}", f"{table}: what an audience was does not change"
    if op.get_bind().dialect.name == "sqlite":
        op.execute(f"CREATE TRIGGER {name} BEFORE {verb} ON {table} BEGIN SELECT RAISE(ABORT, '{said}'); END")
    else:
        op.execute(f"CREATE FUNCTION {name}() RETURNS trigger AS $$ BEGIN RAISE EXCEPTION '{said}'; END $$ LANGUAGE plpgsql")
        op.execute(f"CREATE TRIGGER {name} BEFORE {verb} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()")


def _forbid_once_sealed(table: str) -> None:
    """Rows may be deleted only while their release has no manifest, as for all that was sealed (0002)."""
    name, said = f"{table}_stay", f"{table}: what was sealed stays"
    is_sealed = "EXISTS (SELECT 1 FROM releases WHERE id = OLD.release_id AND manifest IS NOT NULL)"
    if op.get_bind().dialect.name == "sqlite":
        op.execute(f"CREATE TRIGGER {name} BEFORE DELETE ON {table} WHEN {is_sealed} BEGIN SELECT RAISE(ABORT, '{said}'); END")
    else:
        body = f"BEGIN IF {is_sealed} THEN RAISE EXCEPTION '{said}'; END IF; RETURN OLD; END"
        op.execute(f"CREATE FUNCTION {name}() RETURNS trigger AS $$ {body} $$ LANGUAGE plpgsql")
        op.execute(f"CREATE TRIGGER {name} BEFORE DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()")
