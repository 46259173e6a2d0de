"""Löschen am Ende der Aufbewahrung: genau das Fällige, mit zwei Personen, trotz Abbruch; das Übrige rechnet weiter.

Erwartungen: § 41 Abs. 1 Satz 9 EStG (Lohnkonto 2024 bis 31.12.2030, dazu ein Jahr, weil 2025 aus ihm gerechnet ist),
§ 28f Abs. 1 SGB IV (bis zum Ende des Jahres nach der Prüfung), §§ 195, 199 BGB.
"""

from __future__ import annotations

import json
import os
import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from payroll import nightly_jobs
from payroll.masterdata.models import BeschaeftigungAngaben, Person, PersonAngaben, Pfaendung
from payroll.masterdata.service import find_employment, leave, record_fact
from payroll.runs.claim_models import Einbehalt
from payroll.runs.models import Ergebnis, Ergebniszeile, Lauf, Wertebogen
from payroll.runs.replay import pack_run, replay
from payroll.runs.stuecke import teilen
from payroll.statements import examples
from payroll.statements import service as slips
from payroll.statements.models import Dokument, DokumentEmpfaenger
from payroll.statements.retention import claims, own_rows, service
from payroll.statements.retention.classes import DATENARTEN, EIGENE_ZEITEN, LOHNKONTO
from payroll.statements.retention.inspections import record_inspection
from tenants.audit import values
from tenants.audit.export import verify_database
from tenants.audit.models import AuditEntry
from tenants.db.engine import Dsns
from tenants.db.session import tenant_session
from tenants.operation.nightly import JobFailed, Night
from tenants.retention import certificate, execution, orders
from tenants.retention.errors import DeletionRefused
from tenants.retention.holds import end_hold, set_hold
from tenants.retention.models import DeletionItem, DeletionOrder, RetentionHold
from tenants.security.masterkey import MasterKey
from tests.archive_papers import drawn
from timekeeping.own.models import ZeitAuftrag, ZeitStempel

if TYPE_CHECKING:
    from tenants.db.setup import Connected

NOV, LATE, NEXT, FEBRUARY = date(2024, 11, 1), date(2025, 12, 1), date(2026, 1, 1), date(2026, 2, 1)
LAST_DAY, DUE = date(2031, 12, 31), date(2032, 1, 1)
Fresh = Callable[[], AbstractContextManager[Dsns]]


@pytest.fixture
def years(desk: Any) -> Any:
    """Zwei Menschen, je ein Monat 2024, 2025 und 2026; „2“ geht Ende 2024; die Prüfung hat 2024 erledigt."""
    desk.hire(desk.person("1", 380_000), desk.person("2", ("E9a", "3")))
    with desk.session() as session:
        job = find_employment(session, "2")
        assert job is not None
        leave(session, job, last_day=date(2024, 12, 31), reason="Ruhestand")
    for month in (NOV, LATE, NEXT):
        desk.close(month)
    with desk.session("bea") as session:
        record_inspection(session, covers_until=date(2024, 12, 31), closed_on=date(2029, 3, 1), reason="Bescheid 7")
    return desk


def counted(desk: Any, model: type[Any]) -> int:
    with desk.session() as session:
        return int(session.scalar(select(func.count(model.id))) or 0)


def ordered(desk: Any, day: date = DUE) -> DeletionOrder:
    with desk.session("olga") as session:
        made = service.plan(session, day)
        return service.order(session, day, today=day, digest=made.digest, reason="Frist abgelaufen")


def approved(desk: Any, day: date = DUE) -> DeletionOrder:
    found = ordered(desk, day)
    with desk.session("paul") as session:
        return orders.approve(session, found.public_id, digest=found.digest.hex())


def months_left(desk: Any, number: str) -> list[date]:
    with desk.session() as session:
        return list(session.scalars(
            select(Ergebnis.monat).where(Ergebnis.beschaeftigung_id == desk.jobs[number]).order_by(Ergebnis.monat)))


def test_every_period_names_law_years_and_beginning() -> None:
    assert [one.name for one in DATENARTEN] == ["abrechnung", "zeitdaten", "eigene_zeiten", "akte_krankheit",
                                                "akte_pfaendung", "pfaendung", "lohnkonto", "zahlung",
                                                "personalstamm", "protokollwerte"]
    # the shortest: working times, two years (section 16(2) ArbZG)
    assert all(one.gesetz.startswith("§") and one.ab and one.jahre >= 2 for one in DATENARTEN)
    assert LOHNKONTO.first_kept(LAST_DAY) == date(2024, 1, 1)
    assert LOHNKONTO.first_kept(DUE) == date(2025, 1, 1)


def test_boundary_day(years: Any) -> None:
    with years.session() as session:
        assert service.plan(session, LAST_DAY).items == []
        made = service.plan(session, DUE)
    assert made.of(LOHNKONTO)["ergebnis"] == 2
    assert made.people(LOHNKONTO) == 2
    assert made.kept_from == date(2025, 1, 1)
    summary = {one["datenart"]: one for one in made.summary()["datenarten"]}
    assert summary["personalstamm"]["menschen"] == 1
    assert summary["personalstamm"]["zeilen"]["person"] == 1


def test_own_stamps_go_after_two_full_years_and_the_inspection(years: Any) -> None:
    berlin, job = ZoneInfo("Europe/Berlin"), years.jobs["1"]
    moments = (datetime(2024, 12, 31, 23, 30), datetime(2025, 1, 1, 0, 30), datetime(DUE.year - 2, 1, 1, 0, 30))
    with years.session("uwe") as session:
        for moment in moments:
            session.add(ZeitStempel(beschaeftigung_id=job, richtung="kommen", quelle="portal", erfasst_von="uwe",
                                    zeitpunkt=moment.replace(tzinfo=berlin)))
        session.add(ZeitAuftrag(beschaeftigung_id=job, art="anordnung", beginn=moments[0].replace(tzinfo=berlin),
                                ende=moments[1].replace(tzinfo=berlin), grund="Rest", erfasst_von="uwe"))
    with years.session() as session:
        made = service.plan(session, DUE)
    assert made.of(EIGENE_ZEITEN) == {"zeit_stempel": 1}
    held = {why: count for (kind, why), count in made.held.items() if kind == EIGENE_ZEITEN.name}
    assert [count for why, count in held.items() if "§ 28p SGB IV" in why] == [2]
    approved(years)
    service.run(years.tenant, "nachtlauf")
    assert (counted(years, ZeitStempel), counted(years, ZeitAuftrag)) == (2, 1)


def test_without_a_finished_inspection_nothing_of_the_account_is_due(desk: Any) -> None:
    desk.hire(desk.person("1", 380_000))
    desk.close(NOV)
    with desk.session() as session:
        before = service.plan(session, DUE)
        record_inspection(session, covers_until=date(2024, 12, 31), closed_on=date(2031, 3, 1), reason="Bescheid")
        within_the_year_after = service.plan(session, DUE)
        after = service.plan(session, date(2033, 1, 1))
    assert (before.items, within_the_year_after.items) == ([], [])
    assert any("§ 28p SGB IV" in why for _, why in before.held)
    assert after.of(LOHNKONTO)["ergebnis"] == 1


def test_exactly_the_due_rows_go_and_the_rest_stays(years: Any) -> None:
    sums = years.result("1", LATE).gesamtbrutto
    approved(years)
    made = service.run(years.tenant, "nachtlauf")
    assert made is not None
    assert (months_left(years, "1"), months_left(years, "2")) == ([LATE, NEXT], [])
    assert (counted(years, Ergebnis), counted(years, Wertebogen)) == (2, 2)
    assert counted(years, Ergebniszeile) > 0
    with years.session() as session:
        assert session.scalars(select(PersonAngaben.nachname)).all() == ["1"]
        assert session.scalars(select(Lauf.monat).order_by(Lauf.monat)).all() == [NOV, LATE, NEXT]
        kept = session.scalars(select(Lauf).where(Lauf.monat == NOV)).one()
        assert (kept.anzahl, kept.zustand, kept.gesamtbrutto > 0) == (2, "abgeschlossen", True)
        assert verify_database(session).breaks == ()
        done = session.scalars(select(AuditEntry).where(AuditEntry.action == "loeschung.ausgefuehrt")).one()
        logged = session.scalars(select(AuditEntry).where(AuditEntry.action == "person.angelegt")).all()
        opened = [one.missing for one in values.opened(session, logged).values()]
    assert opened == [False, True], "was das Protokoll über den Gegangenen wusste, ist unlesbar"
    deleted = sum(row["zeilen"] for row in made["rows"])
    assert (done.details["geloescht"], done.details["geblieben"]) == (deleted, 0)
    assert {row["stand"] for row in made["rows"]} == {"deleted"}
    assert years.result("1", LATE).gesamtbrutto == sums


def test_nothing_happens_twice_and_without_an_order_nothing_at_all(years: Any) -> None:
    assert service.run(years.tenant, "nachtlauf") is None
    first, again = ordered(years), ordered(years)
    assert first.public_id == again.public_id
    assert service.run(years.tenant, "nachtlauf") is None
    assert counted(years, Ergebnis) == 4
    with years.session("paul") as session:
        orders.approve(session, first.public_id, digest=first.digest.hex())
    assert service.run(years.tenant, "nachtlauf") is not None
    assert service.run(years.tenant, "nachtlauf") is None
    with pytest.raises(DeletionRefused, match="nichts fällig"):
        ordered(years)


def test_maker_is_not_checker_in_program_and_database(years: Any) -> None:
    found = ordered(years)
    with years.session("olga") as session, pytest.raises(DeletionRefused, match="zweite Person"):
        orders.approve(session, found.public_id, digest=found.digest.hex())
    with pytest.raises(IntegrityError, match="zweite_person"), years.session("olga") as session:
        session.execute(update(DeletionOrder).values(state="approved", approved_by="olga", approved_at=func.now()))
    with years.session("paul") as session, pytest.raises(DeletionRefused, match="ein anderer"):
        orders.approve(session, found.public_id, digest="00" * 32)
    with pytest.raises(DBAPIError, match="beginnt angeordnet"), years.session("olga") as session:
        session.add(DeletionOrder(due_day=DUE, state="approved", reason="x", plan={}, digest=bytes(32),
                                  ordered_by="a", approved_by="b"))


@pytest.mark.parametrize("model", [Ergebnis, PersonAngaben, Person, BeschaeftigungAngaben])
def test_the_database_deletes_only_what_an_approved_order_names(years: Any, model: type[Any]) -> None:
    ordered(years)
    for actor in ("olga", "paul"):
        with pytest.raises(DBAPIError, match=r"bleiben|genehmigter Auftrag"), years.session(actor) as session:
            session.execute(delete(model).execution_options(synchronize_session=False))
    assert counted(years, model) > 0


def test_an_approved_order_gets_no_more_items_and_the_log_loses_no_line(years: Any) -> None:
    found = approved(years)
    with pytest.raises(DBAPIError, match="stehen mit seiner Anordnung fest"), years.session("olga") as session:
        session.add(DeletionItem(order_id=found.id, record_class="lohnkonto", table_name="ergebnis", row_id=999))
    with pytest.raises(DBAPIError, match="ändert nur seinen Stand"), years.session("olga") as session:
        session.execute(update(DeletionOrder).values(due_day=date(2050, 1, 1)))
    with pytest.raises(DBAPIError), years.session("olga") as session:
        session.execute(delete(AuditEntry).execution_options(synchronize_session=False))


def test_another_tenants_order_opens_nothing_here(years: Any, new_desk: Callable[[], Any]) -> None:
    other = new_desk()
    other.hire(other.person("1", 380_000))
    other.close(NOV)
    approved(years)
    with other.session() as session:
        assert orders.orders(session) == []
        assert service.plan(session, DUE).of(LOHNKONTO) == {}
    with pytest.raises(DBAPIError, match="bleiben"), other.session() as session:
        session.execute(delete(Ergebnis).execution_options(synchronize_session=False))
    assert service.run(other.tenant, "nachtlauf") is None
    service.run(years.tenant, "nachtlauf")
    assert (counted(other, Ergebnis), counted(other, Person)) == (1, 1)


def test_a_hold_keeps_a_person_and_its_end_lets_go(years: Any) -> None:
    with years.session("bea") as session:
        person = session.scalars(select(Person.public_id).where(Person.id == years.people["2"])).one()
        hold = set_hold(session, person=person, valid_from=DUE, reason="Klage 3 Ca 17/31")
        made = service.plan(session, DUE)
    assert ("personalstamm", "Sperre seit 01.01.2032: Klage 3 Ca 17/31") in made.held
    approved(years)
    service.run(years.tenant, "nachtlauf")
    assert (months_left(years, "1"), months_left(years, "2")) == ([LATE, NEXT], [NOV])
    with years.session("bea") as session:
        end_hold(session, hold.public_id, last_day=date(2032, 6, 30), reason="Vergleich")
        assert service.plan(session, date(2032, 6, 30)).items == []
        assert service.plan(session, date(2032, 7, 1)).of(LOHNKONTO)["ergebnis"] == 1
        assert [row.superseded_at is None for row in session.scalars(
            select(RetentionHold).order_by(RetentionHold.id))] == [False, True]


def test_a_hold_that_comes_after_the_approval_still_holds(years: Any) -> None:
    approved(years)
    with years.session("bea") as session:
        person = session.scalars(select(Person.public_id).where(Person.id == years.people["2"])).one()
        set_hold(session, person=person, record_class="lohnkonto", valid_from=DUE, reason="Prüfung")
    mine = delete(Ergebnis).where(Ergebnis.beschaeftigung_id == years.jobs["2"])
    with pytest.raises(DBAPIError, match="bleiben"), years.session("paul") as session:
        session.execute(mine.execution_options(synchronize_session=False))
    made = service.run(years.tenant, "nachtlauf")
    assert made is not None
    assert months_left(years, "2") == [NOV]
    assert {"held", "deleted"} == {row["stand"] for row in made["rows"]}


def test_killed_in_the_middle_it_finishes_later(years: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    approved(years)
    monkeypatch.setattr(execution, "PERSONS", 1)
    real, steps = execution._step, iter(range(100))

    def dying(*given: Any) -> bool:
        if next(steps) == 1:
            raise KeyboardInterrupt
        return bool(real(*given))

    monkeypatch.setattr(execution, "_step", dying)
    with pytest.raises(KeyboardInterrupt):
        service.run(years.tenant, "nachtlauf")
    left = counted(years, Ergebnis)
    assert left == 3
    made = service.run(years.tenant, "nachtlauf")
    assert made is not None
    assert (months_left(years, "1"), months_left(years, "2")) == ([LATE, NEXT], [])
    with years.session() as session:
        assert {row.state for row in session.scalars(select(DeletionItem))} == {"deleted"}


def test_while_a_month_is_divided_nobody_is_deleted_and_the_night_says_so(
    years: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv(teilen.VARIABLE, "1")
    approved(years)
    with years.session("anna") as session:
        teilen.divide(session, FEBRUARY, "in Stücken")
    said = r"Februar 2026 wird gerade in Stücken gerechnet; gelöscht wird erst danach.*kreislohn payroll discard"
    with pytest.raises(DeletionRefused, match=f"^{said}"):
        service.run(years.tenant, "nachtlauf")
    night = Night(DUE, cast("Connected", None), tmp_path)  # refused before anything is swept
    with pytest.raises(JobFailed, match=rf"^nichts gelöscht\. Arbeitgeber \w+: {said}"):
        nightly_jobs.deletion(night)
    assert counted(years, Ergebnis) == 4
    with years.session("anna") as session:
        assert {row.state for row in session.scalars(select(DeletionItem))} == {"due"}
        assert teilen.discard(session, FEBRUARY)
    assert service.run(years.tenant, "nachtlauf") is not None
    assert (months_left(years, "1"), months_left(years, "2")) == ([LATE, NEXT], [])


def test_a_division_in_the_middle_of_a_deletion_halts_it_between_two_people(
    years: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(teilen.VARIABLE, "1")
    approved(years)
    monkeypatch.setattr(execution, "PERSONS", 1)
    real, steps = execution._step, iter(range(100))

    def divided(*given: Any) -> bool:
        if next(steps) == 1:
            with years.session("anna") as session:
                teilen.divide(session, FEBRUARY, "in Stücken")
        return bool(real(*given))

    monkeypatch.setattr(execution, "_step", divided)
    with pytest.raises(DeletionRefused, match="in Stücken"):
        service.run(years.tenant, "nachtlauf")
    assert counted(years, Ergebnis) == 3
    with years.session("anna") as session:
        assert teilen.discard(session, FEBRUARY)
    assert service.run(years.tenant, "nachtlauf") is not None
    with years.session() as session:
        assert {row.state for row in session.scalars(select(DeletionItem))} == {"deleted"}


def test_certificate_is_signed_and_a_change_is_found(years: Any) -> None:
    approved(years)
    text = json.dumps(service.run(years.tenant, "nachtlauf"))
    found = certificate.read(text)
    assert (found["ordered_by"], found["approved_by"], found["executed_by"]) == ("olga", "paul", "nachtlauf")
    with pytest.raises(DeletionRefused, match="verändert"):
        certificate.read(text.replace('"olga"', '"otto"'))


def test_kept_months_replay_bit_for_bit(years: Any, tmp_path: Path, fresh_database: Fresh) -> None:
    approved(years)
    service.run(years.tenant, "nachtlauf")
    key = MasterKey(os.urandom(32))
    with years.session("anna") as session:
        pack_run(session, NEXT, tmp_path / "monat.paket", key)
    with fresh_database() as dsns:
        done = replay(dsns, tmp_path / "monat.paket", key, MasterKey(os.urandom(32)))
    assert (done.identical, done.differences) == (True, [])


def test_a_late_change_does_not_pay_a_deleted_month_again(years: Any) -> None:
    approved(years)
    service.run(years.tenant, "nachtlauf")
    years.pay("1", 1300, 10_000, NOV, date(2025, 12, 31))
    preview = years.preview(date(2026, 2, 1))
    months = {month.monat for month in preview["1"].monate}
    assert LATE in months
    assert NOV not in months


def test_payslips_go_with_the_keys_of_their_content(years: Any) -> None:
    drawn(years.tenant, ["Anna", "Bernd", "Cora"])
    with years.session() as session:
        slips.store_payslips(session, zip([years.jobs["1"]], examples.many(1), strict=True), auftrag="a")
    with years.session() as session:
        month = session.scalars(select(Dokument.monat)).one()
        found = own_rows._slips(session, date(month.year + 1, 1, 1))
        assert own_rows._slips(session, date(month.year, 1, 1)) == []
    assert {one.table for one in found} <= {Dokument.__tablename__, DokumentEmpfaenger.__tablename__}
    assert len(found) == 1 + counted(years, DokumentEmpfaenger)


def test_a_settled_claim_waits_for_the_accounts_it_was_part_of(years: Any) -> None:
    with years.session() as session:
        person = years.people["1"]
        about = {"art": "gewoehnlich", "glaeubiger": "Bank", "zugestellt_am": date(2025, 10, 1), "person_id": person,
                 "hauptforderung_cent": 10_000, "nummer": 1}
        record_fact(session, Pfaendung, valid_from=date(2025, 10, 1), reason="PfÜB", **about)
        record_fact(session, Pfaendung, valid_from=date(2026, 2, 10), reason="bezahlt", **about, zustand="erledigt")
        running = claims.read(session, date(2026, 1, 1), NEXT)
        waiting = claims.read(session, date(2029, 1, 1), NEXT)
        due = claims.read(session, date(2033, 1, 1), date(2027, 1, 1))
    assert running == []
    assert {one.held for one in waiting} == {claims.NEEDED}
    assert {(one.held, one.day) for one in due} == {("", date(2026, 2, 10))}
    assert counted(years, Einbehalt) == 0


def test_orders_refuse_what_cannot_be(years: Any) -> None:
    with years.session("olga") as session:
        made = service.plan(session, DUE)
        with pytest.raises(DeletionRefused, match="Zukunft"):
            service.order(session, DUE, today=LAST_DAY, digest=made.digest, reason="x")
        with pytest.raises(DeletionRefused, match="Grund"):
            service.order(session, DUE, today=DUE, digest=made.digest, reason=" ")
        with pytest.raises(DeletionRefused, match="Vorschau"):
            service.order(session, DUE, today=DUE, digest="00", reason="x")
        with pytest.raises(DeletionRefused, match="gibt es nicht"):
            orders.approve(session, uuid.uuid4(), digest="00")
    found = ordered(years)
    with years.session("olga") as session:
        orders.withdraw(session, found.public_id, reason="Irrtum")
    assert service.run(years.tenant, "nachtlauf") is None
    with tenant_session(years.tenant, actor="x") as session:
        assert session.scalars(select(DeletionOrder.state)).all() == ["withdrawn"]
