"""Jeder Befehl nennt, was er verlangt; sonst startet „kreislohn“ nicht."""

from __future__ import annotations

from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from payroll import cli
from tenants.commands import stated


def test_every_command_states_its_right_or_a_reason() -> None:
    stated.require_stated(cli.kreislohn)
    found = dict(stated.commands_of(cli.kreislohn, "kreislohn"))
    assert stated.statement_of(found["kreislohn payroll run"]) == stated.Statement(frozenset({"run.calculate"}))


def test_the_program_does_not_start_with_a_silent_command(monkeypatch: pytest.MonkeyPatch) -> None:
    silent = click.Command("still", callback=lambda: None)
    monkeypatch.setitem(cli.kreislohn.commands, "still", silent)
    with pytest.raises(stated.UnstatedCommand, match="kreislohn still"):
        cli.main()


def test_a_command_that_takes_a_tenant_for_a_person_names_permissions() -> None:
    acting = [
        (name, stated.statement_of(command))
        for name, command in stated.commands_of(cli.kreislohn, "kreislohn")
        if {"tenant", "actor"} <= {param.name for param in command.params}
    ]
    assert len(acting) > 5
    assert [name for name, statement in acting if not (statement and statement.permissions)] == []


def test_a_command_demands_only_what_it_states(tmp_path: Path) -> None:
    @click.command()
    @stated.needs("run.read")
    def sly() -> None:
        with cli._acting(tmp_path, "001", "anna", "run.release"):
            raise AssertionError

    answer = CliRunner().invoke(sly)
    assert isinstance(answer.exception, stated.UnstatedCommand)


def test_statements_are_checked() -> None:
    with pytest.raises(stated.UnstatedCommand, match="Unbekannte Rechte"):
        stated.needs("alles")
    with pytest.raises(stated.UnstatedCommand, match="braucht einen Grund"):
        stated.operator(" ")
    with pytest.raises(stated.UnstatedCommand, match="zwei Rechte"):
        stated.needs("run.read")(stated.needs("run.check")(lambda: None))
