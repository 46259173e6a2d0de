"""Organisation als Bild und Tabelle: Einheiten mit ihren Stellen; Einheiten, Produkte und Kostenstellen erfassen."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from staffplan import organisation
from staffplan.rules import Refused, tree
from staffplan.shares import short
from staffplan.state import Stand
from staffplan.web import sharing
from tenants.db.session import TenantSession
from tenants.web.access import permission
from tenants.web.identity import current_mandate

organisation_desk = Blueprint("organisation", __name__, url_prefix="/mandanten/<uuid:mandant>/stellenplan/organisation")
STEP, INDENT, BOX, WIDTH = 44, 36, 300, 860
NONE = Fraction(0)


@dataclass(frozen=True)
class Kasten:
    """Eine Einheit im Bild: Ort des Kastens, Linie zur übergeordneten, Stellen mit und ohne die Untergeordneten."""

    nummer: str
    name: str
    tiefe: int
    x: int
    y: int
    oben: int | None
    eigene: Fraction
    gesamt: Fraction
    besetzt: Fraction


@organisation_desk.get("")
@permission("staffplan.read", by_unit=True)
def index(mandant: uuid.UUID) -> str:
    """Baum an einem Tag."""
    with sharing.session() as session:
        return _page(session)


@organisation_desk.post("")
@permission("staffplan.write")
def record(mandant: uuid.UUID) -> Response | tuple[str, int]:
    """Legt eine Einheit, ein Produkt oder eine Kostenstelle an oder ändert sie."""
    with sharing.session() as session:
        try:
            with session.begin_nested():
                _record(session, sharing.text("was"), sharing.day("ab", _("Gilt ab")))
        except Refused as refused:
            return _page(session, str(refused)), 422
    flash(_("Die Änderung ist erfasst."), "success")
    return redirect(url_for("organisation.index", mandant=mandant))


def _record(session: TenantSession, what: str, ab: date) -> None:
    nummer, reason = sharing.text("nummer"), sharing.text("grund")
    if what == "einheit":
        organisation.unit(session, nummer, name=sharing.text("name"), ab=ab, reason=reason,
                          art=sharing.text("art") or None, uebergeordnet=sharing.text("uebergeordnet") or None)
    elif what == "ende":
        organisation.end_unit(session, nummer, last_day=ab, reason=reason)
    else:
        organisation.account(session, what, nummer, name=sharing.text("name"), ab=ab, reason=reason,
                             produktbereich=sharing.text("produktbereich") or None)


def _page(session: TenantSession, refused: str | None = None) -> str:
    day = sharing.day_of_view()
    held = sharing.seen(session, day, sharing.known_of_view())
    boxes = chart(held)
    return render_template(
        "staffplan/organisation.html", held=current_mandate(), day=day, boxes=boxes, refused=refused, raw=request.form,
        height=max(len(boxes), 1) * STEP + 10, width=WIDTH, box=BOX, share=short, products=held.produkte,
        costs=held.kostenstellen, areas=organisation.PRODUKTBEREICHE)


def chart(held: Stand) -> list[Kasten]:
    """Die Einheiten von oben nach unten mit ihrem Platz im Bild."""
    own: dict[str, Fraction] = defaultdict(Fraction)
    taken: dict[str, Fraction] = defaultdict(Fraction)
    for post in held.stellen.values():
        own[post.einheit] += post.anteil
        taken[post.einheit] += post.besetzt
    parents = {nummer: one.uebergeordnet for nummer, one in held.einheiten.items()}
    rows = tree.ordered(parents)
    place = {nummer: number for number, (nummer, _depth) in enumerate(rows)}
    whole, filled = _with_children(rows, parents, own), _with_children(rows, parents, taken)
    return [Kasten(nummer, held.einheiten[nummer].name, depth, 4 + min(depth, 8) * INDENT, 4 + number * STEP,
                   _above(place, parents, nummer), own[nummer], whole[nummer], filled[nummer])
            for number, (nummer, depth) in enumerate(rows)]


def _above(place: Mapping[str, int], parents: Mapping[str, str | None], nummer: str) -> int | None:
    parent = parents[nummer]
    return None if parent is None or parent not in place else 4 + place[parent] * STEP


def _with_children(rows: list[tuple[str, int]], parents: Mapping[str, str | None], own: Mapping[str, Fraction]
                   ) -> dict[str, Fraction]:
    total = {nummer: own.get(nummer, NONE) for nummer, _depth in rows}
    for nummer, _depth in reversed(rows):
        parent = parents[nummer]
        if parent in total:
            total[parent] += total[nummer]
    return total
