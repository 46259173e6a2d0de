"""Zwei oder drei tun im selben Augenblick dasselbe: es geschieht einmal, und jeder erfährt den Stand."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from sqlalchemy import func, select

from payroll.filings.models import Arbeitgeberkonto, ArbeitgeberkontoBestaetigung, Zahlungsauftrag
from payroll.masterdata.models import Lohnart
from payroll.runs.ueberzahlung import schritte
from payroll.runs.ueberzahlung.models import UeberzahlungSchritt
from tenants.db import turns
from tenants.db.session import platform_session, tenant_session
from tenants.models import AuditEntry, Tenant, User
from tenants.users.service import create_user, give_mandate
from tests.web.at_once import both, together
from tests.web.test_api import issued
from tests.web.test_overpayments import case
from tests.web.test_payment_pages import PAYER, post
from tests.web.test_wage_type_pages import ROOM
from timekeeping.models import ZeitDatei

__all__ = ["case"]  # a fixture


def rows(office: Any, model: type[Any]) -> int:
    with tenant_session(office.tenants["kreis"].id, actor="test") as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def click(client: Any, page: str, path: str, **data: str) -> Callable[[], Any]:
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get(page).text)
    assert found is not None, page
    given = {"csrf_token": found[1], **data}
    return lambda: client.post(path, data=given)


def refusal(answers: list[Any]) -> str:
    """Was dem zweiten gesagt wird; der erste ist durch."""
    assert sorted(one.status_code for one in answers) == [302, 422], [one.text for one in answers]
    return str(next(one.text for one in answers if one.status_code == 422))


@pytest.fixture(scope="module")
def staffed(office: Any) -> Any:
    """Von jeder Rolle zwei, und zwei Verwalterinnen."""
    with platform_session(actor="test") as session:
        for name, role in (("karla", "clerk"), ("kasse1", "treasury"), ("kasse2", "treasury")):
            office.users[name] = create_user(session, name, name.title(), demonstration=True)
            give_mandate(session, office.tenants["kreis"].id, office.users[name], role, date(2020, 1, 1))
        for name in ("vera", "viola"):
            office.users[name] = create_user(session, name, name.title(), demonstration=True, platform_admin=True)
    return office


def test_1_programs_that_send_the_same_get_the_same(staffed: Any) -> None:
    def send(content: dict[str, Any]) -> Callable[[], Any]:
        client, token = staffed.app.test_client(), issued(staffed)
        return lambda: client.post("/api/v1/zeiten", json=content, headers={"Authorization": f"Bearer {token}"})

    row = {"personalnummer": "10001", "datum": "2026-11-02", "schluessel": "1620", "stunden": 1.5}
    before = rows(staffed, ZeitDatei)
    answers = both(ZeitDatei, *(send({"zeilen": [row]}) for _program in range(2)))
    assert [one.status_code for one in answers] == [201, 201], [one.text for one in answers]
    assert answers[0].json["kennung"] == answers[1].json["kennung"]
    assert rows(staffed, ZeitDatei) - before == 1


def test_2_two_administrators_give_one_name_and_one_number_once(staffed: Any) -> None:
    clients = [staffed.client(name) for name in ("vera", "viola")]
    page = "/verwaltung/zugaenge/neu"
    said = refusal(both(User, *(click(one, page, page, name="Neu Hier", anmeldename="neuhier") for one in clients)))
    assert "neuhier ist vergeben" in said
    page = "/verwaltung/arbeitgeber/neu"
    given = {"nummer": "0777", "name": "Gemeinde Neu", "kind": "gemeinde"}
    assert "0777 ist vergeben" in refusal(both(Tenant, *(click(one, page, page, **given) for one in clients)))


def test_3_two_clerks_enter_the_same_repayment_and_both_count(staffed: Any, case: str) -> None:
    """Zwei Menschen sind kein Doppelklick: beide Zahlungen stehen da, und mehr als offen ist nimmt niemand an."""
    with tenant_session(staffed.tenants["kreis"].id, actor="test") as session:
        left = schritte.cases(session)[0].offen
    given = {"am": "25.11.2026", "text": "Überweisung", "betrag": f"{left // 100},{left % 100:02}"}
    before = rows(staffed, UeberzahlungSchritt)
    said = refusal(both(UeberzahlungSchritt, *(click(staffed.client(who), case, f"{case}/zahlung", **given)
                                               for who in ("klara", "karla"))))
    assert "Offen sind 0,00" in said
    assert rows(staffed, UeberzahlungSchritt) - before == 1


def said_once(office: Any, action: str) -> list[str]:
    """Wer es nach dem Protokoll tat; doppelt Getanes stünde zweimal da."""
    with tenant_session(office.tenants["kreis"].id, actor="test") as session:
        return list(session.scalars(select(AuditEntry.actor).filter_by(action=action).order_by(AuditEntry.id)))


def only_order(office: Any) -> Zahlungsauftrag:
    with tenant_session(office.tenants["kreis"].id, actor="test") as session:
        return session.scalars(select(Zahlungsauftrag).where(Zahlungsauftrag.zustand != "zurueckgezogen")).one()


def fingerprint(client: Any, page: str) -> str:
    shown = re.search(r'name="pruefsumme" value="([0-9a-f]{64})"', client.get(page).text)
    assert shown is not None
    return shown[1]


@pytest.mark.usefixtures("case")
def test_4_one_order_of_payments_and_one_release(staffed: Any) -> None:
    """Wer als Zweites kommt, bekommt, was der erste machte: eine Bestätigung, ein Auftrag, eine Freigabe."""
    home = staffed.address("kreis", "/zahlungen")
    given = {"iban": PAYER, "inhaber": "Kreis Beispiel", "gilt_ab": "01.01.2026", "grund_konto": "Eröffnung"}
    clerks, treasury = ([staffed.client(who) for who in names] for names in (("klara", "karla"), ("kasse1", "kasse2")))
    assert post(clerks[0], home, f"{home}/konto", **given).status_code == 302
    with tenant_session(staffed.tenants["kreis"].id, actor="test") as session:
        account = session.scalars(select(Arbeitgeberkonto.public_id)).one()
    confirm = f"{home}/konto/{account}/bestaetigen"
    answers = both(ArbeitgeberkontoBestaetigung, *(click(one, home, confirm) for one in treasury))
    assert [(one.status_code, one.location) for one in answers] == [(302, home)] * 2
    assert len(said_once(staffed, "arbeitgeberkonto.bestaetigt")) == rows(staffed, ArbeitgeberkontoBestaetigung) == 1
    answers = both(Zahlungsauftrag, *(click(one, home, f"{home}/auftrag", monat="2026-10") for one in clerks))
    made = only_order(staffed)
    page = f"{home}/{made.public_id}"
    assert [(one.status_code, one.location) for one in answers] == [(302, page)] * 2
    assert said_once(staffed, "zahlungsauftrag.erstellt") == [made.erstellt_von]
    release, shown = f"{page}/freigeben", fingerprint(treasury[0], page)
    answers = both(Zahlungsauftrag, *(click(one, page, release, pruefsumme=shown) for one in treasury))
    assert [(one.status_code, one.location) for one in answers] == [(302, page)] * 2
    released = only_order(staffed)
    assert (released.zustand, released.sha256) == ("freigegeben", made.sha256)
    assert said_once(staffed, "zahlungsauftrag.freigegeben") == [released.freigegeben_von]
    assert released.freigegeben_von in ("kasse1", "kasse2")


def test_5_what_collides_all_the_same_is_told_and_not_our_error(
        staffed: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Die Gegenprobe: ohne die Reihe findet erst die Datenbank das Doppelte; die Seite sagt es."""
    monkeypatch.setattr(turns, "ask", lambda *_name: None)
    page = staffed.address("kreis", "/stammdaten/lohnart/neu")
    given = ROOM | {"nummer": "9003", "text": "Rufbonus Herbst"}
    answers = both(Lohnart, *(click(staffed.client(who), page, page, **given) for who in ("klara", "karla")))
    assert sorted(one.status_code for one in answers) == [302, 409]
    assert "Inzwischen hat sich etwas geändert" in next(one.text for one in answers if one.status_code == 409)


@pytest.mark.usefixtures("case")
def test_6_three_at_once_release_and_withdraw_one_order(staffed: Any) -> None:
    """Zwei geben frei, die dritte zieht zurück: der Auftrag ist hinterher das eine oder das andere, nie beides."""
    home = staffed.address("kreis", "/zahlungen")
    klara, karla, *treasury = (staffed.client(who) for who in ("klara", "karla", "kasse1", "kasse2"))
    if not rows(staffed, ArbeitgeberkontoBestaetigung):
        given = {"iban": PAYER, "inhaber": "Kreis Beispiel", "gilt_ab": "01.01.2026", "grund_konto": "Eröffnung"}
        assert post(klara, home, f"{home}/konto", **given).status_code == 302
        with tenant_session(staffed.tenants["kreis"].id, actor="test") as session:
            account = session.scalars(select(Arbeitgeberkonto.public_id)).one()
        assert post(treasury[0], home, f"{home}/konto/{account}/bestaetigen").status_code == 302
    page = post(klara, home, f"{home}/auftrag", monat="2026-11").location
    before = [len(said_once(staffed, f"zahlungsauftrag.{done}")) for done in ("freigegeben", "zurueckgezogen")]
    shown = fingerprint(treasury[0], page)
    *released, withdrawn = together(
        Zahlungsauftrag, *(click(one, page, f"{page}/freigeben", pruefsumme=shown) for one in treasury),
        click(karla, page, f"{page}/zurueckziehen", grund_zurueck="Falscher Tag"))
    with tenant_session(staffed.tenants["kreis"].id, actor="test") as session:
        order = session.scalars(select(Zahlungsauftrag).filter_by(public_id=uuid.UUID(page.rsplit("/", 1)[1]))).one()
    held = order.zustand == "freigegeben"
    assert order.zustand in ("freigegeben", "zurueckgezogen")
    assert [one.status_code for one in released] == [302 if held else 422] * 2, [one.text for one in released]
    assert withdrawn.status_code == (422 if held else 302), withdrawn.text
    after = [len(said_once(staffed, f"zahlungsauftrag.{done}")) for done in ("freigegeben", "zurueckgezogen")]
    assert [now - then for now, then in zip(after, before, strict=True)] == [int(held), int(not held)]
    assert (order.freigegeben_von in ("kasse1", "kasse2"), order.zurueckgezogen_von == "karla") == (held, not held)
