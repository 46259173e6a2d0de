"""Prüfprogramm von außen: Wapiti als eigener Prozess aus seiner eigenen Umgebung gegen einen laufenden Server.

Begrenzt wird ein Lauf durch Anfangsseiten, Tiefe und Seiten je Verzeichnis, nie durch Sekunden: wie langsam die
Maschine auch ist, es geschieht dasselbe. Was wirklich ankam, schreibt der Server selbst mit.
"""

from __future__ import annotations

import io
import json
import subprocess
import threading
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from waitress.server import create_server

from payroll.serve_command import LIMITS

ROOT = Path(__file__).parents[2]
WAPITI = ROOT / ".venv" / "wapiti" / "bin" / "wapiti"
MISSING = f"{WAPITI} fehlt: make install-test richtet das Prüfprogramm ein."
AVOIDED = ("abmelden", "sicherheit", "static")  # the first two end the session that the scanner works with
EXPECTED = {
    ("LDAP Injection", ""): "kein LDAP im Haus (das prüft .ci/scan); andere Worte in Suche und Auswahl zeigen anderes",
    ("Cross Site Request Forgery", "not properly checked"): "auch die unveränderte Anfrage wurde abgewiesen, deshalb "
    "gleiche Antworten; geprüft an jedem ändernden Weg in tests/attack/test_hardening.py",
    ("HTTP Strict Transport Security (HSTS)", ""): "die Probe läuft ohne TLS; geprüft in tests/web/test_security.py",
    ("Secure Flag cookie", ""): "die Probe läuft ohne TLS; geprüft in tests/web/test_security.py",
}
GIVEN_UP = 900  # seconds; a scanner that hangs must not hang the tests as well


@dataclass
class Log:
    """Was der Server sah: je Art und Adresse die verschiedenen Angaben (Suche und Inhalt) und die Antworten."""

    sent: dict[str, set[tuple[str, bytes]]] = field(default_factory=lambda: defaultdict(set))
    states: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))

    def variants(self, method: str, path: str) -> int:
        """Mit wie vielen verschiedenen Angaben eine Adresse angefragt wurde."""
        return len(self.sent[f"{method} {path}"])


@contextmanager
def served(app: Any) -> Iterator[tuple[str, Log]]:
    """Der Server des Betriebs (Waitress, dieselben Grenzen) auf freiem Anschluss, mit Mitschrift."""
    log = Log()

    def writing(environ: dict[str, Any], start_response: Any) -> Any:
        body = environ["wsgi.input"].read()
        environ["wsgi.input"] = io.BytesIO(body)
        door = f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']}"
        log.sent[door].add((environ.get("QUERY_STRING", ""), body))

        def noting(status: str, *rest: Any) -> Any:
            log.states[door].add(int(status[:3]))
            return start_response(status, *rest)

        return app(environ, noting)

    server = create_server(writing, host="127.0.0.1", port=0, threads=4, ident=None, **LIMITS)
    threading.Thread(target=server.run, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.effective_port}", log
    finally:
        server.close()


def scan(
    folder: Path, base: str, modules: Iterable[str], *, start: Iterable[str] = (), depth: int = 1,
    files_per_folder: int = 8, cookie: str | None = None,
) -> dict[str, list[dict[str, Any]]]:  # fmt: skip
    """Ein Lauf; base begrenzt die Adressen, start nennt weitere Anfangsseiten. Befunde je Art, auch erwartete.

    folder: leerer Ordner für Zwischenstand und Bericht; cookie: Sitzung als NAME=WERT.
    """
    assert WAPITI.exists(), MISSING
    report, root = folder / "report.json", "/".join(base.split("/")[:3])
    words = [word for page in start for word in ("--start", f"{root}{page}")]
    words += [word for page in AVOIDED for word in ("--exclude", f"{root}/{page}*")]
    words += ["--cookie-value", cookie] if cookie else []
    done = subprocess.run(
        [str(WAPITI), "--url", base, "--scope", "folder", "--module", ",".join(modules), "--depth", str(depth),
         "--max-files-per-dir", str(files_per_folder), "--tasks", "1", "--timeout", "120", "--no-bugreport",
         "--flush-session", "--store-session", str(folder), "--store-config", str(folder), "--format", "json",
         "--output", str(report), *words],
        check=False, capture_output=True, text=True, timeout=GIVEN_UP,
        env={"PATH": "/usr/bin:/bin", "HOME": str(folder)},
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    told = json.loads(report.read_text(encoding="utf-8"))
    return {name: entries for group in ("vulnerabilities", "anomalies") for name, entries in told[group].items()}


def unexpected(found: dict[str, list[dict[str, Any]]]) -> list[str]:
    """Befunde ohne begründete Ausnahme, je eine Zeile."""
    lines = {
        f"{name}, {one['method']} {one['path']}: {one['info']}"
        for name, entries in found.items()
        for one in entries
        if not any(name == known and word in f"{one['path']} {one['info']}" for known, word in EXPECTED)
    }
    return sorted(lines)
