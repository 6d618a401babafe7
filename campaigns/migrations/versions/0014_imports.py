"""Files of people on their way in, row by row; and guessed addresses, which wait to be confirmed."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import UTCDateTime

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    op.add_column("people", sa.Column("confirmed", sa.Boolean(), nullable=False, server_default=sa.true()))
    op.drop_index("ix_people_seats", table_name="people")
    op.create_index(
        "ix_people_seats",
        "people",
        ["place", "role"],
        sqlite_where=sa.text("until IS NULL AND confirmed IS 1"),
        postgresql_where=sa.text("until IS NULL AND confirmed IS true"),
    )
    op.create_table(
        "imports",
        sa.Column("id", sa.Uuid(), nullable=False),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("name", "digest", "state", "encoding", "sheet", "role", "by")),
        *(sa.Column(name, sa.Boolean(), nullable=False) for name in ("certain", "leave_out_refused")),
        *(sa.Column(name, sa.JSON(), nullable=False) for name in ("sheets", "header", "mapping", "answers", "remarks", "counts")),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("applied_at", UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_imports")),
    )
    op.create_index(op.f("ix_imports_state"), "imports", ["state"])
    op.create_table(
        "import_rows",
        sa.Column("import_id", sa.Uuid(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("cells", sa.JSON(), nullable=False),
        *(
            sa.Column(name, sa.String(), nullable=False)
            for name in ("verdict", "reason", "asked", "how", "name", "role", "place", "address", "change", "old_name")
        ),
        sa.Column("new_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["import_id"], ["imports.id"], name=op.f("fk_import_rows_import_id_imports")),
        sa.PrimaryKeyConstraint("import_id", "line", name=op.f("pk_import_rows")),
    )
    op.create_index("ix_import_rows_verdict", "import_rows", ["import_id", "verdict", "line"])
    op.create_index(op.f("ix_import_rows_address"), "import_rows", ["address"])
    op.create_table(
        "import_files",
        sa.Column("import_id", sa.Uuid(), nullable=False),
        sa.Column("raw", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["import_id"], ["imports.id"], name=op.f("fk_import_files_import_id_imports")),
        sa.PrimaryKeyConstraint("import_id", name=op.f("pk_import_files")),
    )
