"""Anliegen aus dem Portal; das Ende des Zugangs nach dem Austritt setzt auch die Anwendung.

Revision ID: 0041
Revises: 0040
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.operations import APP, protect

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None

TABLE = "anliegen"


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("tenant_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("public_id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("art", sa.String(), nullable=False),
        sa.Column("bereich", sa.String(), nullable=False),
        sa.Column("inhalt_siegel", sa.LargeBinary(), nullable=False),
        sa.Column("tatsache", sa.Uuid()),
        sa.Column("gilt_ab", sa.Date()),
        sa.Column("frist", sa.Date()),
        sa.Column("gestellt_von", sa.String(), nullable=False),
        sa.Column("gestellt_am", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("stand", sa.String(), server_default=sa.text("'offen'"), nullable=False),
        sa.Column("entschieden_von", sa.String()),
        sa.Column("entschieden_am", sa.DateTime(timezone=True)),
        sa.Column("antwort_siegel", sa.LargeBinary()),
        *(sa.CheckConstraint(rule, name=op.f(f"ck_{TABLE}_{name}")) for name, rule in CHECKS.items()),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f(f"fk_{TABLE}_tenant_id")),
        sa.ForeignKeyConstraint(["tenant_id", "person_id"], ["person.tenant_id", "person.id"],
                                name=op.f(f"fk_{TABLE}_tenant_id_person_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f(f"pk_{TABLE}")),
        sa.UniqueConstraint("tenant_id", "public_id", name=op.f(f"uq_{TABLE}_tenant_id_public_id")))
    op.create_index(f"ix_{TABLE}_tenant_id_person_id", TABLE, ["tenant_id", "person_id"])
    op.create_index(f"ix_{TABLE}_offen", TABLE, ["tenant_id", "stand"])
    protect(TABLE, grants="SELECT, INSERT, DELETE")
    op.execute(f"CREATE TRIGGER nur_nach_auftrag BEFORE DELETE ON {TABLE} "
               "FOR EACH ROW EXECUTE FUNCTION kreislohn_nur_nach_auftrag()")
    op.execute(f"GRANT UPDATE (stand, entschieden_von, entschieden_am, antwort_siegel) ON {TABLE} TO {APP}")
    op.execute(f"GRANT UPDATE (valid_to) ON employee_access TO {APP}")


def downgrade() -> None:
    op.execute(f"REVOKE UPDATE (valid_to) ON employee_access FROM {APP}")
    op.drop_table(TABLE)


CHECKS = {
    "art": "art IN ('berichtigung', 'bankverbindung')",
    "stand": "stand IN ('offen', 'angenommen', 'abgelehnt', 'zurueckgenommen')",
    "entschieden": "(stand = 'offen') = (entschieden_von IS NULL)",
    "entschieden_am": "(entschieden_von IS NULL) = (entschieden_am IS NULL)",
    "bankverbindung": "(art = 'bankverbindung') = (tatsache IS NOT NULL AND gilt_ab IS NOT NULL "
                      "AND frist IS NOT NULL)",
    "wartezeit": "gilt_ab > frist",
}
