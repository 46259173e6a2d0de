"""The nodes of an expression's tree."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Node:
    """A part of an expression; ``height``: levels below it."""

    height: int = 1


@dataclass(frozen=True)
class Number(Node):
    """A literal: digits / 10**scale; ``kind`` is the Java type int, long, double or text."""

    digits: int
    scale: int
    kind: str


@dataclass(frozen=True)
class Name(Node):
    """A variable or constant."""

    name: str


@dataclass(frozen=True)
class Static(Node):
    """BigDecimal.ZERO, BigDecimal.ROUND_UP, RoundingMode.DOWN."""

    name: str


@dataclass(frozen=True)
class Make(Node):
    """new BigDecimal(x) or BigDecimal.valueOf(x)."""

    value: Node


@dataclass(frozen=True)
class Call(Node):
    """target.method(arguments)."""

    target: Node
    method: str
    arguments: tuple[Node, ...]


@dataclass(frozen=True)
class Index(Node):
    """table[position]."""

    table: str
    position: Node


@dataclass(frozen=True)
class Unary(Node):
    """-x or !x."""

    sign: str
    value: Node


@dataclass(frozen=True)
class Binary(Node):
    """left sign right."""

    sign: str
    left: Node
    right: Node


@dataclass(frozen=True)
class Items(Node):
    """{a, b, c}."""

    items: tuple[Node, ...]
