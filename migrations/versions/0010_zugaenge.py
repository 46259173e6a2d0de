"""Zugänge: weitere Rollen, Vertretung, Ende auf den Tag, Sitzungen, Passkeys, Verzeichnisdienste, Postausgang.

Revision ID: 0010
Revises: 0009
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.operations import no_overlap, platform_may, platform_table, protect

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

KINDS_BEFORE = "kind IN ('staff', 'employee')"
KINDS = "kind IN ('staff', 'employee', 'applicant')"
KEPT = ("clerk", "head", "municipality", "auditor")
ROLES_BEFORE = "role IN ('clerk', 'head', 'municipality', 'auditor')"
ROLES = (
    "role IN ('clerk', 'head', 'municipality', 'treasury', 'organisation', 'staff_council', 'equality', 'disability', "
    "'department_head', 'auditor', 'data_protection', 'applicant')"
)
DETAILS = ("external_id", "email", "phone", "room", "unit", "position")
NOT_FOR_ONESELF = """
CREATE FUNCTION kreislohn_nicht_fuer_sich() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM user_account
               WHERE id = (to_jsonb(NEW) ->> TG_ARGV[0])::bigint AND login = lower(NEW.created_by)) THEN
        RAISE EXCEPTION 'Tabelle %: niemand erteilt sich selbst Rechte.', TG_TABLE_NAME
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$
"""


def upgrade() -> None:
    op.execute(NOT_FOR_ONESELF)
    _accounts()
    _mandates()
    _deputy()
    _sso_provider()
    _sso_identity()
    _user_session()
    _passkey()
    _outbox()


def downgrade() -> None:
    for table in ("outbox_message", "passkey", "user_session", "sso_identity", "sso_provider", "deputy"):
        op.drop_table(table)
    op.execute("DROP TRIGGER nicht_fuer_sich ON mandate")
    op.execute("DROP FUNCTION kreislohn_nicht_fuer_sich()")
    # Roles of the newer version end with it; whoever applied keeps a locked account.
    op.execute("ALTER TABLE mandate NO FORCE ROW LEVEL SECURITY")
    mandate = sa.table("mandate", sa.column("role"))
    op.execute(mandate.delete().where(mandate.c.role.not_in(KEPT)))
    op.execute("ALTER TABLE mandate FORCE ROW LEVEL SECURITY")
    op.execute("UPDATE user_account SET kind = 'employee', active = false WHERE kind = 'applicant'")
    _replace_check("mandate", "role", ROLES_BEFORE)
    _replace_check("user_account", "kind", KINDS_BEFORE)
    op.drop_column("mandate", "public_id")
    op.drop_constraint(op.f("ck_user_account_zeitraum"), "user_account")
    for column in (*DETAILS, "first_day", "last_day"):
        op.drop_column("user_account", column)


def _accounts() -> None:
    for column in DETAILS:
        op.add_column("user_account", sa.Column(column, sa.String()))
    for column in ("first_day", "last_day"):
        op.add_column("user_account", sa.Column(column, sa.Date()))
    op.create_unique_constraint(op.f("uq_user_account_external_id"), "user_account", ["external_id"])
    op.create_check_constraint(
        op.f("ck_user_account_zeitraum"),
        "user_account",
        "last_day IS NULL OR first_day IS NULL OR last_day >= first_day",
    )
    _replace_check("user_account", "kind", KINDS)


def _mandates() -> None:
    _replace_check("mandate", "role", ROLES)
    op.add_column("mandate", _public_id())
    op.create_unique_constraint(op.f("uq_mandate_tenant_id_public_id"), "mandate", ["tenant_id", "public_id"])
    _not_for_oneself("mandate", "user_id")


def _deputy() -> None:
    op.create_table(
        "deputy",
        sa.Column("tenant_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        _public_id(),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("deputy_user", sa.BigInteger(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        _moment("created_at", now=True),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.CheckConstraint("deputy_user <> user_id", name=op.f("ck_deputy_nicht_selbst")),
        sa.CheckConstraint(
            "valid_to >= valid_from AND valid_to - valid_from <= 366", name=op.f("ck_deputy_zeitraum")
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_deputy_tenant_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_deputy_user_id")),
        sa.ForeignKeyConstraint(["deputy_user"], ["user_account.id"], name=op.f("fk_deputy_deputy_user")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_deputy")),
        sa.UniqueConstraint("tenant_id", "public_id", name=op.f("uq_deputy_tenant_id_public_id")),
    )
    op.create_index("ix_deputy_deputy_user", "deputy", ["deputy_user"])
    no_overlap("deputy", "ex_deputy_zeitraum", "user_id", "deputy_user", where="true")
    protect("deputy", grants="SELECT")
    platform_may("deputy", "SELECT, INSERT, UPDATE")
    _not_for_oneself("deputy", "deputy_user")


def _sso_provider() -> None:
    op.create_table(
        "sso_provider",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        _public_id(),
        sa.Column("employer", sa.Integer()),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("issuer", sa.String(), nullable=False),
        sa.Column("client", sa.String(), nullable=False),
        sa.Column("client_secret", sa.LargeBinary()),
        sa.Column("factor_rule", sa.String(), server_default=sa.text("'immer'"), nullable=False),
        sa.Column("accepted_amr", sa.String(), server_default=sa.text("''"), nullable=False),
        sa.Column("active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        _moment("created_at", now=True),
        sa.CheckConstraint(
            "factor_rule IN ('immer', 'amr', 'anbieter')", name=op.f("ck_sso_provider_factor_rule")
        ),
        sa.ForeignKeyConstraint(["employer"], ["tenant.id"], name=op.f("fk_sso_provider_employer")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sso_provider")),
        sa.UniqueConstraint("name", name=op.f("uq_sso_provider_name")),
        sa.UniqueConstraint("public_id", name=op.f("uq_sso_provider_public_id")),
    )
    platform_table("sso_provider", "SELECT, INSERT, UPDATE")


def _sso_identity() -> None:
    op.create_table(
        "sso_identity",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("provider_id", sa.BigInteger(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("linked_by", sa.String(), nullable=False),
        _moment("linked_at", now=True),
        _moment("ended_at", nullable=True),
        sa.ForeignKeyConstraint(["provider_id"], ["sso_provider.id"], name=op.f("fk_sso_identity_provider_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_sso_identity_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sso_identity")),
    )
    for column in ("subject", "user_id"):
        op.create_index(
            f"uq_sso_identity_provider_id_{column}",
            "sso_identity",
            ["provider_id", column],
            unique=True,
            postgresql_where=sa.text("ended_at IS NULL"),
        )
    platform_table("sso_identity", "SELECT, INSERT, UPDATE")


def _user_session() -> None:
    op.create_table(
        "user_session",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        _public_id(),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("method", sa.String(), nullable=False),
        sa.Column("provider_id", sa.BigInteger()),
        sa.Column("device_hash", sa.LargeBinary(), nullable=False),
        sa.Column("device", sa.String(), nullable=False),
        sa.Column("remote", postgresql.INET()),
        sa.Column("new_device", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        _moment("created_at"),
        _moment("last_seen_at"),
        _moment("acknowledged_at", nullable=True),
        _moment("ended_at", nullable=True),
        sa.CheckConstraint(
            "method IN ('password', 'passkey', 'link', 'letter', 'sso')", name=op.f("ck_user_session_method")
        ),
        sa.CheckConstraint("octet_length(token_hash) = 32", name=op.f("ck_user_session_hash")),
        sa.CheckConstraint(
            "(method = 'sso') = (provider_id IS NOT NULL)", name=op.f("ck_user_session_anbieter")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_user_session_user_id")),
        sa.ForeignKeyConstraint(["provider_id"], ["sso_provider.id"], name=op.f("fk_user_session_provider_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_session")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_user_session_token_hash")),
        sa.UniqueConstraint("public_id", name=op.f("uq_user_session_public_id")),
    )
    op.create_index("ix_user_session_user_id", "user_session", ["user_id"])
    platform_table("user_session", "SELECT, INSERT, UPDATE, DELETE")


def _passkey() -> None:
    op.create_table(
        "passkey",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        _public_id(),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("credential", sa.LargeBinary(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("sign_count", sa.BigInteger(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("backed_up", sa.Boolean(), nullable=False),
        _moment("created_at", now=True),
        _moment("last_used_at", nullable=True),
        _moment("revoked_at", nullable=True),
        sa.CheckConstraint("sign_count >= 0", name=op.f("ck_passkey_zaehler")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_passkey_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passkey")),
        sa.UniqueConstraint("credential", name=op.f("uq_passkey_credential")),
        sa.UniqueConstraint("public_id", name=op.f("uq_passkey_public_id")),
    )
    op.create_index("ix_passkey_user_id", "passkey", ["user_id"])
    platform_table("passkey", "SELECT, INSERT, UPDATE")


def _outbox() -> None:
    op.create_table(
        "outbox_message",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        _public_id(),
        sa.Column("user_id", sa.BigInteger()),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("occasion", "recipient", "subject", "body")),
        _moment("created_at", now=True),
        sa.Column("attempts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        _moment("next_attempt_at", now=True),
        sa.Column("last_error", sa.String()),
        _moment("sent_at", nullable=True),
        _moment("given_up_at", nullable=True),
        sa.CheckConstraint("sent_at IS NULL OR given_up_at IS NULL", name=op.f("ck_outbox_message_ende")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_outbox_message_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox_message")),
        sa.UniqueConstraint("public_id", name=op.f("uq_outbox_message_public_id")),
    )
    op.create_index("ix_outbox_message_next_attempt_at", "outbox_message", ["next_attempt_at"])
    platform_table("outbox_message", "SELECT, INSERT, UPDATE, DELETE")


def _replace_check(table: str, name: str, words: str) -> None:
    op.drop_constraint(op.f(f"ck_{table}_{name}"), table)
    op.create_check_constraint(op.f(f"ck_{table}_{name}"), table, words)


def _not_for_oneself(table: str, column: str) -> None:
    op.execute(
        f"CREATE TRIGGER nicht_fuer_sich BEFORE INSERT ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION kreislohn_nicht_fuer_sich('{column}')"
    )


def _public_id() -> sa.Column[object]:
    return sa.Column("public_id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False)


def _moment(name: str, *, now: bool = False, nullable: bool = False) -> sa.Column[object]:
    default = sa.text("now()") if now else None
    return sa.Column(name, sa.DateTime(timezone=True), server_default=default, nullable=nullable)
