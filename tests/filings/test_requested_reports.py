"""Verlangte Meldungen: gesondert zum Rentenantrag (57, § 194 SGB VI), monatlich für die Kasse (58, § 11b DEÜV)."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from payroll.filings.meldungen import alle, deuev, konto, speichern
from payroll.filings.meldungen.abschnitte import Stueck, pieces_of
from payroll.filings.meldungen.entgelte import Entgelte
from payroll.filings.meldungen.stamm import Akte
from payroll.filings.meldungen.werte import Abschnitt
from payroll.filings.pflichten import termine
from payroll.masterdata.models import Beschaeftigung, Meldeanforderung
from payroll.masterdata.refusals import FactError
from payroll.masterdata.service import record_fact
from payroll.runs.models import Ergebnis
from tenants.db.session import platform_session
from tenants.models import Tenant

START, TK = date(2024, 1, 1), "15027365"
JUNE = (date(2024, 6, 30), date(2024, 7, 4))  # for the time until then, asked for on that day


def file_of(end: date | None = None) -> Akte:
    return Akte(1, "100", uuid.UUID(int=1), "tarif", date(2020, 1, 1), end, None, {}, "", "", date(1958, 1, 1))


def span(group: str = "1111", people: int = 101) -> Abschnitt:
    return Abschnitt(date(2020, 1, 1), None, TK, "Kasse", group, people)


def shown(parts: list[Stueck]) -> list[tuple[str, str, str]]:
    return [(one.grund, one.von.isoformat(), one.bis.isoformat()) for one in parts]


def pieces(last: date, *asked: tuple[date, date], end: date | None = None, people: int = 101) -> list[Stueck]:
    return pieces_of(file_of(end), [span(people=people)], [], START, last, asked)


def test_the_time_before_the_pension_is_reported_once_and_the_rest_with_the_next_report() -> None:
    """Rente ab Oktober: gemeldet wird bis Juni, die Jahresmeldung oder Abmeldung beginnt im Juli."""
    assert shown(pieces(date(2024, 6, 30), JUNE)) == [("57", "2024-01-01", "2024-06-30")]
    assert shown(pieces(date(2024, 12, 31), JUNE)) == [("57", "2024-01-01", "2024-06-30"),
                                                       ("50", "2024-07-01", "2024-12-31")]
    assert shown(pieces(date(2024, 10, 31), JUNE, end=date(2024, 9, 30))) == [
        ("57", "2024-01-01", "2024-06-30"), ("30", "2024-07-01", "2024-09-30")]
    second = (date(2024, 9, 30), date(2024, 10, 2))
    assert shown(pieces(date(2024, 11, 30), JUNE, second)) == [
        ("57", "2024-01-01", "2024-06-30"), ("57", "2024-07-01", "2024-09-30")]


def test_what_is_not_accounted_yet_or_ended_before_the_request_waits_or_falls_away() -> None:
    assert pieces(date(2024, 5, 31), JUNE) == []
    late = (date(2024, 6, 30), date(2025, 2, 3))
    assert shown(pieces(date(2025, 1, 31), late)) == [("50", "2024-01-01", "2024-12-31")]
    assert shown(pieces(date(2024, 12, 31), (date(2024, 12, 31), date(2024, 12, 20)))) == [
        ("50", "2024-01-01", "2024-12-31")]


def test_short_term_work_has_no_annual_report_but_a_requested_one() -> None:
    assert shown(pieces(date(2024, 12, 31), JUNE, people=110)) == [("57", "2024-01-01", "2024-06-30")]


def test_each_euro_is_in_one_report_and_the_term_runs_from_the_request() -> None:
    """Sechs Monate zu 4.000,00 und sechs zu 4.100,40: 24.000 und, aufgerundet ab 50 Cent, 24.602 Euro.

    Verlangt am 4. Juli: mit der Abrechnung für Juli (§ 12 Abs. 5 DEÜV), Zahltag 31. Juli (§ 24 Abs. 1 TVöD).
    """
    parts = pieces(date(2024, 12, 31), JUNE)
    pay = Entgelte({date(2024, month, 1): dict.fromkeys(
        ("sv_brutto_rv", "sv_brutto_kv"), 400_000 if month < 7 else 410_040) | {"be_gesamt": 0}
        for month in range(1, 13)})
    assert [pay.reported(one, parts)["entgelt"] for one in parts] == [24_000, 24_602]
    assert [deuev._deadline(one, parts) for one in parts] == [date(2024, 7, 31), date(2025, 2, 15)]


@pytest.mark.parametrize(("asked", "due"), [
    (date(2026, 6, 2), date(2026, 6, 30)), (date(2026, 6, 30), date(2026, 7, 31)),
    (date(2026, 12, 29), date(2026, 12, 30)), (date(2026, 12, 30), date(2027, 1, 29)),
    (date(2026, 10, 31), date(2026, 11, 30))])
def test_the_next_payroll_after_the_request(asked: date, due: date) -> None:
    """Ende Oktober 2026 und Januar 2027 fallen auf ein Wochenende, Silvester ist kein Zahltag (§ 24 Abs. 1 TVöD)."""
    assert termine.next_payroll(asked) == due


def test_an_annual_report_still_missing_comes_with_the_requested_one() -> None:
    """§ 12 Abs. 5 DEÜV, Gemeinsames Rundschreiben 2016 Ziff. 1.1.4 Abs. 3: zum gleichen Zeitpunkt."""
    parts = pieces(date(2025, 1, 31), (date(2025, 1, 31), date(2025, 1, 8)))
    assert [(one.grund, deuev._deadline(one, parts)) for one in parts] == [
        ("50", date(2025, 1, 31)), ("57", date(2025, 1, 31))]
    whole = pieces(date(2024, 12, 31), (date(2024, 12, 31), date(2024, 12, 20)))
    assert [(one.grund, deuev._deadline(one, whole)) for one in whole] == [("50", date(2024, 12, 30))]
    long_ago = pieces(date(2025, 6, 30), (date(2025, 6, 30), date(2025, 7, 1)))
    assert deuev._deadline(long_ago[0], long_ago) == date(2025, 2, 15)


def ask(session: Any, kind: str, first: date, last: date, received: date = date(2026, 6, 2)) -> None:
    job = session.scalars(select(Beschaeftigung).where(Beschaeftigung.personalnummer == "TARIF")).one()
    record_fact(session, Meldeanforderung, beschaeftigung_id=job.id, valid_from=first, valid_to=last, art=kind,
                eingegangen_am=received, reason="Schreiben")


def entries(session: Any) -> dict[str, dict[str, Any]]:
    made = alle.create(session, date(2026, 5, 1), kind="deuev")
    return {entry.grund: content for one in made for entry, content in speichern.entries_of(session, one.meldung)
            if entry.personalnummer == "TARIF"}


def test_requests_become_reports_of_the_next_month_and_go_when_taken_back(fresh_town: Any) -> None:
    with platform_session(actor="test") as session:
        session.scalars(select(Tenant).where(Tenant.id == fresh_town.tenant)).one().betriebsnummer = TK
    with fresh_town.session() as session:
        assert "57" not in entries(session)
        ask(session, "rentenantrag", date(2026, 1, 1), date(2026, 5, 31))
        ask(session, "gkv_monatsmeldung", date(2026, 4, 1), date(2026, 6, 30))
        found = entries(session)
        assert (found["57"]["von"], found["57"]["bis"], found["57"]["frist"]) == (
            "2026-05-01", "2026-05-31", "2026-06-30")
        assert (found["58"]["von"], found["58"]["bis"], found["58"]["frist"]) == (
            "2026-05-01", "2026-05-31", "2026-07-14")
        # The slip's pay subject to contributions: with the part of the pension levy that § 1 Abs. 1 Satz 3 SvEV adds.
        slip = session.execute(select(Ergebnis.sv_brutto_rv, Ergebnis.sv_brutto_kv).join(
            Beschaeftigung, Beschaeftigung.id == Ergebnis.beschaeftigung_id).where(
            Beschaeftigung.personalnummer == "TARIF")).one()
        assert found["57"]["entgelt"] == found["58"]["entgelt"] == (slip.sv_brutto_rv + 50) // 100 > 4_000
        assert found["58"]["entgelt_kv"] == (slip.sv_brutto_kv + 50) // 100
        (sent,) = (one for one in speichern.listed(session, kind="deuev") if one.zustand == "erstellt")
        held = (sent.public_id, sent.sha256.hex())
    with fresh_town.session("hugo") as session:
        speichern.release(session, held[0], sha256=held[1])
        assert b";58;" in speichern.hand_over(session, held[0])[0]
    with fresh_town.session() as session:
        assert entries(session) == {}
        rows = session.scalars(select(Meldeanforderung)).all()
        for row in rows:
            row.superseded_at = row.recorded_at
        session.flush()
        made = alle.create(session, date(2026, 5, 1), kind="deuev")
        gone = [(entry.satzart, entry.grund) for one in made
                for entry, _content in speichern.entries_of(session, one.meldung)]
        assert sorted(gone) == [("storno", "57"), ("storno", "58")]
        assert not {"57", "58"} & {one.zeile.grund for one in konto.ledger(session, "deuev").values()}


def test_a_period_ends_with_a_month(town: Any) -> None:
    with town.session() as session, pytest.raises(FactError, match="letzten Tag eines Monats"):
        ask(session, "rentenantrag", date(2026, 1, 1), date(2026, 5, 15))
