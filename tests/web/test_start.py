"""Die Anwendung startet nur, wenn jeder Weg sein Recht nennt und die Gestaltung bereitliegt."""

import pytest
from flask import Flask

import app as application
from tenants.web import access, assets, shell
from tenants.web.settings import Settings

SETTINGS = Settings(b"t" * 32, https=False)


def _with_route(monkeypatch: pytest.MonkeyPatch, view: object) -> None:
    """Hängt einen weiteren Weg an, bevor create_app die Wege prüft."""
    install = shell.install

    def more(app: Flask, *args: object, **kwargs: object) -> None:
        install(app, *args, **kwargs)
        app.add_url_rule("/vergessen", "vergessen", view)

    monkeypatch.setattr(shell, "install", more)


def test_route_without_permission_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    _with_route(monkeypatch, lambda: "offen")
    with pytest.raises(access.UnguardedRoute, match=r"/vergessen \(vergessen\)"):
        application.create_app(SETTINGS)


def test_route_with_permission_starts(monkeypatch: pytest.MonkeyPatch) -> None:
    _with_route(monkeypatch, access.permission("person.read")(lambda: "geschützt"))
    app = application.create_app(SETTINGS)
    assert access.access_of(app, "vergessen") == access.Access(permission="person.read")


def test_unknown_permission_is_refused_where_it_is_written() -> None:
    with pytest.raises(access.UnguardedRoute, match=r"person\.lesen"):
        access.permission("person.lesen")


def test_missing_assets_name_the_remedy(tmp_path) -> None:
    with pytest.raises(assets.AssetsMissing, match=r"npm ci --ignore-scripts"):
        assets.require(tmp_path)


def test_protected_route_leads_to_sign_in(monkeypatch: pytest.MonkeyPatch) -> None:
    _with_route(monkeypatch, access.permission("person.read")(lambda: "geschützt"))
    client = application.create_app(SETTINGS).test_client()
    response = client.get("/vergessen")
    assert (response.status_code, response.location) == (302, "/anmelden")


@pytest.mark.usefixtures("database")
def test_sign_in_page_is_german_and_switches_to_english() -> None:
    client = application.create_app(SETTINGS).test_client()
    page = client.get("/anmelden").text
    assert "Anmeldename" in page
    assert 'lang="de"' in page
