"""Die Tabelle des Familienzuschlags (§§ 42, 43 LBesG NRW) aus einer Datei, gegen die geltende geprüft.

Eine Zeile je Zelle: klasse, stufe, mietenstufe, betrag. Die Tabelle wird vollständig ersetzt.
"""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from decimal import Decimal

from payroll.law.parameters.pay_tables import FAMILIENKLASSEN, FAMILIENSTUFEN, MIETENSTUFEN, Key
from payroll.law.parameters.uploaded import FAMILIE, Uploaded, family_on
from payroll.masterdata.imports.problems import ImportFehler
from payroll.masterdata.vorschlaege.pay_table import Erwartet, Gelesen, Zelle
from payroll.masterdata.vorschlaege.reading import number_of, read

COLUMNS = ("klasse", "stufe", "mietenstufe", "betrag")
ALLOWED = {"klasse": FAMILIENKLASSEN, "stufe": FAMILIENSTUFEN, "mietenstufe": MIETENSTUFEN}


def check(data: bytes, ab: date, *, uploaded: Uploaded = (), erwartet: Erwartet | None = None) -> Gelesen:
    """Liest und prüft die Tabelle, die ab ``ab`` gelten soll; wirft ImportFehler, wenn die Datei keine ist."""
    found, lines = Gelesen(), dict[Key, int]()
    blatt = read(data, lambda name: name in COLUMNS)
    if set(COLUMNS) - set(blatt.spalten):
        raise ImportFehler("Spalten fehlen", f"{', '.join(COLUMNS)} als Kopf verwenden")
    found.probleme += blatt.probleme
    for line, texts in blatt.zeilen:
        _take(found, lines, line, texts)
    before = {key: cell.cent for key, cell in family_on(ab - timedelta(days=1), uploaded).items()}
    for key in sorted(before.keys() - lines.keys()):
        found.add(0, " ".join(key), "", "Lücke: diese Zelle gilt heute, die Datei hat sie nicht",
                  "Betrag ergänzen; die Tabelle wird vollständig ersetzt")
    for key in sorted(lines.keys() - before.keys()):
        found.add(lines[key], " ".join(key), "", "diese Zelle gibt es in der geltenden Tabelle nicht",
                  "Klasse, Stufe und Mietenstufe prüfen")
    _compare(found, lines, before, erwartet)
    return found


def _take(found: Gelesen, lines: dict[Key, int], line: int, texts: dict[str, str]) -> None:
    for column, allowed in ALLOWED.items():
        if texts.get(column, "") not in allowed:
            found.add(line, column, texts.get(column, ""), "gibt es nicht", f"eines von {', '.join(allowed)} angeben")
            return
    key: Key = (texts["klasse"], texts["stufe"], texts["mietenstufe"])
    amount = number_of(texts.get("betrag", ""))
    if amount is None or amount <= 0 or amount != amount.quantize(Decimal("0.01")):
        found.add(line, "betrag", texts.get("betrag", ""), "ist kein Betrag über 0 in Euro und ganzen Cent",
                  "so schreiben: 173,50")
    elif key in lines:
        found.add(line, " ".join(key), texts["betrag"], f"diese Zelle steht schon in Zeile {lines[key]}",
                  "eine der beiden löschen")
    else:
        lines[key] = line
        own = found.tabellen.setdefault(FAMILIE, {}).setdefault(key[0], {})
        own[f"{key[1]}/{key[2]}"] = int(amount * 100)


def _compare(found: Gelesen, lines: dict[Key, int], before: dict[Key, int], erwartet: Erwartet | None) -> None:
    groups = found.tabellen.get(FAMILIE, {})
    found.zellen = [Zelle(FAMILIE, key[0], f"{key[1]} Mietenstufe {key[2]}", before.get(key),
                          groups[key[0]][f"{key[1]}/{key[2]}"]) for key in sorted(lines)]
    known = [(key, cell) for key, cell in zip(sorted(lines), found.zellen, strict=True) if cell.alt is not None]
    rises = Counter(cell.prozent for _, cell in known)
    if not rises:
        return
    stated = erwartet is not None and erwartet.prozent is not None
    usual = erwartet if stated and erwartet else Erwartet(max(rises, key=lambda one: (rises[one], -(one or 0))))
    for key, cell in known:
        assert cell.alt is not None
        if abs(cell.neu - usual.of(cell.alt)) > 1:
            rule = "nach dem Gesetz wären es" if stated else "wie die übrigen Zellen wären es"
            found.add(lines[key], " ".join(key), "", f"ändert sich um {cell.prozent} %; {rule} "
                      f"{usual.of(cell.alt) / Decimal(100):.2f} €", "mit der Anlage des Gesetzes vergleichen",
                      severe=False)
