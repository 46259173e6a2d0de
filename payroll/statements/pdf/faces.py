"""Eingebettete Schriften: Breiten, Kodierung und die fertigen PDF-Objekte, einmal je Prozess vorbereitet."""

from __future__ import annotations

import functools
import json
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from payroll.statements import fonts

REPLACEMENT = "?"


class FontsMissing(RuntimeError):
    """Die Schriften sind noch nicht eingerichtet."""


@dataclass(frozen=True)
class Part:
    """Ein Teil eines Schnitts: Zeichen, Breiten und die fünf PDF-Objekte der Schrift."""

    key: str
    codes: dict[int, int] = field(repr=False)
    widths: dict[str, int] = field(repr=False)
    objects: tuple[bytes, ...] = field(repr=False)


@dataclass(frozen=True)
class Face:
    """Ein Schnitt (regular oder strong) mit allen Teilen; core deckt fast jeden Text ab."""

    weight: str
    parts: tuple[Part, ...]
    home: dict[str, int] = field(repr=False)
    core: dict[str, int] = field(repr=False)

    def width(self, text: str, size: float) -> float:
        """Breite eines Textes in Punkt."""
        try:
            return sum(map(self.core.__getitem__, text)) * size / 1000
        except KeyError:
            parts = (self.parts[self.home.get(char, 0)].widths for char in text)
            return sum(w.get(c, w.get(REPLACEMENT, 500)) for w, c in zip(parts, text, strict=True)) * size / 1000

    def missing(self, text: str) -> list[str]:
        """Zeichen, die keine der Schriften kennt."""
        return [char for char in text if char not in self.home]

    def runs(self, text: str) -> Iterator[tuple[int, str]]:
        """Zerlegt einen Text in Stücke gleicher Teile: (Teil, Hexadezimale Glyphen)."""
        start, current = 0, -1
        text = "".join(char if char in self.home else REPLACEMENT for char in text)
        for at, char in enumerate(text):
            part = current if char == " " and current >= 0 else self.home[char]
            part = part if char in self.parts[part].widths else self.home[char]
            if part != current:
                if at > start:
                    yield current, encode(self.parts[current], text[start:at])
                start, current = at, part
        if text:
            yield current, encode(self.parts[current], text[start:])


def encode(part: Part, text: str) -> str:
    """Glyphennummern eines Textes, zwei Bytes je Zeichen, hexadezimal."""
    return text.translate(part.codes).encode("utf-16-be").hex()


@functools.cache
def load(folder: Path = fonts.HERE) -> dict[str, Face]:
    """Liest die eingerichteten Schriften; fehlen sie, sagt die Meldung, wie man sie einrichtet."""
    if not fonts.ready(folder):
        raise FontsMissing("Schriften fehlen: „python -m payroll.statements.fonts“ ausführen (Teil von make install).")
    index = json.loads((folder / fonts.INDEX).read_text(encoding="ascii"))["parts"]
    weights = sorted({entry["weight"] for entry in index})
    return {weight: _face(weight, [e for e in index if e["weight"] == weight], folder) for weight in weights}


def _face(weight: str, entries: list[dict[str, Any]], folder: Path) -> Face:
    parts = tuple(_part(entry, folder) for entry in sorted(entries, key=lambda entry: entry["number"]))
    home: dict[str, int] = {}
    for number, part in enumerate(parts):
        for char in part.widths:
            home.setdefault(char, number)
    return Face(weight, parts, home, parts[0].widths)


def _part(entry: dict[str, Any], folder: Path) -> Part:
    codes = dict(zip(entry["characters"], entry["glyphs"], strict=True))
    widths = {chr(code): entry["widths"][glyph] for code, glyph in codes.items()}
    key = f"{entry['weight'][0].upper()}{entry['number']}"
    return Part(key, codes, widths, _objects(entry, codes, (folder / entry["file"]).read_bytes()))


def _objects(entry: dict[str, Any], codes: dict[int, int], program: bytes) -> tuple[bytes, ...]:
    """Type0, CIDFont, FontDescriptor, ToUnicode, FontFile2; %d steht für die Nummer des bezogenen Objekts."""
    tag = "".join(chr(65 + (ord(c) * 7 + i) % 26) for i, c in enumerate((entry["weight"] * 2 + entry["file"])[:6]))
    name = f"{tag}+{entry['name']}"
    box = " ".join(map(str, entry["box"]))
    widths = " ".join(map(str, entry["widths"]))
    cmap = zlib.compress(_to_unicode(codes).encode("ascii"), 9)
    stem = 80 if entry["weight"] == "regular" else 130
    top = f"/Subtype/Type0/BaseFont/{name}/Encoding/Identity-H/DescendantFonts[%d 0 R]/ToUnicode %d 0 R"
    system = "<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>"
    cid = (
        f"/Subtype/CIDFontType2/BaseFont/{name}/CIDSystemInfo{system}/FontDescriptor %d 0 R/CIDToGIDMap/Identity"
        f"/DW 560/W[0[{widths}]]"
    )
    descriptor = (
        f"/FontName/{name}/Flags 4/FontBBox[{box}]/ItalicAngle 0/Ascent {entry['ascent']}"
        f"/Descent {entry['descent']}/CapHeight {entry['cap']}/StemV {stem}/FontFile2 %d 0 R"
    )
    return (
        f"<</Type/Font{top}>>".encode("ascii"),
        f"<</Type/Font{cid}>>".encode("ascii"),
        f"<</Type/FontDescriptor{descriptor}>>".encode("ascii"),
        stream(cmap, "/Filter/FlateDecode"),
        stream(program, f"/Filter/FlateDecode/Length1 {entry['length']}"),
    )


def stream(data: bytes, entries: str) -> bytes:
    """Ein fertiger Datenstrom mit seinem Verzeichnis."""
    return b"<<%s/Length %d>>\nstream\n%s\nendstream" % (entries.encode("ascii"), len(data), data)


def _to_unicode(codes: dict[int, int]) -> str:
    lines = [f"<{glyph:04x}> <{code:04x}>" for code, glyph in sorted(codes.items(), key=lambda item: item[1])]
    blocks = [lines[at : at + 100] for at in range(0, len(lines), 100)]
    body = "\n".join(f"{len(block)} beginbfchar\n" + "\n".join(block) + "\nendbfchar" for block in blocks)
    return (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap\n"
        "/CIDSystemInfo <</Registry (Adobe) /Ordering (UCS) /Supplement 0>> def\n"
        "/CMapName /Adobe-Identity-UCS def /CMapType 2 def\n"
        "1 begincodespacerange <0000> <ffff> endcodespacerange\n"
        f"{body}\nendcmap CMapName currentdict /CMap defineresource pop end end\n"
    )
