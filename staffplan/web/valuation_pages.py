"""Stellenbewertung und Unterlagen einer Stelle: erfassen, ablegen, öffnen."""

from __future__ import annotations

import uuid

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.wrappers import Response as Answered

from staffplan import shares, valuation
from staffplan.models import Stelle, StelleUnterlage
from staffplan.models.occupancy import VERFAHREN
from staffplan.rules import Refused
from staffplan.web import sharing
from tenants.db.session import TenantSession
from tenants.plain_text import file_name
from tenants.web import exports
from tenants.web.access import permission
from tenants.web.identity import current_mandate

valuation_desk = Blueprint(
    "valuation", __name__, url_prefix="/mandanten/<uuid:mandant>/stellenplan/stellen/<uuid:stelle>/bewertung")


@valuation_desk.get("")
@permission("staffplan.read", by_unit=True)
def page(mandant: uuid.UUID, stelle: uuid.UUID) -> str:
    """Unterlagen und Formulare."""
    with sharing.session() as session:
        return _page(session, _find(session, stelle))


@valuation_desk.post("")
@permission("staffplan.write")
def record(mandant: uuid.UUID, stelle: uuid.UUID) -> Answered | tuple[str, int]:
    """Erfasst eine Bewertung oder legt eine Unterlage ab."""
    with sharing.session() as session:
        anchor = _find(session, stelle)
        try:
            with session.begin_nested():
                if sharing.text("was") == "unterlage":
                    _attach(session, anchor)
                else:
                    _evaluate(session, anchor)
        except Refused as refused:
            return _page(session, anchor, str(refused)), 422
    flash(_("Die Änderung ist erfasst."), "success")
    return redirect(url_for("valuation.page", mandant=mandant, stelle=stelle))


@valuation_desk.get("/unterlagen/<uuid:unterlage>")
@permission("staffplan.read", by_unit=True)
def document(mandant: uuid.UUID, stelle: uuid.UUID, unterlage: uuid.UUID) -> Response:
    """Eine Unterlage; das Öffnen steht im Protokoll."""
    with sharing.session() as session:
        anchor = _find(session, stelle)
        row = session.scalars(select(StelleUnterlage).filter_by(public_id=unterlage, stelle_id=anchor.id)).first()
        if row is None:
            abort(404)
        return exports.attachment(valuation.opened(session, row), "application/octet-stream", row.dateiname)


def _evaluate(session: TenantSession, anchor: Stelle) -> None:
    tasks = [_task(line) for line in request.form.get("taetigkeiten", "")[:5000].splitlines() if line.strip()]
    new = valuation.Bewertung(sharing.text("verfahren"), sharing.text("gruppe"), tasks,
                              sharing.day("entschieden_am", _("Entschieden am")), sharing.text("entschieden_durch"),
                              sharing.text("merkmal"), sharing.text("aktenzeichen"))
    valuation.evaluate(session, anchor.nummer, new, ab=sharing.day("ab", _("Gilt ab")), reason=sharing.text("grund"))


def _attach(session: TenantSession, anchor: Stelle) -> None:
    sent = request.files.get("datei")
    if sent is None or not sent.filename:
        raise Refused(_("Unterlage: eine Datei wählen."))
    valuation.attach(session, anchor.nummer, file_name(sent.filename), sent.read(),
                     reason=sharing.text("grund") or _("Unterlage"))


def _task(line: str) -> valuation.Taetigkeit:
    cells = [cell.strip() for cell in line.split(";")]
    if len(cells) < 2:
        raise Refused(_("Tätigkeiten: je Zeile „Text; Anteil; Merkmal“."))
    try:
        return valuation.Taetigkeit(cells[0], shares.parse(cells[1]), "; ".join(cells[2:]))
    except shares.NotAShare as error:
        raise Refused(f"„{cells[1]}“ {error}.") from error


def _page(session: TenantSession, anchor: Stelle, refused: str | None = None) -> str:
    return render_template("staffplan/valuation.html", held=current_mandate(), anchor=anchor, refused=refused,
                           raw=request.form, day=sharing.today(), procedures=[(one, one) for one in VERFAHREN],
                           documents=valuation.documents(session, anchor.id))


def _find(session: TenantSession, public_id: uuid.UUID) -> Stelle:
    found = session.scalars(select(Stelle).filter_by(public_id=public_id)).first()
    if found is None:
        abort(404)
    limit = current_mandate().limit(sharing.READ)
    if limit is not None and found.nummer not in sharing.seen(session, sharing.today()).stellen:
        abort(404)
    return found
