"""Personenliste eines Mandanten an einem Tag: vier Abfragen, gleich wie viele Menschen es sind."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TypeVar

from sqlalchemy import select

from payroll.masterdata.clocks import as_of, known
from payroll.masterdata.models import Beschaeftigung, BeschaeftigungAngaben, Bezuegezuordnung, Person, PersonAngaben
from tenants.db.session import TenantSession

F = TypeVar("F", PersonAngaben, BeschaeftigungAngaben)

ARTEN = {"tarif": "Tarif", "beamte": "Beamtin/Beamter", "auszubildende": "Ausbildung", "minijob": "Minijob",
         "hinterbliebene": "Sterbegeld"}


@dataclass(frozen=True)
class PersonRow:
    """Eine Beschäftigung mit ihrer Person, wie sie in der Liste steht."""

    public_id: uuid.UUID
    beschaeftigung_id: int
    personalnummer: str
    nachname: str
    vorname: str
    geburtsdatum: date | None
    art: str
    eintritt: date | None
    austritt: date | None
    gruppe: str
    stunden: Decimal | None
    kostenstelle: str

    @property
    def name(self) -> str:
        """Nachname, Vorname."""
        return f"{self.nachname}, {self.vorname}" if self.nachname else "ohne Angaben"

    def active(self, day: date) -> bool:
        """Ob die Beschäftigung an diesem Tag besteht."""
        return self.eintritt is not None and self.eintritt <= day and (self.austritt is None or self.austritt >= day)


def people(session: TenantSession, day: date) -> list[PersonRow]:
    """Alle Beschäftigungen des Mandanten mit den Angaben, die an diesem Tag gelten (sonst den nächstliegenden)."""
    anchors = session.execute(
        select(Beschaeftigung.id, Beschaeftigung.personalnummer, Person.id, Person.public_id).join(
            Person, (Person.tenant_id == Beschaeftigung.tenant_id) & (Person.id == Beschaeftigung.person_id)
        )
    ).all()
    persons = _nearest(session, PersonAngaben, "person_id", day)
    employments = _nearest(session, BeschaeftigungAngaben, "beschaeftigung_id", day)
    pay = {row.beschaeftigung_id: row for row in as_of(session, Bezuegezuordnung, day)}
    return [
        _row(
            public_id,
            employment_id,
            number,
            persons.get(person_id),
            employments.get(employment_id),
            pay.get(employment_id),
        )
        for employment_id, number, person_id, public_id in anchors
    ]


def _nearest(session: TenantSession, model: type[F], key: str, day: date) -> dict[int, F]:
    rows = session.scalars(select(model).where(known(model, None)).order_by(model.valid_from)).all()
    nearest: dict[int, F] = {}
    for row in rows:
        if row.valid_from <= day or getattr(row, key) not in nearest:
            nearest[getattr(row, key)] = row
    return nearest


def _row(
    public_id: uuid.UUID,
    employment_id: int,
    number: str,
    person: PersonAngaben | None,
    employment: BeschaeftigungAngaben | None,
    pay: Bezuegezuordnung | None,
) -> PersonRow:
    return PersonRow(
        public_id=public_id,
        beschaeftigung_id=employment_id,
        personalnummer=number,
        nachname=person.nachname if person else "",
        vorname=person.vorname if person else "",
        geburtsdatum=person.geburtsdatum if person else None,
        art=employment.art if employment else "",
        eintritt=employment.eintritt if employment else None,
        austritt=employment.austritt if employment else None,
        gruppe=f"{pay.entgeltgruppe} / {pay.stufe}" if pay else "",
        stunden=pay.wochenstunden if pay else None,
        kostenstelle=(employment.kostenstelle or "") if employment else "",
    )
