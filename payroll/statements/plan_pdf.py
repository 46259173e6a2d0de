"""Der Stellenplan als ausgezeichnetes PDF, mit denselben Schriften und demselben Strukturbaum wie die Abrechnung."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import pairwise

from payroll.statements.pdf import feet, table
from payroll.statements.pdf.document import About, write
from payroll.statements.pdf.sheet import LEFT, RIGHT, Sheet
from payroll.statements.pdf.table import Column, Row
from staffplan.documents import tables
from staffplan.documents.content import Inhalt
from staffplan.documents.tables import Tabelle

CHUNK = 9
NAME_EDGE, NOTES_WIDTH, RANK_WIDTH = 62.0, 36.0, 15.0
EDGES = {
    "veraenderungen": (LEFT, 38.0, 70.0, 94.0, 127.0, 160.0, RIGHT),
    "uebersicht_b": (LEFT, 82.0, 104.0, 128.0, 154.0, RIGHT),
}


def render(plan: Inhalt, made_on: date, decided: str = "") -> bytes:
    """Erzeugt das Dokument; gleicher Inhalt und gleicher Tag ergeben gleiche Bytes. `decided`: Satz zum Beschluss."""
    sheet = Sheet(f"{plan.titel} – {plan.mandant}")
    sheet.y = 28.0
    sheet.text(LEFT, sheet.y, plan.titel, 18, role="H1", weight="strong")
    sheet.text(LEFT, sheet.y + 7, plan.mandant, 11)
    sheet.text(LEFT, sheet.y + 13, decided or "Entwurf, noch nicht beschlossen", 9)
    sheet.y += 17
    for one in tables.of(plan):
        for title, columns, rows in _parts(plan, one):
            table.draw(sheet, title, columns, rows, wrap=True)
        for note in one.hinweise:
            sheet.room(sheet.pitch + 1)
            sheet.y += sheet.pitch
            sheet.text(LEFT, sheet.y, note, 7.2)
        if not one.reihen:
            sheet.y += sheet.pitch
            sheet.text(LEFT, sheet.y, "keine", 7.8)
    feet.number_pages(sheet)
    return write(sheet, About(f"{plan.titel} – {plan.mandant}", plan.mandant, plan.titel, str(plan.jahr), made_on))


def _parts(plan: Inhalt, one: Tabelle) -> Iterator[tuple[str, list[Column], list[Row]]]:
    """Eine Tabelle in Blöcken, die auf das Blatt passen; jeder Block wiederholt die erste Spalte."""
    if one.schluessel in EDGES:
        columns = [Column(name, left if number else left + 2 * (at > 0), right, number) for at, ((name, number), (
            left, right)) in enumerate(zip(one.spalten, pairwise(EDGES[one.schluessel]), strict=True))]
        yield one.titel, columns, _rows(plan, one, range(len(one.spalten)))
        return
    overview = one.schluessel in ("uebersicht_a1", "uebersicht_a2")
    numbers = range(1, len(one.spalten))
    step = CHUNK if overview else len(numbers)
    chunks = [numbers[at:at + step] for at in range(0, len(numbers), step)]
    for count, chunk in enumerate(chunks, 1):
        title = one.titel if len(chunks) == 1 else f"{one.titel} (Block {count} von {len(chunks)})"
        wanted = [0, *chunk]
        yield title, _columns(one, wanted), _rows(plan, one, wanted)


def _columns(one: Tabelle, wanted: Sequence[int]) -> list[Column]:
    texts = [at for at in wanted[1:] if not one.spalten[at][1]]
    room = RIGHT - NAME_EDGE - sum(_wide(one, at) for at in texts)
    count = max(len(wanted) - 1 - len(texts), 1)
    step, at, found = room / max(count, 5), NAME_EDGE, [Column(one.spalten[0][0], LEFT, NAME_EDGE)]
    for number in wanted[1:]:
        name, is_number = one.spalten[number]
        wide = step if is_number else _wide(one, number)
        shown = "Besoldungs- gruppe" if name == tables.RANK else name  # a narrow column: broken where it may be
        found.append(Column(shown, at if is_number else at + 3, at + wide, is_number))
        at += wide
    return found


def _wide(one: Tabelle, number: int) -> float:
    return RANK_WIDTH if one.spalten[number][0] == tables.RANK else NOTES_WIDTH


def _rows(plan: Inhalt, one: Tabelle, wanted: Sequence[int]) -> list[Row]:
    whole = one.schluessel == "uebersicht_b"
    return [Row([tables.text(line.zellen[at], plan.stellen, whole=whole) for at in wanted], line.summe)
            for line in one.reihen]
