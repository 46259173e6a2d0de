"""Wer im Monat beschäftigt ist und an welchen Tagen."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from payroll.masterdata.models.tarif import NICHT_IM_LAUF
from payroll.masterdata.slices.findings import Finding
from payroll.masterdata.slices.reading import Facts

BEAMTE, HINTERBLIEBENE = "beamte", "hinterbliebene"
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Case:
    """Eine Beschäftigung im Monat: Zeile der Beschäftigung, Angaben zur Person, erster und letzter Tag.

    danach: sie ist vorher zu Ende gegangen, im Monat fällt nur noch eine Einmalzahlung an.
    """

    job: Any
    person: Any
    first: date
    last: date
    danach: bool = False

    @property
    def insured_on(self) -> date:
        """Tag, dessen Sätze und Kinder gelten: nach dem Austritt der letzte Tag im selben Kalenderjahr."""
        return self.job.austritt if self.danach and self.job.austritt.year == self.last.year else self.last

    @property
    def record(self) -> str:
        """Satz für Hinweise."""
        return f"Personalnummer {self.job.personalnummer} ({self.name})"

    @property
    def name(self) -> str:
        """Nachname, Vorname."""
        return f"{self.person.nachname}, {self.person.vorname}"

    def finding(self, field: str, rule: str, remedy: str, *, left_out: bool = True) -> Finding:
        """Hinweis zu diesem Fall."""
        return Finding(self.record, field, rule, remedy, left_out, self.job.anchor)

    def hint(self, field: str, rule: str, remedy: str) -> Finding:
        """Etwas zu wissen oder vorzumerken; nichts ist falsch."""
        return Finding(self.record, field, rule, remedy, left_out=False, beschaeftigung_id=self.job.anchor, hint=True)


def valid_on(rows: Sequence[Any] | None, day: date) -> Any | None:
    """Die jüngste Zeile, die an dem Tag gilt."""
    if not rows:
        return None
    for row in reversed(rows):
        begin, end = row.valid_from, row.valid_to
        if begin is not None and begin <= day and (end is None or end >= day):
            return row
    return None


def active_cases(facts: Facts, findings: list[Finding]) -> Iterator[Case]:
    """Beschäftigungen mit mindestens einem Tag im Monat; wer verstorben ist, zählt bis zum Todestag."""
    for rows in facts.jobs.values():
        job = rows[-1]
        person = (facts.people.get(job.person_id) or [None])[-1]
        first, last = max(job.eintritt, facts.first), min(job.austritt or facts.last, facts.last)
        if job.art == HINTERBLIEBENE:  # no employment: the grant is paid once, in the month it was arranged for
            due = job.eintritt.replace(day=1) == facts.first or job.anchor in facts.receiving
            first, last = facts.first, facts.last if due else facts.first - DAY
        after = job.austritt is not None and job.austritt < facts.first and paid_after(job, facts)
        if first > last and not after:
            continue
        if after:
            first, last = facts.first, facts.last
        if person is None:
            findings.append(_nameless(job, facts))
            continue
        died = person.verstorben_am
        if died is not None and job.art == BEAMTE and facts.first <= died <= facts.last and died <= last + DAY:
            last = facts.last  # the heirs keep the pay of the month of death (section 21 LBeamtVG NRW)
        elif died is not None and died < last:
            last = died
            findings.append(_deceased(Case(job, person, first, last), last < first))
        if first <= last:
            yield Case(job, person, first, last, danach=after)


def paid_after(job: Any, facts: Facts) -> bool:
    """Ob nach dem Austritt in diesem Monat noch eine Einmalzahlung fällig ist."""
    once = any(_once_now(payment, facts) for payment in facts.payments.get(job.anchor, ()))
    return once or any(row.art not in NICHT_IM_LAUF for row in facts.tarif.occasions.get(job.anchor, ()))


def _once_now(payment: Any, facts: Facts) -> bool:
    return bool(payment.ziel == "einmalzahlung" and payment.valid_from >= facts.first)


def overlapping(rows: Sequence[Any] | None) -> bool:
    """Gelten zwei Zeilen am selben Tag?"""
    if rows is None or len(rows) < 2:
        return False
    return any(
        before.valid_to is None or before.valid_to >= after.valid_from for before, after in itertools.pairwise(rows)
    )


def pay_after_leaving(facts: Facts) -> Iterator[Finding]:
    """Bezüge, die noch laufen, obwohl die Beschäftigung im Monat nicht mehr oder noch nicht besteht."""
    for anchor, payments in facts.payments.items():
        rows = facts.jobs.get(anchor)
        job = rows[-1] if rows else None
        if job is not None and job.eintritt <= facts.last and (job.austritt or facts.last) >= facts.first:
            continue
        number = f"Personalnummer {job.personalnummer}" if job is not None else f"Beschäftigung {anchor}"
        why = f"Austritt am {job.austritt:%d.%m.%Y}" if job is not None and job.austritt else "nicht beschäftigt"
        for payment in payments:
            if job is not None and job.eintritt < facts.first and _once_now(payment, facts):
                continue
            yield Finding(
                record=number,
                field=f"Lohnart {payment.nummer}",
                rule=f"Bezug läuft im {facts.first:%m/%Y} weiter, aber {why}; er wird nicht gezahlt",
                remedy="Bezug zum Austritt beenden oder Austritt berichtigen",
                left_out=False,
                beschaeftigung_id=anchor,
            )


def _nameless(job: Any, facts: Facts) -> Finding:
    return Finding(
        record=f"Personalnummer {job.personalnummer}",
        field="person",
        rule=f"Angaben zur Person fehlen für {facts.first:%m/%Y}",
        remedy="Name und Geburtsdatum ab Eintritt erfassen",
        beschaeftigung_id=job.anchor,
    )


def _deceased(case: Case, completely: bool) -> Finding:
    until = "wird nicht abgerechnet" if completely else "wird bis zum Todestag abgerechnet"
    return case.finding(
        "verstorben_am",
        f"verstorben am {case.person.verstorben_am:%d.%m.%Y}, Beschäftigung ist nicht beendet und {until}",
        "Austritt zum Todestag erfassen und Sterbegeld prüfen",
        left_out=completely,
    )
