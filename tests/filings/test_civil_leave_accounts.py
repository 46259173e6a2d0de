"""Leave accounts of an employer know who is a civil servant and whose service ends at the age limit."""

from __future__ import annotations

from datetime import date
from typing import Any

from payroll.law.rules.besoldung.regelalter import last_day
from payroll.masterdata.models import BeschaeftigungAngaben
from payroll.masterdata.service import find_employment, record_fact
from payroll.runs.zeiten.stock import load_stock
from timekeeping.leave.account import accounts

BEGIN, BORN = date(2026, 1, 1), date(1985, 6, 15)
RETIRED, OPEN = date(2052, 6, 30), "ruhestand_18_frurlv"


def test_accounts_follow_the_kind_of_service_and_its_end(fresh_town: Any) -> None:
    """BEAMTIN: 30 days also in 2027, seven twelfths by July; her age limit is recognized, another day not."""
    with fresh_town.session() as session:
        civil, tariff = (find_employment(session, name).id for name in ("BEAMTIN", "TARIF"))

        def claim(job: int, year: int) -> Any:
            found = accounts(session, load_stock(session), year, date(year, 12, 31), {job})[job].konto
            assert found is not None
            return found.anspruch

        def leaves(end: date) -> None:
            record_fact(session, BeschaeftigungAngaben, beschaeftigung_id=civil, valid_from=date(2026, 5, 1),
                        art="beamte", eintritt=BEGIN, austritt=end, kostenstelle="1110", reason="Ende")

        assert (claim(civil, 2026).summe, claim(civil, 2027).summe, claim(tariff, 2027).summe) == (30, 30, 31)
        leaves(date(2026, 7, 31))
        assert (claim(civil, 2026).summe, OPEN in claim(civil, 2026).zweifel) == (18, True)
        assert last_day(BORN) == RETIRED
        leaves(RETIRED)
        assert (claim(civil, 2052).summe, OPEN in claim(civil, 2052).zweifel) == (15, False)
        leaves(date(2052, 7, 31))
        assert (claim(civil, 2052).summe, OPEN in claim(civil, 2052).zweifel) == (18, True)
