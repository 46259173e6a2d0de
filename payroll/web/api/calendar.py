"""Pflichten als abonnierter Kalender: ein geheimer Link, der nur diesen Kalender öffnet und sich widerrufen lässt.

Kalenderprogramme können sich nicht anmelden; das Zeichen steht deshalb in der Adresse. Es ist ein Zugang wie der eines
anderen Programms, aber nur einer mit diesem einen Bereich öffnet hier etwas, und anderswo öffnet er nichts.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from flask import Blueprint, Response, abort, current_app
from sqlalchemy import select

from payroll.filings.pflichten.ics import calendar_file
from payroll.filings.pflichten.kalender import duties
from payroll.web.api.door import turned_away
from tenants import audit
from tenants.db.session import tenant_session
from tenants.interfaces import service
from tenants.models import Tenant
from tenants.web.access import public
from tenants.web.shell import settings_of

calendar_door = Blueprint("calendar", __name__, url_prefix="/kalender")
SCOPE = "pflichten.lesen"
BACK, AHEAD = 31, 400


@calendar_door.get("/<zeichen>/pflichten.ics")
@public("eigener Zugang: das Zeichen in der Adresse öffnet nur diesen Kalender, ohne Personen", personal=True)
def feed(zeichen: str) -> Response:
    """Die Pflichten eines Arbeitgebers; ein Zeichen, das nichts öffnet, gibt es nicht (404)."""
    today = settings_of(current_app).today()
    try:
        granted = service.admit(zeichen, now=datetime.now(UTC), today=today)
    except service.NotAdmitted as unknown:
        if unknown.claimed is not None:
            turned_away(unknown.claimed, service.ACTOR, SCOPE, 404)
        abort(404)
    except service.TooMany as many:
        turned_away(many.granted, many.granted.actor, SCOPE, 429)
        return Response(status=429, headers={"Retry-After": str(many.seconds)})
    if granted.scopes != {SCOPE}:
        turned_away(granted, granted.actor, SCOPE, 404)
        abort(404)
    with tenant_session(granted.tenant_id, actor=granted.actor) as session:
        name = session.scalars(select(Tenant.name).where(Tenant.id == granted.tenant_id)).one()
        rows = duties(session, today - timedelta(days=BACK), today + timedelta(days=AHEAD))
        audit.record_reading(session, "kalender.abgerufen", f"zugang:{granted.public_id}", {"termine": len(rows)})
    return Response(calendar_file(rows, name, datetime.now(UTC)), content_type="text/calendar; charset=utf-8",
                    headers={"Cache-Control": "private, no-store"})
