"""Aus Ansprüchen werden Zahlungen mit Kennung und Tag der Ausführung, dann Blöcke und die Datei."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from payroll.filings.sepa import bankdays
from payroll.filings.sepa.accounts import bic_of, needs_address, problem_of
from payroll.filings.sepa.addresses import structured
from payroll.filings.sepa.charset import bank_text
from payroll.filings.sepa.collecting import GEZAHLT, Anspruch
from payroll.filings.sepa.employer_account import Konto
from payroll.filings.sepa.message import MAX_NAME, MAX_TEXT, Anschrift, Block, Nachricht, Posten, demand_valid
from payroll.filings.sepa.schema import demand_schema
from payroll.filings.sepa.writing import written

KIND = "pain.001.001.09"
# Category purpose and letter of the block; what goes to others has no category of its own.
BLOECKE = {"bezuege": ("SALA", "B"), "entgelt": ("SALA", "E"), "pfaendung": ("", "P"), "sparen": ("", "S"),
           "steuer": ("TAXS", "F"), "beitrag": ("", "K"), "zusatzversorgung": ("", "Z")}


@dataclass(frozen=True)
class Fertig:
    """Eine Zahlung mit allem, was Datei und Tabelle brauchen; posten fehlt, wenn sie nicht in die Datei kommt."""

    anspruch: Anspruch
    posten: Posten | None
    ausfuehrung: date | None
    grund: str
    text: str


@dataclass(frozen=True)
class Datei:
    """Die Zahlungen und die Datei; ohne Überweisung ist sie leer."""

    zahlungen: list[Fertig]
    inhalt: bytes
    geprueft: list[str]

    @property
    def sha256(self) -> bytes:
        """Prüfsumme der Datei."""
        return hashlib.sha256(self.inhalt).digest()


@dataclass(frozen=True)
class Rahmen:
    """Was für alle Zahlungen eines Auftrags gleich ist; tage: Ausführung je Art."""

    msg_id: str
    erstellt: datetime
    heute: date
    arbeitgeber: str
    konto: Konto
    tage: dict[str, bankdays.Ausfuehrung]


def compose(frame: Rahmen, claims: Sequence[Anspruch]) -> Datei:
    """Baut die Datei und hält sie gegen Regeln und Schema."""
    ready = [_ready(frame, number, claim) for number, claim in enumerate(claims, 1)]
    grouped: dict[str, list[Posten]] = defaultdict(list)
    for one in ready:
        if one.posten is not None:
            grouped[one.anspruch.art].append(one.posten)
    blocks = [Block(f"{frame.msg_id}-{letter}", category, frame.tage[kind].tag, grouped[kind])
              for kind, (category, letter) in BLOECKE.items() if grouped[kind]]
    if not blocks:
        return Datei(ready, b"", [])
    message = Nachricht(frame.msg_id, frame.erstellt, bank_text(frame.arbeitgeber, MAX_NAME), frame.konto.inhaber,
                        frame.konto.iban, frame.konto.bic, blocks)
    demand_valid(message, frame.heute)
    content = written(message)
    return Datei(ready, content, demand_schema(content, KIND))


def hindrance(claim: Anspruch) -> tuple[str, str, Anschrift | None]:
    """Warum eine Zahlung nicht in die Datei kann (leer: sie kann), und außerhalb des EWR BIC und Anschrift."""
    if why := problem_of(claim.iban):
        return why, "", None
    if not bank_text(claim.empfaenger, MAX_NAME):
        return "Name des Empfängers fehlt", "", None
    if not needs_address(claim.iban):
        return "", "", None
    address, bic = structured(*claim.anschrift), bic_of(claim.iban)
    if address is None:
        return "Konto außerhalb des EWR: Anschrift mit Ort und Land fehlt", "", None
    return "" if bic else "Konto außerhalb des EWR: BIC der Bank ist nicht bekannt", bic, address


def _ready(frame: Rahmen, number: int, claim: Anspruch) -> Fertig:
    text, name = bank_text(claim.text, MAX_TEXT), bank_text(claim.empfaenger, MAX_NAME)
    why, bic, address = (GEZAHLT, "", None) if claim.gezahlt else hindrance(claim)
    if why:
        return Fertig(claim, None, None, why, text)
    single = Posten(f"{frame.msg_id}-{number:05d}", claim.betrag, name, claim.iban, text, claim.zweck, bic, address)
    return Fertig(claim, single, frame.tage[claim.art].tag, "", text)
