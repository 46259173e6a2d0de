"""Teile des Handbuchs, die aus dem Quelltext und den Wegen des Programms entstehen: alle Seiten, alle Befunde.

Befunde stehen als Aufrufe im Quelltext; gefunden wird jeder, dessen Regel und Abhilfe dort als Text stehen. Was erst
beim Lauf feststeht (ein Betrag, ein Name), ist in der Liste eine Auslassung.
"""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from flask import Flask

from payroll.law.checks import CHECKS
from tenants.web.access import Access, access_of
from timekeeping.rules.findings.finding import CODES

ROOT = Path(__file__).resolve().parents[1]
CONTRADICTIONS = "Angaben, die nicht zusammenpassen"
ROOMS = ("payroll/masterdata", "payroll/runs", "payroll/filings", "timekeeping", "staffplan", "jobportal")
FIELD = {"field", "feld", "column", "spalte"}
RULE, REMEDY = {"rule", "regel", "grund"}, {"remedy", "abhilfe"}
MEASURED = {"DURCHSCHNITT": "Durchschnitt der Arbeitszeit zu hoch", "PAUSE": "Pausen kürzer als vorgeschrieben",
            "BLOCK": "zu lange ohne Pause gearbeitet", "RUHEZEIT": "Ruhezeit zu kurz", "RUHE": "Ruhezeit zu kurz"}
SHOWN = "steht beim Befund"
WORKED = {"ARBZG": "Dienst oder Ausgleich ändern; eine erlaubte Ausnahme mit Grund festhalten (§§ 7, 14 ArbZG)",
          "JARBSCHG": "Dienst ändern: Ausnahmen nur, wo das Gesetz sie nennt",
          "MUSCHG": "sofort umplanen; Ausnahmen nur mit Zustimmung und der Behörde (§§ 28, 29 MuSchG)",
          "RAHMENZEIT": "Zeit berichtigen oder als angeordnet bestätigen",
          "KERNZEIT": "Grund erfragen; Zeit berichtigen oder Abwesenheit erfassen"}
Texts = dict[str, list[ast.expr]]  # what a name may say: all that is assigned to it
GAP, LEAST = "…", 12  # shorter texts beside each other are no rule with its remedy


@dataclass(frozen=True, order=True)
class Described:
    """Ein Befund: Feld, was nicht stimmt, was zu tun ist."""

    field: str
    rule: str
    remedy: str


def screens(app: Flask) -> str:
    """Alle Seiten mit Adresse, Bedeutung und Recht, nach Räumen."""
    rooms: dict[str, list[str]] = defaultdict(list)
    for rule in sorted(app.url_map.iter_rules(), key=lambda one: one.rule):
        view = app.view_functions[rule.endpoint]
        if "GET" not in (rule.methods or ()) or not view.__module__.startswith(("payroll", "tenants", "timekeeping",
                                                                                "staffplan", "jobportal")):
            continue
        address = re.sub(r"<(?:[^:<>]+:)?([^<>]+)>", lambda found: found[1].upper(), rule.rule)
        words = " ".join((view.__doc__ or "").split("\n\n")[0].split())
        right = _right(access_of(app, rule.endpoint))
        rooms[_first(view.__module__)].append(f"| {_cell(words)} | {_breaking(address)} | {_cell(right)} |")
    lines = ["# Alle Seiten", "", "Erzeugt aus den Wegen des Programms. Großgeschriebenes steht für eine Kennung.", ""]
    for room in sorted(rooms):
        lines += [f"## {room}", "", "| was sie zeigt | Adresse | Recht |", "|---|---|---|", *rooms[room], ""]
    return "\n".join(lines)


def findings() -> str:
    """Alle Befunde mit Feld, Regel und Abhilfe, nach der Stelle des Programms, die sie meldet."""
    lines = ["# Alle Befunde mit Abhilfe", "", "Erzeugt aus dem Programm. „…“ steht für das, was erst beim Rechnen "
             "feststeht: einen Betrag, einen Tag, einen Namen.", ""]
    for title, found in sorted(described().items()):
        lines += [f"## {title}", "", "| Feld | was nicht stimmt | Abhilfe |", "|---|---|---|",
                  *(f"| {_cell(one.field)} | {_cell(one.rule)} | {_cell(one.remedy)} |" for one in sorted(found)), ""]
    lines += ["## Arbeitszeit", "", "Gemeldet am Tag, mit dem, was gemessen wurde und was erlaubt ist.", "",
              "| was nicht stimmt | Recht | Abhilfe |", "|---|---|---|",
              *(f"| {_cell(words)} | {_cell(CODES[code])} | {_cell(WORKED[code.partition('_')[0]])} |"
                for code, words in sorted(worked().items())), ""]
    return "\n".join(lines)


def worked() -> dict[str, str]:
    """Je Befund der Arbeitszeit seine Worte; hat einer mehrere, stehen sie nebeneinander."""
    found: dict[str, dict[str, None]] = {code: {} for code in CODES}
    for path in sorted((ROOT / "timekeeping").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Befund" and len(node.args) == 3:
                code, words = _text(node.args[0], {}), _text(node.args[2], {})
                if code in found and words:
                    found[code][words] = None
    return {code: "; ".join(words) or MEASURED[code.rpartition("_")[2]] for code, words in found.items()}


@cache
def described() -> dict[str, frozenset[Described]]:
    """Je Überschrift (erster Satz der Stelle) ihre Befunde."""
    files = [path for room in ROOMS for path in sorted((ROOT / room).rglob("*.py"))]
    trees = {path: ast.parse(path.read_text(encoding="utf-8")) for path in files}
    everywhere = {name: given for tree in trees.values() for name, given in _makers(tree) if not name.startswith("_")}
    found: dict[str, set[Described]] = defaultdict(set)
    found[CONTRADICTIONS] = {Described(one.field, f"{one.rule} ({one.law})", one.remedy) for one in CHECKS}
    for tree in trees.values():
        known = everywhere | dict(_makers(tree))
        texts = _texts(tree)
        triples = bool({"Befund", "Finding"} & {getattr(node, "id", "") for node in ast.walk(tree)})
        found[_heading(tree)] |= {one for node, names in _scopes(tree, texts)
                                  for one in (*_of(node, known, names, triples), *_pairs(node, names))}
    return {title: frozenset(ones) for title, ones in found.items() if ones}


def _texts(tree: ast.Module) -> Texts:
    """Namen des Moduls und was sie sagen; auch Funktionen, die nur Worte zurückgeben."""
    found: Texts = {node.targets[0].id: [node.value] for node in tree.body
                    if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)}
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and getattr(node.returns, "id", "") == "str":
            found[node.name] = [one.value for one in ast.walk(node) if isinstance(one, ast.Return) and one.value]
    return found


def _scopes(tree: ast.Module, texts: Texts) -> Iterator[tuple[ast.AST, Texts]]:
    """Jeder Knoten mit den Namen, die dort gelten: die des Moduls und die seiner Funktion."""
    inner = [node for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef)]
    functions = [one for node in inner for one in ast.walk(node) if isinstance(one, ast.FunctionDef)]
    seen: set[int] = set()
    for function in functions:
        names: Texts = {}
        given = function.args.args[len(function.args.args) - len(function.args.defaults):]
        for argument, value in zip(given, function.args.defaults, strict=True):
            names[argument.arg] = [value]
        for node in ast.walk(function):
            for target, value in _assigned(node):
                names.setdefault(target, []).append(value)
        seen |= {id(node) for node in ast.walk(function)}
        yield from ((node, texts | names) for node in ast.walk(function))
    yield from ((node, texts) for node in ast.walk(tree) if id(node) not in seen)


def _assigned(node: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    if not isinstance(node, ast.Assign):
        return
    target, value = node.targets[0], node.value
    if isinstance(target, ast.Name):
        yield target.id, value
    elif isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
        yield from ((one.id, given) for one, given in zip(target.elts, value.elts, strict=False)
                    if isinstance(one, ast.Name))


def _pairs(node: ast.AST, texts: Texts) -> Iterator[Described]:
    """Funktionen, die Grund und Abhilfe als Paar zurückgeben und das sagen."""
    if isinstance(node, ast.FunctionDef) and "Abhilfe" in (ast.get_docstring(node) or ""):
        for one in ast.walk(node):
            if isinstance(one, ast.Return) and isinstance(one.value, ast.Tuple) and len(one.value.elts) == 2:
                rule, remedy = (_text(part, texts) for part in one.value.elts)
                if all(" " in part and len(part) >= LEAST for part in (rule, remedy)):
                    yield Described(GAP, rule, remedy)


def _makers(tree: ast.Module) -> Iterator[tuple[str, list[str]]]:
    """Klassen und Funktionen, die Regel und Abhilfe annehmen, mit den Namen ihrer Angaben."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            given = [one.arg for one in node.args.args if one.arg not in ("self", "cls")]
        elif isinstance(node, ast.ClassDef):
            given = [one.target.id for one in node.body if isinstance(one, ast.AnnAssign)
                     and isinstance(one.target, ast.Name)]
        else:
            continue
        if RULE & set(given) and REMEDY & set(given):
            yield node.name, given


def _of(node: ast.AST, known: dict[str, list[str]], texts: Texts, triples: bool) -> Iterator[Described]:
    """Der Befund eines Aufrufs, oder (triples) ein Tripel aus Feld, Regel und Abhilfe."""
    said: dict[str, str] = {}
    if isinstance(node, ast.Call):
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        given = dict(zip(known.get(name, ()), node.args, strict=False))
        given |= {one.arg: one.value for one in node.keywords if one.arg and name in known}
        said = {_kind(key): text for key, value in given.items() if (text := _text(value, texts))}
    elif triples and isinstance(node, ast.Tuple) and len(node.elts) == 3:
        said = {key: text for key, value in zip(("field", "rule", "remedy"), node.elts, strict=True)
                if (text := _text(value, texts))}
    missing = SHOWN if isinstance(node, ast.Call) else ""  # made of several texts: only the finding itself says it
    rule, remedy = (said[one] if said.get(one, "").strip("…:. ") else missing for one in ("rule", "remedy"))
    if rule != remedy and all(" " in one and len(one) >= LEAST for one in (rule, remedy)):
        yield Described(said.get("field", GAP), rule, remedy)


def _kind(name: str) -> str:
    return next((kind for kind, names in (("field", FIELD), ("rule", RULE), ("remedy", REMEDY)) if name in names), name)


def _text(value: ast.expr, texts: Texts) -> str:
    name = value.func if isinstance(value, ast.Call) else value
    if isinstance(name, ast.Name) and name.id in texts:
        rest = {known: given for known, given in texts.items() if known != name.id}
        return " / ".join(dict.fromkeys(text for one in texts[name.id] if (text := _text(one, rest))))
    if isinstance(value, ast.Call) and isinstance(name, ast.Attribute) and name.attr == "get":  # one of several words
        held = next(iter(texts.get(getattr(name.value, "id", ""), ())), None)
        several = [*(held.values if isinstance(held, ast.Dict) else ()), *value.args[1:]]
        return " / ".join(dict.fromkeys(text for one in several if (text := _text(one, texts))))
    if isinstance(value, ast.Constant):
        return re.sub(r"\{[^{}]*\}", GAP, value.value) if isinstance(value.value, str) else ""
    if isinstance(value, ast.JoinedStr):
        return "".join(one.value if isinstance(one, ast.Constant) else GAP for one in value.values)
    if isinstance(value, ast.IfExp):
        return " / ".join(text for one in (value.body, value.orelse) if (text := _text(one, texts)))
    if isinstance(value, ast.BinOp) and isinstance(value.op, ast.Add):
        return (_text(value.left, texts) or GAP) + (_text(value.right, texts) or GAP)
    return ""


def _heading(tree: ast.Module) -> str:
    return (ast.get_docstring(tree) or "").partition("\n")[0].partition(": ")[0].rstrip(".:")


def _right(access: Access | None) -> str:
    if access is None:
        return "nichts"
    if access.permission:
        return f"`{access.permission}`" + (", Leitungen nur ihre Einheit" if access.by_unit else "")
    return "eine Anmeldung" if access.signed_in else f"keines ({access.public_reason})"


def _breaking(address: str) -> str:
    """Adresse, die an jedem Schrägstrich umbrechen darf: sonst drängt sie die Worte an den Rand."""
    return "<wbr>".join(f"`/{piece}`" for piece in address.split("/")[1:])


def _first(module: str) -> str:
    """Erster Satz der Stelle, zu der eine Seite gehört."""
    path = ROOT / (module.replace(".", "/") + ".py")
    tree = ast.parse((path if path.exists() else path.with_suffix("") / "__init__.py").read_text(encoding="utf-8"))
    return _heading(tree) or module


def _cell(words: str) -> str:
    return " ".join(words.split()).replace("|", "\\|")
