"""Den Bestand ausgeben, so wie er sich wieder einlesen lässt."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from io import BytesIO, StringIO
from itertools import zip_longest
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

from staffplan import shares
from staffplan.imports.reading import SPALTEN
from staffplan.state import Besetzung, Stand, Stelle, Vermerk
from tenants.web.exports import FORMULA_STARTS

NAMES = [name for name in SPALTEN if name != "anzahl"]


def template_csv() -> bytes:
    """Leere Vorlage: nur die Kopfzeile."""
    return f"{';'.join(SPALTEN)}\r\n".encode("utf-8-sig")


def export_csv(held: Stand) -> bytes:
    """Alle Stellen eines Tages als CSV."""
    target = StringIO(newline="")
    writer = csv.writer(target, delimiter=";", lineterminator="\r\n")
    writer.writerow(NAMES)
    for row in rows(held):
        writer.writerow([f"'{text}" if text.startswith(FORMULA_STARTS) else text for text in row])
    return target.getvalue().encode("utf-8-sig")


def export_xlsx(held: Stand) -> bytes:
    """Alle Stellen eines Tages als Arbeitsmappe; jede Zelle ist Text."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Stellen")
    sheet.append(NAMES)
    for row in rows(held):
        sheet.append([_cell(sheet, text) for text in row])
    target = BytesIO()
    book.save(target)
    return target.getvalue()


def _cell(sheet: Any, text: str) -> WriteOnlyCell | None:
    if not text:
        return None
    cell = WriteOnlyCell(sheet, value=text)
    cell.data_type = "s"
    return cell


def rows(held: Stand) -> Iterator[list[str]]:
    """Eine Zeile je Stelle, weiterer Person und weiterem Vermerk."""
    for post in held.stellen.values():
        for one, note in zip_longest(post.besetzungen, post.vermerke):
            values = _post(held, post) | (_note(note) if note else {}) | (_person(one) if one else {})
            yield [values.get(name, "") for name in NAMES]
        if not post.besetzungen and not post.vermerke:
            values = _post(held, post)
            yield [values.get(name, "") for name in NAMES]


def _post(held: Stand, post: Stelle) -> dict[str, str]:
    unit = held.einheiten.get(post.einheit)
    product = held.produkte.get(post.verteilung[0][0]) if post.verteilung else None
    return {
        "nummer": post.nummer, "bezeichnung": post.bezeichnung, "einheit": post.einheit,
        "einheit_name": unit.name if unit else "", "uebergeordnet": (unit.uebergeordnet or "") if unit else "",
        "gruppe": post.gruppe, "laufbahn": post.laufbahn or "", "anteil": shares.exact(post.anteil),
        "produkt": "; ".join(f"{name} = {shares.exact(part)}" for name, part in post.verteilung),
        "produkt_name": product.name if product else "", "produktbereich": (product.bereich or "") if product else "",
        "kostenstelle": post.kostenstelle or "", "funktion": post.funktion or "",
        "zulage": "ja" if post.zulage else "", "ausgesondert": "ja" if post.ausgesondert else "",
        "sondervermoegen": post.sondervermoegen or "",
        "befristet_bis": f"{post.befristet_bis:%d.%m.%Y}" if post.befristet_bis else "",
    }  # fmt: skip


def _note(note: Vermerk) -> dict[str, str]:
    term = note.bis if note.art == "sperre" else note.termin
    return {
        "vermerk": note.art, "vermerk_termin": f"{term:%d.%m.%Y}" if term else "",
        "vermerk_ziel": note.ziel_gruppe or "", "vermerk_teil": shares.exact(note.teil) if note.teil else "",
        "vermerk_text": note.text or "",
    }  # fmt: skip


def _person(one: Besetzung) -> dict[str, str]:
    return {
        "personalnummer": one.personalnummer, "person_gruppe": one.gruppe, "person_anteil": shares.exact(one.anteil),
        "besetzt_ab": f"{one.ab:%d.%m.%Y}", "besetzt_bis": f"{one.bis:%d.%m.%Y}" if one.bis else "",
        "zustand": one.zustand, "vertritt": one.vertritt or "", "begruendung": one.begruendung or "",
    }  # fmt: skip
