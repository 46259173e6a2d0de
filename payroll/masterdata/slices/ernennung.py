"""Beamtinnen und Beamte bei der Ernennung: ob die Erfahrungsstufe stimmt; ob die Arbeitszeit zum Alter passt."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from payroll.law.rules.besoldung.erfahrungsstufen import Festsetzung, festsetzung, vollendet
from payroll.law.rules.entgelt.werte import zahlen
from payroll.masterdata.slices.findings import Finding
from payroll.masterdata.slices.reading import Facts
from payroll.masterdata.slices.span import BEAMTE, Case

DAY = timedelta(days=1)
ALTER = (55, 60)  # years from which the regular hours are shorter (section 2 AZVO)


def appointed(case: Case, facts: Facts) -> Iterator[Finding]:
    """Im Monat des Eintritts: die erfasste Stufe gegen die, die aus den anerkannten Monaten folgt."""
    for row in facts.grades.get(case.job.anchor, ()):
        if case.job.art != BEAMTE or row.tarifwerk != "NRW-A" or row.valid_from != case.job.eintritt:
            continue
        if not facts.first <= row.valid_from <= facts.last or not row.stufe.isdigit():
            continue
        try:
            found = festsetzung(row.entgeltgruppe, row.valid_from, row.erfahrung_monate or 0)
        except ValueError:
            continue  # an unknown group: pricing says so
        if row.stufe != str(found.stufe):
            yield _unexplained(case, row, found) if row.erfahrung_monate is None else _wrong(case, row, found)


def _unexplained(case: Case, row: Any, found: Festsetzung) -> Finding:
    return case.hint(
        "stufe", f"{row.entgeltgruppe} Stufe {row.stufe} beim Eintritt; ohne anerkannte Zeiten wäre es Stufe "
        f"{found.stufe}: {found.grund}",
        "bei erster Ernennung die anerkannten Monate an der Eingruppierung erfassen (§ 30 LBesG NRW); nach einer "
        "Versetzung bleibt die Stufe des bisherigen Dienstherrn")


def _wrong(case: Case, row: Any, found: Festsetzung) -> Finding:
    return case.finding(
        "stufe", f"{row.entgeltgruppe} Stufe {row.stufe} beim Eintritt; nach {found.grund} gilt Stufe {found.stufe} "
        f"mit Beginn {found.seit:%d.%m.%Y}", "Stufe oder anerkannte Monate berichtigen; gezahlt wird die erfasste",
        left_out=False)


def hours_by_age(case: Case, facts: Facts) -> Iterator[Finding]:
    """Wenn die Eingruppierung beginnt oder ein Alter erreicht wird: die regelmäßige Arbeitszeit nach dem Alter."""
    born = case.person.geburtsdatum
    if case.job.art != BEAMTE or born is None:
        return
    years, before = vollendet(born, case.last), vollendet(born, facts.first - DAY)
    reached = any(before < age <= years for age in ALTER)
    for row in facts.grades.get(case.job.anchor, ()):
        begins = facts.first <= row.valid_from <= facts.last
        last_one = row.valid_to is None or row.valid_to >= case.last
        if not (row.tarifwerk.startswith("NRW") and last_one and (begins or reached)):
            continue
        hours = zahlen("wochenstunden_beamte_tabelle", facts.first)[sum(years >= age for age in ALTER)]
        if row.vollzeitstunden != hours:
            yield case.hint(
                "vollzeitstunden", f"Regelmäßige Arbeitszeit mit {years} Jahren: {hours} Wochenstunden (§ 2 AZVO NRW), "
                f"erfasst sind {row.vollzeitstunden.normalize():f}",
                "Wochenstunden bei Vollzeit berichtigen; das Entgelt ändert sich bei Teilzeit")
