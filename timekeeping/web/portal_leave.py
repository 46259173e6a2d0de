"""Meine Abwesenheiten im Portal: Urlaubskonto mit Belehrung, Anträge, Krankmeldung, geheime Kalenderadresse."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.wrappers import Response as Answered

from tenants.db.session import TenantSession, platform_session, tenant_session
from tenants.interfaces.service import rights_behind
from tenants.models import Tenant
from tenants.web import own_name
from tenants.web.access import permission, public, shows_answer
from tenants.web.identity import current_mandate
from timekeeping.imports.problems import ImportFehler
from timekeeping.leave import account, calendar, service
from timekeeping.leave.models import Abwesenheit
from timekeeping.rules.leave_year import NIE
from timekeeping.web import sharing
from timekeeping.web.leave_desk import days_text, request_values
from timekeeping.web.words import ABSENCES, REQUEST_STATES

myleave = Blueprint("myleave", __name__, url_prefix="/portal/abwesenheit")
feeds = Blueprint("calendarfeed", __name__, url_prefix="/kalender")
Answer = str | tuple[str, int] | Answered
AROUND = timedelta(days=400)
ICS = "text/calendar; charset=utf-8"
ALL = ("beantragt", "genehmigt", "abgelehnt", "zurueckgezogen", "storniert")


@myleave.get("/<uuid:mandant>")
@permission("time.read_own")
def page(mandant: uuid.UUID) -> str:
    """Urlaubskonto, Anträge, Kalender."""
    with sharing.session() as opened:
        return _page(opened)


@myleave.post("/<uuid:mandant>/antrag")
@permission("time.write_own")
def ask(mandant: uuid.UUID) -> Answer:
    """Stellt einen Antrag oder meldet sich krank."""
    def act(opened: TenantSession, who: sharing.Kopf) -> str:
        values = request_values()
        if values["art"] not in service.SELBST:
            raise ImportFehler(_("Diese Art trägt die Personalstelle ein"), _("dort melden"))
        row = service.ask(opened, who.id, **values)
        return _("Ihre Meldung ist eingegangen. Gute Besserung!") if row.art in service.MELDUNG else _(
            "Der Antrag ist gestellt.")
    return _acting(act)


@myleave.post("/<uuid:mandant>/zurueckziehen")
@permission("time.write_own")
def withdraw(mandant: uuid.UUID) -> Answer:
    """Zieht einen eigenen Antrag zurück."""
    def act(opened: TenantSession, who: sharing.Kopf) -> str:
        service.withdraw(opened, _own(opened, who))
        return _("Der Antrag ist zurückgezogen.")
    return _acting(act)


@myleave.post("/<uuid:mandant>/kalender")
@permission("time.write_own")
@shows_answer
def subscribe(mandant: uuid.UUID) -> Answer:
    """Neue geheime Adresse (die alte gilt nicht mehr) oder Widerruf."""
    with sharing.session() as opened:
        who = sharing.own_job(opened)
        if sharing.text("was") == "widerrufen":
            calendar.revoke(opened, who.id)
            return _page(opened)
        _row, key = calendar.subscribe(opened, who.id)
        feed = url_for("calendarfeed.feed", arbeitgeber=mandant, schluessel=key)
        return _page(opened, secret=own_name.root() + feed)


@feeds.get("/<uuid:arbeitgeber>/<schluessel>.ics")
@public("die geheime Adresse ist der Schlüssel; sie zeigt Abwesenheiten einer Person und ist widerruflich",
        personal=True)
def feed(arbeitgeber: uuid.UUID, schluessel: str) -> Response:
    """Der Kalender zu einer geheimen Adresse; Unbekanntes und Widerrufenes gibt es nicht."""
    with platform_session(actor="kalender") as opened:
        number = opened.scalars(select(Tenant.id).where(Tenant.public_id == arbeitgeber)).one_or_none()
    if number is None:
        abort(404)
    with tenant_session(number, actor="kalender") as opened:
        found = calendar.feed(opened, schluessel, sharing.today(), lambda login: _still_here(number, login))
    if found is None:
        abort(404)
    response = Response(found, content_type=ICS)
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _still_here(tenant: int, login: str) -> bool:
    """Ob dieser Zugang heute hier sein Portal hat: wer gesperrt oder gegangen ist, dessen Adresse zeigt nichts mehr."""
    with platform_session(actor="kalender") as opened:
        return "time.read_own" in rights_behind(opened, tenant, {login}, sharing.today())[login]


def _own(opened: TenantSession, who: sharing.Kopf) -> Abwesenheit:
    try:
        found = service.find(opened, uuid.UUID(sharing.text("kennung")))
    except ValueError:
        found = None
    if found is None or found.beschaeftigung_id != who.id:
        raise ImportFehler(_("Das gibt es nicht mehr"), _("Seite neu laden"))
    return found


def _acting(act: Callable[[TenantSession, sharing.Kopf], str]) -> Answer:
    with sharing.session() as opened:
        try:
            with opened.begin_nested():
                words = act(opened, sharing.own_job(opened))
        except ImportFehler as refused:
            opened.expire_all()
            return _page(opened, str(refused)), 422
    flash(words, "success")
    stelle = request.values.get("stelle") or None
    return redirect(url_for("myleave.page", mandant=current_mandate().public_id, stelle=stelle))


def _page(opened: TenantSession, refused: str | None = None, secret: str | None = None) -> str:
    who, today = sharing.own_job(opened), sharing.today()
    stock = sharing.ports().stock(opened, None)
    stand = account.accounts(opened, stock, today.year, today, [who.id]).get(who.id)
    rows = service.between(opened, today - AROUND, today + AROUND, job=who.id, zustaende=ALL)
    return render_template(
        "timekeeping/my_leave.html", held=current_mandate(), who=who, refused=refused, raw=request.form, stand=stand,
        rows=sorted(rows, key=lambda row: row.von, reverse=True), words=ABSENCES, kinds=service.SELBST, today=today,
        days=days_text, states=REQUEST_STATES, abo=calendar.subscribed(opened, who.id), secret=secret, never=NIE,
        jobs=sharing.ports().own(opened, current_mandate().person_public_ids))
