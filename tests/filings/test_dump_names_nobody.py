"""Ein Abzug der ganzen Datenbank nach einem bezahlten Monat: niemand steht mit Namen, Anschrift oder Konto darin.

Maßstab: Vorgabe „a stolen disk or dump shows nothing“ und docs/decisions/0009-what-a-dump-shows.md.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import select
from sqlalchemy.engine import make_url

from payroll.filings.models import Zahlung
from payroll.filings.sepa import orders
from payroll.masterdata.catalogue import ids, seed
from payroll.masterdata.intake import NeueBeschaeftigung, NeuePerson, Tatsache, store
from payroll.masterdata.models import BeschaeftigungAngaben, Kind, PersonAngaben, Unterhaltspflicht
from payroll.masterdata.models.facts import Fact
from payroll.masterdata.sealing import reveal
from payroll.runs.models import Ergebniszeile, Hinweis
from tenants import service
from tenants.db import engine, passwords
from tenants.db.session import platform_session, tenant_session
from tenants.models.user import User
from tenants.users.service import create_user

DAY = date(2026, 1, 1)
STRANGER = {"nachname": "Quirrenbach", "vorname": "Xaverius", "geburtsdatum": date(1971, 3, 9),
            "strasse": "Hagebuttenpfad 23", "plz": "47119", "ort": "Wolkenstein", "steuer_id": "86095742719",
            "sv_nummer": "15090371Q103"}


def _people(numbers: Any) -> list[NeuePerson]:
    child = Tatsache(Kind, date(2026, 2, 1), {"nummer": 1, "geburtsdatum": date(2009, 8, 17), "vorname": "Philomena"})
    wife = Tatsache(Unterhaltspflicht, DAY, {"nummer": 1, "name": "Walburga Quirrenbach", "verhaeltnis": "ehegatte",
                                             "geburtsdatum": date(1972, 11, 29)})
    job = Tatsache(BeschaeftigungAngaben, DAY, {"art": "tarif", "eintritt": DAY, "email": "xq@wolkenstein.example"})
    return [NeuePerson([Tatsache(PersonAngaben, DAY, STRANGER), child, wife], [NeueBeschaeftigung("77001", [job])])]


def _words(tenant: int) -> set[str]:
    """Was von den Menschen eines Mandanten versiegelt ist, im Klartext; sehr Kurzes sagte nichts."""
    found: set[str] = set()
    with tenant_session(tenant, actor="test") as session:
        for model in Fact.__subclasses__():
            for row in session.scalars(select(model)) if model.sealed else ():
                found |= {str(reveal(session, row, name)) for name in model.sealed}
    return {word for word in found if len(word) > 4 and word not in ("keine", "None")}


def _standing(word: str) -> str:
    """Fünf Ziffern stehen zufällig in Zeitstempeln, Kennungen und Siegeln: eine reine Zahl zählt nur allein."""
    return rf"(?<![\w.]){word}(?!\w|\.\d)" if word.isdigit() else re.escape(word)


def _whole(dsn: str) -> tuple[str, int]:
    """Jede Zeile jeder Tabelle; Bytes als Zeichen."""
    found, tables = [], 0
    with psycopg.connect(dsn) as connection:
        names = connection.execute("SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace "
                                   "AND relkind = 'r'").fetchall()
        for (table,) in names:
            tables += 1
            for row in connection.execute(sql.SQL("SELECT * FROM {}").format(sql.Identifier(table))).fetchall():
                found += [cell.decode("latin-1") if isinstance(cell, bytes) else str(cell) for cell in row]
    return "\n".join(found), tables


@pytest.fixture(scope="module")
def second(town: Any) -> int:
    """Ein zweiter Mandant mit einer Familie; im ersten ist der Monat bezahlt und der Auftrag geschrieben."""
    with platform_session(actor="test") as session:
        tenant = service.create_tenant(session, "0200", "Gemeinde Anderswo", "gemeinde", demonstration=True)
        create_user(session, "beschaeftigte.77001", "Xaverius Quirrenbach", kind="employee", demonstration=True,
                    details={"email": "xq@wolkenstein.example", "phone": "02871 998877"})
    with tenant_session(tenant.id, actor="klara") as session:
        seed(session)
        store(session, _people(ids(session)), reason="Einstellung")
    with town.session("klara") as session:
        orders.create(session, town.month, today=town.today, now=town.now)
    return tenant.id


def test_no_cell_of_any_table_names_a_person(town: Any, second: int, postgres: Any) -> None:
    words = _words(town.tenant) | _words(second) | {"02871 998877"}
    assert {"Quirrenbach", "Philomena", "1971-03-09", "2009-08-17", "Versandhaus Łódź GmbH & Co. KG", "14 M 221/26",
            "Żółkiewska-O’Brien", "V 4711/1", "DE02120300000000202051", "xq@wolkenstein.example"} <= words
    name = str(make_url(str(engine.current().app.url)).database)
    whole, tables = _whole(postgres.dsn(passwords.SUPERUSER, name))
    assert tables > 100
    assert "77001" in whole, "die Suche sähe sonst auch nichts"
    # The town records its people from their birthday on (a clock of the fact), and one is called like a tariff.
    wanted = words - {"1985-06-15", "Tarif"}
    wanted |= {word.encode().decode("latin-1") for word in wanted}
    pattern = re.compile("|".join(sorted(map(_standing, wanted), key=len, reverse=True)))
    assert sorted(set(pattern.findall(whole))) == []


def test_who_may_reads_everything_again(town: Any, second: int) -> None:
    with town.session() as session:
        receivers = set(session.scalars(select(Zahlung.empfaenger)))
        lines = {row.text: row.einzelheit for row in session.scalars(select(Ergebniszeile))}
        records = set(session.scalars(select(Hinweis.datensatz)))
    assert "Bausparkasse Nord AG" in receivers
    assert lines["Vermögenswirksame Leistung an Bausparkasse Nord AG"] == "Vertrag V 4711/1"
    assert any(text.startswith("Pfändung Versandhaus Łódź") for text in lines)
    assert any("(" in record for record in records)
    with platform_session(actor="test") as session:
        user = session.scalars(select(User).where(User.login == "beschaeftigte.77001")).one()
        assert (user.display_name, user.email, user.phone) == (
            "Xaverius Quirrenbach", "xq@wolkenstein.example", "02871 998877")
