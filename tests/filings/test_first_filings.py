"""Eine Art kommt dazu, Lohnkonten sind gelöscht: nichts geht doppelt hinaus, nichts wird zu Unrecht storniert.

Grundlagen: § 14 DEÜV (Stornierung nur des Falschen), § 147 AO und § 41 EStG (Aufbewahrung), § 107 SGB IV.
"""

from __future__ import annotations

from contextlib import nullcontext
from datetime import date
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from payroll.cli import kreislohn
from payroll.filings.errors import FilingRefused
from payroll.filings.meldungen import alle, deuev, konto, meldebeginn, speichern, werte
from payroll.masterdata.models import Fehlzeit
from payroll.masterdata.service import find_employment, record_fact
from tenants.models.tenant import TenantSetting
from tenants.retention import orders
from tenants.retention.orders import Item

JUNE, JULY, AUGUST = (date(2026, month, 1) for month in (6, 7, 8))


@pytest.fixture(scope="module")
def grown(town: Any) -> Any:
    """Mai bis August abgeschlossen; Krankengeld seit dem 20. Juli, ohne dass je eine Bescheinigung erstellt wurde."""
    with town.session() as session:
        record_fact(session, Fehlzeit, beschaeftigung_id=find_employment(session, "POLIN").id, art="krankheit",
                    valid_from=date(2026, 6, 8), valid_to=date(2026, 8, 31), reason="Bescheinigung")
    for month in (JUNE, JULY, AUGUST):
        town.close(month)
    return town


def test_the_first_collection_asks_since_when_and_does_not_leave_before(grown: Any) -> None:
    with grown.session() as session:
        (made,) = alle.create(session, AUGUST, kind="eel")
        assert made.meldung.saetze == 1
        (problem,) = made.meldung.befunde
        assert problem.startswith("Erste Sammlung dieser Art, und 1 von 1 Sätzen reichen bis 07/2026 zurück.")
        public_id, digest = made.meldung.public_id, made.meldung.sha256.hex()
    with grown.session("hugo") as session, pytest.raises(FilingRefused, match="Beginn der Meldungen"):
        speichern.release(session, public_id, sha256=digest)
    with grown.session() as session:
        meldebeginn.record(session, "eel", AUGUST, reason="bis Juli im SV-Meldeportal")
        assert speichern.find(session, public_id).zustand == "zurueckgezogen"
        assert alle.create(session, AUGUST, kind="eel") == []
        meldebeginn.record(session, "eel", JULY, reason="doch ab Juli hier")
        (again,) = alle.create(session, AUGUST, kind="eel")
        assert (again.meldung.befunde, again.meldung.saetze) == ([], 1)
        hints = speichern.content_of(session, again.meldung)["angaben"]["hinweise"]
        assert hints == ["Gemeldet wird hier ab 07/2026; was davor begann, hat das frühere Verfahren gemeldet."]
        held = session.scalars(select(TenantSetting).where(TenantSetting.area == meldebeginn.AREA)).all()
        assert [one.superseded_at is None for one in sorted(held, key=lambda one: one.id)] == [False, True]
        speichern.withdraw(session, again.meldung.public_id, reason="Probe")
        session.rollback()


def test_a_month_that_begins_with_the_first_needs_no_answer(grown: Any) -> None:
    """Wer im Monat des Beginns erstellt, wird nichts gefragt."""
    with grown.session() as session:
        speichern.withdraw_waiting(session, "eel")
        (made,) = alle.create(session, JULY, kind="eel")
        assert made.meldung.befunde == []
        session.rollback()


@pytest.mark.parametrize(("kind", "first", "reason", "words"), [
    ("deuev", JULY, "x", "kein Beginn festlegen"), ("eel", JULY, " ", "Grund fehlt"),
    ("uv", JULY, "x", "den Januar")], ids=["kind", "reason", "january"])
def test_a_start_that_cannot_be_is_refused(grown: Any, kind: str, first: date, reason: str, words: str) -> None:
    with grown.session() as session, pytest.raises(FilingRefused, match=words):
        meldebeginn.record(session, kind, first, reason=reason)


def test_the_command_sets_a_start_only_with_its_month(grown: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ohne --from gälte still der laufende Monat, und was davor war, würde nie gemeldet."""
    monkeypatch.setattr("payroll.acting.database", lambda data: nullcontext())
    with grown.session() as session:
        before = meldebeginn.starts(session)
    for words in (["--kind", "eel", "--reason", "x"], ["--from", "2026-07-01"]):
        made = CliRunner().invoke(kreislohn, ["filings", "start", *words, "--tenant", "0100", "--actor", "klara"])
        assert (made.exit_code, "--kind und --from gehören zusammen" in made.output) == (2, True)
    with grown.session() as session:
        assert meldebeginn.starts(session) == before


def test_what_is_older_than_the_kept_accounts_stays_as_it_was_filed(
        grown: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ohne die gelöschten Lohnkonten fehlt, was gemeldet ist: es wird weder storniert noch neu gemeldet."""
    with grown.session() as session:
        (made,) = alle.create(session, AUGUST, kind="deuev")
        reported = len(konto.ledger(session, "deuev"))
        assert reported == made.meldung.saetze > 0
        nothing: list[Any] = []
        gone = konto.difference(session, "deuev", nothing)
        assert {one.satzart for one in gone} == {"storno"}
        assert len(gone) == reported
        monkeypatch.setattr(konto, "settled_before", lambda _session, _kind: date(2027, 1, 1))
        assert konto.difference(session, "deuev", nothing) == []
        wanted = deuev.expected(session, werte.last_closed(session), "15027365")[0]
        assert konto.difference(session, "deuev", wanted) == []
        session.rollback()


def test_certificates_of_pay_are_settled_a_year_longer(grown: Any) -> None:
    """Sie nennen die Einmalzahlungen der zwölf Monate davor (§ 47 Abs. 2 SGB V)."""
    with grown.session() as session:
        assert konto.settled_before(session, "eel") == date.min
        _approved_deletion(session)
        assert konto.settled_before(session, "deuev") == date(2025, 1, 1)
        assert konto.settled_before(session, "eel") == date(2026, 1, 1)
        session.rollback()


def _approved_deletion(session: Any) -> None:
    made = orders.order(session, [Item("lohnkonto", "ergebnis", 1, None)], due_day=date(2026, 5, 1),
                        today=date(2026, 5, 1), kept_from=date(2025, 1, 1), plan={}, reason="Frist")
    made.state, made.approved_by, made.approved_at = "approved", "hugo", made.ordered_at
    session.flush()
