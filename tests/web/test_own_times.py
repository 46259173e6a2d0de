"""Eigene Zeiten und Abwesenheit: Portal, Terminal, Schreibtisch, Kalender; jede Seite auch im Browser."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from playwright.sync_api import Page
from sqlalchemy import select

from payroll.masterdata.models import Beschaeftigung, Fehlzeit
from tenants.audit.models import AuditEntry
from tenants.db.session import platform_session, tenant_session
from tenants.models import User
from tests.web.arriving import sign_in
from timekeeping.handover.models import ZeitBezug
from timekeeping.leave.models import Abwesenheit
from timekeeping.own.models import ZeitStempel

OWN, LEAVE = "/zeiten/erfassung", "/zeiten/abwesenheit"
WEEK = {f"w0-{day}": "7:48" for day in ("mo", "di", "mi", "do", "fr")}
RULE = {"art": "gleitend", "pausen": "gesetzlich", "kappung": "monat", "bereich": "verwaltung",
        "schichtarbeit": "keine", "plus_grenze": "20:00", "minus_grenze": "10:00", "saldo_anfang": "2:00",
        "ab": "01.10.2026", "grund": "Dienstvereinbarung"}


def post(client: Any, path: str, where: str | None = None, **data: Any) -> Any:
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get(where or path).text)
    assert found is not None, where or path
    return client.post(path, data={"csrf_token": found[1], **data})


def portal(office: Any, part: str = "zeiten") -> str:
    return f"/portal/{part}/{office.tenants['kreis'].public_id}"


def session_of(office: Any, actor: str = "test") -> Any:
    return tenant_session(office.tenants["kreis"].id, actor=actor)


def job_of(office: Any, number: str = "10001") -> Beschaeftigung:
    with session_of(office) as session:
        return session.scalars(select(Beschaeftigung).filter_by(personalnummer=number)).one()


@pytest.fixture(scope="module")
def ruled(office: Any) -> Any:
    """Die Arbeitszeit von 10001, am Schreibtisch festgelegt; zwei gestempelte Tage."""
    where = office.address("kreis", f"{OWN}/{job_of(office).public_id}")
    answer = post(office.client("klara"), f"{where}/arbeitszeit", where, **RULE, **WEEK)
    assert answer.status_code == 302, re.sub("<[^>]+>", " ", answer.text)
    with session_of(office, "ada") as session:
        for day, come, go in ((2, 6, 15), (5, 7, 19)):  # UTC: 8 to 17 and 9 to 21 o'clock CEST
            for direction, hour in (("kommen", come), ("gehen", go)):
                session.add(ZeitStempel(beschaeftigung_id=job_of(office).id, richtung=direction, quelle="portal",
                                        zeitpunkt=datetime(2026, 10, day, hour, 0, 30, tzinfo=UTC), erfasst_von="ada"))
    return office


def test_1_account_counts_plan_work_breaks_and_limits(ruled: Any) -> None:
    page = ruled.client("ada").get(f"{portal(ruled)}?monat=2026-10").text
    rows = {row[0]: row[1:] for row in re.findall(
        r'kl-nowrap">(\d\d\.10\.2026)</th>.*?Soll" class="kl-number">([^<]*)</td>.*?>([^<]*)</td>.*?>([^<]*)</td>',
        page, re.S)}
    # 2 hours to begin with; 1 October without work: -7:48; 8 to 17 with 30 minutes of section 4 ArbZG: 8:30.
    assert rows["01.10.2026"] == ("7:48", "0:00", "−5:48")
    assert rows["02.10.2026"] == ("7:48", "8:30", "−5:06")
    assert rows["05.10.2026"] == ("7:48", "11:15", "−1:39")
    assert "Pause 30 Min." in page


def test_2_come_and_go_on_the_phone_and_at_the_terminal(ruled: Any) -> None:
    client = ruled.client("ada")
    assert client.get("/portal/zeiten").location == portal(ruled)
    assert "Sie sind nicht da" in client.get(portal(ruled)).text
    for _twice in range(2):
        assert post(client, f"{portal(ruled)}/stempeln", portal(ruled), was="kommen").status_code == 302
    assert "Sie sind da seit" in client.get(portal(ruled)).text
    answer = post(client, f"{portal(ruled)}/terminal", was="gehen")
    assert answer.location == "/anmelden"
    assert client.get(portal(ruled)).status_code == 302  # signed out
    with session_of(ruled) as session:
        found = session.scalars(select(ZeitStempel).where(ZeitStempel.zeitpunkt > datetime(2026, 11, 1, tzinfo=UTC))
                                .order_by(ZeitStempel.id)).all()
        assert [(one.richtung, one.quelle, one.erfasst_von) for one in found] == [
            ("kommen", "portal", "ada"), ("gehen", "terminal", "ada")]
    bad = post(ruled.client("ada"), f"{portal(ruled)}/stempeln", portal(ruled), was="schlafen")
    assert bad.status_code == 422


def test_3_correction_is_asked_for_and_decided_by_a_second_person(ruled: Any) -> None:
    ada = ruled.client("ada")
    form = {"tag": "05.10.2026", "von-0": "7:00", "bis-0": "12:00", "von-1": "13:00", "bis-1": "16:00",
            "grund": "Gehen vergessen"}
    wrong = post(ada, f"{portal(ruled)}/korrektur", portal(ruled), **(form | {"bis-0": "14:00"}))
    assert "überschneiden sich" in wrong.text
    assert post(ada, f"{portal(ruled)}/korrektur", portal(ruled), **form).status_code == 302
    assert "schon eine Korrektur beantragt" in post(ada, f"{portal(ruled)}/korrektur", portal(ruled), **form).text
    where = ruled.address("kreis", OWN)
    hugo = ruled.client("hugo")
    page = hugo.get(where).text
    key = re.search(r'name="kennung" value="([^"]+)"', page)
    assert key is not None
    assert "Gehen vergessen" in page
    assert post(ruled.client("klara"), f"{where}/korrektur", where, kennung=key[1], was="genehmigen").status_code == 403
    assert "Der Grund fehlt" in post(hugo, f"{where}/korrektur", where, kennung=key[1], was="ablehnen").text
    assert post(hugo, f"{where}/korrektur", where, kennung=key[1], was="genehmigen").status_code == 302
    page = ada.get(f"{portal(ruled)}?monat=2026-10").text
    assert "07:00–12:00" in page
    assert "berichtigt" in page
    assert "09:00–21:00" not in page


def test_4_ordered_hours_on_call_and_shift_reach_payroll(ruled: Any) -> None:
    where, hugo = ruled.address("kreis", OWN), ruled.client("hugo")
    base = {"personalnummer": "10001", "grund": "Haushalt"}
    assert post(hugo, f"{where}/auftrag", where, art="anordnung", tag="02.10.2026", von="16:00", bis="17:00",
                **base).status_code == 302
    outside = post(hugo, f"{where}/auftrag", where, art="einsatz_telefonisch", tag="10.10.2026", von="10:00",
                   bis="10:20", **base)
    assert "liegt in keiner Rufbereitschaft" in outside.text
    assert post(hugo, f"{where}/auftrag", where, art="rufbereitschaft", tag="09.10.2026", von="15:00",
                bis_tag="12.10.2026", bis="7:00", **base).status_code == 302
    assert post(hugo, f"{where}/auftrag", where, art="einsatz_ausserhalb", tag="11.10.2026", von="10:00", bis="12:00",
                **base).status_code == 302
    month = ruled.address("kreis", "/zeiten/monate/2026-10")
    person = ruled.client("klara").get(f"{month}/{job_of(ruled).public_id}").text
    for number in ("1300", "1207", "1303", "1304", "1306", "1307", "1201"):
        assert re.search(rf'scope="row">{number} ', person), number
    assert post(hugo, f"{month}/abschliessen", month).status_code == 302
    with session_of(ruled) as session:
        found = {row.lohnart: row.menge for row in session.scalars(select(ZeitBezug).where(
            ZeitBezug.superseded_at.is_(None), ZeitBezug.beschaeftigung_id == job_of(ruled).id))}
    # One hour of overtime; Friday 1 x, Saturday and Sunday 2 x; a call-out of two hours, Sunday premium by the minute.
    assert found == {1300: 60, 1207: 60, 1303: 1, 1304: 2, 1306: 120, 1307: 120, 1201: 120}
    # After closing it is a supplement: the call-out was shorter.
    page = hugo.get(where).text
    key = re.findall(r'name="kennung" value="([^"]+)"', page)[-1]  # the one that begins last
    assert post(hugo, f"{where}/auftrag-zuruecknehmen", where, kennung=key, grund="Irrtum").status_code == 302
    with session_of(ruled) as session:
        left = {row.lohnart for row in session.scalars(select(ZeitBezug).where(
            ZeitBezug.superseded_at.is_(None), ZeitBezug.beschaeftigung_id == job_of(ruled).id))}
    assert left == {1300, 1207, 1303, 1304}


def test_5_leave_is_asked_for_balanced_and_approved(ruled: Any) -> None:
    ada = ruled.client("ada")
    page = ada.get(portal(ruled, "abwesenheit")).text
    assert re.search(r"noch frei</dt><dd>30</dd>", page)
    asked = {"art": "urlaub", "von": "21.12.2026", "bis": "31.12.2026", "bemerkung": "Reise"}
    assert post(ada, f"{portal(ruled, 'abwesenheit')}/antrag", portal(ruled, "abwesenheit"), **asked).status_code == 302
    twice = post(ada, f"{portal(ruled, 'abwesenheit')}/antrag", portal(ruled, "abwesenheit"), **asked)
    assert "ist schon Erholungsurlaub eingetragen" in twice.text
    # 21 to 23 and 28 to 30 December: 24 and 31 are free (section 6 TVöD), 25 and 26 holidays.
    assert re.search(r"noch frei</dt><dd>24</dd>", ada.get(portal(ruled, "abwesenheit")).text)
    where, hugo = ruled.address("kreis", LEAVE), ruled.client("hugo")
    page = hugo.get(where).text
    key = re.search(r'name="kennung" value="([^"]+)"', page)
    assert key is not None
    assert "Noch frei nach diesem Antrag: 24 Tage." in page
    klara = ruled.client("klara")
    assert post(klara, f"{where}/entscheiden", where, kennung=key[1], was="genehmigen").status_code == 403
    assert post(hugo, f"{where}/entscheiden", where, kennung=key[1], was="genehmigen").status_code == 302
    child = {"art": "kind_krank", "von": "22.12.2026", "bis": "22.12.2026", "kind_geboren_am": "01.05.2020"}
    refused = post(ada, f"{portal(ruled, 'abwesenheit')}/antrag", portal(ruled, "abwesenheit"), **child)
    assert "er bleibt Urlaub, wenn das Kind erkrankt" in refused.text  # section 9 BUrlG: one's own incapacity only
    with session_of(ruled) as session:  # known to payroll for its daily average (section 21 TVöD)
        fact = session.scalars(select(Fehlzeit).filter_by(beschaeftigung_id=job_of(ruled).id, superseded_at=None)).one()
        assert (fact.art, fact.valid_from, fact.valid_to) == ("urlaub", date(2026, 12, 21), date(2026, 12, 31))
    team = hugo.get(f"{where}/kalender?monat=2026-12").text
    assert team.count(">U</abbr>") == 6  # the days that cost leave
    table = hugo.get(f"{where}/konten?jahr=2026&format=csv").get_data().decode("utf-8-sig").splitlines()
    assert table[0].startswith("Personalnummer;Name;Anspruch")
    assert any(line.startswith("10001;Öztürk, Kim;30;0;0;6;0;24") for line in table)


def test_6_the_employer_warns_and_the_portal_says_so(ruled: Any) -> None:
    where = ruled.address("kreis", f"{LEAVE}/konten")
    klara = ruled.client("klara")
    assert "Bitte nehmen Sie Ihren Urlaub" not in ruled.client("ada").get(portal(ruled, "abwesenheit")).text
    assert post(klara, f"{where}/hinweis", where, jahr="2026").status_code == 302
    page = ruled.client("ada").get(portal(ruled, "abwesenheit")).text
    assert "Bitte nehmen Sie Ihren Urlaub" in page
    assert "bis zum 31.12.2026 nicht antreten, verfällt" in page
    assert post(klara, f"{where}/angaben", where, jahr="2026", personalnummer="10001", uebertrag="3,5",
                vorher_genommen="0", hinweis_am="25.11.2026", uebertragung="", verhinderung="",
                grund="Altsystem").status_code == 302
    assert "Aus dem Vorjahr</dt><dd>3,5 Tage" in ruled.client("ada").get(portal(ruled, "abwesenheit")).text


def test_7_sickness_becomes_an_absence_of_payroll_and_asks_for_the_certificate(ruled: Any) -> None:
    ada, where, hugo = ruled.client("ada"), ruled.address("kreis", LEAVE), ruled.client("hugo")
    base = {"art": "krank", "von": "28.12.2026", "bis": "31.12.2026", "au_seit": "28.12.2026", "au_bis": "30.12.2026"}
    assert post(ada, f"{portal(ruled, 'abwesenheit')}/antrag", portal(ruled, "abwesenheit"), **base).status_code == 302
    key = re.search(r'name="kennung" value="([^"]+)"', hugo.get(where).text)
    assert key is not None
    assert post(hugo, f"{where}/entscheiden", where, kennung=key[1], was="genehmigen").status_code == 302
    job = job_of(ruled)
    with session_of(ruled) as session:
        leave, fact = session.scalars(select(Fehlzeit).filter_by(beschaeftigung_id=job.id, superseded_at=None)
                                      .order_by(Fehlzeit.valid_from)).all()
        assert (leave.art, leave.valid_from, leave.valid_to) == ("urlaub", date(2026, 12, 21), date(2026, 12, 27))
        assert (fact.art, fact.valid_from, fact.valid_to) == ("krankheit", date(2026, 12, 28), date(2026, 12, 31))
        kept = session.scalars(select(Abwesenheit).filter_by(art="urlaub", zustand="genehmigt")
                               .order_by(Abwesenheit.von)).all()
        # Section 9 BUrlG: certified days are no leave; what lies around them stays.
        assert [(row.von.day, row.bis.day) for row in kept] == [(21, 27), (31, 31)]
    page = ruled.client("klara").get(f"{where}/krank").text
    assert "eAU anzufordern" in page
    table = ruled.client("klara").get(f"{where}/krank?format=csv").get_data().decode("utf-8-sig")
    assert "10001;Öztürk, Kim;01.05.1990;28.12.2026;31.12.2026;28.12.2026;30.12.2026;anzufordern" in table
    assert table.splitlines()[0].endswith("Stand;Versicherungsnummer;Krankenkasse;Betriebsnummer der Kasse")
    assert re.search(r"anzufordern;[^;]*;[^;\n]+;", table), "die Kasse, bei der abzurufen ist"
    assert hugo.get(f"{where}/krank").status_code == 200
    assert "format=csv" not in hugo.get(f"{where}/krank").text
    assert [hugo.get(f"{where}/krank?format={kind}").status_code for kind in ("csv", "xlsx")] == [403, 403]
    with session_of(ruled) as session:
        entries = session.scalars(select(AuditEntry).where(AuditEntry.action == "eau.ausgegeben")).all()
        assert [(one.actor, one.subject, one.details["zeilen"]) for one in entries] == [
            ("klara", f"person:{ruled.people['Öztürk'].public_id}", 1)]
    assert post(hugo, f"{where}/stornieren", where, kennung=key[1], grund="Irrtum").status_code == 302
    with session_of(ruled) as session:  # a sickness that was none: the leave beneath is leave again, for payroll too
        again = session.scalars(select(Fehlzeit).filter_by(beschaeftigung_id=job.id, superseded_at=None)).one()
        assert (again.art, again.valid_from, again.valid_to) == ("urlaub", date(2026, 12, 21), date(2026, 12, 31))
        kept = session.scalars(select(Abwesenheit).filter_by(art="urlaub", zustand="genehmigt")).one()
        assert (kept.von, kept.bis, kept.fehlzeit, kept.bemerkung) == (
            date(2026, 12, 21), date(2026, 12, 31), True, "Reise")


def test_8_calendar_by_secret_address_until_it_is_revoked(ruled: Any) -> None:
    ada, stranger = ruled.client("ada"), ruled.app.test_client()
    page = post(ada, f"{portal(ruled, 'abwesenheit')}/kalender", portal(ruled, "abwesenheit"), was="anlegen").text
    found = re.search(r'kl-secret">https?://[^/]+(/kalender/[^<]+\.ics)<', page)
    assert found is not None
    feed = stranger.get(found[1])
    assert feed.mimetype == "text/calendar"
    text = feed.get_data().decode()
    assert "DTSTART;VALUE=DATE:20261221\r\nDTEND;VALUE=DATE:20270101\r\nSUMMARY:Erholungsurlaub" in text
    assert "rank" not in text
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    other = found[1].replace(str(ruled.tenants["kreis"].public_id), str(ruled.tenants["fremd"].public_id))
    assert stranger.get(other).status_code == 404
    assert found[1] not in ada.get(portal(ruled, "abwesenheit")).text
    for last, status in ((date(2026, 11, 24), 404), (date(2026, 11, 25), 200), (None, 200)):  # today is the 25th
        with platform_session(actor="test") as session:
            session.get_one(User, ruled.users["ada"].id).last_day = last
        assert stranger.get(found[1]).status_code == status, "mit dem Zugang endet auch seine Adresse"
    post(ada, f"{portal(ruled, 'abwesenheit')}/kalender", portal(ruled, "abwesenheit"), was="widerrufen")
    assert stranger.get(found[1]).status_code == 404


def test_9_others_have_no_times_here(ruled: Any) -> None:
    stadt = f"/portal/zeiten/{ruled.tenants['stadt'].public_id}"
    assert ruled.client("ada").get(stadt).status_code == 404
    assert ruled.client("klara").get(portal(ruled)).status_code == 403
    other = job_of(ruled, "10002").public_id
    assert ruled.client("ada").get(f"{portal(ruled)}?stelle={other}").status_code == 404
    assert post(ruled.client("ada"), f"{portal(ruled)}/stempeln", portal(ruled), was="kommen",
                stelle=str(other)).status_code == 404


@pytest.mark.browser
def test_a_every_page_in_the_browser(ruled: Any, serve: Callable, page: Page, accessible: Callable,
                                     printable: Callable) -> None:
    address = serve(ruled.app)
    for name, paths in (
            ("hugo", [ruled.address("kreis", path) for path in (
                OWN, f"{OWN}/{job_of(ruled).public_id}?monat=2026-10", LEAVE, f"{LEAVE}/kalender?monat=2026-12",
                f"{LEAVE}/konten", f"{LEAVE}/krank")]),
            ("klara", [ruled.address("kreis", path) for path in (OWN, f"{OWN}/{job_of(ruled).public_id}", LEAVE)]),
            ("ada", [f"{portal(ruled)}?monat=2026-10", portal(ruled, "abwesenheit"), f"{portal(ruled)}/terminal"])):
        page.context.clear_cookies()
        sign_in(page, address, ruled.users[name])
        for path in paths:
            answer = page.goto(address + path)
            assert answer is not None
            assert answer.status == 200, path
            for summary in page.locator("summary").all():
                summary.click()
            accessible(page)
            printable(page)
