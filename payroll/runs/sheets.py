"""Wertebögen: alle benannten Werte eines Ergebnisses, gepackt, verschlüsselt, mit dem Hash der Eingaben."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import numpy as np
import orjson
from sqlalchemy import select

from payroll.law.calculate import law_of
from payroll.runs.models import Ergebnis, Lauf, Wertebogen
from tenants.db.session import TenantSession
from tenants.security import TenantKeys, open_sealed, seal

TABLE = "wertebogen"


@dataclass(frozen=True)
class Sheet:
    """Ein geöffneter Wertebogen: Monat, Fingerabdruck der Regeln, Eingaben und Werte (ganze Zahlen)."""

    monat: str
    regelwerk: str
    eingaben: dict[str, int]
    werte: dict[str, int]
    zeilen: list[list[Any]]


def pack(month: str, rules: str, inputs: dict[str, int], values: dict[str, int], lines: list[list[Any]]) -> bytes:
    """Inhalt eines Wertebogens, immer gleich geschrieben."""
    return orjson.dumps([month, rules, inputs, values, lines], option=orjson.OPT_SORT_KEYS)


def columns_of(month: date, inputs: Sequence[Mapping[str, int]]) -> dict[str, Any]:
    """Die Eingaben mehrerer Wertebögen eines Monats als Spalten; was einer nicht nennt, hat die Vorgabe des Rechts."""
    known = law_of(month).inputs
    return {name: np.array([given.get(name, (known[name].default or 0) if name in known else 0) for given in inputs],
                           dtype=np.int64)
            for name in sorted({name for given in inputs for name in given})}


def input_hash(inputs: dict[str, int]) -> str:
    """Hash der Eingaben: gleich heißt, es gibt nichts neu zu rechnen."""
    return hashlib.sha256(orjson.dumps(inputs, option=orjson.OPT_SORT_KEYS)).hexdigest()


def sealed(keys: TenantKeys, result: UUID, content: bytes) -> bytes:
    """Gepackt und verschlüsselt für genau dieses Ergebnis."""
    return seal(keys, zlib.compress(content, 3), table=TABLE, row=str(result), column="inhalt")


def open_sheet(session: TenantSession, result: UUID) -> tuple[Ergebnis, Lauf, Sheet]:
    """Der Wertebogen eines Ergebnisses (öffentliche Kennung)."""
    found = session.execute(
        select(Ergebnis, Lauf, Wertebogen.inhalt.label("inhalt"))
        .join(Lauf, Lauf.id == Ergebnis.lauf_id)
        .join(Wertebogen, Wertebogen.ergebnis_id == Ergebnis.id)
        .where(Ergebnis.public_id == result)).one()
    content = zlib.decompress(open_sealed(session, found.inhalt, table=TABLE, row=str(result), column="inhalt"))
    return found[0], found[1], Sheet(*orjson.loads(content))
