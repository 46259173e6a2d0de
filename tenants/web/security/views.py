"""Sicherheit: zweiten Faktor einrichten, Kennwort ändern."""

from __future__ import annotations

from flask import Blueprint, render_template

from tenants.web.access import signed_in
from tenants.web.identity import current

security = Blueprint("security", __name__, url_prefix="/sicherheit")


@security.get("")
@signed_in
def overview() -> str:
    """Stand der eigenen Sicherheit."""
    return render_template("security/overview.html", identity=current())
