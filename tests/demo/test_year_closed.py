"""Zwölf Monate eines kleinen Arbeitgebers der Vorführung, bis die Liste des Jahresendes nichts Offenes mehr nennt."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import date
from typing import Any

import pytest
from sqlalchemy import func, select

from payroll.demo.build import build
from payroll.demo.names import ARBEITGEBER, Arbeitgeber
from payroll.filings.jahresende import liste, lohnkonto
from payroll.filings.meldungen import abgleich, bescheinigung
from payroll.filings.models import Meldesatz, Meldung, Zahlungsauftrag
from payroll.postings.models import Journal
from payroll.runs.models import Ergebnis, Lauf
from payroll.runs.retro_models import Rueckrechnung, RueckrechnungZeile
from tenants import service
from tenants.db.engine import Dsns
from tenants.db.session import platform_session, tenant_session

TOWN = next(a for a in ARBEITGEBER if a.number == "210")  # the employees who sign in are there
FEW = Arbeitgeber(TOWN.number, TOWN.name, TOWN.kind, TOWN.ort, TOWN.plz, TOWN.betriebsnummer, {
    "verwaltung": 3, "erziehung": 1, "beamte": 1, "auszubildende": 1, "minijob": 2, "midijob": 1})
YEAR = [date(2026, month, 1) for month in range(1, 13)]


@pytest.fixture(scope="module")
def village(fresh_database: Callable[[], AbstractContextManager[Dsns]]) -> Iterator[Any]:
    """Alle zwölf Monate gezahlt, gebucht, gemeldet, übergeben und quittiert, im Dezember auch die des Jahres."""
    said: list[str] = []
    with fresh_database():
        assert build(said.append, closed_until=12, employers=(FEW,))
        with platform_session(actor="test") as session:
            (tenant,) = [one.id for one in service.list_tenants(session)]
        yield tenant, said


def test_the_list_of_the_year_has_nothing_open(village: Any) -> None:
    tenant, said = village
    with tenant_session(tenant, actor="kurt.kass") as session:
        steps = liste.steps(session, 2026)
    assert [f"{one.was}: {one.einzelheit}" for one in steps if one.getan is not True and "Rechtswerte" not in one.was
            ] == []
    assert {one.was for one in steps} >= {
        "Monate abgeschlossen", "Jahresausgleich gerechnet", "Monate gebucht", "Zahlungen freigegeben",
        "Lohnsteuer angemeldet", "Beitragsnachweise übergeben", "Lohnsteuerbescheinigungen",
        "Jahresmeldungen der Sozialversicherung", "Jahresmeldung der Zusatzversorgung",
        "Jahresmeldungen der Unfallversicherung", "Anzeige schwerbehinderter Menschen"}
    assert sum(line.startswith("  getan: ") for line in said) == sum(one.getan is True for one in steps)


def test_every_month_is_closed_booked_paid_and_filed_and_the_sums_tie(village: Any) -> None:
    tenant, _ = village
    with tenant_session(tenant, actor="kurt.kass") as session:
        closed = session.scalars(select(Lauf.monat).where(Lauf.zustand == "abgeschlossen").order_by(Lauf.monat)).all()
        booked = session.scalars(select(Journal.monat).order_by(Journal.monat)).all()
        paid = session.scalars(select(Zahlungsauftrag.monat).where(
            Zahlungsauftrag.art == "lauf", Zahlungsauftrag.zustand == "freigegeben")
            .order_by(Zahlungsauftrag.monat)).all()
        assert closed == booked == paid == YEAR
        for month in (YEAR[0], YEAR[10], YEAR[11]):
            wrong = [one.was for one in abgleich.checks(session, month) if one.stimmt is not True]
            assert wrong == [], month
        waiting = session.execute(select(Meldung.art, Meldung.monat).where(Meldung.zustand.in_(
            ("erstellt", "freigegeben", "uebergeben")))).all()
        assert waiting == []


def test_the_year_of_each_person_is_the_sum_of_the_months_and_is_certified(village: Any) -> None:
    """Lohnkonto = Abrechnungen; Bescheinigungen = Anmeldungen; jede mit Jahresmeldung, wer zwölf Monate versichert war.
    """
    tenant, _ = village
    with tenant_session(tenant, actor="kurt.kass") as session:
        accounts = lohnkonto.accounts(session, 2026)
        closed = select(Lauf.id).where(Lauf.zustand == "abgeschlossen")
        for name in ("gesamtbrutto", "lohnsteuer", "rv_an", "zv_umlage"):
            paid = session.scalar(select(func.sum(getattr(Ergebnis, name))).where(Ergebnis.lauf_id.in_(closed)))
            later = session.scalar(
                select(func.sum(RueckrechnungZeile.betrag))
                .join(Rueckrechnung, Rueckrechnung.id == RueckrechnungZeile.rueckrechnung_id)
                .where(Rueckrechnung.lauf_id.in_(closed), Rueckrechnung.art != "offen",
                       RueckrechnungZeile.bereich == "wert", RueckrechnungZeile.name == name))
            assert sum(one.summe(name) for one in accounts) == paid + (later or 0), name
        wanted, problems = bescheinigung.expected(session, 2026)
        sent = session.scalars(select(Meldesatz.personalnummer).join(Meldung, Meldung.id == Meldesatz.meldung_id).where(
            Meldung.art == "lstb", Meldung.zustand == "angenommen", Meldesatz.satzart == "neu")).all()
        assert problems == []
        assert sorted(set(sent)) == sorted({one.personalnummer for one in wanted})
        yearly = set(session.scalars(select(Meldesatz.personalnummer).join(Meldung, Meldung.id == Meldesatz.meldung_id)
                                     .where(Meldung.art == "deuev", Meldesatz.grund == "50")))
        assert len(yearly) >= 4
