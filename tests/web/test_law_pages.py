"""Rechenregeln und Nachweise: jeder Wert hat eine Seite, jede Verbindung führt weiter."""

import re
from datetime import date
from typing import Any

import pytest

from payroll.law.conformance import bundled
from payroll.web.desk import law_reading

MONTH = date(2026, 11, 1)


def test_search_finds_by_title_law_and_name(office: Any) -> None:
    client = office.client("klara")
    for wanted in ("Nettoentgelt", "netto"):
        assert 'href="/rechenregeln/netto"' in client.get(f"/rechenregeln?suche={wanted}").text
    narrowed = client.get("/rechenregeln?gebiet=lohnsteuer&art=Wert+des+Rechts").text
    assert 'data-label="Gebiet">Lohnsteuer<' in narrowed
    assert 'data-label="Gebiet">Entgelt<' not in narrowed
    assert "Dazu gibt es keinen Wert" in client.get("/rechenregeln?suche=gibtesnicht").text


def test_what_is_still_open_can_be_listed(office: Any) -> None:
    """The monthly cap of § 56 IfSG has one source; § 39b EStG was read and is checked (fundstellen.csv)."""
    client = office.client("klara")
    assert "ifsg_hoechstbetrag_monat" in client.get("/rechenregeln?offen=wert&suche=ifsg").text
    assert "ifsg_auszahlung_tage" not in client.get("/rechenregeln?offen=wert&suche=ifsg").text  # stands in the law
    unchecked = client.get("/rechenregeln?offen=fundstelle&suche=ifsg").text
    assert "ifsg_verdienstausfall" in unchecked
    assert "§ 39b Abs. 2 EStG</td>" in client.get("/rechenregeln?suche=39b").text
    assert "§ 39b Abs. 2 EStG</td>" not in client.get("/rechenregeln?offen=fundstelle&suche=39b").text


def test_a_value_names_the_wage_types_that_enter_it(office: Any) -> None:
    page = office.client("klara").get("/rechenregeln/zulagen").text
    assert "Mitgelieferte Lohnarten" in page
    assert "1803 Einbringung Wertguthaben" in page
    assert "1803" not in office.client("klara").get("/rechenregeln/netto").text


def test_formula_is_told_with_titles(office: Any) -> None:
    page = office.client("klara").get("/rechenregeln/netto").text
    assert "‹Lohnsteuer, Solidaritätszuschlag und Kirchensteuer›" in page
    assert "§ 108 GewO" in page
    assert 'href="/rechenregeln/auszahlung"' in page


def test_parameter_has_its_history_with_source_and_status(office: Any) -> None:
    name = max(law_reading.entries(MONTH).values(), key=lambda entry: len(entry.values)).name
    page = office.client("klara").get(f"/rechenregeln/{name}").text
    entry = law_reading.entries(MONTH)[name]
    assert page.count('data-label="Quelle"') == len(entry.values) > 2
    assert all(f"{value.since:%d.%m.%Y}" in page for value in entry.values)


def test_every_value_of_the_month_can_be_shown() -> None:
    known = law_reading.entries(MONTH)
    for name, entry in known.items():
        page = law_reading.page(MONTH, name)
        assert page is not None
        assert bool(page.formula) == (entry.art == "Regel"), name
        assert entry.area in law_reading.AREAS, name
        assert {value.status for value in entry.values} <= set(law_reading.STATUS_WORDS), name


def test_unknown_value_is_404_and_the_portal_stays_outside(office: Any) -> None:
    assert office.client("klara").get("/rechenregeln/gibtesnicht").status_code == 404
    assert office.client("ada").get("/rechenregeln").status_code == 403


def test_proofs_show_every_bundled_file_with_its_source(office: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    shortest = min(bundled.sources(), key=lambda source: (bundled.FOLDER / source.name).stat().st_size)
    checked = [bundled.check(shortest, shortest.monate[0])]
    monkeypatch.setattr(bundled, "results", lambda: checked)
    page = office.client("rolf").get("/rechenregeln/nachweise").text
    figures = re.findall(r'<dd>([0-9.]+)</dd>', page)  # fmt: skip
    assert figures[:2] == [str(checked[0].passed), "0"]
    assert checked[0].sha256 in page
    assert shortest.name in page


def test_a_rule_that_changed_shows_each_of_its_versions(office: Any) -> None:
    """Factor F is a published figure until 2026 and a formula from 2027 on; every version leads to its own page."""
    page = office.client("klara").get("/rechenregeln/sv_faktor").text
    assert "Fassungen im Zeitverlauf" in page
    assert page.index("01.01.2027") < page.index("31.12.2026", page.index("Fassungen im Zeitverlauf"))
    link = re.search(r'href="(/rechenregeln/sv_faktor\?monat=2027-01)"', page)
    assert link is not None
    later = office.client("klara").get(link[1]).text
    assert "Recht im Januar 2027" in later
    assert "Beitragssatz" in later
    assert "Fassungen im Zeitverlauf" not in office.client("klara").get("/rechenregeln/netto").text
