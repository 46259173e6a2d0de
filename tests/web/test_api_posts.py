"""Stellen und Zeiten über die Schnittstelle: neue Stellen und Besetzungen, gebuchte Zeilen; alles oder nichts."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from datetime import date
from fractions import Fraction
from typing import Any

import pytest
from sqlalchemy import func, select

from payroll.runs.zeiten.stock import load_stock
from staffplan import occupancy
from staffplan.imports import storing
from staffplan.reading import stand
from staffplan.state import Besetzung
from tenants.audit.models import AuditEntry
from tenants.db.session import TenantSession, platform_session, tenant_session
from tenants.interfaces import service
from tenants.permissions import permissions_of
from tenants.users.mandates import give_mandate
from tenants.users.service import create_user
from timekeeping import profiles
from timekeeping import service as times
from timekeeping.imports import profile

TODAY, LAST = date(2026, 11, 25), date(2027, 11, 24)
FRAME = {"ab": "2026-11-01", "beschluss": "Stellenplan 2026"}
POST = {"nummer": "7001", "bezeichnung": "Sachbearbeitung", "einheit": "70", "einheit_name": "Umwelt", "gruppe": "E9b",
        "anteil": "1", "produkt": "05.01"}
ONE = {"stelle": "7001", "personalnummer": "10001", "anteil": "1/2", "gruppe": "E9a", "ab": "2026-11-01"}
KEYS = '\n[[schluessel]]\nfremd = "UE"\neigen = "1300"\n'
Ask = Callable[..., Any]


@pytest.fixture
def plan(office: Any) -> Ask:
    """Ruft die Schnittstelle mit dem Zugang der Organisation auf."""
    with platform_session(actor="test") as session:
        login = f"otto{uuid.uuid4().hex[:8]}"
        give_mandate(session, office.tenants["kreis"].id, create_user(session, login, "Otto", demonstration=True),
                     "organisation", date(2020, 1, 1))
    return _asking(office, login, "organisation", ("stellen.lesen", "stellen.schreiben"))


@pytest.fixture
def clerk(office: Any) -> Ask:
    """Ruft die Schnittstelle mit einem Zugang der Sachbearbeitung auf."""
    return _asking(office, "klara", "clerk", ("zeiten.lesen", "zeiten.schreiben", "stellen.lesen"))


def _asking(office: Any, login: str, role: str, scopes: tuple[str, ...]) -> Ask:
    with tenant_session(office.tenants["kreis"].id, actor=login) as session:
        _row, token = service.issue(session, f"Probe {uuid.uuid4().hex[:8]}", scopes, LAST, today=TODAY,
                                    rights=permissions_of([role]))

    def call(path: str, **given: Any) -> Any:
        return office.app.test_client().open(f"/api/v1{path}", method="POST" if "json" in given else "GET",
                                             headers={"Authorization": f"Bearer {token}"}, **given)
    return call


def faults(answer: Any) -> list[tuple[str, str]]:
    return [(one["feld"], one["regel"]) for one in answer.json["fehler"]]


def test_posts_are_set_up_and_filled_once_and_by_trial_nothing(plan: Ask, office: Any) -> None:
    kreis = office.tenants["kreis"].id
    with tenant_session(kreis, actor="test") as session:
        before = session.scalar(select(func.max(AuditEntry.id))) or 0
    sent = {**FRAME, "stellen": [POST, {**POST, "nummer": "7002", "vermerk": "kw"}],
            "besetzungen": [ONE, {**ONE, "personalnummer": "10003", "anteil": 0.5}]}
    trial = plan("/stellen", json={**sent, "probe": True})
    assert (trial.status_code, trial.json) == (200, {"uebernommen": False, "neu": ["7001", "7002"], "unveraendert": [],
                                                     "besetzungen": 2}), trial.json
    assert numbers(plan) == set()
    assert plan("/stellen", json=sent).json["neu"] == ["7001", "7002"]
    again = plan("/stellen", json=sent)
    assert (again.json["neu"], again.json["unveraendert"]) == ([], ["7001", "7002"]), again.json
    held = {one["nummer"]: one for one in plan("/stellen?tag=2026-11-30").json["stellen"]}
    assert {one["personalnummer"]: one["anteil"] for one in held["7001"]["besetzungen"]} == {"10001": "1/2",
                                                                                            "10003": "1/2"}
    assert (held["7001"]["frei"], held["7002"]["vermerke"], held["7002"]["frei"]) == ("0", ["kw"], "1")
    with tenant_session(kreis, actor="test") as session:
        done = session.scalars(select(AuditEntry.action).where(
            AuditEntry.id > before, AuditEntry.actor.startswith("schnittstelle:Probe"),
            AuditEntry.action.startswith("stellenplan."))).all()
        assert sorted(done) == ["stellenplan.erfasst", "stellenplan.erfasst", "stellenplan.uebernommen"]
    with tenant_session(office.tenants["stadt"].id, actor="test") as session:
        assert stand(session, TODAY).stellen == {}


def numbers(plan: Ask) -> set[str]:
    return {one["nummer"] for one in plan("/stellen?tag=2026-11-30").json["stellen"]} & {"7001", "7002", "7003"}


@pytest.mark.parametrize(("change", "field", "words"), [
    ({"stellen": [{**POST, "nummer": "7003", "gruppe": "E99"}]}, "stellen[0]", "gibt es nicht"),
    ({"stellen": [{**POST, "nummer": "7003", "extra": 1}]}, "stellen[0].extra", "diese Angabe gibt es nicht"),
    ({"stellen": [{**POST, "nummer": None}]}, "stellen[0].nummer", "fehlt"),
    ({"stellen": [{**POST, "nummer": "x" * 31}]}, "stellen", "Regel „nummer“"),
    ({"stellen": [{**POST, "nummer": "7003", "zulage": [1]}]}, "stellen[0].zulage", "weder kurzer Text"),
    ({"stellen": [{**POST, "nummer": "7003"}], "besetzungen": [{**ONE, "stelle": "7003", "anteil": 2}]},
     "besetzungen[0]", "liegt nicht zwischen 0 und 1"),
    ({"stellen": [{**POST, "nummer": "7003"}], "besetzungen": [{**ONE, "stelle": "7003", "gruppe": "E12"}]},
     "besetzungen[0]", "liegt über der Bewertung"),
    ({"stellen": [{**POST, "nummer": "7003"}], "besetzungen": [{**ONE, "stelle": "7003", "gruppe": "E99"}]},
     "besetzungen[0]", "gibt es nicht"),
    ({"besetzungen": [{**ONE, "stelle": "gibtsnicht"}]}, "besetzungen[0]", "gibtsnicht"),
    ({"besetzungen": [{**ONE, "zustand": "weg"}]}, "besetzungen[0].zustand", "diesen Zustand gibt es nicht"),
    ({"besetzungen": [{**ONE, "anteil": "halb"}]}, "besetzungen[0].anteil", "kein Anteil"),
    ({"besetzungen": [{**ONE, "ab": "1.11.2026"}]}, "besetzungen[0].ab", "kein Tag"),
    ({"stellen": "7003"}, "stellen", "keine Liste"),
    ({}, "stellen", "nicht 1 bis"),
    ({"stellen": [POST], "beschluss": ""}, "beschluss", "fehlt"),
    ({"stellen": [POST], "ab": "2026-02-30"}, "ab", "kein Tag"),
    ({"stellen": [POST], "probe": 1}, "probe", "weder true noch false"),
    ({"stellen": [POST], "mehr": 1}, "mehr", "diese Angabe gibt es nicht"),
])
def test_what_does_not_fit_is_named_and_nothing_is_written(plan: Ask, change: dict[str, Any], field: str,
                                                           words: str) -> None:
    answer = plan("/stellen", json={**FRAME, **change})
    assert answer.status_code == 422, answer.json
    assert (faults(answer)[0][0], words in str(answer.json["fehler"][0])) == (field, True), answer.json
    assert "7003" not in numbers(plan)


def test_what_a_plan_decides_no_program_changes(plan: Ask) -> None:
    plan("/stellen", json={**FRAME, "stellen": [{**POST, "nummer": "7010"}]})
    changed = plan("/stellen", json={**FRAME, "stellen": [{**POST, "nummer": "7010", "gruppe": "E10"}]})
    assert (changed.status_code, faults(changed)) == (422, [("stellen[0]", "die Stelle 7010 gibt es schon anders")])
    earlier = plan("/stellen", json={**FRAME, "ab": "2026-01-01",
                                     "stellen": [{**POST, "nummer": "7010", "einheit": "71"}]})
    assert earlier.status_code == 422
    assert "aber nicht am 01.01.2026" in faults(earlier)[0][1]


def test_sending_again_takes_back_nothing_the_desk_decided_since(plan: Ask, office: Any) -> None:
    kreis, full = office.tenants["kreis"].id, {**ONE, "stelle": "7030", "personalnummer": "20001", "anteil": "1"}
    sent = {**FRAME, "stellen": [{**POST, "nummer": one} for one in ("7030", "7031")],
            "besetzungen": [full, {**full, "stelle": "7031", "personalnummer": "20003"}]}
    assert plan("/stellen", json=sent).status_code == 200
    half = Besetzung("7030", "20001", Fraction(1, 2), "E9a", date(2027, 2, 1))
    with tenant_session(kreis, actor="orla") as session:
        occupancy.occupy(session, half, reason="Teilzeit")
        occupancy.vacate(session, "7031", "20003", last_day=date(2027, 3, 31), reason="Austritt")
    assert plan("/stellen", json=sent).status_code == 200
    spans = {("7030", "1", "2027-01-31"), ("7031", "1", "2027-03-31"), ("7030", "1/2", None)}
    assert held_on(plan, "2027-01-15") | held_on(plan, "2027-02-15") == spans
    for other, since in (({**full, "anteil": "0.8"}, "01.11.2026"), ({**full, "bis": "2027-06-30"}, "01.11.2026"),
                         ({**full, "ab": "2026-10-01"}, "01.11.2026"), ({**full, "ab": "2027-02-01"}, "01.02.2027")):
        answer = plan("/stellen", json={**FRAME, "besetzungen": [other]})
        assert answer.status_code == 422, answer.json
        assert since in faults(answer)[0][1], answer.json
        assert answer.json["fehler"][0]["abhilfe"] == "am Schreibtisch ändern"
    assert held_on(plan, "2027-01-15") | held_on(plan, "2027-02-15") == spans


def test_a_program_changes_from_a_later_day_what_runs_on(plan: Ask) -> None:
    first = {**ONE, "stelle": "7032", "personalnummer": "20004", "anteil": "1"}
    sent = {**FRAME, "stellen": [{**POST, "nummer": "7032"}],
            "besetzungen": [first, {**first, "anteil": "1/2", "ab": "2027-02-01"}]}
    for _night in range(2):
        assert plan("/stellen", json=sent).status_code == 200
        assert held_on(plan, "2027-01-15", "7032") == {("7032", "1", "2027-01-31")}
        assert held_on(plan, "2027-02-15", "7032") == {("7032", "1/2", None)}


def held_on(plan: Ask, day: str, *posts: str) -> set[tuple[str, str, str | None]]:
    """Stelle, Anteil und Ende jeder Besetzung eines Tages."""
    return {(one["nummer"], held["anteil"], held["bis"]) for one in plan(f"/stellen?tag={day}").json["stellen"]
            if one["nummer"] in (posts or ("7030", "7031")) for held in one["besetzungen"]}


def test_a_number_set_up_in_the_meantime_is_no_fault_of_the_values(plan: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    sent, reading = {**FRAME, "stellen": [{**POST, "nummer": "7040"}]}, storing.Reading

    def overtaken(own: TenantSession) -> storing.Reading:
        """Liest noch ohne die Stelle; dann richtet sie ein anderer Aufruf ein."""
        known = reading(own)
        assert "7040" not in known.numbers.values()
        monkeypatch.setattr(storing, "Reading", reading)
        assert plan("/stellen", json=sent).json["neu"] == ["7040"]
        return known

    monkeypatch.setattr(storing, "Reading", overtaken)
    answer = plan("/stellen", json=sent)
    assert (answer.status_code, "inzwischen hat jemand anderes" in faults(answer)[0][1]) == (409, True), answer.json
    assert plan("/stellen", json=sent).json["unveraendert"] == ["7040"]


def test_the_clerk_fills_no_posts_and_the_organisation_reads_no_times(plan: Ask, clerk: Ask) -> None:
    assert clerk("/stellen", json={**FRAME, "stellen": [{**POST, "nummer": "7020"}]}).status_code == 403
    for path in ("/zeiten?monat=2026-11", "/tatsachen", "/ergebnisse?monat=2026-11", "/buchungen?monat=2026-11"):
        assert plan(path).status_code == 403, path


def test_the_organisation_issues_accesses_for_the_plan_alone(office: Any, plan: Ask) -> None:
    address = office.address("kreis", "/schnittstelle")
    with platform_session(actor="test") as session:
        login = f"orla{uuid.uuid4().hex[:8]}"
        office.users[login] = create_user(session, login, "Orla", demonstration=True)
        give_mandate(session, office.tenants["kreis"].id, office.users[login], "organisation", date(2020, 1, 1))
    client = office.client(login)
    page = client.get(address).text
    subscribe = office.address("kreis", "/pflichten/abo")
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert token is not None
    assert client.post(subscribe, data={"csrf_token": token[1]}).status_code == 404, "Pflichten liest sie nicht"
    assert {scope for scope in service.SCOPES if f'value="{scope}"' in page} == {"stellen.lesen", "stellen.schreiben"}


def test_booked_times_are_read_and_no_absence(clerk: Ask, office: Any) -> None:
    with tenant_session(office.tenants["kreis"].id, actor="klara") as session:
        profiles.store(session, profile.bundled_text("stunden-pro-tag") + KEYS, reason="Zuordnung")
    row = {"personalnummer": "10004", "datum": "2026-10-05", "schluessel": "UE", "stunden": 2.5}
    told = clerk("/zeiten", json={"zeilen": [row]})
    assert told.status_code == 201, told.json
    assert clerk("/zeiten?monat=2026-10").json["zeilen"] == [], "vorgelegt ist nicht gebucht"
    with tenant_session(office.tenants["kreis"].id, actor="hugo") as session:
        times.approve(session, load_stock(session), times.find(session, told.json["kennung"]))
    found = clerk("/zeiten?monat=2026-10").json
    assert (found["anzahl"], found["seiten"]) == (1, 1)
    assert found["zeilen"] == [{
        "personalnummer": "10004", "uebergabe": told.json["kennung"], "schluessel": "UE", "lohnart": "1300",
        "kostenstelle": "", "von": "2026-10-05", "bis": "2026-10-05", "ganzer_monat": False, "beginn": None,
        "ende": None, "einheit": "stunden", "menge": "2.5", "betrag": None, "nachtrag": False}]
    assert clerk("/zeiten?monat=2026-10&seite=2").json["zeilen"] == []
    assert clerk("/zeiten?monat=2026-09").json["anzahl"] == 0
    assert clerk("/zeiten").status_code == 422
