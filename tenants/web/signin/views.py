"""Anmeldung: Name und Kennwort, dann der zweite Faktor."""

from __future__ import annotations

from flask import Blueprint, render_template

from tenants.web.access import public

signin = Blueprint("signin", __name__)


@signin.get("/anmelden")
@public("Anmeldung", personal=True)
def form() -> str:
    """Formular der Anmeldung."""
    return render_template("signin/form.html", errors={}, login="")
