"""Zeichen, die Banken annehmen: Grundvorrat des EPC, dazu Umlaute und Zeichen der Deutschen Kreditwirtschaft.

Umlaute bleiben, wie sie sind: die Bank vergleicht den Namen mit dem Konto (Art. 5c der Verordnung (EU) 260/2012). Alles
andere wird auf den Grundbuchstaben gebracht.
"""

from __future__ import annotations

import re
import unicodedata

ALLOWED = re.compile(r"[A-Za-z0-9/\-?:().,'+ ÄÖÜäöüß&*$%]*")
IDENTIFIER = re.compile(r"[A-Za-z0-9\-?:().,'+ ][A-Za-z0-9/\-?:().,'+ ]{0,34}")
_SINGLE = str.maketrans({
    "Ł": "L", "ł": "l", "Ø": "O", "ø": "o", "Đ": "D", "đ": "d", "Ð": "D", "ð": "d", "Þ": "Th", "þ": "th", "Æ": "Ae",
    "æ": "ae", "Œ": "Oe", "œ": "oe", "ı": "i", "ẞ": "ß", "’": "'", "‘": "'", "´": "'", "`": "'", "ʼ": "'", "“": "'",
    "”": "'", "„": "'", '"': "'", "–": "-", "—": "-", "‑": "-", "−": "-", "_": "-", "§": "Par.", "@": "(at)",
    "€": "EUR", "\u00a0": " ", "\t": " ", "\n": " ", "\r": " ", ";": ",", "=": "-", "#": " ", "[": "(", "]": ")",
    "{": "(", "}": ")", "|": "/", "\\": "/", "<": "(", ">": ")", "!": ".", "~": "-", "^": " ",
})
_PLAIN = re.compile(r"[A-Za-z0-9\-?:().,'+ ÄÖÜäöüß&*$%]*")


def bank_text(text: str, limit: int) -> str:
    """Der Text in erlaubten Zeichen, ohne doppelte Leerzeichen und Schrägstriche, auf die Länge gekürzt."""
    if _PLAIN.fullmatch(text) and "  " not in text:
        return text.strip()[:limit].strip()
    made = "".join(_allowed(sign) for sign in unicodedata.normalize("NFC", text).translate(_SINGLE))
    made = re.sub(r"/{2,}", "/", re.sub(r" {2,}", " ", made)).strip().strip("/").strip()
    return made[:limit].rstrip(" /")


def _allowed(sign: str) -> str:
    if ALLOWED.fullmatch(sign):
        return sign
    bare = "".join(part for part in unicodedata.normalize("NFKD", sign) if not unicodedata.combining(part))
    return bare if bare and bare.isascii() and ALLOWED.fullmatch(bare) else ""
