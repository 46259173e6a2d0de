"""Bezüge, die Gesetz und Tarif aus den Tatsachen ergeben: Familienzuschlag der Beamten, SuE-Zulage.

Ein eingegebener Betrag derselben Lohnarten geht vor: an seinen Tagen entsteht kein zweiter, und es gibt einen Hinweis.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from payroll.law.parameters.pay_tables import MIETENSTUFEN, load_pay_tables
from payroll.masterdata.models.pay import EINSTIEGSAEMTER
from payroll.masterdata.slices.findings import Finding
from payroll.masterdata.slices.pay import Rows, append
from payroll.masterdata.slices.reading import Facts
from payroll.masterdata.slices.span import Case, overlapping

FAMILIE = (2004, 2005)
SUE = {"grund": 1100, "erhoeht": 1101}
SUE_GRUPPEN = {g.entgeltgruppe: SUE[g.sue_zulage] for g in load_pay_tables().gruppen if g.sue_zulage in SUE}
# 180.00 in S 15 is due in case group 6 only, and no fact says which case group it is.
FALLGRUPPE, FALLGRUPPE_6 = ("S15",), "sue_fallgruppe_6"
EINSTIEG_OFFEN = "A5-A8"  # trainee officers: annex 13 has two classes of the supplement in it


def family_rows(case: Case, facts: Facts, graded: Rows, paid: Rows, problems: list[Finding]) -> Rows:
    """Abschnitte mit Anspruch auf Familienzuschlag, geschnitten, wo sich Familie, Gruppe oder Arbeitszeit ändert."""
    families = facts.families.get(case.job.anchor, ())
    if not families:
        return []
    if case.job.art != "beamte":
        problems.append(_not_official(case))
        return []
    if overlapping(families):
        problems.append(case.finding("familienzuschlag", "Angaben überschneiden sich", "Zeiträume berichtigen"))
        return []
    if not graded:
        problems.append(_without_group(case))
    rows: Rows = []
    for family in families:
        first, last = max(family.valid_from, case.first), min(family.valid_to or case.last, case.last)
        values = {
            "familienzuschlag_stufe_1": int(family.stufe1),
            "familienzuschlag_kinder": family.kinder,
            "mietenstufe": MIETENSTUFEN.index(family.mietenstufe or "alle"),
            "mietenstufe_text": family.mietenstufe or "",
            "stufe_1_geteilt": int(family.geteilt),
            "gemeinsam_vollzeit": int(family.gemeinsam_vollzeit),
            "anwaerter_einstiegsamt": EINSTIEGSAEMTER.index(family.einstiegsamt) + 1 if family.einstiegsamt else 0,
        }
        for piece in graded:
            if piece["entgeltgruppe_text"] == EINSTIEG_OFFEN and family.einstiegsamt is None:
                problems.append(_entry_office(case))
                return []
            _add(rows, piece, first, last, values)
    return without_typed(case, rows, paid, FAMILIE, "Der Familienzuschlag", problems)


def sue_rows(case: Case, facts: Facts, graded: Rows, paid: Rows, problems: list[Finding]) -> Rows:
    """Abschnitte in Gruppen, die die SuE-Zulage haben."""
    rows: Rows = []
    for piece in graded:
        group = piece["entgeltgruppe_text"]
        if piece["tarifwerk_text"] != "TVoeD-SuE" or group not in SUE_GRUPPEN:
            continue
        spans = [(case.first, case.last)]
        if group in FALLGRUPPE:
            claims = facts.tarif.allowances.get(case.job.anchor, ())
            spans = [(max(one.valid_from, case.first), min(one.valid_to or case.last, case.last))
                     for one in claims if one.art == FALLGRUPPE_6]
            if not spans and not any(payment["lohnart"] in SUE.values() for payment in paid):
                problems.append(_by_case_group(case, group))
        for first, last in spans:
            _add(rows, piece, first, last, {"lohnart": SUE_GRUPPEN[group]})
    return without_typed(case, rows, paid, tuple(SUE.values()), "Die SuE-Zulage", problems)


SHARED = ("beschaeftigung_row", "tarifwerk", "entgeltgruppe", "wochenstunden", "vollzeitstunden")


def _add(rows: Rows, piece: dict[str, Any], first: date, last: date, values: dict[str, Any]) -> None:
    begin, end = max(piece["von_tag"], first.day), min(piece["bis_tag"], last.day)
    if first <= last and begin <= end:
        append(rows, {name: piece[name] for name in SHARED} | values | {"von_tag": begin, "bis_tag": end})


def without_typed(
    case: Case, rows: Rows, paid: Rows, wage_types: tuple[int, ...], what: str, problems: list[Finding],
    *, whole_month: bool = False
) -> Rows:
    """Die Abschnitte ohne die Tage, an denen der Betrag schon eingegeben ist.

    whole_month: der Betrag gilt für den Monat; ein eingegebener, der ihn berührt, wird ganz gezahlt, also entfallen
    alle Abschnitte.
    """
    typed = [payment for payment in paid if payment["lohnart"] in wage_types]
    days = {day for payment in typed for day in range(payment["von_tag"], payment["bis_tag"] + 1)}
    if whole_month and typed:
        days = set(range(1, 32))
    if not any(day in days for row in rows for day in range(row["von_tag"], row["bis_tag"] + 1)):
        return rows
    problems.append(_typed(case, f"Lohnart {typed[0]['lohnart']}", what))
    return except_days(rows, days)


def except_days(rows: Rows, days: set[int]) -> Rows:
    """Die Abschnitte ohne diese Tage des Monats; wo sie mitten darin liegen, in Stücken."""
    return [row | {"von_tag": begin, "bis_tag": end} for row in rows for begin, end in _free(row, days)]


def _free(row: dict[str, Any], taken: set[int]) -> Iterator[tuple[int, int]]:
    """Zusammenhängende Tage des Abschnitts, die nicht vergeben sind."""
    begin = None
    for day in range(row["von_tag"], row["bis_tag"] + 2):
        if day > row["bis_tag"] or day in taken:
            if begin is not None:
                yield begin, day - 1
            begin = None
        elif begin is None:
            begin = day


def _typed(case: Case, field: str, what: str) -> Finding:
    return case.finding(
        field,
        f"{what} ergibt sich aus den Angaben; gezahlt wird der eingegebene Betrag, nicht beides",
        "eingegebenen Betrag beenden, wenn er nicht bewusst abweicht",
        left_out=False,
    )


def _not_official(case: Case) -> Finding:
    return case.finding(
        "familienzuschlag",
        "Familienzuschlag steht nur Beamtinnen und Beamten zu (§ 42 LBesG NRW); er wird nicht gezahlt",
        "Angaben zum Familienzuschlag beenden oder die Art der Beschäftigung berichtigen",
        left_out=False,
    )


def _without_group(case: Case) -> Finding:
    return case.finding(
        "familienzuschlag",
        "Familienzuschlag folgt der Besoldungsgruppe (§ 43 LBesG NRW); ohne Eingruppierung wird er nicht gezahlt",
        "Besoldungsgruppe erfassen oder den Betrag als Lohnart 2004 und 2005",
        left_out=False,
    )


def _entry_office(case: Case) -> Finding:
    return case.finding(
        "einstiegsamt",
        "Der Familienzuschlag der Anwärter A5 bis A8 folgt dem Einstiegsamt (§ 43 LBesG NRW, Anlage 13); es fehlt, er "
        "wird nicht gezahlt",
        "Einstiegsamt am Familienzuschlag erfassen",
        left_out=False,
    )


def _by_case_group(case: Case, group: str) -> Finding:
    return case.finding(
        f"Lohnart {SUE_GRUPPEN[group]}",
        f"In {group} steht die SuE-Zulage nur in Fallgruppe 6 zu (Anlage zu § 52 TVöD-BT-V); sie wird nicht gezahlt",
        f"in Fallgruppe 6 den Zulagenanspruch „SuE-Zulage in S15“ erfassen, sonst Lohnart {SUE_GRUPPEN[group]} "
        "mit 0,00",
        left_out=False,
    )
