"""Freie Tage nach Brauch des Arbeitgebers: Liste, festlegen, beenden."""

from __future__ import annotations

import uuid
from datetime import timedelta

from flask import Blueprint, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from tenants.db.session import TenantSession
from tenants.web.access import permission
from tenants.web.identity import current_mandate
from timekeeping.imports.problems import ImportFehler
from timekeeping.own import custom
from timekeeping.own.custom import GANZ
from timekeeping.web import sharing
from timekeeping.web.words import CUSTOMS

timecustom_desk = Blueprint("timecustom", __name__, url_prefix="/mandanten/<uuid:mandant>/zeiten/freie-tage")
Answer = str | tuple[str, int] | Response
AHEAD = timedelta(days=730)


@timecustom_desk.get("")
@permission("time.read")
def index(mandant: uuid.UUID) -> str:
    """Alle Bräuche und die Tage der nächsten zwei Jahre."""
    with sharing.session() as session:
        return _index(session)


@timecustom_desk.post("")
@permission("time.write")
def save(mandant: uuid.UUID) -> Answer:
    """Legt einen freien Tag fest oder beendet ihn."""
    def act(session: TenantSession) -> str:
        if sharing.text("was") == "beenden":
            custom.end_custom(session, sharing.text("name"), sharing.needed_day("bis", _("Letzter Tag")),
                              reason=sharing.text("grund"))
            return _("Der freie Tag ist beendet.")
        tag, monat = _yearly()
        first, last = sharing.needed_day("ab", _("Gilt ab")), sharing.day("bis", _("Gilt bis"))
        custom.set_custom(session, sharing.text("name"), sharing.text("regel"), ab=first, bis=last, anteil=_share(),
                          monat=monat, tag=tag, reason=sharing.text("grund"))
        return _("Der freie Tag ist festgelegt.")
    return sharing.acting(act, lambda session, refused: _index(session, refused), "timecustom.index")


def _yearly() -> tuple[int | None, int | None]:
    """Tag und Monat aus 11.11.; leer, wo die Regel keinen braucht."""
    raw = sharing.text("jahrestag")
    if not raw:
        return None, None
    parts = raw.rstrip(".").split(".")
    if len(parts) != 2 or not all(part.isascii() and part.isdigit() and len(part) <= 2 for part in parts):
        raise ImportFehler(_("Der Jahrestag ist kein Tag"), _("so schreiben: 11.11."))
    return int(parts[0]), int(parts[1])


def _share() -> int:
    raw = sharing.text("anteil") or str(GANZ)
    if not (raw.isascii() and raw.isdigit() and len(raw) <= 3):
        raise ImportFehler(_("Der freie Anteil ist keine Zahl"), _("100 für den ganzen Tag angeben"))
    return int(raw)


def _index(session: TenantSession, refused: str | None = None) -> str:
    today = sharing.today()
    coming = {row.public_id: list(custom.days_of_rule(row, today, today + AHEAD))[:3]
              for row in custom.all_custom(session)}
    return render_template("timekeeping/custom.html", held=current_mandate(), refused=refused, raw=request.form,
                           rows=custom.all_custom(session), coming=coming, words=CUSTOMS, today=today)
