"""Nachricht über eine neue Abrechnung: freiwillige Adresse, erst nach dem Abschluss, einmal, ohne Bezügedaten."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any, cast

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Page
from sqlalchemy import select

from payroll.runs.calculate import calculate
from payroll.statements import bereit
from tenants.audit.models import AuditEntry
from tenants.db.session import platform_session, tenant_session
from tenants.models.access import OutboxMessage
from tenants.models.user import User
from tenants.outbox import confirming
from tenants.outbox import service as outbox
from tenants.users.mandates import give_employee_access
from tenants.users.service import create_user
from tests.web.arriving import sign_in

SENTENCE = "viele kleine Enten schwimmen quer"
PAGE = "/sicherheit/mail"
CODE = f"{PAGE}/code"


def send(client: FlaskClient, page: str, **data: str) -> Any:
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get(page).text)
    assert found is not None
    return client.post(page, data={"csrf_token": found[1], **data})


def mails(prefix: str) -> list[tuple[str, str, str]]:
    with platform_session(actor="test") as session:
        rows = session.scalars(select(OutboxMessage).where(OutboxMessage.occasion.startswith(prefix))
                               .order_by(OutboxMessage.id)).all()
        return [(row.recipient, row.subject, row.body) for row in rows]


def code() -> str:
    found = re.search(r"^[A-Z0-9]{4}(-[A-Z0-9]{4}){2}$", mails("mail_confirm")[-1][2], re.MULTILINE)
    assert found is not None
    return found[0]


def confirmed(client: FlaskClient, address: str) -> None:
    assert send(client, PAGE, mail=address, kennwort=SENTENCE).location == CODE
    assert send(client, CODE, code=code().lower()).location == "/sicherheit"


def arrived(office: Any, login: str) -> FlaskClient:
    with platform_session(actor="test") as session:
        office.users[login] = create_user(session, login, login.title(), kind="employee", password=SENTENCE)
    client = office.app.test_client()
    assert send(client, "/anmelden", anmeldename=login, kennwort=SENTENCE).status_code == 302
    return cast("FlaskClient", client)


def address_of(login: str) -> str | None:
    with platform_session(actor="test") as session:
        return session.scalars(select(User).filter_by(login=login)).one().email


@pytest.fixture(scope="module")
def tess(office: Any) -> FlaskClient:
    """Eine Beschäftigte mit Kennwort, angemeldet."""
    with platform_session(actor="test") as session:
        office.users["tess"] = user = create_user(session, "tess", "Tess", kind="employee", password=SENTENCE)
        give_employee_access(session, office.tenants["kreis"].id, user, office.people["Zander"].public_id,
                             date(2026, 1, 1))
    client = office.app.test_client()
    assert send(client, "/anmelden", anmeldename="tess", kennwort=SENTENCE).status_code == 302
    return client


def test_the_address_is_free_to_give_checked_and_both_addresses_are_told(office: Any, tess: FlaskClient) -> None:
    assert "Mailadresse eintragen" in tess.get("/sicherheit").text
    for wrong in ("tess", "tess@", "a@b.example, c@d.example", "a@b.example\r\nBcc: x@y.example", "x@🎉.example"):
        answer = send(tess, PAGE, mail=wrong, kennwort=SENTENCE)
        assert (answer.status_code, "keine einzelne Mailadresse" in answer.text) == (422, True), wrong
    kept = send(tess, PAGE, mail="tess@eins.example", kennwort="falsch")
    assert (kept.status_code, 'value="tess@eins.example"' in kept.text, "falsch" in kept.text) == (422, True, False)
    for address in ("tess@eins.example", "tess@zwei.example"):
        confirmed(tess, address)
    assert "tess@zwei.example" in tess.get("/sicherheit").text
    assert [one[0] for one in mails("changed_mail")] == ["tess@eins.example"]
    assert [one[0] for one in mails("mail_confirm")] == ["tess@eins.example", "tess@zwei.example"]
    assert office.client("klara").get(PAGE).status_code == 404, "die Adresse des Personals kommt aus der Personalliste"
    with platform_session(actor="test") as session:
        entry = session.scalars(select(AuditEntry).filter_by(tenant_id=0, action="user.contact")
                                .order_by(AuditEntry.id.desc())).first()
        assert entry is not None
        assert (entry.actor, entry.details["fields"]) == ("tess", ["email"])
        assert "zwei.example" not in str(entry.details)


def test_without_its_code_an_address_is_not_used(office: Any) -> None:
    """Auch nicht mit dem Code einer anderen Adresse, eines anderen Zugangs oder von gestern."""
    lene, uwe = arrived(office, "lene"), arrived(office, "uwe")
    assert lene.get(CODE).location == PAGE, "noch ist keine angegeben"
    assert send(lene, PAGE, mail="lene@eins.example", kennwort=SENTENCE).location == CODE
    first = code()
    assert send(lene, PAGE, mail="lene@zwei.example", kennwort=SENTENCE).location == CODE
    second = code()
    assert send(uwe, PAGE, mail="lene@zwei.example", kennwort=SENTENCE).location == CODE
    for client, wrong in ((lene, first), (lene, ""), (lene, "K7PX-M4QT-9RWD"), (uwe, second)):
        answer = send(client, CODE, code=wrong)
        assert (answer.status_code, "nicht der Code" in answer.text) == (422, True), wrong
    assert (address_of("lene"), address_of("uwe")) == (None, None)
    assert not [one for one in mails("changed_mail") if one[0].startswith("lene")]
    with platform_session(actor="test") as session:
        user, now = session.scalars(select(User).filter_by(login="lene")).one(), datetime.now(UTC)
        asked = confirming.ask(session, user, "lene@drei.example", now)
        assert asked is not None
        found = session.scalars(select(OutboxMessage).order_by(OutboxMessage.id.desc())).first()
        assert found is not None
        given = re.findall(r"^[A-Z0-9-]{14}$", found.body, re.MULTILINE)[0]
        assert confirming.fits(user, asked, given, now)
        assert not confirming.fits(user, asked, given, now + confirming.LIFETIME)
        user.session_epoch += 1
        assert not confirming.fits(user, asked, given, now), "neues Kennwort"
        session.rollback()
    assert send(lene, CODE, code=second).location == "/sicherheit"
    assert address_of("lene") == "lene@zwei.example"
    assert lene.get(CODE).location == PAGE, "verbraucht"


def test_five_addresses_a_day_and_no_more(office: Any) -> None:
    """Niemand macht den Postausgang zur Schleuder; löschen geht immer."""
    ina = arrived(office, "ina")
    for number in range(confirming.MOST):
        confirmed(ina, f"ina@{'abcde'[number]}.example")
    before = len(mails("mail_confirm"))
    refused = send(ina, PAGE, mail="ina@f.example", kennwort=SENTENCE)
    assert (refused.status_code, "Mehr als 5 Änderungen" in refused.text) == (429, True)
    assert (len(mails("mail_confirm")), address_of("ina")) == (before, "ina@e.example")
    assert send(ina, PAGE, mail="", kennwort=SENTENCE).location == "/sicherheit"
    assert address_of("ina") is None
    with platform_session(actor="test") as session:
        user, morrow = session.scalars(select(User).filter_by(login="ina")).one(), datetime.now(UTC) + timedelta(1)
        assert confirming.ask(session, user, "ina@f.example", morrow) is not None
        session.rollback()


def test_only_what_is_closed_is_told_once_and_without_pay(office: Any) -> None:
    tenant, now = office.tenants["kreis"].id, datetime.now(UTC)
    with platform_session(actor="test") as session:
        for name, person, language in (("rosa", "Arndt", "en"), ("ohne", "Meyer", "de")):
            user = create_user(session, name, name.title(), kind="employee", language=language,
                               details={"email": f"{name}@post.example" if name == "rosa" else None})
            give_employee_access(session, tenant, user, office.people[person].public_id, date(2026, 1, 1))
        left = create_user(session, "weg", "Weg", kind="employee", details={"email": "weg@post.example"})
        give_employee_access(session, tenant, left, office.people["Arndt"].public_id, date(2026, 1, 1),
                             date(2026, 1, 31))
    everywhere = [one.id for one in office.tenants.values()]
    with tenant_session(tenant, actor="klara") as session:
        calculate(session, date(2026, 9, 1), key="nur probe")
    assert bereit.announce(everywhere, now, "test") == 0, "eine Probe ist nichts Fertiges"
    for month in (date(2026, 10, 1), date(2026, 11, 1)):
        office.close(month)
    before = len(mails(outbox.SLIP))
    assert before == 0
    made = bereit.announce(everywhere, now, "test")
    told = [one for one in mails(outbox.SLIP) if one[0] == "rosa@post.example"]
    assert made == len(mails(outbox.SLIP)) > 0
    assert len(told) == 1, "zwei Monate, eine Nachricht"
    assert told[0][1] == "News in the portal for employees"
    for secret in ("€", "Kreis Beispiel", "2026", "Arndt", "http"):
        assert secret not in "".join(told[0]), secret
    assert "weg@post.example" not in [one[0] for one in mails(outbox.SLIP)]
    assert bereit.announce(everywhere, now, "test") == 0, "noch einmal aufgerufen, keine mehr"
    assert bereit.announce(everywhere, now + timedelta(days=8), "test") == 0, "Altes meldet niemand"
    office.close(date(2026, 12, 1))
    assert bereit.announce(everywhere, now, "test") == made


def test_without_an_address_nothing_is_sent(office: Any, tess: FlaskClient) -> None:
    confirmed(tess, "tess@eins.example")
    assert send(tess, PAGE, mail="", kennwort=SENTENCE).location == "/sicherheit"
    with platform_session(actor="test") as session:
        user = session.scalars(select(User).filter_by(login="tess")).one()
        assert user.email is None
        assert outbox.slips_ready(session, {user.id: "probe"}, date(2026, 11, 25)) == 0


def test_only_who_asked_and_is_there_today_is_told(office: Any) -> None:
    day = date(2026, 11, 25)
    with platform_session(actor="test") as session:
        made = {
            name: create_user(session, name, name.title(), kind=kind,
                              details={"email": f"{name}@post.example", "first_day": first, "last_day": last})
            for name, kind, first, last in (
                ("da", "employee", day, day), ("amt", "staff", None, None), ("gestern", "employee", None,
                day - timedelta(days=1)), ("morgen", "employee", day + timedelta(days=1), None))
        }
        many = dict.fromkeys(range(10_000_000, 10_070_000), "probe")  # more than a statement has places for
        before = len(mails(outbox.SLIP))
        assert outbox.slips_ready(session, many | {user.id: "probe" for user in made.values()}, day) == 1
    assert [one[0] for one in mails(outbox.SLIP)[before:]] == ["da@post.example"]


@pytest.mark.browser
def test_the_page(office: Any, page: Page, serve: Callable, accessible: Callable) -> None:
    root = serve(office.app)
    sign_in(page, root, office.users["ada"])
    page.goto(f"{root}/sicherheit")
    page.get_by_role("link", name="Mailadresse eintragen").click()
    page.get_by_role("heading", level=1, name="Nachrichten per E-Mail").wait_for()
    accessible(page)
    page.get_by_label("Mailadresse").fill("ada@neu.example")
    page.get_by_role("button", name="Speichern").click()
    page.wait_for_url(f"**{CODE}")
    page.get_by_text("An ada@neu.example geht").wait_for()
    page.get_by_label("Code").fill("K7PX")
    page.get_by_role("button", name="Adresse bestätigen").click()
    page.get_by_text("nicht der Code").first.wait_for()
    accessible(page)
    page.get_by_label("Code").fill(code())
    page.get_by_role("button", name="Adresse bestätigen").click()
    page.wait_for_url("**/sicherheit")
    page.get_by_text("ada@neu.example").first.wait_for()
