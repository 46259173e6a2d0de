"""Annahmen einer Hochrechnung: Zeitraum, Maßnahmen, Wiederbesetzung freier Stellen, Ruhestand, Sonderzahlung."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import date
from typing import Any

from payroll.runs.whatif.massnahmen import (
    FIRST_YEAR,
    LAST_YEAR,
    MOST_MONTHS,
    Massnahme,
    SzenarioFehler,
    of_plain,
    plain,
)

MOST_WAIT, MOST_EXCEPTIONS = 24, 500
NIE = "nie"


@dataclass(frozen=True)
class Ausnahme:
    """Was für eine Stelle anders gilt: ab wann besetzt wird (None: gar nicht), mit welcher Stufe ("" wie sonst)."""

    stelle: str
    ab: date | None
    stufe: str = ""


@dataclass(frozen=True)
class Wiederbesetzung:
    """Wie freie Stellen besetzt werden.

    `ab`: frühestens (None: gar nicht); `warten`: Monate, die eine Stelle nach dem Freiwerden frei bleibt; `stufe` und
    `stufe_beamte`: womit neu Eingestellte beginnen (gibt es sie in der Gruppe nicht, die nächste); `stopp_ab`,
    `stopp_bis`: Einstellungsstopp; `vertretung`: auch Stellen Beurlaubter, solange sie fort sind.
    """

    ab: date | None = None
    warten: int = 0
    stufe: str = "3"
    stufe_beamte: str = "5"
    stopp_ab: date | None = None
    stopp_bis: date | None = None
    vertretung: bool = False

    def stopped(self, day: date) -> bool:
        """Ob an dem Tag niemand eingestellt wird."""
        return self.stopp_ab is not None and self.stopp_ab <= day <= (self.stopp_bis or date.max)


@dataclass(frozen=True)
class Annahmen:
    """Alles, womit zu rechnen ist; `ruhestand`: wer die Regelaltersgrenze erreicht, scheidet am Ende des Monats aus;
    `sonderzahlung`: fehlt im November die Jahressonderzahlung, wird sie aus den gerechneten Monaten ermittelt;
    `leistungsentgelt`: Monat, in dem das Leistungsentgelt nach § 18 TVöD gezahlt wird (0: nicht gerechnet)."""

    name: str
    ab: date
    monate: int
    massnahmen: tuple[Massnahme, ...] = ()
    besetzung: Wiederbesetzung = Wiederbesetzung()
    ausnahmen: tuple[Ausnahme, ...] = ()
    ruhestand: bool = True
    sonderzahlung: bool = True
    leistungsentgelt: int = 0

    @property
    def months(self) -> list[date]:
        """Die Monate, aufsteigend."""
        first = self.ab.year * 12 + self.ab.month - 1
        return [date(at // 12, at % 12 + 1, 1) for at in range(first, first + self.monate)]


def checked(given: Annahmen) -> Annahmen:
    """Dieselben Annahmen, geprüft; wirft SzenarioFehler mit Feld, Regel und Abhilfe."""
    if not given.name.strip() or len(given.name) > 120:
        raise SzenarioFehler("Name: fehlt oder ist länger als 120 Zeichen; kürzer fassen.")
    if given.ab.day != 1 or not FIRST_YEAR <= given.ab.year <= LAST_YEAR:
        raise SzenarioFehler("Erster Monat: ist kein Monat dieses Jahrhunderts; als 2027-01 angeben.")
    if not 1 <= given.monate <= MOST_MONTHS:
        raise SzenarioFehler(f"Zahl der Monate: erlaubt sind 1 bis {MOST_MONTHS}.")
    if not 0 <= given.leistungsentgelt <= 12:
        raise SzenarioFehler("Leistungsentgelt: Monat von 1 bis 12 angeben oder leer lassen.")
    held = given.besetzung
    if not 0 <= held.warten <= MOST_WAIT:
        raise SzenarioFehler(f"Wiederbesetzung, Wartezeit: erlaubt sind 0 bis {MOST_WAIT} Monate.")
    if held.stopp_bis is not None and (held.stopp_ab is None or held.stopp_bis < held.stopp_ab):
        raise SzenarioFehler("Einstellungsstopp: das Ende liegt vor dem Anfang oder der Anfang fehlt; berichtigen.")
    if any(not step.strip() or len(step) > 4 for step in (held.stufe, held.stufe_beamte)):
        raise SzenarioFehler("Wiederbesetzung, Stufe: als Zahl angeben, zum Beispiel 3.")
    numbers = [one.stelle for one in given.ausnahmen]
    if len(numbers) > MOST_EXCEPTIONS or len(set(numbers)) != len(numbers):
        raise SzenarioFehler(f"Einzelne Stellen: jede einmal und höchstens {MOST_EXCEPTIONS} nennen.")
    return given


def as_plain(held: Annahmen) -> dict[str, Any]:
    """Zum Speichern als JSON."""
    return {
        "name": held.name, "ab": held.ab.isoformat(), "monate": held.monate, "ruhestand": held.ruhestand,
        "sonderzahlung": held.sonderzahlung, "leistungsentgelt": held.leistungsentgelt,
        "massnahmen": [plain(one) for one in held.massnahmen],
        "besetzung": _texts(asdict(held.besetzung)), "ausnahmen": [_texts(asdict(one)) for one in held.ausnahmen],
    }  # fmt: skip


def from_plain(given: Mapping[str, Any]) -> Annahmen:
    """Annahmen aus einfachen Werten; wirft SzenarioFehler mit dem Feld."""
    unknown = sorted(set(given) - {one.name for one in fields(Annahmen)})
    if unknown:
        raise SzenarioFehler(f"Annahmen: Feld {unknown[0]} gibt es nicht; eines der beschriebenen angeben.")
    try:
        filling = dict(given.get("besetzung", {}))
        for name in ("ab", "stopp_ab", "stopp_bis"):
            filling[name] = _day(filling.get(name))
        return checked(Annahmen(
            str(given["name"]), date.fromisoformat(str(given["ab"])), int(given["monate"]),
            tuple(of_plain(one) for one in given.get("massnahmen", ())), Wiederbesetzung(**filling),
            tuple(Ausnahme(str(one["stelle"]), _day(one.get("ab")), str(one.get("stufe", "")))
                  for one in given.get("ausnahmen", ())),
            bool(given.get("ruhestand", True)), bool(given.get("sonderzahlung", True)),
            int(given.get("leistungsentgelt") or 0)))
    except SzenarioFehler:
        raise
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise SzenarioFehler("Annahmen: Name, erster Monat, Zahl der Monate und Tage wie 2027-01-01 angeben; "
                             "unbekannte Felder weglassen.") from error


def _day(value: Any) -> date | None:
    return None if value in (None, "", NIE) else date.fromisoformat(str(value))


def _texts(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in values.items()}
