"""DATEV LODAS: Bewegungsdaten nach der Satzbeschreibung der Datei, deren Reihenfolge frei ist."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from timekeeping.imports import encoding
from timekeeping.imports.delimited import split
from timekeeping.imports.problems import ImportFehler, shown
from timekeeping.imports.profile import Profil
from timekeeping.imports.rows import Rohzeile

ZIELE = ("LODAS", "LuG")


@dataclass
class _Kopf:
    angaben: dict[str, str] = field(default_factory=dict)
    saetze: dict[str, tuple[str, list[str]]] = field(default_factory=dict)


def read(data: bytes, profil: Profil) -> tuple[Profil, Iterator[Rohzeile]]:
    """Profil mit den Angaben der Datei (Dezimalzeichen, Datum) und die Zeilen der Bewegungsdaten."""
    found = encoding.lines(encoding.decode(data, profil.zeichensatz))
    kopf, body = _sections(found)
    if kopf.angaben.get("ziel", "").lower() not in {ziel.lower() for ziel in ZIELE}:
        raise ImportFehler("Die Datei nennt unter [Allgemein] kein Ziel=LODAS oder LuG", "Format prüfen")
    form = kopf.angaben.get("datumsformat") or "TT.MM.JJJJ"
    if "MM" not in form or "JJ" not in form or len(form) > 12 or any(form.count(p) > 1 for p in ("MM", "TT", "JJJJ")):
        raise ImportFehler(f"Das Datumsformat „{shown(form)}“ ist unbekannt", "zum Beispiel TT.MM.JJJJ")
    mark = kopf.angaben.get("zahlenkomma") or ","
    if mark not in ",.":
        raise ImportFehler(f"Das Zahlenkomma „{shown(mark)}“ ist unbekannt", "Komma oder Punkt angeben")
    return replace(profil, dezimal=mark, datum=form), _rows(body, kopf, profil)


def client_of(data: bytes, profil: Profil) -> str:
    """Mandantennummer des Kopfes; leer, wenn er keine nennt."""
    kopf, _ = _sections(encoding.lines(encoding.decode(data, profil.zeichensatz)))
    return kopf.angaben.get("mandantennr", "")


def _sections(found: list[tuple[int, str]]) -> tuple[_Kopf, list[tuple[int, str, str]]]:
    kopf, body, section, comment = _Kopf(), [], "", "*"
    for number, line in found:
        text = line.strip()
        if text.startswith("[") and text.endswith("]"):
            section = text[1:-1].strip().lower()
        elif section == "allgemein" and "=" in text and not text.startswith(comment):
            name, _, value = text.partition("=")
            kopf.angaben[name.strip().lower()] = value.strip()
            comment = kopf.angaben.get("kommentarzeichen") or "*"
        elif text.startswith(comment):
            continue
        elif section == "satzbeschreibung":
            parts = [part.strip() for part in text.split(_mark(kopf))]
            kopf.saetze[parts[0]] = (parts[1].lower() if len(parts) > 1 else "", _columns(parts[2:]))
        else:
            body.append((number, section, text))
    return kopf, body


def _columns(parts: list[str]) -> list[str]:
    while parts and not parts[-1]:
        parts = parts[:-1]
    return [part.partition("#")[0].lower() for part in parts]


def _mark(kopf: _Kopf) -> str:
    mark = kopf.angaben.get("feldtrennzeichen") or ";"
    return mark if len(mark) == 1 else ";"


def _rows(body: list[tuple[int, str, str]], kopf: _Kopf, profil: Profil) -> Iterator[Rohzeile]:
    quote = (kopf.angaben.get("stringbegrenzer") or '"')[:1]
    for number, section, text in body:
        if section != "bewegungsdaten":
            yield Rohzeile(number, {}, f"steht im Abschnitt „{shown(section) or 'ohne Namen'}“",
                           "nur [Bewegungsdaten] werden eingelesen")
            continue
        cells = split(text, _mark(kopf), quote)
        if isinstance(cells, str):
            yield Rohzeile(number, {}, cells, "Zeile berichtigen")
            continue
        yield _row(number, [cell.strip() for cell in cells], kopf, profil)


def _row(number: int, cells: list[str], kopf: _Kopf, profil: Profil) -> Rohzeile:
    described = kopf.saetze.get(cells[0])
    if described is None:
        return Rohzeile(number, {}, f"Satz „{shown(cells[0])}“ fehlt in der Satzbeschreibung", "Datei neu ausgeben")
    table, columns = described
    satz = profil.saetze.get(table)
    if satz is None:
        return Rohzeile(number, {}, f"die Tabelle „{shown(table)}“ kennt das Profil nicht", "unter [saetze] ergänzen")
    values = cells[1:]
    if len(values) < len(columns) or any(values[len(columns):]):
        return Rohzeile(number, {}, f"hat {len(values)} Werte, beschrieben sind {len(columns)}",
                        "abgeschnittene Zeile neu ausgeben")
    held = dict(zip(columns, values, strict=False))
    texts = {name: held.get(place.spalten[0].lower(), "") for name, place in satz.felder.items() if place.spalten}
    return Rohzeile(number, {n: "" if t.upper() == "NULL" else t for n, t in texts.items()}, art=satz.art)
