"""Eine Änderung zur Probe: schreiben, rechnen, zurücknehmen – und sagen, was sie an der Zahlung ändert."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import astuple, dataclass
from datetime import date

import orjson
from sqlalchemy import func, select

from payroll.masterdata.models import Beschaeftigung
from payroll.runs.findings import Befund
from payroll.runs.models import Lauf
from payroll.runs.wirkung.stand import stand
from payroll.runs.wirkung.vergleich import Monatswirkung, compare
from tenants.collector import collector_paused
from tenants.db.session import TenantSession


@dataclass(frozen=True)
class Wirkung:
    """Was sich je Monat ändert, und welche Befunde ein Lauf dadurch zusätzlich hätte.

    geprueft: der erste offene Monat ist schon geprüft oder freigegeben; die Änderung wirkt dann erst danach.
    """

    monate: tuple[Monatswirkung, ...]
    befunde: tuple[Befund, ...]
    personalnummern: dict[int, str]
    offen: date
    geprueft: bool = False

    @property
    def nachzahlung(self) -> int:
        """Was für abgeschlossene Monate zur Auszahlung hinzukommt oder von ihr abgeht (Cent)."""
        return sum(wert.differenz for one in self.monate if one.geschlossen for wert in one.werte
                   if wert.name == "auszahlung")

    @property
    def zahlung(self) -> int:
        """Unterschied dessen, was im ersten offenen Monat überwiesen wird (Cent)."""
        return sum(wert.differenz for one in self.monate if not one.geschlossen and one.monat == self.offen
                   for wert in one.haupt if wert.name == "zahlbetrag")

    @property
    def bleibt_offen(self) -> int:
        """Was davon nicht einbehalten werden darf und in den Monat nach dem ersten offenen geht (Cent, negativ)."""
        return sum(wert.differenz for one in self.monate if not one.geschlossen and one.monat == self.offen
                   for wert in one.werte if wert.name == "uebertrag")

    @property
    def leer(self) -> bool:
        """Ob sich am Entgelt nichts ändert."""
        return all(one.leer for one in self.monate)

    def digest(self) -> str:
        """Kennzeichen des Gezeigten: gespeichert wird nur genau das."""
        rows = [[self.personalnummern.get(one.beschaeftigung_id), f"{one.monat}", one.geschlossen, one.hinweis,
                 [astuple(wert) for wert in (*one.haupt, *one.werte, *one.zeilen)]] for one in self.monate]
        found = [[b.stufe, b.feld, b.regel] for b in self.befunde]
        return hashlib.sha256(orjson.dumps([rows, found])).hexdigest()


def probe(session: TenantSession, jobs: Sequence[int], write: Callable[[], Iterable[int]],
          months: Sequence[date]) -> Wirkung:
    """Vergleicht ohne und mit der Änderung.

    jobs: Beschäftigungen, die es schon gibt; write: schreibt und nennt neue Beschäftigungen; months: offene
    Monate, aufsteigend, der erste ist der, in dem der nächste Lauf bucht. Was write ablehnt, geht als Fehler hinaus.
    """
    with collector_paused():
        before = stand(session, jobs, months)
        attempt = session.begin_nested()
        try:
            everyone = [*jobs, *write()]
            session.flush()
            after = stand(session, everyone, months)
            names = {row.id: row.personalnummer for row in session.execute(
                select(Beschaeftigung.id, Beschaeftigung.personalnummer).where(Beschaeftigung.id.in_(everyone)))}
        finally:
            attempt.rollback()
    known = {(one.feld, one.regel) for one in before.befunde}
    new = tuple(one for one in after.befunde if (one.feld, one.regel) not in known)
    checked = session.scalar(select(Lauf.zustand).where(Lauf.monat == months[0])) in ("geprueft", "freigegeben")
    return Wirkung(tuple(compare(before, after)), new, names, months[0], checked)


def first_open(session: TenantSession, today: date) -> date:
    """Der Monat, den der nächste Lauf rechnet: nach dem letzten abgeschlossenen, sonst der laufende."""
    last = session.scalar(select(func.max(Lauf.monat)).where(Lauf.zustand == "abgeschlossen"))
    return today.replace(day=1) if last is None else following(last)


def shown_months(open_month: date, days: Iterable[date]) -> list[date]:
    """Der erste offene Monat und die späteren, in die einer der Tage fällt (beginnt er mittendrin: auch der danach)."""
    found = {open_month}
    for day in days:
        month = day.replace(day=1)
        found |= {month} if day.day == 1 else {month, following(month)}
    return sorted(month for month in found if month >= open_month)


def following(month: date) -> date:
    """Der nächste Monat."""
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)
