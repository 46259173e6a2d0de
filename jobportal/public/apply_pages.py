"""Bewerben: Formular, Entwurf unter dem geheimen Link, Dateien, Absenden."""

from __future__ import annotations

import hashlib
import json
import uuid
from dataclasses import asdict
from typing import Any

from flask import Response, abort, g, redirect, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response as Answered

from jobportal import applications, messages
from jobportal.applications import Angaben
from jobportal.board import Aushangzettel
from jobportal.files import checking
from jobportal.models import Bewerbung
from jobportal.public import limits, ticket, work
from jobportal.public.door import SECRET, absolute, board, to, today
from jobportal.public.secret import ACTOR, Opened, opened, private
from tenants.db.session import TenantSession, tenant_session
from tenants.web.access import public
from tenants.web.language import SESSION_KEY

TRAP = "webseite"
Answer = Response | Answered | tuple[Response, int]


@board.get("/<uuid:anzeige>/bewerben")
@public(SECRET, personal=True)
def apply(anzeige: uuid.UUID) -> Response:
    """Leeres Formular."""
    slip, intern = ticket.find(anzeige)
    return _form(slip, to("apply_store", anzeige=anzeige, **({ticket.NAME: ticket.presented()} if intern else {})),
                 Angaben(), {})


@board.post("/<uuid:anzeige>/bewerben")
@public(SECRET, personal=True)
def apply_store(anzeige: uuid.UUID) -> Answer:
    """Legt den Entwurf an, speichert das Geschickte und sendet es ab, wenn alles da ist."""
    slip, intern = ticket.find(anzeige)
    if request.form.get(TRAP):
        abort(400)
    puzzle = request.form.get("raetsel", "")
    diligent = work.solved(puzzle, request.form.get("loesung", ""), str(anzeige))
    limits.demand("bewerben_mit_arbeit" if diligent else "bewerben")
    with tenant_session(slip.arbeitgeber.tenant_id, actor=ACTOR) as session:
        row, token = applications.start(session, anzeige, str(g.get(SESSION_KEY)), today(), intern=intern,
                                        token=_token(puzzle, anzeige), entered=_entered())
        held = Opened(session, row, slip, slip.arbeitgeber.kennung, token)
        if row.zustand != "entwurf":  # the same once more: where its application stands
            return _after(to("status", **held.place))
        return _saved(held)


@board.get("/meine/<uuid:arbeitgeber>/<zeichen>/formular")
@public(SECRET, personal=True)
def draft(arbeitgeber: uuid.UUID, zeichen: str) -> Answer:
    """Den Entwurf weiter ausfüllen."""
    with opened(arbeitgeber, zeichen) as held:
        if held.row.zustand != "entwurf":
            return private(redirect(to("status", **held.place)))  # type: ignore[arg-type]  # a redirect is a response
        return _draft_page(held, {})


@board.post("/meine/<uuid:arbeitgeber>/<zeichen>/formular")
@public(SECRET, personal=True)
def draft_store(arbeitgeber: uuid.UUID, zeichen: str) -> Answer:
    """Speichert den Entwurf, entfernt eine Datei oder sendet ab."""
    with opened(arbeitgeber, zeichen) as held:
        if held.row.zustand != "entwurf":
            if request.form.get("was") == "absenden":  # a second click: it is sent
                return _after(to("status", **held.place))
            abort(409)
        return _saved(held)


def _entered() -> tuple[Angaben, bool]:
    return applications.read(request.form), request.form.get("schwerbehindert") == "ja"


def _token(puzzle: str, anzeige: uuid.UUID) -> str | None:
    """Das Zeichen dieses Formulars mit allem, was darin steht. Der zweite Klick schickt genau das noch einmal; wer
    zurückgeht und etwas ändert, oder der Nächste am selben Gerät, bewirbt sich neu und sieht nichts von der ersten."""
    given, disabled = _entered()
    if given == Angaben():  # empty forms of two persons look alike
        return None
    sums = [hashlib.sha256(sent.read()).hexdigest() for sent in request.files.getlist("unterlagen")]
    for sent in request.files.getlist("unterlagen"):
        sent.seek(0)
    entered = json.dumps([asdict(given), disabled, request.form.get("pool") == "ja", sums])
    return work.token(puzzle, str(anzeige), entered.encode())


def _saved(held: Opened) -> Answer:
    """Speichert, was ankam; beim Absenden mit allem, was fehlt, am Feld."""
    form, (given, disabled) = request.form, _entered()
    applications.store(held.session, held.row, given, schwerbehindert=disabled)
    action = form.get("was", "speichern")
    if action.startswith("entfernen:"):  # first: what is chosen anew may be what is taken away
        applications.detach(held.session, held.row, _key(action.partition(":")[2]))
    errors = _files(held.session, held.row)
    if action == "absenden":
        errors = applications.problems(given, informed=form.get("kenntnis") == "ja") | errors
        if not errors and not held.slip.open_to(today(), internal=held.row.intern):
            errors = {"": [_("Die Bewerbungsfrist ist vorbei.")]}
        if not errors:
            return _sent(held, given)
    if errors:
        return _draft_page(held, errors), 422
    return _after(to("draft", **held.place))


def _sent(held: Opened, given: Angaben) -> Answer:
    applications.submit(held.session, held.row, today(), fassung=held.slip.fassung,
                        pool=request.form.get("pool") == "ja")
    held.session.commit()  # the message goes out only for what is kept
    messages.send(given.email, "eingegangen", held.row.sprache, title=held.slip.anzeige.titel,
                  employer=held.slip.arbeitgeber.name, day=messages.day(held.row.zugesagt_bis),
                  link=absolute("status", **held.place))
    return _after(to("status", **held.place))


def _after(address: str) -> Answered:
    return private(redirect(address, 303))  # type: ignore[arg-type,return-value]  # a redirect is a response


def _files(session: TenantSession, row: Bewerbung) -> dict[str, list[str]]:
    refused = []
    for sent in request.files.getlist("unterlagen"):
        if not sent.filename:
            continue
        limits.demand("hochladen")
        name = applications.clean_name(sent.filename)
        try:
            applications.attach(session, row, name, sent.read(checking.LARGEST + 1))
        except checking.FileRefused as error:
            refused.append(f"{name}: {error}")
    return {"unterlagen": refused} if refused else {}


def _draft_page(held: Opened, errors: dict[str, list[str]]) -> Response:
    files = [(one, applications.file_name(held.session, one))
             for one in applications.documents(held.session, held.row)]
    return _form(held.slip, to("draft_store", **held.place), applications.details(held.session, held.row), errors,
                 files=files, disabled=applications.severely_disabled(held.session, held.row),
                 link=absolute("draft", **held.place), until=held.row.loeschen_am)


def _form(slip: Aushangzettel, action: str, given: Angaben, errors: dict[str, list[str]], **more: Any) -> Response:
    values: dict[str, Any] = {"files": [], "disabled": False, "link": "", "until": None} | more
    page = render_template(
        "board/apply.html", slip=slip, employer=slip.arbeitgeber, action=action, given=given, errors=errors, trap=TRAP,
        labels=_labels(), puzzle=work.puzzle(str(slip.kennung)), bits=work.BITS, ticked=request.form, **values)
    return private(Response(page, content_type="text/html; charset=utf-8"))


def _labels() -> dict[str, str]:
    return {"vorname": _("Vorname"), "nachname": _("Nachname"), "email": _("E-Mail"), "unterlagen": _("Unterlagen"),
            "kenntnis": _("Hinweis zum Datenschutz")}


def _key(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError:
        abort(400)


