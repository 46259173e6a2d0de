"""Versiegeln an einen Empfänger: HPKE nach RFC 9180, nur der private Schlüssel des Empfängers öffnet.

Verfahren 1: DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-256-GCM. Verfahren 2: dasselbe mit der Verbindung aus
ML-KEM-768 und X25519. Das Verfahren steht im Siegel und beim Schlüssel; der Zusammenhang (Mandant, Dokument, Empfänger)
geht als ``info`` in die Ableitung ein, ein Siegel öffnet deshalb nur an seinem Ort.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hpke
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey, MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from tenants.security.envelope import SealBroken

X25519, HYBRID = 1, 2
NEW_KEYS = X25519
SUITES = {
    X25519: hpke.Suite(hpke.KEM.X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.AES_256_GCM),
    HYBRID: hpke.Suite(hpke.KEM.MLKEM768_X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.AES_256_GCM),
}
SEED, POINT = 64, 32  # ML-KEM private seed, X25519 key


@dataclass(frozen=True)
class KeyPair:
    """Ein Schlüsselpaar in roher Form; private gehört nie unverschlüsselt in eine Datenbank."""

    algorithm: int
    public: bytes
    private: bytes = field(repr=False)


def generate(algorithm: int = NEW_KEYS) -> KeyPair:
    """Neues Schlüsselpaar."""
    return _made(algorithm, X25519PrivateKey.generate(), MLKEM768PrivateKey.generate)


def from_seed(algorithm: int, seed: bytes) -> KeyPair:
    """Immer dasselbe Schlüsselpaar zu einem Geheimnis von 32 Bytes."""
    raw = HKDF(SHA256(), SEED + POINT, salt=None, info=b"kreislohn empfaenger aus geheimnis").derive(seed)
    return _made(algorithm, X25519PrivateKey.from_private_bytes(raw[SEED:]),
                 lambda: MLKEM768PrivateKey.from_seed_bytes(raw[:SEED]))


def _made(algorithm: int, own: X25519PrivateKey, made: Callable[[], MLKEM768PrivateKey]) -> KeyPair:
    if algorithm == X25519:
        return KeyPair(algorithm, own.public_key().public_bytes_raw(), own.private_bytes_raw())
    if algorithm != HYBRID:
        raise SealBroken(f"Unbekanntes Verfahren {algorithm} für einen Empfänger.")
    lattice = made()
    public = lattice.public_key().public_bytes_raw() + own.public_key().public_bytes_raw()
    return KeyPair(algorithm, public, lattice.private_bytes_raw() + own.private_bytes_raw())


class Recipient:
    """Ein Empfänger, an den viele Male versiegelt wird; der Schlüssel wird einmal gelesen."""

    def __init__(self, algorithm: int, public: bytes) -> None:
        self.algorithm = algorithm
        self._suite = _suite(algorithm)
        try:
            self._key = _public(algorithm, public)
        except ValueError as error:
            raise SealBroken("Der öffentliche Schlüssel des Empfängers ist beschädigt.") from error

    def seal(self, plaintext: bytes, context: bytes) -> bytes:
        """Siegel: ein Byte Verfahren, dann die Ausgabe von HPKE."""
        return bytes((self.algorithm,)) + self._suite.encrypt(plaintext, self._key, info=context)


def open_box(pair: KeyPair, sealed: bytes, context: bytes) -> bytes:
    """Öffnet ein Siegel mit dem privaten Schlüssel; falscher Empfänger, Ort oder Inhalt: SealBroken."""
    if not sealed or sealed[0] != pair.algorithm:
        raise SealBroken("Das Siegel gehört zu einem anderen Verfahren oder ist leer.")
    try:
        return bytes(_suite(pair.algorithm).decrypt(sealed[1:], _private(pair), info=context))
    except (InvalidTag, ValueError) as error:
        raise SealBroken("Das Siegel ist für einen anderen Empfänger, einen anderen Ort oder verändert.") from error


def _suite(algorithm: int) -> hpke.Suite:
    if algorithm not in SUITES:
        raise SealBroken(f"Unbekanntes Verfahren {algorithm} für einen Empfänger.")
    return SUITES[algorithm]


def _public(algorithm: int, raw: bytes) -> X25519PublicKey | hpke.MLKEM768X25519PublicKey:
    if algorithm == X25519:
        return X25519PublicKey.from_public_bytes(raw)
    lattice = MLKEM768PublicKey.from_public_bytes(raw[:-POINT])
    return hpke.MLKEM768X25519PublicKey(lattice, X25519PublicKey.from_public_bytes(raw[-POINT:]))


def _private(pair: KeyPair) -> X25519PrivateKey | hpke.MLKEM768X25519PrivateKey:
    if pair.algorithm == X25519:
        return X25519PrivateKey.from_private_bytes(pair.private)
    lattice = MLKEM768PrivateKey.from_seed_bytes(pair.private[:SEED])
    return hpke.MLKEM768X25519PrivateKey(lattice, X25519PrivateKey.from_private_bytes(pair.private[SEED:]))
