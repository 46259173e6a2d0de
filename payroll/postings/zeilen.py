"""Buchungen als Zeilen: gespeichert ist je Beschäftigung und Monat eine Reihe von Feldern, gelesen wird je Buchung."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, String, Subquery, case, distinct, func, select
from sqlalchemy.orm import InstrumentedAttribute

from payroll.postings.models import Buchung, Journal
from tenants.db.session import TenantSession


@dataclass(frozen=True)
class Zeile:
    """Verdichtete Buchung: alle gleichen Zeilen zusammen; `faelle`: wie viele Beschäftigungen dahinter stehen."""

    monat: date
    konto: str
    schluessel: str
    kostenstelle: str
    produkt: str
    personenkreis: str
    seite: str
    betrag: int
    faelle: int


def zeilen(*conditions: ColumnElement[bool]) -> Subquery:
    """Unterabfrage mit einer Zeile je Buchung; `betrag`: Soll über null, Haben unter null. Bedingungen an Buchung."""
    return select(
        Buchung.lauf_id, Buchung.position, Buchung.monat, Buchung.in_monat, Buchung.personenkreis,
        Buchung.personalnummer, _each(Buchung.konten, "konto"), _each(Buchung.buchungsschluessel, "schluessel"),
        _each(Buchung.kostenstellen, "kostenstelle"), _each(Buchung.produkte, "produkt"),
        func.unnest(Buchung.betraege, type_=BigInteger).label("betrag")).where(*conditions).subquery("zeile")


def _each(column: InstrumentedAttribute[list[str]], name: str) -> Any:
    return func.unnest(column, type_=String).label(name)


def balances(session: TenantSession, journal: Journal) -> list[Any]:
    """Je Konto und Schlüssel Soll, Haben und Zeilen."""
    one = zeilen(Buchung.lauf_id == journal.lauf_id)
    debit, credit = (func.sum(case((mine, one.c.betrag), else_=0))
                     for mine in (one.c.betrag > 0, one.c.betrag < 0))
    return list(session.execute(
        select(one.c.konto, one.c.schluessel, debit.label("soll"), (-credit).label("haben"),
               func.count(one.c.betrag).label("zeilen"))
        .join(Journal, Journal.lauf_id == one.c.lauf_id).group_by(one.c.konto, one.c.schluessel)
        .order_by(one.c.konto, one.c.schluessel)))


def condensed(session: TenantSession, journal: Journal) -> list[Zeile]:
    """Summen je Monat der Herkunft, Konto, Kostenstelle, Produkt, Personenkreis; Soll und Haben saldiert."""
    one = zeilen(Buchung.lauf_id == journal.lauf_id)
    keys = (one.c.monat, one.c.konto, one.c.schluessel, one.c.kostenstelle, one.c.produkt, one.c.personenkreis)
    rows = session.execute(
        select(*keys, func.sum(one.c.betrag).label("betrag"), func.count(distinct(one.c.position)).label("faelle"))
        .join(Journal, Journal.lauf_id == one.c.lauf_id).group_by(*keys))
    return sorted((Zeile(*row[:6], "S" if row.betrag > 0 else "H", abs(int(row.betrag)), row.faelle)
                   for row in rows if row.betrag), key=lambda line: (
        line.monat, line.konto, line.schluessel, line.kostenstelle, line.produkt, line.personenkreis))
