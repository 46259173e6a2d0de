"""Pflichtenkalender: die veröffentlichten Termine, Stand der Meldungen, Kalenderdatei nach RFC 5545."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from payroll.filings.meldungen import nachweis, speichern
from payroll.filings.pflichten import conformance, kalender
from payroll.filings.pflichten.ics import calendar_file

# Published 2026 calendar and rule: informationsportal.de; 2024, 2025, 2027 derived from the rule.
DATES = Path(__file__).parent / "due_dates.csv"


def test_published_due_dates_are_reproduced(tmp_path: Path) -> None:
    out = io.StringIO()
    assert conformance.run(DATES, out) == 0
    assert out.getvalue() == "108 Termine geprüft, 0 abweichend\n"
    wrong = tmp_path / "falsch.csv"
    wrong.write_text(DATES.read_text(encoding="utf-8").replace("2026-12-28", "2026-12-29"), encoding="utf-8")
    assert conformance.run(wrong, out) == 1
    assert "2026-12 contributions_due: erwartet 2026-12-29, gerechnet 2026-12-28" in out.getvalue()


@pytest.mark.parametrize(("month", "day"), [
    ((2026, 1), (2026, 2, 10)), ((2026, 4), (2026, 5, 11)), ((2026, 12), (2027, 1, 11))])
def test_wage_tax_is_due_on_the_tenth_or_later(month: tuple[int, int], day: tuple[int, int, int]) -> None:
    """§ 41a Abs. 1 EStG, § 108 Abs. 3 AO."""
    rows = kalender.by_law(month[0])
    assert [one.tag for one in rows if one.art == "lsta" and one.monat == date(*month, 1)] == [date(*day)]


def test_what_is_handed_over_is_done(fresh_town: Any) -> None:
    month = date(2026, 5, 1)

    def state() -> bool:
        with fresh_town.session() as session:
            rows = kalender.duties(session, month, date(2026, 6, 30))
            return next(one.erledigt for one in rows if (one.art, one.monat) == ("beitragsnachweis", month))

    assert not state()
    from payroll.postings import service as postings

    with fresh_town.session() as session:
        postings.create(session, month)
        row = speichern.store(session, nachweis.drafts(session, month))[0].meldung
        public_id, digest = row.public_id, row.sha256.hex()
    with fresh_town.session("hugo") as session:
        speichern.release(session, public_id, sha256=digest)
        speichern.hand_over(session, public_id)
    assert state()


def test_calendar_file_can_be_read_by_calendars() -> None:
    rows = kalender.by_law(2026)
    content = calendar_file(rows, "Stadt Müller, Großhausen", datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC))
    lines = content.decode().split("\r\n")
    assert max(len(line.encode()) for line in lines) <= 75
    assert lines.count("BEGIN:VEVENT") == lines.count("END:VEVENT") == len(rows)
    plain = content.decode().replace("\r\n ", "")
    assert "X-WR-CALNAME:Pflichten Stadt Müller\\, Großhausen" in plain
    assert "DTSTART;VALUE=DATE:20260128" in plain
    keys = [line for line in plain.split("\r\n") if line.startswith("UID:")]
    assert len(set(keys)) == len(keys)
