"""Rechenregeln zum Nachlesen: jeder Wert mit Titel, Recht, Formel, Werten im Zeitverlauf und Verbindungen."""

from __future__ import annotations

import ast
import inspect
import re
import textwrap
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from flask_babel import lazy_gettext as _

from payroll.law import official
from payroll.law.calculate import law_of, rule_book
from payroll.law.citations import verification
from payroll.law.engine.build import PREVIOUS
from payroll.law.engine.catalogue import Entry, catalogue
from payroll.law.engine.parameters import IN_FORCE
from payroll.law.engine.rule import Rule
from payroll.masterdata.catalogue.seed import shipped_wage_types
from payroll.runs.lohnartregeln import regeln

AREAS = {
    "abrechnung": _("Abrechnung"),
    "besoldung": _("Besoldung"),
    "bezuege": _("Bezüge"),
    "entgelt": _("Entgelt"),
    "jahresausgleich": _("Jahresausgleich"),
    "lohnsteuer": _("Lohnsteuer"),
    "nebenleistungen": _("Nebenleistungen"),
    "pfaendung": _("Pfändung"),
    "sozialversicherung": _("Sozialversicherung"),
    "zusatzversorgung": _("Zusatzversorgung"),
}
ARTS = {"Regel": _("Regel"), "Eingabe": _("Angabe"), "Wert des Rechts": _("Wert des Rechts")}
STATUS_WORDS = {
    "gesetz": _("verkündet"),
    "bestaetigt": _("bestätigt"),
    "satzung": _("Satzung"),
    "nachgerechnet": _("nachgerechnet"),
    "entwurf": _("Entwurf"),
    "unbestaetigt": _("unbestätigt"),
    "einzelquelle": _("nur eine Quelle"),
}
# What still wants somebody to look: the citation, or a value that is a draft or has one source only.
OPEN = {"fundstelle": _("Fundstelle nicht geprüft"), "wert": _("Wert nicht bestätigt")}
UNIT_WORDS = {
    "ja/nein": _("ja oder nein"),
    "auswahl": _("Auswahl"),
    "anzahl": _("Anzahl"),
    "datum": _("Datum"),
    "kalenderjahr": _("Kalenderjahr"),
    "prozent": _("Prozent"),
    "anteil": _("Anteil"),
    "tage": _("Tage"),
    "euro": _("Euro"),
    "euro/jahr": _("Euro im Jahr"),
    "euro/monat": _("Euro im Monat"),
    "euro/tag": _("Euro am Tag"),
    "euro/stunde": _("Euro in der Stunde"),
}


TYPED = re.compile(r"^(\s*\w+): [\w\[\], .|]+ =", re.MULTILINE)
ONLY = re.compile(r"\A(\w+) = (.*)\n= \1\Z", re.DOTALL)
RETURN = re.compile(r"^(\s*)return ", re.MULTILINE)


@dataclass(frozen=True)
class Page:
    """Ein Wert mit allem, was seine Seite zeigt; formula leer, wenn er eingegeben oder vorgegeben ist.

    wage_types: Lohnarten, deren Betrag hier eingeht; computed: Lohnarten, deren Betrag er ergibt; versions: die
    Fassungen einer Regel, die nicht immer gleich lautet.
    """

    entry: Entry
    formula: str
    uses: list[Entry]
    used_by: list[Entry]
    wage_types: list[tuple[int, str]]
    computed: list[tuple[int, str]]
    versions: list[Rule]


def entries(month: date) -> dict[str, Entry]:
    """Alle Werte des Rechts eines Monats nach ihrem Namen."""
    return _entries(month, official.known())


@lru_cache(maxsize=12)
def _entries(month: date, values: official.Values) -> dict[str, Entry]:
    with official.as_known(values):
        return {entry.name: entry for entry in catalogue(rule_book(), month)}


def page(month: date, name: str) -> Page | None:
    """Ein Wert; None, wenn es ihn in diesem Monat nicht gibt."""
    known = entries(month)
    if name not in known:
        return None
    entry = known[name]
    return Page(entry, formula(month, name), _found(known, entry.uses), _found(known, entry.used_by),
                _wage_types(month).get(name, []), _computed(month).get(name, []), _versions(name))


def _versions(name: str) -> list[Rule]:
    """Alle Fassungen einer Regel, die neueste zuerst; leer, wenn es nur eine gibt."""
    found = sorted((one for one in rule_book().rules if one.name == name), key=lambda one: one.since, reverse=True)
    return found if len(found) > 1 else []


def value_of(target: str) -> str:
    """Der Wert, in den der Betrag einer Lohnart eingeht; leer, wenn sie keinen aufnimmt."""
    return {"grundentgelt": "brutto", "nettobezuege": "sonstige_abzuege", "keines": ""}.get(target, target)


@lru_cache(maxsize=12)
def _wage_types(month: date) -> dict[str, list[tuple[int, str]]]:
    """Mitgelieferte Lohnarten nach dem Wert, in den ihr Betrag eingeht: Nummer und Text."""
    found: dict[str, list[tuple[int, str]]] = {}
    for number, one in sorted(shipped_wage_types(month).items()):
        found.setdefault(value_of(one["ziel"]), []).append((number, one["text"]))
    return found


@lru_cache(maxsize=12)
def _computed(month: date) -> dict[str, list[tuple[int, str]]]:
    """Mitgelieferte Lohnarten nach der Regel, die ihren Betrag ergibt: Nummer und Text."""
    found: dict[str, list[tuple[int, str]]] = {}
    for number, one in sorted(shipped_wage_types(month).items()):
        for name in regeln().get(number, ()):
            found.setdefault(name, []).append((number, one["text"]))
    return found


def rules_of(month: date, number: int) -> list[Entry]:
    """Die Werte, die den Betrag einer Lohnart ergeben; leer, wenn er erfasst wird."""
    known = entries(month)
    return [known[name] for name in regeln().get(number, ()) if name in known]


def is_open(entry: Entry, wanted: str, month: date) -> bool:
    """Ob an einem Wert noch offen ist, was `wanted` nennt (siehe OPEN); leer: immer."""
    if wanted == "fundstelle":
        return bool(entry.law) and verification(entry.law) is None
    if wanted == "wert":
        current = [one for one in entry.values if one.since <= month and (one.until is None or one.until >= month)]
        return any(not in_force(one.status) for one in current)
    return True


def _found(known: dict[str, Entry], names: Iterable[str]) -> list[Entry]:
    bare = dict.fromkeys(name if name in known else name.removesuffix(PREVIOUS) for name in names)
    return [known[name] for name in bare if name in known]


def short(title: str) -> str:
    """Titel bis zum ersten Strichpunkt."""
    return title.partition(";")[0]


def formula(month: date, name: str) -> str:
    """Die Rechenvorschrift, wie das Programm sie ausführt, mit Titeln statt Namen."""
    rules, known = law_of(month), entries(month)
    if name not in rules.nodes:
        return ""
    node = rules.nodes[name]
    titles = {}
    for argument, source in zip(node.rule.arguments, node.sources, strict=True):
        bare = source if source in known else source.removesuffix(PREVIOUS)
        if bare in known:
            titles[argument] = f"‹{short(known[bare].title)}{'' if bare == source else ' (Vorjahr)'}›"
    return re.sub(r"\b[a-z_][a-z_0-9]*\b", lambda word: titles.get(word[0], word[0]), _body(node.rule.function))


def _body(function: Any) -> str:
    """Text der Funktion ohne Kopf und Beschreibung."""
    source = textwrap.dedent(inspect.getsource(inspect.unwrap(function)))
    node = ast.parse(source).body[0]
    assert isinstance(node, ast.FunctionDef)
    described = ast.get_docstring(node) is not None
    first = node.body[1 if described and len(node.body) > 1 else 0]
    lines = source.splitlines()[first.lineno - 1 :]
    plain = TYPED.sub(r"\1 =", textwrap.dedent("\n".join(lines)).strip())
    return ONLY.sub(r"= \2", RETURN.sub(r"\1= ", plain))


def in_force(status: str) -> bool:
    """Ob ein Wert dieses Standes als gesichert gilt."""
    return status in IN_FORCE
