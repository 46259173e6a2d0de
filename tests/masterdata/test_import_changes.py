"""Änderungen an vielen vorhandenen Personen durch Einlesen: so viele Anweisungen wie bei einer, Werte im Protokoll."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import event, select

from payroll.masterdata.clocks import as_of
from payroll.masterdata.imports import ImportFehler, take_over
from payroll.masterdata.imports import service as importing
from payroll.masterdata.models import BeschaeftigungAngaben, Bezuegezuordnung, PersonAngaben
from tenants.audit import values
from tenants.audit.models import AuditEntry
from tenants.db import engine
from tenants.db.session import TenantSession

JUNE = date(2026, 6, 1)


def _people(row: dict[str, str], count: int, **change: str) -> list[dict[str, str]]:
    """Verschiedene Menschen aus einer Zeile; ohne Kennnummern, die nur einer haben darf."""
    return [{**row, "personalnummer": f"5{i:03}", "nachname": f"Amsel{chr(97 + i // 26)}{chr(97 + i % 26)}",
             "steuer_id": "", "sv_nummer": "", **change} for i in range(count)]


def _statements(session: TenantSession, data: bytes) -> int:
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        seen.append(statement)

    event.listen(engine.current().app, "before_cursor_execute", note)
    try:
        take_over(session, "p.csv", data, reason="Umzug und Stufe")
    finally:
        event.remove(engine.current().app, "before_cursor_execute", note)
    return len(seen)


def test_many_changed_people_cost_what_a_few_cost(desk: TenantSession, files: SimpleNamespace) -> None:
    take_over(desk, "p.csv", files.csv(*_people(files.row, 40)), reason="Übernahme")
    change = {"gueltig_ab": "01.06.2026", "stufe": "5", "strasse": "Neue Gasse 7"}
    changed = _people(files.row, 40, **change)
    few = _statements(desk, files.csv(*changed[:2]))
    many = _statements(desk, files.csv(*changed[2:]))
    assert many == few
    assert [(row.stufe, row.valid_to) for row in as_of(desk, Bezuegezuordnung, JUNE)] == [("5", None)] * 40
    assert {row.strasse for row in as_of(desk, PersonAngaben, JUNE)} == {"Neue Gasse 7"}
    assert {row.valid_to for row in as_of(desk, PersonAngaben, date(2026, 5, 31))} == {date(2026, 5, 31)}


def test_every_change_has_its_values_before_and_after_in_the_log(desk: TenantSession, files: SimpleNamespace) -> None:
    take_over(desk, "p.csv", files.csv(*_people(files.row, 2)), reason="Übernahme")
    take_over(desk, "p.csv", files.csv(*_people(files.row, 2, gueltig_ab="01.06.2026", strasse="Neue Gasse 7")),
              reason="Umzug")
    entries = desk.scalars(select(AuditEntry).where(AuditEntry.action == "tatsache.erfasst",
                                                    AuditEntry.subject.like("person_angaben:%"))).all()
    assert [(entry.reason, entry.details["replaced"]) for entry in entries] == [("Umzug", 1)] * 2
    for one in values.opened(desk, entries).values():
        assert [(row["strasse"], row["valid_to"]) for row in one.before] == [("Am Markt 1", None)]
        assert [(row["strasse"], row["valid_from"]) for row in one.after] == [("Neue Gasse 7", "2026-06-01")]


def test_two_periods_in_one_file_follow_each_other(desk: TenantSession, files: SimpleNamespace) -> None:
    take_over(desk, "p.csv", files.csv(*_people(files.row, 1)), reason="Übernahme")
    rows = [*_people(files.row, 1, gueltig_ab="01.06.2026", kostenstelle="100"),
            *_people(files.row, 1, gueltig_ab="01.08.2026", kostenstelle="200")]
    take_over(desk, "p.csv", files.csv(*rows), reason="Umzug")
    found = [(row.kostenstelle, row.valid_to) for day in (6, 8)
             for row in as_of(desk, BeschaeftigungAngaben, date(2026, day, 1))]
    assert found == [("100", date(2026, 7, 31)), ("200", None)]


def test_what_the_database_refuses_names_its_row(desk: TenantSession, files: SimpleNamespace,
                                                 monkeypatch: pytest.MonkeyPatch) -> None:
    take_over(desk, "p.csv", files.csv(*_people(files.row, 2)), reason="Übernahme")
    monkeypatch.setattr(importing.Sammlung, "write", _broken)
    with pytest.raises(ImportFehler, match=r"Zeile 2: bezuegezuordnung: Wochenstunden müssen größer als 0"):
        _refused(desk, files, monkeypatch)


def _broken(_self: object) -> int:
    raise importing.FactError("abgewiesen")


def _refused(desk: TenantSession, files: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = importing.complete

    def too_long(fact: Any, held: Any) -> dict[str, Any]:
        found = plain(fact, held)
        return found | {"wochenstunden": 0} if fact.model is Bezuegezuordnung else found

    monkeypatch.setattr(importing, "complete", too_long)
    take_over(desk, "p.csv", files.csv(*_people(files.row, 2, gueltig_ab="01.06.2026", stufe="5")), reason="Stufe")
