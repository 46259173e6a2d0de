"""Vorlagen der Briefe eines Mandanten: Wortlaut ändern, Platzhalter prüfen, Vorschau, Fassungen."""

from __future__ import annotations

import uuid
from contextlib import AbstractContextManager

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from payroll.statements.briefe import ausgabe, vorlagen
from payroll.statements.briefe.angaben import BriefError
from payroll.statements.briefe.arten import ARTEN, BY_NAME, Briefart
from payroll.statements.briefe.vorlagen import VorlageError, Wortlaut
from tenants.db.session import TenantSession, tenant_session
from tenants.web import exports
from tenants.web.access import permission, shows_answer
from tenants.web.identity import current, current_mandate
from tenants.web.shell import settings_of

template_desk = Blueprint("lettertemplates", __name__,
                          url_prefix="/mandanten/<uuid:mandant>/stammdaten/briefvorlagen")
LABELS = {"betreff": "Betreff", "text": "Text"}
Answer = Response | str | tuple[str, int]


@template_desk.get("")
@permission("letter.write")
def index(mandant: uuid.UUID) -> str:
    """Alle Arten und welche Fassung gilt."""
    with _session() as session:
        rows = [vorlagen.current(session, one.name) for one in ARTEN]
    return render_template("payroll/desk/letter_templates.html", held=current_mandate(), rows=rows)


@template_desk.get("/<art>")
@permission("letter.write")
def form(mandant: uuid.UUID, art: str) -> str:
    """Wortlaut einer Art; mit fassung eine frühere zum Wiederaufnehmen (0: der mitgelieferte)."""
    kind = _kind(art)
    with _session() as session:
        return _form(session, kind, _chosen(session, kind), {})


@template_desk.post("/<art>")
@permission("letter.write")
@shows_answer
def save(mandant: uuid.UUID, art: str) -> Answer:
    """Prüft und speichert eine neue Fassung, oder zeigt sie mit Mustern (tun=vorschau)."""
    kind = _kind(art)
    subject, text = request.form.get("betreff", ""), request.form.get("text", "")
    given = Wortlaut(kind, 0, subject, text.replace("\r\n", "\n"))
    with _session() as session:
        try:
            if request.form.get("tun") == "vorschau":
                return _preview(session, given)
            row = vorlagen.save(session, art, subject, text)
        except VorlageError as refused:
            return _form(session, kind, given, refused.errors), 422
        except BriefError as refused:
            return _form(session, kind, given, {"text": [str(refused)]}), 422
        number = row.fassung
    flash(_("Fassung %(num)s gilt ab sofort für neue Briefe; frühere Briefe bleiben, wie sie sind.", num=number),
          "success")
    return redirect(url_for("lettertemplates.form", mandant=mandant, art=art))


def _preview(session: TenantSession, given: Wortlaut) -> Response:
    errors = vorlagen.checked(given.art, given.betreff, given.text)
    if errors:
        raise VorlageError(errors)
    made = ausgabe.preview(session, given, settings_of(current_app).today())
    answer = exports.attachment(made, "application/pdf", f"Muster-{given.art.name}.pdf")
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _form(session: TenantSession, kind: Briefart, shown: Wortlaut, errors: dict[str, list[str]]) -> str:
    return render_template("payroll/desk/letter_template.html", held=current_mandate(), kind=kind, shown=shown,
                           errors=errors, labels=LABELS, current=vorlagen.current(session, kind.name),
                           versions=vorlagen.versions(session, kind.name))


def _chosen(session: TenantSession, kind: Briefart) -> Wortlaut:
    wanted = request.args.get("fassung")
    if wanted is None:
        return vorlagen.current(session, kind.name)
    if wanted == "0":
        return Wortlaut(kind, 0, kind.betreff, kind.text)
    row = next((one for one in vorlagen.versions(session, kind.name) if str(one.fassung) == wanted), None)
    if row is None:
        abort(404)
    return Wortlaut(kind, row.fassung, row.betreff, row.text)


def _kind(art: str) -> Briefart:
    if art not in BY_NAME:
        abort(404)
    return BY_NAME[art]


def _session() -> AbstractContextManager[TenantSession]:
    return tenant_session(current_mandate().tenant_id, actor=current().login)
