"""Bankverbindung aus dem Portal: Zurücknehmen und Ablehnen wirken immer oder sagen, was stattdessen gilt."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from payroll.masterdata.anliegen import AnliegenError, change_account, decide, withdraw
from payroll.masterdata.clocks import as_of
from payroll.masterdata.models import Anliegen, Bankverbindung, Person, Wiedervorlage
from payroll.masterdata.sealing import reveal
from payroll.masterdata.service import create_person, record_fact
from tenants.db.engine import Dsns
from tenants.db.session import TenantSession, platform_session, tenant_session
from tenants.service import create_tenant

OLD, NEW, DESK = "DE02120300000000202051", "DE89370400440532013000", "DE75512108001245126199"
START, TODAY, FIRST, JULY = date(2026, 1, 1), date(2026, 11, 25), date(2026, 12, 1), date(2027, 7, 1)
FRIST = date(2026, 11, 28)
AFTER = FRIST + timedelta(days=1)


def enter(session: TenantSession, person: Person, iban: str, first: date, **more: Any) -> None:
    record_fact(session, Bankverbindung, valid_from=first, reason="Schreiben", person_id=person.id, iban=iban,
                iban_ende=iban[-4:], **more)


@pytest.fixture(scope="module")
def tenant(fresh_database: Callable[[], AbstractContextManager[Dsns]]) -> Iterator[int]:
    """Ein Mandant für alle Prüfungen dieser Datei; jede legt ihre eigene Person an."""
    with fresh_database():
        with platform_session(actor="test") as session:
            number = create_tenant(session, "0100", "Kreis Beispiel", "kreis", demonstration=True).id
        yield number


@pytest.fixture
def desk(tenant: int) -> Iterator[TenantSession]:
    """Sitzung der Sachbearbeitung."""
    with tenant_session(tenant, actor="anna") as session:
        yield session


@pytest.fixture
def ada(desk: TenantSession) -> Person:
    person = create_person(desk, valid_from=START, reason="Einstellung", nachname="Öztürk", vorname="Ada",
                           geburtsdatum=date(1990, 5, 1))
    enter(desk, person, OLD, START)
    return person


def ask(session: TenantSession, person: Person, iban: str = NEW, today: date = TODAY) -> Anliegen:
    """Das Anliegen stellt die Person selbst, nicht die Sachbearbeitung dieser Sitzung."""
    clerk, session.info["actor"] = session.info["actor"], "ada"
    try:
        return change_account(session, person, iban, "", today, ())
    finally:
        session.info["actor"] = clerk


def accounts(session: TenantSession, person: Person, *days: date) -> list[str | None]:
    rows = [as_of(session, Bankverbindung, day, person_id=person.id) for day in days]
    return [reveal(session, found[0], "iban") if found else None for found in rows]


@pytest.mark.parametrize("by_clerk", [False, True], ids=("withdrawn", "rejected"))
def test_a_later_account_of_the_desk_does_not_keep_the_unwanted_one(
    desk: TenantSession, ada: Person, by_clerk: bool
) -> None:
    row = ask(desk, ada)
    enter(desk, ada, DESK, JULY)  # cuts the row of the portal: its part before July has another public id
    assert accounts(desk, ada, FIRST, JULY) == [NEW, DESK]
    if by_clerk:
        told = decide(desk, row, accept=False, antwort="Bitte anrufen", today=TODAY, closed=())
    else:
        told = withdraw(desk, row, TODAY, ())
    assert accounts(desk, ada, START, FIRST, date(2027, 6, 30), JULY) == [OLD, OLD, OLD, DESK]
    assert told == "Es bleibt, was inzwischen erfasst ist: ab dem 01.07.2027 das mit den letzten Stellen 6199."


def test_an_account_in_the_middle_leaves_two_parts_and_both_go(desk: TenantSession, ada: Person) -> None:
    row = ask(desk, ada)
    enter(desk, ada, DESK, date(2027, 3, 1), valid_to=date(2027, 3, 31))
    withdraw(desk, row, TODAY, ())
    assert accounts(desk, ada, FIRST, date(2027, 3, 15), date(2027, 4, 1)) == [OLD, DESK, OLD]


def test_without_an_account_before_there_is_none_again(desk: TenantSession) -> None:
    person = create_person(desk, valid_from=START, reason="Einstellung", nachname="Neu", vorname="Kim",
                           geburtsdatum=date(1990, 5, 1))
    row = ask(desk, person)
    enter(desk, person, DESK, JULY)
    assert "6199" in withdraw(desk, row, TODAY, ())
    assert accounts(desk, person, FIRST, JULY) == [None, DESK]


def test_an_account_replaced_meanwhile_is_said(desk: TenantSession, ada: Person) -> None:
    row = ask(desk, ada)
    enter(desk, ada, DESK, FIRST, replace_later=True)
    told = withdraw(desk, row, TODAY, ())
    assert told.startswith("An den Konten ändert das nichts")
    assert told.endswith("ab dem 01.12.2026 das mit den letzten Stellen 6199.")
    assert (accounts(desk, ada, FIRST, JULY), row.stand) == ([DESK, DESK], "zurueckgenommen")


@pytest.mark.parametrize(
    ("first", "holder"), [(date(2026, 11, 26), None), (FIRST, "Kim Öztürk")], ids=("earlier", "other-holder")
)
def test_the_same_account_entered_by_the_desk_is_no_success(
    desk: TenantSession, ada: Person, first: date, holder: str | None
) -> None:
    row = ask(desk, ada)
    enter(desk, ada, NEW, first, kontoinhaber=holder, replace_later=True)
    with pytest.raises(AnliegenError, match=f"{first:%d.%m.%Y}, erfasst von anna"):
        withdraw(desk, row, TODAY, ())
    assert (row.stand, accounts(desk, ada, FIRST)) == ("offen", [NEW])


def test_a_second_change_stays_when_the_first_is_rejected(desk: TenantSession, ada: Person) -> None:
    early = date(2026, 11, 2)
    first = ask(desk, ada, today=early)  # valid from the 6th
    second = ask(desk, ada, DESK, date(2026, 11, 7))  # valid from 1 December
    decide(desk, first, accept=False, antwort="Bitte anrufen", today=AFTER, closed=())
    assert accounts(desk, ada, date(2026, 11, 6), FIRST) == [OLD, DESK]
    decide(desk, second, accept=False, antwort="Bitte anrufen", today=AFTER, closed=())
    assert accounts(desk, ada, date(2026, 11, 6), FIRST) == [OLD, OLD]


def test_nobody_accepts_before_the_person_had_its_time(desk: TenantSession, ada: Person) -> None:
    row = ask(desk, ada)
    with pytest.raises(AnliegenError, match=r"erst ab dem 29\.11\.2026 annehmen"):
        decide(desk, row, accept=True, antwort="Ist gut.", today=FRIST, closed=())
    assert row.stand == "offen"
    desk.info["actor"] = "ada"
    for accept in (True, False):
        with pytest.raises(AnliegenError, match="Ihr eigenes Anliegen"):
            decide(desk, row, accept=accept, antwort="Ist gut.", today=AFTER, closed=())
    desk.info["actor"] = "anna"
    assert decide(desk, row, accept=True, antwort="Ist gut.", today=AFTER, closed=()) == ""
    assert (row.stand, accounts(desk, ada, FIRST)) == ("angenommen", [NEW])


def test_a_planned_account_is_not_lost(desk: TenantSession, ada: Person) -> None:
    enter(desk, ada, DESK, JULY)
    with pytest.raises(AnliegenError, match=r"01\.07\.2027 .* 6199\)\. Bitte wenden Sie sich an die Personalstelle"):
        ask(desk, ada)
    assert accounts(desk, ada, FIRST, JULY) == [OLD, DESK]


def test_after_taking_back_the_person_may_change_again(desk: TenantSession, ada: Person) -> None:
    withdraw(desk, ask(desk, ada), TODAY, ())
    with pytest.raises(AnliegenError, match="schon Ihre Bankverbindung"):
        ask(desk, ada, OLD)
    ask(desk, ada, DESK)
    assert accounts(desk, ada, TODAY, FIRST) == [OLD, DESK]


def test_a_checked_run_refuses_the_rejection_and_tells_who_takes_back(desk: TenantSession, ada: Person) -> None:
    row = ask(desk, ada)
    with pytest.raises(AnliegenError, match=r"Lauf 12/2026 ist schon geprüft.* ab dem 01\.01\.2027 erfassen"):
        decide(desk, row, accept=False, antwort="Bitte anrufen", today=TODAY, closed={date(2026, 11, 1), FIRST})
    assert (row.stand, accounts(desk, ada, FIRST)) == ("offen", [NEW])
    told = withdraw(desk, row, TODAY, {FIRST})
    assert told.startswith("Der Lauf 12/2026 ist schon geprüft")
    assert accounts(desk, ada, FIRST) == [OLD]
    left = desk.scalars(select(Wiedervorlage.text).where(Wiedervorlage.person_id == ada.id,
                                                           Wiedervorlage.erledigt_von.is_(None))).all()
    assert [text[:46] for text in left] == ["Bankverbindung im Portal zurückgenommen; der L"]


def test_two_changes_at_once_are_one(tenant: int) -> None:
    with tenant_session(tenant, actor="anna") as session:
        person = create_person(session, valid_from=START, reason="Einstellung", nachname="Zwei", vorname="Kim",
                               geburtsdatum=date(1990, 5, 1))
        enter(session, person, OLD, START)
        public_id = person.public_id

    def second() -> str:
        with tenant_session(tenant, actor="ada") as session:
            one = session.scalars(select(Person).where(Person.public_id == public_id)).one()
            with pytest.raises(AnliegenError) as refused:
                # Another first day: without the lock nothing in the database would hold the second one up.
                change_account(session, one, DESK, "", TODAY, {FIRST})
            return str(refused.value)

    with ThreadPoolExecutor(1) as pool:
        with tenant_session(tenant, actor="ada") as session:
            one = session.scalars(select(Person).where(Person.public_id == public_id)).one()
            change_account(session, one, NEW, "", TODAY, ())
            waiting = pool.submit(second)
            with pytest.raises(TimeoutError):
                waiting.result(timeout=0.5)
        assert "läuft schon" in waiting.result(timeout=60)
    with tenant_session(tenant, actor="anna") as session:
        assert len(session.scalars(select(Anliegen).join(Person, Person.id == Anliegen.person_id)
                                   .where(Person.public_id == public_id)).all()) == 1
