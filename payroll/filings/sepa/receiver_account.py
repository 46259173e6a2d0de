"""Konten von Finanzamt, Krankenkassen und Zusatzversorgung: erfassen, als zweite Person bestätigen, das geltende
finden.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from payroll.filings.errors import FilingRefused
from payroll.filings.models import Empfaengerkonto, EmpfaengerkontoBestaetigung
from payroll.filings.sepa.accounts import plain, problem_of
from payroll.filings.sepa.charset import bank_text
from payroll.masterdata.clocks import as_of, history, known
from payroll.masterdata.sealing import reveal
from payroll.masterdata.service import FactError, record_fact
from tenants import audit
from tenants.db.session import TenantSession
from tenants.security import lookup_hash

PURPOSE = "empfaengerkonto.bestaetigung"
KINDS = ("steuer", "beitrag", "zusatzversorgung")


@dataclass(frozen=True)
class Stand:
    """Ein erfasstes Konto mit dem Stand seiner Bestätigung, ohne Klartext der IBAN."""

    row: Empfaengerkonto
    bestaetigt_von: str | None


def record(session: TenantSession, *, empfaenger: str, inhaber: str, iban: str, valid_from: date,
           reason: str) -> Empfaengerkonto:
    """Erfasst das Konto eines Empfängers; gezahlt wird erst, wenn eine zweite Person es bestätigt hat."""
    number, name, key = plain(iban), bank_text(inhaber, 70), empfaenger.strip()
    if found := problem_of(number):
        raise FilingRefused(f"Empfängerkonto: {found}; IBAN aus dem Bescheid oder Beitragsverzeichnis übernehmen.")
    if not name or not key:
        raise FilingRefused("Empfängerkonto: Empfänger und Inhaber angeben.")
    try:
        return record_fact(session, Empfaengerkonto, valid_from=valid_from, reason=reason, empfaenger=key,
                           inhaber=name, iban=number, iban_ende=number[-4:])
    except FactError as error:
        raise FilingRefused(str(error)) from error


def confirm(session: TenantSession, konto: uuid.UUID) -> EmpfaengerkontoBestaetigung:
    """Bestätigt ein erfasstes Konto als zweite Person; ein schon bestätigtes bleibt, wie es ist."""
    row = session.scalars(select(Empfaengerkonto).where(
        known(Empfaengerkonto, None), Empfaengerkonto.public_id == konto)).one_or_none()
    if row is None:
        raise FilingRefused("Dieses Empfängerkonto gibt es nicht (mehr). Die Seite neu laden.")
    digest = _digest(session, row)
    held = session.scalars(select(EmpfaengerkontoBestaetigung).where(
        EmpfaengerkontoBestaetigung.pruefwert == digest)).one_or_none()
    if held is not None:
        return held
    actor = str(session.info["actor"])
    if actor in _recorders(session, row, digest):
        raise FilingRefused("Wer das Konto erfasst hat, bestätigt es nicht. Bestätigen muss eine zweite Person.")
    made = EmpfaengerkontoBestaetigung(konto=row.public_id, pruefwert=digest, erfasst_von=row.recorded_by,
                                       bestaetigt_von=actor)
    session.add(made)
    session.flush()
    audit.record(session, "empfaengerkonto.bestaetigt", f"empfaengerkonto:{row.public_id}",
                 {"empfaenger": row.empfaenger, "iban_ende": row.iban_ende, "erfasst_von": row.recorded_by})
    return made


def accounts(session: TenantSession) -> list[Stand]:
    """Alle heute bekannten Konten nach Empfänger."""
    rows = session.scalars(select(Empfaengerkonto).where(known(Empfaengerkonto, None))
                           .order_by(Empfaengerkonto.empfaenger, Empfaengerkonto.valid_from.desc())).all()
    found = {row.pruefwert: row.bestaetigt_von for row in session.scalars(select(EmpfaengerkontoBestaetigung))}
    return [Stand(row, found.get(_digest(session, row))) for row in rows]


def known_to(session: TenantSession, empfaenger: str, day: date) -> tuple[str, str]:
    """Inhaber und IBAN des bestätigten Kontos an einem Tag; leer, wenn es keines gibt."""
    rows = as_of(session, Empfaengerkonto, day, empfaenger=empfaenger)
    if not rows:
        return "", ""
    confirmed = session.scalars(select(EmpfaengerkontoBestaetigung).where(
        EmpfaengerkontoBestaetigung.pruefwert == _digest(session, rows[0]))).one_or_none()
    return (rows[0].inhaber, str(reveal(session, rows[0], "iban"))) if confirmed is not None else ("", "")


def _recorders(session: TenantSession, row: Empfaengerkonto, digest: bytes) -> set[str]:
    """Alle, die genau dieses Konto je erfasst haben: eine spätere Fassung gleichen Inhalts, auch die von selbst
    entstandene mit neuem Ende, macht den ersten nicht zur zweiten Person.
    """
    same = history(session, Empfaengerkonto, iban_ende=row.iban_ende)
    return {row.recorded_by} | {one.recorded_by for one in same if _digest(session, one) == digest}


def _digest(session: TenantSession, row: Empfaengerkonto) -> bytes:
    return lookup_hash(session, f"{reveal(session, row, 'iban')}|{row.empfaenger}|{row.inhaber}", PURPOSE)
