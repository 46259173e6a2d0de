"""Ein Abzug der ganzen Datenbank: kein schützenswertes Feld steht lesbar darin, gesucht wird nur über den Hash."""

from __future__ import annotations

from datetime import date
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy import select

from payroll.masterdata.models import Bankverbindung, PersonAngaben, Steuermerkmale
from payroll.masterdata.models.facts import Fact
from payroll.masterdata.sealing import purpose
from payroll.masterdata.service import create_person, hire, record_fact
from tenants.db import engine, passwords
from tenants.db.session import tenant_session
from tenants.security import lookup_hash

DAY = date(2026, 1, 1)
PEOPLE = ("Zander", "Kimberly", "1990-05-01", "Ulmenstieg 17", "48999", "Nixdorfhausen", "zander@beispiel.example")
STEUER_ID, SV_NUMMER, IBAN = "86095742719", "15070649C103", "DE02120300000000202051"


def _person(tenant: int, number: str) -> None:
    with tenant_session(tenant, actor="karla") as session:
        person = create_person(session, valid_from=DAY, reason="Einstellung", nachname="Zander", vorname="Kimberly",
                               geburtsdatum=date(1990, 5, 1), strasse="Ulmenstieg 17", plz="48999",
                               ort="Nixdorfhausen", steuer_id=STEUER_ID, sv_nummer=SV_NUMMER)
        job = hire(session, person, personalnummer=number, art="tarif", eintritt=DAY, reason="Einstellung",
                   email="zander@beispiel.example")
        record_fact(session, Bankverbindung, valid_from=DAY, reason="Antrag", person_id=person.id, iban=IBAN,
                    iban_ende=IBAN[-4:])
        record_fact(session, Steuermerkmale, valid_from=DAY, reason="ELStAM", beschaeftigung_id=job.id,
                    steuerklasse=1, konfession="rk")


def _whole(postgres: Any, database: Any) -> tuple[bytes, int]:
    """Jede Zeile jeder Tabelle als Text und, wo sie Bytes sind, entschlüsselt aus der Schreibweise der Datenbank."""
    name, found, tables = str(engine.normalise(database.owner).database), [], 0
    with psycopg.connect(postgres.dsn(passwords.SUPERUSER, name)) as connection:
        names = connection.execute("SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace "
                                   "AND relkind = 'r'").fetchall()
        for (table,) in names:
            tables += 1
            for row in connection.execute(sql.SQL("SELECT * FROM {}").format(sql.Identifier(table))).fetchall():
                found += [cell if isinstance(cell, bytes) else str(cell).encode() for cell in row]
    return b"\n".join(found), tables


def test_a_dump_shows_no_protected_value(two_tenants: Any, postgres: Any, database: Any) -> None:
    _person(two_tenants.first, "00001")
    whole, tables = _whole(postgres, database)
    assert tables > 40
    assert b"00001" in whole, "die Suche sähe sonst auch nichts"
    assert [word for word in (*PEOPLE, STEUER_ID, SV_NUMMER, IBAN) if word.encode() in whole] == []
    with tenant_session(two_tenants.first, actor="test") as session:
        row = session.scalars(select(Steuermerkmale)).one()
    assert row.konfession_siegel not in (None, b"rk")


def test_protected_fields_have_no_readable_column(two_tenants: Any) -> None:
    models = [model for model in Fact.__subclasses__() if model.sealed]
    assert {"steuer_id", "sv_nummer", "iban", "konfession"} <= {field for model in models for field in model.sealed}
    for model in models:
        columns = {column.name: column for column in model.__table__.columns}
        for field in model.sealed:
            assert field not in columns, f"{model.__tablename__}.{field} steht lesbar da"
            assert str(columns[f"{field}_siegel"].type) in ("BLOB", "BYTEA")


def test_the_keyed_hash_finds_within_a_tenant_and_links_nobody_across(two_tenants: Any) -> None:
    for tenant in two_tenants:
        _person(tenant, "00001")
    hashes = []
    for tenant in two_tenants:
        with tenant_session(tenant, actor="test") as session:
            wanted = lookup_hash(session, IBAN.lower(), purpose(Bankverbindung, "iban"))
            found = session.scalars(select(Bankverbindung).where(Bankverbindung.iban_hash == wanted)).all()
            assert len(found) == 1
            assert session.scalars(select(PersonAngaben).where(PersonAngaben.steuer_id_hash == wanted)).all() == []
            hashes.append(wanted)
    assert hashes[0] != hashes[1]
