"""Kreislohn als Anwendung: create_app() baut sie zusammen, main() ist der Befehl „kreislohn“."""

from __future__ import annotations

from typing import TYPE_CHECKING

from payroll import cli

if TYPE_CHECKING:
    from flask import Flask

    from tenants.web.settings import Settings


def create_app(settings: Settings | None = None) -> Flask:
    """Fertige Anwendung; sie entsteht nicht, wenn ein Weg kein Recht nennt oder die Gestaltung fehlt.

    Die Seiten werden erst hier geladen: Ein Befehl oder ein Arbeiter der Abrechnung braucht sie nicht (160 MB).
    """
    from flask import Flask

    from payroll.web import doors
    from tenants.web import access, assets, identity, pages, shell
    from tenants.web.documents import documents
    from tenants.web.settings import from_master_key

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
