"""``kreislohn serve``: der Server mit seinen Grenzen, dem Zugang der Überwachung und geordnetem Ende."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

import click

from payroll.runs.commands import database
from tenants.commands import site, stated

if TYPE_CHECKING:
    from flask import Flask

# Waitress takes the whole body before the application sees it; more than an upload nobody needs.
LIMITS = {"max_request_body_size": 21 * 1024 * 1024, "max_request_header_size": 32 * 1024, "channel_timeout": 60,
          "connection_limit": 400}
THREADS = 8


@click.command("serve")
@site.data_option
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", type=click.IntRange(1, 65535), default=8080, show_default=True)
@click.option("--http", is_flag=True, help="Ohne TLS davor (nur zum Ausprobieren auf dieser Maschine).")
@click.option("--proxies", type=click.IntRange(0, 5), default=1, show_default=True,
              help="Vorgeschaltete Webserver, deren Angaben zu Adresse und Protokoll gelten.")
@click.option("--threads", type=click.IntRange(1, 64), default=THREADS, show_default=True, help="Anfragen zugleich.")
@click.option("--worker/--no-worker", default=True, show_default=True,
              help="Führt auch Sammelläufe aus; ohne, wenn eigene Arbeiter (kreislohn worker) laufen.")
@click.option("--name", "names", multiple=True, help="Name, unter dem der Server antwortet; mehrfach möglich.")
@click.pass_context
@stated.operator("startet den Server; Rechte prüft jeder Weg")
def serve(context: click.Context, data: Path, host: str, port: int, http: bool, proxies: int, threads: int,
          worker: bool, names: tuple[str, ...]) -> None:
    """Startet den Server; TLS beendet ein vorgeschalteter Webserver (siehe docs/betrieb.md)."""
    from tenants.operation import disk
    from tenants.web import own_name

    if wrong := own_name.refused(names, required=not http):
        raise click.UsageError(wrong)
    with database(data, longest=timedelta(minutes=1)) as connected:
        if not http and connected.server is not None and disk.encrypted(data) is False:
            click.echo(disk.WARNING.format(path=data), err=True)
        run(context, host, port, https=not http, proxies=0 if http else proxies, names=names, threads=threads,
            worker=worker)


def run(context: click.Context, host: str, port: int, *, demonstration: bool = False, https: bool = False,
        proxies: int = 0, names: tuple[str, ...] = (), threads: int = THREADS, worker: bool = True) -> None:
    """Baut die Anwendung und antwortet, bis der Prozess enden soll; laufende Anfragen dürfen noch fertig werden."""
    from tenants.operation import answering, logs
    from tenants.web.settings import from_master_key

    logs.install(os.environ.get("KREISLOHN_LOG_FORMAT", "text"), os.environ.get("KREISLOHN_LOG_LEVEL", "warning"))
    application = context.obj["application"](from_master_key(https=https, demonstration=demonstration,
                                                                proxies=proxies, hosts=names))
    if worker:
        _work_beside()
    try:
        with _ending_orderly(), _watched(application):
            lost = answering.serve(application, host=host, port=port, threads=threads, ident=None, ending=_say_ending,
                                   **LIMITS)
    except OSError as error:
        raise click.ClickException(f"Adresse {host}:{port} ist nicht frei ({error.strerror}). Mit --port eine andere "
                                   "wählen.") from error
    click.echo(f"Beendet; {_requests(lost)} unbeantwortet." if lost else "Beendet.")


def _say_ending(count: int) -> None:
    if count:
        click.echo(f"Beantworte noch {_requests(count)}, dann ist Schluss; sofort mit noch einmal Strg+C.")


def _requests(count: int) -> str:
    return "eine Anfrage" if count == 1 else f"{count} Anfragen"


def _work_beside() -> None:
    """Ein Arbeiter im selben Prozess: für kleine Einrichtungen genug. Endet der Prozess, tut ein anderer die Arbeit."""
    from payroll.sammellauf.service import ACTIONS
    from tenants.operation import queue

    threading.Thread(target=queue.work, args=(ACTIONS,), kwargs={"signals": False}, name="worker", daemon=True).start()


@contextmanager
def _ending_orderly() -> Iterator[None]:
    """SIGTERM (systemd, Behälter) wie Strg+C: Anfragen fertig, Verbindungen und eingebettete Datenbank geordnet zu."""

    def end(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


@contextmanager
def _watched(application: Flask) -> Iterator[None]:
    """Der Zugang der Überwachung, wenn einer angegeben ist."""
    address = os.environ.get("KREISLOHN_METRICS")
    if not address:
        yield
        return
    from tenants.operation import listener
    from tenants.web.operation import metrics_of

    try:
        close: Callable[[], None] = listener.start(address, metrics_of(application))
    except OSError as error:
        raise click.ClickException(f"[metrics] address {address} ist nicht frei ({error.strerror}): eine andere "
                                   "angeben.") from error
    try:
        yield
    finally:
        close()
