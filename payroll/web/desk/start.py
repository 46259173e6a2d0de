"""Start: alle Mandanten des Auftrags mit Stand des Monats, offenen Hinweisen und dem nächsten Schritt."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from payroll.filings.pflichten.kalender import duties
from payroll.masterdata.wiedervorlage import counts
from payroll.web.desk import month_range, run_steps
from payroll.web.desk.costs import CostChart, chart
from payroll.web.desk.news import SHOWN, News, since_yesterday
from payroll.web.desk.run_reading import TenantMonth, tenant_month
from tenants.db.session import tenant_session
from tenants.web import inputs
from tenants.web.access import signed_in
from tenants.web.identity import HeldMandate, Identity, current
from tenants.web.shell import settings_of
from tenants.web.told import told

OVERDUE, AHEAD = timedelta(days=21), timedelta(days=14)
# What the product itself knows as done.
FILED = ("lsta", "beitragsnachweis", "lstb", "deuev", "zv_ereignis", "uv", "sb")
start_desk = Blueprint("start", __name__, template_folder="../templates")


@signed_in
def home() -> str | Response:
    """Jeder zu seiner Tür: das Personal an den Schreibtisch, Beschäftigte ins Portal."""
    me = current()
    if not me.staff:
        return redirect(url_for("portal.slips"))
    if me.platform_admin and not me.holding("run.read"):
        return redirect(url_for("adminusers.index"))
    if me.may("posting.read") and not me.holding("run.read"):
        return redirect(url_for("treasury.overview"))
    if not me.holding("run.read"):
        return render_template("payroll/desk/places.html", mandates=sorted(me.mandates, key=lambda one: one.number))
    month = _month()
    rows, news = overview(me, month)
    due = followups(me)
    first = min((row.first for row in rows), default=month)
    previous, following = month_range.neighbours(month, first, month_range.last_month(_today()))
    return render_template(
        "payroll/desk/start.html",
        month=month,
        rows=[(row, run_steps.next_step(row, me.login)) for row in rows],
        total={name: sum(getattr(row.lauf, name) for row in rows if row.lauf) for name in ("anzahl", "auszahlung")},
        employed=sum(row.employed for row in rows),
        errors=sum(row.errors for row in rows),
        warnings=sum(row.warnings for row in rows),
        mine=sum(row.mine for row in rows),
        login=me.login,
        chart=cost_chart(rows, month),
        many=len(me.holding("run.calculate")) > 1,
        due=[one for one in due if one.faellig or one.stufen],
        terms=terms(me),
        today=_today(),
        news=sorted(news, key=lambda item: item.at, reverse=True)[:SHOWN],
        previous=previous,
        following=following,
    )


def overview(me: Identity, month: date) -> tuple[list[TenantMonth], list[News]]:
    """Stand aller Mandanten mit Leserecht und was andere dort taten; je Mandant eine eigene Sitzung."""
    rows: list[TenantMonth] = []
    news: list[News] = []
    for held in me.holding("run.read"):
        with tenant_session(held.tenant_id, actor=me.login) as session:
            rows.append(tenant_month(session, held, month, _today()))
            news += since_yesterday(session, held, me.login, _today())
    return rows, news


@dataclass(frozen=True)
class Faellig:
    """Offene Wiedervorlagen eines Mandanten: fällige, und angekündigte Stufenaufstiege."""

    held: HeldMandate
    faellig: int
    stufen: int


def followups(me: Identity) -> list[Faellig]:
    """Wiedervorlagen je Mandant, dessen Personen man sieht; je Mandant eine Abfrage."""
    found = []
    for held in me.holding("person.read"):
        with tenant_session(held.tenant_id, actor=me.login) as session:
            found.append(Faellig(held, *counts(session, _today())))
    return found


def terms(me: Identity) -> list[tuple[date, str, list[HeldMandate]]]:
    """Pflichten der nächsten zwei Wochen und überfällige, die noch niemand erledigt hat; je Termin die Arbeitgeber."""
    found: dict[tuple[date, str], list[HeldMandate]] = defaultdict(list)
    today = _today()
    for held in me.holding("filing.read"):
        with tenant_session(held.tenant_id, actor=me.login) as session:
            for one in duties(session, today - OVERDUE, today + AHEAD, pay=False):
                if not one.erledigt and (one.tag >= today or one.art in FILED):
                    found[one.tag, f"{told(one.was)} ({one.monat:%m/%Y})"].append(held)
    return [(day, words, tenants) for (day, words), tenants in sorted(found.items(), key=lambda item: item[0])]


def cost_chart(rows: list[TenantMonth], month: date) -> CostChart | None:
    """Kosten aller Mandanten zusammen je Monat; nur Monate, die bei allen gerechnet sind."""
    months = set.intersection(*(set(row.costs) for row in rows)) if rows else set()
    shown = sorted(one for one in months if one <= month)[-6:]
    return chart([(one, sum(row.costs[one] for row in rows)) for one in shown])


def _month() -> date:
    """Der gewünschte Monat; unmögliche und zu ferne führen zum laufenden."""
    try:
        wanted = inputs.month(request.args["monat"]) if "monat" in request.args else _today()
    except inputs.InputError:
        wanted = _today()
    return (wanted if wanted <= month_range.last_month(_today()) else _today()).replace(day=1)


def _today() -> date:
    return settings_of(current_app).today()
