"""Kleine Werkzeuge der öffentlichen Vorlagen."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlencode

from flask import Flask

from jobportal.board import Aushangzettel
from jobportal.public.door import absolute


def install(app: Flask) -> None:
    """Macht sie den Vorlagen bekannt."""
    app.jinja_env.filters["pairs"] = pairs
    app.jinja_env.filters["merged_query"] = merged_query
    app.jinja_env.globals["canonical"] = canonical


def pairs(values: Iterable[str]) -> list[tuple[str, str]]:
    """Jeder Wert als Auswahl mit sich selbst als Wort."""
    return [(one, one) for one in values]


def merged_query(parts: Iterable[Mapping[str, Any]]) -> str:
    """Angaben der Adresse, spätere gehen vor."""
    merged: dict[str, Any] = {}
    for part in parts:
        merged |= part
    return urlencode(merged)


def canonical(slip: Aushangzettel) -> str:
    """Die eine Adresse einer Anzeige."""
    return absolute("show", anzeige=slip.kennung)
