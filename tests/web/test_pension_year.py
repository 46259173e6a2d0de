"""Jahresmeldung am Schreibtisch: Seite, Datei, Protokoll, Rechte."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import select

from payroll.masterdata.catalogue import ids, seed
from payroll.masterdata.models import Beschaeftigung, Zusatzversorgung
from payroll.masterdata.service import record_fact
from tenants.audit.models import AuditEntry
from tenants.db.session import tenant_session

YEAR = "/zusatzversorgung/2026"


def test_the_year_lists_the_insured_and_names_open_months(office: Any) -> None:
    with tenant_session(office.tenants["kreis"].id, actor="test") as session:
        job = session.scalars(select(Beschaeftigung.id).order_by(Beschaeftigung.id).limit(1)).one()
        if not ids(session).zv_kassen:
            seed(session)
        record_fact(session, Zusatzversorgung, beschaeftigung_id=job, zv_kasse_id=ids(session).zv_kassen["rzvk"],
                    valid_from=date(2026, 1, 1), reason="Test")
    client = office.client("klara")
    moved = client.get(office.address("kreis", "/zusatzversorgung"))
    assert moved.status_code == 302
    text = client.get(office.address("kreis", YEAR)).text
    assert "28.02.2027" in text
    assert "Zusatzversorgung 2026" in text
    assert "ohne abgeschlossene Abrechnung" in text
    assert client.get(office.address("kreis", "/zusatzversorgung/1999")).status_code == 404


def test_a_file_is_written_down(office: Any) -> None:
    client = office.client("klara")
    answer = client.get(office.address("kreis", f"{YEAR}/meldung.csv"))
    assert answer.data.decode("utf-8-sig").startswith("Personalnummer;Name;Kasse")
    assert client.get(office.address("kreis", f"{YEAR}/meldung.xlsx")).data[:2] == b"PK"
    assert client.get(office.address("kreis", f"{YEAR}/meldung.exe")).status_code == 404
    with tenant_session(office.tenants["kreis"].id, actor="test") as session:
        written = session.scalars(select(AuditEntry.details).where(
            AuditEntry.action == "zusatzversorgung.gemeldet").order_by(AuditEntry.id)).all()
    assert [one["form"] for one in written] == ["csv", "xlsx"]
