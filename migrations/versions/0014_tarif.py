"""Tatsachen des Tarifs: Fehlzeiten, Stufenregelung, höhere Tätigkeit, Beschäftigungszeit, Anlässe, Rechtswerte.

Revision ID: 0014
Revises: 0013
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.operations import no_overlap, protect

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

CLOCKS = {
    "zeitraum": "valid_to IS NULL OR valid_to >= valid_from",
    "kenntnis": "superseded_at IS NULL OR superseded_at >= recorded_at",
}
ABSENCES = (
    "'krankheit', 'kind_krank', 'mutterschutz', 'beschaeftigungsverbot', 'elternzeit', 'sonderurlaub', "
    "'sonderurlaub_dienstlich', 'pflegezeit', 'pflege_kurz', 'streik', 'unentschuldigt', 'rente_auf_zeit', "
    "'freistellung', 'altersteilzeit'"
)


def _small(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.SmallInteger(), server_default=sa.text("0"), nullable=False)


Table = tuple[list[sa.Column], dict[str, str], tuple[str, ...]]


def _absences() -> dict[str, Table]:
    """Spalten, Regeln und Schlüssel der Fehlzeiten."""
    return {
        "fehlzeit": (
            [
                sa.Column("art", sa.String(), nullable=False),
                sa.Column("kette", sa.SmallInteger()),
                _small("vorerkrankungstage"),
                sa.Column("krankengeld_tag_cent", sa.BigInteger()),
                sa.Column("krankengeld_netto_tag_cent", sa.BigInteger()),
                sa.Column("krankengeld_bis", sa.Date()),
                sa.Column("kind_geboren_am", sa.Date()),
                sa.Column("netto_tag_cent", sa.BigInteger()),
            ],
            {
                "fehlzeit_art": f"art IN ({ABSENCES})",
                "kette": "kette IS NULL OR (art = 'krankheit' AND kette BETWEEN 1 AND 99)",
                "vorerkrankungstage": "vorerkrankungstage BETWEEN 0 AND 42",
                "krankengeld": "krankengeld_netto_tag_cent IS NULL OR (krankengeld_tag_cent IS NOT NULL AND "
                "krankengeld_netto_tag_cent BETWEEN 0 AND krankengeld_tag_cent)",
                "krankengeld_tag": "krankengeld_tag_cent IS NULL OR krankengeld_tag_cent >= 0",
                "elternzeit": "art <> 'elternzeit' OR kind_geboren_am IS NOT NULL",
                "netto_tag": "netto_tag_cent IS NULL OR netto_tag_cent >= 0",
            },
            ("beschaeftigung_id",),
        ),
    }


def _others() -> dict[str, Table]:
    """Dasselbe für die übrigen Tabellen."""
    return {
        "stufenregelung": (
            [
                _small("verkuerzt_monate"),
                sa.Column("angehalten", sa.Boolean(), server_default=sa.text("false"), nullable=False),
                sa.Column("einstellungsstufe", sa.SmallInteger()),
                sa.Column("betrag_cent", sa.BigInteger()),
                sa.Column("gruppe_bisher", sa.String()),
                sa.Column("stufe_bisher", sa.String()),
            ],
            {
                "verkuerzt_monate": "verkuerzt_monate BETWEEN -120 AND 120",
                "einstellungsstufe": "einstellungsstufe IS NULL OR einstellungsstufe BETWEEN 1 AND 12",
                "individuelle_stufe": "betrag_cent IS NULL OR betrag_cent > 0",
                "bisher": "(gruppe_bisher IS NULL) = (stufe_bisher IS NULL)",
            },
            ("beschaeftigung_id",),
        ),
        "hoehere_taetigkeit": (
            [sa.Column("entgeltgruppe", sa.String(), nullable=False)],
            {"hoehere_gruppe": "entgeltgruppe <> ''"},
            ("beschaeftigung_id",),
        ),
        "beschaeftigungszeit": (
            [sa.Column("seit", sa.Date(), nullable=False)],
            {"seit": "seit >= DATE '1950-01-01'"},
            ("beschaeftigung_id",),
        ),
        "anlasszahlung": (
            [
                sa.Column("art", sa.String(), nullable=False),
                sa.Column("menge", sa.Numeric(6, 2), server_default=sa.text("0"), nullable=False),
            ],
            {
                "anlass_art": "art IN ('urlaubsabgeltung', 'abschlusspraemie', 'tauschtage')",
                "menge": "menge >= 0 AND (art NOT IN ('urlaubsabgeltung', 'tauschtage') OR menge > 0)",
            },
            ("beschaeftigung_id", "hashtext(art)"),
        ),
        "rechtswert": (
            [
                sa.Column("name", sa.String(), nullable=False),
                sa.Column("wert", sa.Numeric(12, 4), nullable=False),
                sa.Column("quelle", sa.String(), nullable=False),
            ],
            {"wertname": "name <> ''", "quelle": "quelle <> ''"},
            ("hashtext(name)",),
        ),
    }


def _tables() -> dict[str, Table]:
    return _absences() | _others()


def upgrade() -> None:
    for table, (columns, checks, keys) in _tables().items():
        _create(table, columns, checks, owned=table != "rechtswert")
        no_overlap(table, f"ex_{table}_zeitraum", *keys)
        protect(table, grants="SELECT, INSERT, UPDATE")
        op.execute(
            f"CREATE TRIGGER tatsache_bleibt BEFORE UPDATE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION kreislohn_tatsache_bleibt()"
        )


def _create(table: str, columns: list[sa.Column], checks: dict[str, str], *, owned: bool) -> None:
    job = [sa.Column("beschaeftigung_id", sa.BigInteger(), nullable=False)] if owned else []
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
        *job,
        *columns,
        *(sa.CheckConstraint(rule, name=op.f(f"ck_{table}_{name}")) for name, rule in {**checks, **CLOCKS}.items()),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f(f"fk_{table}_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint("tenant_id", "public_id", name=op.f(f"uq_{table}_tenant_id_public_id")),
    )
    if owned:
        op.create_foreign_key(
            op.f(f"fk_{table}_tenant_id_beschaeftigung_id"),
            table,
            "beschaeftigung",
            ["tenant_id", "beschaeftigung_id"],
            ["tenant_id", "id"],
        )
        op.create_index(op.f(f"ix_{table}_tenant_id_beschaeftigung_id"), table, ["tenant_id", "beschaeftigung_id"])


def downgrade() -> None:
    for table in reversed(_tables()):
        op.drop_table(table)
