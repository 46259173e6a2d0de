"""Eingangsspalten der Nebenleistungen, in die eine Lohnart ihren Betrag führen kann, und ihre Zeilen im Nachweis.

Merkmale wie im Nachweis: Steuer (L laufend, P pauschal, F frei), SV (L, F), ZV (N: nie zusatzversorgungspflichtig); ein
viertes Zeichen „o“ heißt: wird gezeigt, gehört aber nicht zum Gesamtbrutto.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

# Paid by the employee: lowers the benefit and is withheld from the net.
WITHHELD = ("nl_dienstwagen_zuzahlung", "nl_jobticket_eigenanteil", "nl_mahlzeiten_zuzahlung",
            "nl_unterkunft_zuzahlung")
# The amount itself is the line, whatever else the month brings.
AS_GIVEN = {"nl_sachbezug_individuell": "LLN", "nl_pauschal_25_sach": "PFN", "nl_pauschal_25_geld": "PFN",
            "nl_pauschal_37b": "PLN"}
# The rules decide what is taxed: lines come from their values.
DECIDED = ("nl_dienstrad_listenpreis", "nl_fahrtkostenzuschuss", "nl_jobticket", "nl_sachbezuege_freigrenze",
           "nl_wohnung_wert")
CONVERTED = "entgeltumwandlung"
TARGETS = frozenset((*WITHHELD, *AS_GIVEN, *DECIDED, CONVERTED))
TICKETS = {"frei": 0, "pauschal": 1, "pflichtig": 2}

# Value of the rules, wage type, text, marks.
LINES: tuple[tuple[str, str, str, str], ...] = (
    ("nl_dienstwagen_privatanteil", "3000", "Dienstwagen, private Nutzung", "LLN"),
    ("nl_arbeitsweg_individuell", "3001", "Dienstwagen, Weg zur Arbeit", "LLN"),
    ("nl_arbeitsweg_pauschal_sach", "3002", "Dienstwagen, Weg zur Arbeit, pauschal versteuert", "PFN"),
    ("nl_dienstrad_frei", "3004", "Dienstrad, steuerfrei", "FFNo"),
    ("nl_dienstrad_steuerpflichtig", "3006", "Dienstrad", "LLN"),
    ("nl_jobticket_steuerfrei", "3007", "Jobticket, steuerfrei", "FFNo"),
    ("nl_jobticket_pauschal", "3008", "Jobticket, pauschal versteuert", "PFN"),
    ("nl_arbeitsweg_pauschal_geld", "3009", "Fahrtkostenzuschuss, pauschal versteuert", "PFN"),
    ("nl_fahrtkosten_individuell", "3010", "Fahrtkostenzuschuss", "LLN"),
    ("nl_verpflegung_individuell", "3011", "Verpflegung", "LLN"),
    ("nl_mahlzeiten_pauschal_betrag", "3012", "Mahlzeiten, pauschal versteuert", "PFN"),
    ("nl_wohnen", "3013", "Unterkunft, Wohnung", "LLN"),
    ("nl_freigrenze_frei", "3014", "Sachbezug innerhalb der Freigrenze", "FFNo"),
    ("nl_ueber_freigrenze", "3014", "Sachbezug über der Freigrenze", "LLN"),
    ("nl_jobticket_individuell", "3022", "Jobticket", "LLN"),
)
BORNE = ("nl_pauschalsteuern_an", "3023", "Pauschale Steuern, von Ihnen getragen", "--N")
NOT_PAID = ("nl_sachbezuege", "3024", "Sachbezüge, nicht ausgezahlt")
CONVERTED_LINE = ("3407", "Entgeltumwandlung")


@dataclass(frozen=True)
class Nebenposten:
    """Ein erfasster Betrag, der in eine dieser Spalten geht (Cent), mit Lohnart, ihrer Besteuerung und Herkunft."""

    ziel: str
    lohnart: str
    text: str
    steuer: str
    betrag: int
    herkunft: Any
