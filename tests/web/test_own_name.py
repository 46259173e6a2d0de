"""Passkeys, Rückkehr vom Verzeichnisdienst und Briefe richten sich nach dem angegebenen Namen, nicht der Anfrage."""

from __future__ import annotations

import pytest
from click.testing import CliRunner
from psycopg.errors import QueryCanceled
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import BadRequest

import app as application
from payroll.cli import kreislohn
from tenants.web import own_name
from tenants.web.settings import Settings
from tenants.web.signin import challenges

NAMES = ("lohn.example", "lohn.intern.example")


@pytest.mark.parametrize(
    ("asked", "https", "names", "root", "bare"),
    [
        ("https://lohn.example", True, NAMES, "https://lohn.example", "lohn.example"),
        ("https://lohn.example:9999", True, NAMES, "https://lohn.example", "lohn.example"),
        ("https://LOHN.intern.example", True, NAMES, "https://lohn.intern.example", "lohn.intern.example"),
        ("http://lohn.example", True, NAMES, "https://lohn.example", "lohn.example"),
        ("https://evil.example", True, NAMES, "https://lohn.example", "lohn.example"),
        ("https://lohn.example", True, ("lohn.example:8443",), "https://lohn.example:8443", "lohn.example"),
        ("http://localhost:8080", False, ("localhost",), "http://localhost:8080", "localhost"),
        ("http://localhost:8080", False, (), "http://localhost:8080", "localhost"),
    ],
)
def test_the_stated_name_counts(asked: str, https: bool, names: tuple[str, ...], root: str, bare: str) -> None:
    app = application.create_app(Settings(b"t" * 32, https=https, hosts=names))
    app.config["TRUSTED_HOSTS"] = None  # shows this wall alone; the other one refuses foreign names before
    with app.test_request_context("/anmelden", base_url=asked):
        assert own_name.root() == root
        assert (challenges.site().rp_id, challenges.site().origin) == (bare, root)


@pytest.mark.parametrize(("asked", "status"), [
    ("localhost:8080", 200), ("127.0.0.1", 200), ("[::1]:8080", 200), ("127.0.0.1:80@evil.example", 400), ("a/b", 400),
    ("", 400)])
def test_without_a_stated_name_a_malformed_one_is_refused(asked: str, status: int) -> None:
    app = application.create_app(Settings(b"t" * 32, https=False))
    with app.test_request_context("/anmelden", headers={"Host": asked}):
        if status == 200:
            assert own_name.host() == asked
        else:
            with pytest.raises(BadRequest):
                own_name.host()


@pytest.mark.parametrize("name", ["https://lohn.example", "lohn.example/", "Lohn.example", ".example", "", "a b"])
def test_what_is_no_name_is_refused(name: str) -> None:
    assert str(own_name.refused((name,), required=False)).startswith(f"„{name}“ ist kein Name")


def test_a_server_behind_tls_needs_its_name(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("leer")
    answer = CliRunner().invoke(kreislohn, ["serve", "--data", str(folder / "var")])
    assert answer.exit_code == 2
    assert "--name lohn.kreis.example" in answer.output
    assert not (folder / "var").exists()


def test_a_query_that_takes_too_long_is_no_error_of_the_server(monkeypatch: pytest.MonkeyPatch) -> None:
    app = application.create_app(Settings(b"t" * 32, https=False))

    def slow(filename: str) -> str:
        raise OperationalError("SELECT", {}, QueryCanceled("canceling statement due to statement timeout"))

    monkeypatch.setitem(app.view_functions, "shell.static", slow)
    answer = app.test_client().get("/static/kern.css")
    assert answer.status_code == 503
    assert "Das dauert zu lange" in answer.text
    assert "SELECT" not in answer.text
