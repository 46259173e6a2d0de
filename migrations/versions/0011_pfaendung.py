"""Forderungen auf das Entgelt: Pfändung, Unterhaltspflicht, Unterhaltsausschluss; Einbehalt eines Laufs.

Revision ID: 0011
Revises: 0010
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from migrations.operations import no_overlap, protect

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

KEYS = {
    "pfaendung": ("person_id", "nummer"),
    "unterhaltspflicht": ("person_id", "nummer"),
    "unterhaltsausschluss": ("person_id", "forderung", "unterhaltspflicht"),
}
CLOCKS = {
    "zeitraum": "valid_to IS NULL OR valid_to >= valid_from",
    "kenntnis": "superseded_at IS NULL OR superseded_at >= recorded_at",
}
PFAENDUNG = {
    "nummer": "nummer BETWEEN 1 AND 99",
    "art": "art IN ('gewoehnlich', 'unterhalt', 'behoerde', 'abtretung', 'aufrechnung', 'insolvenz')",
    "zustand": "zustand IN ('laufend', 'ruhend', 'erledigt')",
    "grundbetrag_bei": "grundbetrag_bei IN ('hier', 'andernorts')",
    "glaeubiger": "glaeubiger <> ''",
    "zugestellt_um": "zugestellt_um ~ '^([01][0-9]|2[0-3]):[0-5][0-9]$'",
    "stunde_mit_tag": "zugestellt_um IS NULL OR zugestellt_am IS NOT NULL",
    "iban_ende": "iban_ende IS NULL OR length(iban_ende) = 4",
    "hauptforderung": "hauptforderung_cent IS NULL OR hauptforderung_cent >= 0",
    "forderungsbetraege": "zinsen_cent >= 0 AND kosten_cent >= 0 AND monatsbetrag_cent >= 0 AND "
                          "gezahlt_vorher_cent >= 0 AND gericht_zusatz_cent >= 0 AND weiteres_einkommen_cent >= 0",
    "gericht": "gericht_freibetrag_cent >= 0 AND gericht_betrag_cent >= 0",
    "rest": "gericht_rest_nenner >= 1 AND gericht_rest_zaehler BETWEEN 0 AND gericht_rest_nenner",
    "zinssatz": "zinssatz IS NULL OR zinssatz BETWEEN 0 AND 30",
    "zinsen": "(zinssatz IS NULL) = (zinsen_ab IS NULL)",
    "unterhaltsberechtigte": "unterhaltsberechtigte BETWEEN 0 AND 20",
    "rangfolge": "unterhaltsrang BETWEEN 0 AND 9 AND anteil >= 0",
}
STAYS = """
CREATE FUNCTION kreislohn_einbehalt_bleibt() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM geaendert z JOIN lauf l ON (l.tenant_id, l.id) = (z.tenant_id, z.lauf_id)
               WHERE l.zustand NOT IN ('offen', 'probe')) THEN
        RAISE EXCEPTION 'Tabelle einbehalt: Der Lauf ist geprüft oder abgeschlossen, seine Einbehalte bleiben.'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$
"""


def upgrade() -> None:
    _pfaendung()
    _unterhaltspflicht()
    _unterhaltsausschluss()
    for table, keys in KEYS.items():
        op.create_index(op.f(f"ix_{table}_tenant_id_person_id"), table, ["tenant_id", "person_id"])
        no_overlap(table, f"ex_{table}_zeitraum", *keys)
        protect(table, grants="SELECT, INSERT, UPDATE")
        op.execute(f"CREATE TRIGGER tatsache_bleibt BEFORE UPDATE ON {table} "
                   "FOR EACH ROW EXECUTE FUNCTION kreislohn_tatsache_bleibt()")
    op.create_index(op.f("ix_pfaendung_tenant_id_iban_hash"), "pfaendung", ["tenant_id", "iban_hash"])
    _einbehalt()
    protect("einbehalt")
    op.execute(STAYS)
    for event, which in (("INSERT", "NEW"), ("UPDATE", "OLD"), ("DELETE", "OLD")):
        op.execute(f"CREATE TRIGGER einbehalt_bleibt_{event.lower()} AFTER {event} ON einbehalt "
                   f"REFERENCING {which} TABLE AS geaendert "
                   "FOR EACH STATEMENT EXECUTE FUNCTION kreislohn_einbehalt_bleibt()")


def downgrade() -> None:
    for table in ("einbehalt", *reversed(KEYS)):
        op.drop_table(table)
    op.execute("DROP FUNCTION kreislohn_einbehalt_bleibt()")


def _fact(table: str, columns: list[Any], checks: dict[str, str]) -> None:
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
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        *columns,
        *(sa.CheckConstraint(rule, name=op.f(f"ck_{table}_{name}")) for name, rule in {**checks, **CLOCKS}.items()),
        *_keys(table, ("person_id", "person")),
        sa.UniqueConstraint("tenant_id", "public_id", name=op.f(f"uq_{table}_tenant_id_public_id")),
    )


def _keys(table: str, *references: tuple[str, str]) -> list[Any]:
    return [
        *(sa.ForeignKeyConstraint(["tenant_id", column], [f"{to}.tenant_id", f"{to}.id"],
                                  name=op.f(f"fk_{table}_tenant_id_{column}"),
                                  ondelete="CASCADE" if to == "lauf" else None) for column, to in references),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f(f"fk_{table}_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f(f"pk_{table}")),
    ]


def _text(name: str, *, nullable: bool = False, default: str | None = None) -> sa.Column[Any]:
    return sa.Column(name, sa.String(), nullable=nullable,
                     server_default=None if default is None else sa.text(f"'{default}'"))


def _day(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.Date(), nullable=True)


def _cents(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.BigInteger(), server_default=sa.text("0"), nullable=False)


def _stated(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.BigInteger(), nullable=True)


def _yes(name: str, default: bool) -> sa.Column[Any]:
    return sa.Column(name, sa.Boolean(), server_default=sa.text("true" if default else "false"), nullable=False)


def _small(name: str, default: int | None = None, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.SmallInteger(), nullable=nullable,
                     server_default=None if default is None else sa.text(f"{default}"))


def _pfaendung() -> None:
    columns = [
        _small("nummer"), _text("art"), _text("zustand", default="laufend"), _text("glaeubiger"),
        *(_text(name, nullable=True) for name in ("strasse", "plz", "ort", "aktenzeichen")),
        sa.Column("iban_siegel", sa.LargeBinary()), sa.Column("iban_hash", sa.LargeBinary()),
        _text("iban_ende", nullable=True), sa.Column("verwendungszweck_siegel", sa.LargeBinary()),
        _day("zugestellt_am"), _text("zugestellt_um", nullable=True), _day("vorgepfaendet_am"), _day("angezeigt_am"),
        _yes("ueberwiesen", True), _yes("ausgeschlossen", False), _yes("streitig", False),
        _yes("nach_eroeffnung", False),
        _stated("hauptforderung_cent"), _cents("zinsen_cent"), _cents("kosten_cent"),
        sa.Column("zinssatz", sa.Numeric(5, 3)), _day("zinsen_ab"),
        _cents("monatsbetrag_cent"), _cents("gezahlt_vorher_cent"), _small("unterhaltsberechtigte", nullable=True),
        _stated("gericht_freibetrag_cent"), _small("gericht_rest_zaehler", 0), _small("gericht_rest_nenner", 1),
        _stated("gericht_betrag_cent"), _cents("gericht_zusatz_cent"), _small("unterhaltsrang", 0),
        _small("anteil", 0), _yes("verrechnung", True), _yes("zusammenrechnung", False),
        _cents("weiteres_einkommen_cent"), _text("grundbetrag_bei", default="hier"),
    ]
    _fact("pfaendung", columns, PFAENDUNG)


def _unterhaltspflicht() -> None:
    columns = [_small("nummer"), _text("name"), _text("verhaeltnis"), _day("geburtsdatum"),
               _stated("eigenes_einkommen_cent")]
    _fact("unterhaltspflicht", columns, {
        "nummer": "nummer BETWEEN 1 AND 30",
        "name": "name <> ''",
        "verhaeltnis": "verhaeltnis IN ('ehegatte', 'kind', 'frueherer_ehegatte', 'verwandter', 'elternteil_1615l')",
        "eigenes_einkommen": "eigenes_einkommen_cent >= 0",
    })


def _unterhaltsausschluss() -> None:
    columns = [_small("forderung"), _small("unterhaltspflicht"), _yes("ganz", True), _text("beschluss", nullable=True)]
    _fact("unterhaltsausschluss", columns, {
        "forderung": "forderung BETWEEN 1 AND 99", "unterhaltspflicht": "unterhaltspflicht BETWEEN 1 AND 30"})


def _einbehalt() -> None:
    table = "einbehalt"
    op.create_table(
        table,
        sa.Column("tenant_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in ("lauf_id", "beschaeftigung_id", "person_id")),
        _small("nummer"), sa.Column("monat", sa.Date(), nullable=False), _text("art"),
        *(_cents(name) for name in ("reichweite", "betrag", "vorrang")),
        _stated("offen"), _text("verbleib"), _text("grund"),
        sa.CheckConstraint("verbleib IN ('zahlen', 'einbehalten', 'hinterlegen', 'nicht beruecksichtigt')",
                           name=op.f("ck_einbehalt_verbleib")),
        sa.CheckConstraint("betrag >= 0 AND vorrang >= 0 AND vorrang <= betrag", name=op.f("ck_einbehalt_betrag")),
        sa.CheckConstraint("offen IS NULL OR betrag <= offen", name=op.f("ck_einbehalt_nie_mehr")),
        sa.CheckConstraint("extract(day FROM monat) = 1", name=op.f("ck_einbehalt_monatserster")),
        *_keys(table, ("lauf_id", "lauf"), ("beschaeftigung_id", "beschaeftigung"), ("person_id", "person")),
        sa.UniqueConstraint("tenant_id", "lauf_id", "beschaeftigung_id", "nummer", "monat",
                            name=op.f("uq_einbehalt_tenant_id_lauf_id_beschaeftigung_id_nummer_monat")),
    )
    op.create_index("ix_einbehalt_person", table, ["tenant_id", "person_id", "nummer"])
