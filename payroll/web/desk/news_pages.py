"""Neues: was seit gestern an den Angaben der Menschen anders wurde, über alle Arbeitgeber des Auftrags."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from flask import Blueprint, current_app, render_template, request
from flask_babel import lazy_gettext as _
from sqlalchemy import and_, select
from werkzeug.wrappers import Response

from payroll.masterdata.clocks import known
from payroll.masterdata.models import Beschaeftigung, Person, PersonAngaben
from payroll.web.desk.fact_kinds import KINDS
from tenants import audit
from tenants.audit.models import AuditEntry
from tenants.db.session import TenantSession, tenant_session
from tenants.web import exports, inputs, lists
from tenants.web.access import permission
from tenants.web.formats import OFFICE_TIME
from tenants.web.identity import HeldMandate, current
from tenants.web.shell import settings_of

news_desk = Blueprint("news", __name__, url_prefix="/neues")
MOST, FURTHEST = 2000, timedelta(days=92)
TITLES = {kind.model.__tablename__: kind.title for kind in KINDS.values()}
ACTIONS: dict[str, Any] = {
    "tatsache.erfasst": _("erfasst"),
    "tatsache.beendet": _("beendet"),
    "person.angelegt": _("Person angelegt"),
    "anliegen.gestellt": _("Anliegen im Portal"),
}
HEADER = ("Zeitpunkt", "Arbeitgeber", "Name", "Personalnummer", "Was", "Gilt ab", "Wer", "Grund")
COLUMNS = {
    "zeit": lambda row: -row.at.timestamp(),
    "arbeitgeber": lambda row: lists.sort_key(row.held.name),
    "name": lambda row: lists.sort_key(row.name),
    "was": lambda row: lists.sort_key(row.words),
    "wer": lambda row: lists.sort_key(row.actor),
}


@dataclass(frozen=True)
class Change:
    """Eine Änderung an einem Menschen; since: ab wann sie gilt."""

    held: HeldMandate
    at: datetime
    person: uuid.UUID
    name: str
    numbers: str
    words: str
    since: date | None
    actor: str
    reason: str


@dataclass(frozen=True)
class _Human:
    person: uuid.UUID
    name: str
    numbers: str


@news_desk.get("")
@permission("person.read")
def page() -> str | Response:
    """Alle Änderungen seit einem Tag; ohne Wahl seit gestern und ohne die eigenen."""
    me, since = current(), _since()
    own = request.args.get("eigene") == "1"
    rows: list[Change] = []
    cut: list[str] = []
    for held in me.holding("person.read"):
        with tenant_session(held.tenant_id, actor=me.login) as session:
            found, more = changes(session, held, since, None if own else me.login)
            if found:
                audit.record(session, "neues.gelesen", f"seit:{since.isoformat()}",
                             {"anzahl": len(found), "ausgabe": request.args.get("format")})
        rows += found
        cut += [held.name] if more else []
    listing = lists.listing(rows, columns=COLUMNS, searched=_searched, default="zeit", keep=("seit", "eigene"))
    export = request.args.get("format")
    if export:
        return exports.respond(export, f"neues-seit-{since:%Y-%m-%d}", HEADER, map(_exported, listing.rows))
    return render_template("payroll/desk/news.html", listing=listing, since=since, own=own, cut=cut, most=MOST)


def changes(session: TenantSession, held: HeldMandate, since: date, but: str | None) -> tuple[list[Change], bool]:
    """Änderungen bei einem Arbeitgeber, die jüngste zuerst, und ob es mehr als MOST sind; drei Abfragen.

    but: wessen Änderungen nicht zählen. Was keiner Person gehört oder besondere Rechte braucht (Pfändungen), fehlt.
    """
    conditions = [AuditEntry.at >= datetime.combine(since, time(), OFFICE_TIME), AuditEntry.action.in_(ACTIONS)]
    if but is not None:
        conditions.append(AuditEntry.actor != but)
    entries = session.scalars(
        select(AuditEntry).where(*conditions).order_by(AuditEntry.id.desc()).limit(MOST + 1)).all()
    if not entries:
        return [], False
    by_person, by_key, by_job = _people(session)
    found = []
    for one in entries[:MOST]:
        words = _words(one)
        human = _owner(one, by_person, by_key, by_job)
        if words and human is not None:
            day = one.details.get("valid_from")
            found.append(Change(held, one.at, human.person, human.name, human.numbers, words,
                                date.fromisoformat(day) if day else None, one.actor, one.reason or ""))
    return found, len(entries) > MOST


def _words(one: AuditEntry) -> str:
    """Was geschah, in Worten; leer, wenn es hier nicht steht."""
    if not one.action.startswith("tatsache."):
        return str(ACTIONS[one.action])
    title = TITLES.get(one.subject.partition(":")[0])
    return f"{title}: {ACTIONS[one.action]}" if title is not None else ""


def _people(session: TenantSession) -> tuple[dict[str, _Human], dict[int, _Human], dict[int, _Human]]:
    """Alle Menschen nach öffentlicher Kennung, nach Nummer und nach Beschäftigung."""
    rows = session.execute(
        select(Person.id, Person.public_id, PersonAngaben.nachname, PersonAngaben.vorname)
        .join(PersonAngaben, and_(PersonAngaben.tenant_id == Person.tenant_id, PersonAngaben.person_id == Person.id))
        .where(known(PersonAngaben, None)).order_by(PersonAngaben.valid_from, PersonAngaben.id)).all()
    jobs = session.execute(select(Beschaeftigung.id, Beschaeftigung.person_id, Beschaeftigung.personalnummer)
                           .order_by(Beschaeftigung.id)).all()
    numbers: dict[int, list[str]] = {}
    for job in jobs:
        numbers.setdefault(job.person_id, []).append(job.personalnummer)
    by_id = {row.id: _Human(row.public_id, f"{row.nachname}, {row.vorname}", ", ".join(numbers.get(row.id, ())))
             for row in rows}
    return ({str(one.person): one for one in by_id.values()}, by_id,
            {job.id: by_id[job.person_id] for job in jobs if job.person_id in by_id})


def _owner(one: AuditEntry, by_person: dict[str, _Human], by_key: dict[int, _Human], by_job: dict[int, _Human]
           ) -> _Human | None:
    kind, _colon, key = one.subject.partition(":")
    return (by_person.get(key) if kind == "person" else None) or by_person.get(str(one.details.get("person"))) or (
        by_key.get(one.details.get("person_id", 0)) or by_job.get(one.details.get("beschaeftigung_id", 0)))


def _since() -> date:
    """Der Tag der Adresse, höchstens ein Vierteljahr zurück; sonst gestern."""
    today = settings_of(current_app).today()
    try:
        wanted = inputs.day(request.args["seit"])
    except (KeyError, inputs.InputError):
        wanted = today - timedelta(days=1)
    return min(max(wanted, today - FURTHEST), today)


def _searched(row: Change) -> str:
    return f"{row.name} {row.numbers} {row.held.name} {row.words} {row.actor} {row.reason}"


def _exported(row: Change) -> tuple[object, ...]:
    return (f"{row.at.astimezone(OFFICE_TIME):%d.%m.%Y %H:%M}", f"{row.held.number} {row.held.name}", row.name,
            row.numbers, row.words, row.since, row.actor, row.reason)
