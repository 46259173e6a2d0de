"""Zwei Menschen oder Programme tun im selben Augenblick dasselbe: es geschieht einmal, und jeder erfährt den Stand."""

from __future__ import annotations

import re
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
from tenants.models import Tenant, User
from tenants.users.service import create_user, give_mandate
from tests.web.at_once import both
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


@pytest.mark.usefixtures("case")
def test_4_one_order_of_payments_and_one_release(staffed: Any) -> None:
    home = staffed.address("kreis", "/zahlungen")
    given = {"iban": PAYER, "inhaber": "Kreis Beispiel", "gilt_ab": "01.01.2026", "grund_konto": "Eröffnung"}
    clerks, treasury = ([staffed.client(who) for who in names] for names in (("klara", "karla"), ("kasse1", "kasse2")))
    assert post(clerks[0], home, f"{home}/konto", **given).status_code == 302
    with tenant_session(staffed.tenants["kreis"].id, actor="test") as session:
        account = session.scalars(select(Arbeitgeberkonto.public_id)).one()
    confirm = f"{home}/konto/{account}/bestaetigen"
    answers = both(ArbeitgeberkontoBestaetigung, *(click(one, home, confirm) for one in treasury))
    assert all(one.status_code < 500 for one in answers)
    answers = both(Zahlungsauftrag, *(click(one, home, f"{home}/auftrag", monat="2026-10") for one in clerks))
    assert all(one.status_code in (302, 422) for one in answers), [one.text for one in answers]
    with tenant_session(staffed.tenants["kreis"].id, actor="test") as session:
        order = session.scalars(select(Zahlungsauftrag)).one()
    page = f"{home}/{order.public_id}"
    shown = re.search(r'name="pruefsumme" value="([0-9a-f]{64})"', treasury[0].get(page).text)
    assert shown is not None
    answers = both(Zahlungsauftrag, *(click(one, page, f"{page}/freigeben", pruefsumme=shown[1]) for one in treasury))
    assert all(one.status_code in (302, 422) for one in answers), [one.text for one in answers]
    with tenant_session(staffed.tenants["kreis"].id, actor="test") as session:
        order = session.scalars(select(Zahlungsauftrag)).one()
    assert order.zustand == "freigegeben"


def test_5_what_collides_all_the_same_is_told_and_not_our_error(
        staffed: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Die Gegenprobe: ohne die Reihe findet erst die Datenbank das Doppelte; die Seite sagt es."""
    monkeypatch.setattr(turns, "ask", lambda *_name: None)
    page = staffed.address("kreis", "/stammdaten/lohnart/neu")
    given = ROOM | {"nummer": "9003", "text": "Rufbonus Herbst"}
    answers = both(Lohnart, *(click(staffed.client(who), page, page, **given) for who in ("klara", "karla")))
    assert sorted(one.status_code for one in answers) == [302, 409]
    assert "Inzwischen hat sich etwas geändert" in next(one.text for one in answers if one.status_code == 409)
