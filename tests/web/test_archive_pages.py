"""Archiv, Neuausgabe, Notpaket, Bescheinigung am Schreibtisch und im Portal: Recht, Grund, zweiter Faktor, Papiere."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pyotp
import pytest
from playwright.sync_api import Page
from sqlalchemy import func, inspect, select, update

from payroll.masterdata.catalogue import ids
from payroll.masterdata.models import Beschaeftigung, Versicherung
from payroll.masterdata.service import record_fact
from payroll.runs import service as runs
from payroll.statements.publish import close_and_publish
from tenants.audit.models import AuditEntry
from tenants.backup import pack
from tenants.db.session import platform_session, tenant_session
from tenants.documents import DocumentKeyError, archive
from tenants.documents.paper import Paper
from tenants.models import User
from tenants.models.documents import ArchiveDraft, ArchiveKey
from tenants.security import recipient, second_factor
from tenants.users import step_up
from tenants.users.mandates import give_mandate
from tenants.users.service import create_user
from tests.archive_papers import drawn
from tests.web.arriving import sign_in

OCTOBER = date(2026, 10, 1)
PAPERS = ["Anna Archiv", "Bernd Bote"]


@pytest.fixture(scope="module")
def closed(office: Any) -> Any:
    """Ein abgeschlossener Oktober mit ausgestellten Abrechnungen; der Archivschlüssel hat Papiere."""
    tenant = office.tenants["kreis"]
    with platform_session(actor="betrieb") as session:
        office.users["heidi"] = heidi = create_user(session, "heidi", "Heidi", demonstration=True)
        for name in ("kreis", "stadt"):
            give_mandate(session, office.tenants[name].id, heidi, "head", date(2020, 1, 1))
    office.papers = drawn(tenant.id, PAPERS)
    with tenant_session(tenant.id, actor="klara") as session:
        for job in session.scalars(select(Beschaeftigung.id)).all():
            record_fact(session, Versicherung, valid_from=date(2026, 1, 1), reason="Nachtrag", beschaeftigung_id=job,
                        kv_art="gesetzlich", krankenkasse_id=ids(session).krankenkassen["TK"], beitragsgruppe="1111",
                        personengruppe=101)
        made = runs.calculate(session, OCTOBER, key="k1")
        digest = str(made.ergebnis_hash)
        for step, actor in ((runs.check, "klara"), (runs.release, "hugo")):
            session.info["actor"] = actor
            step(session, OCTOBER, ergebnis_hash=digest)
        session.info["actor"] = "mia"
        runs.release_municipality(session, OCTOBER, ergebnis_hash=digest)
        session.info["actor"] = "klara"
        close_and_publish(session, OCTOBER, ergebnis_hash=digest)
    return office


def csrf_of(client: Any, address: str) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get(address).text)
    assert found is not None
    return found[1]


def person(office: Any) -> str:
    return str(office.people["Öztürk"].public_id)


def test_only_the_head_works_with_the_archive(closed: Any) -> None:
    pages = ("/archiv", f"/personen/{person(closed)}/neuausgabe")
    for name, status in (("klara", 403), ("rolf", 403), ("mia", 403), ("hugo", 200)):
        client = closed.client(name)
        assert [client.get(closed.address("kreis", page)).status_code for page in pages] == [status] * 2
    hugo = closed.client("hugo")
    assert hugo.get(closed.address("fremd", "/archiv")).status_code == 404
    foreign = closed.people["fremd"].public_id
    assert hugo.get(closed.address("kreis", f"/personen/{foreign}/neuausgabe")).status_code == 404
    assert "Anna Archiv, Bernd Bote" in hugo.get(closed.address("kreis", "/archiv")).text


def test_emergency_pack_needs_a_reason_and_opens_with_two_papers(closed: Any) -> None:
    hugo, page = closed.client("hugo"), closed.address("kreis", "/archiv")
    data = {"csrf_token": csrf_of(hugo, page), "faktor": ""}
    assert hugo.post(f"{page}/notpaket", data=data).status_code == 422
    made = hugo.post(f"{page}/notpaket", data={**data, "grund": "Monatlich"})
    assert (made.status_code, made.headers["Cache-Control"]) == (200, "no-store")
    files = pack.opened(made.data, closed.papers)
    assert {"ANLEITUNG.txt", "zahlungen.csv", "kontakte.csv", "summen.json"} <= set(files)
    assert b"DE02120300000000202051" in files["zahlungen.csv"]
    assert "ist ihr\n   Ersatz" in files["ANLEITUNG.txt"].decode()
    assert b"DE02120300000000202051" not in made.data
    shown = hugo.get(page).text
    assert "ist keine freigegeben, ist die Liste der Auszahlungen" in shown
    assert "gibt es noch kein Notpaket" not in shown


def codes_of(answer: Any, *names: str) -> list[Paper]:
    assert answer.status_code == 200, answer.text
    assert "no-store" in answer.headers["Cache-Control"]
    shown = re.findall(r'class="kl-secret">([^<]+)</td>', answer.text)
    return [Paper(*one) for one in zip(names, shown, strict=True)]


def test_the_first_key_is_drawn_by_two_people_in_two_sessions(closed: Any) -> None:
    hugo, heidi = closed.client("hugo"), closed.client("heidi")
    page, stadt = closed.address("stadt", "/archiv"), closed.tenants["stadt"].id
    with platform_session(actor="test") as session:  # a demonstration begins with a key the server opens
        session.execute(update(ArchiveKey).where(ArchiveKey.tenant_id == stadt).values(retired_at=func.now()))
    assert "Ersten Archivschlüssel anlegen" in hugo.get(page).text
    mine = {"csrf_token": csrf_of(hugo, page), "grund": "Einrichtung", "verwahrende": "Anna Archiv"}
    hers = {"csrf_token": csrf_of(heidi, page), "grund": "Einrichtung", "verwahrende": "Bernd Bote, Cora"}
    klara = closed.client("klara")
    foreign = {**mine, "csrf_token": csrf_of(klara, closed.address("stadt", "/abrechnung/2026-11"))}
    for step in ("ziehen", "abschliessen", "verwerfen"):
        assert klara.post(f"{page}/{step}", data=foreign).status_code == 403
    assert "nichts angefangen" in heidi.post(f"{page}/abschliessen", data=hers).text
    for wrong in ({"verwahrende": ""}, {"verwahrende": "Anna, Anna"}, {"grund": ""}):
        assert hugo.post(f"{page}/ziehen", data={**mine, **wrong}).status_code == 422, wrong
    thrown_away = codes_of(hugo.post(f"{page}/ziehen", data=mine), "Anna Archiv")[0]
    assert hugo.post(f"{page}/verwerfen", data=mine).status_code == 302
    first = codes_of(hugo.post(f"{page}/ziehen", data={**mine, "hybrid": "1"}), "Anna Archiv")[0]
    assert "Ihre Papiere sind gezogen" in hugo.post(f"{page}/ziehen", data=mine).text
    assert "Ihre Papiere sind gezogen" in hugo.post(f"{page}/abschliessen", data={**mine, "verwahrende": "Bernd"}).text
    assert "hugo hat schon angefangen" in heidi.post(f"{page}/ziehen", data=hers).text
    assert "Papiere ziehen und Schlüssel" in heidi.get(page).text
    assert heidi.post(f"{page}/abschliessen", data={**hers, "verwahrende": "Anna Archiv"}).status_code == 422
    answer = heidi.post(f"{page}/abschliessen", data=hers)
    assert first.code not in answer.text, "die zweite Person sieht nie den Code der ersten"
    second, third = codes_of(answer, "Bernd Bote", "Cora")
    with tenant_session(stadt, actor="test") as session:
        key = archive.current(session)
        assert key.recipient.algorithm == recipient.HYBRID
        for pair in ([first, second], [third, first]):
            assert key.key_id in archive.open_keys(session, pair)
        for pair in ([second, third], [thrown_away, second], [first, Paper("Bernd Bote", third.code)]):
            with pytest.raises(DocumentKeyError, match="öffnen den Archivschlüssel nicht"):
                archive.open_keys(session, pair)
    with platform_session(actor="test") as session:
        entry = session.scalars(select(AuditEntry).where(
            AuditEntry.action == "archivschluessel.neu", AuditEntry.actor == "heidi")).one()
        assert entry.details["gezeigt"] == {"Anna Archiv": "hugo", "Bernd Bote": "heidi", "Cora": "heidi"}
    assert "Neue Papiere ziehen" in hugo.get(page).text


def test_a_drawn_paper_changed_behind_the_application_is_refused(closed: Any) -> None:
    hugo, heidi = closed.client("hugo"), closed.client("heidi")
    page, stadt = closed.address("stadt", "/archiv"), closed.tenants["stadt"].id
    with platform_session(actor="test") as session:  # without a key no paper of today is asked for
        session.execute(update(ArchiveKey).where(ArchiveKey.tenant_id == stadt).values(retired_at=func.now()))
    mine = {"csrf_token": csrf_of(hugo, page), "grund": "Wechsel", "verwahrende": "Dora"}
    codes_of(hugo.post(f"{page}/ziehen", data=mine), "Dora")

    def forge(**changed: Any) -> None:
        with platform_session(actor="test") as session:
            row = session.scalars(select(ArchiveDraft).where(ArchiveDraft.tenant_id == stadt)).one()
            kept = {name.key: getattr(row, name.key) for name in inspect(ArchiveDraft).columns if name.key != "id"}
            session.delete(row)
            session.flush()
            session.add(ArchiveDraft(**{**kept, **changed}))

    hers = {"csrf_token": csrf_of(heidi, page), "grund": "Wechsel", "verwahrende": "Emil"}
    forge(public_key=recipient.generate().public)
    assert "an der Anwendung vorbei" in heidi.post(f"{page}/abschliessen", data=hers).text
    forge(created_at=datetime.now(UTC) - timedelta(days=15))
    assert "14 Tage sind vorbei" in heidi.post(f"{page}/abschliessen", data=hers).text


def test_new_papers_open_and_the_old_ones_no_more(closed: Any) -> None:
    hugo, heidi, page = closed.client("hugo"), closed.client("heidi"), closed.address("kreis", "/archiv")
    one, two = closed.papers
    mine = {"csrf_token": csrf_of(hugo, page), "grund": "Ruhestand", "verwahrende": "Cora Kasten",
            "name": one.holder, "code": one.code}
    hers = {"csrf_token": csrf_of(heidi, page), "grund": "Ruhestand", "verwahrende": "Dirk Dose",
            "name": two.holder, "code": two.code}

    def without(given: dict[str, str]) -> dict[str, str]:
        return {name: value for name, value in given.items() if name not in ("name", "code")}

    assert hugo.post(f"{page}/ziehen", data=without(mine)).status_code == 422
    cora = codes_of(hugo.post(f"{page}/ziehen", data=mine), "Cora Kasten")
    assert "Das Papier von Anna Archiv ist schon eingegeben" in heidi.get(page).text
    assert heidi.post(f"{page}/abschliessen", data={**hers, "code": one.code}).status_code == 422
    assert heidi.post(f"{page}/abschliessen", data=without(hers)).status_code == 422
    closed.papers = cora + codes_of(heidi.post(f"{page}/abschliessen", data=hers), "Dirk Dose")
    again = {**mine, "csrf_token": csrf_of(hugo, page), "verwahrende": "Emil"}
    refused = hugo.post(f"{page}/ziehen", data=again)
    assert (refused.status_code, "Auf keinem Papier dieses Archivs" in refused.text) == (422, True), "alte Papiere"
    now = {"name": "Cora Kasten", "code": cora[0].code}
    codes_of(hugo.post(f"{page}/ziehen", data={**again, **now}), "Emil")
    assert hugo.post(f"{page}/verwerfen", data=again).status_code == 302
    assert "Cora Kasten, Dirk Dose" in hugo.get(page).text
    made = hugo.post(f"{page}/notpaket", data={**again, "grund": "Monatlich", "faktor": ""})
    assert b"DE02120300000000202051" in pack.opened(made.data, closed.papers)["zahlungen.csv"]


def test_two_people_in_two_sessions_reissue_at_the_desk(closed: Any) -> None:
    hugo, heidi = closed.client("hugo"), closed.client("heidi")
    page = closed.address("kreis", f"/personen/{person(closed)}/neuausgabe")
    one, two = closed.papers
    hers = {"csrf_token": csrf_of(heidi, page), "grund": "Kennwort verloren", "name": one.holder, "code": one.code}
    his = {"csrf_token": csrf_of(hugo, page), "grund": "Kennwort verloren", "name": two.holder, "code": two.code}

    def log() -> str:
        return str(closed.client("rolf").get(closed.address("kreis", "/protokoll?suche=neuausgabe")).text)

    assert heidi.post(page, data={**hers, "grund": ""}).status_code == 422
    assert heidi.post(page, data=hers).status_code == 302
    assert "Das Papier von Cora Kasten wartet seit" in heidi.get(page).text
    both = heidi.post(page, data={**his, "csrf_token": hers["csrf_token"]})
    assert (both.status_code, "jetzt gibt eine andere Person" in both.text) == (422, True)
    assert "Kennwort verloren" not in log(), "mit einem Papier öffnet sich nichts"
    assert heidi.post(f"{page}/zuruecknehmen", data=hers).status_code == 302
    assert heidi.post(f"{page}/zuruecknehmen", data=hers).status_code == 422
    assert heidi.post(page, data=hers).status_code == 302
    assert "heidi hat das Papier von Cora Kasten eingegeben" in hugo.get(page).text
    assert hugo.post(page, data={**his, "code": one.code}).status_code == 422
    assert hugo.post(page, data=his).status_code == 302
    assert "Kennwort verloren" in log()
    with tenant_session(closed.tenants["kreis"].id, actor="test") as session:
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "abrechnungen.neuausgabe")).one()
    assert entry.details["eingegeben"] == {"Cora Kasten": "heidi", "Dirk Dose": "hugo"}


def test_certificate_at_the_desk_and_in_the_portal(closed: Any) -> None:
    klara = closed.client("klara")
    page = closed.address("kreis", f"/personen/{person(closed)}/bescheinigungen")
    shown = klara.get(page).text
    job = re.search(r'<option value="([0-9a-f-]{36})"', shown)
    key = re.search(r'name="vorgang" value="([0-9a-f-]{36})"', shown)
    assert job is not None
    assert key is not None
    data = {"csrf_token": csrf_of(klara, page), "beschaeftigung": job[1], "vorgang": key[1], "von": "2026-10",
            "bis": "2026-10", "zweck": "wohngeld", "stelle": "Wohngeldstelle", "grund": "Antrag"}
    assert klara.post(page, data={**data, "von": "2026-13"}).status_code == 422
    assert klara.post(page, data={**data, "stelle": ""}).status_code == 422
    made = klara.post(page, data=data)
    assert (made.status_code, made.mimetype) == (200, "application/pdf")
    assert klara.post(page, data=data).data == made.data
    assert klara.get(page).text.count("<td data-label=\"Durch\">klara</td>") == 1
    for name in ("rolf", "mia", "hugo"):
        assert closed.client(name).post(page, data=data).status_code in (400, 403)
    foreign = closed.address("kreis", f"/personen/{closed.people['fremd'].public_id}/bescheinigungen")
    assert klara.get(foreign).status_code == 404
    portal = closed.client("ada").get("/portal").text
    link = re.search(r'href="(/portal/[0-9a-f-]+/bescheinigungen/[0-9a-f-]+/pdf)"', portal)
    assert link is not None
    answer = closed.client("ada").get(link[1])
    assert answer.status_code in (200, 302, 409)
    assert closed.client("klara").get(link[1]).status_code in (403, 404)


def test_second_factor_is_asked_at_the_moment_and_used_up(closed: Any) -> None:
    now = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
    with platform_session(actor="test") as session:
        user = session.get_one(User, closed.users["rolf"].id)
        secret = second_factor.enrol(user)
        number = user.id
    code = pyotp.TOTP(secret).at(now)
    for wrong in ("", "000000"):
        with pytest.raises(step_up.StepUpRefused, match="passt nicht"):
            step_up.confirm(number, wrong, now, "127.0.0.1")
    step_up.confirm(number, code, now, "127.0.0.1")
    with pytest.raises(step_up.StepUpRefused, match="schon benutzt"):
        step_up.confirm(number, code, now, "127.0.0.1")
    said = []
    for later in range(1, 8):
        with pytest.raises(step_up.StepUpRefused) as refused:
            step_up.confirm(number, "111111", now + timedelta(seconds=later), "127.0.0.1")
        said.append(str(refused.value))
    assert said[0].startswith("Zweiter Faktor")
    assert said[-1].startswith("Zu viele Versuche")


def test_pages_in_the_browser(closed: Any, page: Page, serve: Callable[[Any], str],
                              accessible: Callable[[Page], None]) -> None:
    root = serve(closed.app)
    sign_in(page, root, closed.users['hugo'])
    for path in ("/archiv", f"/personen/{person(closed)}/neuausgabe", "/datenschutz/aufbewahrung"):
        page.goto(root + closed.address("kreis", path))
        accessible(page)
    page.context.clear_cookies()
    sign_in(page, root, closed.users['klara'])
    page.goto(root + closed.address("kreis", f"/personen/{person(closed)}/bescheinigungen"))
    accessible(page)
    page.get_by_label("Erster Monat").fill("2026-10")
    page.get_by_label("Letzter Monat").fill("2026-10")
    page.get_by_label("Empfangende Stelle").fill("Elterngeldstelle")
    page.get_by_label("Grund").fill("Antrag der Person")
    with page.expect_download() as got:
        page.get_by_role("button", name="Ausstellen und speichern").click()
    assert got.value.suggested_filename.startswith("Verdienstbescheinigung_2026-10")
