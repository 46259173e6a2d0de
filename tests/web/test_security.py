"""Sicherheit der Türen: Mandate, fremde Kennungen, Formularschutz, Köpfe, Sitzung."""

import re
import uuid
from typing import Any

import pytest
from flask.testing import FlaskClient

import app as application
from tenants.web import identity
from tenants.web.settings import Settings


def _key(client: FlaskClient, path: str = "/") -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get(path).text)
    assert found is not None
    return found[1]


def _without_values(page: str) -> str:
    return re.sub(r'value="[^"]*"', "", page)


def test_start_lists_the_tenants_of_the_mandate_only(office: Any) -> None:
    page = office.client("klara").get("/").text
    assert "Kreis Beispiel" in page
    assert "Stadt Musterhausen" in page
    assert "Anderswo" not in page


def test_foreign_tenant_is_404_and_unknown_looks_the_same(office: Any) -> None:
    client = office.client("klara")
    foreign = client.get(office.address("fremd", "/personen"))
    unknown = client.get(f"/mandanten/{uuid.uuid4()}/personen")
    assert (foreign.status_code, unknown.status_code) == (404, 404)
    assert _without_values(foreign.text) == _without_values(unknown.text)


def test_employee_has_no_desk(office: Any) -> None:
    client = office.client("ada")
    assert client.get(office.address("kreis", "/personen")).status_code == 403
    assert client.get(office.address("stadt", "/personen")).status_code == 404


def test_method_not_allowed(office: Any) -> None:
    client = office.client("klara")
    data = {"csrf_token": _key(client)}
    assert client.post(office.address("kreis", "/personen"), data=data).status_code == 405


def test_changing_request_needs_the_form_key(office: Any) -> None:
    client = office.client("klara")
    refused = client.post("/abmelden")
    assert refused.status_code == 400
    assert "Formular ist abgelaufen" in refused.text
    assert client.get("/").status_code == 200


def test_request_from_another_site_is_refused(office: Any) -> None:
    client = office.client("klara")
    data = {"csrf_token": _key(client)}
    assert client.post("/abmelden", data=data, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403


@pytest.mark.parametrize("path", ["/anmelden", "/gibt-es-nicht", "/static/kreislohn.css", "/"])
def test_headers_on_every_answer(office: Any, path: str) -> None:
    answer = office.app.test_client().get(path)
    answer.close()
    policy = answer.headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["X-Frame-Options"] == "DENY"


def test_static_files_are_packed_kept_and_nothing_else_is_served(office: Any) -> None:
    client = office.app.test_client()
    plain = client.get("/static/kreislohn.css")
    packed = client.get("/static/kreislohn.css", headers={"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert len(packed.data) < len(plain.data) / 2
    assert client.get("/static/kreislohn.css", headers={"If-None-Match": plain.headers["ETag"]}).status_code == 304
    for path in ("../shell.py", "vendor/../../shell.py", "%2e%2e/shell.py", "vendor"):
        assert client.get(f"/static/{path}").status_code == 404


def test_personal_pages_are_not_kept(office: Any) -> None:
    answer = office.client("klara").get(office.address("kreis", "/personen"))
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"


def test_no_inline_script_or_style(office: Any) -> None:
    client = office.client("klara")
    for path in ("/", office.address("kreis", "/personen"), "/sicherheit"):
        answer = client.get(path)
        assert answer.status_code == 200, path
        page = answer.text
        assert not re.search(r"<style|<script(?![^>]*\bsrc=)|\sstyle=|\son[a-z]+=", page), path


def test_session_is_renewed_at_sign_in_and_ends_at_sign_out(office: Any) -> None:
    client = office.client("klara")
    before = client.get_cookie("kreislohn").value
    client.post("/abmelden", data={"csrf_token": _key(client)})
    assert client.get_cookie("kreislohn").value != before
    assert client.get("/").location == "/anmelden"


def test_form_key_of_before_sign_in_is_worthless_after(office: Any) -> None:
    client = office.app.test_client()
    old = _key(client, "/anmelden")
    client.post(link := _link(office, "klara"), data={"csrf_token": _key(client, link)})
    assert client.post("/abmelden", data={"csrf_token": old}).status_code == 400


def test_one_time_link_counts_once(office: Any) -> None:
    link = _link(office, "klara")
    first, second = office.app.test_client(), office.app.test_client()
    assert first.post(link, data={"csrf_token": _key(first, link)}).status_code == 302
    assert second.post(link, data={"csrf_token": _key(second, link)}).status_code == 401
    assert second.get("/").status_code == 302


@pytest.mark.parametrize(
    "request_from", [{"environ_base": {"REMOTE_ADDR": "192.0.2.7"}}, {"headers": {"X-Forwarded-For": "127.0.0.1"}}]
)
def test_one_time_link_only_on_this_machine(office: Any, request_from: dict[str, Any]) -> None:
    assert office.app.test_client().get(_link(office, "klara"), **request_from).status_code == 404


def test_one_time_link_only_in_a_demonstration(office: Any) -> None:
    app = application.create_app(Settings(b"t" * 32, https=False, demonstration=False))
    assert app.test_client().get(_link(office, "klara")).status_code == 404


def test_secure_cookie_and_strict_transport_behind_tls(office: Any) -> None:
    client = application.create_app(Settings(b"t" * 32)).test_client()
    answer = client.get("/anmelden", base_url="https://lohn.example")
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-kreislohn=")
    assert all(flag in cookie for flag in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"))
    assert "max-age=31536000" in answer.headers["Strict-Transport-Security"]


@pytest.mark.parametrize("referer", ["https://lohn.example/anmelden", "https://lohn.example:8443/anmelden", None])
def test_form_works_behind_tls(office: Any, referer: str | None) -> None:
    """Auch wo unterwegs jemand den Referer streicht oder der Webserver auf einem anderen Port hört."""
    client = application.create_app(Settings(b"t" * 32)).test_client()
    page = {"base_url": "https://lohn.example"}
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/anmelden", **page).text)
    assert found is not None
    data = {"csrf_token": found[1], "anmeldename": "niemand", "kennwort": "falsch"}
    headers = {"Referer": referer} if referer else {}
    answer = client.post("/anmelden", data=data, headers=headers, **page)
    assert answer.status_code == 401
    assert client.post("/anmelden", data={**data, "csrf_token": ""}, headers=headers, **page).status_code == 400
    assert "Anmeldung nicht möglich" in answer.text


def test_wanted_page_after_sign_in_stays_inside(office: Any) -> None:
    client = office.app.test_client()
    wanted = office.address("kreis", "/personen")
    client.get(wanted)
    link = _link(office, "klara")
    assert client.post(link, data={"csrf_token": _key(client, link)}).location == wanted
    other = office.app.test_client()
    other.get("//example.org/x")
    link = _link(office, "klara")
    assert other.post(link, data={"csrf_token": _key(other, link)}).location == "/"


def test_language_switch_does_not_lead_outside(office: Any) -> None:
    client = office.app.test_client()
    data = {"csrf_token": _key(client, "/anmelden"), "sprache": "en", "zurueck": "//example.org"}
    assert client.post("/sprache", data=data).location == "/"


def _link(office: Any, name: str) -> str:
    from tenants.users.service import issue_one_time_link  # needs the database of the fixture

    return f"/anmelden/einmal/{issue_one_time_link(office.users[name])}"


def test_static_files_are_served_without_looking_up_who_asks(office: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    client = office.client("klara")
    asked: list[str] = []
    monkeypatch.setattr(identity, "load", lambda key, _today: asked.append(key))
    assert client.get("/static/kreislohn.css").status_code == 200
    assert asked == []
    client.get("/")
    assert len(asked) == 1
