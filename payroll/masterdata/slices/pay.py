"""Eingruppierung und Bezüge eines Falls als Zeilen."""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from payroll.law import encode
from payroll.law.encode import UnknownName
from payroll.law.parameters.uploaded import Uploaded
from payroll.masterdata.slices.findings import Finding
from payroll.masterdata.slices.reading import Facts
from payroll.masterdata.slices.sabbatical import phases, scaled
from payroll.masterdata.slices.span import BEAMTE, HINTERBLIEBENE, Case, overlapping
from payroll.masterdata.slices.stufen import stepped

Rows = list[dict[str, Any]]
DAY = timedelta(days=1)


def pay_slices(case: Case, facts: Facts, row: int, payments: Rows, problems: list[Finding]) -> Rows:
    """Scheiben der Eingruppierung; sie decken alle Tage des Falls, sonst gibt es einen Hinweis.

    Wer sein laufendes Entgelt als festen Betrag bekommt (Minijob, außertariflich), braucht keine Eingruppierung.
    """
    grades = facts.grades.get(case.job.anchor, ())
    fixed = any(payment["ziel"] == "grundentgelt" for payment in payments)
    if not grades and (fixed or case.danach or case.job.art in ("minijob", HINTERBLIEBENE)):
        if not fixed and not case.danach and case.job.art != HINTERBLIEBENE:
            problems.append(case.finding("bezuege", "weder Eingruppierung noch fester Betrag", "Entgelt erfassen"))
        return []
    if overlapping(grades):
        problems.append(case.finding("entgeltgruppe", "Eingruppierungen überschneiden sich", "Zeiträume berichtigen"))
        return []
    slices: Rows = []
    expected = case.first
    for grade in stepped(case, facts, grades, problems):
        first = max(grade.valid_from, case.first)
        last = min(grade.valid_to or case.last, case.last)
        if first > last:
            continue
        if first > expected and not case.danach:
            problems.append(_gap(case, expected, first - DAY))
        expected = last + DAY
        for begin, end, phase in phases(case, facts, first, last):
            append(slices, _slice(case, row, grade, begin, end, problems, facts.tarif.tables) | scaled(grade, phase))
    if expected <= case.last and not case.danach:
        problems.append(_gap(case, expected, case.last))
    return slices


def _slice(case: Case, row: int, grade: Any, first: date, last: date, problems: list[Finding],
           tables: Uploaded) -> dict[str, Any]:
    codes: tuple[int, int, int] = (-1, -1, -1)
    answer = _assignment(grade.tarifwerk, grade.entgeltgruppe, grade.stufe, last, tables)
    if isinstance(answer, UnknownName):
        problems.append(case.finding(answer.field, f"{answer.rule} ({_law(grade.tarifwerk)})", answer.remedy))
    else:
        codes = answer
    return {
        "beschaeftigung_row": row,
        "tarifwerk": codes[0],
        "entgeltgruppe": codes[1],
        "stufe": codes[2],
        "wochenstunden": 0,
        "vollzeitstunden": 0,
        "von_tag": first.day,
        "bis_tag": last.day,
        "tarifwerk_text": grade.tarifwerk,
        "entgeltgruppe_text": grade.entgeltgruppe,
        "stufe_text": grade.stufe,
    }


def _law(scale: str) -> str:
    """Wo Gruppen und Stufen geregelt sind."""
    if scale.startswith("NRW"):
        return "§§ 19 bis 30 LBesG NRW"
    return "§ 8 TVAöD" if scale.startswith("TVA") else "§§ 15, 16 TVöD"


@lru_cache(65536)
def _assignment(tarifwerk: str, gruppe: str, stufe: str, day: date,
                tables: Uploaded) -> tuple[int, int, int] | UnknownName:
    try:
        return encode.assignment(tarifwerk, gruppe, stufe, day, tables)
    except UnknownName as error:
        return error


def _gap(case: Case, first: date, last: date) -> Finding:
    return case.finding(
        "entgeltgruppe",
        f"keine Eingruppierung vom {first:%d.%m.%Y} bis {last:%d.%m.%Y}",
        "Tarifwerk, Gruppe, Stufe und Wochenstunden für diese Tage erfassen",
    )


def payment_rows(case: Case, facts: Facts, row: int, problems: list[Finding]) -> Rows:
    """Bezüge des Falls. `betrag_cent` ist der volle Betrag; `teilzeit` und `anteilig` sagen, was noch zu kürzen ist.

    Ein Monatsbetrag, der nicht nach Tagen gekürzt wird, steht einmal zu: ändert er sich im Monat, zählt der letzte.
    """
    rows: Rows = []
    newest = _newest(case, facts)
    for payment in facts.payments.get(case.job.anchor, ()):
        if payment.ziel is None:
            problems.append(
                case.finding(
                    f"Lohnart {payment.nummer}",
                    f"hat am {facts.last:%d.%m.%Y} keine Wirkung für Steuer und Sozialversicherung",
                    "Lohnart für diesen Zeitraum erfassen",
                )
            )
            continue
        if payment.ziel == "keines":
            problems.append(_not_paid(case, payment))
            continue
        if payment.personenkreis != "alle" and (payment.personenkreis == BEAMTE) != (case.job.art == BEAMTE):
            problems.append(_other_circle(case, payment))
        once = payment.ziel == "einmalzahlung"
        if once and payment.valid_from < facts.first:
            continue
        first = max(payment.valid_from, case.first)
        last = min(payment.valid_to or case.last, case.last)
        if once:
            rows.append(_payment(row, payment, case, first, last))
        elif first <= last and (payment.tage or newest[payment.nummer, payment.laufnummer] == payment.id):
            append(rows, _payment(row, payment, None, first, last))
    return rows


def _newest(case: Case, facts: Facts) -> dict[tuple[int, int], int]:
    """Je Lohnart und laufender Nummer die letzte Tatsache, die an einem Tag des Falls gilt."""
    return {
        (payment.nummer, payment.laufnummer): payment.id
        for payment in facts.payments.get(case.job.anchor, ())
        if payment.valid_from <= case.last
    }


def append(rows: Rows, new: dict[str, Any]) -> None:
    """Schließt eine Zeile mit gleichem Inhalt an die vorige an: geschnitten wird nur, wo sich etwas ändert.

    Sonst hinge der Cent einer Rundung daran, in wie vielen Stücken dieselbe Tatsache erfasst wurde.
    """
    last = rows[-1] if rows else None
    if last is not None and last["bis_tag"] + 1 == new["von_tag"] and _content(last) == _content(new):
        last["bis_tag"] = new["bis_tag"]
    else:
        rows.append(new)


def _content(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in ("von_tag", "bis_tag", "bezug_id")}


def _not_paid(case: Case, payment: Any) -> Finding:
    """Ein Betrag, den keine Eingangsspalte aufnimmt, entfällt nicht stillschweigend."""
    return case.finding(
        f"Lohnart {payment.nummer}",
        f"{payment.text}: der erfasste Betrag wird nicht abgerechnet, diese Lohnart nimmt keine Beträge auf",
        "Betrag beenden und eine Lohnart wählen, die ihn abrechnet",
        left_out=False,
    )


def _other_circle(case: Case, payment: Any) -> Finding:
    """Eine Lohnart des Tarifs bei Beamten oder umgekehrt; gezahlt wird, was erfasst ist."""
    circle = "Beamtinnen und Beamte" if payment.personenkreis == BEAMTE else "Beschäftigte nach Tarif"
    return case.finding(
        f"Lohnart {payment.nummer}",
        f"{payment.text} ist eine Lohnart für {circle} (§ 1 LBesG NRW, § 1 TVöD); Steuer und Beiträge folgen ihr",
        "die Lohnart des eigenen Personenkreises erfassen oder ihren Personenkreis ändern",
        left_out=False,
    )


def _payment(row: int, payment: Any, whole: Case | None, first: date, last: date) -> dict[str, Any]:
    return {
        "beschaeftigung_row": row,
        "bezug_id": payment.id,
        "lohnart": payment.nummer,
        "betrag_cent": payment.betrag_cent,
        "zv": int(payment.zv),
        "teilzeit": int(payment.teilzeit),
        "anteilig": int(payment.tage),
        "von_tag": (whole.first if whole else first).day,
        "bis_tag": (whole.last if whole else last).day,
        "text": payment.text,
        "ziel": payment.ziel,
        "steuer": payment.steuer,
        "sv": payment.sv,
        "pfaendbar": payment.pfaendbar,
    }
