"""The fingerprint of a rule set: the same on every machine as long as rules, their constants and numbers are the same.

It covers the code of every rule and of the functions of ours that it calls, the constants it reads, how values are
wired, the declared inputs, and the numbers of law of the day. Comments, titles, citations and sources are not part of
it: a better word changes no result. ``EDITION`` is raised when the engine's own arithmetic changes.
"""

from __future__ import annotations

import ast
import hashlib
import inspect
import textwrap
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cache
from types import CodeType, FunctionType, ModuleType
from typing import TYPE_CHECKING, Any

from payroll.law.engine.functions import Lookup
from payroll.law.engine.quantity import Quantity

if TYPE_CHECKING:
    from payroll.law.engine.rule_set import RuleSet

EDITION = 1
ENGINE = "payroll.law.engine"


def fingerprint(rules: RuleSet) -> str:
    """SHA-256 over what the rule set computes, in hexadecimal digits."""
    digest = hashlib.sha256(f"edition {EDITION}\n".encode())
    for name in sorted(rules.nodes):
        node = rules.nodes[name]
        wiring = (name, node.sources, node.when, node.rule.otherwise, node.rule.result)
        digest.update(f"{canonical(wiring)}\n".encode())
        for text in _texts(node.rule.function, set()):
            digest.update(f"{text}\n".encode())
    for name in sorted(rules.inputs):
        one = rules.inputs[name]
        digest.update(f"{canonical((name, one.kind, one.default, one.den, one.names))}\n".encode())
    for name in sorted(rules.parameters):
        parameter, day = rules.parameters[name]
        value = parameter.on(day)
        figures = (name, parameter.einheit, parameter.extra, value.wert if value else None)
        digest.update(f"{canonical(figures)}\n".encode())
    return digest.hexdigest()


def _texts(function: Callable[..., Any], seen: set[int]) -> Iterator[str]:
    """Code of a function, of the functions of ours that it calls, and the constants it reads."""
    bare: Any = inspect.unwrap(function)
    if id(bare) in seen:
        return
    seen.add(id(bare))
    yield _code_of(bare)
    for name in sorted(_names(bare.__code__)):
        if name not in bare.__globals__:
            continue
        thing = inspect.unwrap(bare.__globals__[name]) if callable(bare.__globals__[name]) else bare.__globals__[name]
        if isinstance(thing, (FunctionType, type)) and thing.__module__.startswith(ENGINE):
            continue
        if isinstance(thing, FunctionType):
            yield from _texts(thing, seen)
        elif isinstance(thing, ModuleType):
            yield f"{name} = {thing.__name__}"
        else:
            yield f"{name} = {canonical(thing)}"


@cache
def _code_of(function: Callable[..., Any]) -> str:
    """Most rules call the same few functions of ours: each is read and parsed once."""
    return bare_code(textwrap.dedent(inspect.getsource(function)))


def bare_code(source: str) -> str:
    """Python source without comments, docstrings, decorators and layout."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            node.decorator_list = []
            if ast.get_docstring(node, clean=False) is not None:
                node.body = node.body[1:] or [ast.Pass()]
    return ast.unparse(tree)


def _names(code: CodeType) -> set[str]:
    inner = [_names(const) for const in code.co_consts if isinstance(const, CodeType)]
    return set(code.co_names).union(*inner)


def canonical(value: Any) -> str:
    """A text of a constant that does not depend on the process."""
    if value is None or isinstance(value, (bool, int, str, date)):
        return repr(value)
    if isinstance(value, (Fraction, Decimal)):
        return str(Fraction(value))
    if isinstance(value, (tuple, list)):
        return f"({', '.join(canonical(one) for one in value)})"
    if isinstance(value, (set, frozenset)):
        return f"{{{', '.join(sorted(canonical(one) for one in value))}}}"
    if isinstance(value, dict):
        return f"{{{', '.join(sorted(f'{canonical(k)}: {canonical(v)}' for k, v in value.items()))}}}"
    if isinstance(value, Quantity):
        return f"{value.kind}({value.num}/{value.den})"
    if isinstance(value, Lookup):
        return f"Lookup({value.kind.__name__}, {value.first}, {value.den}, {value.outside}, {value.cells()})"
    return getattr(value, "__qualname__", type(value).__qualname__)
