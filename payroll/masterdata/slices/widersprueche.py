"""Was an den Tatsachen von Tarif und Besoldung nicht zusammenpassen kann: je Fall ein Hinweis mit Recht und Abhilfe.

Niemand bleibt deshalb unbezahlt; was nicht wirkt, sagt es, statt still zu entfallen.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from payroll.law.rules.entgelt.laufzeit import plus_jahre
from payroll.law.rules.entgelt.werte import parameter
from payroll.masterdata.slices.findings import Finding
from payroll.masterdata.slices.reading import Facts
from payroll.masterdata.slices.span import BEAMTE, HINTERBLIEBENE, Case

TVOED = ("TVoeD-VKA", "TVoeD-SuE", "TVoeD-P")
ELTERNZEIT, TEILZEIT = "elternzeit", "elternzeit_teilzeit"
KINDESALTER = 8  # parental leave ends with the eighth birthday (section 15 (2) BEEG)
STUNDEN_ELTERNZEIT = 32  # a week on average (section 15 (4) BEEG)


def contradictory(case: Case, facts: Facts) -> Iterator[Finding]:
    """Alle Widersprüche eines Falls im Monat."""
    if case.job.art == HINTERBLIEBENE:
        return
    grades = facts.grades.get(case.job.anchor, ())
    yield from _hours(case, grades)
    yield from _without_effect(case, facts, {row.tarifwerk for row in grades})
    yield from _parental(case, facts, grades)
    yield from _occasions(case, facts)
    for row in facts.tarif.service.get(case.job.anchor, ()):
        if row.seit > case.job.eintritt:
            yield case.finding(
                "beschaeftigungszeit", f"Die Beschäftigungszeit beginnt am {row.seit:%d.%m.%Y}, nach dem Eintritt am "
                f"{case.job.eintritt:%d.%m.%Y} (§ 34 Abs. 3 TVöD)", "Tag prüfen: Vorzeiten legen ihn vor den Eintritt",
                left_out=False)


def _hours(case: Case, grades: Any) -> Iterator[Finding]:
    for row in (one for one in grades if one.wochenstunden > one.vollzeitstunden):
        most = parameter("arbeitszeit_hoechstens").argument(case.last) if row.tarifwerk in TVOED else None
        if most is not None and row.wochenstunden > int(most.value):
            yield case.finding(
                "wochenstunden", f"{row.wochenstunden.normalize():f} Wochenstunden; mehr als {int(most.value)} lassen "
                "sich nicht vereinbaren (§ 6 Abs. 1a TVöD)", "Wochenstunden berichtigen", left_out=False)
        elif row.tarifwerk.startswith("NRW"):
            yield case.finding(
                "wochenstunden", f"{row.wochenstunden.normalize():f} von {row.vollzeitstunden.normalize():f} "
                "Wochenstunden: über die regelmäßige Arbeitszeit hinaus gibt es keine Besoldung (§ 8 LBesG NRW, § 2 "
                "AZVO NRW)", "Wochenstunden berichtigen; Mehrarbeit als Vergütung erfassen", left_out=False)


def _without_effect(case: Case, facts: Facts, scales: set[str]) -> Iterator[Finding]:
    """Tatsachen des TVöD bei jemandem, der nach einem anderen Tarifwerk bezahlt wird."""
    if not scales or scales & set(TVOED):
        return
    named = ", ".join(sorted(scales))
    if facts.tarif.duties.get(case.job.anchor):
        yield case.finding("hoehere_taetigkeit", f"Die Zulage für höherwertige Tätigkeit kennt nur der TVöD (§ 14 "
                           f"TVöD), bezahlt wird nach {named}; sie wird nicht gezahlt",
                           "höherwertige Tätigkeit beenden oder die Eingruppierung berichtigen", left_out=False)
    for row in facts.tarif.steps.get(case.job.anchor, ()):
        if row.betrag_cent is not None or row.gruppe_bisher is not None or row.verkuerzt_monate:
            yield case.finding("stufenregelung", "Individuelle Stufe, Garantiebetrag und verkürzte Laufzeit kennt nur "
                               f"der TVöD (§ 17 TVöD, §§ 6, 7 TVÜ-VKA), bezahlt wird nach {named}; sie wirken nicht",
                               "Stufenregelung beenden oder die Eingruppierung berichtigen", left_out=False)


def _parental(case: Case, facts: Facts, grades: Any) -> Iterator[Finding]:
    for row in facts.tarif.absences.get(case.job.anchor, ()):
        now = row.valid_from <= case.last and (row.valid_to is None or row.valid_to >= case.first)
        if row.art not in (ELTERNZEIT, TEILZEIT) or not now or row.kind_geboren_am is None:
            continue
        if row.valid_from < row.kind_geboren_am:
            yield case.finding("fehlzeit", f"Elternzeit ab {row.valid_from:%d.%m.%Y}, das Kind ist erst am "
                               f"{row.kind_geboren_am:%d.%m.%Y} geboren (§ 15 Abs. 1 BEEG)",
                               "Beginn oder Geburtstag berichtigen", left_out=False)
        if plus_jahre(row.kind_geboren_am, KINDESALTER) <= case.first:
            yield case.finding("fehlzeit", f"Elternzeit für ein Kind, das am {row.kind_geboren_am:%d.%m.%Y} geboren "
                               "ist: sie endet mit dem achten Geburtstag (§ 15 Abs. 2 BEEG)",
                               "Geburtstag oder Ende berichtigen", left_out=False)
        if row.art == TEILZEIT and any(one.wochenstunden > STUNDEN_ELTERNZEIT for one in grades
                                       if one.valid_to is None or one.valid_to >= max(row.valid_from, case.first)):
            yield case.finding("wochenstunden", f"In der Elternzeit sind höchstens {STUNDEN_ELTERNZEIT} Wochenstunden "
                               "erlaubt (§ 15 Abs. 4 BEEG)", "Wochenstunden oder Fehlzeit berichtigen", left_out=False)


def _occasions(case: Case, facts: Facts) -> Iterator[Finding]:
    for row in facts.tarif.occasions.get(case.job.anchor, ()):
        leaves = case.job.austritt is not None and case.job.austritt <= case.last
        if row.art == "urlaubsabgeltung" and not leaves:
            yield case.finding("anlasszahlung", "Urlaub wird nur abgegolten, wenn er wegen des Endes der "
                               "Beschäftigung nicht genommen werden kann (§ 7 Abs. 4 BUrlG); ein Austritt ist nicht "
                               "erfasst", "Austritt erfassen oder die Zahlung aus Anlass beenden", left_out=False)
        if row.art == "abschlusspraemie" and case.job.art == BEAMTE:
            yield case.finding("anlasszahlung", "Eine Abschlussprämie erhalten Auszubildende (§ 17 TVAöD), nicht "
                               "Beamtinnen und Beamte", "Zahlung aus Anlass beenden", left_out=False)
