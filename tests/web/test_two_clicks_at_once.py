"""Dieselbe Anfrage zweimal im selben Augenblick, in echten Transaktionen: ein Eintrag, kein Fehler 500."""

from __future__ import annotations

import ast
import inspect
import re
import textwrap
from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any

import pytest
from sqlalchemy import func, select

from payroll.masterdata.models import Anliegen, Fehlzeit, Lohnart
from payroll.postings.models import Zuwendung
from tenants.db import turns
from tenants.db.session import platform_session, tenant_session
from tenants.interfaces.models import ApiAccess
from tenants.models.view import SavedView
from tenants.users.service import create_user, give_mandate
from tenants.web.access import access_of, answers_by_showing
from tests.web import at_once
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


def test_who_waits_too_long_for_somebody_else_is_told(staffed: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "LONGEST", "30ms")
    monkeypatch.setattr(at_once, "_waiting", lambda: 0)  # the first goes on only when the second has its answer
    page = staffed.address("kreis", "/stammdaten/lohnart/neu")
    given = {who: ROOM | {"nummer": number, "text": f"Bonus {number}"}
             for who, number in (("klara", "9003"), ("kurt", "9004"))}
    answers = both(Lohnart, *(click(staffed.client(who), page, page, data) for who, data in given.items()))
    assert sorted(one.status_code for one in answers) == [302, 409]
    assert "Gerade ändert jemand dasselbe" in next(one.text for one in answers if one.status_code == 409)


def test_what_is_shown_once_is_shown_to_the_second_click_as_well(staffed: Any) -> None:
    page = staffed.address("kreis", "/pflichten")
    answers = both(ApiAccess, *(click(staffed.client("hugo"), page, f"{page}/abo", {}) for _window in range(2)))
    assert [one.status_code for one in answers] == [200, 200], [one.text for one in answers]
    shown = [re.search(r"https?://[^\s\"<]*/kalender/[^\s\"<]+", one.text) for one in answers]
    assert len({one[0] for one in shown if one}) == 2


def test_the_second_click_goes_back_to_a_page_that_can_be_shown(staffed: Any) -> None:
    """Mit dem Filter der Liste; von einer Adresse, die nur Abgeschicktes annimmt, zur Startseite."""
    for came_from, leads_to in (("/personen?suche=Arndt", "/personen?suche=Arndt"), ("/ansichten", "")):
        page = staffed.address("kreis", "/personen")
        data = {"liste": "people.index", "adresse": "suche=Arndt", "name": f"Von {len(leads_to)}"}
        clicks = []
        for _window in range(2):
            client = staffed.client("klara")
            csrf = re.search(r'name="csrf_token" value="([^"]+)"', client.get(page).text)
            assert csrf is not None
            sent = {"csrf_token": csrf[1], **data}
            where = f"http://localhost{staffed.address('kreis', came_from)}"
            clicks.append(partial(client.post, staffed.address("kreis", "/ansichten"), data=sent,
                                  headers={"Referer": where}))
        answers = both(SavedView, *clicks)
        expected = staffed.address("kreis", leads_to) if leads_to else "/"
        assert expected in {one.location for one in answers}, [one.location for one in answers]


def test_every_post_that_answers_with_content_is_marked(staffed: Any) -> None:
    """Wer eine Datei oder eine Seite aus einer Änderung herausgibt, ohne umzuleiten, trägt @shows_answer."""
    wrong = []
    for rule in staffed.app.url_map.iter_rules():
        view = staffed.app.view_functions[rule.endpoint]
        access = access_of(staffed.app, rule.endpoint)
        if "POST" not in (rule.methods or ()) or access is None or access.public_reason is not None:
            continue
        tree = ast.parse(textwrap.dedent(inspect.getsource(inspect.unwrap(view))))
        given = [ast.unparse(one.value) for one in ast.walk(tree) if isinstance(one, ast.Return) and one.value]
        if any(text.startswith(("exports.", "render_template(")) for text in given) and not answers_by_showing(
                staffed.app, rule.endpoint):
            wrong.append(rule.endpoint)
    assert set(wrong) == {"intake.confirm"}, "dort steht nach dem Einlesen, was eingelesen ist; zweimal wäre zweimal"
