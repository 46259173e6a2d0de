"""Was aus dem Entgelt in Sparverträge geht: Beträge, Zeilen mit Empfänger, Zahlungen an Dritte."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from payroll.runs.beside.targets import CONVERTED, CONVERTED_LINE
from payroll.runs.pricing import Zeile

SAVED_LINE = ("4200", "Vermögenswirksame Leistung")


@dataclass
class Zahlung:
    """Eine Zahlung an den Empfänger eines Vertrags (Nummer der Fassung), Cent; arbeitgeber: davon dessen Zuschuss."""

    vertrag: int
    art: str
    betrag: int
    arbeitgeber: int = 0


@dataclass
class Vereinbart:
    """Was die Verträge einer Person verlangen, so weit es nicht schon als Bezug erfasst ist."""

    saved: int = 0
    converted: int = 0
    lines: list[Zeile] = field(default_factory=list)
    payments: list[Zahlung] = field(default_factory=list)


def agree(contracts: Sequence[Any], typed_saved: int, typed_converted: int) -> Vereinbart:
    """Ein erfasster Betrag geht den Verträgen seiner Art vor; er geht an den ersten von ihnen."""
    found = Vereinbart()
    for art, typed in (("vermoegensbildung", typed_saved), (CONVERTED, typed_converted)):
        own = [contract for contract in contracts if contract.art == art]
        if own and typed > 0:
            found.payments.append(Zahlung(own[0].id, art, typed))
            continue
        for contract in own:
            found.payments.append(Zahlung(contract.id, art, contract.betrag_cent))
            found.lines.append(_line(contract))
            if art == CONVERTED:
                found.converted += contract.betrag_cent
            else:
                found.saved += contract.betrag_cent
    return found


def add_subsidy(payments: list[Zahlung], cents: int) -> None:
    """Der Zuschuss des Arbeitgebers geht in den ersten Vertrag der Entgeltumwandlung."""
    for payment in payments:
        if payment.art == CONVERTED and cents:
            payment.betrag += cents
            payment.arbeitgeber = cents
            return


def plain_origin(cents: int) -> tuple[str, str, list[dict[str, int]]]:
    """Herkunft eines vereinbarten Betrags: er steht im Vertrag und wird nicht gekürzt."""
    return "bezuege", "vereinbarter_abzug", [{"vereinbart_betrag": cents}]


def _line(contract: Any) -> Zeile:
    number, text = CONVERTED_LINE if contract.art == CONVERTED else SAVED_LINE
    return Zeile("netto", number, f"{text} an {contract.empfaenger}", f"Vertrag {contract.vertragsnummer}", "",
                 -contract.betrag_cent, plain_origin(contract.betrag_cent), art=text)
