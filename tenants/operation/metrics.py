"""Messwerte für Prometheus: Zahlen ohne Menschen, Mandanten und Adressen; Merkmale nur aus festen Wörtern."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import metadata

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import QueuePool

from tenants.db import engine
from tenants.db.session import platform_session
from tenants.models.access import OutboxMessage
from tenants.operation.models import SUCCEEDED, NightlyRun

BUCKETS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)


class Metrics:
    """Messwerte einer Anwendung; jede hat ihr eigenes Verzeichnis."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter("kreislohn_requests", "Anfragen", ("door", "method", "status"), registry=self.registry)
        self.seconds = Histogram("kreislohn_request_seconds", "Dauer der Anfragen", ("door",), buckets=BUCKETS,
                                 registry=self.registry)
        Gauge("kreislohn_info", "Fassung", ("version",), registry=self.registry).labels(
            metadata.version("kreislohn")).set(1)
        ProcessCollector(registry=self.registry)
        self.registry.register(Stock())

    def saw(self, door: str, method: str, status: int, seconds: float) -> None:
        """Eine beantwortete Anfrage."""
        self.requests.labels(door, method, str(status)).inc()
        self.seconds.labels(door).observe(seconds)

    def text(self) -> bytes:
        """Alle Werte in der Form, die Prometheus liest."""
        return generate_latest(self.registry)


class Stock:
    """Stand beim Lesen: Vorrat der Verbindungen, Postausgang, Nachtlauf. Ohne Datenbank nur kreislohn_database_up 0."""

    def collect(self) -> Iterator[Metric]:
        """Werte dieses Augenblicks."""
        try:
            waiting, given_up, last = _asked()
            up = 1
        except (SQLAlchemyError, RuntimeError):
            waiting, given_up, last, up = 0, 0, {}, 0
        yield GaugeMetricFamily("kreislohn_database_up", "Die Datenbank antwortet", value=up)
        if not up:
            return
        yield GaugeMetricFamily("kreislohn_outbox_waiting", "Nachrichten, die noch versandt werden", value=waiting)
        yield GaugeMetricFamily("kreislohn_outbox_given_up", "Nachrichten, die aufgegeben sind", value=given_up)
        nightly = GaugeMetricFamily("kreislohn_nightly_success_timestamp_seconds",
                                    "Letzter gelungener Lauf je Aufgabe des Nachtlaufs", labels=("job",))
        for job, moment in last.items():
            nightly.add_metric((job,), moment)
        yield nightly
        pool = GaugeMetricFamily("kreislohn_database_connections", "Verbindungen in Benutzung", labels=("role",))
        for role, one in (("app", engine.current().app), ("platform", engine.current().platform)):
            assert isinstance(one.pool, QueuePool)
            pool.add_metric((role,), one.pool.checkedout())
        yield pool

    def describe(self) -> list[Metric]:
        """Nichts vorab: beim Anmelden gibt es vielleicht noch keine Datenbank."""
        return []


def _asked() -> tuple[int, int, dict[str, float]]:
    with platform_session(actor="system") as session:
        waiting, given_up = session.execute(
            select(
                func.count().filter(OutboxMessage.sent_at.is_(None), OutboxMessage.given_up_at.is_(None)),
                func.count().filter(OutboxMessage.given_up_at.is_not(None)),
            )
        ).one()
        rows = session.execute(
            select(NightlyRun.job, func.max(NightlyRun.finished_at))
            .where(NightlyRun.outcome == SUCCEEDED)
            .group_by(NightlyRun.job)
        )
        return waiting, given_up, {job: moment.timestamp() for job, moment in rows if moment is not None}
