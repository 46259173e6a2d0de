"""Zeilen einer Zeitdatei, die eine Leitung bestätigt; wer die Datei eingelesen hat, bestätigt nicht.

Revision ID: 0048
Revises: 0047
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.operations import APP

revision = "0048"
down_revision = "0047"
branch_labels = None
depends_on = None

TABLE, RULE = "zeit_zeile", "kreislohn_zeit_zeile_zweite_person"
SECOND_PERSON = """
CREATE FUNCTION kreislohn_zeit_zeile_zweite_person() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM geaendert z JOIN zeit_datei d ON (d.tenant_id, d.id) = (z.tenant_id, z.datei_id)
               WHERE z.bestaetigt_von = d.eingelesen_von) THEN
        RAISE EXCEPTION 'Tabelle zeit_zeile: wer die Datei eingelesen hat, bestätigt ihre Zeilen nicht.'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$
"""


def upgrade() -> None:
    op.add_column(TABLE, sa.Column("bestaetigt_von", sa.String(), nullable=True))
    op.add_column(TABLE, sa.Column("bestaetigt_am", sa.DateTime(timezone=True), nullable=True))
    op.create_check_constraint(op.f(f"ck_{TABLE}_bestaetigt"), TABLE,
                               "(bestaetigt_von IS NULL) = (bestaetigt_am IS NULL)")
    op.execute(f"GRANT UPDATE (bestaetigt_von, bestaetigt_am) ON {TABLE} TO {APP}")
    op.execute(SECOND_PERSON)
    for event in ("INSERT", "UPDATE"):
        op.execute(f"CREATE TRIGGER zeit_zeile_zweite_person_{event.lower()} AFTER {event} ON {TABLE} "
                   f"REFERENCING NEW TABLE AS geaendert FOR EACH STATEMENT EXECUTE FUNCTION {RULE}()")


def downgrade() -> None:
    for event in ("insert", "update"):
        op.execute(f"DROP TRIGGER zeit_zeile_zweite_person_{event} ON {TABLE}")
    op.execute(f"DROP FUNCTION {RULE}()")
    op.drop_constraint(op.f(f"ck_{TABLE}_bestaetigt"), TABLE)
    op.drop_column(TABLE, "bestaetigt_am")
    op.drop_column(TABLE, "bestaetigt_von")
