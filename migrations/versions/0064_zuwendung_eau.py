"""Zuwendungen an Dritte (§ 37b EStG), und die Anforderung der eAU als Meldung.

Revision ID: 0064
Revises: 0063
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from migrations.operations import APP, protect

revision = "0064"
down_revision = "0063"
branch_labels = None
depends_on = None

TABLE = "zuwendung"
BEFORE = ("lsta", "beitragsnachweis", "zv_monat", "zv_ereignis", "zv_jahr", "lstb", "deuev", "uv", "sb", "eel",
          "personalstand", "a1")
CHECKS = {"monatserster": "extract(day FROM monat) = 1", "angaben": "anlass <> '' AND empfaenger > 0 AND wert > 0",
          "steuern": "steuer >= 0 AND soli >= 0 AND kirchensteuer >= 0",
          "aufgehoben": "(aufgehoben_von IS NULL) = (aufgehoben_grund IS NULL)"}


def upgrade() -> None:
    op.create_table(
        TABLE, sa.Column("tenant_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("public_id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("monat", sa.Date(), nullable=False), _text("anlass"),
        sa.Column("empfaenger", sa.Integer(), nullable=False),
        *(_cents(name) for name in ("wert", "steuer", "soli", "kirchensteuer")), _text("kostenstelle"),
        _text("erfasst_von"),
        sa.Column("erfasst_am", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("aufgehoben_von", sa.String()), sa.Column("aufgehoben_grund", sa.String()),
        *(sa.CheckConstraint(rule, name=op.f(f"ck_{TABLE}_{name}")) for name, rule in CHECKS.items()),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f(f"fk_{TABLE}_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f(f"pk_{TABLE}")),
        sa.UniqueConstraint("tenant_id", "public_id", name=op.f(f"uq_{TABLE}_tenant_id_public_id")))
    op.create_index(op.f(f"ix_{TABLE}_tenant_id_monat"), TABLE, ["tenant_id", "monat"])
    protect(TABLE, grants="SELECT, INSERT, DELETE")
    op.execute(f"GRANT UPDATE (aufgehoben_von, aufgehoben_grund) ON {TABLE} TO {APP}")
    op.execute(f"CREATE TRIGGER nur_nach_auftrag BEFORE DELETE ON {TABLE} FOR EACH ROW "
               "EXECUTE FUNCTION kreislohn_nur_nach_auftrag()")
    _kinds((*BEFORE, "eau"))


def downgrade() -> None:
    # Requests already made stay, so that a step up finds them again; new ones are refused.
    _kinds(BEFORE, valid=False)
    op.drop_table(TABLE)


def _kinds(names: tuple[str, ...], *, valid: bool = True) -> None:
    name, listed = op.f("ck_meldung_art"), ", ".join(f"'{one}'" for one in names)
    op.drop_constraint(name, "meldung")
    op.create_check_constraint(name, "meldung", f"art IN ({listed})", postgresql_not_valid=not valid)


def _text(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.String(), nullable=False)


def _cents(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.BigInteger(), server_default=sa.text("0"), nullable=False)
