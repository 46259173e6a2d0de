"""Protokoll am Schreibtisch: ansehen, suchen, Kette prüfen, mitnehmen."""

import re
from typing import Any

from tenants.audit.export import verify


def test_log_is_for_those_with_the_right(office: Any) -> None:
    assert office.client("klara").get(office.address("kreis", "/protokoll")).status_code == 403
    page = office.client("rolf").get(office.address("kreis", "/protokoll")).text
    assert "tatsache.erfasst" in page


def test_search(office: Any) -> None:
    page = office.client("rolf").get(office.address("kreis", "/protokoll?suche=gibtesnicht")).text
    assert "Keine Einträge zu dieser Suche" in page


def test_chain_is_verified_and_can_be_verified_outside(office: Any) -> None:
    client, page = office.client("rolf"), office.address("kreis", "/protokoll")
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get(page).text)
    assert token is not None
    assert "Die Kette ist unversehrt" in client.post(f"{page}/pruefen", data={"csrf_token": token[1]}).text
    exported = client.get(f"{page}/kette.jsonl").data.decode().splitlines()
    verdict = verify(exported)
    assert verdict.breaks == ()
    assert verdict.entries == len(exported)
