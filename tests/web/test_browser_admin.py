"""Verwaltung: anlegen, Mandate, Vertretung, Brief, Personalliste, Dienste; barrierefrei; nichts für sich selbst."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Page
from sqlalchemy import select

from tenants import employers
from tenants.audit.models import AuditEntry
from tenants.db.session import platform_session
from tenants.models.access import OutboxMessage
from tenants.models.tenant import Tenant
from tenants.models.user import User
from tenants.security import rotation
from tenants.users import service
from tenants.web import language
from tests.web.arriving import sign_in

LIST = "kennung;anmeldename;name;telefon;raum;mandate\nP1;anna.amt;Anna Amt;02591-1;A 101;{roles}\nP2;x;X;;;999:clerk\n"


@pytest.fixture(scope="module")
def admin(office: Any) -> User:
    with platform_session(actor="test") as session:
        office.users["vera"] = service.create_user(
            session, "vera", "Vera Verwaltung", platform_admin=True, demonstration=True
        )
        service.create_user(session, "nora", "Nora Neu", demonstration=True)
        return office.users["vera"]


def send(client: FlaskClient, page: str, action: str | None = None, **data: Any) -> Any:
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get(page).text)
    assert found is not None
    return client.post(action or page, data={"csrf_token": found[1], **data})


def page_of(login: str) -> str:
    with platform_session(actor="test") as session:
        return f"/verwaltung/zugaenge/{session.scalars(select(User.public_id).where(User.login == login)).one()}"


def roles(office: Any, login: str, day: date) -> dict[str, set[str]]:
    with platform_session(actor="test") as session:
        user = session.scalars(select(User).where(User.login == login)).one()
        return {held.number: set(held.roles) for held in service.mandates_on(user, day, session=session)}


@pytest.mark.usefixtures("admin")
def test_the_administration_is_for_administrators_and_sees_no_pay(office: Any) -> None:
    vera = office.client("vera")
    assert vera.get("/").location == "/verwaltung/zugaenge"
    for name in ("klara", "hugo", "ada"):
        client = office.client(name)
        for path in ("", "/neu"):
            assert client.get(f"/verwaltung/zugaenge{path}").status_code == 403
        assert client.get("/verwaltung/personalliste").status_code == 403
    for path in ("/personen", "/abrechnung", "/protokoll"):
        assert vera.get(office.address("kreis", path)).status_code == 404


@pytest.mark.usefixtures("admin")
def test_account_mandate_deputy_and_letter(office: Any) -> None:
    vera = office.client("vera")
    given = {"name": "Otto Ost", "anmeldename": "otto.ost", "email": "otto@kreis.example"}
    assert send(vera, "/verwaltung/zugaenge/neu", **given).status_code == 302
    assert send(vera, "/verwaltung/zugaenge/neu", **given).status_code == 422
    page, tenant = page_of("otto.ost"), str(office.tenants["kreis"].public_id)
    first = {"arbeitgeber": tenant, "rolle": "clerk", "von": "01.11.2026"}
    assert send(vera, page, f"{page}/mandate", **first).status_code == 302
    assert roles(office, "otto.ost", date(2026, 11, 25)) == {"0100": {"clerk"}}
    ending = re.search(r'action="(/verwaltung/zugaenge/[^"]+/mandate/[^"]+/ende)"', vera.get(page).text)
    assert ending is not None
    assert "den Grund angeben" in follow(vera, send(vera, page, ending[1], bis="30.11.2026", grund=""))
    deputy = page_of("klara").rpartition("/")[2]
    days = {"vertretung": deputy, "von": "26.11.2026", "bis": "27.11.2026", "grund": "Urlaub"}
    assert "Vertretung ist eingerichtet" in follow(vera, send(vera, page, f"{page}/vertretung", **days))
    assert "Urlaub" in vera.get("/verwaltung/vertretungen").text
    send(vera, page, ending[1], bis="30.11.2026", grund="Wechsel")
    assert roles(office, "otto.ost", date(2026, 12, 1)) == {}
    shown = send(vera, page, f"{page}/brief").text
    assert re.search(r"Einmalcode: ([A-Z0-9]{4}-){2}[A-Z0-9]{4}", shown)
    assert "Einmalcode" not in vera.get(page).text


def follow(client: FlaskClient, answer: Any) -> str:
    assert answer.status_code == 302
    return client.get(answer.location).text


@pytest.mark.usefixtures("admin")
def test_nobody_administers_the_own_account(office: Any) -> None:
    vera, page = office.client("vera"), page_of("vera")
    tenant = str(office.tenants["kreis"].public_id)
    actions = {
        "mandate": {"arbeitgeber": tenant, "rolle": "clerk", "von": "01.11.2026"},
        "brief": {"grund": "x"},
        "sperren": {"grund": "x"},
        "faktor": {"grund": "x"},
        "tage": {"grund": "x"},
    }
    for action, data in actions.items():
        words = follow(vera, send(vera, page, f"{page}/{action}", **data))
        assert "zweite Person" in words, action
    assert roles(office, "vera", date(2026, 11, 25)) == {}


@pytest.mark.usefixtures("admin")
def test_locking_and_days_work_at_once(office: Any) -> None:
    vera, page, mia = office.client("vera"), page_of("mia"), office.client("mia")
    assert mia.get("/sicherheit").status_code == 200
    send(vera, page, f"{page}/tage", letzter_tag="24.11.2026", grund="ausgeschieden")
    assert mia.get("/sicherheit").status_code == 302, "der letzte Tag war gestern"
    send(vera, page, f"{page}/tage", letzter_tag="", grund="Irrtum")
    assert mia.get("/sicherheit").status_code == 200
    send(vera, page, f"{page}/sperren", grund="Verdacht")
    assert mia.get("/sicherheit").status_code == 302
    assert "wieder offen" in follow(vera, send(vera, page, f"{page}/oeffnen", grund="geklärt"))


@pytest.mark.usefixtures("admin")
@pytest.mark.parametrize(("wrong", "field"), [
    ({"name": ""}, "name"), ({"email": "a@b,c@d"}, "email"), ({"erster_tag": "31.02.2026"}, "erster_tag"),
    ({"anmeldename": "x y"}, "anmeldename"), ({"phone": "1" * 200}, "phone"),
])
def test_what_is_wrong_stands_at_its_field(office: Any, wrong: dict[str, str], field: str) -> None:
    vera = office.client("vera")
    given = {"name": "Falsch Angelegt", "anmeldename": "falsch.angelegt", **wrong}
    answer = send(vera, "/verwaltung/zugaenge/neu", **given)
    assert answer.status_code == 422
    assert re.findall(r'class="kern-error" id="(\w+)-error"', answer.text) == [field]


@pytest.mark.usefixtures("admin")
def test_who_moves_gets_new_details_and_the_old_address_learns_it(office: Any) -> None:
    vera = office.client("vera")
    given = {"name": "Ida Alt", "anmeldename": "ida.alt", "email": "ida@kreis.example", "room": "A 1"}
    assert send(vera, "/verwaltung/zugaenge/neu", **given).status_code == 302
    page = page_of("ida.alt")
    new = {"name": "Ida Jung", "email": "neu@kreis.example", "room": "B 2", "phone": "4711"}
    assert "den Grund angeben" in follow(vera, send(vera, page, f"{page}/angaben", **new, grund=""))
    unfit = {**new, "email": "x", "grund": "y"}
    assert "keine einzelne Mail" in follow(vera, send(vera, page, f"{page}/angaben", **unfit))
    assert "Angaben sind gespeichert" in follow(vera, send(vera, page, f"{page}/angaben", **new, grund="Heirat, Umzug"))
    with platform_session(actor="test") as session:
        user = session.scalars(select(User).where(User.login == "ida.alt")).one()
        assert {name: getattr(user, name) for name in ("display_name", "email", "room", "phone")} == {
            "display_name": "Ida Jung", "email": "neu@kreis.example", "room": "B 2", "phone": "4711"}
        mail = session.scalars(select(OutboxMessage).where(OutboxMessage.user_id == user.id)).one()
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "user.contact",
                                                         AuditEntry.subject == str(user.public_id))).one()
        user.external_id = "P77"
    assert mail.recipient == "ida@kreis.example"
    assert (entry.reason, sorted(entry.details["fields"])) == (
        "Heirat, Umzug", ["display_name", "email", "phone", "room"])
    assert "Jung" not in str(entry.details), "die Werte stehen versiegelt da"
    assert "Angaben ändern" not in vera.get(page).text
    assert "führt die Personalliste" in follow(vera, send(vera, page, f"{page}/angaben", **new, grund="x"))


@pytest.mark.usefixtures("admin")
def test_two_accounts_of_one_person_are_pointed_out(office: Any) -> None:
    """Die Datenbank vergleicht Zugänge, nicht Menschen: wer zwei hätte, gäbe sich selbst frei."""
    vera = office.client("vera")
    given = (("ulf.a", "Ulf Amsel", ""), ("ulf.b", "AMSEL ULF", ""), ("u.c", "Uta Rabe", "u@k.example"),
             ("u.d", "Völlig Anders", "U@k.example"))
    for login, name, mail in given:
        assert send(vera, "/verwaltung/zugaenge/neu", name=name, anmeldename=login, email=mail).status_code == 302
    for login, other in (("ulf.a", "ulf.b"), ("ulf.b", "ulf.a"), ("u.c", "u.d"), ("u.d", "u.c")):
        shown = vera.get(page_of(login)).text
        assert f"Gleicher Name oder gleiche Mailadresse: {other}." in shown
    assert "Vielleicht derselbe Mensch" not in vera.get(page_of("nora")).text


@pytest.mark.usefixtures("admin")
def test_feed_is_shown_then_applied_and_exported(office: Any, tmp_path: Path) -> None:
    vera, file = office.client("vera"), tmp_path / "liste.csv"
    file.write_text(LIST.format(roles="0100:clerk"), encoding="utf-8")
    with file.open("rb") as content:
        shown = send(vera, "/verwaltung/personalliste", datei=(content, "liste.csv")).text
    assert "Mandanten 999 gibt es nicht" in shown
    fields = dict(re.findall(r'name="(zeichen|stand)" value="([^"]+)"', shown))
    action = "/verwaltung/personalliste/uebernehmen"
    changed = {**fields, "stand": "x"}
    assert send(office.client("vera"), "/verwaltung/personalliste", action, **changed).status_code == 409
    assert send(vera, "/verwaltung/personalliste", action, **fields).status_code == 302
    assert roles(office, "anna.amt", date(2026, 11, 25)) == {"0100": {"clerk"}}
    assert send(vera, "/verwaltung/personalliste", action, **fields).status_code == 409
    answer = vera.get("/verwaltung/personalliste/telefonliste.csv")
    assert "Anna Amt;;;A 101;02591-1;" in answer.get_data(as_text=True)
    assert vera.get("/verwaltung/personalliste/gehaltsliste.csv").status_code == 404
    assert send(vera, "/verwaltung/personalliste").status_code == 422
    with platform_session(actor="test") as session:
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "directory.export")).one()
    assert (entry.actor, entry.subject) == ("vera", "telefonliste")


@pytest.mark.usefixtures("admin")
def test_providers_are_saved_and_their_secret_is_never_shown(office: Any) -> None:
    vera = office.client("vera")
    given = {"name": "Amt", "aussteller": "https://an.example", "anwendung": "kl", "geheimnis": "streng-geheim-1"}
    page = "/verwaltung/dienste/neu"
    assert send(vera, page, **{**given, "aussteller": "http://an.example"}, regel="immer").status_code == 422
    tenant = str(office.tenants["stadt"].public_id)
    assert send(vera, page, **given, regel="immer", arbeitgeber=tenant, aktiv="1").status_code == 302
    edit = re.search(r'href="(/verwaltung/dienste/[0-9a-f-]{36})"', vera.get("/verwaltung/dienste").text)
    assert edit is not None
    shown = vera.get(edit[1]).text
    assert "streng-geheim-1" not in shown
    assert f'value="{tenant}" selected' in shown
    assert "/zurueck" in shown
    assert "Mit Amt anmelden" in office.app.test_client().get("/anmelden").text
    given["geheimnis"] = ""
    assert send(vera, edit[1], **given, regel="immer").status_code == 302
    assert "Mit Amt anmelden" not in office.app.test_client().get("/anmelden").text


@pytest.mark.usefixtures("admin")
def test_an_employer_is_created_and_gets_its_tax_number(office: Any) -> None:
    """So beginnt eine Übernahme; und was die Lohnsteuer-Anmeldung verlangt, lässt sich hier nachtragen."""
    vera, new, listed = office.client("vera"), "/verwaltung/arbeitgeber/neu", "/verwaltung/arbeitgeber"
    given = {"nummer": "260", "name": "Gemeinde Neuland", "kind": "gemeinde"}
    refused = send(vera, new, **given | {"nummer": "2/6", "kind": "dorf", "betriebsnummer": "12345678"})
    assert refused.status_code == 422
    assert all(f"{word}:" in refused.text for word in ("Nummer", "Art", "Betriebsnummer"))
    assert 'value="Gemeinde Neuland"' in refused.text, "Getipptes bleibt stehen"
    made = send(vera, new, **given)
    assert made.status_code == 302
    assert "Betriebsnummer, Finanzamt, Steuernummer" in vera.get(listed).text
    assert send(vera, new, **given).status_code == 422
    assert "noch nicht eingerichtet" not in vera.get(listed).text
    more = given | {"bundesland": "HE", "gezeigt_bundesland": "NW", "finanzamt": "Auenstedt",
                    "steuernummer": "133/8150/8159", "betriebsnummer": "15027365"}
    assert send(vera, made.location, **more).status_code == 422, "ohne Grund"
    assert send(vera, made.location, **more, grund="Bescheid").status_code == 302
    with platform_session(actor="test") as session:
        row = session.scalars(select(Tenant).where(Tenant.number == "260")).one()
        assert (row.steuernummer, row.betriebsnummer, row.bundesland) == ("133/8150/8159", "15027365", "HE")
        assert row.state == "aktiv"
        reasons = session.scalars(select(AuditEntry.reason).where(AuditEntry.action == "tenant.change")).all()
        assert reasons == ["Bescheid"]
    page = vera.get(made.location).text
    opened = {name: html.unescape(value) for name, value in re.findall(r'name="gezeigt_(\w+)" value="([^"]*)"', page)}
    assert set(opened) == set(employers.FIELDS)
    form = {"grund": "Umzug", **opened, **{f"gezeigt_{name}": value for name, value in opened.items()}}
    assert send(vera, made.location, **form | {"ort": "Neuland"}).status_code == 302
    late = send(vera, made.location, **form | {"ort": "Altland", "telefon": "02594 100"})
    assert (late.status_code, "Ort: inzwischen von anderen geändert auf „Neuland“" in late.text) == (422, True)
    assert all(one in late.text for one in ('value="Altland"', 'name="gezeigt_ort" value="Neuland"', '"02594 100"'))
    assert send(vera, made.location, **form | {"telefon": "02594 100"}).status_code == 302
    with platform_session(actor="test") as session:
        row = session.scalars(select(Tenant).where(Tenant.number == "260")).one()
        assert (row.ort, row.telefon) == ("Neuland", "02594 100"), "der Ort war leer gezeigt und bleibt"
    shown = office.client("klara").get(office.address("kreis", "/stammdaten")).text
    assert "unter „Arbeitgeber“" in shown, "wer sie vermisst, liest, wer sie ändert"
    for path in (listed, new, made.location):
        assert office.client("klara").get(path).status_code == 403


@pytest.mark.usefixtures("admin")
def test_what_is_wrong_at_an_employer_is_said_in_english(office: Any) -> None:
    vera, new = office.client("vera"), "/verwaltung/arbeitgeber/neu"
    with vera.session_transaction() as stored:
        stored[language.SESSION_KEY] = "en"
    page = html.unescape(send(vera, new, nummer="2/6", name="", kind="dorf", plz="1", email="x", bundesland="XX",
                              ort="x" * 101, betriebsnummer="12345678", steuernummer="12").text)
    for words in ("Number: give one to nine digits or letters", "Name: missing", "Kind: choose one of kreis, stadt",
                  "Postcode: give five digits", "Federal state: choose one of the sixteen", "E-mail: not an address",
                  "Town: at most 100 characters", "Establishment number: ", "Tax number: not a valid format"):
        assert words in page, words
    for words in ("angeben", "wählen", "höchstens", "vergleichen", "weglassen"):
        assert words not in page.split('id="fehler', 1)[-1].split("<form", 1)[0], words


@pytest.mark.usefixtures("admin")
def test_an_employer_without_wage_types_gets_them_and_one_that_left_stays(office: Any) -> None:
    vera = office.client("vera")
    with platform_session(actor="vera") as session:
        row = employers.create(session, "261", {"name": "Gemeinde Halb", "kind": "gemeinde"})
        where, number = f"/verwaltung/arbeitgeber/{row.public_id}", row.id
    listed = "/verwaltung/arbeitgeber"
    assert vera.get(listed).text.count("noch nicht eingerichtet") == vera.get(where).text.count("eingerichtet") == 1
    assert send(vera, where, f"{where}/ausstattung").status_code == 302
    done = vera.get(where).text
    assert "Lohnarten und Kassen ergänzt: " in done
    assert "noch nicht eingerichtet" not in done + vera.get(listed).text
    send(vera, where, f"{where}/ausstattung")
    assert "Es fehlt nichts." in vera.get(where).text
    with platform_session(actor="vera") as session:
        rotation.destroy_keys(session, number, "ausgeschieden")
    assert "ausstattung" not in vera.get(where).text
    for action in (where, f"{where}/ausstattung"):
        refused = send(vera, where, action, ort="Anderswo", grund="Irrtum")
        assert (refused.status_code, "261 ist ausgeschieden" in refused.text) == (422, True)


@pytest.mark.browser
@pytest.mark.usefixtures("admin")
def test_pages_are_accessible(
    office: Any, page: Page, serve: Callable, accessible: Callable[[Page], None], tmp_path: Path
) -> None:
    address = serve(office.app)
    with platform_session(actor="test") as session:
        user = session.scalars(select(User).where(User.login == "vera")).one()
    sign_in(page, address, user)
    page.wait_for_url("**/verwaltung/zugaenge")
    for path in ("zugaenge", "zugaenge/neu", "vertretungen", "personalliste", "dienste", "dienste/neu",
                 "arbeitgeber", "arbeitgeber/neu"):
        page.goto(f"{address}/verwaltung/{path}")
        accessible(page)
    page.goto(f"{address}/verwaltung/arbeitgeber")
    page.get_by_role("link", name="Kreis Beispiel").click()
    page.get_by_label("Finanzamt").wait_for()
    accessible(page)
    page.goto(address + page_of("klara"))
    for summary in page.locator("details > summary").all():
        summary.click()
    accessible(page)
    file = tmp_path / "liste.csv"
    file.write_text(LIST.format(roles="0100:head"), encoding="utf-8")
    page.goto(f"{address}/verwaltung/personalliste")
    page.set_input_files("#datei", str(file))
    page.get_by_role("button", name="Ansehen").click()
    page.wait_for_selector("text=Noch ist nichts geändert")
    accessible(page)
    page.goto(f"{address}/sicherheit")
    accessible(page)
