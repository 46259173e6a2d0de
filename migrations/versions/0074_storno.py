"""Ein freigegebener Bescheid des Verbunds lässt sich mit einem eigenen Bescheid stornieren; sein Zeitraum wird frei.

Revision ID: 0074
Revises: 0073
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.operations import APP

revision = "0074"
down_revision = "0073"
branch_labels = None
depends_on = None

TABLE = "kostenbescheid"
OLD, NEW = "art IN ('vorauszahlung', 'abrechnung')", "art IN ('vorauszahlung', 'abrechnung', 'storno')"
CHECKS = {
    "hebt_auf": "(art = 'storno') = (hebt_auf IS NOT NULL)",
    "storno_grund": "(art = 'storno') = (storno_grund IS NOT NULL AND storno_grund <> '')",
    "storniert": "storniert_am IS NULL OR (zustand = 'freigegeben' AND art <> 'storno')",
}
CURRENT = "zustand <> 'zurueckgezogen'"
FITS = """
CREATE FUNCTION kreislohn_storno_passt() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.storniert_am IS NOT NULL THEN
            RAISE EXCEPTION 'Ein neuer Bescheid ist nicht storniert.' USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        IF NEW.hebt_auf IS NOT NULL AND NOT EXISTS (
            SELECT FROM kostenbescheid b WHERE b.tenant_id = NEW.tenant_id AND b.nummer = NEW.hebt_auf
            AND b.art <> 'storno' AND b.zustand = 'freigegeben' AND b.storniert_am IS NULL
            AND (b.von, b.bis, -b.netto, -b.brutto) = (NEW.von, NEW.bis, NEW.netto, NEW.brutto)) THEN
            RAISE EXCEPTION 'Storniert wird ein freigegebener Bescheid mit genau seinen Beträgen.'
                USING ERRCODE = 'integrity_constraint_violation';
        END IF;
    ELSIF NEW.storniert_am IS DISTINCT FROM OLD.storniert_am AND (OLD.storniert_am IS NOT NULL OR NOT EXISTS (
        SELECT FROM kostenbescheid s WHERE s.tenant_id = NEW.tenant_id AND s.hebt_auf = NEW.nummer
        AND s.zustand = 'freigegeben')) THEN
        RAISE EXCEPTION 'Storniert ist ein Bescheid mit der Freigabe seines Stornos, und er bleibt es.'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$
"""


def upgrade() -> None:
    for name, kind in (("hebt_auf", sa.String()), ("storno_grund", sa.String()),
                       ("storniert_am", sa.DateTime(timezone=True))):
        op.add_column(TABLE, sa.Column(name, kind))
    _kinds(NEW)
    for name, rule in CHECKS.items():
        op.create_check_constraint(op.f(f"ck_{TABLE}_{name}"), TABLE, rule)
    op.create_foreign_key(op.f(f"fk_{TABLE}_hebt_auf"), TABLE, TABLE, ["tenant_id", "hebt_auf"],
                          ["tenant_id", "nummer"])
    op.create_index("uq_kostenbescheid_hebt_auf", TABLE, ["tenant_id", "hebt_auf"], unique=True,
                    postgresql_where=sa.text(CURRENT))
    _period(f"{CURRENT} AND storniert_am IS NULL AND art <> 'storno'")
    op.execute(f"GRANT UPDATE (storniert_am) ON {TABLE} TO {APP}")
    op.execute(FITS)
    op.execute(f"CREATE TRIGGER storno_passt BEFORE INSERT OR UPDATE ON {TABLE} FOR EACH ROW "
               "EXECUTE FUNCTION kreislohn_storno_passt()")


def downgrade() -> None:
    """Mit einem Storno im Bestand scheitert der Schritt an der alten Bedingung: verloren geht keiner."""
    _kinds(OLD)
    op.execute(f"DROP TRIGGER storno_passt ON {TABLE}")
    op.execute("DROP FUNCTION kreislohn_storno_passt()")
    op.drop_index("uq_kostenbescheid_hebt_auf", TABLE)
    _period(CURRENT)
    for name in ("hebt_auf", "storno_grund", "storniert_am"):
        op.drop_column(TABLE, name)


def _kinds(rule: str) -> None:
    op.drop_constraint(op.f(f"ck_{TABLE}_art"), TABLE)
    op.create_check_constraint(op.f(f"ck_{TABLE}_art"), TABLE, rule)


def _period(rule: str) -> None:
    op.drop_index("uq_kostenbescheid_zeitraum", TABLE)
    op.create_index("uq_kostenbescheid_zeitraum", TABLE, ["tenant_id", "art", "von"], unique=True,
                    postgresql_where=sa.text(rule))
