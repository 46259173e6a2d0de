"""Legt die Grundausstattung an; ein zweiter Aufruf ändert nichts."""

from __future__ import annotations

import csv
import uuid
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlalchemy import select

from payroll.masterdata.models import Krankenkasse, KrankenkasseSatz, Lohnart, LohnartStand, ZvKasse, ZvKasseSatz
from payroll.masterdata.models.facts import Anchor, Fact
from tenants import audit
from tenants.db.bulk import copy_rows, reserve_ids
from tenants.db.session import TenantSession

FOLDER = Path(__file__).parent
ASSUMED = "Annahme des Mandanten, je Kasse zu bestätigen"
Record = dict[str, str]
# What a wage type tells beyond its effect on the month.
TELLS = ("personenkreis", "entstehung", "sonderzahlung", "durchschnitt", "pfaendbar", "gesamtbrutto", "statistik",
         "sicherheit")


@dataclass(frozen=True)
class Ids:
    """Nummern der Anker nach dem, wie Menschen sie nennen."""

    lohnarten: dict[int, int]
    krankenkassen: dict[str, int]
    zv_kassen: dict[str, int]


def ids(session: TenantSession) -> Ids:
    """Nummern aller Lohnarten (nach Nummer), Krankenkassen und Zusatzversorgungskassen (nach Kürzel)."""
    return Ids(
        dict(session.execute(select(Lohnart.nummer, Lohnart.id)).all()),
        dict(session.execute(select(Krankenkasse.kuerzel, Krankenkasse.id)).all()),
        dict(session.execute(select(ZvKasse.kuerzel, ZvKasse.id)).all()),
    )


def seed(
    session: TenantSession, *, reason: str = "Grundausstattung", assumed_u2: Decimal | None = None,
    lohnarten: Collection[int] | None = None,
) -> dict[str, int]:
    """Legt fehlende Lohnarten und Kassen an; gibt je Liste die Zahl der neuen zurück.

    `lohnarten`: nur diese Nummern, ohne Angabe alle. `assumed_u2`: Umlagesatz U2 in Prozent für Kassen, deren Satz
    nicht bekannt ist; er bleibt als Annahme kenntlich.
    """
    held = ids(session)
    funds = list(_records("krankenkassen.csv"))
    for row in funds:
        if assumed_u2 is not None and row["gueltig_ab"] and not row["u2_satz"]:
            row |= {"u2_satz": str(assumed_u2), "quelle": f"{row['quelle']}; U2: {ASSUMED}", "status": "unbestaetigt"}
    made = {
        "lohnarten": _Kind(Lohnart, LohnartStand, "lohnart_id", "nummer", _wage_type, ("nummer",)).write(
            session, (row for row in _records("lohnarten.csv") if lohnarten is None or int(row["nummer"]) in lohnarten),
            {str(n) for n in held.lohnarten}, reason
        ),
        "krankenkassen": _Kind(
            Krankenkasse, KrankenkasseSatz, "krankenkasse_id", "kuerzel", _fund, ("kuerzel", "name", "betriebsnummer")
        ).write(session, funds, set(held.krankenkassen), reason),
        "zv_kassen": _Kind(ZvKasse, ZvKasseSatz, "zv_kasse_id", "kuerzel", _pension_fund, ("kuerzel", "name")).write(
            session, _records("zusatzversorgung.csv"), set(held.zv_kassen), reason
        ),
    }
    if any(made.values()):
        audit.record(session, "grundausstattung.angelegt", "stammdaten", made, reason)
    return made


@dataclass(frozen=True)
class _Kind:
    anchor: type[Anchor]
    fact: type[Fact]
    key: str
    name: str
    values: Callable[[Record], dict[str, Any]]
    own: tuple[str, ...]

    def write(self, session: TenantSession, records: Iterable[Record], held: set[str], reason: str) -> int:
        """Schreibt Anker und Tatsachen aller Sätze, deren Name noch nicht vergeben ist."""
        new = [record for record in records if record[self.name] not in held]
        names = list(dict.fromkeys(record[self.name] for record in new))
        numbers = dict(zip(names, reserve_ids(session, self.anchor, len(names)), strict=True))
        first = {record[self.name]: record for record in reversed(new)}
        actor = session.info["actor"]
        anchors = [(numbers[n], uuid.uuid4(), actor, *(self._own(first[n], c) for c in self.own)) for n in names]
        copy_rows(session, self.anchor, ("id", "public_id", "created_by", *self.own), anchors)
        dated = [record for record in new if record["gueltig_ab"]]
        facts = [self.values(record) | self._clocks(record, actor, reason) for record in dated]
        for fact, record in zip(facts, dated, strict=True):
            fact[self.key] = numbers[record[self.name]]
        if facts:
            copy_rows(session, self.fact, list(facts[0]), [tuple(fact.values()) for fact in facts])
        return len(names)

    @staticmethod
    def _own(record: Record, column: str) -> Any:
        return int(record[column]) if column == "nummer" else record[column] or None

    @staticmethod
    def _clocks(record: Record, actor: str, reason: str) -> dict[str, Any]:
        until = record.get("gueltig_bis")
        return {
            "public_id": uuid.uuid4(),
            "valid_from": date.fromisoformat(record["gueltig_ab"]),
            "valid_to": date.fromisoformat(until) if until else None,
            "recorded_by": actor,
            "reason": reason,
        }


def _wage_type(record: Record) -> dict[str, Any]:
    flags = {name: record[name] == "ja" for name in ("zv", "teilzeit", "tage")}
    texts = {name: record[name] or None for name in ("text", "ziel", "steuer", "sv", "konto", "recht", *TELLS)}
    return texts | flags


def shipped_wage_types(day: date) -> dict[int, dict[str, Any]]:
    """Die ausgelieferte Fassung jeder Lohnart, die an dem Tag gilt, nach ihrer Nummer."""
    return {int(record["nummer"]): _wage_type(record) for record in _records("lohnarten.csv")
            if record["gueltig_ab"] <= day.isoformat() and (not record["gueltig_bis"]
                                                            or record["gueltig_bis"] >= day.isoformat())}


def _fund(record: Record) -> dict[str, Any]:
    rates = {name: Decimal(record[name]) if record[name] else None for name in ("zusatzbeitrag", "u2_satz")}
    return rates | {"quelle": record["quelle"], "status": record["status"]}


def _pension_fund(record: Record) -> dict[str, Any]:
    rates = {name: Decimal(record[name]) for name in ("umlage_satz", "an_satz", "sanierungsgeld_satz", "beitrag_satz")}
    texts = {name: record[name] for name in ("verfahren", "kist_verfahren", "quelle", "status")}
    return rates | texts | {"pauschal_grenze_cent": int(Decimal(record["pauschal_grenze"]) * 100)}


def _records(name: str) -> Iterator[Record]:
    with (FOLDER / name).open(encoding="utf-8", newline="") as stream:
        yield from csv.DictReader(stream, delimiter=";")
