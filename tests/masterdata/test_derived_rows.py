"""Familienzuschlag als Tatsache mit zwei Uhren: was die Datenbank abweist, und die Abschnitte eines Monats."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from payroll.masterdata import catalogue, service
from payroll.masterdata.clocks import as_of
from payroll.masterdata.intake import Tatsache
from payroll.masterdata.models import (
    FACTS,
    BeschaeftigungAngaben,
    Bezuegezuordnung,
    Familienzuschlag,
    Versicherung,
    WiederkehrenderBezug,
)
from payroll.masterdata.service import FactError
from payroll.masterdata.slices import load_month
from tenants.db.session import TenantSession

Employ = Callable[..., None]
JANUARY, MAY = date(2026, 1, 1), date(2026, 5, 1)
OFFICIAL = {
    "beschaeftigung": Tatsache(BeschaeftigungAngaben, JANUARY, {"art": "beamte", "eintritt": JANUARY}),
    "versicherung": Tatsache(Versicherung, JANUARY, {"kv_art": "privat", "pkv_beitrag_monat_cent": 30_000}),
    "zusatzversorgung": None,
}


def grade(scale: str, group: str, first: date, last: date | None = None, hours: str = "41") -> Tatsache:
    values = {"tarifwerk": scale, "entgeltgruppe": group, "stufe": "5", "wochenstunden": Decimal(hours)}
    return Tatsache(Bezuegezuordnung, first, values | {"vollzeitstunden": Decimal(41)}, last)


def record(session: TenantSession, first: date, last: date | None = None, number: str = "4711", **values: Any) -> None:
    job = service.find_employment(session, number)
    assert job is not None
    service.record_fact(session, Familienzuschlag, beschaeftigung_id=job.id, valid_from=first, valid_to=last,
                        reason="Anzeige", **values)


def pieces(columns: dict[str, Any]) -> list[tuple[int, ...]]:
    names = ("von_tag", "bis_tag", "familienzuschlag_kinder")
    return list(zip(*(columns[name].tolist() for name in names), strict=True))


@pytest.mark.parametrize(("values", "text"), [
    ({"stufe1": False, "kinder": 0}, "weder Stufe 1 noch ein Kind"),
    ({"stufe1": True, "kinder": 1}, "Mietenstufe fehlt"),
    ({"stufe1": True, "kinder": 1, "mietenstufe": "VIII"}, "I bis VII"),
    ({"stufe1": True, "kinder": 21, "mietenstufe": "I"}, "zwischen 0 und 20"),
])
def test_what_cannot_be_is_refused_with_the_remedy(
    desk: TenantSession, employ: Employ, values: dict[str, Any], text: str
) -> None:
    employ(desk)
    with pytest.raises(FactError, match=text):
        record(desk, JANUARY, **values)
    assert as_of(desk, Familienzuschlag, MAY) == []


def test_it_is_one_of_the_facts_and_keeps_both_clocks(desk: TenantSession, employ: Employ) -> None:
    assert Familienzuschlag in FACTS
    employ(desk, bezuege=grade("NRW-A", "A8", JANUARY), **OFFICIAL)
    record(desk, JANUARY, stufe1=True, kinder=1, mietenstufe="III")
    desk.commit()
    before = datetime.now(UTC)
    record(desk, date(2026, 5, 11), stufe1=True, kinder=2, mietenstufe="III")
    desk.commit()
    assert pieces(load_month(desk, MAY, before).familie) == [(1, 31, 1)]
    assert pieces(load_month(desk, MAY).familie) == [(1, 10, 1), (11, 31, 2)]
    job = service.find_employment(desk, "4711")
    assert job is not None
    service.end_fact(desk, Familienzuschlag, last_day=date(2026, 5, 20), reason="Scheidung", beschaeftigung_id=job.id)
    assert pieces(load_month(desk, MAY).familie) == [(1, 10, 1), (11, 20, 2)]
    assert load_month(desk, date(2026, 6, 1)).familie == {}


def test_it_is_cut_where_hours_or_group_change_and_nowhere_else(desk: TenantSession, employ: Employ) -> None:
    second = grade("NRW-A", "A8", date(2026, 5, 16), hours="20.5")
    employ(desk, bezuege=grade("NRW-A", "A8", JANUARY, date(2026, 5, 15)), more=(second,), **OFFICIAL)
    record(desk, JANUARY, date(2026, 5, 8), stufe1=True, kinder=2, mietenstufe="III")
    record(desk, date(2026, 5, 9), stufe1=True, kinder=2, mietenstufe="III")
    facts = load_month(desk, MAY)
    assert pieces(facts.familie) == [(1, 15, 2), (16, 31, 2)]
    assert facts.familie["wochenstunden"].tolist() == [4_100, 2_050]
    assert facts.familie["mietenstufe_text"] == ["III", "III"]


def test_without_a_group_nothing_is_left_out_silently(desk: TenantSession, employ: Employ) -> None:
    fixed = {"lohnart_id": catalogue.ids(desk).lohnarten[2017], "betrag_cent": 500_000}
    employ(desk, bezuege=Tatsache(WiederkehrenderBezug, JANUARY, fixed), **OFFICIAL)
    record(desk, JANUARY, stufe1=True, kinder=0)
    facts = load_month(desk, MAY)
    assert (facts.size, facts.familie) == (1, {})
    assert [(f.field, f.left_out) for f in facts.findings] == [("familienzuschlag", False)]
    assert "ohne Eingruppierung" in facts.findings[0].rule


def test_only_the_groups_of_the_tariff_have_the_sue_allowance(desk: TenantSession, employ: Employ) -> None:
    groups = ("S2", "S3", "S4", "S7", "S8a", "S8b", "S9", "S11a",
              "S11b", "S12", "S13", "S14", "S15", "S16", "S17", "S18")
    for group in groups:
        employ(desk, group, bezuege=grade("TVoeD-SuE", group, JANUARY))
    facts = load_month(desk, MAY)
    held = {facts.cases["personalnummer"][row]: int(number)
            for row, number in zip(facts.sue["beschaeftigung_row"], facts.sue["lohnart"], strict=True)}
    # TVöD-BT-V annex: 130.00 in S2 to S11a, 180.00 in S11b, S12, S14 and in S15 case group 6 only
    assert held == dict.fromkeys(groups[:8], 1100) | {"S11b": 1101, "S12": 1101, "S14": 1101}
    assert [(f.record.split()[1], f.field, f.left_out) for f in facts.findings] == [("S15", "Lohnart 1101", False)]
