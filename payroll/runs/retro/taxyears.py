"""Monate, deren Lohnsteuer vorläufig nach einem Plan bezahlt wurde, sobald Regeln oder ein neuer Plan da sind.

Sie werden für alle neu gerechnet, einmal: hat ein späterer abgeschlossener Lauf schon mit dem neuen Stand gerechnet,
ist der Unterschied gebucht.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from sqlalchemy import select

from payroll.runs import taxyear
from payroll.runs.models import Ergebnis
from payroll.runs.retro.affected import Affected, Closed, Ursache, month_end
from tenants.db.session import TenantSession

TABLE = "steuerjahr"


def add_outdated(session: TenantSession, closed: Closed, affected: Affected) -> None:
    """Merkt alle vor, die in solchen Monaten bezahlt wurden; keine Abfrage, wenn es keine gibt, sonst eine."""
    months = dict(_outdated(closed.rules))
    if not months:
        return
    rows = session.execute(select(Ergebnis.beschaeftigung_id, Ergebnis.monat).where(Ergebnis.monat.in_(months)))
    for job, month in sorted(tuple(row) for row in rows):
        cause = Ursache(TABLE, "Steuerrecht des Jahres", f"{month:%Y-%m}", month, month_end(month), closed.since[month],
                        "programm", months[month])
        affected.add(job, month, cause, closed.since[month])


def _outdated(stamps: Mapping[date, str]) -> Iterator[tuple[date, str]]:
    """Monat und Grund; stamps: der Stempel jedes abgeschlossenen Laufs."""
    for month, stamp in stamps.items():
        paid_by = stamp.partition("+")[2]
        plan = taxyear.plan_of(month) if paid_by else None
        now = "" if plan is None else plan.digest
        later = {other.partition("+")[2] for at, other in stamps.items() if at > month}
        if not paid_by or paid_by == now or now in later or (plan is None and not taxyear.rules_written(month)):
            continue
        words = "es gilt ein neuer Programmablaufplan" if plan else "die Regeln des Jahres liegen vor"
        yield month, f"Die Lohnsteuer war vorläufig nach einem Programmablaufplan berechnet; {words}"
