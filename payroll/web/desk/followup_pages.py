"""Wiedervorlagen eines Mandanten: fällige und kommende, filtern, erledigen, verschieben."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager
from operator import attrgetter

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext, ngettext
from werkzeug.wrappers import Response

from payroll.masterdata import wiedervorlage
from payroll.masterdata.wiedervorlage import WiedervorlageError
from payroll.web.desk.whose import person_of
from tenants.db.session import TenantSession, tenant_session
from tenants.web import exports, formats, inputs
from tenants.web.access import permission
from tenants.web.identity import current, current_mandate
from tenants.web.lists import listing
from tenants.web.shell import settings_of

followup_desk = Blueprint("followups", __name__, url_prefix="/mandanten/<uuid:mandant>/wiedervorlagen")
HEADER = ("Fällig", "Name", "Personalnummer", "Was zu tun ist", "Gesetz", "Thema", "Erledigt von", "Vermerk")
WHICH = {"faellig": lazy_gettext("fällig"), "kommend": lazy_gettext("kommend"), "erledigt": lazy_gettext("erledigt"),
         "alle": lazy_gettext("alle offenen")}
TOPICS = {"ereignis": lazy_gettext("Ereignis"), "stufe": lazy_gettext("Stufenaufstieg"),
          "ueberzahlung": lazy_gettext("Überzahlung"), "portal": lazy_gettext("Anliegen aus dem Portal"),
          "akte": lazy_gettext("Personalakte"), "hand": lazy_gettext("von Hand")}


@followup_desk.get("")
@permission("person.read")
def index(mandant: uuid.UUID) -> str | Response:
    """Die Liste; stand wählt fällige, kommende, erledigte oder alle offenen, thema die Herkunft."""
    return _list(None)


@followup_desk.post("/stufen")
@permission("person.write")
def announce(mandant: uuid.UUID) -> Response:
    """Kündigt die Stufenaufstiege dieses und des nächsten Monats an."""
    with _session() as session:
        count = wiedervorlage.announce_steps(session, settings_of(current_app).today())
    flash(ngettext("%(num)d Stufenaufstieg neu angekündigt.", "%(num)d Stufenaufstiege neu angekündigt.", count),
          "success")
    return redirect(url_for("followups.index", mandant=mandant, stand="alle", thema="stufe"))


@followup_desk.post("/person/<uuid:person>/neu")
@permission("person.write")
def add(mandant: uuid.UUID, person: uuid.UUID) -> Response | tuple[str | Response, int]:
    """Legt von Hand eine Wiedervorlage zu einer Person an."""
    text, today = request.form.get("text", "").strip(), settings_of(current_app).today()
    try:
        day = inputs.day(request.form.get("faellig", ""))
    except inputs.InputError as wrong:
        return _list(str(wrong)), 422
    if not text or len(text) > 300:
        return _list(_("Bitte in höchstens 300 Zeichen angeben, was zu tun ist.")), 422
    with _session() as session:
        owner = person_of(session, person)
        wiedervorlage.create(session, [wiedervorlage.Vorgabe(
            owner.id, max(day, today), text, "hand", f"hand:{uuid.uuid4()}")])
    flash(_("Wiedervorlage angelegt."), "success")
    return redirect(url_for("person.page", mandant=mandant, person=person, _anchor="wiedervorlagen"))


@followup_desk.post("/<uuid:kennung>/erledigt")
@permission("person.write")
def settle(mandant: uuid.UUID, kennung: uuid.UUID) -> Response | tuple[str | Response, int]:
    """Erledigt mit Vermerk."""
    note = request.form.get("vermerk", "")
    return _change(mandant, lambda session: wiedervorlage.settle(session, kennung, vermerk=note), _("Erledigt."))


@followup_desk.post("/<uuid:kennung>/verschieben")
@permission("person.write")
def postpone(mandant: uuid.UUID, kennung: uuid.UUID) -> Response | tuple[str | Response, int]:
    """Verschiebt auf einen anderen Tag, mit Grund."""
    try:
        day = inputs.day(request.form.get("faellig", ""))
    except inputs.InputError as wrong:
        return _list(str(wrong)), 422
    today, why = settings_of(current_app).today(), request.form.get("grund", "")
    return _change(mandant, lambda session: wiedervorlage.postpone(session, kennung, faellig=day, grund=why,
                                                                   today=today), _("Verschoben."))


def _change(mandant: uuid.UUID, change: Callable[[TenantSession], object], word: str) -> (
        Response | tuple[str | Response, int]):
    try:
        with _session() as session:
            if change(session) is None:
                abort(404)
    except WiedervorlageError as refused:
        return _list(str(refused)), 422
    flash(word, "success")
    return redirect(url_for("followups.index", mandant=mandant, stand=request.args.get("stand"),
                            thema=request.args.get("thema")))


def _session() -> AbstractContextManager[TenantSession]:
    return tenant_session(current_mandate().tenant_id, actor=current().login)


def _list(refused: str | None) -> str | Response:
    held, today = current_mandate(), settings_of(current_app).today()
    which = request.args.get("stand", "faellig")
    which = which if which in WHICH else "faellig"
    topic = request.args.get("thema", "")
    with _session() as session:
        rows = wiedervorlage.pending(session, done=which == "erledigt")
    if which in ("faellig", "kommend"):
        rows = [row for row in rows if (row.faellig <= today) == (which == "faellig")]
    if topic in TOPICS:
        rows = [row for row in rows if row.thema == topic]
    found = listing(rows, columns={"faellig": attrgetter("faellig"), "name": attrgetter("name")},
                    searched=lambda row: f"{row.name} {row.personalnummer} {row.text} {row.gesetz}",
                    default="faellig", keep=("stand", "thema"))
    if kind := request.args.get("format"):
        cells = [(formats.day(row.faellig), row.name, row.personalnummer, row.text, row.gesetz,
                  str(TOPICS.get(row.thema, row.thema)), row.erledigt_von or "", row.vermerk) for row in found.rows]
        return exports.respond(kind, "wiedervorlagen", HEADER, cells)
    return render_template("payroll/desk/followups.html", held=held, listing=found, today=today, which=which,
                           topic=topic, words=WHICH, topics=TOPICS, refused=refused)
