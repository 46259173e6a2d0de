"""Der Probelauf: Tatsachen laden, rechnen, Ergebnisse in einem Zug schreiben. Die Zahl der Anweisungen ist fest."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import delete, func, select

from payroll.law.calculate import month_inputs
from payroll.law.parameters.editions import editions
from payroll.masterdata.slices import amtlich, load_month
from payroll.runs import begruendungen, pfaendung, probelauf, retro, taxyear
from payroll.runs.errors import RunRefused
from payroll.runs.findings import Befund, of_the_run
from payroll.runs.insgesamt import Insgesamt
from payroll.runs.models import Ergebnis, Ergebniszeile, Hinweis, Lauf, Wertebogen
from payroll.runs.outcome import outcome_of
from payroll.runs.pruefwert import Pruefwert
from payroll.runs.steps import month_name, reset_steps
from payroll.runs.ueberzahlung.vortrag import assign
from payroll.runs.writing import write_findings, write_results
from tenants.audit import record
from tenants.collector import collector_paused
from tenants.db.bulk import reserve_ids, whole_tables
from tenants.db.session import TenantSession
from tenants.operation import tracing


@dataclass
class Gerechnet:
    """Was in den Lauf kommt, ob er im Ganzen oder in Stücken gerechnet ist; Summen in Cent."""

    regelwerk: str
    anzahl: int
    summen: Mapping[str, int]
    ergebnis_hash: str
    befunde: list[Befund]
    insgesamt: Insgesamt


Fill = Callable[[TenantSession, Lauf, datetime | None], Gerechnet]


@tracing.traced("lauf rechnen")
def calculate(session: TenantSession, month: date, *, key: str, known_at: datetime | None = None,
              fill: Fill | None = None, number: int | None = None) -> Lauf:
    """Rechnet alle Beschäftigungen eines Monats; vorige Probeergebnisse werden ersetzt.

    key: Schlüssel der Anforderung; derselbe noch einmal gibt zurück, was schon da ist. known_at: Kenntnisstand
    (leer: jetzt). Ein geprüfter oder abgeschlossener Lauf wird abgelehnt, ebenso ein Monat ohne Beschäftigte.
    fill: woher die Ergebnisse kommen (leer: sie werden hier gerechnet); number: die Nummer eines neuen Laufs.
    """
    if not key.strip():
        raise RunRefused("Der Anforderung fehlt ihr Schlüssel; ohne ihn könnte doppelt gerechnet werden.")
    lauf = _locked_run(session, month.replace(day=1), number)
    if lauf.schluessel == key:
        return lauf
    require_open(lauf)
    moment = session.scalars(select(func.now()).select_from(Lauf).limit(1)).one()
    with collector_paused(), amtlich.as_reckoned(session, known_at), whole_tables(session):
        befunde = _filled(session, lauf, known_at, known_at or moment, fill or whole)
    tracing.mark({"kreislohn.month": f"{lauf.monat:%Y-%m}", "kreislohn.people": lauf.anzahl})
    lauf.schluessel, lauf.stand, lauf.fassung = key, known_at or moment, lauf.fassung + 1
    lauf.berechnet_von, lauf.berechnet_am = str(session.info["actor"]), moment
    lauf.zustand = "probe"
    reset_steps(lauf)
    record(session, "lauf.gerechnet", f"lauf:{lauf.monat:%Y-%m}", {
        "fassung": lauf.fassung, "anzahl": lauf.anzahl, "hash": lauf.ergebnis_hash, "befunde": befunde})
    return lauf


def require_open(lauf: Lauf) -> None:
    """Raises RunRefused, wenn der Lauf schon geprüft, freigegeben oder abgeschlossen ist."""
    if lauf.zustand in _WORDS:
        raise RunRefused(f"{month_name(lauf.monat)} ist {_WORDS[lauf.zustand]}. "
                         + ("Berichtigungen laufen über einen späteren Monat." if lauf.zustand == "abgeschlossen"
                            else "Zum Neurechnen die Prüfung zurücknehmen."))


def require_people(month: date, someone: bool) -> None:
    """Raises RunRefused für einen leeren Lauf."""
    if not someone:
        raise RunRefused(f"Im {month_name(month)} ist niemand beschäftigt; ein leerer Lauf wird nicht gerechnet. "
                         "Personen einlesen oder erfassen.")


def _filled(session: TenantSession, lauf: Lauf, known_at: datetime | None, stand: datetime, fill: Fill) -> int:
    """Ersetzt, was da war, durch das Gerechnete; gibt die Zahl der Befunde zurück."""
    reasons = begruendungen.kept(session, lauf)
    done = fill(session, lauf, known_at)
    last = lauf.monat.replace(day=month_inputs(lauf.monat)["kalendertage_im_monat"])
    lauf.regelwerk, lauf.anzahl, lauf.tafeln = done.regelwerk, done.anzahl, editions(last)
    for name, total in done.summen.items():
        setattr(lauf, name, total)
    retro.considered(session, lauf, stand)
    lauf.ergebnis_hash = done.ergebnis_hash
    befunde = [*done.befunde, *of_the_run(lauf.monat, done.insgesamt, taxyear.plan_of(lauf.monat))]
    return write_findings(session, lauf, befunde, reasons)


def whole(session: TenantSession, lauf: Lauf, known_at: datetime | None) -> Gerechnet:
    """Lädt, rechnet und schreibt alle in einem Zug."""
    facts = load_month(session, lauf.monat, known_at)
    require_people(lauf.monat, facts.size > 0 or any(finding.left_out for finding in facts.findings))
    forget_trial(session, lauf)
    plan = retro.compute(session, lauf.monat, known_at)
    assign(session, lauf.monat, known_at)
    plan.assigned = True
    outcome = outcome_of(session, facts, plan, known_at)
    shown = Pruefwert(lauf.monat, outcome.rules)
    sums = write_results(session, lauf, facts, outcome, lambda jobs: reserve_ids(session, Ergebnis, len(jobs)), shown)
    return Gerechnet(outcome.rules, len(outcome.paid), sums, shown.hexdigest(), outcome.befunde, outcome.insgesamt)


_WORDS = {"geprueft": "schon geprüft", "freigegeben": "freigegeben", "abgeschlossen": "abgeschlossen"}


def _locked_run(session: TenantSession, month: date, number: int | None = None) -> Lauf:
    """Der Lauf des Monats, gesperrt für diese Transaktion; beim ersten Mal wird er angelegt."""
    statement = select(Lauf).where(Lauf.monat == month).with_for_update()
    lauf = session.scalars(statement.execution_options(populate_existing=True)).one_or_none()
    if lauf is None:
        lauf = Lauf(monat=month) if number is None else Lauf(id=number, monat=month)
        session.add(lauf)
        session.flush()
    return lauf


def forget_trial(session: TenantSession, lauf: Lauf) -> None:
    """Nimmt die Ergebnisse des vorigen Probelaufs zurück; behalten wird, was zum Vergleich nötig ist."""
    probelauf.remember(session, lauf)
    retro.forget(session, lauf)
    pfaendung.forget(session, lauf)
    mine = select(Ergebnis.id).where(Ergebnis.lauf_id == lauf.id)
    for model in (Ergebniszeile, Wertebogen):
        session.execute(delete(model).where(model.ergebnis_id.in_(mine)).execution_options(synchronize_session=False))
    for owned in (Ergebnis, Hinweis):
        session.execute(delete(owned).where(owned.lauf_id == lauf.id).execution_options(synchronize_session=False))
