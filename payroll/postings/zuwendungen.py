"""Sachzuwendungen an Menschen, die hier nicht beschäftigt sind, pauschal versteuert (§ 37b Abs. 1 EStG).

Wer sie bekommt, steht in der Buchführung; hier stehen Anlass, Zahl und Aufwendungen einschließlich Umsatzsteuer. Die
Steuer geht mit der Lohnsteuer-Anmeldung des Monats und steht im Journal als pauschalierte Lohnsteuer. Kirchensteuer im
vereinfachten Verfahren: von Dritten ist keine Konfession bekannt.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy as np
from sqlalchemy import func, select

from payroll.law.calculate import law_of, rule_book
from payroll.law.encode import ZV_KIST_VERFAHREN, land_code
from payroll.law.engine import evaluate
from payroll.postings.errors import PostingRefused
from payroll.postings.models import Journal, Zuwendung
from payroll.runs.models import Lauf
from tenants import audit
from tenants.db import guard
from tenants.db.session import TenantSession
from tenants.models import Tenant

HIGHEST = 1_000_000  # cents per recipient and year, and for one gift (§ 37b Abs. 1 Satz 3 EStG)
PARTS = ("nl_steuer_37b", "nl_pauschal_soli", "nl_pauschal_kist")
TEXT, CENTRE = 120, 8
PEOPLE, COST, MONTH = "Zahl der Empfänger", "Aufwendungen mit Umsatzsteuer", "Monat der Anmeldung"


def record(session: TenantSession, month: date, *, today: date, anlass: str, empfaenger: int, wert: int,
           kostenstelle: str = "") -> Zuwendung:
    """Erfasst eine Zuwendung und rechnet ihre Steuern; wert: Aufwendungen einschließlich Umsatzsteuer in Cent.

    Wirft PostingRefused; was an einem Feld liegt, beginnt mit dessen Namen („Anlass: …“).
    """
    month, anlass, kostenstelle = month.replace(day=1), " ".join(anlass.split()), kostenstelle.strip()
    if not 0 < len(anlass) <= TEXT:
        raise PostingRefused(f"Anlass: 1 bis {TEXT} Zeichen angeben, zum Beispiel „Partnerschaft, Gastgeschenke“.")
    if empfaenger < 1 or wert < 1:
        raise PostingRefused(f"{PEOPLE if empfaenger < 1 else COST}: muss über null liegen.")
    if wert > HIGHEST * empfaenger:
        raise PostingRefused(f"{COST}: Über 10.000 EUR je Empfänger und Wirtschaftsjahr, oder für eine einzelne "
                             "Zuwendung, ist die Pauschalierung ausgeschlossen (§ 37b Abs. 1 Satz 3 EStG); individuell "
                             "versteuern.")
    if len(kostenstelle) > CENTRE:
        raise PostingRefused(f"Kostenstelle: höchstens {CENTRE} Zeichen.")
    _demand_reachable(session, month, today)
    _demand_open(session, month, f"{MONTH}: ")
    tax, soli, church = taxes(session, month, wert)
    row = Zuwendung(monat=month, anlass=anlass, empfaenger=empfaenger, wert=wert, steuer=tax, soli=soli,
                    kirchensteuer=church, kostenstelle=kostenstelle, erfasst_von=str(session.info["actor"]))
    session.add(row)
    session.flush()
    audit.record(session, "zuwendung.erfasst", f"monat:{month:%Y-%m}", {
        "wert": wert, "empfaenger": empfaenger, "steuer": tax, "soli": soli, "kirchensteuer": church}, anlass)
    return row


def cancel(session: TenantSession, public_id: Any, *, grund: str) -> Zuwendung:
    """Hebt eine Zuwendung auf, solange ihr Monat nicht gebucht ist."""
    row = session.scalars(select(Zuwendung).where(Zuwendung.public_id == public_id).with_for_update()).one_or_none()
    if row is None:
        raise PostingRefused("Diese Zuwendung gibt es nicht. Die Liste neu laden.")
    if not grund.strip():
        raise PostingRefused("Zum Aufheben bitte einen Grund angeben.")
    if row.aufgehoben_von is None:
        _demand_open(session, row.monat)
        row.aufgehoben_von, row.aufgehoben_grund = str(session.info["actor"]), grund.strip()
        session.flush()
        audit.record(session, "zuwendung.aufgehoben", f"monat:{row.monat:%Y-%m}", {"wert": row.wert}, grund.strip())
    return row


def listed(session: TenantSession) -> Sequence[Zuwendung]:
    """Alle Zuwendungen, die jüngsten zuerst."""
    return session.scalars(select(Zuwendung).order_by(Zuwendung.monat.desc(), Zuwendung.id.desc())).all()


def of_month(session: TenantSession, month: date) -> Sequence[Zuwendung]:
    """Was in diesem Monat anzumelden ist."""
    return session.scalars(select(Zuwendung).where(Zuwendung.monat == month, Zuwendung.aufgehoben_von.is_(None))
                           .order_by(Zuwendung.id)).all()


def taxes(session: TenantSession, month: date, wert: int) -> tuple[int, int, int]:
    """Pauschale Steuer, Zuschlag und Kirchensteuer in Cent, nach den Regeln des Monats."""
    land = session.scalars(select(Tenant.bundesland).where(Tenant.id == guard.tenant_of(session))).one()
    made = evaluate(law_of(month, rule_book()), {
        "nl_pauschal_37b": np.array([wert]), "nl_kist_verfahren": ZV_KIST_VERFAHREN.index("vereinfacht"),
        "bundesland_kirche": land_code(land)}, PARTS)
    if made.faults:
        raise PostingRefused(f"Die Steuer lässt sich nicht rechnen: {made.faults[0].message}.")
    tax, soli, church = (int(made.cents(name)[0]) for name in PARTS)
    return tax, soli, church


def _demand_reachable(session: TenantSession, month: date, today: date) -> None:
    """Vor dem ersten Lauf meldet hier niemand an, nach dem nächsten Januar noch nicht."""
    first = session.scalar(select(func.min(Lauf.monat))) or today.replace(day=1)
    last = date(today.year + 1, 1, 1)
    if not first <= month <= last:
        raise PostingRefused(f"{MONTH}: Von {first:%m/%Y} (dem ersten Monat, der hier abgerechnet wird) bis "
                             f"{last:%m/%Y} angeben; was davor war, gehört in die Anmeldung, die dafür galt.")


def _demand_open(session: TenantSession, month: date, field: str = "") -> None:
    # The booking holds this row from its first line on: whoever waits here sees its journal afterwards.
    session.scalars(select(Lauf.id).where(Lauf.monat == month).with_for_update()).one_or_none()
    if session.scalar(select(func.count(Journal.id)).where(Journal.monat == month)):
        raise PostingRefused(f"{field}{month:%m/%Y} ist schon gebucht; die Zuwendung im nächsten offenen Monat "
                             "erfassen (§ 37b Abs. 4 EStG: anzumelden bis zum Ende des Wirtschaftsjahrs).")
