"""Befunde eines Monats bearbeiten: lesen mit Zuständigen, zuweisen, ausgewählte mit Begründung stehen lassen."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, delete, func, or_, select

from payroll.masterdata.models import Beschaeftigung, Person
from payroll.runs.befund_models import Hinweiszuweisung
from payroll.runs.errors import RunNotFound, RunRefused
from payroll.runs.models import Hinweis, Lauf
from payroll.runs.steps import find_run, month_name, stand_with_reason
from tenants.audit import Entry, record_many
from tenants.db.session import TenantSession

Key = tuple[int | None, str, str]


@dataclass(frozen=True)
class Befundzeile:
    """Ein Befund mit dem Stand seines Laufs, dem Menschen, um den es geht, und wer sich kümmert (leer: niemand)."""

    hinweis: Hinweis
    zustand: str
    beschaeftigung: uuid.UUID | None
    person: uuid.UUID | None
    personalnummer: str
    zustaendig: str


def assigned_to(session: TenantSession, month: date, login: str) -> int:
    """Wie viele offene Befunde eines Monats diesem Menschen zugewiesen sind; eine Abfrage."""
    return session.scalar(
        select(func.count(Hinweis.id)).join(Lauf, Lauf.id == Hinweis.lauf_id).join(Hinweiszuweisung, _belongs())
        .where(Lauf.monat == month.replace(day=1), Hinweis.erledigt_von.is_(None),
               Hinweiszuweisung.zustaendig == login)) or 0


def of_month(session: TenantSession, month: date) -> list[Befundzeile]:
    """Alle Befunde eines Monats, offene und begründete; eine Abfrage."""
    mine = Hinweiszuweisung
    statement = (
        select(Hinweis, Lauf.zustand, Beschaeftigung.public_id.label("beschaeftigung"),
               Person.public_id.label("person"), Beschaeftigung.personalnummer, mine.zustaendig)
        .join(Lauf, Lauf.id == Hinweis.lauf_id)
        .outerjoin(Beschaeftigung, Beschaeftigung.id == Hinweis.beschaeftigung_id)
        .outerjoin(Person, Person.id == Beschaeftigung.person_id)
        .outerjoin(mine, _belongs())
        .where(Lauf.monat == month.replace(day=1)).order_by(Hinweis.id))
    return [Befundzeile(row[0], row.zustand, row.beschaeftigung, row.person, row.personalnummer or "",
                        row.zustaendig or "") for row in session.execute(statement)]


def assign(session: TenantSession, month: date, hinweise: Collection[uuid.UUID], zustaendig: str) -> int:
    """Weist Befunde jemandem zu, der sie prüfen darf (Anmeldename; leer: niemandem); gibt ihre Zahl.

    Ob er es darf, weiß, wer ruft. Befunde mit gleicher Beschäftigung, Ursache und gleichem Feld gehen zusammen: auch
    die nicht ausgewählten zählen mit und stehen im Protokoll.
    """
    lauf, found = _chosen(session, month, hinweise)
    if lauf.zustand == "abgeschlossen":
        raise RunRefused(f"{month_name(month)} ist abgeschlossen; zu seinen Befunden ist nichts mehr zu tun.")
    keys = {(one.beschaeftigung_id, one.ursache, one.feld) for one in found}
    mine = Hinweiszuweisung
    session.execute(delete(mine).where(mine.lauf_id == lauf.id, _named(mine, keys))
                    .execution_options(synchronize_session=False))
    covered = session.scalars(select(Hinweis).where(Hinweis.lauf_id == lauf.id, _named(Hinweis, keys))
                              .order_by(Hinweis.id)).all()
    if zustaendig:
        now, who = _now(session), str(session.info["actor"])
        session.add_all([mine(lauf_id=lauf.id, beschaeftigung_id=job, ursache=cause, feld=field, zustaendig=zustaendig,
                              zugewiesen_von=who, zugewiesen_am=now)
                         for job, cause, field in sorted(keys, key=lambda key: (key[0] or 0, *key[1:]))])
        session.flush()
    record_many(session, [Entry("hinweis.zugewiesen", f"hinweis:{one.public_id}",
                                {"ursache": one.ursache, "feld": one.feld, "an": zustaendig or None})
                          for one in covered])
    return len(covered)


def acknowledge_chosen(session: TenantSession, month: date, hinweise: Collection[uuid.UUID], begruendung: str) -> int:
    """Lässt ausgewählte offene Befunde eines Probelaufs mit einer Begründung stehen; gibt ihre Zahl."""
    lauf, found = _chosen(session, month, hinweise)
    if lauf.zustand != "probe":
        raise RunRefused(f"{month_name(month)} ist kein Probelauf mehr. Erst die Prüfung zurücknehmen, dann begründen.")
    still_open = [one for one in found if one.erledigt_von is None]
    if not still_open:
        raise RunNotFound("Zu dieser Auswahl ist nichts mehr offen. Die Liste neu laden.")
    return stand_with_reason(session, still_open, begruendung)


def _chosen(session: TenantSession, month: date, hinweise: Collection[uuid.UUID]) -> tuple[Lauf, Sequence[Hinweis]]:
    lauf = find_run(session, month, lock=True)
    found = session.scalars(select(Hinweis).where(Hinweis.lauf_id == lauf.id, Hinweis.public_id.in_(sorted(hinweise)))
                            .order_by(Hinweis.id)).all()
    if not found:
        raise RunNotFound("Diese Befunde gibt es nicht mehr; seit der Anzeige ist neu gerechnet. Die Liste neu laden.")
    return lauf, found


def _named(table: type[Hinweis] | type[Hinweiszuweisung], keys: Collection[Key]) -> ColumnElement[bool]:
    return or_(*(and_(table.beschaeftigung_id.is_not_distinct_from(job), table.ursache == cause, table.feld == field)
                 for job, cause, field in keys))


def _belongs() -> ColumnElement[bool]:
    """Zuweisung und Befund nennen dieselbe Sache."""
    mine = Hinweiszuweisung
    return and_(mine.lauf_id == Hinweis.lauf_id, mine.ursache == Hinweis.ursache, mine.feld == Hinweis.feld,
                mine.beschaeftigung_id.is_not_distinct_from(Hinweis.beschaeftigung_id))


def _now(session: TenantSession) -> datetime:
    return session.scalars(select(func.now()).select_from(Lauf).limit(1)).one()
