"""Wie eine Beschäftigung endet, für die Arbeitsbescheinigung (§ 312 SGB III); das weiß nur, wer es erfasst."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from payroll.filings.errors import FilingRefused

ENDEN = {
    "kuendigung_arbeitgeber": "Kündigung durch den Arbeitgeber",
    "kuendigung_person": "Kündigung durch die Person",
    "aufhebung": "Aufhebungsvertrag",
    "befristung": "Ende der Befristung",
    "tarif": "Ende ohne Kündigung nach Tarifvertrag oder Gesetz (§ 33 TVöD)",
}
DECLARED = ("kuendigung_arbeitgeber", "kuendigung_person", "aufhebung")  # somebody has declared the end on a day
LIMIT = 300


@dataclass(frozen=True)
class Beendigung:
    """Art des Endes (ein Schlüssel aus ENDEN), Tag der Kündigung oder des Vertrags, Grund in Worten, Kündigungsfrist.

    vertragswidrig: ob ein Verhalten der Person Anlass war (§ 159 Abs. 1 Satz 2 Nr. 1 SGB III). abfindung: alles, was
    wegen des Endes zusteht, in Cent, auch noch nicht Gezahltes (§ 158 Abs. 1 SGB III).
    """

    art: str
    erklaert_am: date | None = None
    grund: str = ""
    frist: str = ""
    vertragswidrig: bool = False
    abfindung: int = 0

    def content(self) -> dict[str, object]:
        """Die Felder der Bescheinigung, in Worten."""
        return {"beendet_durch": ENDEN[self.art],
                "erklaert_am": self.erklaert_am.isoformat() if self.erklaert_am else "",
                "beendigungsgrund": self.grund.strip(), "vertragswidrig": "ja" if self.vertragswidrig else "nein",
                "kuendigungsfrist": self.frist.strip(), "abfindung": self.abfindung}


def demand(end: Beendigung, left: date) -> None:
    """Lehnt ab, was sich nicht bescheinigen lässt: fehlende Tage, Gründe, Fristen."""
    if end.art not in ENDEN:
        raise FilingRefused(f"Art des Endes „{end.art}“ gibt es nicht; erlaubt: {', '.join(ENDEN)}.")
    if end.art in DECLARED:
        if end.erklaert_am is None or end.erklaert_am > left:
            raise FilingRefused(f"{ENDEN[end.art]}: der Tag der Erklärung oder des Vertrags fehlt oder liegt nach dem "
                                f"letzten Tag, {left:%d.%m.%Y}; Tag angeben.")
        for name, words in (("Grund", end.grund), ("Kündigungsfrist", end.frist)):
            if not words.strip():
                raise FilingRefused(f"{ENDEN[end.art]}: {name} in Worten angeben (§ 312 Abs. 1 SGB III).")
    elif end.erklaert_am is not None:
        raise FilingRefused(f"{ENDEN[end.art]}: niemand erklärt dieses Ende; den Tag der Erklärung leer lassen.")
    if len(end.grund) > LIMIT or len(end.frist) > LIMIT:
        raise FilingRefused(f"Grund und Kündigungsfrist: je höchstens {LIMIT} Zeichen.")
    if end.abfindung < 0:
        raise FilingRefused("Abfindung: einen Betrag ab 0 EUR angeben.")
