"""Steuern, Beiträge und Zusatzversorgung zahlen: Aufträge aus freigegebenen Meldungen, je Art mit eigener Fälligkeit.

Je Empfänger und Monat wird gezahlt, was gemeldet ist, abzüglich dessen, was schon in einem geltenden Auftrag steht; ein
Guthaben (Korrektur, Erstattung) mindert den Betrag oder bleibt als Hinweis stehen. So wird nichts zweimal gezahlt.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import func, select

from payroll.filings.betraege import worded
from payroll.filings.errors import FilingRefused
from payroll.filings.meldungen.speichern import OUTSIDE
from payroll.filings.models import Meldung, Zahlung, Zahlungsauftrag
from payroll.filings.pflichten.termine import contributions_due, wage_tax_due
from payroll.filings.sepa import bankdays, orders, receiver_account
from payroll.filings.sepa.collecting import Anspruch, last_day
from payroll.runs.models import Lauf
from tenants.db import guard
from tenants.db.session import TenantSession
from tenants.models import Tenant

KINDS = {"steuer": "lsta", "beitrag": "beitragsnachweis", "zusatzversorgung": "zv_monat"}
WORDS = {"steuer": "Lohnsteuer", "beitrag": "Beitraege", "zusatzversorgung": "Zusatzversorgung"}


def due_day(kind: str, month: date) -> date:
    """Tag, an dem das Geld beim Empfänger sein muss."""
    return {"steuer": wage_tax_due, "beitrag": contributions_due, "zusatzversorgung": last_day}[kind](month)


def create(session: TenantSession, month: date, kind: str, *, today: date, now: datetime) -> orders.Erstellt:
    """Erstellt den Auftrag einer Art; er braucht wie jeder eine zweite Person."""
    if kind not in KINDS:
        raise FilingRefused(f"„{kind}“ gibt es nicht; erlaubt: {', '.join(KINDS)}.")
    lauf = session.scalars(select(Lauf).where(Lauf.monat <= month, Lauf.zustand == "abgeschlossen")
                           .order_by(Lauf.monat.desc()).limit(1).with_for_update()).first()
    if lauf is None:
        raise FilingRefused("Noch ist kein Monat abgeschlossen.")
    day = bankdays.execution(due_day(kind, month), today)
    claims, hints = claims_of(session, month, kind, day.tag)
    if not claims:
        raise FilingRefused(f"{month:%m/%Y}: nichts zu zahlen ({WORDS[kind]}). {' '.join(hints)}".strip() + (
            "" if hints else " Gezahlt wird aus freigegebenen Meldungen, jede einmal."))
    return orders.store(session, lauf, claims, today=today, now=now, art="abgaben", hints=hints, days={kind: day},
                        reason=f"{WORDS[kind]} {month:%m/%Y}")


class Schuld(NamedTuple):
    """Wem eine Art (steuer, beitrag, zusatzversorgung) für einen Monat geschuldet ist."""

    monat: date
    art: str
    empfaenger: str

    @property
    def schluessel(self) -> str:
        """Anspruch, unter dem gezahlt wird: je Schuld einer, für immer."""
        return f"{KINDS[self.art]}:{self.empfaenger}:{self.monat:%Y-%m}"


def claims_of(session: TenantSession, month: date, kind: str, day: date) -> tuple[list[Anspruch], list[str]]:
    """Was noch zu zahlen ist, und Sätze über Guthaben."""
    tenant = session.scalars(select(Tenant).where(Tenant.id == guard.tenant_of(session))).one()
    rests, names = _rests(session, month, kind)
    claims, hints = [], []
    for owed, rest in sorted(rests.items()):
        receiver = owed.empfaenger
        if rest < 0:
            hints.append(f"{names[receiver]}: Guthaben {worded(-rest)}; wird nicht gezahlt, mit dem "
                         "Empfänger verrechnen.")
        if rest <= 0:
            continue
        holder, iban = receiver_account.known_to(session, receiver, day)
        own = (tenant.steuernummer if kind == "steuer" else tenant.betriebsnummer) or tenant.number
        claims.append(Anspruch(kind, owed.schluessel, None, "", holder or names[receiver], iban, rest,
                               f"{own} {WORDS[kind]} {month:%m/%Y}"))
    return claims, hints


def _rests(session: TenantSession, month: date | None = None,
           kind: str | None = None) -> tuple[dict[Schuld, int], dict[str, str]]:
    """Je Schuld, was gemeldet und noch nicht gezahlt ist (unter null: Guthaben), und die Namen der Empfänger.

    Eine berichtigte Meldung zählt statt der alten. Zwei Anweisungen, über wie viele Monate es auch geht.
    """
    kinds = {filed: one for one, filed in KINDS.items() if kind in (None, one)}
    statement = select(Meldung).where(Meldung.art.in_(kinds)).order_by(Meldung.id)
    rows = session.scalars(statement if month is None else statement.where(Meldung.monat == month)).all()
    owed: dict[Schuld, int] = defaultdict(int)
    for row in _standing(rows):
        owed[Schuld(row.monat, kinds[row.art], row.empfaenger)] += row.betrag
    paid = _paid(session, kinds.values(), month)
    return ({one: amount - paid.get(one.schluessel, 0) for one, amount in owed.items()},
            {row.empfaenger: row.empfaenger_name for row in rows if row.zustand in OUTSIDE})


def _standing(rows: Sequence[Meldung]) -> list[Meldung]:
    """Freigegebene, die keine freigegebene ersetzt; `rows` sind alle Meldungen ihrer Art und ihres Monats."""
    outside, before = [row for row in rows if row.zustand in OUTSIDE], {row.public_id: row.ersetzt for row in rows}
    replaced: set[uuid.UUID] = set()
    for row in outside:
        earlier = row.ersetzt
        while earlier is not None:  # also through a version that was dropped before anyone released it
            replaced.add(earlier)
            earlier = before.get(earlier)
    return [row for row in outside if row.public_id not in replaced]


def _paid(session: TenantSession, kinds: Collection[str], month: date | None) -> dict[str, int]:
    """Je Anspruch, was in geltenden Aufträgen steht; eine ersetzte Zahlung zählt nicht neben der, die sie ersetzt."""
    again = select(Zahlung.ersetzt).join(
        Zahlungsauftrag, Zahlungsauftrag.id == Zahlung.zahlungsauftrag_id).where(
        Zahlung.ersetzt.is_not(None), Zahlungsauftrag.zustand != "zurueckgezogen")
    statement = (
        select(Zahlung.anspruch, func.sum(Zahlung.betrag).label("summe"))
        .join(Zahlungsauftrag, Zahlungsauftrag.id == Zahlung.zahlungsauftrag_id)
        .where(Zahlung.art.in_(kinds), Zahlungsauftrag.zustand != "zurueckgezogen", Zahlung.public_id.not_in(again))
        .group_by(Zahlung.anspruch))
    if month is not None:
        statement = statement.where(Zahlung.anspruch.like(f"%:{month:%Y-%m}"))
    return {row.anspruch: int(row.summe) for row in session.execute(statement)}


@dataclass(frozen=True)
class Offen:
    """Was eine Art in einem Monat noch zu zahlen hat; `ohne_konto`: davon ohne bestätigtes Konto."""

    monat: date
    art: str
    faellig: date
    betrag: int
    empfaenger: int
    ohne_konto: int


def overview(session: TenantSession) -> tuple[list[Offen], list[tuple[str, str]]]:
    """Alles Offene je Monat und Art, das jüngste zuerst, und alle Empfänger, die in Meldungen vorkommen."""
    rests, _ = _rests(session)
    accounts = [one.row for one in receiver_account.accounts(session) if one.bestaetigt_von]
    grouped: dict[tuple[date, str], dict[str, int]] = defaultdict(dict)
    for owed, rest in rests.items():
        if rest > 0:
            grouped[owed.monat, owed.art][owed.empfaenger] = rest
    found = []
    for (month, kind), amounts in sorted(grouped.items(), key=lambda item: (-item[0][0].toordinal(), item[0][1])):
        day = due_day(kind, month)
        ready = {one.empfaenger for one in accounts
                 if one.valid_from <= day and (one.valid_to is None or day <= one.valid_to)}
        found.append(Offen(month, kind, day, sum(amounts.values()), len(amounts), len(amounts.keys() - ready)))
    receivers = session.execute(select(Meldung.empfaenger, func.max(Meldung.empfaenger_name).label("name")).where(
        Meldung.art.in_(KINDS.values())).group_by(Meldung.empfaenger).order_by(Meldung.empfaenger)).all()
    return found, [(row.empfaenger, row.name) for row in receivers]


def stated(session: TenantSession) -> Sequence[Meldung]:
    """Alle geltenden Meldungen, aus denen gezahlt wird, die jüngsten zuerst; ersetzte sind nicht dabei."""
    return _standing(session.scalars(select(Meldung).where(Meldung.art.in_(KINDS.values()))
                                     .order_by(Meldung.monat.desc(), Meldung.art, Meldung.id.desc())).all())

