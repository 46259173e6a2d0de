"""Was der Tarif über das Tabellenentgelt hinaus aus Tatsachen ergibt: Zeilen je Abschnitt und Anlässe."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from payroll.law.encode import UnknownName, gruppe_code
from payroll.law.engine.overlay import Overlay
from payroll.law.parameters.uploaded import Uploaded
from payroll.law.rules.entgelt.laufzeit import monatserster, plus_monate
from payroll.law.rules.entgelt.termine import erhoehung_endet, jubilaeen
from payroll.masterdata.models.tarif import NICHT_IM_LAUF, UMWANDLUNGSTAG
from payroll.masterdata.slices.ausfall import Ausfall, absences, service_since
from payroll.masterdata.slices.findings import Finding
from payroll.masterdata.slices.reading import Facts
from payroll.masterdata.slices.span import Case

Rows = list[dict[str, Any]]
DAY = timedelta(days=1)
TARIF = ("TVoeD-VKA", "TVoeD-SuE", "TVoeD-P")
ERHOEHT_SEIT = date(2026, 1, 1)
SLICE = ("tarifwerk", "entgeltgruppe", "stufe", "wochenstunden", "vollzeitstunden")


@dataclass(frozen=True)
class Anlass:
    """Ein Anspruch aus einem Anlass; menge in Hundertsteln (offene Urlaubstage), jahre der Beschäftigungszeit; beginn:
    der Austritt, wenn einer erfasst ist."""

    art: str
    tag: date
    menge: int = 0
    jahre: int = 0
    grund: str = ""
    beginn: date | None = None


@dataclass
class Tarifzulagen:
    """Ausfall und Anlässe je Fall, Zulagen des Tarifs als Zeilen, Festlegungen des Arbeitgebers und Tabellen.

    stoerfaelle: je Fall das Sabbatical, das in diesem Monat vorzeitig endet; umwandlung: je Fall die Umwandlungstage
    der letzten zwölf Monate, menge in Hundertstelstunden.
    """

    overlays: tuple[Overlay, ...] = ()
    tables: Uploaded = ()
    ausfall: dict[int, Ausfall] = field(default_factory=dict)
    zulagen: Rows = field(default_factory=list)
    anlaesse: dict[int, list[Anlass]] = field(default_factory=dict)
    stoerfaelle: dict[int, Any] = field(default_factory=dict)
    umwandlung: dict[int, list[Anlass]] = field(default_factory=dict)

    def add(self, row: int, absent: Ausfall | None, extra: tuple[Rows, list[Anlass]]) -> None:
        """Nimmt die Zeilen eines Falls auf."""
        if absent is not None:
            self.ausfall[row] = absent
        self.zulagen += extra[0]
        if extra[1]:
            self.anlaesse[row] = extra[1]


def tarif_rows(case: Case, facts: Facts, graded: Rows, problems: list[Finding]) -> tuple[Rows, list[Anlass]]:
    """Zeilen der Zulagen und Anlässe eines Falls."""
    paid = [piece for piece in graded if piece["tarifwerk_text"] in TARIF]
    rows = [*_duties(case, facts, paid, problems), *_rules(case, facts, paid), *_raised(case, facts, paid, problems)]
    return rows, list(_occasions(case, facts, problems))


def conversion_days(case: Case, facts: Facts) -> list[Anlass]:
    """Umwandlungstage eines Falls, deren Wert seine SuE-Zulage in diesem Monat noch kürzen kann."""
    return [Anlass(row.art, row.valid_from, int(row.menge * 100), beginn=case.job.austritt)
            for row in facts.tarif.occasions.get(case.job.anchor, ()) if row.art == UMWANDLUNGSTAG]


def _row(kind: str, piece: dict[str, Any], first: date, last: date, **values: Any) -> Iterator[dict[str, Any]]:
    begin, end = max(piece["von_tag"], first.day), min(piece["bis_tag"], last.day)
    if first <= last and begin <= end:
        shared = {name: piece[name] for name in ("beschaeftigung_row", *SLICE)}
        yield shared | {"art": kind, "von_tag": begin, "bis_tag": end, "text": "", **values}


def _span(case: Case, row: Any) -> tuple[date, date]:
    return max(row.valid_from, case.first), min(row.valid_to or case.last, case.last)


def _duties(case: Case, facts: Facts, paid: Rows, problems: list[Finding]) -> Iterator[dict[str, Any]]:
    """Persönliche Zulage für höherwertige Tätigkeit von mindestens einem Monat, vom ersten Tag an (§ 14 TVöD)."""
    for duty in facts.tarif.duties.get(case.job.anchor, ()):
        if duty.valid_to is not None and duty.valid_to < plus_monate(duty.valid_from, 1) - DAY:
            problems.append(_too_short(case, duty))
            continue
        for piece in paid:
            try:
                code = gruppe_code(piece["tarifwerk_text"], duty.entgeltgruppe)
            except UnknownName as error:
                problems.append(case.finding(error.field, error.rule, error.remedy, left_out=False))
                break
            yield from _row("hoeherwertig", piece, *_span(case, duty), hoehere_gruppe=code, text=duty.entgeltgruppe)


def _rules(case: Case, facts: Facts, paid: Rows) -> Iterator[dict[str, Any]]:
    """Individuelle Stufe und Garantiebetrag."""
    for rule in facts.tarif.steps.get(case.job.anchor, ()):
        for piece in paid:
            if rule.betrag_cent is not None:
                yield from _row("individuell", piece, *_span(case, rule), individuelle_stufe_betrag=rule.betrag_cent)
            if rule.gruppe_bisher is not None and piece["tarifwerk_text"] == "TVoeD-SuE":
                code = gruppe_code("TVoeD-SuE", rule.gruppe_bisher)
                yield from _row("garantie", piece, *_span(case, rule), gruppe_bisher=code,
                                stufe_bisher=int(rule.stufe_bisher), text=f"bisher {rule.gruppe_bisher}")  # fmt: skip


def _raised(case: Case, facts: Facts, paid: Rows, problems: list[Finding]) -> Iterator[dict[str, Any]]:
    """Zuschlag für vereinbarte Stunden über der Vollzeit (§ 6 Abs. 1a, § 8 Abs. 7 TVöD), seit 2026."""
    for piece in paid:
        if piece["wochenstunden"] <= piece["vollzeitstunden"] or facts.first < ERHOEHT_SEIT:
            continue
        if piece["tarifwerk_text"] == "TVoeD-VKA":
            yield from _row("erhoeht", piece, case.first, case.last)
    for grade in facts.grades.get(case.job.anchor, ()):
        if grade.wochenstunden > grade.vollzeitstunden and grade.tarifwerk in TARIF:
            problems += _limit(case, grade)


def _limit(case: Case, grade: Any) -> Iterator[Finding]:
    try:
        end = erhoehung_endet(grade.valid_from, grade.valid_to)
    except ValueError as error:
        yield case.finding("wochenstunden", str(error).partition(": ")[2], "Vereinbarung prüfen", left_out=False)
        return
    if end.tag <= plus_monate(case.last, 2):
        yield case.hint("wochenstunden", f"{end.grund}: letzter Tag {end.tag:%d.%m.%Y}",
                        "neu vereinbaren oder die Wochenstunden danach auf das frühere Maß setzen")  # fmt: skip


def _occasions(case: Case, facts: Facts, problems: list[Finding]) -> Iterator[Anlass]:
    if case.job.art in ("tarif", "minijob"):
        for years, day, reason in _jubilees(case, facts):
            month = monatserster(day)
            if month == facts.first and day <= case.last:
                yield Anlass("jubilaeum", day, jahre=years, grund=reason)
            elif month == plus_monate(facts.first, 1):
                problems.append(case.hint("beschaeftigungszeit", f"Jubiläum am {day:%d.%m.%Y}: {reason}",
                                          "Urkunde und Arbeitsbefreiung vorbereiten (§ 29 TVöD)"))  # fmt: skip
    for row in facts.tarif.occasions.get(case.job.anchor, ()):
        if row.art not in NICHT_IM_LAUF:
            yield Anlass(row.art, row.valid_from, int(row.menge * 100), beginn=case.job.austritt)
    if case.person.verstorben_am is not None and case.person.verstorben_am == case.last and case.job.art == "tarif":
        yield Anlass("sterbegeld", case.last)


def _jubilees(case: Case, facts: Facts) -> Iterator[tuple[int, date, str]]:
    """Nur mit erfasster Beschäftigungszeit; Sonderurlaub ohne dienstliches Interesse zählt nicht (§ 34 Abs. 3 TVöD)."""
    rows = facts.tarif.service.get(case.job.anchor)
    if not rows:
        return
    since = service_since(case, facts)
    spans = absences(facts.tarif.absences.get(case.job.anchor, ()), case.last)
    lost = sum(one.tage for one in spans if one.art == "sonderurlaub" and one.von >= rows[-1].valid_from)
    for years, one in zip((25, 40), jubilaeen(since + DAY * lost), strict=True):
        yield years, one.tag, one.grund + (f", {lost} Tage Sonderurlaub zählen nicht" if lost else "")


def _too_short(case: Case, duty: Any) -> Finding:
    return case.finding(
        "hoehere_taetigkeit",
        f"höherwertige Tätigkeit vom {duty.valid_from:%d.%m.%Y} bis {duty.valid_to:%d.%m.%Y} dauert keinen Monat; "
        "eine Zulage steht nicht zu (§ 14 Abs. 1 TVöD)",
        "Zeitraum prüfen oder die Tatsache beenden",
        left_out=False,
    )
