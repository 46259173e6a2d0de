"""Ein Raum, eine Zeit, zwei Verfahren: im selben Augenblick eingeladen wird nur eines, das andere erfährt es."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from jobportal import applications, selection
from jobportal.applications import Angaben
from jobportal.errors import Refused
from jobportal.models import Bewerbung, Gespraech
from tenants.db.session import TenantSession, tenant_session
from tests.jobportal.conftest import TODAY
from tests.web.at_once import together

NINE = datetime(2027, 1, 11, 9, tzinfo=UTC)


@pytest.fixture
def three(two_tenants: tuple[int, int], hang_out: Any) -> tuple[int, list[int]]:
    """Drei Ausschreibungen mit je einer Bewerbung; Mandant und Bewerbungen."""
    with tenant_session(two_tenants[0], actor="pia") as session:
        made = []
        for number in range(3):
            row, _ = applications.start(session, hang_out(session, f"2026-{number}").public_id, "de", TODAY)
            applications.store(session, row, Angaben("Kim", "Beck", f"b{number}@beispiel.example", anrede="herr"),
                               schwerbehindert=False)
            applications.submit(session, row, TODAY, fassung="1", pool=False)
            made.append(row.id)
    return two_tenants[0], made


def inviting(tenant: int, application: int, begin: datetime, room: str) -> Callable[[], str]:
    """Lädt in einer eigenen Transaktion ein; die Antwort ist die Ablehnung oder leer."""
    def act() -> str:
        try:
            with tenant_session(tenant, actor="pia") as session:
                selection.invite(session, row_of(session, application), begin, 60, room)
        except Refused as refused:
            return str(refused)
        return ""
    return act


def row_of(session: TenantSession, application: int) -> Bewerbung:
    return session.scalars(select(Bewerbung).filter_by(id=application)).one()


def talks(tenant: int) -> list[tuple[str, datetime]]:
    with tenant_session(tenant, actor="test") as session:
        return [(one.raum, one.beginn) for one in session.scalars(select(Gespraech).order_by(Gespraech.id))]


def test_of_three_postings_at_once_one_gets_the_room(three: tuple[int, list[int]]) -> None:
    tenant, rows = three
    begins = (NINE, NINE + timedelta(minutes=30), NINE - timedelta(minutes=29))  # each meets each other
    rooms = ("Raum 1", "raum  1", " Raum 1 ")  # one room however it is written
    said = together(Gespraech, *(inviting(tenant, *one) for one in zip(rows, begins, rooms, strict=True)))
    refused = [one for one in said if one]
    assert (len(talks(tenant)), len(refused)) == (1, 2)
    assert all("ist dann belegt" in one for one in refused)


def test_other_rooms_and_times_after_one_another_do_not_collide(three: tuple[int, list[int]]) -> None:
    tenant, rows = three
    given = ((NINE, "Raum 1"), (NINE + timedelta(minutes=60), "Raum 1"), (NINE, "Raum 2"))
    said = together(Gespraech, *(inviting(tenant, row, *one) for row, one in zip(rows, given, strict=True)))
    assert said == ["", "", ""]
    assert sorted(talks(tenant)) == sorted((room, begin) for begin, room in given)


def test_what_one_employer_holds_stops_no_other(two_tenants: tuple[int, int]) -> None:
    """Die Sperre gehört einem Mandanten: derselbe Name bei einem anderen wartet nicht auf sie."""
    held, done = threading.Event(), threading.Event()

    def hold() -> None:
        with tenant_session(two_tenants[0], actor="pia") as session:
            session.hold("raum:raum 1")
            held.set()
            assert done.wait(60)

    with ThreadPoolExecutor(1) as threads:
        first = threads.submit(hold)
        assert held.wait(60)
        with tenant_session(two_tenants[1], actor="pia") as session:
            session.hold("raum:raum 1")
        done.set()
        first.result()
