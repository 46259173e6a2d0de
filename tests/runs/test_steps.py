"""Vom Probelauf zum Abschluss: wer was wann darf, in Worten und in der Datenbank."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import UTC, date, datetime

import psycopg
import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from payroll.masterdata.models import Beschaeftigung, Person
from payroll.runs import steps
from payroll.runs.errors import RunNotFound, RunRefused
from payroll.runs.models import Ergebnis, Ergebniszeile, Hinweis, Lauf, Wertebogen
from tenants.audit.models import AuditEntry
from tenants.db.engine import Dsns
from tenants.db.session import platform_session, tenant_session
from tenants.models import Mandate, User

MONTH = date(2026, 9, 1)
SHOWN = "a" * 64


def _lauf(tenant: int, month: date = MONTH, *, findings: str = "warnung") -> None:
    """Ein gerechneter Probelauf mit einer Abrechnung."""
    with tenant_session(tenant, actor="karla") as session:
        person = Person(created_by="karla")
        session.add(person)
        session.flush()
        job = Beschaeftigung(created_by="karla", person_id=person.id, personalnummer=f"P{month.month}{tenant}")
        lauf = Lauf(monat=month, zustand="probe", ergebnis_hash=SHOWN, berechnet_von="karla", anzahl=1, netto=150_000,
                    gesamtbrutto=250_000, auszahlung=150_000, ag_kosten=300_000,
                    berechnet_am=datetime.now(UTC))
        session.add_all([job, lauf])
        session.flush()
        result = Ergebnis(lauf_id=lauf.id, beschaeftigung_id=job.id, monat=month, sv_tage=30, gesamtbrutto=250_000,
                          netto=150_000, auszahlung=150_000, ag_kosten=300_000)
        session.add(result)
        session.flush()
        session.add(Ergebniszeile(ergebnis_id=result.id, position=1, bereich="bezug", lohnart="1000", text="Entgelt",
                                  betrag=250_000))
        session.add(Wertebogen(ergebnis_id=result.id, eingabe_hash="x", inhalt=b"y"))
        session.add(Hinweis(lauf_id=lauf.id, beschaeftigung_id=job.id, stufe=findings, ursache="test",
                            datensatz="Person", feld="IBAN", regel="fehlt", abhilfe="nachtragen"))


def _mandates(tenant: int, **roles: str) -> None:
    with platform_session(actor="test") as session:
        for login, role in roles.items():
            user = session.scalars(select(User).where(User.login == login)).first()
            if user is None:
                user = User(login=login, display_name=login.title())
                session.add(user)
                session.flush()
            session.add(Mandate(tenant_id=tenant, user_id=user.id, role=role, valid_from=date(2020, 1, 1),
                                created_by="test"))


def _step(tenant: int, actor: str, step: Callable[..., Lauf], month: date = MONTH, shown: str = SHOWN) -> Lauf:
    with tenant_session(tenant, actor=actor) as session:
        return step(session, month, ergebnis_hash=shown)


@pytest.fixture
def tenant(two_tenants: tuple[int, int]) -> int:
    number = two_tenants[0]
    _mandates(number, karla="clerk", hans="head", gerda="municipality")
    _lauf(number)
    return number


def _closed(tenant: int) -> None:
    _step(tenant, "karla", steps.check)
    _step(tenant, "hans", steps.release)
    _step(tenant, "gerda", steps.release_municipality)
    _step(tenant, "karla", steps.close)


def test_whole_way_leaves_a_trace(tenant: int) -> None:
    assert _step(tenant, "karla", steps.check).zustand == "geprueft"
    assert _step(tenant, "hans", steps.release).zustand == "geprueft"
    assert _step(tenant, "gerda", steps.release_municipality).zustand == "freigegeben"
    lauf = _step(tenant, "karla", steps.close)
    assert (lauf.zustand, lauf.freigegeben_von, lauf.gemeinde_von, lauf.abgeschlossen_von) == (
        "abgeschlossen", "hans", "gerda", "karla")
    with tenant_session(tenant, actor="pruefung") as session:
        actions = session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()
    assert [a for a in actions if a.startswith("lauf.")] == [
        "lauf.geprueft", "lauf.freigegeben", "lauf.freigegeben", "lauf.abgeschlossen"]


def test_repeating_a_step_does_nothing_twice(tenant: int) -> None:
    for _ in range(2):
        _step(tenant, "karla", steps.check)
    for _ in range(2):
        _step(tenant, "hans", steps.release)
    for _ in range(2):
        _step(tenant, "gerda", steps.release_municipality)
    for _ in range(2):
        _step(tenant, "karla", steps.close)
    with tenant_session(tenant, actor="pruefung") as session:
        entries = session.scalars(select(AuditEntry).where(AuditEntry.subject == "lauf:2026-09")).all()
    assert len(entries) == 4


@pytest.mark.parametrize(("actor", "step"), [("karla", steps.release), ("karla", steps.release_municipality)])
def test_who_calculated_does_not_release(tenant: int, actor: str, step: Callable[..., Lauf]) -> None:
    _step(tenant, "karla", steps.check)
    with pytest.raises(RunRefused, match="zweite Person"):
        _step(tenant, actor, step)


def test_both_sides_are_different_people(tenant: int) -> None:
    _step(tenant, "karla", steps.check)
    _step(tenant, "hans", steps.release)
    with pytest.raises(RunRefused, match="verschiedene Personen"):
        _step(tenant, "hans", steps.release_municipality)


@pytest.mark.parametrize("columns", [
    {"freigegeben_von": "karla"}, {"gemeinde_von": "karla"}, {"freigegeben_von": "x", "gemeinde_von": "x"}])
def test_database_alone_refuses_the_same_person(tenant: int, columns: dict[str, str]) -> None:
    with pytest.raises(IntegrityError, match="zweite_person"), tenant_session(tenant, actor="x") as session:
        session.execute(update(Lauf).where(Lauf.monat == MONTH).values(**columns))


def test_database_alone_refuses_release_without_both_sides(tenant: int) -> None:
    with pytest.raises(IntegrityError, match="ck_lauf"), tenant_session(tenant, actor="x") as session:
        session.execute(update(Lauf).where(Lauf.monat == MONTH).values(zustand="freigegeben", geprueft_von="x"))


@pytest.mark.parametrize("step", [steps.check, steps.release, steps.release_municipality, steps.close])
def test_only_what_was_shown_is_confirmed(tenant: int, step: Callable[..., Lauf]) -> None:
    with pytest.raises(RunRefused, match="geändert"):
        _step(tenant, "hans", step, shown="b" * 64)


def test_steps_in_order(tenant: int) -> None:
    with pytest.raises(RunRefused, match="noch nicht geprüft"):
        _step(tenant, "hans", steps.release)
    with pytest.raises(RunRefused, match="Es fehlt: Prüfung, Freigabe des Kreises, Freigabe des Arbeitgebers"):
        _step(tenant, "karla", steps.close)


def test_unknown_month(tenant: int) -> None:
    with pytest.raises(RunNotFound, match="Juli 2026"):
        _step(tenant, "karla", steps.check, date(2026, 7, 1))


def test_open_error_stops_the_check_until_reasoned(two_tenants: tuple[int, int]) -> None:
    number = two_tenants[0]
    _mandates(number, hans="head", gerda="municipality")
    _lauf(number, findings="fehler")
    with pytest.raises(RunRefused, match="1 Fehler sind offen"):
        _step(number, "karla", steps.check)
    with tenant_session(number, actor="karla") as session:
        finding = session.scalars(select(Hinweis)).one()
        with pytest.raises(RunRefused, match="begründen"):
            steps.acknowledge(session, finding.public_id, begruendung=" ")
        steps.acknowledge(session, finding.public_id, begruendung="Austritt wird nachgereicht")
        with pytest.raises(RunNotFound, match="Befund"):
            steps.acknowledge(session, uuid.uuid4(), begruendung="x")
    assert _step(number, "karla", steps.check).zustand == "geprueft"


def test_one_reason_for_all_of_one_cause(two_tenants: tuple[int, int]) -> None:
    number = two_tenants[0]
    _lauf(number)
    cause = {"ergebnis_hash": SHOWN, "stufe": "warnung", "feld": "IBAN", "abhilfe": "nachtragen"}
    with tenant_session(number, actor="karla") as session:
        lauf = session.scalars(select(Lauf)).one()
        session.add_all([
            *(Hinweis(lauf_id=lauf.id, stufe="warnung", ursache="test", datensatz=f"P{n}", feld="IBAN", regel="fehlt",
                      abhilfe="nachtragen") for n in range(2)),
            Hinweis(lauf_id=lauf.id, stufe="warnung", ursache="test", datensatz="P9", feld="Stufe", regel="springt",
                    abhilfe="nachtragen")])
    with tenant_session(number, actor="karla") as session:
        with pytest.raises(RunRefused, match="begründen"):
            steps.acknowledge_group(session, MONTH, **cause, begruendung=" ")
        with pytest.raises(RunRefused, match="seit der Anzeige"):
            steps.acknowledge_group(session, MONTH, **{**cause, "ergebnis_hash": "b" * 64}, begruendung="x")
        assert steps.acknowledge_group(session, MONTH, **cause, begruendung="Konten folgen ") == 3
        with pytest.raises(RunNotFound, match="nichts mehr offen"):
            steps.acknowledge_group(session, MONTH, **cause, begruendung="noch einmal")
    with tenant_session(number, actor="karla") as session:
        left = session.scalars(select(Hinweis).where(Hinweis.erledigt_von.is_(None))).one()
        assert left.feld == "Stufe"
        logged = session.scalars(select(AuditEntry).where(AuditEntry.action == "hinweis.erledigt")).all()
        assert [(one.reason, one.actor) for one in logged] == [("Konten folgen", "karla")] * 3
        session.scalars(select(Lauf)).one().zustand = "offen"
        with pytest.raises(RunRefused, match="kein Probelauf mehr"):
            steps.acknowledge_group(session, MONTH, **cause, begruendung="zu spät")


@pytest.mark.parametrize(("roles", "words"), [
    ({}, "Freigabe des Kreises"),
    ({"hans": "head"}, "Freigabe des Arbeitgebers"),
])
def test_missing_approver_is_refused(two_tenants: tuple[int, int], roles: dict[str, str], words: str) -> None:
    number = two_tenants[0]
    _mandates(number, **roles)
    _lauf(number)
    with pytest.raises(RunRefused, match=words):
        _step(number, "karla", steps.check)


def test_run_without_a_single_slip_is_refused(tenant: int) -> None:
    with tenant_session(tenant, actor="karla") as session:
        session.execute(delete(Ergebnis))
        session.execute(update(Lauf).values(anzahl=0))
    with pytest.raises(RunRefused, match="keine vollständige Abrechnung"):
        _step(tenant, "karla", steps.check)
    with pytest.raises(IntegrityError, match="nicht_leer"), tenant_session(tenant, actor="karla") as session:
        session.execute(update(Lauf).values(zustand="geprueft", geprueft_von="karla"))


def test_earlier_month_must_be_closed(tenant: int) -> None:
    _lauf(tenant, date(2026, 10, 1))
    with pytest.raises(RunRefused, match="September 2026 ist noch nicht abgeschlossen"):
        _step(tenant, "karla", steps.check, date(2026, 10, 1))


def test_withdraw_needs_a_reason_and_ends_with_closing(tenant: int) -> None:
    _step(tenant, "karla", steps.check)
    _step(tenant, "hans", steps.release)
    with tenant_session(tenant, actor="hans") as session:
        with pytest.raises(RunRefused, match="Grund"):
            steps.withdraw(session, MONTH, reason="")
        lauf = steps.withdraw(session, MONTH, reason="Stundenzettel fehlt")
        assert (lauf.zustand, lauf.geprueft_von, lauf.freigegeben_von) == ("probe", None, None)
    _closed(tenant)
    with tenant_session(tenant, actor="hans") as session, pytest.raises(RunRefused, match="abgeschlossen"):
        steps.withdraw(session, MONTH, reason="zu spät")


def test_sums_must_tie(tenant: int) -> None:
    with tenant_session(tenant, actor="karla") as session:
        session.execute(update(Lauf).values(netto=1))
    _step(tenant, "karla", steps.check)
    _step(tenant, "hans", steps.release)
    _step(tenant, "gerda", steps.release_municipality)
    with pytest.raises(RunRefused, match="Summe"):
        _step(tenant, "karla", steps.close)


CHANGES = [
    update(Lauf).values(netto=1), delete(Lauf), update(Ergebnis).values(netto=1), delete(Ergebnis),
    update(Ergebniszeile).values(betrag=1), delete(Ergebniszeile), update(Wertebogen).values(eingabe_hash="z"),
    delete(Wertebogen), update(Hinweis).values(abhilfe="z"), delete(Hinweis),
]


@pytest.mark.parametrize("change", CHANGES, ids=lambda c: f"{type(c).__name__} {c.entity_description['name']}")
def test_closed_is_closed(tenant: int, change: object) -> None:
    _closed(tenant)
    with pytest.raises(DBAPIError, match="abgeschlossen"), tenant_session(tenant, actor="karla") as session:
        session.execute(change)


def test_checked_results_are_frozen_and_nothing_joins_them(tenant: int) -> None:
    _step(tenant, "karla", steps.check)
    for change in (update(Lauf).values(netto=1), update(Ergebnis).values(netto=1), delete(Ergebniszeile)):
        with pytest.raises(DBAPIError, match="geprüft"), tenant_session(tenant, actor="karla") as session:
            session.execute(change)
    with tenant_session(tenant, actor="karla") as session:
        number = session.scalars(select(Ergebnis.id)).one()
    with pytest.raises(DBAPIError, match="geprüft"), tenant_session(tenant, actor="karla") as session:
        session.add(Ergebniszeile(ergebnis_id=number, position=9, bereich="bezug", lohnart="1", text="x", betrag=1))


def test_closed_is_closed_for_the_owner_too(tenant: int, database: Dsns) -> None:
    _closed(tenant)
    with psycopg.connect(database.owner) as connection:
        connection.execute("ALTER TABLE lauf NO FORCE ROW LEVEL SECURITY")
        with pytest.raises(psycopg.errors.IntegrityConstraintViolation, match="abgeschlossen"):
            connection.execute("UPDATE lauf SET netto = 1")


def test_other_tenant_does_not_see_the_run(tenant: int, two_tenants: tuple[int, int]) -> None:
    with pytest.raises(RunNotFound):
        _step(two_tenants[1], "karla", steps.check)
