"""Schriften der Abrechnung einrichten: aus dem Paket @kern-ux/native (npm) in den Ordner _fonts.

Aufruf: python -m payroll.statements.fonts. Je Schnitt entstehen mehrere Teile (Kern, Namen Europas, Latein erweitert,
Griechisch und Kyrillisch, Ersatzschrift); ein Dokument bettet nur die Teile ein, die es braucht. Die Ziffern sind
Tabellenziffern.
"""

from __future__ import annotations

import io
import json
import logging
import sys
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

HERE = Path(__file__).parent / "_fonts"
PACKAGE = Path(__file__).parents[2] / "node_modules" / "@kern-ux" / "native" / "dist" / "fonts"
INDEX = "index.json"
FORMAT = 2

SIGNS = "\u00a0§©®°±·×–—‘’‚“”„†•…‰‹›€−≤≥→ẞ"
CORE = [*range(0x20, 0x7F), *range(0xC0, 0x100), *map(ord, SIGNS), 0xA3, 0xAB, 0xB2, 0xB3, 0xB4, 0xB5, 0xBB, 0xBD]
NAMES = [*range(0x100, 0x180), *range(0x218, 0x21C), 0x2BC, *range(0xA1, 0xC0)]
LATIN = [*range(0x180, 0x250), *range(0x2B0, 0x370), *range(0x1E00, 0x1F00), *range(0x2000, 0x2070)]
GREEK_CYRILLIC = [*range(0x370, 0x530), *range(0x1F00, 0x2000), *range(0x20A0, 0x20D0), *range(0x2100, 0x2260)]


class FontSourceMissing(RuntimeError):
    """Die Schriftdateien des npm-Pakets fehlen."""


@dataclass(frozen=True)
class Cut:
    """Ein Schnitt mit seiner Ersatzschrift, beide als Datei des Pakets."""

    weight: str
    main: str
    fallback: str


CUTS = (
    Cut("regular", "fira-sans/FiraSans-Regular.woff2", "noto-sans/NotoSans-Regular.woff2"),
    Cut("strong", "fira-sans/FiraSans-SemiBold.woff2", "noto-sans/NotoSans-Bold.woff2"),
)


def install(target: Path = HERE, package: Path = PACKAGE) -> list[dict[str, Any]]:
    """Legt alle Teile an und schreibt ihr Verzeichnis; ein zweiter Aufruf ergibt dieselben Dateien."""
    missing = [name for cut in CUTS for name in (cut.main, cut.fallback) if not (package / name).is_file()]
    if missing:
        raise FontSourceMissing(
            f"Schriftdatei {missing[0]} fehlt im Paket @kern-ux/native. Zuerst „npm ci“ im Projektordner ausführen."
        )
    target.mkdir(parents=True, exist_ok=True)
    parts = [part for cut in CUTS for part in _parts(cut, package, target)]
    (target / INDEX).write_text(json.dumps({"format": FORMAT, "parts": parts}, ensure_ascii=True), encoding="ascii")
    return parts


def ready(target: Path = HERE) -> bool:
    """Wahr, wenn das Verzeichnis der Teile vorliegt und zur Fassung dieses Programms passt."""
    file = target / INDEX
    return file.is_file() and json.loads(file.read_text(encoding="ascii"))["format"] == FORMAT


def _parts(cut: Cut, package: Path, target: Path) -> list[dict[str, Any]]:
    main, spare = (TTFont(package / name, recalcTimestamp=False).getBestCmap() for name in (cut.main, cut.fallback))
    core = [code for code in CORE if code in main]
    names = [code for code in NAMES if code in main and code not in core]
    latin = [code for code in LATIN if code in main and code not in (*core, *names)]
    further = [code for code in GREEK_CYRILLIC if code in main]
    rest = [code for code in (*NAMES, *LATIN, *GREEK_CYRILLIC) if code in spare and code not in main]
    plan = ((cut.main, core), (cut.main, names), (cut.main, latin), (cut.main, further), (cut.fallback, rest))
    return [_part(cut.weight, i, package / name, codes, target) for i, (name, codes) in enumerate(plan)]


def _part(weight: str, number: int, source: Path, codes: list[int], target: Path) -> dict[str, Any]:
    font = TTFont(source, recalcTimestamp=False)
    font.flavor = None
    _tabular_digits(font)
    options = Options(layout_features=[], hinting=False, notdef_outline=True, glyph_names=False, name_IDs=[6])
    options.drop_tables += ["GPOS", "GSUB", "GDEF", "DSIG", "kern", "STAT", "gasp", "meta"]
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=codes)
    subsetter.subset(font)
    file = f"{weight}-{number}.ttf.z"
    buffer = io.BytesIO()
    font.save(buffer, reorderTables=False)
    (target / file).write_bytes(zlib.compress(buffer.getvalue(), 9))
    return {"weight": weight, "number": number, "file": file, "length": buffer.tell(), **_measures(font)}


def _tabular_digits(font: TTFont) -> None:
    """Ziffern und Zeichen gleicher Breite werden die gewöhnlichen: Beträge stehen sauber untereinander."""
    table = font["GSUB"].table
    lookups = {
        index
        for record in table.FeatureList.FeatureRecord
        if record.FeatureTag == "tnum"
        for index in record.Feature.LookupListIndex
    }
    swap: dict[str, str] = {}
    for index in lookups:
        for item in table.LookupList.Lookup[index].SubTable:
            inner = getattr(item, "ExtSubTable", item)
            swap.update(getattr(inner, "mapping", {}))
    for cmap in font["cmap"].tables:
        for digit in range(0x30, 0x3A):
            if digit in getattr(cmap, "cmap", {}):
                cmap.cmap[digit] = swap.get(cmap.cmap[digit], cmap.cmap[digit])


def _measures(font: TTFont) -> dict[str, Any]:
    scale = 1000 / font["head"].unitsPerEm
    head, os2 = font["head"], font["OS/2"]
    advance = font["hmtx"]
    order = font.getReverseGlyphMap()
    characters = {code: order[name] for code, name in sorted(font.getBestCmap().items())}
    return {
        "name": str(font["name"].getDebugName(6)),
        "box": [round(value * scale) for value in (head.xMin, head.yMin, head.xMax, head.yMax)],
        "ascent": round(font["hhea"].ascent * scale),
        "descent": round(font["hhea"].descent * scale),
        "cap": round(getattr(os2, "sCapHeight", 700) * scale),
        "characters": list(characters),
        "glyphs": list(characters.values()),
        "widths": [round(advance[name][0] * scale) for name in font.getGlyphOrder()],
    }


def main() -> int:
    """Richtet die Schriften ein und sagt, was geschehen ist."""
    logging.getLogger("fontTools").setLevel(logging.ERROR)  # notes on the source files help nobody here
    try:
        parts = install()
    except FontSourceMissing as error:
        sys.stderr.write(f"{error}\n")
        return 1
    covered = len({code for part in parts for code in part["characters"]})
    sys.stdout.write(f"Schriften eingerichtet: {len(parts)} Teile, {covered} Zeichen.\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
