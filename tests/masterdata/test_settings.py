"""Einstellungen der Abrechnung: datiert, mit Vorgaben, nach dem Kenntnisstand; Unbekanntes wird abgewiesen."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from payroll.masterdata.service import FactError
from payroll.masterdata.settings import Einstellungen, record_settings, settings_on
from tenants.db.session import tenant_session

JANUARY, JULY = date(2026, 1, 1), date(2026, 7, 1)


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


@pytest.mark.parametrize(("values", "text"), [
    ({"erfunden": True}, "gibt es nicht"), ({"umwandlung_verfahren": "irgendwie"}, "erlaubt: verteilt, aufbrauchend"),
    ({"pauschal_abwaelzung": "ja"}, "erlaubt: ja, nein")])
def test_unknown_names_and_values_are_refused(two_tenants: Any, values: dict[str, Any], text: str) -> None:
    with tenant_session(two_tenants.first, actor="karla") as session, pytest.raises(FactError, match=text):
        record_settings(session, valid_from=JANUARY, reason="Beschluss", **values)
