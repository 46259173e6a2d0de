"""Ein Steuerjahr als Programmablaufplan (XML des BMF): gelesen, geprüft, aufbewahrt, von zwei Personen entschieden.

In Kraft gesetzt liegt die Datei bei den Plänen der Einrichtung; Läufe des Jahres rechnen vorläufig nach ihm, bis die
Regeln geschrieben sind.
"""

from __future__ import annotations

import base64
import tempfile
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from payroll.law.plan import Plan, PlanError, shelf
from payroll.law.taxyear import rules_written, written_until
from payroll.masterdata.imports.problems import Beanstandung, ImportFehler
from payroll.masterdata.models import Vorschlag


@dataclass
class Gelesen:
    """Der Plan, die Datei als Text und was nicht stimmt."""

    plan: Plan
    datei: str
    probleme: list[Beanstandung] = field(default_factory=list)


def check(data: bytes, ab: date) -> Gelesen:
    """Liest und prüft den Plan, der ab ``ab`` gelten soll; wirft ImportFehler, wenn die Datei keiner ist."""
    with tempfile.TemporaryDirectory() as folder:
        plan = _taken_in(Path(folder), data)
    found = Gelesen(plan, base64.b64encode(data).decode())
    first = date(plan.year, plan.first_month, 1)
    if ab != first:
        found.probleme.append(Beanstandung(
            0, "gilt_ab", f"{ab:%d.%m.%Y}", f"der Plan {plan.name} gilt ab {first:%d.%m.%Y}", "Tag berichtigen"))
    elif rules_written(first):
        found.probleme.append(Beanstandung(
            0, "gilt_ab", f"{ab:%d.%m.%Y}", f"die Regeln sind bis {written_until():%d.%m.%Y} geschrieben",
            "kein Plan nötig: das Programm rechnet nach den Regeln"))
    if plan.new_inputs:
        found.probleme.append(Beanstandung(
            0, "plan", plan.name, f"neue Eingaben {', '.join(plan.new_inputs).upper()} werden mit ihren Vorgaben "
            "gerechnet", "im Plan nachlesen, ob sie hier vorkommen", schwer=False))
    return found


def _taken_in(folder: Path, data: bytes) -> Plan:
    file = folder / "plan.xml"
    file.write_bytes(data)
    try:
        return shelf.add(folder, file)
    except PlanError as error:
        raise ImportFehler(f"Die Datei ist kein brauchbarer Programmablaufplan: {error}",
                           "die XML-Datei des Bundesfinanzministeriums unverändert hochladen") from error


def plan_of(row: Vorschlag) -> Plan:
    """Der Plan eines Vorschlags."""
    with tempfile.TemporaryDirectory() as folder:
        return _taken_in(Path(folder), base64.b64decode(row.inhalt["datei"]))


def apply(row: Vorschlag, directory: Path) -> Plan:
    """Legt den Plan zu denen der Einrichtung."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "plan.xml"
        file.write_bytes(base64.b64decode(row.inhalt["datei"]))
        return shelf.add(directory, file)
