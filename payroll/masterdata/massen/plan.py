"""Aus Zeilen werden Änderungen: wer, was gilt an dem Tag, was gälte danach; feste Zahl von Abfragen."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import select

from payroll.law import encode
from payroll.masterdata.massen.datei import Datei, Zeile
from payroll.masterdata.models import (
    Beschaeftigung,
    Bezuegezuordnung,
    Krankenkasse,
    Lohnart,
    WiederkehrenderBezug,
)
from payroll.masterdata.models.facts import Fact
from payroll.masterdata.sealing import contents
from payroll.masterdata.service import FactError, record_fact
from tenants.db.session import TenantSession


@dataclass(frozen=True)
class Aenderung:
    """Eine Zeile, die etwas ändert: Beschäftigung, Tatsache ab einem Tag, bisher und neu als Text, volle Werte."""

    zeile: Zeile
    beschaeftigung_id: int
    personalnummer: str
    model: type[Fact]
    ab: date
    bisher: str
    neu: str
    felder: dict[str, Any]
    schluessel: dict[str, Any]


@dataclass
class Plan:
    """Was die Datei täte. gleich: Zeilen, deren Wert schon gilt."""

    datei: Datei
    aenderungen: list[Aenderung] = field(default_factory=list)
    gleich: int = 0

    @property
    def jobs(self) -> list[int]:
        """Beschäftigungen, die sich ändern."""
        return sorted({one.beschaeftigung_id for one in self.aenderungen})


def plan(session: TenantSession, datei: Datei) -> Plan:
    """Ordnet die Zeilen zu und prüft sie gegen das, was gilt; Falsches steht danach in datei.problems."""
    reader = _Reader(session, datei)
    found = Plan(datei)
    for zeile in sorted(datei.zeilen, key=lambda one: (one.ab or date.max, one.nummer)):
        reader.take(zeile, found)
    datei.problems.sort(key=lambda one: one.zeile)
    return found


def write(session: TenantSession, made: Plan, *, reason: str) -> None:
    """Erfasst alle Änderungen in der Reihenfolge ihrer Tage; eine abgelehnte lehnt alles ab."""
    for one in made.aenderungen:
        values = {**_held_now(session, one), **one.felder, **one.schluessel}
        if "iban" in one.felder:
            values["iban_ende"] = str(one.felder["iban"])[-4:]
        try:
            record_fact(session, one.model, valid_from=one.ab, reason=reason, **values)
        except FactError as refused:
            raise FactError(f"Zeile {one.zeile.nummer}: {refused}") from refused


def _held_now(session: TenantSession, one: Aenderung) -> dict[str, Any]:
    """Was am Tag gilt, auch durch frühere Zeilen derselben Datei."""
    model = one.model
    conditions = [getattr(model, name) == value for name, value in one.schluessel.items()]
    rows = session.scalars(select(model).where(model.superseded_at.is_(None), model.valid_from <= one.ab, *conditions)
                           .order_by(model.valid_from)).all()
    held = next((row for row in reversed(rows) if row.valid_to is None or row.valid_to >= one.ab), None)
    return contents(session, held) if held is not None else {}


class _Reader:
    """Bestand der betroffenen Beschäftigungen, je Tabelle einmal gelesen."""

    def __init__(self, session: TenantSession, datei: Datei) -> None:
        self.session, self.datei = session, datei
        numbers = {zeile.texte.get("personalnummer", "") for zeile in datei.zeilen}
        self.jobs = {row.personalnummer: row for row in session.scalars(
            select(Beschaeftigung).where(Beschaeftigung.personalnummer.in_(numbers)))}
        self.funds = {row.kuerzel: row.id for row in session.execute(select(Krankenkasse.kuerzel, Krankenkasse.id))}
        self.types = {row.nummer: row.id for row in session.execute(select(Lohnart.nummer, Lohnart.id))}
        self.facts: dict[type[Fact], dict[int, list[Any]]] = {}
        self.pending: dict[tuple[Any, ...], Any] = {}

    def take(self, zeile: Zeile, found: Plan) -> None:
        """Eine Zeile: Änderung, schon so, oder beanstandet."""
        job = self.jobs.get(zeile.texte.get("personalnummer", ""))
        if job is None and zeile.texte.get("personalnummer"):
            self.datei.refuse(zeile, "personalnummer", "gibt es bei diesem Arbeitgeber nicht", "Nummer prüfen")
        if job is None or zeile.ab is None or zeile.merkmal is None or zeile.wert is None:
            return
        model, value = zeile.merkmal.model, self._value(zeile)
        if value is None:
            return
        keys: dict[str, Any] = ({"person_id": job.person_id} if zeile.merkmal.person else
                                {"beschaeftigung_id": job.id})
        if model is WiederkehrenderBezug:
            keys |= {"lohnart_id": self.types[zeile.lohnart or 0], "laufnummer": 1}
        held = self._held(model, keys, zeile.ab)
        if held is None and model is not WiederkehrenderBezug and not zeile.merkmal.person:
            self.datei.refuse(zeile, "wirksam_ab", f"am {zeile.ab:%d.%m.%Y} gilt dazu noch nichts",
                              "erst in der Akte erfassen oder den Tag prüfen")
            return
        before = self._before(zeile, held, keys, job.id)
        if before == value:
            found.gleich += 1
            return
        if model is Bezuegezuordnung and not self._grade_fits(zeile, held, job.id, value):
            return
        self.pending[job.id, zeile.merkmal.feld, zeile.lohnart] = value
        found.aenderungen.append(Aenderung(
            zeile, job.id, job.personalnummer, model, zeile.ab, self._text(zeile, before), self._text(zeile, value),
            {zeile.merkmal.feld: value}, keys))

    def _value(self, zeile: Zeile) -> Any:
        assert zeile.merkmal is not None
        if zeile.merkmal.feld == "krankenkasse_id":
            if zeile.wert not in self.funds:
                self.datei.refuse(zeile, "wert", "diese Krankenkasse gibt es hier nicht",
                                  "Kürzel aus den Stammdaten nehmen oder die Kasse anlegen")
            return self.funds.get(zeile.wert)
        if zeile.lohnart is not None and zeile.lohnart not in self.types:
            self.datei.refuse(zeile, "tatsache", f"Lohnart {zeile.lohnart} gibt es hier nicht", "Nummer prüfen")
            return None
        return zeile.wert

    def _held(self, model: type[Fact], keys: dict[str, Any], day: date) -> Any:
        if model not in self.facts:
            rows = self.session.scalars(select(model).where(model.superseded_at.is_(None), self._mine(model))).all()
            kept: dict[int, list[Any]] = defaultdict(list)
            for row in rows:
                kept[getattr(row, model.keys[0])].append(row)
            self.facts[model] = kept
        own = self.facts[model].get(keys[model.keys[0]], ())
        return next((row for row in own if row.valid_from <= day and (row.valid_to is None or row.valid_to >= day)
                     and all(getattr(row, name) == value for name, value in keys.items())), None)

    def _mine(self, model: type[Fact]) -> Any:
        if model.keys[0] == "person_id":
            return getattr(model, "person_id").in_([job.person_id for job in self.jobs.values()])  # noqa: B009 # attribute of subclass
        return getattr(model, "beschaeftigung_id").in_([job.id for job in self.jobs.values()])  # noqa: B009 # attribute of subclass

    def _before(self, zeile: Zeile, held: Any, keys: dict[str, Any], job: int) -> Any:
        assert zeile.merkmal is not None
        earlier = self.pending.get((job, zeile.merkmal.feld, zeile.lohnart))
        if earlier is not None:
            return earlier
        if held is None:
            return None
        if zeile.merkmal.feld in held.sealed:
            return contents(self.session, held)[zeile.merkmal.feld]
        return getattr(held, zeile.merkmal.feld)

    def _grade_fits(self, zeile: Zeile, held: Any, job: int, value: Any) -> bool:
        assert zeile.merkmal is not None
        assert zeile.ab is not None
        group = self.pending.get((job, "entgeltgruppe", None), held.entgeltgruppe)
        step = self.pending.get((job, "stufe", None), held.stufe)
        group, step = (value if zeile.merkmal.feld == name else own
                       for name, own in (("entgeltgruppe", group), ("stufe", step)))
        try:
            encode.gruppe_code(held.tarifwerk, group)
            first = max(zeile.ab, encode.first_table(held.tarifwerk, group))
            encode.stufe_code(held.tarifwerk, group, step, first)
        except encode.UnknownName as unknown:
            self.datei.refuse(zeile, "wert", unknown.rule, unknown.remedy)
            return False
        return True

    def _text(self, zeile: Zeile, value: Any) -> str:
        assert zeile.merkmal is not None
        if value is None:
            return "–"
        if zeile.merkmal.art == "verdeckt":
            return f"…{str(value)[-4:]}"
        if zeile.merkmal.feld == "krankenkasse_id":
            return next((name for name, number in self.funds.items() if number == value), "")
        if zeile.merkmal.art == "geld":
            return f"{value // 100 if value >= 0 else -(-value // 100)},{abs(value) % 100:02d} €"
        return str(value).replace(".", ",") if zeile.merkmal.feld != "stufe" else str(value)
