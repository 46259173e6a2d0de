"""Stammdaten: Anker und Tatsachen mit zwei Uhren.

Revision ID: 0002
Revises: 0001
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from migrations.operations import no_overlap, protect

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

KEYS = {
    "krankenkasse_satz": ("krankenkasse_id",),
    "lohnart_stand": ("lohnart_id",),
    "zv_kasse_satz": ("zv_kasse_id",),
    "person_angaben": ("person_id",),
    "kind": ("person_id", "nummer"),
    "bankverbindung": ("person_id",),
    "beschaeftigung_angaben": ("beschaeftigung_id",),
    "steuermerkmale": ("beschaeftigung_id",),
    "versicherung": ("beschaeftigung_id",),
    "zusatzversorgung": ("beschaeftigung_id",),
    "bezuegezuordnung": ("beschaeftigung_id",),
    "wiederkehrender_bezug": ("beschaeftigung_id", "lohnart_id", "laufnummer"),
}
ANCHORS = ("krankenkasse", "lohnart", "zv_kasse", "person", "beschaeftigung")


def upgrade() -> None:
    op.execute(FACT_STAYS)
    _funds_and_wage_types()
    _person()
    _employment()
    _features()
    _pay()
    for table in ANCHORS:
        protect(table, grants="SELECT, INSERT")
    for table, keys in KEYS.items():
        no_overlap(table, f"ex_{table}_zeitraum", *keys)
        protect(table, grants="SELECT, INSERT, UPDATE")
        op.execute(
            f"CREATE TRIGGER tatsache_bleibt BEFORE UPDATE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION kreislohn_tatsache_bleibt()"
        )


def downgrade() -> None:
    for table in (*reversed(KEYS), *reversed(ANCHORS)):
        op.drop_table(table)
    op.execute("DROP FUNCTION kreislohn_tatsache_bleibt()")


# Nothing is overwritten: a fact is superseded once and otherwise stays as it was recorded. The application may not
# delete; the owner may, when the time of keeping is over.
FACT_STAYS = """
CREATE FUNCTION kreislohn_tatsache_bleibt() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.superseded_at IS NOT NULL OR NEW.superseded_at IS NULL
     OR (to_jsonb(NEW) - 'superseded_at') IS DISTINCT FROM (to_jsonb(OLD) - 'superseded_at') THEN
    RAISE EXCEPTION 'Tatsachen in % werden nicht überschrieben: neue Tatsache erfassen.', TG_TABLE_NAME
      USING ERRCODE = '23001';
  END IF;
  RETURN NEW;
END $$
"""


def _funds_and_wage_types() -> None:
    _anchor(
        "krankenkasse",
        _text("kuerzel"),
        _text("name"),
        _text("betriebsnummer", optional=True),
        _check("krankenkasse", "betriebsnummer", "betriebsnummer ~ '^[0-9]{8}$'"),
        _check("krankenkasse", "name", "kuerzel <> '' AND name <> ''"),
        _unique("krankenkasse", "kuerzel"),
    )
    _anchor(
        "lohnart",
        _int("nummer", small=True),
        _check("lohnart", "nummer", "nummer BETWEEN 1 AND 9999"),
        _unique("lohnart", "nummer"),
    )
    _anchor(
        "zv_kasse",
        _text("kuerzel"),
        _text("name"),
        _check("zv_kasse", "kuerzel", "kuerzel IN ('rzvk', 'vbl_west')"),
        _unique("zv_kasse", "kuerzel"),
    )
    _fund_facts()
    _wage_type_facts()


def _fund_facts() -> None:
    fund, zv = "krankenkasse_satz", "zv_kasse_satz"
    status = "status IN ('recht', 'unbestaetigt')"
    rates = ("umlage_satz", "an_satz", "sanierungsgeld_satz")
    _fact(
        fund,
        ("krankenkasse",),
        sa.Column("zusatzbeitrag", sa.Numeric(6, 4)),
        sa.Column("u2_satz", sa.Numeric(6, 4)),
        _text("quelle"),
        sa.Column("status", sa.String(), server_default=sa.text("'unbestaetigt'"), nullable=False),
        _check(fund, "zusatzbeitrag", "zusatzbeitrag IS NULL OR zusatzbeitrag BETWEEN 0 AND 20"),
        _check(fund, "u2_satz", "u2_satz IS NULL OR u2_satz BETWEEN 0 AND 20"),
        _check(fund, "status", status),
        _check(fund, "quelle", "quelle <> ''"),
    )
    _fact(
        zv,
        ("zv_kasse",),
        *(sa.Column(name, sa.Numeric(6, 4), nullable=False) for name in rates),
        _int("pauschal_grenze_cent"),
        _text("verfahren"),
        _text("kist_verfahren"),
        _text("quelle"),
        sa.Column("status", sa.String(), server_default=sa.text("'unbestaetigt'"), nullable=False),
        _check(zv, "saetze", " AND ".join(f"{name} BETWEEN 0 AND 20" for name in rates)),
        _check(zv, "pauschal_grenze", "pauschal_grenze_cent >= 0"),
        _check(zv, "verfahren", "verfahren IN ('aufbrauchend', 'verteilt')"),
        _check(zv, "kist_verfahren", "kist_verfahren IN ('vereinfacht', 'nachweis')"),
        _check(zv, "status", status),
        _check(zv, "quelle", "quelle <> ''"),
    )


def _wage_type_facts() -> None:
    table = "lohnart_stand"
    goals = (
        "'grundentgelt', 'zulagen', 'vwl_ag', 'steuerfreie_bezuege', 'einmalzahlung', 'sonstige_abzuege', "
        "'vwl_sparbetrag', 'nettobezuege', 'keines'"
    )
    _fact(
        table,
        ("lohnart",),
        *(_text(name) for name in ("text", "ziel", "steuer", "sv")),
        *(sa.Column(name, sa.Boolean(), nullable=False) for name in ("zv", "teilzeit", "tage")),
        _text("konto", optional=True),
        _text("recht", optional=True),
        _check(table, "text", "text <> ''"),
        _check(table, "ziel", f"ziel IN ({goals})"),
        _check(table, "steuer", "steuer IN ('pflichtig', 'einmalig', 'frei', 'pauschal', 'keine')"),
        _check(table, "sv", "sv IN ('laufend', 'einmalig', 'frei', 'keine')"),
    )


def _person() -> None:
    _anchor("person")
    table = "person_angaben"
    _fact(
        table,
        ("person",),
        _text("nachname"),
        _text("vorname"),
        _day("geburtsdatum"),
        *(_text(name, optional=True) for name in ("strasse", "plz", "ort")),
        sa.Column("land", sa.String(), server_default=sa.text("'DE'"), nullable=False),
        _day("verstorben_am", optional=True),
        *(_bytes(name) for name in ("steuer_id_siegel", "steuer_id_hash", "sv_nummer_siegel", "sv_nummer_hash")),
        _bytes("schwerbehinderung_siegel"),
        _check(table, "name", "nachname <> '' AND vorname <> ''"),
        _check(table, "geburtsdatum", "geburtsdatum >= DATE '1900-01-01'"),
        _check(table, "verstorben", "verstorben_am IS NULL OR verstorben_am >= geburtsdatum"),
        indexes=(("nachname", "vorname"), ("steuer_id_hash",), ("sv_nummer_hash",)),
    )
    _fact(
        "kind",
        ("person",),
        _int("nummer", small=True),
        _day("geburtsdatum"),
        _text("vorname", optional=True),
        _check("kind", "nummer", "nummer BETWEEN 1 AND 30"),
        _check("kind", "geburtsdatum", "geburtsdatum >= DATE '1900-01-01'"),
    )
    _fact(
        "bankverbindung",
        ("person",),
        _bytes("iban_siegel", optional=False),
        _bytes("iban_hash", optional=False),
        _text("iban_ende"),
        _text("kontoinhaber", optional=True),
        _check("bankverbindung", "iban_ende", "length(iban_ende) = 4"),
        indexes=(("iban_hash",), ("iban_ende",)),
    )


def _employment() -> None:
    table = "beschaeftigung_angaben"
    _anchor(
        "beschaeftigung",
        _int("person_id"),
        _text("personalnummer"),
        _check("beschaeftigung", "personalnummer", "personalnummer <> '' AND length(personalnummer) <= 20"),
        _foreign("beschaeftigung", "person"),
        _unique("beschaeftigung", "personalnummer"),
        indexes=(("person_id",),),
    )
    _fact(
        table,
        ("beschaeftigung",),
        _text("art"),
        _day("eintritt"),
        _day("austritt", optional=True),
        _text("kostenstelle", optional=True),
        _text("email", optional=True),
        _check(table, "art", "art IN ('tarif', 'beamte', 'auszubildende', 'minijob')"),
        _check(table, "austritt", "austritt IS NULL OR austritt >= eintritt"),
        _check(table, "ab_eintritt", "valid_from >= eintritt"),
    )


def _features() -> None:
    amounts = ("freibetrag_monat", "hinzurechnung_monat", "freibetrag_jahr", "hinzurechnung_jahr", "pkv_basis_monat")
    table = "steuermerkmale"
    _fact(
        table,
        ("beschaeftigung",),
        _int("steuerklasse", small=True),
        sa.Column("faktor", sa.Numeric(4, 3)),
        sa.Column("kinderfreibetraege", sa.Numeric(3, 1), server_default=sa.text("0"), nullable=False),
        _bytes("konfession_siegel", optional=False),
        *(_cents(f"{name}_cent") for name in amounts),
        _check(table, "steuerklasse", "steuerklasse BETWEEN 1 AND 6"),
        _check(table, "faktor", "faktor IS NULL OR (faktor > 0 AND faktor < 1 AND steuerklasse = 4)"),
        _check(table, "kinderfreibetraege", "kinderfreibetraege >= 0 AND kinderfreibetraege * 2 % 1 = 0"),
        _check(table, "betraege", " AND ".join(f"{name}_cent >= 0" for name in amounts)),
    )
    _insurance()
    _fact(
        "zusatzversorgung", ("beschaeftigung", "zv_kasse"), _int("zv_kasse_id"), _text("mitgliedsnummer", optional=True)
    )


def _insurance() -> None:
    table = "versicherung"
    funds = "kv_art NOT IN ('gesetzlich', 'freiwillig') OR krankenkasse_id IS NOT NULL"
    wage = "regelmaessiges_entgelt_cent IS NULL OR regelmaessiges_entgelt_cent >= 0"
    _fact(
        table,
        ("beschaeftigung", "krankenkasse"),
        _text("kv_art"),
        sa.Column("krankenkasse_id", sa.BigInteger()),
        _text("beitragsgruppe", optional=True),
        sa.Column("personengruppe", sa.SmallInteger()),
        _cents("pkv_beitrag_monat_cent"),
        _cents("ppv_beitrag_monat_cent"),
        sa.Column("elterneigenschaft", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("sachsen", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("regelmaessiges_entgelt_cent", sa.BigInteger()),
        _check(table, "kv_art", "kv_art IN ('gesetzlich', 'freiwillig', 'privat', 'keine')"),
        _check(table, "kasse", funds),
        _check(table, "beitragsgruppe", "beitragsgruppe ~ '^[0-9]{4}$'"),
        _check(table, "personengruppe", "personengruppe IS NULL OR personengruppe BETWEEN 101 AND 999"),
        _check(table, "gruppen", "(beitragsgruppe IS NULL) = (personengruppe IS NULL)"),
        _check(table, "beitraege", "pkv_beitrag_monat_cent >= 0 AND ppv_beitrag_monat_cent >= 0"),
        _check(table, "entgelt", wage),
    )


def _pay() -> None:
    table = "bezuegezuordnung"
    _fact(
        table,
        ("beschaeftigung",),
        *(_text(name) for name in ("tarifwerk", "entgeltgruppe", "stufe")),
        _day("stufe_seit", optional=True),
        sa.Column("wochenstunden", sa.Numeric(5, 2), nullable=False),
        sa.Column("vollzeitstunden", sa.Numeric(5, 2), nullable=False),
        _check(table, "eingruppierung", "tarifwerk <> '' AND entgeltgruppe <> '' AND stufe <> ''"),
        _check(table, "wochenstunden", "wochenstunden > 0 AND wochenstunden <= 60"),
        _check(table, "vollzeitstunden", "vollzeitstunden > 0 AND vollzeitstunden <= 60"),
    )
    _fact(
        "wiederkehrender_bezug",
        ("beschaeftigung", "lohnart"),
        _int("lohnart_id"),
        sa.Column("laufnummer", sa.SmallInteger(), server_default=sa.text("1"), nullable=False),
        _int("betrag_cent"),
        _check("wiederkehrender_bezug", "laufnummer", "laufnummer BETWEEN 1 AND 99"),
    )


def _anchor(table: str, *items: Any, indexes: tuple[tuple[str, ...], ...] = ()) -> None:
    op.create_table(
        table,
        *_identity(),
        *(item for item in items if isinstance(item, sa.Column)),
        _moment("created_at", now=True),
        _text("created_by"),
        *(item for item in items if not isinstance(item, sa.Column)),
        *_tenant_keys(table),
    )
    _indexes(table, indexes)


def _fact(table: str, anchors: tuple[str, ...], *items: Any, indexes: tuple[tuple[str, ...], ...] = ()) -> None:
    op.create_table(
        table,
        *_identity(),
        _day("valid_from"),
        _day("valid_to", optional=True),
        _moment("recorded_at", now=True),
        _moment("superseded_at"),
        _text("recorded_by"),
        sa.Column("reason", sa.String(), server_default=sa.text("''"), nullable=False),
        _int(f"{anchors[0]}_id"),
        *(item for item in items if isinstance(item, sa.Column)),
        *(item for item in items if not isinstance(item, sa.Column)),
        _check(table, "zeitraum", "valid_to IS NULL OR valid_to >= valid_from"),
        _check(table, "kenntnis", "superseded_at IS NULL OR superseded_at >= recorded_at"),
        *(_foreign(table, anchor) for anchor in anchors),
        *_tenant_keys(table),
    )
    _indexes(table, (*((f"{anchor}_id",) for anchor in anchors), *indexes))


def _identity() -> tuple[sa.Column[Any], ...]:
    return (
        sa.Column("tenant_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("public_id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
    )


def _tenant_keys(table: str) -> tuple[Any, ...]:
    return (
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f(f"fk_{table}_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f(f"pk_{table}")),
        _unique(table, "public_id"),
    )


def _foreign(table: str, anchor: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_tenant_id_{anchor}_id")
    return sa.ForeignKeyConstraint(["tenant_id", f"{anchor}_id"], [f"{anchor}.tenant_id", f"{anchor}.id"], name=name)


def _indexes(table: str, indexes: tuple[tuple[str, ...], ...]) -> None:
    for columns in indexes:
        op.create_index(op.f(f"ix_{table}_tenant_id_{'_'.join(columns)}"), table, ["tenant_id", *columns])


def _unique(table: str, column: str) -> sa.UniqueConstraint:
    return sa.UniqueConstraint("tenant_id", column, name=op.f(f"uq_{table}_tenant_id_{column}"))


def _check(table: str, name: str, rule: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(rule, name=op.f(f"ck_{table}_{name}"))


def _text(name: str, *, optional: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.String(), nullable=optional)


def _int(name: str, *, small: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.SmallInteger() if small else sa.BigInteger(), nullable=False)


def _cents(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.BigInteger(), server_default=sa.text("0"), nullable=False)


def _day(name: str, *, optional: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.Date(), nullable=optional)


def _bytes(name: str, *, optional: bool = True) -> sa.Column[Any]:
    return sa.Column(name, sa.LargeBinary(), nullable=optional)


def _moment(name: str, *, now: bool = False) -> sa.Column[Any]:
    return sa.Column(
        name, sa.DateTime(timezone=True), server_default=sa.text("now()") if now else None, nullable=not now
    )
