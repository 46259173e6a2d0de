"""Was die Seite Pfändungen einer Person zeigt: Forderungen mit Stand, Einbehalte je Monat, wer Unterhalt bekommt."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from payroll.masterdata.clocks import known
from payroll.masterdata.models import Person, Pfaendung, Unterhaltsausschluss, Unterhaltspflicht
from payroll.runs.claim_models import Einbehalt
from payroll.runs.models import Lauf
from payroll.runs.pfaendung.accounts import Konten, month_end, read
from payroll.web.desk.claim_kinds import ARTEN, VERHAELTNISSE, ZUSTAENDE
from payroll.web.desk.person_reading import COVERED, name_of
from tenants import audit
from tenants.db.session import TenantSession


@dataclass(frozen=True)
class ClaimView:
    """Eine Forderung mit ihrem Stand; Beträge in Cent. left leer: ohne Grenze; coming: was der Probelauf ergibt."""

    fact: Pfaendung
    kind: Any
    state: Any
    account: str
    paid: int
    left: int | None
    coming: int | None
    ended: bool

    @property
    def settled(self) -> bool:
        """Ob nichts mehr offen ist."""
        return self.left == 0


@dataclass(frozen=True)
class Taken:
    """Ein Einbehalt: Lauf, Monat des Entgelts, Forderung, Betrag, wohin und warum."""

    run: date
    month: date
    claim: str
    cents: int
    left: int | None
    where: str
    why: str
    closed: bool


@dataclass(frozen=True)
class ClaimFile:
    """Die Seite einer Person."""

    public_id: uuid.UUID
    name: str
    claims: list[ClaimView]
    taken: list[Taken] = field(default_factory=list)
    dependants: Sequence[tuple[Unterhaltspflicht, Any]] = ()
    excluded: Sequence[Unterhaltsausschluss] = ()

    @property
    def next_number(self) -> int:
        """Nächste freie laufende Nummer."""
        return max((view.fact.nummer for view in self.claims), default=0) + 1


def claim_file(session: TenantSession, public_id: uuid.UUID, today: date) -> ClaimFile | None:
    """Liest die Seite und vermerkt das Lesen; None, wenn es die Person bei diesem Mandanten nicht gibt."""
    person = session.scalars(select(Person).where(Person.public_id == public_id)).one_or_none()
    if person is None:
        return None
    facts = _newest(session, person.id)
    audit.record_reading(session, "pfaendungen.gelesen", f"person:{public_id}", {"forderungen": len(facts)})
    following = month_end(today) + timedelta(days=1)
    konten = read(session, following, {person.id: facts})
    rows = session.execute(
        select(Einbehalt, Lauf.monat.label("lauf"), Lauf.zustand)
        .join(Lauf, Lauf.id == Einbehalt.lauf_id)
        .where(Einbehalt.person_id == person.id)
        .order_by(Lauf.monat.desc(), Einbehalt.monat.desc(), Einbehalt.nummer)
    ).all()
    names = {fact.nummer: fact.glaeubiger for fact in facts}
    taken = [Taken(row.lauf, row[0].monat, f"Nr. {row[0].nummer} {names.get(row[0].nummer, '')}".strip(), row[0].betrag,
                   None if row[0].offen is None else row[0].offen - row[0].betrag, row[0].verbleib, row[0].grund,
                   row.zustand == "abgeschlossen") for row in rows]
    coming: dict[int, int] = {}
    for row in rows:
        if row.zustand != "abgeschlossen":
            coming[row[0].nummer] = coming.get(row[0].nummer, 0) + row[0].betrag
    dependants = session.scalars(select(Unterhaltspflicht).where(
        known(Unterhaltspflicht, None), Unterhaltspflicht.person_id == person.id).order_by(Unterhaltspflicht.nummer))
    excluded = session.scalars(select(Unterhaltsausschluss).where(
        known(Unterhaltsausschluss, None), Unterhaltsausschluss.person_id == person.id))
    return ClaimFile(public_id, name_of(session, person.id, today),
                     [_view(fact, konten, coming.get(fact.nummer), today) for fact in facts], taken,
                     [(one, dict(VERHAELTNISSE)[one.verhaeltnis]) for one in dependants], excluded.all())


def _newest(session: TenantSession, person: int) -> list[Pfaendung]:
    """Je Forderung die jüngste heute bekannte Fassung."""
    rows = session.scalars(select(Pfaendung).where(known(Pfaendung, None), Pfaendung.person_id == person)
                           .order_by(Pfaendung.nummer, Pfaendung.valid_from))
    return list({row.nummer: row for row in rows}.values())


def _view(fact: Pfaendung, konten: Konten, coming: int | None, today: date) -> ClaimView:
    return ClaimView(
        fact, dict(ARTEN)[fact.art], dict(ZUSTAENDE)[fact.zustand],
        f"{COVERED} {fact.iban_ende}" if fact.iban_ende else "",
        sum(konten.paid.get((fact.person_id, fact.nummer), {}).values()) + fact.gezahlt_vorher_cent,
        konten.owed(fact.person_id, fact, today), coming,
        fact.zustand == "erledigt" or (fact.valid_to is not None and fact.valid_to < today))
