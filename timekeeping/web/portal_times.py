"""Meine Zeiten im Portal: kommen und gehen, der Monat mit Gleitzeitkonto, Korrekturen; dazu die Ansicht am Terminal."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import date

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from tenants.db.session import TenantSession, tenant_session
from tenants.web.access import permission
from tenants.web.identity import current, current_mandate
from tenants.web.signin.views import sign_out
from timekeeping.imports.problems import ImportFehler
from timekeeping.own import account, rows, service
from timekeeping.own.pairing import Anwesend
from timekeeping.rules.clock import local_time
from timekeeping.rules.months import later, month_end
from timekeeping.web import sharing

mytimes = Blueprint("mytimes", __name__, url_prefix="/portal/zeiten")
Answer = str | tuple[str, int] | Response
ROWS = 4


@mytimes.get("")
@permission("time.read_own")
def index() -> str | Response:
    """Die eigenen Arbeitgeber; bei nur einem gleich dorthin."""
    me, found = current(), []
    for held in me.holding("time.read_own"):
        with tenant_session(held.tenant_id, actor=me.login) as opened:
            found += [(held, one) for one in sharing.ports().own(opened, held.person_public_ids)]
    if len(found) == 1:
        return redirect(url_for("mytimes.page", mandant=found[0][0].public_id))
    return render_template("timekeeping/my_employers.html", found=found)


@mytimes.get("/<uuid:mandant>")
@permission("time.read_own")
def page(mandant: uuid.UUID) -> str:
    """Da oder weg, der Monat, das Konto, meine Korrekturen."""
    with sharing.session() as opened:
        return _page(opened)


@mytimes.post("/<uuid:mandant>/stempeln")
@permission("time.write_own")
def stamp(mandant: uuid.UUID) -> Answer:
    """Kommen oder gehen, jetzt."""
    with sharing.session() as opened:
        who = sharing.own_job(opened)
        try:
            row = service.stamp(opened, who.id, sharing.text("was"), sharing.now(), quelle="portal")
        except ImportFehler as refused:
            return _page(opened, str(refused)), 422
        words = _("Gekommen.") if row.richtung == "kommen" else _("Gegangen. Einen guten Heimweg!")
    flash(words, "success")
    return redirect(url_for("mytimes.page", mandant=mandant, stelle=request.values.get("stelle") or None))


@mytimes.get("/<uuid:mandant>/terminal")
@permission("time.read_own")
def terminal(mandant: uuid.UUID) -> str:
    """Große Tasten für ein Gerät im Flur; nach dem Stempeln ist man abgemeldet."""
    with sharing.session() as opened:
        who = sharing.own_job(opened)
        since = service.is_present(opened, who.id, sharing.now())
    return render_template("timekeeping/terminal.html", held=current_mandate(), who=who, since=since, refused=None,
                           now=sharing.now())


@mytimes.post("/<uuid:mandant>/terminal")
@permission("time.write_own")
def terminal_stamp(mandant: uuid.UUID) -> Answer:
    """Stempelt am Terminal und meldet ab."""
    with sharing.session() as opened:
        who = sharing.own_job(opened)
        try:
            row = service.stamp(opened, who.id, sharing.text("was"), sharing.now(), quelle="terminal")
        except ImportFehler as refused:
            since = service.is_present(opened, who.id, sharing.now())
            return render_template("timekeeping/terminal.html", held=current_mandate(), who=who, since=since,
                                   now=sharing.now(), refused=str(refused)), 422
        direction = row.richtung
    answer = sign_out()
    flash(_("Gekommen.") if direction == "kommen" else _("Gegangen. Einen guten Heimweg!"), "success")
    return answer


@mytimes.post("/<uuid:mandant>/korrektur")
@permission("time.write_own")
def correct(mandant: uuid.UUID) -> Answer:
    """Beantragt die Zeiten eines Tages neu."""
    def act(opened: TenantSession, who: sharing.Kopf) -> str:
        spans = []
        for number in range(ROWS):
            first, last = sharing.text(f"von-{number}"), sharing.text(f"bis-{number}")
            if not first and not last:
                continue
            begin = sharing.minutes_of(first, _("Kommen"))
            end = sharing.minutes_of(last, _("Gehen"))
            pause = sharing.text(f"pause-{number}") or "0"
            if not (pause.isascii() and pause.isdigit() and len(pause) < 4):
                raise ImportFehler(_("Die Pause ist keine Zahl von Minuten"), _("so schreiben: 30"))
            spans.append((begin, end if end > begin else end + 1440, int(pause)))
        service.request_correction(opened, who.id, sharing.needed_day("tag", _("Tag")), spans,
                                   grund=sharing.text("grund"), today=sharing.today())
        return _("Die Korrektur ist beantragt.")
    return _acting(act)


@mytimes.post("/<uuid:mandant>/korrektur-zurueckziehen")
@permission("time.write_own")
def withdraw(mandant: uuid.UUID) -> Answer:
    """Zieht eine eigene Korrektur zurück."""
    def act(opened: TenantSession, who: sharing.Kopf) -> str:
        row = next((one for one in service.corrections(opened, job=who.id)
                    if str(one.public_id) == sharing.text("kennung")), None)
        if row is None:
            raise ImportFehler(_("Das gibt es nicht mehr"), _("Seite neu laden"))
        service.withdraw_correction(opened, row)
        return _("Die Korrektur ist zurückgezogen.")
    return _acting(act)


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
    return redirect(url_for("mytimes.page", mandant=current_mandate().public_id, stelle=stelle))


def _page(opened: TenantSession, refused: str | None = None) -> str:
    who, today = sharing.own_job(opened), sharing.today()
    month = sharing.month_of_address(request.args["monat"]) if request.args.get("monat") else today.replace(day=1)
    last = min(month_end(month), today)
    found, lone = rows.presences(opened, month, max(last, month), who.id)
    konto = account.flexitime(opened, who.id, last)
    by_day: dict[date, list[Anwesend]] = {}
    for one in found:
        by_day.setdefault(one.tag, []).append(one)
    return render_template(
        "timekeeping/my_times.html", held=current_mandate(), who=who, refused=refused, raw=request.form, month=month,
        before=later(month, -1), after=later(month, 1), since=service.is_present(opened, who.id, sharing.now()),
        presences=by_day, lone=lone, konto=konto, clock=sharing.clock, today=today, rows=ROWS, local=local_time,
        days={day.tag: day for day in konto.tage if day.tag >= month} if konto else {},
        corrections=service.corrections(opened, job=who.id)[:20],
        jobs=sharing.ports().own(opened, current_mandate().person_public_ids))
