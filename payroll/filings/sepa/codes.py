"""Status und Gründe, die Banken nennen: Text, Abhilfe, und ob ein Folgeauftrag sie von selbst heilen darf.

Quelle: externe Codelisten zu ISO 20022 (2. Quartal 2026), Auswahl für Überweisungen, in deutschen Worten.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

REJECTED = frozenset({"RJCT", "CANC"})
GOOD = frozenset({"ACTC", "ACCP", "ACWC", "ACSP", "ACSC", "ACCC", "ACFC", "PART", "PDNG", "RCVD", "RCVC", "RVCM",
                  "RVNC"})
DONE = frozenset({"ACSC", "ACCC"})  # the money has left the account
NAME_CHECK = frozenset({"RVMC", "RVNM", "RVNA"})


@dataclass(frozen=True)
class Code:
    """folge: leer: ein Folgeauftrag darf zahlen; konto: nur mit geändertem Konto; nie: erst klärt ein Mensch."""

    code: str
    text: str
    abhilfe: str
    folge: str = ""


# Rejected, and a report read later says it was paid: paying again by itself would pay twice.
CONTRADICTED = Code("", "die Bank meldet die Zahlung nach der Ablehnung als ausgeführt", "bei der Bank nachfragen, was "
                    "gilt; ist sie doch nicht ausgeführt, bar oder von Hand zahlen", "nie")


def status(code: str) -> Code:
    """Der Status; einen unbekannten sieht sich ein Mensch an."""
    return _table()["status"].get(code) or Code(code, f"Status {code}, hier nicht bekannt",
                                                "bei der Bank nachfragen", "nie")


def reason(code: str) -> Code:
    """Der Grund; einen unbekannten sieht sich ein Mensch an."""
    return _table()["grund"].get(code) or Code(code, f"Grund {code}, hier nicht bekannt", "bei der Bank nachfragen")


def known() -> dict[str, dict[str, Code]]:
    """Alle mitgelieferten, nach Art."""
    return _table()


@cache
def _table() -> dict[str, dict[str, Code]]:
    found: dict[str, dict[str, Code]] = {"status": {}, "grund": {}}
    with (files("payroll.filings") / "data" / "bank_codes.csv").open(encoding="utf-8", newline="") as source:
        for row in csv.DictReader(source, delimiter=";"):
            found[row["art"]][row["code"]] = Code(row["code"], row["text"], row["abhilfe"], row["folge"])
    return found
