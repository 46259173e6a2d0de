"""Personalakte und Briefe: ablegen, suchen, lesen, ausgeben, entfernen; Portal; doppelt Abgeschicktes; fremde Hände."""

from __future__ import annotations

import csv
import io
import json
import re
import uuid
import zipfile
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Page
from pypdf import PdfReader, PdfWriter
from reportlab.pdfgen.canvas import Canvas
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from payroll.masterdata.models import Pfaendung
from payroll.masterdata.service import record_fact
from payroll.statements.akte.models import AkteDokument
from payroll.statements.retention import personal_file
from tenants.audit.models import AuditEntry
from tenants.db.session import platform_session, tenant_session
from tenants.models import User
from tenants.users.mandates import give_employee_access, give_mandate
from tenants.users.service import create_user
from tests.web.arriving import sign_in
from tests.web.at_once import both


def token(client: Any, address: str) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get(address).text)
    assert found is not None
    return found[1]


def picture() -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (300, 200), (200, 30, 30)).save(made, "PNG")
    return made.getvalue()


def paper(text: str) -> bytes:
    made = io.BytesIO()
    sheet = Canvas(made)
    sheet.drawString(72, 700, text)
    sheet.save()
    return made.getvalue()


def place(office: Any, name: str = "Öztürk") -> str:
    return office.address("kreis", f"/personen/{office.people[name].public_id}")


def put(client: Any, address: str, content: bytes, **more: str) -> Any:
    shown = client.get(address).text
    key = re.search(r'name="vorgang" value="([^"]+)"', shown)
    given = {"csrf_token": token(client, address), "vorgang": key[1] if key else "", "klasse": "nachweis",
             "titel": "Zeugnis", "vom": "01.10.2026", **more}
    return client.post(address, data={**given, "datei": (io.BytesIO(content), "zeugnis.pdf")},
                       content_type="multipart/form-data")


def documents(office: Any) -> list[AkteDokument]:
    with tenant_session(office.tenants["kreis"].id, actor="test") as session:
        return list(session.scalars(select(AkteDokument).order_by(AkteDokument.id)))


def test_1_filed_once_even_when_sent_twice_and_searched_by_its_text(office: Any) -> None:
    klara, page = office.client("klara"), f"{place(office)}/akte"
    key = "6f0d7a53-0d6c-4a6e-9a9e-0f7c1a1f0001"
    for _again in range(2):
        assert put(klara, page, paper("Gesellenbrief Elektronik"), vorgang=key).status_code == 302
    assert len(documents(office)) == 1
    assert "1 Dokument" in klara.get(f"{page}?suche=gesellenbrief+elektronik").text
    assert "Dazu gibt es nichts" in klara.get(f"{page}?suche=meisterbrief").text
    assert put(klara, page, paper("Diagnose"), klasse="gesundheit", titel="Attest").status_code == 302
    assert "0 Dokumente" in klara.get(f"{page}?suche=diagnose").text
    assert "1 Dokument" in klara.get(f"{page}?suche=attest").text
    assert "1 Dokument" in klara.get(f"{page}?klasse=gesundheit").text
    sealed = documents(office)[0]
    assert b"Gesellenbrief" not in sealed.titel_siegel
    assert (sealed.titel, sealed.erfasst_von) == ("Zeugnis", "klara")


@pytest.mark.parametrize(("content", "more", "said"), [
    (b"MZ" + bytes(300), {}, "Diese Art von Datei"), (b"", {}, "leer"),
    (paper("x"), {"vom": "01.10.2099"}, "zwischen 1950 und heute"), (paper("x"), {"vom": "gestern"}, "Tag.Monat.Jahr"),
    (paper("x"), {"titel": " "}, "Titel"), (paper("x"), {"klasse": "geheim"}, "eine der angebotenen"),
    (paper("x"), {"vorgang": "x"}, "veraltet"),
], ids=["program", "empty", "future", "no day", "no title", "class", "old page"])
def test_2_what_is_wrong_is_said(office: Any, content: bytes, more: dict[str, str], said: str) -> None:
    answer = put(office.client("klara"), f"{place(office)}/akte", content, **more)
    assert answer.status_code == 422
    assert said in answer.text


def test_3_reading_is_logged_and_only_with_the_right(office: Any) -> None:
    first = documents(office)[0]
    page = f"{place(office)}/akte"
    shown = office.client("mia").get(f"{page}/{first.public_id}/pdf")
    assert (shown.status_code, shown.mimetype) == (200, "application/pdf")
    assert shown.data.startswith(b"%PDF-")
    for name, status in (("hugo", 403), ("rolf", 403), ("ada", 403)):
        assert office.client(name).get(page).status_code == status
    other = f"{place(office, 'Meyer')}/akte/{first.public_id}/pdf"
    assert office.client("klara").get(other).status_code == 404
    with tenant_session(office.tenants["kreis"].id, actor="test") as session:
        read = session.scalars(select(AuditEntry).where(AuditEntry.action == "akte.gelesen")).all()
    assert [(one.actor, one.subject) for one in read] == [("mia", f"akte_dokument:{first.public_id}")]


def test_4_the_employee_sees_what_is_given_and_hands_in(office: Any) -> None:
    ada, klara = office.client("ada"), office.client("klara")
    first = documents(office)[0]
    assert str(first.public_id) not in ada.get("/portal/dokumente").text
    own = f"/portal/{office.tenants['kreis'].public_id}/dokumente/{office.people['Öztürk'].public_id}"
    assert ada.get(f"{own}/{first.public_id}/pdf").status_code == 404
    page = f"{place(office)}/akte"
    given = {"csrf_token": token(klara, page), "zeigen": "1"}
    assert klara.post(f"{page}/{first.public_id}/portal", data=given).status_code == 302
    assert str(first.public_id) in ada.get("/portal/dokumente").text
    assert ada.get(f"{own}/{first.public_id}/pdf").data.startswith(b"%PDF-")
    shown = ada.get("/portal/dokumente").text
    key = re.search(r'name="vorgang" value="([^"]+)"', shown)
    assert key is not None
    sent = {"csrf_token": token(ada, "/portal/dokumente"), "vorgang": key[1], "klasse": "familie",
            "titel": "\u202eedrukrutroG\u202c 👶 " + "lang " * 60}
    for _again in range(2):
        answer = ada.post(own, data={**sent, "datei": (io.BytesIO(picture()), "../../urkunde.png")},
                          content_type="multipart/form-data")
        assert answer.status_code == 302
    assert len(documents(office)) == 3
    assert documents(office)[2].dateiname == "urkunde.png"
    assert "selbst eingereicht" in klara.get(page).text
    assert ada.post(own, data={**sent, "klasse": "vertrag", "vorgang": sent["vorgang"][:-1] + "0",
                               "datei": (io.BytesIO(picture()), "x.png")},
                    content_type="multipart/form-data").status_code == 422
    foreign = f"/portal/{office.tenants['kreis'].public_id}/dokumente/{office.people['Meyer'].public_id}"
    assert ada.post(foreign, data={**sent, "datei": (io.BytesIO(picture()), "x.png")},
                    content_type="multipart/form-data").status_code == 404


def test_5_the_package_is_pdf_a_with_metadata(office: Any, conforming: Callable[[bytes], None]) -> None:
    klara, page = office.client("klara"), f"{place(office)}/akte"
    key = token(klara, page)
    assert klara.post(f"{page}/paket", data={"csrf_token": key}).status_code == 422
    made = klara.post(f"{page}/paket", data={"csrf_token": key, "grund": "Übergabe"})
    assert (made.status_code, made.headers["Cache-Control"]) == (200, "no-store")
    with zipfile.ZipFile(io.BytesIO(made.data)) as pack:
        about = json.loads(pack.read("metadaten.json"))
        rows = list(csv.DictReader(io.StringIO(pack.read("metadaten.csv").decode("utf-8-sig")), delimiter=";"))
        assert {one["klasse"] for one in about["dokumente"]} == {"nachweis", "gesundheit", "familie"}
        assert [row["sha256"] for row in rows] == [one["sha256"] for one in about["dokumente"]]
        assert pack.read(about["dokumente"][-1]["original"]).startswith((b"%PDF", b"\x89PNG"))
        for one in about["dokumente"]:
            conforming(pack.read(one["datei"]))
    again = klara.post(f"{page}/paket", data={"csrf_token": key, "grund": "Übergabe"})
    assert again.data == made.data


def test_6_two_people_remove_and_until_then_it_can_be_kept(office: Any) -> None:
    page, second = f"{place(office)}/akte", documents(office)[1]
    klara = office.client("klara")
    with platform_session(actor="test") as session:
        office.users["karl"] = karl = create_user(session, "karl", "Karl", demonstration=True)
        give_mandate(session, office.tenants["kreis"].id, karl, "clerk", date(2020, 1, 1))

    def step(client: Any, name: str, reason: str = "") -> tuple[int, str]:
        given = {"csrf_token": token(client, page), "grund": reason}
        answer = client.post(f"{page}/{second.public_id}/{name}", data=given)
        return answer.status_code, answer.text

    assert step(klara, "entfernen", "Andere Person")[0] == 422, "nichts ohne Vormerkung"
    assert "Grund" in step(klara, "vormerken")[1]
    assert step(klara, "vormerken", "Gehört zu jemand anderem")[0] == 302
    assert "eine zweite Person" in step(klara, "entfernen")[1]
    assert "schon zum Entfernen" in step(office.client("karl"), "vormerken", "x")[1]
    with tenant_session(office.tenants["kreis"].id, actor="test") as session:
        row = session.scalars(select(AkteDokument).where(AkteDokument.id == second.id)).one()
        row.entfernt_am, row.entfernt_von, row.inhalt_siegel = row.vorgemerkt_am, "klara", None
        with pytest.raises(IntegrityError, match="zweite_person"):
            session.flush()
        session.rollback()
    assert klara.get(f"{page}/{second.public_id}/pdf").status_code == 200
    assert "Gehört zu jemand anderem" in klara.get(page).text
    tasks = office.address("kreis", "/wiedervorlagen")
    assert "Als zweite Person prüfen" in office.client("karl").get(tasks).text
    assert step(office.client("karl"), "behalten")[0] == 302
    assert "Als zweite Person prüfen" not in klara.get(tasks).text
    assert "zum Entfernen vorgemerkt" not in klara.get(page).text
    assert step(klara, "vormerken", "Andere Person")[0] == 302
    assert step(office.client("karl"), "entfernen")[0] == 302
    assert "schon entfernt" in step(klara, "behalten")[1]
    assert klara.get(f"{page}/{second.public_id}/pdf").status_code == 404
    shown = klara.get(page).text
    assert "vorgemerkt von klara, entfernt von karl: Andere Person" in shown
    with tenant_session(office.tenants["kreis"].id, actor="test") as session:
        row = session.scalars(select(AkteDokument.inhalt_siegel).where(AkteDokument.id == second.id)).one()
        assert row is None
        log = session.execute(select(AuditEntry.action, AuditEntry.actor, AuditEntry.reason).where(
            AuditEntry.subject == f"akte_dokument:{second.public_id}",
            AuditEntry.action.in_(("akte.vorgemerkt", "akte.vormerkung_zurueck", "akte.entfernt")))
            .order_by(AuditEntry.id)).all()
        assert [tuple(one) for one in log] == [
            ("akte.vorgemerkt", "klara", "Gehört zu jemand anderem"), ("akte.vormerkung_zurueck", "karl", None),
            ("akte.vorgemerkt", "klara", "Andere Person"), ("akte.entfernt", "karl", "Andere Person")]
        early, late = date(2027, 1, 1), date(2026, 1, 1)
        assert [one.row for one in personal_file.illness(session, early)] == [second.id]
        assert personal_file.illness(session, late) == []


def test_7_declaration_of_the_third_party_debtor(office: Any, conforming: Callable[[bytes], None]) -> None:
    person = office.people["Zander"]
    with tenant_session(office.tenants["kreis"].id, actor="klara") as session:
        for number, who, day in ((1, "Erste Bank", date(2026, 3, 1)), (2, "Inkasso Muster", date(2026, 11, 20))):
            record_fact(session, Pfaendung, valid_from=day, reason="Beschluss", person_id=person.id, nummer=number,
                        art="gewoehnlich", glaeubiger=who, aktenzeichen=f"{number} M 7/26", zugestellt_am=day,
                        hauptforderung_cent=100_000)
    klara, page = office.client("klara"), f"{place(office, 'Zander')}/briefe/drittschuldner"
    shown = klara.get(page).text
    job = re.search(r'<option value="([0-9a-f-]{36})"', shown)
    assert job is not None
    given = {"csrf_token": token(klara, page), "beschaeftigung": job[1], "forderung": "2", "anerkannt": "ja",
             "tun": "vorschau", "vorgang": "6f0d7a53-0d6c-4a6e-9a9e-0f7c1a1f0009"}
    made = klara.post(page, data=given)
    text = " ".join(PdfReader(io.BytesIO(made.data)).pages[0].extract_text().split())
    assert "Personalnummer" not in text
    for part in ("Inkasso Muster", "§ 840 Abs. 1 Nr. 1 ZPO", "als begründet an", "Erste Bank, 1 M 7/26", "20.11.2026"):
        assert part in text, part
    conforming(made.data)
    assert klara.post(page, data={**given, "anerkannt": "nein"}).status_code == 422
    for _again in range(2):
        assert klara.post(page, data={**given, "tun": "ablegen"}).status_code == 302
    kept = documents(office)[-1]
    assert (kept.klasse, kept.brief, kept.im_portal) == ("pfaendung", "drittschuldner:0", False)
    assert "Erklärung nach" in klara.get(f"{place(office, 'Zander')}/akte").text
    refused = klara.post(f"{place(office, 'Zander')}/akte/{kept.public_id}/vormerken",
                         data={"csrf_token": token(klara, page), "grund": "Weg damit"})
    assert (refused.status_code, "Ein Brief des Hauses bleibt" in refused.text) == (422, True)
    assert klara.get(f"{place(office, 'Zander')}/akte/{kept.public_id}/pdf").data.startswith(b"%PDF")
    with tenant_session(office.tenants["kreis"].id, actor="test") as session:
        read = [(one.subject, one.details.get("art", one.details.get("forderungen")))
                for action in ("brief.gelesen", "pfaendungen.gelesen") for one in session.scalars(
                    select(AuditEntry).where(AuditEntry.action == action).order_by(AuditEntry.id))]
    subject = f"person:{person.public_id}"
    assert read[0] == (subject, "drittschuldner")
    assert (subject, 2) in read[1:]
    mia = office.client("mia")
    assert "Erklärung nach" not in mia.get(f"{place(office, 'Zander')}/akte").text
    assert mia.get(page).status_code == 404


def test_8_a_letter_with_the_words_of_the_house(office: Any) -> None:
    klara, page = office.client("klara"), office.address("kreis", "/stammdaten/briefvorlagen/beschaeftigung")
    shown = klara.get(page).text
    assert "{wochenstunden}" in shown
    given = {"csrf_token": token(klara, page), "betreff": "Bestätigung", "text": "{name} ist seit {eintrit} hier."}
    wrong = klara.post(page, data={**given, "tun": "speichern"})
    assert wrong.status_code == 422
    assert "gemeint ist wohl {eintritt}" in wrong.text
    assert "{name} ist seit {eintrit} hier." in wrong.text, "Getipptes geht nicht verloren"
    right = {**given, "text": "{name} ist seit {eintritt} hier."}
    assert klara.post(page, data={**right, "tun": "vorschau"}).data.startswith(b"%PDF-")
    assert klara.post(page, data={**right, "tun": "speichern"}).status_code == 302
    letter = f"{place(office)}/briefe/beschaeftigung"
    job = re.search(r'<option value="([0-9a-f-]{36})"', klara.get(letter).text)
    assert job is not None
    done = klara.post(letter, data={"csrf_token": token(klara, letter), "beschaeftigung": job[1], "tun": "ablegen",
                                    "vorgang": "6f0d7a53-0d6c-4a6e-9a9e-0f7c1a1f0010", "im_portal": "1"})
    assert done.status_code == 302
    kept = documents(office)[-1]
    assert (kept.brief, kept.titel, kept.im_portal) == ("beschaeftigung:1", "Bestätigung", True)
    pdf = office.client("ada").get(
        f"/portal/{office.tenants['kreis'].public_id}/dokumente/{office.people['Öztürk'].public_id}/"
        f"{kept.public_id}/pdf")
    assert "Kim Öztürk ist seit 01.01.2026 hier." in PdfReader(io.BytesIO(pdf.data)).pages[0].extract_text()
    assert office.client("rolf").get(page).status_code == 403


def test_9_in_ones_own_file_nobody_acts(office: Any) -> None:
    person = office.people["Meyer"].public_id
    klara, page = office.client("klara"), f"{place(office, 'Meyer')}/akte"
    assert put(klara, page, paper("Rüge"), titel="Rüge").status_code == 302
    kept = documents(office)[-1]
    with platform_session(actor="test") as session:
        give_employee_access(session, office.tenants["kreis"].id, session.get_one(User, office.users["klara"].id),
                             person, date(2026, 1, 1))
    shown = klara.get(page).text
    assert "Rüge" in shown
    assert "Zum Entfernen vormerken" not in shown
    key = {"csrf_token": token(klara, f"{place(office)}/akte"), "grund": "Weg damit", "zeigen": "1"}
    for path in ("/vormerken", "/entfernen", "/behalten", "/portal"):
        refused = klara.post(f"{page}/{kept.public_id}{path}", data=key)
        assert (refused.status_code, "In der eigenen Akte" in refused.text) == (422, True), path
    assert klara.post(f"{page}/paket", data=key).status_code == 422
    again = {**key, "vorgang": str(uuid.uuid4()), "klasse": "nachweis", "titel": "Lob", "vom": "01.10.2026"}
    sent = klara.post(page, data={**again, "datei": (io.BytesIO(paper("Lob")), "lob.pdf")},
                      content_type="multipart/form-data")
    assert (sent.status_code, "In der eigenen Akte" in sent.text) == (422, True)
    letter = f"{place(office, 'Meyer')}/briefe/frei"
    job = re.search(r'<option value="([0-9a-f-]{36})"', klara.get(letter).text)
    assert job is not None
    wish = {**again, "beschaeftigung": job[1], "betreff": "Lob", "inhalt": "Gut.", "tun": "ablegen"}
    assert "In die eigene Akte" in klara.post(letter, data=wish).text
    assert documents(office)[-1].public_id == kept.public_id
    assert documents(office)[-1].entfernt_am is None


def test_a_note_becomes_a_document_of_the_file(office: Any, conforming: Callable[[bytes], None]) -> None:
    klara, page = office.client("klara"), f"{place(office, 'Zander')}/akte"
    given = {"csrf_token": token(klara, page), "vorgang": str(uuid.uuid4()), "betreff": "Anruf der Kasse",
             "notiz": "Rückruf bis Freitag.\n- Bescheid liegt vor", "notizklasse": "schriftwechsel"}
    for wrong, said in (({"betreff": " "}, "Betreff"), ({"notiz": ""}, "festgehalten"), ({"notiz": "gut 🎉"}, "🎉"),
                        ({"betreff": "x" * 201}, "höchstens 200 Zeichen"),
                        ({"notizklasse": "pfaendung!"}, 'id="notizklasse-error"'), ({"vorgang": "x"}, "veraltet")):
        refused = klara.post(f"{page}/notiz", data=given | wrong)
        assert (refused.status_code, said in refused.text) == (422, True), wrong
    assert f'role="search" action="{page}"' in refused.text, "gesucht wird, wo gelesen wird"
    assert "Anruf der Kasse" in refused.text, "was geschrieben ist, steht noch da"
    for _again in range(2):
        assert klara.post(f"{page}/notiz", data=given).status_code == 302
    shown = klara.get(f"{page}?suche=bescheid+freitag").text
    assert "1 Dokument" in shown
    (link,) = set(re.findall(r'href="([^"]+/pdf)"', shown))
    pdf = klara.get(link).data
    conforming(pdf)
    assert "Rückruf bis Freitag." in PdfReader(io.BytesIO(pdf)).pages[0].extract_text()
    assert office.client("rolf").post(f"{page}/notiz", data=given).status_code in (400, 403)


def test_a_damaged_pdf_is_refused(office: Any) -> None:
    made = io.BytesIO()
    writer = PdfWriter()
    writer.add_blank_page(200, 200)
    writer.encrypt("geheim", algorithm="AES-256")
    writer.write(made)
    answer = put(office.client("klara"), f"{place(office)}/akte", made.getvalue())
    assert "mit einem Kennwort geschützt" in answer.text


@pytest.mark.browser
def test_pages_are_accessible(office: Any, page: Page, serve: Callable, accessible: Callable) -> None:
    root = serve(office.app)
    for name, paths in (("klara", (f"{place(office)}/akte", f"{place(office)}/briefe", f"{place(office)}/briefe/frei",
                                   office.address("kreis", "/stammdaten/briefvorlagen"),
                                   office.address("kreis", "/stammdaten/briefvorlagen/aenderung"))),
                        ("ada", ("/portal/dokumente",))):
        page.context.clear_cookies()
        sign_in(page, root, office.users[name])
        for path in paths:
            page.goto(root + path)
            assert page.locator("h1").count() == 1
            accessible(page)


def test_b_two_clicks_at_once_file_one_document(office: Any) -> None:
    """Der zweite kommt an, während der erste noch ablegt: abgelegt ist es einmal, kein Fehler 500."""
    page, key = f"{place(office, 'Arndt')}/akte", str(uuid.uuid4())
    clients, before = [office.client("klara") for _window in range(2)], len(documents(office))
    answers = both(AkteDokument, *(lambda client=client: put(client, page, paper("Urkunde"), vorgang=key)
                                   for client in clients))
    assert [answer.status_code for answer in answers] == [302, 302]
    assert len(documents(office)) - before == 1
