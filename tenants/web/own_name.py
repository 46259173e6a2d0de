"""Der eigene Name des Servers für alles, was nach außen gilt: Passkeys, Rückkehr vom Verzeichnisdienst, Briefe.

Mit angegebenen Namen (`serve --name`) zählt nur, was dort steht; die Anfrage wählt höchstens unter ihnen aus, ihr Port
zählt nicht. Ohne Angabe bleibt nur der Name der Anfrage.
"""

from __future__ import annotations

import re

from flask import abort, current_app, request

from tenants.web.shell import settings_of

NAME = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:[0-9]{1,5})?", re.ASCII)
# What a request may name: an address as well.
ASKED = re.compile(rf"{NAME.pattern}|\[[0-9a-f:.]+\](:[0-9]{{1,5}})?", re.ASCII)

MISSING = (
    "Unter welchem Namen? Mit --name lohn.kreis.example angeben, was im Zertifikat des Webservers davor steht; "
    "Passkeys, Verzeichnisdienst und Briefe richten sich danach. Nur zum Ausprobieren auf dieser Maschine: --http."
)


def refused(names: tuple[str, ...], *, required: bool) -> str | None:
    """Was an den angegebenen Namen nicht stimmt; None, wenn alles stimmt."""
    if required and not names:
        return MISSING
    wrong = [name for name in names if not NAME.fullmatch(name)]
    if not wrong:
        return None
    return f"„{wrong[0]}“ ist kein Name eines Servers: klein geschrieben, ohne https:// und ohne Schrägstrich angeben."


def host() -> str:
    """Name des Servers, mit Port nur, wenn er nicht der übliche ist."""
    settings, asked = settings_of(current_app), request.host
    if not settings.hosts:
        if not ASKED.fullmatch(asked.lower()):
            abort(400)
        return asked
    stated = next((name for name in settings.hosts if bare(name) == bare(asked)), settings.hosts[0])
    port = asked.rpartition(":")[2]
    # Without TLS it is a trial on this machine, where the port is part of every address.
    return stated if settings.https or ":" in stated or not port.isdecimal() else f"{stated}:{port}"


def root() -> str:
    """Anfang aller Adressen dieses Servers, ohne Schrägstrich am Ende."""
    scheme = "https" if settings_of(current_app).https else request.scheme
    return f"{scheme}://{host()}"


def bare(name: str) -> str:
    """Der Name ohne Port."""
    return name.partition(":")[0].lower()
