"""Hilfe: für Beschäftigte und vor der Anmeldung in einfachen Worten, für das Personal das ganze Handbuch."""

from __future__ import annotations

from flask import Blueprint, Response, abort, g, render_template, url_for
from flask_babel import get_locale

from jobportal.public.listing import Help
from payroll.web import handbook
from tenants.web.access import public, signed_in
from tenants.web.identity import Identity, current

help_pages = Blueprint("help", __name__, url_prefix="/hilfe", template_folder="templates")


@help_pages.get("")
@public("Hilfe ohne persönlichen Inhalt, auch vor der Anmeldung", personal=True)
def index() -> str:
    """Der Anfang: das Inhaltsverzeichnis für das Personal, sonst die Hilfe zum Portal."""
    me = g.get("identity")
    if isinstance(me, Identity) and me.staff:
        return _page(handbook.FIRST)
    return _page(handbook.PORTAL_ENGLISH if str(get_locale()) == "en" else handbook.PORTAL)


@help_pages.get("/<seite>")
@signed_in
def page(seite: str) -> str:
    """Eine Seite des Handbuchs; Beschäftigten nur die ihre."""
    if seite not in handbook.names() or not (current().staff or seite in handbook.FOR_EMPLOYEES):
        abort(404)
    return _page(seite)


@help_pages.get("/bilder/<datei>")
@signed_in
def picture(datei: str) -> Response:
    """Ein Bild des Handbuchs."""
    if not current().staff or datei not in handbook.pictures():
        abort(404)
    return Response((handbook.PICTURES / datei).read_bytes(), content_type="image/png")


def address() -> str:
    """Wohin „Hilfe“ auf jeder Seite führt."""
    return url_for("help.index")


def for_applicants(language: str) -> Help:
    """Hilfe des öffentlichen Bretts; seine Seiten kommen aus einem Raum, der das Handbuch nicht kennt."""
    name = handbook.APPLYING_ENGLISH if language == "en" else handbook.APPLYING
    parts = tuple((one.title, one.anchor) for one in handbook.sections(name)[1:])
    return Help(handbook.title(name), parts, handbook.body(name))


def _page(name: str) -> str:
    return render_template("payroll/help/page.html", name=name, title=handbook.title(name), body=handbook.body(name),
                           parts=handbook.sections(name)[1:], first=name == handbook.FIRST,
                           english=name in handbook.ENGLISH)
