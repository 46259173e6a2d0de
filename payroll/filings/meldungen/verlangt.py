"""Verlangte Meldungen je Beschäftigung: gesondert zum Rentenantrag (57), monatlich für die Krankenkasse (58)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import select

from payroll.filings.pflichten.termine import six_weeks
from payroll.masterdata.clocks import known
from payroll.masterdata.models import Meldeanforderung
from payroll.masterdata.models.meldeanforderung import RENTENANTRAG
from tenants.db.session import TenantSession


@dataclass(frozen=True)
class Verlangt:
    """rente: letzter Tag des Zeitraums und Tag des Verlangens; monate: erster und letzter Tag, Tag des Verlangens."""

    rente: list[tuple[date, date]] = field(default_factory=list)
    monate: list[tuple[date, date, date]] = field(default_factory=list)

    def accounted(self, months: Mapping[date, dict[str, int]]) -> Iterator[tuple[date, dict[str, int], date]]:
        """Die verlangten Monate, die abgerechnet sind, mit ihren Werten (Cent) und ihrer Frist."""
        for first, last, asked in self.monate:
            for month in sorted(months):
                if first.replace(day=1) <= month <= last:
                    yield month, months[month], six_weeks(asked)


NONE = Verlangt()


def requests_of(session: TenantSession) -> dict[int, Verlangt]:
    """Was je Beschäftigung verlangt ist; eine Abfrage."""
    found: dict[int, Verlangt] = defaultdict(Verlangt)
    for row in session.scalars(select(Meldeanforderung).where(known(Meldeanforderung, None))
                               .order_by(Meldeanforderung.valid_from)):
        until = row.valid_to or row.valid_from
        if row.art == RENTENANTRAG:
            found[row.beschaeftigung_id].rente.append((until, row.eingegangen_am))
        else:
            found[row.beschaeftigung_id].monate.append((row.valid_from, until, row.eingegangen_am))
    return found
