"""Eine Ausschreibung: bearbeiten, prüfen, vorlegen, mitwirken, veröffentlichen, ändern, zurückziehen, Vorschau."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from jobportal import postings, selection, settings
from jobportal.content import from_json, paragraphs
from jobportal.errors import Refused
from jobportal.models import Ausschreibung
from jobportal.postings import Merkmal
from jobportal.web import letters, sharing
from tenants.db.session import TenantSession
from tenants.web.access import permission
from tenants.web.identity import current_mandate

posting_desk = Blueprint(
    "posting", __name__, url_prefix="/mandanten/<uuid:mandant>/stellenmarkt/<uuid:ausschreibung>")
Answer = Response | tuple[str, int]


@posting_desk.get("")
@permission("recruiting.take_part", by_unit=True)
def page(mandant: uuid.UUID, ausschreibung: uuid.UUID) -> str:
    """Die Ausschreibung mit Befunden, Schritten, Fassungen."""
    with sharing.session() as session:
        return _page(session, sharing.find(session, ausschreibung))


@posting_desk.get("/vorschau")
@permission("recruiting.take_part", by_unit=True)
def preview(mandant: uuid.UUID, ausschreibung: uuid.UUID) -> str:
    """Die Anzeige, wie Lesende sie sehen werden."""
    with sharing.session() as session:
        row = sharing.find(session, ausschreibung)
        blocks = settings.of(session, sharing.today()).bausteine
    ad = from_json(row.inhalt)
    parts = [(_("Ihre Aufgaben"), ad.aufgaben), (_("Ihr Profil"), ad.profil), (_("Wir bieten"), ad.angebot),
             (_("Gut zu wissen"), "\n\n".join(blocks[name] for name in ("arbeitgeber", "vielfalt",
                                                                        "schwerbehinderung")))]
    return render_template("jobportal/preview.html", held=current_mandate(), row=row, ad=ad,
                           parts=[(head, paragraphs(text)) for head, text in parts])


@posting_desk.post("/speichern")
@permission("recruiting.write")
def save(mandant: uuid.UUID, ausschreibung: uuid.UUID) -> Answer:
    """Speichert den Entwurf oder, mit Grund, eine neue Fassung."""
    def act(session: TenantSession, row: Ausschreibung) -> str:
        ad = sharing.posting_form()
        if row.zustand == "veroeffentlicht":
            postings.amend(session, row, ad, reason=sharing.text("grund"), today=sharing.today())
            return _("Die neue Fassung hängt aus.")
        postings.save(session, row, ad)
        return _("Der Entwurf ist gespeichert.")
    return _acting(ausschreibung, act)


@posting_desk.post("/profil")
@permission("recruiting.write")
def profile(mandant: uuid.UUID, ausschreibung: uuid.UUID) -> Answer:
    """Setzt das Anforderungsprofil: je Zeile Merkmal; Gewicht; muss."""
    def act(session: TenantSession, row: Ausschreibung) -> str:
        postings.set_profile(session, row, [_merkmal(line) for line in request.form.get(
            "merkmale", "")[:8000].splitlines() if line.strip()])
        return _("Das Anforderungsprofil ist gespeichert.")
    return _acting(ausschreibung, act)


@posting_desk.post("/vorlegen")
@permission("recruiting.write")
def submit(mandant: uuid.UUID, ausschreibung: uuid.UUID) -> Answer:
    """Legt den Entwurf allen Mitwirkenden vor."""
    def act(session: TenantSession, row: Ausschreibung) -> str:
        postings.submit(session, row, sharing.today())
        return _("Die Ausschreibung ist vorgelegt.")
    return _acting(ausschreibung, act)


@posting_desk.post("/mitwirken")
@permission("recruiting.take_part", by_unit=True)
def take_part(mandant: uuid.UUID, ausschreibung: uuid.UUID) -> Answer:
    """Das Ergebnis der eigenen Stelle, für die Ausschreibung oder die Auswahl."""
    def act(session: TenantSession, row: Ausschreibung) -> str:
        who, about = sharing.text("wer"), sharing.text("gegenstand")
        if who not in sharing.sides():
            abort(403)
        postings.decide_step(session, row, about, who, sharing.text("ergebnis"), sharing.text("bemerkung", 2000))
        return _("Ihr Schritt ist festgehalten.")
    return _acting(ausschreibung, act)


@posting_desk.post("/veroeffentlichen")
@permission("recruiting.write")
def publish(mandant: uuid.UUID, ausschreibung: uuid.UUID) -> Answer:
    """Hängt die Anzeige aus."""
    def act(session: TenantSession, row: Ausschreibung) -> str:
        postings.publish(session, row, intern_ab=sharing.day("intern_ab", _("Im Haus ab")),
                         extern_ab=sharing.day("extern_ab", _("Öffentlich ab")), today=sharing.today())
        return _("Die Ausschreibung ist veröffentlicht.")
    return _acting(ausschreibung, act)


@posting_desk.post("/zurueckziehen")
@permission("recruiting.write")
def withdraw(mandant: uuid.UUID, ausschreibung: uuid.UUID) -> Answer:
    """Zieht die Ausschreibung zurück und sagt allen ab."""
    outgoing: list[letters.Letter] = []

    def act(session: TenantSession, row: Ausschreibung) -> str:
        postings.withdraw(session, row, reason=sharing.text("grund"))
        outgoing.extend(letters.about(session, row, selection.refuse_others(session, row, sharing.today())))
        return _("Die Ausschreibung ist zurückgezogen.")
    answer = _acting(ausschreibung, act)
    letters.send("abbruch", outgoing)
    return answer


def _acting(key: uuid.UUID, act: Callable[[TenantSession, Ausschreibung], str]) -> Answer:
    with sharing.session() as session:
        row = sharing.find(session, key)
        try:
            with session.begin_nested():
                words = act(session, row)
        except Refused as refused:
            session.refresh(row)
            return _page(session, row, str(refused)), 422
    flash(words, "success")
    return redirect(url_for("posting.page", mandant=current_mandate().public_id, ausschreibung=key))


def _page(session: TenantSession, row: Ausschreibung, refused: str | None = None) -> str:
    raw = dict(request.form) if refused and "titel" in request.form else sharing.posting_values(from_json(row.inhalt))
    profile = postings.profile(session, row)
    lines = "\n".join(f"{one.text}; {one.gewicht}{'; muss' if one.muss else ''}" for one in profile)
    return render_template(
        "jobportal/posting.html", held=current_mandate(), row=row, raw=raw, refused=refused, profile=profile,
        lines=request.form.get("merkmale", lines), problems=postings.check(session, row, sharing.today()),
        steps=postings.steps(session, row, "ausschreibung"), versions=postings.versions(session, row),
        mine=sharing.sides(), today=sharing.today(), later=sharing.today() + timedelta(days=14))


def _merkmal(line: str) -> Merkmal:
    cells = [cell.strip() for cell in line.split(";")]
    if len(cells) < 2 or not cells[1].isdecimal() or len(cells[1]) > 3:
        raise Refused(_("Anforderungsprofil: je Zeile „Merkmal; Gewicht; muss“, das Gewicht von 1 bis 100."))
    return Merkmal(cells[0], "muss" in cells[2:], int(cells[1]))
