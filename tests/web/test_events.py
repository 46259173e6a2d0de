"""Ereignisse am Schreibtisch: erst die Wirkung, dann genau das Gezeigte, danach die Wiedervorlagen."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from sqlalchemy import func, select

from payroll.masterdata.models import (
    Bankverbindung,
    Beschaeftigung,
    BeschaeftigungAngaben,
    Bezuegezuordnung,
    Ereignis,
    Fehlzeit,
    Kind,
    PersonAngaben,
    Pfaendung,
    Steuermerkmale,
    Versicherung,
    Wiedervorlage,
)
from payroll.web.desk.events.catalogue import EREIGNISSE, FACT_KINDS
from tenants.audit.models import AuditEntry
from tenants.db.session import tenant_session

EVENTS: dict[str, tuple[dict[str, str], Any]] = {
    "geburt": ({"gueltig_ab": "20.11.2026", "kinder-vorname": "Lea", "kinder-nachweis_am": "24.11.2026"}, Kind),
    "teilzeit": ({"gueltig_ab": "01.12.2026", "eingruppierung-wochenstunden": "19,5"}, Bezuegezuordnung),
    "familienstand": ({"gueltig_ab": "15.11.2026", "steuer-steuerklasse": "3",
                       "steuer-gueltig_ab": "01.12.2026"}, Steuermerkmale),
    "bank": ({"gueltig_ab": "01.12.2026", "bank-iban": "DE89 3704 0044 0532 0130 00"}, Bankverbindung),
    "krankheit": ({"gueltig_ab": "02.11.2026"}, Fehlzeit),
    "elternzeit": ({"gueltig_ab": "01.02.2027", "gueltig_bis": "31.07.2027",
                    "fehlzeiten-kind_geboren_am": "20.11.2026"}, Fehlzeit),
    "pfaendung": ({"gueltig_ab": "23.11.2026", "forderung-art": "gewoehnlich", "forderung-glaeubiger": "Bank X",
                   "forderung-hauptforderung_cent": "1.200,00"}, Pfaendung),
    "austritt": ({"gueltig_ab": "31.12.2026", "anlass-menge": "3"}, BeschaeftigungAngaben),
    "tod": ({"gueltig_ab": "24.11.2026"}, PersonAngaben),
}


def _job(office: Any, name: str) -> Any:
    with tenant_session(office.tenants["kreis"].id, actor="test") as session:
        return session.scalars(select(Beschaeftigung).filter_by(person_id=office.people[name].id)).one()


def _address(office: Any, name: str, art: str) -> str:
    job = _job(office, name).public_id
    person = office.people[name].public_id
    return str(office.address("kreis", f"/personen/{person}/ereignis/{art}?beschaeftigung={job}"))


def _form(text: str) -> dict[str, str]:
    """Was ein Browser abschickt: vorbelegte Felder und gewählte Einträge."""
    found = dict(re.findall(r'<input[^>]* name="([^"]+)"[^>]*? value="([^"]*)"', text))
    for name, inner in re.findall(r'<select[^>]* name="([^"]+)"[^>]*>(.*?)</select>', text, re.DOTALL):
        chosen = re.search(r'value="([^"]*)" selected', inner)
        found[name] = chosen[1] if chosen else ""
    return found


def _post(client: Any, address: str, page: str, **values: str) -> Any:
    return client.post(address, data={**_form(page), "grund": "Antrag vom 25.11.2026", **values})


@pytest.mark.parametrize("art", list(EVENTS))
def test_every_event_shows_its_effect_and_stores_what_was_shown(office: Any, art: str) -> None:
    values, model = EVENTS[art]
    name = "Zander" if art in ("austritt", "tod") else "Öztürk"
    client, address = office.client("klara"), _address(office, name, art)
    empty = client.get(address)
    assert empty.status_code == 200
    before = _counts(office, model)
    shown = _post(client, address, empty.text, **values, aktion="zeigen")
    assert shown.status_code == 200, shown.text
    assert "Wirkung auf die Zahlung" in shown.text
    assert _counts(office, model) == before
    mark = re.search(r'name="gezeigt" value="([0-9a-f]{64})"', shown.text)
    assert mark is not None
    stored = _post(client, address, shown.text, aktion="speichern")
    assert stored.status_code == 302, stored.text
    facts, events, due = _counts(office, model)
    assert facts > before[0]
    assert (events, due > before[2]) == (before[1] + 1, True)
    with tenant_session(office.tenants["kreis"].id, actor="test") as session:
        row = session.scalars(select(Ereignis).order_by(Ereignis.id.desc())).first()
        assert row is not None
        assert (row.art, row.gezeigt.hex(), row.erfasst_von) == (art, mark[1], "klara")
        logged = session.scalars(select(AuditEntry).filter_by(subject=f"ereignis:{row.public_id}")).one()
        assert (logged.action, logged.details["gezeigt"]) == ("ereignis.erfasst", mark[1])


def _counts(office: Any, model: Any) -> tuple[int, int, int]:
    with tenant_session(office.tenants["kreis"].id, actor="test") as session:
        return tuple(session.scalar(select(func.count()).select_from(one)) or 0
                     for one in (model, Ereignis, Wiedervorlage))  # type: ignore[return-value]  # three numbers


def test_changed_after_it_was_shown_nothing_is_stored(office: Any) -> None:
    client, address = office.client("klara"), _address(office, "Arndt", "bank")
    empty = client.get(address).text
    first = {"gueltig_ab": "01.12.2026", "bank-iban": "DE89 3704 0044 0532 0130 00"}
    shown = _post(client, address, empty, **first, aktion="zeigen").text
    before = _counts(office, Bankverbindung)
    other = _post(client, address, shown, aktion="speichern", **{"bank-iban": "DE02 1203 0000 0000 2020 51"})
    assert other.status_code == 200
    assert "Seit der Anzeige hat sich etwas geändert" in other.text
    assert _counts(office, Bankverbindung) == before


def test_untouched_fields_keep_what_held_on_the_first_day(office: Any) -> None:
    client, address = office.client("klara"), _address(office, "Arndt", "familienstand")
    empty = client.get(address).text
    shown = _post(client, address, empty, gueltig_ab="01.10.2026", **{"steuer-steuerklasse": "4",
                  "steuer-faktor": "0,900", "angaben-nachname": "Arndt"}, aktion="zeigen")
    assert shown.status_code == 200, shown.text
    assert _post(client, address, shown.text, aktion="speichern").status_code == 302
    with tenant_session(office.tenants["kreis"].id, actor="test") as session:
        job = _job(office, "Arndt").id
        rows = session.scalars(select(Steuermerkmale).where(
            Steuermerkmale.beschaeftigung_id == job, Steuermerkmale.superseded_at.is_(None))
            .order_by(Steuermerkmale.valid_from)).all()
        assert [(row.steuerklasse, row.valid_from) for row in rows] == [(1, date(2026, 1, 1)), (4, date(2026, 10, 1))]
        assert session.scalar(select(func.count()).select_from(Versicherung).where(
            Versicherung.beschaeftigung_id == job)) == 1


def test_errors_stand_at_the_field_and_nothing_is_stored(office: Any) -> None:
    client, address = office.client("klara"), _address(office, "Arndt", "bank")
    answer = _post(client, address, client.get(address).text, gueltig_ab="31.02.2026", aktion="zeigen",
                   **{"bank-iban": "DE00 3704 0044 0532 0130 00"}, grund="")
    assert answer.status_code == 422
    assert 'id="gueltig_ab-error"' in answer.text
    assert 'id="grund-error"' in answer.text
    wrong = _post(client, address, client.get(address).text, gueltig_ab="01.12.2026", aktion="zeigen",
                  **{"bank-iban": "DE00 3704 0044 0532 0130 00"})
    assert 'id="bank-iban-error"' in wrong.text
    nothing = _address(office, "Arndt", "familienstand")
    answer = _post(client, nothing, client.get(nothing).text, gueltig_ab="01.12.2026", aktion="zeigen")
    assert answer.status_code == 422
    assert "nichts anders angegeben" in answer.text


def test_rights_and_foreign_people(office: Any) -> None:
    mia = office.client("mia")  # the employer may not touch claims
    assert mia.get(_address(office, "Arndt", "pfaendung")).status_code == 404
    assert mia.get(_address(office, "Arndt", "teilzeit")).status_code == 200
    assert office.client("rolf").get(_address(office, "Arndt", "teilzeit")).status_code == 403
    foreign = office.address("kreis", f"/personen/{office.people['fremd'].public_id}/ereignis")
    assert office.client("klara").get(foreign).status_code == 404
    assert office.client("klara").get(_address(office, "Arndt", "gibtesnicht")).status_code == 404


def test_every_declaration_holds() -> None:
    assert len(EREIGNISSE) == 11
    for art, event in EREIGNISSE.items():
        assert event.gesetz
        assert event.folgen, art
        assert event.seite or event.teile or event.schreiben, art
        for part in event.teile:
            names = {item.name for item in FACT_KINDS[part.art].fields}
            assert set(part.felder) <= names, (art, part.art)
            assert all(one.gesetz for one in event.folgen), art
