"""Zahlen für den Gleichstellungsplan: Frauen je Gruppe, in Teilzeit, und wie viele Stellen bis wann frei werden.

Bestandsaufnahme und Prognose nach §§ 5, 6 LGG NRW. Gezählt wird, bei wem das Geschlecht erfasst ist; kleine Gruppen und
kleine Teile bleiben verborgen, auch gegen Erschließen aus der Summe (staffplan.hiding).
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from payroll.budget.people import KREISE, Mensch, Tafel, Zelle, in_order, percent, sized
from staffplan.hiding import hidden, part

PLAN_YEARS = 5  # § 5 Abs. 1 LGG NRW: three to five years
HALF = Decimal(50)
NO_ENTRY = "ohne Angabe"


def tables(people: Sequence[Mensch], day: date, smallest: int) -> list[Tafel]:
    """Die Tafeln eines Tages; ohne eine einzige Angabe zum Geschlecht keine."""
    known = [one for one in people if one.geschlecht]
    if not known:
        return []
    return [_by_grade(people, known, smallest), _part_time(known, smallest), _leaving(known, day, smallest)]


def _women(own: Iterable[Mensch]) -> int:
    return sum(one.geschlecht == "weiblich" for one in own)


def _counted(groups: Mapping[Any, Sequence[Mensch]], smallest: int,
             circle: Callable[[Any], Hashable]) -> dict[Any, tuple[int | None, int | None]]:
    """Personen und Frauen je Gruppe; verborgen wird innerhalb jedes Kreises, dessen Summe bekannt ist."""
    found: dict[Any, tuple[int | None, int | None]] = {}
    for name in {circle(key) for key in groups}:
        own = {key: held for key, held in groups.items() if circle(key) == name}
        concealed = hidden({key: len(held) for key, held in own.items()}, smallest)
        women = {key: None if key in concealed else part(_women(held), len(held), smallest)
                 for key, held in own.items()}
        _second(women, {key: held for key, held in own.items() if key not in concealed}, smallest)
        found |= {key: (None if key in concealed else len(held), women[key]) for key, held in own.items()}
    return found


def _second(women: dict[Any, int | None], shown: Mapping[Any, Sequence[Mensch]], smallest: int) -> None:
    """Bleibt der Frauenanteil genau einer gezeigten Gruppe verborgen, muss noch einer verborgen bleiben."""
    dark = [key for key in shown if women[key] is None]
    light = sorted((key for key in shown if women[key] is not None), key=lambda key: (len(shown[key]), str(key)))
    if len(dark) == 1 and light:
        women[light[0]] = None


def _row(name: Sequence[Zelle], count: int | None, women: int | None) -> tuple[Zelle, ...]:
    if count is None or women is None:
        return (*name, count, None, None, None)
    share = percent(women, count)
    return (*name, count, women, share, "ja" if share < HALF else "nein")


def _by_grade(people: Sequence[Mensch], known: Sequence[Mensch], smallest: int) -> Tafel:
    groups = sized(known, lambda one: (one.kreis, one.gruppe))
    counted = _counted(groups, smallest, lambda key: key[0])
    rows = [_row((key[1] or "ohne Gruppe", KREISE[key[0]]), *counted[key]) for key in in_order(groups)]
    circles = sized(known, lambda one: one.kreis)
    sums = _counted(circles, smallest, lambda _: "alle")
    # Where one part is hidden, the sum would tell it.
    dark = {key[0] for key, (_, women) in counted.items() if women is None}
    rows += [_row(("Summe", KREISE[key]), sums[key][0], None if key in dark else sums[key][1])
             for key in KREISE if key in circles]
    missing = part(len(people) - len(known), len(people), smallest)
    rows += [(NO_ENTRY, "alle", missing, None, None, None)] if len(people) > len(known) else []
    return Tafel("frauen", "Frauen nach Gruppe (§ 6 Abs. 2 LGG NRW)",
                 ("Gruppe", "Kreis", "Personen", "davon Frauen", "Anteil in Prozent", "unter der Hälfte"), tuple(rows))


def _part_time(known: Sequence[Mensch], smallest: int) -> Tafel:
    """Voll- und Teilzeit: Personen und Frauen je Kreis."""
    groups = sized(known, lambda one: (one.kreis, "Teilzeit" if one.teilzeit else "Vollzeit"))
    counted = _counted(groups, smallest, lambda key: key[0])
    rows = [_row((KREISE[kreis], name), *counted[kreis, name]) for kreis in KREISE for name in ("Vollzeit", "Teilzeit")
            if (kreis, name) in groups]
    return Tafel("frauen_teilzeit", "Frauen in Voll- und Teilzeit",
                 ("Gruppe", "Kreis", "Personen", "davon Frauen", "Anteil in Prozent", "unter der Hälfte"), tuple(rows))


def _leaving(known: Sequence[Mensch], day: date, smallest: int) -> Tafel:
    """Prognose: wer bis zum Ende des Planzeitraums die Regelaltersgrenze erreicht, je Kreis."""
    last = date(day.year + PLAN_YEARS, 12, 31)
    groups = sized([one for one in known if one.ende is not None and day <= one.ende <= last], lambda one: one.kreis)
    counted = _counted(groups, smallest, lambda _: "alle")
    rows = [(KREISE[key], *counted[key]) for key in KREISE if key in groups]
    return Tafel("frauen_prognose", f"Stellen, die bis {last:%d.%m.%Y} durch die Regelaltersgrenze frei werden",
                 ("Gruppe", "Personen", "davon Frauen"), tuple(rows))
