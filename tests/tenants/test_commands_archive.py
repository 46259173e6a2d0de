"""Archivschlüssel mit Befehlen: zwei Zugänge der Maschine nacheinander, kein Bildschirm zeigt alle Codes."""

from __future__ import annotations

import os
import pwd
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tenants.commands import site
from tenants.db.session import platform_session, tenant_session
from tenants.documents import archive, pairing
from tenants.documents.paper import Paper
from tenants.models import Tenant

Run = Callable[..., tuple[int, str]]
CODE = re.compile(r"^(\S+): ([A-Z0-9]{4}(?:-[A-Z0-9]{4}){5})$", re.MULTILINE)


def opens(tenant: int, papers: list[Paper]) -> int:
    """Wie viele Schlüssel diese Papiere öffnen."""
    with tenant_session(tenant, actor="test") as session:
        return len(archive.open_keys(session, papers))


def test_two_accounts_one_after_the_other(
    run: Run, two_tenants: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    tenant = two_tenants[1]

    def given(user: str, *words: str, code: str = "") -> tuple[int, str]:
        monkeypatch.setattr(site, "account", lambda: f"befehl:{user}")
        monkeypatch.setattr("click.prompt", lambda *args, **kwargs: code)
        return run("archive", words[0], "--tenant", "002", "--reason", "Einrichtung", *words[1:])

    status, said = given("hugo", "create", "--holder", "Anna")
    ((_name, anna),) = CODE.findall(said)
    assert (status, "sobald ein anderer Zugang" in said) == (0, True)
    refused = given("hugo", "create", "--holder", "Bernd")
    assert (refused[0], "jetzt zieht eine andere Person" in refused[1]) == (1, True), "allein geht es nicht"
    assert "Gezogen ist für einen neuen Schlüssel" in given("heidi", "papers", "--holder", "Bernd")[1]
    status, said = given("heidi", "create", "--holder", "Bernd", "--holder", "Cora")
    codes = dict(CODE.findall(said))
    assert (status, sorted(codes), anna in said, "gelten ab jetzt" in said) == (0, ["Bernd", "Cora"], False, True)
    assert opens(tenant, [Paper("Anna", anna), Paper("Bernd", codes["Bernd"])]) == 1

    assert "Name und Code Ihres Papiers" in given("hugo", "papers", "--holder", "Dora")[1]
    ((_name, dora),) = CODE.findall(given("hugo", "papers", "--paper", "Anna", "--holder", "Dora", code=anna)[1])
    assert given("hugo", "discard")[0] == 0
    with platform_session(actor="test") as session:
        assert pairing.waiting(session, tenant, pairing.NEW_PAPERS) is None, "auch das wartende Papier ist fort"
    ((_name, dora),) = CODE.findall(given("hugo", "papers", "--paper", "Anna", "--holder", "Dora", code=anna)[1])
    status, said = given("heidi", "papers", "--paper", "Cora", "--holder", "Emil", code=codes["Cora"])
    assert status == 0, said
    assert opens(tenant, [Paper("Dora", dora), Paper("Emil", dict(CODE.findall(said))["Emil"])]) == 1
    with platform_session(actor="test") as session:
        row = archive.current_row(session, session.get_one(Tenant, tenant).id)
        assert row is not None
        with pytest.raises(archive.DocumentKeyError):
            archive.opened(session, row, [Paper("Anna", anna), Paper("Cora", codes["Cora"])])


@pytest.mark.parametrize(("kernel", "name"), [
    ("0", pwd.getpwuid(0).pw_name), ("4294967295", pwd.getpwuid(os.getuid()).pw_name), ("", None),
    ("3999999998", None)],
    ids=["signed-in", "service", "not-told", "without-name"])
def test_whose_account_it_is_says_the_kernel_not_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kernel: str, name: str | None
) -> None:
    """/proc/self/loginuid, wie proc(5) es beschreibt: 4294967295 heißt, dass sich niemand angemeldet hat."""
    (tmp_path / "loginuid").write_text(kernel)
    monkeypatch.setattr(site, "LOGIN_ID", tmp_path / "loginuid")
    for variable in ("USER", "SUDO_USER", "LOGNAME", "LNAME", "USERNAME"):
        monkeypatch.setenv(variable, "heidi")
    own = name or (kernel or pwd.getpwuid(os.getuid()).pw_name)
    assert site.account() == f"befehl:{own}"


def test_the_environment_makes_nobody_the_second_person(
    run: Run, two_tenants: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    def drawn(user: str, holder: str) -> tuple[int, str]:
        monkeypatch.setenv("USER", user)
        monkeypatch.setenv("SUDO_USER", user)
        return run("archive", "create", "--tenant", "002", "--reason", "Einrichtung", "--holder", holder)

    assert drawn("hugo", "Anna")[0] == 0
    status, said = drawn("heidi", "Bernd")
    assert (status, "jetzt zieht eine andere Person" in said) == (1, True)
