"""Ein großer Lauf in Stücken über die Schlange: unsichtbar bis zum Ende, genau einmal, auch wenn Arbeiter sterben."""

from __future__ import annotations

import multiprocessing
import os
import signal
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from datetime import date, timedelta
from multiprocessing.context import ForkServerContext
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select

from payroll.bench import close
from payroll.cli import kreislohn
from payroll.masterdata.models import Beschaeftigung, Lohnart, WiederkehrenderBezug
from payroll.masterdata.service import record_fact
from payroll.runs import service as runs
from payroll.runs.errors import RunRefused
from payroll.runs.models import Ergebnis, Lauf
from payroll.runs.stuecke import grundlage, rechnen, teilen
from payroll.runs.stuecke.models import FERTIG, Laufblock, Laufstueck, Stueckrechnung
from payroll.sammellauf import service, stuecke
from payroll.sammellauf.models import ABGELEHNT, GESCHEITERT, OFFEN, RECHNEN, Sammelauftrag
from tenants.audit.models import AuditEntry
from tenants.db import engine
from tenants.db.engine import Dsns
from tenants.db.session import platform_session, tenant_session
from tenants.operation import queue
from tenants.users.mandates import give_mandate
from tenants.users.service import create_user

PEOPLE, PART, LOGIN = 24, 4, "stueck.anna"


@pytest.fixture(scope="module")
def large(fresh_database: Callable[[], AbstractContextManager[Dsns]]) -> Iterator[tuple[Dsns, int]]:
    """Ein Arbeitgeber, der für kleine Stücke groß genug ist."""
    with fresh_database() as dsns:
        tenant = close.employer_with(PEOPLE, "960")
        with platform_session(actor="test") as session:
            give_mandate(session, tenant, create_user(session, LOGIN, "Anna", kind="staff"), "clerk", date(2025, 1, 1))
        yield dsns, tenant


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(teilen.VARIABLE, str(PART))
    monkeypatch.setattr(queue, "HEARTBEAT", 0.2)
    monkeypatch.setattr(queue, "STALE", 0.6)
    monkeypatch.setattr(queue, "PAUSE", 0.1)
    monkeypatch.setattr(queue, "WAIT", 0)


def _drain() -> None:
    with ThreadPoolExecutor(1) as beside:
        beside.submit(lambda: queue.work(service.ACTIONS, wait=False, signals=False)).result()


def _until_done(tenant: int, month: date) -> None:
    for _ in range(60):  # each look also brings back what a dead worker left
        _drain()
        if _order(tenant, month).zustand != OFFEN:
            return
        multiprocessing.Event().wait(0.2)
    raise AssertionError("Der Auftrag kommt nicht zu Ende.")


def _order(tenant: int, month: date) -> Sammelauftrag:
    with tenant_session(tenant, actor="prüfung") as session:
        return service.latest(session, month)[0]


def _alone(tenant: int, month: date) -> tuple[str | None, int]:
    """Prüfwert und Zahl der Abrechnungen eines Laufs in einem Prozess; danach ist er wieder weg."""
    with tenant_session(tenant, actor=close.CLERK) as session:
        lauf = runs.calculate(session, month, key="allein")
        found = lauf.ergebnis_hash, lauf.anzahl
        session.rollback()
    return found


def _state(tenant: int, month: date) -> dict[str, Any]:
    with tenant_session(tenant, actor="prüfung") as session:
        lauf = session.scalars(select(Lauf).where(Lauf.monat == month)).one_or_none()
        count = session.scalar(select(func.count(Ergebnis.id)).where(Ergebnis.monat == month))
        times = session.scalar(select(func.count(AuditEntry.id)).where(
            AuditEntry.action == "lauf.gerechnet", AuditEntry.subject == f"lauf:{month:%Y-%m}"))
        left = [session.scalar(select(func.count()).select_from(one)) for one in (Stueckrechnung, Laufstueck,
                                                                                  Laufblock)]
        return {"lauf": (lauf and lauf.ergebnis_hash, count), "mal": times, "rest": left}


def _parts(tenant: int) -> list[tuple[uuid.UUID, str]]:
    with tenant_session(tenant, actor="prüfung") as session:
        return [(one.public_id, one.zustand) for one in session.scalars(select(Laufstueck).order_by(
            Laufstueck.nummer))]


def _arguments(tenant: int, month: date) -> dict[str, str]:
    return {"mandant": str(tenant), "auftrag": str(_order(tenant, month).public_id)}


def test_nothing_is_seen_before_the_end_and_later_facts_change_nothing(large: tuple[Dsns, int]) -> None:
    _dsns, tenant = large
    month = date(2026, 3, 1)
    alone = _alone(tenant, month)
    service.order(LOGIN, [tenant], month, RECHNEN)
    order = _arguments(tenant, month)
    service.carry_out(order, False)
    parts = _parts(tenant)
    assert len(parts) == PEOPLE // PART
    for number, _ in parts[:2]:
        service.carry_out_part(order | {"stueck": str(number)}, False)
        service.carry_out_part(order | {"stueck": str(number)}, False)  # a second call finds it done
    with tenant_session(tenant, actor="prüfung") as session:
        assert stuecke.progress(session, month) == stuecke.Stand(2, len(parts))
    assert _state(tenant, month) | {"rest": 0} == {"lauf": (None, 0), "mal": 0, "rest": 0}
    with tenant_session(tenant, actor=close.CLERK) as session:
        allowance = session.scalars(select(Lohnart.id).where(Lohnart.nummer == 1300)).one()
        for job in session.scalars(select(Beschaeftigung.id)).all():
            record_fact(session, WiederkehrenderBezug, beschaeftigung_id=job, lohnart_id=allowance, laufnummer=7,
                        betrag_cent=9_900, valid_from=month, reason="zu spät für diesen Lauf")
    _until_done(tenant, month)
    assert _order(tenant, month).worte == f"{alone[1]} Abrechnungen gerechnet"
    assert _state(tenant, month) == {"lauf": alone, "mal": 1, "rest": [0, 0, 0]}
    assert _alone(tenant, month) != alone  # the next run has them


def _killed_at_the_third(dsns: Dsns) -> None:
    """Ein Arbeiter, der beim dritten Stück stirbt, gerechnet und noch nicht festgeschrieben."""
    close.connect(dsns)
    count, real = [0], rechnen.compute

    def deadly(*given: Any) -> None:
        real(*given)
        count[0] += 1
        if count[0] == 3:
            os.kill(os.getpid(), signal.SIGKILL)

    rechnen.compute = deadly
    queue.work(service.ACTIONS, wait=False, signals=False)


def test_the_part_of_a_killed_worker_is_taken_over_and_written_once(
    large: tuple[Dsns, int], dying: ForkServerContext
) -> None:
    dsns, tenant = large
    month = date(2026, 4, 1)
    alone = _alone(tenant, month)
    service.order(LOGIN, [tenant], month, RECHNEN)
    service.carry_out(_arguments(tenant, month), False)
    worker = dying.Process(target=_killed_at_the_third, args=(dsns,))
    worker.start()
    worker.join(120)
    assert worker.exitcode == -signal.SIGKILL
    assert [state for _, state in _parts(tenant)].count(FERTIG) == 2
    _until_done(tenant, month)
    assert _state(tenant, month) == {"lauf": alone, "mal": 1, "rest": [0, 0, 0]}


def test_a_month_closed_in_between_divides_again(large: tuple[Dsns, int]) -> None:
    _dsns, tenant = large
    before, month = date(2026, 1, 1), date(2026, 2, 1)
    service.order(LOGIN, [tenant], month, RECHNEN)
    order = _arguments(tenant, month)
    service.carry_out(order, False)
    first = _parts(tenant)
    service.carry_out_part(order | {"stueck": str(first[0][0])}, False)
    close.pay_month(tenant, before)
    _until_done(tenant, month)
    assert _state(tenant, month) == {"lauf": _alone(tenant, month), "mal": 1, "rest": [0, 0, 0]}


def test_what_does_not_come_to_an_end_is_discarded(large: tuple[Dsns, int]) -> None:
    _dsns, tenant = large
    month = date(2026, 8, 1)
    service.order(LOGIN, [tenant], month, RECHNEN)
    order = _arguments(tenant, month)
    service.carry_out(order, False)
    part = _parts(tenant)[0][0]
    service.carry_out_part(order | {"stueck": str(part)}, False)
    with tenant_session(tenant, actor=LOGIN) as session:
        with pytest.raises(RunRefused, match="begründen"):
            service.abandon(session, month, reason=" ")
        assert service.abandon(session, month, reason="falscher Monat")
    service.carry_out_part(order | {"stueck": str(part)}, False)  # a job that comes too late finds nothing
    service.carry_out(order, False)
    found = _order(tenant, month)
    assert (found.zustand, found.worte) == (ABGELEHNT, "verworfen: falscher Monat")
    assert _state(tenant, month) == {"lauf": (None, 0), "mal": 0, "rest": [0, 0, 0]}
    with tenant_session(tenant, actor=LOGIN) as session:
        assert not service.abandon(session, month, reason="noch einmal")


def test_parts_older_than_a_run_made_meanwhile_are_refused(large: tuple[Dsns, int]) -> None:
    _dsns, tenant = large
    month = date(2026, 9, 1)
    service.order(LOGIN, [tenant], month, RECHNEN)
    service.carry_out(_arguments(tenant, month), False)
    with tenant_session(tenant, actor=close.CLERK) as session:
        lauf = runs.calculate(session, month, key="von Hand")
        newer = lauf.ergebnis_hash, lauf.anzahl
    _until_done(tenant, month)
    found = _order(tenant, month)
    assert found.zustand == ABGELEHNT
    assert "inzwischen auf anderem Weg neu gerechnet" in str(found.worte)
    assert _state(tenant, month) == {"lauf": newer, "mal": 1, "rest": [0, 0, 0]}


def _reasons(tenant: int, month: date, action: str) -> list[str | None]:
    with tenant_session(tenant, actor="prüfung") as session:
        return list(session.scalars(select(AuditEntry.reason).where(
            AuditEntry.action == action, AuditEntry.subject == f"lauf:{month:%Y-%m}").order_by(AuditEntry.id)))


def test_two_versions_of_the_program_side_by_side_come_to_an_end(
    large: tuple[Dsns, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Zwei Arbeiter wechseln sich ab, jeder mit anderem Quelltext und derselben Nummer der Fassung."""
    _dsns, tenant = large
    month, real, calls = date(2026, 10, 1), rechnen.compute, [0]

    def alternating(*given: Any) -> None:
        calls[0] += 1
        monkeypatch.setattr(grundlage, "QUELLE", f"quelltext {calls[0] % 2}")
        real(*given)

    monkeypatch.setattr(rechnen, "compute", alternating)
    service.order(LOGIN, [tenant], month, RECHNEN)
    _until_done(tenant, month)
    found = _order(tenant, month)
    assert found.zustand == GESCHEITERT
    assert "Arbeiter mit verschiedenen Fassungen des Programms: alle auf dieselbe bringen" in str(found.worte)
    assert calls == [service.DIVISIONS * PEOPLE // PART]
    assert _state(tenant, month) == {"lauf": (None, 0), "mal": 0, "rest": [0, 0, 0]}
    assert _reasons(tenant, month, service.DIVIDED) == [
        "Ein früherer Monat, eine Angabe für alle oder das Programm hat sich während der Rechnung geändert."
    ] * service.DIVISIONS
    monkeypatch.undo()
    monkeypatch.setenv(teilen.VARIABLE, str(PART))
    service.order(LOGIN, [tenant], month, RECHNEN)  # the count is that of one order
    _until_done(tenant, month)
    assert _state(tenant, month) == {"lauf": _alone(tenant, month), "mal": 1, "rest": [0, 0, 0]}


def test_only_the_division_in_question_is_discarded_and_the_last_attempt_ends_the_order(
    large: tuple[Dsns, int]
) -> None:
    _dsns, tenant = large
    month = date(2026, 11, 1)
    service.order(LOGIN, [tenant], month, RECHNEN)
    order = _arguments(tenant, month)
    service.carry_out(order, False)
    parts, number = _parts(tenant), uuid.UUID(order["auftrag"])
    late = stuecke.GrundlageGeaendert("Ein früherer Monat hat sich geändert.")
    late.rechnung = uuid.uuid4()  # of a division that somebody else has replaced
    with pytest.raises(queue.TryAgainError):
        service._divide_again(tenant, number, late, False)
    assert (_parts(tenant), _reasons(tenant, month, service.DIVIDED)) == (parts, [])
    service._divide_again(tenant, number, late, True)
    found = _order(tenant, month)
    assert (found.zustand, "Ein früherer Monat hat sich geändert." in str(found.worte)) == (GESCHEITERT, True)
    assert _state(tenant, month)["rest"] == [0, 0, 0]
    service._divide_again(tenant, number, late, True)  # it has ended
    assert _reasons(tenant, month, "sammellauf.gescheitert") == [None]


def test_parts_the_night_discards_are_in_the_log(large: tuple[Dsns, int]) -> None:
    _dsns, tenant = large
    month = date(2026, 12, 1)
    service.order(LOGIN, [tenant], month, RECHNEN)
    service.carry_out(_arguments(tenant, month), False)
    with tenant_session(tenant, actor="nachtlauf") as session:
        service.forget(session, date.today() + service.ABANDONED + timedelta(days=2))
    assert _reasons(tenant, month, "sammellauf.verworfen") == ["Die Stücke kamen in 3 Tagen nicht zu Ende."]
    _until_done(tenant, month)  # the order still waits, and divides again
    assert _state(tenant, month) == {"lauf": _alone(tenant, month), "mal": 1, "rest": [0, 0, 0]}


def test_waiting_for_a_part_somebody_else_holds_is_no_attempt(
    large: tuple[Dsns, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    _dsns, tenant = large
    month, real, held = date(2027, 1, 1), queue.defer, [0]
    monkeypatch.setattr(queue, "ATTEMPTS", 2)
    service.order(LOGIN, [tenant], month, RECHNEN)
    service.carry_out(_arguments(tenant, month), False)
    with tenant_session(tenant, actor="prüfung") as holder:
        holder.scalars(select(Laufstueck).where(Laufstueck.nummer == 1).with_for_update()).one()

        def waiting(action: str, arguments: Any, *, once: str, after: int = 0) -> bool:
            if action == stuecke.ACTION:
                held[0] += 1
                if held[0] == 8:
                    holder.rollback()  # the worker that had it died
            return real(action, arguments, once=once, after=after)

        monkeypatch.setattr(queue, "defer", waiting)
        _drain()
    assert held == [8]
    _until_done(tenant, month)
    assert _order(tenant, month).zustand == FERTIG
    assert _state(tenant, month) == {"lauf": _alone(tenant, month), "mal": 1, "rest": [0, 0, 0]}


def test_parts_that_a_worker_of_an_earlier_version_failed_are_brought_back(large: tuple[Dsns, int]) -> None:
    _dsns, tenant = large
    month = date(2027, 2, 1)
    service.order(LOGIN, [tenant], month, RECHNEN)
    with ThreadPoolExecutor(1) as beside:
        beside.submit(lambda: queue.work({service.ACTION: service.carry_out}, wait=False, signals=False)).result()
    assert {state for _, state in _parts(tenant)} == {"offen"}
    _until_done(tenant, month)
    assert _state(tenant, month) == {"lauf": _alone(tenant, month), "mal": 1, "rest": [0, 0, 0]}


def test_a_divided_month_is_not_calculated_by_hand(large: tuple[Dsns, int], tmp_path: Path,
                                                   monkeypatch: pytest.MonkeyPatch) -> None:
    dsns, tenant = large
    month = date(2027, 3, 1)
    for name, dsn in (("OWNER", dsns.owner), ("APP", dsns.app), ("PLATFORM", dsns.platform)):
        monkeypatch.setenv(f"KREISLOHN_DATABASE_URL_{name}", dsn)
    monkeypatch.setattr("tenants.commands.site.master_key", lambda *_, **__: None)
    service.order(LOGIN, [tenant], month, RECHNEN)
    service.carry_out(_arguments(tenant, month), False)
    answer = CliRunner().invoke(kreislohn, ["payroll", "run", "--tenant", "960", "--month", "2027-03", "--actor",
                                            LOGIN, "--data", str(tmp_path)])
    engine.configure(dsns.app, dsns.platform)
    assert answer.exit_code != 0
    assert f"gerade in Stücken gerechnet (0 von {PEOPLE // PART} fertig)" in answer.output, answer.output
    assert "kreislohn payroll discard" in answer.output
    _until_done(tenant, month)
    assert _state(tenant, month) == {"lauf": _alone(tenant, month), "mal": 1, "rest": [0, 0, 0]}
    with tenant_session(tenant, actor="prüfung") as session:
        stuecke.require_undivided(session, month)  # by hand again
