"""Eine hochgeladene Entgelttabelle: gerechnet, erklärt, nachgerechnet; nur wen sie betrifft, und mit ihrer Herkunft."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from payroll.law.calculate import law_of
from payroll.law.encode import steps_on
from payroll.law.parameters.pay_tables import load_pay_tables
from payroll.law.parameters.uploaded import UploadedTable, cells_on
from payroll.masterdata.models import Vorschlag
from payroll.masterdata.vorschlaege import service
from payroll.masterdata.vorschlaege.pay_table import Erwartet, check
from payroll.masterdata.vorschlaege.service import Angaben, VorschlagAbgelehnt
from payroll.runs import explaining
from payroll.runs.models import Lauf
from payroll.runs.sheets import open_sheet
from tenants.db.session import platform_session

JULY, AUGUST, SEPTEMBER = (date(2026, month, 1) for month in (7, 8, 9))
RISE = Erwartet(Decimal(3), 11_000)  # "+3 %, at least 110 EUR"
E9B_4 = 469_055  # TVöD-VKA E9b step 4 from May 2026, pay_tables/tvoed_vka.csv


def table(rise: Erwartet = RISE, day: date = JULY) -> bytes:
    """Die geltende Tabelle, erhöht, als CSV."""
    rows = ["tarifwerk;entgeltgruppe;stufe;betrag"]
    for (scale, group, step), cell in load_pay_tables().on(day).items():
        if scale == "TVoeD-VKA":
            cents = rise.of(cell.cent)
            rows.append(f"{scale};{group};{step};{cents // 100},{cents % 100:02d}")
    return "\n".join(rows).encode()


def in_force(data: bytes, ab: date, *, first: str = "anna", second: str = "hans") -> Vorschlag:
    """Lädt hoch, bestätigt mit zweiter Person, verteilt."""
    found = check(data, ab)
    assert found.gut
    with platform_session(actor=first) as session:
        row = service.upload(session, Angaben("entgelttabelle", "Tarifeinigung", ab, "TV vom Test", "t.csv"), data,
                             {"tabellen": found.tabellen})
        number, seen = row.public_id, service.shown(row)
    with platform_session(actor=second) as session:
        service.decide(session, number, gesehen=seen, bestaetigt=True, grund="")
    assert service.distribute(number, actor=second) >= 1
    with platform_session(actor=second) as session:
        return service.find(session, number)


def test_the_run_pays_and_explains_by_the_uploaded_table(desk: Any) -> None:
    desk.hire(desk.person("P1", ("E9b", "4")), desk.person("P2", 380_000))
    plain = desk.run(AUGUST)
    assert desk.result("P1", AUGUST).tabellenentgelt == E9B_4
    in_force(table(), AUGUST)
    lauf = desk.run(AUGUST)
    new = 483_127  # 4690.55 * 1.03 = 4831.2665, to the cent
    assert desk.result("P1", AUGUST).tabellenentgelt == new
    assert desk.result("P2", AUGUST).gesamtbrutto == 380_000
    assert lauf.regelwerk != plain.regelwerk
    with desk.session() as session:
        result = desk.result("P1", AUGUST).public_id
        _, _, sheet = open_sheet(session, result)
        assert sheet.regelwerk == lauf.regelwerk
        (why,) = explaining.explain_line(session, result, 1)
        assert (why.value, why.remark) == (new, "")
        text = "\n".join(why.lines())
        assert "hochgeladen von anna, bestätigt von hans" in text
        assert explaining.explain_result(session, result, "netto").remark == ""
    assert desk.run(JULY).regelwerk == law_of(JULY).fingerprint
    assert desk.result("P1", JULY).tabellenentgelt == E9B_4


def test_back_pay_reaches_only_who_is_paid_by_the_table(desk: Any) -> None:
    desk.hire(desk.person("P1", ("E9b", "4")), desk.person("P2", 380_000), desk.person("P3", ("E3", "2"), hours="19.5"))
    desk.close_all([JULY, AUGUST])
    in_force(table(), JULY)
    found = desk.preview(SEPTEMBER)
    assert set(found) == {"P1", "P3"}
    assert [(one.monat, one.wert("tabellenentgelt")) for one in found["P1"].monate] == [
        (JULY, (469_055, 483_127)), (AUGUST, (469_055, 483_127))]
    low = load_pay_tables().on(JULY)["TVoeD-VKA", "E3", "2"].cent
    assert found["P3"].brutto == 2 * ((low + 11_000 + 1) // 2 - (low + 1) // 2)  # the minimum beats 3 %; half time
    cause = found["P1"].monate[0].ursachen[0]
    assert (cause.titel, cause.erfasst_von) == ("Entgelttabelle", "hans")
    assert "hochgeladen von anna" in cause.grund
    desk.close(SEPTEMBER)
    assert set(desk.booked(SEPTEMBER)) == {"P1", "P3"}
    assert desk.preview(date(2026, 10, 1)) == {}


def test_a_later_table_ends_the_earlier_and_repeating_changes_nothing(desk: Any) -> None:
    desk.hire(desk.person("P1", ("E9b", "4")))
    first = in_force(table(), JULY)
    in_force(table(Erwartet(Decimal(5))), SEPTEMBER)
    service.distribute(first.public_id, actor="hans")
    for month, cents in ((JULY, 483_127), (AUGUST, 483_127), (SEPTEMBER, 492_508)):  # 4690.55 * 1.05 = 4925.0775
        desk.run(month)
        assert desk.result("P1", month).tabellenentgelt == cents


def test_who_uploads_does_not_decide(desk: Any) -> None:
    data = table()
    content = {"tabellen": check(data, JULY).tabellen}
    with platform_session(actor="anna") as session:
        row = service.upload(session, Angaben("entgelttabelle", "T", JULY, "Q", "t.csv"), data, content)
        number, seen = row.public_id, service.shown(row)
        with pytest.raises(VorschlagAbgelehnt, match="schon hochgeladen"):
            service.upload(session, Angaben("entgelttabelle", "T", JULY, "Q", "t.csv"), data, content)
        with pytest.raises(VorschlagAbgelehnt, match="zweite Person"):
            service.decide(session, number, gesehen=seen, bestaetigt=True, grund="")
    with platform_session(actor="hans") as session, pytest.raises(VorschlagAbgelehnt, match="nicht mehr der gezeigte"):
        service.decide(session, number, gesehen="anderes", bestaetigt=True, grund="")
    with pytest.raises(VorschlagAbgelehnt, match="nicht bestätigt"):
        service.distribute(number, actor="hans")
    with pytest.raises(IntegrityError, match="zweite_person"), platform_session(actor="anna") as session:
        session.execute(update(Vorschlag).values(zustand="bestaetigt", entschieden_von="anna",
                                                 entschieden_am=row.hochgeladen_am))
    with platform_session(actor="hans") as session:
        service.decide(session, number, gesehen=seen, bestaetigt=False, grund="falsche Tabelle")
    with pytest.raises(IntegrityError, match="schon entschieden"), platform_session(actor="otto") as session:
        session.execute(update(Vorschlag).values(zustand="bestaetigt", entschieden_von="otto"))


def test_steps_and_cells_agree_with_an_uploaded_table() -> None:
    new = UploadedTable("TVoeD-VKA", JULY, "x", "Quelle", (("E9b", "4", 500_000), ("E9b", "7", 600_000)))
    assert steps_on("TVoeD-VKA", "E9b", JULY, uploaded=(new,)) == (1, 2, 3, 4, 5, 6, 7)
    assert steps_on("TVoeD-VKA", "E9b", JULY) == (1, 2, 3, 4, 5, 6)
    old = UploadedTable("TVoeD-VKA", date(2026, 4, 1), "y", "Quelle", (("E9b", "4", 1),))
    assert cells_on(JULY, (old,))["TVoeD-VKA", "E9b", "4"].cent == E9B_4  # the program knows a later table


def test_stored_runs_keep_their_law(desk: Any) -> None:
    desk.hire(desk.person("P1", ("E9b", "4")))
    lauf = desk.close(JULY)
    in_force(table(), JULY)
    with desk.session() as session:
        found = session.scalars(select(Lauf).where(Lauf.monat == JULY)).one()
        (why,) = explaining.explain_line(session, desk.result("P1", JULY).public_id, 1)
    assert (found.regelwerk, why.value, why.remark) == (lauf.regelwerk, E9B_4, "")
