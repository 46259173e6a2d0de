"""Who is insured with the fund: age, waiting time, exceptions."""

from __future__ import annotations

from datetime import date

import pytest

from payroll.law.rules.zusatzversorgung.versicherungspflicht import versicherungspflicht


@pytest.mark.parametrize(("born", "begin", "start"), [
    ("1990-05-01", "2026-03-15", "2026-03-15"), ("2009-09-01", "2025-08-01", "2026-09-01"),
    ("1964-03-01", "2026-03-01", "2026-03-01"), ("1964-02-28", "2026-03-01", None)])
def test_age_and_waiting_time(born: str, begin: str, start: str | None) -> None:
    found = versicherungspflicht("tarif", date.fromisoformat(born), date.fromisoformat(begin))
    assert (found.ab.isoformat() if found.ab else None) == start
    assert found.pflichtig is (start is not None)
    assert "ATV-K" in found.grund


def test_months_elsewhere_shorten_the_waiting_time() -> None:
    assert versicherungspflicht("tarif", date(1963, 3, 1), date(2026, 3, 1), bisherige_monate=12).pflichtig
    assert not versicherungspflicht("tarif", date(1963, 3, 1), date(2026, 3, 1), bisherige_monate=11).pflichtig


def test_exceptions() -> None:
    born, begin = date(1990, 1, 1), date(2026, 1, 1)
    assert not versicherungspflicht("beamte", born, begin).pflichtig
    assert not versicherungspflicht("tarif", born, begin, kurzfristig=True).pflichtig
    assert not versicherungspflicht("tarif", born, begin, wissenschaftlich_befristet=True).pflichtig
    assert versicherungspflicht("auszubildende", born, begin).pflichtig
