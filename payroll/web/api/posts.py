"""Stellen lesen, neue einrichten, besetzen: dieselben Regeln wie beim Einlesen eines Plans und am Schreibtisch.

Was an einer bestehenden Stelle anders wird (Umfang, Gruppe, Wegfall), beschließt ein Plan und kein Programm.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from payroll.web.api.door import Answer, Refused, api, body, needs, query_day, shown
from staffplan import imports, occupancy, settings, shares
from staffplan.models.occupancy import ZUSTAENDE
from staffplan.reading import stand
from staffplan.rules import Overtaken
from staffplan.rules import Refused as PlanRefused
from staffplan.state import Besetzung, Stelle
from tenants.db.session import TenantSession

HOLDING = ("personalnummer", "person_gruppe", "person_anteil", "besetzt_ab", "besetzt_bis", "zustand", "vertritt",
           "begruendung")
POST = {name: words for name, words in imports.SPALTEN.items() if name != "anzahl" and name not in HOLDING}
POST_NEEDS = ("nummer", "gruppe", "einheit")
PERSON = {
    "stelle": "Nummer der Stelle, auch einer neuen", "personalnummer": "Personalnummer der Person auf der Stelle",
    "anteil": "Umfang: 1 oder 0.5 oder 19,5/39", "gruppe": "Gruppe der Person", "ab": "seit wann",
    "laufbahn": "ihre Laufbahngruppe auf Planstellen: wahl, 2.2, 2.1, 1.2, 1.1", "bis": "bis wann",
    **{name: imports.SPALTEN[name] for name in ("zustand", "vertritt", "begruendung")},
}  # fmt: skip
PERSON_NEEDS = ("stelle", "personalnummer", "anteil", "gruppe", "ab")
MEMBERS = frozenset({"ab", "beschluss", "probe", "stellen", "besetzungen"})
MOST_ROWS = 1000
Rows = list[dict[str, str]]


@api.get("/stellen")
@needs("stellen.lesen")
def posts(session: TenantSession) -> Answer:
    """Stellen eines Tages mit Besetzungen; Anteile als Brüche."""
    day = query_day("tag")
    rows = [_post(one) for one in stand(session, day).stellen.values()]
    return Answer({"tag": day.isoformat(), "stellen": rows}, counts={"zeilen": len(rows)})


@api.post("/stellen")
@needs("stellen.schreiben")
def write_posts(session: TenantSession) -> Answer:
    """Richtet neue Stellen ein und besetzt Stellen, alles oder nichts; mit probe nur prüfen. Dasselbe noch einmal
    ändert nichts."""
    content = body()
    if unknown := set(content) - MEMBERS:
        raise Refused(422, (shown(unknown), "diese Angabe gibt es nicht", f"es gibt {', '.join(sorted(MEMBERS))}"))
    day, decision, trial = _frame(content)
    new = _rows("stellen", content.get("stellen", []), POST, POST_NEEDS)
    people = _rows("besetzungen", content.get("besetzungen", []), PERSON, PERSON_NEEDS)
    if not 1 <= len(new) + len(people) <= MOST_ROWS:
        raise Refused(422, ("stellen", f"nicht 1 bis {MOST_ROWS} Zeilen", "stellen oder besetzungen angeben, mehr auf "
                            "mehrere Anfragen verteilen"))
    with session.begin_nested() as point:
        made, same = _created(session, new, day, decision)
        for number, row in enumerate(people):
            _occupied(session, f"besetzungen[{number}]", row, decision)
        if trial:
            point.rollback()
    return Answer({"uebernommen": not trial, "neu": made, "unveraendert": same, "besetzungen": len(people)},
                  counts={"neu": len(made), "besetzungen": len(people), "probe": int(trial)})


def _frame(content: dict[str, Any]) -> tuple[date, str, bool]:
    decision, trial = content.get("beschluss"), content.get("probe", False)
    if not isinstance(decision, str) or not 3 <= len(decision.strip()) <= 200 or not decision.isprintable():
        raise Refused(422, ("beschluss", "fehlt", "in 3 bis 200 Zeichen angeben, worauf es beruht, zum Beispiel "
                            "Stellenplan 2026"))
    if not isinstance(trial, bool):
        raise Refused(422, ("probe", "weder true noch false", "true oder false angeben"))
    return _day("ab", content.get("ab")), decision.strip(), trial


def _created(session: TenantSession, rows: Rows, day: date, decision: str) -> tuple[list[str], list[str]]:
    """Schreibt die Stellen, die es noch nicht gibt; Nummern der neuen und derer, die schon genau so da sind."""
    held, grid = stand(session, day), settings.of(session, day).raster
    numbered = list(enumerate(rows, 1))
    there = [one for one in numbered if one[1]["nummer"] in held.stellen]
    again = imports.check(there, replace(held, stellen={}), day, decision, grid)
    found = imports.check([one for one in numbered if one[1]["nummer"] not in held.stellen], held, day, decision, grid)
    _refuse(*again.probleme, *found.probleme)
    for number, row in there:
        if _core(again.stellen[row["nummer"]]) != _core(held.stellen[row["nummer"]]):
            raise Refused(422, (f"stellen[{number - 1}]", f"die Stelle {row['nummer']} gibt es schon anders",
                                "Änderungen beschließt ein Plan"))
    if found.stellen:
        try:
            imports.store(session, found, reason=decision, source="schnittstelle")
        except PlanRefused as refused:
            status = 409 if isinstance(refused, Overtaken) else 422
            raise Refused(status, _said("stellen", str(refused))) from refused
    return sorted(found.stellen), sorted(again.stellen)


def _refuse(*problems: imports.Problem) -> None:
    if problems:
        raise Refused(422, *(_said(f"stellen[{one.zeile - 1}]" if one.zeile else "stellen", one.grund)
                             for one in problems))


def _core(post: Stelle) -> tuple[Any, ...]:
    """Was eine Übergabe zu einer Stelle sagt; seit wann, wodurch und mit wem besetzt, gehört nicht dazu."""
    notes = {(one.art, one.termin, one.bis, one.ziel_laufbahn, one.ziel_gruppe, one.teil, one.text)
             for one in post.vermerke}
    return (post.bezeichnung, post.art, post.gruppe, post.anteil, post.einheit, post.laufbahn, post.kostenstelle,
            post.funktion, post.zulage, post.ausgesondert, post.sondervermoegen, post.befristet_bis,
            tuple(sorted(post.verteilung)), notes)


def _occupied(session: TenantSession, place: str, row: dict[str, str], decision: str) -> None:
    state = row["zustand"] or "aktiv"
    if state not in ZUSTAENDE:
        raise Refused(422, (f"{place}.zustand", "diesen Zustand gibt es nicht", f"es gibt {', '.join(ZUSTAENDE)}"))
    try:
        share = shares.parse(row["anteil"])
    except shares.NotAShare as wrong:
        raise Refused(422, (f"{place}.anteil", "kein Anteil", "zum Beispiel 0.5 oder 1/2 angeben")) from wrong
    last = _day(f"{place}.bis", row["bis"]) if row["bis"] else None
    new = Besetzung(row["stelle"], row["personalnummer"], share, row["gruppe"], _day(f"{place}.ab", row["ab"]), last,
                    state, row["laufbahn"] or None, row["vertritt"] or None, row["begruendung"] or None)
    try:
        if not occupancy.stands(session, new):
            occupancy.occupy(session, new, reason=decision)
    except PlanRefused as refused:
        raise Refused(422, _said(place, str(refused))) from refused


def _rows(name: str, given: Any, columns: Collection[str], needed: Collection[str]) -> Rows:
    if not isinstance(given, list) or not all(isinstance(row, dict) for row in given):
        raise Refused(422, (name, "keine Liste von Zeilen", "je Zeile ein Objekt aus Spalte und Wert"))
    for number, row in enumerate(given):
        if unknown := set(row) - set(columns):
            raise Refused(422, (f"{name}[{number}].{shown(unknown)}", "diese Angabe gibt es nicht",
                                f"es gibt {', '.join(columns)}"))
        if missing := [one for one in needed if row.get(one) in (None, "")]:
            raise Refused(422, (f"{name}[{number}].{missing[0]}", "fehlt", "angeben"))
    return [{one: _cell(f"{name}[{number}].{one}", row.get(one)) for one in columns}
            for number, row in enumerate(given)]


def _cell(place: str, value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "ja" if value else "nein"
    if isinstance(value, int | Decimal) and Decimal(value).is_finite() and abs(value) < 10**9:
        number = Decimal(value)
        if int(number.as_tuple().exponent) >= -6:
            return f"{number:f}"
    if isinstance(value, str) and len(value) <= 300 and (value == "" or value.isprintable()):
        return value.strip()
    raise Refused(422, (place, "weder kurzer Text noch Zahl noch true oder false", "Wert wie in der Vorlage des "
                        "Stellenplans angeben"))


def _day(place: str, value: Any) -> date:
    try:
        found = date.fromisoformat(value) if isinstance(value, str) and len(value) == 10 else None
    except ValueError:
        found = None
    if found is None or not 1990 <= found.year <= 2100:
        raise Refused(422, (place, "kein Tag zwischen 1990 und 2100", "so schreiben: 2026-11-30"))
    return found


def _said(place: str, words: str) -> tuple[str, str, str]:
    rule, _mark, remedy = words.rstrip(".").rpartition("; ")
    return (place, rule, remedy) if rule else (place, remedy, "die Angabe berichtigen")


def _post(one: Stelle) -> dict[str, Any]:
    return {
        "nummer": one.nummer, "bezeichnung": one.bezeichnung, "art": one.art, "gruppe": one.gruppe,
        "anteil": str(one.anteil), "frei": str(one.frei), "einheit": one.einheit, "kostenstelle": one.kostenstelle,
        "befristet_bis": one.befristet_bis.isoformat() if one.befristet_bis else None,
        "vermerke": [note.art for note in one.vermerke],
        "besetzungen": [{"personalnummer": held.personalnummer, "anteil": str(Fraction(held.anteil)),
                         "zustand": held.zustand, "ab": held.ab.isoformat(),
                         "bis": held.bis.isoformat() if held.bis else None} for held in one.besetzungen],
    }  # fmt: skip
