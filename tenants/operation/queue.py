"""Arbeit, die länger dauert als eine Anfrage: Procrastinate verteilt sie an Arbeiter auf beliebig vielen Maschinen.

In der Schlange stehen nur Namen und Kennungen, nie Angaben über Menschen. Genau einmal getan wird eine Arbeit durch
ihre eigene Transaktion, nicht durch die Schlange: sie sperrt ihre Zeile, rechnet und schreibt das Ergebnis in einem
Zug. Stirbt ein Arbeiter, bringt ein anderer seine Arbeit zurück in die Schlange (`STALE` nach dem letzten
Lebenszeichen).
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import timedelta

import psycopg
from procrastinate import App, JobContext, PsycopgConnector, RetryStrategy, SyncPsycopgConnector
from procrastinate.exceptions import AlreadyEnqueued, ConnectorException, ProcrastinateException
from psycopg.conninfo import make_conninfo
from sqlalchemy import column, func, select, table

from tenants.db import engine
from tenants.db.session import PlatformSession
from tenants.operation import tracing
from tenants.web.quiet_errors import described

log = logging.getLogger(__name__)
SCHEMA, QUEUE = "warteschlange", "kreislohn"
HEARTBEAT, STALE, ALIVE = 2.0, 8.0, timedelta(seconds=10)
ATTEMPTS, WAIT, PAUSE = 30, 2, 1.0
_WORKERS = table("procrastinate_workers", column("last_heartbeat"), schema=SCHEMA)
Action = Callable[[Mapping[str, str], bool], None]


class TryAgainError(RuntimeError):
    """Die Arbeit geht gerade nicht (ein anderer hält sie, oder sie ist noch nicht festgeschrieben): später wieder."""


class HeldElsewhereError(TryAgainError):
    """Ein anderer hält die Arbeit: sie wartet weiter, ohne dass es als Versuch zählt. Stirbt er, tut sie es."""


def defer(action: str, arguments: Mapping[str, str], *, once: str, after: int = 0) -> bool:
    """Stellt eine Arbeit in die Schlange; False, wenn dieselbe (once) dort schon wartet. after: Sekunden bis dahin."""
    app = App(connector=SyncPsycopgConnector(conninfo=_conninfo(), min_size=1, max_size=1))
    with app.open():
        try:
            app.configure_task(action, queue=QUEUE, queueing_lock=once,
                               schedule_in={"seconds": after} if after else None).defer(**arguments)
        except AlreadyEnqueued:
            return False
    return True


def workers_alive(session: PlatformSession) -> int:
    """Zahl der Arbeiter, die sich in den letzten Sekunden gemeldet haben."""
    fresh = _WORKERS.c.last_heartbeat > func.now() - ALIVE
    return session.scalar(select(func.count()).select_from(_WORKERS).where(fresh)) or 0


def work(actions: Mapping[str, Action], *, wait: bool = True, signals: bool = True) -> None:
    """Arbeitet ab, was wartet; mit wait, bis der Prozess enden soll.

    actions: Name der Arbeit zu dem, was sie tut; bekommt die Angaben und ob es der letzte Versuch ist. Verliert der
    Arbeiter die Datenbank, beginnt er von selbst wieder.
    """
    while True:
        try:
            asyncio.run(_work(actions, wait, signals))
            return
        except (ProcrastinateException, psycopg.Error, OSError) as lost:
            log.warning("Arbeiter beginnt neu: %s", described(lost))
            asyncio.run(asyncio.sleep(PAUSE))


async def _work(actions: Mapping[str, Action], wait: bool, signals: bool) -> None:
    app = App(connector=PsycopgConnector(conninfo=_conninfo(), min_size=1, max_size=4, timeout=10))
    for name, action in actions.items():
        app.task(name=name, queue=QUEUE, pass_context=True,
                 retry=RetryStrategy(max_attempts=ATTEMPTS, wait=WAIT))(_task(name, action))
    async with app.open_async():
        reaper = asyncio.create_task(_bring_back(app))
        try:
            await app.run_worker_async(
                queues=[QUEUE], concurrency=1, wait=wait, install_signal_handlers=signals, delete_jobs="successful",
                update_heartbeat_interval=HEARTBEAT, stalled_worker_timeout=STALE, fetch_job_polling_interval=HEARTBEAT,
            )
        finally:
            reaper.cancel()
            with suppress(asyncio.CancelledError):
                await reaper


def _task(name: str, action: Action) -> Callable[..., None]:
    def carried_out(context: JobContext, **arguments: str) -> None:
        assert context.job is not None
        with tracing.span(f"arbeit {name}", {"kreislohn.job": name, "kreislohn.attempt": context.job.attempts}):
            try:
                action(arguments, context.job.attempts >= ATTEMPTS - 1)
            except HeldElsewhereError:
                defer(name, arguments, once=str(context.job.queueing_lock), after=WAIT)

    return carried_out


async def _bring_back(app: App) -> None:
    """Die Arbeit gestorbener Arbeiter zurück in die Schlange; zwei, die es zugleich tun, stören einander nicht.

    Ebenso, was ein Arbeiter einer früheren Fassung verwarf, weil er diese Art Arbeit nicht kennt: nur so misslingt
    eine vor ATTEMPTS endgültig.
    """
    while True:
        try:
            left = list(await app.job_manager.get_stalled_jobs(queue=QUEUE, seconds_since_heartbeat=STALE))
            left += [job for job in await app.job_manager.list_jobs_async(queue=QUEUE, status="failed")
                     if job.task_name in app.tasks and job.attempts < ATTEMPTS]
            for job in left:
                with suppress(ConnectorException):
                    await app.job_manager.retry_job(job)
        except ProcrastinateException as lost:
            log.warning("Liegen gebliebene Arbeit nicht gelesen: %s", described(lost))
        await asyncio.sleep(HEARTBEAT)


def _conninfo() -> str:
    url = engine.current().platform.url.set(drivername="postgresql").render_as_string(hide_password=False)
    settings = {"search_path": SCHEMA, **engine.LIFELINE}
    return make_conninfo(url, options=" ".join(f"-c {name}={value}" for name, value in settings.items()),
                         **engine.CLIENT_LIFELINE)
