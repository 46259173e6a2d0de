"""Monate, deren Lohnsteuer vorläufig war, sobald Regeln oder ein neuer Plan da sind.

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
        before = taxyear.paid_by(stamp)
        if not before:
            continue
        now = taxyear.provisional_by(month, taxyear.plan_of(month))
        later = {taxyear.paid_by(other) for at, other in stamps.items() if at > month}
        if now not in (before, taxyear.CARRIED) and now not in later:
            words = "es gilt ein neuer Programmablaufplan" if now else "die Regeln des Jahres liegen vor"
            yield month, f"Die Lohnsteuer war vorläufig berechnet; {words}"
