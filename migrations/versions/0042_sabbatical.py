"""Sabbatical als Tatsache, Fehlzeiten nach dem Infektionsschutzgesetz, Erklärung zur Aktivrente in Klasse VI.

Revision ID: 0042
Revises: 0041
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.operations import APP, no_overlap, protect

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None

TABLE = "sabbatical"
CHECKS = {
    "anteil": "anteil_zaehler BETWEEN 1 AND 23 AND anteil_nenner BETWEEN 2 AND 24 AND anteil_zaehler < anteil_nenner",
    "freistellung": "freistellung_ab >= valid_from AND (freistellung_bis IS NULL OR "
                    "freistellung_bis >= freistellung_ab)",
    "stoerfall": "stoerfall IS NULL OR (valid_to IS NOT NULL AND stoerfall IN ('ende_beschaeftigung', 'tod', "
                 "'erwerbsminderung', 'aufgabe'))",
    "zeitraum": "valid_to IS NULL OR valid_to >= valid_from",
    "kenntnis": "superseded_at IS NULL OR superseded_at >= recorded_at",
}
ABSENCES = (
    "krankheit", "kind_krank", "mutterschutz", "beschaeftigungsverbot", "elternzeit", "sonderurlaub",
    "sonderurlaub_dienstlich", "pflegezeit", "pflege_kurz", "streik", "unentschuldigt", "rente_auf_zeit",
    "freistellung", "altersteilzeit")
INFECTION = ("absonderung", "taetigkeitsverbot")


def upgrade() -> None:
    _create()
    no_overlap(TABLE, f"ex_{TABLE}_zeitraum", "beschaeftigung_id")
    protect(TABLE, grants="SELECT, INSERT, UPDATE")
    op.execute(f"CREATE TRIGGER tatsache_bleibt BEFORE UPDATE ON {TABLE} "
               "FOR EACH ROW EXECUTE FUNCTION kreislohn_tatsache_bleibt()")
    op.execute(f"CREATE TRIGGER nur_nach_auftrag BEFORE DELETE ON {TABLE} "
               "FOR EACH ROW EXECUTE FUNCTION kreislohn_nur_nach_auftrag()")
    op.execute(f"GRANT DELETE ON {TABLE} TO {APP}")
    _kinds((*ABSENCES, *INFECTION))
    op.add_column("steuermerkmale", sa.Column("aktivrente_erklaerung", sa.Boolean(), server_default=sa.text("false"),
                                              nullable=False))


def downgrade() -> None:
    op.drop_column("steuermerkmale", "aktivrente_erklaerung")
    # Rows of these kinds stay as they are, so that a step up finds them again; new ones are refused.
    _kinds(ABSENCES, valid=False)
    op.drop_table(TABLE)


def _kinds(names: tuple[str, ...], *, valid: bool = True) -> None:
    name, listed = op.f("ck_fehlzeit_fehlzeit_art"), ", ".join(f"'{one}'" for one in names)
    op.drop_constraint(name, "fehlzeit")
    op.create_check_constraint(name, "fehlzeit", f"art IN ({listed})", postgresql_not_valid=not valid)


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
        sa.Column("anteil_zaehler", sa.SmallInteger(), nullable=False),
        sa.Column("anteil_nenner", sa.SmallInteger(), nullable=False),
        sa.Column("freistellung_ab", sa.Date(), nullable=False),
        sa.Column("freistellung_bis", sa.Date()),
        sa.Column("stoerfall", sa.String()),
        *(sa.CheckConstraint(rule, name=op.f(f"ck_{TABLE}_{name}")) for name, rule in CHECKS.items()),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f(f"fk_{TABLE}_tenant_id")),
        sa.ForeignKeyConstraint(["tenant_id", "beschaeftigung_id"], ["beschaeftigung.tenant_id", "beschaeftigung.id"],
                                name=op.f(f"fk_{TABLE}_tenant_id_beschaeftigung_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f(f"pk_{TABLE}")),
        sa.UniqueConstraint("tenant_id", "public_id", name=op.f(f"uq_{TABLE}_tenant_id_public_id")),
    )
    op.create_index(op.f(f"ix_{TABLE}_tenant_id_beschaeftigung_id"), TABLE, ["tenant_id", "beschaeftigung_id"])
