"""Die Zeilen zweier Bögen: Tabellenentgelt je Ursache, andere Bezüge je Lohnart, und in welche Eingabe sie fließen."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from payroll.law.engine import RuleBook, evaluate
from payroll.law.engine.rule_set import RuleSet
from payroll.runs.sheets import Sheet

TABELLE = "tabellenentgelt"
NACH_RECHT = ("entgelt", "besoldung", "entgelt+besoldung")
EINMALIG = ("jubilaeumsgeld", "urlaubsabgeltung", "abschlusspraemie", "sterbegeld", "sterbegeld_beamte")
ERSATZ = ("mutterschaftsgeld_zuschuss", "krankengeldzuschuss", "krankengeldzuschuss_netto", "tagesentgelt")
# How table pay is exchanged, one cause after the other: group, step, hours, days.
TEILE: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("eingruppierung", ("tarifwerk", "entgeltgruppe")), ("eingruppierung", ("stufe",)),
    ("eingruppierung", ("wochenstunden", "vollzeitstunden")), ("beschaeftigung", ("tage", "kalendertage_im_monat")))

Rules = Callable[[str], RuleSet]


@dataclass
class Zeile:
    """Eine Zeile: Lohnart, Text, Merkmale, Betrag (Cent), Gebiet und Name ihrer Regel, deren Eingaben."""

    bereich: str
    lohnart: str
    text: str
    merkmale: str
    betrag: int
    gebiet: str
    name: str
    stuecke: list[dict[str, int]]

    @property
    def art(self) -> str:
        """Art der Ursache, wenn sich diese Zeile ändert."""
        if self.gebiet == "pfaendung":
            return "pfaendung"
        if self.name in ERSATZ:
            return "fehlzeit"
        if self.name in EINMALIG:
            return "anlass"
        return "familie" if self.name.startswith("familienzuschlag") else "bezug"


def lines_of(sheet: Sheet) -> list[Zeile]:
    """Die Zeilen eines Bogens."""
    return [Zeile(line[0], line[1], line[2], line[4], line[5], *(line[6] or ("", "", []))) for line in sheet.zeilen]


def table_of(lines: Iterable[Zeile]) -> list[Zeile]:
    """Nur das Tabellenentgelt."""
    return [line for line in lines if line.name == TABELLE]


def repriced(groups: list[list[Zeile]], rules: Rules, days: tuple[int, int]) -> None:
    """Setzt die Beträge der Zeilen nach Tarif auf das Recht eines anderen Monats (an Ort und Stelle).

    days: Kalendertage beider Monate; ein voller Monat bleibt ein voller. Was sich so nicht rechnen lässt, bleibt.
    """
    found: dict[tuple[str, str], list[Zeile]] = defaultdict(list)
    for line in (line for lines in groups for line in lines if line.gebiet in NACH_RECHT and line.stuecke):
        for piece in line.stuecke:
            if piece.get("tage") == piece.get("kalendertage_im_monat") == days[0]:
                piece["tage"] = days[1]
            if "kalendertage_im_monat" in piece:
                piece["kalendertage_im_monat"] = days[1]
                piece["tage"] = min(piece.get("tage", 0), days[1])
        found[line.gebiet, line.name].append(line)
    for (area, name), lines in found.items():
        pieces = [piece for line in lines for piece in line.stuecke]
        amounts, faulty = evaluated(rules(area), name, pieces)
        place = 0
        for line in lines:
            own = range(place, place + len(line.stuecke))
            if not any(i in faulty for i in own):
                line.betrag = sum(int(amounts[i]) for i in own)
            place += len(line.stuecke)


def evaluated(rules: RuleSet, name: str, pieces: list[dict[str, int]]) -> tuple[Any, set[int]]:
    """Ein Wert für viele Eingaben auf einmal: Cent je Stück, und die Stücke, die sich nicht rechnen lassen."""
    amounts, faulty = np.zeros(len(pieces), dtype=np.int64), set[int]()
    shapes: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for i, piece in enumerate(pieces):
        shapes[tuple(sorted(piece))].append(i)
    for names, places in shapes.items():
        given = {key: np.array([pieces[i][key] for i in places], dtype=np.int64) for key in names}
        result = evaluate(rules, given, (name,))
        amounts[places] = result.cents(name)
        faulty |= {places[fault.row] for fault in result.faults}
    return amounts, faulty


def target_of(line: Zeile, ziele: dict[str, str]) -> str | None:
    """In welche Eingabe eine Zeile fließt; None, wenn es nicht aus der Zeile folgt (Nebenleistungen)."""
    if line.gebiet == "*" or (line.gebiet.startswith("zeit") and line.merkmale[:2] == "FL"):
        return None
    if line.gebiet == "bezuege":
        ziel = ziele.get(line.lohnart, "")
        return {"grundentgelt": "brutto", "nettobezuege": "sonstige_abzuege"}.get(ziel, ziel or None)
    if line.bereich == "netto":
        return "sonstige_abzuege"
    if line.name == TABELLE:
        return "brutto"
    tax = line.merkmale[:1]
    return {"S": "einmalzahlung", "F": "steuerfreie_bezuege"}.get(tax, "zulagen")


def sign_of(line: Zeile, target: str) -> int:
    """Ob ein höherer Betrag der Zeile die Eingabe erhöht (Abzüge stehen als negative Beträge da)."""
    return -1 if line.bereich == "netto" and target in ("sonstige_abzuege", "vwl_sparbetrag") else 1


def without_pension(line: Zeile, target: str) -> bool:
    """Ob der Betrag auch in „nicht zusatzversorgungspflichtig“ zählt."""
    return target in ("brutto", "zulagen", "einmalzahlung") and line.merkmale[2:3] == "N" and line.name != TABELLE


def sums(lines: Iterable[Zeile]) -> dict[tuple[str, str], list[Zeile]]:
    """Zeilen ohne Tabellenentgelt nach Lohnart und Text."""
    found: dict[tuple[str, str], list[Zeile]] = defaultdict(list)
    for line in lines:
        if line.name != TABELLE:
            found[line.lohnart, line.text].append(line)
    return found


def book_rules(books: Callable[[str], RuleBook], build: Callable[[RuleBook], RuleSet]) -> Rules:
    """Regeln eines Gebiets in einem Monat, jedes nur einmal gebaut."""
    made: dict[str, RuleSet] = {}

    def rules(area: str) -> RuleSet:
        if area not in made:
            made[area] = build(books(area))
        return made[area]

    return rules
