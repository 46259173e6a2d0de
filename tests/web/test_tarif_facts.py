"""Tatsachen des Tarifs am Schreibtisch: Fehlzeiten, Stufen, Festlegungen, die Liste der Stufenwechsel."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from payroll.masterdata.models import (
    Anlasszahlung,
    Beschaeftigung,
    Bezuegezuordnung,
    Fehlzeit,
    Rechtswert,
    Stufenregelung,
    Zulagenanspruch,
)
from payroll.masterdata.service import record_fact
from tenants.db.session import tenant_session

SICK = {"art": "krankheit", "gueltig_ab": "04.05.2026", "gueltig_bis": "", "grund": "Bescheinigung"}


def _job(office: Any) -> Beschaeftigung:
    with tenant_session(office.tenants["kreis"].id, actor="test") as session:
        found = session.scalars(select(Beschaeftigung).filter_by(person_id=office.people["Meyer"].id)).one()
        session.expunge(found)
        return found


def _post(office: Any, address: str, **values: str) -> Any:
    client = office.client("klara")
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get(address).text)
    assert token is not None
    return client.post(address, data={"csrf_token": token[1], **values})


def _enter(office: Any, kind: str, /, **values: str) -> Any:
    person = office.people["Meyer"].public_id
    path = f"/personen/{person}/{kind}/erfassen?beschaeftigung={_job(office).public_id}"
    return _post(office, office.address("kreis", path), **values)


def _known(office: Any, model: Any) -> list[Any]:
    with tenant_session(office.tenants["kreis"].id, actor="test") as session:
        rows = list(session.scalars(select(model).where(model.superseded_at.is_(None))))
        session.expunge_all()
        return rows


def test_an_absence_is_entered_shown_and_withdrawn(office: Any) -> None:
    assert _enter(office, "fehlzeiten", **SICK, krankengeld_tag_cent="70,00").status_code == 302
    (row,) = _known(office, Fehlzeit)
    assert (row.art, row.valid_from, row.krankengeld_tag_cent, row.vorerkrankungstage) == (
        "krankheit", date(2026, 5, 4), 7_000, 0)
    person = office.people["Meyer"].public_id
    assert "Krankheit" in office.client("klara").get(office.address("kreis", f"/personen/{person}")).text
    address = office.address("kreis", f"/personen/{person}/fehlzeiten/{row.public_id}/beenden")
    assert _post(office, address, gueltig_bis="03.05.2026", grund="irrtümlich erfasst").status_code == 302
    assert _known(office, Fehlzeit) == []


@pytest.mark.parametrize(("change", "text"), [
    ({"art": "elternzeit"}, "Geburtstag des Kindes"),
    ({"kette": "120"}, "Eine Nummer von 1 bis 99"),
    ({"vorerkrankungstage": "50"}, "0 bis 42 Tage"),
    ({"krankengeld_netto_tag_cent": "10,00"}, "Das Netto gehört zu einem Brutto"),
])
def test_what_an_absence_needs(office: Any, change: dict[str, str], text: str) -> None:
    answer = _enter(office, "fehlzeiten", **{**SICK, **change})
    assert answer.status_code == 422
    assert text in answer.text
    assert _known(office, Fehlzeit) == []


def test_other_facts_are_checked(office: Any) -> None:
    clock = {"gueltig_ab": "01.06.2026", "grund": "Test"}
    assert "gibt es in den Tabellen" in _enter(office, "hoehere_taetigkeit", entgeltgruppe="E99", **clock).text
    assert "nur in der Tabelle S" in _enter(office, "stufenregelung", gruppe_bisher="E5", stufe_bisher="2",
                                            **clock).text
    assert "Zahl der Tage" in _enter(office, "anlass", art="urlaubsabgeltung", **clock).text
    late = _enter(office, "anlass", art="tauschtage", menge="2", gueltig_ab="02.09.2026", grund="Test")
    assert "bis zum 1. September erklärt" in late.text
    assert "Höchstens 3 Tauschtage" in _enter(office, "anlass", art="tauschtage", menge="4", **clock).text
    assert _enter(office, "beschaeftigungszeit", seit="01.04.2001", **clock).status_code == 302
    assert _enter(office, "stufenregelung", angehalten="ja", gueltig_ab="01.01.2031", grund="Test").status_code == 302
    assert [row.verkuerzt_monate for row in _known(office, Stufenregelung)] == [0]


@pytest.mark.parametrize(("values", "text"), [
    ({"art": "strukturausgleich"}, "Ein Betrag gehört genau zu Strukturausgleich"),
    ({"art": "schicht", "betrag_cent": "100,00"}, "sonst nennt ihn der Tarif"),
    ({"art": "schicht", "anrechnung_cent": "10,00"}, "Angerechnet wird nur auf den Strukturausgleich"),
    ({"art": "begrenzt_dienstfaehig", "anteil": "120"}, "1 bis 99 Prozent"),
    ({"art": "vermoegenswirksam"}, "Der Tag gehört genau zur vermögenswirksamen Leistung"),
])
def test_a_claim_has_what_its_rule_needs(office: Any, values: dict[str, str], text: str) -> None:
    answer = _enter(office, "zulagenanspruch", gueltig_ab="01.06.2026", grund="Test", **values)
    assert answer.status_code == 422
    assert text in answer.text


def test_a_claim_is_entered_and_ended(office: Any) -> None:
    clock = {"gueltig_ab": "01.06.2026", "grund": "Test"}
    assert _enter(office, "zulagenanspruch", art="schicht", **clock).status_code == 302
    assert _enter(office, "zulagenanspruch", art="vermoegenswirksam", mitgeteilt_am="20.05.2026",
                  **clock).status_code == 302
    person = office.people["Meyer"].public_id
    assert "Schichtzulage, ständig" in office.client("klara").get(office.address("kreis", f"/personen/{person}")).text
    rows = {row.art: row for row in _known(office, Zulagenanspruch)}
    assert set(rows) == {"schicht", "vermoegenswirksam"}
    second = _enter(office, "zulagenanspruch", art="wechselschicht", **clock)
    assert second.status_code == 422
    assert "„schicht“ ab 01.06.2026 ohne Ende. Den erfassten Anspruch mit dem Tag davor beenden" in second.text
    address = office.address("kreis", f"/personen/{person}/zulagenanspruch/{rows['schicht'].public_id}/beenden")
    assert _post(office, address, gueltig_bis="30.06.2026", grund="keine Schicht mehr").status_code == 302
    assert {row.art: row.valid_to for row in _known(office, Zulagenanspruch)} == {
        "schicht": date(2026, 6, 30), "vermoegenswirksam": None}
    assert _enter(office, "zulagenanspruch", art="wechselschicht", **clock | {
        "gueltig_ab": "01.07.2026"}).status_code == 302


def test_steps_of_the_next_months_are_listed_and_taken_over(office: Any) -> None:
    job = _job(office)
    with tenant_session(office.tenants["kreis"].id, actor="test") as session:
        (row,) = session.scalars(select(Bezuegezuordnung).where(
            Bezuegezuordnung.beschaeftigung_id == job.id, Bezuegezuordnung.superseded_at.is_(None)))
        record_fact(session, Bezuegezuordnung, beschaeftigung_id=job.id, valid_from=date(2026, 1, 1), reason="Test",
                    replace_later=True, tarifwerk="TVoeD-VKA", entgeltgruppe="E9b", stufe="3",
                    stufe_seit=date(2024, 2, 1), wochenstunden=row.wochenstunden, vollzeitstunden=row.vollzeitstunden,
                    arbeitstage_woche="Mo Di Mi")
    address = office.address("kreis", "/personen/stufenwechsel?monat=2027-02")
    page = office.client("klara").get(address).text
    assert "E9b: 3 → 4" in page
    assert "01.02.2027" in page
    assert "Meyer" in office.client("klara").get(f"{address}&format=csv").text
    assert _post(office, address).status_code == 302
    assert ("4", date(2027, 2, 1), "Mo Di Mi") in [(one.stufe, one.stufe_seit, one.arbeitstage_woche)
                                                    for one in _known(office, Bezuegezuordnung)]
    assert "E9b: 3 → 4" not in office.client("klara").get(address).text


def test_a_choice_between_readings_is_dated_and_has_a_source(office: Any) -> None:
    address = office.address("kreis", "/stammdaten/festlegungen/rundung_tagesdurchschnitt")
    assert "Vorgabe" in office.client("klara").get(office.address("kreis", "/stammdaten/festlegungen")).text
    given = {"wert": "2", "quelle": "Vermerk vom 01.03.2026", "gueltig_ab": "15.03.2026", "grund": "Abstimmung"}
    answer = _post(office, address, **given)
    assert answer.status_code == 422
    assert "den Ersten eines Monats" in answer.text
    assert _post(office, address, **{**given, "gueltig_ab": "01.03.2026"}).status_code == 302
    (row,) = _known(office, Rechtswert)
    assert (row.name, int(row.wert)) == ("rundung_tagesdurchschnitt", 2)
    assert "Vermerk vom 01.03.2026" in office.client("klara").get(address).text
    assert office.client("klara").get(
        office.address("kreis", "/stammdaten/festlegungen/ausschlussfrist_monate")).status_code == 404


def test_a_run_names_its_pay_days(office: Any) -> None:
    page = office.client("klara").get(office.address("kreis", "/abrechnung/2026-06")).text
    assert "Tarif 30.06.2026" in page  # a Tuesday
    assert "Beamte 29.05.2026" in page  # in advance: the last bank day of May


def test_a_conversion_day_is_one_day_and_the_week_is_read(office: Any) -> None:
    clock = {"gueltig_ab": "01.06.2026", "grund": "Test"}
    assert "Stunden des Tages" in _enter(office, "anlass", art="umwandlungstag", menge="0", **clock).text
    for day in ("01.06.2026", "08.06.2026", "03.06.2026"):
        assert _enter(office, "anlass", art="umwandlungstag", menge="7,8",
                      **clock | {"gueltig_ab": day}).status_code == 302
    assert sorted((row.valid_from.day, row.valid_to.day) for row in _known(office, Anlasszahlung)) == [
        (1, 1), (3, 3), (8, 8)]
    grade = {"tarifwerk": "TVoeD-VKA", "entgeltgruppe": "E6", "stufe": "3", "wochenstunden": "23,4",
             "vollzeitstunden": "39", **clock}
    assert "nennt keine Arbeitstage" in _enter(office, "eingruppierung", arbeitstage_woche="drei", **grade).text
    assert _enter(office, "eingruppierung", arbeitstage_woche="mo-mi", **grade).status_code == 302
    assert [row.arbeitstage_woche for row in _known(office, Bezuegezuordnung)
            if row.valid_from == date(2026, 6, 1)] == ["Mo Di Mi"]
