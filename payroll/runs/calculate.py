"""Der Probelauf: Tatsachen laden, rechnen, Ergebnisse in einem Zug schreiben. Die Zahl der Anweisungen ist fest."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import numpy as np
import orjson
from sqlalchemy import delete, func, select

from payroll.law.calculate import gross_to_net, law_of, month_inputs
from payroll.law.engine import Result
from payroll.law.parameters.editions import editions
from payroll.masterdata.slices import MonthFacts, amtlich, load_month
from payroll.runs import begruendungen, joint, pfaendung, plausibel, probelauf, retro, sheets, staffing, taxyear
from payroll.runs.beside import below
from payroll.runs.collect import Collected, collect
from payroll.runs.earlier import sums_before
from payroll.runs.errors import RunRefused
from payroll.runs.findings import Befund, findings_of, impossible
from payroll.runs.models import Ergebnis, Ergebniszeile, Hinweis, Lauf, Wertebogen
from payroll.runs.steps import month_name, reset_steps
from payroll.runs.ueberzahlung.vortrag import assign
from payroll.runs.values import VALUES
from payroll.runs.zeiten.absences import undecided
from tenants.audit import record
from tenants.collector import collector_paused
from tenants.db.bulk import copy_rows, reserve_ids
from tenants.db.session import TenantSession
from tenants.operation import tracing
from tenants.security import keys_of
from tenants.security.field import seal_field

EXTRA = ("sv_tage", "sv_entgelt_laufend", "ist_midijob", "ist_minijob", "kinderlos_zuschlag", "pauschal_40a_lohn")
ZEILEN = ("ergebnis_id", "position", "bereich", "lohnart", "text", "einzelheit", "worte_siegel", "merkmale",
          "betrag")
HINWEISE = ("lauf_id", "beschaeftigung_id", "stufe", "ursache", "datensatz_siegel", "feld", "regel_siegel",
            "abhilfe", "erledigt_von", "erledigt_am", "begruendung")


@tracing.traced("lauf rechnen")
def calculate(session: TenantSession, month: date, *, key: str, known_at: datetime | None = None) -> Lauf:
    """Rechnet alle Beschäftigungen eines Monats; vorige Probeergebnisse werden ersetzt.

    key: Schlüssel der Anforderung; derselbe noch einmal gibt zurück, was schon da ist. known_at: Kenntnisstand
    (leer: jetzt). Ein geprüfter oder abgeschlossener Lauf wird abgelehnt, ebenso ein Monat ohne Beschäftigte.
    """
    if not key.strip():
        raise RunRefused("Der Anforderung fehlt ihr Schlüssel; ohne ihn könnte doppelt gerechnet werden.")
    lauf = _locked_run(session, month.replace(day=1))
    if lauf.schluessel == key:
        return lauf
    if lauf.zustand in ("geprueft", "freigegeben", "abgeschlossen"):
        raise RunRefused(f"{month_name(month)} ist {_WORDS[lauf.zustand]}. "
                         + ("Berichtigungen laufen über einen späteren Monat." if lauf.zustand == "abgeschlossen"
                            else "Zum Neurechnen die Prüfung zurücknehmen."))
    moment = session.scalars(select(func.now()).select_from(Lauf).limit(1)).one()
    with collector_paused(), amtlich.as_reckoned(session, known_at):
        befunde = _fill(session, lauf, known_at, known_at or moment)
    tracing.mark({"kreislohn.month": f"{lauf.monat:%Y-%m}", "kreislohn.people": lauf.anzahl})
    lauf.schluessel, lauf.stand, lauf.fassung = key, known_at or moment, lauf.fassung + 1
    lauf.berechnet_von, lauf.berechnet_am = str(session.info["actor"]), moment
    lauf.zustand = "probe"
    reset_steps(lauf)
    record(session, "lauf.gerechnet", f"lauf:{lauf.monat:%Y-%m}", {
        "fassung": lauf.fassung, "anzahl": lauf.anzahl, "hash": lauf.ergebnis_hash, "befunde": befunde})
    return lauf


def _fill(session: TenantSession, lauf: Lauf, known_at: datetime | None, stand: datetime) -> int:
    """Lädt, rechnet und schreibt; gibt die Zahl der Befunde zurück."""
    facts = load_month(session, lauf.monat, known_at)
    if facts.size == 0 and not any(finding.left_out for finding in facts.findings):
        raise RunRefused(f"Im {month_name(lauf.monat)} ist niemand beschäftigt; ein leerer Lauf wird nicht gerechnet. "
                         "Personen einlesen oder erfassen.")
    reasons = begruendungen.kept(session, lauf)
    _forget_trial(session, lauf)
    plan = retro.compute(session, lauf.monat, known_at)
    assign(session, lauf.monat, known_at)
    plan.assigned = True
    outcome = outcome_of(session, facts, plan, known_at)
    outcome.begruendet = reasons
    _store(session, lauf, facts, outcome, stand)
    return len(outcome.befunde)


_WORDS = {"geprueft": "schon geprüft", "freigegeben": "freigegeben", "abgeschlossen": "abgeschlossen"}


def _locked_run(session: TenantSession, month: date) -> Lauf:
    """Der Lauf des Monats, gesperrt für diese Transaktion; beim ersten Mal wird er angelegt."""
    statement = select(Lauf).where(Lauf.monat == month).with_for_update()
    lauf = session.scalars(statement.execution_options(populate_existing=True)).one_or_none()
    if lauf is None:
        lauf = Lauf(monat=month)
        session.add(lauf)
        session.flush()
    return lauf


def _forget_trial(session: TenantSession, lauf: Lauf) -> None:
    probelauf.remember(session, lauf)
    retro.forget(session, lauf)
    pfaendung.forget(session, lauf)
    mine = select(Ergebnis.id).where(Ergebnis.lauf_id == lauf.id)
    for model in (Ergebniszeile, Wertebogen):
        session.execute(delete(model).where(model.ergebnis_id.in_(mine)).execution_options(synchronize_session=False))
    for owned in (Ergebnis, Hinweis):
        session.execute(delete(owned).where(owned.lauf_id == lauf.id).execution_options(synchronize_session=False))


@dataclass
class Outcome:
    """Was gerechnet wurde: Eingaben, Werte, welche Fälle bezahlt werden, Befunde."""

    collected: Collected | None
    result: Result | None
    paid: Any
    befunde: list[Befund]
    rules: str
    plan: retro.Plan
    carried: dict[int, int]
    gepfaendet: pfaendung.Gepfaendet | None = None
    unten: below.Unten = field(default_factory=below.Unten)
    begruendet: dict[begruendungen.Key, begruendungen.Begruendung] = field(default_factory=dict)

    def payouts(self, facts: MonthFacts) -> dict[int, int]:
        """Auszahlung dieses Monats je bezahlter Beschäftigung, in Cent."""
        if self.result is None:
            return {}
        numbers = facts.cases["beschaeftigung_id"][self.paid].tolist()
        return dict(zip(numbers, self.result.cents("auszahlung")[self.paid].tolist(), strict=True))


def outcome_of(session: TenantSession, facts: MonthFacts, plan: retro.Plan, known_at: datetime | None) -> Outcome:
    """Rechnet die Fälle eines Monats, ohne etwas zu schreiben: derselbe Weg für den Lauf und für Vorschauen."""
    tax_plan = taxyear.plan_of(facts.month)
    rules, stamp = law_of(facts.month), taxyear.stamp(facts.month, tax_plan, facts.tarif.tables)
    carried = retro.carried(session, facts.month, assigned=plan.assigned)
    if facts.size == 0:
        nobody = np.array([], dtype=np.int64)
        return Outcome(None, None, nobody, findings_of(facts, None, None), stamp, plan, carried)
    employments = facts.cases["beschaeftigung_id"]
    earlier = plan.with_changes(sums_before(session, facts.month, employments, known_at), employments)
    collected = collect(session, facts, earlier)
    collected.checks |= joint.gaps(session, facts, known_at)
    wanted = tuple(dict.fromkeys((*VALUES, *(name for name in EXTRA if name in rules.nodes))))
    result = gross_to_net(facts.month, collected.inputs, wanted, plan=tax_plan)
    wrong = impossible(collected)
    faulty = {fault.row for fault in result.faults} | {row for row, _ in collected.prices.faults}
    faulty |= {one.row for one in wrong if one.check.stufe == "fehler"}
    paid = np.array([row for row in range(facts.size) if row not in faulty], dtype=np.int64)
    owed = plan.owed(carried)
    taken = pfaendung.garnish(session, facts, collected, paid, owed, plan.garnished, plan=tax_plan,
                              known_at=known_at)
    pfaendung.put_into(taken, collected, result, facts.size)
    befunde = findings_of(facts, collected, result, wrong, tax_plan, pfaendung.findings(facts, taken))
    paid = np.array([row for row in paid.tolist() if row not in taken.verteilt.failed], dtype=np.int64)
    unten = below.settle(session, facts, collected, result, below.Stand(paid, taken.taken, owed, plan.booked))
    befunde += unten.befunde + staffing.findings(session, facts, known_at) + undecided(session, facts)
    befunde += plausibel.findings(session, facts, result, paid, known_at)
    return Outcome(collected, result, paid, befunde, stamp, plan, carried, taken, unten)


def _store(session: TenantSession, lauf: Lauf, facts: MonthFacts, outcome: Outcome, stand: datetime) -> None:
    lauf.regelwerk, lauf.anzahl = outcome.rules, len(outcome.paid)
    lauf.tafeln = editions(facts.month.replace(day=month_inputs(facts.month)["kalendertage_im_monat"]))
    digest = hashlib.sha256(f"{lauf.monat}|{outcome.rules}".encode())
    sums = dict.fromkeys(("gesamtbrutto", "netto", "auszahlung", "ag_kosten"), 0)
    if outcome.collected is not None and outcome.result is not None and len(outcome.paid):
        writing = _Writing(session, lauf, facts, outcome, digest)
        writing.write()
        sums = {name: int(writing.columns[name].sum()) for name in sums}
    for name, total in sums.items():
        setattr(lauf, name, total)
    found = outcome.gepfaendet
    pfaendung.store(session, lauf, [*outcome.plan.garnished, *(found.claims if found else ())])
    outcome.befunde += retro.book(session, lauf, outcome.plan, stand, outcome.payouts(facts), digest,
                                  outcome.carried, found.limits if found else {})
    lauf.ergebnis_hash = digest.hexdigest()
    copy_rows(session, Hinweis, ("public_id", *HINWEISE), list(_findings(session, lauf, outcome)))


def _findings(session: TenantSession, lauf: Lauf, outcome: Outcome) -> Iterator[tuple[Any, ...]]:
    keys = keys_of(session)
    for b in outcome.befunde:
        number = uuid.uuid4()
        yield (number, lauf.id, b.beschaeftigung_id, b.stufe, b.ursache,
               seal_field(keys, Hinweis, number, "datensatz", b.datensatz), b.feld,
               seal_field(keys, Hinweis, number, "regel", b.regel), b.abhilfe,
               *outcome.begruendet.get(begruendungen.key_of(b), begruendungen.NONE))


class _Writing:
    """Schreibt Ergebnisse, Zeilen und Wertebögen spaltenweise und führt den Hash über alles Gezeigte."""

    def __init__(self, session: TenantSession, lauf: Lauf, facts: MonthFacts, outcome: Outcome, digest: Any) -> None:
        assert outcome.collected is not None
        assert outcome.result is not None
        self.session, self.lauf, self.facts, self.digest = session, lauf, facts, digest
        self.rows = outcome.paid.tolist()
        self.rules, self.lines = outcome.rules, outcome.collected.prices.lines
        self.inputs = {name: np.broadcast_to(values, facts.size)[outcome.paid].tolist()
                       for name, values in outcome.collected.inputs.items()}
        self.neben, self.dritte, self.unten = outcome.collected.neben, outcome.collected.dritte, outcome.unten
        self.columns = {name: outcome.result.cents(name)[outcome.paid] for name in outcome.result.columns}
        self.columns["tabellenentgelt"] = outcome.collected.prices.inputs["tabelle"][outcome.paid]
        self.ids = reserve_ids(session, Ergebnis, len(self.rows))
        self.public = [uuid.uuid4() for _ in self.rows]

    def write(self) -> None:
        """Drei Massenschreiben, gleich wie viele Menschen."""
        employments = self.facts.cases["beschaeftigung_id"]
        count = len(self.rows)
        columns = {"id": self.ids, "public_id": self.public, "lauf_id": [self.lauf.id] * count,
                   "beschaeftigung_id": [int(employments[row]) for row in self.rows],
                   "monat": [self.lauf.monat] * count, "sv_tage": self.columns["sv_tage"].tolist(),
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
        keys, month = keys_of(self.session), f"{self.lauf.monat:%Y-%m}"
        values = {name: column.tolist() for name, column in self.columns.items()}
        numbers = self.facts.cases["personalnummer"]
        for i, row in enumerate(self.rows):
            inputs = {name: column[i] for name, column in self.inputs.items()} | self.neben.get(row, {})
            own = {name: column[i] for name, column in values.items()}
            lines = [line.plain() for line in self.lines.get(row, ())]
            content = sheets.pack(month, self.rules, inputs, own, lines)
            self.digest.update(orjson.dumps(numbers[row]) + content)
            yield self.ids[i], sheets.input_hash(inputs), sheets.sealed(keys, self.public[i], content)
