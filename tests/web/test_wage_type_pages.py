"""Eine Lohnart am Schreibtisch anlegen, ändern und abrechnen: nur Daten, nur bei diesem Mandanten."""

import re
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from payroll.masterdata.models import Beschaeftigung, Lohnart, WiederkehrenderBezug
from payroll.masterdata.service import record_fact
from payroll.runs.calculate import calculate
from payroll.runs.models import Ergebnis, Ergebniszeile
from tenants.db.session import tenant_session

ROOM = {
    "nummer": "9001", "text": "Rufbonus Winterdienst", "ziel": "zulagen", "steuer": "pflichtig", "sv": "laufend",
    "teilzeit": "ja", "recht": "Dienstvereinbarung Winterdienst", "personenkreis": "tarif", "entstehung": "fest",
    "sonderzahlung": "nein", "durchschnitt": "nein", "pfaendbar": "ganz", "gesamtbrutto": "plus",
    "statistik": "zuschlaege", "gueltig_ab": "01.01.2024", "grund": "Neue Dienstvereinbarung",
}  # fmt: skip


def _send(client: Any, path: str, **changes: str) -> Any:
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get(path).text)
    assert token is not None
    return client.post(path, data={"csrf_token": token[1], **ROOM, **changes})


@pytest.fixture(scope="module")
def added(office: Any) -> str:
    """Die angelegte Lohnart: der Weg zu ihrer Seite."""
    answer = _send(office.client("klara"), office.address("kreis", "/stammdaten/lohnart/neu"))
    assert answer.status_code == 302, answer.text
    return str(answer.headers["Location"])


def test_it_is_listed_and_only_here(office: Any, added: str) -> None:
    page = office.client("klara").get(added).text
    assert "Rufbonus Winterdienst" in page
    assert "Dienstvereinbarung Winterdienst" in page
    assert 'href="/rechenregeln/zulagen"' in page
    assert "9001" in office.client("klara").get(office.address("kreis", "/stammdaten/lohnarten?suche=9001")).text
    with tenant_session(office.tenants["stadt"].id, actor="test") as session:
        assert session.scalars(select(Lohnart).where(Lohnart.nummer == 9001)).first() is None


@pytest.mark.parametrize(("field", "text", "said"), [
    ("nummer", "9001", "gibt es schon"), ("nummer", "10000", "1 bis 9999"), ("text", "", "Bitte ausfüllen"),
    ("steuer", "halb", "aus der Liste"),
])
def test_what_does_not_fit_is_said(office: Any, added: str, field: str, text: str, said: str) -> None:
    answer = _send(office.client("klara"), office.address("kreis", "/stammdaten/lohnart/neu"), **{field: text})
    assert answer.status_code == 422
    assert said in answer.text


def test_reading_is_not_writing(office: Any, added: str) -> None:
    assert "Lohnart speichern" not in office.client("rolf").get(added).text
    assert office.client("rolf").get(office.address("kreis", "/stammdaten/lohnart/neu")).status_code == 403


def test_a_run_pays_it_and_follows_the_day_of_its_change(office: Any, added: str) -> None:
    """Ab November steuerfrei und beitragsfrei (eigene Festlegung des Mandanten): der Oktober bleibt, wie er war."""
    assert _send(office.client("klara"), added, ziel="steuerfreie_bezuege", steuer="frei", sv="frei", teilzeit="",
                 gueltig_ab="01.11.2026", grund="Geänderte Vereinbarung").status_code == 302
    tenant = office.tenants["kreis"].id
    with tenant_session(tenant, actor="klara") as session:
        job = session.scalars(select(Beschaeftigung.id).order_by(Beschaeftigung.id)).first()
        number = session.scalars(select(Lohnart.id).where(Lohnart.nummer == 9001)).one()
        record_fact(session, WiederkehrenderBezug, beschaeftigung_id=job, lohnart_id=number, laufnummer=1,
                    valid_from=date(2026, 10, 1), betrag_cent=10_000, reason="Winterdienst")
    marks = {}
    for month in (date(2026, 10, 1), date(2026, 11, 1)):
        with tenant_session(tenant, actor="klara") as session:
            calculate(session, month, key=f"lohnart {month}")
            line = session.scalars(select(Ergebniszeile).join(Ergebnis, Ergebnis.id == Ergebniszeile.ergebnis_id).where(
                Ergebnis.monat == month, Ergebnis.beschaeftigung_id == job, Ergebniszeile.lohnart == "9001")).one()
            marks[month.month] = (line.text, line.merkmale)
    assert marks == {10: ("Rufbonus Winterdienst", "LLN"), 11: ("Rufbonus Winterdienst", "FFN")}
