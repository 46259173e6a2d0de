"""Hochgeladenes zwischen Probe und Übernahme: versiegelt für Mandant und Mensch, eine Stunde lang, nur auf Platte."""

from __future__ import annotations

import os
import re
import secrets
import tempfile
import time
from pathlib import Path

from tenants.db.session import TenantSession
from tenants.security import open_sealed, seal
from tenants.security.envelope import SealBroken
from tenants.security.keys import TenantKeys

LIFETIME = 3600
TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")
TABLE, COLUMN = "zwischenablage", "inhalt"


def folder() -> Path:
    """Ordner der Zwischenablage; nur für den eigenen Zugang des Betriebssystems lesbar."""
    path = Path(tempfile.gettempdir()) / f"kreislohn-{os.getuid()}"
    path.mkdir(mode=0o700, exist_ok=True)
    found = path.lstat()
    if found.st_uid != os.getuid() or found.st_mode & 0o077:
        raise PermissionError(f"{path} gehört jemand anderem oder ist für andere lesbar: entfernen.")
    return path


def keep(session: TenantSession | TenantKeys, content: bytes, *, owner: str) -> str:
    """Legt Inhalt ab und gibt sein Zeichen; Abgelaufenes wird bei der Gelegenheit entfernt."""
    token = secrets.token_urlsafe(32)
    place = folder()
    _sweep(place)
    sealed = seal(session, content, table=TABLE, row=f"{owner}:{token}", column=COLUMN)
    handle = os.open(place / token, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as target:
            target.write(sealed)
    except OSError:
        (place / token).unlink(missing_ok=True)  # a full disk leaves no half file
        raise
    return token


def fetch(session: TenantSession | TenantKeys, token: str, *, owner: str) -> bytes | None:
    """Inhalt zu einem Zeichen; None, wenn es abgelaufen, fremd oder unbekannt ist."""
    if not TOKEN.fullmatch(token):
        return None
    path = folder() / token
    try:
        if time.time() - path.stat().st_mtime > LIFETIME:
            path.unlink()
            return None
        sealed = path.read_bytes()
    except FileNotFoundError:
        return None
    return _opened(session, sealed, f"{owner}:{token}")


def forget(token: str) -> None:
    """Entfernt einen Inhalt."""
    if TOKEN.fullmatch(token):
        (folder() / token).unlink(missing_ok=True)


def _opened(session: TenantSession | TenantKeys, sealed: bytes, row: str) -> bytes | None:
    try:
        return open_sealed(session, sealed, table=TABLE, row=row, column=COLUMN)
    except SealBroken:
        return None


def _sweep(place: Path) -> None:
    limit = time.time() - LIFETIME
    for path in place.iterdir():
        try:
            if path.stat().st_mtime < limit:
                path.unlink()
        except FileNotFoundError:
            continue
