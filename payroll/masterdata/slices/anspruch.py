"""Zulagen, deren Höhe Gesetz oder Tarif nennt: je Anspruch Abschnitte mit den Eingaben ihrer Regel.

Ein eingegebener Betrag derselben Lohnart geht vor; was einem Fall nicht zustehen kann, ist ein Hinweis und wird nicht
gezahlt.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from payroll.masterdata.models.tarif import NACH_SCHICHT
from payroll.masterdata.slices.anspruch_zeit import capital_rows, parental_rows
from payroll.masterdata.slices.ausfall import Ausfall
from payroll.masterdata.slices.derived import FALLGRUPPE, FALLGRUPPE_6, except_days, without_typed
from payroll.masterdata.slices.findings import Finding
from payroll.masterdata.slices.reading import Facts
from payroll.masterdata.slices.span import Case
from payroll.masterdata.slices.tarifzulagen import SLICE

Rows = list[dict[str, Any]]
DAY = timedelta(days=1)
TVOED = ("TVoeD-VKA", "TVoeD-SuE", "TVoeD-P")
SCHICHT = (*TVOED, "TVAoeD-BBiG", "TVAoeD-Pflege")
WECHSEL = ("wechselschicht", "wechselschicht_krankenhaus", "wechselschicht_pflegeheim")
BESOLDUNG = ("NRW-A", "NRW-B", "NRW-R", "NRW-W", "NRW-Anwaerter")
STRUKTUR = tuple(f"A{number}" for number in range(5, 14))
FAMILIE = ("familienzuschlag_stufe_1", "familienzuschlag_kinder", "mietenstufe", "stufe_1_geteilt",
           "gemeinsam_vollzeit", "anwaerter_einstiegsamt")
WOHNGRUPPE_NIEDRIG = ("S2", "S3", "S4")
CAPITAL, PARENTAL, FAMILY, FITNESS = "vermoegenswirksam", "pkv_elternzeit", "ausgleich_familie", "begrenzt_dienstfaehig"


@dataclass(frozen=True)
class Art:
    """Eine Art von Anspruch: Worte, Recht, Lohnarten (die erste entsteht), Tarifwerke und Gruppen (leer: alle)."""

    titel: str
    recht: str
    lohnarten: tuple[int, ...]
    tarife: tuple[str, ...] = ()
    gruppen: tuple[str, ...] = ()
    eingaben: dict[str, int] = field(default_factory=dict)


ARTEN: dict[str, Art] = {
    "wechselschicht": Art("Wechselschichtzulage", "§ 8 Abs. 5 TVöD", (1103,), SCHICHT, eingaben={"zulage_art": 1}),
    "wechselschicht_krankenhaus": Art("Wechselschichtzulage im Krankenhaus", "§ 8 Abs. 5 TVöD-K", (1103,), SCHICHT,
                                      eingaben={"zulage_art": 1, "krankenhaus": 1}),
    "wechselschicht_pflegeheim": Art("Wechselschichtzulage im Pflegeheim", "§ 8 Abs. 5 TVöD-B", (1103,), SCHICHT,
                                     eingaben={"zulage_art": 1, "pflegeheim": 1}),
    "schicht": Art("Schichtzulage", "§ 8 Abs. 6 TVöD", (1104,), SCHICHT, eingaben={"zulage_art": 2}),
    "praxisanleitung": Art("Zulage für Praxisanleitung", "Anlage zu § 52 TVöD-BT-V", (1112,), ("TVoeD-SuE",),
                           eingaben={"besondere_zulage": 1}),
    "wohngruppe": Art("Wohngruppenzulage", "Anlage zu § 52 TVöD-BT-V", (1113,), ("TVoeD-SuE",),
                      eingaben={"besondere_zulage": 3}),
    FALLGRUPPE_6: Art("SuE-Zulage in S15 Fallgruppe 6", "Anlage zu § 52 TVöD-BT-V", (1101,), ("TVoeD-SuE",),
                      FALLGRUPPE),
    "strukturausgleich": Art("Strukturausgleich", "§ 12 TVÜ-VKA", (1116,), TVOED),
    CAPITAL: Art("Vermögenswirksame Leistung", "§ 23 Abs. 1 TVöD, § 15 TVAöD, § 2 VermLG", (1650, 1651, 2019)),
    "strukturzulage": Art("Strukturzulage", "§ 47 LBesG NRW", (2008,), ("NRW-A",), STRUKTUR,
                          {"hat_strukturzulage": 1}),
    FAMILY: Art("Ausgleichszulage zum Familienzuschlag", "§ 91b LBesG NRW", (2006,), BESOLDUNG),
    FITNESS: Art("Zuschlag bei begrenzter Dienstfähigkeit", "§ 71 LBesG NRW", (2012,), BESOLDUNG[:-1]),
    PARENTAL: Art("Zuschuss zur Krankenversicherung in der Elternzeit", "§ 17 FrUrlV NRW", (2112,), BESOLDUNG),
}


def claim_rows(case: Case, facts: Facts, graded: Rows, paid: Rows, family: Rows, absent: Ausfall | None,
               problems: list[Finding]) -> Rows:
    """Abschnitte aller Ansprüche eines Falls; das Feld ``eingaben`` trägt, was die Regel außer den Tagen braucht."""
    found: Rows = []
    claims = facts.tarif.allowances.get(case.job.anchor, ())
    shifts: dict[int, Any] = {}
    for claim in sorted((one for one in claims if one.art in NACH_SCHICHT), key=_rank, reverse=True):
        rows = list(_rows(case, facts, claim, graded, family, problems))
        rows = _not_twice(case, claim, rows, shifts, problems)
        found += _less_typed(case, claim.art, rows, paid, problems)
    for claim in (one for one in claims if one.art not in (*NACH_SCHICHT, CAPITAL)):
        rows = list(_rows(case, facts, claim, graded, family, problems))
        found += _less_typed(case, claim.art, rows, paid, problems)
    if saving := [one for one in claims if one.art == CAPITAL]:
        rows = list(capital_rows(case, facts, saving, graded, absent, problems))
        kind = ARTEN[CAPITAL]
        found += without_typed(case, rows, paid, kind.lohnarten, kind.titel, problems, whole_month=True)
    return found


def _rank(claim: Any) -> tuple[bool, Any, int]:
    """Wechselschicht vor Schicht, darunter der zuletzt begonnene Anspruch; am selben Tag der besondere."""
    return claim.art in WECHSEL, claim.valid_from, NACH_SCHICHT.index(claim.art)


def _not_twice(case: Case, claim: Any, rows: Rows, shifts: dict[int, Any], problems: list[Finding]) -> Rows:
    """Die Abschnitte ohne die Tage, an denen schon eine Zulage für Schichten zusteht; sie kommen zu `shifts`."""
    days = [day for row in rows for day in range(row["von_tag"], row["bis_tag"] + 1)]
    before = next((shifts[day] for day in days if day in shifts), None)
    if before is not None:
        problems.append(_once(case) if claim.art == "schicht" else _one_of(case, before))
        rows = except_days(rows, set(shifts))
    shifts.update((day, claim) for day in days if day not in shifts)
    return rows


def _less_typed(case: Case, art: str, rows: Rows, paid: Rows, problems: list[Finding]) -> Rows:
    kind = ARTEN[art]
    return without_typed(case, rows, paid, () if art == FALLGRUPPE_6 else kind.lohnarten, kind.titel, problems)


def _rows(case: Case, facts: Facts, claim: Any, graded: Rows, family: Rows,
          problems: list[Finding]) -> Iterator[dict[str, Any]]:
    kind = ARTEN[claim.art]
    first, last = max(claim.valid_from, case.first), min(claim.valid_to or case.last, case.last)
    wrong = [piece for piece in graded if not _may(kind, piece)]
    if wrong or (kind.tarife and not graded):
        problems.append(_not_here(case, kind, wrong[0] if wrong else None))
    if claim.art == PARENTAL:
        yield from () if wrong else parental_rows(case, facts, claim, graded, problems)
    elif claim.art == FAMILY:
        if not family:
            problems.append(_no_family(case))
        for piece in family:
            given = {name: piece[name] for name in ("entgeltgruppe", "wochenstunden", "vollzeitstunden", *FAMILIE)}
            given["familienzuschlag_frueher"] = claim.betrag_cent
            yield from _stretch(claim.art, kind.lohnarten[0], piece, first, last, given)
    elif claim.art != FALLGRUPPE_6:
        for piece in (one for one in graded if _may(kind, one)):
            if claim.art == FITNESS:
                problems += _share(case, claim, piece)
            yield from _stretch(claim.art, kind.lohnarten[0], piece, first, last, _inputs(kind, claim, piece))


def _stretch(art: str, wage_type: int, piece: dict[str, Any], first: Any, last: Any,
         given: dict[str, int]) -> Iterator[dict[str, Any]]:
    """Der Teil eines Abschnitts, in dem der Anspruch gilt; keiner, wenn sie sich nicht treffen."""
    begin, end = max(piece["von_tag"], first.day), min(piece["bis_tag"], last.day)
    if first <= last and begin <= end:
        yield {"beschaeftigung_row": piece["beschaeftigung_row"], "art": art, "lohnart": wage_type, "von_tag": begin,
               "bis_tag": end, "text": "", "eingaben": given}


def _inputs(kind: Art, claim: Any, piece: dict[str, Any]) -> dict[str, int]:
    given = {name: int(piece[name]) for name in SLICE} | kind.eingaben
    if claim.art == "wohngruppe" and piece["entgeltgruppe_text"] in WOHNGRUPPE_NIEDRIG:
        given["besondere_zulage"] = 2
    if claim.art == "strukturausgleich":
        given |= {"strukturausgleich_betrag": claim.betrag_cent,
                  "strukturausgleich_anrechnung": claim.anrechnung_cent}
    if claim.art == FITNESS:
        given["dienstfaehigkeit"] = int(claim.anteil * 100)
    return given


def _may(kind: Art, piece: dict[str, Any]) -> bool:
    return (not kind.tarife or piece["tarifwerk_text"] in kind.tarife) and (
        not kind.gruppen or piece["entgeltgruppe_text"] in kind.gruppen)


def _not_here(case: Case, kind: Art, piece: dict[str, Any] | None) -> Finding:
    where = f"in {piece['tarifwerk_text']} {piece['entgeltgruppe_text']}" if piece else "ohne Eingruppierung"
    return case.finding(
        "zulagenanspruch", f"{kind.titel} steht {where} nicht zu ({kind.recht}); dort wird sie nicht gezahlt",
        "Zulagenanspruch beenden oder die Eingruppierung berichtigen", left_out=False)


def _once(case: Case) -> Finding:
    return case.finding(
        "zulagenanspruch", "Wechselschichtzulage und Schichtzulage stehen nicht zugleich zu (§ 8 Abs. 5 und 6 TVöD); "
        "gezahlt wird die Wechselschichtzulage", "einen der beiden Zulagenansprüche beenden", left_out=False)


def _one_of(case: Case, paid: Any) -> Finding:
    return case.finding(
        "zulagenanspruch", "Zwei Ansprüche auf Wechselschichtzulage gelten am selben Tag; sie steht einmal zu (§ 8 "
        f"Abs. 5 TVöD), gezahlt wird der zuletzt begonnene: {ARTEN[paid.art].titel} ab {paid.valid_from:%d.%m.%Y}",
        "den früheren Zulagenanspruch am Tag davor beenden", left_out=False)


def _no_family(case: Case) -> Finding:
    return case.finding(
        "zulagenanspruch", "Die Ausgleichszulage folgt dem Familienzuschlag (§ 91b LBesG NRW); er ist nicht erfasst, "
        "sie wird nicht gezahlt", "Familienzuschlag erfassen oder den Zulagenanspruch beenden", left_out=False)


def _share(case: Case, claim: Any, piece: dict[str, Any]) -> Sequence[Finding]:
    """Die Arbeitszeit folgt der festgesetzten Dienstfähigkeit (§ 27 BeamtStG); auf ein halbes Prozent genau."""
    hours, whole = piece["wochenstunden"], piece["vollzeitstunden"]
    if not whole or abs(hours * 1000 - int(claim.anteil * 10) * whole) <= 5 * whole:
        return ()
    return (case.finding(
        "wochenstunden", "Die Arbeitszeit entspricht nicht der festgesetzten Dienstfähigkeit von "
        f"{claim.anteil.normalize():f} % (§ 27 BeamtStG, § 71 LBesG NRW)",
        "Wochenstunden oder den Anteil am Zulagenanspruch berichtigen", left_out=False),)
