"""In den eigenen Abrechnungen suchen: nach Monat, Lohnart, Hinweis, Arbeitgeber oder Betrag; nur in geöffneten."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from payroll.statements.payslip import Payslip
from payroll.web.portal.reading import OwnSlip
from tenants.web import formats

LONGEST, SHOWN = 100, 4


@dataclass(frozen=True)
class Found:
    """Eine Abrechnung, auf die alle Wörter passen, mit den Zeilen, in denen sie stehen (Text, Betrag in Cent)."""

    own: OwnSlip
    lines: tuple[tuple[str, int], ...]


def find(slips: Iterable[OwnSlip], wanted: str) -> list[Found]:
    """Alle Wörter müssen zusammen in einer Zeile (oder im Kopf) stehen; Reihenfolge wie gegeben."""
    words = wanted.casefold().split()
    found = []
    for one in slips:
        head = _head(one)
        rest = [word for word in words if word not in head]
        lines = [line for line in _lines(one.slip) if all(word in _line_words(*line) for word in rest)]
        if not rest or lines:
            found.append(Found(one, tuple(lines[:SHOWN]) if rest else ()))
    return found


def _head(one: OwnSlip) -> str:
    entry = one.entry
    parts = [formats.month(entry.monat), f"{entry.monat:%m/%Y}", one.held.name, entry.personalnummer, entry.title or ""]
    parts += one.slip.hints if one.slip else ()
    return " ".join(parts).casefold()


def _lines(slip: Payslip | None) -> Iterator[tuple[str, int]]:
    if slip is None:
        return
    for part in (slip.lines, slip.deductions, slip.net_lines):
        yield from ((one.text, one.betrag) for one in part)
    yield from ((f"Nachberechnung {formats.month(one.monat)}: {one.text}", one.differenz) for one in slip.retro)
    yield "Auszahlung", slip.auszahlung


def _line_words(text: str, cents: int) -> str:
    amount = formats.amount(cents)
    return f"{text} {amount} {amount.replace('.', '')} {amount.replace('.', '').replace(',', '.')}".casefold()
