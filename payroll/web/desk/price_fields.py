"""Die Felder des Preisblatts und der Anhebung: wie sie in der Liste der Mängel heißen, in der Reihenfolge der Seite."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _

KREIS, ARBEITGEBER = _("Kreis"), _("Arbeitgeber")
SHEET: dict[str, tuple[Any, ...]] = {
    "gilt_ab": (_("gilt ab (Monatserster)"),), "grund": (_("Grund"),), "zaehlung": (_("Zählung"),),
    "staffel": (_("Preis je Abrechnung und Monat"),), "mindestens": (_("Mindestbetrag je Monat"),),
    "stunde": (_("Stundensatz einzelner Leistungen"),), "preis_rueckrechnung": (_("Rückrechnung"),),
    "preis_eintritt": (_("Eintritt"),), "preis_bescheinigung": (_("Bescheinigung auf Wunsch"),),
    "preis_stelle": (_("Stelle im Stellenplan je Monat"),),
    "preis_ausschreibung": (_("veröffentlichte Ausschreibung"),),
    "preis_portal": (_("Zugang zum Portal je Monat"),), "abrechnung": (_("Jahresabrechnung"),),
    "turnus": (_("Vorauszahlung je"),), "ziel_tage": (_("Zahlungsziel in Tagen"),),
    "steuer": (_("Umsatzsteuer"), _("Behandlung")), "satz": (_("Satz in Prozent, wenn steuerpflichtig"),),
    "steuergrund": (_("Umsatzsteuer"), _("Grund")), "steuerworte": (_("Umsatzsteuer"), _("Begründung")),
    "kreis_name": (KREIS, _("Name")), "kreis_strasse": (KREIS, _("Straße")), "kreis_plz": (KREIS, _("PLZ")),
    "kreis_ort": (KREIS, _("Ort")), "kreis_kontakt": (KREIS, _("Ansprechstelle")),
    "kreis_telefon": (KREIS, _("Telefon")), "kreis_email": (KREIS, _("E-Mail")),
    "kreis_steuernummer": (KREIS, _("Steuernummer oder USt-IdNr.")), "kreis_iban": (KREIS, _("IBAN")),
    "kreis_kennung": (_("Kennung des Kreises beim Arbeitgeber (Kreditorennummer)"),),
    "ag_name": (ARBEITGEBER, _("Name")), "ag_strasse": (ARBEITGEBER, _("Straße")),
    "ag_plz": (ARBEITGEBER, _("PLZ")), "ag_ort": (ARBEITGEBER, _("Ort")), "ag_email": (ARBEITGEBER, _("E-Mail")),
    "leitweg": (_("Leitweg-ID"),)}
OWN = {name: name for name in SHEET}  # the service calls them as the page does
RAISE = {"prozent": "prozent", "gilt_ab": "anheben_ab", "grund": "anheben_grund"}
OTHERS = {"prozent": _("Um wie viel Prozent"), "anheben_ab": _("Anheben"), "anheben_grund": _("Anheben"),
          "freigabe": _("Freigabe"), "grund_zurueck": _("Zurückziehen")}


def labels() -> dict[str, str]:
    """Je Feld sein Name in der Sprache der Seite."""
    return {**{name: ", ".join(map(str, words)) for name, words in SHEET.items()},
            **{name: str(words) for name, words in OTHERS.items()}}
