"""Zusatzversorgung im Lauf und im Jahr: kapitalgedeckter Abrechnungsverband, Grenzen, Abschnitte, Punkte, Ausgabe.

Erwartungen von Hand nach pay_scales/zvk.md: RZVK Abrechnungsverband II 5,5 %, § 3 Nr. 63 EStG im Jahr 2026 8.112,00
steuerfrei und 4.056,00 beitragsfrei, RZVK I Umlage 4,25 % und Sanierungsgeld 3,5 %, Punkte § 8 ATV-K.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import select

from payroll.law.rules.entgelt.bemessung import OhneEntgelt
from payroll.law.rules.zusatzversorgung.jahresmeldung import Buchung
from payroll.masterdata.catalogue import ids, seed
from payroll.masterdata.intake import Tatsache, store
from payroll.masterdata.models import Fehlzeit, Sparvertrag, Zusatzversorgung, ZvKasseSatz
from payroll.masterdata.service import record_fact
from payroll.runs.calculate import calculate
from payroll.runs.models import Lauf
from payroll.runs.zusatzversorgung import export, jahr, jahresmeldung, lesen
from payroll.runs.zusatzversorgung.lesen import WERTE, Kasse, Mensch
from tenants import service
from tenants.db.engine import Dsns
from tenants.db.session import TenantSession, platform_session, tenant_session

JANUARY, FEBRUARY, MARCH = (date(2026, month, 1) for month in (1, 2, 3))
FIXED = 1008  # a fixed monthly pay that counts for everything
NOW = datetime(2026, 11, 2, tzinfo=UTC)
STEPS = ("geprueft", "freigegeben", "gemeinde", "abgeschlossen")


def _closed(session: TenantSession, month: date) -> None:
    lauf = session.scalars(select(Lauf).where(Lauf.monat == month)).one()
    for step, who in zip(STEPS, ("karla", "bea", "cem", "karla"), strict=True):
        setattr(lauf, f"{step}_von", who)
        setattr(lauf, f"{step}_am", NOW)
    lauf.zustand = "abgeschlossen"
    session.flush()


def _people(tarif: SimpleNamespace, numbers: Any) -> list[Any]:
    second = Tatsache(Zusatzversorgung, JANUARY, {"zv_kasse_id": numbers.zv_kassen["rzvk_av2"],
                                                  "mitgliedsnummer": "=2+2"})
    bare = Tatsache(Zusatzversorgung, JANUARY, {"zv_kasse_id": numbers.zv_kassen["kvw_av2"]})
    saved = Tatsache(Sparvertrag, JANUARY, {
        "art": "entgeltumwandlung", "laufnummer": 1, "betrag_cent": 400_000, "empfaenger": "Pension", "iban_ende":
        "2051", "vertragsnummer": "V-1", "iban": "DE02120300000000202051"})
    leave = Tatsache(Fehlzeit, FEBRUARY, {"art": "elternzeit", "kind_geboren_am": date(2025, 5, 1)}, date(2026, 12, 31))
    people = []
    for name, more, cents, own in (
            ("eins", [], 400_000, None), ("zwei", [second], 400_000, None), ("hoch", [second], 1_000_000, None),
            ("spart", [second, saved], 1_000_000, None), ("eltern", [leave], 400_000, None),
            ("ohnesatz", [bare], 400_000, None)):
        one = tarif.person(numbers, name, payments=[(FIXED, cents)], more=more, start=JANUARY, own=own)
        job = one.beschaeftigungen[0].tatsachen
        job[:] = [fact for fact in job if fact.model.__tablename__ != "bezuegezuordnung" and not (
            fact.model is Zusatzversorgung and more and more[0].model is Zusatzversorgung
            and fact.values["zv_kasse_id"] == numbers.zv_kassen["rzvk"])]
        people.append(one)
    return people


@pytest.fixture(scope="module")
def employer(fresh_database: Callable[[], AbstractContextManager[Dsns]], tarif: SimpleNamespace) -> Iterator[int]:
    """Ein Arbeitgeber mit abgeschlossenem Januar und Februar 2026."""
    with fresh_database():
        with platform_session(actor="test") as session:
            tenant = service.create_tenant(session, "001", "Kreis", "kreis").id
        with tenant_session(tenant, actor="karla") as session:
            seed(session, reason="Test")
            store(session, _people(tarif, ids(session)), reason="Test")
        for month in (JANUARY, FEBRUARY):
            with tenant_session(tenant, actor="karla") as session:
                calculate(session, month, key=f"{month}")
                _closed(session, month)
        yield tenant


def test_the_contribution_of_section_two_is_split_at_the_yearly_limits(employer: int, tarif: SimpleNamespace) -> None:
    with tenant_session(employer, actor="karla") as session:
        plain = tarif.result(session, "zwei", JANUARY)
        assert (plain.zv_entgelt, plain.zv_umlage, plain.zv_sanierungsgeld) == (400_000, 0, 0)
        assert (plain.zv2_beitrag, plain.zv2_steuerfrei, plain.zv2_sv_frei) == (22_000, 22_000, 22_000)
        levy = tarif.result(session, "eins", JANUARY)
        assert (levy.zv_umlage, levy.zv_sanierungsgeld, levy.zv2_beitrag) == (17_000, 14_000, 0)
        # nothing of the capital-funded contribution is wage: no add-on to social insurance, none to tax
        assert (plain.steuerbrutto, plain.sv_brutto_rv) == (400_000, 400_000)
        assert levy.sv_brutto_rv == 400_000 + 4_552 + 7_000  # 45.52 and what exceeds 100.00
        assert plain.ag_kosten == plain.gesamtbrutto + sum(
            getattr(plain, name) for name in ("kv_ag", "zb_ag", "pv_ag", "rv_ag", "av_ag", "u2")) + 22_000


def test_deferred_pay_shares_the_limits_and_comes_second(employer: int, tarif: SimpleNamespace) -> None:
    with tenant_session(employer, actor="karla") as session:
        january, february = (tarif.result(session, "spart", month) for month in (JANUARY, FEBRUARY))
        assert (january.zv2_beitrag, january.zv2_steuerfrei, january.zv2_sv_frei) == (55_000, 55_000, 55_000)
        paid = january.entgeltumwandlung + january.umwandlung_zuschuss
        assert january.umwandlung_steuerfrei == min(paid, 811_200 - 55_000)
        assert january.umwandlung_sv_frei == 405_600 - 55_000
        left = 811_200 - january.zv2_steuerfrei - january.umwandlung_steuerfrei
        assert february.zv2_steuerfrei == min(55_000, left)
        assert february.umwandlung_steuerfrei == max(left - 55_000, 0)
        assert (february.zv2_sv_frei, february.umwandlung_sv_frei) == (0, 0)
        # what is not free of contributions is contributory pay of the month, up to the ceiling
        assert february.sv_brutto_rv == 845_000


def test_a_fund_without_its_rate_is_a_finding(employer: int, tarif: SimpleNamespace) -> None:
    with tenant_session(employer, actor="karla") as session:
        found = tarif.findings(session, "ohnesatz", JANUARY)
        assert any(field == "zv_umlage_satz" and stufe == "fehler" for stufe, field, _ in found)


def test_the_year_has_sections_points_and_what_is_missing(employer: int) -> None:
    with tenant_session(employer, actor="karla") as session:
        rows = {one.personalnummer: one for one in jahresmeldung(session, 2026)}
    one, two, leave = rows["eins"], rows["zwei"], rows["eltern"]
    assert [(part.von, part.bis, part.buchungen) for part in one.abschnitte] == [
        (JANUARY, date(2026, 2, 28), (Buchung("011010", 800_000, 34_000),))]
    assert [part.buchungen for part in two.abschnitte] == [(Buchung("011501", 800_000, 44_000),)]
    assert [(part.von, part.buchungen) for part in leave.abschnitte] == [
        (JANUARY, (Buchung("011010", 400_000, 17_000),)), (FEBRUARY, (Buchung("012800", 0, 0),))]
    # born 1985, 41 years: factor 1.5; 8,000.00 / 12 = 666.67 / 1,000 × 1.5 = 1.00; 4.00 a month
    assert (one.punkte, one.anwartschaft) == (100, 400)
    # 4,000.00 and one month of parental leave with 500.00: 375.00 / 1,000 × 1.5 = 0.5625
    assert (leave.punkte, leave.elternzeit_monate) == (56, 1)
    assert one.hinweise[0].startswith("ohne abgeschlossene Abrechnung: 03/2026, 04/2026")
    assert any("abgleichen" in hint for hint in leave.hinweise)


def test_a_fund_left_in_mid_month_keeps_the_month_and_pay_after_the_end_is_named() -> None:
    """Gemeldet wird, was gezahlt ist (§ 15 Abs. 2 ATV-K): zwei Monate zu 170,00; der dritte ist zu klären."""
    paid = dict.fromkeys(WERTE, 0) | {"zv_entgelt": 400_000, "zv_umlage": 17_000}
    person = Mensch(1, uuid.UUID(int=1), "1", "X, Y", date(1985, 6, 15), date(2020, 1, 1), None)
    fund = Kasse("rzvk", "RZVK", date(2020, 1, 1), date(2026, 2, 15), "M")
    (one,) = jahr._one(2026, person, [fund], {month: dict(paid) for month in (1, 2, 3)}, {1, 2, 3}, (), "")
    assert (one.werte["zv_entgelt"], one.werte["zv_umlage"]) == (800_000, 34_000)
    assert [(part.von, part.bis) for part in jahr.versicherungsabschnitte(2026, one.monate)] == [
        (JANUARY, date(2026, 2, 15))]
    assert one.hinweise == ["außerhalb der Pflichtversicherung gezahlt: 03/2026; in keinem Abschnitt, mit der Kasse "
                            "klären"]


def test_a_month_without_pay_for_two_reasons_is_no_month_with_pay_of_nothing() -> None:
    """Mutterschutz bis 20. April, dann Elternzeit: jeder Tag unter seinem Merkmal; ein Tag mit Anspruch ändert es."""
    nothing = dict.fromkeys(WERTE, 0)
    paid = {month: dict(nothing) for month in (2, 3, 4, 5)} | {1: nothing | {"zv_entgelt": 300_000, "zv_umlage": 1}}
    person = Mensch(1, uuid.UUID(int=1), "1", "X, Y", date(1985, 6, 15), date(2020, 1, 1), None)
    fund = Kasse("rzvk", "RZVK", date(2020, 1, 1), None, "M")

    def told(begin: date) -> tuple[list[Any], int]:
        absent = (OhneEntgelt(begin, date(2027, 1, 31), "elternzeit_geburtsjahr"),
                  OhneEntgelt(date(2026, 2, 1), date(2026, 4, 20), "mutterschutz"))
        (one,) = jahr._one(2026, person, [fund], paid, {1, 2, 3, 4, 5}, absent, "")
        return [(part.von, part.bis, part.buchungen[0].schluessel)
                for part in jahr.versicherungsabschnitte(2026, one.monate)], one.elternzeit

    before = [(JANUARY, date(2026, 1, 31), "011010")]
    assert told(date(2026, 4, 21)) == ([
        *before, (FEBRUARY, date(2026, 4, 20), "014000"), (date(2026, 4, 21), date(2026, 5, 31), "012800")], 1)
    assert told(date(2026, 4, 22)) == ([
        *before, (FEBRUARY, date(2026, 3, 31), "014000"), (date(2026, 4, 1), date(2026, 4, 30), "011010"),
        (date(2026, 5, 1), date(2026, 5, 31), "012800")], 1)


def test_paid_after_every_insurance_has_ended_one_stands_with_the_last_fund(
        employer: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Voriges Jahr ausgeschieden, dieses Jahr nachgezahlt: kein Abschnitt, aber ein Hinweis und kein Punkt."""
    with tenant_session(employer, actor="karla") as session:
        before = {one.personalnummer: one for one in jahresmeldung(session, 2026)}
        people = [one for one in lesen.people(session, 2026) if one.personalnummer != "eins"]
        monkeypatch.setattr(lesen, "people", lambda *_: people)
        found = {one.personalnummer: one for one in jahresmeldung(session, 2026)}
    one = found.pop("eins")
    assert found == {number: row for number, row in before.items() if number != "eins"}
    assert (one.kasse, one.mitgliedsnummer) == (before["eins"].kasse, before["eins"].mitgliedsnummer)
    assert (one.abschnitte, one.punkte, set(one.werte.values())) == ((), 0, {0})
    assert one.hinweise == ("außerhalb der Pflichtversicherung gezahlt: 01/2026, 02/2026; in keinem Abschnitt, mit der "
                            "Kasse klären",)
    assert "\r\neins;" not in export("csv", [one]).decode("utf-8-sig"), "ohne Abschnitt keine Zeile der Meldung"


def test_a_file_keeps_text_as_text(employer: int) -> None:
    with tenant_session(employer, actor="karla") as session:
        content = export("csv", jahresmeldung(session, 2026)).decode("utf-8-sig").splitlines()
    assert content[0].startswith("Personalnummer;Name;Kasse;Mitgliedsnummer;von;bis;Einzahler;Versicherungsmerkmal")
    own = next(line for line in content if line.startswith("zwei;"))
    assert ";'=2+2;01.01.2026;28.02.2026;01;15;01;8000,00;440,00;1,00;" in own
    assert export("xlsx", [])[:2] == b"PK"


def test_a_new_rate_is_paid_later(employer: int, tarif: SimpleNamespace) -> None:
    """Der Satz des Abrechnungsverbands II steigt rückwirkend: die Rückrechnung zahlt den Beitrag nach."""
    with tenant_session(employer, actor="karla") as session:
        rate = session.scalars(select(ZvKasseSatz).where(
            ZvKasseSatz.zv_kasse_id == ids(session).zv_kassen["rzvk_av2"])).one()
        held = {name: getattr(rate, name) for name in ("umlage_satz", "an_satz", "sanierungsgeld_satz", "verfahren",
                                                       "pauschal_grenze_cent", "kist_verfahren", "status")}
        record_fact(session, ZvKasseSatz, zv_kasse_id=rate.zv_kasse_id, valid_from=FEBRUARY, beitrag_satz=6,
                    quelle="Bescheid", reason="Bescheid", **held)
    with tenant_session(employer, actor="karla") as session:
        calculate(session, MARCH, key="März")
        _closed(session, MARCH)
        rows = {one.personalnummer: one for one in jahresmeldung(session, 2026)}
    assert rows["zwei"].werte["zv2_beitrag"] == 22_000 + 24_000 + 24_000
    assert rows["zwei"].abschnitte[0].buchungen == (Buchung("011501", 1_200_000, 70_000),)
