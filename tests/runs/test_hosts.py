"""Ein großer Lauf über getrennte Maschinen (Netznamensräume): toter Arbeiter, gezogenes Kabel, neue Datenbank."""

from __future__ import annotations

import json
import os
import subprocess
import sys

from tests.load import hosts, netns


def test_a_large_run_over_machines_survives_accidents() -> None:
    done = subprocess.run([sys.executable, hosts.__file__, "--people", "60", "--part", "6"], cwd=hosts.ROOT,
                          env={**os.environ, "PYTHONPATH": str(hosts.ROOT)}, capture_output=True, text=True,
                          check=False, timeout=900)
    why = netns.impossible()
    if why:  # not root, or a kernel without network namespaces: then the script says so and does nothing
        assert (done.returncode, done.stdout.strip()) == (2, f"Nicht möglich: {why}")
        return
    # 1 says that something took longer than promised: that is measured, not tested, for others use this machine too.
    assert done.returncode in (0, 1), done.stdout + done.stderr
    found = json.loads(done.stdout.splitlines()[-1])
    assert (found["gleich"], found["mal_gerechnet"], found["rest"]) == (True, 1, [0, 0, 0])
    assert found["abrechnungen"] == 60
    assert set(found["uebernahmen"]) == {"abgeschossen", "Kabel gezogen"}
