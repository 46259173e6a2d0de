"""Start: alle Mandanten des Auftrags mit Stand des Monats, offenen Hinweisen und dem nächsten Schritt."""

from __future__ import annotations

from flask import Blueprint, current_app, redirect, render_template, url_for
from werkzeug.wrappers import Response

from tenants.web.access import signed_in
from tenants.web.identity import current
from tenants.web.shell import settings_of

start_desk = Blueprint("start", __name__, template_folder="../templates")


@signed_in
def home() -> str | Response:
    """Jeder zu seiner Tür: das Personal an den Schreibtisch, Beschäftigte ins Portal."""
    me = current()
    if not me.staff:
        return redirect(url_for("portal.slips"))
    today = settings_of(current_app).today()
    return render_template("payroll/desk/start.html", month=today.replace(day=1), tenants=me.holding("person.read"))
