"""Vorlagen für den Betrieb: jeder Aufruf in ihnen ist einer, den es gibt; Dienste laufen ohne Vorrechte."""

from __future__ import annotations

import configparser
import re
from pathlib import Path

import click
import pytest

from app import create_app
from payroll.cli import kreislohn
from tenants.operation import answering
from tenants.operation.keys_of_file import KEYS
from tenants.web.access import Access, access_of
from tenants.web.settings import Settings

FOLDER = Path(__file__).parents[2] / "docs" / "betrieb"
UNITS = sorted(FOLDER.glob("*.service"))
CALL = re.compile(r"\.venv/bin/kreislohn ([a-z ]+?)(?: (--[a-z]+) .+)?$", re.MULTILINE)


def _read(path: Path) -> configparser.RawConfigParser:
    unit = configparser.RawConfigParser(strict=False)
    unit.optionxform = str  # type: ignore[assignment,method-assign]  # documented way to keep the case
    unit.read_string(path.read_text(encoding="utf-8"))
    return unit


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.name)
def test_every_call_is_a_command_with_its_options(path: Path) -> None:
    calls = CALL.findall(path.read_text(encoding="utf-8"))
    assert calls
    for words, option in calls:
        command: click.Command = kreislohn
        for word in words.split():
            assert isinstance(command, click.Group)
            command = command.commands[word]
        assert not isinstance(command, click.Group)
        assert not option or option in {name for parameter in command.params for name in parameter.opts}


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.name)
def test_services_run_without_privileges_under_an_own_account(path: Path) -> None:
    service = dict(_read(path)["Service"])
    assert service["User"] == "kreislohn"
    assert (service["NoNewPrivileges"], service["ProtectSystem"], service["UMask"]) == ("yes", "strict", "0077")
    assert service["CapabilityBoundingSet"] == ""


def test_mail_is_sent_before_anything_that_could_fail() -> None:
    calls = CALL.findall((FOLDER / "kreislohn-mail.service").read_text(encoding="utf-8"))
    assert [words for words, _option in calls] == ["mail send", "portal notify"], "systemd hält beim ersten Fehler an"


def test_whoever_ends_the_server_waits_longer_than_it_needs() -> None:
    given = [(FOLDER / name).read_text(encoding="utf-8")
             for name in ("kreislohn.service", "kreislohn@.service", "Containerfile")]
    for text in given:
        found = re.search(r"(?:^TimeoutStopSec=|--stop-timeout )(\d+)", text, re.MULTILINE)
        assert found is not None
        assert int(found[1]) > answering.FINISH + 5, "danach schließt noch die Datenbank"


def test_every_timer_has_its_service() -> None:
    timers = sorted(FOLDER.glob("*.timer"))
    assert len(timers) == 3
    assert [one.name for one in timers if not one.with_suffix(".service").exists()] == []
    assert all("OnCalendar" in _read(one)["Timer"] for one in timers)


def test_the_page_of_operation_describes_every_setting() -> None:
    text = (FOLDER.parent / "betrieb.md").read_text(encoding="utf-8")
    assert "docs/betrieb/kreislohn.toml" in text or "betrieb/kreislohn.toml" in text
    assert [key.variable for key in KEYS if key.variable not in text and (key.secret or "-") not in text] == []


def test_an_address_that_is_a_key_stands_in_no_log_of_the_web_server() -> None:
    text = (FOLDER / "nginx.conf").read_text(encoding="utf-8")
    found = re.search(r"location ~ (\S+) \{\n(.*?)\n    \}", text, re.DOTALL)
    assert found is not None
    assert "access_log off;" in found[2]
    assert "error_log /dev/null" in found[2]
    app = create_app(Settings(b"t" * 32, https=False))
    keys = [rule.rule for rule in app.url_map.iter_rules() if {"zeichen", "token", "schluessel"} & rule.arguments
            and (access_of(app, rule.endpoint) or Access()).public_reason]
    assert len(keys) > 8
    assert [rule for rule in keys if not re.match(found[1], rule)] == []
    plain = text[text.index("listen 80;"):text.index("listen 443")]
    assert "access_log off;" in plain, "wer ohne https kommt, schriebe die Adresse hier hinein"
