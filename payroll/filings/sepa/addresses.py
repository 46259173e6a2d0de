"""Gegliederte Anschrift aus Straße und Hausnummer in einem Feld."""

from __future__ import annotations

import re

from payroll.filings.sepa.charset import bank_text
from payroll.filings.sepa.message import Anschrift

_NUMBER = re.compile(r"(.+?)[ ]+(\d+[ ]?[a-zA-Z]?(?:[ ]?[-/][ ]?\d+[a-zA-Z]?)?)")


def structured(strasse: str | None, plz: str | None, ort: str | None, land: str | None) -> Anschrift | None:
    """Die Anschrift in Teilen (Grenzen des Schemas); None ohne Ort oder Land."""
    town, country = bank_text(ort or "", 35), (land or "").strip().upper()
    if not town or not re.fullmatch(r"[A-Z]{2}", country):
        return None
    found = _NUMBER.fullmatch((strasse or "").strip())
    street, number = (found[1], found[2]) if found else (strasse or "", "")
    return Anschrift(bank_text(street, 70), bank_text(number, 16), bank_text(plz or "", 16), town, country)
