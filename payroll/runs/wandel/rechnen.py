"""Zwei Stände vergleichen: die feste Reihenfolge der Ursachen, über alle Fälle auf einmal."""

from __future__ import annotations

import calendar
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from payroll.law import official
from payroll.law.calculate import law_of
from payroll.law.tongue import say
from payroll.runs import names as line_names
from payroll.runs.sheets import Sheet
from payroll.runs.wandel import gruppen, recht, zeilen
from payroll.runs.wandel.anteile import ARTEN, Anteil
from payroll.runs.wandel.gruppen import Worte, euro, words
from payroll.runs.wandel.paare import Stand, columns, values
from payroll.runs.wandel.tausch import Tausch
from payroll.runs.wandel.zeilen import Rules, Zeile

Column = Any
CHANGED = "Rechtsregeln des Programms seit dem Lauf geändert"


@dataclass(frozen=True)
class Grundlage:
    """Was neben den Bögen nötig ist: Ziel jeder Lohnart, Regeln je Gebiet in beiden Monaten, damals und heute
    bekannte amtliche Werte."""

    ziele: dict[str, str]
    vorher: Rules
    nachher: Rules
    damals: official.Values = ()
    heute: official.Values = ()


def shares(before: Stand, after: Stand, numbers: Sequence[int], basis: Grundlage) -> list[list[Anteil]]:
    """Je Beschäftigung, die beide Stände haben, die Anteile in der Reihenfolge der Ursachen."""
    if not numbers:
        return []
    old, new = [before.boegen[number] for number in numbers], [after.boegen[number] for number in numbers]
    work = _Arbeit(before, after, old, new, basis)
    work.law()
    work.groups()
    work.table_pay()
    work.span()
    work.payments()
    work.rest()
    work.later(numbers)
    return [work.tausch.shares.get(row, []) for row in range(len(numbers))]


class _Arbeit:
    """Ein Vergleich: der Austausch, die Eingaben nachher, die Zeilen beider Seiten."""

    def __init__(self, before: Stand, after: Stand, old: list[Sheet], new: list[Sheet], basis: Grundlage) -> None:
        self.before, self.after, self.basis = before, after, basis
        self.months = before.lauf.monat, after.lauf.monat
        names = {name for sheet in (*old, *new) for name in sheet.eingaben}
        rules = law_of(self.months[1])
        self.target = columns(new, rules, names)
        self.stored = values(new)
        self.tausch = Tausch(columns(old, rules, names), values(old), recht.of_month(self.months[0], basis.damals))
        self.old, self.new = [zeilen.lines_of(sheet) for sheet in old], [zeilen.lines_of(sheet) for sheet in new]

    def law(self) -> None:
        """Erst die eigene Nachrechnung, dann Schritt für Schritt das Recht des neuen Monats, dann seine Tabellen."""
        tausch = self.tausch
        tausch.law("regeln", say(CHANGED), (), tausch.rechne)
        first, last = (calendar.monthrange(month.year, month.month)[1] for month in self.months)
        if self.months[0] != self.months[1]:
            for name in ("bis_tag",):
                if name in tausch.columns:
                    days = tausch.columns[name]
                    tausch.columns[name] = np.where(days == first, last, np.minimum(days, last))
        for step in recht.between(*self.months, self.basis.damals, self.basis.heute):
            tausch.law(step.art, step.titel, step.belege, step.rechne)
        self._tables(first, last)

    def _tables(self, first: int, last: int) -> None:
        """Tabellen von Tarif und Besoldung: die alten Zeilen zu den neuen Werten."""
        was = [[line.betrag for line in lines] for lines in self.old]
        zeilen.repriced(self.old, self.basis.nachher, (first, last))
        cells: dict[str, dict[int, int]] = defaultdict(dict)
        told: dict[int, Worte] = {}
        for row, lines in enumerate(self.old):
            for line, amount in zip(lines, was[row], strict=True):
                if line.betrag != amount:
                    self._move(cells, row, line, line.betrag - amount)
                    told[row] = _tabled(line, amount)
        self.tausch.swap("recht", cells, told)

    def groups(self) -> None:
        """Tatsachen je Art, ein Schritt für alle Eingaben der Art."""
        for art, names in gruppen.GRUPPEN:
            self._swap_inputs(art, names)

    def _swap_inputs(self, art: str, names: Sequence[str], title: str = "") -> None:
        cells: dict[str, dict[int, int]] = {}
        pairs: dict[int, list[tuple[str, int, int]]] = defaultdict(list)
        for name in names:
            if name not in self.target:
                continue
            now, then = self.tausch.columns[name], self.target[name]
            rows = np.flatnonzero(now != then).tolist()
            if rows:
                cells[name] = {row: int(then[row]) for row in rows}
            for row in rows:
                pairs[row].append((name, int(now[row]), int(then[row])))
        told = {row: _titled(words(found), title or say(ARTEN[art])) for row, found in pairs.items()}
        self.tausch.swap(art, cells, told)

    def table_pay(self) -> None:
        """Tabellenentgelt: Gruppe, Stufe, Stunden, Tage; bei mehreren Abschnitten zusammen."""
        single: list[tuple[int, Zeile, Zeile]] = []
        cells: dict[str, dict[int, int]] = defaultdict(dict)
        told: dict[int, Worte] = {}
        for row, (old, new) in enumerate(zip(self.old, self.new, strict=True)):
            mine, other = zeilen.table_of(old), zeilen.table_of(new)
            if len(mine) == len(other) == 1 and mine[0].stuecke and other[0].stuecke:
                single.append((row, mine[0], other[0]))
                continue
            difference = sum(line.betrag for line in other) - sum(line.betrag for line in mine)
            if difference:
                cells["brutto"][row] = int(self.tausch.columns["brutto"][row]) + difference
                told[row] = _pieces(mine, other)
        for art, names in zeilen.TEILE:
            self._part(art, names, single)
        self.tausch.swap("eingruppierung", cells, told)

    def _part(self, art: str, names: tuple[str, ...], single: list[tuple[int, Zeile, Zeile]]) -> None:
        moved = [(row, old, new, {**old.stuecke[0], **{name: new.stuecke[0][name] for name in names
                                                       if name in new.stuecke[0]}}) for row, old, new in single]
        moved = [(row, old, new, piece) for row, old, new, piece in moved if piece != old.stuecke[0]]
        if not moved:
            return
        amounts, faulty = zeilen.evaluated(self.basis.nachher("entgelt"), zeilen.TABELLE, [one[3] for one in moved])
        cells: dict[str, dict[int, int]] = defaultdict(dict)
        told: dict[int, Worte] = {}
        for i, (row, old, _new, piece) in enumerate(moved):
            pairs = [(name, old.stuecke[0][name], piece[name]) for name in names if old.stuecke[0][name] != piece[name]]
            told[row] = _titled(words(pairs), say(ARTEN[art]))
            old.stuecke[0] = piece
            if i in faulty:
                self.tausch.waiting[row].append(told[row].titel)
                continue
            cells["brutto"][row] = int(self.tausch.columns["brutto"][row]) + int(amounts[i]) - old.betrag
            old.betrag = int(amounts[i])
        self.tausch.swap(art, cells, told)

    def span(self) -> None:
        """Beginn, Ende und Fehlzeiten im Monat."""
        self._swap_inputs("beschaeftigung", gruppen.SPANNE)
        self._swap_inputs("fehlzeit", ("sv_fehltage",))

    def payments(self) -> None:
        """Bezüge, Zulagen, Anlässe, Pfändungen: je geänderter Lohnart ein Schritt, der n-te aller Fälle zugleich."""
        pending = {row: list(self._changed_lines(row)) for row in range(self.tausch.size)}
        while any(pending.values()):
            by_kind: dict[str, tuple[dict[str, dict[int, int]], dict[int, Worte]]] = {}
            for row, found in pending.items():
                if found:
                    line, difference, told = found.pop(0)
                    cells, texts = by_kind.setdefault(line.art, (defaultdict(dict), {}))
                    self._move(cells, row, line, difference)
                    texts[row] = told
            for art, (cells, texts) in by_kind.items():
                self.tausch.swap(art, cells, texts)

    def _changed_lines(self, row: int) -> Iterator[tuple[Zeile, int, Worte]]:
        old, new = zeilen.sums(self.old[row]), zeilen.sums(self.new[row])
        for key in dict.fromkeys((*new, *old)):
            before, after = (sum(line.betrag for line in side.get(key, ())) for side in (old, new))
            line = (new.get(key) or old[key])[0]
            if before != after and zeilen.target_of(line, self.basis.ziele) in self.target:
                yield line, after - before, _payment(line, before, after, key in old, key in new)

    def rest(self) -> None:
        """Nebenleistungen, übrige Beträge, Einstellungen, zuletzt was aus den Vormonaten folgt."""
        benefits = [name for name in self.target if name.startswith("nl_")]
        self._swap_inputs("nebenleistung", (*gruppen.NEBEN, *benefits))
        self._swap_inputs("bezug", gruppen.ZIELE, say("Übrige Beträge des Monats"))
        self._swap_inputs("einstellung", ("kirchensteuer_kappung",))
        self._swap_inputs("verlauf", tuple(self.target))
        self.tausch.settle(self.stored, say(CHANGED))

    def later(self, numbers: Sequence[int]) -> None:
        """Rückrechnung und Vortrag: sie stehen unmittelbar in der Auszahlung."""
        for art, part in (("rueckrechnung", Stand.nachberechnung), ("vortrag", Stand.vortrag)):
            pairs = {row: (part(self.before, number), part(self.after, number)) for row, number in enumerate(numbers)}
            told = {row: Worte(say(ARTEN[art]), euro(a), euro(b), _instead(say(ARTEN[art]), a, b))
                    for row, (a, b) in pairs.items()}
            self.tausch.add(art, told, {row: b - a for row, (a, b) in pairs.items()})

    def _move(self, cells: dict[str, dict[int, int]], row: int, line: Zeile, difference: int) -> None:
        target = zeilen.target_of(line, self.basis.ziele)
        if target not in self.target:
            return
        self._shift(cells, target, row, difference * zeilen.sign_of(line, target))
        if zeilen.without_pension(line, target):
            self._shift(cells, "zv_frei", row, difference)

    def _shift(self, cells: dict[str, dict[int, int]], name: str, row: int, difference: int) -> None:
        if name in self.target:
            cells[name][row] = cells[name].get(row, int(self.tausch.columns[name][row])) + difference


def _titled(told: Worte, title: str) -> Worte:
    return told if told.titel else told._replace(titel=title)


def _payment(line: Zeile, before: int, after: int, was: bool, stays: bool) -> Worte:
    title, text = f"{line_names.of(line.text).text} ({line.lohnart})", line_names.within(line.text)
    if not was:
        return Worte(title, "", euro(after), say("Neu: %(what)s %(after)s.", what=text, after=euro(after)))
    if not stays:
        return Worte(title, euro(before), "", say("Nicht mehr dabei: %(what)s (vorher %(before)s).", what=text,
                                                  before=euro(before)))
    return Worte(title, euro(before), euro(after), _instead(text, before, after))


def _pieces(old: list[Zeile], new: list[Zeile]) -> Worte:
    before, after = (", ".join(f"{line_names.within(line.text)} {euro(line.betrag)}" for line in side)
                     for side in (old, new))
    none, title = say("kein Tabellenentgelt"), ARTEN["eingruppierung"]
    return Worte(say(title), before or none, after or none,
                 say("Ihr Tabellenentgelt: %(after)s (vorher %(before)s).", after=after or say("keines"),
                     before=before or say("keines")))


def _tabled(line: Zeile, before: int) -> Worte:
    return Worte(say("Entgelttabelle: %(what)s", what=line_names.of(line.text).text), euro(before), euro(line.betrag),
                 say("%(what)s: nach der neuen Tabelle %(after)s statt %(before)s.", what=line_names.within(line.text),
                     after=euro(line.betrag), before=euro(before)))


def _instead(what: str, before: int, after: int) -> str:
    return say("%(what)s: %(after)s statt %(before)s.", what=what, after=euro(after), before=euro(before))


