"""Was die Mandantensitzung annimmt: Spalten und Funktionen abgebildeter Klassen ja, nackte Tabellen nein."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Select, exists, func, select
from sqlalchemy.orm import aliased

from tenants.db.errors import RawStatementRefused
from tenants.db.session import tenant_session
from tenants.models.tenant import TenantKey, TenantSetting

Twin = aliased(TenantKey)
KEY, SETTING = TenantKey.__table__, TenantSetting.__table__

ALLOWED = [
    (select(TenantKey.purpose).order_by(TenantKey.purpose), ["data", "lookup"]),
    (select(func.count(TenantKey.id)), [2]),
    (select(KEY.c.purpose, TenantKey.id).order_by(TenantKey.id), ["data", "lookup"]),
    (select(func.count()).select_from(TenantKey), [2]),
    (select(Twin.purpose).where(Twin.purpose == "data"), ["data"]),
    (select(TenantKey.purpose).join(Twin, Twin.id == TenantKey.id).where(Twin.purpose == "data"), ["data"]),
    (select(TenantKey.purpose).where(exists().where(TenantSetting.tenant_id == TenantKey.tenant_id)), []),
]
REFUSED = [
    select(KEY.c.id),
    select(TenantKey.id, SETTING.c.id),
    select(TenantKey.id, KEY.alias("nackt").c.purpose),
    select(TenantKey.id).join(SETTING, SETTING.c.tenant_id == TenantKey.tenant_id),
    select(TenantKey.id).join(SETTING, TenantSetting.tenant_id == TenantKey.tenant_id),
    select(TenantKey.id).select_from(KEY),
    select(func.count()).select_from(KEY),
]


@pytest.mark.parametrize(("statement", "expected"), ALLOWED)
def test_columns_of_mapped_classes_are_read(
    two_tenants: tuple[int, int], statement: Select[Any], expected: list[Any]
) -> None:
    with tenant_session(two_tenants[0], actor="anna") as session:
        assert list(session.scalars(statement)) == expected


@pytest.mark.parametrize("statement", REFUSED, ids=str)
def test_bare_tables_are_refused(two_tenants: tuple[int, int], statement: Select[Any]) -> None:
    with tenant_session(two_tenants[0], actor="anna") as session, pytest.raises(RawStatementRefused):
        session.scalars(statement)
