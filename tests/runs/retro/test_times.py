"""Zeiten, die nach dem Abschluss des Zahlmonats kommen: die Rückrechnung findet sie und nennt sie als Ursache."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from payroll.runs.zeiten import load_stock
from timekeeping import profiles, service
from timekeeping.handover import closing
from timekeeping.imports import profile

if TYPE_CHECKING:
    from tests.runs.retro.conftest import Desk

JAN, FEB, MAR, APR, MAY = (date(2026, month, 1) for month in range(1, 6))
KEYS = '\n[[schluessel]]\nfremd = "UE"\neigen = "1300"\n'
RATE = 2_054  # E6 step 3 until April 2026: 3,482.94 euros of the table / 169.57 hours = 20.54


def _hours(desk: Desk, *lines: str) -> None:
    """Eine Datei mit Überstunden: gelesen, Nachträge angenommen, von einer zweiten Person freigegeben."""
    data = "\n".join(["PNR;Tag;Monat;Jahr;Lohnart;Stunden", *lines, ""]).encode()
    with desk.session() as session:
        made = service.read_in(session, load_stock(session), "ue.csv", data, "stunden-pro-tag")
        waiting = {row.zeile for row in service.problems(session, made)}
        if waiting:
            service.decide(session, made, waiting, annehmen=True, reason="spät gemeldet")
        kennung = str(made.public_id)
    with desk.session("hanna") as session:
        service.approve(session, load_stock(session), service.find(session, kennung))


def test_hours_after_the_month_of_payment_are_paid_as_difference(desk: Desk) -> None:
    desk.hire(desk.person("A", ("E6", "3")))
    with desk.session() as session:
        profiles.store(session, profile.bundled_text("stunden-pro-tag") + KEYS, reason="Zuordnung")
    desk.close_all([JAN, FEB, MAR])
    _hours(desk, "A;12;1;2026;UE;2")
    with desk.session("hanna") as session:
        assert closing.close(session, load_stock(session, JAN), JAN).zahlmonat == MAR
    found = desk.preview(APR)["A"]
    assert (found.ab, found.brutto) == (MAR, 2 * RATE)
    (cause,) = found.ursachen
    assert (cause.tabelle, cause.titel, cause.ab) == ("zeit_bezug", "Zeiten", MAR)
    desk.close(APR)
    assert desk.booked(APR)["A"].brutto == 2 * RATE

    _hours(desk, "A;13;1;2026;UE;1")
    again = desk.preview(MAY)["A"]
    assert (again.brutto, again.ursachen[0].grund) == (RATE, "Nachtrag zum Zeitmonat 01/2026")
