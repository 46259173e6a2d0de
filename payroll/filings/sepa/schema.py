"""Amtliche Schemata: das der ISO, wie es sepaxml mitliefert, und was der Betrieb dazulegt (Schema der DK).

Das engere Schema der Deutschen Kreditwirtschaft darf nicht weitergegeben werden; liegt es im Ordner
`KREISLOHN_SCHEMA_DIR`, wird auch dagegen geprüft.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from pathlib import Path

from lxml import etree

from payroll.filings.errors import FilingRefused

FOLDER = "KREISLOHN_SCHEMA_DIR"
SHIPPED = {"pain.001.001.09": ("sepaxml", "schemas/pain.001.001.09.xsd")}


def safe_parser(*, huge: bool = False) -> etree.XMLParser:
    """Liest XML ohne Netz, ohne eigene Dokumentarten, ohne Ersetzungen; huge nur für selbst Geschriebenes."""
    return etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False,
                           huge_tree=huge, remove_comments=True, remove_pis=True)


def demand_schema(content: bytes, kind: str) -> list[str]:
    """Prüft gegen alle vorhandenen Schemata und nennt sie; weicht die Datei ab, entsteht sie nicht."""
    document = etree.fromstring(content, safe_parser(huge=True))
    checked = []
    for name, schema in schemas(kind, os.environ.get(FOLDER, "")):
        if not schema.validate(document):
            first = "; ".join(f"Zeile {one.line}: {one.message}" for one in list(schema.error_log)[:3])
            raise FilingRefused(f"Die Datei entspricht nicht dem Schema {name} und entsteht nicht: {first}")
        checked.append(name)
    return checked


@cache
def schemas(kind: str, folder: str) -> tuple[tuple[str, etree.XMLSchema], ...]:
    """Name und Schema, das mitgelieferte zuerst; je Prozess einmal gelesen."""
    found = []
    if kind in SHIPPED:
        package, path = SHIPPED[kind]
        found.append((f"ISO {kind}", etree.XMLSchema(etree.fromstring((files(package) / path).read_bytes()))))
    found += [(path.name, etree.XMLSchema(etree.parse(str(path), safe_parser()))) for path in _placed(kind, folder)]
    if not found:
        raise FilingRefused(f"Zu {kind} gibt es kein Schema: in den Ordner {FOLDER} legen.")
    return tuple(found)


def _placed(kind: str, folder: str) -> Iterator[Path]:
    if folder:
        yield from sorted(Path(folder).glob(f"{kind}*.xsd"))
