"""Einlesen von Personen: Probe und Übernahme, alles oder nichts, auf Wunsch nur die guten Zeilen."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg.errors import UniqueViolation
from sqlalchemy.exc import DBAPIError, IntegrityError

from payroll.masterdata import intake
from payroll.masterdata.bulk_facts import Sammlung
from payroll.masterdata.clocks import as_of
from payroll.masterdata.imports.blaetter.planen import Blattaenderung, Blattstand
from payroll.masterdata.imports.correction import Korrekturdatei, correction_file
from payroll.masterdata.imports.plan import Aenderung, Plan, make_plan
from payroll.masterdata.imports.problems import Beanstandung, ImportFehler
from payroll.masterdata.imports.statements import complete
from payroll.masterdata.imports.table import Tabelle, read_table
from payroll.masterdata.intake import NeueBeschaeftigung
from payroll.masterdata.models import Beschaeftigung
from payroll.masterdata.sealing import contents
from payroll.masterdata.service import FactError, record_fact
from tenants import audit
from tenants.counting import counted
from tenants.db.session import TenantSession


@dataclass(frozen=True)
class Vorschau:
    """Ergebnis der Probe: Personalnummern je Art und alle Beanstandungen; geschrieben wurde nichts."""

    dateiname: str
    pruefsumme: str
    zeilen: int
    neu: list[str]
    geaendert: list[str]
    unveraendert: list[str]
    aenderungen: list[str]
    beanstandungen: list[Beanstandung]
    blaetter: list[Blattstand]

    @property
    def abgelehnt(self) -> list[int]:
        """Zeilen der Personen, die nicht übernommen würden."""
        return sorted({problem.zeile for problem in self.beanstandungen if problem.schwer and not problem.blatt})

    @property
    def draussen(self) -> int:
        """Wie viele Zeilen aller Blätter nicht übernommen würden."""
        return len({(problem.blatt, problem.zeile) for problem in self.beanstandungen if problem.schwer})


@dataclass(frozen=True)
class Ergebnis(Vorschau):
    """Ergebnis der Übernahme; `korrektur` enthält die zurückbehaltenen Zeilen mit Gründen."""

    korrektur: Korrekturdatei | None = None


def dry_run(session: TenantSession, dateiname: str, data: bytes, *, rechte: Container[str] = ()) -> Vorschau:
    """Liest und prüft eine Datei, ohne etwas zu ändern; ist sie als Ganzes unbrauchbar, kommt ein ImportFehler.

    rechte: was die handelnde Person über das Einlesen hinaus darf; Forderungen brauchen claim.write.
    """
    tabelle = _allowed(read_table(dateiname, data), rechte)
    return Vorschau(**_report(tabelle, make_plan(session, tabelle)))


def take_over(session: TenantSession, dateiname: str, data: bytes, *, reason: str, nur_gute: bool = False,
              rechte: Container[str] = ()) -> Ergebnis:
    """Übernimmt eine Datei. Ohne `nur_gute` gilt alles oder nichts: die erste schwere Beanstandung lehnt die Datei ab.

    Dieselbe Datei noch einmal einzulesen ändert nichts. Was in der Datei nicht vorkommt, bleibt, wie es ist.
    """
    if not reason.strip():
        raise ImportFehler("Der Grund fehlt", "angeben, woher die Datei kommt")
    tabelle = _allowed(read_table(dateiname, data), rechte)
    plan = make_plan(session, tabelle)
    bad = [problem for problem in tabelle.beanstandungen if problem.schwer]
    if bad and not nur_gute:
        count = len({(problem.blatt, problem.zeile) for problem in bad})
        raise ImportFehler(
            f"{counted(count, 'Zeile ist', 'Zeilen sind')} nicht in Ordnung, nichts wurde übernommen",
            "Zeilen berichtigen oder nur die guten Zeilen übernehmen",
            tabelle.beanstandungen,
        )
    try:
        with session.begin_nested():
            _write(session, plan, reason)
            _protocol(session, tabelle, plan, reason)
    except (UniqueViolation, IntegrityError) as error:
        raise ImportFehler(
            "Inzwischen hat jemand anderes Personen dieser Datei erfasst, nichts wurde übernommen",
            "Datei noch einmal prüfen und übernehmen",
        ) from error
    return Ergebnis(**_report(tabelle, plan), korrektur=correction_file(tabelle) if bad else None)


def _write(session: TenantSession, plan: Plan, reason: str) -> None:
    if plan.neue:
        intake.store(session, plan.neue, reason=reason)
    for person_id, job in plan.weitere:
        _further_job(session, person_id, job, reason)
    _apply_all(session, plan, reason)
    for row in plan.blaetter.aenderungen:
        _apply_sheet(session, row, reason)


def _allowed(tabelle: Tabelle, rechte: Container[str]) -> Tabelle:
    for one in tabelle.blaetter:
        if one.blatt.schreiben and one.blatt.schreiben not in rechte:
            raise ImportFehler(f"Das Blatt „{one.blatt.titel}“ einzulesen, braucht das Recht, Pfändungen zu bearbeiten",
                               "Blatt löschen oder von jemandem mit diesem Recht einlesen lassen")
    return tabelle


def _apply_sheet(session: TenantSession, row: Blattaenderung, reason: str) -> None:
    """Eine Zeile eines Blattes gilt genau für ihren Zeitraum."""
    fact, keys = row.fact, {row.blatt.anker: row.anchor_id}
    try:
        record_fact(session, fact.model, valid_from=fact.valid_from, valid_to=fact.valid_to, reason=reason,
                    **{**fact.values, **keys})
    except FactError as error:
        raise ImportFehler(f"Blatt {row.blatt.titel}, Zeile {row.zeile}, Personalnummer {row.personalnummer}: {error}",
                           "Zeile berichtigen") from error


def _apply_all(session: TenantSession, plan: Plan, reason: str) -> None:
    """Alle Änderungen in einem Zug; weist die Datenbank etwas ab, einzeln, damit die Zeile genannt ist."""
    try:
        with session.begin_nested():
            batch = Sammlung(session, plan.bekannt, reason)
            for change in plan.aenderungen:
                fact = change.fact
                keys = {fact.model.keys[0]: change.anchor_id} | {n: fact.values[n] for n in fact.model.keys[1:]}
                key = (fact.model, *keys.values())
                held = batch.valid(key, fact.valid_from)
                values = complete(fact, held.values if held else None)
                batch.record(fact.model, key, fact.valid_from, held.valid_to if held else None, {**values, **keys})
            batch.write()
    except (psycopg.Error, DBAPIError, FactError):
        for change in plan.aenderungen:
            _apply(session, change, reason)


def _apply(session: TenantSession, change: Aenderung, reason: str) -> None:
    fact, anchor = change.fact, change.fact.model.keys[0]
    keys = {anchor: change.anchor_id} | {name: fact.values[name] for name in fact.model.keys[1:]}
    held = as_of(session, fact.model, fact.valid_from, None, **keys)
    values = complete(fact, contents(session, held[0]) if held else None)
    try:
        # A fact that already has an end keeps it: a file never prolongs what was ended at the desk.
        until = held[0].valid_to if held else None
        record_fact(
            session, fact.model, valid_from=fact.valid_from, valid_to=until, reason=reason, **{**values, **keys}
        )
    except FactError as error:
        raise ImportFehler(f"Zeile {change.zeile}: {error}", "Zeile berichtigen") from error


def _further_job(session: TenantSession, person_id: int, job: NeueBeschaeftigung, reason: str) -> None:
    row = Beschaeftigung(person_id=person_id, personalnummer=job.personalnummer, created_by=session.info["actor"])
    session.add(row)
    session.flush()
    for fact in job.tatsachen:
        clocks: dict[str, Any] = {"valid_from": fact.valid_from, "valid_to": fact.valid_to}
        record_fact(session, fact.model, reason=reason, **clocks, **{**fact.values, "beschaeftigung_id": row.id})


def _protocol(session: TenantSession, tabelle: Tabelle, plan: Plan, reason: str) -> None:
    counts = {name: len(getattr(plan, name)) for name in ("neu", "geaendert", "unveraendert")}
    rejected = sum(not zeile.gut for zeile in tabelle.alle_zeilen)
    details: dict[str, Any] = {"datei": tabelle.dateiname, "sha256": tabelle.pruefsumme, **counts,
                               "abgelehnt": rejected}
    if plan.blaetter.staende:
        details["blaetter"] = {one.titel: one.neu + one.geaendert for one in plan.blaetter.staende}
    audit.record(session, "einlesung.uebernommen", f"datei:{tabelle.pruefsumme[:16]}", details, reason)


def _report(tabelle: Tabelle, plan: Plan) -> dict[str, Any]:
    changes = dict.fromkeys(f"{c.personalnummer}: {c.fact.model.__tablename__}" for c in plan.aenderungen)
    changes |= dict.fromkeys(f"{c.personalnummer}: {c.blatt.titel} ab {c.fact.valid_from:%d.%m.%Y}"
                             for c in plan.blaetter.aenderungen)
    return {
        "dateiname": tabelle.dateiname,
        "pruefsumme": tabelle.pruefsumme,
        "zeilen": len(tabelle.alle_zeilen),
        "neu": plan.neu,
        "geaendert": plan.geaendert,
        "unveraendert": plan.unveraendert,
        "aenderungen": list(changes),
        "beanstandungen": tabelle.beanstandungen,
        "blaetter": plan.blaetter.staende,
    }
