"""Ein Ergebnis mit allem, was seine Seite zeigt: Zeilen, Abzüge, Kosten, Vormonat."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from payroll.masterdata.models import Beschaeftigung, Person
from payroll.runs import reading
from payroll.runs.models import Ergebnis, Ergebniszeile
from payroll.runs.values import DEDUCTIONS, EMPLOYER, TITLES
from payroll.web.desk.person_reading import name_of
from payroll.web.desk.run_reading import previous_month
from tenants import audit
from tenants.db.session import TenantSession

BASES = ("steuerbrutto", "sv_brutto_kv", "sv_brutto_rv")
SUBSIDIES = ("zuschuss_kv", "zuschuss_pv")


@dataclass(frozen=True)
class ValueRow:
    """Ein benannter Betrag mit dem Vormonat daneben; Cent."""

    name: str
    title: str
    cents: int
    before: int | None


@dataclass(frozen=True)
class ResultFile:
    """Die Seite eines Ergebnisses."""

    public_id: uuid.UUID
    person: uuid.UUID
    name: str
    personalnummer: str
    lines: Sequence[Ergebniszeile]
    values: dict[str, ValueRow]
    deductions: list[ValueRow]
    bases: list[ValueRow]
    employer: list[ValueRow]
    subsidies: list[ValueRow]


def result_file(session: TenantSession, month: date, public_id: uuid.UUID) -> ResultFile | None:
    """Liest ein Ergebnis dieses Monats und vermerkt das Lesen."""
    found = reading.result_of(session, public_id)
    if found is None or found[0].monat != month:
        return None
    result, lines = found
    job, person = session.execute(
        select(Beschaeftigung, Person)
        .join(Person, Person.id == Beschaeftigung.person_id)
        .where(Beschaeftigung.id == result.beschaeftigung_id)
    ).one()
    before = session.scalars(
        select(Ergebnis).filter_by(beschaeftigung_id=result.beschaeftigung_id, monat=previous_month(month))
    ).one_or_none()
    audit.record_reading(session, "ergebnis.gelesen", f"ergebnis:{public_id}", {"monat": f"{month:%Y-%m}"})
    values = {name: ValueRow(name, title, getattr(result, name), before and getattr(before, name))
              for name, title in TITLES.items()}  # fmt: skip
    return ResultFile(
        public_id,
        person.public_id,
        name_of(session, person.id, month),
        job.personalnummer,
        lines,
        values,
        _present(values, DEDUCTIONS),
        _present(values, BASES),
        _present(values, EMPLOYER),
        _present(values, SUBSIDIES),
    )


def _present(values: dict[str, ValueRow], names: Sequence[str]) -> list[ValueRow]:
    """Nur Beträge, die in diesem oder im vorigen Monat vorkommen."""
    return [values[name] for name in names if values[name].cents or values[name].before]
