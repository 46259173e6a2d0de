"""Neben dem Entgelt: Eingaben des Rechts aus Dienstwagen, Arbeitsweg, Sachbezug; Sparverträge und Darlehen des Monats.

Ein Sachbezug zählt für den ganzen Monat, in dem er an einem Tag gilt (ein Teilmonat richtet sich nach der
Beschäftigung); ändert er sich im Monat, zählt der letzte Stand.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from payroll.law.encode import day_number
from payroll.masterdata.models import Arbeitsweg, Darlehen, Dienstwagen, Sachbezug, Sparvertrag
from payroll.masterdata.models.benefits import ANSAETZE
from payroll.masterdata.slices.findings import Finding
from payroll.masterdata.slices.pay import Rows
from payroll.masterdata.slices.reading import Facts
from payroll.masterdata.slices.span import Case

# What a contract withholds; a typed amount of such a wage type goes first.
WITHHELD = {"vermoegensbildung": "vwl_sparbetrag", "entgeltumwandlung": "entgeltumwandlung"}
NAMES = {"vermoegensbildung": "Vermögenswirksame Leistung", "entgeltumwandlung": "Entgeltumwandlung"}


@dataclass
class Beside:
    """Eingaben des Rechts (Namen mit ``nl_``, ganze Zahlen), Zeilen der Sparverträge und der Darlehen eines Falls."""

    inputs: dict[str, int] = field(default_factory=dict)
    contracts: list[Any] = field(default_factory=list)
    loans: list[Any] = field(default_factory=list)


def beside(case: Case, facts: Facts, paid: Rows, problems: list[Finding]) -> Beside | None:
    """Was dieser Fall neben dem Entgelt hat; None, wenn nichts (die meisten)."""
    own = {model: rows[case.job.anchor] for model, rows in facts.beside.items() if case.job.anchor in rows}
    targets = {row["ziel"] for row in paid}
    if not own and not any(target.startswith("nl_") for target in targets):
        return None
    found = Beside(loans=list(own.get(Darlehen, ())))
    car, way, meals = (_latest(own.get(model)) for model in (Dienstwagen, Arbeitsweg, Sachbezug))
    if car is not None:
        found.inputs |= _car(car)
    if way is not None:
        found.inputs |= _way(way)
    if meals is not None:
        found.inputs |= _meals(meals)
    found.contracts = _contracts(case, own.get(Sparvertrag, ()), paid, problems)
    _contradictions(case, found, paid, problems)
    return found


def _latest(rows: Sequence[Any] | None) -> Any | None:
    return rows[-1] if rows else None


def _car(car: Any) -> dict[str, int]:
    return {
        "nl_listenpreis": car.listenpreis_cent,
        "nl_dienstwagen_ansatz": ANSAETZE.index(car.ansatz),
        "nl_anschaffung": 0 if car.anschaffung is None else day_number(car.anschaffung),
        "nl_arbeitsweg_dienstwagen": int(car.arbeitsweg),
        "nl_dienstwagen_zuzahlung": car.selbst_gezahlt_cent,
    }


def _way(way: Any) -> dict[str, int]:
    return {
        "nl_entfernung_km": way.entfernung_km,
        "nl_arbeitstage": way.arbeitstage or 0,
        "nl_arbeitsweg_pauschal": int(way.pauschal),
    }


def _meals(row: Any) -> dict[str, int]:
    same = ("fruehstuecke", "mittagessen", "abendessen", "freies_fruehstueck", "freies_mittagessen",
            "freies_abendessen", "unterkunft")
    return {f"nl_{name}": int(getattr(row, name)) for name in same} | {
        "nl_mahlzeiten_zuzahlung": row.selbst_gezahlt_cent,
        "nl_mahlzeiten_pauschal": int(row.pauschal),
        "nl_unterkunft_gemeinschaft": int(row.gemeinschaft),
        "nl_unterkunft_jugend": int(row.jugend),
        "nl_unterkunft_belegung": row.belegung,
    }


def _contracts(case: Case, rows: Sequence[Any], paid: Rows, problems: list[Finding]) -> list[Any]:
    newest = list({(row.art, row.laufnummer): row for row in rows}.values())
    if case.job.art == "beamte" and any(row.art == "entgeltumwandlung" for row in newest):
        problems.append(case.finding(
            "entgeltumwandlung", "Entgeltumwandlung nach § 1a BetrAVG gibt es nur für Pflichtversicherte der "
            "gesetzlichen Rente (§ 17 Abs. 1 BetrAVG); sie wird nicht einbehalten", "Vertrag beenden", left_out=False))
        newest = [row for row in newest if row.art != "entgeltumwandlung"]
    for art, target in WITHHELD.items():
        typed = sum(row["betrag_cent"] for row in paid if row["ziel"] == target)
        agreed = sum(row.betrag_cent for row in newest if row.art == art)
        if typed and agreed and typed != agreed:
            problems.append(case.finding(
                art, f"{NAMES[art]}: erfasster Betrag und Sparvertrag weichen ab; einbehalten wird der erfasste Betrag",
                "Bezug beenden, dann zählt der Vertrag, oder den Betrag des Vertrags berichtigen", left_out=False))
    return newest


def _contradictions(case: Case, found: Beside, paid: Rows, problems: list[Finding]) -> None:
    inputs, targets = found.inputs, {row["ziel"] for row in paid}
    if inputs.get("nl_arbeitsweg_dienstwagen") and "nl_entfernung_km" not in inputs:
        problems.append(case.finding(
            "entfernung_km", "Der Dienstwagen steht für den Arbeitsweg zur Verfügung, aber die Entfernung fehlt; es "
            "wird kein Arbeitsweg versteuert (§ 8 Abs. 2 Satz 3 EStG)", "Arbeitsweg mit vollen Kilometern erfassen",
            left_out=False))
    if "nl_fahrtkostenzuschuss" in targets and "nl_entfernung_km" not in inputs:
        problems.append(case.finding(
            "entfernung_km", "Fahrtkostenzuschuss ohne Entfernung: pauschal versteuert werden darf nichts, er wird "
            "ganz individuell versteuert (§ 40 Abs. 2 Satz 2 Nr. 1 EStG)", "Arbeitsweg mit vollen Kilometern erfassen",
            left_out=False))
    kinds = {row["steuer"] for row in paid if row["ziel"] == "nl_jobticket"}
    if len(kinds) > 1:
        problems.append(case.finding(
            "jobticket", "Zwei Jobtickets mit verschiedener Besteuerung in einem Monat (§ 3 Nr. 15, § 40 Abs. 2 Satz 2 "
            "Nr. 2 EStG)", "nur eine der Lohnarten im Monat erfassen"))
    bikes = {row["steuer"] for row in paid if row["ziel"] == "nl_dienstrad_listenpreis"}
    if len(bikes) > 1:
        problems.append(case.finding(
            "dienstrad", "Dienstrad zugleich steuerfrei und steuerpflichtig (§ 3 Nr. 37 EStG)",
            "nur eine der Lohnarten im Monat erfassen"))
    if "nl_jobticket_eigenanteil" in targets and "nl_jobticket" not in targets:
        problems.append(case.finding(
            "jobticket", "Eigenanteil ohne Jobticket; er wird einbehalten, mindert aber keinen Vorteil",
            "Wert der Fahrberechtigung als Lohnart 3007 oder 3008 erfassen", left_out=False))
