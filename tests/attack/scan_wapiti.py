"""Wapiti, ein Prüfprogramm von außen, gegen den laufenden Server; nur `make scan` ruft es."""

from __future__ import annotations

import json
import subprocess
import threading
from pathlib import Path

from realm import Realm
from werkzeug.serving import make_server

SECONDS = 240
MODULES = "crlf,exec,file,redirect,sql,xss,xxe,ssrf,permanentxss,http_headers,cookieflags,csp,methods,backup"
TOLERATED = {
    "Secure Flag cookie": "der geprüfte Server läuft ohne TLS; hinter TLS setzt ihn die Anwendung (test_security.py)",
    "HTTP Secure Headers": "Strict-Transport-Security gibt es erst hinter TLS (test_security.py)",
}


def test_wapiti_finds_nothing(realm: Realm, tmp_path: Path) -> None:
    server = make_server("127.0.0.1", 0, realm.app, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    base, report = f"http://127.0.0.1:{server.server_port}", tmp_path / "wapiti.json"
    cookie = realm.attacker("clerk").client.get_cookie("kreislohn")
    assert cookie is not None
    command = ["wapiti", "-u", f"{base}/", "--scope", "domain", "-m", MODULES, "-f", "json", "-o", str(report),
               "-H", f"Cookie: kreislohn={cookie.value}", "-x", f"{base}/abmelden", "--max-scan-time", str(SECONDS),
               "--max-attack-time", "30", "-d", "4", "--flush-session", "--store-session", str(tmp_path)]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS * 3, check=False)
    server.shutdown()
    server.server_close()
    assert report.is_file(), done.stdout[-2000:] + done.stderr[-2000:]
    result = json.loads(report.read_text(encoding="utf-8"))
    found = {kind: len(items) for kind, items in result["vulnerabilities"].items() if items}
    found |= {kind: len(items) for kind, items in result["anomalies"].items() if items}
    print(result["infos"], found)
    assert {kind: count for kind, count in found.items() if kind not in TOLERATED} == {}
