"""In den eigenen Abrechnungen suchen: nach Monat, Lohnart, Hinweis, Arbeitgeber oder Betrag; nur in geöffneten.

Gesucht wird in den Worten des Papiers und in denen der Seite: wer Englisch liest, kennt das eine oder das andere.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from payroll.law.tongue import hear, say
from payroll.runs import names
from payroll.runs.names import Name
from payroll.statements.payslip import Payslip, Retro
from payroll.web.portal.reading import OwnSlip
from payroll.web.spoken import spoken
from tenants.web import formats
from tenants.web.formats import MINUS

LONGEST, SHOWN = 100, 4


@dataclass(frozen=True)
class Found:
    """Eine Abrechnung, auf die alle Wörter passen, mit den Zeilen, in denen sie stehen (Name, Betrag in Cent)."""

    own: OwnSlip
    lines: tuple[tuple[Name, int], ...]


def find(slips: Iterable[OwnSlip], wanted: str) -> list[Found]:
    """Alle Wörter müssen zusammen in einer Zeile (oder im Kopf) stehen; Reihenfolge wie gegeben."""
    words = wanted.casefold().split()
    with spoken():
        return [found for one in slips if (found := _found(one, words)) is not None]


def _found(one: OwnSlip, words: list[str]) -> Found | None:
    head = _head(one)
    rest = [word for word in words if word not in head]
    lines = [line for line in _lines(one.slip) if all(word in _line_words(*line) for word in rest)]
    if rest and not lines:
        return None
    return Found(one, tuple(lines[:SHOWN]) if rest else ())


def _head(one: OwnSlip) -> str:
    entry = one.entry
    parts = [formats.month(entry.monat), f"{entry.monat:%m/%Y}", one.held.name, entry.personalnummer, entry.title or ""]
    parts += [hear(entry.title or "")]
    parts += [text for hint in (one.slip.hints if one.slip else ()) for text in (hint, hear(hint))]
    return " ".join(parts).casefold()


def _lines(slip: Payslip | None) -> Iterator[tuple[Name, int]]:
    if slip is None:
        return
    for part in (slip.lines, slip.deductions, slip.net_lines):
        yield from ((names.of(one.text), one.betrag) for one in part)
    yield from ((_recalculated(one), one.differenz) for one in slip.retro)
    yield names.of("Auszahlung"), slip.auszahlung


def _recalculated(one: Retro) -> Name:
    month, name = formats.month(one.monat), names.of(one.text)
    told = say("Nachberechnung %(month)s: %(what)s", month=month, what=name.text)
    return Name(told, told if name.german == name.text else name.german)


def _line_words(name: Name, cents: int) -> str:
    euros, rest = divmod(abs(cents), 100)
    sign, german = MINUS if cents < 0 else "", f"{euros:,}".replace(",", ".")
    ways = (f"{german},{rest:02d}", f"{euros},{rest:02d}", f"{euros}.{rest:02d}", f"{euros:,}.{rest:02d}")
    return " ".join((name.text, name.german, *(sign + way for way in ways))).casefold()
