"""Der Schreibtisch: von der freien Stelle über Mitwirkung, Einschätzung und Entscheidung zur Absage."""

from __future__ import annotations

import io
import re
import sys
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import icalendar
import pypdf
import pytest
from playwright.sync_api import Browser
from sqlalchemy import select

sys.path.insert(0, str(Path(__file__).parent))

import hostile
import looking

import app as application
from jobportal import applications, board, postings, selection
from jobportal.models import Bewerbung
from payroll.masterdata import catalogue
from payroll.statements.privacy.finding import by_number
from payroll.statements.privacy.report import report
from payroll.web.desk.recruiting import pay_range
from staffplan import limits
from tenants import service
from tenants.db.session import platform_session, tenant_session
from tenants.models.access import OutboxMessage
from tenants.users.service import create_user, give_mandate, issue_one_time_link
from tenants.web.settings import Settings

TODAY, AFTER, LATE = date(2026, 11, 25), date(2027, 1, 4), date(2027, 1, 19)
ROLES = {"pia": "municipality", "dora": "department_head", "gesa": "equality", "peer": "staff_council",
         "sven": "disability", "karl": "clerk", "olaf": "department_head",
         "olga": "municipality"}  # fmt: skip
WHY = "Abschluss, Erfahrung und Gespräch zeigen die beste Eignung für die Aufgabe."


class Desk:
    """Ein Kreis mit Zugängen in jeder Rolle; der Tag lässt sich stellen."""

    def __init__(self, build_plan: Any) -> None:
        self.today = TODAY
        with platform_session(actor="test") as session:
            self.tenant = service.create_tenant(session, "001", "Kreis Beispiel", "kreis", demonstration=True,
                                                strasse="Am Markt 1", plz="49999", ort="Auenstedt")
            self.users = {login: create_user(session, login, login.title(), kind="staff", demonstration=True)
                          for login in ROLES}
        with tenant_session(self.tenant.id, actor="test") as session:
            catalogue.seed(session)
            build_plan(session)
            own, other = (limits.public_id(session, number) for number in ("50", "0.1"))
        with platform_session(actor="test") as session:
            for login, role in ROLES.items():
                unit = {"dora": own, "olaf": other}.get(login)
                give_mandate(session, self.tenant.id, self.users[login], role, date(2020, 1, 1), unit=unit)
        self.app = application.create_app(Settings(b"t" * 32, https=False, demonstration=True,
                                                   today=lambda: self.today))
        self.clients: dict[str, Any] = {}
        self.keys: dict[str, str] = {}
        self.links: dict[str, str] = {}

    def client(self, who: str) -> Any:
        if who not in self.clients:
            client = self.app.test_client()
            link = f"/anmelden/einmal/{issue_one_time_link(self.users[who])}"
            client.post(link, data={"csrf_token": self.key(client, link)})
            self.clients[who], self.keys[who] = client, self.key(client, "/sicherheit/kennwort")
        return self.clients[who]

    def key(self, client: Any, path: str) -> str:
        found = re.search(r'name="csrf_token" value="([^"]+)"', client.get(path).text)
        assert found is not None, path
        return found[1]

    def room(self, path: str = "") -> str:
        return f"/mandanten/{self.tenant.public_id}/stellenmarkt{path}"

    def get(self, who: str, path: str = "") -> Any:
        return self.client(who).get(self.room(path))

    def post(self, who: str, path: str, **data: Any) -> Any:
        client = self.client(who)
        return client.post(self.room(path), data={"csrf_token": self.keys[who], **data})


@pytest.fixture(scope="module")
def desk(fresh_database: Any, plan_builder: Any) -> Iterator[Desk]:
    """Der Schreibtisch in einer frischen Datenbank."""
    with fresh_database():
        board.forget()
        yield Desk(plan_builder)


@pytest.fixture(scope="module")
def posting(desk: Desk, complete: Any) -> str:
    """Eine Ausschreibung vom leeren Formular bis zum Aushang, nur über die Seiten."""
    made = desk.post("pia", "", kennziffer="2026-17", stelle="5001")
    assert made.status_code == 302, made.text
    address = made.location.removeprefix(desk.room())
    page = desk.get("pia", address).text
    assert 'value="Sachbearbeitung Wohngeld (m/w/d)"' in page
    assert 'name="entgelt_von" type="text" value="3' in page
    assert "Der letzte Tag der Bewerbung fehlt" in page
    form = {name: value for name, value in complete.as_json().items() if isinstance(value, str)} | {
        "frist": "31.12.2026", "beginn": "01.02.2027", "entgelt_von": "3680,41", "entgelt_bis": "5050,44",
        "teilzeit": "ja", "unterrepraesentiert": "ja", "breite": "52,1", "laenge": "7,6"}
    assert desk.post("pia", f"{address}/speichern", **form).status_code == 302
    assert desk.post("pia", f"{address}/vorlegen").status_code == 422
    desk.post("pia", f"{address}/profil", merkmale="Abschluss; 60; muss\nErfahrung; 40")
    assert desk.post("pia", f"{address}/vorlegen").status_code == 302
    return address


def agree(desk: Desk, address: str, about: str) -> None:
    for who, side in (("pia", "personal"), ("gesa", "gleichstellung"), ("peer", "personalrat"),
                      ("sven", "schwerbehinderung")):
        done = desk.post(who, f"{address}/mitwirken", wer=side, gegenstand=about, ergebnis="zugestimmt")
        assert done.status_code == 302, done.text


@pytest.fixture(scope="module")
def hung(desk: Desk, posting: str) -> str:
    """Mitwirkung und Veröffentlichung; jede Stelle tut nur ihren eigenen Schritt."""
    assert desk.post("gesa", f"{posting}/mitwirken", wer="personalrat", gegenstand="ausschreibung",
                     ergebnis="zugestimmt").status_code == 403
    agree(desk, posting, "ausschreibung")
    assert desk.post("pia", f"{posting}/veroeffentlichen", intern_ab="25.11.2026", extern_ab="25.11.2026"
                     ).status_code == 302
    public = desk.app.test_client().get(f"/stellen{posting}")
    assert public.status_code == 200
    assert "Sachbearbeitung Wohngeld" in public.text
    return posting


@pytest.fixture(scope="module")
def applied(desk: Desk, hung: str) -> dict[str, str]:
    """Drei Bewerbungen über die öffentliche Tür."""
    for first, anrede, disabled in (("Anna", "frau", ""), ("Ben", "herr", "ja"), ("Cora", "frau", "")):
        sent = desk.app.test_client().post(f"/stellen{hung}/bewerben", data={
            "vorname": first, "nachname": "Muster", "email": f"{first.lower()}@beispiel.example", "anrede": anrede,
            "schwerbehindert": disabled, "kenntnis": "ja", "was": "absenden",
            "unterlagen": (io.BytesIO(hostile.pdf_with_script()), f"{first}.pdf")}, content_type="multipart/form-data")
        assert sent.status_code == 303, sent.text
        desk.links[first] = sent.location
    with tenant_session(desk.tenant.id, actor="test") as session:
        rows = session.scalars(select(Bewerbung).order_by(Bewerbung.nummer)).all()
        return {applications.details(session, row).vorname: f"{hung}/bewerbungen/{row.public_id}" for row in rows}


def test_pay_range_comes_from_the_real_table(desk: Desk) -> None:
    with tenant_session(desk.tenant.id, actor="test") as session:
        low, high = pay_range(session, "E9b", TODAY) or (0, 0)
        assert pay_range(session, "A6", TODAY) is not None
    assert 300_000 < low < high < 600_000


def test_who_sees_what(desk: Desk, applied: dict[str, str], hung: str) -> None:
    assert desk.get("karl").status_code == 403
    for who in ("pia", "dora", "gesa", "peer"):
        page = desk.get(who, f"{hung}/auswahl").text
        assert "Anna Muster" in page
        assert ("schwerbehindert</span>" in page) is (who == "pia"), who
    assert desk.get("olaf", f"{hung}/auswahl").status_code == 404
    assert "2026-17" not in desk.get("olaf").text
    only = desk.get("sven", f"{hung}/auswahl").text
    assert "Ben Muster" in only
    assert "Anna Muster" not in only
    assert desk.get("sven", applied["Anna"]).status_code == 404
    assert "schwerbehindert" in desk.get("sven", applied["Ben"]).text
    assert desk.post("gesa", f"{applied['Anna']}/formal", was="formal").status_code == 403
    assert desk.post("gesa", f"{applied['Anna']}/einschaetzen").status_code == 403


def test_documents_are_shown_redrawn(desk: Desk, applied: dict[str, str]) -> None:
    page = desk.get("pia", applied["Anna"]).text
    assert "enthielt aktive Inhalte" in page
    found = re.search(r'href="([^"]+/unterlagen/[^"]+\.pdf)"', page)
    assert found is not None
    for _turn in range(2):
        shown = desk.client("pia").get(found[1])
        assert "sandbox" in shown.headers["Content-Security-Policy"]
        assert b"JavaScript" not in shown.data
        assert len(pypdf.PdfReader(io.BytesIO(shown.data)).pages) == 1
    assert desk.client("sven").get(found[1]).status_code == 404


def test_rating_starts_empty_and_wants_every_point(desk: Desk, applied: dict[str, str]) -> None:
    """Eine vorbelegte Zahl wäre eine Wertung, die niemand abgegeben hat."""
    page = desk.get("olga", applied["Cora"]).text
    assert page.count('<option value="" selected>') == 2
    assert page.count("<option") == 12
    refused = desk.post("olga", f"{applied['Cora']}/einschaetzen", punkte_1="", grund_1="gut", punkte_2="3",
                        grund_2="gut")
    assert (refused.status_code, "Abschluss: " in refused.text) == (422, True)
    assert '<option value="3" selected>' in refused.text


def test_from_rating_to_refusal(
    desk: Desk, applied: dict[str, str], hung: str, conforming: Callable[[bytes], None]
) -> None:
    for name, address in applied.items():
        assert desk.post("pia", f"{address}/formal", was="formal", ergebnis="").status_code == 302
        for who, points in (("pia", 3), ("dora", 4 if name == "Anna" else 2)):
            done = desk.post(who, f"{address}/einschaetzen", punkte_1=points, grund_1="gut", punkte_2=points,
                             grund_2="gut")
            assert done.status_code == 302, done.text
    assert "Bewerbung 2: schwerbehindert und nicht eingeladen" in desk.get("pia", f"{hung}/auswahl").text
    assert "nicht eingeladen" not in desk.get("peer", f"{hung}/auswahl").text
    for hour, address in enumerate(applied.values(), 9):
        done = desk.post("pia", f"{address}/einladen", tag="11.01.2027", uhrzeit=f"{hour}:00", minuten="45",
                         raum="Raum 1")
        assert done.status_code == 302, done.text
    busy = desk.post("pia", f"{applied['Anna']}/einladen", tag="11.01.2027", uhrzeit="9:15", minuten="45",
                     raum="Raum 1")
    assert busy.status_code == 422
    page = desk.get("dora", applied["Anna"]).text
    calendar = re.search(r'href="([^"]+termin\.ics)"', page)
    assert calendar is not None
    assert b"Muster" not in desk.client("dora").get(calendar[1]).data
    _own_interview(desk)
    _decide(desk, applied, hung, conforming)


def _own_interview(desk: Desk) -> None:
    """Die Person sieht, wann und wo, und nimmt den Termin mit; der Termin anderer ist unter ihrem Link nicht da."""
    own, other = (desk.app.test_client().get(desk.links[name]).text for name in ("Anna", "Ben"))
    assert ("Ihr Gespräch" in own, "11.01.2027, 09:00" in own, "Raum 1" in own) == (True, True, True)
    links = [re.findall(r'href="([^"]+/termin\.ics)"', page)[0] for page in (own, other)]
    event = icalendar.Calendar.from_ical(desk.app.test_client().get(links[0]).data).walk("VEVENT")[0]
    assert (str(event["LOCATION"]), event["DTSTART"].dt.isoformat()) == ("Raum 1", "2027-01-11T08:00:00+00:00")
    foreign = f"{desk.links['Anna']}/gespraeche/{links[1].split('/')[-2]}/termin.ics"
    assert desk.app.test_client().get(foreign).status_code == 404


def _decide(desk: Desk, applied: dict[str, str], hung: str, conforming: Callable[[bytes], None]) -> None:
    chosen = applied["Anna"].rpartition("/")[2]
    assert desk.post("pia", f"{hung}/auswahl/vorschlagen", bewerbung=chosen, begruendung=WHY).status_code == 422
    desk.today = AFTER
    assert desk.post("pia", f"{hung}/auswahl/vorschlagen", bewerbung=chosen, begruendung=WHY).status_code == 302
    assert desk.post("dora", f"{hung}/auswahl/entscheiden").status_code == 422
    agree(desk, hung, "auswahl")
    assert desk.post("pia", f"{hung}/auswahl/entscheiden").status_code == 403
    assert desk.post("dora", f"{hung}/auswahl/entscheiden").status_code == 302
    made = desk.get("dora", f"{hung}/auswahl/vermerk.pdf").data
    conforming(made)
    memo = pypdf.PdfReader(io.BytesIO(made))
    text = " ".join("".join(page.extract_text() for page in memo.pages).split())
    assert "Art. 33 Abs. 2 GG" in text
    assert "Anna Muster" in text
    assert desk.get("sven", f"{hung}/auswahl/vermerk.pdf").status_code == 404
    assert desk.post("pia", f"{hung}/auswahl/absagen").status_code == 422
    desk.today = LATE
    assert desk.post("pia", f"{hung}/auswahl/absagen").status_code == 302
    with platform_session(actor="test") as session:
        sent = session.execute(select(OutboxMessage.occasion, OutboxMessage.recipient)).all()
    assert sorted(row.recipient for row in sent if row.occasion == "bewerbung_absage") == [
        "ben@beispiel.example", "cora@beispiel.example"]
    assert sum(row.occasion == "bewerbung_einladung" for row in sent) == 3
    desk.today = TODAY


def test_offer_and_hire_on_both_sides(desk: Desk, applied: dict[str, str], hung: str, browser: Browser) -> None:
    desk.today = LATE
    room, link = f"{applied['Anna']}/einstellung", f"{desk.links['Anna']}/angebot"
    person = desk.app.test_client()
    assert person.get(link).status_code == 302
    offer = {"ab": "01.02.2027", "gruppe": "E9b", "stufe": "2", "stufe_grund": "ein Jahr Erfahrung anerkannt",
             "wochenstunden": "39", "vollzeitstunden": "39", "probezeit_bis": "31.07.2027",
             "zv_kasse": "rzvk"}
    assert desk.post("pia", f"{room}/anbieten", **offer | {"stufe_grund": ""}).status_code == 422
    assert desk.post("pia", f"{room}/anbieten", **offer).status_code == 302
    assert "Zu Ihrem Angebot" in person.get(desk.links["Anna"]).text
    assert person.post(link, data={"was": "annehmen"}).status_code == 303
    assert person.post(link, data={"was": "annehmen"}).status_code == 409
    facts = {"geburtsdatum": "12.05.1990", "strasse": "Ahornweg 3", "plz": "49999", "ort": "Auenstedt",
             "steuer_id": "86095742719", "steuerklasse": "1", "konfession": "keine", "krankenkasse": "TK",
             "kv_art": "gesetzlich", "kinder": "nein", "iban": "DE02120300000000202051"}
    with looking.served(desk.app) as base, looking.opened(browser, base, person) as page:
        page.goto(base + link)
        looking.check(page)
        page.get_by_role("button", name="Angaben verschlüsselt schicken").click()
        looking.check(page)
    wrong = person.post(link, data=facts | {"iban": "DE00"})
    assert wrong.status_code == 422
    assert 'id="iban-error"' in wrong.text
    assert person.post(link, data=facts).status_code == 303
    assert "86095742719" not in desk.get("pia", room).text
    assert desk.post("pia", f"{room}/vollziehen").status_code == 422
    assert desk.post("pia", f"{room}/vollziehen", personalnummer="4711").status_code == 302
    with tenant_session(desk.tenant.id, actor="test") as session:  # what a person may ask for
        told = report(session, by_number(session, "4711"), reason="Antrag")["daten"]
    assert told["bewerbung"][0]["angaben"]["vorname"] == "Anna"
    assert told["einstellung"][0]["personalnummer"] == "4711"
    assert told["bewerbung_verlauf"]
    assert "geheim" not in told["bewerbung"][0]
    assert desk.post("pia", f"{room}/erledigt", was="zugang").status_code == 302
    assert "Eingestellt" in person.get(desk.links["Anna"]).text
    assert person.post(f"{desk.links['Anna']}/zurueckziehen", data={"sicher": "ja"}).status_code == 409
    desk.today = TODAY


def test_clock_and_settings(desk: Desk, applied: dict[str, str], hung: str) -> None:
    assert "bewerbung" in desk.get("pia", "/uhr").text.lower()
    desk.post("pia", f"{applied['Cora']}/halten", grund="Klage")
    assert "aufgehalten: Klage" in desk.get("pia", applied["Cora"]).text
    page = desk.get("pia", "/einstellungen").text
    fields = dict(re.findall(r'<input[^>]+name="(\w+)"[^>]*value="([^"]*)"', page))
    texts = dict(re.findall(r'<textarea[^>]+name="(\w+)"[^>]*>([^<]*)<', page))
    form = fields | texts | {"farbe": "rot", "grund": "Wappen", "csrf_token": desk.keys["pia"]}
    done = desk.client("pia").post(desk.room("/einstellungen"), data=form | {"loeschen_monate": "3"})
    assert done.status_code == 422
    assert "erlaubt ist 5 bis 12" in done.text
    assert desk.client("pia").post(desk.room("/einstellungen"), data=form).status_code == 302
    answer = desk.get("pia", f"{applied['Cora']}/auskunft.zip")
    assert answer.data.startswith(b"PK")
    assert desk.post("pia", "/uhr/loeschen").status_code == 302


def test_withdrawing_tells_everybody(desk: Desk, hang_out: Any) -> None:
    with tenant_session(desk.tenant.id, actor="pia") as session:
        key = hang_out(session, "2026-50").public_id
        row, _ = applications.start(session, key, "en", TODAY)
        applications.store(session, row, applications.Angaben("Zoe", "Zwei", "zoe@beispiel.example"),
                           schwerbehindert=False)
        applications.submit(session, row, TODAY, fassung="1", pool=False)
    board.forget()
    assert desk.post("pia", f"/{key}/zurueckziehen", grund="Haushaltssperre").status_code == 302
    with platform_session(actor="test") as session:
        (mail,) = [row for row in session.scalars(select(OutboxMessage)) if row.recipient == "zoe@beispiel.example"]
    assert mail.subject == "Vacancy closed: Sachbearbeitung Wohngeld (m/w/d)"
    with tenant_session(desk.tenant.id, actor="pia") as session:
        found = postings.find(session, key)
        assert found is not None
        assert [one.zustand for one in selection.all_of(session, found)] == ["absage"]


def test_every_page_of_the_desk_in_the_browser(
    desk: Desk, applied: dict[str, str], hung: str, browser: Browser
) -> None:
    person = applied["Cora"]
    with looking.served(desk.app) as base, looking.opened(browser, base, desk.client("pia")) as page:
        hire = f"{applied['Anna']}/einstellung"
        for path in ("", hung, f"{hung}/vorschau", f"{hung}/auswahl", person, hire, "/uhr", "/einstellungen"):
            answer = page.goto(base + desk.room(path))
            assert answer is not None
            assert answer.status == 200, path
            looking.check(page)
