"""Personalakte: Dokumente je Person und Klasse; Vorlagen der Briefe; gespeicherte Ansichten von Listen.

Revision ID: 0050
Revises: 0049
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from migrations.operations import APP, append_only, protect

revision = "0050"
down_revision = "0049"
branch_labels = None
depends_on = None

FILE, LETTER, VIEW = "akte_dokument", "briefvorlage", "saved_view"
CLASSES = ("vertrag", "bezuege", "nachweis", "familie", "antrag", "schriftwechsel", "gesundheit", "pfaendung")
CHECKS = {
    "klasse": f"klasse IN ({', '.join(repr(one) for one in CLASSES)})",
    "quelle": "quelle IN ('schreibtisch', 'portal', 'brief')",
    "format": "format IN ('pdf', 'jpeg', 'png', 'docx', 'odt')",
    "sha256": "octet_length(sha256) = 32",
    "groesse": "groesse > 0",
    "entfernt": "(entfernt_am IS NULL) = (inhalt_siegel IS NOT NULL)",
    "entfernt_von": "(entfernt_am IS NULL) = (entfernt_von IS NULL)",
    "brief": "(quelle = 'brief') = (brief IS NOT NULL)",
}
EMPTIED = "inhalt_siegel, ansicht_siegel, text_siegel, entfernt_am, entfernt_von, im_portal"


def upgrade() -> None:
    _file()
    _letter()
    _view()


def downgrade() -> None:
    for table in (VIEW, LETTER, FILE):
        op.drop_table(table)


def _file() -> None:
    op.create_table(
        FILE, *_row(FILE), sa.Column("person_id", sa.BigInteger(), nullable=False),
        *(_text(name) for name in ("klasse", "quelle", "format")),
        _bytes("titel_siegel", False), _bytes("dateiname_siegel", False), _bytes("inhalt_siegel", True),
        _bytes("ansicht_siegel", True), _bytes("text_siegel", True), _bytes("sha256", False),
        sa.Column("groesse", sa.Integer(), nullable=False), sa.Column("vom", sa.Date(), nullable=False),
        sa.Column("im_portal", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("brief", sa.String()), sa.Column("vorgang", sa.Uuid(), nullable=False),
        _moment("erfasst_am"), _text("erfasst_von"), sa.Column("entfernt_am", sa.DateTime(timezone=True)),
        sa.Column("entfernt_von", sa.String()),
        *(sa.CheckConstraint(rule, name=op.f(f"ck_{FILE}_{name}")) for name, rule in CHECKS.items()),
        sa.ForeignKeyConstraint(["tenant_id", "person_id"], ["person.tenant_id", "person.id"],
                                name=op.f(f"fk_{FILE}_tenant_id_person_id")),
        sa.UniqueConstraint("tenant_id", "vorgang", name=op.f(f"uq_{FILE}_tenant_id_vorgang")))
    op.create_index(f"ix_{FILE}_tenant_id_person_id", FILE, ["tenant_id", "person_id"])
    op.create_index(f"ix_{FILE}_vom", FILE, ["tenant_id", "klasse", "vom"])
    protect(FILE, grants="SELECT, INSERT, DELETE")
    op.execute(f"CREATE TRIGGER nur_nach_auftrag BEFORE DELETE ON {FILE} "
               "FOR EACH ROW EXECUTE FUNCTION kreislohn_nur_nach_auftrag()")
    op.execute(f"GRANT UPDATE ({EMPTIED}) ON {FILE} TO {APP}")


def _letter() -> None:
    op.create_table(
        LETTER, *_row(LETTER), _text("art"), sa.Column("fassung", sa.SmallInteger(), nullable=False),
        _text("betreff"), _text("text"), _moment("erfasst_am"), _text("erfasst_von"),
        sa.CheckConstraint("fassung >= 1", name=op.f(f"ck_{LETTER}_fassung")),
        sa.CheckConstraint("betreff <> '' AND text <> ''", name=op.f(f"ck_{LETTER}_wortlaut")),
        sa.UniqueConstraint("tenant_id", "art", "fassung", name=op.f(f"uq_{LETTER}_tenant_id_art_fassung")))
    protect(LETTER, grants="SELECT, INSERT")
    append_only(LETTER)


def _view() -> None:
    op.create_table(
        VIEW, *_row(VIEW), sa.Column("user_id", sa.BigInteger(), nullable=False), _text("seite"),
        _bytes("name_siegel", False), _bytes("adresse_siegel", False), _moment("created_at"),
        sa.CheckConstraint("seite <> ''", name=op.f(f"ck_{VIEW}_seite")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f(f"fk_{VIEW}_user_id"),
                                ondelete="CASCADE"))
    op.create_index(f"ix_{VIEW}_user_id", VIEW, ["tenant_id", "user_id", "seite"])
    protect(VIEW, grants="SELECT, INSERT, DELETE")


def _row(table: str) -> list[Any]:
    return [sa.Column("tenant_id", sa.Integer(), autoincrement=False, nullable=False),
            sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
            sa.Column("public_id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
            sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f(f"fk_{table}_tenant_id")),
            sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f(f"pk_{table}")),
            sa.UniqueConstraint("tenant_id", "public_id", name=op.f(f"uq_{table}_tenant_id_public_id"))]


def _text(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.String(), nullable=False)


def _bytes(name: str, empty: bool) -> sa.Column[Any]:
    return sa.Column(name, sa.LargeBinary(), nullable=empty)


def _moment(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False)
