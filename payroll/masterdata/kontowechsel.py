"""Bankverbindung eines Anliegens: was schon geplant ist, und was ein Zurücknehmen bewirkt.

Erfasst jemand dazwischen etwas anderes, liegt die gewünschte Bankverbindung in Teilen mit neuen Kennungen da. Gesucht
wird sie deshalb nach Inhalt (IBAN und Kontoinhaber) in den heute bekannten Fassungen, nie nach ihrer Kennung.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import func, select

from payroll.masterdata.clocks import as_of, known, within
from payroll.masterdata.models import Anliegen, Bankverbindung
from payroll.masterdata.sealing import contents
from payroll.masterdata.service import clear_fact, end_fact, record_fact
from tenants.audit import service as audit
from tenants.db.session import TenantSession

DAY = timedelta(days=1)
Konto = tuple[str, str | None]


@dataclass(frozen=True)
class Ruecknahme:
    """Was zurückgenommen wurde (Fassungen mit dem gewünschten Konto) und was andere ab gilt_ab erfasst haben.

    Ist gesperrt gesetzt, wurde nichts geändert: diese Fassung zahlt auf dieselbe IBAN und ist nicht die des Anliegens.
    """

    zurueckgenommen: Sequence[Bankverbindung]
    andere: Sequence[Bankverbindung]
    gesperrt: Bankverbindung | None = None


def one_at_a_time(session: TenantSession) -> None:
    """Bis zum Ende der Transaktion ändert niemand sonst: prüfen und erfassen gehören zusammen.

    Es ist die Sperre der Kette, die jede Änderung ohnehin nimmt; Personen darf die Anwendung nicht sperren.
    """
    audit.lock(session)


def planned(session: TenantSession, person_id: int, first: date) -> Bankverbindung | None:
    """Die erste Bankverbindung ab diesem Tag, die eine andere ist als die am Tag davor."""
    before = _day_before(session, person_id, first)
    held = None if before is None else konto(session, before)
    return next((one for one in _since(session, person_id, first)
                 if one.valid_from >= first and konto(session, one) != held), None)


def undo(session: TenantSession, row: Anliegen, first: date, reason: str) -> Ruecknahme:
    """Wo das Konto dieses Anliegens noch gilt, gilt wieder, was am Tag vor `first` (seinem gilt_ab) gilt."""
    one_at_a_time(session)
    made = select(Bankverbindung).where(Bankverbindung.public_id == row.tatsache)
    asked = konto(session, session.scalars(made).one())
    before, end = _day_before(session, row.person_id, first), _next_change(session, row)
    standing = [one for one in _since(session, row.person_id, first) if end is None or one.valid_from < end]
    mine = [one for one in standing if one.valid_from >= first and konto(session, one) == asked]
    others = [one for one in standing if one not in mine]
    for one in [before, *others] if before is not None else others:
        if konto(session, one)[0] == asked[0]:
            return Ruecknahme((), others, one)
    for one in mine:
        if before is not None:
            record_fact(session, Bankverbindung, valid_from=one.valid_from, valid_to=one.valid_to, reason=reason,
                        **contents(session, before))
        elif one.valid_to is not None:
            clear_fact(session, Bankverbindung, first=one.valid_from, last=one.valid_to, reason=reason,
                       person_id=row.person_id)
        else:
            end_fact(session, Bankverbindung, last_day=one.valid_from - DAY, reason=reason, person_id=row.person_id)
    held = None if before is None else konto(session, before)
    return Ruecknahme(mine, [one for one in others if konto(session, one) != held])


def konto(session: TenantSession, row: Bankverbindung) -> Konto:
    """IBAN ohne Leerzeichen und Kontoinhaber einer Fassung."""
    values = contents(session, row)
    return "".join(str(values["iban"]).split()).upper(), values["kontoinhaber"] or None


def _day_before(session: TenantSession, person_id: int, first: date) -> Bankverbindung | None:
    return next(iter(as_of(session, Bankverbindung, first - DAY, person_id=person_id)), None)


def _since(session: TenantSession, person_id: int, first: date) -> Sequence[Bankverbindung]:
    statement = select(Bankverbindung).where(Bankverbindung.person_id == person_id, known(Bankverbindung, None),
                                             within(Bankverbindung, first, date.max))
    return session.scalars(statement.order_by(Bankverbindung.valid_from)).all()


def _next_change(session: TenantSession, row: Anliegen) -> date | None:
    """Ab wann eine spätere Änderung derselben Person gilt; deren Konto nimmt nur sie selbst zurück."""
    return session.scalars(select(func.min(Anliegen.gilt_ab)).where(
        Anliegen.person_id == row.person_id, Anliegen.art == "bankverbindung", Anliegen.id > row.id,
        Anliegen.stand.in_(("offen", "angenommen")))).one()
