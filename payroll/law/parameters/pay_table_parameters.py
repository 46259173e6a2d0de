"""The pay tables as parameters of rules: by group code and step, and by family class and rent level."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from payroll.law.engine.parameters import DatedValue, Parameter
from payroll.law.parameters.pay_tables import (
    FAMILIENKLASSEN,
    FAMILIENSTUFEN,
    MIETENSTUFEN,
    STUFEN,
    Cell,
    Gruppe,
    PayTables,
    in_force,
    load_pay_tables,
)

ZUSCHLAGSKLASSEN = ("", "hoch", "niedrig")
SONDERZAHLUNGSKLASSEN = ("", "klein", "mittel", "gross", "sue_klein", "sue_mittel", "p_klein", "p_mittel", "ausbildung")
SUE_KLASSEN = ("", "grund", "erhoeht")
BEGIN = date(2024, 1, 1)  # from here on rules may ask; before the first table every cell is missing


def pay_key(gruppe: int, stufe: int) -> int:
    """Place of a cell in the pay table: code of the group (position in ``gruppen.csv``) times 16 plus step."""
    return gruppe * STUFEN + stufe


def family_key(klasse: str, stufe: str, mietenstufe: str) -> int:
    """Place of a cell in the table of family supplements."""
    row = FAMILIENKLASSEN.index(klasse) * len(FAMILIENSTUFEN) + FAMILIENSTUFEN.index(stufe)
    return row * len(MIETENSTUFEN) + MIETENSTUFEN.index(mietenstufe)


def pay_table_parameters(tables: PayTables | None = None) -> list[Parameter]:
    """The tables as dated lookups; a cell that does not exist on a day is a fault of the row that asks for it."""
    source = tables or load_pay_tables()
    code = {(g.tarifwerk, g.entgeltgruppe): position for position, g in enumerate(source.gruppen)}
    size = len(source.gruppen) * STUFEN
    family_size = len(FAMILIENKLASSEN) * len(FAMILIENSTUFEN) * len(MIETENSTUFEN)
    found = []
    for drafts, suffix, title in ((False, "", ""), (True, "_entwurf", ", Entwürfe eingeschlossen")):
        found.append(_table(
            "entgelttabelle" + suffix, "Entgelttabelle" + title, "§ 15 TVöD, LBesG NRW", "entgelt",
            source.cells, source, size, lambda key: pay_key(code[key[0], key[1]], int(key[2])), drafts))
        found.append(_table(
            "familienzuschlagstabelle" + suffix, "Familienzuschlag" + title, "§§ 42, 43 LBesG NRW", "besoldung",
            source.familie, source, family_size, lambda key: family_key(*key), drafts))
    return [
        *found,
        _classes("zuschlagsklasse", "entgelt", source, ZUSCHLAGSKLASSEN, lambda g: g.zuschlagsklasse),
        _classes("sonderzahlungsklasse", "entgelt", source, SONDERZAHLUNGSKLASSEN, lambda g: g.sonderzahlungsklasse),
        _classes("sue_zulage_klasse", "entgelt", source, SUE_KLASSEN, lambda g: g.sue_zulage),
        _classes("familienzuschlagsklasse", "besoldung", source, FAMILIENKLASSEN, lambda g: g.familienzuschlagsklasse)]


def _table(name: str, titel: str, paragraf: str, folder: str, cells: tuple[Cell, ...], source: PayTables, size: int,
           place: Callable[[Any], int], drafts: bool) -> Parameter:
    days = sorted({cell.ab for cell in cells if drafts or cell.status != "entwurf"})
    files = {cell.place.partition(".")[0] for cell in cells}
    values = [DatedValue(BEGIN, None, (None,) * size, "vor der ersten hinterlegten Tabelle: kein Wert", "bestaetigt")]
    for day in days:
        column: list[int | None] = [None] * size
        for key, cell in in_force(cells, day, drafts).items():
            column[place(key)] = cell.cent
        quellen = dict.fromkeys(s.quelle for s in source.sheets if s.ab == day and s.datei in files)
        # the status is a matter of the single cell (encode.cell_status); the table as a whole is no finding of a run
        values.append(DatedValue(day, None, tuple(column), "; ".join(quellen), "bestaetigt"))
    return Parameter(name, titel, paragraf, "entgelttabelle", folder, "pay_tables/tafeln.csv", tuple(values))


def _classes(name: str, folder: str, source: PayTables, names: tuple[str, ...],
             of: Callable[[Gruppe], str]) -> Parameter:
    """Class of each group by its code; -1 where the group has none."""
    values = [names.index(of(g)) if of(g) in names else -1 for g in source.gruppen]
    value = DatedValue(BEGIN, None, tuple(values), "pay_tables/gruppen.csv", "bestaetigt")
    return Parameter(name, f"{name} je Entgeltgruppe", "TVöD, LBesG NRW", "tabelle", folder, "pay_tables/gruppen.csv",
                     (value,), (("je", "anzahl"),))
