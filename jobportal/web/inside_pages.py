"""Das Brett im Haus: was erst die eigenen Leute sehen, bevor es öffentlich aushängt (intern vor extern).

Wer angemeldet ist und bei einem Arbeitgeber beschäftigt oder tätig ist, sieht dessen Anzeigen vom internen bis zum
öffentlichen Tag; danach stehen sie auf dem öffentlichen Brett. Anderen gibt es diese Seiten nicht.
"""

from __future__ import annotations

import uuid
from datetime import date

from flask import Blueprint, Response, abort, render_template, request, url_for

from jobportal import board as brett
from jobportal.board import Aushangzettel
from jobportal.public import listing, ticket
from jobportal.web import sharing
from tenants.db.session import tenant_session
from tenants.web import exports, own_name
from tenants.web.access import signed_in
from tenants.web.identity import HeldMandate, current

inside_board = Blueprint("inside", __name__, url_prefix="/hausstellen")
OUTSIDERS, EMPLOYEE = frozenset({"applicant"}), "employee"


@inside_board.get("")
@signed_in
def index() -> str:
    """Alle Anzeigen, die heute nur im Haus hängen."""
    tenants = _house()
    found = brett.current().inside(sharing.today(), tenants)
    words = " ".join(request.args.get("suche", "").lower().split())[:100]
    shown = [one for one in found if all(word in one.suchtext for word in words.split())]
    return render_template("jobportal/inside.html", slips=shown, wanted=words, total=len(found),
                           several=len({one.arbeitgeber.tenant_id for one in found}) > 1)


@inside_board.get("/<uuid:anzeige>")
@signed_in
def show(anzeige: uuid.UUID) -> str:
    """Eine Anzeige mit dem Weg zur Bewerbung."""
    slip = _slip(anzeige)
    apply = url_for("board.apply", anzeige=anzeige, **{ticket.NAME: ticket.issue(anzeige)})
    return render_template("jobportal/inside_ad.html", slip=slip, parts=listing.parts(slip), apply=apply,
                           pay_words=listing.pay_words)


@inside_board.get("/<uuid:anzeige>/anzeige.pdf")
@signed_in
def pdf(anzeige: uuid.UUID) -> Response:
    """Die Anzeige als PDF, zum Aushängen im Haus."""
    address = own_name.root() + url_for("inside.show", anzeige=anzeige)
    return exports.attachment(listing.document(_slip(anzeige), address), "application/pdf", f"hausstelle-{anzeige}.pdf")


def _house() -> set[int]:
    """Mandanten, zu deren Haus der Angemeldete heute gehört; ein Zugang nur für Bewerbungen zählt nicht, und wer
    ausgeschieden ist, auch nicht, solange sein Portal noch offen ist."""
    return {held.tenant_id for held in current().mandates
            if held.roles - OUTSIDERS - {EMPLOYEE} or (EMPLOYEE in held.roles and _employed(held))}


def _employed(held: HeldMandate) -> bool:
    with tenant_session(held.tenant_id, actor=current().login) as session:
        days = sharing.ports().last_days(session, held.person_public_ids)
    return any((days.get(person) or date.max) >= sharing.today() for person in held.person_public_ids)


def _slip(anzeige: uuid.UUID) -> Aushangzettel:
    found = next((one for one in brett.current().inside(sharing.today(), _house()) if one.kennung == anzeige), None)
    if found is None:
        abort(404)
    return found
