"""Personenliste und Personalakte: suchen, ausgeben, Tatsachen erfassen, Fehler am Feld, Lesen im Protokoll."""

import re
from html import unescape
from io import BytesIO
from typing import Any

import pytest
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy import select

from payroll.masterdata.models import Beschaeftigung, Steuermerkmale
from payroll.web.desk.fact_forms import summary
from payroll.web.desk.fact_kinds import KINDS
from tenants.audit.models import AuditEntry
from tenants.db.session import tenant_session

FEATURES = {"steuerklasse": "3", "kinderfreibetraege": "1,5", "konfession": "rk", "gueltig_ab": "01.11.2026"}


def _names(page: str) -> list[str]:
    return re.findall(r'<th scope="row"><a[^>]*>([^<]+)</a>', page)


def _file(office: Any, name: str, path: str = "") -> str:
    return office.address("kreis", f"/personen/{office.people[name].public_id}{path}")


def _job(office: Any, name: str) -> str:
    with tenant_session(office.tenants["kreis"].id, actor="test") as session:
        return str(session.scalars(select(Beschaeftigung).filter_by(person_id=office.people[name].id)).one().public_id)


def _post(client: FlaskClient, address: str, data: dict[str, str]) -> Any:
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get(address).text)
    assert found is not None
    return client.post(address, data={"csrf_token": found[1], **data})


def test_umlauts_sort_like_their_letters(office: Any) -> None:
    page = office.client("klara").get(office.address("kreis", "/personen")).text
    assert _names(page) == ["Arndt, Kim", "Meyer, Kim", "Öztürk, Kim", "Zander, Kim"]


def test_order_turns_around(office: Any) -> None:
    page = office.client("klara").get(office.address("kreis", "/personen?richtung=ab")).text
    assert _names(page)[0] == "Zander, Kim"
    assert 'aria-sort="descending"' in page


@pytest.mark.parametrize(("words", "found"), [("öz", ["Öztürk, Kim"]), ("kim 10002", ["Meyer, Kim"]), ("xyz", [])])
def test_search(office: Any, words: str, found: list[str]) -> None:
    page = office.client("klara").get(office.address("kreis", "/personen"), query_string={"suche": words}).text
    assert _names(page) == found


def test_search_text_is_escaped(office: Any) -> None:
    path = office.address("kreis", "/personen")
    page = office.client("klara").get(path, query_string={"suche": "<script>alert(1)</script>"}).text
    assert "<script>" not in page


def test_export_csv_opens_in_german_offices(office: Any) -> None:
    answer = office.client("klara").get(office.address("kreis", "/personen?format=csv"))
    lines = answer.data.decode("utf-8-sig").split("\r\n")
    assert lines[1] == "10004;Arndt;Kim;04.05.1990;Tarif;E9a / 3;39,00;01.01.2026;;4711"
    assert "personen-0100.csv" in answer.headers["Content-Disposition"]


def test_export_xlsx_has_real_numbers_and_days(office: Any) -> None:
    answer = office.client("klara").get(office.address("kreis", "/personen?format=xlsx"))
    sheet = load_workbook(BytesIO(answer.data)).active
    assert sheet["B2"].value == "Arndt"
    assert sheet["G2"].value == 39
    assert sheet["D2"].is_date


def test_keys_are_shown_with_their_words(office: Any) -> None:
    given = {"land": "AT", "staatsangehoerigkeit": "000"}
    for language, words in (("de", ["Österreich", "deutsch"]), ("en", ["Austria", "German"])):
        with office.app.test_request_context("/", headers={"Accept-Language": language}):
            assert [str(value) for _label, value in summary(KINDS["angaben"], given, {})] == words
    with office.app.test_request_context("/"):
        assert [value for _label, value in summary(KINDS["angaben"], {"staatsangehoerigkeit": "•••"}, {})] == ["•••"]
    form = office.client("klara").get(_file(office, "Meyer", "/angaben/erfassen")).text
    assert 'name="land" type="text" value="DE"' in form, "im Feld steht der Schlüssel, den es annimmt"


def test_unknown_export_is_404(office: Any) -> None:
    assert office.client("klara").get(office.address("kreis", "/personen?format=exe")).status_code == 404


def test_person_of_another_tenant_is_404(office: Any) -> None:
    foreign = office.people["fremd"].public_id
    assert office.client("klara").get(office.address("kreis", f"/personen/{foreign}")).status_code == 404


def test_what_is_not_there_takes_one_line_and_leads_to_its_form(office: Any) -> None:
    page = office.client("klara").get(_file(office, "Meyer")).text
    empty = page.partition("Noch nichts erfasst</h3>")[2].partition("</section>")[0]
    assert ">Dienstwagen<" in empty
    assert ">Steuermerkmale<" not in empty
    form = re.search(r'href="([^"]+)">Dienstwagen<', empty)
    assert form is not None
    assert "Dienstwagen" in office.client("klara").get(unescape(form[1])).text
    reader = office.client("rolf").get(_file(office, "Meyer")).text
    assert "<a" not in reader.partition("Noch nichts erfasst</h3>")[2].partition("</section>")[0]


def test_reading_a_file_is_in_the_audit_log(office: Any) -> None:
    office.client("rolf").get(_file(office, "Meyer"))
    with tenant_session(office.tenants["kreis"].id, actor="test") as session:
        last = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc()).limit(1)).one()
    assert (last.actor, last.action) == ("rolf", "person.gelesen")
    assert last.subject == f"person:{office.people['Meyer'].public_id}"


def test_new_tax_features_leave_the_old_in_the_file(office: Any) -> None:
    client, job = office.client("klara"), _job(office, "Zander")
    address = _file(office, "Zander", f"/steuer/erfassen?beschaeftigung={job}")
    assert 'value="1"' in client.get(address).text
    answer = _post(client, address, FEATURES | {"grund": "ELStAM vom 12.11.2026"})
    assert (answer.status_code, answer.location) == (302, _file(office, "Zander", "#steuer"))
    with tenant_session(office.tenants["kreis"].id, actor="test") as session:
        rows = session.scalars(
            select(Steuermerkmale)
            .join(Beschaeftigung, Beschaeftigung.id == Steuermerkmale.beschaeftigung_id)
            .where(Beschaeftigung.public_id == job)
            .order_by(Steuermerkmale.id)
        ).all()
        told = [(row.steuerklasse, str(row.valid_from), row.superseded_at is None) for row in rows]
    assert told == [(1, "2026-01-01", False), (1, "2026-01-01", True), (3, "2026-11-01", True)]
    both_clocks = client.get(_file(office, "Zander", "?uhren=1")).text
    assert "Abgelöst" in both_clocks
    assert "ELStAM vom 12.11.2026" in both_clocks


@pytest.mark.parametrize(
    ("change", "field", "text"),
    [
        ({"steuerklasse": "7"}, "steuerklasse", "Steuerklassen 1 bis 6"),
        ({"kinderfreibetraege": "0,7"}, "kinderfreibetraege", "Schritten von 0,5"),
        ({"gueltig_ab": "31.02.2026"}, "gueltig_ab", "Den Tag 31.02.2026 gibt es nicht"),
        ({"konfession": "unbekannt"}, "konfession", "aus der Liste"),
        ({"freibetrag_monat_cent": "12,345"}, "freibetrag_monat_cent", "2 Nachkommastellen"),
        ({"grund": ""}, "grund", "Bitte ausfüllen"),
        ({"gueltig_bis": "01.10.2026"}, "gueltig_bis", "vor dem Beginn"),
    ],
)
def test_errors_stand_beside_the_field(office: Any, change: dict[str, str], field: str, text: str) -> None:
    address = _file(office, "Arndt", f"/steuer/erfassen?beschaeftigung={_job(office, 'Arndt')}")
    answer = _post(office.client("klara"), address, FEATURES | {"grund": "Test"} | change)
    assert answer.status_code == 422
    beside = re.search(rf'id="{field}-error".*?</p>', answer.text, re.DOTALL)
    assert beside is not None
    assert text in beside[0]


def test_bank_account_is_covered_until_asked_for(office: Any) -> None:
    client = office.client("klara")
    data = {"iban": "DE89 3704 0044 0532 0130 00", "gueltig_ab": "01.01.2026", "grund": "Antrag"}
    assert _post(client, _file(office, "Meyer", "/bank/erfassen"), data).status_code == 302
    assert "••• 3000" in client.get(_file(office, "Meyer")).text
    assert "DE89370400440532013000" in client.get(_file(office, "Meyer", "?klartext=1")).text
    assert "DE89370400440532013000" not in office.client("rolf").get(_file(office, "Meyer", "?klartext=1")).text


def test_wrong_iban_is_refused_at_the_field(office: Any) -> None:
    data = {"iban": "DE89370400440532013001", "gueltig_ab": "01.01.2026", "grund": "Antrag"}
    answer = _post(office.client("klara"), _file(office, "Arndt", "/bank/erfassen"), data)
    assert answer.status_code == 422
    assert "Prüfziffer" in answer.text


@pytest.mark.parametrize(
    ("field", "value", "text"),
    [
        ("steuer_id", "36574261808", "keine gültige Steuer-Identifikationsnummer"),
        ("sv_nummer", "15070649C104", "Prüfziffer"),
    ],
)
def test_wrong_numbers_of_a_person_are_refused_at_the_field(office: Any, field: str, value: str, text: str) -> None:
    client, address = office.client("klara"), _file(office, "Arndt", "/angaben/erfassen")
    data = {"nachname": "Arndt", "vorname": "Kim", "geburtsdatum": "04.05.1990", "land": "DE", field: value}
    answer = _post(client, address, data | {"gueltig_ab": "01.11.2026", "grund": "Brief"})
    beside = re.search(rf'id="{field}-error".*?</p>', answer.text, re.DOTALL)
    assert answer.status_code == 422
    assert beside is not None
    assert text in beside[0]


def test_auditor_reads_but_does_not_write(office: Any) -> None:
    client = office.client("rolf")
    assert client.get(_file(office, "Arndt")).status_code == 200
    assert client.get(_file(office, "Arndt", "/bank/erfassen")).status_code == 403


@pytest.mark.parametrize("path", ["/unbekannt/erfassen", "/steuer/erfassen", "/steuer/erfassen?beschaeftigung=x"])
def test_unknown_kind_or_employment_is_404(office: Any, path: str) -> None:
    assert office.client("klara").get(_file(office, "Arndt", path)).status_code == 404


@pytest.mark.parametrize(
    ("wanted", "found"), [("öZT", ["Öztürk, Kim"]), ("10003", ["Zander, Kim"]), ("2051", ["Öztürk, Kim"])]
)
def test_quick_search_over_all_tenants_of_the_mandate(office: Any, wanted: str, found: list[str]) -> None:
    page = office.client("klara").get("/suche", query_string={"wen": wanted}).text
    assert _names(page) == found


@pytest.mark.parametrize(
    ("wanted", "text"), [("Fremd", "niemanden"), ("x", "mindestens 2 Zeichen"), ("%%", "Dazu gibt es nichts")]
)
def test_quick_search_finds_nothing_elsewhere(office: Any, wanted: str, text: str) -> None:
    assert text in office.client("klara").get("/suche", query_string={"wen": wanted}).text


def test_recurring_pay_is_entered_and_ended(office: Any) -> None:
    client, job = office.client("klara"), _job(office, "Zander")
    data = {
        "lohnart_id": "1107",
        "laufnummer": "1",
        "betrag_cent": "169,00",
        "gueltig_ab": "01.06.2026",
        "grund": "Zulage",
    }
    address = _file(office, "Zander", f"/bezuege/erfassen?beschaeftigung={job}")
    assert _post(client, address, data).status_code == 302
    link = re.search(r'href="([^"]+/bezuege/[0-9a-f-]{36}/beenden)"', client.get(_file(office, "Zander")).text)
    assert link is not None
    early = _post(client, link[1], {"gueltig_bis": "31.05.2026", "grund": "Ende"})
    assert early.status_code == 422
    assert "erst ab 01.06.2026" in early.text
    assert "Bitte ausfüllen" in _post(client, link[1], {"gueltig_bis": "30.11.2026", "grund": ""}).text
    assert _post(client, link[1], {"gueltig_bis": "30.11.2026", "grund": "Aufgabe entfällt"}).status_code == 302
    page = client.get(_file(office, "Zander")).text
    assert "30.11.2026" in page
    assert client.get(link[1]).status_code == 404
    other = link[1].replace(str(office.people["Zander"].public_id), str(office.people["Arndt"].public_id))
    assert client.get(other).status_code == 404


GRADE = {"tarifwerk": "TVoeD-VKA", "entgeltgruppe": "E9a", "stufe": "3", "wochenstunden": "39",
         "vollzeitstunden": "39", "gueltig_ab": "01.12.2026", "grund": "Test"}  # fmt: skip


@pytest.mark.parametrize(
    ("change", "field", "text"),
    [
        ({"entgeltgruppe": "E9"}, "entgeltgruppe", "meinten Sie E9"),
        ({"entgeltgruppe": "S8a"}, "entgeltgruppe", "gibt es nicht"),
        ({"stufe": "7"}, "stufe", "vorhanden: 1, 2, 3, 4, 5, 6"),
        ({"stufe": "drei"}, "stufe", "gibt es in TVoeD-VKA E9a am 01.12.2026 nicht"),
        ({"stufe": "9", "gueltig_ab": "01.12.2010"}, "stufe", "vorhanden: 1, 2, 3, 4, 5, 6"),
        ({"wochenstunden": "-5"}, "wochenstunden", "über 0"),
    ],
)
def test_unknown_group_step_and_hours_are_refused_at_the_field(
    office: Any, change: dict[str, str], field: str, text: str
) -> None:
    address = _file(office, "Arndt", f"/eingruppierung/erfassen?beschaeftigung={_job(office, 'Arndt')}")
    answer = _post(office.client("klara"), address, GRADE | change)
    assert answer.status_code == 422
    beside = re.search(rf'id="{field}-error".*?</p>', answer.text, re.DOTALL)
    assert beside is not None
    assert text in beside[0]


def test_a_grade_before_the_first_known_table_is_taken(office: Any) -> None:
    address = _file(office, "Zander", f"/eingruppierung/erfassen?beschaeftigung={_job(office, 'Zander')}")
    answer = _post(office.client("klara"), address, GRADE | {"gueltig_ab": "01.01.2021", "gueltig_bis": "31.01.2021"})
    assert answer.status_code == 302


PAY = {"laufnummer": "1", "betrag_cent": "100,00", "gueltig_ab": "01.11.2026", "grund": "Zulage"}


@pytest.mark.parametrize(
    ("number", "text"),
    [
        ("1000", "Lohnart 1000 Tabellenentgelt nimmt keinen Betrag auf: das Entgelt aus der Tabelle entsteht aus der"),
        ("1500", "der Betrag wird gerechnet, nicht eingegeben"),
        ("3005", "nimmt keinen Betrag auf: eine Lohnart wählen, die den Betrag abrechnet"),
        ("1611", "Lohnart 1611 gilt ab 01.11.2026 nicht"),
        ("9998", "aus der Liste"),
    ],
)
def test_wage_types_without_effect_are_refused_at_the_field(office: Any, number: str, text: str) -> None:
    address = _file(office, "Arndt", f"/bezuege/erfassen?beschaeftigung={_job(office, 'Arndt')}")
    answer = _post(office.client("klara"), address, PAY | {"lohnart_id": number})
    assert answer.status_code == 422
    beside = re.search(r'id="lohnart_id-error".*?</p>', answer.text, re.DOTALL)
    assert beside is not None
    assert text in beside[0]


def test_offered_wage_types_take_an_amount_and_stand_by_circle(office: Any) -> None:
    address = _file(office, "Arndt", f"/bezuege/erfassen?beschaeftigung={_job(office, 'Arndt')}")
    page = office.client("klara").get(address).text
    groups = dict(re.findall(r'<optgroup label="([^"]+)">(.*?)</optgroup>', page))
    assert list(groups) == ["Für alle", "Tarif", "Beamtinnen und Beamte", "Ausbildung"]
    assert 'value="1107"' in groups["Tarif"]
    assert 'value="2000"' not in page
    assert 'value="1000"' not in page
