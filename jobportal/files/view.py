"""Die ungefährliche Fassung: jede Seite wird in einem eigenen, eingeschränkten Prozess neu gezeichnet.

Aus PDF und Bildern werden Bilder der Seiten, aus DOCX und ODT ihr Text; daraus entsteht ein neues PDF ohne Skripte,
Anhänge, Verweise und ohne die Metadaten des Bildes. Stürzt der Leser ab oder braucht er zu viel, trifft es nur den
Prozess.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

SECONDS = 60
ROOT = Path(__file__).parents[2]


class NotViewable(RuntimeError):
    """Die Datei ließ sich nicht zeichnen."""


def safe_pdf(kind: str, content: bytes) -> bytes:
    """Neu gezeichnetes PDF; wirft NotViewable."""
    made = _apart("jobportal.files.drawing", kind, content)
    if not made.startswith(b"%PDF-"):
        raise NotViewable("kein PDF")
    return made


def plain_text(kind: str, content: bytes) -> str:
    """Text zum Durchsuchen; leer bei Bildern und was sich nicht lesen lässt."""
    try:
        return _apart("jobportal.files.full_text", kind, content).decode("utf-8")
    except NotViewable:
        return ""


def _apart(module: str, kind: str, content: bytes) -> bytes:
    """Führt ein Modul in einem eigenen, eingeschränkten Prozess aus."""
    try:
        done = subprocess.run(  # noqa: S603  # our own module; the content goes to its input, the kind is one of five
            [sys.executable, "-m", module, kind], input=content, capture_output=True, cwd=ROOT,
            timeout=SECONDS, check=False, env={"PATH": "", "PYTHONDONTWRITEBYTECODE": "1", "PYTHONPATH": str(ROOT)})
    except subprocess.TimeoutExpired as error:
        raise NotViewable("zu lange") from error
    if done.returncode:
        raise NotViewable(f"Ende {done.returncode}")
    return done.stdout
