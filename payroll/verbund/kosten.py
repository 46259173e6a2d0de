"""Tatsächliche Kosten eines Jahres beim Kreis und ihr Anteil je Arbeitgeber, nach Fällen, auf den Cent verteilt."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from sqlalchemy import select

from payroll.postings.sharing import shared
from payroll.verbund.errors import BillingRefused
from payroll.verbund.models import Kostenjahr
from payroll.verbund.schritte import subject
from tenants import audit
from tenants.db import guard
from tenants.db.session import TenantSession
from tenants.models import Tenant

ARTEN = {"personal": "Personal", "technik": "Technik und Lizenzen", "raeume": "Räume", "gemeinkosten": "Gemeinkosten",
         "sonstiges": "Porto und Sonstiges"}


@dataclass(frozen=True)
class Anteil:
    """Was ein Arbeitgeber vom Kostenjahr trägt; alles steht auf seinem Bescheid (Cent); stelle: wer das Jahr führt."""

    jahr: int
    kosten: dict[str, int]
    vortrag: int
    faelle_alle: int
    faelle: int
    betrag: int
    stelle: str = ""


def record(session: TenantSession, jahr: int, kosten: Mapping[str, int], faelle: Mapping[str, int], *,
           vortrag: int = 0) -> Kostenjahr:
    """Erfasst die Kosten eines Jahres beim Kreis; ein zweites geltendes gibt es nicht."""
    if wrong := sorted(set(kosten) - set(ARTEN)):
        raise BillingRefused(f"Kostenjahr: unbekannte Art {', '.join(wrong)}; erlaubt: {', '.join(ARTEN)}.")
    if any(cents < 0 for cents in kosten.values()) or sum(kosten.values()) + vortrag <= 0:
        raise BillingRefused("Kostenjahr: Kosten nicht unter null und zusammen mit dem Vortrag über null angeben.")
    if not sum(faelle.values()):
        raise BillingRefused(f"Kostenjahr {jahr}: es ist kein Monat abgeschlossen, also kein Fall zu zählen.")
    if current(session, jahr) is not None:
        raise BillingRefused(f"Kostenjahr {jahr}: ist schon erfasst; das erfasste zuerst zurückziehen.")
    row = Kostenjahr(jahr=jahr, kosten={kind: cents for kind, cents in kosten.items() if cents}, faelle=dict(faelle),
                     vortrag=vortrag, erstellt_von=str(session.info["actor"]))
    session.add(row)
    session.flush()
    session.refresh(row)
    audit.record(session, "kostenjahr.erfasst", subject(row), {
        "jahr": jahr, "kosten": sum(kosten.values()), "vortrag": vortrag, "faelle": sum(faelle.values())})
    return row


def current(session: TenantSession, jahr: int) -> Kostenjahr | None:
    """Das geltende Kostenjahr (erstellt oder freigegeben)."""
    return session.scalars(select(Kostenjahr).where(
        Kostenjahr.jahr == jahr, Kostenjahr.zustand != "zurueckgezogen")).one_or_none()


def all_of(session: TenantSession) -> Sequence[Kostenjahr]:
    """Alle, das jüngste zuerst."""
    return session.scalars(select(Kostenjahr).order_by(Kostenjahr.jahr.desc(), Kostenjahr.id.desc())).all()


def shares(row: Kostenjahr) -> dict[str, int]:
    """Anteil je Nummer des Arbeitgebers; zusammen genau Kosten und Vortrag."""
    numbers = sorted(number for number, count in row.faelle.items() if count)
    parts = shared(sum(row.kosten.values()) + row.vortrag, [Fraction(row.faelle[one]) for one in numbers])
    return dict(zip(numbers, parts, strict=True))


def share_of(session: TenantSession, jahr: int, number: str) -> Anteil:
    """Der Anteil eines Arbeitgebers am freigegebenen Kostenjahr (Sitzung des Kreises)."""
    row = current(session, jahr)
    if row is None or row.zustand != "freigegeben":
        raise BillingRefused(f"Kostenjahr {jahr}: beim Kreis erfassen und von einer zweiten Person freigeben lassen.")
    if not row.faelle.get(number):
        raise BillingRefused(f"Kostenjahr {jahr}: für den Arbeitgeber {number} sind keine Fälle gezählt.")
    provider = session.scalars(select(Tenant.number).where(Tenant.id == guard.tenant_of(session))).one()
    return Anteil(jahr, dict(row.kosten), row.vortrag, sum(row.faelle.values()), row.faelle[number],
                  shares(row)[number], provider)
