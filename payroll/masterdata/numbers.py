"""Kennnummern mit Prüfziffern: IBAN, Steuer-Identifikationsnummer, Versicherungsnummer, Betriebsnummer."""

from __future__ import annotations

import re
from datetime import date

from schwifty import IBAN
from schwifty.exceptions import SchwiftyException
from stdnum.de import idnr
from stdnum.exceptions import ValidationError

VSNR_WEIGHTS = (2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1)


class Unlesbar(ValueError):
    """Ein Wert passt nicht in seine Spalte."""

    def __init__(self, grund: str, abhilfe: str) -> None:
        super().__init__(f"{grund}. {abhilfe}.")
        self.grund = grund
        self.abhilfe = abhilfe


def iban(text: str) -> str:
    """IBAN ohne Leerzeichen, Länge und Prüfziffer geprüft."""
    compact = "".join(text.split()).upper()
    try:
        return str(IBAN(compact))
    except (SchwiftyException, ValueError) as error:
        raise Unlesbar("ist keine gültige IBAN", "Länge und Prüfziffer mit der Bankkarte vergleichen") from error


def steuer_id(text: str) -> str:
    """Steuer-Identifikationsnummer, elf Ziffern (§ 139b AO)."""
    try:
        return str(idnr.validate(text))
    except ValidationError as error:
        raise Unlesbar(
            "ist keine gültige Steuer-Identifikationsnummer (11 Ziffern mit Prüfziffer)",
            "mit dem Schreiben des Bundeszentralamts oder der Lohnsteuerbescheinigung vergleichen",
        ) from error


def sv_nummer(text: str) -> str:
    """Versicherungsnummer der Rentenversicherung, zwölf Stellen (§ 2 VKVV)."""
    compact = "".join(text.split()).upper()
    if not re.fullmatch(r"[0-9]{8}[A-Z][0-9]{3}", compact, re.ASCII):
        raise Unlesbar(
            "ist keine Versicherungsnummer: 8 Ziffern, ein Buchstabe, 3 Ziffern", "mit dem SV-Ausweis vergleichen"
        )
    letter = f"{ord(compact[8]) - ord('A') + 1:02d}"
    digits = compact[:8] + letter + compact[9:11]
    total = sum(_digit_sum(int(digit) * weight) for digit, weight in zip(digits, VSNR_WEIGHTS, strict=True))
    if total % 10 != int(compact[11]):
        raise Unlesbar("Prüfziffer der Versicherungsnummer stimmt nicht", "mit dem SV-Ausweis vergleichen")
    return compact


def born_in(sv_nummer: str, day: date) -> bool:
    """Passt die Versicherungsnummer zum Geburtsdatum? Bei Doppelvergabe ist der Tag erhöht."""
    first, month, year = int(sv_nummer[2:4]), int(sv_nummer[4:6]), int(sv_nummer[6:8])
    return month == day.month and year == day.year % 100 and first - day.day in (0, 1, 2)


def betriebsnummer(text: str) -> str:
    """Betriebsnummer, acht Ziffern mit Prüfziffer (§ 18i SGB IV)."""
    compact = "".join(text.split())
    if not re.fullmatch(r"[0-9]{8}", compact, re.ASCII):
        raise Unlesbar("ist keine Betriebsnummer (8 Ziffern)", "führende Null nicht weglassen")
    if not (1 <= int(compact[:3]) <= 99 or int(compact[:3]) > 110):
        raise Unlesbar("Betriebsnummern mit diesen ersten drei Ziffern werden nicht vergeben", "Nummer vergleichen")
    total = sum(_digit_sum(int(digit) * (1 + i % 2)) for i, digit in enumerate(compact[:7]))
    if int(compact[7]) not in (total % 10, (total + 5) % 10):
        raise Unlesbar("Prüfziffer der Betriebsnummer stimmt nicht", "mit dem Bescheid der Bundesagentur vergleichen")
    return compact


def _digit_sum(number: int) -> int:
    return sum(int(digit) for digit in str(number))
