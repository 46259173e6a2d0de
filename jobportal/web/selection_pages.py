"""Auswahl einer Ausschreibung: Rangfolge, Befunde, Mitwirkung, Vorschlag, Entscheidung, Absagen, Vermerk als PDF."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.wrappers import Response as Answered

from jobportal import applications, documents, postings, selection, settings
from jobportal.errors import Refused
from jobportal.models import Ausschreibung, Bewerbung
from jobportal.rules import selection as rules
from jobportal.web import letters, sharing
from tenants import audit
from tenants.db.session import TenantSession
from tenants.web.access import permission
from tenants.web.identity import current, current_mandate

selection_desk = Blueprint(
    "selection", __name__, url_prefix="/mandanten/<uuid:mandant>/stellenmarkt/<uuid:ausschreibung>/auswahl")
Answer = Answered | tuple[str, int]


@selection_desk.get("")
@permission("recruiting.take_part", by_unit=True)
def page(mandant: uuid.UUID, ausschreibung: uuid.UUID) -> str:
    """Alle Bewerbungen in ihrer Rangfolge mit Befunden und Schritten."""
    with sharing.session() as session:
        return _page(session, sharing.find(session, ausschreibung))


@selection_desk.post("/vorschlagen")
@permission("recruiting.write")
def propose(mandant: uuid.UUID, ausschreibung: uuid.UUID) -> Answer:
    """Schlägt jemanden mit Begründung vor."""
    def act(session: TenantSession, row: Ausschreibung) -> str:
        chosen = session.scalars(select(Bewerbung).filter_by(
            ausschreibung_id=row.id, public_id=_key(sharing.text("bewerbung")))).first()
        if chosen is None:
            abort(404)
        selection.propose(session, row, chosen, sharing.text("begruendung", 8000), sharing.today())
        return _("Der Vorschlag liegt allen Mitwirkenden vor.")
    return _acting(ausschreibung, act)


@selection_desk.post("/entscheiden")
@permission("recruiting.decide", by_unit=True)
def decide(mandant: uuid.UUID, ausschreibung: uuid.UUID) -> Answer:
    """Entscheidet als zweite Person."""
    def act(session: TenantSession, row: Ausschreibung) -> str:
        selection.decide(session, row, sharing.today())
        return _("Entschieden. Absagen gehen nach der Wartefrist hinaus.")
    return _acting(ausschreibung, act)


@selection_desk.post("/absagen")
@permission("recruiting.write")
def refuse(mandant: uuid.UUID, ausschreibung: uuid.UUID) -> Answer:
    """Sagt allen anderen ab; ihr Löschtag steht danach fest."""
    outgoing: list[letters.Letter] = []

    def act(session: TenantSession, row: Ausschreibung) -> str:
        outgoing.extend(letters.about(session, row, selection.refuse_others(session, row, sharing.today())))
        return _("Die Absagen liegen im Postausgang.")
    answer = _acting(ausschreibung, act)
    letters.send("absage", outgoing)
    return answer


@selection_desk.post("/ruhen")
@permission("recruiting.write")
def rest(mandant: uuid.UUID, ausschreibung: uuid.UUID) -> Answer:
    """Lässt das Verfahren ruhen oder weitergehen."""
    def act(session: TenantSession, row: Ausschreibung) -> str:
        selection.rest(session, row, sharing.text("grund"))
        return _("Das Verfahren ruht.") if row.sperre else _("Das Verfahren geht weiter.")
    return _acting(ausschreibung, act)


@selection_desk.get("/vermerk.pdf")
@permission("recruiting.take_part", by_unit=True)
def memo(mandant: uuid.UUID, ausschreibung: uuid.UUID) -> Response:
    """Der Auswahlvermerk; das Öffnen steht im Protokoll."""
    with sharing.session() as session:
        row = sharing.find(session, ausschreibung)
        made = selection.memo(session, row)
        if made is None or current_mandate().roles <= {"disability"}:
            abort(404)
        content = _memo(session, row)
        audit.record(session, "auswahl.vermerk_geöffnet", f"ausschreibung:{row.public_id}", {})
    answer = Response(content, content_type="application/pdf")
    answer.headers["Content-Disposition"] = f'attachment; filename="auswahlvermerk-{ausschreibung}.pdf"'
    return answer


def _memo(session: TenantSession, row: Ausschreibung) -> bytes:
    made = selection.memo(session, row)
    assert made is not None
    ranked = selection.ranking(session, row)
    chosen = next(one for one in ranked if one.bewerbung.id == made.bewerbung_id)
    names = {one.bewerbung.id: applications.details(session, one.bewerbung).name for one in ranked}
    lines = [f"- {names[one.bewerbung.id]} (Nr. {one.bewerbung.nummer}): {one.prozent}, {one.personen} Einschätzungen"
             for one in ranked]
    steps = [f"- {step.wer}: {step.ergebnis} {documents.german(step.am)}"
             for step in postings.steps(session, row, "auswahl")]
    profile = [f"- {one.text} (Gewicht {one.gewicht}{', zwingend' if one.muss else ''})"
               for one in postings.profile(session, row)]
    found = rules.findings(session, row, sharing.today())
    notes = [f"- {one.text} ({one.recht})" for one in found] or ["- keine"]
    decided = (f"Entschieden von {made.entschieden_von} am {made.entschieden_am:%d.%m.%Y}"
               if made.entschieden_am else "Noch nicht entschieden")
    return documents.render(documents.Schriftstueck(
        f"Auswahlvermerk {row.kennziffer}", current_mandate().name,
        (("Anforderungsprofil", "\n".join(profile)), ("Rangfolge", "\n".join(lines)),
         ("Vorgeschlagen", f"{names[chosen.bewerbung.id]} (Nr. {chosen.bewerbung.nummer})\n\n"
                           f"{selection.reason(session, row, made)}"),
         ("Mitwirkung", "\n".join(steps)), ("Befunde", "\n".join(notes))), made.vorgeschlagen_am.date(),
        vorspann=f"{row.inhalt['titel']}. "
                 "Auswahl nach Eignung, Befähigung und fachlicher Leistung (Art. 33 Abs. 2 GG).",
        fuss=f"Vorgeschlagen von {made.vorgeschlagen_von} am {made.vorgeschlagen_am:%d.%m.%Y}. {decided}."))


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
    return redirect(url_for("selection.page", mandant=current_mandate().public_id, ausschreibung=key))


def _page(session: TenantSession, row: Ausschreibung, refused: str | None = None) -> str:
    ranked = [one for one in selection.ranking(session, row) if sharing.may_see(session, one.bewerbung)]
    seen = sharing.sees_disability()
    only = current_mandate().roles <= {"disability"}
    found = rules.findings(session, row, sharing.today())
    made = selection.memo(session, row)
    return render_template(
        "jobportal/selection.html", held=current_mandate(), row=row, ranked=ranked, refused=refused, raw=request.form,
        names={one.bewerbung.id: applications.details(session, one.bewerbung).name for one in ranked},
        disabled={one.bewerbung.id for one in ranked
                  if seen and applications.severely_disabled(session, one.bewerbung)},
        problems=[one for one in found if seen or "SGB IX" not in one.recht], memo=made, only=only,
        reason=selection.reason(session, row, made) if made is not None and not only else "",
        steps=postings.steps(session, row, "auswahl"), mine=sharing.sides(), me=current(),
        figures=rules.figures(session, row, settings.of(session, sharing.today()).kleinste_gruppe))


def _key(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError:
        abort(404)
