"""Nebenleistungen, Sparverträge, Vorschuss und Darlehen als Tatsachen; Einbehalte und Zahlungen an Dritte je Ergebnis.

Revision ID: 0016
Revises: 0015
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from migrations.operations import no_overlap, protect

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

OLD_TARGETS = ("grundentgelt", "zulagen", "vwl_ag", "steuerfreie_bezuege", "einmalzahlung", "sonstige_abzuege",
               "vwl_sparbetrag", "nettobezuege", "keines")
NEW_TARGETS = (
    *OLD_TARGETS[:-1], "entgeltumwandlung", "nl_dienstwagen_zuzahlung", "nl_dienstrad_listenpreis",
    "nl_fahrtkostenzuschuss", "nl_jobticket", "nl_jobticket_eigenanteil", "nl_mahlzeiten_zuzahlung",
    "nl_pauschal_25_geld", "nl_pauschal_25_sach", "nl_pauschal_37b", "nl_sachbezuege_freigrenze",
    "nl_sachbezug_individuell", "nl_unterkunft_zuzahlung", "nl_wohnung_wert", "keines")
VALUES = ("sachbezuege", "entgeltumwandlung", "umwandlung_zuschuss", "umwandlung_steuerfrei", "umwandlung_sv_frei",
          "pauschalsteuern_nebenleistungen")
CLOCKS = {"zeitraum": "valid_to IS NULL OR valid_to >= valid_from",
          "kenntnis": "superseded_at IS NULL OR superseded_at >= recorded_at"}
CHECKS: dict[str, dict[str, str]] = {
    "dienstwagen": {
        "listenpreis": "listenpreis_cent > 0", "ansatz": "ansatz IN ('voll', 'halb', 'viertel')",
        "anschaffung": "ansatz <> 'viertel' OR anschaffung IS NOT NULL", "selbst_gezahlt": "selbst_gezahlt_cent >= 0"},
    "arbeitsweg": {"entfernung": "entfernung_km BETWEEN 0 AND 999", "arbeitstage": "arbeitstage BETWEEN 1 AND 23"},
    "sachbezug": {
        "mahlzeiten": "fruehstuecke BETWEEN 0 AND 31 AND mittagessen BETWEEN 0 AND 31 AND abendessen BETWEEN 0 AND 31",
        "selbst_gezahlt": "selbst_gezahlt_cent >= 0", "belegung": "belegung BETWEEN 1 AND 9"},
    "sparvertrag": {
        "art": "art IN ('vermoegensbildung', 'entgeltumwandlung')", "laufnummer": "laufnummer BETWEEN 1 AND 99",
        "betrag": "betrag_cent > 0", "empfaenger": "empfaenger <> '' AND vertragsnummer <> ''",
        "iban_ende": "length(iban_ende) = 4"},
    "darlehen": {
        "art": "art IN ('vorschuss', 'darlehen')", "laufnummer": "laufnummer BETWEEN 1 AND 99",
        "betrag": "betrag_cent > 0", "rate": "rate_cent > 0", "erste_rate": "erste_rate >= ausgezahlt_am"},
}
KEYS = {"dienstwagen": (), "arbeitsweg": (), "sachbezug": (), "sparvertrag": ("art", "laufnummer"),
        "darlehen": ("laufnummer",)}
RESULT_STAYS = """
CREATE FUNCTION kreislohn_{table}_bleibt() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM geaendert z
               JOIN ergebnis e ON (e.tenant_id, e.id) = (z.tenant_id, z.ergebnis_id)
               JOIN lauf l ON (l.tenant_id, l.id) = (e.tenant_id, e.lauf_id)
               WHERE l.zustand NOT IN ('offen', 'probe')) THEN
        RAISE EXCEPTION 'Tabelle {table}: Der Lauf ist geprüft oder abgeschlossen, seine Ergebnisse bleiben.'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$
"""


def upgrade() -> None:
    _targets(NEW_TARGETS)
    for name in VALUES:
        op.add_column("ergebnis", _cents(name))
    for table, columns in _columns().items():
        _fact(table, columns)
    _result_table("verrechnung", [sa.Column("art", sa.String(), nullable=False), _small("laufnummer", None)],
                  ("betrag", "rest"), "art", _words("art", ("vorschuss", "darlehen", "jahresausgleich_lohnsteuer",
                                                            "jahresausgleich_soli", "jahresausgleich_kirchensteuer")),
                  ("art", "laufnummer"))
    _result_table("drittzahlung", [sa.Column("sparvertrag_id", sa.BigInteger(), nullable=False)],
                  ("betrag", "arbeitgeber"), "betrag", "betrag > 0 AND arbeitgeber BETWEEN 0 AND betrag",
                  ("sparvertrag_id",))
    op.create_foreign_key(op.f("fk_drittzahlung_tenant_id_sparvertrag_id"), "drittzahlung", "sparvertrag",
                          ["tenant_id", "sparvertrag_id"], ["tenant_id", "id"])


def downgrade() -> None:
    for table in ("drittzahlung", "verrechnung"):
        op.drop_table(table)
        op.execute(f"DROP FUNCTION kreislohn_{table}_bleibt()")
    for table in reversed(CHECKS):
        op.drop_table(table)
    for name in reversed(VALUES):
        op.drop_column("ergebnis", name)
    # Rows with a newer target stay as they are, so that a step up again finds them; new ones are refused.
    _targets(OLD_TARGETS, valid=False)


def _targets(words: tuple[str, ...], *, valid: bool = True) -> None:
    op.drop_constraint(op.f("ck_lohnart_stand_ziel"), "lohnart_stand", type_="check")
    op.create_check_constraint(op.f("ck_lohnart_stand_ziel"), "lohnart_stand", _words("ziel", words),
                               postgresql_not_valid=not valid)


def _words(column: str, words: tuple[str, ...]) -> str:
    return f"{column} IN ({', '.join(repr(word) for word in words)})"


def _columns() -> dict[str, list[sa.Column[Any]]]:
    return {
        "dienstwagen": [_amount("listenpreis_cent"), _text("ansatz", "voll"), sa.Column("anschaffung", sa.Date()),
                        _yes("arbeitsweg"), _cents("selbst_gezahlt_cent")],
        "arbeitsweg": [_small("entfernung_km", None), sa.Column("arbeitstage", sa.SmallInteger()), _yes("pauschal")],
        "sachbezug": [*(_small(name, 0) for name in ("fruehstuecke", "mittagessen", "abendessen")),
                      _cents("selbst_gezahlt_cent"),
                      *(_yes(name) for name in ("pauschal", "freies_fruehstueck", "freies_mittagessen",
                                                "freies_abendessen", "unterkunft", "gemeinschaft", "jugend")),
                      _small("belegung", 1)],
        "sparvertrag": [_text("art"), _small("laufnummer", 1), _amount("betrag_cent"), _text("empfaenger"),
                        _text("vertragsnummer"), sa.Column("iban_siegel", sa.LargeBinary(), nullable=False),
                        _text("iban_ende")],
        "darlehen": [_small("laufnummer", 1), _text("art"), _amount("betrag_cent"),
                     sa.Column("ausgezahlt_am", sa.Date(), nullable=False), _amount("rate_cent"),
                     sa.Column("erste_rate", sa.Date(), nullable=False)],
    }


def _fact(table: str, columns: list[sa.Column[Any]]) -> None:
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
        _amount("beschaeftigung_id"),
        *columns,
        *(sa.CheckConstraint(rule, name=op.f(f"ck_{table}_{name}")) for name, rule in (CHECKS[table] | CLOCKS).items()),
        _reference(table, "beschaeftigung_id", "beschaeftigung"),
        *_keys(table),
        sa.UniqueConstraint("tenant_id", "public_id", name=op.f(f"uq_{table}_tenant_id_public_id")),
    )
    op.create_index(op.f(f"ix_{table}_tenant_id_beschaeftigung_id"), table, ["tenant_id", "beschaeftigung_id"])
    _alone(table)
    protect(table, grants="SELECT, INSERT, UPDATE")
    op.execute(f"CREATE TRIGGER tatsache_bleibt BEFORE UPDATE ON {table} "
               "FOR EACH ROW EXECUTE FUNCTION kreislohn_tatsache_bleibt()")


def _alone(table: str) -> None:
    numbers = tuple(key for key in KEYS[table] if key != "art")
    if "art" not in KEYS[table]:
        no_overlap(table, f"ex_{table}_zeitraum", "beschaeftigung_id", *numbers)
        return
    for art in ("vermoegensbildung", "entgeltumwandlung"):
        no_overlap(table, f"ex_{table}_{art}", "beschaeftigung_id", *numbers,
                   where=f"superseded_at IS NULL AND art = '{art}'")


def _result_table(table: str, columns: list[sa.Column[Any]], cents: tuple[str, ...], check: str, rule: str,
                  unique: tuple[str, ...]) -> None:
    names = "_".join(("tenant_id", "ergebnis_id", *unique))
    op.create_table(
        table,
        sa.Column("tenant_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        _amount("ergebnis_id"),
        *columns,
        *(_cents(name) for name in cents),
        sa.CheckConstraint(rule, name=op.f(f"ck_{table}_{check}")),
        _reference(table, "ergebnis_id", "ergebnis", cascade=True),
        *_keys(table),
        sa.UniqueConstraint("tenant_id", "ergebnis_id", *unique, name=op.f(f"uq_{table}_{names}")),
    )
    protect(table)
    op.execute(RESULT_STAYS.format(table=table))
    for event, which in (("INSERT", "NEW"), ("UPDATE", "OLD"), ("DELETE", "OLD")):
        op.execute(f"CREATE TRIGGER {table}_bleibt_{event.lower()} AFTER {event} ON {table} "
                   f"REFERENCING {which} TABLE AS geaendert "
                   f"FOR EACH STATEMENT EXECUTE FUNCTION kreislohn_{table}_bleibt()")


def _keys(table: str) -> list[Any]:
    return [
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f(f"fk_{table}_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f(f"pk_{table}")),
    ]


def _reference(table: str, column: str, to: str, *, cascade: bool = False) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["tenant_id", column], [f"{to}.tenant_id", f"{to}.id"], name=op.f(f"fk_{table}_tenant_id_{column}"),
        ondelete="CASCADE" if cascade else None)


def _amount(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.BigInteger(), nullable=False)


def _cents(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.BigInteger(), server_default=sa.text("0"), nullable=False)


def _small(name: str, default: int | None) -> sa.Column[Any]:
    return sa.Column(name, sa.SmallInteger(), nullable=False,
                     server_default=None if default is None else sa.text(f"{default}"))


def _yes(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.Boolean(), server_default=sa.text("false"), nullable=False)


def _text(name: str, default: str | None = None) -> sa.Column[Any]:
    return sa.Column(name, sa.String(), nullable=False,
                     server_default=None if default is None else sa.text(f"'{default}'"))
