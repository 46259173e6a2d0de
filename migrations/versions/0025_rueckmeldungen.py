"""Rückmeldungen der Bank (pain.002): unverändert versiegelt, jede nur einmal; was offen ist, ist eine Aufgabe.

Revision ID: 0025
Revises: 0024
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from migrations.operations import APP, append_only, protect

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

MESSAGE_STAYS = """
CREATE FUNCTION kreislohn_zahlungsmeldung_bleibt() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF public.kreislohn_loeschbar(OLD.tenant_id, TG_TABLE_NAME, OLD.id) THEN
            RETURN OLD;
        END IF;
    ELSIF OLD.erledigt_am IS NULL
       AND (to_jsonb(NEW) - ARRAY['erledigt_von', 'erledigt_am', 'begruendung'])
         = (to_jsonb(OLD) - ARRAY['erledigt_von', 'erledigt_am', 'begruendung']) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'Eine Meldung der Bank bleibt, wie sie kam; erledigen lässt sie sich einmal.'
        USING ERRCODE = 'integrity_constraint_violation';
END $$
"""


def upgrade() -> None:
    _report()
    _message()
    op.execute(MESSAGE_STAYS)
    protect("zahlungsbericht", grants="SELECT, INSERT")
    protect("zahlungsmeldung")
    op.execute(f"GRANT DELETE ON zahlungsbericht TO {APP}")
    append_only("zahlungsbericht")
    op.execute("CREATE TRIGGER meldung_bleibt BEFORE UPDATE OR DELETE ON zahlungsmeldung "
               "FOR EACH ROW EXECUTE FUNCTION kreislohn_zahlungsmeldung_bleibt()")


def downgrade() -> None:
    op.drop_table("zahlungsmeldung")
    op.drop_table("zahlungsbericht")
    op.execute("DROP FUNCTION kreislohn_zahlungsmeldung_bleibt()")


def _report() -> None:
    table = "zahlungsbericht"
    op.create_table(
        table, *_row(table), sa.Column("zahlungsauftrag_id", sa.BigInteger(), nullable=False),
        sa.Column("monat", sa.Date(), nullable=False), _text("bank_msg_id"), _text("status"), _text("gruende"),
        sa.Column("sha256", sa.LargeBinary(), nullable=False), sa.Column("inhalt_siegel", sa.LargeBinary(),
                                                                         nullable=False),
        _text("eingelesen_von"),
        sa.Column("eingelesen_am", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        _check(table, "sha256", "octet_length(sha256) = 32"), _check(table, "bank_msg_id", "bank_msg_id <> ''"),
        _reference(table, "zahlungsauftrag_id", "zahlungsauftrag"), _unique(table, "sha256"),
        _unique(table, "bank_msg_id"))


def _message() -> None:
    table = "zahlungsmeldung"
    op.create_table(
        table, *_row(table), sa.Column("zahlungsbericht_id", sa.BigInteger(), nullable=False),
        sa.Column("zahlung_id", sa.BigInteger()), sa.Column("person_public_id", sa.Uuid()),
        sa.Column("monat", sa.Date(), nullable=False), sa.Column("position", sa.Integer(), nullable=False),
        _text("ebene"), _text("status"), _text("gruende"), sa.Column("worte_siegel", sa.LargeBinary()),
        sa.Column("name_siegel", sa.LargeBinary()), sa.Column("aufgabe", sa.Boolean(), nullable=False),
        sa.Column("erledigt_von", sa.String()), sa.Column("erledigt_am", sa.DateTime(timezone=True)),
        sa.Column("begruendung", sa.String()),
        _check(table, "ebene", "ebene IN ('datei', 'block', 'zahlung')"),
        _check(table, "zahlung", "ebene <> 'zahlung' OR zahlung_id IS NOT NULL"),
        _check(table, "erledigt", "(erledigt_von IS NULL) = (erledigt_am IS NULL) AND "
                                  "(erledigt_von IS NULL) = (begruendung IS NULL)"),
        _check(table, "begruendung", "begruendung <> ''"),
        _reference(table, "zahlungsbericht_id", "zahlungsbericht"), _reference(table, "zahlung_id", "zahlung"),
        _unique(table, "zahlungsbericht_id", "position"))
    op.create_index(op.f(f"ix_{table}_tenant_id_zahlung_id"), table, ["tenant_id", "zahlung_id"])
    op.create_index("ix_zahlungsmeldung_offen", table, ["tenant_id"],
                    postgresql_where=sa.text("aufgabe AND erledigt_am IS NULL"))


def _row(table: str) -> list[Any]:
    return [sa.Column("tenant_id", sa.Integer(), autoincrement=False, nullable=False),
            sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
            sa.Column("public_id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
            sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f(f"fk_{table}_tenant_id")),
            sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f(f"pk_{table}")), _unique(table, "public_id")]


def _reference(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["tenant_id", column], [f"{to}.tenant_id", f"{to}.id"],
                                   name=op.f(f"fk_{table}_tenant_id_{column}"))


def _unique(table: str, *columns: str) -> sa.UniqueConstraint:
    names = ("tenant_id", *columns)
    return sa.UniqueConstraint(*names, name=op.f(f"uq_{table}_{'_'.join(names)}"))


def _check(table: str, name: str, rule: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(rule, name=op.f(f"ck_{table}_{name}"))


def _text(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.String(), nullable=False)
