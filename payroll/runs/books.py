"""Das Regelwerk eines Arbeitgebers: das Recht mit seinen Festlegungen, wo mehrere Lesarten vertretbar sind."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from payroll.law import official
from payroll.law.calculate import rule_book
from payroll.law.engine import RuleBook
from payroll.law.engine.overlay import Overlay, may_be_overlaid
from payroll.law.engine.parameters import Parameter
from payroll.law.parameters import load_parameters
from payroll.law.rules.entgelt.hinterlegt import LOHNARTEN


def book_for(overlays: Sequence[Overlay], *areas: str) -> RuleBook:
    """Das Regelwerk der Gebiete mit den Festlegungen; ohne solche das gemeinsame."""
    own = tuple(sorted(overlays, key=lambda one: (one.name, one.ab)))
    return _book(own, areas, official.known()) if own else rule_book(*areas)


@lru_cache(256)
def _book(overlays: tuple[Overlay, ...], areas: tuple[str, ...], values: official.Values) -> RuleBook:
    with official.as_known(values):
        book = rule_book(*areas)
    return book.with_overlays(overlays)


# What a run or a slip asks the employer's own value of, with the readings there are.
FESTLEGUNGEN: dict[str, tuple[int, ...]] = {
    "rundung_zeitzuschlag": (1, 2), "rundung_tagesdurchschnitt": (1, 2), "garantiebetrag_gruppe": (1, 2),
    "zahlung_im_voraus_beamte": (0, 1), "ausschlussfrist_anzeigen": (0, 1)}

# Rates of an hour that the employer enters itself: the unit in which they are given.
STUNDENSAETZE: dict[str, str] = {
    **{f"stundensatz_{number}": "euro" for number in LOHNARTEN},
    **{f"stundensatz_{number}_anteil": "prozent" for number in ("1308", "1309", "1311")}}


@lru_cache(1)
def settable() -> dict[str, Parameter]:
    """Werte des Rechts, die ein Arbeitgeber festlegt und die seine Läufe und Abrechnungen beachten."""
    known = {one.name: one for one in load_parameters()}
    return {name: known[name] for name in (*FESTLEGUNGEN, *STUNDENSAETZE) if may_be_overlaid(known[name])}
