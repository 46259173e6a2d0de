"""Grundausstattung: jede Zeile der Listen ist schlüssig, Neues kommt dazu, Doppeltes wird abgewiesen."""

from __future__ import annotations

import csv
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import select

from payroll.masterdata import catalogue
from payroll.masterdata.catalogue.seed import TELLS
from payroll.masterdata.clocks import as_of
from payroll.masterdata.models import KrankenkasseSatz, LohnartStand, pay
from payroll.masterdata.models.pay import STEUER, SV, ZIELE
from payroll.masterdata.sealing import contents
from payroll.masterdata.service import FactError, record_fact
from tenants.db.session import TenantSession

FOLDER = Path(catalogue.__file__).parent
MAY = date(2026, 5, 1)
EFFECT = {"text": "Prüfzulage", "ziel": "zulagen", "steuer": "pflichtig", "sv": "laufend"}
FLAGS = {"zv": True, "teilzeit": False, "tage": True}


def lines(name: str) -> list[dict[str, str]]:
    with (FOLDER / name).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream, delimiter=";"))


@pytest.mark.parametrize("row", lines("lohnarten.csv"), ids=lambda row: row["nummer"])
def test_effect_of_a_wage_type_is_consistent(row: dict[str, str]) -> None:
    assert row["ziel"] in ZIELE
    assert row["steuer"] in STEUER
    assert row["sv"] in SV
    for name in TELLS:
        assert row[name] in getattr(pay, name.upper()), name
    assert row["gueltig_bis"] == "" or row["gueltig_bis"] > row["gueltig_ab"]
    if row["personenkreis"] == "beamte":
        assert (row["sv"] in ("keine", "frei"), row["zv"]) == (True, "nein")
    assert row["recht"] or 4500 <= int(row["nummer"]) < 4600
    if row["ziel"] == "steuerfreie_bezuege":
        assert (row["steuer"], row["sv"], row["zv"]) == ("frei", "frei", "nein")
    if row["ziel"] == "einmalzahlung":
        assert row["steuer"] == "einmalig"
        assert row["sv"] in ("einmalig", "keine")
    if row["ziel"] in ("sonstige_abzuege", "vwl_sparbetrag"):
        assert (row["steuer"], row["sv"]) == ("keine", "keine")


def test_the_district_starts_with_a_whole_catalogue() -> None:
    rows = lines("lohnarten.csv")
    assert len({row["nummer"] for row in rows}) == len(rows) >= 150
    assert {row["personenkreis"] for row in rows} == {"tarif", "beamte", "auszubildende", "alle"}
    paid = [row for row in rows if row["ziel"] != "keines"]
    assert len(paid) >= 150, "Lohnarten, die einen erfassten Betrag abrechnen"


def test_every_rate_names_its_source_and_periods_do_not_overlap() -> None:
    ends: dict[str, str] = {}
    for row in lines("krankenkassen.csv"):
        if row["gueltig_ab"]:
            assert row["quelle"]
            assert row["status"] in ("recht", "unbestaetigt")
            assert row["gueltig_ab"] > ends.get(row["kuerzel"], "")
            ends[row["kuerzel"]] = row["gueltig_bis"] or "9999"
    assert len(ends) > 40


def test_seeded_rates_are_read_by_day(desk: TenantSession) -> None:
    fund = catalogue.ids(desk).krankenkassen["TK"]
    rates = [
        as_of(desk, KrankenkasseSatz, day, krankenkasse_id=fund)[0].zusatzbeitrag for day in (date(2025, 7, 1), MAY)
    ]
    assert rates == [Decimal("2.45"), Decimal("2.69")]


def test_new_wage_type_and_fund(desk: TenantSession) -> None:
    kind = catalogue.add_wage_type(desk, 1199, valid_from=MAY, reason="Dienstvereinbarung", **EFFECT, **FLAGS)
    (stand,) = as_of(desk, LohnartStand, MAY, lohnart_id=kind.id)
    assert (stand.text, stand.zv, stand.teilzeit) == ("Prüfzulage", True, False)
    assert {getattr(stand, name) for name in TELLS} == {"alle", "eingabe", "unklar", "niedrig"}
    fund = catalogue.add_fund(
        desk, "NEU", "Neue Kasse", nummer="15027365", valid_from=MAY, quelle="Kasse", reason="x", u2_satz=Decimal("0.5")
    )
    assert catalogue.ids(desk).krankenkassen["NEU"] == fund.id
    with pytest.raises(FactError, match="Lohnart 1199 gibt es schon"):
        catalogue.add_wage_type(desk, 1199, valid_from=MAY, reason="x", **EFFECT, **FLAGS)
    with pytest.raises(FactError, match="Krankenkasse NEU gibt es schon"):
        catalogue.add_fund(desk, "NEU", "Andere", nummer=None, valid_from=MAY, quelle="x", reason="x")


def test_what_a_wage_type_tells_is_dated_and_overridden_by_the_tenant(desk: TenantSession) -> None:
    kind = catalogue.ids(desk).lohnarten[1300]
    (stand,) = as_of(desk, LohnartStand, MAY, lohnart_id=kind)
    assert (stand.entstehung, stand.sonderzahlung, stand.pfaendbar, stand.statistik) == (
        "stunden", "nein", "halb", "ueberstunden")
    held = contents(desk, stand) | {"pfaendbar": "ganz"}
    record_fact(desk, LohnartStand, valid_from=date(2026, 6, 1), reason="Urteil", **held)
    assert [as_of(desk, LohnartStand, day, lohnart_id=kind)[0].pfaendbar for day in (MAY, date(2026, 7, 1))] == [
        "halb", "ganz"]


def test_a_wage_type_of_past_years_ends(desk: TenantSession) -> None:
    kind = catalogue.ids(desk).lohnarten[1611]
    assert len(as_of(desk, LohnartStand, date(2024, 12, 31), lohnart_id=kind)) == 1
    assert as_of(desk, LohnartStand, date(2025, 1, 1), lohnart_id=kind) == []


def test_wrong_numbers_and_effects_are_refused_with_a_reason(desk: TenantSession) -> None:
    with pytest.raises(FactError, match="Prüfziffer der Betriebsnummer"):
        catalogue.add_fund(desk, "F", "Falsch", nummer="15027366", valid_from=MAY, quelle="x", reason="x")
    with pytest.raises(FactError, match="Zusatzbeitrag muss zwischen 0 und 20 Prozent"):
        catalogue.add_fund(
            desk, "F", "Falsch", nummer=None, valid_from=MAY, quelle="x", reason="x", zusatzbeitrag=Decimal(21)
        )
    with pytest.raises(FactError, match="Regel „steuer“"):
        catalogue.add_wage_type(desk, 1198, valid_from=MAY, reason="x", **(EFFECT | {"steuer": "egal"}), **FLAGS)
    assert desk.scalars(select(LohnartStand).where(LohnartStand.text == "Prüfzulage")).all() == []
    assert 1198 not in catalogue.ids(desk).lohnarten
    assert "F" not in catalogue.ids(desk).krankenkassen
