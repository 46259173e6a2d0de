"""Nachtlauf: Aufgaben nacheinander, nie zweimal zugleich, jede mit sichtbarem Ausgang, nach einem Abbruch fortsetzbar.

Jede Aufgabe läuft in eigenen Transaktionen und darf beliebig oft wiederholt werden. Eine misslungene hält die anderen
nicht auf. Die Sperre hält die Datenbank: sie endet mit der Verbindung, auch wenn der Prozess oder die Maschine stirbt.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import DBAPIError

from tenants.db import engine
from tenants.db.session import PlatformSession, platform_session
from tenants.operation import tracing
from tenants.operation.models import FAILED, INTERRUPTED, RUNNING, SUCCEEDED, NightlyRun
from tenants.web.quiet_errors import described

if TYPE_CHECKING:
    from tenants.db.setup import Connected

log = logging.getLogger(__name__)
LOCK = 0x4B524E  # "KRN"
ACTOR = "nachtlauf"
KEPT = timedelta(days=400)
NAMES = ("stufen", "ausgeschiedene", "loeschung", "bewerbungen", "technisches", "nachrichten", "zertifikat",
         "siegel")


class AlreadyRunning(RuntimeError):
    """Ein anderer Nachtlauf ist unterwegs."""


class JobFailed(Exception):
    """Eine Aufgabe misslang mit Worten ohne Personenbezug, die jeder lesen darf."""


@dataclass(frozen=True)
class Night:
    """Was die Aufgaben wissen: Tag, Datenbank, Verzeichnis der Urkunden."""

    today: date
    connected: Connected
    documents: Path


@dataclass(frozen=True)
class Job:
    """Eine Aufgabe: Name aus NAMES und was sie tut; sie gibt Worte mit Anzahlen zurück, ohne Personenbezug."""

    name: str
    run: Callable[[Night], str]


@dataclass(frozen=True)
class Outcome:
    """Ausgang einer Aufgabe; skipped: heute schon gelungen."""

    job: str
    outcome: str
    words: str
    skipped: bool = False


def run(jobs: Sequence[Job], night: Night, *, again: bool = False, since: datetime | None = None) -> Iterator[Outcome]:
    """Führt die Aufgaben aus und nennt jeden Ausgang, sobald er feststeht.

    Was seit since (Vorgabe: vor 12 Stunden) schon gelang, wird übergangen, außer mit again: so setzt ein zweiter
    Aufruf fort, was ein Abbruch liegen ließ. AlreadyRunning, wenn ein anderer unterwegs ist.
    """
    border = since or datetime.now(UTC) - timedelta(hours=12)
    with _alone():
        _mark_interrupted()
        done = set() if again else _succeeded_since(border)
        for job in jobs:
            if job.name in done:
                yield Outcome(job.name, SUCCEEDED, "heute schon gelungen", skipped=True)
                continue
            with tracing.span(f"nachtlauf {job.name}", {"kreislohn.job": job.name}):
                done_now = _one(job, night)
                tracing.mark({"kreislohn.outcome": done_now.outcome})
            yield done_now
        _forget_old()


def history(session: PlatformSession, *, per_job: int = 10) -> dict[str, list[NightlyRun]]:
    """Die letzten Läufe je Aufgabe, der jüngste zuerst."""
    rank = func.row_number().over(partition_by=NightlyRun.job, order_by=NightlyRun.id.desc()).label("rank")
    ranked = select(NightlyRun.id, rank).subquery()
    rows = session.scalars(
        select(NightlyRun).join(ranked, ranked.c.id == NightlyRun.id).where(ranked.c.rank <= per_job)
        .order_by(NightlyRun.id.desc())
    )
    found: dict[str, list[NightlyRun]] = {name: [] for name in NAMES}
    for row in rows:
        found.setdefault(row.job, []).append(row)
    return found


@contextmanager
def _alone() -> Iterator[None]:
    connection = engine.current().platform.connect().execution_options(isolation_level="AUTOCOMMIT")
    try:
        if not connection.scalar(select(func.pg_try_advisory_lock(LOCK))):
            raise AlreadyRunning("Ein Nachtlauf ist schon unterwegs; er endet von selbst.")
        try:
            yield
        finally:
            # The server notices a closed connection only after a while: the lock is given back in words before.
            with suppress(DBAPIError):
                connection.scalar(select(func.pg_advisory_unlock(LOCK)))
            connection.invalidate()  # whatever happened, the lock goes with the connection
    finally:
        connection.close()


def _mark_interrupted() -> None:
    """Wer die Sperre hat, weiß: was noch als laufend dasteht, ist abgebrochen."""
    with platform_session(actor=ACTOR) as session:
        session.execute(
            update(NightlyRun).where(NightlyRun.outcome == RUNNING)
            .values(outcome=INTERRUPTED, finished_at=func.now(), words="Abgebrochen; der nächste Lauf setzt fort.")
        )


def _succeeded_since(border: datetime) -> set[str]:
    with platform_session(actor=ACTOR) as session:
        return set(session.scalars(
            select(NightlyRun.job).where(NightlyRun.outcome == SUCCEEDED, NightlyRun.finished_at >= border)
        ))


def _one(job: Job, night: Night) -> Outcome:
    with platform_session(actor=ACTOR) as session:
        row = NightlyRun(job=job.name, outcome=RUNNING, words="")
        session.add(row)
        session.flush()
        number = row.id
    try:
        outcome, words = SUCCEEDED, job.run(night)
    except JobFailed as refused:
        outcome, words = FAILED, str(refused)
    except Exception as error:  # one job must not stop the others; what happened stands in the log and on the page
        log.error("Nachtlauf, Aufgabe %s: %s", job.name, described(error))
        outcome, words = FAILED, f"{type(error).__name__}; Einzelheiten im Log"
    with platform_session(actor=ACTOR) as session:
        session.execute(update(NightlyRun).where(NightlyRun.id == number)
                        .values(outcome=outcome, words=words, finished_at=func.clock_timestamp()))
    return Outcome(job.name, outcome, words)


def _forget_old() -> None:
    with platform_session(actor=ACTOR) as session:
        session.execute(delete(NightlyRun).where(NightlyRun.started_at < datetime.now(UTC) - KEPT))
