"""Was Schritte am Vortrag ändern: jeder zählt in genau einem Lauf, auch wenn zugleich gerechnet wird."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, func, or_, select, update

from payroll.runs.ueberzahlung.models import MINDERN, Ueberzahlung, UeberzahlungSchritt
from tenants.db.session import TenantSession


def assign(session: TenantSession, month: date, known_at: datetime | None) -> None:
    """Ordnet dem Lauf des Monats alle Schritte zu, die noch keiner berücksichtigt; zuerst frühere Zuordnungen weg."""
    step = UeberzahlungSchritt
    silent = {"synchronize_session": False}
    session.execute(update(step).where(step.verrechnet == month).values(verrechnet=None).execution_options(**silent))
    free = [step.verrechnet.is_(None), step.art.in_(MINDERN)]
    if known_at is not None:
        free.append(step.recorded_at <= known_at)
    session.execute(update(step).where(*free).values(verrechnet=month).execution_options(**silent))


def reductions(session: TenantSession, month: date, *, assigned: bool,
               known_at: datetime | None = None) -> dict[int, int]:
    """Um so viel mindern Schritte den Vortrag in den Monat, je Beschäftigung (Cent); assigned: nur zugeordnete, sonst
    auch freie, die zum Kenntnisstand known_at (leer: heute) erfasst sind."""
    step = UeberzahlungSchritt
    mine: ColumnElement[bool] = step.verrechnet == month
    rows = session.execute(
        select(Ueberzahlung.beschaeftigung_id, func.sum(step.betrag).label("summe"))
        .join(Ueberzahlung, Ueberzahlung.id == step.fall_id)
        .where(step.art.in_(MINDERN), mine if assigned else _takes(month, known_at))
        .group_by(Ueberzahlung.beschaeftigung_id))
    return {row.beschaeftigung_id: int(row.summe) for row in rows}


def _takes(month: date, known_at: datetime | None) -> ColumnElement[bool]:
    """Was assign dem Lauf zuordnen würde."""
    step = UeberzahlungSchritt
    free = or_(step.verrechnet == month, step.verrechnet.is_(None))
    return free if known_at is None else and_(free, step.recorded_at <= known_at)
