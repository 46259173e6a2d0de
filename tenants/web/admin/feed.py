"""Personalliste im Web: hochladen, ansehen, übernehmen; Telefonliste und Türschilder ausgeben."""

from __future__ import annotations

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from tenants import audit
from tenants.feed import directory, planning, reading, service
from tenants.feed.people import FeedError
from tenants.security import keys
from tenants.users.errors import UserError
from tenants.web import exports, uploads
from tenants.web.access import permission, shows_answer
from tenants.web.admin import shared
from tenants.web.identity import current

feed_pages = Blueprint("adminfeed", __name__, url_prefix="/verwaltung/personalliste")
Answer = BaseResponse | str | tuple[str, int]


@feed_pages.get("")
@permission(shared.ADMIN)
def form() -> str:
    """Formular und Aufbau der Liste."""
    return _form()


@feed_pages.post("")
@permission(shared.ADMIN)
@shows_answer
def preview() -> Answer:
    """Zeigt, wer kommt, wechselt und geht."""
    file, complete = request.files.get("datei"), "vollstaendig" in request.form
    content = file.read(reading.MOST_BYTES + 1) if file is not None else b""
    try:
        with shared.platform() as session:
            plan = service.preview(session, content, shared.today(), complete=complete)
    except FeedError as refused:
        return _form(str(refused)), 422
    token = uploads.keep(keys.platform_keys(), content, owner=current().login)
    return render_template("admin/feed_preview.html", plan=plan, token=token, complete=complete, kinds=planning)


@feed_pages.post("/uebernehmen")
@permission(shared.ADMIN)
def take() -> Answer:
    """Übernimmt genau das Gezeigte."""
    token = request.form.get("zeichen", "")
    content = uploads.fetch(keys.platform_keys(), token, owner=current().login)
    if content is None:
        return _form(_("Die gezeigte Liste ist abgelaufen: bitte noch einmal hochladen.")), 409
    try:
        with shared.platform() as session:
            plan = service.apply(
                session,
                content,
                shared.today(),
                digest=request.form.get("stand", ""),
                complete="vollstaendig" in request.form,
                many_may_leave="viele" in request.form,
            )
    except (FeedError, UserError) as refused:
        return _form(str(refused)), 409
    uploads.forget(token)
    count = len(plan.changing) - plan.count(planning.ERROR)
    flash(_("Die Liste ist übernommen, Änderungen: %(count)s.", count=count), "success")
    return redirect(url_for("adminusers.index"))


@feed_pages.get("/<art>.csv")
@permission(shared.ADMIN)
def export(art: str) -> Response:
    """Telefonliste oder Türschilder als Datei; die Ausgabe steht im Protokoll."""
    if art not in directory.KINDS:
        abort(404)
    with shared.platform() as session:
        rows = directory.rows(session, art, shared.today())
        audit.record(session, "directory.export", art, {"rows": len(rows)})
    return exports.respond("csv", art, directory.KINDS[art], rows)


def _form(refused: str | None = None) -> str:
    return render_template("admin/feed.html", refused=refused, columns=reading.COLUMNS)
