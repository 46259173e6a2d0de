"""Abrechnung als schlichte Daten (JSON) und zurück; so liegt sie verschlüsselt neben dem PDF."""

from __future__ import annotations

import dataclasses
import functools
import types
from datetime import date
from decimal import Decimal
from typing import Any, Union, get_args, get_origin, get_type_hints

import orjson

from payroll.statements.payslip import Payslip

FORMAT = 1


class FormatUnknown(ValueError):
    """Die gespeicherten Daten haben eine Fassung, die dieses Programm nicht kennt."""


def to_bytes(slip: Payslip) -> bytes:
    """Die Abrechnung als JSON, Schlüssel in fester Reihenfolge."""
    return orjson.dumps({"format": FORMAT, "payslip": slip}, default=_leaf, option=orjson.OPT_SORT_KEYS)


def from_bytes(data: bytes) -> Payslip:
    """Liest eine Abrechnung; die Gleichungen werden dabei wieder geprüft."""
    content = orjson.loads(data)
    if content["format"] != FORMAT:
        raise FormatUnknown(f"Abrechnung in Fassung {content['format']}; dieses Programm liest Fassung {FORMAT}.")
    slip: Payslip = _build(Payslip, content["payslip"])
    return slip


def _leaf(value: Any) -> str:
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError(f"{type(value).__name__} gehört nicht in eine Abrechnung.")


@functools.cache
def _hints(cls: type) -> dict[str, Any]:
    return get_type_hints(cls)


def _build(kind: Any, value: Any) -> Any:
    if value is None:
        return None
    if get_origin(kind) in (Union, types.UnionType):
        return _build(next(arg for arg in get_args(kind) if arg is not type(None)), value)
    if get_origin(kind) is tuple:
        inner = get_args(kind)[0]
        return tuple(_build(inner, item) for item in value)
    if dataclasses.is_dataclass(kind) and isinstance(kind, type):
        return kind(**{name: _build(_hints(kind)[name], item) for name, item in value.items()})
    if kind is date:
        return date.fromisoformat(value)
    return Decimal(value) if kind is Decimal else value
