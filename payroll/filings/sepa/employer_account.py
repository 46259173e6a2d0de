"""Arbeitgeberkonto: erfassen, als zweite Person bestätigen, das geltende finden."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from payroll.filings.errors import FilingRefused
from payroll.filings.models import Arbeitgeberkonto, ArbeitgeberkontoBestaetigung
from payroll.filings.sepa.accounts import bic_of, plain, problem_of
from payroll.filings.sepa.charset import bank_text
from payroll.masterdata.clocks import as_of, history, known
from payroll.masterdata.sealing import reveal
from payroll.masterdata.service import FactError, record_fact
from tenants import audit
from tenants.db.session import TenantSession
from tenants.security import lookup_hash

PURPOSE = "arbeitgeberkonto.bestaetigung"
REMEDY = "unter Zahlungen, Arbeitgeberkonto"


@dataclass(frozen=True)
class Konto:
    """Ein bestätigtes Konto im Klartext."""

    inhaber: str
    iban: str
    bic: str


@dataclass(frozen=True)
class Stand:
    """Ein erfasstes Konto mit dem Stand seiner Bestätigung, ohne Klartext der IBAN."""

    row: Arbeitgeberkonto
    bestaetigt_von: str | None


def record_account(session: TenantSession, *, iban: str, inhaber: str, valid_from: date, reason: str,
                   bic: str = "") -> Arbeitgeberkonto:
    """Erfasst das Konto ab einem Tag; benutzt wird es erst, wenn eine zweite Person es bestätigt hat."""
    number = plain(iban)
    if found := problem_of(number):
        raise FilingRefused(f"Arbeitgeberkonto: {found}; IBAN aus dem Kontoauszug übernehmen.")
    name = bank_text(inhaber, 70)
    if not name:
        raise FilingRefused("Arbeitgeberkonto: Inhaber fehlt; so angeben, wie die Bank das Konto führt.")
    code = plain(bic) or bic_of(number)
    if code and len(code) not in (8, 11):
        raise FilingRefused("Arbeitgeberkonto: BIC hat 8 oder 11 Zeichen; BIC berichtigen oder weglassen.")
    try:
        return record_fact(session, Arbeitgeberkonto, valid_from=valid_from, reason=reason, inhaber=name,
                           iban=number, iban_ende=number[-4:], bic=code or None)
    except FactError as error:
        raise FilingRefused(str(error)) from error


def confirm_account(session: TenantSession, konto: uuid.UUID) -> ArbeitgeberkontoBestaetigung:
    """Bestätigt ein erfasstes Konto als zweite Person; ein schon bestätigtes bleibt, wie es ist."""
    row = session.scalars(select(Arbeitgeberkonto).where(
        known(Arbeitgeberkonto, None), Arbeitgeberkonto.public_id == konto)).one_or_none()
    if row is None:
        raise FilingRefused("Dieses Arbeitgeberkonto gibt es nicht (mehr). Die Seite neu laden.")
    digest = _digest(session, row)
    if (held := _confirmed(session, digest)) is not None:
        return held
    actor = str(session.info["actor"])
    if actor in _recorders(session, row, digest):
        raise FilingRefused("Wer das Konto erfasst hat, bestätigt es nicht. Bestätigen muss eine zweite Person.")
    made = ArbeitgeberkontoBestaetigung(konto=row.public_id, pruefwert=digest, erfasst_von=row.recorded_by,
                                        bestaetigt_von=actor)
    session.add(made)
    session.flush()
    audit.record(session, "arbeitgeberkonto.bestaetigt", f"arbeitgeberkonto:{row.public_id}",
                 {"iban_ende": row.iban_ende, "erfasst_von": row.recorded_by})
    return made


def account_on(session: TenantSession, day: date) -> Konto:
    """Das bestätigte Konto, das an einem Tag gilt; ohne eines wird nicht gezahlt."""
    rows = as_of(session, Arbeitgeberkonto, day)
    if not rows:
        raise FilingRefused(f"Zum {day:%d.%m.%Y} ist kein Arbeitgeberkonto erfasst; {REMEDY} erfassen und von einer "
                            "zweiten Person bestätigen lassen.")
    row = rows[0]
    if _confirmed(session, _digest(session, row)) is None:
        raise FilingRefused(f"Das Arbeitgeberkonto (endet auf {row.iban_ende}) hat noch keine zweite Person bestätigt; "
                            f"{REMEDY} bestätigen.")
    return Konto(row.inhaber, str(reveal(session, row, "iban")), row.bic or "")


def accounts(session: TenantSession) -> list[Stand]:
    """Alle heute bekannten Konten, das jüngste zuerst."""
    rows = session.scalars(select(Arbeitgeberkonto).where(known(Arbeitgeberkonto, None))
                           .order_by(Arbeitgeberkonto.valid_from.desc())).all()
    found = {row.pruefwert: row.bestaetigt_von for row in session.scalars(select(ArbeitgeberkontoBestaetigung))}
    return [Stand(row, found.get(_digest(session, row))) for row in rows]


def _confirmed(session: TenantSession, digest: bytes) -> ArbeitgeberkontoBestaetigung | None:
    return session.scalars(select(ArbeitgeberkontoBestaetigung).where(
        ArbeitgeberkontoBestaetigung.pruefwert == digest)).one_or_none()


def _recorders(session: TenantSession, row: Arbeitgeberkonto, digest: bytes) -> set[str]:
    """Alle, die genau dieses Konto je erfasst haben: eine spätere Fassung gleichen Inhalts, auch die von selbst
    entstandene mit neuem Ende, macht den ersten nicht zur zweiten Person.
    """
    same = history(session, Arbeitgeberkonto, iban_ende=row.iban_ende)
    return {row.recorded_by} | {one.recorded_by for one in same if _digest(session, one) == digest}


def _digest(session: TenantSession, row: Arbeitgeberkonto) -> bytes:
    return lookup_hash(session, f"{reveal(session, row, 'iban')}|{row.bic or ''}|{row.inhaber}", PURPOSE)
