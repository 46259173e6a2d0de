"""Eine spät gemeldete Geburt: der Familienzuschlag wird für die abgeschlossenen Monate nachberechnet."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from payroll.masterdata.intake import Tatsache
from payroll.masterdata.models import Bezuegezuordnung, Familienzuschlag

if TYPE_CHECKING:
    from tests.runs.retro.conftest import Desk

JAN, FEB, MAR = (date(2026, m, 1) for m in (1, 2, 3))


def test_a_birth_reported_late_is_settled_by_the_law_of_its_months(desk: Desk) -> None:
    person = desk.person("1", art="beamte", kv_art="privat", beitragsgruppe=None, personengruppe=None,
                         krankenkasse_id=None, pkv_beitrag_monat_cent=30_000)
    job = person.beschaeftigungen[0]
    job.tatsachen[-1] = Tatsache(Bezuegezuordnung, date(2025, 6, 1), {
        "tarifwerk": "NRW-A", "entgeltgruppe": "A8", "stufe": "7", "wochenstunden": Decimal(41),
        "vollzeitstunden": Decimal(41)})
    job.tatsachen.append(Tatsache(Familienzuschlag, date(2025, 6, 1), {
        "stufe1": True, "kinder": 0, "mietenstufe": None}))
    desk.hire(person)
    desk.close_all([JAN, FEB])
    assert desk.preview(MAR) == {}
    desk.record(Familienzuschlag, "1", FEB, stufe1=True, kinder=2, mietenstufe="III")
    found = desk.preview(MAR)["1"]
    lines = [(line.name, line.betrag) for month in found.monate for line in month.posten
             if line.bereich == "bezug"]
    assert lines == [("2005", 99_440 - 16_270)]  # annex 13 LBesG NRW from February 2025, A7 and A8, III
