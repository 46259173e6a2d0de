"""Befehle mit --tenant: wer kein Mandat hat, bekommt nichts zu sehen und ändert nichts."""

from __future__ import annotations

import base64
from collections.abc import Callable
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from markers import Markers, collect, state
from realm import BAIT, OPEN, Realm

from payroll.cli import kreislohn
from tenants.commands import stated
from tenants.db import engine, setup
from tenants.security import masterkey

Invoke = Callable[..., tuple[int, str]]
WITH_TENANT = [
    (name, command, {str(parameter.name) for parameter in command.params})
    for name, command in stated.commands_of(kreislohn, "kreislohn")
]
ACTING = [(name, command) for name, command, taken in WITH_TENANT if {"tenant", "actor"} <= taken]
OPERATING = [(name, command) for name, command, taken in WITH_TENANT if "tenant" in taken and "actor" not in taken]
DAYS = dict.fromkeys(("ab", "von", "bis"), f"{OPEN:%Y-%m-%d}")
WORDS = {"lines": "3,4", "reason": "Angriff", "format_": "lodas", **DAYS}


@pytest.fixture
def invoke(realm: Realm, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Invoke:
    """Führt einen Befehl gegen die Datenbank der Prüfung aus."""
    for part in ("owner", "app", "platform"):
        monkeypatch.setenv(f"{setup.ENV_URL}_{part.upper()}", getattr(realm.dsns, part))
    monkeypatch.setenv(masterkey.ENV_KEY, base64.b64encode(masterkey.current().secret).decode())
    monkeypatch.chdir(tmp_path)

    def run(name: str, words: list[str]) -> tuple[int, str]:
        answer = CliRunner().invoke(kreislohn, [*name.split(" ")[1:], *words])
        engine.configure(realm.dsns.app, realm.dsns.platform)
        return answer.exit_code, answer.output + str(answer.exception or "")

    return run


@pytest.fixture(scope="module")
def markers(realm: Realm) -> Markers:
    return collect(realm)


def _words(command: click.Command, tenant: str, actor: str, folder: Path, markers: Markers) -> list[str]:
    """Vollständige Angaben zu einem Befehl; Kennungen gehören dem fremden Mandanten."""
    ids = [one for known in markers.ids.values() for one in known]
    words: list[str] = []
    for parameter in command.params:
        value = _value(parameter, {"tenant": tenant, "actor": actor}, folder, ids)
        if value is None:
            continue
        is_flag = isinstance(parameter, click.Option) and parameter.is_flag
        named = [] if isinstance(parameter, click.Argument) else [parameter.opts[0]]
        words += named if is_flag else [*named, value]
    return words


def _value(parameter: click.Parameter, given: dict[str, str], folder: Path, ids: list[str]) -> str | None:
    name = str(parameter.name)
    if name in given:
        return given[name]
    if name == "data":
        return str(folder / "var")
    if isinstance(parameter.type, click.Path):
        path = folder / f"{name}.txt"
        path.write_text("a;b\r\n1;2\r\n", encoding="utf-8")
        return str(path)
    if parameter.type.name == "JJJJ-MM":
        return f"{OPEN:%Y-%m}"
    if isinstance(parameter.type, click.IntRange) and parameter.type.max is not None:
        return str(min(2026, parameter.type.max))
    if isinstance(parameter.type, click.types.IntParamType):
        return "2026"
    if not parameter.required:
        return None
    if isinstance(parameter.type, click.DateTime):
        return f"{OPEN:{parameter.type.formats[0]}}"
    if isinstance(parameter.type, click.Choice):
        return str(parameter.type.choices[0])
    return WORDS.get(name, ids[0])


@pytest.mark.parametrize(("name", "command"), ACTING, ids=[name for name, _ in ACTING])
def test_nobody_acts_for_a_tenant_without_a_mandate(
    realm: Realm, invoke: Invoke, markers: Markers, tmp_path: Path, name: str, command: click.Command
) -> None:
    before = state(realm)
    logins = [realm.own.users[role].login for role in ("clerk", "head", "employee")]
    answers = {}
    for number in (realm.foreign.tenant.number, "4711"):
        answers[number] = [
            invoke(name, _words(command, number, login, tmp_path, markers))
            for login in [*logins, "fremd.niemand"]
        ]  # fmt: skip
    for number, said in answers.items():
        assert {code for code, _ in said} == {1}, said
        assert [markers.found(text, f"{number} fremd.") for _, text in said] == [[]] * len(said)
    plain = [[text.replace(number, "#") for _, text in said] for number, said in answers.items()]
    assert plain[0] == plain[1], "ein fremder Mandant antwortet anders als einer, den es nicht gibt"
    assert state(realm) == before


@pytest.mark.parametrize(("name", "command"), ACTING, ids=[name for name, _ in ACTING])
def test_foreign_ids_open_nothing_at_the_own_tenant(
    realm: Realm, invoke: Invoke, markers: Markers, tmp_path: Path, name: str, command: click.Command
) -> None:
    before = state(realm)
    words = _words(command, realm.own.tenant.number, realm.own.users["clerk"].login, tmp_path, markers)
    code, text = invoke(name, words)
    assert code in (0, 1, 2), text
    assert markers.found(text, " ".join(words).lower() + BAIT) == []
    assert state(realm) == before


def test_the_role_decides_on_the_command_line_too(
    realm: Realm, invoke: Invoke, markers: Markers, tmp_path: Path
) -> None:
    login, number = realm.own.users["employee"].login, realm.own.tenant.number
    said = {name: invoke(name, _words(command, number, login, tmp_path, markers)) for name, command in ACTING}
    assert len(said) > 10
    allowed = {name: text for name, (code, text) in said.items() if code != 1 or "kein Mandat" not in text}
    assert allowed == {}


@pytest.mark.parametrize(("name", "command"), OPERATING, ids=[name for name, _ in OPERATING])
def test_commands_of_the_machine_touch_the_named_tenant_only(
    realm: Realm, invoke: Invoke, markers: Markers, tmp_path: Path, name: str, command: click.Command
) -> None:
    before = state(realm)
    words = _words(command, realm.own.tenant.number, "", tmp_path, markers)
    _, text = invoke(name, words)
    assert markers.found(text, " ".join(words).lower()) == []
    assert state(realm) == before
