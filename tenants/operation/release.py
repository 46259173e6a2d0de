"""Unterschriebene Freigabe einer Fassung: was sich ändert, Prüfsummen von Paket, Stückliste und Sperren, Stand der
Datenbank; mit Ed25519 unterschrieben, mit release_verifier.py ohne Kreislohn prüfbar.

Was im Paket steht, gilt: Name, Fassung und letzter Umbau werden aus ihm gelesen, nicht aus dem laufenden Programm.
"""

from __future__ import annotations

import hashlib
import os
import re
import zipfile
from dataclasses import dataclass
from datetime import date
from email import message_from_string
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tenants.operation import bill
from tenants.operation.release_verifier import RULE, signed
from tenants.security import masterkey

HEADING = re.compile(r"^## (\S+)[^\n]*\n(.*?)(?=^## |\Z)", re.MULTILINE | re.DOTALL)
REBUILD = re.compile(r"migrations/versions/(\d{4})_\w+\.py")
LOCKS = (bill.PYTHON, bill.NODE)
BILL = "sbom.json"


class ReleaseRefused(ValueError):
    """Daraus wird keine Freigabe; die Meldung nennt den Grund und die Abhilfe."""


@dataclass(frozen=True)
class Wheel:
    """Was im Paket steht: Name und Fassung, Stand der Datenbank nach seinem letzten Umbau."""

    path: Path
    version: str
    head: str


def new_key(path: Path) -> str:
    """Legt den Schlüssel der Herausgeber an (Modus 0600); gibt den öffentlichen. FileExistsError, wenn es ihn gibt."""
    key = Ed25519PrivateKey.generate()
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as target:
        target.write(f"{key.private_bytes_raw().hex()}\n")
    return key.public_key().public_bytes_raw().hex()


def key_of(path: Path) -> Ed25519PrivateKey:
    """Der Schlüssel aus seiner Datei; ReleaseRefused, wenn sie fehlt, offen liegt oder keinen enthält."""
    try:
        return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(masterkey.read_secret_file(path).strip()))
    except masterkey.MasterKeyError as error:
        raise ReleaseRefused(str(error)) from error
    except ValueError as error:
        raise ReleaseRefused(f"{path} enthält keinen Schlüssel der Herausgeber (64 Hexadezimalzeichen): mit "
                             "„kreislohn release key“ anlegen.") from error


def read_wheel(path: Path) -> Wheel:
    """Liest Fassung und letzten Umbau aus dem Paket."""
    try:
        with zipfile.ZipFile(path) as content:
            names = content.namelist()
            told = next((one for one in names if one.endswith(".dist-info/METADATA")), None)
            about = message_from_string(content.read(told).decode("utf-8") if told else "")
    except (OSError, zipfile.BadZipFile) as error:
        raise ReleaseRefused(f"{path} ist kein Paket: mit „make wheel“ bauen.") from error
    heads = sorted(found[1] for one in names if (found := REBUILD.fullmatch(one)))
    if about.get("Name") != "kreislohn" or not heads:
        raise ReleaseRefused(f"{path} ist kein Paket von Kreislohn: mit „make wheel“ bauen.")
    return Wheel(path, str(about["Version"]), heads[-1])


def changes_of(text: str, version: str) -> str:
    """Der Abschnitt der jüngsten Fassung; ReleaseRefused, wenn sie nicht die des Pakets ist."""
    newest = HEADING.search(text)
    if newest is None or newest[1] != version:
        raise ReleaseRefused(f"Das Paket hat die Fassung {version}, die Änderungen beginnen mit "
                             f"{newest[1] if newest else 'keiner'}: CHANGELOG.md oder pyproject.toml berichtigen.")
    if not newest[2].strip():
        raise ReleaseRefused(f"Zur Fassung {version} steht in CHANGELOG.md nichts.")
    return newest[2].strip()


def notes(wheel: Wheel, changes: str, locks: Path, out: Path, day: date, key: Ed25519PrivateKey) -> Path:
    """Schreibt Stückliste und unterschriebene Freigabe nach out; gibt die Datei der Freigabe.

    changes: Wortlaut von CHANGELOG.md; locks: Verzeichnis der Sperrdateien.
    """
    told, listed = changes_of(changes, wheel.version), bill.text(locks)
    out.mkdir(parents=True, exist_ok=True)
    (out / BILL).write_text(listed, encoding="utf-8", newline="\n")
    files = [wheel.path, out / BILL, *(locks / name for name in LOCKS)]
    rows = "\n".join(f"| `{one.name}` | `{hashlib.sha256(one.read_bytes()).hexdigest()}` |" for one in files)
    body = (f"# Kreislohn {wheel.version}\n\nFreigegeben am {day:%d.%m.%Y}. Stand der Datenbank nach dem Umbau: "
            f"{wheel.head}.\n\n| Datei | SHA-256 |\n|---|---|\n{rows}\n\n## Änderungen\n\n{told}\n")
    seal = (f"Schlüssel: {key.public_key().public_bytes_raw().hex()}\n"
            f"Unterschrift: {key.sign(signed(body)).hex()}\n")
    target = out / f"kreislohn-{wheel.version}-freigabe.md"
    target.write_text(body + RULE + seal, encoding="utf-8", newline="\n")
    return target
