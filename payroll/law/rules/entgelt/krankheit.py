"""Sickness (§ 22 TVöD): six weeks of pay, then the supplement to sickness benefit, by days and with reasons."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from payroll.law.rules.entgelt.laufzeit import Zeitraum, monatserster, plus_jahre, plus_monate
from payroll.law.rules.entgelt.werte import zahl, zahlen

DAY = timedelta(days=1)
FORTZAHLUNG, ZUSCHUSS, KEINER = "entgeltfortzahlung", "krankengeldzuschuss", "kein_anspruch"


@dataclass(frozen=True)
class Anspruch(Zeitraum):
    """What is due for days of sickness: ``art`` and the reason."""

    art: str = KEINER
    grund: str = ""


def krankenbezuege(krankheit: Zeitraum, beschaeftigt_seit: date, *, fruehere: Sequence[Zeitraum] = (),
                   beschaeftigt_bis: date | None = None) -> list[Anspruch]:
    """The claims of one sickness, from its first full day on.

    fruehere: earlier sicknesses from the same cause. Their days count when less than six months lie between and less
    than twelve months since the first of them (§ 3 Abs. 1 Satz 2 EFZG).
    """
    end = min(krankheit.bis, beschaeftigt_bis or krankheit.bis)
    used = _used_days(krankheit, fruehere)
    full = krankheit.von + DAY * (zahl("krankheit_fortzahlung_tage", krankheit.von) - used)
    weeks, service = _weeks(krankheit, beschaeftigt_seit)
    until = krankheit.von + DAY * (7 * weeks - used)
    note = f", {used} Tage derselben Krankheit angerechnet" if used else ""
    bounds = [
        (FORTZAHLUNG, max(full, krankheit.von), f"sechs Wochen{note} (§ 22 Abs. 1 TVöD)"),
        (ZUSCHUSS, max(until, full, krankheit.von), f"bis zum Ende der {weeks}. Woche{note}, {service} (§ 22 Abs. 3)"),
        (KEINER, end + DAY, f"Bezugsfrist abgelaufen oder nicht erfüllt, {service} (§ 22 Abs. 3 TVöD)")]
    found, start = [], krankheit.von
    for art, following, reason in bounds:
        last = min(following - DAY, end)
        if last >= start:
            found.append(Anspruch(start, last, art, reason))
            start = last + DAY
    return found


def berechnungsmonate(ereignis: date, beschaeftigt_seit: date, *, stundenwechsel: date | None = None) -> list[date]:
    """The full calendar months of the daily average (§ 21): the last three before the event, fewer when there are.

    stundenwechsel: day from which other weekly hours hold; months before it do not count.
    """
    begin = max(beschaeftigt_seit, stundenwechsel or beschaeftigt_seit)
    months = [plus_monate(monatserster(ereignis), -n) for n in (3, 2, 1)]
    return [month for month in months if month >= begin]


def _weeks(krankheit: Zeitraum, since: date) -> tuple[int, str]:
    weeks = zahlen("krankengeldzuschuss_wochen", krankheit.von)
    for years, key, text in ((3, 2, "mehr als drei Jahre"), (1, 1, "mehr als ein Jahr")):
        if plus_jahre(since, years) <= krankheit.bis:  # service completed during the sickness counts
            return weeks[key], f"Beschäftigungszeit {text}"
    return weeks[0], "Beschäftigungszeit höchstens ein Jahr"


def _used_days(krankheit: Zeitraum, earlier: Iterable[Zeitraum]) -> int:
    """Days of the same sickness that count against the six weeks."""
    chain: list[Zeitraum] = []
    for one in sorted(earlier, key=lambda span: span.von):
        chain = [*chain, one] if chain and not _fresh(one, chain) else [one]
    if not chain or _fresh(krankheit, chain):
        return 0
    return sum(one.tage for one in chain)


def _fresh(one: Zeitraum, chain: Sequence[Zeitraum]) -> bool:
    return one.von > plus_monate(chain[-1].bis, 6) or one.von >= plus_monate(chain[0].von, 12)
