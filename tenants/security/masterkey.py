"""Hauptschlüssel: liegt außerhalb der Datenbank, in Hardware (PKCS#11), in einer Datei mit Modus 0600 oder in der
Umgebung."""

from __future__ import annotations

import base64
import hashlib
import os
import stat
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

ENV_KEY, ENV_FILE = "KREISLOHN_MASTER_KEY", "KREISLOHN_MASTER_KEY_FILE"
ENV_PKCS11 = "KREISLOHN_MASTER_KEY_PKCS11"
ENV_PREVIOUS_PKCS11 = "KREISLOHN_MASTER_KEY_PREVIOUS_PKCS11"
ENV_PREVIOUS, ENV_PREVIOUS_FILE = "KREISLOHN_MASTER_KEY_PREVIOUS", "KREISLOHN_MASTER_KEY_PREVIOUS_FILE"


class MasterKeyError(RuntimeError):
    """Der Hauptschlüssel fehlt oder ist nicht sicher verwahrt."""


@dataclass(frozen=True)
class MasterKey:
    """Hauptschlüssel mit seiner Kennung."""

    secret: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if len(self.secret) != 32:
            raise MasterKeyError("Der Hauptschlüssel braucht genau 32 Bytes (Base64, 44 Zeichen).")

    @property
    def key_id(self) -> str:
        """Kennung zum Wiederfinden; verrät den Schlüssel nicht."""
        return hashlib.sha256(b"kreislohn master" + self.secret).hexdigest()[:16]

    def derive(self, purpose: str) -> bytes:
        """Eigener Schlüssel für einen Zweck."""
        return HKDF(SHA256(), 32, salt=None, info=b"kreislohn:" + purpose.encode()).derive(self.secret)


_current: MasterKey | None = None


def configure(key: MasterKey) -> None:
    """Legt den Hauptschlüssel des Prozesses fest."""
    global _current
    _current = key


def current() -> MasterKey:
    """Hauptschlüssel des Prozesses; sonst aus Umgebung oder Datei geladen."""
    if _current is None:
        configure(from_environment())
    assert _current is not None
    return _current


def previous() -> MasterKey | None:
    """Der vorige Hauptschlüssel, solange ein Wechsel läuft: nur zum Lesen, geschrieben wird mit dem heutigen."""
    if value := os.environ.get(ENV_PREVIOUS):
        return _decode(value)
    if uri := os.environ.get(ENV_PREVIOUS_PKCS11):
        return _in_token(uri)
    path = os.environ.get(ENV_PREVIOUS_FILE)
    return from_file(Path(path)) if path else None


def held(key_id: str) -> MasterKey | None:
    """Der Hauptschlüssel mit dieser Kennung, wenn dieser Prozess ihn hat."""
    if current().key_id == key_id:
        return current()
    old = previous()
    return old if old is not None and old.key_id == key_id else None


def from_environment() -> MasterKey:
    """Der Schlüssel aus KREISLOHN_MASTER_KEY_PKCS11 (Hardware), KREISLOHN_MASTER_KEY oder KREISLOHN_MASTER_KEY_FILE."""
    if uri := os.environ.get(ENV_PKCS11):
        return _in_token(uri)
    if value := os.environ.get(ENV_KEY):
        return _decode(value)
    if path := os.environ.get(ENV_FILE):
        return from_file(Path(path))
    raise MasterKeyError(f"Kein Hauptschlüssel: {ENV_KEY} (Base64) oder {ENV_FILE} (Datei, Modus 0600) setzen.")


def stated() -> bool:
    """Ob die Umgebung einen Hauptschlüssel nennt."""
    return any(os.environ.get(name) for name in (ENV_PKCS11, ENV_KEY, ENV_FILE))


def from_file(path: Path) -> MasterKey:
    """Liest die Schlüsseldatei; sie darf nur für ihren Eigentümer lesbar sein."""
    return _decode(read_secret_file(path))


def read_secret_file(path: Path) -> str:
    """Inhalt einer Datei mit einem Geheimnis; für andere lesbar wird sie abgelehnt."""
    if not path.is_file():
        raise MasterKeyError(f"Schlüsseldatei {path} fehlt: aus der Sicherung zurückholen, nicht neu anlegen.")
    if stat.S_IMODE(path.stat().st_mode) & 0o077:
        raise MasterKeyError(f"Schlüsseldatei {path} ist für andere lesbar: chmod 600 ausführen.")
    return path.read_text(encoding="utf-8", errors="replace")


def ensure_file(path: Path) -> MasterKey:
    """Liest die Schlüsseldatei oder legt sie beim ersten Mal an."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(base64.b64encode(os.urandom(32)) + b"\n")
    return from_file(path)


def _in_token(uri: str) -> MasterKey:
    from tenants.security import token  # the package for PKCS#11 is optional

    return token.from_uri(uri)


def _decode(value: str) -> MasterKey:
    try:
        return MasterKey(base64.b64decode(value.strip(), validate=True))
    except ValueError as error:
        raise MasterKeyError("Der Hauptschlüssel ist kein gültiges Base64.") from error
