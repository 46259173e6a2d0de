"""Woraus ein Szenario besteht: Maßnahmen mit Tag, gelesen aus einfachen Werten (JSON) und geprüft."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, ClassVar

from payroll.law.encode import TARIFWERKE
from payroll.law.parameters.uploaded import groups_of

MOST_MONTHS, MOST_PEOPLE, MOST_PERCENT = 36, 1_000, 50
FIRST_YEAR, LAST_YEAR = 2020, 2099


class SzenarioFehler(ValueError):
    """Ein Szenario lässt sich so nicht rechnen; der Text nennt Maßnahme, Feld, Regel und Abhilfe."""


@dataclass(frozen=True)
class Auswahl:
    """Wen eine Maßnahme trifft: genannte Personalnummern, oder die ersten ``anzahl`` einer Gruppe (0: alle)."""

    personen: tuple[str, ...] = ()
    tarifwerk: str = ""
    gruppe: str = ""
    anzahl: int = 0


@dataclass(frozen=True)
class Erhoehung:
    """Die Tabellen dieser Tarifwerke steigen um Prozent, mindestens um einen Betrag (Cent, volle Arbeitszeit)."""

    ART: ClassVar[str] = "erhoehung"
    ab: date
    tarifwerke: tuple[str, ...]
    prozent: Decimal = Decimal(0)
    mindestens: int = 0


@dataclass(frozen=True)
class Umgruppierung:
    """Andere Entgeltgruppe; ohne ``gruppe_neu`` die nächsthöhere desselben Tarifwerks."""

    ART: ClassVar[str] = "umgruppierung"
    ab: date
    wen: Auswahl
    gruppe_neu: str = ""


@dataclass(frozen=True)
class Arbeitszeit:
    """Andere Wochenstunden."""

    ART: ClassVar[str] = "arbeitszeit"
    ab: date
    wen: Auswahl
    wochenstunden: Decimal


@dataclass(frozen=True)
class Einstellung:
    """Neue Beschäftigte: Steuerklasse I, die am Ort häufigste Kasse, Beitragsgruppe 1111, Zusatzversorgung wie üblich.

    Beamte: privat versichert, ohne Familienzuschlag. Kosten des Arbeitgebers hängen nicht von der Steuerklasse ab.
    `bis`: letzter Tag einer befristeten Beschäftigung.
    """

    ART: ClassVar[str] = "einstellung"
    ab: date
    anzahl: int
    tarifwerk: str
    gruppe: str
    stufe: str
    wochenstunden: Decimal
    vollzeitstunden: Decimal = Decimal(39)
    bis: date | None = None


@dataclass(frozen=True)
class Austritt:
    """Beschäftigungen enden mit dem Tag davor; es wird nicht nachbesetzt."""

    ART: ClassVar[str] = "austritt"
    ab: date
    wen: Auswahl


Massnahme = Erhoehung | Umgruppierung | Arbeitszeit | Einstellung | Austritt
KINDS: dict[str, type[Massnahme]] = {kind.ART: kind for kind in (Erhoehung, Umgruppierung, Arbeitszeit, Einstellung,
                                                                Austritt)}
TITLES = {"erhoehung": "Tabellenerhöhung", "umgruppierung": "Andere Entgeltgruppe", "arbeitszeit": "Andere Arbeitszeit",
          "einstellung": "Einstellung", "austritt": "Austritt ohne Nachbesetzung"}


@dataclass(frozen=True)
class Szenario:
    """Maßnahmen und der Zeitraum, für den gerechnet wird: erster Monat und Zahl der Monate."""

    name: str
    ab: date
    monate: int
    massnahmen: tuple[Massnahme, ...]

    @property
    def months(self) -> list[date]:
        """Die Monate, aufsteigend."""
        first = self.ab.year * 12 + self.ab.month - 1
        return [date(at // 12, at % 12 + 1, 1) for at in range(first, first + self.monate)]


def checked(name: str, ab: date, monate: int, massnahmen: tuple[Massnahme, ...]) -> Szenario:
    """Ein Szenario; wirft SzenarioFehler."""
    if not name.strip() or len(name) > 120:
        raise SzenarioFehler("Name: fehlt oder ist länger als 120 Zeichen; kürzer fassen.")
    if ab.day != 1 or not FIRST_YEAR <= ab.year <= LAST_YEAR:
        raise SzenarioFehler("Erster Monat: ist kein Monat dieses Jahrhunderts; als 2027-01 angeben.")
    if not 1 <= monate <= MOST_MONTHS:
        raise SzenarioFehler(f"Zahl der Monate: erlaubt sind 1 bis {MOST_MONTHS}.")
    if not massnahmen:
        raise SzenarioFehler("Maßnahmen: es ist keine genannt; ohne sie ändert sich nichts.")
    return Szenario(name.strip(), ab, monate, massnahmen)


def plain(massnahme: Massnahme) -> dict[str, Any]:
    """Zum Speichern als JSON."""
    return {"art": massnahme.ART, **{name: _plain(value) for name, value in asdict(massnahme).items()}}


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, Mapping):
        return {name: _plain(one) for name, one in value.items()}
    return list(value) if isinstance(value, tuple) else value


def of_plain(given: Mapping[str, Any]) -> Massnahme:
    """Eine Maßnahme aus einfachen Werten; wirft SzenarioFehler mit dem Feld."""
    kind = KINDS.get(str(given.get("art", "")))
    if kind is None:
        raise SzenarioFehler(f"Maßnahme {given.get('art')!r}: gibt es nicht; eine von {', '.join(KINDS)} angeben.")
    names = {field.name for field in fields(kind)}
    unknown = sorted(set(given) - names - {"art"})
    if unknown:
        raise SzenarioFehler(f"{TITLES[kind.ART]}: Feld {unknown[0]} gibt es nicht; erlaubt sind {', '.join(names)}.")
    values: dict[str, Any] = {}
    for name in names & set(given):
        try:
            values[name] = READ[name](given[name])
        except (ValueError, TypeError, InvalidOperation, AttributeError) as error:
            raise SzenarioFehler(f"{TITLES[kind.ART]}, Feld {name}: {given[name]!r} passt nicht; {HOW[name]}."
                                 ) from error
    try:
        made = kind(**values)
    except TypeError as error:
        missing = ", ".join(sorted(f.name for f in fields(kind) if f.name not in values))
        raise SzenarioFehler(f"{TITLES[kind.ART]}: es fehlt etwas von {missing}; bitte ergänzen.") from error
    _demand(made)
    return made


def _demand(one: Massnahme) -> None:
    title = TITLES[one.ART]
    if isinstance(one, Erhoehung):
        if not one.tarifwerke:
            raise SzenarioFehler(f"{title}: kein Tarifwerk genannt; mindestens eines wählen.")
        if not -MOST_PERCENT <= one.prozent <= MOST_PERCENT or not 0 <= one.mindestens <= 1_000_000:
            raise SzenarioFehler(f"{title}: erlaubt sind {MOST_PERCENT} Prozent und 10.000 Euro; bitte berichtigen.")
        if not one.prozent and not one.mindestens:
            raise SzenarioFehler(f"{title}: weder Prozent noch Mindestbetrag; eines davon angeben.")
    elif isinstance(one, Einstellung):
        _known_group(title, one.tarifwerk, one.gruppe)
        if not 1 <= one.anzahl <= MOST_PEOPLE:
            raise SzenarioFehler(f"{title}: erlaubt sind 1 bis {MOST_PEOPLE} Beschäftigte.")
        if one.bis is not None and one.bis < one.ab:
            raise SzenarioFehler(f"{title}: bis liegt vor ab; Zeitraum berichtigen.")
    elif not one.wen.personen and not one.wen.gruppe:
        raise SzenarioFehler(f"{title}: niemand gewählt; Personalnummern oder eine Entgeltgruppe angeben.")
    elif one.wen.gruppe:
        _known_group(title, one.wen.tarifwerk, one.wen.gruppe)
    if isinstance(one, Umgruppierung) and one.wen.gruppe and one.gruppe_neu:
        _known_group(title, one.wen.tarifwerk, one.gruppe_neu)


def _known_group(title: str, scale: str, group: str) -> None:
    if scale not in TARIFWERKE:
        raise SzenarioFehler(f"{title}: Tarifwerk {scale!r} gibt es nicht; eines von {', '.join(TARIFWERKE)} wählen.")
    if group not in groups_of(scale):
        raise SzenarioFehler(f"{title}: Gruppe {group!r} gibt es in {scale} nicht; eine von "
                             f"{', '.join(groups_of(scale))} wählen.")


def _day(value: Any) -> date:
    found = value if isinstance(value, date) else date.fromisoformat(str(value))
    if not FIRST_YEAR <= found.year <= LAST_YEAR:
        raise ValueError(found)
    return found


def _maybe_day(value: Any) -> date | None:
    return None if value is None or value == "" else _day(value)


def _number(value: Any) -> Decimal:
    found = Decimal(str(value).replace(",", "."))
    if not found.is_finite() or found != found.quantize(Decimal("0.0001")):
        raise ValueError(value)
    return found


def _hours(value: Any) -> Decimal:
    found = _number(value)
    if not 0 < found <= 60:
        raise ValueError(value)
    return found.quantize(Decimal("0.01"))


def _count(value: Any) -> int:
    found = int(str(value))
    if not 0 <= found <= 1_000_000:
        raise ValueError(value)
    return found


def _scales(value: Any) -> tuple[str, ...]:
    found = tuple(dict.fromkeys(str(one) for one in value))
    if set(found) - set(TARIFWERKE):
        raise ValueError(value)
    return found


def _chosen(value: Any) -> Auswahl:
    unknown = set(value) - {field.name for field in fields(Auswahl)}
    people = tuple(dict.fromkeys(str(one).strip() for one in value.get("personen", ()) if str(one).strip()))
    if unknown or len(people) > MOST_PEOPLE:
        raise ValueError(value)
    return Auswahl(people, _text(value.get("tarifwerk", "")), _text(value.get("gruppe", "")),
                   _count(value.get("anzahl", 0)))


def _text(value: Any) -> str:
    if len(str(value)) > 60:
        raise ValueError(value)
    return str(value).strip()


READ: dict[str, Any] = {
    "ab": _day, "bis": _maybe_day,
    "prozent": _number, "mindestens": _count, "tarifwerke": _scales, "wen": _chosen, "gruppe_neu": _text,
    "wochenstunden": _hours, "vollzeitstunden": _hours, "anzahl": _count, "tarifwerk": _text, "gruppe": _text,
    "stufe": _text}
HOW = {
    "ab": "als 2027-01-01 angeben", "bis": "als 2027-12-31 angeben oder weglassen",
    "prozent": "als Zahl mit höchstens vier Stellen angeben",
    "mindestens": "als ganze Cent angeben", "tarifwerke": "eine Liste bekannter Tarifwerke angeben",
    "wen": f"höchstens {MOST_PEOPLE} Personalnummern oder Tarifwerk, Gruppe und Anzahl angeben",
    "gruppe_neu": "den Namen der Gruppe angeben", "wochenstunden": "mehr als 0 bis 60 Stunden angeben",
    "vollzeitstunden": "mehr als 0 bis 60 Stunden angeben", "anzahl": "eine ganze Zahl angeben",
    "tarifwerk": "den Namen angeben", "gruppe": "den Namen angeben", "stufe": "die Stufe angeben"}
