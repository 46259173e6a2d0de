"""Werte des Rechts aus einer Datei: Rechengrößen, Grenzen, Sätze, Zulagen, ehe das Programm sie bringt.

Eine Zeile je Wert: name, wert; bei einer Tabelle eine Zeile je Stelle (Spalte stelle, gezählt wie im Recht). Auch die
Datei der Umlagen führt hierher, soweit sie keine Kasse nennt.
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from payroll.law import official
from payroll.law.calculate import plain_book
from payroll.law.engine.errors import ParameterError
from payroll.law.engine.overlay import Overlay
from payroll.law.engine.parameters import DatedValue, Parameter, checked
from payroll.masterdata.imports.problems import Beanstandung, ImportFehler
from payroll.masterdata.models import Rechtswert, Vorschlag
from payroll.masterdata.service import record_fact
from payroll.masterdata.slices.amtlich import STATUS, plain
from payroll.masterdata.vorschlaege.reading import number_of, read
from tenants.db.session import TenantSession

COLUMNS = ("name", "stelle", "wert")
JUMP = Decimal(15)
Texts = dict[str, list[str]]


@dataclass(frozen=True)
class Wert:
    """Ein Wert im Vergleich; bei einer Tabelle eine Stelle."""

    name: str
    titel: str
    alt: Decimal | None
    neu: Decimal
    einheit: str

    @property
    def prozent(self) -> Decimal | None:
        """Änderung in Prozent, auf zwei Stellen; None ohne alten Wert."""
        return None if not self.alt else ((self.neu - self.alt) * 100 / self.alt).quantize(Decimal("0.01"))


@dataclass
class Gelesen:
    """Werte je Name (ein Text, bei Tabellen je Stelle einer), der Vergleich und was nicht stimmt."""

    werte: Texts = field(default_factory=dict)
    vergleich: list[Wert] = field(default_factory=list)
    probleme: list[Beanstandung] = field(default_factory=list)

    def add(self, line: int, column: str, value: str, rule: str, remedy: str, *, severe: bool = True) -> None:
        """Merkt sich ein Problem."""
        self.probleme.append(Beanstandung(line, column, value, rule, remedy, severe))


def enterable() -> dict[str, Parameter]:
    """Werte des Rechts, die sich so eingeben lassen."""
    return {name: one for name, one in plain_book().parameters.items() if official.may_be_entered(one)}


def current(parameter: Parameter, day: date, entered: official.Values = ()) -> list[Decimal]:
    """Was am Tag gilt oder zuletzt galt, als Zahlen; leer, wenn nie etwas. entered: schon bestätigte Werte."""
    own = tuple(one for one in entered if one.name == parameter.name)
    known = {parameter.name: parameter}
    values = [v for v in official.overlays_of(own, known) if v.ab <= day and (v.bis is None or day <= v.bis)]
    begun = [value.wert for value in parameter.werte if value.ab <= day]
    held: Any = values[-1].wert if values else begun[-1] if begun else ()
    return [Decimal(str(one)) for one in held] if isinstance(held, (list, tuple)) else [Decimal(str(held))]


def check(data: bytes, ab: date, entered: official.Values = ()) -> Gelesen:
    """Liest und prüft Werte, die ab ``ab`` gelten sollen; wirft ImportFehler, wenn die Datei keine ist."""
    found, lines = Gelesen(), dict[str, dict[int, tuple[int, str]]]()
    blatt = read(data, lambda column: column in COLUMNS)
    if not {"name", "wert"} <= set(blatt.spalten):
        raise ImportFehler("Spalten fehlen", "name, wert (bei Tabellen auch stelle) als Kopf verwenden")
    found.probleme += blatt.probleme
    known = enterable()
    for line, texts in blatt.zeilen:
        name, place = texts.get("name", ""), texts.get("stelle", "") or "0"
        if name not in known:
            _unknown(found, line, name)
        elif not (place.isascii() and place.isdigit() and len(place) <= 4):
            found.add(line, "stelle", place, "ist keine Stelle der Tabelle", "eine ganze Zahl angeben")
        elif int(place) in lines.setdefault(name, {}):
            found.add(line, "name", name, f"steht schon in Zeile {lines[name][int(place)][0]}", "eine Zeile löschen")
        else:
            lines[name][int(place)] = (line, texts.get("wert", ""))
    for name, cells in lines.items():
        take(found, known[name], cells, ab, entered)
    if not found.werte and not found.probleme:
        found.add(0, "", "", "die Datei nennt keinen Wert", "nach der Vorlage ausfüllen")
    return found


def _unknown(found: Gelesen, line: int, name: str) -> None:
    if name in plain_book().parameters:
        found.add(line, "name", name, "lässt sich so nicht eingeben",
                  "Steuertarif: Programmablaufplan hochladen; Entgelttabellen: Art Entgelttabelle; was der Arbeitgeber "
                  "wählt: Festlegungen")
        return
    near = difflib.get_close_matches(name, enterable(), 1)
    found.add(line, "name", name, "ist kein Wert des Rechts", f"meinten Sie {near[0]}" if near else "Vorlage verwenden")


def take(found: Gelesen, parameter: Parameter, cells: dict[int, tuple[int, str]], ab: date,
         entered: official.Values) -> None:
    """Ein Wert mit allen seinen Stellen: lesbar, vollständig, erlaubt; auffällige Sprünge als Hinweis."""
    before = current(parameter, ab - timedelta(days=1), entered)
    first = int(dict(parameter.extra).get("erster", 0)) if len(before) > 1 else 0
    missing = [place for place in range(first, first + len(before)) if place not in cells]
    if missing or len(cells) != len(before):
        found.add(min(line for line, _ in cells.values()), "stelle", parameter.name,
                  f"die Tabelle hat die Stellen {first} bis {first + len(before) - 1}", "jede Stelle einmal angeben")
        return
    numbers: list[Decimal] = []
    for place, old in zip(sorted(cells), before, strict=True):
        line, text = cells[place]
        value = number_of(text)
        if value is None:
            found.add(line, "wert", text, "ist keine Zahl", "so schreiben: 5.812,50")
            return
        numbers.append(value)
        one = Wert(parameter.name, parameter.titel, old, value, parameter.einheit)
        found.vergleich.append(one)
        if one.prozent is not None and (abs(one.prozent) > JUMP or (value == 0) != (old == 0)):
            found.add(line, "wert", text, f"{parameter.titel} ändert sich um {one.prozent} % (bisher {old:f})",
                      "mit der Bekanntmachung vergleichen", severe=False)
        elif old and value < old and parameter.einheit.startswith("euro"):
            found.add(line, "wert", text, f"{parameter.titel} sinkt (bisher {old:f})",
                      "mit der Bekanntmachung vergleichen", severe=False)
    whole = [plain(one) for one in numbers]
    try:
        checked(parameter, [DatedValue(ab, None, whole if len(before) > 1 else whole[0], "Datei", STATUS)])
    except ParameterError as error:
        found.add(min(line for line, _ in cells.values()), "wert", parameter.name, str(error), "Wert berichtigen")
        return
    found.werte[parameter.name] = [f"{one:f}" for one in numbers]


def overlays_of(row: Vorschlag, source: str) -> official.Values:
    """Die Werte eines Vorschlags, wie das Recht sie nimmt."""
    return tuple(Overlay(name, row.gilt_ab, _value(texts, name), source, None, STATUS, amtlich=True)
                 for name, texts in sorted(row.inhalt.get("werte", {}).items()))


def _value(texts: list[str], name: str) -> Any:
    numbers = tuple(plain(Decimal(text)) for text in texts)
    return numbers if is_table(name) else numbers[0]


def is_table(name: str) -> bool:
    """Ob der Wert eine Tabelle ist."""
    return plain_book().parameters[name].einheit == "tabelle"


def apply(session: TenantSession, row: Vorschlag, source: str, later: frozenset[str]) -> None:
    """Schreibt die Werte bei einem Arbeitgeber."""
    for name, texts in sorted(row.inhalt.get("werte", {}).items()):
        if name not in later:
            record_fact(session, Rechtswert, valid_from=row.gilt_ab, reason=source, name=name, quelle=source,
                        wert=Decimal(0 if is_table(name) else texts[0]), vorschlag=row.public_id,
                        tabelle=list(texts) if is_table(name) else None)
