"""The order of the house: locks, licences, sizes, names, documents that tell the truth."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import tomllib
from importlib import metadata
from pathlib import Path

import click
import pytest
from packaging.requirements import Requirement

from payroll.cli import kreislohn

ROOT = Path(__file__).parents[2]
LOCKS = ("requirements.lock", "requirements-dev.lock", "requirements-node.lock", "requirements-scan.lock",
         "requirements-build.lock", "requirements-rules.lock", "requirements-otel.lock", "package-lock.json")
EXACT = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)", re.MULTILINE)
PINNED = re.compile(r"^([A-Za-z0-9._-]+)==\S+", re.MULTILINE)
# Weak copyleft that may be linked; the strong one may not. ARTISTIC: text-unidecode lets one choose it instead.
WEAK = ("LGPL", "LESSER", "MPL", "MOZILLA", "EUPL", "ARTISTIC")


def _tracked() -> list[Path]:
    names = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, text=True)
    return [ROOT / name for name in names.stdout.split("\0") if name and (ROOT / name).is_file()]


FILES = _tracked()
SOURCES = [path for path in FILES if path.suffix == ".py"]


def _canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


@pytest.mark.parametrize("lock", LOCKS)
def test_locks_hold_versions_and_hashes_but_no_addresses(lock: str) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8")
    assert "://" not in text
    if lock.endswith(".lock"):
        blocks = [block for block in re.split(r"\n(?=\S)", text) if PINNED.match(block)]
        assert blocks
        assert all("--hash=sha256:" in block for block in blocks)


def test_what_tracing_adds_is_locked_as_it_was_tested() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    held = {name: set(EXACT.findall((ROOT / name).read_text(encoding="utf-8")))
            for name in ("requirements.lock", "requirements-dev.lock", "requirements-otel.lock")}
    own = dict(held["requirements-otel.lock"])
    assert {re.split(r"[<>=!~;\[ ]", one)[0] for one in project["optional-dependencies"]["otel"]} - own.keys() == set()
    assert held["requirements-otel.lock"] - held["requirements-dev.lock"] == set()
    assert {name for name, version in held["requirements.lock"] if own.get(name, version) != version} == set()


def test_every_dependency_is_locked() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    locked = {_canonical(name) for name in PINNED.findall((ROOT / "requirements.lock").read_text(encoding="utf-8"))}
    named = {_canonical(re.split(r"[<>=!~;\[ ]", one)[0]) for one in project["dependencies"]}
    assert named - locked == set()


@pytest.mark.parametrize("python", ["3.11", "3.12", "3.13"])
def test_every_python_of_the_readme_has_one_scanner(python: str) -> None:
    """Keine Fassung von Wapiti trägt alle: die Sperre wählt nach dem Python, und genau eine passt."""
    lines = re.findall(r"^(wapiti3==.*?) \\$", (ROOT / "requirements-scan.lock").read_text(encoding="utf-8"), re.M)
    here = {"python_version": python, "python_full_version": f"{python}.0"}
    fitting = [one for one in map(Requirement, lines) if one.marker is None or one.marker.evaluate(here)]
    assert len(fitting) == 1, lines


@pytest.mark.parametrize(("target", "scanning"), [
    ("lint", False), ("types", False), ("contracts", False), ("handbook", False), ("unit", True), ("test", True)])
def test_only_what_scans_needs_the_scanner(target: str, scanning: bool) -> None:
    """Aus leerer Umgebung; was aus Quellen gebaut wird, holt kein ungesperrtes setuptools."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}
    told = subprocess.run(["make", "--dry-run", "--always-make", target], cwd=ROOT, capture_output=True, check=True,
                          text=True, env=clean).stdout
    steps = [line for line in told.splitlines() if "requirements-scan.lock" in line]
    assert bool(steps) is scanning
    assert all("--no-build-isolation" in line and "--require-hashes" in line for line in steps)
    assert not steps or told.index("-r requirements-build.lock") < told.index("-r requirements-scan.lock")


def _licence(name: str) -> str:
    about = metadata.distribution(name).metadata
    words = [about.get("License-Expression") or about.get("License") or ""]
    words += [one for one in about.get_all("Classifier") or [] if one.startswith("License")]
    return " ".join(word.splitlines()[0] for word in words if word).upper()


def test_the_scanner_stays_a_program_of_its_own() -> None:
    """GPL: aus eigener Sperre in eigener Umgebung, nirgends eingebunden."""
    assert "wapiti" in (ROOT / "requirements-scan.lock").read_text(encoding="utf-8")
    for lock in ("requirements.lock", "requirements-dev.lock"):
        assert "wapiti" not in (ROOT / lock).read_text(encoding="utf-8").lower()
    importing = re.compile(r"^\s*(from|import) wapiti", re.MULTILINE)
    assert [path for path in SOURCES if importing.search(path.read_text(encoding="utf-8"))] == []
    assert not [one for one in metadata.distributions() if str(one.metadata["Name"]).lower().startswith("wapiti")]


def test_no_strong_copyleft_is_linked() -> None:
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    installed = {_canonical(str(one.metadata["Name"])) for one in metadata.distributions()}
    names = [name for name in PINNED.findall(lock) if _canonical(name) in installed]
    strong = {name: licence for name in names if "GPL" in (licence := _licence(name))
              and not any(word in licence for word in WEAK)}
    assert len(names) > 20
    assert strong == {}


def test_files_and_functions_stay_readable() -> None:
    long_files = {str(path.relative_to(ROOT)): count for path in SOURCES
                  if "tests" not in path.parts and (count := path.read_text(encoding="utf-8").count("\n")) > 400}
    long_functions = []
    for path in SOURCES:
        if path.is_relative_to(ROOT / "tests"):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef) and (node.end_lineno or node.lineno) - node.lineno > 60:
                long_functions.append(f"{path.relative_to(ROOT)}:{node.lineno} {node.name}")
    assert long_files == {}
    assert long_functions == []


def test_no_drawer_for_everything_and_no_float_in_the_law() -> None:
    drawers = {"util", "utils", "helper", "helpers", "misc", "common"}
    assert [path for path in SOURCES if path.stem in drawers] == []
    floats = [f"{path.relative_to(ROOT)}:{node.lineno}"
              for path in SOURCES if path.is_relative_to(ROOT / "payroll" / "law")
              for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
              if isinstance(node, ast.Constant) and isinstance(node.value, float)]
    assert floats == []


def test_nothing_names_the_machine_it_was_built_on() -> None:
    paths = re.compile(r"(?<![\w/.])/(work|root)/")
    texts = {".py", ".md", ".toml", ".html", ".css", ".js", ".sh", ".lock", ".json", ".csv", ".po", ""}
    found = [str(path.relative_to(ROOT)) for path in FILES if path.suffix in texts
             and paths.search(path.read_text(encoding="utf-8", errors="replace"))]
    assert [name for name in found if name != "tests/house/test_house.py"] == []


def _commands(group: click.Group, prefix: str = "kreislohn") -> list[str]:
    found = []
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            found += _commands(command, f"{prefix} {name}")
        else:
            found.append(f"{prefix} {name}")
    return found


def test_every_command_is_documented() -> None:
    text = (ROOT / "docs" / "befehle.md").read_text(encoding="utf-8").replace("\\|", "|")
    missing = []
    for command in _commands(kreislohn):
        head, _, last = command.rpartition(" ")
        if not re.search(rf"{re.escape(head)} (\w+\|)*{last}\b", text):
            missing.append(command)
    assert missing == []


@pytest.mark.parametrize("page", [path for path in FILES if path.suffix == ".md"],
                         ids=lambda path: str(path.relative_to(ROOT)))
def test_links_between_documents_lead_somewhere(page: Path) -> None:
    links = re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text(encoding="utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []


def test_every_room_says_what_it_is() -> None:
    silent = [str(path.relative_to(ROOT)) for path in SOURCES
              if path.name != "__main__.py" and path.stat().st_size
              and ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) is None]
    assert silent == []
