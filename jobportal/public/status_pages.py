"""Meine Bewerbung: Stand, nächster Schritt, Auskunft, Bewerberkreis, zurückziehen und sofort löschen."""

from __future__ import annotations

import uuid

from flask import Response, abort, redirect, render_template, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from werkzeug.wrappers import Response as Answered

from jobportal import applications, calendar, clock, hiring, selection
from jobportal.public import limits
from jobportal.public.door import SECRET, board, to
from jobportal.public.secret import Opened, opened, private
from tenants.web.access import public

STATES = {
    "eingegangen": (
        lazy_gettext("Angekommen"),
        lazy_gettext("Wir prüfen, ob alles da ist, und vergleichen dann alle Bewerbungen."),
    ),
    "in_pruefung": (
        lazy_gettext("Wird geprüft"),
        lazy_gettext("Mehrere Personen bewerten jede Bewerbung nach denselben Merkmalen."),
    ),
    "engere_wahl": (
        lazy_gettext("In der engeren Wahl"),
        lazy_gettext("Wir planen die Gespräche und laden Sie ein, wenn es passt."),
    ),
    "eingeladen": (
        lazy_gettext("Eingeladen"),
        lazy_gettext("Wir freuen uns auf das Gespräch mit Ihnen."),
    ),
    "zusage": (
        lazy_gettext("Ausgewählt"),
        lazy_gettext("Wir möchten Sie einstellen; das Angebot steht unten."),
    ),
    "absage": (
        lazy_gettext("Abgesagt"),
        lazy_gettext("Wir haben uns für jemand anderen entschieden."),
    ),
    "eingestellt": (
        lazy_gettext("Eingestellt"),
        lazy_gettext("Willkommen. Ihre Angaben sind bei der Personalstelle."),
    ),
}


@board.get("/meine/<uuid:arbeitgeber>/<zeichen>")
@public(SECRET, personal=True)
def status(arbeitgeber: uuid.UUID, zeichen: str) -> Response | Answered:
    """Wo die Bewerbung steht, was als Nächstes kommt, wann sie gelöscht wird."""
    with opened(arbeitgeber, zeichen) as held:
        if held.row.zustand == "entwurf":
            return private(redirect(to("draft", **held.place)))  # type: ignore[arg-type]  # a redirect is a response
        return _page(held)


@board.post("/meine/<uuid:arbeitgeber>/<zeichen>/zurueckziehen")
@public(SECRET, personal=True)
def withdraw(arbeitgeber: uuid.UUID, zeichen: str) -> Response:
    """Zieht zurück und löscht sofort alles."""
    with opened(arbeitgeber, zeichen) as held:
        if request.form.get("sicher") != "ja":
            abort(400)
        if held.row.zustand == "eingestellt":
            abort(409)
        clock.erase(held.session, held.row, "zurueckgezogen")
        slip = held.slip
    page = render_template("board/withdrawn.html", slip=slip, employer=slip.arbeitgeber)
    return private(Response(page, content_type="text/html; charset=utf-8"))


@board.post("/meine/<uuid:arbeitgeber>/<zeichen>/bewerberkreis")
@public(SECRET, personal=True)
def leave_pool(arbeitgeber: uuid.UUID, zeichen: str) -> Answered:
    """Widerruft die Aufnahme in den Bewerberkreis."""
    with opened(arbeitgeber, zeichen) as held:
        applications.end_pool(held.session, held.row)
        return private(redirect(to("status", **held.place), 303))  # type: ignore[arg-type]  # a redirect is a response


@board.get("/meine/<uuid:arbeitgeber>/<zeichen>/auskunft.zip")
@public(SECRET, personal=True)
def disclosure(arbeitgeber: uuid.UUID, zeichen: str) -> Response:
    """Alles Gespeicherte zum Mitnehmen."""
    limits.demand("hochladen")
    with opened(arbeitgeber, zeichen) as held:
        made = Response(clock.disclosure(held.session, held.row), content_type="application/zip")
    made.headers["Content-Disposition"] = 'attachment; filename="auskunft.zip"'
    return private(made)


@board.get("/meine/<uuid:arbeitgeber>/<zeichen>/gespraeche/<uuid:gespraech>/termin.ics")
@public(SECRET, personal=True)
def appointment(arbeitgeber: uuid.UUID, zeichen: str, gespraech: uuid.UUID) -> Response:
    """Das Gespräch als Kalendereintrag."""
    with opened(arbeitgeber, zeichen) as held:
        talk = next((one for one in selection.talks(held.session, held.row) if one.public_id == gespraech), None)
        if talk is None:
            abort(404)
        made = calendar.meeting(
            f"gespraech-{talk.public_id}", talk.beginn, talk.minuten,
            _("Vorstellungsgespräch: %(title)s", title=held.slip.anzeige.titel), stamp=talk.beginn, place=talk.raum,
            cancelled=talk.abgesagt_am is not None)
    answer = Response(made, content_type="text/calendar; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="gespraech-{gespraech}.ics"'
    return private(answer)


def _page(held: Opened) -> Response:
    row = held.row
    title, words = STATES[row.zustand]
    steps = [(one.am, _course(one.was)) for one in applications.course(held.session, row)]
    page = render_template(
        "board/status.html", slip=held.slip, employer=held.slip.arbeitgeber, row=row, place=held.place, title=title,
        words=words, talks=selection.talks(held.session, row), offered=hiring.of(held.session, row) is not None,
        steps=[step for step in steps if step[1]],
        files=[applications.file_name(held.session, one) for one in applications.documents(held.session, row)])
    return private(Response(page, content_type="text/html; charset=utf-8"))


def _course(what: str) -> str:
    """Schritte, die auch die Person sieht; innere bleiben innen."""
    words = {"eingegangen": _("Bewerbung angekommen"), "einladung": _("Zum Gespräch eingeladen"),
             "gespraech_abgesagt": _("Gespräch abgesagt"), "absage": _("Abgesagt"), "angebot": _("Angebot gemacht"),
             "angebot_angenommen": _("Angebot angenommen"), "angaben_da": _("Angaben für die Abrechnung geschickt"),
             "eingestellt": _("Eingestellt"), "pool_widerrufen": _("Bewerberkreis verlassen")}
    return words.get(what, "")
