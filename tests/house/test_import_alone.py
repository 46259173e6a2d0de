"""Jedes Modul lässt sich als erstes laden: kein Kreis, der nur in einer Reihenfolge aufgeht.

Gerechnet wird am Quelltext, was Python beim Laden täte: Einfuhren und Namen in ihrer Reihenfolge, Pakete vor ihren
Modulen. Scheitern kann nur, was in einem Kreis hängt; dort wird jedes Modul einmal als erstes geladen.
"""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import app

ROOT = Path(app.__file__).parent
ROOMS = ("tenants", "payroll", "staffplan", "timekeeping", "jobportal", "migrations")
Event = tuple[str, str, str]  # kind (load, take, bind), module, name


@cache
def modules() -> dict[str, Path]:
    """Name und Datei jedes Moduls."""
    found = {"app": ROOT / "app.py"}
    for file in sorted(path for room in ROOMS for path in (ROOT / room).rglob("*.py")):
        parts = file.relative_to(ROOT).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = file
    return found


def chain(name: str) -> list[str]:
    """Ein Modul und die Pakete darüber, soweit sie unsere sind."""
    parts = name.split(".")
    return [one for one in (".".join(parts[:n]) for n in range(1, len(parts) + 1)) if one in modules()]


def statements(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """Was beim Laden ausgeführt wird; nicht, was nur die Typprüfung sieht."""
    for one in body:
        if isinstance(one, ast.If):
            yield from statements([] if "TYPE_CHECKING" in ast.dump(one.test) else one.body)
            yield from statements(one.orelse)
        elif isinstance(one, ast.Try):
            yield from statements([*one.body, *(s for handler in one.handlers for s in handler.body), *one.orelse])
        elif isinstance(one, ast.With):
            yield from statements(one.body)
        else:
            yield one


@cache
def events(module: str) -> list[Event]:
    """Einfuhren und Namen eines Moduls in ihrer Reihenfolge."""
    made: list[Event] = []
    for one in statements(ast.parse(modules()[module].read_text(encoding="utf-8")).body):
        if isinstance(one, ast.Import):
            made += [("load", each, "") for alias in one.names for each in chain(alias.name)]
            made += [("bind", module, (alias.asname or alias.name).split(".")[0]) for alias in one.names]
        elif isinstance(one, ast.ImportFrom) and one.module:
            made += [("load", each, "") for each in chain(one.module)]
            if one.module in modules():
                made += [("take", one.module, alias.name) for alias in one.names]
            made += [("bind", module, alias.asname or alias.name) for alias in one.names]
        elif isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            made.append(("bind", module, one.name))
        else:
            made += [("bind", module, node.id) for node in ast.walk(one)
                     if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)]
    return made


@cache
def needs(module: str) -> frozenset[str]:
    """Was ein Modul beim Laden von unseren Modulen lädt."""
    found = set(chain(module))
    for kind, other, name in events(module):
        if kind != "bind":
            found |= {other, f"{other}.{name}"} & modules().keys()
    return frozenset(found - {module})


def circles() -> list[frozenset[str]]:
    """Gruppen von Modulen, die einander beim Laden brauchen (Tarjan)."""
    number: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    found: list[frozenset[str]] = []

    def visit(module: str) -> None:
        number[module] = low[module] = len(number)
        stack.append(module)
        for other in needs(module):
            if other not in number:
                visit(other)
                low[module] = min(low[module], low[other])
            elif other in stack:
                low[module] = min(low[module], number[other])
        if low[module] == number[module]:
            group = stack[stack.index(module):]
            del stack[stack.index(module):]
            found.append(frozenset(group))

    for module in modules():
        if module not in number:
            visit(module)
    return [group for group in found if len(group) > 1]


def load(module: str, inside: frozenset[str], bound: dict[str, set[str]], done: set[str]) -> str | None:
    """Lädt ein Modul und was es aus seinem Kreis braucht; gibt, woran es scheitert."""
    for each in chain(module):
        if each in bound or each not in inside:
            continue
        bound[each] = set()
        for kind, other, name in events(each):
            problem = None
            if kind == "bind":
                bound[each].add(name)
            elif kind == "load":
                problem = load(other, inside, bound, done)
            elif f"{other}.{name}" in modules() and name not in bound.get(other, ()):
                problem = load(f"{other}.{name}", inside, bound, done)
            elif other in bound and other not in done and name not in bound[other]:
                problem = f"{each}: {name} gibt es in {other} noch nicht"
            if problem:
                return problem
        done.add(each)
    return None


def test_every_module_can_be_the_first_to_be_loaded() -> None:
    groups = circles()
    assert any("tenants.security.masterkey" in group for group in groups), "der Kreis der Schlüssel ist einer"
    failing = {module: problem for group in groups for module in sorted(group)
               if (problem := load(module, group, {}, set()))}
    assert failing == {}


def test_the_master_key_loads_first_in_a_fresh_interpreter() -> None:
    done = subprocess.run([sys.executable, "-c", "import tenants.security.masterkey"], cwd=ROOT, timeout=60,
                          check=False, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
