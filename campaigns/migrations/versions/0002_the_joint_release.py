"""Joint release: rosters, passkeys, nonces, branches; and triggers that keep what was sealed or signed as it was.

The chain over the log is begun again: a link is now made over the digest of its fact. Releases sealed before this revision have a manifest of the first kind, which the gate no longer reads: they are submitted again.
"""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import UTCDateTime

revision = "0002"
down_revision = "0001"

# (table, verb, when it is forbidden: None is always)
FROZEN = (
    ("revisions", "UPDATE", None),
    ("revisions", "DELETE", None),
    ("signatures", "UPDATE", None),
    ("signatures", "DELETE", None),
    ("roster_signatures", "UPDATE", None),
    ("roster_signatures", "DELETE", None),
    ("rosters", "DELETE", None),
    ("rosters", "UPDATE", "OLD.document <> NEW.document OR OLD.version <> NEW.version"),
    ("releases", "DELETE", None),
    (
        "releases",
        "UPDATE",
        "OLD.manifest IS NOT NULL AND (NEW.manifest IS NULL OR OLD.manifest <> NEW.manifest OR NEW.digest IS NULL OR OLD.digest <> NEW.digest)",
    ),
    ("sealed_programs", "UPDATE", None),
    ("sealed_letters", "UPDATE", None),
    ("sealed_branches", "UPDATE", None),
    ("sealed_omissions", "UPDATE", None),
    ("particulars", "UPDATE", "NEW.address IS NOT NULL OR NEW.fields IS NOT NULL OR NEW.salt IS NOT NULL"),
)
# A release that was sealed keeps its letters; one still being sealed may be begun again.
SEALED = ("sealed_programs", "sealed_letters", "sealed_branches", "sealed_omissions", "particulars")


def upgrade() -> None:
    op.create_table(
        "nonces",
        sa.Column("nonce", sa.String(), nullable=False),
        sa.Column("officer_id", sa.Uuid(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("issued_at", UTCDateTime(), nullable=False),
        sa.Column("used_at", UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("nonce", name=op.f("pk_nonces")),
    )
    op.create_table(
        "rosters",
        sa.Column("fingerprint", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("document", sa.LargeBinary(), nullable=False),
        sa.Column("proposed_by", sa.String(), nullable=False),
        sa.Column("proposed_at", UTCDateTime(), nullable=False),
        sa.Column("stands_since", UTCDateTime(), nullable=True),
        sa.Column("ended_at", UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("fingerprint", name=op.f("pk_rosters")),
    )
    op.create_index(op.f("ix_rosters_version"), "rosters", ["version"])
    waiting = sa.text("stands_since IS NULL AND ended_at IS NULL")
    op.create_index("uq_rosters_waiting", "rosters", ["version"], unique=True, sqlite_where=waiting, postgresql_where=waiting)

    op.create_table(
        "suspensions",
        sa.Column("officer_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("by_name", sa.String(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("officer_id", "version", name=op.f("pk_suspensions")),
    )
    op.create_table(
        "credentials",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("officer_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("cose", sa.String(), nullable=False),
        sa.Column("software", sa.Boolean(), nullable=False),
        sa.Column("counter", sa.Integer(), nullable=False),
        sa.Column("backup_eligible", sa.Boolean(), nullable=False),
        sa.Column("backed_up", sa.Boolean(), nullable=False),
        sa.Column("enrolled_at", UTCDateTime(), nullable=False),
        sa.Column("removed_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["officer_id"], ["officers.id"], name=op.f("fk_credentials_officer_id_officers")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_credentials")),
    )
    op.create_index(op.f("ix_credentials_officer_id"), "credentials", ["officer_id"])

    op.create_table(
        "roster_signatures",
        sa.Column("party", sa.String(), nullable=False),
        sa.Column("officer_id", sa.Uuid(), nullable=False),
        sa.Column("officer_name", sa.String(), nullable=False),
        sa.Column("method", sa.String(), nullable=False),
        sa.Column("evidence", sa.JSON(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("fingerprint", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["fingerprint"], ["rosters.fingerprint"], name=op.f("fk_roster_signatures_fingerprint_rosters")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roster_signatures")),
        sa.UniqueConstraint("fingerprint", "officer_id", name="uq_roster_signatures_fingerprint_officer"),
    )
    op.create_index(op.f("ix_roster_signatures_fingerprint"), "roster_signatures", ["fingerprint"])

    op.create_table(
        "sealed_branches",
        sa.Column("release_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("node", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["release_id"], ["releases.id"], name=op.f("fk_sealed_branches_release_id_releases")),
        sa.PrimaryKeyConstraint("release_id", "number", name=op.f("pk_sealed_branches")),
    )
    op.create_table(
        "sealed_omissions",
        sa.Column("release_id", sa.Uuid(), nullable=False),
        sa.Column("audience", sa.String(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["release_id"], ["releases.id"], name=op.f("fk_sealed_omissions_release_id_releases")),
        sa.PrimaryKeyConstraint("release_id", "audience", "person_id", name=op.f("pk_sealed_omissions")),
    )
    with op.batch_alter_table("messages", schema=None) as batch_op:
        batch_op.add_column(sa.Column("corrects", sa.Uuid(), nullable=True))

    with op.batch_alter_table("releases", schema=None) as batch_op:
        batch_op.add_column(sa.Column("choice", sa.String(), nullable=False, server_default=""))

    with op.batch_alter_table("sealed_letters", schema=None) as batch_op:
        batch_op.add_column(sa.Column("condition", sa.String(), nullable=False, server_default=""))

    with op.batch_alter_table("signatures", schema=None) as batch_op:
        batch_op.add_column(sa.Column("roster", sa.Integer(), nullable=False, server_default="0"))
        batch_op.drop_constraint(batch_op.f("uq_signatures_release_party"), type_="unique")

    with op.batch_alter_table("accounts", schema=None) as batch_op:
        batch_op.add_column(sa.Column("code_secret", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("code_step", sa.Integer(), nullable=True))

    with op.batch_alter_table("notices", schema=None) as batch_op:
        batch_op.add_column(sa.Column("sender", sa.String(), nullable=False, server_default=""))

    _chain_anew()
    for table, verb, when in FROZEN:
        _forbid(table, verb, when)
    for table in SEALED:
        _forbid_once_sealed(table)


def _chain_anew() -> None:
    """A link is made another way from now on: every fact waits to be linked again, and heads that were kept before are void."""
    sqlite = op.get_bind().dialect.name == "sqlite"
    kept = "CREATE TRIGGER links_no_delete BEFORE DELETE ON links BEGIN SELECT RAISE(ABORT, 'links is append-only'); END"
    op.execute("DROP TRIGGER links_no_delete" if sqlite else "ALTER TABLE links DISABLE TRIGGER links_no_delete")
    op.execute("INSERT INTO unlinked SELECT entry_id FROM links")
    op.execute("DELETE FROM links")
    op.execute(kept if sqlite else "ALTER TABLE links ENABLE TRIGGER links_no_delete")


def _forbid(table: str, verb: str, when: str | None) -> None:
    """A trigger that refuses to change or delete a row, on both engines."""
    name, said, clause = (
        f"{table}_no_{verb.lower()}",
        f"{table}: what was sealed or signed does not change",
        f"WHEN ({when})" if when else "",
    )
    if op.get_bind().dialect.name == "sqlite":
        op.execute(f"CREATE TRIGGER {name} BEFORE {verb} ON {table} {clause} BEGIN SELECT RAISE(ABORT, '{said}'); END")
    else:
        op.execute(f"CREATE FUNCTION {name}() RETURNS trigger AS $$ BEGIN RAISE EXCEPTION '{said}'; END $$ LANGUAGE plpgsql")
        op.execute(f"CREATE TRIGGER {name} BEFORE {verb} ON {table} FOR EACH ROW {clause} EXECUTE FUNCTION {name}()")


def _forbid_once_sealed(table: str) -> None:
    """Letters may be deleted only while their release has no manifest; a condition that looks elsewhere stands inside the trigger."""
    name, said = f"{table}_stay", f"{table}: what was sealed stays"
    is_sealed = "EXISTS (SELECT 1 FROM releases WHERE id = OLD.release_id AND manifest IS NOT NULL)"
    if op.get_bind().dialect.name == "sqlite":
        op.execute(f"CREATE TRIGGER {name} BEFORE DELETE ON {table} WHEN {is_sealed} BEGIN SELECT RAISE(ABORT, '{said}'); END")
    else:
        body = f"BEGIN IF {is_sealed} THEN RAISE EXCEPTION '{said}'; END IF; RETURN OLD; END"
        op.execute(f"CREATE FUNCTION {name}() RETURNS trigger AS $$ {body} $$ LANGUAGE plpgsql")
        op.execute(f"CREATE TRIGGER {name} BEFORE DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()")
