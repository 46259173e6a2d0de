"""Die Felder des Preisblatts und der Anhebung: wie sie in der Liste der Mängel heißen, in der Reihenfolge der Seite."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l

KREIS, ARBEITGEBER = _l("Kreis"), _l("Arbeitgeber")
SHEET: dict[str, tuple[Any, ...]] = {
    "gilt_ab": (_l("gilt ab (Monatserster)"),), "grund": (_l("Grund"),), "zaehlung": (_l("Zählung"),),
    "staffel": (_l("Preis je Abrechnung und Monat"),), "mindestens": (_l("Mindestbetrag je Monat"),),
    "stunde": (_l("Stundensatz einzelner Leistungen"),), "preis_rueckrechnung": (_l("Rückrechnung"),),
    "preis_eintritt": (_l("Eintritt"),), "preis_bescheinigung": (_l("Bescheinigung auf Wunsch"),),
    "preis_stelle": (_l("Stelle im Stellenplan je Monat"),),
    "preis_ausschreibung": (_l("veröffentlichte Ausschreibung"),),
    "preis_portal": (_l("Zugang zum Portal je Monat"),), "abrechnung": (_l("Jahresabrechnung"),),
    "turnus": (_l("Vorauszahlung je"),), "ziel_tage": (_l("Zahlungsziel in Tagen"),),
    "steuer": (_l("Umsatzsteuer"), _l("Behandlung")), "satz": (_l("Satz in Prozent, wenn steuerpflichtig"),),
    "steuergrund": (_l("Umsatzsteuer"), _l("Grund")), "steuerworte": (_l("Umsatzsteuer"), _l("Begründung")),
    "kreis_name": (KREIS, _l("Name")), "kreis_strasse": (KREIS, _l("Straße")), "kreis_plz": (KREIS, _l("PLZ")),
    "kreis_ort": (KREIS, _l("Ort")), "kreis_kontakt": (KREIS, _l("Ansprechstelle")),
    "kreis_telefon": (KREIS, _l("Telefon")), "kreis_email": (KREIS, _l("E-Mail")),
    "kreis_steuernummer": (KREIS, _l("Steuernummer oder USt-IdNr.")), "kreis_iban": (KREIS, _l("IBAN")),
    "kreis_kennung": (_l("Kennung des Kreises beim Arbeitgeber (Kreditorennummer)"),),
    "ag_name": (ARBEITGEBER, _l("Name")), "ag_strasse": (ARBEITGEBER, _l("Straße")),
    "ag_plz": (ARBEITGEBER, _l("PLZ")), "ag_ort": (ARBEITGEBER, _l("Ort")), "ag_email": (ARBEITGEBER, _l("E-Mail")),
    "leitweg": (_l("Leitweg-ID"),)}
OWN = {name: name for name in SHEET}  # the service calls them as the page does
RAISE = {"prozent": "prozent", "gilt_ab": "anheben_ab", "grund": "anheben_grund"}
OTHERS = {"prozent": _l("Um wie viel Prozent"), "anheben_ab": _l("Anheben"), "anheben_grund": _l("Anheben"),
          "freigabe": _l("Freigabe"), "grund_zurueck": _l("Zurückziehen")}


def labels() -> dict[str, str]:
    """Je Feld sein Name in der Sprache der Seite."""
    return {**{name: ", ".join(map(str, words)) for name, words in SHEET.items()},
            **{name: str(words) for name, words in OTHERS.items()}}
