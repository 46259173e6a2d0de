"""Prüft eine unterschriebene Freigabe ohne Kreislohn: diese eine Datei, Python ab 3.11 und das Paket cryptography.

Aufruf: python kreislohn_freigabe_pruefen.py FREIGABE.md --key SCHLUESSEL [DATEI ...]

SCHLUESSEL ist der öffentliche Ed25519-Schlüssel der Herausgeber (64 Hexadezimalzeichen), aus einer anderen Quelle als
die Freigabe selbst. Jede DATEI (Paket, Stückliste, Sperrdatei) muss mit Namen und Prüfsumme in der Freigabe stehen.
Ende 0: echt, 1: nicht, 2: Aufruf falsch.
"""

from __future__ import annotations

import argparse
import hashlib
import re
import sys
from collections.abc import Sequence
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

CONTEXT = b"kreislohn freigabe 1\n"
RULE = "\n-----\n"
SEAL = re.compile(r"Schlüssel: ([0-9a-f]{64})\nUnterschrift: ([0-9a-f]{128})\n")
FILE = re.compile(r"^\| `([^`|]+)` \| `([0-9a-f]{64})` \|$", re.MULTILINE)


def problems(text: str, key: str, files: Sequence[Path] = ()) -> list[str]:
    """Was gegen die Freigabe spricht; leer, wenn sie echt ist und jede Datei in ihr steht."""
    body, rule, seal = text.rpartition(RULE)
    found = SEAL.fullmatch(seal)
    if not rule or found is None:
        return ["Die Unterschrift am Ende fehlt oder ist verändert."]
    if found[1] != key.strip().lower():
        return [f"Unterschrieben mit einem anderen Schlüssel ({found[1][:16]}…) als dem genannten."]
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(found[1])).verify(bytes.fromhex(found[2]), signed(body))
    except (ValueError, InvalidSignature):
        return ["Die Unterschrift passt nicht: der Text wurde verändert."]
    known = dict(FILE.findall(body))
    return [wrong for wrong in (_file_problem(one, known) for one in files) if wrong]


def signed(body: str) -> bytes:
    """Was unterschrieben ist: der Text vor der Unterschrift, Zeichen für Zeichen."""
    return CONTEXT + body.encode("utf-8")


def _file_problem(path: Path, known: dict[str, str]) -> str | None:
    if path.name not in known:
        return f"{path.name} steht nicht in der Freigabe."
    try:
        with path.open("rb") as source:
            digest = hashlib.file_digest(source, "sha256").hexdigest()
    except OSError as error:
        return f"{path} lässt sich nicht lesen ({error.strerror})."
    return None if digest == known[path.name] else f"{path.name} ist nicht die Datei der Freigabe (andere Prüfsumme)."


def main(arguments: Sequence[str] | None = None) -> int:
    """Aufruf von der Befehlszeile."""
    given = argparse.ArgumentParser(description="Prüft eine unterschriebene Freigabe von Kreislohn.")
    given.add_argument("notes", type=Path)
    given.add_argument("files", type=Path, nargs="*")
    given.add_argument("--key", required=True)
    wish = given.parse_args(arguments)
    try:
        text = wish.notes.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        print(f"{wish.notes} lässt sich nicht lesen: {error}", file=sys.stderr)
        return 2
    wrong = problems(text, wish.key, wish.files)
    for one in wrong:
        print(one, file=sys.stderr)
    if not wrong:
        print(f"Echt: Unterschrift und {len(wish.files)} Dateien passen.")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
