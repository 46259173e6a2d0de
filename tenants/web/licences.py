"""Lizenzen im Produkt: eigene, der Pakete, der Gestaltung; mit Wortlaut, wie die Lizenzen es verlangen."""

from __future__ import annotations

from importlib import metadata

from flask import Blueprint, abort, render_template

from tenants.operation import packages
from tenants.web import assets
from tenants.web.access import public

licences = Blueprint("licences", __name__, url_prefix="/lizenzen")
DESIGN = "kern-ux"


@licences.get("")
@public("Lizenzen der benutzten Programme, ohne persönlichen Inhalt")
def index() -> str:
    """Alle Pakete mit Fassung und Lizenz."""
    return render_template("shell/licences.html", packages=packages.installed(), version=metadata.version("kreislohn"),
                           design=DESIGN)


@licences.get("/<paket>")
@public("Wortlaut einer Lizenz, ohne persönlichen Inhalt")
def text(paket: str) -> str:
    """Wortlaut der Lizenzen eines Pakets."""
    if paket == DESIGN:
        found = [("LICENSE.md", (assets.VENDOR / "kern-LICENSE.md").read_text(encoding="utf-8"))]
    elif paket in {one.name for one in packages.installed()}:
        found = packages.texts(paket)
    else:
        abort(404)
    return render_template("shell/licence.html", name=paket, texts=found)
