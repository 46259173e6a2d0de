"""Womit ein Monat ohne geschriebenes Steuerrecht bezahlt wird: die aufgenommenen Pläne (PAP) dieser Einrichtung.

Der Stempel eines Laufs ist der Fingerabdruck der Regeln; bei einem vorläufigen folgt auf ein „+“, wonach sein
Steuerrecht ging: der Hash des Plans oder „fortgeschrieben“.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date
from pathlib import Path

from payroll.law.calculate import law_of, rule_book
from payroll.law.engine import RuleBook
from payroll.law.parameters.uploaded import Uploaded
from payroll.law.plan import Plan, PlanError, shelf
from payroll.law.plan.shelf import plans_in
from payroll.law.provisional import MARK, provisional_book, replaced
from payroll.law.taxyear import plan_for, rules_written
from payroll.runs.errors import RunRefused

SLIP_HINT = ("Lohnsteuer, Solidaritätszuschlag und Kirchensteuer sind vorläufig nach dem Programmablaufplan {year} des "
             "Bundesfinanzministeriums berechnet. Ändert sich etwas, wird es mit einer späteren Abrechnung verrechnet.")
CARRIED = "fortgeschrieben"
_data: list[Path] = []
_tried: ContextVar[Plan | None] = ContextVar("tried_plan", default=None)


def configure(data: Path | None) -> None:
    """Datenverzeichnis dieses Prozesses, in dem die Pläne liegen; None: keine Pläne."""
    _data[:] = [] if data is None else [data]


@contextmanager
def configured(data: Path) -> Iterator[None]:
    """Für eine Weile die Pläne eines anderen Verzeichnisses."""
    before = list(_data)
    configure(data)
    try:
        yield
    finally:
        _data[:] = before


def directory() -> Path | None:
    """Wo dieser Prozess die Pläne hält."""
    return _data[0] if _data else None


@contextmanager
def tried(plan: Plan) -> Iterator[None]:
    """Für eine Weile gilt dieser Plan in seinem Jahr, ohne dass er aufgenommen ist: für eine Vorschau."""
    token = _tried.set(plan)
    try:
        yield
    finally:
        _tried.reset(token)


def source_of(plan: Plan) -> bytes:
    """Die Datei, aus der dieser aufgenommene Plan gelesen wurde."""
    return shelf.source_of(_data[0], plan)


def plan_of(month: date) -> Plan | None:
    """Der Plan, nach dem dieser Monat vorläufig bezahlt wird; None, wenn die Regeln da sind oder kein Plan da ist.

    Ein beschädigter Plan lehnt den Lauf ab: ohne ihn käme stillschweigend ein anderes Netto heraus.
    """
    if rules_written(month):
        return None
    tried = plan_for(month, [one for one in (_tried.get(),) if one is not None])
    if tried is not None or not _data:
        return tried
    try:
        return plan_for(month, plans_in(_data[0]))
    except PlanError as error:
        raise RunRefused(f"Ein aufgenommener Programmablaufplan ist nicht mehr lesbar: {error}") from error


def stamp(month: date, plan: Plan | None, tables: Uploaded = ()) -> str:
    """Der Fingerabdruck dessen, wonach gerechnet wird; tables: hochgeladene Entgelttabellen, die mit gelten."""
    law = with_tables(law_of(month, plan=plan).fingerprint, tables)
    return "+".join(filter(None, (law, provisional_by(month, plan))))


def with_tables(law: str, tables: Uploaded) -> str:
    """Fingerabdruck der Regeln samt den hochgeladenen Tabellen; ohne solche der der Regeln."""
    if not tables:
        return law
    held = "|".join(f"{one.tarifwerk} {one.ab} {one.digest}" for one in tables)
    return hashlib.sha256(f"{law}|{held}".encode()).hexdigest()


def provisional_by(month: date, plan: Plan | None) -> str:
    """Wonach das Steuerrecht eines Monats vorläufig geht; leer, wenn seine Regeln geschrieben sind."""
    if plan is not None:
        return plan.digest
    return "" if rules_written(month) else CARRIED


def paid_by(stamped: str) -> str:
    """Dasselbe aus dem Stempel eines Laufs."""
    return stamped.partition("+")[2]


def book_of(month: date, values: Mapping[str, int]) -> tuple[RuleBook, dict[str, int]]:
    """Regelwerk eines gespeicherten Ergebnisses und was der Plan dazu gab (nichts, wenn es nicht vorläufig ist)."""
    if MARK not in values:
        return rule_book(), {}
    names = replaced(law_of(month), values)
    return provisional_book(rule_book(), names), {name: values[name] for name in names}


def hints(values: Mapping[str, int]) -> tuple[str, ...]:
    """Was auf der Abrechnung eines vorläufigen Ergebnisses steht."""
    return (SLIP_HINT.format(year=values[MARK]),) if MARK in values else ()
