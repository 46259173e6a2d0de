"""Portal: meine Daten, Berichtigung, Bankverbindung mit zweitem Faktor und Wartezeit, nach dem Austritt nur lesen."""

import html
import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pyotp
import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Page
from sqlalchemy import Engine, event, func, select

from payroll.masterdata.anliegen import ask_correction
from payroll.masterdata.ausgeschieden import access_until, last_days, settle_access
from payroll.masterdata.clocks import as_of
from payroll.masterdata.models import Anliegen, Bankverbindung, Beschaeftigung, BeschaeftigungAngaben, Wiedervorlage
from payroll.masterdata.sealing import reveal
from payroll.masterdata.service import end_fact, record_fact
from tenants.audit.models import AuditEntry
from tenants.db.session import platform_session, tenant_session
from tenants.models.access import OutboxMessage
from tenants.models.user import EmployeeAccess, User
from tenants.users.service import create_user, enrol_second_factor, give_employee_access
from tests.web.arriving import sign_in, sign_out

OLD, NEW, DESK = "DE02120300000000202051", "DE89370400440532013000", "DE75512108001245126199"
TODAY, FIRST = date(2026, 11, 25), date(2026, 12, 1)


def send(client: FlaskClient, page: str, action: str | None = None, **data: str) -> Any:
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get(page).text)
    assert found is not None
    return client.post(action or page, data={"csrf_token": found[1], **data})


def account_on(office: Any, person: str, day: date) -> str | None:
    with tenant_session(office.tenants["kreis"].id, actor="test") as session:
        mine = [one for one in as_of(session, Bankverbindung, day) if one.person_id == office.people[person].id]
        return reveal(session, mine[0], "iban") if mine else None


def form(office: Any, name: str, person: str) -> str:
    return f"/portal/{office.tenants['kreis'].public_id}/daten/{office.people[person].public_id}/{name}"


@pytest.fixture
def bea(office: Any) -> tuple[FlaskClient, pyotp.TOTP]:
    """Eine Beschäftigte mit zweitem Faktor und Mailadresse, jedes Mal ein neuer Zugang zur selben Person."""
    name = f"bea{datetime.now(UTC):%H%M%S%f}"
    with platform_session(actor="test") as session:
        user = create_user(session, name, "Bea", kind="employee", demonstration=True)
        user.email = f"{name}@example.org"
        totp = pyotp.TOTP(enrol_second_factor(session, user))
        person = office.people["Öztürk"].public_id
        give_employee_access(session, office.tenants["kreis"].id, user, person, date(2026, 1, 1))
    office.users[name] = user
    return office.client(name), totp


def test_own_data_are_shown_plain_and_the_reading_is_logged(office: Any) -> None:
    page = html.unescape(office.client("ada").get("/portal/daten").text)
    assert "Öztürk" in page
    assert OLD in page.replace(" ", "")
    assert "Zander" not in page


def test_a_correction_is_asked_answered_and_read(office: Any) -> None:
    ada, text = office.client("ada"), "Meine Straße heißt Lindenweg 🌳 مرحبا <b>"
    path = form(office, "berichtigung", "Öztürk")
    wrong = send(ada, path, bereich="angaben", text="x")
    assert (wrong.status_code, "3 bis 2000 Zeichen" in wrong.text) == (422, True)
    assert send(ada, path, bereich="passwort", text=text).status_code == 422
    assert send(ada, path, bereich="angaben", text=text).location == "/portal/daten"
    klara = office.client("klara")
    listed = klara.get(office.address("kreis", "/anliegen")).text
    assert "Meine Straße heißt Lindenweg 🌳 مرحبا &lt;b&gt;" in listed
    action = re.search(r'action="(/mandanten/[^"]+/anliegen/[0-9a-f-]{36})"', listed)
    assert action is not None
    here = office.address("kreis", "/anliegen")
    kept = send(klara, here, action[1], schritt="annehmen", antwort="ok")
    assert (kept.status_code, 'value="ok"' in kept.text) == (422, True)
    assert send(klara, here, action[1], schritt="annehmen", antwort="Ist geändert.").status_code == 302
    assert send(klara, here, action[1], schritt="ablehnen", antwort="Doch nicht.").status_code == 422
    assert "Ist geändert." in ada.get("/portal/daten").text
    with tenant_session(office.tenants["kreis"].id, actor="test") as session:
        row = session.scalars(select(Wiedervorlage).where(Wiedervorlage.thema == "portal")).one()
        assert row.erledigt_von == "klara"
        sealed = session.scalars(select(Anliegen)).one()
    assert b"Lindenweg" not in sealed.inhalt_siegel


def test_an_account_waits_for_its_day_and_can_be_taken_back(office: Any, bea: tuple[FlaskClient, pyotp.TOTP]) -> None:
    client, totp = bea
    path = form(office, "bank", "Öztürk")
    typo = send(client, path, iban="DE00123", code=totp.now())
    assert (typo.status_code, "Bankkarte" in typo.text) == (422, True)
    refused = send(client, path, iban=NEW, code="000000")
    assert (refused.status_code, f'value="{NEW}"' in refused.text) == (422, True)
    assert send(client, path, iban=NEW, kontoinhaber="B. Öztürk", code=totp.now()).status_code == 302
    assert (account_on(office, "Öztürk", TODAY), account_on(office, "Öztürk", FIRST)) == (OLD, NEW)
    with tenant_session(office.tenants["kreis"].id, actor="klara") as session:
        record_fact(session, Bankverbindung, valid_from=date(2027, 7, 1), reason="Schreiben",
                    person_id=office.people["Öztürk"].id, iban=DESK, iban_ende=DESK[-4:])
    with platform_session(actor="test") as session:
        user = session.scalars(select(User).where(User.login.like("bea%")).order_by(User.id.desc())).first()
        assert user is not None
        mail = session.scalars(select(OutboxMessage).where(OutboxMessage.user_id == user.id,
                                                           OutboxMessage.occasion == "account_changed")).one()
    assert NEW[-4:] not in mail.body
    page = html.unescape(client.get("/portal/daten").text)
    assert "Gilt ab 01.12.2026. Bis einschließlich 28.11.2026 können Sie sie zurücknehmen." in page
    back = re.search(r'action="(/portal/[^"]+/zuruecknehmen)"', page)
    assert back is not None
    assert office.client("ada").post(back[1]).status_code in (400, 403)
    assert send(client, "/portal/daten", back[1]).status_code == 302
    assert (account_on(office, "Öztürk", FIRST), account_on(office, "Öztürk", date(2027, 7, 1))) == (OLD, DESK)
    told = html.unescape(client.get("/portal/daten").text)
    assert "Zurückgenommen. Es bleibt, was inzwischen erfasst ist: ab dem 01.07.2027" in told
    with tenant_session(office.tenants["kreis"].id, actor="klara") as session:
        end_fact(session, Bankverbindung, last_day=date(2027, 6, 30), reason="Irrtum",
                 person_id=office.people["Öztürk"].id)
    again = send(client, "/portal/daten", back[1])
    assert again.status_code == 302
    assert "ist schon zurückgenommen" in html.unescape(client.get("/portal/daten").text)


def test_the_clerk_refuses_an_account_and_twice_at_once_is_refused(
    office: Any, bea: tuple[FlaskClient, pyotp.TOTP], monkeypatch: pytest.MonkeyPatch
) -> None:
    client, totp = bea
    path = form(office, "bank", "Öztürk")
    assert send(client, path, iban=NEW, code=totp.now()).status_code == 302
    monkeypatch.setattr("payroll.web.portal.own_data.confirm", lambda *given: None)
    second = send(client, path, iban="DE75512108001245126199")
    assert (second.status_code, "läuft schon" in second.text) == (422, True)
    klara, here = office.client("klara"), office.address("kreis", "/anliegen")
    listed = klara.get(here).text
    action = re.search(r'action="(/mandanten/[^"]+/anliegen/[0-9a-f-]{36})"', listed)
    assert action is not None
    assert ("Annehmen geht erst nach dem 28.11.2026" in listed, 'value="annehmen"' in listed) == (True, False)
    early = send(klara, here, action[1], schritt="annehmen", antwort="Ist gut.")
    assert (early.status_code, "erst ab dem 29.11.2026 annehmen" in early.text) == (422, True)
    assert send(klara, here, action[1], schritt="ablehnen", antwort="Bitte rufen Sie an.").status_code == 302
    assert account_on(office, "Öztürk", FIRST) == OLD


def test_reading_requests_is_logged_per_person_shown_in_few_statements(office: Any) -> None:
    tenant, here = office.tenants["kreis"].id, office.address("kreis", "/anliegen")
    with tenant_session(tenant, actor="ada") as session:
        for name in ("Meyer", "Meyer", "Zander"):
            ask_correction(session, office.people[name], "Anderes", "Bitte prüfen", TODAY)
    rolf = office.client("rolf")

    def seen(search: str) -> tuple[int, list[tuple[str, str, Any]]]:
        with tenant_session(tenant, actor="test") as session:
            last = session.scalars(select(func.max(AuditEntry.id))).one()
        statements: list[str] = []

        def count(*given: Any) -> None:
            statements.append(given[2])

        event.listen(Engine, "before_cursor_execute", count)
        try:
            assert rolf.get(f"{here}?suche={search}").status_code == 200
        finally:
            event.remove(Engine, "before_cursor_execute", count)
        with tenant_session(tenant, actor="test") as session:
            rows = session.scalars(select(AuditEntry).where(AuditEntry.id > last, AuditEntry.actor == "rolf"))
            return len(statements), [(row.action, row.subject, row.details) for row in rows]

    one, entries = seen("Zander")
    assert entries == [("anliegen.gelesen", f"person:{office.people['Zander'].public_id}", {"anliegen": 1})]
    three, entries = seen("Anderes")
    assert sorted(entries, key=str) == sorted((
        ("anliegen.gelesen", f"person:{office.people[name].public_id}", {"anliegen": number})
        for name, number in (("Meyer", 2), ("Zander", 1))), key=str)
    assert one == three
    assert seen("niemand")[1] == []


def test_the_clerk_does_not_decide_on_an_own_request(office: Any) -> None:
    with tenant_session(office.tenants["kreis"].id, actor="klara") as session:
        row = ask_correction(session, office.people["Arndt"], "Anderes", "Mein eigener Wunsch", TODAY)
        address = office.address("kreis", f"/anliegen/{row.public_id}")
    klara, here = office.client("klara"), office.address("kreis", "/anliegen")
    listed = klara.get(here).text
    assert ("jemand anderes entscheidet darüber" in listed, address in listed) == (True, False)
    refused = send(klara, here, address, schritt="annehmen", antwort="Ist gut.")
    assert (refused.status_code, "Ihr eigenes Anliegen" in refused.text) == (422, True)


def test_foreign_persons_are_not_there(office: Any) -> None:
    ada = office.client("ada")
    for name in ("bank", "berichtigung"):
        assert ada.get(form(office, name, "Meyer")).status_code == 404
    assert office.client("klara").get(form(office, "bank", "Öztürk")).status_code == 403


def test_pages_are_accessible(office: Any, page: Page, serve: Callable, accessible: Callable) -> None:
    address = serve(office.app)
    sign_in(page, address, office.users['ada'])
    page.get_by_role("link", name="Meine Daten").click()
    page.get_by_role("heading", level=1, name="Meine Daten").wait_for()
    accessible(page)
    for name in ("Bankverbindung ändern", "Etwas stimmt nicht"):
        page.get_by_role("link", name=name).click()
        page.get_by_role("heading", level=1, name=name).wait_for()
        accessible(page)
        page.go_back()
    sign_out(page)
    sign_in(page, address, office.users['klara'])
    page.goto(address + office.address("kreis", "/anliegen?stand=erledigt"))
    accessible(page)


def test_who_has_left_reads_until_a_day_and_changes_nothing(office: Any) -> None:
    tenant, person = office.tenants["kreis"].id, office.people["Öztürk"].public_id
    with tenant_session(tenant, actor="klara") as session:
        number = office.people["Öztürk"].id
        job = session.scalars(select(Beschaeftigung).where(Beschaeftigung.person_id == number)).one()
        record_fact(session, BeschaeftigungAngaben, valid_from=date(2026, 10, 31), reason="Austritt",
                    beschaeftigung_id=job.id, art="tarif", eintritt=date(2026, 1, 1), austritt=date(2026, 10, 31),
                    kostenstelle="4711")  # fmt: skip
        assert last_days(session, [person]) == {person: date(2026, 10, 31)}
        limited, opened = settle_access(session, TODAY)
        assert (limited > 0, opened) == (True, 0)
        assert settle_access(session, TODAY) == (0, 0)
    with platform_session(actor="test") as session:
        ends = set(session.scalars(select(EmployeeAccess.valid_to).where(EmployeeAccess.person_public_id == person)))
    assert ends == {access_until(date(2026, 10, 31))} == {date(2028, 12, 31)}
    by_hand = office.people["Zander"].public_id
    with platform_session(actor="test") as session:
        give_employee_access(session, tenant, office.users["ada"], by_hand, date(2026, 1, 1))
    with tenant_session(tenant, actor="test") as session:
        other = session.scalars(select(EmployeeAccess).where(EmployeeAccess.person_public_id == by_hand)).one()
        other.valid_to = date(2026, 12, 31)
        session.flush()
        assert settle_access(session, TODAY) == (0, 0), "an end set by hand stays, even a 31 December"
        record_fact(session, BeschaeftigungAngaben, valid_from=date(2026, 10, 31), reason="Rückkehr",
                    beschaeftigung_id=job.id, art="tarif", eintritt=date(2026, 1, 1), kostenstelle="4711")
        assert settle_access(session, TODAY) == (0, limited), "an end set here goes with the return"
        session.rollback()
    ada = office.client("ada")
    page = html.unescape(ada.get("/portal/daten").text)
    assert "bleibt bis zum 31.12.2028 zum Lesen offen" in page
    refused = send(ada, "/portal/daten", form(office, "berichtigung", "Öztürk"), bereich="angaben", text="Bitte ändern")
    assert (refused.status_code, "nur noch zum Lesen" in refused.text) == (422, True)
