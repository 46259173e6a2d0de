"""Nach der Freigabe versiegelt: Schlüssel der Menschen und des Archivs, Siegel je Dokument und Empfänger.

Revision ID: 0013
Revises: 0012
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from migrations.operations import append_only, platform_may, platform_table, protect

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

NOW = sa.text("now()")
BINDING = "octet_length(binding) = 32"


def upgrade() -> None:
    op.create_unique_constraint(op.f("uq_tenant_id_demo"), "tenant", ["id", "demo"])
    _people()
    _recipients()
    _archive()
    _documents()


def downgrade() -> None:
    op.drop_table("dokument_empfaenger")
    op.drop_constraint(op.f("ck_dokument_siegel"), "dokument", type_="check")
    for column in ("archiv_siegel", "archiv_schluessel", "verfahren"):
        op.drop_column("dokument", column)
    for table in ("archive_paper", "archive_key", "recipient_key", "document_unlock", "document_key_wrap",
                  "document_key"):
        op.drop_table(table)
    op.drop_constraint(op.f("uq_tenant_id_demo"), "tenant", type_="unique")


def _moment(name: str, *, now: bool = False, nullable: bool = True) -> sa.Column[Any]:
    default = NOW if now else None
    return sa.Column(name, sa.DateTime(timezone=True), server_default=default, nullable=nullable and not now)


def _bytes(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.LargeBinary(), nullable=nullable)


def _public_id() -> sa.Column[Any]:
    return sa.Column("public_id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False)


def _tenant_row(table: str) -> list[Any]:
    return [
        sa.Column("tenant_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f(f"fk_{table}_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f(f"pk_{table}")),
    ]


def _people() -> None:
    op.create_table(
        "document_key",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        _public_id(),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("algorithm", sa.SmallInteger(), nullable=False),
        _bytes("public_key"),
        _moment("created_at", now=True),
        _moment("retired_at"),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_document_key_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document_key")),
        sa.UniqueConstraint("public_id", name=op.f("uq_document_key_public_id")),
    )
    op.create_index("uq_document_key_user_id", "document_key", ["user_id"], unique=True,
                    postgresql_where=sa.text("retired_at IS NULL"))
    table = "document_key_wrap"
    op.create_table(
        table,
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("key_id", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("demo", sa.Boolean(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        _bytes("wrapped"),
        _moment("created_at", now=True),
        sa.CheckConstraint("kind IN ('password', 'letter', 'demo')", name=op.f(f"ck_{table}_kind")),
        sa.CheckConstraint("kind <> 'demo' OR demo", name=op.f(f"ck_{table}_vorfuehrung")),
        sa.ForeignKeyConstraint(["key_id"], ["document_key.id"], name=op.f(f"fk_{table}_key_id")),
        sa.ForeignKeyConstraint(["user_id", "demo"], ["user_account.id", "user_account.demo"],
                                name=op.f(f"fk_{table}_user_id_demo")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint("key_id", "kind", name=op.f(f"uq_{table}_key_id_kind")),
    )
    table = "document_unlock"
    op.create_table(
        table,
        _bytes("token_hash"),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        _bytes("wrapped"),
        _moment("expires_at", nullable=False),
        sa.CheckConstraint("octet_length(token_hash) = 32", name=op.f(f"ck_{table}_hash")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f(f"fk_{table}_user_id")),
        sa.PrimaryKeyConstraint("token_hash", name=op.f(f"pk_{table}")),
    )
    op.create_index("ix_document_unlock_user_id", table, ["user_id"])
    platform_table("document_key", "SELECT, INSERT, UPDATE")
    platform_table("document_key_wrap")
    platform_table("document_unlock", identity=None)


def _recipients() -> None:
    table = "recipient_key"
    op.create_table(
        table,
        *_tenant_row(table),
        sa.Column("person_public_id", sa.Uuid(), nullable=False),
        sa.Column("key_public_id", sa.Uuid(), nullable=False),
        sa.Column("algorithm", sa.SmallInteger(), nullable=False),
        _bytes("public_key"),
        _bytes("binding"),
        _moment("created_at", now=True),
        _moment("ended_at"),
        sa.CheckConstraint(BINDING, name=op.f(f"ck_{table}_binding")),
        sa.UniqueConstraint("tenant_id", "person_public_id", "key_public_id",
                            name=op.f(f"uq_{table}_tenant_id_person_public_id_key_public_id")),
    )
    op.create_index("uq_recipient_key_person", table, ["tenant_id", "person_public_id"], unique=True,
                    postgresql_where=sa.text("ended_at IS NULL"))
    protect(table, grants="SELECT")
    platform_may(table, "SELECT, INSERT, UPDATE")


def _archive() -> None:
    table = "archive_key"
    op.create_table(
        table,
        *_tenant_row(table),
        _public_id(),
        sa.Column("algorithm", sa.SmallInteger(), nullable=False),
        _bytes("public_key"),
        _bytes("binding"),
        sa.Column("demo", sa.Boolean(), nullable=False),
        _bytes("demo_wrapped", nullable=True),
        _moment("created_at", now=True),
        sa.Column("created_by", sa.String(), nullable=False),
        _moment("retired_at"),
        sa.CheckConstraint(BINDING, name=op.f(f"ck_{table}_binding")),
        sa.CheckConstraint("demo_wrapped IS NULL OR demo", name=op.f(f"ck_{table}_vorfuehrung")),
        sa.ForeignKeyConstraint(["tenant_id", "demo"], ["tenant.id", "tenant.demo"],
                                name=op.f(f"fk_{table}_tenant_id_demo")),
        sa.UniqueConstraint("tenant_id", "public_id", name=op.f(f"uq_{table}_tenant_id_public_id")),
    )
    op.create_index("uq_archive_key_current", table, ["tenant_id"], unique=True,
                    postgresql_where=sa.text("retired_at IS NULL"))
    paper = "archive_paper"
    op.create_table(
        paper,
        *_tenant_row(paper),
        sa.Column("archive_key_id", sa.BigInteger(), nullable=False),
        sa.Column("first_holder", sa.String(), nullable=False),
        sa.Column("second_holder", sa.String(), nullable=False),
        _bytes("wrapped"),
        _moment("created_at", now=True),
        sa.CheckConstraint("first_holder < second_holder", name=op.f(f"ck_{paper}_zwei_menschen")),
        sa.ForeignKeyConstraint(["tenant_id", "archive_key_id"], ["archive_key.tenant_id", "archive_key.id"],
                                name=op.f(f"fk_{paper}_tenant_id_archive_key_id")),
        sa.UniqueConstraint("tenant_id", "archive_key_id", "first_holder", "second_holder",
                            name=op.f(f"uq_{paper}_tenant_id_archive_key_id_first_holder_second_holder")),
    )
    protect(table, grants="SELECT")
    platform_may(table, "SELECT, INSERT, UPDATE")
    protect(paper, grants="SELECT")
    platform_may(paper, "SELECT, INSERT, DELETE")


def _documents() -> None:
    # What was issued before stays as it is (the rows never change): verfahren 1 opens under the tenant's key.
    op.add_column("dokument", sa.Column("verfahren", sa.SmallInteger(), server_default=sa.text("1"), nullable=False))
    op.add_column("dokument", sa.Column("archiv_schluessel", sa.Uuid(), nullable=True))
    op.add_column("dokument", _bytes("archiv_siegel", nullable=True))
    op.alter_column("dokument", "verfahren", server_default=None)
    op.create_check_constraint(
        op.f("ck_dokument_siegel"),
        "dokument",
        "verfahren = 1 OR (archiv_schluessel IS NOT NULL AND archiv_siegel IS NOT NULL)",
    )
    table = "dokument_empfaenger"
    op.create_table(
        table,
        *_tenant_row(table),
        sa.Column("dokument_id", sa.BigInteger(), nullable=False),
        sa.Column("schluessel", sa.Uuid(), nullable=False),
        _bytes("siegel"),
        _moment("versiegelt_am", now=True),
        sa.Column("versiegelt_von", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id", "dokument_id"], ["dokument.tenant_id", "dokument.id"],
                                name=op.f(f"fk_{table}_tenant_id_dokument_id")),
        sa.UniqueConstraint("tenant_id", "dokument_id", "schluessel",
                            name=op.f(f"uq_{table}_tenant_id_dokument_id_schluessel")),
    )
    protect(table, grants="SELECT, INSERT")
    append_only(table)
