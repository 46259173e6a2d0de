"""Bausteine für Umbauten: die Mauer in der Datenbank um eine Tabelle ziehen."""

from __future__ import annotations

from alembic import op

APP, PLATFORM = "kreislohn_app", "kreislohn_platform"
OWN_TENANT = "(SELECT nullif(current_setting('app.tenant', true), '')::int)"
ALL = "SELECT, INSERT, UPDATE, DELETE"


def protect(table: str, *, grants: str = ALL, column: str = "tenant_id", identity: str | None = "id") -> None:
    """Zeilensicherheit erzwingen, Regel und Auslöser setzen, der Anwendung ihre Rechte geben."""
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    op.execute(
        f"CREATE POLICY mandant ON {table} TO {APP} "
        f"USING ({column} = {OWN_TENANT}) WITH CHECK ({column} = {OWN_TENANT})"
    )
    op.execute(
        f"CREATE TRIGGER mandant_bleibt BEFORE UPDATE OF {column} ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION kreislohn_mandant_bleibt('{column}')"
    )
    op.execute(f"GRANT {grants} ON {table} TO {APP}")
    if identity is not None and "INSERT" in grants:
        op.execute(_sequence_grant(table, identity, APP))


def platform_may(table: str, grants: str = ALL, *, rows: str = "true", identity: str | None = "id") -> None:
    """Die Plattform darf diese Tabelle über alle Mandanten benutzen."""
    op.execute(f"CREATE POLICY plattform ON {table} TO {PLATFORM} USING ({rows}) WITH CHECK ({rows})")
    platform_table(table, grants, identity=identity)


def platform_table(table: str, grants: str = ALL, *, identity: str | None = "id") -> None:
    """Rechte der Plattform an einer Tabelle ohne Mandanten."""
    op.execute(f"GRANT {grants} ON {table} TO {PLATFORM}")
    if identity is not None and "INSERT" in grants:
        op.execute(_sequence_grant(table, identity, PLATFORM))


def append_only(table: str) -> None:
    """Zeilen dürfen nur hinzukommen: Ändern, Löschen und Leeren weist die Datenbank ab."""
    op.execute(
        f"CREATE TRIGGER nur_anfuegen BEFORE UPDATE OR DELETE ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION kreislohn_nur_anfuegen()"
    )
    op.execute(
        f"CREATE TRIGGER nicht_leeren BEFORE TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION kreislohn_nur_anfuegen()"
    )


def no_overlap(table: str, name: str, *keys: str, where: str = "superseded_at IS NULL") -> None:
    """Tatsachen gleicher Schlüssel dürfen sich nicht überschneiden (ohne btree_gist)."""
    equal = "".join(f"int8range({key}::bigint, {key}::bigint, '[]') WITH &&, " for key in ("tenant_id", *keys))
    op.execute(
        f"ALTER TABLE {table} ADD CONSTRAINT {name} EXCLUDE USING gist "
        f"({equal}daterange(valid_from, valid_to, '[]') WITH &&) WHERE ({where})"
    )


def _sequence_grant(table: str, column: str, role: str) -> str:
    return (
        "DO $$ DECLARE folge text := pg_get_serial_sequence('"
        f"{table}', '{column}'); BEGIN IF folge IS NOT NULL THEN "
        f"EXECUTE 'GRANT USAGE ON SEQUENCE ' || folge || ' TO {role}'; END IF; END $$"
    )
