"""Personalkosten im Voraus: Hochrechnungen rechnen, vergleichen, gegen das Ist stellen, der Kämmerei übergeben."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date

from flask import Blueprint, Response, abort, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as Answered

from payroll.budget import actual, files, kept, levies, provisions
from payroll.budget.models import Hochrechnung
from payroll.law.encode import TARIFWERKE
from payroll.runs.errors import RunRefused
from payroll.runs.whatif.massnahmen import SzenarioFehler
from payroll.web.desk import budget_form, budget_reading, whatif_form
from tenants.db.session import TenantSession, tenant_session
from tenants.web import exports
from tenants.web.access import permission
from tenants.web.identity import current, current_mandate
from tenants.web.lists import listing
from tenants.web.shell import settings_of

budget_desk = Blueprint("budget", __name__, url_prefix="/mandanten/<uuid:mandant>/stellenplan/kosten")
MOST = 4
Answer = str | Answered | tuple[str, int]


@budget_desk.get("")
@permission(kept.RIGHT)
def index(mandant: uuid.UUID) -> str:
    """Gemerkte Hochrechnungen, das Formular, die Auswahl zum Vergleichen."""
    return _index()


@budget_desk.post("")
@permission(kept.RIGHT)
def create(mandant: uuid.UUID) -> Answer:
    """Rechnet eine neue Hochrechnung und merkt sie."""
    number = uuid.uuid4()
    try:
        given = budget_form.parsed(request.form, request.form.getlist("tarifwerke"))
        with _session() as session:
            kept.keep(session, given, number)
    except (SzenarioFehler, RunRefused) as refused:
        return _index(str(refused)), 422
    return redirect(url_for("budget.page", mandant=mandant, hochrechnung=number))


@budget_desk.get("/<uuid:hochrechnung>")
@permission(kept.RIGHT)
def page(mandant: uuid.UUID, hochrechnung: uuid.UUID) -> str:
    """Eine Hochrechnung: Kosten je Monat als Bild und Tabelle, je Konto und Produkt, Annahmen, Hinweise."""
    with _session() as session:
        row = _find(session, hochrechnung)
        return render_template(
            "payroll/desk/budget_page.html", held=current_mandate(), row=row, months=budget_reading.by_month(row),
            chart=budget_reading.chart(row, kept.months_of(row), budget_reading.highest([row])),
            accounts=budget_reading.grouped(row, 3), products=budget_reading.grouped(row, 2, 1),
            names=files.labels(session, row), assumed=budget_reading.assumed(kept.assumptions_of(row)),
            total=budget_reading.total(row), refunds=budget_reading.refunds(row),
            stocks=list(provisions.rows(kept.provisions_of(row))), kinds=budget_reading.provision_kinds(row))


@budget_desk.get("/<uuid:hochrechnung>/stellen")
@permission(kept.RIGHT)
def posts(mandant: uuid.UUID, hochrechnung: uuid.UUID) -> str | Response:
    """Kosten je Stelle über den Zeitraum; wer sie ansieht, steht im Protokoll."""
    with _session() as session:
        row = _find(session, hochrechnung)
        rows = [budget_reading.Reihe((number,), own.get("gebunden", 0), own.get("erwartet", 0))
                for number, own in kept.posts_of(session, row).items()]
        name = row.name
    shown = listing(rows, columns={"stelle": lambda one: one.name[0], "gebunden": lambda one: one.gebunden,
                                   "erwartet": lambda one: one.erwartet, "summe": lambda one: one.summe},
                    searched=lambda one: one.name[0], default="stelle")
    if kind := request.args.get("format"):
        return exports.respond(kind, f"stellenkosten-{current_mandate().number}",
                               ("Stelle", "gebunden", "erwartet", "Summe"),
                               [(one.name[0], *map(exports.euros, (one.gebunden, one.erwartet, one.summe)))
                                for one in shown.rows])
    return render_template("payroll/desk/budget_posts.html", held=current_mandate(), listing=shown, title=name,
                           hochrechnung=hochrechnung)


@budget_desk.get("/<uuid:hochrechnung>/ist")
@permission(kept.RIGHT)
def against(mandant: uuid.UUID, hochrechnung: uuid.UUID) -> str:
    """Plan gegen Ist und Obligo; `lage` nennt die Hochrechnung von heute."""
    with _session() as session:
        row = _find(session, hochrechnung)
        rows = kept.all_of(session)
        now = next((one for one in rows if str(one.kennung) == request.args.get("lage", "")), row)
        accounts, booked = actual.commitment(session, row, now)
        return render_template(
            "payroll/desk/budget_actual.html", held=current_mandate(), row=row, now=now, rows=rows, accounts=accounts,
            booked=booked, months=actual.by_month(session, row), names=files.labels(session, row))


@budget_desk.get("/vergleich")
@permission(kept.RIGHT)
def compare(mandant: uuid.UUID) -> str | Response:
    """Bis zu vier Hochrechnungen nebeneinander, im selben Maßstab."""
    wanted = request.args.getlist("h")[:MOST]
    with _session() as session:
        rows = sorted((one for one in kept.all_of(session) if str(one.kennung) in wanted),
                      key=lambda one: wanted.index(str(one.kennung)))
        months = sorted({month for one in rows for month in kept.months_of(one)})
        accounts = {one.kennung: kept.by_account(one) for one in rows}
        names = files.labels(session, rows[0]) if rows else {}
    scale = budget_reading.highest(rows)
    keys = sorted({account for own in accounts.values() for account in own})
    if (kind := request.args.get("format")) and rows:
        return exports.respond(kind, "hochrechnungen", ("Konto", "Bezeichnung", *(one.name for one in rows)), [
            (key, names.get(key, ""), *(exports.euros(sum(accounts[one.kennung].get(key, {}).values()))
                                        for one in rows)) for key in keys])
    return render_template(
        "payroll/desk/budget_compare.html", held=current_mandate(), rows=rows, months=months, accounts=accounts,
        keys=keys, names=names, most=MOST, by_month={one.kennung: kept.by_month(one) for one in rows},
        charts=[budget_reading.chart(one, months, scale) for one in rows],
        totals=[budget_reading.total(one) for one in rows])


@budget_desk.post("/<uuid:hochrechnung>/rechnen")
@permission(kept.RIGHT)
def again(mandant: uuid.UUID, hochrechnung: uuid.UUID) -> Answer:
    """Rechnet mit heutigem Wissen noch einmal."""
    return _acting(hochrechnung, lambda session, row: kept.keep(session, kept.assumptions_of(row), row.kennung),
                   _("Neu gerechnet."))


@budget_desk.post("/<uuid:hochrechnung>/uebergeben")
@permission(kept.RIGHT)
def hand_over(mandant: uuid.UUID, hochrechnung: uuid.UUID) -> Answer:
    """Übergibt der Kämmerei als Ansatz."""
    return _acting(hochrechnung, kept.hand_over, _("Als Ansatz übergeben; er ändert sich nicht mehr."))


@budget_desk.post("/<uuid:hochrechnung>/loeschen")
@permission(kept.RIGHT)
def delete(mandant: uuid.UUID, hochrechnung: uuid.UUID) -> Answer:
    """Löscht eine Hochrechnung."""
    return _acting(hochrechnung, kept.forget, _("Die Hochrechnung ist gelöscht."), gone=True)


@budget_desk.get("/zuschlaege")
@permission(kept.RIGHT)
def rules(mandant: uuid.UUID) -> str:
    """Beihilfe, Versorgungsumlage und andere datierte Zuschläge."""
    return _rules()


@budget_desk.post("/zuschlaege")
@permission(kept.RIGHT)
def store_rules(mandant: uuid.UUID) -> Answer:
    """Setzt die Zuschläge ab einem Tag."""
    try:
        first, given, reason = budget_form.levies(request.form)
        with _session() as session:
            levies.store(session, given, valid_from=first, reason=reason)
    except SzenarioFehler as refused:
        return _rules(str(refused)), 422
    flash(_("Die Zuschläge gelten ab dem genannten Tag; gemerkte Hochrechnungen bleiben, bis man sie neu rechnet."),
          "success")
    return redirect(url_for("budget.rules", mandant=mandant))


@budget_desk.get("/ansaetze")
@permission(kept.TREASURY)
def handed(mandant: uuid.UUID) -> str:
    """Übergebene Ansätze für die Kämmerei."""
    with _session() as session:
        rows = [(row, budget_reading.total(row)) for row in kept.all_of(session, handed=True)]
    return render_template("payroll/desk/budget_handed.html", held=current_mandate(), rows=rows)


@budget_desk.get("/ansaetze/<uuid:hochrechnung>.<art>")
@permission(kept.TREASURY)
def figures(mandant: uuid.UUID, hochrechnung: uuid.UUID, art: str) -> Response:
    """Die Haushaltszahlen eines Ansatzes je Kostenstelle, Produkt und Konto."""
    with _session() as session:
        row = _find(session, hochrechnung)
        made = files.made(session, row, f".{art}") if row.uebergeben_am is not None else None
    if made is None:
        abort(404)
    kind = exports.CSV_TYPE if art == "csv" else exports.XLSX_TYPE
    return exports.attachment(made, kind, f"ansatz-{current_mandate().number}.{art}")


def _index(refused: str = "") -> str:
    raw = request.form
    with _session() as session:
        rows = [(row, budget_reading.total(row)) for row in kept.all_of(session)]
    return render_template("payroll/desk/budget.html", held=current_mandate(), rows=rows, refused=refused, raw=raw,
                           scales=TARIFWERKE, ticked=raw.getlist("tarifwerke"), groups=whatif_form.groups(), most=MOST)


def _rules(refused: str = "") -> str:
    with _session() as session:
        now = levies.on(session, _today())
    return render_template("payroll/desk/budget_levies.html", held=current_mandate(), now=now, refused=refused,
                           raw=request.form, count=budget_form.ROWS, day=_today(),
                           circles=[("beamte", _("Beamtinnen und Beamte")), ("tarif", _("Tarifbeschäftigte")),
                                    ("alle", _("alle"))])


def _acting(number: uuid.UUID, act: Callable[[TenantSession, Hochrechnung], object], words: str, *,
            gone: bool = False) -> Answer:
    mandant = current_mandate().public_id
    try:
        with _session() as session:
            act(session, _find(session, number))
    except (SzenarioFehler, RunRefused) as refused:
        flash(str(refused), "danger")
        gone = False
    else:
        flash(words, "success")
    return redirect(url_for("budget.index", mandant=mandant) if gone else
                    url_for("budget.page", mandant=mandant, hochrechnung=number))


def _find(session: TenantSession, number: uuid.UUID) -> Hochrechnung:
    found = kept.find(session, number)
    if found is None:
        abort(404)
    return found


def _today() -> date:
    return settings_of(current_app).today()


def _session() -> AbstractContextManager[TenantSession]:
    return tenant_session(current_mandate().tenant_id, actor=current().login)
