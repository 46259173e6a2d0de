"""Kennwörter der Datenbankrollen: zufällig, in einer Datei, die nur ihr Eigentümer liest."""

from __future__ import annotations

import json
import os
import secrets
import stat
from pathlib import Path

from tenants.db.binaries import ServerError
from tenants.db.engine import APP, OWNER, PLATFORM

SUPERUSER = "postgres"
ROLES = (SUPERUSER, OWNER, APP, PLATFORM)


def exist(path: Path) -> bool:
    """Ob schon Kennwörter vergeben wurden."""
    return path.exists()


def load_or_create(path: Path) -> dict[str, str]:
    """Liest die Kennwörter oder vergibt sie beim ersten Mal."""
    if not path.exists():
        fresh = path.with_name(f"{path.name}.{os.getpid()}")
        handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="ascii") as file:
            json.dump({role: secrets.token_urlsafe(32) for role in ROLES}, file)
        fresh.rename(path)
    if stat.S_IMODE(path.stat().st_mode) & 0o077:
        raise ServerError(f"{path} ist für andere lesbar: „chmod 600 {path}“ ausführen.")
    held = json.loads(path.read_text(encoding="ascii"))
    if not isinstance(held, dict) or not set(ROLES) <= set(held):
        raise ServerError(f"{path} ist unvollständig: aus der Sicherung zurückholen.")
    return {role: str(held[role]) for role in ROLES}
