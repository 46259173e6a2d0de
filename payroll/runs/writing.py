"""Was gerechnet ist, in einem Zug schreiben: Ergebnisse, Zeilen, Wertebögen, Einbehalte, Rückrechnung.

Denselben Weg gehen ein Lauf im Ganzen und jedes Stück eines großen; nur wohin geschrieben wird, ist verschieden.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import orjson

from payroll.masterdata.slices import MonthFacts
from payroll.runs import begruendungen, pfaendung, retro, sheets
from payroll.runs.beside import below
from payroll.runs.eigenes import own, own_origin
from payroll.runs.findings import Befund, order
from payroll.runs.models import Ergebnis, Ergebniszeile, Hinweis, Lauf, Wertebogen
from payroll.runs.outcome import Outcome
from payroll.runs.pruefwert import Gezeigtes
from payroll.runs.values import VALUES
from tenants.db.bulk import copy_rows
from tenants.db.session import TenantSession
from tenants.security import keys_of
from tenants.security.field import seal_field

SUMMEN = ("gesamtbrutto", "netto", "auszahlung", "ag_kosten")
ZEILEN = ("ergebnis_id", "position", "bereich", "lohnart", "text", "einzelheit", "worte_siegel", "merkmale",
          "betrag")
HINWEISE = ("lauf_id", "beschaeftigung_id", "stufe", "ursache", "datensatz_siegel", "feld", "regel_siegel",
            "abhilfe", "erledigt_von", "erledigt_am", "begruendung")
Numbered = Callable[[Sequence[int]], list[int]]


def write_results(session: TenantSession, lauf: Lauf, facts: MonthFacts, outcome: Outcome, numbered: Numbered,
                  shown: Gezeigtes) -> dict[str, int]:
    """Schreibt alles bis auf die Befunde, die dabei noch dazukommen; gibt die Summen zurück (Cent).

    numbered: gibt Beschäftigungen die Nummern ihrer Ergebnisse; shown: wer den Prüfwert führt.
    """
    sums = dict.fromkeys(SUMMEN, 0)
    if outcome.collected is not None and outcome.result is not None and len(outcome.paid):
        jobs = facts.cases["beschaeftigung_id"][outcome.paid].tolist()
        writing = _Writing(session, lauf.id, facts, outcome, numbered(jobs), shown)
        writing.write()
        sums = {name: int(writing.columns[name].sum()) for name in sums}
    found = outcome.gepfaendet
    pfaendung.store(session, lauf, [*outcome.plan.garnished, *(found.claims if found else ())])
    outcome.befunde += retro.book(session, lauf, outcome.plan, outcome.payouts(facts), shown, outcome.carried,
                                  found.limits if found else {}, facts.known_at)
    return sums


def write_findings(session: TenantSession, lauf: Lauf, befunde: Iterable[Befund],
                   reasons: Mapping[begruendungen.Key, begruendungen.Begruendung]) -> int:
    """Schreibt die Befunde mit den Begründungen, die sie schon haben; gibt ihre Zahl zurück."""
    ordered = sorted(befunde, key=order)  # the same order whatever the parts of the run were
    return copy_rows(session, Hinweis, ("public_id", *HINWEISE), list(_findings(session, lauf, ordered, reasons)))


def _findings(session: TenantSession, lauf: Lauf, befunde: Iterable[Befund],
              reasons: Mapping[begruendungen.Key, begruendungen.Begruendung]) -> Iterator[tuple[Any, ...]]:
    keys = keys_of(session)
    for b in befunde:
        number = uuid.uuid4()
        yield (number, lauf.id, b.beschaeftigung_id, b.stufe, b.ursache,
               seal_field(keys, Hinweis, number, "datensatz", b.datensatz), b.feld,
               seal_field(keys, Hinweis, number, "regel", b.regel), b.abhilfe,
               *reasons.get(begruendungen.key_of(b), begruendungen.NONE))


class _Writing:
    """Schreibt Ergebnisse, Zeilen und Wertebögen spaltenweise und sagt, was der Prüfwert davon umfasst."""

    def __init__(self, session: TenantSession, lauf_id: int, facts: MonthFacts, outcome: Outcome, ids: list[int],
                 shown: Gezeigtes) -> None:
        assert outcome.collected is not None
        assert outcome.result is not None
        self.session, self.lauf_id, self.facts, self.shown = session, lauf_id, facts, shown
        self.rows = outcome.paid.tolist()
        self.rules, self.lines = outcome.rules, outcome.collected.prices.lines
        self.inputs = {name: np.broadcast_to(values, facts.size)[outcome.paid].tolist()
                       for name, values in outcome.collected.inputs.items()}
        self.neben, self.dritte, self.unten = outcome.collected.neben, outcome.collected.dritte, outcome.unten
        self.columns = {name: outcome.result.cents(name)[outcome.paid] for name in outcome.result.columns}
        self.columns["tabellenentgelt"] = outcome.collected.prices.inputs["tabelle"][outcome.paid]
        self.ids, self.public = ids, [uuid.uuid4() for _ in self.rows]

    def write(self) -> None:
        """Drei Massenschreiben, gleich wie viele Menschen."""
        employments = self.facts.cases["beschaeftigung_id"]
        count = len(self.rows)
        columns = {"id": self.ids, "public_id": self.public, "lauf_id": [self.lauf_id] * count,
                   "beschaeftigung_id": [int(employments[row]) for row in self.rows],
                   "monat": [self.facts.month] * count, "sv_tage": self.columns["sv_tage"].tolist(),
                   **{name: self.columns[name].tolist() for name in VALUES}}
        copy_rows(self.session, Ergebnis, tuple(columns), columns)
        copy_rows(self.session, Ergebniszeile, ZEILEN, self._lines())
        copy_rows(self.session, Wertebogen, ("ergebnis_id", "eingabe_hash", "inhalt"), self._sheets())
        below.write(self.session, dict(zip(self.rows, self.ids, strict=True)), self.unten, self.dritte)

    def _lines(self) -> Iterator[tuple[Any, ...]]:
        keys = keys_of(self.session)
        for number, row in zip(self.ids, self.rows, strict=True):
            for position, line in enumerate(self.lines.get(row, ()), 1):
                words = f"{line.text}\n{line.einzelheit}" if line.art else None
                sealed = seal_field(keys, Ergebniszeile, f"{number}:{position}", "worte", words)
                yield (number, position, line.bereich, line.lohnart, line.art or line.text,
                       "" if line.art else line.einzelheit, sealed, line.merkmale, line.betrag)

    def _sheets(self) -> Iterator[tuple[int, str, bytes]]:
        keys, month = keys_of(self.session), f"{self.facts.month:%Y-%m}"
        values = {name: column.tolist() for name, column in self.columns.items()}
        numbers, jobs = self.facts.cases["personalnummer"], self.facts.cases["beschaeftigung_id"].tolist()
        for i, row in enumerate(self.rows):
            inputs = own({name: column[i] for name, column in self.inputs.items()} | self.neben.get(row, {}))
            figures = {name: column[i] for name, column in values.items()}
            lines = [[*line[:6], own_origin(line.herkunft)] for line in self.lines.get(row, ())]
            content = sheets.pack(month, self.rules, inputs, figures, lines)
            self.shown.sheet(jobs[row], orjson.dumps(numbers[row]) + content)
            yield self.ids[i], sheets.input_hash(inputs), sheets.sealed(keys, self.public[i], content)
