"""Für welche Adresse die Bremse zählt: die am vertrauten Webserver, nie die, die jemand in einen Kopf schreibt."""

from __future__ import annotations

import re
from dataclasses import replace
from ipaddress import ip_address
from typing import Any

import pytest
from sqlalchemy import select

import app as application
from tenants.db.session import platform_session
from tenants.models.user import SigninAttempt
from tenants.users import throttle
from tenants.web.settings import Settings

SOCKET, TOLD, CLAIMED = "192.0.2.1", "192.0.2.9", "203.0.113.5"


@pytest.mark.parametrize(("proxies", "header", "counted"), [
    (0, f"{CLAIMED}", SOCKET), (0, f"{CLAIMED}, {TOLD}", SOCKET), (1, f"{TOLD}", TOLD),
    (1, f"{CLAIMED}, {TOLD}", TOLD), (1, f"{CLAIMED}, 127.0.0.1, {TOLD}", TOLD)])
def test_an_address_written_by_the_sender_does_not_count(
    office: Any, settings: Settings, proxies: int, header: str, counted: str
) -> None:
    app = application.create_app(replace(settings, proxies=proxies))
    client, name = app.test_client(), f"niemand-{proxies}-{len(header)}"
    client.environ_base |= {"REMOTE_ADDR": SOCKET, "HTTP_X_FORWARDED_FOR": header, "HTTP_X_REAL_IP": CLAIMED,
                            "HTTP_FORWARDED": f"for={CLAIMED}", "HTTP_CLIENT_IP": CLAIMED}
    key = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/anmelden").text)
    assert key is not None
    given = {"csrf_token": key[1], "anmeldename": name, "kennwort": "falsch und lang"}
    assert client.post("/anmelden", data=given).status_code == 401
    with platform_session(actor="test") as session:
        found = session.scalars(select(SigninAttempt.remote).where(
            SigninAttempt.login_hash == throttle.hash_of(name))).all()
    assert found == [ip_address(counted)]
