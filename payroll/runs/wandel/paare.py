"""Die Wertebögen zweier Läufe nebeneinander: je Beschäftigung einer von vorher und einer von nachher, als Spalten."""

from __future__ import annotations

import uuid
import zlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import numpy as np
import orjson
from sqlalchemy import Select, and_, select

from payroll.law.engine import RuleSet
from payroll.masterdata.models import Beschaeftigung, Person, PersonAngaben
from payroll.runs import probelauf, retro, sheets
from payroll.runs.models import Ergebnis, Lauf, Wertebogen
from payroll.runs.probe_models import Probebogen, Probelauf
from payroll.runs.retro import Ausgleich
from payroll.runs.sheets import Sheet
from payroll.runs.values import VALUES
from tenants.db.bulk import read_columns
from tenants.db.session import TenantSession
from tenants.security import keys_of, open_sealed

Column = Any


@dataclass(frozen=True)
class Wer:
    """Wem ein Ergebnis gehört."""

    person: uuid.UUID
    personalnummer: str
    name: str


@dataclass(frozen=True)
class Fassung:
    """Monat und Kenntnisstand, für die gerechnet wurde."""

    monat: date
    stand: datetime | None


@dataclass
class Stand:
    """Ein Lauf oder eine frühere Fassung: je Beschäftigung Bogen, öffentliche Kennung und Ausgleich mit Rückrechnung
    und Vortrag."""

    lauf: Fassung
    boegen: dict[int, Sheet]
    kennungen: dict[int, uuid.UUID]
    ausgleich: dict[int, Ausgleich]

    def auszahlung(self, number: int) -> int:
        """Auszahlung, wie sie auf der Abrechnung steht (Cent)."""
        own, balance = self.boegen[number].werte["auszahlung"], self.ausgleich.get(number)
        return own + self.nachberechnung(number) + self.vortrag(number) if balance else own

    def nachberechnung(self, number: int) -> int:
        """Was Rückrechnungen zur Auszahlung beitragen (Cent)."""
        balance = self.ausgleich.get(number)
        return balance.rueckrechnung if balance else 0

    def vortrag(self, number: int) -> int:
        """Was aus dem Vormonat kommt, ohne den Teil, der erst im nächsten zählt (Cent)."""
        balance = self.ausgleich.get(number)
        return balance.vortrag - (balance.uebertrag if balance.zahlbetrag else 0) if balance else 0


def read_run(session: TenantSession, lauf: Lauf, only: Collection[int] | None = None) -> Stand:
    """Alle Bögen eines Laufs, oder nur dieser Beschäftigungen; zwei Abfragen, gleich wie viele Menschen."""
    statement: Select[Any] = (
        select(Ergebnis.beschaeftigung_id, Ergebnis.public_id, Wertebogen.inhalt)
        .join(Wertebogen, Wertebogen.ergebnis_id == Ergebnis.id)
        .where(Ergebnis.lauf_id == lauf.id, *(() if only is None else (Ergebnis.beschaeftigung_id.in_(only),)))
        .order_by(Ergebnis.id))
    found = read_columns(session, statement)
    boegen = _opened(session, found["beschaeftigung_id"], found["public_id"], found["inhalt"])
    kennungen = dict(zip(found["beschaeftigung_id"], found["public_id"], strict=True))
    return Stand(Fassung(lauf.monat, lauf.stand), boegen, kennungen, retro.payouts(session, lauf, only))


def _opened(session: TenantSession, numbers: Sequence[int], kennungen: Sequence[uuid.UUID],
            contents: Sequence[bytes]) -> dict[int, Sheet]:
    keys = keys_of(session)
    found: dict[int, Sheet] = {}
    for number, public, content in zip(numbers, kennungen, contents, strict=True):
        opened = open_sealed(keys, content, table=sheets.TABLE, row=str(public), column="inhalt")
        found[number] = Sheet(*orjson.loads(zlib.decompress(opened)))
    return found


def read_trial(session: TenantSession, lauf: Lauf, held: Probelauf, only: Collection[int] | None = None) -> Stand:
    """Eine behaltene frühere Fassung eines offenen Laufs, oder nur diese Beschäftigungen; eine Abfrage."""
    names = [getattr(Probebogen, name) for name in probelauf.COLUMNS]
    statement: Select[Any] = select(*names).where(
        Probebogen.probelauf_id == held.id, *(() if only is None else (Probebogen.beschaeftigung_id.in_(only),)))
    found = read_columns(session, statement.order_by(Probebogen.id))
    boegen = _opened(session, found["beschaeftigung_id"], found["kennung"], found["inhalt"])
    balance = {number: Ausgleich(*(found[name][at] for name in probelauf.BALANCE))
               for at, number in enumerate(found["beschaeftigung_id"]) if found["ausgleich"][at]}
    return Stand(Fassung(lauf.monat, held.stand), boegen, {}, balance)


def people_of(session: TenantSession, numbers: Collection[int]) -> dict[int, Wer]:
    """Personalnummer und heutiger Name je Beschäftigung; eine Abfrage."""
    rows = session.execute(
        select(Beschaeftigung.id, Person.public_id, Beschaeftigung.personalnummer, PersonAngaben.nachname,
               PersonAngaben.vorname)
        .join(Person, Person.id == Beschaeftigung.person_id)
        .join(PersonAngaben, and_(PersonAngaben.person_id == Person.id, PersonAngaben.superseded_at.is_(None)))
        .where(Beschaeftigung.id.in_(numbers)).order_by(PersonAngaben.valid_from))
    return {row.id: Wer(row.public_id, row.personalnummer, f"{row.nachname}, {row.vorname}") for row in rows}


def columns(sheets_of: list[Sheet], rules: RuleSet, names: Collection[str]) -> dict[str, Column]:
    """Die Eingaben als Spalten; was einem Bogen fehlt, hat den Vorgabewert der Eingabe."""
    filled: dict[str, Column] = {}
    for name in sorted(names):
        default = rules.inputs[name].default or 0
        filled[name] = np.array([sheet.eingaben.get(name, default) for sheet in sheets_of], dtype=np.int64)
    return filled


def values(sheets_of: list[Sheet]) -> dict[str, Column]:
    """Die gespeicherten Ergebniswerte als Spalten (Cent)."""
    return {name: np.array([sheet.werte.get(name, 0) for sheet in sheets_of], dtype=np.int64) for name in VALUES
            if name != "tabellenentgelt"}
