"""Das Zertifikat des Webservers vor Kreislohn: wie lange es noch gilt, gesehen wie von einem Browser.

Es wird nur gelesen: gesendet wird nichts, und ob ihm zu trauen ist, prüft der Browser. Deshalb zeigt sich auch ein
schon abgelaufenes.
"""

from __future__ import annotations

import socket
import ssl
from collections.abc import Sequence
from datetime import datetime, timedelta

from cryptography import x509

PORT, PATIENCE = 443, 5.0
AHEAD = timedelta(days=21)  # enough for three tries of a weekly renewal


def valid_until(name: str, usual: int = PORT) -> datetime | None:
    """Letzter Augenblick (UTC), in dem das Zertifikat unter diesem Namen gilt; None, wenn dort niemand TLS spricht.

    Der Name kann seinen Port nennen wie bei `serve --name` (lohn.example:8443), sonst gilt `usual`.
    """
    host, _colon, stated = name.partition(":")
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    try:
        with (socket.create_connection((host, int(stated or usual)), PATIENCE) as plain,
              context.wrap_socket(plain, server_hostname=host) as secured):
            shown = secured.getpeercert(binary_form=True)
    except (OSError, UnicodeError, OverflowError):  # an error of TLS is one of the system; name or port may be none
        return None
    return x509.load_der_x509_certificate(shown).not_valid_after_utc if shown else None


def report(names: Sequence[str], now: datetime, usual: int = PORT) -> tuple[str, bool]:
    """Worte zu jedem Namen, und ob alle gesehenen noch länger als AHEAD gelten."""
    said, good = [], True
    for name in names:
        until = valid_until(name, usual)
        if until is None:
            said.append(f"{name} ist von hier nicht zu erreichen")
            continue
        good &= until - now > AHEAD
        word = "galt bis" if until < now else "gilt bis"
        said.append(f"{name} {word} {until:%d.%m.%Y}")
    return "; ".join(said), good
