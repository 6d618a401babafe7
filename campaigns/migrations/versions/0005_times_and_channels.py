"""People hold their roles for a time; touches know their channel and message; suggestions of who to write to; sites by authority."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import UTCDateTime

revision = "0005"
down_revision = "0004"

HOLDING = sa.text("until IS NULL")


def upgrade() -> None:
    with op.batch_alter_table("people", schema=None) as batch_op:
        batch_op.add_column(sa.Column("since", UTCDateTime(), nullable=True))
        batch_op.add_column(sa.Column("until", UTCDateTime(), nullable=True))
        batch_op.drop_constraint(batch_op.f("uq_people_address"), type_="unique")
    # When somebody came or left was not kept until now: the first and the last that is known of them stands in.
    op.execute("UPDATE people SET since = (SELECT min(at) FROM log_entries)")
    op.execute("UPDATE people SET until = coalesce((SELECT max(at) FROM log_entries WHERE subject = people.id), since) WHERE NOT active")
    with op.batch_alter_table("people", schema=None) as batch_op:
        batch_op.alter_column("since", existing_type=UTCDateTime(), nullable=False)
        batch_op.drop_column("active")
        batch_op.create_index(
            "uq_people_holding", ["address", "role", "place"], unique=True, sqlite_where=HOLDING, postgresql_where=HOLDING
        )

    with op.batch_alter_table("touches", schema=None) as batch_op:
        batch_op.add_column(sa.Column("channel", sa.String(), nullable=False, server_default="letter"))
        batch_op.add_column(sa.Column("message_id", sa.Uuid(), nullable=True))
    op.execute("UPDATE touches SET channel = 'briefing' WHERE evidence LIKE 'attendance:%'")
    with op.batch_alter_table("touches", schema=None) as batch_op:
        batch_op.alter_column("channel", existing_type=sa.String(), server_default=None)

    op.create_table(
        "suggestions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("authority_code", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("settled_by", sa.String(), nullable=True),
        sa.Column("settled_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_suggestions_person_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_suggestions")),
    )
    op.create_index(op.f("ix_suggestions_person_id"), "suggestions", ["person_id"])
    op.create_index(op.f("ix_suggestions_authority_code"), "suggestions", ["authority_code"])
    op.create_index(op.f("ix_suggestions_state"), "suggestions", ["state"])

    op.create_table(
        "sites",
        sa.Column("body_code", sa.String(), nullable=False),
        sa.Column("authority_code", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["authority_code"], ["authorities.code"], name=op.f("fk_sites_authority_code_authorities")),
        sa.ForeignKeyConstraint(["body_code"], ["bodies.code"], name=op.f("fk_sites_body_code_bodies")),
        sa.PrimaryKeyConstraint("body_code", "authority_code", name=op.f("pk_sites")),
    )
    op.create_index(op.f("ix_sites_authority_code"), "sites", ["authority_code"])
