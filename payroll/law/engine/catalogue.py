"""The catalogue of all values of a day, generated from the rule book: what it is, whose law, from what, for what."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from payroll.law.engine.book import RuleBook
from payroll.law.engine.build import PREVIOUS
from payroll.law.engine.figures import value_text
from payroll.law.engine.parameters import DatedValue, Parameter, to_argument
from payroll.law.engine.quantity import Quantity
from payroll.law.engine.rule_set import RuleSet


@dataclass(frozen=True)
class DatedText:
    """One dated value of a parameter, as text."""

    since: date
    until: date | None
    text: str
    source: str
    status: str
    overlay: bool


@dataclass(frozen=True)
class Entry:
    """A value of the catalogue; ``art`` is "Regel", "Eingabe" or "Wert des Rechts"."""

    name: str
    art: str
    area: str
    title: str
    law: str
    unit: str
    kind: str
    since: date | None
    until: date | None
    exported: bool
    when: str | None
    uses: tuple[str, ...]
    used_by: tuple[str, ...]
    values: tuple[DatedText, ...] = ()


def catalogue(book: RuleBook, day: date) -> list[Entry]:
    """All values of the day by area and name: rules, the inputs and the parameters that they use."""
    rules = book.build(day)
    used_by = _users(rules)
    entries = [_rule_entry(book, rules, name, used_by) for name in rules.nodes]
    entries += [Entry(one.name, "Eingabe", one.folder, one.title, "", one.unit, one.kind, None, None, True, None, (),
                      _names(used_by, one.name)) for one in book.inputs.values() if one.name in used_by]
    bare = {name.removesuffix(PREVIOUS): None for name in rules.parameters}
    entries += [_parameter_entry(book, book.parameters[name], used_by) for name in bare]
    return sorted(entries, key=lambda entry: (entry.area, entry.art, entry.name))


def _users(rules: RuleSet) -> dict[str, dict[str, None]]:
    """Names of the rules that use a value, by the value's name."""
    found: dict[str, dict[str, None]] = {}
    for node in rules.nodes.values():
        for source in (*node.sources, *([node.when] if node.when else [])):
            bare = source.removesuffix(PREVIOUS) if source in rules.parameters else source
            found.setdefault(bare, {})[node.name] = None
    return found


def _names(used_by: dict[str, dict[str, None]], name: str) -> tuple[str, ...]:
    return tuple(sorted(used_by.get(name, ())))


def _rule_entry(book: RuleBook, rules: RuleSet, name: str, used_by: dict[str, dict[str, None]]) -> Entry:
    node = rules.nodes[name]
    one = node.rule
    title = one.full_title
    return Entry(name, "Regel", one.folder, title, one.law, one.unit, one.result, one.since, one.until,
                 name in book.exports.get(one.folder, ()), node.when, node.sources, _names(used_by, name))


def _parameter_entry(book: RuleBook, one: Parameter, used_by: dict[str, dict[str, None]]) -> Entry:
    values = tuple(DatedText(v.ab, v.bis, _value(one, v), v.quelle, v.status, v in one.overlays) for v in one.versions)
    return Entry(one.name, "Wert des Rechts", one.folder, one.titel, one.paragraf, one.einheit, one.kind,
                 one.versions[0].ab, None, one.name in book.exports.get(one.folder, ()), None, (),
                 _names(used_by, one.name), values)


def _value(one: Parameter, value: DatedValue) -> str:
    argument = to_argument(one, value)
    if isinstance(argument, Quantity):
        return value_text(argument.value, argument.kind, one.einheit, period=True)
    size = len(value.wert)
    return f"{size} {'Zonen' if isinstance(argument, tuple) else 'Tabellenwerte'}"


def markdown(entries: Iterable[Entry], day: date) -> str:
    """The catalogue as a German handbook page."""
    lines = ["# Katalog aller Werte", "",
             f"Stand des Rechts: {day:%d.%m.%Y}. Erzeugt aus den Regeln; nicht von Hand ändern."]
    area = ""
    for entry in entries:
        if entry.area != area:
            area = entry.area
            lines += ["", f"## {area}"]
        lines += ["", f"### {entry.name}", "", f"{entry.title}. {entry.art}{', ' + entry.law if entry.law else ''}."
                  f" Einheit: {entry.unit}.", ""]
        lines += _details(entry)
    return "\n".join(lines) + "\n"


def _details(entry: Entry) -> list[str]:
    lines: list[str] = []
    if entry.art == "Regel" and entry.since:
        until = f" bis {entry.until:%d.%m.%Y}" if entry.until else ""
        lines.append(f"- gilt ab {entry.since:%d.%m.%Y}{until}{', auch für andere Gebiete' if entry.exported else ''}")
    if entry.when:
        lines.append(f"- nur wenn `{entry.when}`")
    if entry.uses:
        lines.append(f"- aus: {', '.join(f'`{name}`' for name in entry.uses)}")
    if entry.used_by:
        lines.append(f"- für: {', '.join(f'`{name}`' for name in entry.used_by)}")
    if entry.values:
        lines += ["", "| ab | bis | Wert | Quelle | Status |", "|---|---|---|---|---|"]
        lines += [f"| {v.since:%d.%m.%Y} | {f'{v.until:%d.%m.%Y}' if v.until else ''} | {v.text} | "
                  f"{_cell(v.source)} | {v.status}{' (Mandant)' if v.overlay else ''} |" for v in entry.values]
    return lines


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
