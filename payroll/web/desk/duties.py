"""Pflichtenkalender am Schreibtisch: Termine mit Stand, Kalenderdatei; Abgaben zahlen, Konten der Empfänger."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as Redirect

from payroll.filings.errors import FilingRefused
from payroll.filings.pflichten.ics import calendar_file
from payroll.filings.pflichten.kalender import duties
from payroll.filings.sepa import duties as payments
from payroll.filings.sepa import receiver_account
from payroll.runs.errors import RunRefused
from payroll.web.api.calendar import SCOPE
from payroll.web.desk import filing_reading
from payroll.web.desk.payment_reading import own_session, today
from tenants.db.session import TenantSession
from tenants.interfaces import service
from tenants.interfaces.models import ApiAccess
from tenants.web import exports, inputs, own_name
from tenants.web.access import permission, shows_answer
from tenants.web.identity import current, current_mandate
from tenants.web.lists import listing

duty_desk = Blueprint("duties", __name__, url_prefix="/mandanten/<uuid:mandant>/pflichten")
levy_desk = Blueprint("levies", __name__, url_prefix="/mandanten/<uuid:mandant>/abgaben")
Answer = str | Redirect | tuple[str, int]
BACK, AHEAD, YEAR = 31, 92, 400
NEWEST = 36  # rows of what is still to be paid before the older ones are folded under their number and sum


@duty_desk.get("")
@permission("posting.read")
def index(mandant: uuid.UUID) -> str:
    """Was in den letzten Wochen fällig war und in den nächsten drei Monaten fällig wird."""
    return _duties()


@duty_desk.post("/abo")
@permission("interface.manage")
@shows_answer
def subscribe(mandant: uuid.UUID) -> Answer:
    """Gibt einen Link zum Abonnieren aus; er erscheint nur jetzt."""
    who = service.UNFIT.sub(" ", current().login[:36])
    name = f"Kalender {who} {secrets.token_hex(3)}"
    try:
        with own_session() as session:
            _row, token = service.issue(session, name, (SCOPE,), today() + timedelta(days=YEAR), today=today(),
                                        rights=current_mandate().permissions)
    except service.AccessRefused:  # who may issue accesses need not read the duties: for them there is no calendar
        abort(404)
    return _duties(own_name.root() + url_for("calendar.feed", zeichen=token))


@duty_desk.post("/abo/<uuid:zugang>/widerruf")
@permission("interface.manage")
def unsubscribe(mandant: uuid.UUID, zugang: uuid.UUID) -> Answer:
    """Widerruft einen eigenen Link; er öffnet ab sofort nichts mehr."""
    with own_session() as session:
        if zugang not in {one.public_id for one in _own_links(session)}:
            abort(404)
        service.revoke(session, zugang, reason="Abonnement beendet", now=datetime.now(UTC))
    flash(_("Der Link ist widerrufen."), "success")
    return redirect(url_for("duties.index", mandant=current_mandate().public_id))


def _duties(link: str = "") -> str:
    with own_session() as session:
        rows = duties(session, today() - timedelta(days=BACK), today() + timedelta(days=AHEAD))
        return render_template("payroll/desk/duties.html", held=current_mandate(), rows=rows, today=today(), link=link,
                               links=_own_links(session))


def _own_links(session: TenantSession) -> list[ApiAccess]:
    return [one for one in service.listed(session) if one.areas == [SCOPE] and one.created_by == current().login
            and one.revoked_at is None and one.valid_to >= today()]


@duty_desk.get("/pflichten.ics")
@permission("posting.read")
def calendar(mandant: uuid.UUID) -> Response:
    """Die Termine eines Jahres als Kalenderdatei."""
    with own_session() as session:
        rows = duties(session, today() - timedelta(days=BACK), today() + timedelta(days=YEAR))
    held = current_mandate()
    return exports.attachment(calendar_file(rows, held.name, datetime.now(UTC)), "text/calendar; charset=utf-8",
                              f"pflichten-{held.number}.ics")


@levy_desk.get("")
@permission("posting.read")
def page(mandant: uuid.UUID) -> str:
    """Was an Finanzamt, Kassen und Zusatzversorgung zu zahlen ist, und an welche Konten."""
    return _page({})


@levy_desk.get("/meldung/<uuid:meldung>")
@permission("posting.read")
def filing(mandant: uuid.UUID, meldung: uuid.UUID) -> str:
    """Eine Meldung, aus der gezahlt wird: Summen, keine Menschen; jede andere ist hier unbekannt (404)."""
    return filing_reading.filing_page(meldung, {}, kinds=payments.KINDS.values())


@levy_desk.post("/auftrag")
@permission("filing.send")
def pay(mandant: uuid.UUID) -> Answer:
    """Erstellt den Zahlungsauftrag einer Art aus freigegebenen Meldungen."""
    try:
        text, _colon, kind = _given("was").partition(":")
        month = inputs.month(text)
        with own_session() as session:
            made = payments.create(session, month, kind, today=today(), now=datetime.now(UTC))
            number = made.auftrag.public_id
    except (FilingRefused, RunRefused, inputs.InputError) as refused:
        return _page({"was": [str(refused)]}), 422
    for hint in made.hinweise:
        flash(hint, "info")
    flash(_("Erstellt. Freigeben muss eine zweite Person."), "success")
    return redirect(url_for("payments.page", mandant=current_mandate().public_id, auftrag=number))


@levy_desk.post("/konto")
@permission("filing.send")
def account(mandant: uuid.UUID) -> Answer:
    """Erfasst das Konto eines Empfängers."""

    def act(session: TenantSession) -> object:
        return receiver_account.record(session, empfaenger=_given("empfaenger"), inhaber=_given("inhaber"),
                                       iban=_given("iban"), valid_from=inputs.day(_given("gilt_ab")),
                                       reason=_given("grund"))

    return _account(act, "iban", _("Erfasst. Gezahlt wird dorthin, sobald eine zweite Person es bestätigt hat."))


@levy_desk.post("/konto/<uuid:konto>/bestaetigen")
@permission("posting.release")
def confirm(mandant: uuid.UUID, konto: uuid.UUID) -> Answer:
    """Bestätigt das Konto eines Empfängers als zweite Person."""
    return _account(lambda session: receiver_account.confirm(session, konto), "konto",
                    _("Das Empfängerkonto ist bestätigt."))


def _account(act: Callable[[TenantSession], object], field: str, message: str) -> Answer:
    try:
        with own_session() as session:
            act(session)
    except (FilingRefused, inputs.InputError) as refused:
        return _page({field: [str(refused)]}), 422
    flash(message, "success")
    return redirect(url_for("levies.page", mandant=current_mandate().public_id))


def _page(errors: dict[str, list[str]]) -> str:
    with own_session() as session:
        rows, receivers = payments.overview(session)
        stated = listing(payments.stated(session), columns={"monat": lambda one: -one.monat.toordinal()},
                         searched=lambda one: f"{one.monat:%m/%Y} {filing_reading.KINDS[one.art]} {one.empfaenger} "
                         f"{one.empfaenger_name}", default="monat")
        return render_template(
            "payroll/desk/levies.html", held=current_mandate(), rows=rows, receivers=receivers, errors=errors,
            newest=NEWEST, stated=stated, kinds=filing_reading.KINDS, states=filing_reading.STATES,
            variants=filing_reading.VARIANTS,
            accounts=receiver_account.accounts(session), raw=request.form, own_login=current().login, today=today(),
            words={"steuer": _("Finanzamt"), "beitrag": _("Krankenkassen"),
                   "zusatzversorgung": _("Zusatzversorgung")})


def _given(name: str) -> str:
    return str(request.form.get(name, "")).strip()
