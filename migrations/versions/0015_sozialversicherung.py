"""Sozialversicherung: weitere Beschäftigungen, Vortragswerte und Merkmale, die ein Lauf braucht.

Revision ID: 0015
Revises: 0014
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from migrations.operations import no_overlap, protect

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

FLAGS = ("pkv_ohne_krankengeld", "anderweitig_rentenversichert", "dienst_nach_beschaeftigung", "individuell_besteuert")
CLOCKS = {
    "zeitraum": "valid_to IS NULL OR valid_to >= valid_from",
    "kenntnis": "superseded_at IS NULL OR superseded_at >= recorded_at",
}
ELSEWHERE, CARRIED = "weitere_beschaeftigung", "vortragswerte"


def _cents(name: str) -> Any:
    return sa.Column(name, sa.BigInteger(), server_default=sa.text("0"), nullable=False)


def _fact(table: str, anchor: str, keys: tuple[str, ...], checks: dict[str, str], *columns: Any) -> None:
    op.create_table(
        table,
        sa.Column("tenant_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("public_id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date()),
        sa.Column("recorded_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True)),
        sa.Column("recorded_by", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), server_default=sa.text("''"), nullable=False),
        sa.Column(f"{anchor}_id", sa.BigInteger(), nullable=False),
        *columns,
        *(sa.CheckConstraint(rule, name=op.f(f"ck_{table}_{name}")) for name, rule in {**checks, **CLOCKS}.items()),
        sa.ForeignKeyConstraint(
            ["tenant_id", f"{anchor}_id"],
            [f"{anchor}.tenant_id", f"{anchor}.id"],
            name=op.f(f"fk_{table}_tenant_id_{anchor}_id"),
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f(f"fk_{table}_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint("tenant_id", "public_id", name=op.f(f"uq_{table}_tenant_id_public_id")),
    )
    op.create_index(op.f(f"ix_{table}_tenant_id_{anchor}_id"), table, ["tenant_id", f"{anchor}_id"])
    no_overlap(table, f"ex_{table}_zeitraum", *keys)
    protect(table, grants="SELECT, INSERT, UPDATE")
    op.execute(
        f"CREATE TRIGGER tatsache_bleibt BEFORE UPDATE ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION kreislohn_tatsache_bleibt()"
    )


def upgrade() -> None:
    for name in FLAGS:
        op.add_column(
            "versicherung", sa.Column(name, sa.Boolean(), server_default=sa.text("false"), nullable=False)
        )
    _fact(
        ELSEWHERE,
        "person",
        ("person_id", "nummer"),
        {"nummer": "nummer >= 1", "art": "art IN ('versichert', 'minijob')", "entgelt": "entgelt_monat_cent >= 0"},
        sa.Column("nummer", sa.SmallInteger(), nullable=False),
        sa.Column("art", sa.String(), nullable=False),
        sa.Column("entgelt_monat_cent", sa.BigInteger(), nullable=False),
        sa.Column("arbeitgeber_siegel", sa.LargeBinary()),
    )
    _fact(
        CARRIED,
        "beschaeftigung",
        ("beschaeftigung_id", "jahr", "(herkunft = 'vorsystem')::int"),
        {
            "jahr": "jahr > 0",
            "herkunft": "herkunft IN ('vorsystem', 'arbeitgeber')",
            "sv_tage": "sv_tage BETWEEN 0 AND 360",
            "nur_steuer": "herkunft = 'vorsystem' OR (sv_tage = 0 AND sv_brutto_kv_cent = 0 "
            "AND sv_brutto_rv_cent = 0 AND zv_steuerfrei_cent = 0)",
            "betraege": "sv_brutto_kv_cent >= 0 AND sv_brutto_rv_cent >= 0 AND zv_steuerfrei_cent >= 0",
        },
        sa.Column("jahr", sa.SmallInteger(), nullable=False),
        sa.Column("herkunft", sa.String(), nullable=False),
        sa.Column("sv_tage", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
        _cents("sv_brutto_kv_cent"),
        _cents("sv_brutto_rv_cent"),
        _cents("steuerbrutto_cent"),
        _cents("zv_steuerfrei_cent"),
    )


def downgrade() -> None:
    op.drop_table(CARRIED)
    op.drop_table(ELSEWHERE)
    for name in reversed(FLAGS):
        op.drop_column("versicherung", name)
