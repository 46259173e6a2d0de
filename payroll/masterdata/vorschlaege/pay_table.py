"""Eine Entgelttabelle aus einer Datei, gegen die geltende geprüft: dieselben Zellen, nichts doppelt, nichts Seltsames.

Zwei Formen: eine Zeile je Zelle (tarifwerk, entgeltgruppe, stufe, betrag) oder, wie Tabellen veröffentlicht werden,
eine Zeile je Gruppe mit Spalten stufe_1, stufe_2 … Ohne Spalte tarifwerk gilt das im Formular gewählte.
"""

from __future__ import annotations

import difflib
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise

from payroll.law.encode import TARIFWERKE
from payroll.law.parameters.pay_tables import STUFEN
from payroll.law.parameters.uploaded import Uploaded, cells_on, groups_of
from payroll.masterdata.imports.problems import Beanstandung, ImportFehler
from payroll.masterdata.vorschlaege.reading import Blatt, number_of, read

STEP = re.compile(r"(?:stufe_?|st_?)?([0-9]{1,2})", re.ASCII)
LONG = ("tarifwerk", "entgeltgruppe", "stufe", "betrag")
Tables = dict[str, dict[str, dict[str, int]]]  # tariff, group, step: cents
HUNDRED = Decimal(100)


@dataclass(frozen=True)
class Zelle:
    """Eine Zelle mit dem, was bisher gilt (None: neu); Cent."""

    tarifwerk: str
    gruppe: str
    stufe: str
    alt: int | None
    neu: int

    @property
    def mehr(self) -> int | None:
        """Unterschied in Cent."""
        return None if self.alt is None else self.neu - self.alt

    @property
    def prozent(self) -> Decimal | None:
        """Unterschied in Prozent, auf zwei Stellen."""
        if self.alt is None:
            return None
        return ((self.neu - self.alt) * HUNDRED / self.alt).quantize(Decimal("0.01"), ROUND_HALF_UP)

    @property
    def name(self) -> str:
        """Wie Menschen sie nennen."""
        return f"{self.tarifwerk} {self.gruppe} Stufe {self.stufe}".replace("weiteres_kind", "weiteres Kind")


@dataclass
class Gelesen:
    """Inhalt der Datei, Zellen im Vergleich, was nicht stimmt (schwer) und was auffällt."""

    tabellen: Tables = field(default_factory=dict)
    zellen: list[Zelle] = field(default_factory=list)
    probleme: list[Beanstandung] = field(default_factory=list)

    @property
    def gut(self) -> bool:
        """Kein schweres Problem."""
        return not any(problem.schwer for problem in self.probleme)

    def add(self, line: int, column: str, value: str, rule: str, remedy: str, *, severe: bool = True) -> None:
        """Merkt sich ein Problem."""
        self.probleme.append(Beanstandung(line, column, value, rule, remedy, severe))


@dataclass(frozen=True)
class Erwartet:
    """Was die Tarifeinigung sagt: Prozent und Mindestbetrag (Cent), damit jede Zelle nachgerechnet werden kann."""

    prozent: Decimal | None = None
    mindestens: int = 0

    def of(self, alt: int) -> int:
        """Der neue Betrag einer Zelle, kaufmännisch auf Cent."""
        assert self.prozent is not None
        raised = (alt * (HUNDRED + self.prozent) / HUNDRED).quantize(Decimal(1), ROUND_HALF_UP)
        return max(int(raised), alt + self.mindestens)


def check(data: bytes, ab: date, tarifwerk: str = "", *, uploaded: Uploaded = (),
          erwartet: Erwartet | None = None) -> Gelesen:
    """Liest und prüft eine Tabelle, die ab ``ab`` gelten soll; uploaded: schon bestätigte Tabellen am Tag davor."""
    found = Gelesen()
    if ab.day != 1:
        found.add(0, "gilt_ab", f"{ab:%d.%m.%Y}", "eine Entgelttabelle beginnt am Ersten eines Monats", "Tag ändern")
    blatt = read(data, lambda name: name in LONG or STEP.fullmatch(name) is not None)
    found.probleme += blatt.probleme
    lines: dict[tuple[str, str, str], int] = {}
    for line, scale, group, step, text in _cells(blatt, tarifwerk, found):
        _take(found, lines, line, (scale, group, step), text)
    if not found.tabellen:
        found.add(0, "betrag", "", "die Datei enthält keine lesbare Zelle", "nach der Vorlage ausfüllen")
        return found
    _compare(found, lines, ab, uploaded)
    for scale in found.tabellen:
        _odd(found, lines, scale, erwartet)
    return found


def _cells(blatt: Blatt, tarifwerk: str, found: Gelesen) -> Iterator[tuple[int, str, str, str, str]]:
    steps = {name: int(match[1]) for name in blatt.spalten if name not in LONG and (match := STEP.fullmatch(name))}
    if "entgeltgruppe" not in blatt.spalten or not (steps or {"stufe", "betrag"} <= set(blatt.spalten)):
        raise ImportFehler("Spalten für Gruppe, Stufe und Betrag fehlen",
                           "entgeltgruppe, stufe, betrag oder entgeltgruppe, stufe_1, stufe_2 … als Kopf verwenden")
    if "tarifwerk" not in blatt.spalten and not tarifwerk:
        raise ImportFehler("Das Tarifwerk fehlt", "Spalte tarifwerk ergänzen oder das Tarifwerk wählen")
    for line, texts in blatt.zeilen:
        scale = texts.get("tarifwerk") or tarifwerk
        group = texts.get("entgeltgruppe", "").replace(" ", "")
        if scale not in TARIFWERKE:
            near = difflib.get_close_matches(scale, TARIFWERKE, 1)
            found.add(line, "tarifwerk", scale, "gibt es nicht",
                      f"meinten Sie {near[0]}" if near else f"eines von {', '.join(TARIFWERKE)} angeben")
        elif group not in groups_of(scale):
            near = difflib.get_close_matches(group, groups_of(scale), 1)
            found.add(line, "entgeltgruppe", group, f"gibt es in {scale} nicht",
                      f"meinten Sie {near[0]}" if near else "Gruppe berichtigen; neue Gruppen bringt das Programm")
        elif steps:
            yield from ((line, scale, group, str(step), texts[name]) for name, step in steps.items()
                        if texts.get(name, "") not in ("", "-", "–"))
        else:
            yield line, scale, group, texts.get("stufe", "") or "0", texts.get("betrag", "")


def _take(found: Gelesen, lines: dict[tuple[str, str, str], int], line: int, key: tuple[str, str, str],
          text: str) -> None:
    scale, group, step = key
    if not (step.isascii() and step.isdigit() and len(step) <= 2 and int(step) < STUFEN):
        found.add(line, "stufe", step, "ist keine Stufe", f"eine Zahl von 0 bis {STUFEN - 1} angeben")
        return
    step = str(int(step))
    amount = number_of(text)
    if amount is None or amount <= 0 or amount != amount.quantize(Decimal("0.01")):
        found.add(line, f"{group} Stufe {step}", text, "ist kein Betrag über 0 in Euro und ganzen Cent",
                  "so schreiben: 3.103,40")
        return
    if (scale, group, step) in lines:
        found.add(line, f"{group} Stufe {step}", text,
                  f"diese Zelle steht schon in Zeile {lines[scale, group, step]}", "eine der beiden löschen")
        return
    lines[scale, group, step] = line
    found.tabellen.setdefault(scale, {}).setdefault(group, {})[step] = int(amount * 100)


def _compare(found: Gelesen, lines: dict[tuple[str, str, str], int], ab: date, uploaded: Uploaded) -> None:
    """Zelle für Zelle gegen die Tabelle, die am Tag davor gilt."""
    before = {key: cell.cent for key, cell in cells_on(ab - timedelta(days=1), uploaded).items()}
    for scale, groups in found.tabellen.items():
        wanted = {key for key in before if key[0] == scale}
        for key in sorted(wanted - lines.keys()):
            found.add(0, f"{key[1]} Stufe {key[2]}", "", f"Lücke: {scale} hat diese Zelle heute, die Datei nicht",
                      "Betrag ergänzen; eine Tabelle wird vollständig ersetzt")
        known = sorted(groups_of(scale), key=groups_of(scale).index)
        for group in (name for name in known if name in groups):
            for step, cents in sorted(groups[group].items(), key=lambda item: int(item[0])):
                found.zellen.append(Zelle(scale, group, step, before.get((scale, group, step)), cents))
                if wanted and (scale, group, step) not in before:
                    found.add(lines[scale, group, step], f"{group} Stufe {step}", _euro(cents),
                              "diese Zelle gibt es in der geltenden Tabelle nicht",
                              "prüfen, ob der Tarif die Stufe neu einführt", severe=False)
            _falling(found, lines, scale, group)


def _falling(found: Gelesen, lines: dict[tuple[str, str, str], int], scale: str, group: str) -> None:
    steps = sorted(found.tabellen[scale][group].items(), key=lambda item: int(item[0]))
    for (below, less), (step, cents) in pairwise(steps):
        if cents < less:
            found.add(lines[scale, group, step], f"{group} Stufe {step}", _euro(cents),
                      f"liegt unter Stufe {below} ({_euro(less)}); Beträge fallen nicht mit der Stufe",
                      "Beträge mit der Veröffentlichung vergleichen")


def _odd(found: Gelesen, lines: dict[tuple[str, str, str], int], scale: str, erwartet: Erwartet | None) -> None:
    """Beträge, die nicht zur Einigung passen oder, ohne Angabe, nicht zu den übrigen Zellen."""
    cells = [cell for cell in found.zellen if cell.tarifwerk == scale and cell.alt is not None]
    stated = erwartet is not None and erwartet.prozent is not None
    usual = erwartet if stated else usual_rise(cells)
    for cell in cells if usual is not None else ():
        assert cell.alt is not None
        place = (lines[scale, cell.gruppe, cell.stufe], f"{cell.gruppe} Stufe {cell.stufe}", _euro(cell.neu))
        wanted = usual.of(cell.alt)  # type: ignore[union-attr]  # the loop is empty without it
        if cell.neu < cell.alt:
            found.add(*place, f"sinkt um {_euro(cell.alt - cell.neu)}", "mit der Veröffentlichung vergleichen",
                      severe=False)
        elif abs(cell.neu - wanted) > 1:
            rule = "nach der Einigung wären es" if stated else "wie die übrigen Zellen wären es"
            found.add(*place, f"steigt um {cell.prozent} % ({_euro(cell.neu - cell.alt)}); {rule} {_euro(wanted)}",
                      "mit der Veröffentlichung vergleichen", severe=False)


def usual_rise(cells: list[Zelle]) -> Erwartet | None:
    """Prozent und Mindestbetrag, die die meisten Zellen erklären; None ohne Vergleich."""
    rises = Counter(cell.prozent for cell in cells)
    if not rises:
        return None
    percent = min((p for p, count in rises.items() if count == max(rises.values())), key=lambda p: p or Decimal(0))
    amounts = Counter(cell.mehr for cell in cells if (cell.prozent or 0) > (percent or 0))
    least = max(amounts, key=lambda amount: (amounts[amount], amount or 0)) if amounts else 0
    return Erwartet(percent, (least or 0) if amounts[least] > 1 else 0)


def _euro(cents: int) -> str:
    return f"{cents // 100:,}".replace(",", ".") + f",{cents % 100:02d} €"
