"""Stellenplan am Schreibtisch: von der leeren Seite zum beschlossenen Plan, jede Seite auch im Browser."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import date
from fractions import Fraction
from typing import Any

import pytest
from playwright.sync_api import Page

from staffplan import plans, posts
from staffplan.state import Besetzung, Stelle, Vermerk
from tenants.db.session import platform_session, tenant_session
from tenants.users.service import create_user, give_mandate
from tests.web.arriving import sign_in

START = date(2026, 1, 1)
ROOM = "/stellenplan"
PAGES = ("organisation", "kennzahlen", "plaene", "einlesen", "einstellungen")


@pytest.fixture(scope="module")
def staffed(office: Any) -> Any:
    """Der Kreis hat Organisation, vier Stellen und eine Besetzung."""
    from staffplan import notes, occupancy, organisation

    with tenant_session(office.tenants["kreis"].id, actor="test") as session:
        for nummer, name, parent in (("0", "Kreis", None), ("10", "Hauptamt", "0"), ("50", "Sozialamt", "0")):
            organisation.unit(session, nummer, name=name, ab=START, reason="Aufbau", uebergeordnet=parent)
        organisation.account(
            session, "produkt", "01.01", name="Personal", ab=START, reason="Aufbau", produktbereich="01"
        )
        for nummer, gruppe, laufbahn, anteil in (
            ("1001", "A11", "2.1", Fraction(1)),
            ("1002", "E9a", None, Fraction(1)),
            ("1003", "E6", None, Fraction(1, 2)),
            ("1004", "E8", None, Fraction(1)),
        ):
            posts.create(
                session,
                Stelle(
                    nummer,
                    "Sachbearbeitung",
                    "planstelle" if laufbahn else "stelle",
                    gruppe,
                    anteil,
                    "10",
                    laufbahn,
                    beschluss="Bestand",
                    ab=START,
                    verteilung=(("01.01", Fraction(1)),),
                ),
                reason="Bestand",
            )
        occupancy.occupy(session, Besetzung("1002", "10001", Fraction(1), "E9a", START), reason="Bestand")
        notes.put(session, "1003", Vermerk("sperre", START, date(2026, 12, 31)), reason="Sperre")
    return office


def post(client: Any, path: str, **data: str) -> Any:
    page = client.get(path.rpartition("/")[0] if path.count("/") > 3 else path).text
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert found is not None
    return client.post(path, data={"csrf_token": found[1], **data})


def address_of(office: Any, nummer: str) -> str:
    from sqlalchemy import select

    from staffplan.models import Stelle as Anchor

    with tenant_session(office.tenants["kreis"].id, actor="test") as session:
        anchor = session.scalars(select(Anchor).filter_by(nummer=nummer)).one()
    return office.address("kreis", f"{ROOM}/stellen/{anchor.public_id}")


def test_list_filters_vacant_and_blocked_posts(staffed: Any) -> None:
    client = staffed.client("mia")
    vacant = client.get(staffed.address("kreis", f"{ROOM}?zeichen=frei")).text
    assert ">1001</a>" in vacant
    assert ">1002</a>" not in vacant
    blocked = client.get(staffed.address("kreis", f"{ROOM}?zeichen=gesperrt")).text
    assert re.findall(r">(100\d)</a>", blocked) == ["1003"]
    assert "Öztürk, Kim" in client.get(staffed.address("kreis", ROOM)).text
    assert client.get(staffed.address("kreis", f"{ROOM}?tag=31.12.2025")).text.count(">100") == 0
    table = client.get(staffed.address("kreis", f"{ROOM}?format=csv")).get_data().decode("utf-8-sig")
    assert table.splitlines()[2].startswith("1002;Sachbearbeitung;10;;E9a;1;1;0;")


def test_rights_and_tenant_border(staffed: Any) -> None:
    path = address_of(staffed, "1001")
    assert staffed.client("rolf").get(path).status_code == 200
    assert staffed.client("klara").get(path).status_code == 200
    assert post(staffed.client("klara"), f"{path}/besetzen").status_code == 403
    assert staffed.client("ada").get(path).status_code == 403
    other = path.replace(str(staffed.tenants["kreis"].public_id), str(staffed.tenants["stadt"].public_id))
    assert staffed.client("mia").get(other).status_code == 404
    foreign = path.replace(str(staffed.tenants["kreis"].public_id), str(staffed.tenants["fremd"].public_id))
    assert staffed.client("mia").get(foreign).status_code == 404


def test_appointment_by_form_and_refusal_in_words(staffed: Any) -> None:
    client, path = staffed.client("mia"), address_of(staffed, "1004")
    form = {
        "personalnummer": "10002",
        "anteil": "1",
        "gruppe": "E10",
        "ab": "01.03.2026",
        "zustand": "aktiv",
        "grund": "Einstellung",
    }
    refused = post(client, f"{path}/besetzen", **form)
    assert refused.status_code == 422
    assert "E10 liegt über der Bewertung der Stelle (E8)" in refused.text
    assert post(client, f"{path}/besetzen", **form, begruendung="Besitzstand").status_code == 302
    assert "Meyer, Kim" in client.get(f"{path}?tag=01.04.2026").text
    blocked = post(client, f"{address_of(staffed, '1003')}/besetzen", **(form | {"gruppe": "E6", "anteil": "1/2"}))
    assert "ist bis 31.12.2026 gesperrt" in blocked.text
    assert post(client, f"{path}/freimachen", personalnummer="10002", ab="30.04.2026", grund="Ende").status_code == 302
    assert post(client, f"{path}/ordnen", einheit="50", ab="01.05.2026", grund="Umzug").status_code == 302
    assert "50 Sozialamt" in client.get(f"{path}?tag=01.05.2026").text


def test_a_person_page_names_the_post_and_the_times(staffed: Any) -> None:
    def shown(who: str, person: str) -> str:
        path = f"/personen/{staffed.people[person].public_id}/stelle-und-zeiten"
        return str(staffed.client(who).get(staffed.address("kreis", path)).text)

    held, none = shown("mia", "Öztürk"), shown("mia", "Zander")
    assert f'<a href="{address_of(staffed, "1002")}">1002</a>' in held
    assert ("Hauptamt" in held, ">E9a</td>" in held, "01.01.2026" in held) == (True, True, True)
    assert "hält diese Person keine Stelle" in none
    assert "1002" not in none
    person = staffed.client("mia").get(staffed.address("kreis", f"/personen/{staffed.people['Öztürk'].public_id}")).text
    assert "/stelle-und-zeiten" in person
    foreign = staffed.address("stadt", f"/personen/{staffed.people['Öztürk'].public_id}/stelle-und-zeiten")
    assert staffed.client("mia").get(foreign).status_code == 404


def test_organisation_refuses_a_circle(staffed: Any) -> None:
    client, path = staffed.client("mia"), staffed.address("kreis", f"{ROOM}/organisation")
    form = {"was": "einheit", "nummer": "0", "name": "Kreis", "uebergeordnet": "10", "ab": "01.06.2026", "grund": "x"}
    assert "im Kreis" in post(client, path, **form).text
    assert (
        post(
            client, path, was="einheit", nummer="51", name="Jugendamt", uebergeordnet="0", ab="01.06.2026", grund="neu"
        ).status_code
        == 302
    )
    assert "<rect" in client.get(path).text


def test_plan_from_draft_to_frozen_by_two_people(staffed: Any, conforming: Callable[[bytes], None]) -> None:
    drafting, deciding = staffed.client("mia"), staffed.client("hugo")
    made = post(drafting, staffed.address("kreis", f"{ROOM}/plaene"), jahr="2027", grund="Haushalt")
    path = made.location
    assert (
        post(
            drafting,
            f"{path}/aenderung",
            art="neu",
            stelle="2001",
            ab="01.01.2027",
            begruendung="Bedarf",
            gruppe="EG 9b",
            anteil="19,5/39",
            einheit="50",
            bezeichnung="Wohngeld",
            verteilung="01.01 = 1",
        ).status_code
        == 302
    )
    assert (
        post(
            drafting,
            f"{path}/aenderung",
            art="vermerk",
            stelle="1004",
            ab="01.01.2027",
            begruendung="Sparen",
            vermerk="kw",
        ).status_code
        == 302
    )
    wrong = post(
        drafting, f"{path}/aenderung", art="anteil", stelle="1004", ab="01.01.2027", begruendung="x", anteil="2"
    )
    assert "liegt nicht zwischen 0 und 1" in wrong.text
    decision = {"gremium": "Kreistag", "sitzung": "10.12.2026", "vorlage": "12/2026"}
    assert "zweite Person" in post(drafting, f"{path}/beschluss", **decision).text
    assert post(deciding, f"{path}/beschluss", **decision).status_code == 302
    assert "Beschlossen: Kreistag" in deciding.get(path).text
    conforming(deciding.get(f"{path}/datei.pdf").get_data())
    assert deciding.get(f"{path}/datei.pdf").get_data() == deciding.get(f"{path}/datei.pdf").get_data()
    assert deciding.get(f"{path}/datei.xlsx").status_code == 200
    assert "EG 9b;0,50;0,00" in deciding.get(f"{path}/datei.csv").get_data().decode("utf-8-sig")
    assert deciding.get(f"{path}/datei.exe").status_code == 404
    assert post(deciding, f"{path}/pruefen").status_code == 302
    late = post(drafting, f"{path}/aenderung", art="wegfall", stelle="1004", ab="01.01.2027", begruendung="x")
    assert "ändert sich nicht mehr" in late.text
    with tenant_session(staffed.tenants["kreis"].id, actor="test") as session:
        assert plans.verify(session, plans.all_plans(session)[0]) == []


def test_evaluation_and_documents(staffed: Any) -> None:
    client, path = staffed.client("mia"), f"{address_of(staffed, '1001')}/bewertung"
    form = {
        "was": "bewertung",
        "verfahren": "tarif",
        "gruppe": "A 12",
        "taetigkeiten": "Grundsatz; 3/4; selbstständig\nVertretung; 1/4",
        "entschieden_durch": "Kommission",
        "entschieden_am": "01.06.2026",
        "ab": "01.07.2026",
        "grund": "Antrag",
    }
    key = re.search(r'name="csrf_token" value="([^"]+)"', client.get(path).text)
    assert key is not None
    assert client.post(path, data=form | {"csrf_token": key[1]}).status_code == 302
    wrong = client.post(path, data=form | {"csrf_token": key[1], "taetigkeiten": "Grundsatz; 3/4"})
    assert "statt 1" in wrong.text
    upload = {"csrf_token": key[1], "was": "unterlage", "datei": (io.BytesIO(b"Beschreibung"), "beschreibung.txt")}
    assert client.post(path, data=upload, content_type="multipart/form-data").status_code == 302
    link = re.search(r'href="([^"]+/unterlagen/[^"]+)"', client.get(path).text)
    assert link is not None
    assert client.get(link[1]).get_data() == b"Beschreibung"
    foreign = link[1].replace(str(staffed.tenants["kreis"].public_id), str(staffed.tenants["stadt"].public_id))
    assert client.get(foreign).status_code == 404


def test_leave_refund_and_settings_by_form(staffed: Any) -> None:
    client, path = staffed.client("mia"), address_of(staffed, "1002")
    away = {"personalnummer": "10001", "ab": "01.08.2026", "bis": "31.10.2026", "zustand": "elternzeit",
            "grund": "Kind"}
    assert post(client, f"{path}/zustand", **away).status_code == 302
    assert "Elternzeit" in client.get(f"{path}?tag=15.08.2026").text
    assert "besetzt 1" in client.get(f"{path}?tag=15.11.2026").text.replace("</dd>", "")
    again = post(client, f"{path}/zustand", **(away | {"ab": "01.09.2026"}))
    assert (again.status_code, "ist schon in diesem Zustand" in again.text) == (422, True)
    nobody = post(client, f"{path}/zustand", **(away | {"personalnummer": "99"}))
    assert "nicht auf dieser Stelle" in nobody.text
    refund = {"quelle": "Jobcenter", "anteil": "84,8 %", "ab": "01.08.2026", "grund": "Bescheid"}
    assert post(client, f"{path}/erstattung", **refund).status_code == 302
    assert "Jobcenter: 106/125" in client.get(f"{path}?tag=15.08.2026").text
    more = post(client, f"{path}/erstattung", **(refund | {"quelle": "Land", "anteil": "1/2"}))
    assert "mehr als 1" in more.text
    end = {"quelle": "Jobcenter", "ab": "30.09.2026", "grund": "Ende", "was": "beenden"}
    assert post(client, f"{path}/erstattung", **end).status_code == 302
    assert "Jobcenter" not in client.get(f"{path}?tag=01.10.2026").text.split("Erstattung durch Dritte")[0]
    assert post(client, f"{path}/erstattung", **end).status_code == 422
    rules = staffed.address("kreis", f"{ROOM}/einstellungen")
    held = {"stellen": "3", "raster": "", "gliederung": "einheit", "nachwuchs_stichtag": "10-01",
            "besetzt_nach": "person", "kleinste_gruppe": "5", "endet_bald": "90", "ab": "01.01.2026",
            "grund": "Ratswunsch"}
    assert post(client, rules, **held).status_code == 302
    assert 'value="90"' in client.get(rules).text
    assert "erlaubt sind 3 bis 50 Personen" in post(client, rules, **(held | {"kleinste_gruppe": "2"})).text
    assert staffed.client("klara").get(rules).status_code == 403


def test_a_vacant_post_becomes_a_draft_posting_with_one_click(staffed: Any) -> None:
    client, path = staffed.client("mia"), staffed.address("kreis", "/stellenmarkt/freie-stellen")
    shown = client.get(path).text
    assert "1001" in shown
    assert 'value="1003"' not in shown, "gesperrt"
    key = re.search(r'name="csrf_token" value="([^"]+)"', shown)
    assert key is not None
    made = client.post(path, data={"csrf_token": key[1], "stelle": "1001"})
    assert made.status_code == 302
    posting = client.get(made.location).text
    assert "Mitwirkung" in posting
    assert "Personalrat" in posting
    assert 'value="1001"' not in client.get(path).text
    twice = client.post(path, data={"csrf_token": key[1], "stelle": "1001"})
    assert (twice.status_code, "dazu läuft schon" in twice.text) == (422, True)
    assert client.post(path, data={"csrf_token": key[1], "stelle": "1003"}).status_code == 422
    assert staffed.client("klara").post(path, data={"stelle": "1004"}).status_code in (400, 403)


@pytest.mark.browser
def test_whoever_keeps_the_plan_starts_with_the_way_to_it(
    staffed: Any, page: Page, serve: Callable, accessible: Callable[[Page], None]
) -> None:
    """Ohne Recht an Abrechnungen ist der Anfang keine Sackgasse: er nennt die eigenen Bereiche je Arbeitgeber."""
    with platform_session(actor="test") as session:
        otto = create_user(session, "otto", "Otto Ordner", demonstration=True)
        for tenant in ("stadt", "kreis"):
            give_mandate(session, staffed.tenants[tenant].id, otto, "organisation", date(2020, 1, 1))
        niemand = create_user(session, "niemand", "Niemand", demonstration=True)
    staffed.users |= {"otto": otto, "niemand": niemand}
    sign_in(page, serve(staffed.app), otto)
    assert page.locator("main h2").all_inner_texts() == ["Kreis Beispiel 0100", "Stadt Musterhausen 0110"]
    accessible(page)
    assert [one.partition("–")[0].strip() for one in page.locator("main li").all_inner_texts()] == [
        "Stellenplan", "Schnittstelle"] * 2
    page.get_by_role("link", name="Stellenplan – Kreis Beispiel").click()
    page.get_by_role("heading", level=1).filter(has_text="Stellen").wait_for()
    assert "für keinen Mandanten einen Auftrag" in staffed.client("niemand").get("/").text


@pytest.mark.browser
def test_from_a_post_to_its_draft_posting_in_the_browser(
    staffed: Any, page: Page, serve: Callable, accessible: Callable[[Page], None]
) -> None:
    """Zwei Klicks von der Liste der Stellen: die Stelle, „Stelle ausschreiben“; ein zweites Mal sagt, was läuft."""
    with tenant_session(staffed.tenants["kreis"].id, actor="test") as session:
        posts.create(session, Stelle("1009", "Kita 🎈 Leitung", "stelle", "E8", Fraction(1), "10", beschluss="Bestand",
                                     ab=START, verteilung=(("01.01", Fraction(1)),)), reason="Bestand")
    base = serve(staffed.app)
    sign_in(page, base, staffed.users["mia"])
    page.goto(base + staffed.address("kreis", f"{ROOM}?zeichen=frei"))
    page.get_by_role("link", name="1009", exact=True).click()
    accessible(page)
    post_page = page.url
    page.get_by_role("button", name="Stelle ausschreiben").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/stellenmarkt/*")
    assert page.get_by_text("Der Entwurf ist angelegt").count() == 1
    assert page.locator("[name=titel]").input_value().startswith("Kita 🎈 Leitung")
    accessible(page)
    page.goto(post_page)
    page.get_by_role("button", name="Stelle ausschreiben").click()
    assert "dazu läuft schon die Ausschreibung" in page.get_by_role("alert").inner_text()
    page.goto(base + address_of(staffed, "1003"))
    page.get_by_text("gesperrt").first.wait_for()
    assert page.get_by_role("button", name="Stelle ausschreiben").count() == 0
    sign_in(page, base, staffed.users["rolf"])
    page.goto(post_page)
    assert page.get_by_role("button", name="Stelle ausschreiben").count() == 0


def test_an_amendment_starts_from_the_decided_plan(staffed: Any) -> None:
    client = staffed.client("mia")
    decided = re.findall(r'href="([^"]+/plaene/[^"]+)"', client.get(staffed.address("kreis", f"{ROOM}/plaene")).text)[0]
    assert "Nachtrag 2027 aufstellen" in client.get(decided).text
    made = post(client, staffed.address("kreis", f"{ROOM}/plaene"), jahr="2027")
    assert "1. Nachtragsstellenplan 2027" in client.get(made.location).text
    assert "Nachtrag 2027 aufstellen" not in client.get(decided).text
    change = {"art": "gruppe", "stelle": "1002", "ab": "01.07.2027", "begruendung": "Bewertung", "gruppe": "E9b"}
    assert post(client, f"{made.location}/aenderung", **change).status_code == 302
    shown = client.get(address_of(staffed, "1002")).text
    assert "Vorgesehen, noch nicht beschlossen" in shown
    assert "Stellen 2027 bisher" in client.get(made.location).text


def test_an_existing_plan_is_read_in_at_the_desk(staffed: Any) -> None:
    client, path = staffed.client("mia"), staffed.address("stadt", f"{ROOM}/einlesen")
    key = re.search(r'name="csrf_token" value="([^"]+)"', client.get(path).text)
    assert key is not None

    def trial(content: str) -> Any:
        data = {"csrf_token": key[1], "ab": "01.01.2026", "beschluss": "Plan 2026"}
        sent = data | {"datei": (io.BytesIO(content.encode()), "plan.csv")}
        return client.post(path, data=sent, content_type="multipart/form-data").text

    assert "nicht zwischen 0 und 1" in trial("nummer;gruppe;einheit;anteil\n1;E6;10;2\n")
    token = re.search(r'name="zeichen" value="([^"]+)"', trial("nummer;gruppe;einheit;anteil\n1;E6;10;0,5\n"))
    assert token is not None
    data = {"csrf_token": key[1], "zeichen": token[1], "ab": "01.01.2026", "beschluss": "Plan 2026"}
    assert client.post(f"{path}/uebernehmen", data=data).status_code == 302
    assert ">1</a>" in client.get(staffed.address("stadt", ROOM)).text
    assert b"1;Stelle;10;" in client.get(f"{path}/bestand.csv").get_data()


@pytest.mark.browser
def test_pages_in_the_browser(
    staffed: Any, page: Page, serve: Callable[..., str], accessible: Callable[[Page], None],
    printable: Callable[[Page], None],
) -> None:
    base = serve(staffed.app)
    sign_in(page, base, staffed.users['mia'])
    paths = [
        staffed.address("kreis", path)
        for path in (ROOM, *(f"{ROOM}/{one}" for one in PAGES), "/stellenmarkt/freie-stellen")
    ]
    for path in [*paths, address_of(staffed, "1002"), f"{address_of(staffed, '1002')}/bewertung"]:
        answer = page.goto(base + path)
        assert answer is not None
        assert answer.status == 200, path
        assert page.locator("h1").count() == 1, path
        accessible(page)
        printable(page)
    page.goto(base + staffed.address("kreis", f"{ROOM}/plaene"))
    page.get_by_role("link", name="1. Nachtragsstellenplan 2027").focus()
    page.keyboard.press("Enter")
    page.get_by_text("Änderung vorsehen").click()
    accessible(page)
    printable(page)
