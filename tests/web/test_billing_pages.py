"""Kosten des Verbunds am Schreibtisch: Preisblatt, Vorauszahlung, Freigabe, Dateien, Kostenjahr, Kennzahlen."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Page

from payroll.runs import service as runs
from payroll.runs.reading import findings
from payroll.verbund import kosten, schritte
from payroll.verbund.examples import PRICES
from payroll.verbund.models import Kostenjahr
from payroll.web.desk.billing_reading import fields_of
from tenants.db.session import tenant_session
from tests.web.arriving import sign_in

OCTOBER = date(2026, 10, 1)


@pytest.fixture(scope="module")
def closed(office: Any) -> Any:
    """Das kleine Amt mit abgeschlossenem Oktober."""
    tenant = office.tenants["kreis"].id
    with tenant_session(tenant, actor="klara") as session:
        shown = str(runs.calculate(session, OCTOBER, key="kosten").ergebnis_hash)
        for finding, *_ in findings(session, OCTOBER):
            if finding.stufe == "fehler":
                runs.acknowledge(session, finding.public_id, begruendung="unvollständig")
        runs.check(session, OCTOBER, ergebnis_hash=shown)
    for actor, step in (("hugo", runs.release), ("mia", runs.release_municipality), ("klara", runs.close)):
        with tenant_session(tenant, actor=actor) as session:
            step(session, OCTOBER, ergebnis_hash=shown)
    return office


def post(client: Any, page: str, path: str, **data: Any) -> Any:
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get(page).text)
    assert token is not None, page
    return client.post(path, data={"csrf_token": token[1], **data})


def digest(client: Any, page: str) -> tuple[str, str]:
    """Adresse und Prüfsumme des ersten Formulars einer Freigabe."""
    found = re.search(r'action="([^"]+/freigeben)"><input type="hidden" name="csrf_token" value="[^"]+"><input '
                      r'type="hidden" name="pruefsumme" value="([0-9a-f]{64})"', client.get(page).text)
    assert found is not None, page
    return found[1], found[2]


@pytest.fixture(scope="module")
def paid(closed: Any) -> str:
    """Adresse eines bezahlten Bescheids: Preisblatt, Vorauszahlung, Leistung und Abrechnung, alles über die Seiten."""
    home, klara, hugo = closed.address("kreis", "/kosten"), closed.client("klara"), closed.client("hugo")
    prices, fields = f"{home}/preise", fields_of(PRICES)
    wrong = post(klara, prices, prices, **{**fields, "staffel": "x"}, gilt_ab="01.01.2026", grund="Vereinbarung")
    assert (wrong.status_code, "ab Fall: Preis" in wrong.text) == (422, True)
    for data, fields_wrong in (
            ({"gilt_ab": "02.01.2026", "grund": "", "ag_plz": "", "satz": "19"},
             ["gilt_ab", "grund", "satz", "ag_plz"]),
            ({"gilt_ab": "bald"}, ["gilt_ab"]), ({"staffel": "eins", "leitweg": "7"}, ["staffel", "leitweg"])):
        page = post(klara, prices, prices, **{**fields, "gilt_ab": "01.01.2026", "grund": "Vereinbarung", **data})
        assert page.status_code == 422
        assert re.findall(r'<li><a href="#(\w+)">', page.text) == fields_wrong
        assert re.findall(r'id="(\w+)-error"', page.text) == fields_wrong, "each at its own field"
    given = {**fields, "gilt_ab": "01.01.2026", "grund": "Vereinbarung", "abrechnung": "preise", "turnus": "monat"}
    assert post(klara, prices, prices, **given).status_code == 302
    assert "freigeben" not in klara.get(prices).text.split("<form")[1]
    address, shown = digest(hugo, prices)
    assert post(klara, prices, address, pruefsumme=shown).status_code == 403
    assert post(hugo, prices, address, pruefsumme=shown).status_code == 302
    assert post(klara, home, f"{home}/vorauszahlung", ab="Oktober").status_code == 422
    made = post(klara, home, f"{home}/vorauszahlung", ab="2026-10")
    assert made.status_code == 302
    assert post(klara, home, f"{home}/leistung", tag="07.10.2026", text="Schulung", stunden="1,5").status_code == 302
    assert post(klara, home, f"{home}/abrechnung", von="2026-10", bis="2026-10").status_code == 422
    address, shown = digest(hugo, made.location)
    assert post(hugo, home, address, pruefsumme=shown).status_code == 302
    final = post(klara, home, f"{home}/abrechnung", von="2026-10", bis="2026-10")
    assert klara.get(f"{final.location}/xrechnung.xml").status_code == 422
    address, shown = digest(hugo, final.location)
    assert post(hugo, home, address, pruefsumme=shown).status_code == 302
    assert b"KV-" in klara.get(f"{final.location}/xrechnung.xml").data
    assert closed.client("mia").get(f"{final.location}/bescheid.pdf").data.startswith(b"%PDF")
    money = {"bezahlt_am": "01.12.2026", "vermerk": "Auszug 7"}
    assert post(klara, final.location, f"{final.location}/bezahlt", **money).status_code == 302
    return str(final.location)


@pytest.fixture(scope="module")
def year(closed: Any) -> list[str]:
    """Zeilen der Kennzahlen, nachdem das Kostenjahr erfasst und freigegeben ist."""
    home, klara, hugo = closed.address("kreis", "/kosten/jahre"), closed.client("klara"), closed.client("hugo")
    assert post(klara, home, home, jahr="1999").status_code == 422
    assert post(klara, home, home, jahr="2026", personal="1.000,01").status_code == 302
    address, shown = digest(hugo, home)
    assert post(hugo, home, address, pruefsumme=shown).status_code == 302
    return list(klara.get("/verbund?jahr=2026&format=csv").data.decode("utf-8-sig").splitlines())


def test_from_prices_to_a_paid_notice(closed: Any, paid: str) -> None:
    klara = closed.client("klara")
    assert "Auszug 7" in klara.get(paid).text
    assert "10001" in klara.get(closed.address("kreis", "/kosten/faelle/2026-10")).data.decode("utf-8-sig")


def test_a_released_notice_is_cancelled_by_two_people(closed: Any, paid: str) -> None:
    klara, hugo, mia = (closed.client(name) for name in ("klara", "hugo", "mia"))
    empty = post(klara, paid, f"{paid}/stornieren", grund_storno=" ")
    assert (empty.status_code, re.findall(r'id="(\w+)-error"', empty.text)) == (422, ["grund_storno"])
    assert "stornieren" not in mia.get(paid).text
    assert post(mia, paid, f"{paid}/stornieren", grund_storno="Wunsch").status_code == 403
    made = post(klara, paid, f"{paid}/stornieren", grund_storno="falscher Preis")
    assert made.status_code == 302
    again = post(klara, paid, f"{paid}/stornieren", grund_storno="falscher Preis")
    assert again.status_code in (302, 422), "one click too many makes no second one"
    assert "wartet auf Freigabe" in klara.get(paid).text
    address, shown = digest(hugo, made.location)
    assert post(klara, made.location, address, pruefsumme=shown).status_code == 403
    assert post(hugo, made.location, address, pruefsumme=shown).status_code == 302
    undone, undo = klara.get(paid).text, klara.get(made.location).text
    assert "storniert" in undone
    assert made.location in undone
    assert paid in undo
    assert "stornieren" not in undo + undone, "neither is cancelled again"
    assert "Ausgleich eintragen" in undo, "what was paid is given back"
    assert ("<dt>Guthaben</dt>" in undo, "<dt>Guthaben</dt>" in undone) == (True, False)
    assert b">384<" in mia.get(f"{made.location}/xrechnung.xml").data
    listed = klara.get(closed.address("kreis", "/kosten")).text
    assert f"{made.location}\">KV-" in listed
    assert "Storno" in listed


def test_costs_of_a_year_and_figures(year: list[str]) -> None:
    assert year[0].startswith("Nummer;Arbeitgeber;Monate;Fälle")
    assert year[-1].startswith(";Verbund;1;")


def test_two_providers_of_one_year_are_named_and_none_is_chosen(closed: Any, paid: str, year: list[str]) -> None:
    assert paid
    assert year
    home, klara = closed.address("kreis", "/kosten"), closed.client("klara")
    with tenant_session(closed.tenants["kreis"].id, actor="klara") as session:
        assert kosten.share_of(session, 2026, "0100").stelle == "0100"
    with tenant_session(closed.tenants["stadt"].id, actor="klara") as session:
        row = kosten.record(session, 2026, {"personal": 5_000}, {"0100": 3})
        number, shown = row.public_id, schritte.shown(row).hex()
    with tenant_session(closed.tenants["stadt"].id, actor="hugo") as session:
        schritte.release(session, Kostenjahr, number, sha256=shown)
    by_prices = post(klara, home, f"{home}/abrechnung", von="2026-01", bis="2026-12")
    assert (by_prices.status_code, "führen je ein" in by_prices.text) == (422, False)
    prices = f"{home}/preise"
    costs = {**fields_of(PRICES), "abrechnung": "istkosten", "gilt_ab": "01.12.2026", "grund": "Istkosten"}
    assert post(klara, prices, prices, **costs).status_code == 302
    address, digested = digest(closed.client("hugo"), prices)
    assert post(closed.client("hugo"), prices, address, pruefsumme=digested).status_code == 302
    answer = post(klara, home, f"{home}/abrechnung", von="2026-01", bis="2026-12")
    assert answer.status_code == 422
    assert "0100 Kreis Beispiel und 0110 Stadt Musterhausen führen je ein freigegebenes" in answer.text


def test_the_border_and_the_rights(closed: Any) -> None:
    mia, home = closed.client("mia"), closed.address("kreis", "/kosten")
    assert mia.get(home).status_code == 200
    assert post(mia, home, f"{home}/vorauszahlung", ab="2026-11").status_code == 403
    assert mia.get(closed.address("fremd", "/kosten")).status_code == 404
    assert mia.get(f"{home}/bescheide/6f3b2c1e-0000-4000-8000-000000000001").status_code == 404


@pytest.mark.browser
def test_pages_are_accessible(
    closed: Any, paid: str, page: Page, serve: Callable[[Flask], str], accessible: Callable[[Page], None]
) -> None:
    base, home = serve(closed.app), closed.address("kreis", "/kosten")
    sign_in(page, base, closed.users['klara'])
    notices = set(re.findall(r'href="([^"]+/kosten/bescheide/[0-9a-f-]{36})"', closed.client("klara").get(home).text))
    assert paid in notices
    for path in (home, f"{home}/preise", f"{home}/jahre", *sorted(notices), "/verbund"):
        answer = page.goto(base + path)
        assert answer is not None
        assert answer.status == 200, path
        accessible(page)
