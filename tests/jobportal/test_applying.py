"""Bewerben ohne Konto: Formular, Entwurf, Absenden, Stand, Auskunft, Löschen; versiegelt und ohne Verrat."""

from __future__ import annotations

import io
import json
import re
import sys
import uuid
import zipfile
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

sys.path.insert(0, str(Path(__file__).parent))

import hostile

import app as application
from jobportal import applications, board, clock
from jobportal.models import AuswahlStatistik, Bewerbung, BewerbungLoeschung, BewerbungUnterlage
from jobportal.public import limits, work
from tenants import service
from tenants.db.engine import normalise
from tenants.db.session import platform_session, tenant_session
from tenants.models.access import OutboxMessage
from tenants.web.settings import Settings

TODAY = date(2026, 11, 25)
PERSON = {"vorname": "Đorđe", "nachname": "Öztürk-Geheim", "email": "d.geheim@beispiel.example", "telefon": "0151 777",
          "anrede": "herr", "nachricht": "Ich komme gern.", "kenntnis": "ja"}  # fmt: skip


@pytest.fixture(scope="module")
def house(fresh_database: Any, hang_out: Any) -> Iterator[Any]:
    """Zwei Arbeitgeber mit je einer offenen Anzeige; der Tag lässt sich vorstellen."""
    with fresh_database() as dsns:
        clock_ = {"today": TODAY}
        with platform_session(actor="test") as session:
            first = service.create_tenant(session, "001", "Kreis Beispiel", "kreis")
            second = service.create_tenant(session, "002", "Stadt Nordfeld", "stadt")
        made = {}
        for tenant in (first, second):
            with tenant_session(tenant.id, actor="pia") as session:
                made[tenant.number] = hang_out(session).public_id
        app = application.create_app(Settings(b"t" * 32, https=False, hosts=("localhost",),
                                              today=lambda: clock_["today"]))
        app.extensions[limits.KEY].kinds |= dict.fromkeys(("bewerben", "geheim", "hochladen"), (10_000, 60))
        board.forget()
        yield {"app": app, "first": first, "second": second, "posting": made["001"], "clock": clock_, "dsns": dsns}


@pytest.fixture
def client(house: Any) -> FlaskClient:
    board.forget()
    return house["app"].test_client()


def apply(client: FlaskClient, house: Any, **changes: Any) -> Any:
    data = PERSON | {"was": "absenden"} | changes
    return client.post(f"/stellen/{house['posting']}/bewerben", data=data, content_type="multipart/form-data")


def file(content: bytes, name: str) -> tuple[io.BytesIO, str]:
    return io.BytesIO(content), name


def rows(house: Any, model: Any = Bewerbung) -> list[Any]:
    with tenant_session(house["first"].id, actor="test") as session:
        return list(session.scalars(select(model).order_by(model.id)))


def test_the_form_asks_at_most_twelve_things_and_nothing_forbidden(client: FlaskClient, house: Any) -> None:
    page = client.get(f"/stellen/{house['posting']}/bewerben")
    form = page.text[page.text.index("<form") : page.text.index("</form>")]
    names = set(re.findall(r'name="([a-z]+)"', form)) - {"raetsel", "loesung", "webseite", "was"}
    assert len(names) == 12
    assert not re.search(r"geburt|famil|kinder|konfession|foto|staatsang", " ".join(names))
    assert "Set-Cookie" not in page.headers
    assert page.headers["Referrer-Policy"] == "no-referrer"


def test_from_form_to_status_page(client: FlaskClient, house: Any) -> None:
    sent = apply(client, house, unterlagen=[file(hostile.pdf(), "Lebenslauf.pdf"), file(hostile.docx(), "Brief.docx")],
                 schwerbehindert="ja", pool="ja")
    assert sent.status_code == 303
    assert re.fullmatch(rf"/stellen/meine/{house['first'].public_id}/[\w-]{{43}}", sent.location)
    page = client.get(sent.location).text
    for words in ("Angekommen", "28.01.2027", "Lebenslauf.pdf, Brief.docx", "2026-17/1", "Bewerbung angekommen"):
        assert words in page  # promised: the closing date and 28 days
    row = rows(house)[-1]
    assert (row.zustand, row.zugesagt_bis, row.loeschen_am) == ("eingegangen", date(2027, 1, 28), date(2028, 5, 25))
    assert row.einwilligungen["information"]["fassung"] == row.einwilligungen["pool"]["fassung"] == "1"
    with platform_session(actor="test") as session:
        mail = session.scalars(select(OutboxMessage).order_by(OutboxMessage.id.desc())).first()
    assert mail is not None
    assert (mail.recipient, mail.subject) == (
        PERSON["email"], "Ihre Bewerbung ist angekommen: Sachbearbeitung Wohngeld (m/w/d)")
    assert "28.01.2027" in mail.body
    assert f"http://localhost{sent.location}" in mail.body
    assert "Öztürk" not in mail.body


def test_nothing_of_a_person_is_readable_in_the_database(client: FlaskClient, house: Any) -> None:
    apply(client, house, unterlagen=[file(hostile.pdf("Geheimwort"), "Geheim.pdf")])
    name = str(normalise(house["dsns"].owner).database)
    assert name
    found = rows(house)[-1]
    raw = found.angaben_siegel + found.schwerbehindert_siegel
    for one in rows(house, BewerbungUnterlage):
        raw += one.inhalt_siegel + one.name_siegel
    for secret in ("Öztürk", "geheim@", "Geheimwort", "Geheim.pdf", "herr"):
        assert secret.encode() not in raw
    assert len({len(one.schwerbehindert_siegel) for one in rows(house)}) == 1, "die Länge verrät die Antwort"
    with tenant_session(house["second"].id, actor="test") as session:
        assert session.scalars(select(Bewerbung)).all() == []


def test_draft_is_kept_and_resumed(client: FlaskClient, house: Any) -> None:
    saved = client.post(f"/stellen/{house['posting']}/bewerben", data={"vorname": "Mia", "was": "speichern"})
    assert saved.location.endswith("/formular")
    page = client.get(saved.location).text
    assert 'value="Mia"' in page
    assert "09.12.2026" in page  # two weeks
    client.post(saved.location, data=PERSON | {"was": "speichern", "unterlagen": file(hostile.pdf(), "a.pdf")},
                content_type="multipart/form-data")
    page = client.get(saved.location).text
    key = re.search(r'value="entfernen:([0-9a-f-]+)"', page)
    assert key is not None
    client.post(saved.location, data=PERSON | {"was": f"entfernen:{key[1]}"})
    assert "a.pdf" not in client.get(saved.location).text
    done = client.post(saved.location, data=PERSON | {"was": "absenden"})
    assert done.location == saved.location.removesuffix("/formular")
    assert client.get(saved.location).status_code == 302
    assert client.post(saved.location, data=PERSON).status_code == 409


@pytest.mark.parametrize(("change", "field"), [
    ({"vorname": ""}, "vorname"), ({"email": "kein"}, "email"), ({"kenntnis": ""}, "kenntnis"),
    ({"email": "a@b.example\r\nBcc: x@y.example"}, "email"),
    ({"email": "a@b.example,c@d.example"}, "email"),
], ids=["name", "mail", "kenntnis", "kopfzeile", "liste"])  # fmt: skip
def test_what_is_missing_stands_at_the_field_and_nothing_is_sent(
    client: FlaskClient, house: Any, change: dict[str, str], field: str
) -> None:
    answer = apply(client, house, **change)
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    assert rows(house)[-1].zustand == "entwurf"


def test_a_hostile_file_is_named_and_the_rest_is_kept(client: FlaskClient, house: Any) -> None:
    answer = apply(client, house, unterlagen=[file(hostile.pdf(), "gut.pdf"), file(hostile.HOSTILE["svg"], "x.pdf")])
    assert answer.status_code == 422
    assert "x.pdf: Diese Art von Datei nehmen wir nicht an" in answer.text
    assert "gut.pdf" in answer.text
    assert "<script>alert" not in answer.text


def test_robots_and_floods_are_held_back(client: FlaskClient, house: Any) -> None:
    before = len(rows(house))
    assert apply(client, house, webseite="http://spam.example").status_code == 400
    held = house["app"].extensions[limits.KEY]
    held.kinds |= {"bewerben": (2, 60), "bewerben_mit_arbeit": (3, 60)}
    try:
        codes = [apply(client, house, vorname="").status_code for _ in range(4)]
        with house["app"].test_request_context("/stellen"):
            puzzle = work.puzzle(str(house["posting"]))
            answer = next(str(n) for n in range(10_000_000) if work.solved(puzzle, str(n), str(house["posting"])))
            assert not work.solved(puzzle, answer, str(uuid.uuid4()))
        proven = apply(client, house, vorname="", raetsel=puzzle, loesung=answer).status_code
    finally:
        held.kinds |= {"bewerben": (10_000, 60)}
    assert codes[-1] == 429
    assert proven == 422
    assert len(rows(house)) <= before + 3


def test_wrong_links_look_alike_and_are_braked(client: FlaskClient, house: Any) -> None:
    sent = apply(client, house)
    token = sent.location.rpartition("/")[2]
    first, second = house["first"].public_id, house["second"].public_id
    wrong = [f"/stellen/meine/{first}/{'x' * 43}", f"/stellen/meine/{second}/{token}", f"/stellen/meine/{first}/kurz",
             f"/stellen/meine/{uuid.uuid4()}/{token}", f"/stellen/meine/{first}/{token.swapcase()}"]
    answers = [client.get(path) for path in wrong]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.text for answer in answers}) == 1
    held = house["app"].extensions[limits.KEY]
    held.kinds["geheim"] = (1, 60)
    try:
        codes = {client.get(wrong[0], environ_base={"REMOTE_ADDR": "198.51.100.9"}).status_code for _ in range(3)}
    finally:
        held.kinds["geheim"] = (10_000, 60)
    assert codes == {404, 429}


def test_withdraw_deletes_everything_at_once(client: FlaskClient, house: Any) -> None:
    sent = apply(client, house, email="weg@beispiel.example", unterlagen=[file(hostile.pdf(), "a.pdf")])
    key = rows(house)[-1].public_id
    counted = sum(one.anzahl for one in rows(house, AuswahlStatistik))
    assert client.post(f"{sent.location}/zurueckziehen").status_code == 400
    done = client.post(f"{sent.location}/zurueckziehen", data={"sicher": "ja"})
    assert "Ihre Bewerbung ist gelöscht" in done.text
    assert client.get(sent.location).status_code == 404
    assert key not in {one.public_id for one in rows(house)}
    proof = rows(house, BewerbungLoeschung)[-1]
    assert (proof.kennung, proof.grund) == (str(key), "zurueckgezogen")
    assert proof.umfang == {"bewerbung_unterlage": 1, "bewerbung_verlauf": 1}
    assert sum(one.anzahl for one in rows(house, AuswahlStatistik)) == counted, "die Zahl bleibt"
    with platform_session(actor="test") as session:
        assert "weg@beispiel.example" not in set(session.scalars(select(OutboxMessage.recipient)))


def test_disclosure_holds_everything(client: FlaskClient, house: Any) -> None:
    content = hostile.pdf("Zeugnis")
    sent = apply(client, house, unterlagen=[file(content, "Zeugnis.pdf")], schwerbehindert="ja")
    with zipfile.ZipFile(io.BytesIO(client.get(f"{sent.location}/auskunft.zip").data)) as archive:
        about = json.loads(archive.read("auskunft.json"))
        assert archive.read("dateien/01-Zeugnis.pdf") == content
    assert about["angaben"]["nachname"] == PERSON["nachname"]
    assert about["schwerbehinderung_angegeben"] is True
    assert about["dateien"] == ["Zeugnis.pdf"]


def test_english_form(client: FlaskClient, house: Any) -> None:
    page = client.get(f"/stellen/{house['posting']}/bewerben?sprache=en").text
    assert "First name" in page
    sent = client.post(f"/stellen/{house['posting']}/bewerben?sprache=en", data=PERSON | {"was": "absenden"})
    assert "My application" in client.get(sent.location).text
    assert rows(house)[-1].sprache == "en"


def test_after_the_deadline_no_one_applies(client: FlaskClient, house: Any) -> None:
    saved = client.post(f"/stellen/{house['posting']}/bewerben", data=PERSON | {"was": "speichern"})
    house["clock"]["today"] = date(2027, 1, 1)
    try:
        assert client.get(f"/stellen/{house['posting']}/bewerben").status_code == 410
        late = client.post(saved.location, data=PERSON | {"was": "absenden"})
    finally:
        house["clock"]["today"] = TODAY
    assert late.status_code == 422
    assert "Die Bewerbungsfrist ist vorbei" in late.text


def test_deletion_run_and_holds(house: Any, client: FlaskClient) -> None:
    client.post(f"/stellen/{house['posting']}/bewerben", data={"vorname": "Entwurf"})
    apply(client, house, email="pool@beispiel.example", pool="ja")
    with tenant_session(house["first"].id, actor="uhr") as session:
        drafts = session.scalars(select(Bewerbung).filter_by(zustand="entwurf")).all()
        kept, pooled = session.scalars(select(Bewerbung).filter_by(zustand="eingegangen").order_by(
            Bewerbung.id.desc()).limit(2)).all()[::-1]
        for one in (kept, pooled):
            one.zustand, one.loeschen_am = "absage", clock.refused_until(session, TODAY)
        assert kept.loeschen_am == date(2027, 5, 25)  # six months: 2 (AGG) + 3 (ArbGG) + 1 (delivery)
        kept.pool_bis = None
        clock.hold(session, kept, "Klage 3 Ca 17/26")
        assert clock.run(session, TODAY) == 0
        assert clock.run(session, TODAY + timedelta(days=14)) == len(drafts)
        assert clock.run(session, date(2027, 5, 25)) == 0, "einer ist gehalten, einer hat eingewilligt"
        clock.hold(session, kept, None)
        assert clock.run(session, date(2027, 5, 25)) == 1
        assert clock.run(session, date(2027, 11, 25)) == 1
        reasons = [one.grund for one in clock.log(session)][:2]
        assert reasons == ["pool_abgelaufen", "frist"]
        late = {one.id for one in clock.overdue(session, date(2027, 1, 29))}
        assert late == set(session.scalars(select(Bewerbung.id).filter_by(zustand="eingegangen")))
        session.rollback()


def test_the_platform_cannot_read_applications(house: Any) -> None:
    with platform_session(actor="test") as session, pytest.raises(Exception, match="permission denied"):
        session.scalars(select(Bewerbung)).all()


def test_applications_module_refuses_changes_after_sending(house: Any, client: FlaskClient) -> None:
    apply(client, house)
    with tenant_session(house["first"].id, actor="test") as session:
        row = session.scalars(select(Bewerbung).filter_by(zustand="eingegangen")).first()
        assert row is not None
        with pytest.raises(ValueError, match="schon abgeschickt"):
            applications.store(session, row, applications.Angaben(), schwerbehindert=False)


