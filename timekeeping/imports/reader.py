"""Eine Datei nach ihrem Profil lesen: eine Tür für alle Formate, große Dateien in Portionen ganzer Personen."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Protocol

import numpy as np

from timekeeping.imports import delimited, fixed, icalendar, kimai, lodas, workbook
from timekeeping.imports.encoding import MAX_BYTES
from timekeeping.imports.problems import ImportFehler, shown
from timekeeping.imports.profile import Profil
from timekeeping.imports.rows import Eintrag, Gelesen, Rohzeile
from timekeeping.imports.shape import shape
from timekeeping.imports.stamps import pair

PORTION = 20_000  # records
Gruppe = Callable[[str], Hashable]


class Saetze(Protocol):
    """Datensätze einer Datei, die erst beim Zugriff zu Texten je Feld werden."""

    def __len__(self) -> int: ...

    def personalnummer(self, at: int) -> str:
        """Personalnummer, wie die Datei sie nennt."""

    def rohzeile(self, at: int) -> Rohzeile | None:
        """Texte je Feld; None, wenn der Datensatz leer ist."""


class _Liste:
    """Datensätze, die schon gelesen sind."""

    def __init__(self, rows: Iterable[Rohzeile]) -> None:
        self.rows = list(rows)

    def __len__(self) -> int:
        return len(self.rows)

    def personalnummer(self, at: int) -> str:
        return self.rows[at].texte.get("personalnummer", "")

    def rohzeile(self, at: int) -> Rohzeile | None:
        return self.rows[at]


@dataclass
class Datei:
    """Eine geöffnete Datei: Datensätze mit dem Profil, nach dem sie zu lesen sind, oder schon fertige Einträge."""

    profil: Profil
    saetze: Saetze | None = None
    fertig: Sequence[Eintrag] = ()
    hinweise: list[str] = field(default_factory=list)

    def portionen(self, gruppe: Gruppe = str) -> Iterator[list[Eintrag]]:
        """Einträge in der Folge der Datei; bei vielen in Portionen, in denen alles einer Gruppe beisammen ist.

        gruppe: Personalnummer der Datei zu der Person, die sie meint.
        """
        if self.saetze is None:
            yield list(self.fertig)
            return
        for places in _places(self.saetze, self.profil, gruppe):
            yield _shaped(self.saetze, places, self.profil)


def opened(data: bytes, profil: Profil) -> Datei:
    """Öffnet eine Datei; ist sie als Ganzes unbrauchbar, kommt ein ImportFehler und sonst nichts."""
    if len(data) > MAX_BYTES:
        raise ImportFehler(f"Die Datei ist größer als {MAX_BYTES // 1024**2} MB", "Datei teilen")
    match profil.typ:
        case "ics" | "kimai":
            entries = list((icalendar if profil.typ == "ics" else kimai).read(data, profil))
            for at, entry in enumerate(entries):
                entry.position = at
            found = Datei(profil, fertig=entries)
        case "lodas":
            notes = list(_client(lodas.client_of(data, profil), profil))
            changed, raw = lodas.read(data, profil)
            found = Datei(changed, _Liste(raw), hinweise=notes)
        case "fest":
            found = Datei(profil, _Liste(fixed.read(data, profil)))
        case "xlsx":
            found = Datei(profil, _Liste(workbook.read(data, profil)))
        case _:
            found = Datei(profil, delimited.Tabelle(data, profil))
    return found


def read(data: bytes, profil: Profil) -> Gelesen:
    """Alle Einträge einer Datei auf einmal; ist sie unbrauchbar oder leer, kommt ein ImportFehler."""
    found = opened(data, profil)
    entries = sorted((entry for portion in found.portionen() for entry in portion), key=lambda one: one.position)
    if not entries:
        raise nothing()
    return Gelesen(entries, found.hinweise)


def nothing() -> ImportFehler:
    """Die Datei nennt keine einzige Angabe."""
    return ImportFehler("Die Datei enthält keine Angaben", "Ausgabe des Zeitsystems prüfen")


def _client(found: str, profil: Profil) -> Iterator[str]:
    if profil.mandant and found != profil.mandant:
        raise ImportFehler(f"Die Datei ist für Mandant „{shown(found)}“, das Profil erwartet {profil.mandant}",
                           "Datei beim richtigen Arbeitgeber einlesen")
    if found and not profil.mandant:
        yield f"Die Datei nennt Mandant {shown(found)}; im Profil unter mandant eintragen, damit fremde auffallen."


def _places(saetze: Saetze, profil: Profil, gruppe: Gruppe) -> Iterator[Sequence[int]]:
    """Stellen der Datensätze je Portion, aufsteigend; eine Person steht in genau einer."""
    if len(saetze) <= PORTION:
        yield range(len(saetze))
        return
    usual = profil.konstanten.get("personalnummer", "")
    numbers: dict[str, int] = {}
    groups: dict[Hashable, int] = {}
    of = np.empty(len(saetze), dtype=np.int32)
    for at in range(len(saetze)):
        text = saetze.personalnummer(at) or usual
        found = numbers.get(text)
        if found is None:
            found = numbers[text] = groups.setdefault(gruppe(text), len(groups))
        of[at] = found
    count = np.bincount(of, minlength=len(groups))
    portion = (np.cumsum(count) - count) // PORTION
    by_portion = portion[of]
    for number in np.unique(portion).tolist():
        yield np.flatnonzero(by_portion == number).tolist()


def _shaped(saetze: Saetze, places: Iterable[int], profil: Profil) -> list[Eintrag]:
    made = []
    for at in places:
        raw = saetze.rohzeile(at)
        if raw is not None:
            entry, comes = shape(raw, profil)
            entry.position = at
            made.append((entry, comes))
    pair((entry, comes) for entry, comes in made if comes is not None and entry.gut)
    return [entry for entry, _ in made if entry.quellzeilen]


class Summen:
    """Summen je Einheit (Betrag in Cent) über alle Stände; Einheiten mit Summe 0 fehlen."""

    def __init__(self) -> None:
        self.found: dict[str, Decimal] = {}

    def add(self, entries: Iterable[Eintrag]) -> None:
        """Zählt Einträge dazu."""
        for entry in entries:
            if entry.menge is not None and entry.einheit:
                self.found[entry.einheit] = self.found.get(entry.einheit, Decimal(0)) + entry.menge
            if entry.betrag is not None:
                self.found["betrag"] = self.found.get("betrag", Decimal(0)) + entry.betrag

    def by_unit(self) -> dict[str, Decimal]:
        """Was zusammenkam."""
        return {unit: total for unit, total in self.found.items() if total}


def sums(entries: Iterable[Eintrag]) -> dict[str, Decimal]:
    """Summen je Einheit (Betrag in Cent), über alle Stände; Einheiten mit Summe 0 fehlen."""
    found = Summen()
    found.add(entries)
    return found.by_unit()
