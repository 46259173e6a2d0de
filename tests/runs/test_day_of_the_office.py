"""Ein Mandat endet in der Zeit des Amtes, gleich welche Zeit die Maschine hält: auch für Arbeiter und Befehle."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import click
import pytest

from payroll import acting
from payroll.sammellauf import service
from tenants.db.session import platform_session
from tenants.users.presence import office_day
from tenants.users.service import create_user, give_mandate

# Fourteen hours ahead and twelve behind: at every moment one of them has another day than the office.
ZONES = ("XXX-14", "XXX12")


@pytest.fixture
def elsewhere(monkeypatch: pytest.MonkeyPatch) -> Iterator[date]:
    """Die Maschine hält einen anderen Tag als das Amt; gibt den der Maschine."""
    for zone in ZONES:
        monkeypatch.setenv("TZ", zone)
        time.tzset()
        if date.today() != office_day(datetime.now(UTC)):
            break
    yield date.today()
    monkeypatch.undo()
    time.tzset()


def test_the_day_of_the_machine_neither_lengthens_nor_shortens_a_mandate(
    two_tenants: tuple[int, int], elsewhere: date, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    today = office_day(datetime.now(UTC))
    assert elsewhere != today
    with platform_session(actor="test") as session:
        for login, first, last in (("heute", today, today), ("dort", elsewhere, elsewhere)):
            user = create_user(session, login, login.title())
            give_mandate(session, two_tenants[0], user, "clerk", first, last)
    assert [one.tenant_id for one in service.allowed("heute", "run.calculate")] == [two_tenants[0]]
    assert service.allowed("dort", "run.calculate") == []
    monkeypatch.setattr(acting, "database", _open)
    monkeypatch.setattr(acting.stated, "require_named", lambda _right: None)
    number = service.allowed("heute", "run.calculate")[0].number
    with acting.acting(tmp_path, number, "heute", "run.calculate") as session:
        assert session.info["tenant"] == two_tenants[0]
    with pytest.raises(click.ClickException, match="heute bei"), acting.acting(tmp_path, number, "dort",
                                                                               "run.calculate"):
        pass
    assert abs(elsewhere - today) == timedelta(days=1)


class _open:
    """Die Datenbank ist in der Prüfung schon offen."""

    def __init__(self, _data: Path) -> None:
        pass

    def __enter__(self) -> None:
        return None

    def __exit__(self, *_error: object) -> None:
        return None
