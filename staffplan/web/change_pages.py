"""Weitere Änderungen an einer Stelle: beurlauben und zurückkehren, Erstattung durch Dritte; Einstellungen."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.wrappers import Response

from staffplan import occupancy, posts, recording, settings
from staffplan.models import Stelle, StelleBesetzung, StelleFinanzierung
from staffplan.models.occupancy import ZUSTAENDE
from staffplan.reading import occupation
from staffplan.rules import Refused
from staffplan.web import sharing
from staffplan.web.post_pages import show
from tenants.db.session import TenantSession
from tenants.web import inputs
from tenants.web.access import permission
from tenants.web.identity import current_mandate

change_desk = Blueprint("postchange", __name__, url_prefix="/mandanten/<uuid:mandant>/stellenplan")
Answer = str | Response | tuple[str, int]


@change_desk.post("/stellen/<uuid:stelle>/zustand")
@permission("staffplan.write")
def leave(mandant: uuid.UUID, stelle: uuid.UUID) -> Answer:
    """Wechselt den Zustand einer Besetzung ab einem Tag: Elternzeit, Beurlaubung, Altersteilzeit und zurück."""
    def act(session: TenantSession, anchor: Stelle) -> str:
        who, ab = sharing.text("personalnummer"), sharing.day("ab", _("Gilt ab"))
        state = sharing.text("zustand")
        if state not in ZUSTAENDE:
            raise Refused(_("Zustand: einen der angebotenen wählen."))
        held = recording.current(session, StelleBesetzung, ab, ab, stelle_id=anchor.id, personalnummer=who)
        if not held:
            raise Refused(f"Stelle {anchor.nummer}, Personalnummer {who}: am {ab:%d.%m.%Y} nicht auf dieser Stelle; "
                          "Tag und Nummer prüfen.")
        if held[0].zustand == state:
            raise Refused(f"Stelle {anchor.nummer}, Personalnummer {who}: ist schon in diesem Zustand; einen anderen "
                          "wählen.")
        occupancy.leave(session, occupation(anchor.nummer, held[0]), ab=ab, zustand=state,
                        bis=sharing.maybe_day("bis", _("Gilt bis")), reason=sharing.text("grund"))
        return _("Der neue Zustand ist erfasst.")
    return _acting(stelle, act)


@change_desk.post("/stellen/<uuid:stelle>/erstattung")
@permission("staffplan.write")
def refinance(mandant: uuid.UUID, stelle: uuid.UUID) -> Answer:
    """Erfasst oder beendet die Erstattung eines Teils der Kosten."""
    def act(session: TenantSession, anchor: Stelle) -> str:
        source, ab, reason = sharing.text("quelle"), sharing.day("ab", _("Gilt ab")), sharing.text("grund")
        if sharing.text("was") == "beenden":
            if not recording.end(session, StelleFinanzierung, last_day=ab, reason=reason, stelle_id=anchor.id,
                                 subject=f"Stelle {anchor.nummer}, Erstattung", quelle=source):
                raise Refused(f"Stelle {anchor.nummer}, Erstattung: „{source}“ erstattet nach dem {ab:%d.%m.%Y} "
                              "nichts; Quelle und Tag prüfen.")
            return _("Die Erstattung ist beendet.")
        posts.refinance(session, anchor.nummer, source, sharing.share("anteil", _("Anteil")), ab=ab, reason=reason,
                        bis=sharing.maybe_day("bis", _("Gilt bis")))
        return _("Die Erstattung ist erfasst.")
    return _acting(stelle, act)


@change_desk.get("/einstellungen")
@permission("staffplan.write")
def rules(mandant: uuid.UUID) -> str:
    """Nachkommastellen, Raster, Stichtag, Gliederung, kleinste Gruppe."""
    return _rules()


@change_desk.post("/einstellungen")
@permission("staffplan.write")
def store_rules(mandant: uuid.UUID) -> Answer:
    """Setzt die Einstellungen ab einem Tag; beschlossene Pläne bleiben, wie sie sind."""
    try:
        with sharing.session() as session:
            settings.store(session, sharing.day("ab", _("Gilt ab")), _given(), reason=sharing.text("grund"))
    except Refused as refused:
        return _rules(str(refused)), 422
    flash(_("Die Einstellungen sind gesetzt."), "success")
    return redirect(url_for("postchange.rules", mandant=mandant))


def _given() -> settings.Einstellung:
    month, _dot, day = sharing.text("nachwuchs_stichtag").partition("-")
    return settings.Einstellung(
        _whole("stellen", _("Nachkommastellen")), _whole("raster", _("Raster")) if sharing.text("raster") else None,
        f"{month.zfill(2)}-{day.zfill(2)}", sharing.text("gliederung"), _whole("kleinste_gruppe", _("Kleinste Gruppe")),
        _whole("endet_bald", _("Endet bald")), sharing.text("besetzt_nach"))


def _whole(name: str, title: str) -> int:
    try:
        return inputs.whole(sharing.text(name))
    except inputs.InputError as error:
        raise Refused(f"{title}: {error}") from error


def _rules(refused: str | None = None) -> str:
    with sharing.session() as session:
        now = asdict(settings.of(session, sharing.today()))
    raw: dict[str, Any] = {name: "" if value is None else value for name, value in now.items()} | dict(request.form)
    return render_template("staffplan/settings.html", held=current_mandate(), raw=raw, refused=refused,
                           day=sharing.today())


def _acting(stelle: uuid.UUID, act: Callable[[TenantSession, Stelle], str]) -> Answer:
    with sharing.session() as session:
        anchor = session.scalars(select(Stelle).filter_by(public_id=stelle)).first()
        if anchor is None:
            abort(404)
        try:
            with session.begin_nested():
                words = act(session, anchor)
        except Refused as refused:
            return show(session, anchor, str(refused)), 422
    flash(words, "success")
    return redirect(url_for("post.page", mandant=current_mandate().public_id, stelle=stelle))
