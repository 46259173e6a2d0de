"""Eine Datei nach ihrem Profil lesen: eine Tür für alle Formate."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal

from timekeeping.imports import delimited, fixed, icalendar, kimai, lodas, workbook
from timekeeping.imports.encoding import MAX_BYTES
from timekeeping.imports.problems import ImportFehler, shown
from timekeeping.imports.profile import Profil
from timekeeping.imports.rows import Eintrag, Gelesen, Rohzeile
from timekeeping.imports.shape import shape
from timekeeping.imports.stamps import pair


def read(data: bytes, profil: Profil) -> Gelesen:
    """Alle Einträge einer Datei; ist sie als Ganzes unbrauchbar, kommt ein ImportFehler und sonst nichts."""
    if len(data) > MAX_BYTES:
        raise ImportFehler(f"Die Datei ist größer als {MAX_BYTES // 1024**2} MB", "Datei teilen")
    notes: list[str] = []
    match profil.typ:
        case "ics":
            entries = list(icalendar.read(data, profil))
        case "kimai":
            entries = list(kimai.read(data, profil))
        case "lodas":
            notes += _client(lodas.client_of(data, profil), profil)
            changed, raw = lodas.read(data, profil)
            entries = _shaped(raw, changed)
        case "fest":
            entries = _shaped(fixed.read(data, profil), profil)
        case "xlsx":
            entries = _shaped(workbook.read(data, profil), profil)
        case _:
            entries = _shaped(delimited.read(data, profil), profil)
    if not entries:
        raise ImportFehler("Die Datei enthält keine Angaben", "Ausgabe des Zeitsystems prüfen")
    return Gelesen(entries, notes)


def _client(found: str, profil: Profil) -> Iterator[str]:
    if profil.mandant and found != profil.mandant:
        raise ImportFehler(f"Die Datei ist für Mandant „{shown(found)}“, das Profil erwartet {profil.mandant}",
                           "Datei beim richtigen Arbeitgeber einlesen")
    if found and not profil.mandant:
        yield f"Die Datei nennt Mandant {shown(found)}; im Profil unter mandant eintragen, damit fremde auffallen."


def _shaped(raw: Iterable[Rohzeile], profil: Profil) -> list[Eintrag]:
    made = [shape(row, profil) for row in raw]
    pair((entry, comes) for entry, comes in made if comes is not None and entry.gut)
    return [entry for entry, _ in made if entry.quellzeilen]


def sums(entries: Iterable[Eintrag]) -> dict[str, Decimal]:
    """Summen je Einheit (Betrag in Cent), über alle Stände; Einheiten mit Summe 0 fehlen."""
    found: dict[str, Decimal] = {}
    for entry in entries:
        if entry.menge is not None and entry.einheit:
            found[entry.einheit] = found.get(entry.einheit, Decimal(0)) + entry.menge
        if entry.betrag is not None:
            found["betrag"] = found.get("betrag", Decimal(0)) + entry.betrag
    return {unit: total for unit, total in found.items() if total}
