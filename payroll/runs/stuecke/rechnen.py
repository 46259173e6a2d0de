"""Ein Stück rechnen: derselbe Weg wie der ganze Lauf, beschränkt auf seine Menschen, aufgehoben statt geschrieben."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, fields, replace
from typing import Any

from payroll.masterdata.slices import amtlich, load_month
from payroll.runs import retro
from payroll.runs.insgesamt import Insgesamt
from payroll.runs.models import Lauf
from payroll.runs.outcome import Outcome, outcome_of
from payroll.runs.stuecke import bloecke
from payroll.runs.stuecke.grundlage import basis
from payroll.runs.stuecke.models import Laufstueck, Stueckrechnung
from payroll.runs.writing import write_results
from tenants.collector import collector_paused
from tenants.db.bulk import catching
from tenants.db.scope import Criterion, among, limited
from tenants.db.session import TenantSession


def compute(session: TenantSession, rechnung: Stueckrechnung, stueck: Laufstueck) -> None:
    """Rechnet ein Stück und hebt das Ergebnis auf; in den Tabellen des Laufs steht danach nichts Neues."""
    ground = basis(session, rechnung.monat, rechnung.stand)
    shown = bloecke.Aufgehobenes()
    jobs, people = among(stueck.beschaeftigungen), among(stueck.personen)
    allowed: dict[str, Criterion] = {"beschaeftigung_id": lambda cls: cls.beschaeftigung_id == jobs,
                                     "person_id": lambda cls: cls.person_id == people}
    numbers = dict(zip(stueck.beschaeftigungen, stueck.ergebnisse, strict=True))
    with collector_paused(), limited(session, allowed), amtlich.as_reckoned(session, rechnung.stand):
        facts = load_month(session, rechnung.monat, rechnung.stand)
        facts.teil, facts.am_jahresende = True, rechnung.am_jahresende
        plan = retro.compute(session, rechnung.monat, rechnung.stand)
        outcome = outcome_of(session, facts, plan, rechnung.stand)
        lauf = Lauf(id=rechnung.lauf_nummer, monat=rechnung.monat)  # only its number and month; never in a session
        with catching(session) as caught:
            sums = write_results(session, lauf, facts, outcome, lambda jobs: [numbers[job] for job in jobs], shown)
    someone = facts.size > 0 or any(finding.left_out for finding in facts.findings)
    bloecke.keep(session, (stueck.id, stueck.public_id), caught, shown,
                 _rest(outcome, shown, {"summen": sums, "jemand": someone, "grundlage": ground}))


def _rest(outcome: Outcome, shown: bloecke.Aufgehobenes, more: dict[str, Any]) -> dict[str, Any]:
    return more | {
        "regelwerk": outcome.rules, "anzahl": len(outcome.paid), "vortrag": outcome.carried,
        "auszahlungen": shown.payouts, "befunde": [_plain(one) for one in outcome.befunde],
        "insgesamt": _totals(outcome.insgesamt)}


def _totals(found: Insgesamt) -> dict[str, Any]:
    plain = {one.name: getattr(found, one.name) for one in fields(found)}
    return plain | {"zellen": [[*cell, count] for cell, count in found.zellen.items()],
                    "ausgleich": None if found.ausgleich is None else asdict(replace(
                        found.ausgleich, anzahl=dict(found.ausgleich.anzahl)))}  # asdict would count a Counter's pairs


def _plain(finding: Any) -> Sequence[Any]:
    return [finding.stufe, finding.ursache, finding.datensatz, finding.feld, finding.regel, finding.abhilfe,
            finding.beschaeftigung_id]
