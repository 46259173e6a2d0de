"""Eine Suche für alles: Menschen aller Mandanten des Auftrags, Seiten und Vorgänge, Lohnarten, Rechenregeln."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, current_app, render_template, request
from sqlalchemy import and_, select

from payroll.masterdata.models import Bankverbindung, Beschaeftigung, Person, PersonAngaben
from payroll.runs.reading import folded, matches
from payroll.web.desk import finding
from tenants.db.session import TenantSession, tenant_session
from tenants.web.access import permission
from tenants.web.identity import HeldMandate, current
from tenants.web.lists import sort_key
from tenants.web.shell import settings_of

search_desk = Blueprint("search", __name__, url_prefix="/suche")
PER_TENANT = 20
SHORTEST = 2


@dataclass(frozen=True)
class Hit:
    """Ein Mensch, der passt, und bei welchem Mandanten."""

    held: HeldMandate
    public_id: uuid.UUID
    name: str
    geburtsdatum: str
    personalnummer: str


@search_desk.get("")
@permission("person.read")
def results() -> str:
    """Treffer über alle Mandanten des Auftrags; mindestens zwei Zeichen."""
    me, wanted, today = current(), request.args.get("wen", "").strip()[:100], settings_of(current_app).today()
    hits: list[Hit] = []
    goals: dict[str, list[finding.Goal]] = {}
    if len(wanted) >= SHORTEST:
        words = wanted.split()
        goals = {"vorgaenge": finding.commands(me, words), "lohnarten": finding.known_wage_types(me, words, today),
                 "regeln": finding.values(me, words, today.replace(day=1)), "handbuch": finding.handbook_parts(words)}
        for held in me.holding("person.read"):
            with tenant_session(held.tenant_id, actor=me.login) as session:
                hits += people_like(session, held, wanted.split())
    return render_template("payroll/desk/search.html", wanted=wanted, hits=hits, shortest=SHORTEST, limit=PER_TENANT,
                           goals=goals)


def people_like(session: TenantSession, held: HeldMandate, words: list[str], number: str | None = None) -> list[Hit]:
    """Menschen eines Mandanten, auf die alle Wörter passen; eine Abfrage.

    number: nur die Beschäftigung mit genau dieser Personalnummer.
    Namen stehen versiegelt in der Datenbank: geöffnet und verglichen wird hier.
    """
    statement = (
        select(
            Person.public_id,
            PersonAngaben.nachname,
            PersonAngaben.vorname,
            PersonAngaben.geburtsdatum,
            Beschaeftigung.personalnummer,
            Bankverbindung.iban_ende,
        )
        .join(PersonAngaben, and_(PersonAngaben.person_id == Person.id, PersonAngaben.superseded_at.is_(None)))
        .join(Beschaeftigung, Beschaeftigung.person_id == Person.id)
        .outerjoin(Bankverbindung, and_(Bankverbindung.person_id == Person.id, Bankverbindung.superseded_at.is_(None)))
    )
    if number is not None:
        statement = statement.where(Beschaeftigung.personalnummer == number)
    rows = session.execute(statement.order_by(Beschaeftigung.personalnummer, PersonAngaben.valid_from))
    newest = {row.personalnummer: row for row in rows if _fits(row, words)}
    ordered = sorted(newest.values(), key=lambda row: sort_key(f"{row.nachname} {row.vorname}"))
    return [
        Hit(held, row.public_id, f"{row.nachname}, {row.vorname}", f"{row.geburtsdatum:%d.%m.%Y}", row.personalnummer)
        for row in (ordered[:PER_TENANT] if number is None else ordered)
    ]


def _fits(row: Any, words: list[str]) -> bool:
    texts = (row.nachname, row.vorname, row.personalnummer)
    return all(word == row.iban_ende or matches([folded(word)], *texts) for word in words)
