"""Umlagen aus einer Datei: U2 der Krankenkassen und der Minijob-Zentrale, Insolvenzgeldumlage.

Eine Zeile je Satz: umlage, kasse (nur bei u2), satz in Prozent.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from payroll.law import official
from payroll.masterdata.imports.problems import ImportFehler
from payroll.masterdata.vorschlaege import law_values
from payroll.masterdata.vorschlaege.fund_rates import Known, Satz
from payroll.masterdata.vorschlaege.reading import number_of, read

COLUMNS = ("umlage", "kasse", "satz")
VALUES = {"u2_minijob": "sv_minijob_u2_satz", "insolvenzgeld": "sv_satz_insolvenzgeldumlage"}
MOST, JUMP = Decimal(5), Decimal("0.5")


@dataclass
class Gelesen(law_values.Gelesen):
    """Zu den Werten des Rechts die Sätze je Kasse mit ihrem Vergleich."""

    saetze: dict[str, dict[str, str]] = field(default_factory=dict)
    kassen: list[Satz] = field(default_factory=list)


def check(data: bytes, ab: date, known: Known, entered: official.Values = ()) -> Gelesen:
    """Liest und prüft; known: die Sätze der Kassen am Tag davor. Wirft ImportFehler, wenn die Datei keine ist."""
    found = Gelesen()
    blatt = read(data, lambda column: column in COLUMNS)
    if not {"umlage", "satz"} <= set(blatt.spalten):
        raise ImportFehler("Spalten fehlen", f"{', '.join(COLUMNS)} als Kopf verwenden")
    found.probleme += blatt.probleme
    lines: dict[tuple[str, str], int] = {}
    for line, texts in blatt.zeilen:
        kind, fund = texts.get("umlage", "").lower(), texts.get("kasse", "")
        if (kind, fund) in lines:
            found.add(line, "umlage", kind, f"steht schon in Zeile {lines[kind, fund]}", "eine der Zeilen löschen")
            continue
        lines[kind, fund] = line
        if texts.get("satz", "") and _known_kind(found, line, kind, fund, known):
            _rate(found, line, kind, fund, texts.get("satz", ""), known, ab, entered)
    if not found.saetze and not found.werte and not found.probleme:
        found.add(0, "", "", "die Datei nennt keinen Satz", "nach der Vorlage ausfüllen")
    return found


def _known_kind(found: Gelesen, line: int, kind: str, fund: str, known: Known) -> bool:
    if kind == "u1":
        found.add(line, "umlage", kind, "Gemeinden und Kreise nehmen am Ausgleich U1 nicht teil (§ 11 Abs. 1 AAG)",
                  "Zeile löschen")
    elif kind == "u2" and fund not in known:
        found.add(line, "kasse", fund, "diese Kasse führt kein Arbeitgeber",
                  "Kürzel berichtigen oder die Kasse zuerst anlegen")
    elif kind in VALUES and fund:
        found.add(line, "kasse", fund, f"{kind} gilt für alle gleich", "Spalte kasse leer lassen")
    elif kind != "u2" and kind not in VALUES:
        found.add(line, "umlage", kind, "gibt es nicht", f"u2, {' oder '.join(VALUES)} angeben")
    else:
        return True
    return False


def _rate(found: Gelesen, line: int, kind: str, fund: str, text: str, known: Known, ab: date,
          entered: official.Values) -> None:
    value = number_of(text)
    if value is None or not 0 <= value <= MOST:
        found.add(line, "satz", text, f"ist kein Satz von 0 bis {MOST} Prozent", "so schreiben: 0,22")
        return
    if kind != "u2":
        law_values.take(found, law_values.enterable()[VALUES[kind]], {0: (line, text)}, ab, entered)
        return
    before = known[fund]["u2_satz"]
    found.saetze[fund] = {"u2_satz": str(value)}
    found.kassen.append(Satz(fund, "u2_satz", before, value))
    if before is not None and abs(value - before) > JUMP:
        found.add(line, "satz", text, f"{fund} ändert sich um mehr als einen halben Prozentpunkt (bisher {before:.2f} "
                  "%)", "mit der Satzung vergleichen", severe=False)
