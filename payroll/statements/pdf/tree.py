"""Strukturbaum des PDF: Überschriften, Tabellen und Absätze für Vorleseprogramme."""

from __future__ import annotations

from dataclasses import dataclass, field

from reportlab.pdfbase import pdfdoc


class Constant(pdfdoc.PDFObject):
    """Ein Objekt, dessen Bytes feststehen oder kurz vor dem Schreiben eingesetzt werden."""

    __RefOnly__ = 1

    def __init__(self, body: bytes = b"") -> None:
        self.body = body

    def format(self, _document: pdfdoc.PDFDocument) -> bytes:
        """Bytes des Objekts, wie reportlab sie erwartet."""
        return self.body


def allocate(document: pdfdoc.PDFDocument, body: bytes = b"") -> tuple[int, Constant]:
    """Meldet ein Objekt an und nennt seine Nummer."""
    item = Constant(body)
    document.Reference(item)
    return document.objectcounter, item


@dataclass
class Tree:
    """Elemente in Leserichtung; die Wurzel ist Element 0 (Document)."""

    roles: list[str] = field(default_factory=lambda: ["Document"])
    parents: list[int] = field(default_factory=lambda: [-1])
    attributes: list[str] = field(default_factory=lambda: [""])
    kids: list[list[int]] = field(default_factory=lambda: [[]])
    places: list[tuple[int, int] | None] = field(default_factory=lambda: [None])
    marks: dict[int, list[int]] = field(default_factory=dict)

    def add(self, parent: int, role: str, attributes: str = "") -> int:
        """Neues Element unter parent; gibt seine Nummer."""
        number = len(self.roles)
        self.roles.append(role)
        self.parents.append(parent)
        self.attributes.append(attributes)
        self.kids.append([])
        self.places.append(None)
        self.kids[parent].append(number)
        return number

    def mark(self, parent: int, role: str, page: int, attributes: str = "") -> int:
        """Neues Element mit Inhalt auf einer Seite; gibt die Nummer der Markierung (MCID)."""
        number = self.add(parent, role, attributes)
        marks = self.marks.setdefault(page, [])
        marks.append(number)
        self.places[number] = (page, len(marks) - 1)
        return len(marks) - 1

    def write(self, document: pdfdoc.PDFDocument) -> None:
        """Schreibt den Baum in das Dokument; alle Seiten müssen schon angelegt sein."""
        root, root_body = allocate(document)
        slots = [allocate(document) for _ in self.roles]
        numbers = [number for number, _ in slots]
        pages = [document.idToObjectNumberAndVersion[page.__InternalName__][0] for page in document.Pages.pages]
        for i, (_, item) in enumerate(slots):
            parent = numbers[self.parents[i]] if i else root
            item.body = self._element(i, parent, numbers, pages)
        entries = "".join(
            f"{page}[{' '.join(f'{numbers[n]} 0 R' for n in marks)}]" for page, marks in sorted(self.marks.items())
        )
        parent_tree, _ = allocate(document, f"<</Nums[{entries}]>>".encode("ascii"))
        root_body.body = (
            f"<</Type/StructTreeRoot/K {numbers[0]} 0 R/ParentTree {parent_tree} 0 R"
            f"/ParentTreeNextKey {len(pages)}>>".encode("ascii")
        )
        document.Catalog.StructTreeRoot = root_body
        document.Catalog.MarkInfo = Constant(b"<</Marked true>>")

    def _element(self, i: int, parent: int, numbers: list[int], pages: list[int]) -> bytes:
        head = f"<</S/{self.roles[i]}/P {parent} 0 R{self.attributes[i]}"
        place = self.places[i]
        if place is not None:
            return f"{head}/Pg {pages[place[0]]} 0 R/K {place[1]}>>".encode("ascii")
        return f"{head}/K[{' '.join(f'{numbers[kid]} 0 R' for kid in self.kids[i])}]>>".encode("ascii")
