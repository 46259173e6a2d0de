"""Das Blatt: Text an Stellen setzen, Linien ziehen, Seiten wechseln; jeder Text bekommt seinen Platz im Strukturbaum.

Maße von oben links in Millimetern; die Umrechnung in Punkt von unten geschieht hier und nur hier.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from payroll.statements.pdf.faces import Face, encode, load
from payroll.statements.pdf.tree import Tree

MM = 72 / 25.4
WIDTH, HEIGHT = 210 * MM, 297 * MM
LEFT, RIGHT, BOTTOM = 20.0, 195.0, 277.0
BLACK, GREY = "0 g", ".32 g"


@dataclass(frozen=True)
class Picture:
    """Ein Bild (JPEG, RGB) auf einer Seite: Nummer der Seite ab 0, Inhalt, Maße in Bildpunkten."""

    page: int
    jpeg: bytes
    wide: int
    high: int


@dataclass
class Sheet:
    """Seiten eines Dokuments als Anweisungen; y ist die laufende Höhe in Millimetern."""

    heading: str
    tree: Tree = field(default_factory=Tree)
    faces: dict[str, Face] = field(default_factory=load)
    pages: list[list[str]] = field(default_factory=lambda: [[]])
    used: set[str] = field(default_factory=set)
    missing: dict[str, str] = field(default_factory=dict)
    pictures: list[Picture] = field(default_factory=list)
    y: float = 0.0
    pitch: float = 3.75
    size: float = 7.8
    title_gap: float = 4.8

    def text(
        self,
        x: float,
        y: float,
        text: str,
        size: float = 8,
        *,
        parent: int = 0,
        role: str = "P",
        weight: str = "regular",
        right: bool = False,
        color: str = BLACK,
        attributes: str = "",
    ) -> None:
        """Setzt einen Text; bei right ist x die rechte Kante."""
        if not text:
            return
        mark = self.tree.mark(parent, role, len(self.pages) - 1, attributes)
        self._show(f"/{role}<</MCID {mark}>>BDC", x, y, text, size, weight, right, color)

    def artifact_text(self, x: float, y: float, text: str, size: float = 7, *, right: bool = False) -> None:
        """Text, den Vorleseprogramme überspringen (Seitenzahl, wiederholter Kopf)."""
        self._show("/Artifact BMC", x, y, text, size, "regular", right, GREY)

    def artifact(self, code: str) -> None:
        """Linien und Flächen."""
        self.pages[-1].append(f"/Artifact BMC {code} EMC")

    def picture(self, jpeg: bytes, size: tuple[int, int], box: tuple[float, float, float, float], alt: str) -> None:
        """Ein Bild mit Ersatztext, eingepasst in links, oben, Breite, Höhe (mm)."""
        left, top, room_x, room_y = box
        factor = min(room_x / size[0], room_y / size[1])
        wide, high = size[0] * factor, size[1] * factor
        place = f"/BBox[{left * MM:.2f} {up(top + high)} {(left + wide) * MM:.2f} {up(top)}]/Placement/Block"
        text = "FEFF" + alt.encode("utf-16-be").hex().upper()
        mark = self.tree.mark(0, "Figure", len(self.pages) - 1, f"/Alt<{text}>/A<</O/Layout{place}>>")
        number = len(self.pictures)
        self.pictures.append(Picture(len(self.pages) - 1, jpeg, *size))
        self.pages[-1].append(f"/Figure<</MCID {mark}>>BDC q {wide * MM:.2f} 0 0 {high * MM:.2f} {left * MM:.2f} "
                              f"{up(top + high)} cm /Bild{number} Do Q EMC")

    def rule(self, x0: float, x1: float, y: float, width: float = 0.4, gray: float = 0.45) -> None:
        """Waagerechte Linie."""
        self.artifact(f"{gray} G {width} w {x0 * MM:.2f} {up(y)} m {x1 * MM:.2f} {up(y)} l S")

    def band(self, x0: float, x1: float, y0: float, y1: float, gray: float = 0.94) -> None:
        """Hinterlegte Fläche."""
        self.artifact(f"{gray} g {x0 * MM:.2f} {up(y1)} {(x1 - x0) * MM:.2f} {(y1 - y0) * MM:.2f} re f")

    def width(self, text: str, size: float, weight: str = "regular") -> float:
        """Breite eines Textes in Millimetern."""
        return self.faces[weight].width(text, size) / MM

    def fit(self, text: str, room: float, size: float) -> str:
        """Kürzt einen Text mit Auslassungszeichen auf eine Zeile."""
        if self.width(text, size) <= room:
            return text
        cut = next(n for n in range(len(text) - 1, 0, -1) if n == 1 or self.width(text[:n] + "…", size) <= room)
        return text[:cut] + "…"

    def wrap(self, text: str, room: float, size: float, weight: str = "regular") -> list[str]:
        """Bricht einen Text an Wortgrenzen um, zu lange Wörter hart; Betrag und Währung bleiben beisammen."""
        if self.width(text, size, weight) <= room:
            return [text]
        rows = [""]
        for word in text.replace(" €", "\u00a0€").split(" "):
            rows = self._add_word(rows, word, room, size, weight)
        return rows

    def room(self, needed: float) -> bool:
        """Wechselt die Seite, wenn needed Millimeter nicht mehr passen; wahr bei Wechsel."""
        if self.y + needed <= BOTTOM:
            return False
        self.new_page()
        return True

    def new_page(self) -> None:
        """Folgeseite mit kleinem Kopf."""
        self.pages.append([])
        self.artifact_text(LEFT, 14, self.fit(self.heading, RIGHT - LEFT, 8), 8)
        self.rule(LEFT, RIGHT, 16)
        self.y = 21.0

    def _add_word(self, rows: list[str], word: str, room: float, size: float, weight: str) -> list[str]:
        trial = f"{rows[-1]} {word}".strip()
        if self.width(trial, size, weight) <= room:
            return [*rows[:-1], trial]
        rows = [*rows, word] if rows[-1] else [word]
        while self.width(rows[-1], size, weight) > room and len(rows[-1]) > 1:
            cut = next(n for n in range(len(rows[-1]) - 1, 0, -1) if n == 1 or self.width(rows[-1][:n], size) <= room)
            rows = [*rows[:-1], rows[-1][:cut], rows[-1][cut:]]
        return rows

    def _show(
        self, opening: str, x: float, y: float, text: str, size: float, weight: str, right: bool, color: str
    ) -> None:
        face = self.faces[weight]
        left = x * MM - (face.width(text, size) if right else 0)
        first = face.parts[0]
        if not face.core.keys() >= set(text):
            shown = self._mixed(face, text, size)
        else:
            self.used.add(first.key)
            shown = f"/{first.key} {size} Tf<{encode(first, text)}>Tj"
        self.pages[-1].append(f"{opening} {color} BT 1 0 0 1 {left:.2f} {up(y)} Tm {shown} ET EMC")

    def _mixed(self, face: Face, text: str, size: float) -> str:
        for char in face.missing(text):
            self.missing.setdefault(char, text)
        shown = []
        for number, glyphs in face.runs(text):
            key = face.parts[number].key
            self.used.add(key)
            shown.append(f"/{key} {size} Tf<{glyphs}>Tj")
        return " ".join(shown)


def up(y: float) -> str:
    """Höhe von oben in Millimetern als Koordinate von unten in Punkt."""
    return f"{HEIGHT - y * MM:.2f}"
