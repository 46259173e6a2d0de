"""Das Formular eines Szenarios: je Art der Maßnahme ein Abschnitt, leer heißt: nicht Teil des Szenarios."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from payroll.law.encode import TARIFWERKE
from payroll.law.parameters.uploaded import groups_of
from payroll.runs.whatif.massnahmen import Massnahme, Szenario, SzenarioFehler, checked, of_plain
from tenants.web import inputs

SEPARATOR = "|"
Raw = Mapping[str, str]


def groups() -> list[tuple[str, list[tuple[str, str]]]]:
    """Alle Gruppen nach Tarifwerk, für eine Auswahl."""
    return [(scale, [(f"{scale}{SEPARATOR}{name}", f"{scale} {name}") for name in groups_of(scale)])
            for scale in TARIFWERKE]


def parsed(raw: Raw, scales: list[str], before: tuple[Massnahme, ...] = ()) -> Szenario:
    """Das Szenario aus dem Formular; before: Maßnahmen, auf denen es aufbaut. Wirft SzenarioFehler."""
    month = _read("Erster Monat", raw.get("ab", ""), inputs.month)
    count = _read("Zahl der Monate", raw.get("monate", ""), inputs.whole)
    found = [of_plain(given) for read in SECTIONS if (given := read(raw, scales, month))]
    return checked(raw.get("name", ""), month, count, (*before, *found))


def _read(label: str, text: str, reader: Callable[[str], Any]) -> Any:
    try:
        return reader(text)
    except inputs.InputError as error:
        raise SzenarioFehler(f"{label}: {error}") from error


def _begin(raw: Raw, name: str, month: date) -> str:
    text = raw.get(f"{name}_ab", "").strip()
    day: date = _read("Ab", text, inputs.day) if text else month
    return day.isoformat()


def _raise(raw: Raw, scales: list[str], month: date) -> dict[str, Any] | None:
    percent, least = raw.get("prozent", "").strip(), raw.get("mindestens", "").strip()
    if not percent and not least:
        return None
    value: Decimal = _read("Prozent", percent, lambda text: inputs.decimal(text, places=2)) if percent else Decimal(0)
    return {"art": "erhoehung", "ab": _begin(raw, "erhoehung", month), "tarifwerke": scales, "prozent": str(value),
            "mindestens": _read("Mindestbetrag", least, inputs.cents) if least else 0}


def _whom(raw: Raw, name: str) -> dict[str, Any] | None:
    people = [one for one in re.split(r"[\s,;]+", raw.get(f"{name}_personen", "")) if one]
    scale, _, group = raw.get(f"{name}_gruppe", "").partition(SEPARATOR)
    if not people and not group:
        return None
    count = raw.get(f"{name}_anzahl", "").strip()
    return {"personen": people, "tarifwerk": "" if people else scale, "gruppe": "" if people else group,
            "anzahl": _read("Anzahl", count, inputs.whole) if count else 0}


def _regrade(raw: Raw, _scales: list[str], month: date) -> dict[str, Any] | None:
    whom = _whom(raw, "umgruppierung")
    return whom and {"art": "umgruppierung", "ab": _begin(raw, "umgruppierung", month), "wen": whom,
                     "gruppe_neu": raw.get("gruppe_neu", "").partition(SEPARATOR)[2]}


def _hours(raw: Raw, _scales: list[str], month: date) -> dict[str, Any] | None:
    whom = _whom(raw, "arbeitszeit")
    return whom and {"art": "arbeitszeit", "ab": _begin(raw, "arbeitszeit", month), "wen": whom,
                     "wochenstunden": raw.get("arbeitszeit_stunden", "")}


def _hire(raw: Raw, _scales: list[str], month: date) -> dict[str, Any] | None:
    count = raw.get("einstellung_anzahl", "").strip()
    if not count:
        return None
    scale, _, group = raw.get("einstellung_gruppe", "").partition(SEPARATOR)
    full = raw.get("einstellung_vollzeit", "").strip() or "39"
    return {"art": "einstellung", "ab": _begin(raw, "einstellung", month), "tarifwerk": scale, "gruppe": group,
            "anzahl": _read("Anzahl", count, inputs.whole), "stufe": raw.get("einstellung_stufe", ""),
            "wochenstunden": raw.get("einstellung_stunden", "").strip() or full, "vollzeitstunden": full}


def _leave(raw: Raw, _scales: list[str], month: date) -> dict[str, Any] | None:
    whom = _whom(raw, "austritt")
    return whom and {"art": "austritt", "ab": _begin(raw, "austritt", month), "wen": whom}


SECTIONS = (_raise, _regrade, _hours, _hire, _leave)
