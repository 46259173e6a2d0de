"""Was Gesetz und Tarif je Zeitabschnitt ergeben, ohne eingegebenen Betrag: Familienzuschlag, SuE-Zulage."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from payroll.law.calculate import SLICE_AREAS, law_of, month_inputs
from payroll.law.engine import Fault, Result, evaluate
from payroll.masterdata.slices import MonthFacts
from payroll.runs.books import book_for

FAMILIE = "+".join(SLICE_AREAS)  # the areas of the rules, as the origin of a line names them
HOURS = ("wochenstunden", "vollzeitstunden", "entgeltgruppe")
FAMILY = (*HOURS, "familienzuschlag_stufe_1", "familienzuschlag_kinder", "mietenstufe", "stufe_1_geteilt",
          "gemeinsam_vollzeit", "anwaerter_einstiegsamt")
PARTS = {"familienzuschlag_stufe_1_anteil": ("2004", "Familienzuschlag Stufe 1"),
         "familienzuschlag_kinderanteil": ("2005", "Familienzuschlag Kinderanteil")}
# Wage type and text of what a draft act brings more.
VORBEHALT = ("2015", "Abschlag unter Vorbehalt der Rückforderung")
SUE_ZULAGE = 3  # place of "sue_zulage" among the names of the rules' input zulage_art


@dataclass(frozen=True)
class Ableitung:
    """Eine Zulage eines Falls: Betrag und voller Monatsbetrag in Cent, Text und Merkmale ihrer Zeile, ihre Herkunft.

    ziel: die Eingangsspalte der Abrechnung, in die der Betrag fließt.
    """

    row: int
    lohnart: str
    text: str
    einzelheit: str
    merkmale: str
    zv: bool
    betrag: int
    voll: int
    herkunft: tuple[str, str, list[dict[str, int]]]
    ziel: str = "zulagen"


def derived(facts: MonthFacts, faults: list[tuple[int, Fault]], *, drafts: bool = False) -> Iterator[Ableitung]:
    """Alle Ableitungen des Monats, je Abschnitt eine; was sich nicht rechnen lässt, kommt zu ``faults``.

    drafts: was ein Gesetzentwurf am Familienzuschlag mehr bringt, steht in eigenen Zeilen.
    """
    if facts.familie:
        yield from _family(facts, faults)
        if drafts:
            yield from _family_advance(facts)
    if facts.sue:
        yield from _sue(facts, faults)


def _family(facts: MonthFacts, faults: list[tuple[int, Fault]]) -> Iterator[Ableitung]:
    rows = facts.familie
    given, result = _priced(facts, rows, FAMILY, {}, FAMILIE, (*PARTS, "familienzuschlag_teilzeit"), faults)
    regular = _latest(rows)
    whole, amounts = result.cents("familienzuschlag_teilzeit"), {name: result.cents(name) for name in PARTS}
    for i, row in enumerate(rows["beschaeftigung_row"]):
        left = int(whole[i]) if i in regular else 0
        for name, (number, text) in PARTS.items():
            children = number == "2005"
            if not (rows["familienzuschlag_kinder"][i] if children else rows["familienzuschlag_stufe_1"][i]):
                continue
            detail = _children(rows, i) if children else ""
            if rows["stufe_1_geteilt"][i] and not children:
                detail = "zur Hälfte"
            yield Ableitung(int(row), number, text, _detail(facts, rows, i, detail), "L-N", False,
                            int(amounts[name][i]), left, (FAMILIE, name, [given[i]]))
            left = 0  # both parts together are one full amount


def _family_advance(facts: MonthFacts) -> Iterator[Ableitung]:
    rows = facts.familie
    name = "abschlag_entwurf_familie"
    given, result = _priced(facts, rows, FAMILY, {"abschlag_auf_entwurf": 1}, FAMILIE,
                            (name, "familienzuschlag_teilzeit"), [])
    amounts, regular = result.cents(name), _latest(rows)
    fixed = _priced(facts, rows, FAMILY, {}, FAMILIE, ("familienzuschlag_teilzeit",), [])[1]
    whole = result.cents("familienzuschlag_teilzeit") - fixed.cents("familienzuschlag_teilzeit")
    for i, row in enumerate(rows["beschaeftigung_row"]):
        if amounts[i]:
            yield Ableitung(int(row), *VORBEHALT, _detail(facts, rows, i, "Familienzuschlag nach Gesetzentwurf"), "L-N",
                            False, int(amounts[i]), int(whole[i]) if i in regular else 0, (FAMILIE, name, [given[i]]))


def _sue(facts: MonthFacts, faults: list[tuple[int, Fault]]) -> Iterator[Ableitung]:
    rows = facts.sue
    given, result = _priced(facts, rows, HOURS, {"zulage_art": SUE_ZULAGE}, "entgelt",
                            ("zulage_monat", "zulage_teilzeit"), faults)
    regular = _latest(rows)
    amount, whole = result.cents("zulage_monat"), result.cents("zulage_teilzeit")
    for i, row in enumerate(rows["beschaeftigung_row"]):
        tax = "P" if facts.flat_taxed(row) else "L"
        yield Ableitung(int(row), f"{rows['lohnart'][i]}", "SuE-Zulage", _detail(facts, rows, i), f"{tax}LJ", True,
                        int(amount[i]), int(whole[i]) if i in regular else 0, ("entgelt", "zulage_monat", [given[i]]))


def _priced(facts: MonthFacts, rows: dict[str, Any], names: tuple[str, ...], fixed: dict[str, int], areas: str,
            outputs: tuple[str, ...], faults: list[tuple[int, Fault]]) -> tuple[list[dict[str, int]], Result]:
    """Rechnet alle Abschnitte auf einmal; gibt auch die Eingaben jedes Abschnitts zurück."""
    month = fixed | {"kalendertage_im_monat": month_inputs(facts.month)["kalendertage_im_monat"]}
    days = facts.days(rows)
    columns = {name: rows[name] for name in names} | {"tage": days}
    book = book_for(facts.tarif.overlays, *areas.split("+"))
    result = evaluate(law_of(facts.month, book), {**columns, **month}, outputs)
    faults += [(int(rows["beschaeftigung_row"][fault.row]), fault) for fault in result.faults]
    given = [{name: int(column[i]) for name, column in columns.items()} | month for i in range(len(days))]
    return given, result


def _latest(rows: dict[str, Any]) -> set[int]:
    """Der letzte Abschnitt jedes Falls; er entscheidet, was regelmäßig ist."""
    return set({int(row): i for i, row in enumerate(rows["beschaeftigung_row"])}.values())


def _children(rows: dict[str, Any], i: int) -> str:
    count = int(rows["familienzuschlag_kinder"][i])
    return f"{count} {'Kind' if count == 1 else 'Kinder'}, Mietenstufe {rows['mietenstufe_text'][i]}"


def _detail(facts: MonthFacts, rows: dict[str, Any], i: int, text: str = "") -> str:
    names = ("beschaeftigung_row", "von_tag", "bis_tag")
    return detail(facts, {name: int(rows[name][i]) for name in names}, text)


def detail(facts: MonthFacts, row: dict[str, int], text: str = "") -> str:
    """Einzelheit einer Zeile: Tage des Abschnitts, wenn er nicht der Monat ist, dahinter der Text."""
    first, last = row["von_tag"], row["bis_tag"]
    gone = facts.lost(row["beschaeftigung_row"], first, last)
    if gone:
        text = f"{last - first + 1 - gone} Tage {text}".strip()
    whole = last - first + 1 == month_inputs(facts.month)["kalendertage_im_monat"]
    return text if whole else f"{first}.–{last}. {text}".strip()
