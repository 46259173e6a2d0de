"""Wer nur liest, wird am Ende seiner Transaktion eingetragen und hält bis dahin niemanden auf."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from tenants import audit
from tenants.audit import chain, export
from tenants.audit.models import AuditEntry
from tenants.audit.service import FEW
from tenants.db.errors import TenantMissing
from tenants.db.session import TenantSession, tenant_session


def actions(tenant: int) -> list[str]:
    with tenant_session(tenant, actor="pruefer") as session:
        found = list(export.records(session))
    assert list(chain.breaks(found)) == []
    return [record["action"] for record in found]


def read(session: TenantSession, *names: str) -> None:
    for name in names:
        audit.record_reading(session, name, "person:1", {"leser": "anna"})


def test_readings_are_written_last_and_in_their_order(two_tenants: tuple[int, int]) -> None:
    with tenant_session(two_tenants[0], actor="anna") as session:
        read(session, "gelesen.eins", "gelesen.zwei")
        audit.record(session, "geaendert", "person:1", {})
        assert session.scalars(select(AuditEntry.action)).all() == ["geaendert"]
    assert actions(two_tenants[0]) == ["geaendert", "gelesen.eins", "gelesen.zwei"]
    assert actions(two_tenants[1]) == []


def test_many_readings_give_the_same_chain(two_tenants: tuple[int, int]) -> None:
    names = [f"gelesen.{number}" for number in range(FEW + 3)]
    with tenant_session(two_tenants[0], actor="anna") as session:
        read(session, *names)
    assert actions(two_tenants[0]) == names


def test_who_reads_does_not_hold_the_chain(two_tenants: tuple[int, int]) -> None:
    """Mit der Sperre beim Lesen bliebe die zweite Sitzung hier stehen, bis die erste endet."""
    with tenant_session(two_tenants[0], actor="anna") as slow:
        read(slow, "gelesen")
        with tenant_session(two_tenants[0], actor="bert") as other:
            audit.record(other, "geaendert", "person:1", {})
    assert actions(two_tenants[0]) == ["geaendert", "gelesen"]


def test_what_is_taken_back_was_not_read(two_tenants: tuple[int, int]) -> None:
    def refused() -> None:
        with tenant_session(two_tenants[0], actor="anna") as session:
            read(session, "gelesen")
            raise LookupError

    with pytest.raises(LookupError):
        refused()
    assert actions(two_tenants[0]) == []


def test_a_savepoint_is_not_the_end(two_tenants: tuple[int, int]) -> None:
    with tenant_session(two_tenants[0], actor="anna") as session:
        with session.begin_nested():
            read(session, "gelesen")
        assert session.scalars(select(AuditEntry.action)).all() == []
    assert actions(two_tenants[0]) == ["gelesen"]


def test_a_savepoint_taken_back_takes_back_no_reading(two_tenants: tuple[int, int]) -> None:
    def refused(session: TenantSession) -> None:
        with session.begin_nested():
            read(session, "darin")
            raise LookupError

    with tenant_session(two_tenants[0], actor="anna") as session:
        read(session, "davor")
        with pytest.raises(LookupError):
            refused(session)
    assert actions(two_tenants[0]) == ["davor", "darin"]


def test_nothing_is_shown_when_the_entry_cannot_be_written(
    two_tenants: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_given: Any, **_more: Any) -> Any:
        raise OSError("Platte voll")

    shown: list[str] = []

    def page() -> None:
        with tenant_session(two_tenants[0], actor="anna") as session:
            read(session, "gelesen")
        shown.append("Seite")

    monkeypatch.setattr("tenants.audit.service.record", broken)
    with pytest.raises(OSError, match="Platte voll"):
        page()
    assert shown == []


def test_without_an_employer_nobody_reads() -> None:
    session = TenantSession()
    with pytest.raises(TenantMissing):
        read(session, "gelesen")
