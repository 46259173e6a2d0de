"""Seiten der Hülle: Anmeldung, Brief, Einmallink, eigene Sicherheit, Verwaltung der Plattform."""

from __future__ import annotations

from flask import Flask
from flask_babel import lazy_gettext as _

from tenants.web import colours, kiosk, table_files, views
from tenants.web.admin.employers import employer_pages
from tenants.web.admin.feed import feed_pages
from tenants.web.admin.mandates import mandate_pages
from tenants.web.admin.nightly import nightly_pages
from tenants.web.admin.providers import provider_pages
from tenants.web.admin.users import user_pages
from tenants.web.licences import licences
from tenants.web.security.codes import code_pages
from tenants.web.security.mail import mail_pages
from tenants.web.security.passkeys import passkey_pages
from tenants.web.security.sessions import session_pages
from tenants.web.security.sso import own_sso_pages
from tenants.web.security.views import security
from tenants.web.shell import Entry
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
    mail_pages,
    passkey_pages,
    code_pages,
    session_pages,
    own_sso_pages,
    user_pages,
    employer_pages,
    mandate_pages,
    feed_pages,
    provider_pages,
    nightly_pages,
    licences,
)
NAVIGATION = (Entry(_("Verwaltung"), "adminusers.index", "user.admin", "admin"),)


def register(app: Flask) -> None:
    """Meldet die Seiten an."""
    for blueprint in PAGES:
        app.register_blueprint(blueprint)
    views.install(app)
    colours.install(app)
    table_files.install(app)
    kiosk.install(app)
