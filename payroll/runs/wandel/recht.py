"""Das Recht eines Monats Schritt für Schritt in das eines anderen überführen: Kalender, Werte je Gebiet, Regeln."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from typing import Any

from payroll.law import official
from payroll.law.calculate import gross_to_net, law_of, month_inputs
from payroll.law.engine import Result, RuleSet, evaluate
from payroll.law.engine.build import PREVIOUS
from payroll.law.tongue import foreign, say
from payroll.runs import taxyear
from payroll.runs.values import VALUES
from payroll.runs.wandel.anteile import Beleg

Column = Any
WANTED = tuple(name for name in VALUES if name != "tabellenentgelt")
GEBIETE = {
    "sozialversicherung": "Rechengrößen der Sozialversicherung",
    "lohnsteuer": "Werte des Lohnsteuerrechts",
    "zusatzversorgung": "Werte der Zusatzversorgung",
    "nebenleistungen": "Werte der Nebenleistungen",
    "pfaendung": "Pfändungsgrenzen",
    "jahresausgleich": "Werte des Jahresausgleichs",
    "entgelt": "Entgelttabelle",
    "besoldung": "Besoldungstabelle",
}


@dataclass(frozen=True)
class Stufe:
    """Ein Zwischenschritt des Rechts: Art und Titel der Ursache, Belege, und wie damit gerechnet wird."""

    art: str
    titel: str
    belege: tuple[Beleg, ...]
    rechne: Callable[[dict[str, Column]], Result]


def with_law(month: date, rules: RuleSet) -> Callable[[dict[str, Column]], Result]:
    """Rechnet mit diesen Regeln und dem Kalender dieses Monats."""
    calendar = {name: value for name, value in month_inputs(month).items() if name in rules.inputs}
    return lambda columns: evaluate(rules, {**calendar, **columns}, WANTED)


def of_month(month: date, values: official.Values = ()) -> Callable[[dict[str, Column]], Result]:
    """Rechnet wie ein Lauf dieses Monats, auch vorläufig nach einem Programmablaufplan."""
    plan = taxyear.plan_of(month)
    if plan is not None:
        return lambda columns: gross_to_net(month, columns, WANTED, plan=plan)
    return with_law(month, law_known(month, values))


def between(before: date, after: date, then: official.Values = (), now: official.Values = ()) -> Iterator[Stufe]:
    """Alle Schritte vom Recht des einen Monats zu dem des anderen; der letzte ist das ganze Recht des anderen.

    then, now: die amtlichen Werte, die beim einen und beim anderen bekannt waren. Zuerst der Kalender, dann je Gebiet
    die geänderten Rechtswerte, zuletzt die Regeln. Ist einer der Monate vorläufig nach einem Programmablaufplan
    gerechnet, gibt es nur einen Schritt.
    """
    if before == after and then == now:
        return
    if taxyear.plan_of(before) is not None or taxyear.plan_of(after) is not None:
        yield Stufe("recht", say("Recht des Monats"), (), of_month(after))
        return
    rules, target = law_known(before, then), law_known(after, now)
    old = rules
    if before != after:
        yield Stufe("kalender", say("Kalender und Länge des Monats"), (), with_law(after, rules))
    for area, names in _changed(before, after, then, now).items():
        rules = replace(rules, arguments=rules.arguments | {name: target.arguments[name] for name in names})
        yield Stufe("recht", say(GEBIETE.get(area, area)), documents(target, names, rules_before=old),
                    with_law(after, rules))
    yield Stufe("recht", say("Rechtsregeln des neuen Monats"), (), with_law(after, target))


def law_known(month: date, values: official.Values) -> RuleSet:
    """Das Recht eines Monats mit diesen amtlichen Werten."""
    with official.as_known(values):
        return law_of(month)


@lru_cache(64)
def _changed(before: date, after: date, then: official.Values, now: official.Values) -> dict[str, tuple[str, ...]]:
    """Je Gebiet die Rechtswerte, die in beiden Monaten gelten und verschieden sind."""
    old, new = law_known(before, then), law_known(after, now)
    found: dict[str, list[str]] = {}
    for name, (parameter, day) in new.parameters.items():
        if name not in old.arguments or name not in old.parameters:
            continue
        last, its_day = old.parameters[name]
        if last.on(its_day) != parameter.on(day):
            found.setdefault(parameter.folder.partition("/")[0].partition(".")[0], []).append(name)
    order = {area: place for place, area in enumerate(GEBIETE)}
    return {area: tuple(found[area]) for area in sorted(found, key=lambda area: order.get(area, len(order)))}


def documents(rules: RuleSet, names: tuple[str, ...], rules_before: RuleSet) -> tuple[Beleg, ...]:
    """Die geänderten Rechtswerte mit altem und neuem Wert, Tag und Fundstelle."""
    found = []
    for name in names:
        if name.endswith(PREVIOUS):
            continue
        parameter, day = rules.parameters[name]
        value, last = parameter.on(day), rules_before.parameters[name][0].on(rules_before.parameters[name][1])
        if value is None:
            continue
        plain = isinstance(value.wert, (int, str)) or not hasattr(value.wert, "__len__")
        old = f"{last.wert} → " if last is not None and plain else ""
        unit = f" {say(parameter.einheit)}" if plain else ""
        text = f"{say(parameter.titel)}: {old}{value.wert}{unit}" if plain else say(parameter.titel)
        notation = text.replace(".", ",") if plain and not foreign() else text
        found.append(Beleg(notation, value.ab, parameter.paragraf))
    return tuple(found)
