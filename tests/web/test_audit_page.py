"""Protokoll am Schreibtisch: ansehen, suchen, Kette prüfen, mitnehmen."""

import re
from datetime import date
from typing import Any

from tenants.audit.export import verify
from tenants.db.session import platform_session
from tenants.users.mandates import give_mandate
from tenants.users.service import create_user


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


def test_values_are_shown_on_demand_to_those_with_the_right_to_the_records(office: Any) -> None:
    address = office.address("kreis", "/protokoll?suche=bankverbindung")
    sealed = office.client("rolf").get(address).text
    assert "Werte versiegelt." in sealed
    assert "siegel&#34;" not in sealed
    assert "schluessel" not in sealed
    shown = office.client("rolf").get(f"{address}&werte=1").text
    assert "nichts → DE" in shown
    log = office.client("rolf").get(office.address("kreis", "/protokoll")).text
    assert "protokoll.werte_gelesen" in log


def test_data_protection_sees_the_log_but_not_the_files(office: Any) -> None:
    with platform_session(actor="test") as session:
        dora = office.users["dora"] = create_user(session, "dora", "Dora", demonstration=True)
        give_mandate(session, office.tenants["kreis"].id, dora, "data_protection", date(2020, 1, 1))
    page = office.client("dora").get(office.address("kreis", "/protokoll?suche=bankverbindung&werte=1"))
    assert page.status_code == 200
    assert "Ihnen fehlt das Recht an diesen Daten" in page.text
    assert "→ DE" not in page.text
