"""Der Probelauf eines Menschen ist auf den Cent der des Laufs, auch mit Rückrechnung, und schreibt nichts."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import func, select

from payroll.runs.errors import RunRefused
from payroll.runs.models import Ergebnis, Hinweis, Lauf
from payroll.runs.retro_models import Rueckrechnung
from payroll.runs.values import VALUES
from payroll.runs.wirkung.einzeln import one_trial
from tenants.audit.models import AuditEntry

JULY, AUGUST = date(2026, 7, 1), date(2026, 8, 1)
TABLES = (Lauf, Ergebnis, Hinweis, Rueckrechnung)


def _counts(session: Any) -> list[int]:
    return [session.scalar(select(func.count()).select_from(table)) for table in TABLES]


def test_one_person_is_calculated_like_the_run_and_nothing_is_written(desk: Any) -> None:
    desk.hire(desk.person("P1", ("E9b", "4"), pension=True), desk.person("P2", 380_000),
              desk.person("P3", 45_000, art="minijob", beitragsgruppe="6500", personengruppe=109),
              desk.person("P4", ("E15", "5"), kv_art="privat", krankenkasse_id=None, beitragsgruppe="0110",
                          pkv_beitrag_monat_cent=60_000))
    desk.close_all([JULY])
    desk.pay("P2", 1300, 12_345, JULY)
    shown = {}
    with desk.session() as session:
        before = _counts(session)
        for number in desk.jobs:
            (shown[number],) = one_trial(session, AUGUST, number)
        assert _counts(session) == before
        logged = session.scalars(select(AuditEntry).where(AuditEntry.action == "lauf.einzeln_gerechnet")).all()
        assert len(logged) == len(desk.jobs)
    assert [one.monat for one in shown["P2"].zurueck] == [JULY]
    desk.run(AUGUST)
    booked = desk.booked(AUGUST)
    assert set(booked) == {"P2"}
    for number, one in shown.items():
        stored = desk.result(number, AUGUST)
        assert {wert.name: wert.neu for wert in one.werte} == {
            name: getattr(stored, name) for name in VALUES if getattr(stored, name)}
        assert one.bezahlt
        assert not one.gerechnet
    with desk.session() as session:
        (again,) = one_trial(session, AUGUST, "P2")
        assert (again.gerechnet, again.abweichend) == (True, 0)
        payouts = again.zahlbetrag
    assert payouts == desk.result("P2", AUGUST).auszahlung + sum(
        line.betrag for month in booked["P2"].monate for line in month.posten
        if (line.bereich, line.name) == ("wert", "auszahlung"))


def test_what_is_not_there_or_closed_is_refused(desk: Any) -> None:
    desk.hire(desk.person("P1", 380_000))
    desk.close_all([JULY])
    with desk.session() as session:
        with pytest.raises(RunRefused, match="gibt es nicht"):
            one_trial(session, AUGUST, "P9")
        with pytest.raises(RunRefused, match="abgeschlossen"):
            one_trial(session, JULY, "P1")
