"""Whom the debtor maintains: the number belongs to the claim and the month, because a court may exclude a person."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Ausschluss:
    """Order of a court for one claim (§ 850c Abs. 6): the person does not count, wholly or partly, from a day on."""

    forderung: str
    von: date
    bis: date | None = None
    ganz: bool = True


@dataclass(frozen=True)
class Unterhaltsperson:
    """A person whom the debtor owes maintenance by law and actually maintains, from ``von`` to ``bis`` (included)."""

    name: str
    von: date
    bis: date | None = None
    ausschluesse: tuple[Ausschluss, ...] = ()


class TeilweiseBeruecksichtigt(ValueError):
    """A person counts in part: the table may not be used, the order states the amount (§ 850c Abs. 6 mit Abs. 5)."""


def gezaehlt(personen: Iterable[Unterhaltsperson], forderung: str, tag: date) -> int:
    """Number of persons that count for a claim on a day of the pay period (e.g. its last).

    Raises TeilweiseBeruecksichtigt, naming the person: then ``pf_gericht_freibetrag`` or ``pf_gericht_betrag`` is due.
    """
    number = 0
    for person in personen:
        if not _gilt(person.von, person.bis, tag):
            continue
        orders = [a for a in person.ausschluesse if a.forderung == forderung and _gilt(a.von, a.bis, tag)]
        if any(not order.ganz for order in orders):
            raise TeilweiseBeruecksichtigt(f"{person.name} zählt für {forderung} nur teilweise (§ 850c Abs. 6 ZPO); "
                                           "den Betrag aus dem Beschluss eintragen, die Tabelle gilt nicht")
        number += not orders
    return number


def _gilt(von: date, bis: date | None, tag: date) -> bool:
    return von <= tag and (bis is None or tag <= bis)
