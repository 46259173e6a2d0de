"""Sammellauf: derselbe Schritt bei mehreren Arbeitgebern mit einem Klick, und wie weit die Arbeiter sind."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext, ngettext
from werkzeug.wrappers import Response

from payroll.runs import reading
from payroll.sammellauf import service, stuecke
from payroll.sammellauf.models import ABGELEHNT, ABSCHLIESSEN, FERTIG, GESCHEITERT, OFFEN, RECHNEN, Sammelauftrag
from payroll.web.desk import month_range
from payroll.web.desk.run_reading import employed
from tenants.db.session import platform_session, tenant_session
from tenants.operation import queue
from tenants.web import formats, inputs
from tenants.web.access import permission
from tenants.web.identity import HeldMandate, current
from tenants.web.shell import settings_of

collective_desk = Blueprint("collective", __name__, url_prefix="/sammellauf")
STEPS = {RECHNEN: lazy_gettext("Probelauf"), ABSCHLIESSEN: lazy_gettext("Abschluss")}
OUTCOMES = {
    OFFEN: ("warning", lazy_gettext("wartet")), FERTIG: ("success", lazy_gettext("erledigt")),
    ABGELEHNT: ("danger", lazy_gettext("abgelehnt")), GESCHEITERT: ("danger", lazy_gettext("gescheitert")),
}
POSSIBLE = {"offen": RECHNEN, "probe": RECHNEN, "freigegeben": ABSCHLIESSEN}


@dataclass(frozen=True)
class Row:
    """Ein Arbeitgeber: Stand des Monats, was jetzt möglich ist, die jüngsten Aufträge."""

    held: HeldMandate
    state: str
    employed: int
    possible: str
    orders: list[Sammelauftrag]
    first: date
    parts: stuecke.Stand | None

    @property
    def waiting(self) -> bool:
        """Ob ein Auftrag noch nicht ausgeführt ist."""
        return any(one.zustand == OFFEN for one in self.orders)


@collective_desk.get("")
@permission("run.read")
def page() -> str | tuple[str, int]:
    """Alle Arbeitgeber des Auftrags mit Stand und Aufträgen des Monats."""
    return _page(_month())


def _page(month: date, refused: str = "") -> str | tuple[str, int]:
    me, today = current(), settings_of(current_app).today()
    rows = [_row(held, month, me.login, today) for held in me.holding("run.read") if _may(held)]
    with platform_session(actor=me.login) as session:
        workers = queue.workers_alive(session)
    first = min((row.first for row in rows), default=month)
    previous, following = month_range.neighbours(month, first, month_range.last_month(today))
    shown = render_template(
        "payroll/desk/collective.html", month=month, rows=rows, workers=workers, steps=STEPS, outcomes=OUTCOMES,
        refused=refused, waiting=sum(row.waiting for row in rows),
        possible={art: sum(row.possible == art for row in rows) for art in STEPS},
        previous=previous, following=following)
    return (shown, 409) if refused else shown


def _may(held: HeldMandate) -> bool:
    return any(held.may(right) for right in service.RIGHT.values())


def _row(held: HeldMandate, month: date, login: str, today: date) -> Row:
    with tenant_session(held.tenant_id, actor=login) as session:
        found = reading.month_state(session, month)
        state = found.lauf.zustand if found else "offen"
        count = employed(session, month)
        possible = POSSIBLE.get(state, "") if count else ""
        if possible and not held.may(service.RIGHT[possible]):
            possible = ""
        return Row(held, state, count, possible, list(service.latest(session, month)),
                   month_range.first_month(session, today), stuecke.progress(session, month))


@collective_desk.post("/rechnen")
@permission("run.calculate")
def calculate() -> str | tuple[str, int] | Response:
    """Beauftragt den Probelauf bei den angekreuzten Arbeitgebern."""
    return _order(RECHNEN)


@collective_desk.post("/abschliessen")
@permission("run.close")
def close() -> str | tuple[str, int] | Response:
    """Beauftragt den Abschluss bei den angekreuzten Arbeitgebern, die freigegeben sind."""
    return _order(ABSCHLIESSEN)


def _order(art: str) -> str | tuple[str, int] | Response:
    month, me = _month(), current()
    wanted = set(request.form.getlist("arbeitgeber"))
    chosen = {held.tenant_id: held for held in me.holding(service.RIGHT[art]) if str(held.public_id) in wanted}
    if not chosen:
        return _page(month, _("Nichts beauftragt: mindestens einen Arbeitgeber ankreuzen, bei dem Sie diesen Schritt "
                              "tun dürfen."))
    count, passed = service.order(me.login, chosen, month, art)
    for one in passed:
        flash(f"{chosen[one.tenant_id].name}: {one.grund}", "warning")
    if count:
        flash(ngettext("%(shown)s Auftrag erteilt; hier steht, wie er ausgeht.",
                       "%(shown)s Aufträge erteilt; hier steht, wie sie ausgehen.", count, shown=count), "success")
    return redirect(url_for("collective.page", monat=formats.month_key(month)))


def _month() -> date:
    """Der Monat der Anfrage, sonst der laufende; weiter als der nächste geht es nicht."""
    today = settings_of(current_app).today()
    try:
        month = inputs.month(request.values["monat"])
    except (KeyError, inputs.InputError):
        return today.replace(day=1)
    return min(month, month_range.last_month(today))
