"""Zeiten bei Kimai abholen (REST, GET /api/timesheets): nur https, nur zu erlaubten Zielen, mit Grenzen für alles."""

from __future__ import annotations

import ipaddress
import json
import os
import socket
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit

import urllib3

from timekeeping.imports.encoding import MAX_BYTES
from timekeeping.imports.problems import ImportFehler

PAGE_SIZE, MOST_PAGES = 500, 2000
CONNECT, READ, TOTAL = 5.0, 30.0, 120.0  # seconds: per connection, per silence, for everything
CHUNK = 65_536
HOSTS, CA = "KREISLOHN_ZEIT_HOSTS", "KREISLOHN_ZEIT_CA"
LONGEST = timedelta(days=366)
UNCHANGED = "Adresse und Schlüssel bei der Verwaltung von Kimai prüfen"


def _resolve(host: str, port: int) -> list[str]:
    return sorted({str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)})


@dataclass(frozen=True)
class Ziele:
    """Wohin verbunden werden darf: öffentliche Adressen, dazu ausdrücklich erlaubte Namen im eigenen Netz.

    ca: Datei mit der eigenen Zertifizierungsstelle; leer die des Systems.
    """

    erlaubt: frozenset[str] = frozenset()
    ca: str | None = None
    resolve: Callable[[str, int], Iterable[str]] = field(default=_resolve)

    @classmethod
    def from_environment(cls) -> Ziele:
        """Nach KREISLOHN_ZEIT_HOSTS (Namen, durch Komma getrennt) und KREISLOHN_ZEIT_CA."""
        names = frozenset(name.strip().lower() for name in os.environ.get(HOSTS, "").split(",") if name.strip())
        return cls(names, os.environ.get(CA) or None)

    def address(self, host: str, port: int) -> str:
        """Die geprüfte Adresse eines Namens; verbunden wird mit genau ihr, damit die Prüfung gilt."""
        try:
            found = list(self.resolve(host, port))
        except OSError as error:
            raise ImportFehler(f"Den Namen {host} gibt es nicht", UNCHANGED) from error
        if not found:
            raise ImportFehler(f"Den Namen {host} gibt es nicht", UNCHANGED)
        inside = [one for one in found if not ipaddress.ip_address(one.partition("%")[0]).is_global]
        if inside and host.lower() not in self.erlaubt:
            raise ImportFehler(f"{host} liegt in einem internen Netz",
                               f"die Verwaltung erlaubt interne Namen mit {HOSTS}")
        return found[0]


def checked_address(address: str) -> str:
    """Grundadresse ohne Schrägstrich am Ende. Raises ImportFehler, wenn sie nicht https ist oder mehr enthält."""
    parts = urlsplit(address.strip())
    try:
        port = parts.port or 443
    except ValueError:
        port = 0
    if parts.scheme != "https" or not parts.hostname or not port or parts.username or parts.password \
            or parts.query or parts.fragment or not address.isascii() or len(address) > 300:
        raise ImportFehler("Die Adresse ist keine https-Adresse ohne Zusätze", "so schreiben: https://zeit.example.de")
    return address.strip().rstrip("/")


def fetch(address: str, token: str, first: date, last: date, ziele: Ziele) -> bytes:
    """Alle Zeiten von first bis last als JSON-Liste. Raises ImportFehler; der Schlüssel steht in keiner Meldung."""
    if last < first or last - first > LONGEST:
        raise ImportFehler("Der Zeitraum ist leer oder länger als ein Jahr", "Zeitraum prüfen")
    parts = urlsplit(checked_address(address))
    host, port = str(parts.hostname), parts.port or 443
    pool = urllib3.HTTPSConnectionPool(
        ziele.address(host, port), port, server_hostname=host, assert_hostname=host, cert_reqs="CERT_REQUIRED",
        ca_certs=ziele.ca, retries=False, maxsize=1)
    headers = {"Host": host if port == 443 else f"{host}:{port}", "Authorization": f"Bearer {token}",
               "Accept": "application/json"}
    found: list[Any] = []
    size, end = 0, time.monotonic() + TOTAL
    with pool:
        for page in range(1, MOST_PAGES + 1):
            query = urlencode({"begin": f"{first}T00:00:00", "end": f"{last}T23:59:59", "user": "all", "full": "true",
                               "size": PAGE_SIZE, "page": page, "orderBy": "id", "order": "ASC"})
            rows, length, pages = _page(pool, f"{parts.path}/api/timesheets?{query}", headers, MAX_BYTES - size,
                                        first=page == 1, end=end)
            size += length
            found += rows
            if len(rows) < PAGE_SIZE or page >= (pages or MOST_PAGES):
                return json.dumps(found, ensure_ascii=False).encode()
    raise ImportFehler("Kimai liefert mehr Seiten, als sein können", "Zeitraum kürzen")


def _page(pool: urllib3.HTTPSConnectionPool, path: str, headers: dict[str, str], room: int, *,
          first: bool, end: float) -> tuple[list[Any], int, int]:
    """Eine Seite: ihre Zeiten, ihre Länge, die Zahl aller Seiten (0: nicht genannt)."""
    try:
        left = _left(end)
        answer = pool.request("GET", path, headers=headers, redirect=False, preload_content=False,
                              timeout=urllib3.Timeout(connect=min(CONNECT, left), read=min(READ, left)))
        try:
            if answer.status in (401, 403):
                raise ImportFehler("Kimai nimmt den Schlüssel nicht an",
                                   "neuen Schlüssel in Kimai anlegen und eintragen")
            if answer.status == 404 and not first:
                return [], 0, 0  # Kimai answers so behind its last page
            if answer.status != 200:
                raise ImportFehler(f"Kimai antwortet mit {answer.status}", UNCHANGED)
            data = _read(answer, room, end)
        finally:
            answer.close()  # a half-read answer must not keep its connection
    except urllib3.exceptions.SSLError as error:
        raise ImportFehler("Das Zertifikat des Servers gilt nicht", UNCHANGED) from error
    except (urllib3.exceptions.HTTPError, OSError) as error:
        raise ImportFehler("Der Server ist nicht zu erreichen oder zu langsam", UNCHANGED) from error
    if len(data) > room:
        raise ImportFehler(f"Die Antwort ist größer als {MAX_BYTES // 1024**2} MB", "Zeitraum kürzen")
    try:
        rows = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise ImportFehler("Die Antwort ist kein JSON", UNCHANGED) from error
    if not isinstance(rows, list):
        raise ImportFehler("Die Antwort ist keine Liste von Zeiten", UNCHANGED)
    pages = answer.headers.get("X-Total-Pages", "")
    return rows, len(data), int(pages) if pages.isascii() and pages.isdigit() and len(pages) < 7 else 0


def _read(answer: urllib3.BaseHTTPResponse, room: int, end: float) -> bytes:
    """Höchstens ein Byte mehr als erlaubt; nach jedem Stück zählt die Frist für alles, auch wenn es nur tropft."""
    data = bytearray()
    while len(data) <= room:
        _left(end)
        part = answer.read1(min(CHUNK, room + 1 - len(data)), decode_content=True)
        if not part:
            break
        data += part
    return bytes(data)


def _left(end: float) -> float:
    """Sekunden bis zum Ende der Frist. Raises ImportFehler, wenn sie um ist."""
    left = end - time.monotonic()
    if left <= 0:
        raise ImportFehler(f"Kimai braucht länger als {TOTAL:.0f} Sekunden", "Zeitraum kürzen")
    return left
