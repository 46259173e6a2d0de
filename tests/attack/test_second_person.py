"""Wer rechnet, gibt nicht frei: gegen die Datenbank selbst versucht, mit jeder Rolle der Datenbank."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest
from psycopg.rows import dict_row
from realm import OPEN, PAID, Realm
from sqlalchemy.engine import make_url

Connection = psycopg.Connection[dict[str, object]]
SAME = (
    ("freigegeben_von = berechnet_von", "zweite_person"),
    ("gemeinde_von = berechnet_von", "zweite_person"),
    ("freigegeben_von = 'x', gemeinde_von = 'x'", "zweite_person"),
    ("berechnet_von = 'x', freigegeben_von = 'x'", "zweite_person"),
    ("zustand = 'freigegeben'", "freigegeben|geprueft"),
    ("zustand = 'freigegeben', geprueft_von = 'x', freigegeben_von = 'y'", "freigegeben"),
    ("zustand = 'abgeschlossen'", "abgeschlossen|freigegeben|geprueft"),
)


@pytest.fixture(params=["app", "owner"])
def database(realm: Realm, request: pytest.FixtureRequest) -> Iterator[Connection]:
    """Verbindung der Anwendung und des Besitzers, beide mit dem eigenen Mandanten."""
    address = make_url(getattr(realm.dsns, request.param)).set(drivername="postgresql")
    with psycopg.connect(address.render_as_string(hide_password=False), row_factory=dict_row) as connection:
        if request.param == "owner":
            connection.execute("SET SESSION AUTHORIZATION DEFAULT")
        connection.execute("SELECT set_config('app.tenant', %s, false)", (str(realm.own.tenant.id),))
        yield connection
        connection.rollback()


@pytest.mark.parametrize(("change", "rule"), SAME, ids=[change.replace(" ", "") for change, _ in SAME])
def test_the_database_refuses_the_same_person(realm: Realm, database: Connection, change: str, rule: str) -> None:
    with realm.superuser() as admin:
        where = "WHERE tenant_id = %s AND monat = %s"
        with pytest.raises(psycopg.errors.CheckViolation, match=rule), admin.transaction():
            admin.execute(f"UPDATE lauf SET {change} {where}", (realm.own.tenant.id, OPEN))
    seen = database.execute("SELECT count(*) AS n FROM lauf WHERE monat = %s", (OPEN,)).fetchone()
    if seen is not None and seen["n"]:
        with pytest.raises(psycopg.errors.CheckViolation, match=rule):
            database.execute(f"UPDATE lauf SET {change} WHERE monat = %s", (OPEN,))


def test_a_closed_month_stays_closed_for_everyone(realm: Realm, database: Connection) -> None:
    for change in ("zustand = 'probe'", "ergebnis_hash = 'x'", "freigegeben_von = 'anderer'"):
        with realm.superuser() as admin, pytest.raises(psycopg.DatabaseError):
            admin.execute(f"UPDATE lauf SET {change} WHERE tenant_id = %s AND monat = %s", (realm.own.tenant.id, PAID))
    with realm.superuser() as admin, pytest.raises(psycopg.DatabaseError):
        admin.execute("DELETE FROM ergebnis WHERE tenant_id = %s AND monat = %s", (realm.own.tenant.id, PAID))
