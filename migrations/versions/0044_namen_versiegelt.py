"""Namen, Anschriften, Geburtstage, Gläubiger, Empfänger und Verträge stehen nur noch versiegelt in der Datenbank.

Braucht den Hauptschlüssel, sobald Menschen erfasst sind. Die Werte werden in derselben Transaktion versiegelt, die
lesbaren Spalten gelöscht und die Dateien der Tabellen neu geschrieben.

Revision ID: 0044
Revises: 0043
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.sealing import forget_old_values, open_columns, rewrite, seal_columns
from tenants.security import open_sealed, seal_cell
from tenants.security.keys import TenantKeys

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None

TEXT, DATE = "text", "date"
COLUMNS: dict[str, dict[str, str]] = {
    "person_angaben": {"nachname": TEXT, "vorname": TEXT, "geburtsdatum": DATE, "strasse": TEXT, "plz": TEXT,
                       "ort": TEXT},
    "kind": {"geburtsdatum": DATE, "vorname": TEXT},
    "bankverbindung": {"kontoinhaber": TEXT},
    "beschaeftigung_angaben": {"email": TEXT},
    "pfaendung": {"glaeubiger": TEXT, "strasse": TEXT, "plz": TEXT, "ort": TEXT, "aktenzeichen": TEXT},
    "unterhaltspflicht": {"name": TEXT, "geburtsdatum": DATE},
    "unterhaltsausschluss": {"beschluss": TEXT},
    "sparvertrag": {"empfaenger": TEXT, "vertragsnummer": TEXT},
    "zusatzversorgung": {"mitgliedsnummer": TEXT},
    "hinweis": {"datensatz": TEXT, "regel": TEXT},
    "zahlung": {"empfaenger": TEXT},
    "abwesenheit": {"bemerkung": TEXT},
    "user_account": {"display_name": TEXT, "email": TEXT, "phone": TEXT},
    "outbox_message": {"recipient": TEXT, "subject": TEXT, "body": TEXT},
}
PLATFORM = ("user_account", "outbox_message")
DEMANDED = {
    "person_angaben": ("nachname", "vorname", "geburtsdatum"), "kind": ("geburtsdatum",),
    "pfaendung": ("glaeubiger",), "unterhaltspflicht": ("name",), "sparvertrag": ("empfaenger", "vertragsnummer"),
    "hinweis": ("datensatz", "regel"), "zahlung": ("empfaenger",),
    "user_account": ("display_name",), "outbox_message": ("recipient", "subject", "body"),
}
EMPTY = {"abwesenheit": ("bemerkung",)}
RULES = {
    "person_angaben": {"name": "nachname <> '' AND vorname <> ''", "geburtsdatum": "geburtsdatum >= DATE '1900-01-01'",
                       "verstorben": "verstorben_am IS NULL OR verstorben_am >= geburtsdatum"},
    "kind": {"geburtsdatum": "geburtsdatum >= DATE '1900-01-01'"},
    "pfaendung": {"glaeubiger": "glaeubiger <> ''"},
    "unterhaltspflicht": {"name": "name <> ''"},
    "sparvertrag": {"empfaenger": "empfaenger <> '' AND vertragsnummer <> ''"},
}
LINES = "ergebniszeile"
PLACE = "ergebnis_id::text || ':' || position::text"
KINDS = {"4200": "Vermögenswirksame Leistung", "3407": "Entgeltumwandlung", "4400": "Pfändung",
         "4401": "Unterhaltspfändung", "4402": "Pfändung", "4403": "Abtretung", "4404": "Insolvenzverwaltung",
         "4405": "Vorpfändung", "4505": "Aufrechnung"}


def upgrade() -> None:
    for table, columns in COLUMNS.items():
        for name in columns:
            op.add_column(table, sa.Column(f"{name}_siegel", sa.LargeBinary()))
        seal_columns(table, columns, demanded=DEMANDED.get(table, ()), platform=table in PLATFORM)
        for name in DEMANDED.get(table, ()):
            op.alter_column(table, f"{name}_siegel", nullable=False)
        for rule in RULES.get(table, ()):
            op.drop_constraint(op.f(f"ck_{table}_{rule}"), table)
        if table == "person_angaben":
            op.drop_index("ix_person_angaben_tenant_id_nachname_vorname", table)
        for name in columns:
            op.drop_column(table, name)
        forget_old_values(table)
    op.add_column(LINES, sa.Column("worte_siegel", sa.LargeBinary()))
    rewrite(LINES, PLACE, ("lohnart", "text", "einzelheit"),
            {"text": TEXT, "einzelheit": TEXT, "worte_siegel": "bytea"}, _sealed_line,
            where=f"bereich = 'netto' AND lohnart IN ({', '.join(map(repr, KINDS))})")
    forget_old_values(LINES)


def downgrade() -> None:
    rewrite(LINES, PLACE, ("worte_siegel", "text", "einzelheit"), {"text": TEXT, "einzelheit": TEXT}, _opened_line,
            where="worte_siegel IS NOT NULL", writing=False)
    op.drop_column(LINES, "worte_siegel")
    for table, columns in COLUMNS.items():
        for name, kind in columns.items():
            default = sa.text("''") if name in EMPTY.get(table, ()) else None
            op.add_column(table, sa.Column(name, sa.Date() if kind == DATE else sa.String(), server_default=default))
        open_columns(table, columns, empty=EMPTY.get(table, ()), platform=table in PLATFORM)
        for name in (*DEMANDED.get(table, ()), *EMPTY.get(table, ())):
            op.alter_column(table, name, nullable=False)
        for name in columns:
            op.drop_column(table, f"{name}_siegel")
        for rule, text in RULES.get(table, {}).items():
            op.create_check_constraint(op.f(f"ck_{table}_{rule}"), table, text)
        if table == "person_angaben":
            op.create_index("ix_person_angaben_tenant_id_nachname_vorname", table, ["tenant_id", "nachname", "vorname"])


def _sealed_line(keys: TenantKeys, row: str, values: list[str]) -> list[str | bytes]:
    number, text, detail = values
    words = f"{text}\n{detail}".encode()
    return [KINDS[number], "", seal_cell(keys, words, table=LINES, row=row, column="worte_siegel")]


def _opened_line(keys: TenantKeys, row: str, values: list[str | bytes]) -> list[str]:
    sealed, text, detail = values
    if not keys.data:
        return [str(text), str(detail)]
    assert isinstance(sealed, bytes)
    return open_sealed(keys, sealed, table=LINES, row=row, column="worte_siegel").decode().split("\n")
