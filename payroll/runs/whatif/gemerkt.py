"""Szenarien merken, wiederfinden, löschen: je Arbeitgeber eine Zeile, gerechnet in dessen Sitzung."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, timedelta

from sqlalchemy import delete, func, select

from payroll.runs.whatif.kosten import Kosten
from payroll.runs.whatif.massnahmen import Massnahme, Szenario, SzenarioFehler, checked, of_plain, plain
from payroll.runs.whatif.models import SzenarioStand
from payroll.runs.whatif.verlauf import Ergebnis, compute
from tenants.audit import record
from tenants.db.session import TenantSession

RIGHT = "whatif.write"
KEPT, MOST = timedelta(days=730), 200


def keep(session: TenantSession, szenario: Szenario, kennung: uuid.UUID) -> SzenarioStand:
    """Rechnet und merkt; ist die Kennung schon da, ersetzt es den früheren Stand."""
    found = compute(session, szenario)
    return _store(session, szenario, kennung, found)


def _store(session: TenantSession, szenario: Szenario, kennung: uuid.UUID, found: Ergebnis) -> SzenarioStand:
    session.execute(delete(SzenarioStand).where(SzenarioStand.stand < func.now() - KEPT)
                    .execution_options(synchronize_session=False))
    row = find(session, kennung)
    if row is None:
        if (session.scalar(select(func.count(SzenarioStand.id))) or 0) >= MOST:
            raise SzenarioFehler(f"Szenarien: es sind schon {MOST} gemerkt; alte löschen.")
        row = SzenarioStand(kennung=kennung)
        session.add(row)
    row.name, row.ab, row.monate = szenario.name, szenario.ab, szenario.monate
    row.massnahmen = [plain(one) for one in szenario.massnahmen]
    row.anmerkungen, row.ergebnis = found.anmerkungen, [_plain(one) for one in found.monate]
    row.stand, row.gerechnet_von = func.now(), str(session.info["actor"])
    session.flush()
    session.refresh(row)
    record(session, "szenario.gerechnet", f"szenario:{kennung}", {
        "name": row.name, "ab": row.ab.isoformat(), "monate": row.monate, "massnahmen": len(row.massnahmen)})
    return row


def _plain(one: Kosten) -> dict[str, object]:
    return asdict(one) | {"monat": one.monat.isoformat()}


def kosten_of(row: SzenarioStand) -> list[Kosten]:
    """Die gemerkten Monate."""
    return [Kosten(**{**held, "monat": date.fromisoformat(held["monat"])}) for held in row.ergebnis]


def massnahmen_of(row: SzenarioStand) -> tuple[Massnahme, ...]:
    """Die gemerkten Maßnahmen."""
    return tuple(of_plain(held) for held in row.massnahmen)


def szenario_of(row: SzenarioStand) -> Szenario:
    """Das Szenario, um es noch einmal zu rechnen."""
    return checked(row.name, row.ab, row.monate, massnahmen_of(row))


def find(session: TenantSession, kennung: uuid.UUID) -> SzenarioStand | None:
    """Das Szenario bei diesem Arbeitgeber, wenn es eines gibt."""
    return session.scalars(select(SzenarioStand).where(SzenarioStand.kennung == kennung)).one_or_none()


def all_of(session: TenantSession) -> Sequence[SzenarioStand]:
    """Alle gemerkten, zuletzt gerechnete zuerst."""
    return session.scalars(select(SzenarioStand).order_by(SzenarioStand.stand.desc(), SzenarioStand.id)).all()


def forget(session: TenantSession, kennung: uuid.UUID) -> bool:
    """Löscht ein Szenario bei diesem Arbeitgeber."""
    row = find(session, kennung)
    if row is None:
        return False
    record(session, "szenario.geloescht", f"szenario:{kennung}", {"name": row.name})
    session.delete(row)
    session.flush()
    return True
