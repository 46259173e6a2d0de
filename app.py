"""Kreislohn als Anwendung: create_app() baut sie zusammen, main() ist der Befehl „kreislohn“."""

from __future__ import annotations

import sys

from flask import Flask, redirect, url_for
from werkzeug.wrappers import Response

from tenants.web import access, assets, shell
from tenants.web.identity import Identity
from tenants.web.settings import Settings, from_master_key
from tenants.web.signin.views import signin


def create_app(settings: Settings | None = None) -> Flask:
    """Fertige Anwendung; sie entsteht nicht, wenn ein Weg kein Recht nennt oder die Gestaltung fehlt."""
    assets.require()
    app = Flask("kreislohn", static_folder=None, template_folder=None)
    shell.install(app, settings or from_master_key(), loader=_nobody, catalogues=())
    app.register_blueprint(signin)
    app.add_url_rule("/", "home", home)
    access.require_stated(app)
    return app


def _nobody(_key: str) -> Identity | None:
    return None


@access.public("Wegweiser: leitet nur weiter")
def home() -> Response:
    """Jeder zu seiner Tür."""
    return redirect(url_for("signin.form"))


def main() -> None:
    """Befehl „kreislohn“."""
    from payroll.cli import main as run  # the command line pulls in every room; the server alone should not

    sys.exit(run(create_app))


if __name__ == "__main__":
    main()
