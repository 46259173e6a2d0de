"""Schlüssel der Sozialversicherung und der Tarife in Worten; ein unbekannter Schlüssel bleibt, wie er ist.

Quelle der Schlüssel: Anlagen 1 und 2 der gemeinsamen Grundsätze nach § 28b SGB IV.
"""

from __future__ import annotations

from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _

PERSONENGRUPPEN: dict[str, Any] = {
    "101": _("versichert ohne besondere Merkmale"),
    "102": _("Auszubildende"),
    "103": _("Altersteilzeit"),
    "105": _("vorgeschriebenes Praktikum"),
    "106": _("Werkstudierende"),
    "109": _("geringfügig entlohnt (Minijob)"),
    "110": _("kurzfristig beschäftigt"),
    "119": _("Altersvollrente, versicherungsfrei"),
    "120": _("Altersvollrente, versicherungspflichtig"),
    "121": _("Auszubildende bis zur Geringverdienergrenze"),
    "122": _("außerbetriebliche Ausbildung"),
    "123": _("Freiwilligendienst"),
    "190": _("nur unfallversichert"),
}
NONE = _("ohne")
BEITRAEGE: tuple[dict[str, Any], ...] = (
    {"0": NONE, "1": _("allgemein"), "3": _("ermäßigt"), "4": _("landwirtschaftlich"),
     "5": _("landwirtschaftlich, nur Arbeitgeber"), "6": _("pauschal (Minijob)"),
     "9": _("freiwillig, der Arbeitgeber zahlt ab")},
    {"0": NONE, "1": _("voll"), "3": _("nur Arbeitgeber"), "5": _("pauschal (Minijob)")},
    {"0": NONE, "1": _("voll"), "2": _("nur Arbeitgeber")},
    {"0": NONE, "1": _("voll"), "2": _("halb (Beihilfe)")},
)
TARIFE = {"NRW-A": _("Besoldungsordnung A (NRW)"), "NRW-B": _("Besoldungsordnung B (NRW)"),
          "NRW-R": _("Besoldungsordnung R (NRW)"), "NRW-W": _("Besoldungsordnung W (NRW)"),
          "NRW-Anwaerter": _("Anwärterbezüge (NRW)")}


def personengruppe(code: str) -> str:
    """Schlüssel und Wort, zum Beispiel „109 geringfügig entlohnt (Minijob)“."""
    return f"{code} {PERSONENGRUPPEN[code]}" if code in PERSONENGRUPPEN else code


def beitragsgruppe(code: str) -> str:
    """Die vier Ziffern und was jede sagt."""
    if len(code) != len(BEITRAEGE) or any(digit not in words for digit, words in zip(code, BEITRAEGE, strict=True)):
        return code
    health, pension, unemployment, care = (words[digit] for digit, words in zip(code, BEITRAEGE, strict=True))
    return gettext("%(code)s (Krankenversicherung %(health)s, Rente %(pension)s, Arbeitslosenversicherung "
                   "%(unemployment)s, Pflege %(care)s)", code=code, health=health, pension=pension,
                   unemployment=unemployment, care=care)


def tarif(name: str) -> str:
    """Name eines Tarifwerks, wie er im Tarif steht."""
    return str(offered(name))


def offered(name: str) -> Any:
    """Wie tarif, aber erst beim Zeigen übersetzt, für Auswahlen."""
    return TARIFE.get(name, name.replace("oeD", "öD"))
