"""Ansprüche auf Zulagen als Tatsache, geteilte Stufe 1 im Familienzuschlag, anerkannte Zeiten, Elternzeit mit Teilzeit.

Revision ID: 0053
Revises: 0052
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.operations import APP, no_overlap, protect

revision = "0053"
down_revision = "0052"
branch_labels = None
depends_on = None

TABLE = "zulagenanspruch"
KINDS = ("wechselschicht", "wechselschicht_krankenhaus", "wechselschicht_pflegeheim", "schicht", "praxisanleitung",
         "wohngruppe", "sue_fallgruppe_6", "strukturausgleich", "vermoegenswirksam", "strukturzulage",
         "ausgleich_familie", "begrenzt_dienstfaehig", "pkv_elternzeit")
CHECKS = {
    "zulagenart": f"art IN ({', '.join(repr(one) for one in KINDS)})",
    "eigener_betrag": "(art IN ('strukturausgleich', 'ausgleich_familie')) = (betrag_cent IS NOT NULL)",
    "betrag": "betrag_cent IS NULL OR betrag_cent > 0",
    "anrechnung": "anrechnung_cent >= 0 AND (anrechnung_cent = 0 OR art = 'strukturausgleich')",
    "dienstfaehigkeit": "(art = 'begrenzt_dienstfaehig') = (anteil IS NOT NULL)",
    "anteil": "anteil IS NULL OR anteil BETWEEN 1 AND 99",
    "mitteilung": "(art = 'vermoegenswirksam') = (mitgeteilt_am IS NOT NULL)",
    "zeitraum": "valid_to IS NULL OR valid_to >= valid_from",
    "kenntnis": "superseded_at IS NULL OR superseded_at >= recorded_at",
}
FAMILY = {
    "geteilt": "stufe1 OR NOT geteilt",
    "gemeinsam_vollzeit": "geteilt OR NOT gemeinsam_vollzeit",
    "einstiegsamt": "einstiegsamt IN ('A5-A6', 'A7-A8')",
}
GRADE = "erfahrung_monate IS NULL OR (erfahrung_monate BETWEEN 0 AND 600 AND tarifwerk = 'NRW-A')"
BEFORE = (
    "krankheit", "kind_krank", "mutterschutz", "beschaeftigungsverbot", "elternzeit", "sonderurlaub",
    "sonderurlaub_dienstlich", "pflegezeit", "pflege_kurz", "streik", "unentschuldigt", "rente_auf_zeit",
    "freistellung", "altersteilzeit", "absonderung", "taetigkeitsverbot")
PART_TIME = "elternzeit_teilzeit"
CHILD, CHILD_BEFORE = f"art NOT IN ('elternzeit', '{PART_TIME}')", "art <> 'elternzeit'"


def upgrade() -> None:
    _create()
    no_overlap(TABLE, f"ex_{TABLE}_zeitraum", "beschaeftigung_id", "hashtext(art)")
    protect(TABLE, grants="SELECT, INSERT, UPDATE")
    op.execute(f"CREATE TRIGGER tatsache_bleibt BEFORE UPDATE ON {TABLE} "
               "FOR EACH ROW EXECUTE FUNCTION kreislohn_tatsache_bleibt()")
    op.execute(f"CREATE TRIGGER nur_nach_auftrag BEFORE DELETE ON {TABLE} "
               "FOR EACH ROW EXECUTE FUNCTION kreislohn_nur_nach_auftrag()")
    op.execute(f"GRANT DELETE ON {TABLE} TO {APP}")
    for name in ("geteilt", "gemeinsam_vollzeit"):
        op.add_column("familienzuschlag", sa.Column(name, sa.Boolean(), server_default=sa.text("false"),
                                                    nullable=False))
    op.add_column("familienzuschlag", sa.Column("einstiegsamt", sa.String()))
    for name, rule in FAMILY.items():
        op.create_check_constraint(op.f(f"ck_familienzuschlag_{name}"), "familienzuschlag", rule)
    op.add_column("bezuegezuordnung", sa.Column("erfahrung_monate", sa.SmallInteger()))
    op.create_check_constraint(op.f("ck_bezuegezuordnung_erfahrung_monate"), "bezuegezuordnung", GRADE)
    _absences((*BEFORE, PART_TIME), CHILD)


def downgrade() -> None:
    # Rows of the new kind stay as they are, so that a step up finds them again; new ones are refused.
    _absences(BEFORE, CHILD_BEFORE, valid=False)
    op.drop_constraint(op.f("ck_bezuegezuordnung_erfahrung_monate"), "bezuegezuordnung")
    op.drop_column("bezuegezuordnung", "erfahrung_monate")
    for name in FAMILY:
        op.drop_constraint(op.f(f"ck_familienzuschlag_{name}"), "familienzuschlag")
    for name in ("einstiegsamt", "gemeinsam_vollzeit", "geteilt"):
        op.drop_column("familienzuschlag", name)
    op.drop_table(TABLE)


def _absences(names: tuple[str, ...], child: str, *, valid: bool = True) -> None:
    kinds, born = op.f("ck_fehlzeit_fehlzeit_art"), op.f("ck_fehlzeit_elternzeit")
    op.drop_constraint(kinds, "fehlzeit")
    op.create_check_constraint(kinds, "fehlzeit", f"art IN ({', '.join(repr(one) for one in names)})",
                               postgresql_not_valid=not valid)
    op.drop_constraint(born, "fehlzeit")
    op.create_check_constraint(born, "fehlzeit", f"{child} OR kind_geboren_am IS NOT NULL")


def _create() -> None:
    op.create_table(
        TABLE,
        sa.Column("tenant_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("public_id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date()),
        sa.Column("recorded_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True)),
        sa.Column("recorded_by", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), server_default=sa.text("''"), nullable=False),
        sa.Column("beschaeftigung_id", sa.BigInteger(), nullable=False),
        sa.Column("art", sa.String(), nullable=False),
        sa.Column("betrag_cent", sa.BigInteger()),
        sa.Column("anrechnung_cent", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("anteil", sa.Numeric(5, 2)),
        sa.Column("mitgeteilt_am", sa.Date()),
        *(sa.CheckConstraint(rule, name=op.f(f"ck_{TABLE}_{name}")) for name, rule in CHECKS.items()),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f(f"fk_{TABLE}_tenant_id")),
        sa.ForeignKeyConstraint(["tenant_id", "beschaeftigung_id"], ["beschaeftigung.tenant_id", "beschaeftigung.id"],
                                name=op.f(f"fk_{TABLE}_tenant_id_beschaeftigung_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f(f"pk_{TABLE}")),
        sa.UniqueConstraint("tenant_id", "public_id", name=op.f(f"uq_{TABLE}_tenant_id_public_id")),
    )
    op.create_index(op.f(f"ix_{TABLE}_tenant_id_beschaeftigung_id"), TABLE, ["tenant_id", "beschaeftigung_id"])
