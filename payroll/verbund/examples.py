"""Muster einer XRechnung des Verbunds und ihres Stornos mit erfundenen Beteiligten, immer dieselben Bytes."""

from __future__ import annotations

from datetime import date
from typing import Any

from payroll.verbund import rechnen, storno, xrechnung
from payroll.verbund.faelle import FASSUNG
from payroll.verbund.preise import Preise, Seite
from payroll.verbund.rechnen import Position
from payroll.verbund.steuer import Steuer

PRICES = Preise(
    "person", ((1, 1150), (101, 980)), 0, {"eintritt": 2_500}, 7_800, "preise", "quartal", 30,
    Steuer("nicht_steuerbar", 0, "2b_3_2", "Öffentlich-rechtliche Vereinbarung vom 12.03.2026."),
    Seite("Kreis Auenstedt", "Kreishaus 1", "48653", "Auenstedt", "verbund@kreis-auenstedt.example",
          "Personalabrechnung", "02541 18-0", "133/8150/8159", "DE89370400440532013000", "70001"),
    Seite("Gemeinde Beispielhausen", "Markt 1", "48653", "Beispielhausen", "rechnung@beispielhausen.example",
          leitweg="04011000-12345-03"))


def invoice() -> bytes:
    """Abrechnung eines Jahres, 120 Fälle im Monat, abzüglich der Vorauszahlungen."""
    return xrechnung.written(_settlement(), "2028-02-19")


def cancellation() -> bytes:
    """Der Storno dieser Abrechnung, bevor sie bezahlt war."""
    held = _settlement()
    return xrechnung.written(storno.reversed_content(
        held, "KV-0100-2027-006", "Die Schulung fand nicht statt.", date(2028, 1, 27), paid=False), "2028-02-26")


def _settlement() -> dict[str, Any]:
    rows = [Position("Abrechnung", 120_000, "Stück", 1150),
            Position("Abrechnung ab dem 101. Fall", 24_000, "Stück", 980), Position("Eintritt", 700, "Stück", 2_500),
            Position("Schulung Stellenplan (07.05.2027)", 150, "Stunde", 7_800),
            *(Position(f"Vorauszahlung KV-0100-2027-{number:03d}", -100, "Stück", 403_800) for number in range(1, 5))]
    return {"nummer": "KV-0100-2027-005", "art": "abrechnung", "von": "2027-01-01", "bis": "2027-12-31",
            "ausgestellt": "2028-01-20", "preise": PRICES.plain(), "zaehlregel": FASSUNG, "hinweise": [],
            "positionen": [one.plain() for one in rows], "summen": list(rechnen.totals(rows, PRICES))}
