"""Besoldung auf einen Gesetzentwurf: eigene Zeile unter Vorbehalt, Befund, Satz auf der Abrechnung, Rückrechnung.

Erwartungen: die Tabellen des Produkts (Stand „entwurf“ ab 01.04.2026 gegen geltendes Recht), von Hand verglichen mit
pay_scales/civil_servants.md: Grundgehalt +3,36 %, mindestens 100,00; Familienzuschlag Stufe 1 +2,8 %. Abschläge gibt es
seit den Bezügen für Juli, rückwirkend zum 1. April (Runderlass vom 18.05.2026).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import select

from payroll.law.parameters.pay_tables import load_pay_tables
from payroll.masterdata.catalogue import ids, seed
from payroll.masterdata.intake import Tatsache, store
from payroll.masterdata.models import Familienzuschlag
from payroll.masterdata.settings import record_settings
from payroll.runs import retro
from payroll.runs.calculate import calculate
from payroll.runs.explaining import explain_line
from payroll.runs.models import Ergebnis, Ergebniszeile, Hinweis, Lauf
from payroll.runs.retro import plan as plan_of_month
from payroll.runs.retro import verkuendet
from payroll.runs.retro_models import Rueckrechnung, RueckrechnungZeile
from payroll.statements.publish import payslips
from tenants import service
from tenants.db.base import Base, TenantRow
from tenants.db.engine import Dsns
from tenants.db.scope import among, limited
from tenants.db.session import TenantSession, platform_session, tenant_session

APRIL, JUNE, JULY, AUGUST = (date(2026, month, 1) for month in (4, 6, 7, 8))
KEY = ("NRW-A", "A11", "6")
NAMES_NOBODY = {"Hinweis", "Hinweiszuweisung", "RueckrechnungBestaetigung", "ZeitZeile", "Ereignis", "Wiedervorlage"}
NOW = datetime(2026, 11, 2, tzinfo=UTC)


def _advance() -> int:
    tables = load_pay_tables()
    return tables.on(JUNE, drafts=True)[KEY].cent - tables.on(JUNE)[KEY].cent


def _run(tenant: int, month: date) -> None:
    with tenant_session(tenant, actor="karla") as session:
        calculate(session, month, key=f"{month}")
        lauf = session.scalars(select(Lauf).where(Lauf.monat == month)).one()
        for step, who in zip(("geprueft", "freigegeben", "gemeinde", "abgeschlossen"), ("karla", "bea", "cem", "karla"),
                             strict=True):
            setattr(lauf, f"{step}_von", who)
            setattr(lauf, f"{step}_am", NOW)
        lauf.zustand = "abgeschlossen"


def _set(tenant: int, day: date, value: bool) -> None:
    with tenant_session(tenant, actor="karla") as session:
        record_settings(session, valid_from=day, reason="Runderlass", abschlag_auf_entwurf=value)


def _back(session: TenantSession, month: date, name: str) -> dict[date, int]:
    """Nachgebuchte Beträge eines Laufs je Monat der Herkunft."""
    rows = session.execute(
        select(Rueckrechnung.monat, RueckrechnungZeile.betrag)
        .join(RueckrechnungZeile, RueckrechnungZeile.rueckrechnung_id == Rueckrechnung.id)
        .join(Lauf, Lauf.id == Rueckrechnung.lauf_id)
        .where(Lauf.monat == month, RueckrechnungZeile.bereich == "wert", RueckrechnungZeile.name == name)
        .order_by(Rueckrechnung.monat))
    return {row.monat: row.betrag for row in rows}


@pytest.fixture(scope="module")
def employer(fresh_database: Callable[[], AbstractContextManager[Dsns]], tarif: SimpleNamespace) -> Iterator[int]:
    """April und Juni 2026 nach geltendem Recht bezahlt, im Juli der Abschlag rückwirkend zum 1. April."""
    with fresh_database():
        with platform_session(actor="test") as session:
            tenant = service.create_tenant(session, "001", "Kreis", "kreis").id
        with tenant_session(tenant, actor="karla") as session:
            seed(session, reason="Test")
            numbers = ids(session)
            family = [Tatsache(Familienzuschlag, APRIL, {"stufe1": True, "kinder": 2, "mietenstufe": "IV"})]
            store(session, [
                tarif.person(numbers, "amt", KEY[1], KEY[2], scale=KEY[0], hours="41", full="41", start=APRIL),
                tarif.person(numbers, "familie", KEY[1], KEY[2], scale=KEY[0], hours="41", full="41", start=APRIL,
                             more=family),
                tarif.person(numbers, "tarif", start=APRIL)], reason="Test")
        for month in (APRIL, date(2026, 5, 1), JUNE):
            _run(tenant, month)
        _set(tenant, APRIL, True)
        _run(tenant, JULY)
        yield tenant


def test_the_advance_has_its_own_line_and_is_explained(employer: int, tarif: SimpleNamespace) -> None:
    assert _advance() > 10_000
    with tenant_session(employer, actor="karla") as session:
        own, whole = tarif.lines(session, "amt", JULY), tarif.result(session, "amt", JULY)
        assert own == [("2000", "", "L-N", load_pay_tables().on(JULY)[KEY].cent),
                       ("2015", "Grundgehalt nach Gesetzentwurf", "L-N", _advance())]
        assert whole.gesamtbrutto == whole.tabellenentgelt == load_pay_tables().on(JULY, drafts=True)[KEY].cent
        assert [line[0] for line in tarif.lines(session, "familie", JULY)] == ["2000", "2015", "2004", "2005", "2015"]
        assert "2015" not in [line[0] for line in tarif.lines(session, "tarif", JULY)]
        for number in ("amt", "familie"):
            result = tarif.result(session, number, JULY)
            for position in session.scalars(select(Ergebniszeile.position).where(
                    Ergebniszeile.ergebnis_id == result.id)):
                assert explain_line(session, result.public_id, position) is not None


def test_run_and_slip_say_that_it_is_reserved(employer: int, tarif: SimpleNamespace) -> None:
    with tenant_session(employer, actor="karla") as session:
        found = session.scalars(select(Hinweis).join(Lauf, Lauf.id == Hinweis.lauf_id).where(
            Lauf.monat == JULY, Hinweis.feld == "abschlag_auf_entwurf")).one()
        assert "Vorbehalt der Rückforderung: 2 Personen, zusammen" in found.regel
        lauf = session.scalars(select(Lauf).where(Lauf.monat == JULY)).one()
        slips: dict[Any, Any] = dict(payslips(session, lauf))
        official, other = (slips[tarif.job_of(session, name)] for name in ("amt", "tarif"))
        assert any("Vorbehalt der Rückforderung: Lohnart 2015" in hint for hint in official.hints)
        assert "Fällig am 30.06.2026." in official.hints  # in advance: the last working day of June
        assert not any("Vorbehalt" in hint for hint in other.hints)
        assert "Fällig am 31.07.2026." in other.hints


def test_a_setting_for_the_past_is_paid_later(employer: int, tarif: SimpleNamespace) -> None:
    with tenant_session(employer, actor="karla") as session:
        gross = _back(session, JULY, "gesamtbrutto")
        family = tarif.result(session, "familie", JULY).gesamtbrutto - tarif.result(session, "familie",
                                                                                  JUNE).gesamtbrutto
        months = [APRIL, date(2026, 5, 1), JUNE]
        assert sorted(gross) == months
        own = session.execute(
            select(Rueckrechnung.monat, RueckrechnungZeile.betrag, Rueckrechnung.beschaeftigung_id)
            .join(RueckrechnungZeile, RueckrechnungZeile.rueckrechnung_id == Rueckrechnung.id)
            .where(RueckrechnungZeile.name == "gesamtbrutto", RueckrechnungZeile.bereich == "wert")).all()
        found = {(row.beschaeftigung_id, row.monat): row.betrag for row in own}
        for month in months:
            assert found[(tarif.job_of(session, "amt"), month)] == _advance()
            assert found[(tarif.job_of(session, "familie"), month)] == family
        assert tarif.job_of(session, "tarif") not in {row.beschaeftigung_id for row in own}
        cause = session.scalars(select(Rueckrechnung.ursachen).where(Rueckrechnung.monat == APRIL).limit(1)).one()
        assert "Einstellung des Arbeitgebers" in str(cause)


def test_without_the_act_the_advance_comes_back(employer: int, tarif: SimpleNamespace) -> None:
    _set(employer, APRIL, False)
    with tenant_session(employer, actor="karla") as session:
        calculate(session, AUGUST, key="August")
        job = tarif.job_of(session, "amt")
        rows = session.execute(
            select(Rueckrechnung.monat, RueckrechnungZeile.betrag)
            .join(RueckrechnungZeile, RueckrechnungZeile.rueckrechnung_id == Rueckrechnung.id)
            .join(Lauf, Lauf.id == Rueckrechnung.lauf_id)
            .where(Lauf.monat == AUGUST, Rueckrechnung.beschaeftigung_id == job,
                   RueckrechnungZeile.name == "gesamtbrutto")).all()
        assert sorted(row.betrag for row in rows) == [-_advance()] * 4
        now = session.scalars(select(Ergebnis).where(Ergebnis.beschaeftigung_id == job,
                                                     Ergebnis.monat == AUGUST)).one()
        assert now.gesamtbrutto == load_pay_tables().on(AUGUST)[KEY].cent


def test_a_promulgated_table_settles_the_reserved_months_by_itself(employer: int, tarif: SimpleNamespace,
                                                                   monkeypatch: pytest.MonkeyPatch) -> None:
    """Ohne Entwurf ist nichts mehr unter Vorbehalt: die Monate kommen von selbst, einmal, und nur die betroffenen."""
    _set(employer, APRIL, True)
    with tenant_session(employer, actor="karla") as session:
        assert {one.personalnummer for one in retro.preview(session, AUGUST)} == set()
    monkeypatch.setattr(verkuendet, "open_drafts", lambda day: frozenset())
    with tenant_session(employer, actor="karla") as session:
        plan = retro.compute(session, AUGUST)
        causes = {(tarif_name, cause.ab) for tarif_name in ("amt", "familie")
                  for cause in plan.affected.causes[tarif.job_of(session, tarif_name)]}
        assert causes == {(name, date(2026, month, 1)) for name in ("amt", "familie") for month in (4, 5, 6, 7)}
        others = plan.affected.causes.get(tarif.job_of(session, "tarif"), [])
        assert verkuendet.TABLE not in {cause.tabelle for cause in others}


def test_promulgation_and_confirmations_for_all_count_in_a_part_too(employer: int, tarif: SimpleNamespace,
                                                                    monkeypatch: pytest.MonkeyPatch) -> None:
    """Wer in Stücken rechnet, sieht nur seine Menschen; was niemanden nennt, gilt auch für sie."""
    monkeypatch.setattr(verkuendet, "open_drafts", lambda day: frozenset())
    with tenant_session(employer, actor="karla") as session:
        job = tarif.job_of(session, "amt")
        retro.confirm(session, AUGUST, ab_monat=APRIL, grund="Verkündung")
        whole = retro.compute(session, AUGUST)
        jobs = among([job])
        with limited(session, {"beschaeftigung_id": lambda cls: cls.beschaeftigung_id == jobs}):
            part = retro.compute(session, AUGUST)
            assert plan_of_month._confirmed(session, AUGUST, None) == [(None, APRIL)]
        session.rollback()
    assert part.affected.causes[job] == whole.affected.causes[job]
    assert verkuendet.TABLE in {cause.tabelle for cause in part.affected.causes[job]}


def test_every_table_that_may_name_nobody_is_known() -> None:
    """Zeilen ohne Menschen sieht ein Stück nicht: wer sie im Lauf liest, hebt die Beschränkung dafür auf."""
    found = {mapper.class_.__name__ for mapper in Base.registry.mappers for name in ("beschaeftigung_id", "person_id")
             if issubclass(mapper.class_, TenantRow) and name in mapper.columns and mapper.columns[name].nullable}
    assert found == NAMES_NOBODY


@pytest.mark.parametrize(("day", "open_"), [(date(2026, 3, 1), False), (APRIL, True), (date(2026, 12, 1), True)])
def test_the_draft_of_2026_is_still_open(day: date, open_: bool) -> None:
    """Verkündung nicht bestätigt (pay_scales/civil_servants.md 2): ab 1. April 2026 Entwurf für A, B, Anwärter."""
    assert ({"NRW-A", "NRW-B", "NRW-Anwaerter", "Familienzuschlag"} <= verkuendet.open_drafts(day)) is open_
