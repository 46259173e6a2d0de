"""Das Formular einer Hochrechnung und das der Zuschläge: lesen und prüfen."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from payroll.budget.assumptions import Annahmen, Ausnahme, Wiederbesetzung, checked
from payroll.budget.levies import MOST, Zuschlag
from payroll.runs.whatif.massnahmen import SzenarioFehler, of_plain
from payroll.web.desk.whatif_form import SECTIONS
from tenants.web import inputs

Raw = Mapping[str, str]
ROWS = 6
assert ROWS <= MOST


def parsed(raw: Raw, scales: list[str]) -> Annahmen:
    """Die Annahmen aus dem Formular; wirft SzenarioFehler."""
    month = _read("Erster Monat", raw.get("ab", ""), inputs.month)
    count = _read("Zahl der Monate", raw.get("monate", ""), inputs.whole)
    measures = [of_plain(given) for read in SECTIONS if (given := read(raw, scales, month))]
    filling = Wiederbesetzung(
        _day(raw, "besetzen_ab", "Freie Stellen besetzen ab"), _read("Wartezeit", raw.get("warten", "") or "0",
                                                                    inputs.whole),
        raw.get("stufe", "").strip() or "3", raw.get("stufe_beamte", "").strip() or "5",
        _day(raw, "stopp_ab", "Einstellungsstopp ab"), _day(raw, "stopp_bis", "Einstellungsstopp bis"),
        bool(raw.get("vertretung")))
    return checked(Annahmen(raw.get("name", "").strip(), month, count, tuple(measures), filling,
                            _exceptions(raw.get("ausnahmen", "")), bool(raw.get("ruhestand")),
                            bool(raw.get("sonderzahlung")),
                            _read("Leistungsentgelt", raw.get("leistungsentgelt", "") or "0", inputs.whole)))


def _read(label: str, text: str, reader: Any) -> Any:
    try:
        return reader(text)
    except inputs.InputError as error:
        raise SzenarioFehler(f"{label}: {error}") from error


def _day(raw: Raw, name: str, label: str) -> date | None:
    text = raw.get(name, "").strip()
    found: date | None = _read(label, text, inputs.day) if text else None
    return found


def _exceptions(text: str) -> tuple[Ausnahme, ...]:
    """Je Zeile „Stelle; Tag oder nie; Stufe“."""
    found = []
    for line in text[:20_000].splitlines():
        cells = [cell.strip() for cell in line.split(";")]
        if not any(cells):
            continue
        if len(cells) not in (2, 3) or not cells[0]:
            raise SzenarioFehler(f"Einzelne Stellen: „{line.strip()[:40]}“ als „Stelle; Tag oder nie; Stufe“ angeben.")
        never = cells[1].lower() == "nie"
        day = None if never else _read(f"Einzelne Stellen, {cells[0]}", cells[1], inputs.day)
        found.append(Ausnahme(cells[0], day, cells[2] if len(cells) == 3 else ""))
    return tuple(found)


def levies(raw: Raw) -> tuple[date, list[Zuschlag], str]:
    """Gilt ab, die Zuschläge und der Grund aus dem Formular; leere Zeilen zählen nicht."""
    first: date = _read("Gilt ab", raw.get("ab", ""), inputs.day)
    found = []
    for at in range(ROWS):
        cells = {name: raw.get(f"{name}_{at}", "").strip() for name in ("name", "konto", "kreis", "prozent", "betrag")}
        if not any(cells[name] for name in ("name", "konto", "prozent", "betrag")):
            continue
        label = cells["name"] or f"Zeile {at + 1}"
        percent = _read(f"{label}, Prozent", cells["prozent"], lambda text: inputs.decimal(text, places=4)
                        ) if cells["prozent"] else Decimal(0)
        cents = _read(f"{label}, Betrag", cells["betrag"], inputs.cents) if cells["betrag"] else 0
        found.append(Zuschlag(cells["name"], re.sub(r"\s", "", cells["konto"]), cells["kreis"], percent, cents))
    return first, found, raw.get("grund", "").strip()[:500]
