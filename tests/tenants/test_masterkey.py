"""Hauptschlüssel: aus Umgebung oder Datei, nie offen für andere, nie stillschweigend neu."""

from __future__ import annotations

import base64
import stat
from pathlib import Path

import pytest

from tenants.security import masterkey
from tenants.security.masterkey import MasterKeyError


@pytest.fixture(autouse=True)
def no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(masterkey.ENV_KEY, raising=False)
    monkeypatch.delenv(masterkey.ENV_FILE, raising=False)
    monkeypatch.setattr(masterkey, "_current", None)


def test_file_is_made_once_and_only_for_its_owner(tmp_path: Path) -> None:
    path = tmp_path / "neu" / "master.key"
    made = masterkey.ensure_file(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert masterkey.ensure_file(path) == made == masterkey.from_file(path)


def test_open_file_missing_file_and_rubbish_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "master.key"
    with pytest.raises(MasterKeyError, match="nicht neu anlegen"):
        masterkey.from_file(path)
    masterkey.ensure_file(path)
    path.chmod(0o644)
    with pytest.raises(MasterKeyError, match="chmod 600"):
        masterkey.from_file(path)
    path.chmod(0o600)
    path.write_text("kein Schlüssel!", encoding="latin-1")
    with pytest.raises(MasterKeyError, match="Base64"):
        masterkey.from_file(path)


def test_environment_names_the_key_or_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(MasterKeyError, match=r"KREISLOHN_MASTER_KEY.*Modus 0600"):
        masterkey.current()
    made = masterkey.ensure_file(tmp_path / "k")
    monkeypatch.setenv(masterkey.ENV_FILE, str(tmp_path / "k"))
    assert masterkey.from_environment() == made
    monkeypatch.setenv(masterkey.ENV_KEY, base64.b64encode(bytes(32)).decode())
    assert masterkey.from_environment().secret == bytes(32)
    assert masterkey.current().secret == bytes(32)


def test_wrong_length_and_wrong_alphabet_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(masterkey.ENV_KEY, base64.b64encode(bytes(16)).decode())
    with pytest.raises(MasterKeyError, match="32 Bytes"):
        masterkey.from_environment()
    monkeypatch.setenv(masterkey.ENV_KEY, "###")
    with pytest.raises(MasterKeyError, match="Base64"):
        masterkey.from_environment()
