"""Preisblätter: erfassen, anheben, das geltende finden. Es gilt, was eine zweite Person freigegeben hat."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from sqlalchemy import select

from payroll.verbund.errors import BillingRefused
from payroll.verbund.models import Preisblatt
from payroll.verbund.preise import Preise, from_fields, from_plain
from payroll.verbund.schritte import digest, subject
from payroll.verbund.steuer import problems_of
from tenants import audit
from tenants.db.session import TenantSession

MOST = 10_000  # a raise of 100 %, in hundredths of a percent


def record(session: TenantSession, fields: Mapping[str, str], *, ab: date, reason: str) -> Preisblatt:
    """Erfasst ein Preisblatt ab einem Monatsersten aus Feldern."""
    return _keep(session, from_fields(fields, ab), ab, reason)


def raise_prices(session: TenantSession, basis_points: int, *, ab: date, reason: str) -> Preisblatt:
    """Neues Preisblatt mit allen Preisen des bisher geltenden, angehoben um Hundertstel Prozent."""
    if not 0 < basis_points <= MOST:
        raise BillingRefused("Anhebung: mehr als 0 und höchstens 100 % angeben.")
    raised = on(session, ab).raised(basis_points)
    if wrong := list(problems_of(raised.steuer, ab)):
        raise BillingRefused("Das Preisblatt entsteht nicht:", wrong)
    return _keep(session, raised, ab, reason)


def on(session: TenantSession, day: date) -> Preise:
    """Die Preise, die an einem Tag gelten."""
    return from_plain(row_on(session, day).inhalt)


def row_on(session: TenantSession, day: date) -> Preisblatt:
    """Das freigegebene Preisblatt eines Tages; bei gleichem Beginn gilt das zuletzt freigegebene."""
    row = session.scalars(
        select(Preisblatt).where(Preisblatt.zustand == "freigegeben", Preisblatt.gilt_ab <= day)
        .order_by(Preisblatt.gilt_ab.desc(), Preisblatt.freigegeben_am.desc()).limit(1)).one_or_none()
    if row is None:
        raise BillingRefused(f"Zum {day:%d.%m.%Y} gilt kein Preisblatt; eines erfassen und von einer zweiten Person "
                             "freigeben lassen.")
    return row


def all_of(session: TenantSession) -> Sequence[Preisblatt]:
    """Alle, das jüngste zuerst."""
    return session.scalars(select(Preisblatt).order_by(Preisblatt.gilt_ab.desc(), Preisblatt.id.desc())).all()


def _keep(session: TenantSession, prices: Preise, ab: date, reason: str) -> Preisblatt:
    if ab.day != 1:
        raise BillingRefused("Preisblatt: beginnt an einem Monatsersten.")
    if not reason.strip():
        raise BillingRefused("Preisblatt, Grund: zum Beispiel die Vereinbarung nach § 23 GkG NRW mit Datum angeben.")
    row = Preisblatt(gilt_ab=ab, inhalt=prices.plain(), grund=reason.strip(), erstellt_von=str(session.info["actor"]))
    session.add(row)
    session.flush()
    session.refresh(row)
    audit.record(session, "preisblatt.erfasst", subject(row), {
        "ab": ab.isoformat(), "sha256": digest(row.inhalt).hex()}, reason.strip())
    return row
