"""Was auf einer Abrechnung außer Beträgen steht: Arbeitgeber, Person, Merkmale, Kasse, Eingruppierung, Konto.

Gelesen wird der Kenntnisstand des Laufs; eine Anweisung je Tabelle, gleich wie viele Menschen es sind.
"""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, select

from payroll.masterdata.clocks import known, within
from payroll.masterdata.models import (
    Bankverbindung,
    Beschaeftigung,
    BeschaeftigungAngaben,
    Bezuegezuordnung,
    Krankenkasse,
    PersonAngaben,
    Steuermerkmale,
    Versicherung,
    Zusatzversorgung,
    ZvKasse,
)
from payroll.masterdata.models.facts import Fact
from payroll.masterdata.sealing import open_value
from payroll.masterdata.slices.tarif import absences_of
from payroll.statements.payslip import Employer
from tenants.db import guard
from tenants.db.session import TenantSession
from tenants.models.tenant import Tenant
from tenants.security import TenantKeys, keys_of

Row = Any


@dataclass
class SlipFacts:
    """Tatsachen eines Monats nach der Nummer der Beschäftigung; die jüngste im Monat gilt."""

    employer: Employer
    keys: TenantKeys
    job: dict[int, Row]
    person: dict[int, Row]
    account: dict[int, Row]
    tax: dict[int, Row]
    insurance: dict[int, Row]
    pension: dict[int, Row]
    grade: dict[int, Row]
    absences: dict[int, list[Row]]
    service: dict[int, date]

    def opened(self, model: type[Fact], row: Row | None, field: str) -> str:
        """Klartext eines verschlüsselten Feldes; leer, wenn es fehlt."""
        if row is None:
            return ""
        return open_value(self.keys, model, row.public_id, field, getattr(row, f"{field}_siegel")) or ""


def read(session: TenantSession, month: date, known_at: datetime | None) -> SlipFacts:
    """Liest die Tatsachen aller Beschäftigungen, die im Monat gelten."""
    reader = _Reader(session, month, known_at)
    away, service = absences_of(session, month, reader.last, known_at)
    return SlipFacts(
        employer=employer(session),
        keys=keys_of(session),
        job=_jobs(reader),
        person=reader.own(
            PersonAngaben,
            PersonAngaben.person_id,
            "nachname vorname geburtsdatum strasse plz ort land steuer_id_siegel sv_nummer_siegel",
        ),
        account=reader.own(Bankverbindung, Bankverbindung.person_id, "iban_siegel kontoinhaber"),
        tax=reader.own(
            Steuermerkmale,
            Steuermerkmale.beschaeftigung_id,
            "steuerklasse faktor kinderfreibetraege "
            "konfession_siegel freibetrag_monat_cent freibetrag_jahr_cent hinzurechnung_monat_cent "
            "hinzurechnung_jahr_cent",
        ),
        insurance=_insurance(reader),
        pension=_pension(reader),
        grade=reader.own(
            Bezuegezuordnung,
            Bezuegezuordnung.beschaeftigung_id,
            "tarifwerk entgeltgruppe stufe stufe_seit wochenstunden vollzeitstunden",
        ),
        absences=away,
        service=service,
    )


def _jobs(reader: _Reader) -> dict[int, Row]:
    return reader.latest(
        BeschaeftigungAngaben,
        select(
            BeschaeftigungAngaben.beschaeftigung_id.label("anchor"),
            Beschaeftigung.person_id,
            Beschaeftigung.personalnummer,
            BeschaeftigungAngaben.art,
            BeschaeftigungAngaben.eintritt,
            BeschaeftigungAngaben.austritt,
            BeschaeftigungAngaben.kostenstelle,
        ).join(Beschaeftigung, Beschaeftigung.id == BeschaeftigungAngaben.beschaeftigung_id),
    )


def _insurance(reader: _Reader) -> dict[int, Row]:
    return reader.latest(
        Versicherung,
        select(
            Versicherung.beschaeftigung_id.label("anchor"),
            Versicherung.kv_art,
            Versicherung.beitragsgruppe,
            Versicherung.personengruppe,
            Krankenkasse.name.label("kasse"),
        ).outerjoin(Krankenkasse, Krankenkasse.id == Versicherung.krankenkasse_id),
    )


def _pension(reader: _Reader) -> dict[int, Row]:
    return reader.latest(
        Zusatzversorgung,
        select(
            Zusatzversorgung.beschaeftigung_id.label("anchor"),
            ZvKasse.name.label("kasse"),
        ).join(ZvKasse, ZvKasse.id == Zusatzversorgung.zv_kasse_id),
    )


@dataclass
class _Reader:
    session: TenantSession
    month: date
    known_at: datetime | None

    @property
    def last(self) -> date:
        """Letzter Tag des Monats."""
        return self.month.replace(day=calendar.monthrange(self.month.year, self.month.month)[1])

    def own(self, model: type[Fact], anchor: Any, names: str) -> dict[int, Row]:
        """Spalten einer Tatsache samt ihrer öffentlichen Kennung (für die Siegel)."""
        columns = [getattr(model, name) for name in names.split()]
        return self.latest(model, select(anchor.label("anchor"), model.public_id, *columns))

    def latest(self, model: type[Fact], statement: Select[Any]) -> dict[int, Row]:
        """Je Anker die letzte Zeile, die an einem Tag des Monats gilt."""
        rows = self.session.execute(
            statement.where(known(model, self.known_at), within(model, self.month, self.last))
            .order_by(model.valid_from)
        )
        return {row.anchor: row for row in rows}


def employer(session: TenantSession) -> Employer:
    """Arbeitgeber und Briefkopf, wie sie heute sind."""
    tenant = session.scalars(select(Tenant).where(Tenant.id == guard.tenant_of(session))).one()
    return Employer(
        name=tenant.name,
        strasse=tenant.strasse or "",
        plz=tenant.plz or "",
        ort=tenant.ort or "",
        stelle="Personalservice",
        telefon=tenant.telefon or "",
        email=tenant.email or "",
        betriebsnummer=tenant.betriebsnummer or "",
    )
