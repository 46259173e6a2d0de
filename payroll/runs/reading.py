"""Läufe lesen: Übersicht der Monate, Befunde nach Ursache, Personen mit Beträgen und Veränderung zum Vormonat."""

from __future__ import annotations

import itertools
import unicodedata
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from operator import attrgetter
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.orm import aliased

from payroll.masterdata.models import Beschaeftigung, Person, PersonAngaben
from payroll.runs.models import Ergebnis, Ergebniszeile, Hinweis, Lauf
from payroll.runs.values import VALUES
from tenants.db.session import TenantSession


@dataclass(frozen=True)
class MonthState:
    """Zustand eines Monats mit Zahl der Befunde; offene sind noch nicht begründet."""

    lauf: Lauf
    offene_fehler: int
    offene_warnungen: int
    befunde: int


@dataclass(frozen=True)
class ResultRow:
    """Eine Person im Lauf mit den Beträgen zum Durchsehen (Cent); Vormonat leer, wenn es keinen gibt."""

    public_id: uuid.UUID
    beschaeftigung_public_id: uuid.UUID
    person_public_id: uuid.UUID
    personalnummer: str
    name: str
    gesamtbrutto: int
    netto: int
    auszahlung: int
    ag_kosten: int
    netto_vormonat: int | None

    @property
    def unterschied(self) -> int | None:
        """Netto gegenüber dem Vormonat."""
        return None if self.netto_vormonat is None else self.netto - self.netto_vormonat


@dataclass(frozen=True)
class ResultPage:
    """Ein Ausschnitt der Personen und ihre Zahl insgesamt."""

    rows: list[ResultRow]
    total: int


def checked_months(session: TenantSession) -> set[date]:
    """Monate, deren Lauf schon geprüft, freigegeben oder abgeschlossen ist."""
    states = ("geprueft", "freigegeben", "abgeschlossen")
    return set(session.scalars(select(Lauf.monat).where(Lauf.zustand.in_(states))))


def months(session: TenantSession, limit: int = 24) -> list[MonthState]:
    """Die letzten Monate, neuester zuerst; eine Anweisung."""
    still_open = Hinweis.erledigt_von.is_(None)
    statement = (
        select(Lauf, _count(and_(Hinweis.stufe == "fehler", still_open)).label("fehler"),
               _count(and_(Hinweis.stufe == "warnung", still_open)).label("warnungen"),
               func.count(Hinweis.id).label("befunde"))
        .outerjoin(Hinweis, Hinweis.lauf_id == Lauf.id)
        .group_by(Lauf.tenant_id, Lauf.id).order_by(Lauf.monat.desc()).limit(limit))
    return [MonthState(*row) for row in session.execute(statement)]


def month_state(session: TenantSession, month: date) -> MonthState | None:
    """Zustand eines Monats; None, solange nichts gerechnet ist."""
    found = [state for state in months(session, 120) if state.lauf.monat == month.replace(day=1)]
    return found[0] if found else None


def findings(session: TenantSession, month: date) -> Sequence[tuple[Hinweis, uuid.UUID | None, uuid.UUID | None]]:
    """Befunde des Monats mit öffentlicher Kennung der Beschäftigung und der Person; schwere und offene zuerst."""
    severity = case({"fehler": 0, "warnung": 1}, value=Hinweis.stufe, else_=2)
    statement = (
        select(Hinweis, Beschaeftigung.public_id.label("beschaeftigung"), Person.public_id.label("person"))
        .join(Lauf, Lauf.id == Hinweis.lauf_id)
        .outerjoin(Beschaeftigung, Beschaeftigung.id == Hinweis.beschaeftigung_id)
        .outerjoin(Person, Person.id == Beschaeftigung.person_id)
        .where(Lauf.monat == month.replace(day=1))
        .order_by(Hinweis.erledigt_von.is_not(None), severity, Hinweis.ursache, Hinweis.id))
    rows = [(row[0], row.beschaeftigung, row.person) for row in session.execute(statement)]
    blocks = itertools.groupby(rows, key=lambda row: (row[0].erledigt_von is not None, row[0].stufe, row[0].ursache))
    return [row for _, block in blocks for row in sorted(block, key=lambda row: row[0].datensatz)]


SORTS = {"personalnummer": "personalnummer", "name": "name", "gesamtbrutto": "gesamtbrutto", "netto": "netto",
         "auszahlung": "auszahlung", "ag_kosten": "ag_kosten", "unterschied": "unterschied"}


def results(session: TenantSession, month: date, *, search: str = "", sort: str = "personalnummer",
            descending: bool = False, page: int = 1, size: int = 50) -> ResultPage:
    """Personen eines Laufs, gesucht nach Name oder Personalnummer, sortiert, seitenweise (page ab 1).

    Namen stehen versiegelt in der Datenbank: gesucht und geordnet wird hier, in einer Abfrage.
    """
    statement = _result_statement(month.replace(day=1)).order_by(Beschaeftigung.personalnummer)
    words = [folded(word) for word in search.split()]
    rows = [row for row in map(_row, session.execute(statement)) if matches(words, row.name, row.personalnummer)]
    order: dict[str, Callable[[ResultRow], Any]] = {
        "name": lambda row: folded(row.name), "unterschied": lambda row: abs(row.unterschied or 0)}
    rows.sort(key=order.get(sort) or attrgetter(SORTS.get(sort, "gesamtbrutto")), reverse=descending)
    start = (max(page, 1) - 1) * size
    return ResultPage(rows[start:start + size], len(rows))


def result_of(session: TenantSession, public_id: uuid.UUID) -> tuple[Ergebnis, Sequence[Ergebniszeile]] | None:
    """Ein Ergebnis mit seinen Zeilen."""
    found = session.scalars(select(Ergebnis).where(Ergebnis.public_id == public_id)).one_or_none()
    if found is None:
        return None
    lines = session.scalars(select(Ergebniszeile).where(Ergebniszeile.ergebnis_id == found.id)
                            .order_by(Ergebniszeile.position)).all()
    return found, lines


def totals(session: TenantSession, month: date) -> dict[str, int]:
    """Summe jedes Wertes über alle Abrechnungen des Monats (Cent)."""
    columns = [func.coalesce(func.sum(getattr(Ergebnis, name)), 0).label(name) for name in VALUES]
    row = session.execute(select(*columns).where(Ergebnis.monat == month.replace(day=1))).one()
    return {name: int(getattr(row, name)) for name in VALUES}


_Before = aliased(Ergebnis, name="vormonat")


def _result_statement(month: date) -> Select[Any]:
    before = date(month.year - (month.month == 1), (month.month - 2) % 12 + 1, 1)
    return (
        select(Ergebnis.public_id, Beschaeftigung.public_id.label("beschaeftigung"),
               Person.public_id.label("person"), Beschaeftigung.personalnummer,
               PersonAngaben.nachname, PersonAngaben.vorname, Ergebnis.gesamtbrutto, Ergebnis.netto,
               Ergebnis.auszahlung, Ergebnis.ag_kosten, _Before.netto.label("netto_vormonat"))
        .join(Beschaeftigung, Beschaeftigung.id == Ergebnis.beschaeftigung_id)
        .join(Person, Person.id == Beschaeftigung.person_id)
        .join(PersonAngaben, and_(PersonAngaben.person_id == Person.id, PersonAngaben.superseded_at.is_(None),
                                  PersonAngaben.valid_from <= _last_day(month),
                                  or_(PersonAngaben.valid_to.is_(None), PersonAngaben.valid_to >= _last_day(month))))
        .outerjoin(_Before, and_(_Before.beschaeftigung_id == Ergebnis.beschaeftigung_id, _Before.monat == before))
        .where(Ergebnis.monat == month))


def _row(row: Any) -> ResultRow:
    return ResultRow(row.public_id, row.beschaeftigung, row.person, row.personalnummer,
                     f"{row.nachname}, {row.vorname}", row.gesamtbrutto, row.netto, row.auszahlung, row.ag_kosten,
                     row.netto_vormonat)


# Letters without a decomposition; names follow DIN 5007-1 (ä like a).
FOLDING = str.maketrans({"ß": "ss", "ł": "l", "ø": "o", "đ": "d", "ı": "i", "æ": "ae", "œ": "oe"})


def folded(text: str) -> str:
    """Text zum Suchen und Sortieren: klein, Umlaute und andere Zeichen mit Beiwerk wie Grundbuchstaben."""
    plain = unicodedata.normalize("NFKD", text.lower().translate(FOLDING))
    return "".join(one for one in plain if not unicodedata.combining(one))


def matches(words: Sequence[str], *texts: str) -> bool:
    """Steht jedes (gefaltete) Wort in einem der Texte?"""
    return not words or all(any(word in text for text in map(folded, texts)) for word in words)


def _count(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.count(Hinweis.id).filter(condition)


def _last_day(month: date) -> date:
    following = date(month.year + month.month // 12, month.month % 12 + 1, 1)
    return date.fromordinal(following.toordinal() - 1)


def result_for(session: TenantSession, beschaeftigung_id: int, month: date) -> Ergebnis | None:
    """Das Ergebnis einer Beschäftigung in einem Monat."""
    return session.scalars(select(Ergebnis).where(Ergebnis.beschaeftigung_id == beschaeftigung_id,
                                                  Ergebnis.monat == month.replace(day=1))).one_or_none()
