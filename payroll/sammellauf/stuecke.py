"""Ein Auftrag, der in Stücken gerechnet wird: teilen, die Stücke in die Schlange stellen, das letzte stößt das
Zusammenfügen an. Jedes Stück und das Zusammenfügen hat seine eigene Transaktion; wer stirbt, lässt nichts zurück."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select

from payroll.runs.errors import RunRefused
from payroll.runs.models import Lauf
from payroll.runs.steps import month_name
from payroll.runs.stuecke import rechnen, teilen, vereinen
from payroll.runs.stuecke.models import FERTIG, OFFEN, Laufstueck, Stueckrechnung
from payroll.runs.stuecke.teilen import discard, discard_older
from payroll.runs.stuecke.vereinen import GrundlageGeaendert
from tenants.db.session import TenantSession, tenant_session
from tenants.operation import queue

__all__ = ["GrundlageGeaendert", "Stand", "carry_out", "discard", "discard_older", "merged", "open_parts", "progress",
           "require_undivided"]
ACTION, ACTOR = "sammellauf.stueck", "sammellauf"
KEY = "sammellauf:{}"
Ended = Callable[[int, uuid.UUID, str | None], None]


@dataclass(frozen=True)
class Stand:
    """Wie weit ein geteilter Lauf ist: fertige Stücke von allen."""

    fertig: int
    alle: int


def merged(session: TenantSession, month: date, order: uuid.UUID) -> Lauf | None:
    """Der zusammengefügte Lauf, wenn alle Stücke dieses Auftrags fertig sind; sonst None, dann sind sie angelegt."""
    key = KEY.format(order)
    rechnung = session.scalars(select(Stueckrechnung).where(Stueckrechnung.monat == month)).one_or_none()
    if rechnung is None or rechnung.schluessel != key:
        teilen.divide(session, month, key)
        return None
    still_open = session.scalar(select(func.count(Laufstueck.id)).where(
        Laufstueck.rechnung_id == rechnung.id, Laufstueck.zustand == OFFEN))
    if still_open:
        return None
    divided = rechnung.public_id
    try:
        return vereinen.merge(session, rechnung)
    except GrundlageGeaendert as changed:
        changed.rechnung = divided
        raise


def open_parts(session: TenantSession, month: date) -> list[uuid.UUID]:
    """Die Stücke des Monats, die noch zu rechnen sind."""
    return list(session.scalars(
        select(Laufstueck.public_id).join(Stueckrechnung, Stueckrechnung.id == Laufstueck.rechnung_id)
        .where(Stueckrechnung.monat == month, Laufstueck.zustand == OFFEN).order_by(Laufstueck.nummer)))


def progress(session: TenantSession, month: date) -> Stand | None:
    """Wie weit der geteilte Lauf eines Monats ist; None, wenn keiner geteilt ist."""
    row = session.execute(
        select(func.count(Laufstueck.id).label("alle"),
               func.count(Laufstueck.id).filter(Laufstueck.zustand == FERTIG).label("fertig"))
        .join(Stueckrechnung, Stueckrechnung.id == Laufstueck.rechnung_id)
        .where(Stueckrechnung.monat == month.replace(day=1))).one()
    return Stand(row.fertig, row.alle) if row.alle else None


def require_undivided(session: TenantSession, month: date) -> None:
    """Raises RunRefused, wenn der Monat gerade in Stücken gerechnet wird: von Hand gerechnet wären sie umsonst."""
    stand = progress(session, month)
    if stand is not None:
        raise RunRefused(
            f"{month_name(month)} wird gerade in Stücken gerechnet ({stand.fertig} von {stand.alle} fertig). Warten, "
            "bis der Auftrag im Sammellauf erledigt ist, oder ihn verwerfen lassen (kreislohn payroll discard).")


def carry_out(arguments: Mapping[str, str], last: bool, ended: Ended) -> bool:
    """Rechnet ein Stück, genau einmal, in einer Transaktion; True, wenn danach keines mehr offen ist.

    ended: wird gerufen, wenn der ganze Auftrag daran scheitert, mit den Worten einer Ablehnung oder ohne. Raises
    TryAgainError, wenn ein anderer das Stück gerade rechnet.
    """
    tenant, number = int(arguments["mandant"]), uuid.UUID(arguments["stueck"])
    if not _begun(tenant, number):
        return False
    try:
        with tenant_session(tenant, actor=ACTOR) as session:
            found = _locked(session, number)
            rechnung = session.scalars(select(Stueckrechnung).where(Stueckrechnung.id == found.rechnung_id)).one()
            if found.zustand == OFFEN:
                rechnen.compute(session, rechnung, found)
                found.zustand, found.fertig_am = FERTIG, func.clock_timestamp()
            month = rechnung.monat
    except RunRefused as refused:
        ended(tenant, uuid.UUID(arguments["auftrag"]), str(refused))
        return False
    except queue.TryAgainError:
        raise
    except Exception:
        if last:
            ended(tenant, uuid.UUID(arguments["auftrag"]), None)
        raise
    with tenant_session(tenant, actor=ACTOR) as session:
        return not open_parts(session, month)


def _begun(tenant: int, number: uuid.UUID) -> bool:
    """Vermerkt den Beginn; False, wenn es das Stück nicht mehr gibt (verworfen oder schon zusammengefügt)."""
    with tenant_session(tenant, actor=ACTOR) as session:
        if session.scalar(select(Laufstueck.id).where(Laufstueck.public_id == number)) is None:
            return False
        found = _locked(session, number)
        if found.zustand == OFFEN:
            found.begonnen_am, found.versuche = func.clock_timestamp(), found.versuche + 1
        return True


def _locked(session: TenantSession, number: uuid.UUID) -> Laufstueck:
    found = session.scalars(select(Laufstueck).where(Laufstueck.public_id == number)
                            .with_for_update(skip_locked=True)).one_or_none()
    if found is None:
        raise queue.HeldElsewhereError("Das Stück ist gesperrt: ein anderer Arbeiter rechnet es.")
    return found
