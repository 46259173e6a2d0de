"""Sammellauf: derselbe Schritt bei vielen Arbeitgebern, genau einmal, auch wenn Arbeiter sterben."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from datetime import date, timedelta
from functools import partial
from multiprocessing.context import ForkServerContext
from pathlib import Path
from typing import Any

import psycopg
import pytest
from click.testing import CliRunner
from procrastinate import schema
from sqlalchemy import func, select
from sqlalchemy.engine import make_url

from migrations.versions import __path__ as versions
from payroll.bench import close
from payroll.cli import kreislohn
from payroll.runs import service as runs
from payroll.runs.models import Lauf
from payroll.sammellauf import service
from payroll.sammellauf.models import ABGELEHNT, ABSCHLIESSEN, FERTIG, GESCHEITERT, OFFEN, RECHNEN, Sammelauftrag
from tenants.audit.models import AuditEntry
from tenants.db import engine, passwords
from tenants.db.engine import Dsns
from tenants.db.server import Server
from tenants.db.session import platform_session, tenant_session
from tenants.models import Mandate, User
from tenants.operation import queue
from tenants.users.mandates import end_mandate, give_mandate
from tenants.users.service import create_user

MONTH, LATER, PEOPLE = date(2026, 3, 1), date(2026, 4, 1), 3
LOGIN = "sammel.anna"


@pytest.fixture(scope="module")
def three(fresh_database: Callable[[], AbstractContextManager[Dsns]]) -> Iterator[tuple[Dsns, list[int]]]:
    """Drei Arbeitgeber mit Menschen; einer Sachbearbeitung gehören alle drei."""
    with fresh_database() as dsns:
        tenants = [close.employer_with(PEOPLE, number) for number in ("901", "902", "903")]
        with platform_session(actor="test") as session:
            clerk = create_user(session, LOGIN, "Anna Sammel", kind="staff")
            for tenant in tenants:
                give_mandate(session, tenant, clerk, "clerk", date(2025, 1, 1))
        yield dsns, tenants


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue, "HEARTBEAT", 0.2)
    monkeypatch.setattr(queue, "STALE", 0.6)
    monkeypatch.setattr(queue, "PAUSE", 0.1)
    monkeypatch.setattr(queue, "WAIT", 0)


def _aside(work: Callable[[], Any]) -> Any:
    """In einem eigenen Faden: im Hauptfaden des Laufs kann schon die Schleife eines Browsers laufen."""
    with ThreadPoolExecutor(1) as beside:
        return beside.submit(work).result()


def _drain() -> None:
    _aside(lambda: queue.work(service.ACTIONS, wait=False, signals=False))


def _outcome(tenant: int, month: date = MONTH) -> dict[str, tuple[str, str | None, int]]:
    with tenant_session(tenant, actor="prüfung") as session:
        return {one.art: (one.zustand, one.worte, one.versuche) for one in service.latest(session, month)}


def _run(tenant: int, month: date) -> tuple[str, str | None, int]:
    """Zustand, Hash und wie oft gerechnet wurde."""
    with tenant_session(tenant, actor="prüfung") as session:
        lauf = session.scalars(select(Lauf).where(Lauf.monat == month)).one()
        times = session.scalar(select(func.count(AuditEntry.id)).where(
            AuditEntry.action == "lauf.gerechnet", AuditEntry.subject == f"lauf:{month:%Y-%m}"))
        return lauf.zustand, lauf.ergebnis_hash, times or 0


def test_all_are_calculated_once_and_equal_to_a_single_run(three: tuple[Dsns, list[int]]) -> None:
    _dsns, tenants = three
    with tenant_session(tenants[0], actor=close.CLERK) as session:
        lauf = runs.calculate(session, MONTH, key="allein")
        alone, slips = lauf.ergebnis_hash, lauf.anzahl
    assert slips > 1
    assert service.order(LOGIN, tenants, MONTH, RECHNEN) == (3, [])
    assert service.order(LOGIN, tenants, MONTH, RECHNEN) == (3, [])  # only pushed again
    assert [_outcome(one)[RECHNEN][0] for one in tenants] == [OFFEN] * 3
    _drain()
    assert [_outcome(one)[RECHNEN] for one in tenants] == [(FERTIG, f"{slips} Abrechnungen gerechnet", 1)] * 3
    assert _run(tenants[0], MONTH) == ("probe", alone, 2)
    assert [_run(one, MONTH)[2] for one in tenants[1:]] == [1, 1]
    _drain()
    assert [_run(one, MONTH)[2] for one in tenants] == [2, 1, 1]


def test_only_released_months_are_closed_and_slips_are_issued(three: tuple[Dsns, list[int]]) -> None:
    _dsns, tenants = three
    first, second, _third = tenants
    with tenant_session(first, actor=close.CLERK) as session:
        shown = str(runs.calculate(session, MONTH, key="vor dem Abschluss").ergebnis_hash)
        runs.check(session, MONTH, ergebnis_hash=shown)
    for actor, step in ((close.HEAD, runs.release), (close.OFFICE, runs.release_municipality)):
        with tenant_session(first, actor=actor) as session:
            step(session, MONTH, ergebnis_hash=shown)
    count, passed = service.order(LOGIN, [first, second], MONTH, ABSCHLIESSEN)
    assert (count, [one.tenant_id for one in passed]) == (1, [second])
    assert "freigegeben" in passed[0].grund
    _drain()
    state, words, _tries = _outcome(first)[ABSCHLIESSEN]
    assert (state, str(words).startswith("abgeschlossen, ")) == (FERTIG, True), words
    assert _run(first, MONTH)[0] == "abgeschlossen"
    assert service.order(LOGIN, [first], MONTH, RECHNEN)[1][0].grund.startswith("Der Lauf ist schon geprüft")


def test_a_refusal_and_a_lost_mandate_stop_nobody_else(three: tuple[Dsns, list[int]]) -> None:
    _dsns, (first, second, third) = three
    empty = date(2019, 1, 1)  # nobody was employed then
    service.order(LOGIN, [first, second], empty, RECHNEN)
    service.order(LOGIN, [third], LATER, RECHNEN)
    with platform_session(actor="test") as session:
        clerk = session.scalars(select(User).where(User.login == LOGIN)).one()
        held = session.scalars(select(Mandate).where(Mandate.tenant_id == third, Mandate.user_id == clerk.id)).one()
        end_mandate(session, held, date.today() - timedelta(days=1), "anderes Amt")
    _drain()
    assert [_outcome(one, empty)[RECHNEN][0] for one in (first, second)] == [ABGELEHNT] * 2
    assert "niemand beschäftigt" in str(_outcome(first, empty)[RECHNEN][1])
    assert _outcome(third, LATER)[RECHNEN][:2] == (
        ABGELEHNT, "Wer den Auftrag gab, hat bei diesem Arbeitgeber kein Mandat mehr dafür.")
    with platform_session(actor="test") as session:
        give_mandate(session, third, clerk, "clerk", date.today())


def _work_until_killed(dsns: Dsns) -> None:
    """Ein Arbeiter, der mitten in der Arbeit stirbt, nachdem er gerechnet und noch nichts festgeschrieben hat."""
    close.connect(dsns)

    def deadly(session: Any, auftrag: Any) -> str:
        service._calculate(session, auftrag)
        os.kill(os.getpid(), signal.SIGKILL)
        return ""

    service.ACTS[RECHNEN] = deadly
    queue.work(service.ACTIONS, wait=False, signals=False)


def test_the_work_of_a_killed_worker_is_taken_over_and_done_once(
    three: tuple[Dsns, list[int]], dying: ForkServerContext
) -> None:
    dsns, (_first, second, _third) = three
    service.order(LOGIN, [second], LATER, RECHNEN)
    worker = dying.Process(target=_work_until_killed, args=(dsns,))
    worker.start()
    worker.join(60)
    assert worker.exitcode == -signal.SIGKILL
    assert _outcome(second, LATER)[RECHNEN] == (OFFEN, None, 1)
    for _ in range(40):  # each look also brings back what the dead one left
        _drain()
        if _outcome(second, LATER)[RECHNEN][0] != OFFEN:
            break
        multiprocessing.Event().wait(0.2)
    state, _words, tries = _outcome(second, LATER)[RECHNEN]
    assert (state, tries) == (FERTIG, 2)
    assert _run(second, LATER)[2] == 1


def test_a_database_that_drops_everybody_in_the_middle_ends_with_the_same_result_once(
    three: tuple[Dsns, list[int]], postgres: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neustart oder Umschalten, gesehen von der Anwendung: alle Verbindungen enden, ehe etwas festgeschrieben ist."""
    dsns, (_first, second, third) = three
    month, dropped = date(2026, 7, 1), []
    with tenant_session(second, actor=close.CLERK) as session:
        alone = runs.calculate(session, month, key="allein").ergebnis_hash
        session.rollback()

    def interrupted(session: Any, auftrag: Any) -> str:
        words = service._calculate(session, auftrag)
        if not dropped:
            with psycopg.connect(postgres.dsn(passwords.SUPERUSER, "postgres"), autocommit=True) as admin:
                dropped.extend(admin.execute("SELECT pid FROM pg_stat_activity WHERE datname = %s",
                                             (make_url(dsns.app).database,)).fetchall())
                admin.cursor().executemany("SELECT pg_terminate_backend(%s)", dropped)
        return words

    monkeypatch.setitem(service.ACTS, RECHNEN, interrupted)
    service.order(LOGIN, [second, third], month, RECHNEN)
    for _ in range(40):
        _drain()
        if all(_outcome(one, month)[RECHNEN][0] != OFFEN for one in (second, third)):
            break
        multiprocessing.Event().wait(0.2)
    assert len(dropped) > 1
    assert [_outcome(one, month)[RECHNEN][0] for one in (second, third)] == [FERTIG] * 2
    assert sorted(_outcome(one, month)[RECHNEN][2] for one in (second, third)) == [1, 2]
    assert [_run(one, month)[2] for one in (second, third)] == [1, 1]
    assert _run(second, month)[1] == alone


def test_a_technical_failure_is_tried_again_and_said_in_the_end(
    three: tuple[Dsns, list[int]], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    _dsns, (_first, _second, third) = three
    monkeypatch.setattr(queue, "ATTEMPTS", 3)

    def broken(*_: Any) -> str:
        raise ZeroDivisionError

    monkeypatch.setitem(service.ACTS, RECHNEN, broken)
    service.order(LOGIN, [third], date(2026, 5, 1), RECHNEN)
    _drain()
    state, words, tries = _outcome(third, date(2026, 5, 1))[RECHNEN]
    assert (state, tries) == (GESCHEITERT, 3)
    assert "geschrieben wurde nichts" in str(words)


def test_old_orders_are_forgotten_and_open_ones_stay(three: tuple[Dsns, list[int]]) -> None:
    _dsns, (first, _second, _third) = three
    with tenant_session(first, actor="prüfung") as session:
        had = session.scalar(select(func.count(Sammelauftrag.id)))
        assert service.forget(session, date.today() + service.KEPT - timedelta(days=2)) == 0
        assert service.forget(session, date.today() + service.KEPT + timedelta(days=2)) == had > 0
        session.rollback()


def test_commands_order_and_work(three: tuple[Dsns, list[int]], tmp_path: Path,
                                 monkeypatch: pytest.MonkeyPatch) -> None:
    dsns, (_first, second, _third) = three
    for name, dsn in (("OWNER", dsns.owner), ("APP", dsns.app), ("PLATFORM", dsns.platform)):
        monkeypatch.setenv(f"KREISLOHN_DATABASE_URL_{name}", dsn)
    monkeypatch.setattr("tenants.commands.site.master_key", lambda *_, **__: None)
    ordered = ["payroll", "all", "--step", "rechnen", "--month", "2026-06", "--actor", LOGIN, "--data",
               str(tmp_path), "--tenant"]
    answer = CliRunner().invoke(kreislohn, [*ordered, "902"])
    assert (answer.exit_code, "1 Auftrag für 06/2026" in answer.output) == (0, True), answer.output
    refused = CliRunner().invoke(kreislohn, [*ordered, "777"])
    assert "bei 777 kein Mandat" in refused.output
    monkeypatch.setattr(queue, "work", partial(queue.work, signals=False))
    worked = _aside(lambda: CliRunner().invoke(kreislohn, ["worker", "--drain", "--data", str(tmp_path)]))
    assert worked.exit_code == 0, worked.output
    engine.configure(dsns.app, dsns.platform)
    assert _outcome(second, date(2026, 6, 1))[RECHNEN][0] == FERTIG


def test_the_queue_is_the_one_of_the_package_and_closed_to_the_application(three: tuple[Dsns, list[int]]) -> None:
    """Ein neues Paket mit eigenen Umbauten braucht einen Umbau hier; die Anwendung sieht die Schlange nicht."""
    dsns, _tenants = three
    text = (Path(versions[0]) / "0047_sammellauf.py").read_text(encoding="utf-8")
    newest = max(one.name for one in Path(str(schema.migrations_path)).glob("*.sql"))
    assert f'QUEUE_UNTIL = "{newest}"' in text
    with psycopg.connect(dsns.app) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute("SELECT FROM warteschlange.procrastinate_jobs")
