"""The plan's XML as a small tree with line numbers: no DTD, no entities, nothing from outside, bounded in every way."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from payroll.law.plan.errors import Place, PlanError, refuse

MAX_BYTES = 2_000_000
MAX_DEPTH = 80
MAX_ELEMENTS = 30_000


@dataclass
class Element:
    """An element: name, attributes, line of its start tag, child elements. Text is not allowed in a plan."""

    tag: str
    attributes: dict[str, str]
    line: int
    children: list[Element] = field(default_factory=list)

    @property
    def place(self) -> Place:
        """The place for messages."""
        return Place(self.tag, self.line)


class _Tree:
    """Receives what the parser finds; refuses more than a plan can need while it is still being read."""

    def __init__(self) -> None:
        self.parser: Any = None
        self.root: Element | None = None
        self._open: list[Element] = []
        self._count = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """A start tag."""
        element = Element(tag, dict(attributes), self.parser.parser.CurrentLineNumber)
        self._count += 1
        if self._count > MAX_ELEMENTS:
            raise refuse(element.place, f"mehr als {MAX_ELEMENTS} Elemente")
        if len(self._open) >= MAX_DEPTH:
            raise refuse(element.place, f"tiefer als {MAX_DEPTH} Ebenen geschachtelt")
        if self._open:
            self._open[-1].children.append(element)
        else:
            self.root = element
        self._open.append(element)

    def end(self, _tag: str) -> None:
        """An end tag."""
        self._open.pop()

    def data(self, text: str) -> None:
        """Text between elements."""
        if text.strip():
            place = Place(self._open[-1].tag, self.parser.parser.CurrentLineNumber)
            raise refuse(place, f"Text ist hier nicht vorgesehen: {text.strip()[:40]!r}")

    def close(self) -> Element | None:
        """The root."""
        return self.root


def read_bytes(path: Path) -> bytes:
    """The file's content; refuses what cannot be read or is larger than any plan."""
    try:
        with path.open("rb") as stream:
            raw = stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise PlanError(f"{path.name} ist nicht lesbar: {error.strerror}") from error
    if len(raw) > MAX_BYTES:
        raise PlanError(f"{path.name} ist größer als {MAX_BYTES // 1_000_000} MB; das ist kein Programmablaufplan")
    return raw


def parse(raw: bytes) -> Element:
    """The root element of the XML; raises PlanError with the line when it is no plain, well-formed XML."""
    tree = _Tree()
    tree.parser = DefusedXMLParser(target=tree, forbid_dtd=True, forbid_entities=True, forbid_external=True)
    try:
        tree.parser.feed(raw)
        tree.parser.close()
    except DefusedXmlException as error:
        line = tree.parser.parser.CurrentLineNumber
        raise PlanError(f"Zeile {line}: DTD und Entitäten sind in einem Plan nicht erlaubt "
                        f"({type(error).__name__})") from error
    except (ParseError, ValueError, LookupError) as error:
        if isinstance(error, PlanError):
            raise
        raise PlanError(f"kein lesbares XML: {error}") from error
    assert tree.root is not None
    return tree.root
