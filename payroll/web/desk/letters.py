"""Briefe an eine Person (oder in ihrer Sache): Art wählen, Angaben, Vorschau, in die Akte und ins Portal."""

from __future__ import annotations

import uuid
from contextlib import AbstractContextManager

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from payroll.masterdata.models import Person
from payroll.runs.reading import months
from payroll.statements.briefe import angaben, ausgabe
from payroll.statements.briefe.angaben import BriefError
from payroll.statements.briefe.arten import BY_NAME
from payroll.statements.briefe.ausgabe import ON_DESK, Fertig, Wunsch
from payroll.web.desk.person_reading import name_of
from payroll.web.desk.whose import beside_field, is_me, jobs_of, person_of
from tenants import audit
from tenants.db.session import TenantSession, tenant_session
from tenants.web import exports, inputs
from tenants.web.access import permission, shows_answer
from tenants.web.identity import current, current_mandate
from tenants.web.shell import settings_of

letter_desk = Blueprint("letters", __name__, url_prefix="/mandanten/<uuid:mandant>/personen/<uuid:person>/briefe")
LABELS = {"beschaeftigung": "Beschäftigung", "monat": "Monat", "forderung": "Forderung", "betreff": "Betreff",
          "inhalt": "Text", "zweck": "Zweck", "begruendung": "Begründung"}
CLAIMS = "drittschuldner"
OWN = "In die eigene Akte legt niemand selbst einen Brief: eine zweite Person bitten."
Answer = Response | str | tuple[str, int]


@letter_desk.get("")
@permission("file.write")
def index(mandant: uuid.UUID, person: uuid.UUID) -> str:
    """Die Arten von Briefen."""
    with _session() as session:
        owner = person_of(session, person)
        name = name_of(session, owner.id, settings_of(current_app).today())
    return render_template("payroll/desk/letters.html", held=current_mandate(), person=person, name=name,
                           kinds=[BY_NAME[one] for one in ON_DESK if _may(one)])


@letter_desk.get("/<any(aenderung,beschaeftigung,urlaub,drittschuldner,frei):art>")
@permission("file.write")
def form(mandant: uuid.UUID, person: uuid.UUID, art: str) -> str:
    """Angaben zu einem Brief."""
    _allowed(art)
    with _session() as session:
        return _form(session, person_of(session, person), art, {})


@letter_desk.post("/<any(aenderung,beschaeftigung,urlaub,drittschuldner,frei):art>")
@permission("file.write")
@shows_answer
def write(mandant: uuid.UUID, person: uuid.UUID, art: str) -> Answer:
    """Zeigt den Brief (tun=vorschau; steht im Protokoll) oder legt ihn in die Akte, nie in die eigene."""
    _allowed(art)
    with _session() as session:
        owner = person_of(session, person)
        try:
            done = ausgabe.write(session, owner, _given(session, owner, art))
            if request.form.get("tun") == "vorschau":
                audit.record_reading(session, "brief.gelesen", f"person:{person}", {"art": art})
                return _shown(done)
            if is_me(session, owner):
                raise BriefError(OWN)
            ausgabe.keep(session, owner, done, key=_key(), portal=request.form.get("im_portal") == "1")
        except BriefError as refused:
            return _form(session, owner, art, beside_field(refused, LABELS)), 422
    flash(_("Der Brief liegt in der Akte."), "success")
    return redirect(url_for("personalfile.index", mandant=mandant, person=person))


def _shown(done: Fertig) -> Response:
    answer = exports.attachment(done.pdf, "application/pdf", f"Vorschau-{done.wortlaut.art.name}.pdf")
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _form(session: TenantSession, person: Person, art: str, errors: dict[str, list[str]]) -> str:
    today, held = settings_of(current_app).today(), angaben.claims_of(session, person) if art == CLAIMS else []
    if held:
        audit.record_reading(session, "pfaendungen.gelesen", f"person:{person.public_id}", {"forderungen": len(held)})
    claims = [(one.nummer, f"{one.nummer}: {one.glaeubiger}") for one in held if one.art not in angaben.NOT_SERVED]
    return render_template(
        "payroll/desk/letter.html", held=current_mandate(), person=person.public_id, kind=BY_NAME[art], claims=claims,
        name=name_of(session, person.id, today), month=_last_closed(session), errors=errors, labels=LABELS,
        values=request.form, key=uuid.uuid4(),
        jobs=[(one.public_id, one.personalnummer) for one in jobs_of(session, person)])


def _given(session: TenantSession, person: Person, art: str) -> Wunsch:
    form = request.form
    job = next((one for one in jobs_of(session, person) if str(one.public_id) == form.get("beschaeftigung")), None)
    if job is None:
        raise BriefError("Beschäftigung: eine der angebotenen wählen.")
    try:
        month = inputs.month(form.get("monat", "").strip()) if form.get("monat", "").strip() else None
        claim = inputs.whole(form.get("forderung", "") or "0")
    except inputs.InputError as wrong:
        raise BriefError(f"{'Monat' if form.get('monat') else 'Forderung'}: {wrong}") from wrong
    return Wunsch(art, job, settings_of(current_app).today(), month, form.get("zweck", "")[:200], claim,
                  form.get("anerkannt", "ja") == "ja", form.get("begruendung", "")[:2000],
                  form.get("betreff", "")[:200], form.get("inhalt", "")[:10_000])


def _key() -> uuid.UUID:
    try:
        return uuid.UUID(request.form.get("vorgang", ""))
    except ValueError as wrong:
        raise BriefError("Die Seite ist veraltet: neu laden und noch einmal ausfüllen.") from wrong


def _may(art: str) -> bool:
    return art != CLAIMS or current_mandate().may("claim.read")


def _allowed(art: str) -> None:
    if not _may(art):
        abort(404)


def _last_closed(session: TenantSession) -> str:
    """Der jüngste abgeschlossene Monat, als Vorschlag; leer, wenn es keinen gibt."""
    closed = [one.lauf.monat for one in months(session) if one.lauf.zustand == "abgeschlossen"]
    return f"{max(closed):%Y-%m}" if closed else ""


def _session() -> AbstractContextManager[TenantSession]:
    return tenant_session(current_mandate().tenant_id, actor=current().login)
