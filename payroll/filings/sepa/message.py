"""Ein Zahlungsauftrag, wie er an die Bank geht, und die deutschen Regeln über das Schema hinaus.

Quelle: DFÜ-Abkommen Anlage 3 der Deutschen Kreditwirtschaft (V26.11, seit 15.11.2026), EPC-Richtlinien C2PSP.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime

from payroll.filings.errors import FilingRefused
from payroll.filings.sepa import bankdays
from payroll.filings.sepa.accounts import needs_address, problem_of
from payroll.filings.sepa.charset import ALLOWED, IDENTIFIER

MAX_NAME, MAX_TEXT, MAX_CENTS = 70, 140, 99_999_999_999
CATEGORIES = ("", "SALA", "PENS", "BONU", "TAXS")
PURPOSE = re.compile(r"[A-Z0-9]{1,4}|")
SHOWN = 20


@dataclass(frozen=True, slots=True)
class Anschrift:
    """Gegliederte Anschrift; Ort und Land sind Pflicht, rein ungegliederte Anschriften nehmen Banken nicht mehr an."""

    strasse: str
    hausnummer: str
    plz: str
    ort: str
    land: str


@dataclass(frozen=True, slots=True)
class Posten:
    """Eine Überweisung: Beträge in Cent, Texte schon in erlaubten Zeichen."""

    kennung: str
    betrag: int
    empfaenger: str
    iban: str
    text: str
    zweck: str = ""
    bic: str = ""
    anschrift: Anschrift | None = None


@dataclass(frozen=True)
class Block:
    """Zahlungen gleicher Art mit einem Tag der Ausführung; auf dem Kontoauszug steht nur ihre Summe."""

    kennung: str
    kategorie: str
    ausfuehrung: date
    posten: list[Posten] = field(repr=False)

    @property
    def summe(self) -> int:
        """Summe in Cent."""
        return sum(one.betrag for one in self.posten)


@dataclass(frozen=True)
class Nachricht:
    """Alles, was in eine Datei kommt."""

    msg_id: str
    erstellt: datetime
    einreicher: str
    inhaber: str
    iban: str
    bic: str
    bloecke: list[Block]

    @property
    def anzahl(self) -> int:
        """Zahl der Überweisungen."""
        return sum(len(block.posten) for block in self.bloecke)

    @property
    def summe(self) -> int:
        """Summe in Cent."""
        return sum(block.summe for block in self.bloecke)


def demand_valid(message: Nachricht, today: date) -> None:
    """Lehnt ab, was eine Bank ablehnen würde, mit allen Mängeln auf einmal (höchstens 20)."""
    problems = list(_problems(message, today))
    if problems:
        more = f" (und {len(problems) - SHOWN} weitere)" if len(problems) > SHOWN else ""
        raise FilingRefused(f"Die Zahlungsdatei entsteht nicht{more}:", problems[:SHOWN])


def _problems(message: Nachricht, today: date) -> Iterator[str]:
    for what, identifier in (("Kennung der Datei (MsgId)", message.msg_id),
                             *(("Kennung des Blocks (PmtInfId)", block.kennung) for block in message.bloecke)):
        if not _identifier(identifier):
            yield f"{what} „{identifier}“: höchstens 35 Zeichen ohne Umlaute, kein „//“, kein „/“ am Rand."
    if not message.bloecke or not all(block.posten for block in message.bloecke):
        yield "Ein Block ohne Zahlung: mindestens eine Zahlung je Block."
    yield from _name("Auftraggeber", message.inhaber)
    yield from _name("Einreicher", message.einreicher)
    if found := problem_of(message.iban):
        yield f"Konto des Arbeitgebers: {found}; das Konto unter Zahlungen, Arbeitgeberkonto berichtigen."
    yield from _repeated(message)
    for block in message.bloecke:
        yield from _block(block, today)


def _repeated(message: Nachricht) -> Iterator[str]:
    blocks = Counter(block.kennung for block in message.bloecke)
    single = Counter(one.kennung for block in message.bloecke for one in block.posten)
    for kind, counted in (("PmtInfId", blocks), ("EndToEndId", single)):
        for name in [name for name, times in counted.items() if times > 1][:3]:
            yield f"{kind} „{name}“ kommt mehrmals vor; jede Zahlung braucht ihre eigene."


def _block(block: Block, today: date) -> Iterator[str]:
    if block.kategorie not in CATEGORIES:
        yield f"Block {block.kennung}: Zweck „{block.kategorie}“ gibt es hier nicht; erlaubt: SALA, PENS, BONU, TAXS."
    if not bankdays.is_bank_day(block.ausfuehrung):
        yield (f"Block {block.kennung}: am {block.ausfuehrung:%d.%m.%Y} arbeiten Banken nicht; einen Bankarbeitstag "
               "wählen (Kalender T2).")
    if block.ausfuehrung < today:
        yield f"Block {block.kennung}: die Ausführung am {block.ausfuehrung:%d.%m.%Y} liegt zurück; neu erstellen."
    for one in block.posten:
        yield from _single(one)


def _single(one: Posten) -> Iterator[str]:
    where = f"Zahlung {one.kennung}"
    if type(one.betrag) is not int or not 1 <= one.betrag <= MAX_CENTS:
        yield f"{where}: Betrag {one.betrag!r} Cent; gezahlt wird von 0,01 bis 999.999.999,99 EUR in ganzen Cent."
    if not 1 <= len(one.empfaenger) <= MAX_NAME or not ALLOWED.fullmatch(one.empfaenger):
        yield from _name(where, one.empfaenger)
    if len(one.text) > MAX_TEXT or not ALLOWED.fullmatch(one.text):
        yield f"{where}: Verwendungszweck höchstens 140 erlaubte Zeichen (jetzt {len(one.text)})."
    if not _identifier(one.kennung):
        yield f"{where}: Kennung (EndToEndId) höchstens 35 Zeichen ohne Umlaute, kein „//“, kein „/“ am Rand."
    if not PURPOSE.fullmatch(one.zweck):
        yield f"{where}: Zweck „{one.zweck}“ ist kein Code nach ISO 20022."
    if found := problem_of(one.iban):
        yield f"{where}: {found}; Konto berichtigen."
    elif needs_address(one.iban) and (one.anschrift is None or not one.anschrift.ort or not one.bic):
        yield f"{where}: Konto außerhalb des EWR; BIC und gegliederte Anschrift (mindestens Ort und Land) gehören dazu."


def _name(where: str, name: str) -> Iterator[str]:
    if not 1 <= len(name) <= MAX_NAME or not ALLOWED.fullmatch(name):
        yield f"{where}: Name „{name[:80]}“; 1 bis 70 erlaubte Zeichen, so wie die Bank das Konto führt."


def _identifier(text: str) -> bool:
    return bool(IDENTIFIER.fullmatch(text)) and "//" not in text and not text.endswith("/") and text == text.strip()
