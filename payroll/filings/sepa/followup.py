"""Folgeauftrag: nur was die Bank abgelehnt hat oder kein Konto hatte, an das heute bekannte Konto, nie zweimal."""

from __future__ import annotations

import uuid
from collections import defaultdict
from datetime import date, datetime

from sqlalchemy import select

from payroll.filings.betraege import worded
from payroll.filings.errors import FilingRefused
from payroll.filings.models import Zahlung, Zahlungsauftrag, Zahlungsmeldung
from payroll.filings.sepa import codes, collecting, orders, reading, receiver_account
from payroll.filings.sepa.collecting_facts import Facts
from payroll.filings.sepa.composing import hindrance
from payroll.masterdata.models import Bankverbindung, Beschaeftigung, Sparvertrag
from payroll.masterdata.sealing import contents
from payroll.masterdata.service import find_employment, record_fact
from payroll.runs.models import Lauf
from tenants.db.session import TenantSession
from tenants.security import open_sealed


def create(session: TenantSession, order: uuid.UUID, *, reason: str, today: date, now: datetime) -> orders.Erstellt:
    """Erstellt den Folgeauftrag zu einem freigegebenen Auftrag; er braucht wie jeder eine zweite Person."""
    if not reason.strip():
        raise FilingRefused("Zum Folgeauftrag bitte einen Grund angeben.")
    before = orders.find(session, order, lock=True)
    if before.zustand != "freigegeben":
        raise FilingRefused("Einen Folgeauftrag gibt es nur zu einem freigegebenen Auftrag.")
    lauf = session.scalars(select(Lauf).where(Lauf.id == before.lauf_id)).one()
    waiting = open_payments(session, before)
    if not waiting:
        raise FilingRefused("Es ist nichts offen: keine Zahlung ist abgelehnt oder ohne Konto, die nicht schon in "
                            "einem anderen Auftrag steht.")
    facts = collecting.known_now(session, today)
    claims, replaced, left = [], {}, []
    for payment, why in waiting:
        claim, problem = _again(session, facts, payment, why, today)
        if claim is None:
            left.append(f"{payment.personalnummer} ({worded(payment.betrag)}): {problem}")
        else:
            claims.append(claim)
            replaced[claim.schluessel] = payment.public_id
    if not claims:
        raise FilingRefused("Noch ist keine der offenen Zahlungen zahlbar.", [f"{one}." for one in left])
    hints = [f"Bleibt offen: {one}." for one in left]
    return orders.store(session, lauf, claims, today=today, now=now, art="folge", hints=hints, reason=reason.strip(),
                        replaced=replaced)


def open_payments(session: TenantSession, order: Zahlungsauftrag) -> list[tuple[Zahlung, set[codes.Code]]]:
    """Abgelehnte und nicht überwiesene Zahlungen eines Auftrags, die kein geltender Auftrag ersetzt, mit Gründen."""
    rejected: dict[int, set[codes.Code]] = defaultdict(set)
    rows = session.execute(
        select(Zahlungsmeldung.zahlung_id, Zahlungsmeldung.gruende, Zahlungsmeldung.status)
        .join(Zahlung, Zahlung.id == Zahlungsmeldung.zahlung_id)
        .where(Zahlung.zahlungsauftrag_id == order.id, Zahlungsmeldung.status.in_(codes.REJECTED | codes.DONE))
        .order_by(Zahlungsmeldung.id))
    for row in rows:
        if row.status in codes.DONE:
            if row.zahlung_id in rejected:
                rejected[row.zahlung_id].add(codes.CONTRADICTED)
            continue
        rejected[row.zahlung_id].discard(codes.CONTRADICTED)
        rejected[row.zahlung_id] |= {codes.reason(code) for code in row.gruende.split()} or {codes.status(row.status)}
    done = set(session.scalars(
        select(Zahlung.ersetzt).join(Zahlungsauftrag, Zahlungsauftrag.id == Zahlung.zahlungsauftrag_id)
        .where(Zahlung.ersetzt.is_not(None), Zahlungsauftrag.lauf_id == order.lauf_id,
               Zahlungsauftrag.zustand != "zurueckgezogen")))
    payments = reading.payments_of(session, order)
    return [(one, rejected.get(one.id, set())) for one in payments
            if one.public_id not in done and (one.id in rejected or (one.weg == "liste"
                                                                     and one.grund != collecting.GEZAHLT))]


def _again(session: TenantSession, facts: Facts, payment: Zahlung, why: set[codes.Code],
           today: date) -> tuple[collecting.Anspruch | None, str]:
    never = [one for one in why if one.folge == "nie"]
    if never:
        return None, f"{never[0].text}: {never[0].abhilfe}"
    old, text = (_opened(session, payment, column) for column in ("iban_siegel", "text_siegel"))
    name, iban, address = _account(session, facts, payment, today)
    changed = iban != old or name != payment.empfaenger
    bound = [one for one in why if one.folge == "konto"]
    if bound and not changed:
        return None, f"{bound[0].text}: {bound[0].abhilfe}"
    claim = collecting.Anspruch(payment.art, payment.anspruch, payment.person_public_id, payment.personalnummer, name,
                                iban, payment.betrag, text, payment.zweck, address)
    why_not = hindrance(claim)[0]
    return (None, f"{why_not}; Konto oder Anschrift erfassen") if why_not else (claim, "")


def _account(session: TenantSession, facts: Facts, payment: Zahlung,
             today: date) -> tuple[str, str, tuple[str | None, str | None, str | None, str | None]]:
    """Name, Konto und Anschrift am Tag des Folgeauftrags nach heutiger Kenntnis; leer, wenn es keines gibt."""
    nothing = (payment.empfaenger, "", (None, None, None, None))
    if payment.art in receiver_account.KINDS:
        name, iban = receiver_account.known_to(session, payment.anspruch.split(":")[1], today)
        return (name or payment.empfaenger, iban, nothing[2])
    job = find_employment(session, payment.personalnummer)
    if job is None:
        return nothing
    if payment.art == "pfaendung":
        claim = facts.claims.get((job.person_id, int(payment.anspruch.rpartition(":")[2])))
        if claim is None:
            return nothing
        return claim.glaeubiger, facts.creditor_iban(claim), (claim.strasse, claim.plz, claim.ort, "DE")
    if payment.art == "sparen":
        return _contract(session, facts, payment, job)
    return (*facts.account_of(job.person_id), facts.address_of(job.person_id))


def _contract(session: TenantSession, facts: Facts, payment: Zahlung,
              job: Beschaeftigung) -> tuple[str, str, tuple[str | None, str | None, str | None, str | None]]:
    _, _, kind, number = payment.anspruch.rsplit(":", 3)
    newest = session.scalars(select(Sparvertrag.id).where(
        Sparvertrag.superseded_at.is_(None), Sparvertrag.beschaeftigung_id == job.id, Sparvertrag.art == kind,
        Sparvertrag.laufnummer == int(number)).order_by(Sparvertrag.valid_from.desc()).limit(1)).one_or_none()
    if newest is None:
        return payment.empfaenger, "", (None, None, None, None)
    row = facts.contracts(session, [newest])[newest]
    return row.empfaenger, facts.contract_iban(row), (None, None, None, None)


def take_name(session: TenantSession, meldung: uuid.UUID, *, valid_from: date, reason: str) -> str:
    """Übernimmt den Namen der Bank als Inhaber des Kontos der Person und erledigt die Aufgabe."""
    from payroll.filings.sepa import feedback

    found = [one for one in feedback.tasks(session) if one.meldung.public_id == meldung]
    if not found or not found[0].name or found[0].zahlung is None or found[0].zahlung.art not in collecting.OWN:
        raise FilingRefused("Zu dieser Aufgabe nennt die Bank keinen Namen einer beschäftigten Person.")
    task, payment = found[0], found[0].zahlung
    job = find_employment(session, payment.personalnummer)
    rows = [] if job is None else session.scalars(select(Bankverbindung).where(
        Bankverbindung.superseded_at.is_(None), Bankverbindung.person_id == job.person_id,
        Bankverbindung.valid_from <= valid_from).order_by(Bankverbindung.valid_from.desc())).all()
    if not rows or contents(session, rows[0])["iban"] != _opened(session, payment, "iban_siegel"):
        raise FilingRefused("Das Konto der Person ist inzwischen ein anderes; der Name der Bank gehört zum alten.")
    record_fact(session, Bankverbindung, valid_from=valid_from, reason=reason,
                **(contents(session, rows[0]) | {"kontoinhaber": task.name}))
    feedback.settle(session, meldung, reason=f"Name der Bank übernommen. {reason}".strip())
    return task.name


def _opened(session: TenantSession, payment: Zahlung, column: str) -> str:
    sealed = getattr(payment, column)
    if sealed is None:
        return ""
    return open_sealed(session, sealed, table="zahlung", row=str(payment.public_id), column=column).decode()
