"""Zeilen der Blätter prüfen und planen: zu wem sie gehören, was schon so erfasst ist, was sich überschneidet."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise
from typing import Any

from payroll.masterdata.fact_rules import check
from payroll.masterdata.imports.blaetter.blatt import Blatt
from payroll.masterdata.imports.blaetter.lesen import Blatttabelle
from payroll.masterdata.imports.context import Context
from payroll.masterdata.imports.stored import Stored
from payroll.masterdata.imports.zeilen import Zeile
from payroll.masterdata.intake import NeueBeschaeftigung, NeuePerson, Tatsache
from payroll.masterdata.models import WiederkehrenderBezug
from payroll.masterdata.models.tarif import NACH_SCHICHT
from payroll.masterdata.nebeneinander import one_day
from payroll.masterdata.sealing import contents
from payroll.masterdata.service import default_of
from payroll.masterdata.wage_effects import refusal

REMEDY = "Angaben der Zeile berichtigen"


@dataclass
class Gelesen:
    """Eine Zeile als Tatsache, so wie die gemeinsamen Prüfungen sie nehmen; Fehler stehen danach an der Zeile."""

    blatt: Blatt
    zeile: Zeile
    values: dict[str, Any]
    valid_from: date | None

    def refuse(self, name: str, text: str) -> None:
        """Beanstandet die Spalte eines Feldes."""
        column = next((spalte.name for spalte in self.blatt.spalten if spalte.ziel == name), name)
        self.zeile.ruege(column, text.rstrip("."), REMEDY)


@dataclass
class Ziel:
    """Zu wem eine Personalnummer gehört: schon erfasst (Nummern) oder mit dieser Datei neu."""

    person_id: int | None = None
    job_id: int | None = None
    person: NeuePerson | None = None
    job: NeueBeschaeftigung | None = None

    def anchor(self, blatt: Blatt) -> Any:
        """Woran die Tatsachen dieses Blattes hängen: eine Nummer oder die neue Person oder Beschäftigung."""
        return (self.person_id or self.person) if blatt.anker == "person_id" else (self.job_id or self.job)


@dataclass
class Blattaenderung:
    """Eine Zeile, die etwas ändert; der Anker ist eine Nummer, sonst hängt die Tatsache schon an der neuen Person."""

    zeile: int
    blatt: Blatt
    personalnummer: str
    anchor_id: int
    fact: Tatsache


@dataclass
class Blattstand:
    """Was mit den Zeilen eines Blattes geschähe."""

    titel: str
    neu: int = 0
    geaendert: int = 0
    unveraendert: int = 0


@dataclass
class Blattplan:
    """Änderungen aller Blätter und je Blatt, wie viele Zeilen was bewirken."""

    aenderungen: list[Blattaenderung] = field(default_factory=list)
    staende: list[Blattstand] = field(default_factory=list)


def plan_sheets(tabellen: list[Blatttabelle], targets: Mapping[str, Ziel], bad: Mapping[str, int], context: Context,
                stored: Stored) -> Blattplan:
    """Prüft alle Zeilen (Beanstandungen kommen zu ihnen) und plant die guten; bad: beanstandete Personalnummern."""
    plan = Blattplan()
    for tabelle in tabellen:
        rows = [one for zeile in tabelle.zeilen if (one := _row(tabelle, zeile, context))]
        for one in rows:
            _belongs(one, targets, bad)
        _overlaps(tabelle.blatt, rows, targets)
        plan.staende.append(_planned(tabelle, rows, targets, stored, plan.aenderungen))
    return plan


def _row(tabelle: Blatttabelle, zeile: Zeile, context: Context) -> Gelesen | None:
    """Liest die Werte einer Zeile, die für sich stimmt; sonst None."""
    blatt, w = tabelle.blatt, zeile.werte
    if "gueltig_ab" in w and "gueltig_bis" in w and w["gueltig_bis"] < w["gueltig_ab"]:
        zeile.ruege("gueltig_bis", f"liegt vor gueltig_ab am {w['gueltig_ab']:%d.%m.%Y}", "Zeitraum berichtigen")
    if not zeile.gut:
        return None
    values = {spalte.ziel: w.get(spalte.name, default_of(blatt.model, spalte.ziel)) for spalte in blatt.eigene}
    one = Gelesen(blatt, zeile, values, w["gueltig_ab"])
    if blatt.model is WiederkehrenderBezug:
        _wage_type(one, context)
    if zeile.gut:
        missing = [spalte for spalte in blatt.eigene if spalte.schuetzenswert and spalte.name not in tabelle.spalten]
        for spalte in missing:
            del values[spalte.ziel]
        check(blatt.model, one)
    if zeile.gut and one_day(blatt.model, values):
        w["gueltig_bis"] = w["gueltig_ab"]
    return one if zeile.gut else None


def _wage_type(one: Gelesen, context: Context) -> None:
    number = one.values["lohnart_id"]
    if number not in context.ids.lohnarten:
        one.zeile.ruege("lohnart", "ist bei diesem Mandanten nicht angelegt", "Lohnart zuerst anlegen")
        return
    refused = refusal(context.lohnarten, number, one.zeile.werte["gueltig_ab"], one.zeile.werte.get("gueltig_bis"))
    if refused is not None:
        one.zeile.ruege("lohnart", *refused)
    one.values["lohnart_id"] = context.ids.lohnarten[number]


def _belongs(one: Gelesen, targets: Mapping[str, Ziel], bad: Mapping[str, int]) -> None:
    number = one.zeile.werte["personalnummer"]
    if number in bad:
        one.zeile.ruege("personalnummer", f"gehört zur beanstandeten Zeile {bad[number]} der Personen",
                        "diese zuerst berichtigen")
    elif number not in targets:
        one.zeile.ruege("personalnummer", "ist bei diesem Mandanten nicht vergeben",
                        "Person im Blatt „Personen“ mitgeben oder Nummer berichtigen")


SHIFT = "schicht"  # of the allowances for shifts one is due at a time (§ 8 Abs. 5 und 6 TVöD)


def _overlaps(blatt: Blatt, rows: list[Gelesen], targets: Mapping[str, Ziel]) -> None:
    """Zeilen derselben Sache dürfen nicht zugleich gelten."""
    groups: dict[Any, list[Gelesen]] = defaultdict(list)
    for one in rows:
        if one.zeile.gut:
            anchor = targets[one.zeile.werte["personalnummer"]].anchor(blatt)
            key = anchor if isinstance(anchor, int) else f"neu {id(anchor)}"
            groups[key, *(SHIFT if one.values[name] in NACH_SCHICHT else one.values[name]
                          for name in blatt.model.keys[1:])].append(one)
    for group in groups.values():
        ordered = sorted(group, key=lambda one: (one.zeile.werte["gueltig_ab"], one.zeile.nummer))
        for earlier, later in pairwise(ordered):
            until = earlier.zeile.werte.get("gueltig_bis")
            if until is None or until >= later.zeile.werte["gueltig_ab"]:
                later.zeile.ruege(
                    "gueltig_ab", f"überschneidet sich mit Zeile {earlier.zeile.nummer}: {_span(earlier)}",
                    "gueltig_bis der früheren Zeile setzen oder eine andere laufende Nummer vergeben")


def _span(one: Gelesen) -> str:
    until = one.zeile.werte.get("gueltig_bis")
    return f"gilt ab {one.zeile.werte['gueltig_ab']:%d.%m.%Y} {f'bis {until:%d.%m.%Y}' if until else 'ohne Ende'}"


def _planned(tabelle: Blatttabelle, rows: list[Gelesen], targets: Mapping[str, Ziel], stored: Stored,
             changes: list[Blattaenderung]) -> Blattstand:
    blatt, stand = tabelle.blatt, Blattstand(tabelle.blatt.titel)
    for one in sorted(rows, key=lambda row: row.zeile.werte.get("gueltig_ab", date.max)):
        if not one.zeile.gut:
            continue
        target = targets[one.zeile.werte["personalnummer"]]
        anchor = target.anchor(blatt)
        held = list(_held(blatt, one, anchor, stored))
        if not _complete(one, held[-1] if held else None):
            continue
        fact = Tatsache(blatt.model, one.zeile.werte["gueltig_ab"], one.values, one.zeile.werte.get("gueltig_bis"))
        if not isinstance(anchor, int):
            anchor.tatsachen.append(fact)
            stand.neu += 1
        elif any(_same(fact, values, first, last) for values, first, last in held):
            stand.unveraendert += 1
        else:
            stand.geaendert, stand.neu = stand.geaendert + bool(held), stand.neu + (not held)
            changes.append(Blattaenderung(one.zeile.nummer, blatt, one.zeile.werte["personalnummer"], anchor, fact))
    return stand


Held = tuple[dict[str, Any], date, date | None]


def _held(blatt: Blatt, one: Gelesen, anchor: Any, stored: Stored) -> Iterator[Held]:
    """Erfasste Fassungen derselben Sache, die zur Zeit der Zeile gelten."""
    if not isinstance(anchor, int):
        return
    first, last = one.zeile.werte["gueltig_ab"], one.zeile.werte.get("gueltig_bis")
    key = (blatt.model, anchor, *(one.values[name] for name in blatt.model.keys[1:]))
    for row in stored.facts.get(key, ()):
        if (row.valid_to is None or row.valid_to >= first) and (last is None or row.valid_from <= last):
            values = contents(stored.session, row)
            values.pop(blatt.anker)
            yield values, row.valid_from, row.valid_to


def _complete(one: Gelesen, held: Held | None) -> bool:
    """Verschwiegene schützenswerte Angaben bleiben, wie sie sind; fehlen sie ganz, geht eine Pflichtangabe nicht."""
    for spalte in one.blatt.eigene:
        if spalte.ziel not in one.values:
            one.values[spalte.ziel] = held[0][spalte.ziel] if held else None
            if spalte.pflicht and one.values[spalte.ziel] is None:
                one.zeile.ruege(spalte.name, "fehlt", f"eintragen: {spalte.erklaerung}")
                return False
    if "iban" in one.values:
        one.values["iban_ende"] = one.values["iban"][-4:] if one.values["iban"] else None
    return True


def _same(fact: Tatsache, values: dict[str, Any], first: date, last: date | None) -> bool:
    covered = first <= fact.valid_from and (last is None or (fact.valid_to is not None and fact.valid_to <= last))
    return covered and values == fact.values
