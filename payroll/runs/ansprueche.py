"""Zulagen, auf die ein Anspruch erfasst ist: der Betrag kommt aus Gesetz oder Tarif, nicht aus einer Eingabe."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from payroll.law.calculate import SLICE_AREAS, law_of, month_inputs
from payroll.law.encode import STATUS
from payroll.law.engine import Fault, evaluate
from payroll.masterdata.slices import MonthFacts
from payroll.masterdata.slices.anspruch import ARTEN, NACH_SCHICHT
from payroll.masterdata.slices.findings import Finding
from payroll.runs.books import book_for
from payroll.runs.derived import Ableitung, detail

AREAS = "+".join(SLICE_AREAS)


@dataclass(frozen=True)
class Rechnung:
    """Wie eine Art gerechnet wird: Text der Zeile, Regel, Eingangsspalte, ob zusatzversorgungspflichtig.

    ohne_fehlzeiten: Tage ohne Entgelt mindern sie nicht; regelmaessig: sie gehört zum vollen Monatsentgelt; nichts:
    warum sie 0,00 Euro sein kann und was zu tun ist.
    """

    text: str
    regel: str
    ziel: str = "zulagen"
    zv: bool = True
    ohne_fehlzeiten: bool = False
    regelmaessig: bool = True
    nichts: tuple[str, str] = ("", "")


RECHNUNGEN: dict[str, Rechnung] = {
    "wechselschicht": Rechnung("Wechselschichtzulage", "zulage_monat"),
    "wechselschicht_krankenhaus": Rechnung("Wechselschichtzulage", "zulage_monat"),
    "wechselschicht_pflegeheim": Rechnung("Wechselschichtzulage", "zulage_monat"),
    "schicht": Rechnung("Schichtzulage", "zulage_monat"),
    "praxisanleitung": Rechnung("Praxisanleitungszulage", "besondere_zulage_monat"),
    "wohngruppe": Rechnung("Wohngruppenzulage", "besondere_zulage_monat"),
    "strukturausgleich": Rechnung("Strukturausgleich", "strukturausgleich", nichts=(
        "Der Strukturausgleich ist durch Gewinne aus Höhergruppierungen aufgezehrt (§ 12 Abs. 4 TVÜ-VKA)",
        "Zulagenanspruch beenden")),
    "vermoegenswirksam": Rechnung("Vermögenswirksame Leistung", "zulage_monat", "vwl_ag", zv=False,
                                  ohne_fehlzeiten=True),
    "strukturzulage": Rechnung("Strukturzulage", "strukturzulage", zv=False, nichts=(
        "Der Betrag der Strukturzulage ist nicht hinterlegt (§ 47, Anlage 14 LBesG NRW); sie wird nicht gezahlt",
        "unter Tarif und Sätze den Wert strukturzulage_betrag eingeben oder Lohnart 2008 mit Betrag erfassen")),
    "ausgleich_familie": Rechnung("Ausgleichszulage Familienzuschlag", "ausgleichszulage_familie", zv=False, nichts=(
        "Der Familienzuschlag hat den früheren Betrag erreicht (§ 91b LBesG NRW)", "Zulagenanspruch beenden")),
    "begrenzt_dienstfaehig": Rechnung("Zuschlag begrenzte Dienstfähigkeit", "zuschlag_dienstfaehigkeit_monat",
                                      zv=False, nichts=(
        "Bei dieser Arbeitszeit steht kein Zuschlag zu: sie ist um weniger als 20 % verringert oder die Besoldung "
        "erreicht schon die volle (§ 71 LBesG NRW)", "Anteil und Wochenstunden prüfen")),
    "pkv_elternzeit": Rechnung("Zuschuss Krankenversicherung Elternzeit", "elternzeit_pkv_zuschuss", zv=False,
                               ohne_fehlzeiten=True, regelmaessig=False),
}


def claimed(facts: MonthFacts, faults: list[tuple[int, Fault]]) -> Iterator[Ableitung]:
    """Alle Ansprüche des Monats, je Art eine Rechnung; ein zweiter Blick auf den vollen Monat gibt das Regelmäßige."""
    latest = _latest(facts.tarif.zulagen)
    for kind, how in RECHNUNGEN.items():
        rows = [row for row in facts.tarif.zulagen if row["art"] == kind]
        if rows:
            yield from _kind(facts, how, rows, latest, faults)


def _latest(rows: list[dict[str, Any]]) -> set[int]:
    """Je Fall und Art der Abschnitt (`id`), dessen Betrag zum vollen Monat gehört: der letzte; Schicht- und
    Wechselschichtzulage stehen nie zugleich zu und haben zusammen einen."""
    found: dict[tuple[int, str], dict[str, Any]] = {}
    for row in rows:
        key = (row["beschaeftigung_row"], "schicht" if row["art"] in NACH_SCHICHT else row["art"])
        if key not in found or found[key]["bis_tag"] <= row["bis_tag"]:
            found[key] = row
    return {id(row) for row in found.values()}


def _kind(facts: MonthFacts, how: Rechnung, rows: list[dict[str, Any]], latest: set[int],
          faults: list[tuple[int, Fault]]) -> Iterator[Ableitung]:
    last = month_inputs(facts.month)["kalendertage_im_monat"]
    given = [row["eingaben"] | {"tage": _days(facts, row, how), "kalendertage_im_monat": last} for row in rows]
    law = law_of(facts.month, book_for(facts.tarif.overlays, *SLICE_AREAS))
    columns = {name: np.array([one[name] for one in given], dtype=np.int64) for name in given[0]}
    result = evaluate(law, columns, (how.regel,))
    whole = evaluate(law, columns | {"tage": columns["kalendertage_im_monat"]}, (how.regel,)).cents(how.regel)
    faults += [(int(rows[fault.row]["beschaeftigung_row"]), fault) for fault in result.faults]
    for i, amount in enumerate(result.cents(how.regel).tolist()):
        row = rows[i]
        place, full = row["beschaeftigung_row"], int(whole[i])
        if not full and how.nichts[0] and id(row) in latest:
            facts.findings.append(_nothing(facts, place, how))
        if amount or full:
            text = detail(facts, row) if not how.ohne_fehlzeiten else _plain(row, last)
            yield Ableitung(place, f"{row['lohnart']}", how.text, text, _marks(facts, place, how), how.zv, amount,
                            full if how.regelmaessig and id(row) in latest else 0, (AREAS, how.regel, [given[i]]),
                            how.ziel)


def _days(facts: MonthFacts, row: dict[str, Any], how: Rechnung) -> int:
    first, last = row["von_tag"], row["bis_tag"]
    gone = 0 if how.ohne_fehlzeiten else facts.lost(row["beschaeftigung_row"], first, last)
    return int(last - first + 1 - gone)


def _plain(row: dict[str, Any], last: int) -> str:
    return "" if (row["von_tag"], row["bis_tag"]) == (1, last) else f"{row['von_tag']}.–{row['bis_tag']}."


def _marks(facts: MonthFacts, row: int, how: Rechnung) -> str:
    official = facts.cases["status"][row] == STATUS.index("beamte")
    return ("P" if facts.flat_taxed(row) else "L") + ("-" if official else "L") + ("J" if how.zv else "N")


def _nothing(facts: MonthFacts, row: int, how: Rechnung) -> Finding:
    rule, remedy = how.nichts
    return Finding(f"Personalnummer {facts.cases['personalnummer'][row]} ({facts.cases['name'][row]})",
                   "zulagenanspruch", rule, remedy, False, int(facts.cases["beschaeftigung_id"][row]))


# Every kind of claim is paid here; case group 6 of S15 comes with the SuE allowance.
assert RECHNUNGEN.keys() == ARTEN.keys() - {"sue_fallgruppe_6"}
