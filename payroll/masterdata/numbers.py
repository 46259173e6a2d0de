"""Kennnummern mit Prüfziffern: IBAN, Steuer-Identifikationsnummer, Versicherungsnummer, Betriebsnummer; Schlüssel."""

from __future__ import annotations

import re
from datetime import date

from schwifty import IBAN
from schwifty.exceptions import SchwiftyException
from stdnum.de import idnr
from stdnum.exceptions import ValidationError

VSNR_WEIGHTS = (2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1)
# Main groups of the classification of occupations 2010 (KldB 2010), first two digits of the activity key.
BERUFSHAUPTGRUPPEN = frozenset({"01", *(f"{n}" for low, high in (
    (11, 14), (21, 29), (31, 34), (41, 43), (51, 54), (61, 63), (71, 73), (81, 84), (91, 94))
    for n in range(low, high + 1))})
# Digits 6 to 9: school, training, hired-out labour, form of the contract (keys of the Federal Employment Agency).
SCHLUESSELSTELLEN = (("Schulabschluss", "12349"), ("Berufsabschluss", "1234569"), ("Arbeitnehmerüberlassung", "12"),
                     ("Vertragsform", "1234"))


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


def taetigkeitsschluessel(text: str) -> str:
    """Tätigkeitsschlüssel, neun Ziffern: Beruf (KldB 2010), Schule, Ausbildung, Überlassung, Vertragsform.

    Geprüft werden Berufshauptgruppe, Anforderungsniveau (1 bis 4) und die Stellen 6 bis 9; die Liste der einzelnen
    Berufe liegt nicht bei.
    """
    compact = "".join(text.split())
    if not re.fullmatch(r"[0-9]{9}", compact, re.ASCII):
        raise Unlesbar("ist kein Tätigkeitsschlüssel (9 Ziffern)",
                       "im Verzeichnis der Bundesagentur für Arbeit nachsehen, führende Null nicht weglassen")
    if compact[:2] not in BERUFSHAUPTGRUPPEN or compact[4] not in "1234":
        raise Unlesbar(f"nennt mit {compact[:5]} keinen Beruf der Klassifikation der Berufe 2010",
                       "im Verzeichnis der Bundesagentur für Arbeit nachsehen")
    for at, (name, allowed) in enumerate(SCHLUESSELSTELLEN, 6):
        if compact[at - 1] not in allowed:
            raise Unlesbar(f"hat an Stelle {at} ({name}) eine {compact[at - 1]}, die es dort nicht gibt",
                           f"erlaubt sind {', '.join(allowed)}")
    return compact


def gefahrtarifstelle(text: str) -> str:
    """Gefahrtarifstelle des Unfallversicherungsträgers, ein bis acht Ziffern (Veranlagungsbescheid)."""
    compact = "".join(text.split())
    if not re.fullmatch(r"[0-9]{1,8}", compact, re.ASCII):
        raise Unlesbar("ist keine Gefahrtarifstelle (bis acht Ziffern)", "im Veranlagungsbescheid nachsehen")
    return compact


def staatsangehoerigkeit(text: str) -> str:
    """Schlüssel der Staatsangehörigkeit, drei Ziffern des Statistischen Bundesamts: 000 deutsch, 997 staatenlos.

    Geprüft ist der Bereich (Kontinente 1 bis 5); die Liste der Staaten liegt nicht bei.
    """
    compact = "".join(text.split())
    if not re.fullmatch(r"000|[1-5][0-9]{2}|99[789]", compact, re.ASCII):
        raise Unlesbar("ist kein Schlüssel der Staatsangehörigkeit (3 Ziffern, 000 für deutsch)",
                       "im Verzeichnis des Statistischen Bundesamts nachsehen")
    return compact


def _digit_sum(number: int) -> int:
    return sum(int(digit) for digit in str(number))
