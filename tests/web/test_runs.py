"""Ein Monat am Schreibtisch: rechnen, Befunde, prüfen, freigeben, abschließen – in dieser Reihenfolge."""

import re
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from payroll.runs import explaining
from payroll.runs.models import Hinweis
from payroll.web.desk.finding_words import word
from payroll.web.desk.law_reading import entries, short
from payroll.web.desk.news import since_yesterday
from payroll.web.desk.run_reading import FindingGroup
from payroll.web.reasons import LONGEST
from tenants.audit.models import AuditEntry
from tenants.db.session import tenant_session
from tenants.web.formats import OFFICE_TIME

MONTH = "/abrechnung/2026-11"


def _token(client: FlaskClient, page: str) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get(page).text)
    assert found is not None, page
    return found[1]


def _send(client: FlaskClient, page: str, path: str, **changes: str) -> Any:
    """Schickt das Formular der Seite, dessen Ziel auf path endet, so wie es dasteht."""
    text = client.get(page).text
    form = re.search(rf'<form[^>]*action="([^"]*{path}[^"]*)">(.*?)</form>', text, re.DOTALL)
    assert form is not None, f"Auf {page} gibt es kein Formular {path}"
    hidden = dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', form[2]))
    return client.post(form[1], data={**hidden, **changes})


@pytest.fixture
def month(office: Any) -> str:
    return office.address("kreis", MONTH)


def test_1_start_says_that_the_trial_is_due(office: Any) -> None:
    page = office.client("klara").get("/").text
    assert "Noch nicht gerechnet" in page
    assert "Probelauf rechnen" in page


def test_2_trial_lists_findings_with_remedy_and_way_to_the_person(office: Any, month: str) -> None:
    client = office.client("klara")
    assert _send(client, month, "/rechnen").location == month
    page = client.get(month).text
    assert "Abhilfe:" in page
    assert f"/personen/{office.people['Meyer'].public_id}" in page
    assert "Probe gerechnet" in client.get("/").text or "Fehler" in client.get("/").text


def test_2b_others_see_what_happened(office: Any) -> None:
    tenant, today = office.tenants["kreis"], datetime.now(OFFICE_TIME).date()
    with tenant_session(tenant.id, actor="test") as session:
        told = {name: [str(news.words) for news in since_yesterday(session, tenant, name, today)]
                for name in ("hugo", "klara")}  # fmt: skip
        assert since_yesterday(session, tenant, "hugo", today + timedelta(days=3)) == []
    assert "Monat gerechnet" in told["hugo"]
    assert "Monat gerechnet" not in told["klara"]


def test_3_open_errors_stop_the_check_with_a_reason(office: Any, month: str) -> None:
    answer = _send(office.client("klara"), month, "/pruefen")
    assert answer.status_code == 409
    assert "Fehler sind offen" in answer.text


def test_3_findings_are_named_in_words(office: Any, month: str) -> None:
    page = office.client("klara").get(month).text
    heads = re.findall(r'<h3 id="befund-\d+">([^<]+)</h3>', page)
    assert "Krankenversicherung" in heads
    assert not [head for head in heads if "_" in head or head.islower()]
    assert not re.search(r"<li>\s*:", page)
    known = {6200: "VL Arbeitgeberanteil"}
    assert word("Lohnart 6200", date(2026, 11, 1), known) == "Lohnart 6200 VL Arbeitgeberanteil"
    assert word("u2_satz", date(2026, 11, 1), {}) == "Umlagesatz U2"
    rule = entries(date(2026, 11, 1))["hat_zuschlag_dienstfaehigkeit"]
    assert word(rule.name, date(2026, 11, 1), {}).casefold() == short(rule.title).casefold()


def _group(field: str, *records: str) -> FindingGroup:
    rows = [Hinweis(datensatz=record, feld=field, regel=f"Regel zu {record}") for record in records]
    return FindingGroup("hinweis", field, "prüfen", [(row, None, None) for row in rows], field)


def test_3_findings_lead_to_what_they_are_about() -> None:
    law = _group("kv_satz", "Rechtswert kv_satz")
    funds = _group("zusatzbeitrag", "Krankenkasse TK", "Krankenkasse BARMER")
    person = _group("iban", "Personalnummer 1 (Arndt, Kim)")
    assert [one.about_law for one in (law, funds, person)] == [True, False, False]
    assert [one.about_funds for one in (law, funds, person)] == [False, True, False]
    assert law.common == "Regel zu Rechtswert kv_satz"
    assert funds.common == ""


def test_4_people_with_amounts(office: Any, month: str) -> None:
    client = office.client("klara")
    page = client.get(f"{month}/personen").text
    assert re.findall(r'<th scope="row"><a[^>]*>([^<]+)</a>', page) == ["Arndt, Kim", "Öztürk, Kim", "Zander, Kim"]
    lines = client.get(f"{month}/personen?format=csv").data.decode("utf-8-sig").split("\r\n")
    assert lines[0].startswith("Personalnummer;Name;Gesamtbrutto;Netto")
    assert len(lines) == 5


def test_5_every_amount_can_be_explained(office: Any, month: str) -> None:
    client = office.client("klara")
    result = re.search(r'href="([^"]*/personen/[0-9a-f-]{36})">Arndt', client.get(f"{month}/personen").text)
    assert result is not None
    page = client.get(result[1]).text
    assert "Lohnsteuer" in page
    for name in set(re.findall(r"/warum/([a-z_0-9]+)", page)):
        answer = client.get(f"{result[1]}/warum/{name}")
        assert answer.status_code == 200, name
        assert "So entsteht der Betrag" in answer.text, name
    assert client.get(f"{result[1]}/warum/unbekannt").status_code == 404


def test_5_lines_can_be_explained(office: Any, month: str) -> None:
    client = office.client("klara")
    result = re.search(r'href="([^"]*/personen/[0-9a-f-]{36})">Arndt', client.get(f"{month}/personen").text)
    assert result is not None
    lines = re.findall(r"/zeilen/(\d+)/warum", client.get(result[1]).text)
    assert lines == ["1"]
    answer = client.get(f"{result[1]}/zeilen/1/warum").text
    assert "Warum: Tabellenentgelt E9a Stufe 3" in answer
    assert "So entsteht der Betrag" in answer
    assert client.get(f"{result[1]}/zeilen/2/warum").status_code == 404


def test_5_whole_way_is_folded_below_the_short_form(office: Any, month: str) -> None:
    client = office.client("klara")
    result = re.search(r'href="([^"]*/personen/[0-9a-f-]{36})">Arndt', client.get(f"{month}/personen").text)
    assert result is not None
    open_part, _, folded = client.get(f"{result[1]}/warum/lohnsteuer").text.partition("<details")
    assert 1 <= open_part.count('class="kl-step"') <= LONGEST
    assert folded.count('class="kl-step"') > LONGEST


def test_5_remark_about_changed_rules_is_shown(office: Any, month: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(explaining, "fingerprint", lambda _law: "andere Regeln")
    client = office.client("klara")
    result = re.search(r'href="([^"]*/personen/[0-9a-f-]{36})">Arndt', client.get(f"{month}/personen").text)
    assert result is not None
    for path in ("/warum/netto", "/zeilen/1/warum"):
        assert explaining.CHANGED in client.get(f"{result[1]}{path}").text


def test_6_search_finds_umlauts_in_any_case(office: Any, month: str) -> None:
    page = office.client("klara").get(f"{month}/personen", query_string={"suche": "öZTÜRK"}).text
    assert re.findall(r'<th scope="row"><a[^>]*>([^<]+)</a>', page) == ["Öztürk, Kim"]


def test_7_finding_stays_with_a_reason_then_check(office: Any, month: str) -> None:
    client = office.client("klara")
    assert _send(client, month, "/befunde/", begruendung=" ").status_code == 409
    assert _send(client, month, "/befunde/", begruendung="Angaben folgen im Dezember").status_code == 302
    assert "Angaben folgen im Dezember" in client.get(month).text
    cause = {"csrf_token": _token(client, month), "stufe": "fehler", "feld": "", "abhilfe": "", "begruendung": "alle"}
    changed = client.post(f"{month}/befunde", data={**cause, "ergebnis_hash": "0" * 64})
    assert (changed.status_code, "seit der Anzeige geändert" in changed.text) == (409, True)
    for _finding in range(client.get(month).text.count("/befunde/")):
        assert _send(client, month, "/befunde/", begruendung="gesehen").status_code == 302
    assert _send(client, month, "/pruefen").status_code == 302


def test_8_release_is_not_for_whoever_calculated_and_only_for_what_was_shown(office: Any, month: str) -> None:
    assert "freigeben</span>" not in office.client("klara").get(month).text
    head = office.client("hugo")
    changed = _send(head, month, "/freigeben", ergebnis_hash="0" * 64)
    assert changed.status_code == 409
    assert "seit der Anzeige geändert" in changed.text
    assert _send(head, month, "/freigeben").status_code == 302
    assert "Es fehlt noch: Freigabe des Arbeitgebers" in head.get(month).text


def test_9_municipality_releases_then_the_month_is_closed(office: Any, month: str) -> None:
    assert _send(office.client("mia"), month, "/freigeben-arbeitgeber").status_code == 302
    client = office.client("klara")
    assert _send(client, month, "/abschliessen").status_code == 302
    page = client.get(month).text
    assert "Abgeschlossen. Berichtigungen laufen über einen späteren Monat." in page
    assert "/rechnen" not in page


def test_9b_release_record_carries_the_sealed_head_of_the_log(office: Any, month: str) -> None:
    client = office.client("rolf")
    page = client.get(f"{month}/freigabevermerk").text
    head = re.search(r"--head (\d+):([0-9a-f]{64})", page)
    assert head is not None
    with tenant_session(office.tenants["kreis"].id, actor="test") as session:
        entry = session.scalars(select(AuditEntry).where(AuditEntry.id == int(head[1]))).one()
    assert (entry.hash.hex(), entry.action, entry.actor) == (head[2], "lauf.freigegeben", "mia")
    assert f"Kopf des Protokolls {head[2][:16]}" in client.get(month).text
    assert client.get(month.replace("2026-11", "2026-10") + "/freigabevermerk").status_code == 404


def _own(office: Any) -> str:
    found = re.search(r'href="(/portal/[0-9a-f-]{36}/[^"]+)"', office.client("ada").get("/portal").text)
    assert found is not None
    return found[1]


def test_portal_1_employee_finds_the_slip(office: Any) -> None:
    client = office.client("ada")
    assert client.get("/").location == "/portal"
    page = client.get("/portal").text
    assert "November 2026" in page
    slip = client.get(_own(office)).text
    assert "Kim Öztürk" in slip
    assert "Was abgezogen wird" in slip


def test_portal_2_pdf(office: Any) -> None:
    answer = office.client("ada").get(f"{_own(office)}/pdf")
    assert answer.data.startswith(b"%PDF-")
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Abrechnung_2026-11.pdf" in answer.headers["Content-Disposition"]


def test_portal_3_why_this_amount(office: Any) -> None:
    client, slip = office.client("ada"), _own(office)
    names = set(re.findall(r"/warum/([a-z_0-9]+)", client.get(slip).text))
    assert {"lohnsteuer", "netto"} <= names
    for name in names:
        answer = client.get(f"{slip}/warum/{name}")
        assert answer.status_code == 200, name
        assert "So entsteht der Betrag" in answer.text, name
    assert client.get(f"{slip}/warum/gibtesnicht").status_code == 404
    assert re.findall(r"/zeilen/(\d+)/warum", client.get(slip).text) == ["1"]
    line = client.get(f"{slip}/zeilen/1/warum").text
    assert "Warum: Tabellenentgelt E9a Stufe 3" in line
    assert "So entsteht der Betrag" in line
    assert client.get(f"{slip}/zeilen/9/warum").status_code == 404


def test_portal_3_english_view_names_the_german_paper_as_the_binding_one(office: Any) -> None:
    client, slip = office.client("ada"), _own(office)
    note = "The German payslip on paper (PDF) is the binding one"
    assert note not in client.get(slip).text
    with client.session_transaction() as session:
        session["language"] = "en"
    page = client.get(slip).text
    assert note in page
    assert '<table class="kl-lines" lang="en">' in page
    assert '<span class="kl-small kl-muted" lang="de">(Lohnsteuer)</span>' in page
    assert note in client.get(f"{slip}/warum/netto").text


def test_portal_4_slip_of_somebody_else_is_404(office: Any) -> None:
    desk = office.client("klara").get(
        office.address("kreis", f"/personen/{office.people['Arndt'].public_id}/abrechnungen")
    )
    document = re.search(r"/abrechnungen/([0-9a-f-]{36})\.pdf", desk.text)
    assert document is not None
    foreign = f"/portal/{office.tenants['kreis'].public_id}/abrechnungen/{document[1]}"
    client = office.client("ada")
    for path in (foreign, f"{foreign}/pdf", f"{foreign}/warum/netto", f"{foreign}/zeilen/1/warum"):
        assert client.get(path).status_code == 404


def test_portal_5_staff_has_no_portal_and_clerk_opens_pdf_at_the_desk(office: Any) -> None:
    client = office.client("klara")
    assert client.get("/portal").status_code == 403
    page = office.address("kreis", f"/personen/{office.people['Arndt'].public_id}/abrechnungen")
    link = re.search(r'href="([^"]+\.pdf)"', client.get(page).text)
    assert link is not None
    assert client.get(link[1]).data.startswith(b"%PDF-")
    other = link[1].replace(str(office.people["Arndt"].public_id), str(office.people["Zander"].public_id))
    assert client.get(other).status_code == 404


def test_foreign_month_and_impossible_month_are_404(office: Any) -> None:
    client = office.client("klara")
    assert client.get(office.address("fremd", MONTH)).status_code == 404
    assert client.get(office.address("kreis", "/abrechnung/2026-13")).status_code == 404


def test_repeated_request_calculates_once(office: Any) -> None:
    client, page = office.client("klara"), office.address("kreis", "/abrechnung/2026-12")
    text = client.get(page).text
    key = re.search(r'name="schluessel" value="([^"]+)"', text)[1]  # type: ignore[index]  # always there before a trial
    token = re.search(r'name="csrf_token" value="([^"]+)"', text)[1]  # type: ignore[index]  # in every form
    data = {"schluessel": key, "csrf_token": token}
    for _attempt in range(2):
        assert client.post(f"{page}/rechnen", data=data).status_code == 302
    assert client.get(page).text.count("Neu rechnen") == 1


def test_auditor_may_look_but_not_calculate(office: Any) -> None:
    client = office.client("rolf")
    page = office.address("kreis", "/abrechnung/2026-12")
    assert "Neu rechnen" not in client.get(page).text
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get(page).text)[1]  # type: ignore[index]  # in the head
    assert client.post(f"{page}/rechnen", data={"csrf_token": token}).status_code == 403


def test_portal_5_the_office_copy_is_the_issued_document(office: Any) -> None:
    own = office.client("ada").get(f"{_own(office)}/pdf")
    client, person = office.client("klara"), office.people["Öztürk"].public_id
    listed = client.get(office.address("kreis", f"/personen/{person}/abrechnungen")).text
    link = re.search(r'href="([^"]+\.pdf)"', listed)
    assert link is not None
    assert client.get(link[1]).data == own.data


def test_portal_6_sealed_until_the_password_opens_it(office: Any) -> None:
    client, slip = office.client("ada"), _own(office)
    with client.session_transaction() as session:
        session.pop("unlock")
    assert "versiegelt" in client.get("/portal").text
    answer = client.get(slip)
    assert (answer.status_code, answer.location) == (302, f"/dokumente/oeffnen?weiter={slip}")
    token = _token(client, answer.location)
    form = {"csrf_token": token, "weiter": slip, "kennwort": "vier Karpfen im Burggraben", "wiederholung": "anders"}
    assert client.post("/dokumente/oeffnen", data=form).status_code == 422
    form["wiederholung"] = form["kennwort"]
    opened = client.post("/dokumente/oeffnen", data=form)
    assert (opened.status_code, opened.location) == (302, slip)
    assert "Kim Öztürk" in client.get(slip).text
    with client.session_transaction() as session:
        session["unlock"] = "00" * 32
    token = _token(client, answer.location)
    wrong = client.post("/dokumente/oeffnen", data={"csrf_token": token, "kennwort": "geraten ist es nicht"})
    assert (wrong.status_code, "öffnet Ihre Dokumente nicht" in wrong.text) == (422, True)
    again = client.post("/dokumente/oeffnen", data={**form, "csrf_token": token, "weiter": "//fremd.example"})
    assert (again.status_code, again.location) == (302, "/")
    assert client.get(f"{slip}/pdf").data.startswith(b"%PDF-")
