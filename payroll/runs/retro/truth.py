"""Der jüngste Stand jedes abgeschlossenen Monats: gespeichertes Ergebnis und alles, was später dazu gebucht wurde.

Er hängt nur vom Wissen ab, nicht vom Weg dorthin: neu gerechnet wird immer der ganze Monat, gebucht der Abstand zu
diesem Stand. Darum ergibt eine Wiederholung null und die Reihenfolge von Berichtigungen ist gleichgültig.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from itertools import groupby
from operator import itemgetter
from typing import Any

import numpy as np
from sqlalchemy import Select, func, select

from payroll.runs.carried import Carried, Sums, read_carried
from payroll.runs.earlier import SUMS, ZUFLUSS, lined_up
from payroll.runs.models import Ergebnis, Ergebniszeile, Lauf
from payroll.runs.retro.booking import NAMES
from payroll.runs.retro_models import Rueckrechnung, RueckrechnungZeile
from tenants.db.session import TenantSession

Column = Any
LineKey = tuple[str, str, str]  # part of the slip, wage type, marks
Lines = dict[LineKey, tuple[str, int]]
PLACE = {name: i for i, name in enumerate(NAMES)}
PORTION = 5_000  # rows held at a time: two years of everybody would fill the memory
FEW = 1_000  # beyond that many people one reads all and sorts out afterwards


class Truth:
    """Werte je Monat und Beschäftigung (Cent), Zeile je Beschäftigung in der Reihenfolge von ``who``."""

    def __init__(self, session: TenantSession, month: date, who: Iterable[int], first: date) -> None:
        self.session, self.month = session, month
        self.who = sorted(who)
        self.place = {number: i for i, number in enumerate(self.who)}
        self.values: dict[date, Column] = {}
        self.known: dict[date, Column] = {}
        self.receipts: dict[date, Sums] = defaultdict(dict)
        self.start = date(first.year - 1, 1, 1)
        self.carried: dict[int, Carried] = {}  # what a year carries in is the same for all its months
        self._closed()
        self._booked()

    def _limited(self, statement: Select[Any], column: Any) -> Select[Any]:
        return statement.where(column.in_(self.who)) if len(self.who) <= FEW else statement

    def _matrix(self, month: date) -> tuple[Column, Column]:
        if month not in self.values:
            self.values[month] = np.zeros((len(self.who), len(NAMES)), dtype=np.int64)
            self.known[month] = np.zeros(len(self.who), dtype=bool)
        return self.values[month], self.known[month]

    def _closed(self) -> None:
        columns = [getattr(Ergebnis, name) for name in NAMES]
        statement = (select(Ergebnis.beschaeftigung_id, Ergebnis.monat, *columns)
                     .join(Lauf, Lauf.id == Ergebnis.lauf_id)
                     .where(Lauf.zustand == "abgeschlossen", Ergebnis.monat >= self.start,
                            Ergebnis.monat < self.month))
        rows = self.session.execute(self._limited(statement, Ergebnis.beschaeftigung_id).order_by(Ergebnis.monat),
                                    execution_options={"yield_per": PORTION})
        for portion in rows.partitions():
            for month, own in groupby(portion, itemgetter(1)):
                held = [(at, row[2:]) for row in own if (at := self.place.get(row[0])) is not None]
                if held:
                    values, known = self._matrix(month)
                    places = [at for at, _ in held]
                    values[places], known[places] = [amounts for _, amounts in held], True

    def _booked(self) -> None:
        zeile = RueckrechnungZeile
        statement = (select(Rueckrechnung.beschaeftigung_id, Rueckrechnung.monat, Rueckrechnung.art, zeile.name,
                            func.sum(zeile.neu - zeile.alt).label("abstand"), func.sum(zeile.betrag).label("betrag"))
                     .join(Rueckrechnung, Rueckrechnung.id == zeile.rueckrechnung_id)
                     .join(Lauf, Lauf.id == Rueckrechnung.lauf_id)
                     .where(Lauf.zustand == "abgeschlossen", Lauf.monat < self.month, Rueckrechnung.art != "offen",
                            Rueckrechnung.monat >= self.start, zeile.bereich == "wert")
                     .group_by(Rueckrechnung.beschaeftigung_id, Rueckrechnung.monat, Rueckrechnung.art, zeile.name))
        for row in self.session.execute(self._limited(statement, Rueckrechnung.beschaeftigung_id)):
            at = self.place.get(row.beschaeftigung_id)
            if at is None:
                continue
            if row.art == "entstehung":
                values, known = self._matrix(row.monat)
                values[at, PLACE[row.name]] += int(row.abstand)
                known[at] = True
            elif row.name in ZUFLUSS:
                sums = self.receipts[row.monat].setdefault(row.beschaeftigung_id, dict.fromkeys(SUMS, 0))
                sums[ZUFLUSS[row.name]] += int(row.betrag)

    def of(self, month: date, numbers: Iterable[int]) -> Column:
        """Bisheriger Stand der Beschäftigungen in einem Monat."""
        return self._matrix(month)[0][[self.place[number] for number in numbers]]

    def put(self, month: date, numbers: Iterable[int], values: Column, paid: Column) -> None:
        """Neuer Stand: spätere Monate rechnen mit ihm weiter."""
        rows = [self.place[number] for number in numbers]
        matrix, known = self._matrix(month)
        matrix[rows] = values
        known[rows] |= paid

    def earlier(self, month: date, employments: Column, known_at: datetime | None = None) -> dict[str, Column]:
        """Summen vor einem Monat wie payroll.runs.earlier.sums_before, mit dem neuen Stand."""
        this_year = self._sums(date(month.year, 1, 1), month)
        last_year = self._sums(date(month.year - 1, 1, 1), date(month.year, 1, 1))
        if month.year not in self.carried:
            few = self.who if len(self.who) <= FEW else None
            self.carried[month.year] = read_carried(self.session, month, known_at, few)
        return lined_up(this_year, last_year, employments, month, self.carried[month.year])

    def _sums(self, first: date, before: date) -> Sums:
        columns = [PLACE[name] for name in SUMS]
        months = [month for month in self.values if first <= month < before]
        if not months:
            return {}
        total = sum(self.values[month][:, columns] for month in months)
        known = np.logical_or.reduce([self.known[month] for month in months])
        sums: Sums = {number: dict(zip(SUMS, total[at].tolist(), strict=True))
                      for number, at in self.place.items() if known[at]}
        for month, receipts in self.receipts.items():
            if first <= month < before:
                for number, amounts in receipts.items():
                    own = sums.setdefault(number, dict.fromkeys(SUMS, 0))
                    for name, amount in amounts.items():
                        own[name] += amount
        return sums

    def lines(self, month: date, numbers: set[int]) -> dict[int, Lines]:
        """Zeilen eines Monats je Beschäftigung, nach Bereich, Lohnart und Merkmalen summiert; zwei Abfragen."""
        found: dict[int, Lines] = defaultdict(dict)
        for row in (*self._closed_lines(month), *self._booked_lines(month)):
            if row.beschaeftigung_id in numbers:
                key = (row.bereich, row.lohnart, row.merkmale)
                text, amount = found[row.beschaeftigung_id].get(key, (row.text, 0))
                found[row.beschaeftigung_id][key] = (text, amount + int(row.summe))
        return found

    def _closed_lines(self, month: date) -> Iterator[Any]:
        zeile = Ergebniszeile
        statement = (select(Ergebnis.beschaeftigung_id, zeile.bereich, zeile.lohnart, zeile.merkmale, zeile.text,
                            zeile.betrag.label("summe"))
                     .join(Ergebnis, Ergebnis.id == zeile.ergebnis_id).join(Lauf, Lauf.id == Ergebnis.lauf_id)
                     .where(Lauf.zustand == "abgeschlossen", Ergebnis.monat == month))
        yield from self.session.execute(self._limited(statement, Ergebnis.beschaeftigung_id))

    def _booked_lines(self, month: date) -> Iterator[Any]:
        zeile = RueckrechnungZeile
        statement = (select(Rueckrechnung.beschaeftigung_id, zeile.bereich, zeile.name.label("lohnart"),
                            zeile.merkmale, zeile.text, (zeile.neu - zeile.alt).label("summe"))
                     .join(Rueckrechnung, Rueckrechnung.id == zeile.rueckrechnung_id)
                     .join(Lauf, Lauf.id == Rueckrechnung.lauf_id)
                     .where(Lauf.zustand == "abgeschlossen", Lauf.monat < self.month, Rueckrechnung.monat == month,
                            Rueckrechnung.art == "entstehung", zeile.bereich != "wert"))
        yield from self.session.execute(self._limited(statement, Rueckrechnung.beschaeftigung_id))
