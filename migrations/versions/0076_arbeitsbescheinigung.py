"""Die Arbeitsbescheinigung (§ 312 SGB III) ist eine Art der Meldung.

Revision ID: 0076
Revises: 0075
"""

from __future__ import annotations

from alembic import op

revision = "0076"
down_revision = "0075"
branch_labels = None
depends_on = None

BEFORE = ("lsta", "beitragsnachweis", "zv_monat", "zv_ereignis", "zv_jahr", "lstb", "deuev", "uv", "sb", "eel",
          "personalstand", "a1", "eau")


def upgrade() -> None:
    _kinds((*BEFORE, "bea"))


def downgrade() -> None:
    # Certificates already made stay, so that a step up finds them again; new ones are refused.
    _kinds(BEFORE, valid=False)
    op.execute(f"""DO $$ BEGIN ALTER TABLE meldung VALIDATE CONSTRAINT {op.f("ck_meldung_art")};
                   EXCEPTION WHEN check_violation THEN NULL; END $$""")  # with none made it is as it was


def _kinds(names: tuple[str, ...], *, valid: bool = True) -> None:
    name, listed = op.f("ck_meldung_art"), ", ".join(f"'{one}'" for one in names)
    op.drop_constraint(name, "meldung")
    op.create_check_constraint(name, "meldung", f"art IN ({listed})", postgresql_not_valid=not valid)
