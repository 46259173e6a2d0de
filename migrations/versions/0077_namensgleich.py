"""Zwei Menschen gleichen Namens: von einer Person gesagt, von einer zweiten bestätigt, jederzeit zu beenden.

Revision ID: 0077
Revises: 0076
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.operations import APP, protect

revision = "0077"
down_revision = "0076"
branch_labels = None
depends_on = None

TABLE = "namensgleich"
CHECKS = {
    "grund": "grund <> ''",
    "zweite_person": "bestaetigt_von <> gesagt_von",
    "nicht_selbst": "gesagt_von <> zugang AND (bestaetigt_von IS NULL OR bestaetigt_von <> zugang)",
    "bestaetigt": "(bestaetigt_von IS NULL) = (bestaetigt_am IS NULL)",
    "beendet": "(beendet_von IS NULL) = (beendet_am IS NULL) AND (beendet_von IS NULL) = (beendet_grund IS NULL)",
}
STAYS = """
CREATE FUNCTION kreislohn_namensgleich_bleibt() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public AS $$
BEGIN
    IF OLD.beendet_am IS NULL AND (OLD.bestaetigt_von IS NULL OR (NEW.bestaetigt_von, NEW.bestaetigt_am)
                                   IS NOT DISTINCT FROM (OLD.bestaetigt_von, OLD.bestaetigt_am)) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'Bestätigt und beendet wird eine Feststellung je einmal; eine neue braucht wieder zwei Menschen.'
        USING ERRCODE = 'integrity_constraint_violation';
END $$
"""


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("tenant_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("public_id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("person_public_id", sa.Uuid(), nullable=False),
        sa.Column("account_public_id", sa.Uuid(), nullable=False),
        sa.Column("zugang", sa.String(), nullable=False),
        sa.Column("grund", sa.String(), nullable=False),
        sa.Column("gesagt_von", sa.String(), nullable=False),
        sa.Column("gesagt_am", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("bestaetigt_von", sa.String()),
        sa.Column("bestaetigt_am", sa.DateTime(timezone=True)),
        sa.Column("beendet_von", sa.String()),
        sa.Column("beendet_am", sa.DateTime(timezone=True)),
        sa.Column("beendet_grund", sa.String()),
        *(sa.CheckConstraint(rule, name=op.f(f"ck_{TABLE}_{name}")) for name, rule in CHECKS.items()),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f(f"fk_{TABLE}_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f(f"pk_{TABLE}")),
        sa.UniqueConstraint("tenant_id", "public_id", name=op.f(f"uq_{TABLE}_tenant_id_public_id")))
    op.create_index(f"uq_{TABLE}_offen", TABLE, ["tenant_id", "person_public_id", "account_public_id"], unique=True,
                    postgresql_where=sa.text("beendet_am IS NULL"))
    op.create_index(f"ix_{TABLE}_tenant_id_account_public_id", TABLE, ["tenant_id", "account_public_id"])
    protect(TABLE, grants="SELECT, INSERT, DELETE")
    op.execute(STAYS)
    op.execute(f"CREATE TRIGGER feststellung_bleibt BEFORE UPDATE ON {TABLE} "
               "FOR EACH ROW EXECUTE FUNCTION kreislohn_namensgleich_bleibt()")
    op.execute(f"CREATE TRIGGER nur_nach_auftrag BEFORE DELETE ON {TABLE} "
               "FOR EACH ROW EXECUTE FUNCTION kreislohn_nur_nach_auftrag()")
    op.execute(f"GRANT UPDATE (bestaetigt_von, bestaetigt_am, beendet_von, beendet_am, beendet_grund) ON {TABLE} "
               f"TO {APP}")


def downgrade() -> None:
    """Wer ebenso heißt, gilt danach wieder als derselbe Mensch und wird abgewiesen: der frühere Stand kennt keine
    Feststellung."""
    op.drop_table(TABLE)
    op.execute("DROP FUNCTION kreislohn_namensgleich_bleibt()")
