"""Einen geprüften Bestand in einem Zug schreiben: Anker und Tatsachen als Masse, ein Eintrag im Protokoll."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date
from typing import Any

from psycopg import DataError, IntegrityError
from psycopg.errors import UniqueViolation

from staffplan.imports.checking import Bestand
from staffplan.models import (
    Kontierung,
    KontierungStand,
    Organisationseinheit,
    OrganisationseinheitStand,
    Stelle,
    StelleBesetzung,
    StelleStand,
    StelleVermerk,
    StelleVerteilung,
)
from staffplan.reading import Reading
from staffplan.recording import actor
from staffplan.rules import Overtaken, Refused
from tenants import audit
from tenants.db.base import TenantRow
from tenants.db.bulk import copy_rows, reserve_ids
from tenants.db.session import TenantSession

CLOCK = ("public_id", "valid_from", "valid_to", "recorded_by", "reason")


def store(session: TenantSession, found: Bestand, *, reason: str, source: str = "") -> None:
    """Schreibt einen Bestand ohne Probleme; mit Problemen wird nichts geschrieben.

    Overtaken, wenn jemand anderes gleichzeitig dieselbe Nummer angelegt hat.
    """
    if found.probleme:
        raise Refused(f"Die Datei hat {len(found.probleme)} Zeilen, die nicht passen; erst berichtigen.")
    if not reason.strip():
        raise Refused("Übernahme des Stellenplans: Grund angeben.")
    try:
        with session.begin_nested():
            write = _Writing(session, found, reason)
            write.organisation()
            write.posts()
            write.people()
    except UniqueViolation as error:  # numbers known before were refused, so this one came in the meantime
        raise Overtaken("Übernahme des Stellenplans: inzwischen hat jemand anderes eine dieser Nummern angelegt, "
                        "nichts wurde übernommen; den Stand noch einmal lesen und noch einmal senden.") from error
    except (IntegrityError, DataError) as error:  # the bulk door hands on what the driver says
        rule = (error.diag.constraint_name or "Länge").rpartition("_")[2]
        raise Refused(f"Übernahme des Stellenplans: eine Angabe verletzt die Regel „{rule}“; Nummern von Einheiten "
                      "haben höchstens 20, alle anderen höchstens 30 Zeichen, Werte prüfen.") from error
    audit.record(session, "stellenplan.uebernommen", source or "Bestand",
                 {"ab": found.ab.isoformat(), "stellen": len(found.stellen), "einheiten": len(found.einheiten),
                  "besetzungen": len(found.besetzungen)}, reason)


class _Writing:
    def __init__(self, session: TenantSession, found: Bestand, reason: str) -> None:
        reading = Reading(session)
        self.session, self.found, self.reason, self.who = session, found, reason, actor(session)
        self.units = {number: key for key, number in reading.units.items()}
        self.products = {number: key for key, number in reading.accounts.items() if key in reading.products}
        self.costs = {number: key for key, number in reading.accounts.items() if key not in reading.products}
        self.ids: dict[str, int] = {}
        self._known_on_other_days({*reading.numbers.values()})

    def organisation(self) -> None:
        """Einheiten, Produkte, Kostenstellen."""
        found = self.found
        self.units |= self._anchors(Organisationseinheit, ("nummer",), [(n,) for n in found.einheiten])
        self._facts(OrganisationseinheitStand, ("einheit_id", "uebergeordnet_id", "name"), [
            (self.units[one.nummer], self.units.get(one.uebergeordnet or ""), one.name)
            for one in found.einheiten.values()])
        self.products |= self._anchors(Kontierung, ("art", "nummer"), [("produkt", n) for n in found.produkte])
        self.costs |= self._anchors(Kontierung, ("art", "nummer"), [
            ("kostenstelle", n) for n in sorted(found.kostenstellen)])
        self._facts(KontierungStand, ("kontierung_id", "name", "produktbereich"), [
            *((self.products[one.nummer], one.name, one.bereich) for one in found.produkte.values()),
            *((self.costs[n], f"Kostenstelle {n}", None) for n in sorted(found.kostenstellen))])

    def posts(self) -> None:
        """Stellen mit Verteilung und Vermerken."""
        held = list(self.found.stellen.values())
        self.ids = self._anchors(Stelle, ("nummer",), [(one.nummer,) for one in held])
        self._facts(
            StelleStand,
            ("stelle_id", "einheit_id", "kostenstelle_id", "zaehler", "nenner", "art", "bezeichnung", "funktion",
             "laufbahn", "gruppe", "zulage", "ausgesondert", "sondervermoegen", "befristet_bis", "beschluss"),
            [(self.ids[p.nummer], self.units[p.einheit], self.costs.get(p.kostenstelle or ""), p.anteil.numerator,
              p.anteil.denominator, p.art, p.bezeichnung, p.funktion, p.laufbahn, p.gruppe, p.zulage, p.ausgesondert,
              p.sondervermoegen, p.befristet_bis, p.beschluss) for p in held],
            [(self.found.ab, p.bis) for p in held])
        self._facts(StelleVerteilung, ("stelle_id", "produkt_id", "zaehler", "nenner"), [
            (self.ids[p.nummer], self.products[product], part.numerator, part.denominator)
            for p in held for product, part in p.verteilung])
        notes = [(p, note) for p in held for note in p.vermerke]
        names = ("stelle_id", "art", "termin", "ziel_laufbahn", "ziel_gruppe", "text", "zaehler", "nenner")
        self._facts(StelleVermerk, names, [
            (self.ids[p.nummer], v.art, v.termin, v.ziel_laufbahn, v.ziel_gruppe, v.text,
             v.teil.numerator if v.teil else None, v.teil.denominator if v.teil else None) for p, v in notes],
            [(v.ab, v.bis) for _, v in notes])

    def people(self) -> None:
        """Besetzungen."""
        held = self.found.besetzungen
        self._facts(
            StelleBesetzung,
            ("stelle_id", "personalnummer", "zustand", "laufbahn", "gruppe", "vertritt", "begruendung", "zaehler",
             "nenner"),
            [(self.ids[b.stelle], b.personalnummer, b.zustand, b.laufbahn, b.gruppe, b.vertritt, b.begruendung,
              b.anteil.numerator, b.anteil.denominator) for b in held], [(b.ab, b.bis) for b in held])

    def _known_on_other_days(self, posts: set[str]) -> None:
        """Was es an einem anderen Tag schon gibt, hat dort seine Geschichte und beginnt hier nicht neu."""
        found = self.found
        for kind, new, known in (("Stelle", found.stellen, posts), ("Einheit", found.einheiten, self.units),
                                 ("Produkt", found.produkte, self.products),
                                 ("Kostenstelle", found.kostenstellen, self.costs)):
            if twice := sorted(set(new) & set(known)):
                raise Refused(f"{kind} {twice[0]} gibt es schon, aber nicht am {found.ab:%d.%m.%Y}; einen anderen Tag "
                              "oder eine andere Nummer angeben.")

    def _anchors(self, model: type[TenantRow], names: Sequence[str], rows: Sequence[tuple[str, ...]]) -> dict[str, int]:
        if not rows:
            return {}
        ids = reserve_ids(self.session, model, len(rows))
        copy_rows(self.session, model, ("id", "public_id", "created_by", *names), [
            (number, uuid.uuid4(), self.who, *row) for number, row in zip(ids, rows, strict=True)])
        return {row[-1]: number for number, row in zip(ids, rows, strict=True)}

    def _facts(self, model: type[TenantRow], names: Sequence[str], rows: Sequence[tuple[Any, ...]],
               spans: Sequence[tuple[date, date | None]] | None = None) -> None:
        if not rows:
            return
        chosen = spans or [(self.found.ab, None)] * len(rows)
        copy_rows(self.session, model, (*CLOCK, *names), [
            (uuid.uuid4(), *span, self.who, self.reason, *row) for span, row in zip(chosen, rows, strict=True)])
