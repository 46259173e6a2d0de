"""Fundament: Mandanten und ihre Schlüssel, Menschen mit Zugang, Mandate, Anmeldung, Protokoll."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations import operations

revision = "0001"
down_revision = None

TABLES = (
    "audit_entry",
    "signin_attempt",
    "signin_token",
    "employee_access",
    "mandate",
    "tenant_key",
    "tenant_setting",
    "user_account",
    "tenant",
)

TENANT_STAYS = """
CREATE FUNCTION kreislohn_mandant_bleibt() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF to_jsonb(NEW) -> TG_ARGV[0] IS DISTINCT FROM to_jsonb(OLD) -> TG_ARGV[0] THEN
        RAISE EXCEPTION 'Tabelle %: der Mandant einer Zeile lässt sich nicht ändern.', TG_TABLE_NAME
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$
"""

APPEND_ONLY = """
CREATE FUNCTION kreislohn_nur_anfuegen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'Tabelle %: Zeilen dürfen nur hinzukommen (% abgewiesen).', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'integrity_constraint_violation';
END $$
"""


def upgrade() -> None:
    op.execute(TENANT_STAYS)
    op.execute(APPEND_ONLY)
    _tenant()
    _tenant_setting()
    _tenant_key()
    _user_account()
    _mandate()
    _employee_access()
    _signin_token()
    _signin_attempt()
    _audit()
    _walls()


def downgrade() -> None:
    for table in TABLES:
        op.drop_table(table)
    op.execute("DROP FUNCTION kreislohn_nur_anfuegen()")
    op.execute("DROP FUNCTION kreislohn_mandant_bleibt()")


def _walls() -> None:
    operations.protect("tenant", grants="SELECT", column="id")
    operations.platform_may("tenant", "SELECT, INSERT, UPDATE")
    operations.protect("tenant_setting")
    operations.protect("tenant_key", grants="SELECT")
    operations.platform_may("tenant_key")
    operations.protect("mandate", grants="SELECT")
    operations.platform_may("mandate", "SELECT, INSERT, UPDATE")
    operations.protect("employee_access", grants="SELECT")
    operations.platform_may("employee_access", "SELECT, INSERT, UPDATE")
    operations.platform_table("user_account", "SELECT, INSERT, UPDATE")
    operations.platform_table("signin_token", "SELECT, INSERT, UPDATE")
    operations.platform_table("signin_attempt", "SELECT, INSERT, DELETE")
    operations.protect("audit_entry", grants="SELECT, INSERT", identity=None)
    operations.platform_may("audit_entry", "SELECT, INSERT", rows="tenant_id = 0", identity=None)
    operations.append_only("audit_entry")


def _tenant() -> None:
    op.create_table(
        "tenant",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("public_id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("state", sa.String(), server_default=sa.text("'aktiv'"), nullable=False),
        sa.Column("demo", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("bundesland", sa.String(), server_default=sa.text("'NW'"), nullable=False),
        sa.Column("betriebsnummer", sa.String()),
        sa.Column("finanzamt", sa.String()),
        sa.Column("steuernummer", sa.String()),
        sa.Column("strasse", sa.String()),
        sa.Column("plz", sa.String()),
        sa.Column("ort", sa.String()),
        sa.Column("telefon", sa.String()),
        sa.Column("email", sa.String()),
        _moment("created_at", now=True),
        sa.CheckConstraint("kind IN ('kreis', 'stadt', 'gemeinde', 'zweckverband')", name=op.f("ck_tenant_kind")),
        sa.CheckConstraint("state IN ('einrichtung', 'aktiv', 'ausgeschieden')", name=op.f("ck_tenant_state")),
        sa.CheckConstraint("id > 0", name=op.f("ck_tenant_positiv")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tenant")),
        sa.UniqueConstraint("number", name=op.f("uq_tenant_number")),
        sa.UniqueConstraint("public_id", name=op.f("uq_tenant_public_id")),
    )


def _tenant_setting() -> None:
    op.create_table(
        "tenant_setting",
        *_tenant_row("tenant_setting"),
        sa.Column("public_id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("area", sa.String(), nullable=False),
        sa.Column("content", postgresql.JSONB(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date()),
        _moment("recorded_at", now=True),
        _moment("superseded_at", nullable=True),
        sa.Column("recorded_by", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), server_default=sa.text("''"), nullable=False),
        _period("tenant_setting"),
        sa.CheckConstraint(
            "superseded_at IS NULL OR superseded_at >= recorded_at", name=op.f("ck_tenant_setting_kenntnis")
        ),
        sa.UniqueConstraint("tenant_id", "public_id", name=op.f("uq_tenant_setting_tenant_id_public_id")),
    )


def _tenant_key() -> None:
    op.create_table(
        "tenant_key",
        *_tenant_row("tenant_key"),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("master_id", sa.String(), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        _moment("created_at", now=True),
        _moment("retired_at", nullable=True),
        sa.CheckConstraint("purpose IN ('data', 'lookup')", name=op.f("ck_tenant_key_purpose")),
        sa.UniqueConstraint("tenant_id", "purpose", "version", name=op.f("uq_tenant_key_tenant_id_purpose_version")),
    )


def _user_account() -> None:
    op.create_table(
        "user_account",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("public_id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("login", sa.String(), nullable=False),
        sa.Column("display_name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), server_default=sa.text("'staff'"), nullable=False),
        sa.Column("platform_admin", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("demo", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("language", sa.String(), server_default=sa.text("'de'"), nullable=False),
        sa.Column("password_hash", sa.String()),
        sa.Column("totp_secret", sa.LargeBinary()),
        sa.Column("totp_last_step", sa.BigInteger()),
        sa.Column("session_epoch", sa.Integer(), server_default=sa.text("1"), nullable=False),
        _moment("last_signin_at", nullable=True),
        _moment("created_at", now=True),
        sa.CheckConstraint("kind IN ('staff', 'employee')", name=op.f("ck_user_account_kind")),
        sa.CheckConstraint("login = lower(login)", name=op.f("ck_user_account_login_klein")),
        sa.CheckConstraint("NOT platform_admin OR kind = 'staff'", name=op.f("ck_user_account_verwaltung")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_account")),
        sa.UniqueConstraint("id", "demo", name=op.f("uq_user_account_id_demo")),
        sa.UniqueConstraint("login", name=op.f("uq_user_account_login")),
        sa.UniqueConstraint("public_id", name=op.f("uq_user_account_public_id")),
    )


def _mandate() -> None:
    op.create_table(
        "mandate",
        *_tenant_row("mandate"),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date()),
        _moment("created_at", now=True),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.CheckConstraint("role IN ('clerk', 'head', 'municipality', 'auditor')", name=op.f("ck_mandate_role")),
        _period("mandate"),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_mandate_user_id")),
        sa.UniqueConstraint(
            "tenant_id", "user_id", "role", "valid_from", name=op.f("uq_mandate_tenant_id_user_id_role_valid_from")
        ),
    )
    op.create_index("ix_mandate_user_id", "mandate", ["user_id"])


def _employee_access() -> None:
    op.create_table(
        "employee_access",
        *_tenant_row("employee_access"),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("person_public_id", sa.Uuid(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date()),
        _moment("created_at", now=True),
        _period("employee_access"),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_employee_access_user_id")),
        sa.UniqueConstraint(
            "tenant_id",
            "user_id",
            "person_public_id",
            name=op.f("uq_employee_access_tenant_id_user_id_person_public_id"),
        ),
    )
    op.create_index("ix_employee_access_user_id", "employee_access", ["user_id"])


def _signin_token() -> None:
    op.create_table(
        "signin_token",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("demo", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("issued_by", sa.String(), nullable=False),
        _moment("expires_at"),
        _moment("used_at", nullable=True),
        sa.Column("redeemed_from", postgresql.INET()),
        _moment("created_at", now=True),
        sa.CheckConstraint("demo", name=op.f("ck_signin_token_demonstration")),
        sa.CheckConstraint(
            "redeemed_from IS NULL OR redeemed_from <<= inet '127.0.0.0/8' OR redeemed_from = inet '::1'",
            name=op.f("ck_signin_token_nur_loopback"),
        ),
        sa.CheckConstraint("(used_at IS NULL) = (redeemed_from IS NULL)", name=op.f("ck_signin_token_eingeloest")),
        sa.ForeignKeyConstraint(
            ["user_id", "demo"], ["user_account.id", "user_account.demo"], name=op.f("fk_signin_token_user_id_demo")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signin_token")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_signin_token_token_hash")),
    )
    op.create_index("ix_signin_token_user_id", "signin_token", ["user_id"])


def _signin_attempt() -> None:
    op.create_table(
        "signin_attempt",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        _moment("at"),
        sa.Column("remote", postgresql.INET()),
        sa.Column("login_hash", sa.LargeBinary(), nullable=False),
        sa.Column("succeeded", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signin_attempt")),
    )
    op.create_index("ix_signin_attempt_at", "signin_attempt", ["at"])
    op.create_index("ix_signin_attempt_remote_at", "signin_attempt", ["remote", "at"])


def _audit() -> None:
    op.create_table(
        "audit_entry",
        sa.Column("tenant_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        _moment("at"),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("details", postgresql.JSONB(), nullable=False),
        sa.Column("reason", sa.String()),
        sa.Column("prev_hash", sa.LargeBinary(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("id >= 1", name=op.f("ck_audit_entry_nummer")),
        sa.CheckConstraint(
            "octet_length(prev_hash) = 32 AND octet_length(hash) = 32", name=op.f("ck_audit_entry_hash")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_audit_entry")),
    )


def _tenant_row(table: str) -> tuple[sa.SchemaItem, ...]:
    return (
        sa.Column("tenant_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f(f"fk_{table}_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f(f"pk_{table}")),
    )


def _moment(name: str, *, now: bool = False, nullable: bool = False) -> sa.Column[object]:
    default = sa.text("now()") if now else None
    return sa.Column(name, sa.DateTime(timezone=True), server_default=default, nullable=nullable)


def _period(table: str) -> sa.CheckConstraint:
    return sa.CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name=op.f(f"ck_{table}_zeitraum"))
