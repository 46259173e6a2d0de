"""Seite der Aufbewahrung: wer darf, sieht die Vorschau; wer nicht darf, nicht; eine Sperre mit Grund."""

from __future__ import annotations

import re
from typing import Any


def test_preview_and_hold(office: Any) -> None:
    address = office.address("kreis", "/datenschutz/aufbewahrung")
    mia = office.client("mia")
    page = mia.get(address)
    assert page.status_code == 200
    assert "§ 41 Abs. 1 Satz 9 EStG" in page.text
    token = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
    assert token is not None
    data = {"csrf_token": token[1], "personalnummer": "10001", "grund_sperre": "Klage 3 Ca 17/31"}
    assert mia.post(f"{address}/sperre", data={**data, "grund_sperre": ""}).status_code == 422
    assert mia.post(f"{address}/sperre", data=data).status_code == 302
    assert "Klage 3 Ca 17/31" in office.client("hugo").get(address).text
    assert office.client("klara").get(address).status_code == 403
    assert mia.get(office.address("fremd", "/datenschutz/aufbewahrung")).status_code == 404
