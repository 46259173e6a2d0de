"""Spuren (OpenTelemetry), auf Wunsch: Anfragen, Schritte der Läufe, Arbeiten; ohne Menschen, Mandanten und Adressen.

Eine Spur trägt nur Merkmale aus MARKS: Muster von Wegen, feste Wörter, Anzahlen, die Nummer der Anfrage; von Fehlern
nur die Art, nie die Meldung. Ohne Einstellung wird nichts geladen und nichts gemessen; die Pakete kommen mit dem
Zusatz `otel`.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from importlib import metadata, util
from typing import TYPE_CHECKING, ParamSpec, TypeVar

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.trace import Tracer

VARIABLE = "KREISLOHN_TRACING"
PATIENCE = 2.0  # seconds a batch may take, tries included; a command waits at most that long for a lost collector
MARKS = frozenset({
    "http.request.method", "http.route", "http.response.status_code", "error.type", "kreislohn.door",
    "kreislohn.request_id", "kreislohn.month", "kreislohn.people", "kreislohn.job", "kreislohn.attempt",
    "kreislohn.outcome",
})
NEEDED = ("opentelemetry.sdk", "opentelemetry.exporter.otlp.proto.http")
Marks = Mapping[str, str | int]
Given = ParamSpec("Given")
Back = TypeVar("Back")
_tracer: Tracer | None = None


class TracingError(RuntimeError):
    """Spuren sind gewünscht, aber nicht möglich; die Meldung nennt die Abhilfe."""


def missing() -> str | None:
    """Was fehlt, um Spuren zu senden, mit Abhilfe; None, wenn die Pakete da sind."""
    try:
        absent = [name for name in NEEDED if util.find_spec(name) is None]
    except ModuleNotFoundError as error:
        absent = [str(error.name)]
    if not absent:
        return None
    return f"[tracing] address braucht das Paket {absent[0]}: kreislohn[otel] einrichten oder die Angabe entfernen."


def export(address: str) -> Callable[[], None]:
    """Sendet von jetzt an Spuren an einen Sammler (OTLP über HTTP); die Rückgabe schickt den Rest und endet.

    Ist der Sammler fort, gehen Spuren verloren und das Ende wartet bis zu PATIENCE je Sendung, sonst nichts.
    TracingError, wenn die Pakete fehlen.
    """
    if lack := missing():
        raise TracingError(lack)
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    # Not Resource.create(): it would add what the environment of the machine says.
    provider = TracerProvider(resource=Resource({"service.name": "kreislohn",
                                                 "service.version": metadata.version("kreislohn")}),
                              shutdown_on_exit=False)
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=address, timeout=PATIENCE)))
    use(provider)

    def end() -> None:
        use(None)
        provider.shutdown()

    return end


def use(provider: TracerProvider | None) -> None:
    """Nimmt diesen Anbieter statt des bisherigen; None beendet die Spuren dieses Prozesses."""
    global _tracer
    _tracer = None if provider is None else provider.get_tracer("kreislohn")


@contextmanager
def span(name: str, marks: Marks | None = None, *, serving: bool = False) -> Iterator[None]:
    """Eine Spur um den Block; name aus festen Wörtern oder einem Muster. serving: er beantwortet eine Anfrage."""
    if _tracer is None:
        yield
        return
    from opentelemetry.trace import SpanKind

    kind = SpanKind.SERVER if serving else SpanKind.INTERNAL
    with _tracer.start_as_current_span(name, kind=kind, attributes=_known(marks or {}), record_exception=False,
                                       set_status_on_exception=False):
        try:
            yield
        except Exception as error:
            failed(type(error).__qualname__)
            raise


def mark(marks: Marks) -> None:
    """Gibt der laufenden Spur Merkmale; ohne Spur geschieht nichts."""
    if _tracer is None:
        return
    from opentelemetry.trace import get_current_span

    get_current_span().set_attributes(_known(marks))


def failed(kind: str) -> None:
    """Die laufende Spur misslang; kind ist die Art des Fehlers, nie seine Meldung."""
    if _tracer is None:
        return
    from opentelemetry.trace import StatusCode, get_current_span

    mark({"error.type": kind})
    get_current_span().set_status(StatusCode.ERROR)


def traced(name: str) -> Callable[[Callable[Given, Back]], Callable[Given, Back]]:
    """Eine Spur um jeden Aufruf der Funktion; Angaben des Aufrufs stehen nicht darin."""

    def wrap(function: Callable[Given, Back]) -> Callable[Given, Back]:
        @functools.wraps(function)
        def call(*args: Given.args, **kwargs: Given.kwargs) -> Back:
            with span(name):
                return function(*args, **kwargs)

        return call

    return wrap


def _known(marks: Marks) -> dict[str, str | int]:
    """Nur Merkmale, die es gibt; ein anderes ist ein Fehler im Programm und keiner, den ein Sammler sehen soll."""
    if unknown := marks.keys() - MARKS:
        raise ValueError(f"Merkmal {min(unknown)} gibt es nicht: in MARKS aufnehmen, wenn es niemanden nennt.")
    return dict(marks)
