"""Zeiten eines Mandanten: eingelesene Dateien, ein neuer Einlesevorgang, die Zeitmonate auf einen Blick."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as Answered

from tenants.db.session import TenantSession
from tenants.web import exports
from tenants.web.access import permission
from tenants.web.identity import current_mandate
from tenants.web.lists import listing
from timekeeping import confirming, profiles, service
from timekeeping import listing as stored
from timekeeping.imports import reader
from timekeeping.imports.problems import ImportFehler
from timekeeping.imports.recognise import recognise
from timekeeping.models import ZeitDatei
from timekeeping.web import confirm_pages, sharing
from timekeeping.web.words import FILE_STATES, KINDS, SHAPES

times_desk = Blueprint("times", __name__, url_prefix="/mandanten/<uuid:mandant>/zeiten", template_folder="templates")
COLUMNS: dict[str, Any] = {
    "eingelesen": lambda one: -one.datei.id, "datei": lambda one: one.datei.dateiname,
    "profil": lambda one: one.datei.profil, "zustand": lambda one: one.datei.zustand, "von": lambda one: one.von,
    "offen": lambda one: -one.anzahl["zurueckgestellt"],
}  # fmt: skip
HEADER = ("Datei", "Profil", "Fassung", "Zustand", "von", "bis", "Datenzeilen", "angenommen", "zurückgestellt",
          "abgelehnt", "schon gebucht", "eingelesen von", "eingelesen am", "freigegeben von", "SHA-256")  # fmt: skip


@times_desk.get("")
@permission("time.read", by_unit=True)
def index(mandant: uuid.UUID) -> str | Response:
    """Dateien und Zeitmonate; eine Leitung sieht nur die Monate ihrer Einheit, Dateien umfassen alle."""
    with sharing.session() as session:
        mine = list(sharing.people_by_id(session)) if sharing.limited() else None
        rows = [] if mine is not None else stored.files(session)
        months = stored.months(session, mine)
        waiting = (confirming.waiting(session, confirm_pages.visible(session, "time.approve"))
                   if current_mandate().may("time.approve") else [])
    shown = listing(rows, columns=COLUMNS, searched=lambda one: f"{one.datei.dateiname} {one.datei.profil} "
                    f"{one.datei.eingelesen_von} {one.datei.sha256.hex()}", default="eingelesen")
    if kind := request.args.get("format"):
        return exports.respond(kind, f"zeitdateien-{current_mandate().number}", HEADER, map(_exported, shown.rows))
    return render_template("timekeeping/files.html", held=current_mandate(), listing=shown, months=months[:12],
                           states=FILE_STATES, more=len(months) > 12, waiting=waiting)


@times_desk.get("/einlesen")
@permission("import.write")
def form(mandant: uuid.UUID) -> str:
    """Formular zum Hochladen."""
    with sharing.session() as session:
        return _form(session)


@times_desk.post("/einlesen")
@permission("import.write")
def upload(mandant: uuid.UUID) -> str | tuple[str, int] | Answered:
    """Liest eine Datei ein und legt sie zur Freigabe vor; gebucht wird noch nichts."""
    with sharing.session() as session:
        try:
            with session.begin_nested():
                name, data = sharing.sent_file()
                chosen = sharing.text("format") or _recognised(session, data)
                old = service.find(session, sharing.text("ersetzt")) if sharing.text("ersetzt") else None
                known = {one.datei.id for one in stored.files(session)}
                datei = service.read_in(session, sharing.ports().stock(session, None), name, data, chosen, ersetzt=old)
        except ImportFehler as refused:
            return _form(session, str(refused)), 422
        fresh = datei.id not in known
        kennung, profil = datei.public_id, datei.profil
    flash(_("Eingelesen als %(layout)s. Gebucht wird erst nach der Freigabe.", layout=profil) if fresh
          else _("Diese Datei ist schon eingelesen."), "success" if fresh else "info")
    return redirect(url_for("timefile.page", mandant=mandant, datei=kennung))


def _recognised(session: TenantSession, data: bytes) -> str:
    if len(data) > reader.MAX_BYTES:
        raise ImportFehler(_("Die Datei ist zu groß"), _("Datei teilen"))
    hits = recognise(data, (one for one, _version in profiles.all_current(session)))
    if not hits:
        raise ImportFehler(_("Keines der Formate passt zu dieser Datei"),
                           _("Format wählen oder unter Formate ein eigenes beschreiben"))
    if len(hits) > 1 and hits[0].gewicht == hits[1].gewicht:
        names = ", ".join(hit.name for hit in hits if hit.gewicht == hits[0].gewicht)
        raise ImportFehler(_("Mehrere Formate passen: %(names)s", names=names), _("eines davon wählen"))
    return hits[0].name


def _form(session: TenantSession, refused: str | None = None) -> str:
    known = [(one.name, one.titel) for one, _version in profiles.all_current(session)]
    released = [one.datei for one in stored.files(session) if one.datei.zustand == "freigegeben"][:200]
    return render_template("timekeeping/upload.html", held=current_mandate(), refused=refused, raw=request.form,
                           formats=known, released=[(one.public_id, _named(one)) for one in released],
                           shapes=SHAPES, kinds=KINDS)


def _named(one: ZeitDatei) -> str:
    return f"{one.dateiname} ({one.eingelesen_am:%d.%m.%Y}, {one.sha256.hex()[:8]})"


def _exported(one: stored.Zeile) -> tuple[Any, ...]:
    datei = one.datei
    return (datei.dateiname, datei.profil, datei.profil_fassung, datei.zustand, one.von, one.bis, datei.zeilen,
            *(one.anzahl[name] for name in ("angenommen", "zurueckgestellt", "abgelehnt", "bekannt")),
            datei.eingelesen_von, datei.eingelesen_am.date(), datei.freigegeben_von or "", datei.sha256.hex())
