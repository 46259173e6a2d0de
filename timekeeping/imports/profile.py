"""Profil: der Aufbau einer Zeitdatei als TOML, ohne Programm. docs/handbuch/zeitdateien.md erklärt jede Angabe."""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from importlib import resources
from typing import Any

from timekeeping.imports.problems import ImportFehler
from timekeeping.imports.rows import ARTEN, EINHEITEN

TYPEN = ("csv", "fest", "lodas", "ics", "xlsx", "kimai")
ZEICHENSAETZE = ("auto", "utf-8", "cp1252", "cp850", "latin-1")
FELDER = (
    *("personalnummer", "schluessel", "kostenstelle", "mandant", "einheit", "menge"),
    *("datum", "jahr", "monat", "tag", "bis", "zeitraum"),
    *("stunden", "tage", "stueck", "faktor", "betrag"),
    *("kommen", "gehen", "pause", "pausenminuten", "dauer", "uhrzeit", "richtung", "status"),
)
MAX_TOML = 200_000


@dataclass(frozen=True)
class Feld:
    """Wo ein Feld steht: Spaltennamen (mehrere Sprachen), Nummer der Spalte oder erste und letzte Stelle, ab 1."""

    spalten: tuple[str, ...] = ()
    nummer: int = 0
    von: int = 0
    bis: int = 0


@dataclass(frozen=True)
class Zuordnung:
    """Fremder Schlüssel zu eigenem, auf Wunsch nur in einem Zeitraum."""

    fremd: str
    eigen: str
    von: date | None = None
    bis: date | None = None


@dataclass(frozen=True)
class Satz:
    """Eine Satzart mit ihren Feldern (LODAS: eine Tabelle)."""

    art: str
    felder: Mapping[str, Feld]


@dataclass(frozen=True)
class Profil:
    """Alles, was man wissen muss, um eine Datei zu lesen und ihre Schlüssel zu verstehen."""

    name: str
    titel: str
    typ: str
    art: str
    zeichensatz: str = "auto"
    trennzeichen: str = "auto"
    anfuehrung: str = '"'
    dezimal: str = ","
    datum: str = "TT.MM.JJJJ"
    kopf: bool = True
    ueberspringen: int = 0
    kommentar: str = ""
    laenge: int = 0
    stellen: int = 0
    blatt: str = ""
    mandant: str = ""
    nullen: bool = True
    praefix: str = ""
    negativ: bool = False
    schluessel_gleich: bool = False
    bestaetigung: bool = False
    felder: Mapping[str, Feld] = field(default_factory=dict)
    saetze: Mapping[str, Satz] = field(default_factory=dict)
    konstanten: Mapping[str, str] = field(default_factory=dict)
    einheiten: Mapping[str, str] = field(default_factory=dict)
    schluessel: tuple[Zuordnung, ...] = ()
    personen: Mapping[str, str] = field(default_factory=dict)

    def lohnart(self, fremd: str, day: date) -> str | None:
        """Eigener Schlüssel zu einem fremden an einem Tag; None, wenn er nicht zugeordnet ist."""
        for one in self.schluessel:
            if one.fremd == fremd and (one.von is None or one.von <= day) and (one.bis is None or day <= one.bis):
                return one.eigen
        return fremd if self.schluessel_gleich and fremd else None


def bundled() -> list[str]:
    """Namen der mitgelieferten Profile."""
    places = resources.files("timekeeping.imports.profiles").iterdir()
    return sorted(place.name.removesuffix(".toml") for place in places if place.name.endswith(".toml"))


def bundled_text(name: str) -> str:
    """Wortlaut eines mitgelieferten Profils."""
    if name not in bundled():
        near = difflib.get_close_matches(name, bundled(), 1)
        hint = f"Meinten Sie {near[0]}? " if near else ""
        raise ImportFehler(f"Das Format „{name}“ gibt es nicht", f"{hint}Mitgeliefert: {', '.join(bundled())}")
    return (resources.files("timekeeping.imports.profiles") / f"{name}.toml").read_text(encoding="utf-8")


def parse(text: str) -> Profil:
    """Liest ein Profil; jeder Fehler nennt die Angabe und was erlaubt ist."""
    if len(text) > MAX_TOML:
        raise ImportFehler("Das Profil ist zu lang", "kürzen")
    try:
        given = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise ImportFehler(f"Das Profil ist kein gültiges TOML: {error}", "berichtigen") from error
    known = set(Profil.__dataclass_fields__)
    _names("Profil", given, known)
    for name in ("name", "titel", "typ", "art"):
        if not isinstance(given.get(name), str) or not given[name].strip():
            raise ImportFehler(f"Im Profil fehlt „{name}“", "ergänzen")
    plain = {name: _typed(name, value) for name, value in given.items() if name not in TABLES}
    made = Profil(**plain, **{name: TABLES[name](given[name]) for name in TABLES if name in given})
    _consistent(made)
    return made


def _typed(name: str, value: Any) -> Any:
    wanted = {"bool": bool, "int": int}.get(str(Profil.__dataclass_fields__[name].type), str)
    if type(value) is not wanted:
        raise ImportFehler(f"Profil: „{name}“ muss {wanted.__name__} sein", "berichtigen")
    return value


def _names(where: str, given: Mapping[str, Any], known: set[str]) -> None:
    for name in given:
        if name not in known:
            near = difflib.get_close_matches(name, known, 1)
            hint = f"Meinten Sie „{near[0]}“" if near else f"Erlaubt: {', '.join(sorted(known))}"
            raise ImportFehler(f"{where}: die Angabe „{name}“ gibt es nicht", hint)


def _fields(given: Any) -> dict[str, Feld]:
    _names("[felder]", _table("felder", given), set(FELDER))
    return {name: _field(name, place) for name, place in given.items()}


def _field(name: str, place: Any) -> Feld:
    match place:
        case str() if place:
            return Feld(spalten=(place,))
        case list() if place and all(isinstance(one, str) and one for one in place):
            return Feld(spalten=tuple(place))
        case int() if type(place) is int and 1 <= place <= 500:
            return Feld(nummer=place)
        case {"von": int(first), "bis": int(last)} if len(place) == 2 and 1 <= first <= last <= 20_000:
            return Feld(von=first, bis=last)
        case _:
            raise ImportFehler(f"[felder] {name}: Ort nicht verständlich",
                               "Spaltenname, Liste von Namen, Nummer der Spalte oder { von = 1, bis = 6 }")


def _records(given: Any) -> dict[str, Satz]:
    made = {}
    for name, one in _table("saetze", given).items():
        _names(f"[saetze.{name}]", _table(name, one), {"art", "felder"})
        if one.get("art") not in ARTEN:
            raise ImportFehler(f"[saetze.{name}]: art fehlt oder ist unbekannt", f"Erlaubt: {', '.join(ARTEN)}")
        made[name] = Satz(one["art"], _fields(one.get("felder", {})))
    return made


def _texts(given: Any) -> dict[str, str]:
    made = {str(name): value for name, value in _table("Zuordnung", given).items()}
    if not all(isinstance(value, str) and value for value in made.values()):
        raise ImportFehler("Profil: Zuordnungen sind Texte in Anführungszeichen", "berichtigen")
    return made


def _keys(given: Any) -> tuple[Zuordnung, ...]:
    if isinstance(given, Mapping):
        return tuple(Zuordnung(fremd, eigen) for fremd, eigen in _texts(given).items())
    made = []
    for one in given if isinstance(given, list) else [given]:
        _names("[[schluessel]]", _table("schluessel", one), {"fremd", "eigen", "von", "bis"})
        days = [one.get("von"), one.get("bis")]
        if not all(isinstance(one.get(n), str) and one[n] for n in ("fremd", "eigen")) or not all(
            d is None or type(d) is date for d in days
        ):
            raise ImportFehler("[[schluessel]]: fremd und eigen sind Texte, von und bis Tage", "berichtigen")
        made.append(Zuordnung(one["fremd"], one["eigen"], *days))
    return tuple(made)


def _table(name: str, given: Any) -> Mapping[str, Any]:
    if not isinstance(given, Mapping):
        raise ImportFehler(f"Profil: „{name}“ muss eine Tabelle sein", "berichtigen")
    return given


TABLES = {"felder": _fields, "saetze": _records, "konstanten": _texts, "einheiten": _texts, "schluessel": _keys,
          "personen": _texts}


def _consistent(made: Profil) -> None:
    checks = (
        (made.typ in TYPEN, "typ", TYPEN),
        (made.art in ARTEN, "art", ARTEN),
        (made.zeichensatz in ZEICHENSAETZE, "zeichensatz", ZEICHENSAETZE),
        (made.dezimal in (",", "."), "dezimal", ("Komma", "Punkt")),
        (made.trennzeichen == "auto" or len(made.trennzeichen) == 1, "trennzeichen", ("auto", "ein Zeichen")),
        (len(made.anfuehrung) <= 1, "anfuehrung", ("ein Zeichen", "leer")),
        (all(unit in EINHEITEN for unit in made.einheiten.values()), "einheiten", EINHEITEN),
        ("MM" in made.datum and "JJ" in made.datum, "datum", ("TT.MM.JJJJ", "TTMMJJJJ", "JJJJ-MM-TT", "MM/JJJJ")),
        (set(made.konstanten) <= set(FELDER), "konstanten", FELDER),
        (made.laenge >= 0 and made.ueberspringen >= 0, "laenge", ("0 oder mehr",)),
        (0 <= made.stellen <= 4, "stellen", ("0 bis 4",)),
    )
    for good, name, allowed in checks:
        if not good:
            raise ImportFehler(f"Profil: „{name}“ hat einen unbekannten Wert", f"Erlaubt: {', '.join(allowed)}")
    for name in ("JJJJ", "MM", "TT"):
        if made.datum.count(name) > 1:
            raise ImportFehler("Profil: „datum“ nennt einen Teil zweimal", "zum Beispiel TT.MM.JJJJ")
    if made.typ in ("csv", "fest", "xlsx") and "personalnummer" not in made.felder:
        raise ImportFehler("Profil: [felder] nennt keine personalnummer", "ergänzen")
    if made.typ == "fest" and not all(place.von for place in made.felder.values()):
        raise ImportFehler("Profil: feste Sätze brauchen { von, bis } für jedes Feld", "ergänzen")
