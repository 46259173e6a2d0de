"""Abwesenheit am Schreibtisch: Anträge entscheiden, Teamkalender, Urlaubskonten mit Hinweis, Krankmeldungen mit eAU."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response as Answered

from tenants import audit
from tenants.db.session import TenantSession
from tenants.web import exports, inputs
from tenants.web.access import permission
from tenants.web.identity import current, current_mandate
from tenants.web.lists import listing
from timekeeping.imports.keys import ABWESENHEITEN
from timekeeping.imports.problems import ImportFehler
from timekeeping.leave import account, service
from timekeeping.leave.child_sick import child_sick_notes
from timekeeping.leave.days import is_working_day
from timekeeping.leave.models import Abwesenheit
from timekeeping.rules.clock import each_day
from timekeeping.rules.leave_facts import UEBERTRAGUNG, VERHINDERUNG
from timekeeping.rules.months import later, month_end
from timekeeping.web import sharing
from timekeeping.web.words import ABSENCES, EAU_STATES, REQUEST_STATES

leave_desk = Blueprint("leave", __name__, url_prefix="/mandanten/<uuid:mandant>/zeiten/abwesenheit")
Answer = str | tuple[str, int] | Answered
AHEAD = timedelta(days=400)
ILL = ("krank",)
EAU_HEADER = ("Personalnummer", "Name", "Geburtsdatum", "arbeitsunfähig ab", "voraussichtlich bis",
              "ärztlich festgestellt ab", "ärztlich festgestellt bis", "Stand", "Versicherungsnummer", "Krankenkasse",
              "Betriebsnummer der Kasse")  # fmt: skip
NOT_INSURED = sharing.Versichert("", "kein Abruf: keine gesetzliche Krankenkasse", "")
ACCOUNT_HEADER = ("Personalnummer", "Name", "Anspruch", "Übertrag", "genommen", "geplant", "beantragt", "frei",
                  "Hinweis am")  # fmt: skip
COLUMNS: dict[str, Any] = {"name": lambda row: row[0].name, "frei": lambda row: -row[1].frei,
                           "hinweis": lambda row: row[1].hinweis_am}


@leave_desk.get("")
@permission("time.read", by_unit=True)
def index(mandant: uuid.UUID) -> str:
    """Offene Anträge, was kommt, einen Antrag für jemanden stellen."""
    with sharing.session() as session:
        return _index(session)


@leave_desk.post("/antrag")
@permission("time.write")
def ask(mandant: uuid.UUID) -> Answer:
    """Stellt einen Antrag für jemanden; entscheiden muss eine zweite Person."""
    def act(session: TenantSession) -> str:
        who = sharing.by_number(session, sharing.text("personalnummer"), "time.write")
        service.ask(session, who.id, **request_values())
        return _("Der Antrag ist gestellt.")
    return _acting(act)


@leave_desk.post("/entscheiden")
@permission("time.approve", by_unit=True)
def decide(mandant: uuid.UUID) -> Answer:
    """Genehmigt einen Antrag als zweite Person oder lehnt ihn ab."""
    def act(session: TenantSession) -> str:
        accept = sharing.text("was") == "genehmigen"
        service.decide(session, sharing.ports().stock(session, None), _one(session, "time.approve"),
                       sharing.ports().fehlzeiten, genehmigen=accept, grund=sharing.text("grund"))
        return _("Genehmigt.") if accept else _("Abgelehnt.")
    return _acting(act)


@leave_desk.post("/stornieren")
@permission("time.approve", by_unit=True)
def cancel(mandant: uuid.UUID) -> Answer:
    """Storniert eine genehmigte Abwesenheit mit Grund."""
    def act(session: TenantSession) -> str:
        service.cancel(session, sharing.ports().stock(session, None), _one(session, "time.approve"),
                       sharing.ports().fehlzeiten, grund=sharing.text("grund"))
        return _("Storniert.")
    return _acting(act)


@leave_desk.get("/kalender")
@permission("time.read", by_unit=True)
def team(mandant: uuid.UUID) -> str:
    """Wer wann fehlt: ein Monat, eine Zeile je Person; Krankheit heißt nur abwesend."""
    today = sharing.today()
    month = sharing.month_of_address(request.args["monat"]) if request.args.get("monat") else today.replace(day=1)
    first, last = month, month_end(month)
    with sharing.session() as session:
        people, rows = sharing.people_by_id(session), service.between(session, first, last)
    found: dict[int, dict[date, Abwesenheit]] = {}
    for row in rows:
        for day in each_day(max(row.von, first), min(row.bis, last)):
            found.setdefault(row.beschaeftigung_id, {})[day] = row
    lines = sorted(((people[job], days) for job, days in found.items() if job in people), key=lambda one: one[0].name)
    days = [(day, not is_working_day(None, day)) for day in each_day(first, last)]
    return render_template("timekeeping/team.html", held=current_mandate(), month=month, lines=lines, days=days,
                           before=later(month, -1), after=later(month, 1), words=ABSENCES, today=today)


@leave_desk.get("/konten")
@permission("time.read", by_unit=True)
def accounts(mandant: uuid.UUID) -> str | Response:
    """Urlaubskonten eines Jahres mit Übertrag, Rest und Verfall."""
    with sharing.session() as session:
        return _accounts(session)


@leave_desk.post("/konten/hinweis")
@permission("time.write")
def warn(mandant: uuid.UUID) -> Answer:
    """Hält fest, dass über Tage und Verfall belehrt ist; die Belehrung steht im Portal jeder Person."""
    with sharing.session() as session:
        year, today = _year(), sharing.today()
        held = account.accounts(session, sharing.ports().stock(session, None), year, today)
        count = service.warn(session, [job for job, one in held.items() if one.hinweis_am is None], year, today)
    flash(ngettext("%(num)d Person ist belehrt.", "%(num)d Personen sind belehrt.", count), "success")
    return redirect(url_for("leave.accounts", mandant=mandant, jahr=year))


@leave_desk.post("/konten/angaben")
@permission("time.write")
def year_facts(mandant: uuid.UUID) -> Answer:
    """Erfasst Übertrag und was ein Urlaubsjahr sonst bestimmt."""
    with sharing.session() as session:
        try:
            with session.begin_nested():
                who = sharing.by_number(session, sharing.text("personalnummer"), "time.write")
                sharing.not_myself(who)
                service.set_year(session, who.id, _year(), reason=sharing.text("grund"), **_year_values())
        except ImportFehler as refused:
            page = _accounts(session, str(refused))
            assert isinstance(page, str)
            return page, 422
    flash(_("Die Angaben zum Urlaubsjahr sind erfasst."), "success")
    return redirect(url_for("leave.accounts", mandant=mandant, jahr=_year()))


@leave_desk.get("/krank")
@permission("person.read")
def ill(mandant: uuid.UUID) -> str | Response:
    """Krankmeldungen und der Abruf ihrer elektronischen Bescheinigung."""
    with sharing.session() as session:
        return _ill(session)


@leave_desk.post("/krank")
@permission("time.write")
def eau(mandant: uuid.UUID) -> Answer:
    """Hält den Stand des Abrufs fest."""
    with sharing.session() as session:
        try:
            with session.begin_nested():
                service.set_eau(session, _one(session, "time.write"), sharing.text("stand"),
                                au_seit=sharing.day("au_seit", _("festgestellt ab")),
                                au_bis=sharing.day("au_bis", _("festgestellt bis")))
        except ImportFehler as refused:
            page = _ill(session, str(refused))
            assert isinstance(page, str)
            return page, 422
    flash(_("Der Stand der Bescheinigung ist festgehalten."), "success")
    return redirect(url_for("leave.ill", mandant=mandant))


def request_values() -> dict[str, Any]:
    """Die Angaben eines Antrags aus dem Formular."""
    von = sharing.needed_day("von", _("Erster Tag"))
    return {"art": sharing.text("art"), "von": von, "bis": sharing.day("bis", _("Letzter Tag")) or von,
            "halb": bool(sharing.text("halb")), "bemerkung": sharing.text("bemerkung"),
            "au_seit": sharing.day("au_seit", _("Ärztlich festgestellt ab")),
            "au_bis": sharing.day("au_bis", _("Ärztlich festgestellt bis")),
            "kind_geboren_am": sharing.day("kind_geboren_am", _("Geburtstag des Kindes"))}


def days_text(value: Fraction) -> str:
    """Tage mit Komma, höchstens zwei Stellen."""
    hundredths = Decimal(round(value * 100)).scaleb(-2)
    return f"{hundredths:.2f}".rstrip("0").rstrip(".").replace(".", ",")


def _year() -> int:
    raw = request.values.get("jahr", "")
    return int(raw) if raw.isascii() and raw.isdigit() and 2018 <= int(raw) <= 2199 else sharing.today().year


def _year_values() -> dict[str, Any]:
    if sharing.text("uebertragung") not in UEBERTRAGUNG or sharing.text("verhinderung") not in VERHINDERUNG:
        raise ImportFehler(_("Der Grund der Übertragung ist unbekannt"), _("einen Wert wählen"))
    try:
        numbers = {name: inputs.decimal(sharing.text(name) or "0", places=2)
                   for name in ("uebertrag", "vorher_genommen")}
    except inputs.InputError as error:
        raise ImportFehler(str(error).rstrip("."), _("Tage prüfen")) from error
    return {**numbers, "uebertragung": sharing.text("uebertragung"), "verhinderung": sharing.text("verhinderung"),
            "hinweis_am": sharing.day("hinweis_am", _("Hinweis am")),
            "schwerbehindert_von": sharing.day("schwerbehindert_von", _("Schwerbehindert von")),
            "schwerbehindert_bis": sharing.day("schwerbehindert_bis", _("Schwerbehindert bis")),
            "gleichgestellt": bool(sharing.text("gleichgestellt")),
            "elternzeit_kuerzung": bool(sharing.text("elternzeit_kuerzung"))}


def _one(session: TenantSession, right: str) -> Abwesenheit:
    try:
        found = service.find(session, uuid.UUID(sharing.text("kennung")))
    except ValueError:
        found = None
    whose = sharing.people_by_id(session, right=right).get(found.beschaeftigung_id) if found is not None else None
    if found is None or whose is None:
        raise ImportFehler(_("Das gibt es nicht mehr"), _("Seite neu laden"))
    sharing.not_myself(whose)
    return found


def _acting(act: Callable[[TenantSession], str]) -> Answer:
    return sharing.acting(act, _index, "leave.index")


def _index(session: TenantSession, refused: str | None = None) -> str:
    today = sharing.today()
    people = sharing.people_by_id(session)
    rows = [row for row in service.between(session, today - AHEAD, today + AHEAD) if row.beschaeftigung_id in people]
    asked = [row for row in rows if row.zustand == "beantragt"]
    held = account.accounts(session, sharing.ports().stock(session, None), today.year, today,
                            {row.beschaeftigung_id for row in asked}) if asked else {}
    return render_template(
        "timekeeping/leave.html", held=current_mandate(), refused=refused, raw=request.form, people=people,
        asked=asked, coming=[row for row in rows if row.zustand == "genehmigt" and row.bis >= today][:100],
        balances=held, child_notes=child_sick_notes(session, asked), days=days_text,
        words=ABSENCES, kinds=list(ABWESENHEITEN), myself=current().login, overlap={
            row.id: sum(one.zustand == "genehmigt" and one.von <= row.bis and one.bis >= row.von for one in rows)
            for row in asked},
        states=REQUEST_STATES, everyone=sorted(people.values(), key=lambda one: one.personalnummer))


def _accounts(session: TenantSession, refused: str | None = None) -> str | Response:
    year, people = _year(), sharing.people_by_id(session)
    found = account.accounts(session, sharing.ports().stock(session, None), year, sharing.today())
    rows = [(people[job], one) for job, one in found.items() if job in people]
    shown = listing(rows, columns=COLUMNS, default="name", keep=("jahr",),
                    searched=lambda row: f"{row[0].personalnummer} {row[0].name}")
    if request.method == "GET" and (kind := request.args.get("format")):
        return exports.respond(kind, f"urlaubskonten-{current_mandate().number}-{year}", ACCOUNT_HEADER,
                               map(_account_row, shown.rows))
    return render_template("timekeeping/leave_accounts.html", held=current_mandate(), listing=shown, year=year,
                           refused=refused, raw=request.form, days=days_text, reasons=UEBERTRAGUNG,
                           untold=sum(one.hinweis_am is None for _kopf, one in rows), obstacles=VERHINDERUNG,
                           everyone=sorted(people.values(), key=lambda one: one.personalnummer))


def _account_row(row: tuple[sharing.Kopf, account.Stand]) -> tuple[object, ...]:
    who, one = row
    claim = days_text(one.konto.anspruch.summe) if one.konto is not None else one.fehler
    return (who.personalnummer, who.name, claim, days_text(one.uebertrag), days_text(one.genommen),
            days_text(one.geplant), days_text(one.beantragt), days_text(one.frei), one.hinweis_am)


def _ill(session: TenantSession, refused: str | None = None) -> str | Response:
    today, people = sharing.today(), sharing.people_by_id(session)
    rows = [row for row in service.between(session, today - AHEAD, today + AHEAD) if row.art in ILL]
    if request.method == "GET" and request.args.get("format") in ("csv", "xlsx"):
        if not current_mandate().may("person.write"):  # uncovered insurance numbers, like everywhere
            abort(403)
        wanted = [row for row in rows if row.eau in ("anzufordern", "angefordert")]
        insured = sharing.ports().versichert(session, {row.beschaeftigung_id for row in wanted})
        for person, count in sorted(Counter(people[row.beschaeftigung_id].person for row in wanted).items()):
            audit.record(session, "eau.ausgegeben", f"person:{person}", {"zeilen": count, "felder": ["sv_nummer"]})
        return exports.respond(request.args["format"], f"eau-anforderung-{current_mandate().number}", EAU_HEADER,
                               [_eau_row(people, insured, row) for row in wanted])
    if request.args.get("format"):
        abort(404)
    return render_template("timekeeping/ill.html", held=current_mandate(), refused=refused, raw=request.form,
                           rows=sorted(rows, key=lambda row: row.von, reverse=True)[:200], people=people,
                           states=REQUEST_STATES, eau_states=EAU_STATES)


def _eau_row(people: dict[int, sharing.Kopf], insured: Mapping[int, sharing.Versichert],
             row: Abwesenheit) -> tuple[object, ...]:
    """Was der Abruf bei der Kasse verlangt (§ 109 Abs. 1 SGB IV); privat Versicherte bringen Papier."""
    who, held = people[row.beschaeftigung_id], insured.get(row.beschaeftigung_id, NOT_INSURED)
    return (who.personalnummer, who.name, who.geboren, row.von, row.bis, row.au_seit, row.au_bis, row.eau,
            held.nummer, held.kasse, held.betriebsnummer)
