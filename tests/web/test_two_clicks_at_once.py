"""Dieselbe Anfrage zweimal im selben Augenblick, in echten Transaktionen: ein Eintrag, kein Fehler 500."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from sqlalchemy import func, select

from payroll.masterdata.models import Anliegen, Fehlzeit, Lohnart
from payroll.postings.models import Zuwendung
from tenants.db import turns
from tenants.db.session import platform_session, tenant_session
from tenants.models.view import SavedView
from tenants.users.service import create_user, give_mandate
from tests.web.at_once import both
from tests.web.test_gift_pages import GOOD
from tests.web.test_own_times import LEAVE, OWN, RULE, WEEK, job_of, portal, post
from tests.web.test_portal_own_data import form
from tests.web.test_wage_type_pages import ROOM
from timekeeping.leave.models import Abwesenheit
from timekeeping.own.models import ZeitAuftrag, ZeitKorrektur, ZeitStempel

SAID = "zweimal zugleich an und wurde einmal bearbeitet"
LEAVE_ASKED = {"art": "urlaub", "von": "21.12.2026", "bis": "23.12.2026"}
CASES: dict[str, tuple[str, type[Any], Callable[[Any], tuple[str, str]], dict[str, str]]] = {
    "correction of own data": ("ada", Anliegen, lambda office: (form(office, "berichtigung", "Öztürk"),) * 2,
                               {"bereich": "angaben", "text": "Meine Straße heißt Lindenweg"}),
    "stamp": ("ada", ZeitStempel, lambda office: (portal(office), f"{portal(office)}/stempeln"), {"was": "kommen"}),
    "correction of a day": ("ada", ZeitKorrektur, lambda office: (portal(office), f"{portal(office)}/korrektur"),
                            {"tag": "06.10.2026", "von-0": "7:00", "bis-0": "12:00", "grund": "vergessen"}),
    "leave": ("ada", Abwesenheit, lambda office: (portal(office, "abwesenheit"),
                                                  f"{portal(office, 'abwesenheit')}/antrag"), LEAVE_ASKED),
    "order": ("hugo", ZeitAuftrag, lambda office: (office.address("kreis", OWN),
                                                   office.address("kreis", f"{OWN}/auftrag")),
              {"personalnummer": "10001", "grund": "Haushalt", "art": "anordnung", "tag": "02.10.2026",
               "von": "16:00", "bis": "17:00"}),
    "gift": ("klara", Zuwendung, lambda office: (office.address("kreis", "/meldungen/zuwendungen"),) * 2, GOOD),
    "wage type": ("klara", Lohnart, lambda office: (office.address("kreis", "/stammdaten/lohnart/neu"),) * 2, ROOM),
    "view": ("klara", SavedView, lambda office: (office.address("kreis", "/personen"),
                                                 office.address("kreis", "/ansichten")),
             {"liste": "people.index", "adresse": "suche=Arndt", "name": "Meine"}),
}


def rows(office: Any, model: type[Any]) -> int:
    with tenant_session(office.tenants["kreis"].id, actor="test") as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def click(client: Any, page: str, path: str, data: dict[str, str]) -> Callable[[], Any]:
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get(page).text)
    assert found is not None, page
    given = {"csrf_token": found[1], **data}
    return lambda: client.post(path, data=given, headers={"Referer": f"http://localhost{page}"})


@pytest.fixture(scope="module")
def staffed(office: Any) -> Any:
    """Eine zweite Leitung, und die Arbeitszeit von 10001."""
    with platform_session(actor="test") as session:
        for name, role in (("hanna", "head"), ("kurt", "clerk")):
            office.users[name] = create_user(session, name, name.title(), kind="staff", demonstration=True)
            give_mandate(session, office.tenants["kreis"].id, office.users[name], role, date(2020, 1, 1))
    where = office.address("kreis", f"{OWN}/{job_of(office).public_id}")
    assert post(office.client("klara"), f"{where}/arbeitszeit", where, **RULE, **WEEK).status_code == 302
    return office


@pytest.mark.parametrize("case", CASES, ids=[name.replace(" ", "-") for name in CASES])
def test_a_double_click_enters_once_and_the_second_is_told(staffed: Any, case: str) -> None:
    who, model, where, data = CASES[case]
    page, path = where(staffed)
    before, clients = rows(staffed, model), [staffed.client(who) for _window in range(2)]
    answers = both(model, *(click(client, page, path, data) for client in clients))
    assert [one.status_code for one in answers] == [302, 302], [one.text for one in answers]
    assert rows(staffed, model) - before == 1
    assert sorted(SAID in client.get(page).text for client in clients) == [False, True]


def test_without_the_turn_the_double_click_enters_twice(staffed: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Die Gegenprobe: die Stelle liegt wirklich zwischen Nachsehen und Schreiben."""
    monkeypatch.setattr(turns, "ask", lambda *_name: None)
    _who, model, where, data = CASES["gift"]
    before = rows(staffed, model)
    both(model, *(click(staffed.client("klara"), *where(staffed), data) for _window in range(2)))
    assert rows(staffed, model) - before == 2


def test_two_people_decide_at_once_and_one_decision_counts(staffed: Any) -> None:
    leave, where = portal(staffed, "abwesenheit"), staffed.address("kreis", LEAVE)
    asked = {"art": "urlaub", "von": "01.03.2027", "bis": "05.03.2027"}
    assert post(staffed.client("ada"), f"{leave}/antrag", leave, **asked).status_code == 302
    with tenant_session(staffed.tenants["kreis"].id, actor="test") as session:
        key = session.scalars(select(Abwesenheit.public_id).where(Abwesenheit.von == date(2027, 3, 1))).one()
    data = {"kennung": str(key), "was": "genehmigen"}
    before = rows(staffed, Fehlzeit)
    answers = both(Abwesenheit, *(click(staffed.client(who), where, f"{where}/entscheiden", data)
                                  for who in ("hugo", "hanna")))
    assert sorted(one.status_code for one in answers) == [302, 422]
    assert "Der Antrag ist schon genehmigt" in next(one.text for one in answers if one.status_code == 422)
    assert rows(staffed, Fehlzeit) - before == 1


def test_two_people_enter_the_same_number_at_once_and_the_second_is_told(staffed: Any) -> None:
    page = staffed.address("kreis", "/stammdaten/lohnart/neu")
    given = ROOM | {"nummer": "9002", "text": "Rufbonus Sommer"}
    answers = both(Lohnart, *(click(staffed.client(who), page, page, given) for who in ("klara", "kurt")))
    assert sorted(one.status_code for one in answers) == [302, 422]
    assert "9002" in next(one.text for one in answers if one.status_code == 422)
