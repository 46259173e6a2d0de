"""CSV in vielen Spielarten: Trennzeichen, Anführung, Kopfzeile in mehreren Sprachen oder Spalten nach Nummer."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from timekeeping.imports import encoding
from timekeeping.imports.problems import ImportFehler, shown
from timekeeping.imports.profile import Feld, Profil
from timekeeping.imports.rows import Rohzeile

DELIMITERS = ";\t,|"
MAX_BREAKS = 20
SEP = re.compile(r"\s*sep=(.|\\t)\s*", re.IGNORECASE)
# Columns that carry amounts: a second one of their kind must not be lost without a word.
COUNTED = ("kommen", "gehen", "pause", "stunden", "tage", "stueck", "menge", "betrag", "dauer")
AGAIN = re.compile(r"\d+|min|minuten|h|std")
UMLAUTE = {ord("ä"): "ae", ord("ö"): "oe", ord("ü"): "ue", ord("ß"): "ss"}


class Tabelle:
    """Eine CSV-Datei: die Zeilen bleiben Text, bis ihre Zellen gebraucht werden."""

    def __init__(self, data: bytes, profil: Profil) -> None:
        found = encoding.lines(encoding.decode(data, profil.zeichensatz))[profil.ueberspringen :]
        if profil.kommentar:
            found = found.ohne(profil.kommentar)
        said = SEP.fullmatch(found[0][1]) if found else None
        if said is not None:  # how Excel names the mark in a line of its own
            found = found[1:]
        if not found:
            raise ImportFehler("Die Datei enthält keine Zeilen", "Ausgabe des Zeitsystems prüfen")
        own = said[1].replace("\\t", "\t") if said is not None else delimiter(found[0][1])
        self.mark = own if profil.trennzeichen == "auto" else profil.trennzeichen
        self.quote = profil.anfuehrung
        plain = not self.quote or self.quote not in found.text
        self.zeilen: Sequence[tuple[int, str]] = found if plain else list(joined(found, self.quote))
        header = split(self.zeilen[0][1], self.mark, self.quote) if profil.kopf else []
        self.aufbau = Aufbau.of(header, profil)
        self.first = int(profil.kopf)

    def __len__(self) -> int:
        return len(self.zeilen) - self.first

    def personalnummer(self, at: int) -> str:
        """Die Personalnummer eines Datensatzes; leer, wenn er keine hat."""
        cells = split(self.zeilen[at + self.first][1], self.mark, self.quote)
        place = self.aufbau.stellen["personalnummer"]
        return cells[place].strip() if not isinstance(cells, str) and place < len(cells) else ""

    def rohzeile(self, at: int) -> Rohzeile | None:
        """Texte eines Datensatzes je Feld; None, wenn alle Zellen leer sind."""
        number, line = self.zeilen[at + self.first]
        return self.aufbau.rohzeile(number, split(line, self.mark, self.quote))


def joined(found: Sequence[tuple[int, str]], quote: str) -> Iterator[tuple[int, str]]:
    """Fügt Zeilen zusammen, deren Anführung erst später schließt (Zeilenumbruch in einer Zelle)."""
    at = 0
    while at < len(found):
        number, line = found[at]
        taken = 1
        if quote and line.count(quote) % 2:
            more = line
            for extra in range(1, min(MAX_BREAKS, len(found) - at)):
                more += "\n" + found[at + extra][1]
                if more.count(quote) % 2 == 0:
                    line, taken = more, extra + 1
                    break
        yield number, line
        at += taken


@dataclass(frozen=True)
class Aufbau:
    """Spalte je Feld, Zahl der Spalten und die letzte gebrauchte; kopf: die Kopfzeile nennt sie."""

    stellen: Mapping[str, int]
    breite: int
    kopf: bool
    letzte: int

    @classmethod
    def of(cls, header: list[str] | str, profil: Profil) -> Aufbau:
        """Aufbau nach Kopfzeile und Profil; eine Kopfzeile, die schon als Text kommt, ist ihr eigener Fehler."""
        if isinstance(header, str):
            raise ImportFehler(header, "Kopfzeile berichtigen")
        places = locate(profil.felder, header)
        _nothing_lost(profil.felder, header, places)
        return cls(places, len(header) if profil.kopf else max(places.values()) + 1, profil.kopf,
                   max(places.values()))

    def rohzeile(self, number: int, row: list[str] | str) -> Rohzeile | None:
        """Texte je Feld; None bei lauter leeren Zellen. Eine Zeile, die als Text kommt, ist ihr eigener Fehler."""
        if isinstance(row, str):
            return Rohzeile(number, {}, row, "Zeile berichtigen")
        if not "".join(row).strip():
            return None
        extra = len(row) > self.breite and self.kopf and any(cell.strip() for cell in row[self.breite :])
        if extra or len(row) <= self.letzte:
            return Rohzeile(number, {}, f"hat {len(row)} Spalten statt {self.breite}",
                            "abgeschnittene Zeile neu ausgeben")
        return Rohzeile(number, {name: row[at].strip() for name, at in self.stellen.items()})


def by_columns(cells: Iterable[tuple[int, list[str] | str]], profil: Profil) -> Iterator[Rohzeile]:
    """Zeilen aus Zellen; die erste nennt die Spalten, wenn das Profil eine Kopfzeile kennt."""
    rows = iter(cells)
    aufbau = Aufbau.of(next(rows, (0, []))[1] if profil.kopf else [], profil)
    for number, row in rows:
        raw = aufbau.rohzeile(number, row)
        if raw is not None:
            yield raw


def locate(felder: Mapping[str, Feld], header: Sequence[str]) -> dict[str, int]:
    """Spalte je Feld; Felder, die es in der Datei nicht gibt, fehlen, nur die Personalnummer muss es geben."""
    names = [normal(name) for name in header]
    for name in {name for name in names if name and names.count(name) > 1}:
        raise ImportFehler(f"Die Spalte „{shown(name)}“ kommt mehrmals vor", "Kopfzeile berichtigen")
    places: dict[str, int] = {}
    for field, place in felder.items():
        if place.nummer:
            places[field] = place.nummer - 1
        else:
            at = next((names.index(normal(one)) for one in place.spalten if normal(one) in names), None)
            if at is not None:
                places[field] = at
    if "personalnummer" not in places:
        wanted = " oder ".join(felder["personalnummer"].spalten)
        raise ImportFehler(f"Die Kopfzeile nennt keine Spalte {wanted}", "Format prüfen oder Profil anpassen")
    return places


def _nothing_lost(felder: Mapping[str, Feld], header: Sequence[str], places: Mapping[str, int]) -> None:
    """Eine weitere Spalte derselben Art (Kommen 2, Pause min), die das Profil nicht kennt, ist ein Fehler."""
    used = set(places.values())
    stems = [normal(one) for name in COUNTED if name in felder for one in felder[name].spalten]
    for at, name in enumerate(header):
        bare = normal(name)
        if at not in used and any(bare.startswith(stem) and AGAIN.fullmatch(bare[len(stem):]) for stem in stems):
            raise ImportFehler(f"Die Spalte „{shown(name)}“ kennt das Profil nicht, ihre Werte gingen verloren",
                               "Profil ergänzen oder die Datei ohne diese Spalte ausgeben")


def normal(name: str) -> str:
    """Spaltenname klein, ohne Umlaute und Zeichen."""
    return re.sub(r"[^a-z0-9]+", "", name.strip().lower().translate(UMLAUTE))


def delimiter(line: str) -> str:
    """Das Trennzeichen, das in der ersten Zeile außerhalb von Anführungen am häufigsten steht."""
    bare = re.sub('"[^"]*"', "", line)
    return max(DELIMITERS, key=bare.count)


def split(line: str, mark: str, quote: str) -> list[str] | str:
    """Zellen einer Zeile; passt die Anführung nicht, der Fehler als Text."""
    if not quote or quote not in line:
        return line.split(mark)  # what the reader of CSV would find as well, ten times as fast
    try:
        return next(csv.reader(io.StringIO(line, newline=""), delimiter=mark, quotechar=quote, strict=True))
    except (csv.Error, StopIteration):
        return "Anführungszeichen passen nicht zusammen"
