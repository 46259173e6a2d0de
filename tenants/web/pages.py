"""Seiten der Hülle: Anmeldung, Brief, Einmallink, eigene Sicherheit."""

from __future__ import annotations

from flask import Flask

from tenants.web.security.codes import code_pages
from tenants.web.security.passkeys import passkey_pages
from tenants.web.security.sessions import session_pages
from tenants.web.security.sso import own_sso_pages
from tenants.web.security.views import security
from tenants.web.signin.letter import letter_pages
from tenants.web.signin.links import link_pages
from tenants.web.signin.sso import sso_pages
from tenants.web.signin.views import signin

PAGES = (
    signin,
    link_pages,
    letter_pages,
    sso_pages,
    security,
    passkey_pages,
    code_pages,
    session_pages,
    own_sso_pages,
)


def register(app: Flask) -> None:
    """Meldet die Seiten an."""
    for blueprint in PAGES:
        app.register_blueprint(blueprint)
