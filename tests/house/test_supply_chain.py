"""Lieferkette: Stückliste gegen das amtliche Schema, Grund je Abhängigkeit, Paket zweimal gleich gebaut."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

from click.testing import CliRunner
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from payroll.cli import kreislohn
from tenants.operation import bill, packages

ROOT = Path(__file__).parents[2]
BUILD = "import sys; from setuptools import build_meta; print(build_meta.build_wheel(sys.argv[1]))"


def test_the_bill_of_materials_keeps_the_official_schema_and_repeats() -> None:
    words = bill.text(ROOT)
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(words) is None
    assert bill.text(ROOT) == words
    content = json.loads(words)
    locked = set(re.findall(r"^([A-Za-z0-9._-]+)==", (ROOT / "requirements.lock").read_text(encoding="utf-8"), re.M))
    assert {one["name"] for one in content["components"] if one["purl"].startswith("pkg:pypi/")} == {
        packages.canonical(name) for name in locked}
    kern = next(one for one in content["components"] if one["name"] == "@kern-ux/native")
    assert re.fullmatch(r"[0-9a-f]{128}", kern["hashes"][0]["content"])
    assert not any("axe-core" in one["name"] for one in content["components"]), "Werkzeug der Prüfungen"
    tree = {row["ref"]: row["dependsOn"] for row in content["dependencies"]}
    assert any(one.startswith("pkg:pypi/flask@") for one in tree["kreislohn"])


def test_the_command_writes_it_or_says_where_the_locks_are(tmp_path: Path) -> None:
    target = tmp_path / "sbom.json"
    done = CliRunner().invoke(kreislohn, ["sbom", "--locks", str(ROOT), "--out", str(target)])
    assert done.exit_code == 0
    assert json.loads(target.read_text(encoding="utf-8"))["specVersion"] == "1.6"
    missing = CliRunner().invoke(kreislohn, ["sbom", "--locks", str(tmp_path)])
    assert missing.exit_code == 1
    assert "--locks" in missing.output


def test_every_direct_dependency_has_its_reason_and_no_other() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    node = json.loads((ROOT / "package.json").read_text(encoding="utf-8"))
    stated = [*project["dependencies"], *(one for group in project["optional-dependencies"].values() for one in group)]
    named = {packages.canonical(re.split(r"[<>=!~;\[ ]", one)[0]) for one in stated}
    rules = (ROOT / "requirements-rules.lock").read_text(encoding="utf-8")  # its package has no dependants
    named |= {*node["dependencies"], *node["devDependencies"], *re.findall(r"^([A-Za-z0-9._-]+)==", rules, re.M)}
    rows = re.findall(r"^\| (`.+`) \| (.+) \|$", (ROOT / "docs" / "abhaengigkeiten.md").read_text(encoding="utf-8"),
                      re.M)
    explained = {packages.canonical(name) if "/" not in name else name
                 for cells, _ in rows for name in re.findall(r"`([^`]+)`", cells)}
    assert explained == named
    assert [cells for cells, reason in rows if len(reason) < 10] == []


def _built(folder: Path, moment: int) -> str:
    """Baut das Paket aus den verfolgten Dateien in einem eigenen Verzeichnis; gibt die Prüfsumme."""
    names = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, text=True)
    for name in filter(None, names.stdout.split("\0")):
        if name.partition("/")[0] in ("tests", "docs", ".ci") or not (ROOT / name).is_file():
            continue
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, folder / name)
        os.utime(folder / name, (moment, moment))
    subprocess.run([sys.executable, "-c", BUILD, str(folder / "dist")], cwd=folder, check=True, capture_output=True,
                   umask=0o022, env={**os.environ, "SOURCE_DATE_EPOCH": "1764000000"})
    (wheel,) = (folder / "dist").glob("*.whl")
    return hashlib.sha256(wheel.read_bytes()).hexdigest()


def test_the_wheel_is_the_same_twice(tmp_path: Path) -> None:
    """Andere Zeiten der Dateien, anderes Verzeichnis: gleiche Bytes (`make wheel` setzt Zeit und Rechte ebenso)."""
    sums = set()
    for name, moment in (("a", 1_000_000_000), ("ein anderer ort", 1_500_000_000)):
        (tmp_path / name).mkdir()
        sums.add(_built(tmp_path / name, moment))
    assert len(sums) == 1
