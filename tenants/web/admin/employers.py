"""Arbeitgeber: Liste, anlegen, Angaben ändern. Betriebsnummer, Finanzamt und Steuernummer gehören zu Meldungen."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from sqlalchemy import select
from werkzeug.wrappers import Response

from tenants import employers, service
from tenants.db.session import PlatformSession
from tenants.laender import LAENDER, USUAL
from tenants.models.tenant import LEFT, Tenant
from tenants.web.access import permission
from tenants.web.admin import shared
from tenants.web.identity import current

employer_pages = Blueprint("adminemployers", __name__, url_prefix="/verwaltung/arbeitgeber")
ADMIN, EMPLOYERS = "tenant.admin", "kreislohn.employers"
SHOWN = "gezeigt_"  # before the name of a field: what stood there when the page was opened
KINDS = {"kreis": lazy_gettext("Kreis"), "stadt": lazy_gettext("Stadt"), "gemeinde": lazy_gettext("Gemeinde"),
         "zweckverband": lazy_gettext("Zweckverband")}
STATES = {"einrichtung": ("info", lazy_gettext("in Einrichtung")), "aktiv": ("success", lazy_gettext("aktiv")),
          "ausgeschieden": ("warning", lazy_gettext("ausgeschieden"))}
Answer = Response | str | tuple[str, int]


@dataclass(frozen=True)
class Room:
    """Was der Raum der Stammdaten beiträgt: Prüfung der Nummern, womit ein neuer Arbeitgeber beginnt, ob er es hat, und
    was zu tun ist, wenn sein Land falsch erfasst war.
    """

    check: employers.Check
    furnish: Callable[[int, str], Mapping[str, int]]
    furnished: Callable[[int, str], bool]
    land: employers.Corrected


@employer_pages.get("")
@permission(ADMIN)
def index() -> str:
    """Alle Arbeitgeber dieser Einrichtung."""
    with shared.platform() as session:
        rows = service.list_tenants(session, state=None)
    return render_template("admin/employers.html", rows=rows, kinds=KINDS, states=STATES,
                           bare={row.id for row in rows if _is_bare(row)})


@employer_pages.get("/neu")
@permission(ADMIN)
def form() -> str:
    """Formular für einen neuen Arbeitgeber."""
    return _form(None, {}, {})


@employer_pages.post("/neu")
@permission(ADMIN)
def create() -> Answer:
    """Legt ihn mit eigenen Schlüsseln, Lohnarten und Kassen an."""
    given = _given()
    try:
        with shared.platform() as session:
            row = employers.create(session, given["nummer"], given, check=_room().check)
            number, public_id = row.id, row.public_id
    except employers.EmployerError as refused:
        return _form(None, given, refused.problems), 422
    _room().furnish(number, current().login)
    flash(_("Der Arbeitgeber ist angelegt. Als Nächstes: Mandate erteilen, dann legen zwei Leitungen unter „Archiv und "
            "Notfall“ den Archivschlüssel an, und die Sachbearbeitung liest die Personen ein."), "success")
    return redirect(url_for("adminemployers.page", arbeitgeber=public_id))


@employer_pages.get("/<uuid:arbeitgeber>")
@permission(ADMIN)
def page(arbeitgeber: uuid.UUID) -> str:
    """Die Angaben eines Arbeitgebers, zum Ändern."""
    with shared.platform() as session:
        row = _found(session, arbeitgeber)
    return _form(row, employers.held(row), {})


@employer_pages.post("/<uuid:arbeitgeber>")
@permission(ADMIN)
def change(arbeitgeber: uuid.UUID) -> Answer:
    """Ändert sie mit Grund, und nur, was anders eingegeben ist, als es zu sehen war."""
    given, shown = _given(), {name: request.form.get(f"{SHOWN}{name}", "") for name in employers.FIELDS}
    with shared.platform() as session:
        row = _found(session, arbeitgeber)
        try:
            changed = employers.change(session, row, {name: given[name] for name in employers.FIELDS},
                                       reason=given["grund"], shown=shown, check=_room().check, land=_room().land)
        except employers.EmployerError as refused:
            return _form(row, given | employers.held(row) | employers.edited(given, shown), refused.problems), 422
    flash(_("Die Angaben sind gespeichert.") if changed else _("Nichts geändert."), "success" if changed else "info")
    return redirect(url_for("adminemployers.page", arbeitgeber=arbeitgeber))


@employer_pages.post("/<uuid:arbeitgeber>/ausstattung")
@permission(ADMIN)
def furnish(arbeitgeber: uuid.UUID) -> Answer:
    """Legt Lohnarten und Kassen an, die ihm fehlen: so geht es nach einem Abbruch beim Anlegen weiter."""
    with shared.platform() as session:
        row = _found(session, arbeitgeber)
        try:
            employers.staying(row)
        except employers.EmployerError as refused:
            return _form(row, employers.held(row), refused.problems), 422
        number = row.id
    made = sum(_room().furnish(number, current().login).values())
    flash(_("Lohnarten und Kassen ergänzt: %(count)s.", count=made) if made else _("Es fehlt nichts."),
          "success" if made else "info")
    return redirect(url_for("adminemployers.page", arbeitgeber=arbeitgeber))


def _room() -> Room:
    found: Room = current_app.extensions[EMPLOYERS]
    return found


def _is_bare(row: Tenant) -> bool:
    """Angelegt, aber ohne Lohnarten und Kassen; bei einem Ausgeschiedenen lässt sich nichts mehr lesen."""
    return row.state != LEFT and not _room().furnished(row.id, current().login)


def _found(session: PlatformSession, public_id: uuid.UUID) -> Tenant:
    row = session.scalars(select(Tenant).where(Tenant.public_id == public_id)).one_or_none()
    if row is None:
        abort(404)
    return row


def _given() -> dict[str, str]:
    return {name: request.form.get(name, "").strip() for name in ("nummer", "grund", *employers.FIELDS)}


def _form(row: Tenant | None, given: Mapping[str, str], problems: Mapping[str, str]) -> str:
    return render_template("admin/employer.html", row=row, given=given, kinds=list(KINDS.items()), states=STATES,
                           laender=list(LAENDER.items()), usual=USUAL, bare=row is not None and _is_bare(row),
                           shown=[(SHOWN + name, value) for name, value in employers.held(row).items()] if row else [],
                           errors={name: [words] for name, words in problems.items()})
