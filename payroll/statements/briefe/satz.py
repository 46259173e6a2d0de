"""Ein Brief als PDF/UA-1 und PDF/A-2a: Absender, Anschrift im Fenster, Betreff, Absätze, Listen, Überschriften."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date

from jobportal.content import paragraphs
from payroll.statements.pdf import letter, prose
from payroll.statements.pdf.document import About, write
from payroll.statements.pdf.letter import SIZE
from payroll.statements.pdf.sheet import LEFT, RIGHT, Sheet

Drawing = Callable[[Sheet], None]


@dataclass(frozen=True)
class Brief:
    """Ein fertiger Brief. zeile: kleine Angabe unter dem Betreff (Personalnummer); zeichnungen: was an der Stelle von
    „{name}“ gezeichnet wird, zum Beispiel eine Tabelle."""

    absender: tuple[str, ...]
    empfaenger: tuple[str, ...]
    betreff: str
    text: str
    tag: date
    zeile: str = ""
    ort: str = ""
    stichwort: str = ""
    zeichnungen: Mapping[str, Drawing] = field(default_factory=dict)


def render(brief: Brief) -> bytes:
    """Erzeugt das Dokument; gleicher Inhalt und Tag ergeben gleiche Bytes."""
    sheet = Sheet(f"{brief.betreff}{f' – {brief.zeile}' if brief.zeile else ''}")
    _head(sheet, brief)
    sheet.y += 9
    prose.subject(sheet, brief.betreff)
    if brief.zeile:
        sheet.y += 6
        sheet.text(LEFT, sheet.y, brief.zeile, SIZE)
    sheet.y += 3
    for block in _blocks(brief.text):
        _block(sheet, brief, block)
    if sheet.missing:
        chars = ", ".join(f"„{char}“" for char in sheet.missing)
        raise ZeichenFehlt(f"Diese Zeichen gibt es in den Schriften nicht: {chars}. Anders schreiben.")
    letter.feet(sheet, brief.absender[0])
    return write(sheet, About(brief.betreff, brief.absender[0], brief.betreff, brief.stichwort, brief.tag))


class ZeichenFehlt(ValueError):
    """Der Brief enthält Zeichen, die kein Papier zeigen kann (zum Beispiel Bildzeichen)."""


def words(brief: Brief) -> str:
    """Der Text des Briefes zum Durchsuchen."""
    return "\n\n".join((brief.betreff, *brief.empfaenger, brief.text))


def _blocks(text: str) -> list[str]:
    return [block for block in text.split("\n\n") if block.strip()]


def _block(sheet: Sheet, brief: Brief, block: str) -> None:
    name = block.strip().removeprefix("{").removesuffix("}")
    if block.strip() == f"{{{name}}}" and name in brief.zeichnungen:
        sheet.y += 3
        brief.zeichnungen[name](sheet)
        sheet.y += 2
        return
    if block.startswith("# ") and "\n" not in block.strip():
        prose.heading(sheet, block[2:].strip())
        return
    for part in paragraphs(block):
        if part.liste:
            prose.bullets(sheet, part.zeilen)
        else:
            prose.paragraph(sheet, "\n".join(part.zeilen), SIZE)


def _head(sheet: Sheet, brief: Brief) -> None:
    letter.head(sheet, brief.absender, brief.empfaenger)
    sheet.y = max(sheet.y, 72.0)
    place = f"{brief.ort}, " if brief.ort else ""
    sheet.text(RIGHT, sheet.y, f"{place}{brief.tag:%d.%m.%Y}", SIZE, right=True)
