"""Ein Arbeitgeber mit zwei Beschäftigten und eine Sitzung je handelnder Person."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest

from payroll.masterdata.models import Beschaeftigung as Anchor
from payroll.masterdata.models import Person
from tenants.db.session import TenantSession, tenant_session
from timekeeping import profiles
from timekeeping.imports import profile
from timekeeping.imports.judging import Beschaeftigung, Bestand
from timekeeping.imports.keys import EIGENE

KEYS = """
[[schluessel]]
fremd = "1300"
eigen = "1300"
[[schluessel]]
fremd = "1420"
eigen = "1420"
[[schluessel]]
fremd = "FALSCH"
eigen = "9998"
"""


@dataclass
class Haus:
    """Mandant, Bestand und wer handelt."""

    tenant: int
    bestand: Bestand

    def als(self, actor: str = "anna") -> AbstractContextManager[TenantSession]:
        return tenant_session(self.tenant, actor=actor)

    def geschlossen(self, *months: date) -> Bestand:
        return Bestand(self.bestand.personen, self.bestand.schluessel, frozenset(months))


@pytest.fixture
def haus(two_tenants: tuple[int, int]) -> Haus:
    """Personalnummern 10234 (seit 2020) und 10511 (seit 16.11.2026), Schlüssel 1300 und 1420 zugeordnet."""
    people = {}
    with tenant_session(two_tenants[0], actor="anna") as session:
        for number, since in (("10234", date(2020, 1, 1)), ("10511", date(2026, 11, 16))):
            person = Person(created_by="anna")
            session.add(person)
            session.flush()
            job = Anchor(person_id=person.id, personalnummer=number, created_by="anna")
            session.add(job)
            session.flush()
            people[number] = Beschaeftigung(job.id, ((since, None),))
        for name in ("stunden-pro-tag", "lodas"):
            profiles.store(session, profile.bundled_text(name) + KEYS, reason="Zuordnung")
    return Haus(two_tenants[0], Bestand(people, frozenset({"1300", "1420"}) | EIGENE))


@pytest.fixture
def tage() -> Callable[..., bytes]:
    """CSV aus Zeilen „Personalnummer;Tag;Monat;Lohnart;Stunden“."""

    def make(*lines: str) -> bytes:
        rows = [line.split(";") for line in lines]
        body: list[Any] = [f"{p};{d};{m};2026;{key};{hours}" for p, d, m, key, hours in rows]
        return "\r\n".join(["PNR;Tag;Monat;Jahr;Lohnart;Stunden", *body, ""]).encode()

    return make
