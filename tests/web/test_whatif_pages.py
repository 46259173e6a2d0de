"""Szenarien am Schreibtisch: anlegen, ansehen, vergleichen, löschen; fremde Mandanten bleiben fremd."""

import re
import uuid
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from playwright.sync_api import Page
from sqlalchemy import select

from payroll.runs.whatif.gemerkt import keep
from payroll.runs.whatif.massnahmen import Erhoehung, checked
from payroll.runs.whatif.models import SzenarioStand
from tenants.audit.models import AuditEntry
from tenants.db.session import tenant_session
from tests.web.arriving import sign_in

pytestmark = pytest.mark.browser
WIDTHS = ({"width": 1280, "height": 900}, {"width": 390, "height": 844})


def _send(client: Any, path: str, data: dict[str, Any]) -> Any:
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/szenarien").text)
    assert found is not None
    return client.post(path, data={"csrf_token": found[1], **data})


def _given(office: Any, **more: Any) -> dict[str, Any]:
    held = {"name": "Plus drei", "ab": "2026-12", "monate": "2", "mandant": str(office.tenants["kreis"].public_id)}
    return held | {"prozent": "3", "mindestens": "110", "tarifwerke": ["TVoeD-VKA"]} | more


def _plain(text: str) -> str:
    return re.sub(r"[\u202f\u00a0\u2009]", "", text)


def test_1_a_scenario_is_computed_kept_and_shown(office: Any) -> None:
    client = office.client("klara")
    place = _send(client, "/szenarien", _given(office)).headers["Location"]
    shown = _plain(client.get(place).text)
    assert "TVoeD-VKA steigt um 3 %, mindestens 110,00€" in shown
    with tenant_session(office.tenants["kreis"].id, actor="test") as session:
        (row,) = session.scalars(select(SzenarioStand)).all()
        assert [held["monat"] for held in row.ergebnis] == ["2026-12-01", "2027-01-01"]
        assert all(held["kosten_neu"] > held["kosten"] > 0 for held in row.ergebnis)
        actions = set(session.scalars(select(AuditEntry.action)))
        assert "szenario.gerechnet" in actions
    csv = client.get(f"{place}?format=csv").text
    assert "Plus drei" in csv
    assert "2027-01" in csv


def test_2_what_does_not_fit_is_said_and_nothing_is_kept(office: Any) -> None:
    client = office.client("klara")
    before = client.get("/szenarien").text.count("/szenarien/")
    for more, words in (({"prozent": "90"}, "50 Prozent"), ({"ab": "2026-13"}, "Jahr-Monat"),
                        ({"mandant": ""}, "Mandanten"),
                        ({"prozent": "", "mindestens": ""}, "Maßnahmen: es ist keine genannt"),
                        ({"austritt_personen": "99999999"}, "nicht beschäftigt"),
                        ({"mandant": str(office.tenants["fremd"].public_id)}, "keiner gewählt")):  # fmt: skip
        answer = _send(client, "/szenarien", _given(office, **more))
        assert answer.status_code == 422, more
        assert words in answer.text, more
    assert client.get("/szenarien").text.count("/szenarien/") == before


def test_3_others_learn_nothing(office: Any) -> None:
    number = uuid.uuid4()
    raise_ = Erhoehung(date(2026, 12, 1), ("TVoeD-VKA",), Decimal(2))
    with tenant_session(office.tenants["fremd"].id, actor="fremd") as session:
        keep(session, checked("Geheimes Vorhaben", date(2026, 12, 1), 1, (raise_,)), number)
    client = office.client("klara")
    assert "Geheimes Vorhaben" not in client.get("/szenarien").text
    assert "Geheimes Vorhaben" not in client.get(f"/szenarien/vergleich?s={number}").text
    assert client.get(f"/szenarien/{number}").status_code == 404
    assert _send(client, f"/szenarien/{number}/loeschen", {}).status_code == 404
    for who in ("rolf", "ada"):
        assert office.client(who).get("/szenarien").status_code == 403
    with tenant_session(office.tenants["fremd"].id, actor="fremd") as session:
        assert session.scalars(select(SzenarioStand.name)).all() == ["Geheimes Vorhaben"]


def test_4_scenarios_side_by_side_are_accessible(
    office: Any, page: Page, serve: Callable[..., str], accessible: Callable[..., None]
) -> None:
    client = office.client("klara")
    less = _given(office, name="Weniger", prozent="", mindestens="", austritt_gruppe="", austritt_personen="")
    less |= {"einstellung_anzahl": "2", "einstellung_gruppe": "TVoeD-VKA|E8", "einstellung_stufe": "3"}
    place = _send(client, "/szenarien", less).headers["Location"]
    both = _given(office, name="Beides", aufbauend=place.rpartition("/")[2])
    more = _send(client, "/szenarien", both).headers["Location"]
    numbers = "&".join(f"s={one.rpartition('/')[2]}" for one in (place, more))
    address = serve(office.app)
    sign_in(page, address, office.users['klara'])
    for size in WIDTHS:
        page.set_viewport_size(size)
        for path in ("/szenarien", more, f"/szenarien/vergleich?{numbers}", "/szenarien/vergleich"):
            page.goto(address + path)
            accessible(page)
    page.goto(f"{address}/szenarien/vergleich?{numbers}")
    assert page.locator("figure.kl-chart svg rect").count() == 4
    assert page.locator("thead th").all_inner_texts() == ["Monat", "Weniger", "Beides"]


def test_5_again_and_away(office: Any) -> None:
    client = office.client("klara")
    place = _send(client, "/szenarien", _given(office, name="Kurz")).headers["Location"]
    assert _send(client, f"{place}/rechnen", {}).status_code == 302
    assert _send(client, f"{place}/loeschen", {}).status_code == 302
    assert client.get(place).status_code == 404
    with tenant_session(office.tenants["kreis"].id, actor="test") as session:
        assert not session.scalars(select(SzenarioStand).where(SzenarioStand.name == "Kurz")).all()
        assert date(2026, 12, 1) in set(session.scalars(select(SzenarioStand.ab)))
