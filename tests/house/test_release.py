"""Unterschriebene Freigabe: aus Paket, Änderungen und Sperren; mit dem Prüfprogramm allein prüfbar; jede Änderung
fällt auf."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import NamedTuple

import pytest
from click.testing import CliRunner

from payroll.cli import kreislohn

ROOT = Path(__file__).parents[2]
CHANGES = "# Changes\n\n## 9.1.0 (2026-11-26)\n\n* Neu: eine Straße.\n\n## 9.0.0\n\n* Alt.\n"


class Made(NamedTuple):
    """Eine Freigabe mit ihren Dateien."""

    notes: Path
    wheel: Path
    key: str


def run(*words: object) -> tuple[int, str]:
    done = CliRunner().invoke(kreislohn, ["release", *map(str, words)])
    return done.exit_code, done.output


def wheel_in(folder: Path, version: str = "9.1.0", name: str = "kreislohn") -> Path:
    path = folder / f"{name}-{version}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as target:
        target.writestr(f"{name}-{version}.dist-info/METADATA",
                        f"Metadata-Version: 2.4\nName: {name}\nVersion: {version}\n")
        for number in ("0001_anfang", "0065_ende", "0012_mitte"):
            target.writestr(f"migrations/versions/{number}.py", "")
    return path


@pytest.fixture
def made(tmp_path: Path) -> Made:
    code, said = run("key", "--out", tmp_path / "geheim")
    assert code == 0
    (tmp_path / "CHANGELOG.md").write_text(CHANGES, encoding="utf-8")
    wheel = wheel_in(tmp_path)
    code, told = run("notes", "--wheel", wheel, "--key-file", tmp_path / "geheim", "--out", tmp_path / "freigabe",
                     "--changes", tmp_path / "CHANGELOG.md", "--locks", ROOT, "--day", "2026-11-26")
    assert code == 0, told
    return Made(tmp_path / "freigabe" / "kreislohn-9.1.0-freigabe.md", wheel, said.split()[-1])


def test_the_notes_tell_what_the_package_holds(made: Made) -> None:
    text = made.notes.read_text(encoding="utf-8")
    assert "Freigegeben am 26.11.2026. Stand der Datenbank nach dem Umbau: 0065." in text
    assert "eine Straße" in text
    assert "Alt." not in text
    for one in (made.wheel, made.notes.parent / "sbom.json", ROOT / "requirements.lock", ROOT / "package-lock.json"):
        assert f"| `{one.name}` | `{hashlib.sha256(one.read_bytes()).hexdigest()}` |" in text


def test_the_script_needs_nothing_of_ours(made: Made, tmp_path: Path) -> None:
    script = made.notes.parent / "kreislohn_freigabe_pruefen.py"
    alone = f"import sys, runpy; sys.path[:] = [p for p in sys.path if p not in ('', {str(ROOT)!r})]\n" \
            "for name in ('tenants', 'payroll', 'flask', 'sqlalchemy'): sys.modules[name] = None\n" \
            "sys.argv = sys.argv[1:]; runpy.run_path(sys.argv[0], run_name='__main__')"
    words = [str(script), str(made.notes), str(made.wheel), str(made.notes.parent / "sbom.json"), "--key", made.key]

    def checked() -> subprocess.CompletedProcess[str]:
        return subprocess.run([sys.executable, "-c", alone, *words], cwd=tmp_path, capture_output=True, text=True,
                              check=False)

    good = checked()
    assert (good.returncode, good.stdout) == (0, "Echt: Unterschrift und 2 Dateien passen.\n"), good.stderr
    made.wheel.write_bytes(made.wheel.read_bytes() + b"x")
    bad = checked()
    assert bad.returncode == 1
    assert "ist nicht die Datei der Freigabe" in bad.stderr


def test_every_changed_character_and_another_key_are_found(made: Made) -> None:
    assert run("verify", made.notes, made.wheel, "--key", made.key)[0] == 0
    text = made.notes.read_bytes()
    for place in range(0, len(text), 7):
        made.notes.write_bytes(text[:place] + bytes([text[place] ^ 1]) + text[place + 1 :])
        assert run("verify", made.notes, "--key", made.key)[0] == 1, place
    made.notes.write_bytes(text.replace(b"\n", b"\r\n"))
    assert run("verify", made.notes, "--key", made.key)[0] == 1
    made.notes.write_bytes(text + b"\n")
    assert run("verify", made.notes, "--key", made.key)[0] == 1
    made.notes.write_bytes(text)
    code, said = run("verify", made.notes, "--key", "0" * 64)
    assert code == 1
    assert "mit einem anderen Schlüssel" in said
    code, said = run("verify", made.notes, made.notes, "--key", made.key)
    assert code == 1
    assert "steht nicht in der Freigabe" in said


@pytest.mark.parametrize(("version", "name", "changes", "words"), [
    ("9.2.0", "kreislohn", CHANGES, "Fassung 9.2.0, die Änderungen beginnen mit 9.1.0"),
    ("9.1.0", "anderes", CHANGES, "kein Paket von Kreislohn"),
    ("9.1.0", "kreislohn", "# Changes\n\n## 9.1.0\n\n## 9.0.0\n\n* Alt.\n", "steht in CHANGELOG.md nichts"),
])
def test_what_does_not_fit_together_is_no_release(
    tmp_path: Path, version: str, name: str, changes: str, words: str
) -> None:
    run("key", "--out", tmp_path / "geheim")
    (tmp_path / "c.md").write_text(changes, encoding="utf-8")
    code, said = run("notes", "--wheel", wheel_in(tmp_path, version, name), "--key-file", tmp_path / "geheim", "--out",
                     tmp_path / "f", "--changes", tmp_path / "c.md", "--locks", ROOT)
    assert code == 1
    assert words in said
    assert list((tmp_path / "f").glob("*.md")) == []


def test_the_key_is_made_once_and_read_only_when_closed(tmp_path: Path) -> None:
    run("key", "--out", tmp_path / "geheim")
    assert (tmp_path / "geheim").stat().st_mode & 0o777 == 0o600
    before = (tmp_path / "geheim").read_bytes()
    assert run("key", "--out", tmp_path / "geheim")[0] == 1
    assert (tmp_path / "geheim").read_bytes() == before
    (tmp_path / "geheim").chmod(0o644)
    code, said = run("notes", "--wheel", wheel_in(tmp_path), "--key-file", tmp_path / "geheim", "--out", tmp_path,
                     "--locks", ROOT, "--changes", ROOT / "CHANGELOG.md")
    assert code == 1
    assert "für andere lesbar" in said
