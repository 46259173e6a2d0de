"""Texte der Plattform (Name, Mail, Telefon eines Zugangs, Nachrichten), die nur versiegelt in der Datenbank stehen.

Der Schlüssel stammt vom Hauptschlüssel ab; `tenants.security.contacts` stellt ihn bereit. Gebunden ist ein Siegel an
Tabelle und Spalte, nicht an die Zeile: die Spalte weiß nicht, in welcher sie steht.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import LargeBinary
from sqlalchemy.types import TypeDecorator

Seal = Callable[[str, str, str], bytes]
Open = Callable[[bytes, str, str], str]
_ways: dict[str, Any] = {}


def provide(seal: Seal, open_: Open) -> None:
    """Wer versiegelt und öffnet; einmal beim Laden der Schlüssel."""
    _ways.update(seal=seal, open=open_)


class PlatformText(TypeDecorator[str]):
    """Ein Text, den die Datenbank nur versiegelt sieht; Bytes sind schon ein Siegel und gehen unverändert hinein."""

    impl = LargeBinary
    cache_ok = True

    def __init__(self, table: str, name: str) -> None:
        super().__init__()
        self.table, self.name = table, name

    def process_bind_param(self, value: Any, dialect: Any) -> bytes | None:
        """Vor dem Schreiben."""
        return value if value is None or isinstance(value, bytes) else _ways["seal"](value, self.table, self.name)

    def process_result_value(self, value: Any, dialect: Any) -> str | None:
        """Nach dem Lesen."""
        return None if value is None else _ways["open"](bytes(value), self.table, self.name)
