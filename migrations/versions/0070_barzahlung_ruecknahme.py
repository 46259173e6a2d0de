"""Ein freigegebener Auftrag ohne Datei lässt sich zurückziehen, von einer anderen Person als der, die ihn erstellt hat.

Revision ID: 0070
Revises: 0069
"""

from __future__ import annotations

from alembic import op

revision = "0070"
down_revision = "0069"
branch_labels = None
depends_on = None

STAYS = """
CREATE OR REPLACE FUNCTION kreislohn_zahlungsauftrag_bleibt() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF public.kreislohn_loeschbar(OLD.tenant_id, TG_TABLE_NAME, OLD.id) THEN
            RETURN OLD;
        END IF;
    ELSIF {steps}
       AND (to_jsonb(NEW) - ARRAY['zustand', 'freigegeben_von', 'freigegeben_am', 'zurueckgezogen_von',
                                  'zurueckgezogen_grund'])
         = (to_jsonb(OLD) - ARRAY['zustand', 'freigegeben_von', 'freigegeben_am', 'zurueckgezogen_von',
                                  'zurueckgezogen_grund']) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'Ein Zahlungsauftrag bleibt, wie er erstellt wurde; freigeben oder zurückziehen geht einmal.'
        USING ERRCODE = 'integrity_constraint_violation';
END $$
"""
ONCE = "OLD.zustand = 'erstellt' AND NEW.zustand IN ('freigegeben', 'zurueckgezogen')"
WITHOUT_FILE = f"""(({ONCE})
           OR (OLD.zustand = 'freigegeben' AND NEW.zustand = 'zurueckgezogen' AND OLD.anzahl = 0
               AND NEW.zurueckgezogen_von <> OLD.erstellt_von AND NEW.freigegeben_von = OLD.freigegeben_von
               AND NEW.freigegeben_am = OLD.freigegeben_am))"""


def upgrade() -> None:
    op.execute(STAYS.format(steps=WITHOUT_FILE))


def downgrade() -> None:
    op.execute(STAYS.format(steps=ONCE))
