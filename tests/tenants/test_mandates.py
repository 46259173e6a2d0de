"""Mandate: Tag genau, je Mandant, keine Überschneidung, keine Demonstration bei echten Mandanten."""

from __future__ import annotations

import threading
import time
import uuid
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import text

from tenants.db.session import platform_session
from tenants.models.user import Mandate, User
from tenants.users import presence, service
from tenants.users.errors import UserError

FIRST, LAST = date(2026, 3, 1), date(2026, 6, 30)


@pytest.fixture
def anna(two_tenants: tuple[int, int]) -> User:
    with platform_session(actor="test") as session:
        return service.create_user(session, "anna", "Anna Amt")


def roles(user: User, day: date) -> dict[str, set[str]]:
    return {held.number: set(held.roles) for held in service.mandates_on(user, day)}


def test_a_mandate_counts_from_its_first_to_its_last_day(two_tenants: tuple[int, int], anna: User) -> None:
    with platform_session(actor="test") as session:
        service.give_mandate(session, two_tenants[0], anna, "clerk", FIRST, LAST)
        service.give_mandate(session, two_tenants[0], anna, "auditor", FIRST)
        service.give_mandate(session, two_tenants[1], anna, "head", LAST)
    assert roles(anna, date(2026, 2, 28)) == {}
    assert roles(anna, FIRST) == {"001": {"clerk", "auditor"}}
    assert roles(anna, LAST) == {"001": {"clerk", "auditor"}, "002": {"head"}}
    assert roles(anna, date(2026, 7, 1)) == {"001": {"auditor"}, "002": {"head"}}


def test_permissions_add_up_per_tenant_only(two_tenants: tuple[int, int], anna: User) -> None:
    with platform_session(actor="test") as session:
        service.give_mandate(session, two_tenants[0], anna, "clerk", FIRST)
        service.give_mandate(session, two_tenants[1], anna, "head", FIRST)
    first, second = service.mandates_on(anna, LAST)
    assert "run.calculate" in first.permissions
    assert "run.release" not in first.permissions
    assert "run.release" in second.permissions
    assert "run.calculate" not in second.permissions


def test_overlap_is_refused_and_a_gap_is_not(two_tenants: tuple[int, int], anna: User) -> None:
    with platform_session(actor="test") as session:
        service.give_mandate(session, two_tenants[0], anna, "clerk", FIRST, LAST)
        with pytest.raises(service.UserError, match=r"schon ab 01\.03\.2026"):
            service.give_mandate(session, two_tenants[0], anna, "clerk", LAST)
        service.give_mandate(session, two_tenants[0], anna, "clerk", date(2026, 7, 1))
        service.give_mandate(session, two_tenants[0], anna, "clerk", date(2025, 1, 1), date(2026, 2, 28))
    assert roles(anna, date(2025, 5, 1)) == {"001": {"clerk"}}


def test_a_mandate_ends_with_a_day_and_stays_readable_before(two_tenants: tuple[int, int], anna: User) -> None:
    with platform_session(actor="test") as session:
        mandate = service.give_mandate(session, two_tenants[0], anna, "clerk", FIRST)
        with pytest.raises(service.UserError, match="späteres Ende"):
            service.end_mandate(session, mandate, date(2026, 2, 1), "Irrtum")
        service.end_mandate(session, session.get_one(Mandate, (mandate.tenant_id, mandate.id)), LAST, "Wechsel")
    assert roles(anna, LAST) == {"001": {"clerk"}}
    assert roles(anna, date(2026, 7, 1)) == {}


def test_an_ended_or_withdrawn_mandate_is_not_prolonged_by_ending_it_later(
    two_tenants: tuple[int, int], anna: User
) -> None:
    with platform_session(actor="test") as session:
        ended = service.give_mandate(session, two_tenants[0], anna, "clerk", FIRST, LAST)
        withdrawn = service.give_mandate(session, two_tenants[1], anna, "clerk", FIRST)
        service.end_mandate(session, withdrawn, date(2026, 2, 28), "Irrtum")
        for row, day in ((ended, date(2026, 12, 31)), (withdrawn, LAST)):
            with pytest.raises(service.UserError, match="länger gilt nur ein neues"):
                service.end_mandate(session, row, day, "Wechsel")
    assert roles(anna, date(2026, 7, 1)) == {}
    assert roles(anna, LAST) == {"001": {"clerk"}}


def test_portal_access_is_a_role_with_the_own_person(two_tenants: tuple[int, int]) -> None:
    person = uuid.uuid4()
    with platform_session(actor="test") as session:
        bea = service.create_user(session, "bea", "Bea", kind="employee")
        service.give_employee_access(session, two_tenants[1], bea, person, FIRST)
        with pytest.raises(service.UserError, match="Zugang des Portals"):
            service.give_mandate(session, two_tenants[1], bea, "clerk", FIRST)
    (held,) = service.mandates_on(bea, FIRST)
    assert (held.number, held.roles, held.person_public_ids) == ("002", {"employee"}, {person})
    assert held.permissions == {"slip.read_own", "person.write_own", "time.read_own", "time.write_own"}


def test_who_is_locked_out_has_nothing(two_tenants: tuple[int, int], anna: User) -> None:
    with platform_session(actor="test") as session:
        service.give_mandate(session, two_tenants[0], anna, "clerk", FIRST)
        service.deactivate(session, session.get_one(User, anna.id), "gesperrt")
    assert service.mandates_on(anna.id, FIRST) == []


def test_demonstration_stays_with_demonstration(two_tenants: tuple[int, int]) -> None:
    with platform_session(actor="test") as session:
        demo = service.create_user(session, "demo", "Demo", demonstration=True)
        service.give_mandate(session, two_tenants[0], demo, "clerk", FIRST)
        with pytest.raises(service.UserError, match="gehört zur Demonstration"):
            service.give_mandate(session, two_tenants[1], demo, "clerk", FIRST)
        with pytest.raises(service.UserError, match="gibt es nicht"):
            service.give_mandate(session, 4711, demo, "clerk", FIRST)
    assert roles(demo, FIRST) == {"001": {"clerk"}}


def test_the_last_administrator_stays(two_tenants: tuple[int, int]) -> None:
    """Gesperrt oder mit letztem Tag: einer der Verwaltung bleibt, sonst öffnet niemand mehr etwas."""
    assert two_tenants
    with platform_session(actor="test") as session:
        first = service.create_user(session, "vera", "Vera", platform_admin=True)
        second = service.create_user(session, "otto", "Otto", platform_admin=True)
        presence.set_days(session, second, None, date(2026, 12, 31), "befristet")
        with pytest.raises(UserError, match="letzte Zugang der Verwaltung"):
            presence.set_days(session, first, None, date(2026, 12, 31), "geht")
        with pytest.raises(UserError, match="letzte Zugang der Verwaltung"):
            service.deactivate(session, first, "Verdacht")
        assert first.active
        presence.set_days(session, second, None, None, "bleibt doch")
        service.deactivate(session, first, "Verdacht")
        with pytest.raises(UserError, match="letzte Zugang der Verwaltung"):
            service.deactivate(session, second, "Verdacht")


@pytest.mark.usefixtures("two_tenants")
def test_an_administrator_who_has_not_begun_is_none_yet() -> None:
    """Ein erster Tag, der erst kommt, sperrt aus wie ein letzter, der war."""
    today = presence.office_day(datetime.now(UTC))
    later = today + timedelta(days=30)
    with platform_session(actor="test") as session:
        first = service.create_user(session, "vera", "Vera", platform_admin=True)
        second = service.create_user(session, "otto", "Otto", platform_admin=True)
        presence.set_days(session, second, later, None, "kommt")
        for last in (None, later):
            with pytest.raises(UserError, match="letzte Zugang der Verwaltung"):
                presence.set_days(session, first, later, last, "Tippfehler")
        with pytest.raises(UserError, match="letzte Zugang der Verwaltung"):
            service.deactivate(session, first, "Verdacht")
        assert (first.active, first.first_day) == (True, None)
        presence.set_days(session, first, today, None, "Eintritt")
        presence.set_days(session, second, today, None, "schon da")
        presence.set_days(session, first, later, None, "Pause")


@pytest.mark.usefixtures("two_tenants")
def test_two_administrators_cannot_lock_each_other_out_at_once() -> None:
    with platform_session(actor="test") as session:
        names = [service.create_user(session, name, name, platform_admin=True).id for name in ("vera", "otto")]
    refused: list[str] = []

    def other() -> None:
        try:
            with platform_session(actor="otto") as session:
                service.deactivate(session, session.get_one(User, names[0]), "Verdacht")
        except UserError as no:
            refused.append(str(no))

    thread = threading.Thread(target=other)
    with platform_session(actor="vera") as session:
        service.deactivate(session, session.get_one(User, names[1]), "Verdacht")
        thread.start()
        for _ in range(600):
            if session.scalar(text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")):
                break
            time.sleep(0.05)
        else:
            pytest.fail("der andere hätte auf die Kette warten sollen")
    thread.join()
    assert len(refused) == 1
    assert "letzte Zugang der Verwaltung" in refused[0]
    with platform_session(actor="test") as session:
        assert session.get_one(User, names[0]).active
