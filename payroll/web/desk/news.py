"""Was andere seit gestern getan haben, aus dem Protokoll, je Mensch und Vorgang einmal."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from flask_babel import lazy_gettext as _
from sqlalchemy import func, select

from tenants.audit.models import AuditEntry
from tenants.db.session import TenantSession
from tenants.web.formats import OFFICE_TIME
from tenants.web.identity import HeldMandate

WORDS: dict[str, Any] = {
    "lauf.gerechnet": _("Monat gerechnet"),
    "lauf.geprueft": _("Abrechnung geprüft"),
    "lauf.freigegeben": _("Abrechnung freigegeben"),
    "lauf.zurueckgenommen": _("Prüfung zurückgenommen"),
    "lauf.abgeschlossen": _("Monat abgeschlossen"),
    "einlesung.uebernommen": _("Datei eingelesen"),
    "tatsache.erfasst": _("Angaben erfasst"),
    "person.angelegt": _("Person angelegt"),
    "tatsache.beendet": _("Angaben beendet"),
    "ereignis.erfasst": _("Ereignis erfasst"),
    "massenaenderung.uebernommen": _("Viele Angaben auf einmal geändert"),
    "anliegen.gestellt": _("Anliegen im Portal gestellt"),
    "akte.abgelegt": _("Dokument abgelegt"),
    "zeitdatei.eingelesen": _("Zeitdatei eingelesen"),
    "zeitmonat.abgeschlossen": _("Zeitmonat abgeschlossen"),
    "zahlungsauftrag.freigegeben": _("Zahlungsauftrag freigegeben"),
    "meldung.freigegeben": _("Meldung freigegeben"),
}
SHOWN = 8


@dataclass(frozen=True)
class News:
    """Ein Vorgang eines anderen Menschen: wie oft und wann zuletzt."""

    held: HeldMandate
    actor: str
    words: Any
    count: int
    at: datetime


def since_yesterday(session: TenantSession, held: HeldMandate, actor: str, today: date) -> list[News]:
    """Vorgänge anderer bei einem Mandanten seit gestern früh; eine Abfrage."""
    start = datetime.combine(today - timedelta(days=1), time(), OFFICE_TIME)
    last = func.max(AuditEntry.at)
    statement = (
        select(AuditEntry.actor, AuditEntry.action, func.count(AuditEntry.id).label("number"), last.label("last"))
        .where(AuditEntry.at >= start, AuditEntry.actor != actor, AuditEntry.action.in_(WORDS))
        .group_by(AuditEntry.actor, AuditEntry.action)
        .order_by(last.desc())
        .limit(SHOWN)
    )
    return [News(held, row.actor, WORDS[row.action], row.number, row.last) for row in session.execute(statement)]
