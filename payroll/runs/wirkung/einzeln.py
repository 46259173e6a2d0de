"""Der Probelauf eines einzigen Menschen: gerechnet wie der Lauf, beliebig oft, geschrieben wird nichts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from payroll.masterdata.models import Beschaeftigung
from payroll.runs import retro
from payroll.runs.errors import RunRefused
from payroll.runs.findings import Befund
from payroll.runs.models import Ergebnis, Lauf
from payroll.runs.steps import month_name
from payroll.runs.values import TITLES, VALUES
from payroll.runs.wirkung.stand import LineKey, MonatStand, stand
from payroll.runs.wirkung.vergleich import Wert
from tenants.audit import record
from tenants.collector import collector_paused
from tenants.db.session import TenantSession


@dataclass(frozen=True)
class Einzelprobe:
    """Eine Beschäftigung: Werte mit dem Stand des letzten Laufs des Monats (alt), Zeilen, Rückrechnung, Befunde.

    gerechnet: ob der Monat schon einen Lauf mit diesem Menschen hat; bezahlt: ob er abgerechnet werden kann.
    """

    monat: date
    personalnummer: str
    bezahlt: bool
    gerechnet: bool
    werte: tuple[Wert, ...]
    zeilen: tuple[tuple[LineKey, str, int], ...]
    zahlbetrag: int
    uebertrag: int
    zurueck: tuple[retro.Buchung, ...]
    befunde: tuple[Befund, ...]

    @property
    def abweichend(self) -> int:
        """Zahl der Werte, die anders sind als im letzten Lauf des Monats; 0, wenn es keinen gibt."""
        return sum(one.differenz != 0 for one in self.werte) if self.gerechnet else 0


def one_trial(session: TenantSession, month: date, personalnummer: str) -> list[Einzelprobe]:
    """Rechnet alle Beschäftigungen des Menschen mit dieser Personalnummer; wirft RunRefused, wenn es nicht geht."""
    month = month.replace(day=1)
    job = session.scalars(select(Beschaeftigung).where(Beschaeftigung.personalnummer == personalnummer)).one_or_none()
    if job is None:
        raise RunRefused(f"Die Personalnummer {personalnummer!r} gibt es nicht.")
    state = session.scalar(select(Lauf.zustand).where(Lauf.monat == month))
    if state == "abgeschlossen":
        raise RunRefused(f"{month_name(month)} ist abgeschlossen; ein späterer Monat zeigt, was nachgerechnet wird.")
    rows = session.execute(select(Beschaeftigung.id, Beschaeftigung.personalnummer)
                           .where(Beschaeftigung.person_id == job.person_id).order_by(Beschaeftigung.id)).all()
    jobs = [row.id for row in rows]
    with collector_paused():
        found = stand(session, jobs, [month])
    stored = _stored(session, month, jobs)
    record(session, "lauf.einzeln_gerechnet", f"beschaeftigung:{job.public_id}", {"monat": f"{month:%Y-%m}"})
    return [_of(month, row.personalnummer, found.offen.get((month, row.id)), stored.get(row.id),
                found.zurueck.get(row.id, ()), [one for one in found.befunde if one.beschaeftigung_id == row.id])
            for row in rows if (month, row.id) in found.offen or row.id == job.id]


def _stored(session: TenantSession, month: date, jobs: Sequence[int]) -> dict[int, Ergebnis]:
    rows = session.scalars(select(Ergebnis).where(Ergebnis.monat == month, Ergebnis.beschaeftigung_id.in_(jobs)))
    return {row.beschaeftigung_id: row for row in rows}


def _of(month: date, number: str, held: MonatStand | None, stored: Ergebnis | None,
        back: Sequence[retro.Buchung], findings: Sequence[Befund]) -> Einzelprobe:
    own = held or MonatStand()
    values = tuple(Wert(name, TITLES[name], getattr(stored, name, 0), own.werte.get(name, 0)) for name in VALUES)
    shown = tuple(one for one in values if one.alt or one.neu)
    lines = tuple((key, text, cents) for key, (text, cents) in own.zeilen.items())
    return Einzelprobe(month, number, bool(own.werte), stored is not None, shown, lines, own.zahlbetrag, own.uebertrag,
                       tuple(back), tuple(findings))
