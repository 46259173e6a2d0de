"""Protokoll: lückenlose Kette je Mandant in der Transaktion der Änderung; jede Fälschung fällt ohne Datenbank auf."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Engine, select, text
from sqlalchemy.exc import DBAPIError

from tenants import audit
from tenants.audit import chain, export
from tenants.audit.models import AuditEntry
from tenants.db.session import platform_session, tenant_session

Record = dict[str, Any]


def write(tenant: int, *actions: str) -> None:
    for action in actions:
        with tenant_session(tenant, actor="anna") as session:
            audit.record(session, action, "person:1", {"feld": "name"}, "Heirat")


@pytest.fixture
def records(two_tenants: tuple[int, int]) -> list[Record]:
    write(two_tenants[0], "eins", "zwei", "drei", "vier")
    with tenant_session(two_tenants[0], actor="pruefer") as session:
        return list(export.records(session))


def test_entries_are_numbered_and_linked(records: list[Record]) -> None:
    assert [(r["seq"], r["action"], r["actor"], r["reason"]) for r in records] == [
        (1, "eins", "anna", "Heirat"),
        (2, "zwei", "anna", "Heirat"),
        (3, "drei", "anna", "Heirat"),
        (4, "vier", "anna", "Heirat"),
    ]
    assert records[0]["prev_hash"] == "00" * 32
    assert [r["prev_hash"] for r in records[1:]] == [r["hash"] for r in records[:-1]]
    assert list(chain.breaks(records)) == []


def test_an_export_holds_offline_after_reading_it_back(records: list[Record]) -> None:
    lines = [json.dumps(record, ensure_ascii=False) for record in records]
    assert export.verify(lines) == export.Verdict(entries=4, last_hash=records[-1]["hash"], breaks=())
    assert export.verify([]) == export.Verdict(entries=0, last_hash=None, breaks=())


TAMPERINGS: list[tuple[str, Callable[[list[Record]], object], list[int]]] = [
    ("content", lambda r: r[1].update(action="nichts"), [2]),
    ("details", lambda r: r[1]["details"].update(feld="iban"), [2]),
    ("actor", lambda r: r[1].update(actor="bernd"), [2]),
    ("reason removed", lambda r: r[1].update(reason=None), [2]),
    ("moment", lambda r: r[1].update(at=r[0]["at"]), [2]),
    ("left out", lambda r: r.pop(1), [3, 3]),
    ("beginning cut off", lambda r: r.pop(0), [2, 2]),
    ("doubled", lambda r: r.insert(1, r[0]), [1, 1]),
    ("swapped", lambda r: r.insert(1, r.pop(2)), [3, 3, 2, 2, 4, 4]),
    ("another tenant", lambda r: r[2].update(tenant=99), [3, 3]),
]


@pytest.mark.parametrize(("tamper", "places"), [t[1:] for t in TAMPERINGS], ids=[t[0] for t in TAMPERINGS])
def test_tampering_is_found_where_it_happened(
    records: list[Record], tamper: Callable[[list[Record]], object], places: list[int]
) -> None:
    tamper(records)
    assert [found.seq for found in chain.breaks(records)] == places


def test_a_hash_computed_anew_breaks_the_next_link(records: list[Record]) -> None:
    records[1]["action"] = "nichts"
    records[1]["hash"] = chain.record_hash(records[1]).hex()
    assert [(b.seq, b.problem) for b in chain.breaks(records)] == [(3, "Verweis auf den vorigen Eintrag stimmt nicht.")]


def test_an_unreadable_line_is_named(records: list[Record]) -> None:
    lines = [json.dumps(record) for record in records]
    lines[2] = lines[2][:-5]
    verdict = export.verify(lines)
    assert verdict.breaks[0] == chain.Break(3, "Zeile 3 ist kein gültiger Eintrag.")


def test_tampering_in_the_database_by_its_owner_is_found(
    records: list[Record], two_tenants: tuple[int, int], without_row_security: Engine
) -> None:
    with without_row_security.begin() as connection:
        connection.execute(text("ALTER TABLE audit_entry DISABLE TRIGGER nur_anfuegen"))
        connection.execute(text("UPDATE audit_entry SET details = '{}' WHERE tenant_id = 1 AND id = 2"))
        connection.execute(text("DELETE FROM audit_entry WHERE tenant_id = 1 AND id = 4"))
    with tenant_session(two_tenants[0], actor="pruefer") as session:
        verdict = export.verify_database(session)
    assert [b.seq for b in verdict.breaks] == [2]
    assert (verdict.entries, verdict.last_hash) == (3, records[2]["hash"])


@pytest.mark.parametrize(
    "statement", ["UPDATE audit_entry SET actor = 'x'", "DELETE FROM audit_entry", "TRUNCATE audit_entry"]
)
def test_the_database_only_lets_entries_be_added(
    records: list[Record], without_row_security: Engine, statement: str
) -> None:
    with without_row_security.connect() as connection, pytest.raises(DBAPIError, match="nur hinzukommen"):
        connection.execute(text(statement))


def test_nothing_deleted_elsewhere_takes_an_entry_along(records: list[Record], without_row_security: Engine) -> None:
    """Kein Fremdschlüssel zum Protokoll hin löscht mit; auch ein Mandant geht nicht, solange seine Kette da ist."""
    with without_row_security.connect() as connection:
        pulling = connection.execute(text(
            "SELECT conname FROM pg_constraint WHERE contype = 'f' AND conrelid = 'audit_entry'::regclass "
            "AND confdeltype NOT IN ('a', 'r')")).all()
        assert pulling == []
        with pytest.raises(DBAPIError, match="foreign key"):
            connection.execute(text("DELETE FROM tenant WHERE id = 1"))
    assert len(records) > 1


def test_an_entry_goes_with_its_change(two_tenants: tuple[int, int]) -> None:
    with pytest.raises(ZeroDivisionError), tenant_session(two_tenants[0], actor="anna") as session:
        fail_after(audit.record(session, "verworfen", "x", {}))
    write(two_tenants[0], "behalten")
    with tenant_session(two_tenants[0], actor="anna") as session:
        assert [(e.id, e.action) for e in session.scalars(select(AuditEntry))] == [(1, "behalten")]


def fail_after(entry: AuditEntry) -> None:
    raise ZeroDivisionError(entry.action)


def test_chains_of_tenants_are_apart(two_tenants: tuple[int, int]) -> None:
    write(two_tenants[0], "a", "b")
    write(two_tenants[1], "c")
    for tenant, actions in zip(two_tenants, (["a", "b"], ["c"]), strict=True):
        with tenant_session(tenant, actor="anna") as session:
            found = list(export.records(session))
            assert [r["action"] for r in found] == actions
            assert export.verify_database(session).breaks == ()
    with platform_session(actor="anna") as session:
        assert {r["tenant"] for r in export.records(session)} == {0}
        assert export.verify_database(session).breaks == ()


def test_many_at_once_still_make_one_chain(two_tenants: tuple[int, int]) -> None:
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda n: write(two_tenants[0], f"a{n}"), range(20)))
    with tenant_session(two_tenants[0], actor="anna") as session:
        verdict = export.verify_database(session)
    assert (verdict.entries, verdict.breaks) == (20, ())


def test_details_keep_their_meaning_and_floats_are_refused(two_tenants: tuple[int, int]) -> None:
    details = {
        "tag": date(2026, 1, 31),
        "zeit": datetime(2026, 1, 31, tzinfo=UTC),
        "betrag": Decimal("1.10"),
        "id": UUID(int=1),
        "liste": {"b", "a"},
        "umlaut": "Größe ß",
    }
    with tenant_session(two_tenants[0], actor="anna") as session:
        audit.record(session, "x", "y", details)
    with tenant_session(two_tenants[0], actor="anna") as session:
        (found,) = export.records(session)
        assert found["details"]["liste"] == ["a", "b"]
        assert (found["details"]["betrag"], found["details"]["umlaut"]) == ("1.10", "Größe ß")
        assert export.verify_database(session).breaks == ()
        with pytest.raises(TypeError, match="float"):
            audit.record(session, "x", "y", {"betrag": 1.1})


def test_many_entries_at_once_are_the_same_chain(two_tenants: tuple[int, int]) -> None:
    first, second = two_tenants
    write(first, "vorher")
    many = [audit.Entry(f"viele.{n}", f"person:{n}", {"feld": "ort", "tag": date(2026, 1, 1)}, "Übernahme")
            for n in range(500)]  # fmt: skip
    with tenant_session(first, actor="anna") as session:
        assert audit.record_many(session, many) == 500
        assert audit.record_many(session, []) == 0
        audit.record(session, "nachher", "person:1", {})
    with tenant_session(first, actor="pruefer") as session:
        found = list(export.records(session))
        assert export.verify_database(session).breaks == ()
    assert [r["action"] for r in found] == ["vorher", *(one.action for one in many), "nachher"]
    assert (found[7]["subject"], found[7]["details"]) == ("person:6", {"feld": "ort", "tag": "2026-01-01"})
    assert (found[7]["actor"], found[7]["reason"]) == ("anna", "Übernahme")
    with tenant_session(second, actor="pruefer") as session:
        assert list(export.records(session)) == []
