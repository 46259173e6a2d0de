"""Forderungen als Tatsachen: zwei Uhren, Siegel, Grenzen der Datenbank, und was ein Monat davon liest."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from payroll.masterdata import service
from payroll.masterdata.models import Beschaeftigung, Pfaendung, Unterhaltsausschluss, Unterhaltspflicht
from payroll.masterdata.sealing import reveal
from payroll.masterdata.service import FactError
from payroll.masterdata.slices import load_month
from tenants.audit.models import AuditEntry
from tenants.db.session import TenantSession

Employ = Callable[..., None]
IBAN = "DE02120300000000202051"
MAY, JUNE = date(2026, 5, 1), date(2026, 6, 1)


def person(session: TenantSession) -> int:
    return int(session.scalars(select(Beschaeftigung.person_id)).one())


def claim(session: TenantSession, nummer: int = 1, start: date = MAY, **values: Any) -> Pfaendung:
    given: dict[str, Any] = {"art": "gewoehnlich", "glaeubiger": "Sparbank", "zugestellt_am": start, **values}
    return service.record_fact(session, Pfaendung, valid_from=start, reason="Beschluss", person_id=person(session),
                               nummer=nummer, **given)


def test_account_and_purpose_are_sealed(desk: TenantSession, employ: Employ) -> None:
    employ(desk)
    row = claim(desk, iban=IBAN, iban_ende=IBAN[-4:], verwendungszweck="Az. 14 M 22/26")
    assert IBAN.encode() not in bytes(row.iban_siegel or b"")
    assert (reveal(desk, row, "iban"), reveal(desk, row, "verwendungszweck")) == (IBAN, "Az. 14 M 22/26")
    assert [found.id for found in service.find_sealed(desk, Pfaendung, "iban", IBAN)] == [row.id]
    entry = desk.scalars(select(AuditEntry).where(AuditEntry.subject == f"pfaendung:{row.public_id}")).one()
    assert (entry.action, entry.reason) == ("tatsache.erfasst", "Beschluss")
    assert IBAN not in str(entry.details)


@pytest.mark.parametrize(("values", "words"), [
    ({"zugestellt_um": "25:00"}, "keine Uhrzeit"),
    ({"zugestellt_am": None, "zugestellt_um": "09:00"}, "Uhrzeit ohne Tag"),
    ({"hauptforderung_cent": -1}, "Hauptforderung ist nicht negativ"),
    ({"gericht_rest_zaehler": 3, "gericht_rest_nenner": 2}, "kein Bruch zwischen 0 und 1"),
    ({"zinssatz": 5}, "Zinssatz und Beginn der Zinsen gehören zusammen"),
    ({"glaeubiger": ""}, "Gläubiger fehlt"),
])
def test_what_an_order_cannot_say_is_refused(desk: TenantSession, employ: Employ, values: dict[str, Any],
                                             words: str) -> None:
    employ(desk)
    with pytest.raises(FactError, match=words):
        claim(desk, **values)


def test_a_month_reads_claims_dependants_and_exclusions(desk: TenantSession, employ: Employ) -> None:
    employ(desk)
    claim(desk, hauptforderung_cent=100_000)
    claim(desk, 2, JUNE)
    owner = person(desk)
    for nummer, name, kind in ((1, "Ayşe", "ehegatte"), (2, "Emil", "kind")):
        service.record_fact(desk, Unterhaltspflicht, valid_from=MAY, reason="Akte", person_id=owner, nummer=nummer,
                            name=name, verhaeltnis=kind)
    service.record_fact(desk, Unterhaltsausschluss, valid_from=JUNE, reason="Beschluss", person_id=owner, forderung=1,
                        unterhaltspflicht=1)
    may, june = load_month(desk, MAY), load_month(desk, JUNE)
    assert [row.nummer for row in may.claims[owner]] == [1]
    assert [row.nummer for row in june.claims[owner]] == [1, 2]
    assert [(row.name, row.forderung) for row in may.dependants[owner]] == [("Ayşe", None), ("Emil", None)]
    assert [(row.name, row.forderung, row.ganz) for row in june.dependants[owner]] == [
        ("Ayşe", 1, True), ("Emil", None, None)]
    number = may.cases["beschaeftigung_id"].tolist()
    assert load_month(desk, MAY, None, number).claims.keys() == {owner}


def test_what_was_known_earlier_stays_readable(desk: TenantSession, employ: Employ) -> None:
    employ(desk)
    row = claim(desk, hauptforderung_cent=100_000)
    assert service.end_fact(desk, Pfaendung, last_day=date(2026, 5, 31), reason="Gläubiger nimmt zurück",
                            person_id=row.person_id, nummer=1) == 1
    assert load_month(desk, JUNE).claims == {}
    kept = desk.scalars(select(Pfaendung).where(Pfaendung.superseded_at.is_(None))).one()
    assert kept.valid_to == date(2026, 5, 31)
