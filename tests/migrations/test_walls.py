"""Die Mauer steht um jede Tabelle, auch um solche, die ein Raum erst später bringt."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import psycopg
import pytest

from migrations import models
from migrations.operations import OWN_TENANT
from tenants.db.base import tenant_classes
from tenants.db.engine import APP, OWNER, PLATFORM, Dsns

Admin = psycopg.Connection[dict[str, Any]]
Connect = Callable[[Dsns], Admin]

WITHOUT_TENANT = {
    "alembic_version": "Stand der Umbauten",
    "tenant": "der Mandant selbst; die Mauer steht auf id",
    "user_account": "ein Mensch kann Mandate bei mehreren Mandanten haben; nur die Plattform liest ihn",
    "signin_token": "gehört zum Zugang, nicht zum Mandanten; nur die Plattform liest ihn",
    "user_code": "gehört zum Zugang, nicht zum Mandanten; nur die Plattform liest ihn",
    "user_session": "gehört zum Zugang, nicht zum Mandanten; nur die Plattform liest ihn",
    "passkey": "gehört zum Zugang, nicht zum Mandanten; nur die Plattform liest ihn",
    "sso_provider": "Verzeichnisdienst der Plattform oder eines Arbeitgebers; vor der Anmeldung nötig",
    "sso_identity": "gehört zum Zugang, nicht zum Mandanten; nur die Plattform liest ihn",
    "outbox_message": "Nachrichten an Zugänge ohne Bezügedaten; nur die Plattform liest sie",
    "document_key": "gehört zum Zugang, nicht zum Mandanten; nur die Plattform liest ihn",
    "document_key_wrap": "gehört zum Zugang, nicht zum Mandanten; nur die Plattform liest ihn",
    "document_unlock": "gehört zur Sitzung eines Zugangs; nur die Plattform liest sie",
    "vorschlag": "Tabelle für alle Arbeitgeber bis zur Entscheidung; ohne Bezügedaten, nur die Plattform liest ihn",
    "account_log_key": "gehört zum Zugang, nicht zum Mandanten; nur die Plattform liest ihn",
    "nachtlauf": "Aufgaben des Betriebs für alle Mandanten, nur Anzahlen; nur die Plattform liest sie",
    "account_deletion": "Anordnung der Plattform, einen Zugang zu löschen; nur die Plattform liest sie",
    "signin_attempt": "vor der Anmeldung gibt es keinen Mandanten; nur die Plattform liest ihn",
}

TABLES = """
SELECT c.oid, relname AS name, relrowsecurity AS secured, relforcerowsecurity AS forced,
       pg_get_userbyid(relowner) AS owner,
       EXISTS (SELECT FROM pg_attribute WHERE attrelid = c.oid AND attname = 'tenant_id') AS tenant
FROM pg_class c WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') ORDER BY 2
"""
KEYS = """
SELECT i.indrelid::regclass::text AS tab, c.relname AS name, i.indisprimary AS primary, a.attname AS first
FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
LEFT JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
WHERE i.indisunique AND c.relnamespace = 'public'::regnamespace
"""
FOREIGN = """
SELECT conname AS name, conrelid::regclass::text AS source, confrelid::regclass::text AS target,
       ARRAY(SELECT attname::text FROM unnest(conkey) WITH ORDINALITY k(n, o)
             JOIN pg_attribute ON attrelid = conrelid AND attnum = n ORDER BY o) AS here,
       ARRAY(SELECT attname::text FROM unnest(confkey) WITH ORDINALITY k(n, o)
             JOIN pg_attribute ON attrelid = confrelid AND attnum = n ORDER BY o) AS there
FROM pg_constraint WHERE contype = 'f' AND connamespace = 'public'::regnamespace
"""


def tables(admin: Admin, *, tenant: bool) -> list[dict[str, Any]]:
    return [row for row in admin.execute(TABLES) if row["tenant"] is tenant]


def test_tables_without_tenant_are_few_and_each_has_its_reason(database: Dsns, admin_of: Connect) -> None:
    assert {row["name"] for row in tables(admin_of(database), tenant=False)} == set(WITHOUT_TENANT)


def test_row_security_is_on_and_forced(database: Dsns, admin_of: Connect) -> None:
    walled = [*tables(admin_of(database), tenant=True)]
    assert [row["name"] for row in walled if not (row["secured"] and row["forced"])] == []
    models.load()
    assert {c.__table__.name for c in tenant_classes()} == {row["name"] for row in walled}  # type: ignore[attr-defined]  # mapped


def test_one_policy_lets_the_application_see_its_tenant_only(database: Dsns, admin_of: Connect) -> None:
    admin = admin_of(database)
    admin.execute("CREATE TABLE muster (tenant_id int)")
    admin.execute(f"CREATE POLICY p ON muster USING (tenant_id = {OWN_TENANT}) WITH CHECK (tenant_id = {OWN_TENANT})")
    policies = admin.execute(
        "SELECT tablename AS tab, roles::text[] AS roles, cmd, permissive, qual, with_check FROM pg_policies"
    ).fetchall()
    pattern = next(row for row in policies if row["tab"] == "muster")
    for_app = [row for row in policies if APP in row["roles"] or "public" in row["roles"]]
    by_table = {row["tab"]: row for row in for_app if row["tab"] not in ("muster", "tenant")}
    assert len(for_app) == len(by_table) + 2, "mehr als eine Regel für die Anwendung: Regeln gelten mit ODER"
    assert set(by_table) == {row["name"] for row in tables(admin, tenant=True)} - {"muster"}
    for row in by_table.values():
        assert (row["cmd"], row["qual"], row["with_check"]) == ("ALL", pattern["qual"], pattern["with_check"]), row


def test_trigger_keeps_the_tenant(database: Dsns, admin_of: Connect) -> None:
    admin = admin_of(database)
    kept = {
        row["tab"]
        for row in admin.execute(
            "SELECT tgrelid::regclass::text AS tab FROM pg_trigger JOIN pg_proc f ON f.oid = tgfoid "
            "WHERE tgenabled = 'O' AND proname = 'kreislohn_mandant_bleibt'"
        )
    }
    assert kept == {row["name"] for row in tables(admin, tenant=True)} | {"tenant"}


def test_tenant_leads_every_unique_key(database: Dsns, admin_of: Connect) -> None:
    admin = admin_of(database)
    walled = {row["name"] for row in tables(admin, tenant=True)}
    keys = [row for row in admin.execute(KEYS) if row["tab"] in walled]
    assert [row for row in keys if row["first"] != "tenant_id"] == []
    assert {row["tab"] for row in keys if row["primary"]} == walled


def test_foreign_keys_between_tenants_rows_carry_the_tenant(database: Dsns, admin_of: Connect) -> None:
    admin = admin_of(database)
    walled = {row["name"] for row in tables(admin, tenant=True)}
    crossing = [
        row
        for row in admin.execute(FOREIGN)
        if row["target"] in walled and ("tenant_id", "tenant_id") not in zip(row["here"], row["there"], strict=True)
    ]
    assert crossing == []


def test_every_row_belongs_to_a_tenant_that_exists(database: Dsns, admin_of: Connect) -> None:
    """Unmittelbar oder durch eine Zeile, zu der sie gehört und deren Schlüssel den Mandanten trägt."""
    admin = admin_of(database)
    walled = {row["name"] for row in tables(admin, tenant=True)}
    reaching: dict[str, set[str]] = {name: set() for name in walled}
    for row in admin.execute(FOREIGN):
        if row["source"] in walled and row["here"][0] == "tenant_id":
            reaching[row["source"]].add(row["target"])
    without = {name for name, targets in reaching.items() if "tenant" not in targets}
    assert without == {"ergebniszeile", "rueckrechnung_zeile", "buchung", "audit_entry"}
    without.remove("audit_entry")  # the platform's own chain has the number 0
    assert [name for name in without if not any("tenant" in reaching[parent] for parent in reaching[name])] == []


def test_roles_own_nothing_they_should_not_and_bypass_nothing(database: Dsns, admin_of: Connect) -> None:
    admin = admin_of(database)
    roles = admin.execute(
        "SELECT rolname AS name FROM pg_roles WHERE rolname = ANY(%s) AND NOT (rolsuper OR rolbypassrls OR "
        "rolcreaterole OR rolcreatedb OR rolreplication)",
        ([OWNER, APP, PLATFORM],),
    ).fetchall()
    assert {row["name"] for row in roles} == {OWNER, APP, PLATFORM}
    assert {row["owner"] for row in admin.execute(TABLES)} == {OWNER}
    members = admin.execute(
        "SELECT 1 FROM pg_auth_members WHERE member = %s::regrole OR roleid = %s::regrole", (APP, OWNER)
    ).fetchall()
    assert members == []


def test_rights_outside_the_wall_are_none(database: Dsns, admin_of: Connect) -> None:
    admin = admin_of(database)
    granted = admin.execute(
        "SELECT table_name AS tab, grantee, privilege_type AS right FROM information_schema.role_table_grants "
        "WHERE table_schema = 'public' AND grantee <> %s",
        (OWNER,),
    ).fetchall()
    assert {row["right"] for row in granted} <= {"SELECT", "INSERT", "UPDATE", "DELETE"}
    assert {row["grantee"] for row in granted} <= {APP, PLATFORM}
    outside = {(row["tab"], row["right"]) for row in granted if row["grantee"] == APP and row["tab"] in WITHOUT_TENANT}
    assert outside == {("tenant", "SELECT")}


def test_no_way_around_by_view_or_function(database: Dsns, admin_of: Connect) -> None:
    admin = admin_of(database)
    views = admin.execute(
        "SELECT relname AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace AND (relkind = 'm' OR "
        "relkind = 'v' AND NOT coalesce(reloptions @> '{security_invoker=true}', false))"
    ).fetchall()
    definers = admin.execute(
        "SELECT proname AS name FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND prosecdef"
    ).fetchall()
    assert (views, definers) == ([], [])


def test_no_row_points_at_a_row_of_another_tenant(
    database: Dsns, admin_of: Connect, fill: Callable[[Admin], list[str]]
) -> None:
    """Zu jeder Zeile gibt es eine gleiche mit Nummer 2 beim Mandanten 2; kein Verweis des Mandanten 1 kommt dorthin."""
    admin = admin_of(database)
    fill(admin)
    walled = {row["name"] for row in tables(admin, tenant=True)}
    admin.execute("SET session_replication_role = replica")
    for name in walled:
        admin.execute(
            f'INSERT INTO {name} SELECT (jsonb_populate_record(t, to_jsonb(t) || \'{{"tenant_id": 2, "id": 2}}\')).* '
            f"FROM {name} t"
        )
    admin.execute("SET session_replication_role = origin")
    tried = 0
    for key in [row for row in admin.execute(FOREIGN) if row["target"] in walled]:
        for column in [name for name in key["here"] if name != "tenant_id"]:
            tried += 1
            admin.execute(f"ALTER TABLE {key['source']} DISABLE TRIGGER USER")
            for rule in admin.execute("SELECT conname AS name FROM pg_constraint WHERE contype = 'c' AND conrelid = "
                                      "%s::regclass", [key["source"]]).fetchall():  # they might refuse first
                admin.execute(f"ALTER TABLE {key['source']} DROP CONSTRAINT {rule['name']}")
            with pytest.raises(psycopg.errors.ForeignKeyViolation, match=key["name"]):
                admin.execute(f"UPDATE {key['source']} SET {column} = 2 WHERE tenant_id = 1")
    assert tried > 0


def test_functions_ask_no_table_that_the_caller_made_up(database: Dsns, admin_of: Connect) -> None:
    query = "SELECT proname AS name, proconfig AS said, prosecdef AS as_owner FROM pg_proc WHERE pronamespace = %s"
    functions = admin_of(database).execute(f"{query}::regnamespace", ["public"]).fetchall()
    assert len(functions) > 10
    assert {row["name"] for row in functions if row["said"] != ["search_path=pg_catalog, public, pg_temp"]} == set()
    assert [row["name"] for row in functions if row["as_owner"]] == [], "läuft mit den Rechten des Besitzers"
