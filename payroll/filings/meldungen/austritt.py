"""Welche beendete Zeit einer Personalnummer bescheinigt wird: wer ausscheidet und wiederkommt, hat mehrere."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import NamedTuple

from sqlalchemy import select

from payroll.filings.meldungen import stamm
from payroll.masterdata.clocks import known
from payroll.masterdata.models import BeschaeftigungAngaben
from tenants.db.session import TenantSession

DAY = timedelta(days=1)


class Zeit(NamedTuple):
    """Eine Zeit von Eintritt bis Austritt (None: läuft)."""

    art: str
    eintritt: date
    austritt: date | None


@dataclass(frozen=True)
class Ende:
    """Die Akte mit Art, Eintritt und Austritt der beendeten Zeit; `bis`: der letzte Tag, ehe die nächste beginnt."""

    akte: stamm.Akte
    bis: date


def ended(session: TenantSession, file: stamm.Akte, asked: date) -> Ende | None:
    """Die jüngste beendete Zeit, die am Tag des Verlangens schon begonnen hatte; None: keine ist beendet."""
    spans = _joined(_spans(session, file.beschaeftigung))
    over = [at for at, one in enumerate(spans) if one.austritt is not None]
    found = [at for at in over if spans[at].eintritt <= asked] or over
    if not found:
        return None
    at = found[-1]
    until = spans[at + 1].eintritt - DAY if at + 1 < len(spans) else date.max
    return Ende(replace(file, **spans[at]._asdict()), until)


def _spans(session: TenantSession, job: int) -> list[Zeit]:
    found: list[Zeit] = []
    for row in session.execute(
            select(BeschaeftigungAngaben.art, BeschaeftigungAngaben.eintritt, BeschaeftigungAngaben.austritt)
            .where(known(BeschaeftigungAngaben, None), BeschaeftigungAngaben.beschaeftigung_id == job)
            .order_by(BeschaeftigungAngaben.valid_from)):
        # Facts that reach into those before are the same time, told anew; only what begins after an exit is another.
        while found and ((left := found[-1].austritt) is None or left >= row.eintritt):
            found.pop()
        found.append(Zeit(row.art, row.eintritt, row.austritt))
    return found


def _joined(spans: list[Zeit]) -> list[Zeit]:
    """Was ohne Lücke anschließt, ist eine Zeit (nach der Ausbildung übernommen), außer bei Beamten."""
    found: list[Zeit] = []
    for one in spans:
        before = found[-1] if found else None
        if before and before.austritt and before.austritt + DAY == one.eintritt and "beamte" not in (before.art,
                                                                                                  one.art):
            found[-1] = one._replace(eintritt=before.eintritt)
        else:
            found.append(one)
    return found
