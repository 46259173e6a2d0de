"""Was die Abrechnungsseiten über das Lesen der Läufe hinaus brauchen: nächster Schritt, Befunde nach Ursache."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

from sqlalchemy import ColumnElement, func, or_, select

from payroll.masterdata.clocks import known, within
from payroll.masterdata.models import BeschaeftigungAngaben
from payroll.runs import befunde, reading
from payroll.runs.models import Hinweis, Lauf
from payroll.web.desk.finding_words import cause_key, plain, word
from payroll.web.desk.month_range import first_month
from payroll.web.desk.wage_types import wage_types
from tenants.db.session import TenantSession
from tenants.web.identity import HeldMandate

LEVELS = ("fehler", "warnung", "hinweis")


def next_month(month: date) -> date:
    """Monatserster des folgenden Monats."""
    return (month + timedelta(days=32)).replace(day=1)


def previous_month(month: date) -> date:
    """Monatserster des vorigen Monats."""
    return (month - timedelta(days=1)).replace(day=1)


@dataclass(frozen=True)
class FindingGroup:
    """Befunde derselben Ursache mit gemeinsamer Abhilfe: (Befund, Beschäftigung, Person)."""

    stufe: str
    feld: str
    abhilfe: str
    rows: list[tuple[Hinweis, uuid.UUID | None, uuid.UUID | None]]
    word: str

    @property
    def common(self) -> str:
        """Die Regel, wenn sie bei allen gleich lautet; sonst leer."""
        rules = {row.regel for row, _job, _person in self.rows}
        return plain(rules.pop()) if len(rules) == 1 else ""

    @property
    def cause(self) -> str:
        """Die Ursache in einer Adresse: genau diese Befunde."""
        return cause_key(self.feld, self.abhilfe)

    @property
    def about_law(self) -> bool:
        """Ob es um einen Wert des Rechts geht; er hat eine eigene Seite."""
        return all(row.datensatz == f"Rechtswert {self.feld}" for row, _job, _person in self.rows)

    @property
    def about_funds(self) -> bool:
        """Ob es um Sätze der Krankenkassen geht; sie stehen in den Stammdaten."""
        return all(row.datensatz.startswith("Krankenkasse ") for row, _job, _person in self.rows)

    @property
    def still_open(self) -> int:
        """Wie viele noch nicht begründet sind."""
        return sum(row.erledigt_von is None for row, _job, _person in self.rows)


@dataclass(frozen=True)
class TenantMonth:
    """Ein Mandant auf der Startseite."""

    held: HeldMandate
    month: date
    lauf: Lauf | None
    employed: int
    errors: int
    warnings: int
    costs: dict[date, int]
    first: date
    mine: int = 0

    @property
    def state(self) -> str:
        """Zustand; ohne Lauf ist der Monat offen."""
        return self.lauf.zustand if self.lauf else "offen"


def tenant_month(session: TenantSession, held: HeldMandate, month: date, today: date) -> TenantMonth:
    """Stand eines Mandanten mit den Kosten der letzten Monate und seinem ersten Monat: vier Abfragen."""
    states = reading.months(session)
    found = next((state for state in states if state.lauf.monat == month), None)
    return TenantMonth(
        held,
        month,
        found.lauf if found else None,
        employed(session, month),
        found.offene_fehler if found else 0,
        found.offene_warnungen if found else 0,
        {state.lauf.monat: state.lauf.ag_kosten for state in states if state.lauf.zustand != "offen"},
        first_month(session, today),
        befunde.assigned_to(session, month, str(session.info["actor"])),
    )


def employed(session: TenantSession, month: date) -> int:
    """Wie viele Beschäftigungen in diesem Monat bestehen."""
    last = next_month(month) - timedelta(days=1)
    there: ColumnElement[bool] = (BeschaeftigungAngaben.eintritt <= last) & or_(
        BeschaeftigungAngaben.austritt.is_(None), BeschaeftigungAngaben.austritt >= month
    )
    number = func.count(func.distinct(BeschaeftigungAngaben.beschaeftigung_id))
    conditions = (known(BeschaeftigungAngaben, None), within(BeschaeftigungAngaben, month, last), there)
    return session.scalar(select(number).where(*conditions)) or 0


def finding_groups(session: TenantSession, month: date) -> list[FindingGroup]:
    """Befunde nach Schwere und Ursache, offene zuerst."""
    rows: Sequence[tuple[Hinweis, uuid.UUID | None, uuid.UUID | None]] = reading.findings(session, month)
    ordered = sorted(rows, key=lambda row: (LEVELS.index(row[0].stufe), row[0].feld, row[0].abhilfe))
    texts = {one.nummer: one.text for one in wage_types(session, month)} if ordered else {}
    return [
        FindingGroup(stufe, feld, abhilfe, list(members), word(feld, month, texts))
        for (stufe, feld, abhilfe), members in groupby(
            ordered, key=lambda row: (row[0].stufe, row[0].feld, row[0].abhilfe)
        )
    ]
