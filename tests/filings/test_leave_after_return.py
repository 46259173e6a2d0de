"""Wer im Jahr ausscheidet und wiederkommt, hat danach ein neues Urlaubskonto; das erste endet mit seiner Zeit."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from payroll.masterdata.models import BeschaeftigungAngaben
from payroll.masterdata.service import find_employment, record_fact
from payroll.runs.models import Lauf
from payroll.runs.zeiten.stock import load_stock
from timekeeping.leave.account import accounts
from timekeeping.leave.models import Abwesenheit
from timekeeping.leave.service import set_year

BEGIN, LEFT, BACK = date(2026, 1, 1), date(2026, 5, 31), date(2026, 9, 1)


def test_the_account_is_that_of_the_time_that_runs(fresh_town: Any) -> None:
    """§ 26 Abs. 2 Buchst. b TVöD: fünf Zwölftel von 30 sind 12,5 (13); ab September vier Zwölftel, 10 Tage.

    Übertrag und die fünf Tage im Februar gehören der ersten Zeit; was von ihr blieb, ist abzugelten (§ 7 Abs. 4 BUrlG).
    """
    with fresh_town.session() as session:
        job = find_employment(session, "TARIF").id
        for first, begin, end in ((BEGIN, BEGIN, LEFT), (BACK, BACK, None)):
            record_fact(session, BeschaeftigungAngaben, beschaeftigung_id=job, valid_from=first, art="tarif",
                        eintritt=begin, austritt=end, kostenstelle="1110", reason="Vertrag")
        set_year(session, job, 2026, reason="Übernahme", uebertrag=Decimal(2), vorher_genommen=Decimal(1))
        decided = session.scalars(select(Lauf.stand)).first()
        for first, last in ((date(2026, 2, 2), date(2026, 2, 6)), (date(2026, 10, 5), date(2026, 10, 7))):
            session.add(Abwesenheit(beschaeftigung_id=job, art="urlaub", von=first, bis=last, zustand="genehmigt",
                                    beantragt_von="x", entschieden_von="klara", entschieden_am=decided))
        session.flush()

        def held(today: date) -> Any:
            return accounts(session, load_stock(session), 2026, today, {job})[job]

        before, between, after = (held(day) for day in (LEFT, date(2026, 7, 1), date(2026, 12, 31)))
    assert before.konto is not None
    assert (before.konto.anspruch.summe, before.uebertrag, before.genommen + before.geplant) == (13, 2, 6)
    assert between == before
    assert after.konto is not None
    assert (after.konto.anspruch.summe, after.uebertrag, after.genommen) == (10, 0, 3)
    assert after.frei == 7


def test_a_time_that_follows_without_a_gap_is_the_same(fresh_town: Any) -> None:
    """Nach der Ausbildung übernommen: ein Konto über beide, zwölf Zwölftel von 30; der Übertrag bleibt."""
    with fresh_town.session() as session:
        job = find_employment(session, "TARIF").id
        for begin, end in ((BEGIN, date(2026, 8, 31)), (BACK, None)):
            record_fact(session, BeschaeftigungAngaben, beschaeftigung_id=job, valid_from=begin, art="tarif",
                        eintritt=begin, austritt=end, kostenstelle="1110", reason="Vertrag")
        set_year(session, job, 2026, reason="Übernahme", uebertrag=Decimal(2), vorher_genommen=Decimal(0))
        found = accounts(session, load_stock(session), 2026, date(2026, 12, 31), {job})[job]
    assert found.konto is not None
    assert (found.konto.anspruch.summe, found.uebertrag) == (30, 2)
