"""Bausteine der Formulare: ein Feld, eine Art von Tatsache, Auswahlen."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from payroll.masterdata.models.facts import Fact
from tenants.db.session import TenantSession

Choices = Mapping[str, tuple[Any, str]]


@dataclass(frozen=True)
class Field:
    """Ein Feld: Name der Spalte, Wort, Art (text, day, money, number, whole, yes, choice) und Hilfe.

    says: macht aus einem Schlüssel, was zu lesen ist.
    """

    name: str
    label: Any
    kind: str = "text"
    required: bool = False
    hint: Any = None
    places: int = 2
    choices: tuple[tuple[str, Any], ...] = ()
    source: Callable[[TenantSession], Choices] | None = None
    default: Any = None
    says: Callable[[str], str] | None = None


@dataclass(frozen=True)
class FactKind:
    """Eine Art von Tatsache: Tabelle, Überschrift, wem sie gehört, Felder.

    several: mehrere zugleich möglich; needed: bei diesen Arten der Beschäftigung nötig; endable: kann ersatzlos enden.
    """

    model: type[Fact]
    title: Any
    owner: str
    fields: tuple[Field, ...]
    several: bool = False
    needed: tuple[str, ...] = ()
    endable: bool = False


def choice(*keys: str, **titles: str) -> tuple[tuple[str, Any], ...]:
    """Auswahlen: Schlüssel, die für sich stehen, und solche mit eigenem Wort."""
    return tuple((key, key) for key in keys) + tuple(titles.items())
