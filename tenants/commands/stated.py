"""Rechte je Befehl: jeder nennt, was er verlangt, sonst startet „kreislohn“ nicht (wie bei den Wegen im Web)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

import click

from tenants.permissions import PERMISSIONS

Callback = TypeVar("Callback", bound=Callable[..., Any])
STATED = "__kreislohn_command__"


class UnstatedCommand(RuntimeError):
    """Ein Befehl nennt nicht, was er verlangt, oder verlangt etwas anderes, als er nennt."""


@dataclass(frozen=True)
class Statement:
    """Was ein Befehl verlangt: Rechte der handelnden Person, die Maschine selbst oder – begründet – nichts."""

    permissions: frozenset[str] = frozenset()
    operator_reason: str | None = None
    open_reason: str | None = None


def needs(*names: str) -> Callable[[Callback], Callback]:
    """Der Befehl handelt für eine Person mit Mandat; sie braucht (je nach Angabe eines) dieser Rechte."""
    if unknown := set(names) - PERMISSIONS:
        raise UnstatedCommand(f"Unbekannte Rechte: {', '.join(sorted(unknown))}.")
    return _stating(Statement(permissions=frozenset(names)))


def operator(reason: str) -> Callable[[Callback], Callback]:
    """Der Befehl gehört dem Betrieb: wer ihn ausführt, hat schon die Maschine; der Grund steht dabei."""
    return _stating(Statement(operator_reason=_given(reason)))


def without_tenant(reason: str) -> Callable[[Callback], Callback]:
    """Der Befehl berührt keinen Mandanten; der Grund steht dabei."""
    return _stating(Statement(open_reason=_given(reason)))


def statement_of(command: click.Command) -> Statement | None:
    """Was der Befehl nennt."""
    return getattr(command.callback, STATED, None)


def require_stated(root: click.Group) -> None:
    """Bricht ab, wenn ein Befehl nichts nennt; alle Fundstellen auf einmal."""
    silent = sorted(name for name, command in commands_of(root, "kreislohn") if statement_of(command) is None)
    if silent:
        raise UnstatedCommand(
            "Diese Befehle nennen kein Recht: " + ", ".join(silent) + '. Mit @needs("…"), @operator("Grund") oder '
            '@without_tenant("Grund") aus tenants.commands.stated kennzeichnen.'
        )


def require_named(permission: str) -> None:
    """Der laufende Befehl darf nur Rechte verlangen, die er nennt."""
    context = click.get_current_context(silent=True)
    stated = statement_of(context.command) if context is not None else None
    if stated is None or permission not in stated.permissions:
        raise UnstatedCommand(f"Dieser Befehl nennt das Recht „{permission}“ nicht.")


def commands_of(group: click.Group, prefix: str) -> Iterator[tuple[str, click.Command]]:
    """Alle Befehle unter einer Gruppe mit ihrem vollen Namen."""
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands_of(command, f"{prefix} {name}")
        else:
            yield f"{prefix} {name}", command


def _given(reason: str) -> str:
    if not reason.strip():
        raise UnstatedCommand("Ein Befehl ohne Recht braucht einen Grund.")
    return reason


def _stating(statement: Statement) -> Callable[[Callback], Callback]:
    def mark(callback: Callback) -> Callback:
        if hasattr(callback, STATED):
            raise UnstatedCommand(f"Befehl „{callback.__name__}“ nennt zwei Rechte.")
        setattr(callback, STATED, statement)
        return callback

    return mark
