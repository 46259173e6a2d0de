"""Konten: Prüfziffer, Länge, Zahlungsraum, und ob die Bank dazu Anschrift und BIC braucht."""

from __future__ import annotations

import re

# Country and length of its IBAN (ISO 13616 registry); the tests hold this against python-stdnum.
EEA = {"AT": 20, "BE": 16, "BG": 22, "HR": 21, "CY": 28, "CZ": 24, "DK": 18, "EE": 20, "FI": 18, "FR": 27, "DE": 22,
       "GR": 27, "HU": 28, "IE": 22, "IT": 27, "LV": 21, "LT": 20, "LU": 20, "MT": 31, "NL": 18, "PL": 28, "PT": 25,
       "RO": 24, "SK": 24, "SI": 19, "ES": 24, "SE": 24, "IS": 26, "LI": 21, "NO": 15}
OUTSIDE_EEA = {"AD": 24, "AL": 28, "CH": 21, "GB": 22, "GI": 23, "MC": 27, "MD": 24, "ME": 22, "MK": 19, "RS": 22,
               "SM": 27, "VA": 22}
LENGTHS = EEA | OUTSIDE_EEA
_SHAPE = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,27}")
_DIGITS = str.maketrans({chr(65 + number): str(10 + number) for number in range(26)})


def problem_of(iban: str) -> str:
    """Warum auf dieses Konto nicht überwiesen werden kann; leer, wenn es geht."""
    if not iban:
        return "kein Konto"
    if not _SHAPE.fullmatch(iban) or int((iban[4:] + iban[:4]).translate(_DIGITS)) % 97 != 1:
        return "IBAN ungültig (Prüfziffer oder Zeichen)"
    length = LENGTHS.get(iban[:2])
    if length is None:
        return f"Konto außerhalb des SEPA-Raums ({iban[:2]})"
    return "" if len(iban) == length else f"IBAN ungültig ({iban[:2]}: {length} Stellen)"


def needs_address(iban: str) -> bool:
    """Wahr für Konten im SEPA-Raum außerhalb des EWR: dann gehören BIC und gegliederte Anschrift dazu."""
    return iban[:2] in OUTSIDE_EEA


def bic_of(iban: str) -> str:
    """BIC nach dem Verzeichnis der Banken; leer, wenn es die Bank nicht nennt."""
    from schwifty import IBAN
    from schwifty.exceptions import SchwiftyException

    try:
        found = IBAN(iban).bic
    except SchwiftyException:
        return ""
    return "" if found is None else str(found)


def plain(iban: str) -> str:
    """Die IBAN ohne Leerzeichen in Großbuchstaben."""
    return "".join(iban.split()).upper()
