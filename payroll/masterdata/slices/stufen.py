"""Stufen, die von selbst steigen: die Eingruppierung eines Falls mit der Stufe, die das Recht für jeden Tag nennt.

Grundlage ist „Stufe seit“. Gestiegen wird nur nach dem ersten Tag der Eingruppierung: was bei ihrer Erfassung schon
hätte gestiegen sein müssen, ist ein Widerspruch für die Sachbearbeitung und kein stiller Sprung.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any

from payroll.law import official
from payroll.law.rules.besoldung.erfahrungsstufen import OhneBezuege, naechste_erfahrungsstufe
from payroll.law.rules.entgelt.fehlzeiten import ARTEN, Fehlzeit
from payroll.law.rules.entgelt.laufzeit import monatserster, plus_jahre, plus_monate
from payroll.law.rules.entgelt.stufenlauf import Stufenwechsel, Unterbrechung, Zuordnung, naechster_wechsel
from payroll.masterdata.slices.ausfall import absences
from payroll.masterdata.slices.findings import Finding
from payroll.masterdata.slices.reading import Facts
from payroll.masterdata.slices.span import Case

DAY = timedelta(days=1)
TARIF = ("TVoeD-VKA", "TVoeD-SuE", "TVoeD-P")
AUSBILDUNG = ("TVAoeD-BBiG", "TVAoeD-Pflege")
JAHRE = {"TVAoeD-BBiG": 4, "TVAoeD-Pflege": 3}
ENTRY = 1


@dataclass(frozen=True)
class Grade:
    """Eine Eingruppierung für einen Zeitraum, Felder wie ihre Tatsache."""

    valid_from: date
    valid_to: date | None
    tarifwerk: str
    entgeltgruppe: str
    stufe: str
    stufe_seit: date | None
    wochenstunden: Decimal
    vollzeitstunden: Decimal


@dataclass(frozen=True)
class Regel:
    """Abweichungen vom gewöhnlichen Lauf."""

    verkuerzt: int = 0
    angehalten: bool = False
    einstellungsstufe: int = ENTRY


def stepped(case: Case, facts: Facts, grades: Sequence[Any], problems: list[Finding]) -> list[Any]:
    """Die Eingruppierungen des Falls, geschnitten, wo die Stufe steigt."""
    found: list[Any] = []
    for row in grades:
        changes = _changes(case, facts, row, problems) if row.stufe_seit is not None else []
        found += _pieces(row, changes)
    return found


def _changes(case: Case, facts: Facts, row: Any, problems: list[Finding]) -> list[Stufenwechsel]:
    rule = rule_of(facts.tarif.steps.get(case.job.anchor, ()))
    if rule.angehalten:
        return []
    gaps = tuple(absences(facts.tarif.absences.get(case.job.anchor, ()), case.last))
    horizon = plus_monate(facts.first, 2) - DAY
    changes = changes_until(row, rule, gaps, horizon)
    early = [one for one in changes if one.gezahlt_ab <= row.valid_from]
    if early and row.valid_to is None:
        problems.append(_contradiction(case, row, early[-1]))
    if early:
        return []
    problems += _announced(case, facts, row, changes)
    return [one for one in changes if one.gezahlt_ab <= (row.valid_to or case.last)]


def changes_until(row: Any, rule: Regel, gaps: tuple[Fehlzeit, ...], until: date) -> list[Stufenwechsel]:
    """Alle Wechsel der Stufe einer Eingruppierung, bezahlt bis zum Tag `until`."""
    found: list[Stufenwechsel] = []
    step, since, entered = row.stufe, row.stufe_seit, official.known()
    while since is not None and (change := _next(row.tarifwerk, row.entgeltgruppe, step, since, rule, gaps, entered)):
        if change.gezahlt_ab > until or (found and change.am <= found[-1].am):
            break
        found.append(change)
        step, since, rule = str(change.stufe), change.am, replace(rule, verkuerzt=0)
    return found


@lru_cache(65536)
def _next(
    tarifwerk: str, gruppe: str, stufe: str, since: date, rule: Regel, gaps: tuple[Fehlzeit, ...],
    entered: official.Values,
) -> Stufenwechsel | None:
    """Der nächste Wechsel; None, wo das Recht keinen kennt oder die Angaben nicht passen.

    entered: die eingetragenen Werte des Rechts, die jetzt gelten; ohne sie hielte das Gemerkte veraltetes Recht fest.
    """
    if not stufe.isdigit():
        return None
    try:
        if tarifwerk in TARIF:
            place = Zuordnung(tarifwerk, gruppe, int(stufe), since, rule.verkuerzt, rule.einstellungsstufe)
            return naechster_wechsel(place, tuple(_interruptions(gaps)))
        if tarifwerk == "NRW-A":
            return _official(gruppe, int(stufe), since, gaps)
    except ValueError:
        return None  # group, step or rule do not fit: the run says so where it prices them
    return _training(tarifwerk, int(stufe), since) if tarifwerk in AUSBILDUNG else None


def _interruptions(gaps: tuple[Fehlzeit, ...]) -> Iterator[Unterbrechung]:
    return (Unterbrechung(one.von, one.bis, ARTEN[one.art].stufe) for one in gaps)


def _official(gruppe: str, stufe: int, since: date, gaps: tuple[Fehlzeit, ...]) -> Stufenwechsel | None:
    kinds = {"elternzeit": "kinderbetreuung", "sonderurlaub_dienstlich": "dienstliches_interesse"}
    without = [OhneBezuege(one.von, one.bis, kinds.get(one.art, "ohne_dienstbezuege")) for one in gaps
               if "beamte" in ARTEN[one.art].ohne_entgelt]  # fmt: skip
    found = naechste_erfahrungsstufe(gruppe, stufe, since, without)
    if found is None:
        return None
    return Stufenwechsel(found.stufe, found.ab, found.ab, found.grund, found.nicht_gezaehlte_tage)


def _training(tarifwerk: str, year: int, since: date) -> Stufenwechsel | None:
    if year >= JAHRE[tarifwerk]:
        return None
    day = plus_jahre(since, 1)
    return Stufenwechsel(year + 1, day, day, f"{year}. Ausbildungsjahr seit {since:%d.%m.%Y} (§ 8 TVAöD)")


def rule_of(rows: Sequence[Any]) -> Regel:
    """Die geltende Stufenregelung."""
    if not rows:
        return Regel()
    row = rows[-1]
    return Regel(row.verkuerzt_monate, row.angehalten, row.einstellungsstufe or ENTRY)


def _pieces(row: Any, changes: Sequence[Stufenwechsel]) -> list[Any]:
    if not changes:
        return [row]
    names = ("tarifwerk", "entgeltgruppe", "wochenstunden", "vollzeitstunden")
    values = {name: getattr(row, name) for name in names}
    bounds = [(row.valid_from, row.stufe, row.stufe_seit), *((c.gezahlt_ab, str(c.stufe), c.am) for c in changes)]
    ends = [*(start - DAY for start, _, _ in bounds[1:]), row.valid_to]
    return [
        Grade(start, end, stufe=stufe, stufe_seit=since, **values)
        for (start, stufe, since), end in zip(bounds, ends, strict=True)
    ]


def _announced(case: Case, facts: Facts, row: Any, changes: Sequence[Stufenwechsel]) -> Iterator[Finding]:
    """Im Monat des Wechsels und einen Monat vorher."""
    following = plus_monate(facts.first, 1)
    for one in changes:
        month = monatserster(one.gezahlt_ab)
        if month not in (facts.first, following) or one.gezahlt_ab > (row.valid_to or date.max):
            continue
        word = "steigt" if month == facts.first else "steigt im nächsten Monat"
        yield case.hint(
            "stufe",
            f"{row.entgeltgruppe} {word} ab {one.gezahlt_ab:%d.%m.%Y} in Stufe {one.stufe}: {one.grund}",
            "Laufzeit und Unterbrechungen prüfen; soll die Stufe nicht steigen, eine Stufenregelung erfassen",
        )


def _contradiction(case: Case, row: Any, change: Stufenwechsel) -> Finding:
    return case.finding(
        "stufe_seit",
        f"erfasst ist {row.entgeltgruppe} Stufe {row.stufe} seit {row.stufe_seit:%d.%m.%Y}; danach gälte Stufe "
        f"{change.stufe} schon ab {change.gezahlt_ab:%d.%m.%Y}, vor dem Beginn der Eingruppierung",
        "Stufe und „Stufe seit“ prüfen oder die Stufe durch eine Stufenregelung anhalten; gezahlt wird die erfasste",
        left_out=False,
    )
