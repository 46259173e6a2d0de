"""Urlaub des Kalenderjahrs, in dem eine Beschäftigung endet, für die Bescheinigung an den nächsten Arbeitgeber.

§ 6 Abs. 2 BUrlG: gewährt oder abgegolten im laufenden Kalenderjahr. Tage des Übertrags schließen beim nächsten
Arbeitgeber keinen Anspruch aus und stehen deshalb getrennt. Für Beamtinnen und Beamte gilt das BUrlG nicht; ihr
Anspruch folgt der FrUrlV NRW. Tage sind genau, gezeigt mit zwei Nachkommastellen.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from fractions import Fraction

from sqlalchemy import func, select

from payroll.masterdata.clocks import known
from payroll.masterdata.models import Anlasszahlung, Beschaeftigung
from payroll.runs.zeiten import load_stock
from payroll.statements import wording as w
from payroll.statements.briefe import angaben
from tenants.db.session import TenantSession
from timekeeping.leave.account import Stand, accounts
from timekeeping.leave.days import weekly
from timekeeping.own.plan import plans

LAW = " nach § 6 Abs. 2 BUrlG"
CIVIL = " nach §§ 18, 23 FrUrlV NRW"
HUNDREDTHS = Decimal("0.01")


def certified(session: TenantSession, job: Beschaeftigung) -> dict[str, str]:
    """Jahr, Grundlage und Tage; wirft BriefError, solange kein Austritt erfasst ist oder das Konto nicht stimmt."""
    about = angaben.about_of(session, job, date.max)
    last = about.austritt
    if last is None:
        raise angaben.BriefError(f"Beschäftigung: zu Personalnummer {job.personalnummer} ist kein Austritt erfasst. "
                                 "Bescheinigt wird der Urlaub bei der Beendigung (§ 6 Abs. 2 BUrlG).")
    state = accounts(session, load_stock(session), last.year, last, {job.id}).get(job.id)
    if state is None or state.konto is None:
        raise angaben.BriefError(f"Beschäftigung: das Urlaubskonto {last.year} lässt sich nicht rechnen"
                                 f"{f' ({state.fehler})' if state is not None else ''}; die Angaben zum Urlaub prüfen.")
    civil = about.art == "beamte"
    return {"jahr": str(last.year), "grundlage": "" if civil else LAW,
            "urlaubstage": "\n".join(_rows(state, CIVIL if civil else "", _per_week(session, job, last),
                                           _paid(session, job, max(date(last.year, 1, 1), about.eintritt))))}


def _rows(state: Stand, law: str, per_week: Fraction, paid: Fraction) -> Iterator[str]:
    """law: Recht des Anspruchs, wo es nicht das der Überschrift ist; per_week: Arbeitstage je Woche."""
    konto = state.konto
    assert konto is not None
    claim = konto.anspruch.summe
    # The account holds what this year's days bear; what else was taken comes from the days carried over.
    carried = max(state.genommen + state.geplant - (claim - konto.rest), Fraction(0))
    granted = state.genommen - carried
    yield f"- Anspruch{law}: {_days(claim)} bei {_number(per_week)} Arbeitstagen in der Woche"
    yield f"- gewährt: {_days(granted)}"
    if carried:
        yield f"- dazu gewährt aus dem Vorjahr: {_days(carried)}"
    # Whatever is paid beyond this year's claim pays for days carried over, which are due at the end as well.
    own = min(paid, max(claim - granted, Fraction(0)))
    yield f"- abgegolten: {_days(own)}"
    if paid > own:
        yield f"- dazu abgegolten aus dem Vorjahr: {_days(paid - own)}"
    if (left := claim - granted - own) > 0:
        yield f"- weder gewährt noch abgegolten: {_days(left)}"


def _per_week(session: TenantSession, job: Beschaeftigung, last: date) -> Fraction:
    held = plans(session, last, last, [job.id]).get(job.id)
    return dict(weekly(held, last.year))[last.replace(day=1)]


def _paid(session: TenantSession, job: Beschaeftigung, since: date) -> Fraction:
    """Tage, deren Abgeltung seit einem Tag erfasst ist; fällig mit der Beendigung (§ 7 Abs. 4 BUrlG), gezahlt auch
    später. Was eine frühere Zeit desselben Jahres abgilt, liegt davor.
    """
    days = session.scalar(select(func.sum(Anlasszahlung.menge)).where(
        known(Anlasszahlung, None), Anlasszahlung.beschaeftigung_id == job.id,
        Anlasszahlung.art == "urlaubsabgeltung", Anlasszahlung.valid_from >= since))
    return Fraction(days or 0)


def _days(days: Fraction) -> str:
    return f"{_number(days)} {'Tag' if days == 1 else 'Tage'}"


def _number(days: Fraction) -> str:
    return w.number((Decimal(days.numerator) / Decimal(days.denominator)).quantize(HUNDREDTHS))
