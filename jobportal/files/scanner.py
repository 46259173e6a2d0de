"""Virenprüfung über ClamAV, wenn einer eingerichtet ist (KREISLOHN_CLAMAV: Pfad eines Sockets oder Rechner:Anschluss).

Ohne Einrichtung bleibt die neu gezeichnete Fassung der Schutz. Ist er eingerichtet und antwortet nicht, wartet die
Datei: sie ist angenommen, aber niemand öffnet sie, bevor sie geprüft ist.
"""

from __future__ import annotations

import os
import socket
import struct

ENV = "KREISLOHN_CLAMAV"
TIMEOUT = 15
CHUNK = 64 * 1024
CLEAN, WAITING, WITHOUT = "sauber", "wartet", "ohne"


class Infected(ValueError):
    """Der Scanner hat etwas gefunden."""


def scan(content: bytes) -> str:
    """Prüft einen Inhalt: sauber, wartet (Scanner stumm) oder ohne (keiner eingerichtet); wirft Infected."""
    where = os.environ.get(ENV, "")
    if not where:
        return WITHOUT
    try:
        answer = _ask(where, content)
    except OSError:
        return WAITING
    if answer.endswith("FOUND"):
        raise Infected
    return CLEAN if answer.endswith("OK") else WAITING


def _ask(where: str, content: bytes) -> str:
    with _connected(where) as line:
        line.sendall(b"zINSTREAM\0")
        for start in range(0, len(content), CHUNK):
            part = content[start : start + CHUNK]
            line.sendall(struct.pack(">I", len(part)) + part)
        line.sendall(struct.pack(">I", 0))
        answer = b""
        while not answer.endswith(b"\0") and len(answer) < 4096:
            more = line.recv(4096)
            if not more:
                break
            answer += more
    return answer.rstrip(b"\0").decode(errors="replace").strip()


def _connected(where: str) -> socket.socket:
    if where.startswith("/"):
        line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        line.settimeout(TIMEOUT)
        try:
            line.connect(where)
        except OSError:
            line.close()
            raise
        return line
    host, _, port = where.rpartition(":")
    return socket.create_connection((host, int(port)), TIMEOUT)
