"""Stellenplan: Organisation, Stellen, Besetzung mit zwei Uhren; Pläne, die nach dem Beschluss eingefroren sind.

Revision ID: 0012
Revises: 0011
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from migrations.operations import no_overlap, protect

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

LAUFBAHN = "laufbahn IN ('wahl', '2.2', '2.1', '1.2', '1.1')"
SHARE = "zaehler >= 1 AND zaehler <= nenner"
ANCHORS = ("organisationseinheit", "kontierung", "stelle")
# Text keys enter the exclusion by their hash: equal texts have equal hashes.
KEYS = {
    "organisationseinheit_stand": ("einheit_id",),
    "kontierung_stand": ("kontierung_id",),
    "stelle_stand": ("stelle_id",),
    "stelle_verteilung": ("stelle_id", "produkt_id"),
    "stelle_finanzierung": ("stelle_id", "hashtextextended(quelle, 0)"),
    "stelle_vermerk": ("stelle_id", "hashtextextended(art, 0)"),
    "stelle_besetzung": ("stelle_id", "hashtextextended(personalnummer, 0)", "hashtextextended(zustand, 0)"),
    "stelle_bewertung": ("stelle_id",),
}
FROZEN = """
CREATE FUNCTION kreislohn_plan_bleibt() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.zustand = 'beschlossen' THEN
        RAISE EXCEPTION 'Tabelle stellenplan: ein beschlossener Plan ändert sich nicht; einen Nachtrag aufstellen.'
            USING ERRCODE = '23001';
    END IF;
    RETURN NEW;
END $$
"""
PART_FROZEN = """
CREATE FUNCTION kreislohn_plan_teil_bleibt() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE zeile record;
BEGIN
    IF TG_OP = 'DELETE' THEN zeile := OLD; ELSE zeile := NEW; END IF;
    IF EXISTS (SELECT 1 FROM stellenplan p WHERE (p.tenant_id, p.id) = (zeile.tenant_id, zeile.plan_id)
               AND p.zustand = 'beschlossen') THEN
        RAISE EXCEPTION 'Tabelle %: ein beschlossener Plan ändert sich nicht; einen Nachtrag aufstellen.', TG_TABLE_NAME
            USING ERRCODE = '23001';
    END IF;
    RETURN zeile;
END $$
"""
TYPES: dict[str, Any] = {
    "i": sa.BigInteger, "z": sa.Integer, "n": sa.SmallInteger, "s": sa.String, "d": sa.Date, "b": sa.Boolean,
    "y": sa.LargeBinary, "j": JSONB,
}  # fmt: skip


def upgrade() -> None:
    op.execute(FROZEN)
    op.execute(PART_FROZEN)
    _organisation()
    _posts()
    _occupancy()
    _plans()
    for table in ANCHORS:
        protect(table, grants="SELECT, INSERT")
    for table, keys in KEYS.items():
        no_overlap(table, f"ex_{table}_zeitraum", *keys)
        protect(table, grants="SELECT, INSERT, UPDATE")
        op.execute(
            f"CREATE TRIGGER tatsache_bleibt BEFORE UPDATE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION kreislohn_tatsache_bleibt()"
        )
    protect("stelle_unterlage", grants="SELECT, INSERT")
    protect("stellenplan", grants="SELECT, INSERT, UPDATE")
    op.execute(
        "CREATE TRIGGER plan_bleibt BEFORE UPDATE OR DELETE ON stellenplan "
        "FOR EACH ROW EXECUTE FUNCTION kreislohn_plan_bleibt()"
    )
    for table, grants in (("stellenplan_aenderung", "SELECT, INSERT, UPDATE"),
                          ("stellenplan_nachwuchs", "SELECT, INSERT, DELETE")):
        protect(table, grants=grants)
        op.execute(
            f"CREATE TRIGGER plan_bleibt BEFORE INSERT OR UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION kreislohn_plan_teil_bleibt()"
        )


def downgrade() -> None:
    for table in ("stellenplan_nachwuchs", "stellenplan_aenderung", "stellenplan", "stelle_unterlage",
                  *reversed(KEYS), *reversed(ANCHORS)):
        op.drop_table(table)
    op.execute("DROP FUNCTION kreislohn_plan_teil_bleibt()")
    op.execute("DROP FUNCTION kreislohn_plan_bleibt()")


def _organisation() -> None:
    _anchor("organisationseinheit", "nummer:s", {"nummer": "nummer <> '' AND length(nummer) <= 20"}, ("nummer",))
    _fact(
        "organisationseinheit_stand", "einheit_id:i uebergeordnet_id:i? name:s art:s?",
        {"name": "name <> ''"},
        {"einheit_id": "organisationseinheit", "uebergeordnet_id": "organisationseinheit"},
    )
    _anchor(
        "kontierung", "art:s nummer:s",
        {"art": "art IN ('produkt', 'kostenstelle')", "nummer": "nummer <> '' AND length(nummer) <= 30"},
        ("art", "nummer"),
    )
    _fact(
        "kontierung_stand", "kontierung_id:i name:s produktbereich:s?",
        {"name": "name <> ''", "produktbereich": "produktbereich IS NULL OR length(produktbereich) = 2"},
        {"kontierung_id": "kontierung"},
    )


def _posts() -> None:
    _anchor("stelle", "nummer:s", {"nummer": "nummer <> '' AND length(nummer) <= 30"}, ("nummer",))
    _fact(
        "stelle_stand",
        "zaehler:i nenner:i stelle_id:i einheit_id:i kostenstelle_id:i? art:s bezeichnung:s funktion:s? laufbahn:s? "
        "gruppe:s bewertung:s? zulage:b ausgesondert:b sondervermoegen:s? befristet_bis:d? beschluss:s",
        {
            "bezeichnung": "bezeichnung <> '' AND gruppe <> ''",
            "art": "art IN ('planstelle', 'stelle')",
            "laufbahn": LAUFBAHN,
            "planstelle": "(art = 'planstelle') = (laufbahn IS NOT NULL)",
            "anteil": SHARE,
            "befristung": "befristet_bis IS NULL OR befristet_bis >= valid_from",
        },
        {"stelle_id": "stelle", "einheit_id": "organisationseinheit", "kostenstelle_id": "kontierung"},
    )
    _fact("stelle_verteilung", "zaehler:i nenner:i stelle_id:i produkt_id:i", {"anteil": SHARE},
          {"stelle_id": "stelle", "produkt_id": "kontierung"})
    _fact("stelle_finanzierung", "zaehler:i nenner:i stelle_id:i quelle:s",
          {"quelle": "quelle <> ''", "anteil": SHARE}, {"stelle_id": "stelle"})
    _fact(
        "stelle_vermerk",
        "stelle_id:i art:s termin:d? ziel_laufbahn:s? ziel_gruppe:s? zaehler:i? nenner:i? text:s?",
        {
            "art": "art IN ('kw', 'ku', 'sperre', 'leerstelle', 'sonstiges')",
            "ziel": "(art = 'ku') = (ziel_gruppe IS NOT NULL)",
            "laufbahn": f"ziel_{LAUFBAHN}",
            "teil": "(zaehler IS NULL) = (nenner IS NULL)",
            "anteil": f"zaehler IS NULL OR ({SHARE} AND art = 'kw')",
        },
        {"stelle_id": "stelle"},
    )


def _occupancy() -> None:
    _fact(
        "stelle_besetzung",
        "zaehler:i nenner:i stelle_id:i personalnummer:s zustand:s laufbahn:s? gruppe:s vertritt:s? begruendung:s?",
        {
            "person": "personalnummer <> '' AND gruppe <> ''",
            "zustand": "zustand IN ('aktiv', 'mutterschutz', 'atz_arbeit', 'atz_frei', 'elternzeit', "
                       "'urlaub_ohne_bezuege', 'abordnung')",
            "laufbahn": LAUFBAHN,
            "vertretung": "vertritt IS NULL OR vertritt <> personalnummer",
            "anteil": SHARE,
        },
        {"stelle_id": "stelle"},
    )
    op.create_index("ix_stelle_besetzung_tenant_id_personalnummer", "stelle_besetzung",
                    ["tenant_id", "personalnummer"])
    _fact(
        "stelle_bewertung",
        "stelle_id:i verfahren:s gruppe:s merkmal:s? taetigkeiten:j entschieden_am:d entschieden_durch:s "
        "aktenzeichen:s?",
        {
            "verfahren": "verfahren IN ('tarif', 'analytisch', 'summarisch')",
            "ergebnis": "gruppe <> '' AND entschieden_durch <> ''",
        },
        {"stelle_id": "stelle"},
    )
    _table(
        "stelle_unterlage",
        [*_columns("stelle_id:i dateiname:s inhalt_siegel:y sha256:y groesse:z abgelegt_von:s"),
         _moment("abgelegt_am", now=True)],
        {"dateiname": "dateiname <> ''", "sha256": "octet_length(sha256) = 32"}, {"stelle_id": "stelle"},
    )


def _plans() -> None:
    decided = ("(zustand = 'beschlossen') = (inhalt IS NOT NULL AND sha256 IS NOT NULL AND gremium IS NOT NULL AND "
               "sitzung IS NOT NULL AND beschlossen_von IS NOT NULL AND beschlossen_am IS NOT NULL)")
    _table(
        "stellenplan",
        [*_columns("jahr:n nachtrag:n"), _word("zustand", "entwurf"), *_columns("entworfen_von:s"),
         _moment("entworfen_am", now=True), *_columns("gremium:s? sitzung:d? vorlage:s? beschlossen_von:s?"),
         _moment("beschlossen_am"), *_columns("inhalt:y? sha256:y?")],
        {
            "jahr": "jahr > 0",
            "nachtrag": "nachtrag >= 0",
            "zustand": "zustand IN ('entwurf', 'beschlossen')",
            "zweite_person": "beschlossen_von <> entworfen_von",
            "beschluss": decided,
            "sha256": "sha256 IS NULL OR octet_length(sha256) = 32",
        },
        {}, ("jahr", "nachtrag"),
    )
    _table(
        "stellenplan_aenderung",
        [*_columns("plan_id:i nummer:n art:s stelle:s wirksam_ab:d werte:j begruendung:s"), _word("zustand", "offen"),
         *_columns("erfasst_von:s"), _moment("erfasst_am", now=True)],
        {
            "art": "art IN ('neu', 'wegfall', 'gruppe', 'anteil', 'verlagerung', 'vermerk', 'vermerk_streichen')",
            "zustand": "zustand IN ('offen', 'zurueckgezogen', 'beschlossen')",
            "begruendung": "stelle <> '' AND begruendung <> ''",
        },
        {"plan_id": "stellenplan"}, ("plan_id", "nummer"),
    )
    _table(
        "stellenplan_nachwuchs",
        _columns("plan_id:i position:n art:s bezeichnung:s verguetung:s? vorgesehen:z beschaeftigt:z erlaeuterung:s?"),
        {
            "art": "art IN ('probe', 'widerruf', 'anwaerter', 'auszubildende', 'dual', 'praktikum', 'freiwillig')",
            "bezeichnung": "bezeichnung <> ''",
            "zahl": "vorgesehen >= 0 AND beschaeftigt >= 0",
        },
        {"plan_id": "stellenplan"}, ("plan_id", "position"),
    )


def _anchor(table: str, columns: str, checks: dict[str, str], unique: tuple[str, ...]) -> None:
    extra = [*_columns(columns), _moment("created_at", now=True), *_columns("created_by:s")]
    _table(table, extra, checks, {}, unique)


def _fact(table: str, columns: str, checks: dict[str, str], refers: dict[str, str]) -> None:
    clocks = [*_columns("valid_from:d valid_to:d?"), _moment("recorded_at", now=True), _moment("superseded_at"),
              *_columns("recorded_by:s"),
              sa.Column("reason", sa.String(), server_default=sa.text("''"), nullable=False)]
    clock_checks = {"zeitraum": "valid_to IS NULL OR valid_to >= valid_from",
                    "kenntnis": "superseded_at IS NULL OR superseded_at >= recorded_at"}
    _table(table, [*clocks, *_columns(columns)], checks | clock_checks, refers)


def _table(table: str, columns: list[Any], checks: dict[str, str], refers: dict[str, str],
           unique: tuple[str, ...] = ()) -> None:
    uniques = [("public_id",), *([unique] if unique else [])]
    op.create_table(
        table,
        sa.Column("tenant_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("public_id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        *columns,
        *(sa.CheckConstraint(rule, name=op.f(f"ck_{table}_{name}")) for name, rule in checks.items()),
        *(sa.ForeignKeyConstraint(["tenant_id", column], [f"{to}.tenant_id", f"{to}.id"],
                                  name=op.f(f"fk_{table}_tenant_id_{column}")) for column, to in refers.items()),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f(f"fk_{table}_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f(f"pk_{table}")),
        *(sa.UniqueConstraint("tenant_id", *names, name=op.f(f"uq_{table}_tenant_id_{'_'.join(names)}"))
          for names in uniques),
    )
    for column in refers:
        op.create_index(op.f(f"ix_{table}_tenant_id_{column}"), table, ["tenant_id", column])


def _columns(spec: str) -> list[sa.Column[Any]]:
    """Spalten aus „name:art“; ein Fragezeichen erlaubt leer, b ist ein Wahrheitswert mit Vorgabe falsch."""
    found = []
    for word in spec.split():
        name, kind = word.split(":")
        default = sa.text("false") if kind == "b" else None
        found.append(sa.Column(name, TYPES[kind[0]](), server_default=default, nullable=kind.endswith("?")))
    return found


def _moment(name: str, *, now: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.DateTime(timezone=True), server_default=sa.text("now()") if now else None,
                     nullable=not now)


def _word(name: str, default: str) -> sa.Column[Any]:
    return sa.Column(name, sa.String(), server_default=sa.text(f"'{default}'"), nullable=False)
