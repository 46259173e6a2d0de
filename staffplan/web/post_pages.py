"""Eine Stelle: was beschlossen ist, wer sie hält, Vermerke, Geschichte mit beiden Uhren; Formulare dazu."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.wrappers import Response

from staffplan import notes, occupancy, plans, posts, settings, shares, status
from staffplan.grades import LAUFBAHN_WORTE
from staffplan.models import Organisationseinheit, Stelle, StelleBesetzung, StelleBewertung, StelleStand, StelleVermerk
from staffplan.models.occupancy import ZUSTAENDE
from staffplan.rules import Refused
from staffplan.state import Besetzung, Vermerk
from staffplan.web import sharing
from staffplan.web.words import CHANGES, NOTES
from tenants.db.clocks import history
from tenants.db.session import TenantSession
from tenants.web.access import permission
from tenants.web.identity import current_mandate

post_desk = Blueprint("post", __name__, url_prefix="/mandanten/<uuid:mandant>/stellenplan/stellen/<uuid:stelle>")
Answer = str | Response | tuple[str, int]


@post_desk.get("")
@permission("staffplan.read", by_unit=True)
def page(mandant: uuid.UUID, stelle: uuid.UUID) -> str:
    """Die Stelle an einem Tag mit ihrer Geschichte."""
    with sharing.session() as session:
        return show(session, _find(session, stelle))


@post_desk.post("/besetzen")
@permission("staffplan.write")
def occupy(mandant: uuid.UUID, stelle: uuid.UUID) -> Answer:
    """Besetzt die Stelle oder ändert die Besetzung einer Person."""
    def act(session: TenantSession, anchor: Stelle) -> str:
        new = Besetzung(anchor.nummer, sharing.text("personalnummer"), sharing.share("anteil", _("Umfang")),
                        sharing.text("gruppe"), sharing.day("ab", _("Gilt ab")),
                        sharing.maybe_day("bis", _("Gilt bis")), _known(sharing.text("zustand") or "aktiv"),
                        sharing.text("laufbahn") or None, sharing.text("vertritt") or None,
                        sharing.text("begruendung") or None)
        occupancy.occupy(session, new, reason=sharing.text("grund"))
        return _("Die Besetzung ist erfasst.")
    return _acting(stelle, act)


@post_desk.post("/freimachen")
@permission("staffplan.write")
def vacate(mandant: uuid.UUID, stelle: uuid.UUID) -> Answer:
    """Beendet eine Besetzung; kw und ku wirken, wenn die Stelle damit frei ist."""
    def act(session: TenantSession, anchor: Stelle) -> str:
        done = occupancy.vacate(session, anchor.nummer, sharing.text("personalnummer"),
                                last_day=sharing.day("ab", _("Letzter Tag")), reason=sharing.text("grund"))
        return " ".join([_("Die Besetzung ist beendet."), *done])
    return _acting(stelle, act)


@post_desk.post("/ordnen")
@permission("staffplan.write")
def reorganise(mandant: uuid.UUID, stelle: uuid.UUID) -> Answer:
    """Ordnet die Stelle anders zu; Zahl, Gruppe und Umfang ändert nur der Plan."""
    def act(session: TenantSession, anchor: Stelle) -> str:
        ab, reason = sharing.day("ab", _("Gilt ab")), sharing.text("grund")
        given = [name for name in ("einheit", "bezeichnung") if sharing.text(name)]
        changes: dict[str, Any] = {name: sharing.text(name) for name in given}
        changes |= {name: sharing.text(name) or None for name in ("funktion", "kostenstelle") if name in request.form}
        posts.reorganise(session, anchor.nummer, ab=ab, reason=reason, **changes)
        if sharing.text("verteilung"):
            wanted = sharing.parts(sharing.text("verteilung"), _("Verteilung"))
            posts.distribute(session, anchor.nummer, {p: _share(part) for p, part in wanted.items()}, ab=ab,
                             reason=reason)
        return _("Die Änderung ist erfasst.")
    return _acting(stelle, act)


@post_desk.post("/vermerk")
@permission("staffplan.write")
def note(mandant: uuid.UUID, stelle: uuid.UUID) -> Answer:
    """Setzt oder beendet eine Sperre, Leerstelle oder einen sonstigen Vermerk."""
    def act(session: TenantSession, anchor: Stelle) -> str:
        art, ab, reason = sharing.text("art"), sharing.day("ab", _("Gilt ab")), sharing.text("grund")
        if art not in NOTES:
            raise Refused(_("Vermerk: Art wählen."))
        if sharing.text("was") == "aufheben":
            notes.lift(session, anchor.nummer, art, last_day=ab, reason=reason)
            return _("Der Vermerk ist aufgehoben.")
        notes.put(session, anchor.nummer, Vermerk(art, ab, sharing.maybe_day("bis", _("Gilt bis")),
                                                  text=sharing.text("text") or None), reason=reason)
        return _("Der Vermerk ist erfasst.")
    return _acting(stelle, act)


def _acting(stelle: uuid.UUID, act: Callable[[TenantSession, Stelle], str]) -> Answer:
    with sharing.session() as session:
        anchor = _find(session, stelle)
        try:
            with session.begin_nested():
                words = act(session, anchor)
        except Refused as refused:
            return show(session, anchor, str(refused)), 422
    flash(words, "success")
    return redirect(url_for("post.page", mandant=current_mandate().public_id, stelle=stelle))


def show(session: TenantSession, anchor: Stelle, refused: str | None = None) -> str:
    """Die Seite einer Stelle, auf Wunsch mit dem Grund einer Ablehnung."""
    day, chosen = sharing.day_of_view(), settings.of(session, sharing.day_of_view())
    held = sharing.seen(session, day, sharing.known_of_view())
    keys, limit = {"stelle_id": anchor.id}, current_mandate().limit(sharing.READ)
    if limit is not None and anchor.nummer not in held.stellen:
        abort(404)
    past = [[], [], [], []] if limit is not None else [
        history(session, model, **keys) for model in (StelleStand, StelleBesetzung, StelleVermerk, StelleBewertung)]
    units = {row.id: row.nummer for row in session.scalars(select(Organisationseinheit))}
    return render_template(
        "staffplan/post.html", held=current_mandate(), anchor=anchor, post=held.stellen.get(anchor.nummer), day=day,
        refused=refused, names=sharing.names_of(session), raw=request.form, careers=LAUFBAHN_WORTE, share=shares.short,
        exact=shares.exact, notes=NOTES, states=ZUSTAENDE, units=held.einheiten, products=held.produkte,
        costs=held.kostenstellen, unit_numbers=units,
        marks=[] if anchor.nummer not in held.stellen else status.marks(
            held.stellen[anchor.nummer], day, chosen.endet_bald),
        kinds=CHANGES, planned=[] if limit is not None else plans.open_changes(session, anchor.nummer),
        versions=past[0], occupations=past[1], remarks=past[2], valuations=past[3])


def _find(session: TenantSession, public_id: uuid.UUID) -> Stelle:
    found = session.scalars(select(Stelle).filter_by(public_id=public_id)).first()
    if found is None:
        abort(404)
    return found


def _known(state: str) -> str:
    if state not in ZUSTAENDE:
        raise Refused(_("Zustand: einen der angebotenen wählen."))
    return state


def _share(text: str) -> Any:
    try:
        return shares.parse(text)
    except shares.NotAShare as error:
        raise Refused(f"„{text}“ {error}.") from error
