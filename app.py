"""Kreislohn als Anwendung: create_app() baut sie zusammen, main() ist der Befehl „kreislohn“."""

from __future__ import annotations

from flask import Flask

from payroll import cli
from payroll.web import doors
from tenants.web import access, assets, identity, pages, shell
from tenants.web.documents import documents
from tenants.web.settings import Settings, from_master_key


def create_app(settings: Settings | None = None) -> Flask:
    """Fertige Anwendung; sie entsteht nicht, wenn ein Weg kein Recht nennt oder die Gestaltung fehlt."""
    assets.require()
    chosen = settings or from_master_key()
    app = Flask("kreislohn", static_folder=None, template_folder=None)
    shell.install(
        app,
        chosen,
        loader=lambda key: identity.load(key, chosen),
        catalogues=doors.ALL_CATALOGUES,
        navigation=(*doors.NAVIGATION, *pages.NAVIGATION),
    )
    pages.register(app)
    app.register_blueprint(documents)
    doors.register(app)
    access.require_stated(app)
    return app


def main() -> None:
    """Befehl „kreislohn“."""
    cli.main(create_app)


if __name__ == "__main__":
    main()
