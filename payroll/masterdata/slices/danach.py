"""Einmalzahlungen nach dem Austritt: ein Fall ohne Tage, beitragsrechtlich Teil des letzten Monats (§ 23a SGB IV)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from payroll.masterdata.models.tarif import NICHT_IM_LAUF
from payroll.masterdata.slices.ausfall import Ausfall
from payroll.masterdata.slices.findings import Finding
from payroll.masterdata.slices.reading import Facts
from payroll.masterdata.slices.span import Case
from payroll.masterdata.slices.tarifzulagen import Anlass

MAERZ = 3


def without_days(case: Case) -> Ausfall:
    """Der ganze Monat ohne Entgelt und ohne Beitragstage; danach kommt keiner mehr."""
    days = frozenset(range(1, case.last.day + 1))
    return Ausfall(days, len(days), ganz=True, am_ende=True, ersatz=(), ereignisse=(), abschnitte=())


def occasions_after(case: Case, facts: Facts) -> Iterator[Anlass]:
    """Urlaubsabgeltung und Abschlussprämie, die erst nach dem Austritt fällig sind."""
    for row in facts.tarif.occasions.get(case.job.anchor, ()):
        if row.art not in NICHT_IM_LAUF:
            yield Anlass(row.art, row.valid_from, int(row.menge * 100), beginn=case.job.austritt)


def assigned(case: Case, facts: Facts) -> Finding:
    """Hinweis, welchem Monat die Zahlung beitragsrechtlich gehört und nach welchen Merkmalen sie versteuert wird."""
    left = case.job.austritt
    if left.year == facts.first.year:
        month = f"sie gehört beitragsrechtlich in den {left:%m/%Y} (§ 23a Abs. 2 SGB IV)"
    elif left.year == facts.first.year - 1 and facts.first.month <= MAERZ:
        month = f"sie gehört beitragsrechtlich in den {left:%m/%Y} (Märzklausel, § 23a Abs. 4 SGB IV)"
    else:
        month = (f"im Kalenderjahr {facts.first.year} bestand keine Beschäftigung, sie ist beitragsfrei "
                 "(§ 23a Abs. 2 SGB IV)")  # fmt: skip
    return case.hint(
        "austritt",
        f"Einmalzahlung nach dem Austritt am {left:%d.%m.%Y}: {month}",
        "Lohnsteuer nach den Merkmalen dieses Monats (§ 39b Abs. 3 EStG): ELStAM für die Zahlung neu anmelden",
    )


def only_once(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Nur Einmalzahlungen; laufende Bezüge enden mit der Beschäftigung."""
    return [row for row in rows if row["ziel"] == "einmalzahlung"]
