"""Zeiten am Schreibtisch: von der Datei über Zuordnung, Entscheidung und zweite Person bis zum Abschluss."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import date
from fractions import Fraction
from typing import Any

import pytest
from playwright.sync_api import Page
from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError

from payroll.masterdata.models import Beschaeftigung, Fehlzeit
from payroll.statements.privacy import reading
from staffplan import limits, occupancy, organisation, posts
from staffplan.state import Besetzung, Stelle
from tenants.db.session import platform_session, tenant_session
from tenants.users.service import create_user, give_employee_access, give_mandate
from tests.web.arriving import sign_in
from timekeeping import profiles, service
from timekeeping.handover.models import ZeitBezug
from timekeeping.imports.problems import ImportFehler
from timekeeping.leave import service as leave
from timekeeping.leave.models import Abwesenheit
from timekeeping.models import ZeitDatei, ZeitZeile
from timekeeping.web import sharing

ROOM = "/zeiten"
# Friday 2 October 2026, a night from Saturday to Sunday, All Souls is no holiday; 10002 is unknown to no one.
STAMPS = """PNR;Datum;Kommen;Gehen;Pause
10001;02.10.2026;07:00;15:30;0:30
10001;10.10.2026;20:00;02:00;
10002;05.10.2026;06:00;18:30;0:30
77777;06.10.2026;08:00;16:00;0:30
10003;31.11.2026;08:00;16:00;
""".encode("cp1252")
HOURS = ("PNR;Tag;Monat;Jahr;Lohnart;Stunden\r\n10001;5;10;2026;Ü25;2,50\r\n"
         "10002;6;10;2026;Ü25;1,00\r\n").encode("cp1252")


@pytest.fixture(scope="module")
def timed(office: Any) -> Any:
    """Das kleine Amt; klara liest ein, hugo gibt frei."""
    return office


def post(client: Any, path: str, where: str | None = None, **data: Any) -> Any:
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get(where or path).text)
    assert found is not None
    return client.post(path, data={"csrf_token": found[1], **data})


def send(office: Any, client: Any, content: bytes, name: str = "zeiten.csv", **data: Any) -> Any:
    return post(client, office.address("kreis", f"{ROOM}/einlesen"), datei=(io.BytesIO(content), name), **data)


def test_1_stamps_are_recognised_judged_and_shown_with_reason(timed: Any) -> None:
    client = timed.client("klara")
    answer = send(timed, client, STAMPS)
    assert answer.status_code == 302
    page = client.get(answer.location).text
    assert "Eingelesen als kommen-gehen" in page
    assert "Den 31. November 2026 gibt es nicht" in page
    assert "Personalnummer „77777“ ist nicht bekannt" in page
    assert "Öztürk, Kim" in page
    assert "Sie haben diese Datei eingelesen; eine zweite Person gibt sie frei." in page
    problems = client.get(f"{answer.location}?format=csv&teil=zeilen").get_data().decode("utf-8-sig")
    assert problems.splitlines()[1].startswith("5;zurueckgestellt;77777;arbeitszeit;06.10.2026;")
    again = client.get(send(timed, client, STAMPS, "nocheinmal.csv").location).text
    assert "Diese Datei ist schon eingelesen." in again
    assert client.get(f"{answer.location}/original").get_data() == STAMPS


def test_2_rights_second_person_and_tenant_border(timed: Any) -> None:
    client = timed.client("klara")
    path = re.search(rf'href="({timed.address("kreis", ROOM)}/dateien/[^"]+)"', client.get(
        timed.address("kreis", ROOM)).text)[1]  # type: ignore[index]  # the file of the test before
    refused = post(client, f"{path}/freigeben", path)
    assert refused.status_code == 422
    assert "gibt sie nicht frei" in refused.text
    assert timed.client("rolf").get(path).status_code == 200
    assert timed.client("rolf").get(f"{path}/original").status_code == 403
    assert timed.client("ada").get(path).status_code == 403
    mia = timed.client("mia")
    assert post(mia, f"{path}/freigeben", timed.address("kreis", "/personen/neu")).status_code == 403
    for tenant, expected in (("stadt", 404), ("fremd", 404)):
        other = path.replace(str(timed.tenants["kreis"].public_id), str(timed.tenants[tenant].public_id))
        assert client.get(other).status_code == expected
    hugo = timed.client("hugo")
    assert post(hugo, f"{path}/freigeben", path).status_code == 302
    assert "Freigegeben: 3 Zeilen gebucht." in hugo.get(path).text


def test_3_keys_are_mapped_in_versions_and_the_file_is_checked_again(timed: Any) -> None:
    client = timed.client("klara")
    found = send(timed, client, HOURS, "stunden.csv")
    page = client.get(found.location).text
    assert page.count("Schlüssel „Ü25“") == 2
    formats = timed.address("kreis", f"{ROOM}/formate")
    form = client.get(f"{formats}/stunden-pro-tag").text
    assert 'value="Ü25"' in form
    assert "stunden.csv" in form
    data = {"fremd-0": "Ü25", "eigen-0": "1300", "von-0": "01.10.2026", "grund": "Vereinbarung mit dem Zeitsystem"}
    wrong = post(client, f"{formats}/stunden-pro-tag", **(data | {"eigen-0": "9876"}))
    assert wrong.status_code == 422
    assert "Den eigenen Schlüssel „9876“ gibt es nicht" in wrong.text
    twice = post(client, f"{formats}/stunden-pro-tag", **(data | {"fremd-1": "Ü25", "eigen-1": "1301"}))
    assert "für denselben Tag zweimal zugeordnet" in twice.text
    assert post(client, f"{formats}/stunden-pro-tag", **data).status_code == 302
    history = client.get(f"{formats}/stunden-pro-tag").text
    assert "Vereinbarung mit dem Zeitsystem" in history
    assert "klara" in history
    fresh = post(client, f"{found.location}/neu-pruefen", found.location)
    assert fresh.location != found.location
    assert "2 angenommen" in re.sub(r"\s+", " ", re.sub("<[^>]+>", " ", client.get(fresh.location).text)).replace(
        "angenommen 2", "2 angenommen")
    toml = client.get(f"{formats}/stunden-pro-tag/profil.toml").get_data().decode()
    assert 'fremd = "Ü25"' in toml
    assert "von = 2026-10-01" in toml
    assert post(timed.client("hugo"), f"{fresh.location}/freigeben", fresh.location).status_code == 302


def test_4_held_back_rows_are_decided_with_a_reason(timed: Any) -> None:
    client = timed.client("klara")
    body = "PNR;Datum;Kommen;Gehen;Pause\n10003;12.10.2026;08:00;10:00;\n10003;12.10.2026;09:00;11:00;\n"
    found = send(timed, client, body.encode(), "doppelt.csv").location
    line = re.search(r'name="zeile" value="(\d+)"', client.get(found).text)
    assert line is not None
    nothing = post(client, f"{found}/entscheiden", found, was="annehmen", grund="x")
    assert "Keine Zeile gewählt" in nothing.text
    bare = post(client, f"{found}/entscheiden", found, was="annehmen", zeile=line[1])
    assert "Der Grund fehlt" in bare.text
    assert post(client, f"{found}/entscheiden", found, was="ablehnen", alle="1", grund="Doppelt").status_code == 302
    assert 'name="zeile"' not in client.get(found).text
    assert post(client, f"{found}/zuruecknehmen", found, grund="nur zur Probe").status_code == 302
    assert "nur zur Probe" in client.get(found).text


def test_5_person_month_names_premium_reason_money_and_paragraph(timed: Any) -> None:
    client = timed.client("klara")
    month = timed.address("kreis", f"{ROOM}/monate/2026-10")
    page = client.get(month).text
    assert "§ 3 ArbZG" in page
    links = dict(re.findall(rf'href="({month}/[0-9a-f-]+)">([^<]+)</a>', page))
    person = next(path for path, name in links.items() if name.startswith("Öztürk"))
    own = client.get(person).text
    assert "Nachtarbeit" in own
    assert "§ 3b Abs. 3 Nr. 1 EStG" in own  # 0 to 2 after work begun before midnight
    assert "§ 8 Abs. 1 Satz 2 Buchst. c TVöD" in own
    assert "Werktag zwischen 6 und 21 Uhr: kein Zuschlag" in own
    assert "§ 9 ArbZG" in own  # Sunday work in the administration
    assert re.search(r"1200 .*?5:00 Std\.", own, re.S)
    assert "1300" in own
    other = client.get(next(path for path, name in links.items() if name.startswith("Meyer"))).text
    assert "12:00 Stunden Arbeit, erlaubt 10:00" in other
    with tenant_session(timed.tenants["kreis"].id, actor="test") as session:
        read = reading.readings(session, {f"person:{timed.people['Öztürk'].public_id}"}, own="")
        assert [(entry.action, entry.actor) for entry in read] == [("zeitmonat.gelesen", "klara")]


def test_6_month_is_closed_by_someone_who_may_and_hands_over_once(timed: Any) -> None:
    month = timed.address("kreis", f"{ROOM}/monate/2026-10")
    assert post(timed.client("klara"), f"{month}/abschliessen", timed.address("kreis", f"{ROOM}/einlesen")
                ).status_code == 403
    client = timed.client("hugo")
    assert post(client, f"{month}/abschliessen", month).status_code == 302
    page = client.get(month).text
    assert "gezahlt wird im Dezember 2026" in page
    with tenant_session(timed.tenants["kreis"].id, actor="test") as session:
        count = session.scalar(select(func.count()).select_from(ZeitBezug))
    assert count
    assert client.get(timed.address("kreis", f"{ROOM}/monate/unsinn")).status_code == 404


def test_7_profile_by_upload_describes_a_layout_without_code(timed: Any) -> None:
    client = timed.client("klara")
    path = timed.address("kreis", f"{ROOM}/formate")
    toml = b'name = "pipe"\ntitel = "Pipe"\ntyp = "fest"\nart = "menge"\ndatum = "TTMMJJJJ"\n[felder]\n' \
           b"personalnummer = { von = 1, bis = 5 }\ndatum = { von = 7, bis = 14 }\n" \
           b"schluessel = { von = 16, bis = 19 }\nstunden = { von = 21, bis = 26 }\n" \
           b"[[schluessel]]\nfremd = \"0815\"\neigen = \"1301\"\n"
    bad = post(client, path, datei=(io.BytesIO(b"name = 1"), "x.toml"), grund="neu")
    assert bad.status_code == 422
    assert post(client, path, datei=(io.BytesIO(toml), "pipe.toml"), grund="neu").status_code == 302
    found = send(timed, client, b"10001|09112026|0815|  7,50\r\n10002|10112026|0815|  3,25\r\n", "a.dat")
    page = client.get(found.location).text
    assert "Eingelesen als pipe" in page
    assert "10,75 Std. – in den Zeilen gleich" in page


def test_7a_leave_of_a_file_is_ticked_and_taken_over_together(timed: Any) -> None:
    client, where = timed.client("klara"), timed.address("kreis", f"{ROOM}/fehlzeiten")
    keys = {"fremd-0": "U", "eigen-0": "urlaub", "fremd-1": "K", "eigen-1": "krank", "grund": "Zeitsystem"}
    assert post(client, timed.address("kreis", f"{ROOM}/formate/abwesenheiten"), **keys).status_code == 302
    found = send(timed, client, b"PNR;Von;Bis;Art\n10001;16.11.2026;18.11.2026;U\n10002;16.11.2026;20.11.2026;U\n"
                                b"10003;23.11.2026;24.11.2026;U\n10003;25.11.2026;25.11.2026;K\n", "ab.csv").location
    assert post(timed.client("hugo"), f"{found}/freigeben", found).status_code == 302
    page = client.get(where).text
    numbers = re.findall(r'type="checkbox" name="nummer" value="(\d+)" checked', page)
    assert len(numbers) == 3
    assert "Kein Vorschlag gewählt" in post(client, where, was="uebernehmen", grund="x").text
    refused = post(client, where, was="uebernehmen", nummer=numbers[:1], liste="urlaub")
    assert "Der Grund fehlt" in refused.text
    assert re.findall(r'value="(\d+)" checked', refused.text) == numbers[:1]
    gone = post(client, where, was="uebernehmen", nummer=[*numbers[:1], "999999"], liste="urlaub", grund="abgestimmt")
    assert re.search(r'id="grund-urlaub" name="grund" value="abgestimmt"', gone.text)
    single = re.findall(r'type="hidden" name="nummer" value="(\d+)"', page)[0]
    refused = post(client, where, was="uebernehmen", nummer=[single, "999999"], grund="Bescheinigung")
    assert re.search(rf'id="grund-{single}" name="grund" value="Bescheinigung"', refused.text)
    assert re.findall(r'value="(\d+)" checked', refused.text) == numbers, "the list of leave was not sent"
    assert post(timed.client("rolf"), where, timed.address("kreis", "/personen/neu"), was="uebernehmen",
                nummer=numbers, grund="x").status_code == 403
    assert post(client, where, was="uebernehmen", nummer=numbers[:2], grund="abgestimmt").status_code == 302
    page = client.get(where).text
    assert "2 als Fehlzeit übernommen" in page
    assert re.findall(r'type="checkbox" name="nummer" value="(\d+)" checked', page) == numbers[2:]
    with tenant_session(timed.tenants["kreis"].id, actor="test") as session:
        held = session.scalars(select(Fehlzeit).filter_by(art="urlaub", superseded_at=None).order_by(Fehlzeit.valid_to))
        assert [(row.valid_from.day, row.valid_to and row.valid_to.day) for row in held] == [(16, 18), (16, 20)]
    # The file is withdrawn: what was taken over still applies, is named and taken back by somebody.
    undone = post(client, f"{found}/zuruecknehmen", found, grund="falscher Monat")
    assert "2 übernommene Fehlzeiten gelten noch" in client.get(undone.location).text
    page = client.get(where).text
    assert "nicht mehr gebucht" in page
    orphans = re.findall(r'type="checkbox" name="nummer" value="(\d+)">', page)
    assert orphans == numbers[:2]
    late = post(client, where, was="zuruecknehmen", nummer=[orphans[0], "999999"], liste="verwaist", grund="zu spät")
    assert re.findall(r'value="(\d+)" checked', late.text) == orphans[:1]
    assert re.search(r'id="grund-verwaist" name="grund" value="zu spät"', late.text)
    assert post(client, where, was="zuruecknehmen", nummer=orphans, grund="falscher Monat").status_code == 302
    assert "nicht mehr gebucht" not in client.get(where).text
    with tenant_session(timed.tenants["kreis"].id, actor="test") as session:
        assert session.scalars(select(Fehlzeit).filter_by(art="urlaub", superseded_at=None)).all() == []
    waiting = send(timed, client, b"PNR;Von;Bis;Art\n10003;23.11.2026;24.11.2026;U\n", "offen.csv").location
    assert post(timed.client("hugo"), f"{waiting}/freigeben", waiting).status_code == 302  # seen in the browser below


@pytest.mark.browser
def test_8_every_page_in_the_browser(timed: Any, serve: Callable, page: Page, accessible: Callable,
                                     printable: Callable) -> None:
    address = serve(timed.app)
    sign_in(page, address, timed.users['klara'])
    at = address + timed.address("kreis", ROOM)
    for path in ("", "/einlesen", "/formate", "/formate/stunden-pro-tag", "/fehlzeiten", "/monate/2026-10"):
        answer = page.goto(at + path)
        assert answer is not None
        assert answer.status == 200
        accessible(page)
        printable(page)
    page.get_by_role("link", name=re.compile("Öztürk")).click()
    page.locator("summary").first.click()
    accessible(page)
    page.goto(at)
    page.get_by_role("link", name="zeiten.csv").click()
    accessible(page)
    printable(page)
    page.goto(f"{at}/einlesen")
    page.locator("input[type=file]").set_input_files({"name": "browser.csv", "mimeType": "text/csv", "buffer": (
        b"PNR;Datum;Kommen;Gehen;Pause\r\n10001;12.11.2026;07:00;15:30;0:30\r\n10002;31.11.2026;08:00;16:00;\r\n")})
    page.get_by_role("button", name="Prüfen", exact=True).click()
    page.get_by_role("heading", level=1, name="browser.csv").wait_for()
    page.locator("tr", has_text="10002 Meyer, Kim").get_by_text("abgelehnt").first.wait_for()


def test_9_head_of_a_department_decides_for_the_own_unit_only(timed: Any) -> None:
    start = date(2026, 1, 1)
    with tenant_session(timed.tenants["kreis"].id, actor="test") as session:
        for nummer in ("10", "50"):
            organisation.unit(session, nummer, name=f"Amt {nummer}", ab=start, reason="Aufbau")
        organisation.account(session, "produkt", "01.01", name="P", ab=start, reason="Aufbau", produktbereich="01")
        for nummer, unit, who in (("1", "10", "10001"), ("2", "50", "10002")):
            posts.create(session, Stelle(nummer, "Sachbearbeitung", "stelle", "E9a", Fraction(1), unit, ab=start,
                                         beschluss="Bestand", verteilung=(("01.01", Fraction(1)),)), reason="Bestand")
            occupancy.occupy(session, Besetzung(nummer, who, Fraction(1), "E9a", start), reason="Bestand")
        ten = limits.public_id(session, "10")
        jobs = {one.personalnummer: one for one in session.scalars(select(Beschaeftigung))}
        for number in ("10001", "10002"):
            leave.ask(session, jobs[number].id, "urlaub", date(2026, 12, 1), date(2026, 12, 2))
        keys = {row.beschaeftigung_id: str(row.public_id) for row in session.scalars(select(Abwesenheit))}
    with platform_session(actor="test") as session:
        timed.users["dora"] = create_user(session, "dora", "Dora", kind="staff", demonstration=True)
        give_mandate(session, timed.tenants["kreis"].id, timed.users["dora"], "department_head", start, unit=ten)
    client, at = timed.client("dora"), timed.address("kreis", ROOM)
    assert client.get(f"{at}/einlesen").status_code == 403
    where = f"{at}/abwesenheit"
    own, other = keys[jobs["10001"].id], keys[jobs["10002"].id]
    assert other not in client.get(where).text
    refused = post(client, f"{where}/entscheiden", where, kennung=other, was="genehmigen")
    assert "Das gibt es nicht mehr" in refused.text
    assert post(client, f"{where}/entscheiden", where, kennung=own, was="genehmigen").status_code == 302
    assert "Meyer" not in client.get(f"{where}/kalender?monat=2026-12").text
    assert client.get(f"{at}/erfassung/{jobs['10002'].public_id}").status_code == 404
    assert client.get(f"{at}/erfassung/{jobs['10001'].public_id}").status_code == 200


def test_a_head_confirms_the_rows_of_the_own_people_before_they_are_booked(timed: Any) -> None:
    """Nach der vorigen Prüfung: dora leitet Amt 10 mit 10001; 10002 sitzt im Amt 50."""
    klara, dora, hugo = (timed.client(name) for name in ("klara", "dora", "hugo"))
    formats, at = timed.address("kreis", f"{ROOM}/formate/pipe"), timed.address("kreis", ROOM)
    needed = {"fremd-0": "0815", "eigen-0": "1301", "bestaetigung": "1", "grund": "Leitungen bestätigen"}
    assert post(klara, formats, **needed).status_code == 302
    assert 'name="bestaetigung" value="1" checked' in klara.get(formats).text
    found = send(timed, klara, b"10001|16112026|0815|  2,00\r\n10001|17112026|0815|  1,50\r\n"
                               b"10002|18112026|0815|  4,00\r\n", "b.dat").location
    confirm = f"{found}/bestaetigung"
    assert "nötig vor der Freigabe" in hugo.get(found).text
    early = post(hugo, f"{found}/freigeben", found)
    assert (early.status_code, "noch nicht bestätigt" in early.text) == (422, True)
    assert "b.dat" in dora.get(at).text
    assert "zeiten.csv" not in dora.get(at).text
    assert dora.get(found).status_code == 403
    shown = dora.get(confirm).text
    assert ("Öztürk" in shown, "Meyer" in shown, "3:30" in shown or "3,5 Std." in shown) == (True, False, True)
    with tenant_session(timed.tenants["kreis"].id, actor="test") as session:
        keys = {one.personalnummer: str(one.public_id) for one in session.scalars(select(Beschaeftigung))}
    for name, status in (("klara", 403), ("rolf", 403), ("mia", 403)):
        other = post(timed.client(name), confirm, timed.address("kreis", "/zeiten"), was="bestaetigen", alle="1")
        assert other.status_code in (status, 400), name
    foreign = post(dora, confirm, was="bestaetigen", person=keys["10002"])
    assert (foreign.status_code, "Keine offene Zeile gewählt" in foreign.text) == (422, True)
    assert "Der Grund fehlt" in post(dora, confirm, was="ablehnen", person=keys["10001"]).text
    assert post(dora, confirm, was="bestaetigen", person=keys["10001"]).status_code == 302
    assert "bestätigt von dora" in dora.get(confirm).text
    assert "b.dat" not in dora.get(at).text
    refused = post(hugo, confirm, was="ablehnen", person=keys["10002"], grund="war krank")
    assert refused.status_code == 302
    assert "hugo hat abgelehnt: war krank" in klara.get(found).text
    assert post(hugo, f"{found}/freigeben", found).status_code == 302
    assert "Freigegeben: 2 Zeilen gebucht." in hugo.get(found).text
    late = post(dora, confirm, was="bestaetigen", alle="1")
    assert (late.status_code, "Die Datei ist freigegeben" in late.text) == (422, True)
    with tenant_session(timed.tenants["kreis"].id, actor="test") as session:
        rows = session.scalars(select(ZeitZeile).join(ZeitDatei, ZeitDatei.id == ZeitZeile.datei_id).where(
            ZeitDatei.dateiname == "b.dat").order_by(ZeitZeile.position)).all()
        assert [(row.gebucht, row.bestaetigt_von) for row in rows] == [(True, "dora"), (True, "dora"), (False, "hugo")]


def test_nobody_confirms_the_own_times_or_the_own_file(timed: Any) -> None:
    """dora ist selbst 10001, und wer einliest, bestätigt nicht; das hält auch die Datenbank fest."""
    kreis = timed.tenants["kreis"].id
    klara, dora = timed.client("klara"), timed.client("dora")
    found = send(timed, klara, b"10001|19112026|0815|  1,25\r\n", "c.dat").location
    with platform_session(actor="test") as session:
        give_employee_access(session, kreis, timed.users["dora"], timed.people["Öztürk"].public_id, date(2026, 1, 1))
        give_mandate(session, kreis, timed.users["klara"], "head", date(2026, 1, 1))
    confirm = f"{found}/bestaetigung"
    assert "Sie selbst" in dora.get(confirm).text
    with tenant_session(kreis, actor="test") as session:
        own = str(session.scalars(select(Beschaeftigung.public_id).where(
            Beschaeftigung.personalnummer == "10001")).one())
    answer = post(dora, confirm, was="bestaetigen", person=own)
    assert (answer.status_code, "bestätigt niemand selbst" in answer.text) == (422, True)
    reader = post(klara, confirm, was="bestaetigen", alle="1")
    assert (reader.status_code, "hat die Datei eingelesen" in reader.text) == (422, True)
    with (pytest.raises(IntegrityError, match="bestätigt ihre Zeilen nicht"),
          tenant_session(kreis, actor="x") as session):
        session.execute(update(ZeitZeile).where(ZeitZeile.stand == "angenommen", ~ZeitZeile.gebucht).values(
            bestaetigt_von="klara", bestaetigt_am=func.now()))


@pytest.mark.browser
def test_confirming_in_the_browser(timed: Any, serve: Callable, page: Page, accessible: Callable) -> None:
    address = serve(timed.app)
    sign_in(page, address, timed.users['hugo'])
    page.goto(address + timed.address("kreis", ROOM))
    page.get_by_role("link", name="c.dat").first.click()
    page.get_by_role("heading", name="Bestätigung der Leitungen").wait_for()
    assert "/bestaetigung" in page.url
    page.locator("summary").last.click()
    accessible(page)
    page.get_by_label("alle offenen Zeilen meiner Leute").check()
    page.get_by_role("button", name="Bestätigen").click()
    page.get_by_text("1 Zeile bestätigt.").wait_for()


def test_a_refusal_outlives_every_new_check_of_the_same_file(timed: Any) -> None:
    """Weder „neu prüfen“ noch ein anderer Schlüssel noch Zurücknehmen und Wiedereinlesen hebt eine Ablehnung auf."""
    klara, hugo = timed.client("klara"), timed.client("hugo")
    formats = timed.address("kreis", f"{ROOM}/formate/pipe")
    content = b"10002|20112026|0815|  3,00\r\n10002|23112026|0815|  1,00\r\n"
    found = send(timed, klara, content, "d.dat").location
    with tenant_session(timed.tenants["kreis"].id, actor="test") as session:
        keys = {one.personalnummer: str(one.public_id) for one in session.scalars(select(Beschaeftigung))}
    answer = post(hugo, f"{found}/bestaetigung", was="ablehnen", person=keys["10002"], grund="war krank")
    assert answer.status_code == 302
    off = post(klara, formats, **{"fremd-0": "0815", "eigen-0": "1301", "grund": "ohne Leitungen"})
    assert (off.status_code, "schaltet die Bestätigung der Leitungen nicht ab" in off.text) == (422, True)
    other = {"fremd-0": "0815", "eigen-0": "1302", "bestaetigung": "1", "grund": "anderer Schlüssel"}
    for mapping in (None, other):
        if mapping:
            assert post(klara, formats, **mapping).status_code == 302
        found = post(klara, f"{found}/neu-pruefen", found).location
        assert klara.get(found).text.count("hugo hat abgelehnt: war krank") == 2
    assert post(klara, f"{found}/zuruecknehmen", found, grund="noch einmal").status_code == 302
    found = send(timed, klara, content, "d.dat").location
    with tenant_session(timed.tenants["kreis"].id, actor="hugo") as session, timed.app.app_context():
        held = service.find(session, found.rpartition("/")[2])
        assert service.counts(session, held)["abgelehnt"] == 2
        with pytest.raises(ImportFehler, match="hugo hat Zeilen dieser Datei abgelehnt"):
            service.recheck(session, sharing.ports().stock(session, None), held)
        changed = profiles.text_of(session, "pipe").replace("bestaetigung = true", "bestaetigung = false")
        assert profiles.store(session, changed, reason="zweite Person").fassung > held.profil_fassung
