"""Regeln der Rückrechnung: Vortrag, Bestätigung, Ein- und Austritt, Sätze der Kassen, Vorjahressteuer, Mauern."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import delete, event, select, update
from sqlalchemy.exc import DBAPIError

from payroll.masterdata.models import (
    Beschaeftigung,
    Bezuegezuordnung,
    KrankenkasseSatz,
    Steuermerkmale,
    WiederkehrenderBezug,
)
from payroll.masterdata.service import end_fact, leave, record_fact
from payroll.runs import retro
from payroll.runs.errors import RunRefused
from payroll.runs.models import Hinweis, Lauf
from payroll.runs.retro_models import Rueckrechnung, RueckrechnungZeile
from payroll.statements import publish
from tenants.db import engine
from tenants.db.engine import Dsns

if TYPE_CHECKING:
    from tests.runs.retro.conftest import Desk

JAN, FEB, MAR, APR, MAY, JUN, JUL = (date(2026, m, 1) for m in range(1, 8))


def _findings(desk: Desk, month: date) -> list[tuple[str, str]]:
    with desk.session() as session:
        rows = session.execute(select(Hinweis.stufe, Hinweis.regel).join(Lauf, Lauf.id == Hinweis.lauf_id)
                               .where(Lauf.monat == month, Hinweis.ursache == "rueckrechnung").order_by(Hinweis.id))
        return [(row.stufe, row.regel) for row in rows]


def test_a_negative_result_is_carried_until_it_is_settled(desk: Desk) -> None:
    desk.hire(desk.person("1", 300_000))
    desk.close_all([JAN, FEB, MAR])
    desk.pay("1", 1008, 60_000, JAN, date(2026, 3, 31))
    desk.close(APR)
    april = desk.booked(APR)["1"].ausgleich
    assert april is not None
    assert april.rueckrechnung < -april.eigen < 0
    # 1,555.00 cannot be garnished from July 2025 (§ 850c Abs. 1 ZPO), so that much is paid whatever is owed (§ 394 BGB)
    assert 155_500 < april.zahlbetrag < april.eigen
    assert april.zahlbetrag + april.uebertrag == april.eigen + april.rueckrechnung
    levels = [level for level, _ in _findings(desk, APR)]
    assert levels == ["warnung", "warnung"]
    desk.close(MAY)
    with desk.session() as session:
        may = retro.payouts(session, session.scalars(select(Lauf).where(Lauf.monat == MAY)).one())[desk.jobs["1"]]
    assert may.vortrag == april.uebertrag
    assert may.zahlbetrag + may.uebertrag == may.eigen + may.vortrag
    assert desk.booked(MAY) == {}


def test_far_back_needs_a_confirmation_and_stays_open_until_it_comes(desk: Desk) -> None:
    """Eine vertippte Jahreszahl: nichts wird gebucht, nichts geht verloren."""
    months = [date(2025, m, 1) for m in range(1, 13)] + [JAN]
    desk.hire(desk.person("1", 380_000), desk.person("2", 380_000))
    desk.close_all(months)
    desk.pay("1", 1300, 5_000, date(2025, 1, 1))
    desk.pay("2", 1300, 5_000, JAN)
    found = desk.preview(FEB)
    assert "13 Monate zurück" in found["1"].offen
    assert (found["1"].auszahlung, found["2"].offen) == (0, "")
    desk.close(FEB)
    assert [level for level, _ in _findings(desk, FEB)] == ["fehler"]
    assert desk.booked(FEB)["2"].auszahlung > 0
    assert "14 Monate" in desk.preview(MAR)["1"].offen
    with desk.session("hans") as session:
        with pytest.raises(RunRefused, match="begründen"):
            retro.confirm(session, MAR, ab_monat=date(2025, 1, 1), grund=" ")
        retro.confirm(session, MAR, ab_monat=date(2025, 1, 1), grund="Urteil", beschaeftigung_id=desk.jobs["1"])
    confirmed = desk.preview(MAR)
    assert list(confirmed) == ["1"]
    # February was paid with the allowance itself, as it was known by then.
    assert confirmed["1"].brutto == 13 * 5_000
    assert [b.monat for b in confirmed["1"].monate if b.art == "entstehung"] == months


def test_a_fact_of_a_year_without_law_is_asked_about_however_short_the_way_back(desk: Desk) -> None:
    """2006 statt 2026: der Arbeitgeber rechnet seit drei Monaten, die Tiefe allein fiele nicht auf."""
    desk.hire(desk.person("1", 380_000), desk.person("2", 380_000))
    desk.close_all([JAN, FEB, MAR])
    desk.pay("1", 1300, 5_000, date(2006, 2, 1))
    desk.pay("2", 1300, 5_000, FEB)
    desk.child("2", 1, date(2006, 2, 1))
    found = desk.preview(APR)
    assert found["1"].offen == ("Bezug gilt ab 01.02.2006, vor dem ersten Jahr, dessen Recht vorliegt (2024); "
                                "die Jahreszahl könnte vertippt sein")
    assert (found["1"].rueckfrage, found["1"].auszahlung) == (True, 0)
    assert (found["2"].offen, found["2"].brutto) == ("", 10_000)
    desk.close(APR)
    assert _findings(desk, APR)[0][0] == "fehler"
    with desk.session() as session:
        assert [cause.gilt_ab for cause in desk.booked(APR)["1"].ursachen] == [date(2006, 2, 1)]
        retro.confirm(session, MAY, ab_monat=JAN, grund="so vereinbart", beschaeftigung_id=desk.jobs["1"])
    assert desk.preview(MAY)["1"].brutto == 15_000
    with desk.session() as session:
        end_fact(session, WiederkehrenderBezug, last_day=date(2006, 1, 31), reason="vertippt",
                 beschaeftigung_id=desk.jobs["1"], lohnart_id=desk.numbers.lohnarten[1300], laufnummer=1)
    desk.pay("1", 1300, 5_000, FEB)
    assert [(b.monat, b.differenz("gesamtbrutto")) for b in desk.preview(MAY)["1"].monate] == [(FEB, 5_000),
                                                                                              (MAR, 5_000)]


def test_hired_late_and_left_early(desk: Desk) -> None:
    desk.hire(desk.person("1", 380_000), desk.person("2", 380_000), desk.person("alt", 380_000))
    desk.close_all([JAN, FEB, MAR])
    desk.hire(desk.person("3", 300_000, entry=FEB), recorded_at=None)
    with desk.session() as session:
        job = session.get_one(Beschaeftigung, (desk.tenant, desk.jobs["2"]))
        leave(session, job, last_day=date(2026, 2, 15), reason="Kündigung")
    found = desk.preview(APR)
    assert list(found) == ["2", "3"]
    assert [b.wert("gesamtbrutto") for b in found["3"].monate] == [(0, 300_000)] * 2
    assert [b.monat for b in found["2"].monate] == [FEB, MAR]
    assert found["2"].monate[1].wert("auszahlung") == (desk.result("2", MAR).auszahlung, 0)
    desk.close(APR)
    assert desk.preview(MAY) == {}
    assert desk.booked(APR)["3"].ausgleich.zahlbetrag == found["3"].auszahlung + desk.result("3", APR).auszahlung


def test_an_entry_months_ago_looks_like_a_mistyped_year(desk: Desk) -> None:
    desk.hire(desk.person("1", 380_000))
    desk.close_all([JAN, FEB, MAR, APR])
    desk.hire(desk.person("2", 300_000, entry=JAN), recorded_at=None)
    assert "der Eintritt liegt 4 Monate zurück" in desk.preview(MAY)["2"].offen


def test_a_late_rate_of_a_fund_touches_only_its_members(desk: Desk) -> None:
    other = desk.numbers.krankenkassen["TK"]
    desk.hire(desk.person("1", 380_000), desk.person("2", 380_000, krankenkasse_id=other))
    desk.close_all([JAN, FEB, MAR])
    with desk.session() as session:
        record_fact(session, KrankenkasseSatz, krankenkasse_id=desk.numbers.krankenkassen["K"], valid_from=FEB,
                    zusatzbeitrag=Decimal("3.50"), u2_satz=Decimal("0.39"), quelle="Satzung", reason="Satzung spät")
    found = desk.preview(APR)
    assert list(found) == ["1"]
    assert [b.monat for b in found["1"].monate] == [FEB, MAR]
    assert found["1"].monate[0].betrag("zb_an") == 1_140
    assert found["1"].monate[0].betrag("zb_ag") == 1_140
    assert [(c.tabelle, c.grund) for c in found["1"].ursachen] == [("krankenkasse_satz", "Satzung spät")]


def test_an_ended_fact_names_who_ended_it_and_why(desk: Desk) -> None:
    desk.hire(desk.person("1", 380_000))
    desk.pay("1", 1300, 10_000, JAN)
    for month in (JAN, FEB):
        desk.close(month)
    with desk.session("frieda") as session:
        end_fact(session, WiederkehrenderBezug, last_day=date(2026, 1, 31), reason="Funktion abgegeben",
                 beschaeftigung_id=desk.jobs["1"], lohnart_id=desk.numbers.lohnarten[1300], laufnummer=1)
    found = desk.preview(MAR)["1"]
    assert (found.brutto, [b.monat for b in found.monate]) == (-10_000, [FEB])
    (cause,) = found.ursachen
    assert (cause.beendet, cause.erfasst_von, cause.grund) == (True, "frieda", "Funktion abgegeben")


def test_who_cannot_be_computed_again_is_left_open_and_the_others_are_paid(desk: Desk) -> None:
    desk.hire(desk.person("1", ("E8", "3")), desk.person("2", 300_000))
    desk.close_all([JAN, FEB])
    desk.record(Bezuegezuordnung, "1", FEB, tarifwerk="TVoeD-VKA", entgeltgruppe="E99", stufe="3",
                wochenstunden=Decimal(39), vollzeitstunden=Decimal(39), valid_to=date(2026, 2, 28))
    desk.pay("2", 1300, 10_000, FEB)
    found = desk.preview(MAR)
    assert "02/2026 lässt sich nicht neu rechnen" in found["1"].offen
    assert "E99" in found["1"].offen
    desk.close(MAR)
    assert desk.booked(MAR)["2"].brutto == 10_000
    desk.record(Bezuegezuordnung, "1", FEB, tarifwerk="TVoeD-VKA", entgeltgruppe="E8", stufe="4",
                wochenstunden=Decimal(39), vollzeitstunden=Decimal(39), valid_to=date(2026, 2, 28))
    later = desk.preview(APR)
    assert list(later) == ["1"]
    assert (later["1"].offen, [b.monat for b in later["1"].monate]) == ("", [FEB])


def test_tax_of_a_past_year_is_told_but_not_changed(desk: Desk) -> None:
    desk.hire(desk.person("1", 380_000))
    desk.close_all([date(2025, 12, 1), JAN])
    desk.record(Steuermerkmale, "1", date(2025, 12, 1), steuerklasse=3, konfession="keine")
    desk.close(FEB)
    december, january = desk.booked(FEB)["1"].monate
    assert december.differenz("lohnsteuer") < 0 == december.betrag("lohnsteuer") == december.betrag("auszahlung")
    assert january.betrag("lohnsteuer") == january.differenz("lohnsteuer") < 0
    assert ["§ 41c Abs. 3" in rule for _, rule in _findings(desk, FEB)] == [True]
    assert desk.preview(MAR) == {}


def test_pension_fund_of_a_past_year_by_receipt(desk: Desk) -> None:
    """Umlage und ihre Steuer gehören in den Monat der Zahlung, Beiträge in den Monat der Arbeit."""
    desk.hire(desk.person("1", ("E9a", "3"), pension=True))
    desk.close_all([date(2025, 11, 1), date(2025, 12, 1), JAN])
    desk.record(Bezuegezuordnung, "1", date(2025, 11, 1), tarifwerk="TVoeD-VKA", entgeltgruppe="E9b", stufe="3",
                wochenstunden=Decimal(39), vollzeitstunden=Decimal(39))
    found = desk.preview(FEB)["1"]
    november, december, january, receipt = found.monate
    for past in (november, december):
        assert past.betrag("zv_umlage") == past.betrag("lohnsteuer") == 0 < past.betrag("rv_an")
        assert past.differenz("zv_umlage") > 0
    assert january.betrag("zv_umlage") == january.differenz("zv_umlage") > 0 == january.betrag("lohnsteuer")
    # 4.25 % of 4,295.09 less 4.25 % of 4,089.07, each rounded
    assert receipt.wert("zv_umlage") == (17_379, 18_254)
    assert receipt.betrag("lohnsteuer") > 0
    desk.close(FEB)
    assert desk.preview(MAR) == {}


def test_slip_shows_the_months_and_pays_the_sum(desk: Desk) -> None:
    desk.hire(desk.person("1", 380_000), desk.person("2", 300_000))
    desk.close_all([JAN, FEB])
    desk.pay("1", 1300, 10_000, JAN)
    desk.close(MAR)
    with desk.session() as session:
        lauf = session.scalars(select(Lauf).where(Lauf.monat == MAR)).one()
        slips = dict(publish.payslips(session, lauf))
    slip, plain = slips[desk.jobs["1"]], slips[desk.jobs["2"]]
    back = desk.booked(MAR)["1"].auszahlung
    assert slip.auszahlung == desk.result("1", MAR).auszahlung + back == slip.payments[0].betrag
    assert [line.betrag for line in slip.net_lines if line.art == "nachberechnung"] == [back]
    assert sum(r.differenz for r in slip.retro if r.text == "Auszahlung") == back
    assert {r.monat for r in slip.retro} == {JAN, FEB}
    assert next(y.betrag for y in slip.year if y.art == "gesamtbrutto") == 3 * 390_000
    assert plain.retro == ()


def test_the_same_number_of_statements_for_more_people(new_desk: Callable[[], Desk]) -> None:
    counts = []
    for people in (3, 12):
        desk = new_desk()
        desk.hire(*(desk.person(f"{n}", 380_000) for n in range(people)))
        desk.close_all([JAN, FEB, MAR])
        for n in range(people):
            desk.pay(f"{n}", 1300, 10_000 + n, FEB)
        desk.preview(APR)
        counts.append(_statements(lambda desk=desk, people=people: _all_previewed(desk, people)))
    # 114 today: one query per table of facts in each of the three months; hours, pay tables, claims are such, one
    # reads the numbers of law that two persons put into force,
    # one asks for pay under reservation, one for survivors who are paid a death grant
    assert counts[0] == counts[1] <= 114


def _all_previewed(desk: Desk, people: int) -> None:
    assert len(desk.preview(APR)) == people


def _statements(work: Callable[[], None]) -> int:
    seen: list[str] = []

    def count(_c: object, _cursor: object, statement: str, *_: object) -> None:
        seen.append(statement)

    event.listen(engine.current().app, "before_cursor_execute", count)
    try:
        work()
    finally:
        event.remove(engine.current().app, "before_cursor_execute", count)
    return len(seen)


def test_closed_is_closed_and_tenants_see_only_their_own(new_desk: Callable[[], Desk], database: Dsns) -> None:
    desk, other = new_desk(), new_desk()
    desk.hire(desk.person("1", 380_000))
    desk.close_all([JAN])
    desk.pay("1", 1300, 10_000, JAN)
    desk.close(FEB)
    for statement in (update(RueckrechnungZeile).values(betrag=1), delete(RueckrechnungZeile),
                      delete(Rueckrechnung)):
        with pytest.raises(DBAPIError, match="bleibt"), desk.session() as session:
            session.execute(statement.execution_options(synchronize_session=False))
    with other.session() as session:
        assert session.scalars(select(Rueckrechnung)).all() == []
    assert other.preview(MAR) == {}


def test_a_run_of_a_frozen_moment_leaves_later_knowledge_to_the_next(desk: Desk) -> None:
    desk.hire(desk.person("1", 380_000))
    desk.close_all([JAN, FEB])
    desk.pay("1", 1300, 10_000, FEB)
    desk.close_as_known(MAR)
    assert desk.booked(MAR) == {}
    assert [b.monat for b in desk.preview(APR)["1"].monate] == [FEB, MAR]
