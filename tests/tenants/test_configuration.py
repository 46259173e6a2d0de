"""Einstellungen: Datei und Umgebung, Geheimnisse aus Dateien, alle Fehler auf einmal und auf Deutsch."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from payroll.cli import kreislohn
from payroll.operating_commands import options_of
from tenants.operation.configuration import ConfigurationError, apply
from tenants.operation.keys_of_file import KEYS

EXAMPLES = Path(__file__).parents[2] / "docs" / "betrieb"


def written(folder: Path, text: str) -> Path:
    file = folder / "kreislohn.toml"
    file.write_text(text, encoding="utf-8")
    return file


def secret(folder: Path, name: str, content: str, mode: int = 0o600) -> Path:
    file = folder / name
    file.write_text(f"{content}\n", encoding="utf-8")
    file.chmod(mode)
    return file


def test_file_and_environment_meet_and_the_environment_counts(tmp_path: Path) -> None:
    url = secret(tmp_path, "mail", "smtps://a:b@mail.example")
    file = written(tmp_path, f'[server]\nport = 9000\nnames = ["a.example", "b.example"]\n[mail]\nurl_file = "{url}"\n')
    environment = {"KREISLOHN_PORT": "9100"}
    found = apply(file, environment)
    assert environment["KREISLOHN_PORT"] == "9100"
    assert environment["KREISLOHN_NAMES"] == "a.example b.example"
    assert environment["KREISLOHN_SMTP_URL"] == "smtps://a:b@mail.example"
    assert (found.origins["KREISLOHN_PORT"], found.origins["KREISLOHN_NAMES"]) == ("Umgebung", "Datei")
    assert "smtps" not in str(found)
    again = apply(file, environment)
    assert again.values == found.values, "ein Kindprozess erbt die Angaben und liest sie noch einmal"


def test_all_mistakes_at_once_each_with_its_remedy(tmp_path: Path) -> None:
    open_file = secret(tmp_path, "offen", "x", 0o644)
    file = written(tmp_path, f"""
[server]
port = 70000
prot = 1
[database]
url = "postgresql://root:geheim@db/x"
url_file = "{open_file}"
[log]
format = "xml"
[metrics]
address = "0.0.0.0:9464"
[nightly]
at = "25:00"
[servr]
x = 1
""")
    environment: dict[str, str] = {}
    with pytest.raises(ConfigurationError) as refused:
        apply(file, environment)
    words = str(refused.value)
    for part in ("70000", "Gemeint ist vielleicht port", "url ist ein Geheimnis", "chmod 600", "text oder json",
                 "von außen erreichbar", "Uhrzeit wie 02:30", "[servr]"):
        assert part in words, part
    assert "geheim@" not in words
    assert environment == {}


def test_metrics_outside_need_a_long_word(tmp_path: Path) -> None:
    short, long = secret(tmp_path, "kurz", "abc"), secret(tmp_path, "lang", "a" * 32)
    text = '[metrics]\naddress = "10.0.0.5:9464"\ntoken_file = "{}"\n'
    with pytest.raises(ConfigurationError, match="mindestens 32"):
        apply(written(tmp_path, text.format(short)), {})
    environment: dict[str, str] = {}
    apply(written(tmp_path, text.format(long)), environment)
    assert environment["KREISLOHN_METRICS_TOKEN"] == "a" * 32


def test_a_secret_in_file_and_environment_is_refused_unless_equal(tmp_path: Path) -> None:
    file = secret(tmp_path, "db", "postgresql://x")
    both = {"KREISLOHN_DATABASE_URL_FILE": str(file), "KREISLOHN_DATABASE_URL": "postgresql://y"}
    with pytest.raises(ConfigurationError, match="beide gesetzt"):
        apply(None, both)
    equal = {**both, "KREISLOHN_DATABASE_URL": "postgresql://x"}
    apply(None, equal)
    assert equal["KREISLOHN_DATABASE_URL"] == "postgresql://x"


@pytest.mark.parametrize("text", ["[server", '"nur text"', "[server]\nnames = []", "server = 1"])
def test_what_is_no_configuration_is_named(tmp_path: Path, text: str) -> None:
    with pytest.raises(ConfigurationError):
        apply(written(tmp_path, text), {})


def test_options_of_commands_follow(tmp_path: Path) -> None:
    given = {"KREISLOHN_DATA": str(tmp_path), "KREISLOHN_PORT": "81", "KREISLOHN_NAMES": "a.example b.example"}
    found = options_of(kreislohn, given)
    assert found["serve"] == {"data": str(tmp_path), "port": "81", "names": ["a.example", "b.example"]}
    assert found["privacy"]["deletion"]["run"] == {"data": str(tmp_path)}  # type: ignore[index]  # nested by groups
    assert "demo" not in found


def test_the_command_checks_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for key in KEYS:
        monkeypatch.delenv(key.variable, raising=False)
    good = CliRunner().invoke(kreislohn, ["config", "check", str(written(tmp_path, "[server]\nport = 8081\n"))])
    assert (good.exit_code, good.output) == (0, "In Ordnung, 1 Angabe.\n")
    bad = CliRunner().invoke(kreislohn, ["config", "check", str(written(tmp_path, '[keys]\nmaster_key_file = "/x"\n'))])
    assert bad.exit_code == 1
    assert "master_key_file" in bad.output
    shown = CliRunner().invoke(kreislohn, ["config", "show"])
    assert all(key.variable in shown.output for key in KEYS)
    wrong = written(tmp_path, "[log]\nlevel = 3\n")
    started = CliRunner().invoke(kreislohn, ["--config", str(wrong), "config", "show"])
    assert started.exit_code == 1
    assert "[log] level" in started.output


def test_the_shipped_example_names_every_key_and_only_known_ones(tmp_path: Path) -> None:
    text = (EXAMPLES / "kreislohn.toml").read_text(encoding="utf-8")
    missing = [key.title for key in KEYS if f"\n{key.name} = " not in text and f"\n#{key.name} = " not in text]
    assert missing == []
    active = re.sub(r"^#(\w+ = )", r"\1", text, flags=re.MULTILINE)
    with pytest.raises(ConfigurationError) as refused:
        apply(written(tmp_path, active), {})
    assert [one for one in refused.value.problems if "fehlt, ist leer" not in one] == []
