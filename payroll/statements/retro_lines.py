"""Rückrechnung auf der Abrechnung: geänderte Werte je Monat und was sie zur Auszahlung beiträgt."""

from __future__ import annotations

from collections.abc import Iterator

from payroll.runs.retro import Ausgleich, Nachberechnung
from payroll.statements.payslip import NetLine, Retro

SHOWN = (
    "steuerbrutto", "lohnsteuer", "soli", "kirchensteuer", "sv_brutto_kv", "sv_brutto_rv", "kv_an", "zb_an", "pv_an",
    "rv_an", "av_an", "zv_an", "auszahlung",
)  # fmt: skip
RECEIPT = "Nachzahlung für Vorjahre, versteuert in diesem Monat"


def changes_of(found: Nachberechnung | None) -> tuple[Retro, ...]:
    """Je Herkunftsmonat die geänderten Lohnarten, Bemessungen und Abzüge; die Differenz steht in diesem Monat."""
    return tuple(_changes(found)) if found is not None and not found.offen else ()


def _changes(found: Nachberechnung) -> Iterator[Retro]:
    for booking in found.monate:
        reasons = "; ".join(dict.fromkeys(f"{cause.titel}: {cause.grund}" for cause in booking.ursachen))
        why = RECEIPT if booking.art == "zufluss" else reasons
        for posten in booking.posten:
            if posten.betrag and (posten.bereich != "wert" or posten.name in SHOWN):
                # What counts here may be less than new minus old (taxes of a past year): the old value leads.
                yield Retro(booking.monat, posten.text, posten.alt, posten.alt + posten.betrag, why)


def net_lines(balance: Ausgleich | None) -> list[NetLine]:
    """Nachberechnung und Vortrag als Zeilen nach dem Netto."""
    if balance is None:
        return []
    lines = [
        NetLine("", "Nachberechnung früherer Monate", balance.rueckrechnung, "nachberechnung"),
        NetLine("", "Vortrag aus dem Vormonat", balance.vortrag, "vortrag"),
        NetLine("", "davon erst im nächsten Monat", -_later(balance), "uebertrag"),
    ]
    return [line for line in lines if line.betrag]


def payout(own: int, balance: Ausgleich | None) -> int:
    """Auszahlung des Monats samt Nachberechnung und Vortrag; negativ geht sie in den nächsten Monat."""
    return own if balance is None else own + balance.rueckrechnung + balance.vortrag - _later(balance)


def _later(balance: Ausgleich) -> int:
    """Was vom Vortrag bleibt, obwohl etwas gezahlt wird: nur der pfändbare Teil wird aufgerechnet (§ 394 BGB)."""
    return balance.uebertrag if balance.zahlbetrag else 0
