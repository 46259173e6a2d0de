"""Woher das Grundabbild des Behälters kommt: aus der Quelle, die diese Maschine für ihre Pakete schon hat."""

from __future__ import annotations

import importlib.util
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import ModuleType

import pytest

SCRIPT = Path(__file__).parents[2] / ".ci" / "container"
NEW = "Types: deb\nURIs: http://security.example/debian-security\n\nTypes: deb\nURIs: http://spiegel.example/debian/\n"
OLD = "# deb http://alt.example/debian sid main\ndeb [signed-by=/x.gpg] https://spiegel.example/debian trixie main\n"


@pytest.fixture
def container(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> ModuleType:
    spec = importlib.util.spec_from_loader("container_rehearsal", SourceFileLoader("container_rehearsal", str(SCRIPT)))
    assert spec is not None
    assert spec.loader is not None
    monkeypatch.setattr("sys.dont_write_bytecode", True)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "SOURCES", tmp_path)
    return module


@pytest.mark.parametrize(("name", "text", "found"), [
    ("debian.sources", NEW, "http://spiegel.example/debian"), ("alt.list", OLD, "https://spiegel.example/debian")])
def test_the_source_of_the_machine_is_taken(
    container: ModuleType, tmp_path: Path, name: str, text: str, found: str
) -> None:
    (tmp_path / "sources.list.d").mkdir()
    (tmp_path / "sources.list.d" / name).write_text(text, encoding="utf-8")
    assert container.debian_source() == found


def test_without_one_it_says_so(container: ModuleType, tmp_path: Path) -> None:
    (tmp_path / "fremd.list").write_text("deb http://fremd.example/ubuntu noble main\n", encoding="utf-8")
    with pytest.raises(SystemExit, match="keine Quelle von Debian"):
        container.debian_source()
