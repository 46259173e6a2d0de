"""Mandanten anlegen: Schlüssel, Protokoll, eindeutige Nummer."""

from __future__ import annotations

import pytest

from tenants import service
from tenants.audit.models import AuditEntry
from tenants.db.engine import Dsns
from tenants.db.session import platform_session, tenant_session
from tenants.security import keys_of


def test_each_tenant_gets_keys_of_its_own(two_tenants: tuple[int, int]) -> None:
    held = []
    for tenant in two_tenants:
        with tenant_session(tenant, actor="anna") as session:
            keys = keys_of(session)
            assert keys.tenant_id == tenant
            held += [keys.lookup, *keys.data.values()]
    assert len(set(held)) == 4


def test_creation_is_recorded_in_the_chain_of_the_platform(two_tenants: tuple[int, int]) -> None:
    with platform_session(actor="anna") as session:
        entries = session.query(AuditEntry).order_by(AuditEntry.id).all()
    assert [(e.tenant_id, e.action, e.details["number"]) for e in entries] == [
        (0, "tenant.create", "001"),
        (0, "tenant.create", "002"),
    ]


def test_list_is_sorted_and_leaves_out_who_left(two_tenants: tuple[int, int]) -> None:
    with platform_session(actor="anna") as session:
        service.create_tenant(session, "000", "Alt", "stadt", state="ausgeschieden")
        assert [t.number for t in service.list_tenants(session)] == ["001", "002"]
        assert [t.number for t in service.list_tenants(session, state=None)] == ["000", "001", "002"]


def test_number_is_given_once(two_tenants: tuple[int, int]) -> None:
    with platform_session(actor="anna") as session, pytest.raises(service.TenantExists, match="Mandant 001"):
        service.create_tenant(session, "001", "Noch einer", "stadt")


def test_unknown_detail_is_named(database: Dsns) -> None:
    with platform_session(actor="anna") as session, pytest.raises(TypeError, match="hausfarbe"):
        service.create_tenant(session, "9", "Stadt", "stadt", hausfarbe="blau")
