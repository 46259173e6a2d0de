"""Nachtlauf für die Verwaltung: je Aufgabe der letzte Lauf, sein Ausgang, der nächste und die Läufe davor."""

from __future__ import annotations

import os
from datetime import UTC, datetime, time, timedelta

from flask import Blueprint, render_template
from flask_babel import lazy_gettext as _

from tenants.operation import nightly
from tenants.operation.models import SUCCEEDED, NightlyRun
from tenants.web.access import permission
from tenants.web.admin import shared
from tenants.web.formats import OFFICE_TIME

nightly_pages = Blueprint("adminnightly", __name__, url_prefix="/verwaltung/nachtlauf")
TITLES = {
    "stufen": _("Stufenaufstiege ankündigen"),
    "ausgeschiedene": _("Zugänge nach dem Austritt begrenzen"),
    "loeschung": _("Genehmigte Löschungen ausführen"),
    "bewerbungen": _("Fällige Bewerbungen löschen"),
    "technisches": _("Abgelaufene Sitzungen und Codes löschen"),
    "nachrichten": _("Nachrichten versenden"),
    "zertifikat": _("Zertifikat des Webservers ansehen"),
    "siegel": _("Protokolle siegeln"),
}
OUTCOMES = {
    "laeuft": ("info", _("läuft")),
    "gelungen": ("success", _("gelungen")),
    "misslungen": ("danger", _("misslungen")),
    "abgebrochen": ("warning", _("abgebrochen")),
}
LATE = timedelta(hours=26)
USUAL = "02:30"


@nightly_pages.get("")
@permission(shared.ADMIN)
def index() -> str:
    """Übersicht."""
    with shared.platform() as session:
        found = nightly.history(session)
    now = datetime.now(UTC)
    late = [str(TITLES[name]) for name, rows in found.items() if name in TITLES and _is_late(rows, now)]
    return render_template("admin/nightly.html", found=found, titles=TITLES, outcomes=OUTCOMES, late=late,
                           upcoming=planned_after(now))


def planned_after(now: datetime) -> datetime:
    """Wann der nächste Nachtlauf nach der Zeitsteuerung kommt (Zeit des Amtes)."""
    hour, _colon, minute = (os.environ.get("KREISLOHN_NIGHTLY_AT") or USUAL).partition(":")
    here = now.astimezone(OFFICE_TIME)
    today = datetime.combine(here.date(), time(int(hour), int(minute)), OFFICE_TIME)
    return today if today > here else datetime.combine(here.date() + timedelta(days=1), today.timetz())


def _is_late(rows: list[NightlyRun], now: datetime) -> bool:
    """Ob der letzte gelungene Lauf fehlt oder länger her ist als eine Nacht und etwas."""
    return not any(row.outcome == SUCCEEDED and row.finished_at and now - row.finished_at < LATE for row in rows)
