"""Ein Monat als Spalten: Fälle, Scheiben der Eingruppierung, Bezüge, Hinweise."""

from __future__ import annotations

import calendar
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple

import numpy as np

from payroll.masterdata.slices.anspruch import claim_rows
from payroll.masterdata.slices.ausfall import Ausfall, ausfall_of
from payroll.masterdata.slices.cases import case_values
from payroll.masterdata.slices.danach import assigned, occasions_after, only_once, without_days
from payroll.masterdata.slices.derived import family_rows, sue_rows
from payroll.masterdata.slices.ernennung import appointed, hours_by_age
from payroll.masterdata.slices.findings import Finding
from payroll.masterdata.slices.jahr import buchstabe_u
from payroll.masterdata.slices.neben import Beside, beside
from payroll.masterdata.slices.pay import pay_slices, payment_rows
from payroll.masterdata.slices.reading import Facts, Rows, read
from payroll.masterdata.slices.sabbatical import announced, special_case
from payroll.masterdata.slices.span import Case, active_cases, pay_after_leaving
from payroll.masterdata.slices.tarifzulagen import Anlass, Tarifzulagen, conversion_days, tarif_rows
from payroll.masterdata.slices.widersprueche import contradictory
from tenants.db.session import TenantSession
from tenants.security import keys_of

Columns = dict[str, Any]


@dataclass
class MonthFacts:
    """Tatsachen eines Monats.

    cases: eine Zeile je aktiver Beschäftigung; slices, bezuege, familie (Zeitabschnitte mit Familienzuschlag) und sue
    (mit SuE-Zulage) verweisen mit `beschaeftigung_row` auf ihre Zeile in cases. Zahlenspalten sind int64, Texte Listen.
    findings: Hinweise, auch zu ausgelassenen Fällen. claims, dependants: Forderungen und Unterhaltspflichten je Person
    (Nummer), die an einem Tag des Monats gelten. neben: Nebenleistungen,
    Verträge und Darlehen je Zeile in cases. ohne_u2: Fälle je Kasse, deren Satz der Umlage U2 fehlt. teil: die
    Fälle sind nur ein Teil des Arbeitgebers; am_jahresende: dann, wie viele er am letzten Tag des Jahres beschäftigt.
    """

    month: date
    known_at: datetime | None
    cases: Columns
    slices: Columns
    bezuege: Columns
    findings: list[Finding]
    familie: Columns = field(default_factory=dict)
    sue: Columns = field(default_factory=dict)
    claims: Rows = field(default_factory=dict)
    dependants: Rows = field(default_factory=dict)
    tarif: Tarifzulagen = field(default_factory=Tarifzulagen)
    neben: dict[int, Beside] = field(default_factory=dict)
    ohne_u2: Counter[str] = field(default_factory=Counter)
    teil: bool = False
    am_jahresende: int | None = None

    @property
    def size(self) -> int:
        """Zahl der Fälle."""
        return len(self.cases.get("personalnummer", ()))

    def days(self, rows: Columns) -> Any:
        """Tage mit Entgelt je Abschnitt (Spalten beschaeftigung_row, von_tag, bis_tag), Fehlzeiten abgezogen."""
        days = np.asarray(rows["bis_tag"]) - np.asarray(rows["von_tag"]) + 1
        if self.tarif.ausfall:
            for i, row in enumerate(rows["beschaeftigung_row"]):
                days[i] -= self.lost(int(row), int(rows["von_tag"][i]), int(rows["bis_tag"][i]))
        return days

    def lost(self, row: int, first: int, last: int) -> int:
        """Tage ohne Entgelt eines Falls von einem Tag bis zu einem anderen."""
        gone = self.tarif.ausfall.get(row)
        return 0 if gone is None else gone.verloren(first, last)

    def flat_taxed(self, row: int) -> bool:
        """Ob der Arbeitgeber die Lohnsteuer dieses Falls pauschal trägt (§ 40a EStG)."""
        return bool(self.cases["pauschal_besteuert"][row])


def load_month(
    session: TenantSession, month: date, known_at: datetime | None = None, only: Collection[int] | None = None,
    receiving: Collection[int] = (),
) -> MonthFacts:
    """Lädt einen Monat nach dem Kenntnisstand `known_at` (leer: heute). Fehlt etwas, entfällt der Fall mit Hinweis.

    only: nur diese Beschäftigungen (Nummern), zum Beispiel für eine Rückrechnung. receiving: Hinterbliebene, denen in
    diesem Monat etwas nachgezahlt wird, obwohl ihr Sterbegeld in einem anderen fällig war.
    """
    read = read_month(session, month, known_at, only)
    read.receiving = frozenset(receiving)
    return shape(session, read, known_at)


def read_month(
    session: TenantSession, month: date, known_at: datetime | None = None, only: Collection[int] | None = None
) -> Facts:
    """Die Tatsachen eines Monats, wie sie gelesen sind; `only` wie bei :func:`load_month`."""
    first = month.replace(day=1)
    return read(session, first, first.replace(day=calendar.monthrange(first.year, first.month)[1]), known_at, only)


def shape(session: TenantSession, facts: Facts, known_at: datetime | None = None) -> MonthFacts:
    """Gelesene Tatsachen als Spalten; die Sitzung gibt nur die Schlüssel her."""
    first, findings = facts.first, list[Finding]()
    keys = keys_of(session)
    rows = _Zeilen(Tarifzulagen(overlays=facts.tarif.overlays, tables=facts.tarif.tables))
    for case in active_cases(facts, findings):
        problems: list[Finding] = []
        paid = _paid(case, facts, len(rows.cases), problems)
        problems += announced(case, facts)
        values = case_values(case, facts, keys, problems)
        findings += problems
        if values is not None and not any(problem.left_out for problem in problems):
            rows.take(case, facts, values, paid)
    findings += pay_after_leaving(facts)
    without_u2 = Counter(case["krankenkasse"] for case in rows.cases if case.pop("u2_fehlt"))
    findings += _funds_without_u2(facts, without_u2)
    tables = (_columns(found) for found in (rows.cases, rows.slices, rows.payments))
    return MonthFacts(first, known_at, *tables, findings, _columns(rows.families), _columns(rows.sue), facts.claims,
                      facts.dependants, rows.tarif, rows.neben, without_u2)


class _Bezahlt(NamedTuple):
    """Was ein Fall an Abschnitten, Bezügen, Zuschlägen, Nebenleistungen und Ausfall hat."""

    slices: list[dict[str, Any]]
    payments: list[dict[str, Any]]
    family: list[dict[str, Any]]
    sue: list[dict[str, Any]]
    neben: Beside | None
    absent: Ausfall | None
    extra: tuple[list[dict[str, Any]], list[Anlass]]


def _paid(case: Case, facts: Facts, at: int, problems: list[Finding]) -> _Bezahlt:
    """Bezüge eines Falls in Zeile `at`; wer danach noch etwas bekommt, hat nur Einmaliges und keine Tage."""
    paid = payment_rows(case, facts, at, problems)
    graded = pay_slices(case, facts, at, paid, problems)
    if case.danach:
        problems.append(assigned(case, facts))
        return _Bezahlt(graded, only_once(paid), [], [], None, without_days(case),
                        ([], list(occasions_after(case, facts))))
    family = family_rows(case, facts, graded, paid, problems)
    social = sue_rows(case, facts, graded, paid, problems)
    absent, extra = ausfall_of(case, facts, problems), tarif_rows(case, facts, graded, problems)
    extra[0].extend(claim_rows(case, facts, graded, paid, family, absent, problems))
    own = beside(case, facts, paid, problems)
    problems += [*appointed(case, facts), *hours_by_age(case, facts), *contradictory(case, facts)]
    return _Bezahlt(graded, paid, family, social, own, absent, extra)


@dataclass
class _Zeilen:
    """Die Zeilen aller Fälle, die abgerechnet werden."""

    tarif: Tarifzulagen
    cases: list[dict[str, Any]] = field(default_factory=list)
    slices: list[dict[str, Any]] = field(default_factory=list)
    payments: list[dict[str, Any]] = field(default_factory=list)
    families: list[dict[str, Any]] = field(default_factory=list)
    sue: list[dict[str, Any]] = field(default_factory=list)
    neben: dict[int, Beside] = field(default_factory=dict)

    def take(self, case: Case, facts: Facts, values: dict[str, Any], paid: _Bezahlt) -> None:
        """Nimmt einen Fall auf."""
        at = len(self.cases)
        if paid.neben is not None:
            self.neben[at] = paid.neben
        self.tarif.add(at, paid.absent, paid.extra)
        if (model := special_case(case, facts)) is not None:
            self.tarif.stoerfaelle[at] = model
        if not case.danach and (taken := conversion_days(case, facts)):
            self.tarif.umwandlung[at] = taken
        values["sv_fehltage"] = paid.absent.sv_fehltage if paid.absent else 0
        values["danach"], values["buchstabe_u"] = int(case.danach), buchstabe_u(case, facts)
        self.cases.append(values)
        self.slices += paid.slices
        self.payments += paid.payments
        self.families += paid.family
        self.sue += paid.sue


def _funds_without_u2(facts: Facts, missing: Counter[str]) -> list[Finding]:
    return [
        Finding(
            record=f"Krankenkasse {name or 'ohne Angabe'}",
            field="u2_satz",
            rule=f"Umlagesatz U2 für {facts.first:%m/%Y} fehlt, {count} Fälle werden ohne Umlage gerechnet (§ 7 AAG)",
            remedy="Satz der Kasse mit Quelle erfassen und neu rechnen",
            left_out=False,
        )
        for name, count in sorted(missing.items())
    ]


def _columns(rows: list[dict[str, Any]]) -> Columns:
    keys = list(rows[0]) if rows else []
    return {name: _column([row[name] for row in rows]) for name in keys}


def _column(values: list[Any]) -> Any:
    return np.array(values, dtype=np.int64) if isinstance(values[0], int) else values
