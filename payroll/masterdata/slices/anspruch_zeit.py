"""Ansprüche, über die Tage entscheiden: vermögenswirksame Leistung je vollem Monat, Zuschuss in der Elternzeit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any

from payroll.law.rules.entgelt.krankheit import ZUSCHUSS
from payroll.law.rules.entgelt.laufzeit import plus_monate
from payroll.law.rules.entgelt.termine import vwl_ab
from payroll.masterdata.slices.ausfall import Ausfall
from payroll.masterdata.slices.findings import Finding
from payroll.masterdata.slices.reading import Facts
from payroll.masterdata.slices.span import BEAMTE, Case

Rows = list[dict[str, Any]]
DAY = timedelta(days=1)
VWL_ART = 6  # place of "vermoegenswirksame_leistungen" among the names of the rules' input zulage_art
WAGE_TYPES = {"auszubildende": 1651, BEAMTE: 2019}
MINDESTENS = 6  # months that the employment is going to last (section 23 (1) TVöD)
MENGE = ("tarifwerk", "wochenstunden", "vollzeitstunden")
GRADE = ("entgeltgruppe", *MENGE)


def capital_rows(case: Case, facts: Facts, claims: Sequence[Any], graded: Rows, absent: Ausfall | None,
                 problems: list[Finding]) -> Iterator[dict[str, Any]]:
    """Vermögenswirksame Leistung: für volle Monate mit Entgelt oder Krankengeldzuschuss, ab dem Monat, den die
    Mitteilung des Vertrags erlaubt (§ 23 Abs. 1 TVöD).

    claims: alle Fassungen des Anspruchs im Monat, nach ihrem ersten Tag; zusammen müssen sie ihn füllen.
    """
    since = min((vwl_ab(claim.mitgeteilt_am, case.job.eintritt) for claim in claims), key=lambda one: one.tag)
    if (short := _too_short(case)) is not None:
        problems.append(short)
        return
    if facts.first < since.tag:
        problems.append(_not_yet(case, since.tag, since.grund))
        return
    begin = claims[0].valid_from
    if begin.replace(day=1) == facts.first and begin > since.tag:
        problems.append(_earlier(case, since.tag, since.grund))
    if not graded:
        problems.append(_without_grade(case))
    if not _whole_month(case, facts, claims) or not _with_pay(absent):
        return
    for piece in _by_hours(graded):
        given = {name: int(piece[name]) for name in GRADE} | {"zulage_art": VWL_ART}
        yield {"beschaeftigung_row": piece["beschaeftigung_row"], "art": claims[0].art,
               "lohnart": WAGE_TYPES.get(case.job.art, 1650), "von_tag": piece["von_tag"], "bis_tag": piece["bis_tag"],
               "text": "", "eingaben": given}


def _whole_month(case: Case, facts: Facts, claims: Sequence[Any]) -> bool:
    """Ob Beschäftigung und Anspruch an jedem Tag des Monats bestehen."""
    days = {day for claim in claims for day in range(
        max(claim.valid_from, facts.first).day, min(claim.valid_to or facts.last, facts.last).day + 1)}
    return (case.first, case.last) == (facts.first, facts.last) and len(days) == facts.last.day


def _by_hours(graded: Rows) -> Rows:
    """Abschnitte nach Tarifwerk und Arbeitszeit: Gruppe und Stufe ändern den Betrag nicht, und jeder Schnitt kann einen
    Cent der Rundung kosten."""
    found: Rows = []
    for piece in graded:
        last = found[-1] if found else None
        if last is not None and last["bis_tag"] + 1 == piece["von_tag"] and all(
                last[name] == piece[name] for name in MENGE):
            found[-1] = piece | {"von_tag": last["von_tag"]}
        else:
            found.append(piece)
    return found


def _with_pay(absent: Ausfall | None) -> bool:
    """Ob im Monat Entgelt, Entgeltfortzahlung oder Krankengeldzuschuss zusteht."""
    return absent is None or not absent.ganz or any(one.leistung == ZUSCHUSS for one in absent.ersatz)


def _too_short(case: Case) -> Finding | None:
    end = case.job.austritt
    if case.job.art == BEAMTE or end is None or end >= plus_monate(case.job.eintritt, MINDESTENS) - DAY:
        return None
    return case.finding(
        "zulagenanspruch", "Vermögenswirksame Leistungen setzen ein Arbeitsverhältnis von voraussichtlich mindestens "
        "sechs Monaten voraus (§ 23 Abs. 1 TVöD); sie werden nicht gezahlt",
        "Zulagenanspruch beenden oder den Austritt berichtigen", left_out=False)


def _not_yet(case: Case, day: date, why: str) -> Finding:
    return case.finding(
        "mitgeteilt_am", f"Vermögenswirksame Leistung erst ab {day:%m/%Y}: {why}",
        "Tag der Mitteilung prüfen oder den Anspruch ab diesem Monat erfassen", left_out=False)


def _earlier(case: Case, day: date, why: str) -> Finding:
    return case.hint(
        "zulagenanspruch", f"Vermögenswirksame Leistung steht schon ab {day:%m/%Y} zu: {why}",
        "soll sie von da an gezahlt werden, den Anspruch ab diesem Monat erfassen; die Rückrechnung zahlt nach")


def _without_grade(case: Case) -> Finding:
    return case.finding(
        "zulagenanspruch", "Vermögenswirksame Leistung richtet sich nach der Arbeitszeit (§ 24 Abs. 2 TVöD); ohne "
        "Eingruppierung wird sie nicht gezahlt", "Eingruppierung oder die Lohnart mit Betrag erfassen", left_out=False)


def parental_rows(case: Case, facts: Facts, claim: Any, graded: Rows,
                  problems: list[Finding]) -> Iterator[dict[str, Any]]:
    """Tage der Elternzeit im Monat, an denen der Zuschuss zur privaten Krankenversicherung zusteht."""
    insured = facts.insurance.get(case.job.anchor)
    if insured and insured[-1].kv_art != "privat":
        problems.append(_not_private(case))
        return
    found = False
    for row in facts.tarif.absences.get(case.job.anchor, ()):
        first = max(row.valid_from, claim.valid_from, case.first)
        last = min(row.valid_to or case.last, claim.valid_to or case.last, case.last)
        if row.art == "elternzeit" and first <= last and graded:
            found = True
            yield {"beschaeftigung_row": graded[0]["beschaeftigung_row"], "art": claim.art, "lohnart": 2112,
                   "von_tag": first.day, "bis_tag": last.day, "text": "", "eingaben": {"elternzeit_pkv": 1}}
    if not found:
        problems.append(_no_leave(case))


def _not_private(case: Case) -> Finding:
    return case.finding(
        "kv_art", "Der Zuschuss in der Elternzeit steht zu den Beiträgen einer privaten Krankenversicherung zu (§ 17 "
        "FrUrlV NRW); er wird nicht gezahlt", "Art der Krankenversicherung prüfen oder den Zulagenanspruch beenden",
        left_out=False)


def _no_leave(case: Case) -> Finding:
    return case.finding(
        "fehlzeit", f"Zuschuss zur Krankenversicherung in der Elternzeit (§ 17 FrUrlV NRW): im {case.last:%m/%Y} ist "
        "keine Elternzeit erfasst; er wird nicht gezahlt", "Elternzeit als Fehlzeit erfassen oder den Zulagenanspruch "
        "beenden", left_out=False)
