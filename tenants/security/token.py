"""Hauptschlüssel in Hardware (PKCS#11): er verlässt den Baustein nie, gerechnet wird mit HMAC-SHA-256 darin.

Angabe nach RFC 7512, zum Beispiel ``pkcs11:token=kreislohn;object=haupt?module-path=/usr/lib/softhsm/libsofthsm2.so``;
die PIN steht in einer Datei mit Modus 0600 oder in der Umgebung. Im Speicher des Prozesses liegen nur Schlüssel je
Zweck.
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote

from tenants.security.masterkey import MasterKey, MasterKeyError, read_secret_file

ENV_PIN, ENV_PIN_FILE = "KREISLOHN_MASTER_KEY_PIN", "KREISLOHN_MASTER_KEY_PIN_FILE"
SCHEME = "pkcs11:"


@dataclass(frozen=True)
class Place:
    """Wo der Schlüssel liegt: Programmbibliothek, Token, Name des Objekts."""

    module: str
    token: str
    label: str


@dataclass(frozen=True)
class TokenKey(MasterKey):
    """Hauptschlüssel im Baustein; secret ist leer."""

    place: Place | None = None
    known: dict[bytes, bytes] = field(default_factory=dict, repr=False, compare=False)

    def __post_init__(self) -> None:
        if self.secret or self.place is None:
            raise MasterKeyError("Ein Hauptschlüssel im Baustein hat kein Geheimnis außerhalb.")

    @property
    def key_id(self) -> str:
        """Kennung zum Wiederfinden; verrät den Schlüssel nicht."""
        return hashlib.sha256(b"kreislohn master" + self._mac(b"kennung")).hexdigest()[:16]

    def derive(self, purpose: str) -> bytes:
        """Eigener Schlüssel für einen Zweck, im Baustein gerechnet."""
        return self._mac(b"kreislohn:" + purpose.encode())

    def _mac(self, message: bytes) -> bytes:
        if message not in self.known:
            assert self.place is not None
            self.known[message] = _computed(self.place, message)
        return self.known[message]


def from_uri(uri: str) -> TokenKey:
    """Der Schlüssel zu einer Angabe; er wird sofort einmal benutzt, damit ein Fehler beim Start auffällt."""
    key = TokenKey(b"", place_of(uri))
    key.derive("probe")
    return key


def create(uri: str) -> TokenKey:
    """Erzeugt den Schlüssel im Baustein (nicht ausführbar, nicht lesbar); einen vorhandenen überschreibt es nie."""
    place = place_of(uri)
    pkcs11, session = _opened(place, writing=True)
    with session:
        held = {pkcs11.Attribute.LABEL: place.label, pkcs11.Attribute.CLASS: pkcs11.ObjectClass.SECRET_KEY}
        if any(True for _ in session.get_objects(held)):
            raise MasterKeyError(f"Im Token {place.token} gibt es {place.label} schon: anderen Namen angeben.")
        try:
            session.generate_key(
                pkcs11.KeyType.GENERIC_SECRET,
                256,
                label=place.label,
                store=True,
                capabilities=pkcs11.MechanismFlag.SIGN | pkcs11.MechanismFlag.VERIFY,
                mechanism=pkcs11.Mechanism.GENERIC_SECRET_KEY_GEN,
                template={pkcs11.Attribute.SENSITIVE: True, pkcs11.Attribute.EXTRACTABLE: False},
            )
        except pkcs11.PKCS11Error as error:
            raise MasterKeyError(f"Der Baustein legt keinen Schlüssel an ({type(error).__name__}).") from error
    return from_uri(uri)


def place_of(uri: str) -> Place:
    """Liest die Angabe; Bibliothek, Token und Objekt sind nötig, eine PIN gehört nicht hinein."""
    path, _, query = uri.removeprefix(SCHEME).partition("?")
    parts = dict(part.split("=", 1) for part in path.split(";") if "=" in part)
    module = parse_qs(query).get("module-path", [""])[0]
    if not (uri.startswith(SCHEME) and module and parts.get("token") and parts.get("object")):
        raise MasterKeyError("Erwartet wird pkcs11:token=NAME;object=NAME?module-path=BIBLIOTHEK.")
    if "pin-value" in query:
        raise MasterKeyError(f"Die PIN gehört nicht in die Adresse: {ENV_PIN_FILE} (Datei, Modus 0600) benutzen.")
    return Place(module, unquote(parts["token"]), unquote(parts["object"]))


def _computed(place: Place, message: bytes) -> bytes:
    pkcs11, session = _opened(place)
    with session:
        try:
            key = session.get_key(object_class=pkcs11.ObjectClass.SECRET_KEY, label=place.label)
            return bytes(key.sign(message, mechanism=pkcs11.Mechanism.SHA256_HMAC))
        except pkcs11.PKCS11Error as error:
            raise MasterKeyError(
                f"Der Hauptschlüssel {place.label} im Token {place.token} lässt sich nicht benutzen "
                f"({type(error).__name__}): Namen prüfen oder mit „kreislohn keys token-create“ anlegen."
            ) from error


def _opened(place: Place, *, writing: bool = False) -> tuple[Any, Any]:
    """Das Modul und eine Sitzung im Token; jede Fehlerursache wird benannt."""
    try:
        import pkcs11
    except ImportError as error:
        raise MasterKeyError("Für PKCS#11 fehlt das Paket: „pip install python-pkcs11“ ausführen.") from error
    pin = _pin()
    try:
        return pkcs11, pkcs11.lib(place.module).get_token(token_label=place.token).open(user_pin=pin, rw=writing)
    except (pkcs11.PKCS11Error, RuntimeError) as error:
        raise MasterKeyError(
            f"Der Baustein antwortet nicht ({type(error).__name__}): Bibliothek {place.module}, Token {place.token} "
            "und PIN prüfen."
        ) from error


def _pin() -> str:
    if given := os.environ.get(ENV_PIN):
        return given
    if path := os.environ.get(ENV_PIN_FILE):
        return read_secret_file(Path(path)).strip()
    raise MasterKeyError(f"Die PIN des Bausteins fehlt: {ENV_PIN_FILE} (Datei, Modus 0600) oder {ENV_PIN} setzen.")
