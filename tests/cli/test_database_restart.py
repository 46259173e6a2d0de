"""Die Datenbank wird wirklich beendet und wieder gestartet, während der Server läuft: 503 mit Grund, danach geht es von
selbst weiter, und was vorher bestätigt war, steht da."""

from __future__ import annotations

import base64
import os
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tenants.db import server, setup
from tenants.security import masterkey
from tenants.security.masterkey import MasterKey
from tests.cli.test_serving import ROOT, ask, free_port

OWN = {"Host": "lohn.example", "X-Forwarded-Proto": "https"}


@pytest.mark.launcher
def test_a_database_that_restarts_takes_nobody_with_it(tmp_path: Path) -> None:
    with TemporaryDirectory(prefix="kl-") as folder:
        running = server.start(Path(folder))
        dsns, port = setup.prepare(running), free_port()
        environment = {**os.environ, **{f"{setup.ENV_URL}_{part.upper()}": getattr(dsns, part)
                                        for part in ("owner", "app", "platform")},
                       masterkey.ENV_KEY: base64.b64encode(MasterKey(bytes(range(32))).secret).decode()}
        with (tmp_path / "log").open("wb") as log, subprocess.Popen(
                [sys.executable, str(ROOT / "app.py"), "serve", "--name", "lohn.example", "--port", str(port), "--data",
                 str(tmp_path / "daten")], cwd=ROOT, env=environment, stdout=log, stderr=log) as process:
            try:
                _until(process, port, 200)
                assert ask(f"http://127.0.0.1:{port}/anmelden", **OWN)[0] == 200
                running.stop()
                _until(process, port, 503)
                code, text = ask(f"http://127.0.0.1:{port}/stellen", **OWN)
                assert code == 503
                assert "Gespeichert wurde nichts" in text or "nicht erreichbar" in text
                assert ask(f"http://127.0.0.1:{port}/healthz", **OWN)[0] == 200, "der Prozess lebt"
                running = server.start(Path(folder))
                _until(process, port, 200)
                assert ask(f"http://127.0.0.1:{port}/anmelden", **OWN)[0] == 200
                assert ask(f"http://127.0.0.1:{port}/stellen", **OWN)[0] == 200
                assert process.poll() is None
            finally:
                process.terminate()
                process.wait()
                running.stop()


def _until(process: subprocess.Popen[bytes], port: int, wanted: int) -> None:
    """Fragt nach der Bereitschaft, bis die Antwort da ist oder der Server nicht mehr lebt."""
    while process.poll() is None:
        try:
            if ask(f"http://127.0.0.1:{port}/readyz", **OWN)[0] == wanted:
                return
        except OSError:
            pass
        time.sleep(0.2)
    raise AssertionError(f"Der Server lebt nicht mehr: {process.returncode}")
