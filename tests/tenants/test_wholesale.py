"""Was alle liest, verbindet Tabellen als Ganzes, solange es liest, und danach wieder wie sonst."""

from __future__ import annotations

import pytest

from tenants.db.bulk import WHOLE_SETTINGS, _cursor, whole_tables
from tenants.db.scope import limited
from tenants.db.session import TenantSession, tenant_session


def _asked(session: TenantSession, question: str) -> list[str]:
    with _cursor(session) as cursor:
        return [str(row[0]) for row in cursor.execute(question).fetchall()]


def _settings(session: TenantSession) -> list[str]:
    return [_asked(session, f"SHOW {name}")[0] for name in WHOLE_SETTINGS]


def _plan(session: TenantSession) -> str:
    """Wie die Datenbank zwei Tabellen verbindet, von denen sie annimmt, dass sie fast leer sind."""
    return "\n".join(_asked(session, "EXPLAIN SELECT 1 FROM person JOIN person_angaben a ON a.person_id = person.id"))


def test_tables_are_joined_whole_meanwhile(two_tenants: tuple[int, int]) -> None:
    with tenant_session(two_tenants[0], actor="test") as session:
        before = _settings(session)
        assert "Nested Loop" in _plan(session)
        with whole_tables(session):
            assert _settings(session) == ["off", "off"]
            assert "Nested Loop" not in _plan(session)
            with whole_tables(session):
                assert _settings(session) == ["off", "off"]
            assert _settings(session) == ["off", "off"], "the outer one ends it"
        assert _settings(session) == before


def test_an_error_within_a_savepoint_takes_it_back(two_tenants: tuple[int, int]) -> None:
    with tenant_session(two_tenants[0], actor="test") as session:
        before = _settings(session)
        with pytest.raises(ValueError, match="mittendrin"), session.begin_nested(), whole_tables(session):
            raise ValueError("mittendrin")
        assert _settings(session) == before
        with whole_tables(session):
            assert _settings(session) == ["off", "off"], "and it works once more"
        assert _settings(session) == before


def test_a_session_of_few_people_keeps_row_by_row(two_tenants: tuple[int, int]) -> None:
    with tenant_session(two_tenants[0], actor="test") as session, limited(session, {}), whole_tables(session):
        assert _settings(session)[0] == "on"

