"""Befehle zum Protokoll: Ausfuhr mit Siegel und Prüfprogramm, Siegel zum Drucken, verständliche Ablehnung."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from tenants import audit
from tenants.db.session import tenant_session
from tenants.security import masterkey

Run = Callable[..., tuple[int, str]]


@pytest.fixture
def written(two_tenants: tuple[int, int]) -> None:
    with tenant_session(two_tenants[0], actor="anna") as session:
        audit.record(session, "person.geaendert", "person:1", {"feld": "name"}, "Heirat")


def test_export_with_the_script_beside_it_holds_until_it_is_changed(run: Run, written: None, tmp_path: Path) -> None:
    out = tmp_path / "protokoll.jsonl"
    code, said = run("audit", "export", "--tenant", "001", "--out", str(out), "--with-verifier")
    assert (code, "2 Einträge und das Siegel" in said) == (0, True)
    key = run("audit", "key")[1].strip()
    command = [sys.executable, "-I", str(tmp_path / "kreislohn_protokoll_pruefen.py"), str(out), "--key", key]
    assert subprocess.run(command, capture_output=True, check=False).returncode == 0
    out.write_text(out.read_text(encoding="utf-8").replace("Heirat", "Laune"), encoding="utf-8")
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.splitlines()[0]) == (1, "Zeile 1: Inhalt wurde verändert.")


def test_the_platform_has_a_chain_of_its_own(run: Run, written: None) -> None:
    code, said = run("audit", "export", "--tenant", "plattform")
    lines = [json.loads(line) for line in said.splitlines()]
    assert code == 0
    assert [line.get("action") for line in lines] == ["tenant.create", "tenant.create", "protokoll.ausgegeben", None]


def test_checkpoint_prints_what_belongs_on_the_release_record(run: Run, written: None) -> None:
    code, said = run("audit", "checkpoint", "--tenant", "001", "--occasion", "Freigabe 2026-11")
    assert code == 0
    assert [line.split()[0] for line in said.splitlines()] == ["Protokoll", "Kopf", "Siegel", "Schlüssel"]


def test_verify_checks_chains_and_seals_also_after_a_new_master_key(
    run: Run, written: None, two_tenants: tuple[int, int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("audit", "checkpoint", "--tenant", "001", "--occasion", "Freigabe 2026-11")
    code, said = run("audit", "verify")
    assert (code, said.splitlines()[1]) == (0, "001 Kreis Beispiel: 2 Einträge, 1 Siegel, unversehrt")
    old = run("audit", "key")[1].strip()
    run("keys", "rewrap", "--new-key-file", str(tmp_path / "neu.key"), "--reason", "Wechsel")
    monkeypatch.setenv(masterkey.ENV_KEY, (tmp_path / "neu.key").read_text(encoding="ascii"))
    code, said = run("audit", "verify")
    assert (code, "unbekannten Schlüssel" in said) == (1, True)
    code, said = run("audit", "verify", "--key", old)
    assert (code, said.splitlines()[1]) == (0, "001 Kreis Beispiel: 3 Einträge, 2 Siegel, unversehrt")


def test_verify_names_what_is_broken_and_fails(run: Run, written: None, without_row_security: Engine) -> None:
    with without_row_security.begin() as connection:
        connection.execute(text("ALTER TABLE audit_entry DISABLE TRIGGER nur_anfuegen"))
        connection.execute(text("UPDATE audit_entry SET reason = 'Laune' WHERE tenant_id = 1"))
    code, said = run("audit", "verify")
    assert (code, said.splitlines()[2]) == (1, "  Zeile 1: Inhalt wurde verändert.")


def test_an_unknown_tenant_is_named_with_those_that_exist(run: Run, written: None) -> None:
    assert run("audit", "export", "--tenant", "999") == (
        1,
        "Error: Den Mandanten 999 gibt es nicht. Vorhanden: 001, 002.\n",
    )
