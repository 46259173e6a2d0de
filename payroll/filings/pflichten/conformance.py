"""Rechnet eine Liste von Terminen nach (Fälligkeit der Beiträge, Beitragsnachweis, Abweichung am Sitz der Kasse)."""

from __future__ import annotations

import csv
import re
from collections.abc import Collection
from datetime import date
from pathlib import Path
from typing import TextIO

from payroll.filings.pflichten.termine import contributions_due, corpus_christi, reformation_day, statement_due

VARIANT = re.compile(r"(\w+) (\d{4}-\d\d-\d\d): due (\d{4}-\d\d-\d\d), statement (\d{4}-\d\d-\d\d)")
LOCAL = {"Fronleichnam": corpus_christi, "Reformationstag": reformation_day}


def run(path: Path, out: TextIO) -> int:
    """Vergleicht jedes Feld; 0, wenn alles stimmt, sonst 1."""
    checked = wrong = 0
    with path.open(encoding="utf-8") as source:
        for row in csv.DictReader(source):
            month = date.fromisoformat(f"{row['month']}-01")
            pairs = [("contributions_due", row["contributions_due"], contributions_due(month)),
                     ("statement_start_of_day", row["statement_start_of_day"], statement_due(month))]
            pairs += _local(month, row["regional_variant"])
            for name, expected, found in pairs:
                checked += 1
                if expected != found.isoformat():
                    wrong += 1
                    out.write(f"{row['month']} {name}: erwartet {expected}, gerechnet {found}\n")
    out.write(f"{checked} Termine geprüft, {wrong} abweichend\n")
    return 1 if wrong or not checked else 0


def _local(month: date, words: str) -> list[tuple[str, str, date]]:
    if not words:
        return []
    match = VARIANT.match(words)
    if match is None or match[1] not in LOCAL:
        return [(f"regional_variant ({words[:30]})", words, month)]
    holiday = LOCAL[match[1]](month.year)
    extra: Collection[date] = (holiday,)
    return [(f"{match[1]}", match[2], holiday), (f"{match[1]} due", match[3], contributions_due(month, extra)),
            (f"{match[1]} statement", match[4], statement_due(month, extra))]
