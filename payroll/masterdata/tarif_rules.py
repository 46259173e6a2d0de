"""Prüfungen der Tatsachen, deren Betrag der Tarif nennt: Anlässe und Zulagenansprüche."""

from __future__ import annotations

from typing import TYPE_CHECKING

from payroll.law.rules.entgelt.termine import tausch_rechtzeitig
from payroll.law.rules.entgelt.werte import zahl
from payroll.masterdata.models.tarif import UMWANDLUNGSTAG

if TYPE_CHECKING:
    from payroll.masterdata.fact_rules import Given

STUNDEN_EINES_TAGES = 12


def occasion(given: Given) -> None:
    """Was ein Anlass braucht: offene Tage, Stunden, rechtzeitig erklärte Tauschtage."""
    if given.values["art"] in ("urlaubsabgeltung", "tauschtage") and given.values["menge"] <= 0:
        given.refuse("menge", "Bitte die Zahl der Tage angeben.")
    if given.values["art"] == UMWANDLUNGSTAG and not 0 < given.values["menge"] <= STUNDEN_EINES_TAGES:
        given.refuse("menge", f"Bitte die Stunden des Tages angeben, über 0 bis {STUNDEN_EINES_TAGES}.")
    if given.values["art"] == "tauschtage" and given.valid_from is not None:
        day = given.valid_from
        most = zahl("tauschtage_hoechstens", day) if day.year >= 2026 else 0
        if not tausch_rechtzeitig(day, day.year) or not most:
            given.refuse("gueltig_ab", "Tauschtage gibt es seit 2026 und nur, wenn sie bis zum 1. September erklärt "
                                       "sind (§ 20 Abs. 7 TVöD).")
        elif given.values["menge"] > most:
            given.refuse("menge", f"Höchstens {most} Tauschtage im Jahr (§ 20 Abs. 7 TVöD).")


def allowance(given: Given) -> None:
    """Zu jeder Art gehört genau, was ihre Regel braucht."""
    values, art = given.values, given.values["art"]
    for name, (kinds, text) in ALLOWANCE_NEEDS.items():
        if (values.get(name) is not None) != (art in kinds):
            given.refuse(name, text)
    if values.get("betrag_cent") is not None and values["betrag_cent"] <= 0:
        given.refuse("betrag_cent", "Bitte einen Betrag über 0 angeben.")
    if values.get("anteil") is not None and not 1 <= values["anteil"] <= 99:
        given.refuse("anteil", "Bitte 1 bis 99 Prozent angeben.")
    if values["anrechnung_cent"] < 0 or (values["anrechnung_cent"] and art != "strukturausgleich"):
        given.refuse("anrechnung_cent", "Angerechnet wird nur auf den Strukturausgleich, nicht negativ.")


ALLOWANCE_NEEDS = {
    "betrag_cent": (("strukturausgleich", "ausgleich_familie"),
                    "Ein Betrag gehört genau zu Strukturausgleich und Ausgleichszulage; sonst nennt ihn der Tarif."),
    "anteil": (("begrenzt_dienstfaehig",), "Der Anteil gehört genau zur begrenzten Dienstfähigkeit."),
    "mitgeteilt_am": (("vermoegenswirksam",), "Der Tag gehört genau zur vermögenswirksamen Leistung."),
}
