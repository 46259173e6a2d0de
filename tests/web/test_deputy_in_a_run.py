"""Vertretung und zweite Person: wer rechnete oder schon freigab, gibt auch in Vertretung nicht frei."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from payroll.runs.calculate import calculate
from payroll.runs.models import Lauf
from tenants.db.session import platform_session, tenant_session
from tenants.models.user import User
from tenants.users import deputies
from tenants.users.service import create_user

MONTH, TODAY = date(2026, 11, 1), date(2026, 11, 25)  # the day of the application in the tests
MINE, TOWN = "/freigeben", "/freigeben-arbeitgeber"


def stands_in(office: Any, deputy: str, *absent: str, first: date = TODAY, last: date = TODAY) -> None:
    with platform_session(actor="verwaltung") as session:
        for name in absent:
            deputies.appoint(session, session.get_one(User, office.users[name].id),
                             session.get_one(User, office.users[deputy].id), first, last, "Urlaub")


@pytest.fixture(scope="module")
def checked(office: Any) -> Any:
    """Ein geprüfter Lauf, gerechnet von Klara; sie und Vera vertreten heute Hugo und Mia."""
    with platform_session(actor="verwaltung") as session:
        for name in ("vera", "wim"):
            office.users[name] = create_user(session, name, name.title(), demonstration=True)
    with tenant_session(office.tenants["kreis"].id, actor="klara") as session:
        lauf = calculate(session, MONTH, key="vertretung")
        lauf.geprueft_von, lauf.geprueft_am, lauf.zustand = "klara", datetime.now(UTC), "geprueft"
    for name in ("klara", "vera"):
        stands_in(office, name, "hugo", "mia")
    return office


def lauf_of(office: Any) -> Lauf:
    with tenant_session(office.tenants["kreis"].id, actor="test") as session:
        return session.scalars(select(Lauf).where(Lauf.monat == MONTH)).one()


def release(office: Any, client: Any, way: str) -> int:
    page = office.address("kreis", "/abrechnung/2026-11")
    key = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/sicherheit").text)
    assert key is not None
    given = {"csrf_token": key[1], "ergebnis_hash": str(lauf_of(office).ergebnis_hash)}
    status: int = client.post(f"{page}{way}", data=given).status_code
    return status


def test_who_calculated_does_not_release_in_the_place_of_another(checked: Any) -> None:
    klara = checked.client("klara")
    assert [release(checked, klara, way) for way in (MINE, TOWN)] == [409, 409]
    assert (lauf_of(checked).freigegeben_von, lauf_of(checked).gemeinde_von) == (None, None)


def test_one_deputy_of_both_sides_releases_for_one_only(checked: Any) -> None:
    vera = checked.client("vera")
    assert [release(checked, vera, way) for way in (MINE, TOWN)] == [302, 409]
    assert (lauf_of(checked).freigegeben_von, lauf_of(checked).gemeinde_von) == ("vera", None)


def test_a_deputyship_opens_on_its_days_and_ends_in_an_open_session(checked: Any) -> None:
    tomorrow, yesterday = TODAY + timedelta(days=1), TODAY - timedelta(days=1)
    stands_in(checked, "wim", "mia", first=tomorrow, last=tomorrow)
    stands_in(checked, "wim", "mia", first=yesterday - timedelta(days=9), last=yesterday)
    wim = checked.client("wim")
    page = checked.address("kreis", "/abrechnung/2026-11")
    assert (wim.get(page).status_code, release(checked, wim, TOWN)) == (404, 404), "gestern und morgen sind nicht heute"
    stands_in(checked, "wim", "mia")
    assert wim.get(page).status_code == 200
    with platform_session(actor="verwaltung") as session:
        row = next(one.row for one in deputies.standings(session, user_id=checked.users["wim"].id)
                   if one.holds_on(TODAY))
        deputies.end(session, row, yesterday, "doch da", today=TODAY)
    assert (wim.get(page).status_code, release(checked, wim, TOWN)) == (404, 404)
    assert lauf_of(checked).gemeinde_von is None


def test_a_deputy_passes_nothing_on(checked: Any) -> None:
    stands_in(checked, "vera", "klara")
    with pytest.raises(deputies.UserError, match="kein Mandat"):
        stands_in(checked, "wim", "vera")
