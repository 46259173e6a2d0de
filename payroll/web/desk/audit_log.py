"""Protokoll eines Mandanten: ansehen, prüfen, mitnehmen."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Blueprint, Response, render_template, request
from sqlalchemy import ColumnElement, func, or_, select

from payroll.masterdata import log_reading
from payroll.statements.privacy import reading
from payroll.web.desk import news
from tenants import audit
from tenants.audit.export import Verdict, lines, verify_database
from tenants.audit.models import AuditEntry
from tenants.db.session import TenantSession, tenant_session
from tenants.web import exports, lists
from tenants.web.access import permission, shows_answer
from tenants.web.identity import current, current_mandate

audit_desk = Blueprint("audit", __name__, url_prefix="/mandanten/<uuid:mandant>/protokoll")
COLUMNS: dict[str, Any] = {
    "nummer": AuditEntry.id,
    "mensch": AuditEntry.actor,
    "vorgang": AuditEntry.action,
    "gegenstand": AuditEntry.subject,
}
SEARCHED = (AuditEntry.actor, AuditEntry.action, AuditEntry.subject, AuditEntry.reason)
JSON_LINES = "application/x-ndjson; charset=utf-8"


@audit_desk.get("")
@permission("audit.read")
def index(mandant: uuid.UUID) -> str:
    """Einträge, ohne Wahl die neuesten zuerst; mit werte=1 auch, was vor und nach einer Änderung galt."""
    with _session() as session:
        return _page(session)


@audit_desk.post("/pruefen")
@permission("audit.read")
@shows_answer
def verify(mandant: uuid.UUID) -> str:
    """Rechnet die ganze Kette nach und vermerkt die Prüfung."""
    with _session() as session:
        verdict = verify_database(session)
        details = {"eintraege": verdict.entries, "brueche": len(verdict.breaks)}
        audit.record(session, "protokoll.geprueft", "protokoll", details)
        return _page(session, verdict)


@audit_desk.get("/kette.jsonl")
@permission("audit.read")
def export(mandant: uuid.UUID) -> Response:
    """Die Kette zum Prüfen ohne diese Anwendung, eine JSON-Zeile je Eintrag."""
    with _session() as session:
        audit.record(session, "protokoll.ausgegeben", "protokoll", {})
        content = "".join(f"{line}\n" for line in lines(session)).encode()
    return exports.attachment(content, JSON_LINES, f"protokoll-{current_mandate().number}.jsonl")


def _session() -> Any:
    return tenant_session(current_mandate().tenant_id, actor=current().login)


def _page(session: TenantSession, verdict: Verdict | None = None) -> str:
    search, sort, descending, page = lists.wanted(COLUMNS, "nummer")
    newest_first = sort == "nummer" and not descending
    conditions = [_hit(word) for word in search.split()]
    column = COLUMNS[sort]
    order = column.desc() if descending or newest_first else column
    total = session.scalar(select(func.count(AuditEntry.id)).where(*conditions)) or 0
    rows = session.scalars(
        select(AuditEntry)
        .where(*conditions)
        .order_by(order, AuditEntry.id.desc())
        .limit(lists.PAGE_SIZE)
        .offset((page - 1) * lists.PAGE_SIZE)
    ).all()
    opened = {}
    if request.args.get("werte") == "1":
        opened = log_reading.read(session, rows, current_mandate().permissions, "Seite des Protokolls")
    shown = lists.prepared(rows, total, search=search, sort=sort, default="nummer", descending=descending, page=page)
    return render_template("payroll/desk/audit.html", held=current_mandate(), listing=shown, verdict=verdict,
                           opened=opened, words={**reading.WORDS, **news.WORDS})


def _hit(word: str) -> ColumnElement[bool]:
    return or_(*(column.contains(word, autoescape=True) for column in SEARCHED))
