"""Zugänge zu Kimai: anlegen, entfernen, Zeiten eines Zeitraums abholen."""

from __future__ import annotations

import uuid

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from tenants.db.session import TenantSession
from tenants.web.access import permission
from tenants.web.identity import current_mandate
from timekeeping import sources
from timekeeping.imports.problems import ImportFehler
from timekeeping.kimai_api import Ziele
from timekeeping.rules.months import later, month_end
from timekeeping.web import sharing

timesource_desk = Blueprint("timesource", __name__, url_prefix="/mandanten/<uuid:mandant>/zeiten/schnittstellen")
Answer = str | tuple[str, int] | Response


@timesource_desk.get("")
@permission("import.write")
def index(mandant: uuid.UUID) -> str:
    """Alle Zugänge."""
    with sharing.session() as session:
        return _index(session)


@timesource_desk.post("")
@permission("import.write")
def save(mandant: uuid.UUID) -> Answer:
    """Legt einen Zugang an, entfernt ihn oder holt Zeiten ab."""
    with sharing.session() as session:
        try:
            with session.begin_nested():
                target = _act(session)
        except ImportFehler as refused:
            session.expire_all()
            return _index(session, str(refused)), 422
    return redirect(target)


def _act(session: TenantSession) -> str:
    mandant, name = current_mandate().public_id, sharing.text("name")
    if sharing.text("was") == "abholen":
        first = sharing.needed_day("von", _("Erster Tag"))
        last = sharing.needed_day("bis", _("Letzter Tag"))
        datei = sources.collect(session, sharing.ports().stock(session, None), sources.find(session, name), first, last,
                                Ziele.from_environment())
        flash(_("Abgeholt. Gebucht wird erst nach der Freigabe."), "success")
        return url_for("timefile.page", mandant=mandant, datei=datei.public_id)
    if sharing.text("was") == "entfernen":
        sources.remove(session, sources.find(session, name), reason=sharing.text("grund"))
        flash(_("Der Zugang ist entfernt."), "success")
    else:
        sources.set_source(session, name, sharing.text("adresse"), sharing.text("schluessel"),
                           reason=sharing.text("grund"))
        flash(_("Der Zugang ist gespeichert."), "success")
    return url_for("timesource.index", mandant=mandant)


def _index(session: TenantSession, refused: str | None = None) -> str:
    month = later(sharing.today().replace(day=1), -1)
    return render_template("timekeeping/sources.html", held=current_mandate(), refused=refused, raw=request.form,
                           sources=sources.all_sources(session), first=month, last=month_end(month))
