"""Eine Kopie der Abrechnung mit Kennwort: PDF 2.0, AES-256 (ISO 32000-2, Standard-Sicherheitsbehandlung 6).

Die Kopie ist verschlüsselt und deshalb keine PDF/A-Datei mehr; ihr Inhalt und ihr Strukturbaum bleiben. Das Kennwort
kennt nur, wer es gesetzt hat; gespeichert wird es nirgends.
"""

from __future__ import annotations

import io
import unicodedata

from pypdf import PdfReader, PdfWriter
from pypdf.constants import UserAccessPermissions

SHORTEST, LONGEST = 10, 100
ALGORITHM = "AES-256"


class CopyRefused(ValueError):
    """Mit diesem Kennwort gibt es keine Kopie; der Text sagt, warum."""


def checked(password: str, again: str) -> str:
    """Das Kennwort, wie es in die Datei geht (NFKC, wie Leser es eingeben)."""
    plain = unicodedata.normalize("NFKC", password)
    if len(plain) < SHORTEST:
        raise CopyRefused(f"Kennwort: mindestens {SHORTEST} Zeichen, am besten mehrere Wörter.")
    if len(plain) > LONGEST or not plain.isprintable():
        raise CopyRefused(f"Kennwort: höchstens {LONGEST} Zeichen und keine Steuerzeichen.")
    if len(set(plain)) < 4:
        raise CopyRefused("Kennwort: zu einfach; verschiedene Zeichen benutzen.")
    if unicodedata.normalize("NFKC", again) != plain:
        raise CopyRefused("Kennwort: die beiden Eingaben sind verschieden.")
    return plain


def encrypted(pdf: bytes, password: str) -> bytes:
    """Dasselbe Dokument, nur mit dem Kennwort zu öffnen; Vorlesen, Drucken und Kopieren bleiben erlaubt."""
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf)))
    writer.encrypt(password, algorithm=ALGORITHM, permissions_flag=UserAccessPermissions.all())
    made = io.BytesIO()
    writer.write(made)
    return made.getvalue()
