"""What happens to a few invented people under the tariff: sickness, birth, leave, a step, duties, jubilee, leaving."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal

from payroll.demo.names import VORNAMEN
from payroll.demo.people import YEAR, Angabe, Bezug, Mensch
from payroll.masterdata.models import Anlasszahlung, Beschaeftigungszeit, Fehlzeit, HoehereTaetigkeit

TARIF = ("verwaltung", "erziehung", "pflege")
FRAUEN = frozenset(VORNAMEN[:VORNAMEN.index("Alexander")])
HOEHER = {"E5": "E6", "E6": "E7", "E8": "E9a", "E9a": "E9b", "E9b": "E9c", "E9c": "E10", "E10": "E11", "E11": "E12"}
SCHWELLE = {"2": 2, "3": 3, "4": 4, "5": 5}  # § 16 Abs. 3 TVöD: years in a step of the table E
Role = tuple[Callable[[Mensch], bool], Callable[[Mensch], None]]


def with_events(people: list[Mensch]) -> list[Mensch]:
    """Gives each event to the first person of an employer whom it fits; the others stay as they are."""
    free = [one for one in people if one.kind in TARIF and one.austritt is None and len(one.zuordnungen) == 1
            and one.eintritt < date(YEAR - 2, 1, 1)]
    for fits, happens in ROLES:
        chosen = next((one for one in free if fits(one)), None)
        if chosen is not None:
            free.remove(chosen)
            happens(chosen)
    return people


def _full_time(m: Mensch) -> bool:
    return m.zuordnungen[0].wochenstunden == m.zuordnungen[0].vollzeitstunden


def _away(m: Mensch, art: str, first: date, last: date | None, **values: object) -> None:
    m.tarif.append(Angabe(Fehlzeit, first, {"art": art, **values}, last))


def _long_sickness(m: Mensch) -> None:
    """Sick since December: six weeks end on 18 January, the health insurance pays 70 euros a day, 61.39 net of it."""
    _away(m, "krankheit", date(YEAR - 1, 12, 8), date(YEAR, 4, 12), krankengeld_tag_cent=7_000,
          krankengeld_netto_tag_cent=6_139)


def _mother(m: Mensch) -> None:
    """Six weeks before the birth, eight after it, then parental leave for a year."""
    born = date(YEAR, 2, 23)
    m.kinder.append(born)
    _away(m, "mutterschutz", date(YEAR, 1, 12), date(YEAR, 4, 20), netto_tag_cent=7_685)
    _away(m, "elternzeit", date(YEAR, 4, 21), date(YEAR + 1, 2, 22), kind_geboren_am=born)


def _father(m: Mensch) -> None:
    born = date(YEAR, 1, 27)
    m.kinder.append(born)
    _away(m, "elternzeit", date(YEAR, 1, 27), date(YEAR, 3, 26), kind_geboren_am=born)


def _step(m: Mensch) -> None:
    """The time in the step ends on 31 January; nobody enters anything, the run pays the next step."""
    only = m.zuordnungen[0]
    m.zuordnungen = [replace(only, seit=date(YEAR - SCHWELLE[only.stufe], 2, 1))]


def _duties(m: Mensch) -> None:
    higher = HOEHER[m.zuordnungen[0].entgeltgruppe]
    m.tarif.append(Angabe(HoehereTaetigkeit, date(YEAR, 2, 2), {"entgeltgruppe": higher}, date(YEAR, 6, 30)))


def _jubilee(m: Mensch) -> None:
    m.tarif.append(Angabe(Beschaeftigungszeit, m.beginn, {"seit": date(YEAR - 25, 2, 16)}))


def _leaver(m: Mensch) -> None:
    """Leaves with days of leave still open."""
    m.austritt = date(YEAR, 2, 28)
    m.tarif.append(Angabe(Anlasszahlung, m.austritt, {"art": "urlaubsabgeltung", "menge": Decimal("6.5")}))


def _plain_leave(m: Mensch) -> None:
    _away(m, "sonderurlaub", date(YEAR, 2, 9), date(YEAR, 2, 22))


def _long_leave(m: Mensch) -> None:
    """Without pay from mid-January; the canteen still charges February: the payout is negative and carried."""
    _away(m, "sonderurlaub", date(YEAR, 1, 12), date(YEAR, 5, 31))
    m.bezuege = [one for one in m.bezuege if one.zweck not in ("kantine", "vwl_sparen")]
    m.bezuege.append(Bezug("kantine", 3_850, date(YEAR, 2, 1), date(YEAR, 2, 28)))


def _sick_child(m: Mensch) -> None:
    _away(m, "kind_krank", date(YEAR, 2, 10), date(YEAR, 2, 12))


ROLES: tuple[Role, ...] = (
    (lambda m: _full_time(m) and m.zuordnungen[0].entgeltgruppe in ("E8", "E9a", "E9b", "E9c", "E10"), _long_sickness),
    (lambda m: m.vorname in FRAUEN and m.geburtsdatum.year > YEAR - 42 and bool(m.kinder), _mother),
    (lambda m: m.zuordnungen[0].tarifwerk == "TVoeD-VKA" and m.zuordnungen[0].stufe in SCHWELLE, _step),
    (lambda m: m.zuordnungen[0].entgeltgruppe in HOEHER and m.zuordnungen[0].stufe in "23456", _duties),
    (lambda m: m.geburtsdatum.year < YEAR - 43, _jubilee),
    (lambda m: m.geburtsdatum.year > YEAR - 56, _leaver),
    (lambda m: True, _plain_leave),
    (lambda m: m.vorname not in FRAUEN and m.geburtsdatum.year > YEAR - 50 and bool(m.kinder), _father),
    (lambda m: True, _long_leave),
    (lambda m: any(born.year > YEAR - 12 for born in m.kinder), _sick_child),
)
