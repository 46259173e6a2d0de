"""Einstellungen der Abrechnung: datiert, mit Vorgaben, nach dem Kenntnisstand; Unbekanntes wird abgewiesen."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from payroll.masterdata.service import FactError
from payroll.masterdata.settings import Einstellungen, record_settings, settings_on, versions
from tenants.db.session import tenant_session

JANUARY, MARCH, JULY = date(2026, 1, 1), date(2026, 3, 1), date(2026, 7, 1)


def test_settings_hold_from_their_day_and_keep_the_rest(two_tenants: Any) -> None:
    with tenant_session(two_tenants.first, actor="karla") as session:
        assert settings_on(session, JANUARY) == Einstellungen()
        record_settings(session, valid_from=JANUARY, reason="Beschluss", pauschal_abwaelzung=True)
        record_settings(session, valid_from=JULY, reason="Beschluss", umwandlung_verfahren="verteilt")
        first, second = settings_on(session, JANUARY), settings_on(session, JULY)
    assert (first.pauschal_abwaelzung, first.umwandlung_verfahren) == (True, "aufbrauchend")
    assert (second.pauschal_abwaelzung, second.umwandlung_verfahren) == (True, "verteilt")
    with tenant_session(two_tenants.second, actor="karla") as session:
        assert settings_on(session, JULY) == Einstellungen()


def test_what_is_decided_for_later_stays_when_an_earlier_day_is_decided(two_tenants: Any) -> None:
    with tenant_session(two_tenants.first, actor="karla") as session:
        record_settings(session, valid_from=JULY, reason="Beschluss", umwandlung_verfahren="verteilt")
        record_settings(session, valid_from=JANUARY, reason="Nachtrag", umwandlung_zuschuss=False,
                        umwandlung_verfahren="verteilt")
        record_settings(session, valid_from=MARCH, reason="Zweiter Nachtrag", umwandlung_verfahren="aufbrauchend")
        words = {day: (on.umwandlung_verfahren, on.umwandlung_zuschuss) for day, on in (
            (day, settings_on(session, day)) for day in (JANUARY, MARCH, JULY))}
        spans = [(row.valid_from, row.valid_to, row.reason) for row in versions(session)]
    assert words == {JANUARY: ("verteilt", False), MARCH: ("aufbrauchend", False), JULY: ("aufbrauchend", False)}
    assert spans == [(JANUARY, date(2026, 2, 28), "Nachtrag"), (MARCH, date(2026, 6, 30), "Zweiter Nachtrag"),
                     (JULY, None, "Zweiter Nachtrag")]


@pytest.mark.parametrize(("values", "text"), [
    ({"erfunden": True}, "gibt es nicht"), ({"umwandlung_verfahren": "irgendwie"}, "erlaubt: verteilt, aufbrauchend"),
    ({"pauschal_abwaelzung": "ja"}, "erlaubt: ja, nein")])
def test_unknown_names_and_values_are_refused(two_tenants: Any, values: dict[str, Any], text: str) -> None:
    with tenant_session(two_tenants.first, actor="karla") as session, pytest.raises(FactError, match=text):
        record_settings(session, valid_from=JANUARY, reason="Beschluss", **values)
