"""The declared part of a plan: inputs, outputs, internal fields, constants, and where the methods are."""

from __future__ import annotations

from dataclasses import dataclass

from payroll.law.plan import decimals as dec
from payroll.law.plan import nodes as ex
from payroll.law.plan.compile import ACCEPTS, NUMBERS, Compiler, Names, Table
from payroll.law.plan.decimals import Decimals, RowsFault
from payroll.law.plan.document import Element
from payroll.law.plan.errors import Place, refuse
from payroll.law.plan.expressions import CLASSES, parse_expression
from payroll.law.plan.frame import Frame
from payroll.law.plan.program import attribute

GROUPS = {"INPUTS": "INPUT", "OUTPUTS": "OUTPUT", "INTERNALS": "INTERNAL"}


@dataclass(frozen=True)
class Declared:
    """A field: INPUT, OUTPUT or INTERNAL, its name, Java type and value at the start."""

    use: str
    name: str
    kind: str
    default: Decimals


@dataclass(frozen=True)
class Declarations:
    """Everything declared, and the elements of the methods."""

    names: Names
    fields: tuple[Declared, ...]
    methods: tuple[Element, ...]


def declarations(root: Element) -> Declarations:
    """Read VARIABLES, CONSTANTS and METHODS; refuses any other element and names declared twice."""
    names, fields, methods = Names(), list[Declared](), list[Element]()
    for part in root.children:
        if part.tag == "VARIABLES":
            for group in part.children:
                fields += _group(group, names)
        elif part.tag == "CONSTANTS":
            for element in part.children:
                _constant(element, names)
        elif part.tag == "METHODS":
            methods += part.children
        else:
            raise refuse(part.place, "unbekannter Teil; vorgesehen sind VARIABLES, CONSTANTS, METHODS")
    return Declarations(names, tuple(fields), tuple(methods))


def _group(group: Element, names: Names) -> list[Declared]:
    if group.tag not in GROUPS:
        raise refuse(group.place, "in VARIABLES sind INPUTS, OUTPUTS, INTERNALS vorgesehen")
    found: list[Declared] = []
    for element in group.children:
        if element.tag != GROUPS[group.tag] or element.children:
            raise refuse(element.place, f"in {group.tag} ist nur {GROUPS[group.tag]} vorgesehen")
        name, kind = _new_name(element, names), attribute(element, "type")
        if kind not in ACCEPTS:
            raise refuse(element.place, f"unbekannter Typ {kind!r}; vorgesehen sind {', '.join(ACCEPTS)}")
        default = _evaluated(element.attributes.get("default") or "0", element.place, Names(), NUMBERS)
        found.append(Declared(element.tag, name, kind, default))
        names.variables[name] = kind
    return found


def _new_name(element: Element, names: Names) -> str:
    name = attribute(element, "name")
    if not (name.isascii() and name.isidentifier()) or name in ("new", *CLASSES):
        raise refuse(element.place, f"{name[:40]!r} ist kein Name")
    if name in names:
        raise refuse(element.place, f"{name} ist schon erklärt")
    return name


def _evaluated(source: str, place: Place, names: Names, kinds: tuple[str, ...]) -> Decimals:
    return _value(parse_expression(source, place), place, names, kinds)


def _value(node: ex.Node, place: Place, names: Names, kinds: tuple[str, ...]) -> Decimals:
    term = Compiler(names, place).term(node)
    if term.kind not in kinds:
        raise refuse(place, f"{kinds[0]} erwartet, nicht {term.kind}")
    try:
        return term.run(Frame(1, {}))
    except RowsFault as fault:
        raise refuse(place, fault.message) from fault


def _constant(element: Element, names: Names) -> None:
    if element.tag != "CONSTANT" or element.children:
        raise refuse(element.place, "in CONSTANTS ist nur CONSTANT vorgesehen")
    place, name, kind = element.place, _new_name(element, names), attribute(element, "type")
    item = kind.removesuffix("[]")
    if item not in ACCEPTS:
        raise refuse(place, f"unbekannter Typ {kind!r}")
    fixed = Names(constants=names.constants, tables=names.tables)
    node = parse_expression(attribute(element, "value"), place)
    if kind == item:
        names.constants[name] = (kind, _value(node, place, fixed, ACCEPTS[kind]))
        return
    if not isinstance(node, ex.Items) or not node.items:
        raise refuse(place, "Werte in geschweiften Klammern erwartet")
    values = [_value(one, place, fixed, ACCEPTS[item]) for one in node.items]
    scale = max(value.scale for value in values)
    numbers = [dec.shift(value, scale - value.scale).num for value in values]
    names.tables[name] = Table(item, tuple(number for number in numbers if isinstance(number, int)), scale)
