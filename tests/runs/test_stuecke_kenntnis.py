"""Ein Lauf in Stücken sieht einen Kenntnisstand: was zwischen zwei Stücken kommt, zählt für keines oder teilt neu."""

from __future__ import annotations

import itertools
import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, func, select

from payroll.bench import close
from payroll.masterdata.catalogue import ids
from payroll.masterdata.intake import store
from payroll.masterdata.models import (
    Beschaeftigung,
    BeschaeftigungAngaben,
    KrankenkasseSatz,
    Lohnart,
    LohnartStand,
    PersonAngaben,
    WiederkehrenderBezug,
)
from payroll.masterdata.sealing import contents
from payroll.masterdata.service import record_fact
from payroll.masterdata.settings import record_settings
from payroll.runs import retro
from payroll.runs.models import Ergebnis
from payroll.runs.retro import affected, plan
from payroll.runs.stuecke import grundlage, teilen, vereinen
from payroll.runs.stuecke.models import Laufstueck, Stueckrechnung
from staffplan import organisation, posts
from staffplan.state import Stelle
from tenants.db import engine
from tenants.db.base import Base, TenantRow
from tenants.db.session import TenantSession, tenant_session
from tests.runs.test_stuecke import _compute, _left, _merge, _person, _shown, _whole

PEOPLE, PART = 24, 5
SEPTEMBER, OCTOBER, NOVEMBER = (date(2026, month, 1) for month in (9, 10, 11))
ALLOWANCE = 1300
_orders = itertools.count(1)
# What a part reads that has no two clocks, and why that is one state of knowledge all the same.
OHNE_UHREN = {
    "lauf": "nur abgeschlossene Monate, in der Grundlage",
    "ergebnis": "nur abgeschlossener Monate", "ergebniszeile": "nur abgeschlossener Monate",
    "wertebogen": "nur abgeschlossener Monate", "verrechnung": "nur abgeschlossener Monate",
    "rueckrechnung": "nur abgeschlossener Monate", "rueckrechnung_zeile": "nur abgeschlossener Monate",
    "rueckrechnung_auszahlung": "nur abgeschlossener Monate", "rueckrechnung_lauf": "nur abgeschlossener Monate",
    "einbehalt": "nur abgeschlossener Monate", "hinweis": "nur abgeschlossener Monate",
    "deletion_order": "welche Monate bleiben, in der Grundlage",
    "rueckrechnung_bestaetigung": "mit ihrem Zeitpunkt gelesen",
    "zeit_zeile": "mit den Zeitpunkten ihrer Datei gelesen", "zeit_datei": "mit ihren Zeitpunkten gelesen",
    "zeit_vorschlag": "mit seinem Zeitpunkt gelesen",
    "audit_entry": "nur angefügt; gelesen zu Tatsachen des Kenntnisstands",
    "person": "Kennung", "beschaeftigung": "Kennung, beim Zusammenfügen verglichen",
    "tenant": "Land, in der Grundlage", "tenant_key": "Schlüssel",
    "krankenkasse": "Name, in der Grundlage", "zv_kasse": "Name, in der Grundlage",
    "lohnart": "Nummer, in der Grundlage",
    "stelle": "Kennung", "organisationseinheit": "Kennung", "kontierung": "Kennung",
    "stueckrechnung": "die Teilung selbst", "laufstueck": "die Teilung selbst",
}


@pytest.fixture(scope="module")
def tenant(fresh_database: Callable[[], AbstractContextManager[Any]]) -> Iterator[int]:
    """Zwei abgeschlossene Monate, danach bei jedem Dritten eine späte Tatsache."""
    with fresh_database(), pytest.MonkeyPatch.context() as patched:
        patched.setattr(affected, "UEBERLAPPUNG", timedelta(0))  # otherwise everything entered here would be late
        number = close.employer_with(PEOPLE, "970")
        for month in (SEPTEMBER, OCTOBER):
            close.pay_month(number, month)
        with tenant_session(number, actor=close.CLERK) as session:
            jobs = session.scalars(select(Ergebnis.beschaeftigung_id).where(Ergebnis.monat == OCTOBER)
                                   .order_by(Ergebnis.beschaeftigung_id)).all()
            for job in jobs[::3]:
                record_fact(session, WiederkehrenderBezug, beschaeftigung_id=job, lohnart_id=_allowance(session),
                            laufnummer=9, betrag_cent=7_311, valid_from=SEPTEMBER, reason="Nachtrag")
        yield number


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(teilen.VARIABLE, str(PART))
    monkeypatch.setattr(plan, "GRENZE", 0)  # every month back wants somebody to confirm it


def _allowance(session: TenantSession) -> int:
    return session.scalars(select(Lohnart.id).where(Lohnart.nummer == ALLOWANCE)).one()


def _division(tenant: int) -> list[int]:
    """Teilt den Monat; gibt die Nummern der Stücke."""
    with tenant_session(tenant, actor=close.CLERK) as session:
        teilen.divide(session, NOVEMBER, f"in Stücken {next(_orders)}")
    with tenant_session(tenant, actor=close.CLERK) as session:
        return list(session.scalars(select(Laufstueck.id).order_by(Laufstueck.nummer)))


def _discard(tenant: int) -> None:
    with tenant_session(tenant, actor=close.CLERK) as session:
        assert teilen.discard(session, NOVEMBER)


def _merged(tenant: int) -> dict[str, Any]:
    _merge(tenant)
    with tenant_session(tenant, actor=close.CLERK) as session:
        return _shown(session, NOVEMBER)


def _again(session: TenantSession, model: Any, key: dict[str, Any], **values: Any) -> None:
    """Dieselbe Tatsache noch einmal, ab Oktober mit anderen Werten."""
    held = session.scalars(select(model).filter_by(**key).where(model.superseded_at.is_(None))
                           .order_by(model.valid_from.desc())).first()
    assert held is not None
    record_fact(session, model, **(contents(session, held) | key | values), valid_from=OCTOBER, reason="Zwischendurch")


def _enter_everything(session: TenantSession) -> None:
    """Was zwischen zwei Stücken kommen kann und in jedem folgenden etwas änderte."""
    retro.confirm(session, NOVEMBER, ab_monat=SEPTEMBER, grund="so gewollt")
    job = session.scalars(select(Ergebnis.beschaeftigung_id).where(Ergebnis.monat == OCTOBER)
                          .order_by(Ergebnis.beschaeftigung_id.desc())).first()
    retro.confirm(session, NOVEMBER, ab_monat=SEPTEMBER, grund="so gewollt", beschaeftigung_id=job)
    record_settings(session, valid_from=OCTOBER, reason="Beschluss", pauschal_abwaelzung=True)
    _again(session, LohnartStand, {"lohnart_id": _allowance(session)}, text="Anders benannt", zv=False)
    for fund in session.scalars(select(KrankenkasseSatz.krankenkasse_id).distinct()).all():
        _again(session, KrankenkasseSatz, {"krankenkasse_id": fund}, u2_satz=Decimal("0.02"))
    _again(session, PersonAngaben, {"person_id": session.scalars(
        select(Beschaeftigung.person_id).where(Beschaeftigung.id == job)).one()}, verstorben_am=date(2026, 10, 12))
    organisation.unit(session, "1", name="Amt", ab=SEPTEMBER, reason="Aufbau")
    posts.create(session, Stelle("S1", "Sachbearbeitung", "stelle", "E6", Fraction(1), "1", ab=SEPTEMBER,
                                 beschluss="Bestand"), reason="Bestand")
    store(session, [_person(ids(session), "neu", ("9999999", "E6", 39))], reason="Prüfung")


def test_what_is_entered_between_two_parts_counts_for_none_of_them(tenant: int) -> None:
    expected = _whole(tenant, NOVEMBER)
    assert {row[2] for row in expected["ursachen"]} == {"offen"}, "ohne Bestätigung bucht keiner zurück"
    numbers = _division(tenant)
    assert len(numbers) >= 4
    for number in numbers[:2]:
        _compute(tenant, number)
    with tenant_session(tenant, actor=close.CLERK) as session:
        _enter_everything(session)
    for number in numbers[2:]:
        _compute(tenant, number)
    found = _merged(tenant)
    for name, value in expected.items():
        assert found[name] == value, name
    assert _left(tenant) == [0, 0, 0]
    later = _whole(tenant, NOVEMBER)
    assert later["lauf"] != expected["lauf"], "der nächste Lauf hat es"
    assert "entstehung" in {row[2] for row in later["ursachen"]}
    assert "9999999" in {row[0] for row in later["ergebnisse"]}


@contextmanager
def _begun(tenant: int, enter: Callable[[TenantSession], None]) -> Iterator[None]:
    """Etwas ist erfasst, aber erst festgeschrieben, wenn der Block endet."""
    with tenant_session(tenant, actor=close.CLERK) as session:
        enter(session)
        session.flush()
        yield


@pytest.mark.parametrize(("enter", "words"), [
    (lambda session: record_settings(session, valid_from=OCTOBER, reason="Beschluss", umwandlung_zuschuss=False),
     "eine Angabe für alle"),
    (lambda session: retro.confirm(session, NOVEMBER, ab_monat=OCTOBER, grund="für alle"), "eine Angabe für alle"),
    (lambda session: store(session, [_person(ids(session), "spät", ("9999990", "E6", 39))], reason="Prüfung"),
     "noch nicht festgeschrieben"),
], ids=["einstellung", "bestaetigung", "einstellung_einer_person"])
def test_what_was_being_entered_while_it_was_divided_divides_again(
    tenant: int, enter: Callable[[TenantSession], None], words: str
) -> None:
    """Der Zeitpunkt einer Tatsache ist der Beginn ihrer Transaktion: spätere Stücke sähen sie, frühere nicht."""
    with _begun(tenant, enter):
        numbers = _division(tenant)
        _compute(tenant, numbers[0])
    for number in numbers[1:]:
        _compute(tenant, number)
    with pytest.raises(vereinen.GrundlageGeaendert, match=words):
        _merge(tenant)
    _discard(tenant)
    expected = _whole(tenant, NOVEMBER)
    for number in _division(tenant):
        _compute(tenant, number)
    assert _merged(tenant)["lauf"] == expected["lauf"]


def test_a_person_deleted_while_parts_lie_there_divides_again(tenant: int) -> None:
    numbers = _division(tenant)
    for number in numbers:
        _compute(tenant, number)
    with tenant_session(tenant, actor=close.CLERK) as session:  # as an earlier version of the program could
        last = session.scalars(select(Laufstueck).where(Laufstueck.id == numbers[-1])).one()
        last.beschaeftigungen, last.ergebnisse = [*last.beschaeftigungen, 2**40], [*last.ergebnisse, 2**40]
    with pytest.raises(vereinen.GrundlageGeaendert, match="gelöscht"):
        _merge(tenant)
    _discard(tenant)


def _tables() -> tuple[dict[str, Any], set[str]]:
    """Alle Tabellen mit Zeilen eines Mandanten und die mit zwei Uhren."""
    mapped = {str(mapper.local_table.name): mapper for mapper in Base.registry.mappers  # type: ignore[attr-defined]
              if issubclass(mapper.class_, TenantRow) or mapper.local_table.name == "tenant"}  # type: ignore[attr-defined]
    return mapped, {name for name, mapper in mapped.items() if "superseded_at" in mapper.columns}


def test_a_part_reads_everything_with_its_state_of_knowledge(tenant: int) -> None:
    """Jede Abfrage eines Stücks über Tatsachen nennt den Kenntnisstand; alles andere steht mit Grund in der Liste."""
    mapped, clocked = _tables()
    without, read = defaultdict[str, set[str]](set), set[str]()

    def look(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        for table, alias in re.findall(r"\b(?:FROM|JOIN) (\w+)(?: AS (\w+))?", statement):
            if table not in mapped or not statement.lstrip().startswith("SELECT"):
                continue
            read.add(table)
            if table in clocked and f"{alias or table}.recorded_at <= " not in statement:
                without[table].add(statement)

    numbers = _division(tenant)
    event.listen(engine.current().app, "before_cursor_execute", look)
    try:
        for number in numbers:
            _compute(tenant, number)
    finally:
        event.remove(engine.current().app, "before_cursor_execute", look)
        _discard(tenant)
    assert {name: sorted(found) for name, found in without.items()} == {}
    assert len(read & clocked) > 30
    assert read - clocked <= OHNE_UHREN.keys(), sorted(read - clocked - OHNE_UHREN.keys())


def test_the_ground_covers_every_file_a_run_calculates_from(tmp_path: Path) -> None:
    for room, name in (("payroll/law/parameters", "satz.toml"), ("timekeeping/rules", "zeit.py"),
                       ("staffplan", "plan.py"), ("payroll/law/parameters/pay_tables", "tafel.csv"),
                       ("tenants", "db.py"), ("payroll/web/templates", "seite.html")):
        (tmp_path / room).mkdir(parents=True, exist_ok=True)
        (tmp_path / room / name).write_text("eins", encoding="utf-8")
    before = {grundlage.source_of(tmp_path)}
    for file in sorted(one for one in tmp_path.rglob("*") if one.is_file() and one.suffix != ".html"):
        file.write_text("zwei", encoding="utf-8")
        assert grundlage.source_of(tmp_path) not in before, file
        before.add(grundlage.source_of(tmp_path))
    (tmp_path / "payroll/web/templates/seite.html").write_text("zwei", encoding="utf-8")
    assert grundlage.source_of(tmp_path) in before
    assert grundlage.source_of(grundlage.PROGRAMM) == grundlage.QUELLE


def test_a_division_counts_who_is_employed_at_its_state_of_knowledge(tenant: int) -> None:
    with tenant_session(tenant, actor=close.CLERK) as session:
        found = teilen.divide(session, date(2026, 12, 1), "Dezember")
        day = date(2026, 12, 31)
        there = session.scalar(select(func.count(BeschaeftigungAngaben.beschaeftigung_id.distinct())).where(
            BeschaeftigungAngaben.superseded_at.is_(None), BeschaeftigungAngaben.eintritt <= day))
        assert found.am_jahresende == there
        assert found.grundlage == grundlage.basis(session, date(2026, 12, 1), found.stand)
        assert teilen.divided(session) == [date(2026, 12, 1)]
        session.rollback()
    with tenant_session(tenant, actor=close.CLERK) as session:
        assert session.scalars(select(Stueckrechnung.id)).all() == []
