"""Zahlungen, Buchungen und Meldungen am Schreibtisch: erstellen, als zweite Person freigeben, übergeben."""

from __future__ import annotations

import html
import io
import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from urllib.parse import urljoin

import pytest
from flask import Flask
from icalendar import Calendar
from playwright.sync_api import Page
from sqlalchemy import select

from payroll.filings.meldungen import deuev, personalstand, speichern
from payroll.filings.meldungen.entwurf import Entwurf, Satz
from payroll.filings.models import Meldung, Zahlung, Zahlungsauftrag
from payroll.filings.sepa import duties as payments
from payroll.filings.sepa import employer_account, receiver_account
from payroll.runs import service as runs
from payroll.runs.reading import findings
from payroll.web.desk import filing_reading
from payroll.web.desk.filing_reading import KINDS, STATES
from tenants.audit.models import AuditEntry
from tenants.db.session import platform_session, tenant_session
from tenants.interfaces import service
from tenants.models import Tenant
from tenants.permissions import permissions_of
from tenants.users.service import create_user, give_mandate
from tenants.web import own_name
from tests.web.arriving import sign_in

MONTH = date(2026, 10, 1)
PAYER, NEW = "DE89370400440532013000", "DE02100500000054540402"
REPORT = """<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.10"><CstmrPmtStsRpt><GrpHdr><MsgId>B1</MsgId>
</GrpHdr><OrgnlGrpInfAndSts><OrgnlMsgId>{msg}</OrgnlMsgId></OrgnlGrpInfAndSts><OrgnlPmtInfAndSts><OrgnlPmtInfId>x
</OrgnlPmtInfId><TxInfAndSts><OrgnlEndToEndId>{name}</OrgnlEndToEndId><TxSts>{status}</TxSts><StsRsnInf><AddtlInf>Kim
 Oeztuerk</AddtlInf></StsRsnInf></TxInfAndSts></OrgnlPmtInfAndSts></CstmrPmtStsRpt></Document>"""


@pytest.fixture(scope="module")
def paid(office: Any) -> Any:
    """Das kleine Amt mit abgeschlossenem Oktober, einer Kasse und noch ohne Arbeitgeberkonto."""
    tenant = office.tenants["kreis"].id
    with platform_session(actor="test") as session:
        office.users["kurt"] = create_user(session, "kurt", "Kurt Kasse", demonstration=True)
        give_mandate(session, tenant, office.users["kurt"], "treasury", date(2020, 1, 1))
    with tenant_session(tenant, actor="klara") as session:
        shown = str(runs.calculate(session, MONTH, key="zahlungen").ergebnis_hash)
        for finding, *_ in findings(session, MONTH):
            if finding.stufe == "fehler":
                runs.acknowledge(session, finding.public_id, begruendung="unvollständig")
        runs.check(session, MONTH, ergebnis_hash=shown)
    for actor, step in (("hugo", runs.release), ("mia", runs.release_municipality), ("klara", runs.close)):
        with tenant_session(tenant, actor=actor) as session:
            step(session, MONTH, ergebnis_hash=shown)
    return office


def post(client: Any, page: str, path: str, **data: Any) -> Any:
    shown = client.get(page)
    token = re.search(r'name="csrf_token" value="([^"]+)"', shown.text)
    assert shown.status_code == 200, page
    assert token is not None, page
    return client.post(path, data={"csrf_token": token[1], **data}, follow_redirects=False)


def test_whole_way_through_the_pages(paid: Any) -> None:
    home, klara, kurt = paid.address("kreis", "/zahlungen"), paid.client("klara"), paid.client("kurt")
    month = {"monat": "2026-10"}
    refused = post(klara, home, f"{home}/auftrag", **month)
    assert refused.status_code == 422
    assert "kein Arbeitgeberkonto erfasst" in refused.text
    wrong = post(klara, home, f"{home}/konto", iban=PAYER[:-1] + "1", inhaber="Kreis", gilt_ab="01.01.2026",
                 grund_konto="Eröffnung")
    assert (wrong.status_code, "IBAN ungültig" in wrong.text) == (422, True)
    given = {"iban": PAYER, "inhaber": "Kreis Beispiel", "gilt_ab": "01.01.2026", "grund_konto": "Eröffnung"}
    assert post(klara, home, f"{home}/konto", **given).status_code == 302
    account = _account(paid)
    assert post(klara, home, f"{home}/konto/{account}/bestaetigen").status_code == 403
    assert post(kurt, home, f"{home}/konto/{account}/bestaetigen").status_code == 302
    made = post(klara, home, f"{home}/auftrag", **month)
    assert made.status_code == 302
    page = klara.get(made.location).text
    assert "wartet auf Freigabe" in page
    assert PAYER not in page
    assert klara.get(f"{made.location}/datei.xml").status_code == 403
    assert "nur ein freigegebener" in kurt.get(f"{made.location}/datei.xml").text
    assert post(kurt, made.location, f"{made.location}/freigeben", pruefsumme="0" * 64).status_code == 422
    shown = re.search(r'name="pruefsumme" value="([0-9a-f]{64})"', kurt.get(made.location).text)
    assert shown is not None
    assert post(kurt, made.location, f"{made.location}/freigeben", pruefsumme=shown[1]).status_code == 302
    files = [kurt.get(f"{made.location}/datei.xml").data for _ in range(2)]
    assert files[0] == files[1]
    assert b"pain.001.001.09" in files[0]
    export = klara.get(f"{made.location}?format=csv")
    assert "kein Konto" in export.data.decode("utf-8-sig")
    # From a payment to the slip it pays: for who may read results, so for the auditor and not for the treasury.
    link = re.search(r'<a href="([^"]+suche=([^"&]+))">\2</a>', paid.client("rolf").get(made.location).text)
    assert link is not None
    results = paid.client("rolf").get(html.unescape(link[1]))
    assert (results.status_code, link[2] in results.text.partition("<tbody>")[2]) == (200, True)
    assert "suche=" not in kurt.get(made.location).text.partition("<tbody>")[2]


def test_answer_of_the_bank_and_tasks(paid: Any) -> None:
    home = paid.address("kreis", "/zahlungen/rueckmeldungen")
    klara, kurt = paid.client("klara"), paid.client("kurt")
    order, payment = _sent(paid)
    content = REPORT.format(msg=order.msg_id, name=payment.end_to_end_id, status="RVMC").encode()
    assert post(kurt, home, home).status_code == 422
    foreign = post(kurt, home, home, datei=(io.BytesIO(content.replace(order.msg_id.encode(), b"X")), "b.xml"))
    assert (foreign.status_code, "nicht" in foreign.text) == (422, True)
    assert post(kurt, home, home, datei=(io.BytesIO(content), "b.xml")).status_code == 302
    page = klara.get(home).text
    assert "Name der Bank: Kim Oeztuerk" in page
    found = re.search(r"/rueckmeldungen/([0-9a-f-]{36})/name", page)
    assert found is not None
    assert post(klara, home, f"{home}/{found[1]}/erledigen", grund=" ").status_code == 422
    assert post(klara, home, f"{home}/{found[1]}/name", grund="Ausweis").status_code == 302
    assert "Name der Bank übernommen. Ausweis" in klara.get(home).text


def test_what_was_paid_in_cash_is_recorded_and_confirmed_by_a_second_person(paid: Any) -> None:
    order, _payment = _sent(paid)
    home = paid.address("kreis", f"/zahlungen/{order.public_id}")
    klara, kurt = paid.client("klara"), paid.client("kurt")
    offered = r'name="zahlung" value="([0-9a-f-]{36})"'
    chosen = re.findall(offered, klara.get(home).text)
    assert chosen, "wer kein Konto hat, ist bar zu zahlen"
    given = {"zahlung": chosen[0], "tag_hand": "30.10.2026"}
    refused = post(klara, home, f"{home}/von-hand", **given, beleg_hand=" ")
    assert (refused.status_code, "den Beleg nennen" in refused.text) == (422, True)
    assert f'value="{chosen[0]}" checked' in refused.text
    for wrong in ({"zahlung": "x"}, {"zahlung": []}, {"tag_hand": "31.02.2026"}, {"tag_hand": "30.10.2090"}):
        sent = given | wrong | {"beleg_hand": "Quittung 17"}
        assert post(klara, home, f"{home}/von-hand", **sent).status_code == 422, wrong
    assert post(kurt, home, f"{home}/von-hand", **given, beleg_hand="Quittung 17").status_code == 403
    made = post(klara, home, f"{home}/von-hand", **given, beleg_hand="Quittung 17")
    assert made.status_code == 302
    assert chosen[0] not in re.findall(offered, klara.get(home).text)
    assert made.location in klara.get(home).text
    shown = re.search(r'name="pruefsumme" value="([0-9a-f]{64})"', kurt.get(made.location).text)
    assert shown is not None
    assert "bar oder von Hand gezahlt am 30.10.2026: Quittung 17" in kurt.get(made.location).text
    assert post(kurt, made.location, f"{made.location}/freigeben", pruefsumme=shown[1]).status_code == 302


def test_the_page_of_a_cash_order_asks_nobody_to_pay_and_another_clerk_takes_it_back(paid: Any) -> None:
    order, _payment = _sent(paid)
    with platform_session(actor="test") as session:
        paid.users["karla"] = create_user(session, "karla", "Karla Zwei", demonstration=True)
        give_mandate(session, paid.tenants["kreis"].id, paid.users["karla"], "clerk", date(2020, 1, 1))
    home = paid.address("kreis", f"/zahlungen/{order.public_id}")
    klara, karla, kurt = (paid.client(name) for name in ("klara", "karla", "kurt"))
    pay, none_left = "Bar oder von Hand zahlen;", "hier ist nichts mehr zu zahlen"
    before = klara.get(home).text
    opened = re.findall(r'name="zahlung" value="([0-9a-f-]{36})"', before)
    assert (pay in before, none_left in before) == (True, False)
    given = {"zahlung": opened, "tag_hand": "30.10.2026", "beleg_hand": "Quittung 18"}
    made = post(klara, home, f"{home}/von-hand", **given).location
    settled = kurt.get(home).text
    assert (pay in settled, none_left in settled) == (False, True)
    waiting = kurt.get(made).text
    assert ("1 Zahlung mit" if len(opened) == 1 else f"{len(opened)} Zahlungen mit") in waiting
    assert "als gezahlt bestätigen" in waiting
    assert (pay in waiting, "Datei herunterladen" in waiting) == (False, False)
    shown = re.search(r'name="pruefsumme" value="([0-9a-f]{64})"', waiting)
    assert shown is not None
    assert post(kurt, made, f"{made}/freigeben", pruefsumme=shown[1]).status_code == 302
    done = kurt.get(made).text
    assert "Dieser Auftrag hat keine Datei." in done, "die Freigabe verspricht keine Datei"
    for words in ("Die Kasse lädt die Datei herunter", "Übergabe an die Bank", "Nicht in der Datei", pay):
        assert words not in done, words
    assert "Gezahlt und bestätigt" in done
    assert 'data-label="Stand">gezahlt</td>' in done
    assert "gezahlt: <a" in kurt.get(home).text
    assert "grund_zurueck" not in klara.get(made).text
    refused = post(klara, home, f"{made}/zurueckziehen", grund_zurueck="Irrtum")
    assert (refused.status_code, "eine zweite Person" in refused.text) == (422, True)
    assert post(karla, made, f"{made}/zurueckziehen", grund_zurueck="Irrtum").status_code == 302
    assert "wieder offen" in karla.get(made).text
    assert re.findall(r'name="zahlung" value="([0-9a-f-]{36})"', klara.get(home).text) == opened


def test_the_treasury_starts_at_its_payments_and_others_stay_out(paid: Any) -> None:
    assert paid.client("kurt").get("/").location == "/zahlungen"
    assert "Kreis Beispiel" in paid.client("kurt").get("/zahlungen").text
    assert paid.client("mia").get(paid.address("kreis", "/zahlungen")).status_code == 403
    assert paid.client("klara").get(paid.address("fremd", "/zahlungen")).status_code == 404


@pytest.mark.browser
def test_pages_are_accessible(
    paid: Any, page: Page, serve: Callable[[Flask], str], accessible: Callable[[Page], None]
) -> None:
    order, payment = _sent(paid)
    with tenant_session(paid.tenants["kreis"].id, actor="kurt") as session:
        from payroll.filings.sepa import feedback

        for bank, status in (("B2", "RVNM"), ("B3", "RVMC")):  # the longest badge is that of RVMC
            content = REPORT.format(msg=order.msg_id, name=payment.end_to_end_id, status=status).replace("B1", bank)
            feedback.take(session, content.encode())
        cash = session.scalars(select(Zahlungsauftrag.public_id).where(
            Zahlungsauftrag.anzahl == 0, Zahlungsauftrag.zustand == "freigegeben")).one()
    base = serve(paid.app)
    for who in ("klara", "kurt"):
        page.context.clear_cookies()
        sign_in(page, base, paid.users[who])
        for path in ("", f"/{order.public_id}", f"/{cash}", "/rueckmeldungen"):
            answer = page.goto(base + paid.address("kreis", f"/zahlungen{path}"))
            assert answer is not None
            assert answer.status == 200, (who, path)
            accessible(page)
        page.goto(f"{base}/zahlungen")
        accessible(page)


FILED = "2026-10"


def test_journal_pages_book_filter_and_hand_over(paid: Any) -> None:
    home, klara, kurt = paid.address("kreis", "/buchungen"), paid.client("klara"), paid.client("kurt")
    assert post(klara, home, f"{home}/buchen", monat="2026-09").status_code == 422
    made = post(klara, home, f"{home}/buchen", monat=FILED)
    assert made.location.endswith(f"/buchungen/{FILED}")
    page = kurt.get(made.location).text
    assert "Verbindlichkeit Finanzamt" in page
    assert page.count(">gleich<") >= 3
    lines = kurt.get(f"{made.location}?konto=3791").text.split('id="zeilen"')[1].split("<tbody>")[1]
    assert "Sozialversicherung, Arbeitgeber" not in lines
    assert "Verbindlichkeit Finanzamt" in lines
    csv, extf = (post(kurt, made.location, f"{made.location}/datei", art=kind) for kind in ("csv", "extf"))
    assert (csv.status_code, extf.data[:11]) == (200, b'"EXTF";700;')
    assert post(klara, made.location, f"{made.location}/datei", art="csv").status_code == 403
    assert klara.get(f"{home}/2026-09").status_code == klara.get(f"{home}/quatsch").status_code == 404
    assert "3791;" in kurt.get(f"{made.location}?format=csv").data.decode("utf-8-sig")


def test_filings_are_made_released_handed_over_and_receipted(paid: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    home, klara, hugo = paid.address("kreis", "/meldungen"), paid.client("klara"), paid.client("hugo")
    with platform_session(actor="test") as session:
        row = session.scalars(select(Tenant).where(Tenant.id == paid.tenants["kreis"].id)).one()
        row.finanzamt, row.steuernummer = "Auenstedt", "133/8150/8159"
    assert post(klara, home, f"{home}/erstellen", monat=FILED, art="quatsch").status_code == 422
    assert post(klara, home, f"{home}/erstellen", monat=FILED, art="lsta").status_code == 302
    assert post(klara, home, f"{home}/erstellen", monat=FILED, art="beitragsnachweis").status_code == 302
    with tenant_session(paid.tenants["kreis"].id, actor="klara") as session:
        filing, due = session.execute(select(Meldung.public_id, Meldung.faellig).where(Meldung.art == "lsta")).one()
        funds = session.scalars(select(Meldung.public_id).where(Meldung.art == "beitragsnachweis")).all()

    def late(day: date) -> int:
        monkeypatch.setattr(filing_reading, "today", lambda: day)
        return str(klara.get(f"{home}?art=lsta").text).count("überfällig")

    assert (late(due), late(due + timedelta(days=1))) == (0, 1)
    refused = post(klara, home, f"{home}/beginn", art="lsta", ab="quatsch", grund="bisher von Hand")
    assert (refused.status_code, _ways_on(klara, refused.text, f"{home}/beginn")) == (422, {200})
    page = f"{home}/{filing}"
    assert "Summe der einzubehaltenden Lohnsteuer" in klara.get(page).text
    assert post(klara, page, f"{page}/datei.csv").status_code == 422
    for one in (filing, *funds):
        shown = re.search(r'name="pruefsumme" value="([0-9a-f]{64})"', hugo.get(f"{home}/{one}").text)
        assert shown is not None
        assert post(hugo, page, f"{home}/{one}/freigeben", pruefsumme=shown[1]).status_code == 302
    assert post(klara, page, f"{page}/quittung", quittung="et1").status_code == 422
    assert b"Kennzahl" not in post(klara, page, f"{page}/datei.csv").data
    assert post(klara, page, f"{page}/quittung", quittung="").status_code == 422
    assert post(klara, page, f"{page}/quittung", quittung="et4711", ergebnis="angenommen").status_code == 302
    assert "et4711" in klara.get(page).text
    assert late(due + timedelta(days=1)) == 0
    assert paid.client("kurt").get(home).status_code == 403


def test_a_gift_not_cancelled_leaves_a_list_that_can_be_sorted(paid: Any) -> None:
    home, klara = paid.address("kreis", "/meldungen/zuwendungen"), paid.client("klara")
    assert post(klara, home, home, anlass="Jubiläum", monat="2026-12", empfaenger="2", wert="80,00").status_code == 302
    (way,) = re.findall(r'action="([^"]+/aufheben)"', klara.get(home).text)
    refused = post(klara, home, way, grund=" ")
    assert (refused.status_code, _ways_on(klara, refused.text, way)) == (422, {200})


def _ways_on(client: Any, page: str, sent: str) -> set[int]:
    """Wie antwortet, wohin Spalten und Seiten einer nach dem Absenden gezeigten Liste führen."""
    ways = re.findall(r'href="([^"]*[?&]sortierung=[^"]*)"', page)
    assert ways
    return {client.get(urljoin(sent, html.unescape(one))).status_code for one in ways}


def test_levies_are_paid_from_released_filings(paid: Any) -> None:
    home, klara, kurt = paid.address("kreis", "/abgaben"), paid.client("klara"), paid.client("kurt")
    given = {"inhaber": "Finanzamt Auenstedt", "iban": NEW, "gilt_ab": "01.01.2026", "grund": "Bescheid"}
    assert post(klara, home, f"{home}/konto", empfaenger="", **given).status_code == 422
    assert post(klara, home, f"{home}/konto", empfaenger="Auenstedt", **given).status_code == 302
    with tenant_session(paid.tenants["kreis"].id, actor="klara") as session:
        konto = receiver_account.accounts(session)[0].row.public_id
    assert post(klara, home, f"{home}/konto/{konto}/bestaetigen").status_code == 403
    assert post(kurt, home, f"{home}/konto/{konto}/bestaetigen").status_code == 302
    made = post(klara, home, f"{home}/auftrag", was=f"{FILED}:steuer")
    assert made.status_code == 302
    assert "Finanzamt Auenstedt" in kurt.get(made.location).text
    assert post(klara, home, f"{home}/auftrag", was=f"{FILED}:steuer").status_code == 422


def test_older_levies_that_are_unpaid_are_counted_and_shown(paid: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Über das zuerst Gezeigte hinaus steht, wie viele es noch sind und wie viel zusammen; jede lässt sich wählen."""
    months = [date(2026 - number // 12, 12 - number % 12, 1) for number in range(40)]
    rows = [payments.Offen(one, "beitrag", one, 100_000, 1, 0) for one in months]
    monkeypatch.setattr(payments, "overview", lambda session: (rows, []))
    text = html.unescape(paid.client("klara").get(paid.address("kreis", "/abgaben")).text).replace("\u00a0", " ")
    first, older = text.split("<summary>Noch 4 ältere, zusammen 4.000,00 €</summary>")
    assert first.split('id="offen"')[1].count("<tr><th scope=\"row\">") == 36
    assert older.split("</details>")[0].count("<tr><th scope=\"row\">") == 4
    assert "September 2023" in older.split("</details>")[0]
    assert all(f'value="{one:%Y-%m}:beitrag"' in text for one in months)
    monkeypatch.setattr(payments, "overview", lambda session: (rows[:36], []))
    assert "ältere, zusammen" not in paid.client("klara").get(paid.address("kreis", "/abgaben")).text


def test_the_treasury_sees_the_sums_it_pays_from_and_no_report_about_people(paid: Any) -> None:
    """Wer Abgaben freigibt, hält sie gegen die Meldung; was Menschen nennt, bleibt ihm verschlossen."""
    kurt, home = paid.client("kurt"), paid.address("kreis", "/abgaben")
    with tenant_session(paid.tenants["kreis"].id, actor="klara") as session:
        row = session.scalars(select(Meldung).where(Meldung.art == "lsta")).one()
        taxes, name = row.public_id, row.kennung
        (made,) = speichern.store(session, [Entwurf("deuev", MONTH, MONTH, *deuev.RECIPIENT, date(2026, 12, 12))])
        people = made.meldung.public_id
        speichern.withdraw(session, people, reason="nur zum Ansehen")
    shown = kurt.get(home).text
    assert f"{home}/meldung/{taxes}" in shown
    assert f"{home}/meldung/{people}" not in shown
    assert f"{home}/meldung/{taxes}" not in kurt.get(f"{home}?suche=Krankenkasse").text
    page = kurt.get(f"{home}/meldung/{taxes}").text
    assert "Summe der einzubehaltenden Lohnsteuer" in page
    assert name in page
    assert kurt.get(f"{home}/meldung/{people}").status_code == 404
    for path in ("/meldungen", f"/meldungen/{taxes}"):
        assert kurt.get(paid.address("kreis", path)).status_code == 403
    assert "§ 41a Abs. 1 EStG" in kurt.get(paid.address("kreis", "/pflichten")).text


def test_statistics_without_names_can_be_looked_at(paid: Any) -> None:
    """Die Personalstandstatistik nennt niemanden (§ 6 FPStatG); ihre Seite muss ohne Namen auskommen."""
    june = date(2026, 6, 30)
    content = {"ordnungsnummer": "10001", "geburtsmonat": "1990-05", "geschlecht": "weiblich", "art": "tarif"}
    entry = Satz("10001|personalstand|2026", "personalstand", june, june, date(2026, 8, 31),
                 paid.people["Öztürk"].public_id, "10001", content)
    with tenant_session(paid.tenants["kreis"].id, actor="klara") as session:
        (made,) = speichern.store(session, [Entwurf("personalstand", june.replace(day=1), june.replace(day=1),
                                                    *personalstand.RECIPIENT, date(2026, 8, 31), saetze=(entry,))])
        statistics = made.meldung.public_id
    shown = paid.client("klara").get(paid.address("kreis", f"/meldungen/{statistics}"))
    assert shown.status_code == 200
    assert "10001" in shown.text
    assert "Öztürk" not in shown.text.partition('id="saetze"')[2]


def test_duties_calendar_and_its_file(paid: Any) -> None:
    klara, home = paid.client("klara"), paid.address("kreis", "/pflichten")
    assert "fünftletzten" not in klara.get(home).text
    assert "§ 41a Abs. 1 EStG" in klara.get(home).text
    file = klara.get(f"{home}/pflichten.ics")
    assert file.content_type.startswith("text/calendar")
    assert file.data.startswith(b"BEGIN:VCALENDAR\r\n")
    assert "Beiträge zahlen" in klara.get("/").text


def test_details_of_accident_insurance_are_entered_at_the_desk(paid: Any) -> None:
    klara, home = paid.client("klara"), paid.address("kreis", "/meldungen/unfallversicherung")
    assert "Noch keine Angaben" in klara.get(home).text
    given = {"traeger": "15027365", "unternehmernummer": "123456789012001", "gefahrtarifstelle": "21",
             "hoechstentgelt": "96.000,00", "ohne_entgelt": "nein", "gueltig_ab": "01.01.2026", "grund": "Bescheid"}
    wrong = post(klara, home, home, **given | {"traeger": "15027366"})
    assert (wrong.status_code, "Prüfziffer der Betriebsnummer" in wrong.text) == (422, True)
    assert post(paid.client("hugo"), home, home, **given).status_code == 403
    assert post(klara, home, home, **given | {"ohne_entgelt": "ja"}).status_code == 302
    shown = klara.get(home).text
    assert "96.000,00" in shown
    assert re.search(r'name="hoechstentgelt"[^>]*value="96000,00"', shown), "was gilt, steht im Formular"
    assert re.search(r'<option value="ja" selected', shown)


def test_a_subscribed_calendar_opens_by_its_secret_link_until_revoked(paid: Any) -> None:
    home, klara = paid.address("kreis", "/pflichten"), paid.client("klara")
    shown = post(klara, home, f"{home}/abo").text
    link = re.search(r"/kalender/krl_[0-9a-f]{32}_[A-Za-z0-9_-]{43}/pflichten.ics", shown)
    assert link is not None
    assert link[0] not in klara.get(home).text
    nobody = paid.app.test_client()
    calendar = Calendar.from_ical(nobody.get(link[0]).data)
    assert any("Lohnsteuer anmelden" in str(one["SUMMARY"]) for one in calendar.walk("VEVENT"))
    bearer = {"Authorization": f"Bearer {link[0].split('/')[2]}"}
    assert nobody.get("/api/v1/stellen", headers=bearer).status_code == 403
    assert nobody.get(link[0].replace("krl_", "krl_0", 1)).status_code == 404
    access = re.search(r"/abo/([0-9a-f-]{36})/widerruf", klara.get(home).text)
    assert access is not None
    assert post(paid.client("hugo"), home, f"{home}/abo/{access[1]}/widerruf").status_code == 404
    assert post(klara, home, f"{home}/abo/{access[1]}/widerruf").status_code == 302
    assert nobody.get(link[0]).status_code == 404
    assert nobody.get(link[0]).status_code == 404
    with tenant_session(paid.tenants["kreis"].id, actor="test") as session:
        refused = session.scalars(select(AuditEntry).where(AuditEntry.action == service.DENIED,
                                                           AuditEntry.actor == service.ACTOR)).all()
    assert [(one.subject, one.details["status"], one.details["bereich"]) for one in refused] == [
        (f"zugang:{access[1]}", 404, "pflichten.lesen")], "einmal je Minute"


def test_the_secret_link_bears_the_servers_own_name(paid: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(own_name, "host", lambda: "lohn.kreis.example")
    home = paid.address("kreis", "/pflichten")
    assert "://lohn.kreis.example/kalender/krl_" in post(paid.client("klara"), home, f"{home}/abo").text


def test_any_account_name_gets_a_link(paid: Any) -> None:
    with platform_session(actor="test") as session:
        paid.users["odd"] = create_user(session, "ina+lohn@kreis.example", "Ina I.", demonstration=True)
        give_mandate(session, paid.tenants["kreis"].id, paid.users["odd"], "clerk", date(2020, 1, 1))
    home = paid.address("kreis", "/pflichten")
    assert "/kalender/krl_" in post(paid.client("odd"), home, f"{home}/abo").text


def test_a_wider_access_does_not_belong_into_an_address(paid: Any) -> None:
    with tenant_session(paid.tenants["kreis"].id, actor="klara") as session:
        _row, token = service.issue(session, "Zuviel", ("pflichten.lesen", "stellen.lesen"), date(2026, 12, 31),
                                    today=date(2026, 11, 25), rights=permissions_of(["clerk"]))
    assert paid.app.test_client().get(f"/kalender/{token}/pflichten.ics").status_code == 404


def test_year_end_list_wage_account_and_provisions(paid: Any) -> None:
    home, klara, kurt = paid.address("kreis", "/jahresende"), paid.client("klara"), paid.client("kurt")
    page = klara.get(f"{home}/2026").text
    assert "Monate abgeschlossen" in page
    for place in ("/abrechnung/2026-11", "/buchungen?jahr=2026", "/zahlungen?jahr=2026",
                  "/meldungen?jahr=2026&amp;art=lstb", "/meldungen?jahr=2026&amp;art=lsta"):
        assert f'href="{paid.address("kreis", place)}"' in page, place
    filings, payments = paid.address("kreis", "/meldungen"), paid.address("kreis", "/zahlungen")
    shown = klara.get(f"{filings}?jahr=2026&art=lsta").text
    assert 'value="lsta" selected' in shown
    assert {"Lohnsteuer-Anmeldung"} == set(re.findall(r'data-label="Art">([^<]+?) ?<', shown))
    assert "Keine Meldung." in klara.get(f"{filings}?jahr=2025").text
    assert "/zahlungen/" in klara.get(f"{payments}?jahr=2026").text
    assert "Kein Auftrag passt dazu." in klara.get(f"{payments}?jahr=2025").text
    assert "In diesem Jahr ist nichts gebucht." in klara.get(f"{paid.address('kreis', '/buchungen')}?jahr=2025").text
    assert klara.get(home).status_code == 200
    assert klara.get(f"{home}/1999").status_code == 404
    with tenant_session(paid.tenants["kreis"].id, actor="klara") as session:
        person = session.scalars(select(Zahlung.person_public_id)).first()
    account = paid.address("kreis", f"/personen/{person}/lohnkonto")
    assert klara.get(account).location.endswith("/lohnkonto/2026")
    assert "Gesamtbrutto" in klara.get(f"{account}/2026").text
    assert "Gesamtbrutto" in klara.get(f"{account}/2026?format=csv").data.decode("utf-8-sig")
    assert klara.get(f"{account}/2025?format=csv").status_code == 404
    assert kurt.get(f"{account}/2026").status_code == 403
    given = post(kurt, paid.address("kreis", "/buchungen"), f"{home}/2026/rueckstellungen")
    assert given.data.decode("utf-8-sig").startswith("Personalnummer;Art;")
    assert post(klara, home, f"{home}/2026/rueckstellungen").status_code == 403
    assert kurt.get(home).status_code == 403, "the treasury does not see the list: its button is beside the journals"
    assert f"{home}/2026/rueckstellungen" in kurt.get(paid.address("kreis", "/buchungen")).text
    assert "/rueckstellungen" not in klara.get(paid.address("kreis", "/buchungen")).text
    assert "holt die Kasse unter Buchungen" in page


@pytest.mark.browser
def test_pages_of_filings_and_postings_are_accessible(
    paid: Any, page: Page, serve: Callable[[Flask], str], accessible: Callable[[Page], None],
    printable: Callable[[Page], None],
) -> None:
    with tenant_session(paid.tenants["kreis"].id, actor="klara") as session:
        filing = session.scalars(select(Meldung.public_id).where(Meldung.art == "lsta")).one()
        person = session.scalars(select(Zahlung.person_public_id)).first()
    base = serve(paid.app)
    for who, paths in (("klara", ("/meldungen", f"/meldungen/{filing}", "/pflichten", "/abgaben", "/jahresende/2026",
                                  f"/personen/{person}/lohnkonto/2026")),
                       ("kurt", ("/abgaben", f"/abgaben/meldung/{filing}", "/pflichten", "/buchungen",
                                 f"/buchungen/{FILED}"))):
        page.context.clear_cookies()
        sign_in(page, base, paid.users[who])
        for path in paths:
            answer = page.goto(base + paid.address("kreis", path))
            assert answer is not None
            assert answer.status == 200, (who, path)
            accessible(page)
            printable(page)


WIDEST = """([kind, receiver, state]) => {
    const row = document.querySelector('section[aria-labelledby=liste] tbody tr');
    for (let at = 0; at < 60; at++) {
        const more = row.cloneNode(true), cells = more.querySelectorAll('td');
        cells[0].textContent = kind; cells[1].textContent = receiver;
        cells[2].querySelector('.kern-badge .kern-body, .kern-badge :last-child').textContent = state;
        cells[5].textContent = '1.234.567,89\u00a0€';
        row.after(more);
    }
}"""


@pytest.mark.browser
def test_a_long_list_of_filings_fits_on_paper(
    paid: Any, page: Page, serve: Callable[[Flask], str], printable: Callable[[Page], None],
) -> None:
    """Die längsten Worte jeder Spalte; gemessen wurde die Liste sonst mit zweien."""
    base = serve(paid.app)
    sign_in(page, base, paid.users["klara"])
    page.goto(base + paid.address("kreis", "/meldungen"))
    page.evaluate(WIDEST, [max(map(str, KINDS.values()), key=len), "Deutsche Rentenversicherung Knappschaft-Bahn-See",
                           max((str(words) for _, words in STATES.values()), key=len)])
    printable(page)


def _account(paid: Any) -> Any:
    with tenant_session(paid.tenants["kreis"].id, actor="klara") as session:
        return employer_account.accounts(session)[0].row.public_id


def _sent(paid: Any) -> tuple[Zahlungsauftrag, Zahlung]:
    """Der freigegebene Auftrag des ersten Tests."""
    with tenant_session(paid.tenants["kreis"].id, actor="klara") as session:
        order = session.scalars(select(Zahlungsauftrag).where(Zahlungsauftrag.art == "lauf")).one()
        return order, session.scalars(select(Zahlung).where(Zahlung.weg == "datei")).first()
