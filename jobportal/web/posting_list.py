"""Liste der Ausschreibungen; eine neue aus einer Stelle des Stellenplans; Einstellungen."""

from __future__ import annotations

import uuid
from dataclasses import replace

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import func, select
from werkzeug.wrappers import Response as Answered

from jobportal import clock, postings, settings
from jobportal.content import Anzeige
from jobportal.errors import Refused
from jobportal.models import Ausschreibung, Bewerbung
from jobportal.web import sharing
from staffplan.reading import stand
from tenants.db.session import TenantSession
from tenants.web import exports
from tenants.web.access import permission
from tenants.web.identity import current_mandate
from tenants.web.lists import listing

posting_list_desk = Blueprint(
    "postings", __name__, url_prefix="/mandanten/<uuid:mandant>/stellenmarkt", template_folder="templates")
HEADER = ("Kennziffer", "Bezeichnung", "Stelle", "Stand", "Bewerben bis", "Bewerbungen")


@posting_list_desk.get("")
@permission("recruiting.take_part", by_unit=True)
def index(mandant: uuid.UUID) -> str | Response:
    """Alle Ausschreibungen mit Stand, Frist, Zahl der Bewerbungen."""
    return _page()


@posting_list_desk.post("")
@permission("recruiting.write")
def create(mandant: uuid.UUID) -> Answered | tuple[str | Response, int]:
    """Legt einen Entwurf an, auf Wunsch aus einer Stelle."""
    try:
        with sharing.session() as session:
            today, number = sharing.today(), sharing.text("stelle", 30)
            made = postings.from_post(session, number, today) if number else Anzeige(titel=sharing.text("titel"))
            pay = sharing.ports().pay(session, made.gruppe, today) if made.gruppe else None
            if pay is not None:
                made = replace(made, entgelt_von=pay[0], entgelt_bis=pay[1])
            row = postings.draft(session, sharing.text("kennziffer", 60), made, stelle=number or None)
            key = row.public_id
    except Refused as refused:
        return _page(str(refused)), 422
    flash(_("Der Entwurf ist angelegt."), "success")
    return redirect(url_for("posting.page", mandant=mandant, ausschreibung=key))


@posting_list_desk.get("/einstellungen")
@permission("recruiting.write")
def rules(mandant: uuid.UUID) -> str:
    """Textbausteine, Fristen, Aussehen."""
    with sharing.session() as session:
        return _rules(settings.of(session, sharing.today()))


@posting_list_desk.post("/einstellungen")
@permission("recruiting.write")
def store_rules(mandant: uuid.UUID) -> Answered | tuple[str, int]:
    """Setzt die Einstellungen ab heute; alle Aushänge bekommen die neuen Texte."""
    with sharing.session() as session:
        today = sharing.today()
        held = settings.of(session, today)
        try:
            settings.store(session, today, _read(held), reason=sharing.text("grund"))
        except Refused as refused:
            session.rollback()
            return _rules(held, str(refused)), 422
        for row in session.scalars(select(Ausschreibung).filter_by(zustand="veroeffentlicht")):
            postings.refresh(session, row, today)
    flash(_("Die Einstellungen gelten ab heute."), "success")
    return redirect(url_for("postings.rules", mandant=mandant))


def _page(refused: str | None = None) -> str | Response:
    with sharing.session() as session:
        rows = sharing.visible(session, session.scalars(select(Ausschreibung)).all())
        counts: dict[int, int] = {row.ausschreibung_id: row.count_ for row in session.execute(
            select(Bewerbung.ausschreibung_id, func.count(Bewerbung.id).label("count_")).where(
                Bewerbung.zustand != "entwurf").group_by(Bewerbung.ausschreibung_id))}
        vacant = _vacant(session) if current_mandate().may("recruiting.write") else []
        late = len(clock.overdue(session, sharing.today()))
    shown = listing(rows, columns={"kennziffer": lambda one: one.kennziffer, "titel": lambda one: one.inhalt["titel"],
                                   "stand": lambda one: one.zustand, "frist": lambda one: str(one.frist or "")},
                    searched=lambda one: f"{one.kennziffer} {one.inhalt['titel']} {one.stelle or ''}",
                    default="kennziffer")
    if kind := request.args.get("format"):
        return exports.respond(kind, f"ausschreibungen-{current_mandate().number}", HEADER, [
            (one.kennziffer, one.inhalt["titel"], one.stelle or "", one.zustand, one.frist, counts.get(one.id, 0))
            for one in shown.rows])
    return render_template("jobportal/postings.html", held=current_mandate(), listing=shown, counts=counts,
                           vacant=vacant, refused=refused, raw=request.form, late=late)


def _vacant(session: TenantSession) -> list[tuple[str, str]]:
    """Stellen mit freiem Anteil, ohne Sperre."""
    return [(one.nummer, f"{one.nummer} {one.bezeichnung}, {one.gruppe}") for one in
            stand(session, sharing.today()).stellen.values() if one.frei > 0 and one.vermerk("sperre") is None]


def _rules(held: settings.Regeln, refused: str | None = None) -> str:
    return render_template("jobportal/settings.html", held=current_mandate(), rules=held, refused=refused,
                           raw=request.form, colours=[(one, one) for one in settings.FARBEN])


def _read(held: settings.Regeln) -> settings.Regeln:
    numbers = ("zusage_tage", "warten_tage", "loeschen_monate", "laengstens_monate", "entwurf_tage", "pool_monate",
               "kleinste_gruppe")
    changed = {name: sharing.whole(name, name) for name in numbers}
    texts = {name: request.form.get(f"baustein_{name}", "").strip()[:4000] for name in held.bausteine}
    deadlines = {name: sharing.whole(f"frist_{name}", name) for name in held.fristen}
    version = held.fassung if texts["datenschutz"] == held.bausteine["datenschutz"] else str(int(held.fassung) + 1)
    return replace(held, bausteine=texts, fassung=version, farbe=sharing.text("farbe"), fristen=deadlines,
                   einbetten=request.form.get("einbetten", "")[:2000].split(), **changed)
