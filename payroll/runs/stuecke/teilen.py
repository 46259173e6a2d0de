"""Einen großen Lauf teilen: nach Personalnummer, jeder Mensch mit allen Beschäftigungen in genau einem Stück."""

from __future__ import annotations

import calendar
import os
import uuid
from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, func, or_, select

from payroll.masterdata.clocks import known, within
from payroll.masterdata.models import Beschaeftigung, BeschaeftigungAngaben
from payroll.runs.calculate import require_open
from payroll.runs.models import Ergebnis, Lauf
from payroll.runs.stuecke.grundlage import basis
from payroll.runs.stuecke.models import Laufstueck, Stueckrechnung
from tenants.db.bulk import copy_rows, reserve_ids
from tenants.db.session import TenantSession
from tenants.retention.models import DeletionOrder

GROESSE = 5_000
VARIABLE = "KREISLOHN_RUN_PART"


def part_size() -> int:
    """Beschäftigungen je Stück; ab viermal so vielen im Monat wird ein Lauf geteilt."""
    return int(os.environ.get(VARIABLE) or GROESSE)


def is_large(session: TenantSession, month: date) -> bool:
    """Ob der Lauf dieses Monats in Stücken gerechnet wird."""
    return _employed(session, month.replace(day=1), _last(month), None) >= 4 * part_size()


def divide(session: TenantSession, month: date, key: str) -> Stueckrechnung:
    """Legt die Stücke eines Laufs an; ein liegen gebliebener geteilter Lauf desselben Monats wird verworfen.

    key: Schlüssel der Anforderung, wie beim Rechnen im Ganzen. Gelesen wird ab jetzt mit einem Kenntnisstand.
    Raises RunRefused, wenn der Monat schon geprüft ist.
    """
    month = month.replace(day=1)
    lauf = session.scalars(select(Lauf).where(Lauf.monat == month)).one_or_none()
    if lauf is not None:
        require_open(lauf)
    discard(session, month)
    # A step of a deletion locks its order, then asks whether anything is divided: one of the two waits for the other.
    session.scalars(select(DeletionOrder.id).where(DeletionOrder.state == "approved").with_for_update()).all()
    last = _last(month)
    found = Stueckrechnung(
        monat=month, schluessel=key, lauf_nummer=lauf.id if lauf is not None else reserve_ids(session, Lauf, 1)[0],
        stand=func.now(), grundlage="", begonnen_von=str(session.info["actor"]))
    session.add(found)
    session.flush()
    session.refresh(found)
    found.grundlage = basis(session, month, found.stand)
    found.am_jahresende = _employed(session, last, last, found.stand) if month.month == 12 else None
    jobs = session.execute(select(Beschaeftigung.id, Beschaeftigung.person_id, Beschaeftigung.personalnummer)
                           .order_by(Beschaeftigung.personalnummer)).all()
    # Numbers in the order of the whole run: files and journals list results by them.
    numbers = dict(zip([row.id for row in jobs], reserve_ids(session, Ergebnis, len(jobs)), strict=True))
    parts = list(_parts(jobs, _families(session, jobs)))
    copy_rows(session, Laufstueck, ("rechnung_id", "nummer", "personen", "beschaeftigungen", "ergebnisse"), (
        (found.id, at, _array({row.person_id for row in own}), _array([row.id for row in own]),
         _array([numbers[row.id] for row in own])) for at, own in enumerate(parts, 1)))
    return found


def divided(session: TenantSession) -> list[date]:
    """Monate, die gerade in Stücken gerechnet werden, aufsteigend."""
    return list(session.scalars(select(Stueckrechnung.monat).order_by(Stueckrechnung.monat)))


def discard(session: TenantSession, month: date, only: uuid.UUID | None = None) -> bool:
    """Verwirft einen geteilten Lauf mit allem, was seine Stücke schon haben; False, wenn es keinen gibt.

    only: nur diese Teilung (öffentliche Kennung), nicht eine, die inzwischen an ihre Stelle getreten ist.
    """
    found = session.scalars(select(Stueckrechnung).where(Stueckrechnung.monat == month.replace(day=1))
                            .with_for_update()).one_or_none()
    if found is None or only not in (None, found.public_id):
        return False
    session.delete(found)
    session.flush()
    return True


def discard_older(session: TenantSession, than: datetime) -> list[date]:
    """Verwirft geteilte Läufe, die vor diesem Zeitpunkt begonnen haben; gibt ihre Monate zurück."""
    return list(session.scalars(delete(Stueckrechnung).where(Stueckrechnung.angelegt_am < than)
                                .returning(Stueckrechnung.monat).execution_options(synchronize_session=False)))


def _families(session: TenantSession, jobs: Sequence[Any]) -> dict[int, int]:
    """Menschen, die nur zusammen gerechnet werden können: wer Sterbegeld nach einem anderen empfängt, und dieser."""
    person = {row.personalnummer: row.person_id for row in jobs}
    own = {row.id: row.person_id for row in jobs}
    parent: dict[int, int] = {}

    def root(one: int) -> int:
        while one in parent:
            one = parent[one]
        return one

    for row in session.execute(select(BeschaeftigungAngaben.beschaeftigung_id, BeschaeftigungAngaben.verstorbene)
                               .where(BeschaeftigungAngaben.verstorbene.is_not(None)).distinct()):
        if row.verstorbene in person:
            survivor, dead = root(own[row.beschaeftigung_id]), root(person[row.verstorbene])
            if survivor != dead:
                parent[survivor] = dead
    return {one: root(one) for one in parent}


def _parts(jobs: Sequence[Any], families: dict[int, int]) -> list[list[Any]]:
    together: dict[int, list[Any]] = defaultdict(list)
    for row in jobs:
        together[families.get(row.person_id, row.person_id)].append(row)
    parts: list[list[Any]] = [[]]
    for own in together.values():
        if len(parts[-1]) >= part_size():
            parts.append([])
        parts[-1] += own
    return parts


def _employed(session: TenantSession, first: date, last: date, known_at: datetime | None) -> int:
    """Beschäftigungen, die in diesen Tagen bestehen."""
    angaben = BeschaeftigungAngaben
    return session.scalar(select(func.count(angaben.beschaeftigung_id.distinct())).where(
        known(angaben, known_at), within(angaben, first, last), angaben.eintritt <= last,
        or_(angaben.austritt.is_(None), angaben.austritt >= first))) or 0


def _array(numbers: Any) -> str:
    return "{" + ",".join(map(str, numbers)) + "}"


def _last(month: date) -> date:
    return month.replace(day=calendar.monthrange(month.year, month.month)[1])
