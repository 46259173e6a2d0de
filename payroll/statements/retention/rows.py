"""Eine Zeile, deren Frist vorbei ist."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Found:
    """Tabelle, Nummer, Person, der Tag, zu dem sie gehört, und (leer: nichts) warum sie trotzdem gebraucht wird."""

    table: str
    row: int
    person: uuid.UUID | None
    day: date
    held: str = ""
