"""Stellenmarkt: Ausschreibungen mit Fassungen und Aushang, versiegelte Bewerbungen mit Löschtag, Auswahl, Einstellung.

Revision ID: 0031
Revises: 0030
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from migrations.operations import append_only, platform_may, protect

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

TYPES: dict[str, Any] = {
    "i": sa.BigInteger, "z": sa.Integer, "n": sa.SmallInteger, "s": sa.String, "d": sa.Date, "b": sa.Boolean,
    "y": sa.LargeBinary, "j": JSONB, "t": lambda: sa.DateTime(timezone=True),
}  # fmt: skip
POST, ONE = {"ausschreibung_id": "ausschreibung"}, {"bewerbung_id": "bewerbung"}
# Which rights the application has; applications and what hangs on them go when their day has come.
GRANTS = {
    "ausschreibung": "SELECT, INSERT, UPDATE", "ausschreibung_fassung": "SELECT, INSERT",
    "mitwirkung": "SELECT, INSERT, UPDATE", "aushang": "SELECT, INSERT, UPDATE",
    "anforderung": "SELECT, INSERT, UPDATE, DELETE", "bewerbung": "SELECT, INSERT, UPDATE, DELETE",
    "bewerbung_unterlage": "SELECT, INSERT, UPDATE, DELETE", "bewerbung_verlauf": "SELECT, INSERT, DELETE",
    "bewerbung_loeschung": "SELECT, INSERT", "einschaetzung": "SELECT, INSERT, DELETE",
    "gespraech": "SELECT, INSERT, UPDATE, DELETE", "auswahlvermerk": "SELECT, INSERT, UPDATE, DELETE",
    "einstellung": "SELECT, INSERT, UPDATE, DELETE", "auswahl_statistik": "SELECT, INSERT, UPDATE",
}  # fmt: skip


def upgrade() -> None:
    _postings()
    _applications()
    _selection()
    for table, grants in GRANTS.items():
        protect(table, grants=grants)
    append_only("ausschreibung_fassung")
    append_only("bewerbung_loeschung")
    platform_may("aushang", "SELECT", identity=None)


def downgrade() -> None:
    for table in ("auswahl_statistik", "einstellung", "auswahlvermerk", "gespraech", "einschaetzung",
                  "bewerbung_loeschung", "bewerbung_verlauf", "bewerbung_unterlage", "bewerbung", "anforderung",
                  "aushang", "mitwirkung", "ausschreibung_fassung", "ausschreibung"):
        op.drop_table(table)


def _postings() -> None:
    _table(
        "ausschreibung",
        "kennziffer:s stelle:s? zustand:s=entwurf inhalt:j intern_ab:d? extern_ab:d? frist:d? warten_bis:d? sperre:s? "
        "profil_fest:t? angelegt_von:s angelegt_am:t=now",
        {"kennziffer": "kennziffer <> '' AND length(kennziffer) <= 40",
         "zustand": "zustand IN ('entwurf', 'freigabe', 'veroeffentlicht', 'zurueckgezogen', 'entschieden', "
                    "'beendet')",
         "intern_zuerst": "intern_ab IS NULL OR extern_ab IS NULL OR extern_ab >= intern_ab"},
        unique=(("kennziffer",),))
    _table("ausschreibung_fassung", "ausschreibung_id:i nummer:n inhalt:j grund:s von:s am:t=now",
           {"grund": "grund <> ''"}, POST, (("ausschreibung_id", "nummer"),), public=False)
    _table(
        "mitwirkung",
        "ausschreibung_id:i gegenstand:s wer:s angefragt_am:t=now frist:d ergebnis:s=offen bemerkung:s? von:s? am:t?",
        {"gegenstand": "gegenstand IN ('ausschreibung', 'auswahl')",
         "wer": "wer IN ('personal', 'gleichstellung', 'personalrat', 'schwerbehinderung')",
         "ergebnis": "ergebnis IN ('offen', 'zugestimmt', 'abgelehnt', 'verzichtet', 'frist_abgelaufen')",
         "entschieden": "(ergebnis = 'offen') = (am IS NULL)"},
        POST, (("ausschreibung_id", "gegenstand", "wer"),))
    _table("aushang", "ausschreibung_id:i kennziffer:s intern_ab:d extern_ab:d bis:d inhalt:j geaendert_am:t=now "
           "abgenommen_am:t?",
           {"intern_zuerst": "extern_ab >= intern_ab", "frist": "bis >= intern_ab"}, POST, (("ausschreibung_id",),))
    _table("anforderung", "ausschreibung_id:i position:n text:s muss:b gewicht:n",
           {"text": "text <> ''", "gewicht": "gewicht >= 1 AND gewicht <= 100"}, POST,
           (("ausschreibung_id", "position"),))


def _applications() -> None:
    _table(
        "bewerbung",
        "ausschreibung_id:i nummer:z? geheim:y zustand:s=entwurf sprache:s=de angaben_siegel:y "
        "schwerbehindert_siegel:y einwilligungen:j angelegt_am:t=now eingegangen_am:t? zugesagt_bis:d? formal:s? "
        "absage_am:t? loeschen_am:d pool_bis:d? gehalten:s?",
        {"zustand": "zustand IN ('entwurf', 'eingegangen', 'in_pruefung', 'engere_wahl', 'eingeladen', 'zusage', "
                    "'absage', 'eingestellt')",
         "geheim": "octet_length(geheim) = 32",
         "eingang": "(zustand = 'entwurf') = (eingegangen_am IS NULL)",
         "zusage": "zustand = 'entwurf' OR (zugesagt_bis IS NOT NULL AND nummer IS NOT NULL)"},
        POST, (("geheim",), ("ausschreibung_id", "nummer")), indexes=(("ausschreibung_id",), ("loeschen_am",)))
    _table("bewerbung_unterlage",
           "bewerbung_id:i name_siegel:y inhalt_siegel:y ansicht_siegel:y? art:s groesse:z pruefung:s hinweise:j "
           "am:t=now",
           {"pruefung": "pruefung IN ('sauber', 'wartet', 'ohne')", "groesse": "groesse > 0"}, ONE,
           indexes=(("bewerbung_id",),))
    _table("bewerbung_verlauf", "bewerbung_id:i was:s von:s am:t=now", {"was": "was <> ''"}, ONE,
           indexes=(("bewerbung_id",),), public=False)
    _table("bewerbung_loeschung", "ausschreibung_id:i kennung:s grund:s umfang:j von:s am:t=now",
           {"grund": "grund IN ('frist', 'zurueckgezogen', 'entwurf_verfallen', 'pool_abgelaufen')"}, POST,
           indexes=(("ausschreibung_id",),), public=False)


def _selection() -> None:
    _table("einschaetzung", "bewerbung_id:i anforderung_id:i von:s punkte:n begruendung_siegel:y am:t=now",
           {"punkte": "punkte >= 0 AND punkte <= 4"}, ONE | {"anforderung_id": "anforderung"},
           (("bewerbung_id", "anforderung_id", "von"),), indexes=(("anforderung_id",),), public=False)
    _table("gespraech", "bewerbung_id:i beginn:t minuten:n raum:s abgesagt_am:t? angelegt_von:s",
           {"minuten": "minuten >= 5 AND minuten <= 600", "raum": "raum <> ''"}, ONE, indexes=(("bewerbung_id",),))
    _table("auswahlvermerk", "ausschreibung_id:i bewerbung_id:i begruendung_siegel:y vorgeschlagen_von:s "
           "vorgeschlagen_am:t=now entschieden_von:s? entschieden_am:t?",
           {"zweite_person": "entschieden_von <> vorgeschlagen_von",
            "entschieden": "(entschieden_von IS NULL) = (entschieden_am IS NULL)"},
           POST | ONE, (("ausschreibung_id",),), indexes=(("bewerbung_id",),))
    _table("einstellung", "bewerbung_id:i zustand:s=angebot ab:d vertrag:j angaben_siegel:y? aufgaben:j "
           "personalnummer:s? angeboten_von:s angeboten_am:t=now vollzogen_von:s? vollzogen_am:t?",
           {"zustand": "zustand IN ('angebot', 'angenommen', 'abgelehnt', 'angaben_da', 'vollzogen')",
            "vollzogen": "(zustand = 'vollzogen') = (personalnummer IS NOT NULL)"}, ONE, (("bewerbung_id",),))
    _table("auswahl_statistik", "ausschreibung_id:i stufe:s geschlecht:s anzahl:z=0",
           {"stufe": "stufe IN ('beworben', 'eingeladen', 'ausgewaehlt')",
            "geschlecht": "geschlecht IN ('weiblich', 'maennlich', 'divers', 'ohne')", "anzahl": "anzahl >= 0"},
           POST, (("ausschreibung_id", "stufe", "geschlecht"),), public=False)


def _table(table: str, columns: str, checks: dict[str, str], refers: dict[str, str] | None = None,
           unique: tuple[tuple[str, ...], ...] = (), indexes: tuple[tuple[str, ...], ...] = (),
           public: bool = True) -> None:
    key = [sa.Column("public_id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False)]
    uniques = (*unique, ("public_id",)) if public else unique
    op.create_table(
        table,
        sa.Column("tenant_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        *(key if public else []),
        *map(_column, columns.split()),
        *(sa.CheckConstraint(rule, name=op.f(f"ck_{table}_{name}")) for name, rule in checks.items()),
        *(sa.ForeignKeyConstraint(["tenant_id", column], [f"{to}.tenant_id", f"{to}.id"],
                                  name=op.f(f"fk_{table}_tenant_id_{column}"))
          for column, to in (refers or {}).items()),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f(f"fk_{table}_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f(f"pk_{table}")),
        *(sa.UniqueConstraint("tenant_id", *names, name=op.f(f"uq_{table}_tenant_id_{'_'.join(names)}"))
          for names in uniques),
    )
    for names in indexes:
        op.create_index(op.f(f"ix_{table}_tenant_id_{'_'.join(names)}"), table, ["tenant_id", *names])


def _column(word: str) -> sa.Column[Any]:
    """Spalte aus „name:art“; ein Fragezeichen erlaubt leer, nach dem Gleichheitszeichen steht die Vorgabe."""
    name, spec = word.split(":")
    kind, _, default = spec.partition("=")
    given = None
    if default:
        given = sa.text({"now": "now()", "0": "0"}.get(default, f"'{default}'"))
    return sa.Column(name, TYPES[kind[0]](), server_default=given, nullable=kind.endswith("?"))
