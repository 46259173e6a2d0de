"""Maßnahmen auf die gelesenen Tatsachen eines Monats anwenden, so wie es ihre Erfassung täte; geschrieben wird nichts.

Eine neue Fassung gilt ab ihrem Tag bis zum Tag vor der nächsten schon bekannten (record_fact); eine Höhergruppierung
nimmt Stufe, Laufzeit und Garantiebetrag aus payroll.runs.umgruppierung.
"""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

from payroll.law.parameters.uploaded import groups_of
from payroll.masterdata.slices.reading import Facts, Rows
from payroll.masterdata.slices.stufen import TARIF
from payroll.runs import umgruppierung
from payroll.runs.umgruppierung import UmgruppierungRefused
from payroll.runs.whatif.massnahmen import (
    Arbeitszeit,
    Austritt,
    Auswahl,
    Einstellung,
    Erhoehung,
    Massnahme,
    SzenarioFehler,
    Umgruppierung,
)
from tenants.db.session import TenantSession

DAY = timedelta(days=1)
AGE, AGE_IN_TRAINING = 35, 20
HIRES_APART = 100_000  # numbers of the hires of one measure lie below this; invented numbers are negative
NO_TAX = {"faktor": None, "kinderfreibetraege": 0, "konfession_siegel": None, "freibetrag_monat_cent": 0,
          "hinzurechnung_monat_cent": 0, "freibetrag_jahr_cent": 0, "hinzurechnung_jahr_cent": 0,
          "pkv_basis_monat_cent": 0, "aktivrente_erklaerung": False}
INSURED: dict[str, Any] = {
    "pkv_beitrag_monat_cent": 0, "ppv_beitrag_monat_cent": 0, "elterneigenschaft": True, "sachsen": False,
    "regelmaessiges_entgelt_cent": None, "pkv_ohne_krankengeld": False, "anderweitig_rentenversichert": False,
    "dienst_nach_beschaeftigung": False, "individuell_besteuert": False, "befreiung_eingang": None,
    "befreiung_gemeldet": None, "befreiung_widerruf": None, "kurzfristig_arbeitstage": None,
    "kurzfristig_stunden": None, "kurzfristig_pauschal": False, "berufsmaessig": False, "pauschal_20": False}


@dataclass
class Wirkung:
    """Die neue Fassung einer Eingruppierung, einer Stufenregelung oder ein Austritt, ab einem Tag."""

    job: int
    ab: date
    grade: dict[str, Any] = field(default_factory=dict)
    rule: dict[str, Any] | None = None
    rule_until: date | None = None
    leaves: date | None = None


@dataclass
class Vorhaben:
    """Ein Szenario, auf die Beschäftigten dieses Arbeitgebers bezogen: wer sich wie ändert, wer dazukommt."""

    raises: tuple[Erhoehung, ...]
    effects: list[Wirkung]
    hires: tuple[Einstellung, ...]
    remarks: list[str]

    @property
    def touched(self) -> set[int]:
        """Beschäftigungen, die sich ändern (ohne neue)."""
        return {one.job for one in self.effects}


def planned(session: TenantSession, facts: Facts, massnahmen: Iterable[Massnahme]) -> Vorhaben:
    """Bezieht die Maßnahmen auf die Beschäftigten; facts: der Monat, dessen Bestand die Auswahl trifft."""
    found = Vorhaben((), [], (), [])
    for one in massnahmen:
        if isinstance(one, Erhoehung):
            found.raises += (one,)
        elif isinstance(one, Einstellung):
            found.hires += (one,)
        else:
            for job in _chosen(facts, one.wen, found.remarks):
                found.effects.append(_effect(session, facts, job, one, found.remarks))
    found.effects.sort(key=lambda effect: effect.ab)
    return found


def _chosen(facts: Facts, wen: Auswahl, remarks: list[str]) -> list[int]:
    by_number = {rows[-1].personalnummer: anchor for anchor, rows in facts.jobs.items() if _employed(rows[-1], facts)}
    if wen.personen:
        unknown = [number for number in wen.personen if number not in by_number]
        if unknown:
            raise SzenarioFehler(f"Personalnummer {unknown[0]}: im {facts.first:%m/%Y} nicht beschäftigt; berichtigen.")
        return [by_number[number] for number in wen.personen]
    found = [anchor for _, anchor in sorted(by_number.items())
             if (grade := _grade_on(facts, anchor, facts.last)) is not None
             and (grade.tarifwerk, grade.entgeltgruppe) == (wen.tarifwerk, wen.gruppe)]
    if wen.anzahl and len(found) < wen.anzahl:
        remarks.append(f"{wen.tarifwerk} {wen.gruppe}: gewünscht sind {wen.anzahl}, es gibt {len(found)} Beschäftigte.")
    return found[:wen.anzahl or None]


def _employed(job: Any, facts: Facts) -> bool:
    return bool(job.eintritt <= facts.last and (job.austritt is None or job.austritt >= facts.first))


def _grade_on(facts: Facts, anchor: int, day: date) -> Any:
    return next((row for row in reversed(facts.grades.get(anchor, ())) if row.valid_from <= day
                 and (row.valid_to is None or row.valid_to >= day)), None)


def _effect(session: TenantSession, facts: Facts, job: int, one: Umgruppierung | Arbeitszeit | Austritt,
            remarks: list[str]) -> Wirkung:
    if isinstance(one, Austritt):
        return Wirkung(job, one.ab, leaves=one.ab - DAY)
    if isinstance(one, Arbeitszeit):
        return Wirkung(job, one.ab, {"wochenstunden": one.wochenstunden})
    grade, number = _grade_on(facts, job, facts.last), facts.jobs[job][-1].personalnummer
    if grade is None:
        raise SzenarioFehler(f"Personalnummer {number}: hat keine Eingruppierung, die sich ändern ließe; weglassen.")
    group = one.gruppe_neu or _next_up(grade.tarifwerk, grade.entgeltgruppe)
    if group not in groups_of(grade.tarifwerk):
        raise SzenarioFehler(f"Personalnummer {number}: in {grade.tarifwerk} gibt es keine Gruppe {group!r}.")
    if grade.tarifwerk not in TARIF or grade.stufe_seit is None:
        return Wirkung(job, one.ab, {"entgeltgruppe": group})
    try:
        return _by_tariff(umgruppierung.proposed(session, job, group, one.ab))
    except UmgruppierungRefused as refused:
        remarks.append(f"Personalnummer {number}: {refused} Gerechnet ist mit derselben Stufe.")
        return Wirkung(job, one.ab, {"entgeltgruppe": group})


def _next_up(scale: str, group: str) -> str:
    names = [name for name in groups_of(scale) if not name.endswith("Ü") or name == group]
    at = names.index(group) + 1
    if at == len(names):
        raise SzenarioFehler(f"{scale} {group} ist die höchste Gruppe; eine andere nennen.")
    return names[at]


def _by_tariff(change: umgruppierung.Umgruppierung) -> Wirkung:
    first = max(change.gezahlt_ab, change.row.valid_from)
    grade = {"entgeltgruppe": change.gruppe, "stufe": change.stufe, "stufe_seit": change.stufe_seit}
    if not change.garantie:
        return Wirkung(change.beschaeftigung_id, first, grade)
    rule = {"betrag_cent": None, "gruppe_bisher": change.gruppe_bisher, "stufe_bisher": change.stufe_bisher}
    until = change.naechste_ab - DAY if change.naechste_ab else None
    return Wirkung(change.beschaeftigung_id, first, grade, rule, until)


def applied(facts: Facts, plan: Vorhaben) -> Facts:
    """Dieselben Tatsachen mit allem, was bis zum Ende des Monats gilt; die gegebenen bleiben, wie sie sind."""
    grades, jobs, steps = dict(facts.grades), dict(facts.jobs), dict(facts.tarif.steps)
    payments = dict(facts.payments)
    for one in plan.effects:
        if one.ab > facts.last or one.job not in jobs:
            continue
        if one.grade:
            grades[one.job] = _from(grades.get(one.job, ()), one.ab, one.grade)
            rule = (steps.get(one.job) or [None])[-1]
            if one.rule is not None or (rule is not None and "entgeltgruppe" in one.grade):
                steps[one.job] = _ruled(steps.get(one.job, ()), one)
        if one.leaves is not None:
            jobs[one.job] = [_like(row, austritt=min(row.austritt or one.leaves, one.leaves)) for row in jobs[one.job]]
            payments[one.job] = [_like(row, valid_to=min(row.valid_to or one.leaves, one.leaves))
                                 for row in payments.get(one.job, ()) if row.valid_from <= one.leaves]
    changed = replace(facts, grades=grades, jobs=jobs, payments=payments, tarif=replace(facts.tarif, steps=steps))
    return _hired(changed, plan.hires)


def _from(rows: Sequence[Any], first: date, values: dict[str, Any]) -> list[Any]:
    """Die Fassung, die am Tag gilt, mit anderen Werten ab dann; spätere Fassungen bleiben."""
    found: list[Any] = []
    for row in rows:
        if row.valid_from <= first and (row.valid_to is None or row.valid_to >= first):
            if row.valid_from < first:
                found.append(_like(row, valid_to=first - DAY))
            found.append(_like(row, valid_from=first, **values))
        else:
            found.append(row)
    return found


def _ruled(rows: Sequence[Any], one: Wirkung) -> list[Any]:
    held = rows[-1] if rows else None
    before = [_like(row, valid_to=min(row.valid_to or one.ab - DAY, one.ab - DAY)) for row in rows
              if row.valid_from < one.ab]
    values = {"verkuerzt_monate": 0, "angehalten": bool(held and held.angehalten),
              "einstellungsstufe": held.einstellungsstufe if held else None, "betrag_cent": None,
              "gruppe_bisher": None, "stufe_bisher": None}
    new = SimpleNamespace(anchor=one.job, valid_from=one.ab, valid_to=one.rule_until, **values | (one.rule or {}))
    return [*before, new]


def _like(row: Any, **changes: Any) -> SimpleNamespace:
    held = row._asdict() if hasattr(row, "_asdict") else vars(row)
    return SimpleNamespace(**held | changes)


def _hired(facts: Facts, hires: tuple[Einstellung, ...]) -> Facts:
    now = [(place, one) for place, one in enumerate(hires)
           if one.ab <= facts.last and (one.bis is None or one.bis >= facts.first)]
    if not now:
        return facts
    made = {name: dict(getattr(facts, name)) for name in ("jobs", "people", "tax", "insurance", "pension", "grades")}
    fund, pension = _usual(facts.insurance, "krankenkasse_id"), _usual(facts.pension, "zv_kasse_id")
    for place, one in now:
        for at in range(one.anzahl):
            _one_hired(made, facts, one, -(place * HIRES_APART + at + 1), fund, pension)
    return replace(facts, **made)


def _usual(rows: Rows, name: str) -> Any:
    """Der häufigste Wert am Ort; bei Gleichstand der kleinste, damit es immer derselbe ist."""
    counted = Counter(value for own in rows.values() if (value := getattr(own[-1], name)) is not None)
    return min(counted, key=lambda value: (-counted[value], value)) if counted else None


def _one_hired(made: dict[str, Rows], facts: Facts, one: Einstellung, anchor: int, fund: Any, pension: Any) -> None:
    official, since = one.tarifwerk.startswith("NRW"), {"anchor": anchor, "valid_from": one.ab, "valid_to": None}
    if not official and fund is None:
        raise SzenarioFehler("Einstellung: dieser Arbeitgeber führt keine Krankenkasse mit Versicherten; erst anlegen.")
    training = one.tarifwerk.startswith(("TVA", "TVP", "TVS"))
    art = "beamte" if official else "auszubildende" if training else "tarif"
    group = {"personengruppe": None if official else 102 if training else 101,
             "beitragsgruppe": None if official else "1111", "kv_art": "privat" if official else "gesetzlich",
             "krankenkasse_id": None if official else fund}
    born = date(one.ab.year - (AGE_IN_TRAINING if training else AGE), 6, 15)
    made["jobs"][anchor] = [SimpleNamespace(
        **since, public_id=uuid.UUID(int=-anchor), person_id=anchor, person_public_id=uuid.UUID(int=-anchor),
        personalnummer=f"NEU-{-anchor:06d}", art=art, eintritt=one.ab, austritt=one.bis, kostenstelle=None,
        verstorbene=None, verhaeltnis=None)]
    made["people"][anchor] = [SimpleNamespace(**since, nachname="Neu", vorname=one.gruppe, geburtsdatum=born,
                                              verstorben_am=None)]
    made["tax"][anchor] = [SimpleNamespace(**since, public_id=uuid.UUID(int=-anchor), steuerklasse=1, **NO_TAX)]
    made["insurance"][anchor] = [SimpleNamespace(**since | INSURED | group)]
    made["grades"][anchor] = [SimpleNamespace(
        **since, tarifwerk=one.tarifwerk, entgeltgruppe=one.gruppe, stufe=one.stufe, stufe_seit=one.ab,
        wochenstunden=one.wochenstunden, vollzeitstunden=one.vollzeitstunden, erfahrung_monate=None,
        arbeitstage_woche=None)]
    if pension is not None and not official:
        made["pension"][anchor] = [SimpleNamespace(**since, zv_kasse_id=pension)]
