"""Wiedervorlagen: anlegen (nie doppelt), lesen, erledigen, verschieben; dazu die Ankündigung von Stufenaufstiegen."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ARRAY, BigInteger, BindParameter, String, any_, bindparam, func, select
from sqlalchemy.types import TypeEngine

from payroll.masterdata.models import Beschaeftigung, Person, PersonAngaben, Wiedervorlage
from payroll.masterdata.stufenwechsel import upcoming
from tenants import audit
from tenants.db.bulk import copy_rows
from tenants.db.session import TenantSession

COLUMNS = ("public_id", "person_id", "beschaeftigung_id", "ereignis_id", "thema", "herkunft", "faellig", "text",
           "gesetz", "erstellt_von")
THEMEN = ("ereignis", "stufe", "ueberzahlung", "portal", "akte", "hand")


class WiedervorlageError(ValueError):
    """Eine Wiedervorlage lässt sich so nicht ändern; der Text nennt Feld, Regel und Abhilfe."""


@dataclass(frozen=True)
class Vorgabe:
    """Was wann zu tun ist; gesetz nennt, woraus die Frist folgt."""

    person_id: int
    faellig: date
    text: str
    thema: str
    herkunft: str
    gesetz: str = ""
    beschaeftigung_id: int | None = None
    ereignis_id: int | None = None


@dataclass(frozen=True)
class Zeile:
    """Eine Wiedervorlage mit der Person, zu der sie gehört."""

    public_id: uuid.UUID
    person: uuid.UUID
    name: str
    personalnummer: str
    faellig: date
    text: str
    gesetz: str
    thema: str
    erledigt_von: str | None
    vermerk: str


def create(session: TenantSession, wanted: Sequence[Vorgabe]) -> int:
    """Legt an, was es unter seiner Herkunft noch nicht gibt; gibt ihre Zahl. Zwei Anweisungen für alle."""
    if not wanted:
        return 0
    held = set(session.scalars(select(Wiedervorlage.herkunft).where(
        Wiedervorlage.herkunft == any_(_array(sorted({one.herkunft for one in wanted}), String)))))
    actor = str(session.info["actor"])
    rows = [(uuid.uuid4(), one.person_id, one.beschaeftigung_id, one.ereignis_id, one.thema, one.herkunft,
             one.faellig, one.text, one.gesetz, actor) for one in wanted if one.herkunft not in held]
    copy_rows(session, Wiedervorlage, COLUMNS, rows)
    audit.record_many(session, [audit.Entry("wiedervorlage.angelegt", f"wiedervorlage:{row[0]}", {"thema": row[4]})
                                for row in rows])
    return len(rows)


def pending(session: TenantSession, *, done: bool = False, person: int | None = None) -> list[Zeile]:
    """Offene Wiedervorlagen, die früheste zuerst; done: stattdessen die erledigten. Eine Abfrage."""
    latest = (select(PersonAngaben.person_id, func.max(PersonAngaben.valid_from).label("ab"))
              .where(PersonAngaben.superseded_at.is_(None)).group_by(PersonAngaben.person_id).subquery())
    statement = (
        select(Wiedervorlage, Person.public_id, PersonAngaben.nachname, PersonAngaben.vorname,
               Beschaeftigung.personalnummer)
        .join(Person, Person.id == Wiedervorlage.person_id)
        .outerjoin(latest, latest.c.person_id == Person.id)
        .outerjoin(PersonAngaben, (PersonAngaben.person_id == Person.id) & PersonAngaben.superseded_at.is_(None)
                   & (PersonAngaben.valid_from == latest.c.ab))
        .outerjoin(Beschaeftigung, Beschaeftigung.id == Wiedervorlage.beschaeftigung_id)
        .where(Wiedervorlage.erledigt_von.isnot(None) if done else Wiedervorlage.erledigt_von.is_(None))
        .order_by(Wiedervorlage.faellig, Wiedervorlage.id))
    if person is not None:
        statement = statement.where(Wiedervorlage.person_id == person)
    return [Zeile(one.public_id, public, f"{last}, {first}" if last else "ohne Angaben", number or "", one.faellig,
                  one.text, one.gesetz, one.thema, one.erledigt_von, one.vermerk)
            for one, public, last, first, number in session.execute(statement)]


def counts(session: TenantSession, today: date) -> tuple[int, int]:
    """Fällige (heute oder früher) und angekündigte Stufenaufstiege, je offen; eine Abfrage."""
    row = session.execute(select(
        func.count().filter(Wiedervorlage.faellig <= today).label("faellig"),
        func.count().filter(Wiedervorlage.thema == "stufe").label("stufen"),
    ).where(Wiedervorlage.erledigt_von.is_(None))).one()
    return int(row.faellig), int(row.stufen)


def settle(session: TenantSession, public_id: uuid.UUID, *, vermerk: str) -> Wiedervorlage | None:
    """Erledigt eine offene Wiedervorlage; None, wenn es sie nicht gibt."""
    row = _locked(session, public_id)
    if row is None:
        return None
    if not vermerk.strip():
        raise WiedervorlageError("Vermerk: Bitte angeben, was getan wurde.")
    row.erledigt_von, row.erledigt_am, row.vermerk = str(session.info["actor"]), func.now(), vermerk.strip()
    audit.record(session, "wiedervorlage.erledigt", f"wiedervorlage:{public_id}", {"thema": row.thema}, vermerk.strip())
    return row


def settle_origin(session: TenantSession, herkunft: str, *, vermerk: str) -> None:
    """Erledigt, was unter dieser Herkunft noch offen ist, wenn sein Anlass sich erledigt hat."""
    found = session.scalars(select(Wiedervorlage.public_id).where(
        Wiedervorlage.herkunft == herkunft, Wiedervorlage.erledigt_von.is_(None))).one_or_none()
    if found is not None:
        settle(session, found, vermerk=vermerk)


def postpone(session: TenantSession, public_id: uuid.UUID, *, faellig: date, grund: str,
             today: date) -> Wiedervorlage | None:
    """Verschiebt eine offene Wiedervorlage auf einen Tag ab heute, mit Grund; None, wenn es sie nicht gibt."""
    row = _locked(session, public_id)
    if row is None:
        return None
    if not grund.strip():
        raise WiedervorlageError("Grund: Bitte angeben, warum verschoben wird.")
    if faellig < today:
        raise WiedervorlageError(f"Neuer Tag: {faellig:%d.%m.%Y} ist vorbei; bitte heute oder später angeben.")
    before, row.faellig = row.faellig, faellig
    audit.record(session, "wiedervorlage.verschoben", f"wiedervorlage:{public_id}",
                 {"von": before.isoformat(), "auf": faellig.isoformat()}, grund.strip())
    return row


def _locked(session: TenantSession, public_id: uuid.UUID) -> Wiedervorlage | None:
    row = session.scalars(select(Wiedervorlage).where(Wiedervorlage.public_id == public_id)
                          .with_for_update()).one_or_none()
    if row is not None and row.erledigt_von is not None:
        raise WiedervorlageError(f"Schon erledigt von {row.erledigt_von}: {row.vermerk}")
    return row


def announce_steps(session: TenantSession, today: date) -> int:
    """Legt für jeden Stufenaufstieg dieses und des nächsten Monats eine Wiedervorlage an; gibt die Zahl der neuen.

    Fällig ist sie einen Monat, bevor die neue Stufe gezahlt wird; noch einmal aufgerufen, entsteht nichts doppelt.
    """
    changes = upcoming(session, today, 2)
    people = dict(_people(session, {one.beschaeftigung_id for one in changes}))
    return create(session, [
        Vorgabe(people[one.beschaeftigung_id], _month_before(one.gezahlt_ab),
                f"Stufenaufstieg {one.entgeltgruppe} von {one.bisher} nach {one.stufe}, gezahlt ab "
                f"{one.gezahlt_ab:%d.%m.%Y}: prüfen, ob er gehemmt oder verkürzt werden soll",
                "stufe", f"stufe:{one.beschaeftigung_id}:{one.gezahlt_ab}:{one.entgeltgruppe}-{one.stufe}",
                "§ 16 Abs. 3, § 17 TVöD", one.beschaeftigung_id)
        for one in changes])


def _people(session: TenantSession, jobs: set[int]) -> Iterable[tuple[int, int]]:
    rows = session.execute(select(Beschaeftigung.id, Beschaeftigung.person_id).where(
        Beschaeftigung.id == any_(_array(sorted(jobs), BigInteger))))
    return [(row.id, row.person_id) for row in rows]


def _array(values: list[Any], kind: type[TypeEngine[Any]]) -> BindParameter[Any]:
    """Eine Liste als ein Wert: die Anweisung bleibt dieselbe, wie viele es auch sind."""
    return bindparam(None, values, type_=ARRAY(kind))


def _month_before(day: date) -> date:
    year, month = (day.year - 1, 12) if day.month == 1 else (day.year, day.month - 1)
    return date(year, month, 1)
