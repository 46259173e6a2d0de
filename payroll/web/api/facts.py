"""Tatsachen lesen und schreiben: dieselben Blätter, Spalten und Prüfungen wie beim Einlesen einer Arbeitsmappe."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from payroll.masterdata import imports
from payroll.masterdata.export import export_sheets
from payroll.masterdata.imports.blaetter import NACH_TITEL
from payroll.masterdata.imports.columns import SPALTEN
from payroll.masterdata.imports.problems import Beanstandung
from payroll.masterdata.sheets import as_xlsx, german
from payroll.web.api.door import Answer, Refused, api, body, needs, query_day, shown
from tenants.db.session import TenantSession

PEOPLE = "Personen"
MOST_ROWS = 5000
NAME = "schnittstelle.xlsx"
MEMBERS = frozenset({"grund", "probe", "blaetter"})


@api.get("/tatsachen")
@needs("tatsachen.lesen")
def read_facts(session: TenantSession) -> Answer:
    """Stand der Personen an einem Tag und alle Fassungen ihrer Tatsachen; ohne Kennnummern, Konten, Konfession."""
    day = query_day("tag")
    sheets = export_sheets(session, day, reason="Schnittstelle", rechte=session.info["rights"], form="schnittstelle")
    found = {title: [dict(zip(names, map(_shown, row), strict=True)) for row in rows] for title, names, rows in sheets}
    return Answer({"tag": day.isoformat(), "blaetter": found}, counts={"zeilen": sum(map(len, found.values()))})


@api.post("/tatsachen")
@needs("tatsachen.schreiben")
def write_facts(session: TenantSession) -> Answer:
    """Übernimmt Tatsachen, alles oder nichts; mit probe nur prüfen. Dasselbe noch einmal ändert nichts."""
    content = body()
    if unknown := set(content) - MEMBERS:
        raise Refused(422, (shown(unknown), "diese Angabe gibt es nicht", f"es gibt {', '.join(sorted(MEMBERS))}"))
    reason, trial = content.get("grund"), content.get("probe", False)
    if not isinstance(reason, str) or not 3 <= len(reason.strip()) <= 300 or not reason.isprintable():
        raise Refused(422, ("grund", "der Grund fehlt", "in 3 bis 300 Zeichen angeben, woher die Angaben kommen"))
    if not isinstance(trial, bool):
        raise Refused(422, ("probe", "weder true noch false", "true oder false angeben"))
    data, rights = as_xlsx(_sheets(content.get("blaetter"))), session.info["rights"]
    try:
        found = (imports.dry_run(session, NAME, data, rechte=rights) if trial
                 else imports.take_over(session, NAME, data, reason=reason.strip(), rechte=rights))
    except imports.ImportFehler as refused:
        rows = [_fault(one) for one in refused.beanstandungen if one.schwer]
        raise Refused(422, *(rows or [("blaetter", refused.grund, refused.abhilfe)])) from refused
    told = [{"blatt": one.blatt or PEOPLE, "zeile": _row(one), "spalte": one.spalte, "regel": one.grund,
             "abhilfe": one.abhilfe, "schwer": one.schwer} for one in found.beanstandungen]
    return Answer(
        {"uebernommen": not trial, "neu": found.neu, "geaendert": found.geaendert, "unveraendert": found.unveraendert,
         "blaetter": [{"blatt": one.titel, "neu": one.neu, "geaendert": one.geaendert,
                       "unveraendert": one.unveraendert} for one in found.blaetter],
         "beanstandungen": told},
        counts={"neu": len(found.neu), "geaendert": len(found.geaendert), "probe": int(trial)},
    )


def _sheets(given: Any) -> list[tuple[str, list[str], list[list[Any]]]]:
    """Die Blätter mit allen genannten Spalten; unbekannte Blätter, Spalten und Werte fremder Art lehnen ab."""
    if not isinstance(given, dict) or not given:
        raise Refused(422, ("blaetter", "kein Blatt angegeben", "ein Objekt: Titel des Blattes und seine Zeilen"))
    found = []
    for title, rows in given.items():
        if title != PEOPLE and title not in NACH_TITEL:
            known = ", ".join([PEOPLE, *sorted(NACH_TITEL)])
            raise Refused(422, ("blaetter", "dieses Blatt gibt es nicht", f"es gibt {known}"))
        place = f"blaetter.{title}"
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise Refused(422, (place, "keine Liste von Zeilen", "je Zeile ein Objekt aus Spalte und Wert"))
        columns = {one.name for one in (SPALTEN if title == PEOPLE else NACH_TITEL[title].spalten)}
        if unknown := {name for row in rows for name in row} - columns:
            raise Refused(422, (place, f"die Spalte {shown(unknown)} gibt es nicht",
                                "Spalten nach docs/handbuch/spalten.md"))
        names = list(dict.fromkeys(name for row in rows for name in row))
        found.append((title, names, [[_cell(f"{place}[{number}].{name}", row.get(name)) for name in names]
                                     for number, row in enumerate(rows)]))
    if not 1 <= sum(len(rows) for _, _, rows in found) <= MOST_ROWS:
        raise Refused(422, ("blaetter", f"nicht 1 bis {MOST_ROWS} Zeilen", "Zeilen auf mehrere Anfragen verteilen"))
    return [one for one in found if one[2]]


def _cell(place: str, value: Any) -> Any:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int) and abs(value) < 10**18:
        return value
    if isinstance(value, Decimal) and value.is_finite() and abs(value.adjusted()) < 18:
        return value
    if isinstance(value, str) and len(value) <= 2000 and (value == "" or value.isprintable()):
        return value
    raise Refused(422, (place, "weder Text noch Zahl noch true oder false", "Wert wie in der Arbeitsmappe angeben"))


def _shown(value: Any) -> str:
    return value.isoformat() if isinstance(value, date) else german(value)


def _row(one: Beanstandung) -> int:
    """Nummer der Zeile in der Liste, ab 0; die Arbeitsmappe zählt ab 1 und hat einen Kopf."""
    return max(0, one.zeile - 2)


def _fault(one: Beanstandung) -> tuple[str, str, str]:
    place = f"blaetter.{one.blatt or PEOPLE}"
    return (f"{place}[{_row(one)}].{one.spalte}" if one.zeile else place), one.grund, one.abhilfe
