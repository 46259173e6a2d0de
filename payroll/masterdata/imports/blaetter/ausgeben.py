"""Blätter ausgeben: alle heute bekannten Fassungen je Art, in den Spalten, in denen sie sich wieder einlesen lassen."""

from __future__ import annotations

from collections.abc import Container, Mapping
from typing import Any

from sqlalchemy import select

from payroll.masterdata import catalogue
from payroll.masterdata.clocks import known
from payroll.masterdata.imports.blaetter.arten import BLAETTER
from payroll.masterdata.imports.blaetter.blatt import Blatt
from payroll.masterdata.imports.columns import Spalte
from payroll.masterdata.models import Beschaeftigung
from payroll.masterdata.sealing import contents
from tenants.db.session import TenantSession

Sheet = tuple[str, list[str], list[list[Any]]]


def sheets(session: TenantSession, numbers: Mapping[int, Beschaeftigung], *, schuetzenswert: bool,
           rechte: Container[str]) -> list[Sheet]:
    """Alle Blätter, die die Person lesen darf, auch leere; numbers: die auszugebenden Beschäftigungen nach Nummer.

    Was an der Person hängt, steht bei ihrer kleinsten Personalnummer.
    """
    wage_types = {key: number for number, key in catalogue.ids(session).lohnarten.items()}
    jobs = {key: job.personalnummer for key, job in numbers.items()}
    people: dict[int, str] = {}
    for job in sorted(numbers.values(), key=lambda one: one.personalnummer):
        people.setdefault(job.person_id, job.personalnummer)
    found = []
    for blatt in BLAETTER:
        if not blatt.lesen or blatt.lesen in rechte:
            columns = [one for one in blatt.spalten if schuetzenswert or not one.schuetzenswert]
            owners = people if blatt.anker == "person_id" else jobs
            rows = _rows(session, blatt, columns, owners, wage_types)
            found.append((blatt.titel, [one.name for one in columns], rows))
    return found


def _rows(session: TenantSession, blatt: Blatt, columns: list[Spalte], owners: Mapping[int, str],
          wage_types: Mapping[int, int]) -> list[list[Any]]:
    model = blatt.model
    statement = select(model).where(known(model, None)).order_by(model.valid_from, model.id)
    rows = []
    for fact in session.scalars(statement):
        owner = owners.get(getattr(fact, blatt.anker))
        if owner is None:
            continue
        values = contents(session, fact) if model.sealed else {
            one.ziel: getattr(fact, one.ziel) for one in blatt.eigene}
        if "lohnart_id" in values:
            values["lohnart_id"] = wage_types[values["lohnart_id"]]
        given = {"personalnummer": owner, "gueltig_ab": fact.valid_from, "gueltig_bis": fact.valid_to, **values}
        key = (owner, *(given[name] for name in model.keys[1:]), fact.valid_from)
        rows.append((key, [_shown(one, given[one.ziel]) for one in columns]))
    return [row for _, row in sorted(rows, key=lambda pair: pair[0])]


def _shown(spalte: Spalte, value: Any) -> Any:
    if value is None or not spalte.ziel.endswith("_cent"):
        return value
    sign, whole = "-" if value < 0 else "", abs(value)
    return f"{sign}{whole // 100},{whole % 100:02d}"
