"""Neues: was seit gestern an den Angaben der Menschen anders wurde, über alle Arbeitgeber des Auftrags."""

from __future__ import annotations

import re
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from flask import Blueprint, current_app, render_template, request
from flask_babel import lazy_gettext as _
from sqlalchemy import and_, func, or_, select
from sqlalchemy.dialects.postgresql import distinct_on
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
PUBLIC_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
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


@dataclass(frozen=True)
class _People:
    """Menschen nach öffentlicher Kennung, nach Nummer und nach Beschäftigung."""

    by_public: dict[str, _Human]
    by_id: dict[int, _Human]
    by_job: dict[int, _Human]


@news_desk.get("")
@permission("person.read")
def page() -> str | Response:
    """Alle Änderungen seit einem Tag; ohne Wahl seit gestern und ohne die eigenen."""
    me, today = current(), settings_of(current_app).today()
    since, export = _since(today), exports.asked()
    own = request.args.get("eigene") == "1"
    rows: list[Change] = []
    cut: list[str] = []
    for held in me.holding("person.read"):
        with tenant_session(held.tenant_id, actor=me.login) as session:
            found, more = changes(session, held, since, today, None if own else me.login)
            if found:
                audit.record(session, "neues.gelesen", f"seit:{since.isoformat()}",
                             {"anzahl": len(found), "ausgabe": export})
        rows += found
        cut += [held.name] if more else []
    listing = lists.listing(rows, columns=COLUMNS, searched=_searched, default="zeit", keep=("seit", "eigene"))
    if export:
        return exports.respond(export, f"neues-seit-{since:%Y-%m-%d}", HEADER, map(_exported, listing.rows))
    return render_template("payroll/desk/news.html", listing=listing, since=since, own=own, cut=cut, most=MOST)


def changes(session: TenantSession, held: HeldMandate, since: date, today: date, but: str | None
            ) -> tuple[list[Change], bool]:
    """Änderungen bei einem Arbeitgeber, die jüngste zuerst, und ob es mehr als MOST sind; drei Abfragen.

    today: der Tag, dessen Namen gelten; but: wessen Änderungen nicht zählen. Was keiner Person gehört oder besondere
    Rechte braucht (Pfändungen), fehlt.
    """
    conditions = [AuditEntry.at >= datetime.combine(since, time(), OFFICE_TIME), AuditEntry.action.in_(ACTIONS)]
    if but is not None:
        conditions.append(AuditEntry.actor != but)
    entries = session.scalars(
        select(AuditEntry).where(*conditions).order_by(AuditEntry.id.desc()).limit(MOST + 1)).all()
    if not entries:
        return [], False
    told = [(one, words) for one in entries[:MOST] if (words := _words(one))]
    people = _people(session, [one for one, _words in told], today)
    found = []
    for one, words in told:
        if (human := _owner(one, people)) is not None:
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


def _people(session: TenantSession, entries: Sequence[AuditEntry], today: date) -> _People:
    """Nur die Menschen dieser Einträge, mit ihrem Namen von heute (sonst dem nächsten): andere Namen bleiben zu."""
    public = {key for one in entries for key in _public_ids(one)}
    numbers = {one.details["person_id"] for one in entries if one.details.get("person_id")}
    jobs = {one.details["beschaeftigung_id"] for one in entries if one.details.get("beschaeftigung_id")}
    of_jobs = select(Beschaeftigung.person_id).where(Beschaeftigung.id.in_(jobs))
    rows = session.execute(
        select(Person.id, Person.public_id, Beschaeftigung.id.label("job"), Beschaeftigung.personalnummer)
        .outerjoin(Beschaeftigung, and_(Beschaeftigung.tenant_id == Person.tenant_id,
                                        Beschaeftigung.person_id == Person.id))
        .where(or_(Person.public_id.in_(public), Person.id.in_(numbers), Person.id.in_(of_jobs)))
        .order_by(Beschaeftigung.id)).all()
    names = session.execute(
        select(PersonAngaben.person_id, PersonAngaben.nachname, PersonAngaben.vorname)
        .where(known(PersonAngaben, None), PersonAngaben.person_id.in_({row.id for row in rows}))
        .ext(distinct_on(PersonAngaben.person_id))
        .order_by(PersonAngaben.person_id, PersonAngaben.valid_from > today,
                  func.abs(PersonAngaben.valid_from - today))).all()
    held: dict[int, list[str]] = {}
    for row in rows:
        held.setdefault(row.id, []).extend([row.personalnummer] if row.personalnummer else [])
    named = {row.person_id: f"{row.nachname}, {row.vorname}" for row in names}
    by_id = {row.id: _Human(row.public_id, named[row.id], ", ".join(held[row.id])) for row in rows if row.id in named}
    return _People({str(one.person): one for one in by_id.values()}, by_id,
                   {row.job: by_id[row.id] for row in rows if row.job is not None and row.id in by_id})


def _public_ids(one: AuditEntry) -> list[uuid.UUID]:
    """Öffentliche Kennungen von Menschen, die der Eintrag nennt."""
    kind, _colon, key = one.subject.partition(":")
    given = [str(one.details.get("person", "")), *([key] if kind == "person" else [])]
    return [uuid.UUID(text) for text in given if PUBLIC_ID.fullmatch(text)]


def _owner(one: AuditEntry, people: _People) -> _Human | None:
    kind, _colon, key = one.subject.partition(":")
    return (people.by_public.get(key) if kind == "person" else None) or people.by_public.get(
        str(one.details.get("person"))) or people.by_id.get(one.details.get("person_id", 0)) or people.by_job.get(
        one.details.get("beschaeftigung_id", 0))


def _since(today: date) -> date:
    """Der Tag der Adresse, höchstens ein Vierteljahr zurück; sonst gestern."""
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
