"""Umsatzsteuer der Leistungen des Verbunds: datiert mit dem Preisblatt, mit Grund auf der Akte.

§ 2b UStG gilt für alle Leistungen ab 1. Januar 2027; bis dahin darf die alte Regel fortgelten (§ 27 Abs. 22a UStG).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from payroll.verbund.errors import Mangel, at

BEHANDLUNG = {"nicht_steuerbar": "nicht steuerbar", "regelsteuer": "steuerpflichtig", "steuerfrei": "steuerfrei"}
GRUENDE = {
    "alt_27_22a": "alte Regel fortgeführt (§ 27 Abs. 22 und 22a UStG in Verbindung mit § 2 Abs. 3 UStG a. F.)",
    "2b_2_1": "höchstens 17.500 Euro im Jahr aus gleichartigen Tätigkeiten (§ 2b Abs. 2 Nr. 1 UStG)",
    "2b_3_1": "nur durch juristische Personen des öffentlichen Rechts zu erbringen (§ 2b Abs. 3 Nr. 1 UStG)",
    "2b_3_2": "gemeinsame spezifische öffentliche Interessen, öffentlich-rechtliche Vereinbarung gegen "
              "Kostenerstattung (§ 2b Abs. 3 Nr. 2 UStG)",
    "regel": "Leistung eines Unternehmers gegen Entgelt (§ 1 Abs. 1 Nr. 1 UStG)",
    "frei_4": "Befreiung nach § 4 UStG",
}
PASSEND = {"nicht_steuerbar": ("alt_27_22a", "2b_2_1", "2b_3_1", "2b_3_2"), "regelsteuer": ("regel",),
           "steuerfrei": ("frei_4",)}
NEUE_REGEL = date(2027, 1, 1)
GRENZE = 1_750_000  # cents a year, § 2b Abs. 2 Nr. 1 UStG


@dataclass(frozen=True)
class Steuer:
    """Behandlung, Satz in Hundertstel Prozent, Grund als Schlüssel, Begründung mit Worten (Vereinbarung, Auskunft)."""

    behandlung: str
    satz: int
    grund: str
    worte: str

    def on(self, net: int) -> int:
        """Umsatzsteuer auf einen Nettobetrag in Cent, kaufmännisch gerundet, auch für negative."""
        if self.behandlung != "regelsteuer":
            return 0
        whole = (abs(net) * self.satz * 2 + 10_000) // 20_000
        return whole if net >= 0 else -whole


def problems_of(held: Steuer, ab: date) -> Iterator[Mangel]:
    """Was an der Behandlung nicht passt."""
    if held.behandlung not in BEHANDLUNG:
        yield at("steuer", f"Umsatzsteuer: erlaubt sind {', '.join(BEHANDLUNG)}.")
        return
    if held.grund not in PASSEND[held.behandlung]:
        fitting = " oder ".join(PASSEND[held.behandlung])
        yield at("steuergrund", f"Grund der Behandlung: zu „{BEHANDLUNG[held.behandlung]}“ passt {fitting}.")
    if (held.behandlung == "regelsteuer") != (held.satz > 0):
        yield at("satz", "Steuersatz: genau dann angeben, wenn die Leistung steuerpflichtig ist.")
    if held.satz > 10_000:
        yield at("satz", "Steuersatz: höchstens 100 %.")
    if held.grund == "alt_27_22a" and ab >= NEUE_REGEL:
        yield at("steuergrund", "Grund der Behandlung: die alte Regel endet mit Leistungen vor dem 01.01.2027 (§ 27 "
                                "Abs. 22a UStG); die Behandlung nach § 2b UStG festlegen.")


def problems_in(held: Steuer, von: date, bis: date, im_jahr: int) -> Iterator[str]:
    """Was einem Bescheid über diesen Zeitraum entgegensteht.

    im_jahr: netto in Cent, was dem Arbeitgeber mit diesem Bescheid für das Kalenderjahr berechnet ist, Vorauszahlungen
    eingeschlossen und einmal gezählt.
    """
    if held.grund == "alt_27_22a" and bis >= NEUE_REGEL:
        yield ("Umsatzsteuer: für Leistungen ab 01.01.2027 gilt § 2b UStG (§ 27 Abs. 22a UStG); ein Preisblatt ab "
               "diesem Tag mit neuer Behandlung freigeben lassen.")
    if held.grund == "2b_2_1" and von.year != bis.year:
        yield ("Zeitraum: die Grenze von 17.500 Euro gilt je Kalenderjahr (§ 2b Abs. 2 Nr. 1 UStG); den Zeitraum am "
               "Jahreswechsel teilen.")
    elif held.grund == "2b_2_1" and im_jahr > GRENZE:
        euro = f"{im_jahr // 100:,}".replace(",", ".")
        yield (f"Umsatzsteuer: {von:%Y} sind allein diesem Arbeitgeber damit {euro},{im_jahr % 100:02d} Euro "
               "berechnet, mehr als 17.500 Euro (§ 2b Abs. 2 Nr. 1 UStG); die Behandlung prüfen und das "
               "Preisblatt ändern.")
