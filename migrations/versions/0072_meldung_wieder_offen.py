"""Wird eine Barzahlung zurückgezogen, ist die Aufgabe der abgelehnten Zahlung wieder offen, und nur dann.

Revision ID: 0072
Revises: 0071
"""

from __future__ import annotations

from alembic import op

revision = "0072"
down_revision = "0071"
branch_labels = None
depends_on = None

STAYS = """
CREATE OR REPLACE FUNCTION kreislohn_zahlungsmeldung_bleibt() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF public.kreislohn_loeschbar(OLD.tenant_id, TG_TABLE_NAME, OLD.id) THEN
            RETURN OLD;
        END IF;
    ELSIF {steps}
       AND (to_jsonb(NEW) - ARRAY['erledigt_von', 'erledigt_am', 'begruendung'])
         = (to_jsonb(OLD) - ARRAY['erledigt_von', 'erledigt_am', 'begruendung']) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'Eine Meldung der Bank bleibt, wie sie kam; erledigen lässt sie sich einmal.'
        USING ERRCODE = 'integrity_constraint_violation';
END $$
"""
ONCE = "OLD.erledigt_am IS NULL"
TAKEN_BACK = f"""({ONCE} OR (NEW.erledigt_am IS NULL AND EXISTS (
            SELECT FROM public.zahlung abgelehnt
            JOIN public.zahlung bar ON bar.tenant_id = abgelehnt.tenant_id AND bar.ersetzt = abgelehnt.public_id
            JOIN public.zahlungsauftrag a ON a.tenant_id = bar.tenant_id AND a.id = bar.zahlungsauftrag_id
            WHERE abgelehnt.tenant_id = OLD.tenant_id AND abgelehnt.id = OLD.zahlung_id
              AND a.zustand = 'zurueckgezogen'
              AND OLD.begruendung = a.grund || ' (Auftrag ' || a.msg_id || ')')))"""


def upgrade() -> None:
    op.execute(STAYS.format(steps=TAKEN_BACK))


def downgrade() -> None:
    op.execute(STAYS.format(steps=ONCE))
