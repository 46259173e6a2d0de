"""Preisblätter: erfassen, anheben, das geltende finden. Es gilt, was eine zweite Person freigegeben hat."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from sqlalchemy import select

from payroll.verbund.errors import BillingRefused, Mangel, at
from payroll.verbund.models import Preisblatt
from payroll.verbund.preise import Preise, from_fields, from_plain
from payroll.verbund.schritte import digest, subject
from payroll.verbund.steuer import problems_of
from tenants import audit
from tenants.db.session import TenantSession

MOST = 10_000  # a raise of 100 %, in hundredths of a percent


def record(session: TenantSession, fields: Mapping[str, str], *, ab: date, reason: str) -> Preisblatt:
    """Erfasst ein Preisblatt ab einem Monatsersten aus Feldern."""
    wrong = _head(ab, reason)
    try:
        prices = from_fields(fields, ab)
    except BillingRefused as refused:
        raise BillingRefused("Das Preisblatt entsteht nicht:", [*wrong, *refused.problems]) from refused
    return _keep(session, prices, ab, reason, wrong)


def raise_prices(session: TenantSession, basis_points: int, *, ab: date, reason: str) -> Preisblatt:
    """Neues Preisblatt mit allen Preisen des bisher geltenden, angehoben um Hundertstel Prozent."""
    if not 0 < basis_points <= MOST:
        raise BillingRefused("Das Preisblatt entsteht nicht:", [
            at("prozent", "Anhebung: mehr als 0 und höchstens 100 % angeben.")])
    raised = on(session, ab).raised(basis_points)
    return _keep(session, raised, ab, reason, [*_head(ab, reason), *problems_of(raised.steuer, ab)])


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


def _head(ab: date, reason: str) -> list[Mangel]:
    wrong = [] if ab.day == 1 else [at("gilt_ab", "Preisblatt: beginnt an einem Monatsersten.")]
    if not reason.strip():
        wrong.append(at("grund", "Preisblatt, Grund: zum Beispiel die Vereinbarung nach § 23 GkG NRW mit Datum "
                                 "angeben."))
    return wrong


def _keep(session: TenantSession, prices: Preise, ab: date, reason: str, wrong: Sequence[str]) -> Preisblatt:
    if wrong:
        raise BillingRefused("Das Preisblatt entsteht nicht:", wrong)
    row = Preisblatt(gilt_ab=ab, inhalt=prices.plain(), grund=reason.strip(), erstellt_von=str(session.info["actor"]))
    session.add(row)
    session.flush()
    session.refresh(row)
    audit.record(session, "preisblatt.erfasst", subject(row), {
        "ab": ab.isoformat(), "sha256": digest(row.inhalt).hex()}, reason.strip())
    return row
