"""The plan's methods as steps: assignments, branches, calls; bounded in depth and length before anything runs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

from payroll.law.plan.compile import Compiler, Names, Run
from payroll.law.plan.decimals import RowsFault
from payroll.law.plan.document import Element
from payroll.law.plan.errors import Place, PlanError, refuse
from payroll.law.plan.expressions import parse_assignment, parse_expression
from payroll.law.plan.frame import Frame
from payroll.law.plan.operations import Truth

MAX_STEPS = 30_000
MAX_LEVELS = 100
ALLOWED = {"EVAL": {"exec"}, "IF": {"expr"}, "EXECUTE": {"method"}, "THEN": set(), "ELSE": set(), "MAIN": {"name"},
           "METHOD": {"name"}}


@dataclass(frozen=True)
class Assign:
    """name = value."""

    place: Place
    name: str
    run: Run


@dataclass(frozen=True)
class Branch:
    """if test: then, else: otherwise."""

    place: Place
    test: Truth
    then: tuple[Step, ...]
    otherwise: tuple[Step, ...]


@dataclass(frozen=True)
class Execute:
    """The steps of another method."""

    place: Place
    method: str


Step = Assign | Branch | Execute


class StepFault(Exception):
    """Rows that cannot be computed, with the place of the step; ``frame`` and ``fault`` say which rows."""

    def __init__(self, place: Place, frame: Frame, fault: RowsFault) -> None:
        super().__init__(fault.message)
        self.place = place
        self.frame = frame
        self.fault = fault


@dataclass
class Program:
    """All methods; ``run`` executes MAIN on a frame."""

    methods: dict[str, tuple[Step, ...]] = field(default_factory=dict)

    def run(self, frame: Frame) -> None:
        """Execute MAIN; raises StepFault for rows that cannot be computed."""
        self._steps(self.methods["MAIN"], frame)

    def _steps(self, steps: tuple[Step, ...], frame: Frame) -> None:
        for step in steps:
            if isinstance(step, Execute):
                self._steps(self.methods[step.method], frame)
                continue
            try:
                if isinstance(step, Assign):
                    frame.write(step.name, step.run(frame))
                    continue
                mask = step.test(frame)
            except RowsFault as fault:
                raise StepFault(step.place, frame, fault) from fault
            self._branch(step, frame, mask)

    def _branch(self, step: Branch, frame: Frame, mask: object) -> None:
        if isinstance(mask, bool):
            self._steps(step.then if mask else step.otherwise, frame)
            return
        flags = np.asarray(mask)
        yes = np.flatnonzero(flags)
        if yes.size in (0, frame.size):
            self._steps(step.then if yes.size else step.otherwise, frame)
            return
        parts = [(yes, frame.part(yes)), (np.flatnonzero(~flags), frame.part(np.flatnonzero(~flags)))]
        for steps, (_, part) in zip((step.then, step.otherwise), parts, strict=True):
            self._steps(steps, part)
        frame.join(parts)


def compile_program(methods: Iterable[Element], names: Names) -> Program:
    """Compile MAIN and all METHODs; refuses unknown elements, unknown methods, recursion and endless work."""
    program, places = Program(), dict[str, Place]()
    for element in methods:
        if element.tag not in ("MAIN", "METHOD"):
            raise refuse(element.place, "in METHODS sind nur MAIN und METHOD vorgesehen")
        name = "MAIN" if element.tag == "MAIN" else attribute(element, "name")
        if name in program.methods:
            raise refuse(element.place, f"die Methode {name} gibt es schon")
        places[name] = element.place
        program.methods[name] = _block(element, names, name)
    if "MAIN" not in program.methods:
        raise PlanError("dem Plan fehlt MAIN")
    _measure(program)
    return program


def attribute(element: Element, name: str) -> str:
    """An attribute that must be there."""
    value = element.attributes.get(name, "").strip()
    if not value:
        raise refuse(element.place, f"{name} fehlt")
    return value


def _block(parent: Element, names: Names, method: str) -> tuple[Step, ...]:
    _check_attributes(parent)
    return tuple(_step(element, names, method) for element in parent.children)


def _check_attributes(element: Element) -> None:
    unknown = sorted(set(element.attributes) - ALLOWED[element.tag])
    if unknown:
        raise refuse(element.place, f"unbekanntes Attribut {unknown[0]}")


def _step(element: Element, names: Names, method: str) -> Step:
    place = Place(element.tag, element.line, method)
    if element.tag not in ("EVAL", "IF", "EXECUTE"):
        raise refuse(place, "unbekannter Schritt; vorgesehen sind EVAL, IF, EXECUTE")
    _check_attributes(element)
    if element.tag == "IF":
        return _branch(element, names, method, place)
    if element.children:
        raise refuse(place, "darf nichts enthalten")
    if element.tag == "EXECUTE":
        return Execute(place, attribute(element, "method"))
    name, node = parse_assignment(attribute(element, "exec"), place)
    if name not in names.variables:
        what = "ist eine Konstante" if name in names else "ist nicht erklärt"
        raise refuse(place, f"{name!r} {what} und kann keinen Wert erhalten")
    return Assign(place, name, Compiler(names, place).value(node, names.variables[name]))


def _branch(element: Element, names: Names, method: str, place: Place) -> Branch:
    test = Compiler(names, place).test(parse_expression(attribute(element, "expr"), place))
    sides: dict[str, tuple[Step, ...]] = {}
    for side in element.children:
        if side.tag not in ("THEN", "ELSE") or side.tag in sides:
            raise refuse(Place(side.tag, side.line, method), "in IF sind ein THEN und ein ELSE vorgesehen")
        sides[side.tag] = _block(side, names, method)
    return Branch(place, test, sides.get("THEN", ()), sides.get("ELSE", ()))


def _measure(program: Program) -> None:
    """Refuse recursion, calls of methods that do not exist, and plans that would run forever."""
    sizes: dict[str, tuple[int, int]] = {}

    def method(name: str, place: Place, open_calls: tuple[str, ...], level: int) -> tuple[int, int]:
        if name not in program.methods:
            raise refuse(place, f"die Methode {name!r} gibt es nicht")
        if name in open_calls:
            raise refuse(place, f"die Methode {name} ruft sich selbst auf")
        if name not in sizes:
            sizes[name] = block(program.methods[name], place, (*open_calls, name), level)
        return sizes[name]

    def block(steps: tuple[Step, ...], place: Place, calls: tuple[str, ...], level: int) -> tuple[int, int]:
        count = depth = 0
        if level > MAX_LEVELS:
            raise refuse(place, f"mehr als {MAX_LEVELS} Ebenen von Methoden und Bedingungen")
        for step in steps:
            work, levels = 0, 0
            if isinstance(step, Execute):
                work, levels = method(step.method, step.place, calls, level + 1)
            elif isinstance(step, Branch):
                sides = [block(side, step.place, calls, level + 1) for side in (step.then, step.otherwise)]
                work, levels = sum(side[0] for side in sides), max(side[1] for side in sides)
            count, depth = count + 1 + work, max(depth, 1 + levels)
            if count > MAX_STEPS or depth > MAX_LEVELS:
                raise refuse(step.place, f"der Plan hat mehr als {MAX_STEPS} Schritte oder {MAX_LEVELS} Ebenen")
        return count, depth

    for name in program.methods:
        method(name, Place("METHOD", 0, name), (), 0)
