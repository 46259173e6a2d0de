"""Hinweise beim Laden eines Monats: was fehlt oder nicht passt, mit Satz, Feld, Regel und Abhilfe."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """Ein Hinweis. `left_out`: der Fall entfällt, bis die Ursache behoben ist; alle anderen laufen weiter.

    record: betroffener Satz im Klartext; field: Feld; rule: was nicht stimmt; remedy: was zu tun ist;
    beschaeftigung_id: Nummer der Beschäftigung, leer bei Hinweisen zu Kassen; hint: nichts zu beheben, nur zu wissen.
    """

    record: str
    field: str
    rule: str
    remedy: str
    left_out: bool = True
    beschaeftigung_id: int | None = None
    hint: bool = False

    def __str__(self) -> str:
        return f"{self.record}, {self.field}: {self.rule}. {self.remedy}"
