"""Aufbau eines Pakets im Klartext: Rahmen aus Art (1 Byte), Länge (4 Byte) und Inhalt.

M: Verzeichnis (JSON) · T: Name der Tabelle, deren Zeilen folgen · D: Zeilen, wie COPY sie schreibt (Text) ·
E: Ende mit der Zahl der Zeilen je Tabelle (JSON). Verschlossen wird der Strom vom Behälter der Sicherung.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

HEAD = struct.Struct(">cI")
MANIFEST, TABLE, DATA, END = b"M", b"T", b"D", b"E"
LONGEST = 1 << 28


class TransferError(RuntimeError):
    """Das Paket lässt sich so nicht schreiben oder nicht einspielen; die Meldung nennt die Abhilfe."""


def frame(kind: bytes, content: bytes) -> bytes:
    """Ein Rahmen."""
    return HEAD.pack(kind, len(content)) + content


def frames(pieces: Iterator[bytes]) -> Iterator[tuple[bytes, bytes]]:
    """Rahmen eines Stroms; ein unvollständiger oder unbekannter wird abgelehnt."""
    buffer = bytearray()
    while True:
        head = _take(buffer, pieces, HEAD.size)
        if not head:
            return
        kind, length = HEAD.unpack(head)
        if kind not in (MANIFEST, TABLE, DATA, END) or length > LONGEST:
            raise TransferError("Das Paket hat einen unbekannten Aufbau: mit dem Programm öffnen, das es schrieb.")
        yield kind, _take(buffer, pieces, length)


def _take(buffer: bytearray, pieces: Iterator[bytes], count: int) -> bytes:
    while len(buffer) < count:
        piece = next(pieces, None)
        if piece is None:
            if buffer or count != HEAD.size:
                raise TransferError("Das Paket ist unvollständig: noch einmal übertragen.")
            return b""
        buffer += piece
    taken = bytes(buffer[:count])
    del buffer[:count]
    return taken
