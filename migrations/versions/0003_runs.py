"""Läufe: Ergebnisse, Zeilen, Hinweise, Wertebögen; Geprüftes ist eingefroren, Abgeschlossenes unveränderlich.

Revision ID: 0003
Revises: 0002
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from migrations.operations import protect

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

TABLES = ("lauf", "ergebnis", "ergebniszeile", "hinweis", "wertebogen")

AMOUNTS = (
    "tabellenentgelt", "gesamtbrutto", "steuerbrutto", "sv_brutto_kv", "sv_brutto_rv", "be_gesamt", "be_an",
    "sv_brutto_kv_vorjahr", "sv_brutto_rv_vorjahr", "lohnsteuer", "lohnsteuer_einmal", "soli", "kirchensteuer",
    "kv_an", "zb_an", "pv_an", "rv_an", "av_an", "zv_an", "netto", "zuschuss_kv", "zuschuss_pv", "auszahlung",
    "kv_ag", "zb_ag", "pv_ag", "rv_ag", "av_ag", "u2", "pauschsteuer_2", "zv_umlage", "zv_sanierungsgeld",
    "zv_steuerfrei", "zv_pauschal", "zv_individuell", "zv_hinzurechnung", "zv_pauschalsteuer", "zv_pauschal_soli",
    "zv_pauschal_kist", "ag_kosten",
)

RUN_STAYS = """
CREATE FUNCTION kreislohn_lauf_bleibt() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.zustand = 'abgeschlossen' THEN
        RAISE EXCEPTION 'Der Lauf % ist abgeschlossen und lässt sich nicht mehr ändern.', to_char(OLD.monat, 'MM/YYYY')
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF TG_OP = 'UPDATE' AND OLD.zustand IN ('geprueft', 'freigegeben')
       AND (NEW.ergebnis_hash, NEW.anzahl, NEW.gesamtbrutto, NEW.netto, NEW.auszahlung, NEW.ag_kosten,
            NEW.berechnet_von)
           IS DISTINCT FROM
           (OLD.ergebnis_hash, OLD.anzahl, OLD.gesamtbrutto, OLD.netto, OLD.auszahlung, OLD.ag_kosten,
            OLD.berechnet_von)
    THEN
        RAISE EXCEPTION 'Der Lauf % ist geprüft; zum Neurechnen erst zurücknehmen.', to_char(OLD.monat, 'MM/YYYY')
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN COALESCE(NEW, OLD);
END $$
"""

RESULT_STAYS = """
CREATE FUNCTION kreislohn_{table}_bleibt() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM geaendert z {join}
               WHERE l.zustand NOT IN ('offen', 'probe')) THEN
        RAISE EXCEPTION 'Tabelle {table}: Der Lauf ist geprüft oder abgeschlossen, seine Ergebnisse bleiben.'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$
"""
BY_RUN = "JOIN lauf l ON (l.tenant_id, l.id) = (z.tenant_id, z.lauf_id)"
BY_RESULT = (
    "JOIN ergebnis e ON (e.tenant_id, e.id) = (z.tenant_id, z.ergebnis_id) "
    "JOIN lauf l ON (l.tenant_id, l.id) = (e.tenant_id, e.lauf_id)"
)
JOINS = {"ergebnis": BY_RUN, "hinweis": BY_RUN, "ergebniszeile": BY_RESULT, "wertebogen": BY_RESULT}


def upgrade() -> None:
    _lauf()
    _ergebnis()
    _ergebniszeile()
    _hinweis()
    _wertebogen()
    for table in TABLES:
        protect(table)
    op.execute(RUN_STAYS)
    op.execute(
        "CREATE TRIGGER lauf_bleibt BEFORE UPDATE OR DELETE ON lauf "
        "FOR EACH ROW EXECUTE FUNCTION kreislohn_lauf_bleibt()"
    )
    for table, join in JOINS.items():
        op.execute(RESULT_STAYS.format(table=table, join=join))
        for event, which in (("INSERT", "NEW"), ("UPDATE", "OLD"), ("DELETE", "OLD")):
            op.execute(
                f"CREATE TRIGGER {table}_bleibt_{event.lower()} AFTER {event} ON {table} "
                f"REFERENCING {which} TABLE AS geaendert "
                f"FOR EACH STATEMENT EXECUTE FUNCTION kreislohn_{table}_bleibt()"
            )


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
    for table in TABLES:
        op.execute(f"DROP FUNCTION kreislohn_{table}_bleibt()")


def _tenant_row() -> list[Any]:
    return [
        sa.Column("tenant_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
    ]


def _public_id() -> sa.Column[Any]:
    return sa.Column("public_id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False)


def _cents(*names: str) -> list[sa.Column[Any]]:
    return [sa.Column(name, sa.BigInteger(), server_default=sa.text("0"), nullable=False) for name in names]


def _lauf() -> None:
    op.create_table(
        "lauf",
        *_tenant_row(),
        _public_id(),
        sa.Column("monat", sa.Date(), nullable=False),
        sa.Column("zustand", sa.String(), server_default=sa.text("'offen'"), nullable=False),
        sa.Column("fassung", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("schluessel", sa.String(), nullable=True),
        sa.Column("stand", sa.DateTime(timezone=True), nullable=True),
        sa.Column("regelwerk", sa.String(), nullable=True),
        sa.Column("ergebnis_hash", sa.String(), nullable=True),
        sa.Column("anzahl", sa.Integer(), server_default=sa.text("0"), nullable=False),
        *_cents("gesamtbrutto", "netto", "auszahlung", "ag_kosten"),
        sa.Column("berechnet_von", sa.String(), nullable=True),
        sa.Column("berechnet_am", sa.DateTime(timezone=True), nullable=True),
        sa.Column("geprueft_von", sa.String(), nullable=True),
        sa.Column("geprueft_am", sa.DateTime(timezone=True), nullable=True),
        sa.Column("freigegeben_von", sa.String(), nullable=True),
        sa.Column("freigegeben_am", sa.DateTime(timezone=True), nullable=True),
        sa.Column("gemeinde_von", sa.String(), nullable=True),
        sa.Column("gemeinde_am", sa.DateTime(timezone=True), nullable=True),
        sa.Column("abgeschlossen_von", sa.String(), nullable=True),
        sa.Column("abgeschlossen_am", sa.DateTime(timezone=True), nullable=True),
        sa.Column("angelegt_am", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "zustand <> 'abgeschlossen' OR abgeschlossen_am IS NOT NULL", name=op.f("ck_lauf_abgeschlossen")
        ),
        sa.CheckConstraint(
            "zustand = 'offen' OR (berechnet_von IS NOT NULL AND ergebnis_hash IS NOT NULL)",
            name=op.f("ck_lauf_berechnet"),
        ),
        sa.CheckConstraint("zustand IN ('offen', 'probe') OR anzahl > 0", name=op.f("ck_lauf_nicht_leer")),
        sa.CheckConstraint(
            "zustand IN ('offen', 'probe', 'geprueft', 'freigegeben', 'abgeschlossen')", name=op.f("ck_lauf_zustand")
        ),
        sa.CheckConstraint(
            "zustand NOT IN ('freigegeben', 'abgeschlossen') OR (freigegeben_von IS NOT NULL "
            "AND gemeinde_von IS NOT NULL)",
            name=op.f("ck_lauf_freigegeben"),
        ),
        sa.CheckConstraint(
            "zustand NOT IN ('geprueft', 'freigegeben', 'abgeschlossen') OR geprueft_von IS NOT NULL",
            name=op.f("ck_lauf_geprueft"),
        ),
        sa.CheckConstraint("extract(day FROM monat) = 1", name=op.f("ck_lauf_monatserster")),
        sa.CheckConstraint(
            "freigegeben_von <> berechnet_von AND gemeinde_von <> berechnet_von AND gemeinde_von <> freigegeben_von",
            name=op.f("ck_lauf_zweite_person"),
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_lauf_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_lauf")),
        sa.UniqueConstraint("tenant_id", "monat", name=op.f("uq_lauf_tenant_id_monat")),
        sa.UniqueConstraint("tenant_id", "public_id", name=op.f("uq_lauf_tenant_id_public_id")),
    )


def _ergebnis() -> None:
    op.create_table(
        "ergebnis",
        *_tenant_row(),
        _public_id(),
        sa.Column("lauf_id", sa.BigInteger(), nullable=False),
        sa.Column("beschaeftigung_id", sa.BigInteger(), nullable=False),
        sa.Column("monat", sa.Date(), nullable=False),
        sa.Column("sv_tage", sa.SmallInteger(), nullable=False),
        *_cents(*AMOUNTS),
        sa.ForeignKeyConstraint(
            ["tenant_id", "beschaeftigung_id"],
            ["beschaeftigung.tenant_id", "beschaeftigung.id"],
            name=op.f("fk_ergebnis_tenant_id_beschaeftigung_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "lauf_id"],
            ["lauf.tenant_id", "lauf.id"],
            name=op.f("fk_ergebnis_tenant_id_lauf_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_ergebnis_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_ergebnis")),
        sa.UniqueConstraint(
            "tenant_id", "lauf_id", "beschaeftigung_id", name=op.f("uq_ergebnis_tenant_id_lauf_id_beschaeftigung_id")
        ),
        sa.UniqueConstraint("tenant_id", "public_id", name=op.f("uq_ergebnis_tenant_id_public_id")),
    )
    op.create_index("ix_ergebnis_beschaeftigung", "ergebnis", ["tenant_id", "beschaeftigung_id", "monat"])


def _ergebniszeile() -> None:
    op.create_table(
        "ergebniszeile",
        *_tenant_row(),
        sa.Column("ergebnis_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.Column("bereich", sa.String(), nullable=False),
        sa.Column("lohnart", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("einzelheit", sa.String(), server_default=sa.text("''"), nullable=False),
        sa.Column("merkmale", sa.String(), server_default=sa.text("''"), nullable=False),
        *_cents("betrag"),
        sa.CheckConstraint("bereich IN ('bezug', 'abzug', 'netto')", name=op.f("ck_ergebniszeile_bereich")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "ergebnis_id"],
            ["ergebnis.tenant_id", "ergebnis.id"],
            name=op.f("fk_ergebniszeile_tenant_id_ergebnis_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_ergebniszeile_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_ergebniszeile")),
        sa.UniqueConstraint(
            "tenant_id", "ergebnis_id", "position", name=op.f("uq_ergebniszeile_tenant_id_ergebnis_id_position")
        ),
    )


def _hinweis() -> None:
    op.create_table(
        "hinweis",
        *_tenant_row(),
        _public_id(),
        sa.Column("lauf_id", sa.BigInteger(), nullable=False),
        sa.Column("beschaeftigung_id", sa.BigInteger(), nullable=True),
        sa.Column("stufe", sa.String(), nullable=False),
        sa.Column("ursache", sa.String(), nullable=False),
        sa.Column("datensatz", sa.String(), nullable=False),
        sa.Column("feld", sa.String(), nullable=False),
        sa.Column("regel", sa.String(), nullable=False),
        sa.Column("abhilfe", sa.String(), nullable=False),
        sa.Column("erledigt_von", sa.String(), nullable=True),
        sa.Column("erledigt_am", sa.DateTime(timezone=True), nullable=True),
        sa.Column("begruendung", sa.String(), nullable=True),
        sa.CheckConstraint("stufe IN ('fehler', 'warnung', 'hinweis')", name=op.f("ck_hinweis_stufe")),
        sa.CheckConstraint("(erledigt_von IS NULL) = (begruendung IS NULL)", name=op.f("ck_hinweis_begruendet")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "beschaeftigung_id"],
            ["beschaeftigung.tenant_id", "beschaeftigung.id"],
            name=op.f("fk_hinweis_tenant_id_beschaeftigung_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "lauf_id"],
            ["lauf.tenant_id", "lauf.id"],
            name=op.f("fk_hinweis_tenant_id_lauf_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_hinweis_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_hinweis")),
        sa.UniqueConstraint("tenant_id", "public_id", name=op.f("uq_hinweis_tenant_id_public_id")),
    )
    op.create_index("ix_hinweis_lauf", "hinweis", ["tenant_id", "lauf_id"])


def _wertebogen() -> None:
    op.create_table(
        "wertebogen",
        *_tenant_row(),
        sa.Column("ergebnis_id", sa.BigInteger(), nullable=False),
        sa.Column("eingabe_hash", sa.String(), nullable=False),
        sa.Column("inhalt", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "ergebnis_id"],
            ["ergebnis.tenant_id", "ergebnis.id"],
            name=op.f("fk_wertebogen_tenant_id_ergebnis_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_wertebogen_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_wertebogen")),
        sa.UniqueConstraint("tenant_id", "ergebnis_id", name=op.f("uq_wertebogen_tenant_id_ergebnis_id")),
    )
