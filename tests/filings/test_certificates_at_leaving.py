"""Bescheinigungen beim Ausscheiden: Beschäftigung in der richtigen Zeit, Urlaub des Jahres ohne den Übertrag."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from payroll.masterdata.models import Anlasszahlung, Beschaeftigung, BeschaeftigungAngaben, Person
from payroll.masterdata.service import find_employment, record_fact
from payroll.runs.models import Lauf
from payroll.statements.briefe import ausgabe
from payroll.statements.briefe.angaben import BriefError
from payroll.statements.briefe.ausgabe import Wunsch
from timekeeping.leave.models import Abwesenheit
from timekeeping.leave.service import set_year

BEGIN, BEFORE, LAST, AFTER = date(2026, 1, 1), date(2026, 5, 20), date(2026, 8, 15), date(2026, 9, 1)


def leaves(session: Any, number: str, art: str = "tarif") -> Beschaeftigung:
    job: Beschaeftigung = find_employment(session, number)
    record_fact(session, BeschaeftigungAngaben, beschaeftigung_id=job.id, valid_from=date(2026, 5, 1), art=art,
                eintritt=BEGIN, austritt=LAST, kostenstelle="1110", reason="Ende")
    return job


def took(session: Any, job: Beschaeftigung, first: date, last: date) -> None:
    session.add(Abwesenheit(beschaeftigung_id=job.id, art="urlaub", von=first, bis=last, zustand="genehmigt",
                            beantragt_von="x", entschieden_von="klara",
                            entschieden_am=session.scalars(select(Lauf.stand)).first()))
    session.flush()


def said(session: Any, job: Beschaeftigung, art: str, day: date, zweck: str = "") -> str:
    person = session.get_one(Person, (job.tenant_id, job.person_id))
    return ausgabe.write(session, person, Wunsch(art, job, day, zweck=zweck)).brief.text


def test_the_letter_says_is_before_the_last_day_and_was_after_it(fresh_town: Any) -> None:
    with fresh_town.session() as session:
        job = find_employment(session, "BEAMTIN")
        assert said(session, job, "beschaeftigung", BEFORE, " zur  Bank ").startswith("Wir bescheinigen zur Bank:")
        assert "15.06.1985, wird ab dem 01.01.2026 bei uns beschäftigt sein." in said(
            session, job, "beschaeftigung", date(2025, 12, 1))
        leaves(session, "BEAMTIN", "beamte")
        shown = said(session, job, "beschaeftigung", LAST)
        assert "Wir bescheinigen auf Wunsch der Person:" in shown
        assert "ist seit dem 01.01.2026 bei uns beschäftigt." in shown
        assert "- Arbeitszeit: 41 von 41 Stunden in der Woche" in shown
        assert "war vom 01.01.2026 bis zum 15.08.2026 bei uns beschäftigt." in said(session, job, "beschaeftigung",
                                                                                    AFTER)
        other = find_employment(session, "TARIF")  # a fixed amount, no hours: nothing is asserted about them
        assert "- Arbeitszeit: nicht festgelegt" in said(session, other, "beschaeftigung", BEFORE)


def test_leave_of_the_year_without_what_came_from_the_year_before(fresh_town: Any) -> None:
    """30 Tage, sieben volle Monate von zwölf: 17,5, aufgerundet 18; der gesetzliche volle Anspruch 20 ist höher.

    § 26 Abs. 1 und 2 TVöD; § 4, § 5 Abs. 1 Buchst. c BUrlG: Ausscheiden nach dem 30. Juni, voller Mindesturlaub.
    """
    with fresh_town.session() as session:
        job = find_employment(session, "TARIF")
        with pytest.raises(BriefError, match="kein Austritt erfasst"):
            said(session, job, "urlaub", BEFORE)
        leaves(session, "TARIF")
        set_year(session, job.id, 2026, reason="Übernahme", uebertrag=Decimal(3), vorher_genommen=Decimal(0))
        took(session, job, date(2026, 2, 2), date(2026, 2, 6))  # five days, three of them of last year
        took(session, job, date(2026, 7, 6), date(2026, 7, 14))  # seven days
        record_fact(session, Anlasszahlung, beschaeftigung_id=job.id, valid_from=date(2026, 9, 1),
                    valid_to=date(2026, 9, 1), art="urlaubsabgeltung", menge=Decimal("6.5"), reason="Ende")
        shown = said(session, job, "urlaub", BEFORE)
        civil = said(session, leaves(session, "BEAMTIN", "beamte"), "urlaub", AFTER)
    assert shown.startswith("Wir bescheinigen nach § 6 Abs. 2 BUrlG:")
    assert [row for row in shown.splitlines() if row.startswith("- ")] == [
        "- Anspruch: 20 Tage bei 5 Arbeitstagen in der Woche", "- gewährt: 9 Tage",
        "- dazu gewährt aus dem Vorjahr: 3 Tage", "- abgegolten: 6,5 Tage", "- weder gewährt noch abgegolten: 4,5 Tage"]
    assert civil.startswith("Wir bescheinigen:")
    # seven twelfths of 30 are 17.5, rounded to 18; BUrlG with its 20 days does not count for civil servants
    assert [row for row in civil.splitlines() if row.startswith("- ")] == [
        "- Anspruch nach §§ 18, 23 FrUrlV NRW: 18 Tage bei 5 Arbeitstagen in der Woche", "- gewährt: 0 Tage",
        "- abgegolten: 0 Tage", "- weder gewährt noch abgegolten: 18 Tage"]
    assert "war vom 01.01.2026 bis zum 15.08.2026 bei uns beschäftigt." in civil


def test_days_carried_over_and_paid_out_count_for_no_claim_of_this_year(fresh_town: Any) -> None:
    """§ 6 Abs. 2 BUrlG: 17,5 Tage, gesetzlich 20; die fünf aus dem Vorjahr mindern beim nächsten Arbeitgeber nichts."""
    with fresh_town.session() as session:
        job = leaves(session, "TARIF")
        set_year(session, job.id, 2026, reason="Übernahme", uebertrag=Decimal(5), vorher_genommen=Decimal(0))
        record_fact(session, Anlasszahlung, beschaeftigung_id=job.id, valid_from=date(2026, 9, 1),
                    valid_to=date(2026, 9, 1), art="urlaubsabgeltung", menge=Decimal(25), reason="Ende")
        shown = said(session, job, "urlaub", AFTER)
    assert [row for row in shown.splitlines() if row.startswith("- ")] == [
        "- Anspruch: 20 Tage bei 5 Arbeitstagen in der Woche", "- gewährt: 0 Tage", "- abgegolten: 20 Tage",
        "- dazu abgegolten aus dem Vorjahr: 5 Tage"]


def test_survivors_have_no_employment_to_certify(fresh_town: Any) -> None:
    with fresh_town.session() as session:
        job = leaves(session, "SPARERIN", "hinterbliebene")
        for art in ("beschaeftigung", "urlaub"):
            with pytest.raises(BriefError, match="Hinterbliebenen"):
                said(session, job, art, BEFORE)
