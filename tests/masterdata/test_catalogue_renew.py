"""Katalog nachführen: Neues kommt hinzu, Unverändertes erhält die neue Fassung ab einem Tag, Eigenes bleibt."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from payroll.masterdata.catalogue import renew as module
from payroll.masterdata.catalogue.renew import renew
from payroll.masterdata.catalogue.seed import ids, seed, shipped_wage_types
from payroll.masterdata.clocks import as_of
from payroll.masterdata.models import LohnartStand
from payroll.masterdata.sealing import contents
from payroll.masterdata.service import record_fact
from tenants import service
from tenants.audit.models import AuditEntry
from tenants.db.engine import Dsns
from tenants.db.session import TenantSession, platform_session, tenant_session

seeding = importlib.import_module("payroll.masterdata.catalogue.seed")
JULY, DAY = date(2026, 7, 1), date(2026, 9, 1)
LATER, CHANGED, OWN = 1608, 1609, 1620  # shipped later; changed by the district; changed by the employer


def _stand(session: TenantSession, number: int, day: date) -> dict[str, Any]:
    (row,) = as_of(session, LohnartStand, day, lohnart_id=ids(session).lohnarten[number])
    return contents(session, row)


@pytest.fixture
def older(database: Dsns, monkeypatch: pytest.MonkeyPatch) -> int:
    """Ein Mandant mit einem Katalog von früher, der eine Lohnart nicht kennt und eine selbst geändert hat."""
    with platform_session(actor="test") as session:
        tenant = service.create_tenant(session, "001", "Kreis", "kreis").id
    records = seeding._records

    def before(name: str) -> Iterator[dict[str, str]]:
        return (row for row in records(name) if row.get("nummer") != str(LATER))

    monkeypatch.setattr(seeding, "_records", before)
    with tenant_session(tenant, actor="karla") as session:
        seed(session, reason="Grundausstattung")
        assert LATER not in ids(session).lohnarten
        content = _stand(session, OWN, JULY) | {"text": "Prämie nach Hausbrauch"}
        record_fact(session, LohnartStand, valid_from=JULY, reason="Beschluss", **content)
    monkeypatch.setattr(seeding, "_records", records)
    return tenant


def test_new_wage_types_come_changed_ones_follow_own_ones_stay(older: int, monkeypatch: pytest.MonkeyPatch) -> None:
    shipped = shipped_wage_types(DAY)
    shipped[CHANGED] |= {"konto": "5099"}
    monkeypatch.setattr(module, "shipped_wage_types", lambda day: shipped)
    with tenant_session(older, actor="karla") as session:
        found = renew(session, DAY)
        assert (found.neu["lohnarten"], found.nachgefuehrt, found.eigene) == (1, [CHANGED], [OWN])
        assert _stand(session, LATER, DAY)["ziel"] == shipped[LATER]["ziel"]
        assert _stand(session, CHANGED, DAY)["konto"] == "5099"
        assert _stand(session, CHANGED, date(2026, 8, 31))["konto"] != "5099"
        assert _stand(session, OWN, DAY)["text"] == "Prämie nach Hausbrauch"
        actions = session.scalars(select(AuditEntry.action)).all()
        assert {"lohnarten.nachgefuehrt", "grundausstattung.angelegt"} <= set(actions)
    with tenant_session(older, actor="karla") as session:
        again = renew(session, DAY)
        assert (again.neu["lohnarten"], again.nachgefuehrt, again.eigene) == (0, [], [OWN])


def test_a_renewed_wage_type_is_renewed_again(older: int, monkeypatch: pytest.MonkeyPatch) -> None:
    for konto in ("5099", "5098"):
        shipped = shipped_wage_types(DAY)
        shipped[CHANGED] |= {"konto": konto}
        monkeypatch.setattr(module, "shipped_wage_types", lambda day, shipped=shipped: shipped)
        with tenant_session(older, actor="karla") as session:
            assert renew(session, DAY).nachgefuehrt == [CHANGED]
            assert _stand(session, CHANGED, DAY)["konto"] == konto
