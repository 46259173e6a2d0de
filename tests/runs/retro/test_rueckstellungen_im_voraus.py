"""Rückstellungen je Monat: Urlaub folgt dem Entgelt und dem Ausscheiden, Altersteilzeit sammelt an."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Any

import pytest
from sqlalchemy import select

from payroll.budget import files, kept, provisions
from payroll.budget.assumptions import Annahmen, checked
from payroll.masterdata.models import Beschaeftigung
from payroll.masterdata.models.tarif import Fehlzeit
from payroll.masterdata.service import leave
from payroll.postings.bloecke import ALTERSTEILZEIT, SABBATICAL, Block
from payroll.postings.offene_ansprueche import ACCOUNT

SEPTEMBER, OCTOBER, NOVEMBER, DECEMBER, JANUARY, FEBRUARY = (
    *(date(2025, month, 1) for month in range(9, 13)), date(2026, 1, 1), date(2026, 2, 1))
MONTHS = (NOVEMBER, DECEMBER, JANUARY, FEBRUARY)
PAY = 500_000


def half_up(amount: Fraction) -> int:
    return int(amount + Fraction(1, 2))


def test_provisions_stand_month_by_month(desk: Any) -> None:
    """Ein Beamter mit 5.000 Euro, der im Januar geht: 30 Tage sind 30 x 12 x 5.000 / 260. Eine Altersteilzeit:
    Arbeitsphase Januar 2025 bis Januar 2026 (13 Monate), frei Februar bis Dezember 2026 (11 Monate)."""
    desk.hire(desk.person("ATZ", 400_000, personengruppe=103, entry=date(2025, 1, 1)),
              desk.person("P7", PAY, art="beamte", kv_art="privat", krankenkasse_id=None, beitragsgruppe=None,
                          personengruppe=None))
    desk.record(Fehlzeit, "ATZ", FEBRUARY, valid_to=date(2026, 12, 31), art="altersteilzeit")
    desk.close_all([SEPTEMBER])
    with desk.session() as session:
        job = session.scalars(select(Beschaeftigung).where(Beschaeftigung.personalnummer == "P7")).one()
        leave(session, job, last_day=date(2026, 1, 31), reason="Ruhestand")
        given = checked(Annahmen("Plan", NOVEMBER, 4, sonderzahlung=False))
        row = kept.keep(session, given, job.public_id)
        stocks, lines = kept.provisions_of(row), kept.by_month(row)
        header, table = files.header(row), list(files.rows(session, row))
    cost = {month: cents - (PAY if month < FEBRUARY else 0) for month, cents in lines.items()}
    worked = {OCTOBER: (NOVEMBER, 10), NOVEMBER: (NOVEMBER, 11), DECEMBER: (DECEMBER, 12), JANUARY: (JANUARY, 13)}
    expected = {(month, ALTERSTEILZEIT): half_up(Fraction(11 * count, 13) * cost[priced])
                for month, (priced, count) in worked.items()}
    expected[FEBRUARY, ALTERSTEILZEIT] = 10 * cost[FEBRUARY]
    days = {month: half_up(Fraction(30 * 12 * cost[priced], 260)) for month, priced in
            zip((OCTOBER, *MONTHS), (NOVEMBER, *MONTHS), strict=True)}
    official = half_up(Fraction(30 * 12 * PAY, 260))
    expected |= {(month, "urlaub"): cents + (official if month < FEBRUARY else 0) for month, cents in days.items()}
    assert stocks == expected
    changed = [change for _, _, change in provisions.rows(stocks)]
    assert changed[0] is None
    assert sum(filter(None, changed)) == sum(stocks[FEBRUARY, art] - stocks[OCTOBER, art]
                                             for art in ("urlaub", ALTERSTEILZEIT))
    own = {cells[3]: cells for cells in table if cells[2] == ACCOUNT}
    assert set(own) == {"Rückstellung Urlaub, Veränderung", "Rückstellung Altersteilzeit, Veränderung"}
    assert {len(cells) for cells in table} == {len(header)}


@pytest.mark.parametrize(("month", "leaves", "expected"), [
    (date(2024, 12, 1), None, Fraction(0)), (date(2025, 1, 1), None, Fraction(1)),
    (date(2025, 12, 1), None, Fraction(12)), (date(2026, 1, 1), None, Fraction(11)),
    (date(2026, 12, 1), None, Fraction(0)), (date(2027, 1, 1), None, Fraction(0)),
    (date(2025, 6, 1), date(2026, 6, 30), Fraction(3)), (date(2025, 6, 1), date(2025, 9, 30), Fraction(0)),
], ids=["before", "first", "last-worked", "first-free", "last-free", "after", "leaves-early", "never-free"])
def test_a_block_saves_and_uses_up(month: date, leaves: date | None, expected: Fraction) -> None:
    """Zwölf Monate Arbeit für zwölf freie: je Monat einer; wer im Juni geht, hat nur sechs freie anzusammeln."""
    block = Block(SABBATICAL, date(2025, 1, 1), date(2026, 1, 1), date(2026, 12, 31))
    assert block.part(month, leaves) == expected


def test_without_the_start_of_the_work_only_the_time_off_counts_and_it_is_said(desk: Any) -> None:
    desk.hire(desk.person("ATZ", 400_000))
    desk.record(Fehlzeit, "ATZ", FEBRUARY, valid_to=date(2026, 12, 31), art="altersteilzeit")
    with desk.session() as session:
        held = provisions.read(session, date(2025, 9, 30))
    assert [one.part(JANUARY, None) for own in held.bloecke.values() for one in own] == [0]
    assert "Personengruppe 103" in held.remarks[0]


def test_a_year_that_is_not_reckoned_to_its_end_takes_the_one_offs_of_the_year_before() -> None:
    """30 Tage, 3.000 Euro im Monat, im November 2.600 Euro einmal: 30 x (36.000 + 2.600) / 260 in beiden Jahren."""
    held = provisions.Rueckstellungen({1: (Fraction(30), Fraction(5))}, {}, {}, [],
                                      {month: {1: 300_000} for month in (NOVEMBER, DECEMBER, JANUARY, FEBRUARY)},
                                      {(1, 2025): 260_000, (1, 2026): 0})
    assert set(held.staende().values()) == {half_up(Fraction(30 * 3_860_000, 260))}
