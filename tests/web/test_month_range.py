"""Blättern nach Monaten: vom ersten bekannten bis zum Januar des nächsten Jahres."""

import re
from datetime import date
from typing import Any

import pytest

from payroll.runs.models import Lauf
from payroll.web.desk import month_range
from tenants.db.session import tenant_session

TODAY = date(2026, 11, 25)


def _ways(page: str) -> list[str]:
    return re.findall(r'(?:abrechnung/|\?monat=)(\d{4}-\d\d)" rel="(?:prev|next)"', page)


@pytest.mark.parametrize(
    ("month", "ways"),
    [
        ("2026-11", ["2026-10", "2026-12"]),
        ("2027-01", ["2026-12"]),
        ("2026-01", ["2026-02"]),
    ],
)
def test_1_paging_ends_at_both_ends(office: Any, month: str, ways: list[str]) -> None:
    client = office.client("klara")
    assert _ways(client.get(office.address("kreis", f"/abrechnung/{month}")).text) == ways
    assert _ways(client.get(f"/?monat={month}").text) == ways


@pytest.mark.parametrize("month", ["2027-02", "2199-12", "2025-12", "1900-01"])
def test_1_months_beyond_are_not_there_and_not_calculated(office: Any, month: str) -> None:
    client, page = office.client("klara"), office.address("kreis", "/abrechnung/2026-11")
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get(page).text)
    assert token is not None
    address = office.address("kreis", f"/abrechnung/{month}")
    assert client.get(address).status_code == 404
    data = {"csrf_token": token[1], "schluessel": "a"}
    assert client.post(f"{address}/rechnen", data=data).status_code == 404
    with tenant_session(office.tenants["kreis"].id, actor="test") as session:
        assert session.query(Lauf).count() == 0


def test_1_too_far_on_the_start_page_shows_the_current_month(office: Any) -> None:
    assert "November 2026" in office.client("klara").get("/?monat=2199-12").text


def test_2_a_tenant_without_anyone_starts_today_and_a_run_counts(office: Any) -> None:
    with tenant_session(office.tenants["stadt"].id, actor="test") as session:
        assert month_range.first_month(session, TODAY) == date(2026, 11, 1)
        session.add(Lauf(monat=date(2026, 3, 1), zustand="offen"))
        session.flush()
        assert month_range.first_month(session, TODAY) == date(2026, 3, 1)
        assert month_range.reachable(session, date(2026, 3, 1), TODAY)
        assert not month_range.reachable(session, date(2026, 2, 1), TODAY)
