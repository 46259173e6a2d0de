"""Personalkosten im Voraus am Schreibtisch: rechnen, vergleichen, gegen das Ist stellen, übergeben; barrierefrei."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from fractions import Fraction
from typing import Any

import pytest
from playwright.sync_api import Page
from sqlalchemy import select

from payroll.budget.models import Hochrechnung
from staffplan import organisation, posts
from staffplan.state import Stelle
from tenants.audit.models import AuditEntry
from tenants.db.session import tenant_session
from tests.web.arriving import sign_in

pytestmark = pytest.mark.browser
START = date(2026, 1, 1)


@pytest.fixture(scope="module")
def costed(office: Any) -> Any:
    """Der Kreis hat eine freie Stelle."""
    with tenant_session(office.tenants["kreis"].id, actor="test") as session:
        organisation.unit(session, "77", name="Versuchsamt", ab=START, reason="Aufbau")
        organisation.account(session, "produkt", "07.07", name="Versuch", ab=START, reason="Aufbau",
                             produktbereich="07")
        posts.create(session, Stelle("7001", "Sachbearbeitung", "stelle", "E8", Fraction(1), "77", beschluss="Bestand",
                                     ab=START, verteilung=(("07.07", Fraction(1)),)), reason="Bestand")
    return office


def _room(office: Any, tenant: str = "kreis") -> str:
    return f"/mandanten/{office.tenants[tenant].public_id}/stellenplan/kosten"


def _send(client: Any, place: str, data: dict[str, Any], *, form: str) -> Any:
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get(form).text)
    assert found is not None
    return client.post(place, data={"csrf_token": found[1], **data})


def _made(office: Any, name: str, **more: Any) -> str:
    held = {"name": name, "ab": "2026-12", "monate": "2", "ruhestand": "ja", "sonderzahlung": "ja", "warten": "0"}
    place = str(_send(office.client("klara"), _room(office), held | more, form=_room(office)).headers["Location"])
    assert place.startswith(_room(office)), place
    return place


def _plain(text: str) -> str:
    return re.sub(r"[\u202f\u00a0\u2009]", "", text)


def test_1_a_projection_is_kept_compared_and_handed_over(costed: Any) -> None:
    client = costed.client("klara")
    rules = {"ab": "01.01.2026", "grund": "Satz 2026", "name_0": "Beihilfe", "konto_0": "504", "kreis_0": "alle",
             "betrag_0": "50"}
    assert _send(client, f"{_room(costed)}/zuschlaege", rules, form=f"{_room(costed)}/zuschlaege").status_code == 302
    without = _made(costed, "Ohne Besetzung")
    filled = _made(costed, "Mit Besetzung", besetzen_ab="01.12.2026", ausnahmen="7001; 01.01.2027; 4")
    shown = client.get(filled).text
    assert "Stelle 7001: besetzt ab 1. Januar 2027" in shown or "Stelle 7001: besetzt ab 01.01.2027" in shown
    assert "504" in shown
    numbers = [place.rpartition("/")[2] for place in (without, filled)]
    side = client.get(f"{_room(costed)}/vergleich?h={numbers[0]}&h={numbers[1]}").text
    assert side.index("Ohne Besetzung") < side.index("Mit Besetzung")
    csv = client.get(f"{filled}/stellen?format=csv").text
    assert re.search(r"7001;0,00;[1-9][0-9]*,[0-9]{2};", csv)
    assert "Obligo" in client.get(f"{without}/ist?lage={numbers[1]}").text
    assert _send(client, f"{filled}/uebergeben", {}, form=filled).status_code == 302
    for way in ("loeschen", "rechnen"):
        _send(client, f"{filled}/{way}", {}, form=without)
    with tenant_session(costed.tenants["kreis"].id, actor="test") as session:
        row = session.scalars(select(Hochrechnung).where(Hochrechnung.name == "Mit Besetzung")).one()
        assert row.uebergeben_von == "klara"
        assert {line[4] for line in row.zeilen} == {"gebunden", "erwartet"}
        assert {line[0] for line in row.zeilen if line[4] == "erwartet"} == {"2027-01-01"}
        actions = set(session.scalars(select(AuditEntry.action)))
    assert {"hochrechnung.gerechnet", "hochrechnung.uebergeben", "hochrechnung.stellen_geoeffnet"} <= actions
    for art in ("csv", "xlsx"):
        assert client.get(f"{_room(costed)}/ansaetze/{numbers[1]}.{art}").status_code == 200
        assert client.get(f"{_room(costed)}/ansaetze/{numbers[0]}.{art}").status_code == 404
    figures = client.get(f"{_room(costed)}/ansaetze/{numbers[1]}.csv").text
    assert figures.splitlines()[0].endswith("Kostenstelle;Produkt;Konto;Bezeichnung;2026-12;2027-01;Summe")
    assert ";07.07;5012;Vergütung tariflich Beschäftigte;0,00;" in figures
    assert _send(client, f"{without}/loeschen", {}, form=without).status_code == 302
    assert client.get(without).status_code == 404


@pytest.mark.parametrize(("more", "words"), [
    ({"ab": "2026-13"}, "Jahr-Monat"), ({"monate": "40"}, "1 bis 36"), ({"name": ""}, "Name"),
    ({"warten": "99"}, "Wartezeit"), ({"stopp_bis": "01.01.2027"}, "Einstellungsstopp"),
    ({"ausnahmen": "7001"}, "Stelle; Tag oder nie"), ({"besetzen_ab": "bald"}, "Tag.Monat.Jahr"),
    ({"austritt_personen": "99999999"}, "nicht beschäftigt"),
], ids=["month", "months", "name", "wait", "stop", "post", "day", "nobody"])
def test_2_what_does_not_fit_is_said(costed: Any, more: dict[str, str], words: str) -> None:
    client = costed.client("klara")
    held = {"name": "Falsch", "ab": "2026-12", "monate": "1"} | more
    answer = _send(client, _room(costed), held, form=_room(costed))
    assert answer.status_code == 422
    assert words in answer.text


def test_3_others_learn_nothing(costed: Any) -> None:
    for who in ("rolf", "ada"):
        assert costed.client(who).get(_room(costed)).status_code == 403
    foreign = costed.client("klara").get(_room(costed, "fremd"))
    assert foreign.status_code in (403, 404)


def test_4_the_pages_are_accessible(
    costed: Any, page: Page, serve: Callable[..., str], accessible: Callable[..., None],
    printable: Callable[..., None],
) -> None:
    place = _made(costed, "Bild", besetzen_ab="01.12.2026")
    other = _made(costed, "Anderes Bild")
    numbers = "&".join(f"h={one.rpartition('/')[2]}" for one in (place, other))
    address = serve(costed.app)
    sign_in(page, address, costed.users['klara'])
    room = _room(costed)
    for path in (room, place, f"{place}/stellen", f"{place}/ist", f"{room}/vergleich?{numbers}",
                 f"{room}/zuschlaege", f"{room}/ansaetze"):
        page.goto(address + path)
        accessible(page)
        printable(page)
    page.goto(address + room)
    page.get_by_label("Name", exact=True).fill("Im Browser gerechnet")
    page.get_by_label("Erster Monat").fill("2026-12")
    page.get_by_label("Zahl der Monate").fill("1")
    page.get_by_role("button", name="Rechnen und merken").click()
    page.get_by_role("heading", level=1, name="Im Browser gerechnet").wait_for()
    page.goto(f"{address}{room}/vergleich?{numbers}")
    assert page.locator("figure.kl-chart svg rect").count() == 4
