"""Who checked a citation of law, and when: data in ``parameters/fundstellen.csv``; what is not there is unchecked.

A citation names paragraphs of one or several statutes ("§ 168 SGB VI, § 2 BVV"); it counts as checked when each of its
paragraphs is. The latest day and all who checked are given.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

FILE = Path(__file__).parent / "parameters" / "fundstellen.csv"
COLUMNS = ("gesetz", "paragraf", "geprueft_von", "geprueft_am")
# Long names first: "SGB XI" must not be read as "SGB X".
_STATUTE = re.compile(r"\b(SGB (?:XIV|XII|XI|IX|IV|VI{1,3}|V|III|II|I|X)|"
                      r"[A-ZÄÖÜ][A-Za-zÄÖÜäöü]*[A-ZÄÖÜ]\w*(?:-[A-ZÄÖÜ]\w*)?)")
_PARAGRAPH = re.compile(r"(?:§§? ?|R )(\d+[a-z]?)")


@dataclass(frozen=True)
class Verification:
    """A check of a citation: by whom (also: against what) and when."""

    verified_by: str
    verified_on: date


@cache
def verifications() -> dict[tuple[str, str], Verification]:
    """Checks by statute and paragraph; a line that is incomplete is an error naming it."""
    found: dict[tuple[str, str], Verification] = {}
    with FILE.open(encoding="utf-8", newline="") as stream:
        for number, row in enumerate(csv.DictReader(stream, delimiter=";"), 2):
            key = (row["gesetz"], row["paragraf"])
            if key in found or not all(row[name].strip() for name in COLUMNS):
                raise ValueError(f"{FILE.name}, Zeile {number}: doppelt oder unvollständig")
            found[key] = Verification(row["geprueft_von"], date.fromisoformat(row["geprueft_am"]))
    return found


def paragraphs(law: str) -> tuple[tuple[str, str], ...]:
    """Statute and paragraph of each place of a citation; a paragraph without statute belongs to the next one."""
    places: list[tuple[str, str]] = []
    starts = [*_PARAGRAPH.finditer(law)]
    statutes: list[str] = []
    for i, start in enumerate(starts):
        end = starts[i + 1].start() if i + 1 < len(starts) else len(law)
        named = _STATUTE.search(law, start.end(), end)
        statutes.append(named[1] if named else "")
    for i in range(len(starts) - 2, -1, -1):
        statutes[i] = statutes[i] or statutes[i + 1]
    for start, statute in zip(starts, statutes, strict=True):
        places.append((statute, start[1]))
    return tuple(dict.fromkeys(places))


@cache
def verification(law: str) -> Verification | None:
    """The check of a whole citation, None when one of its places is unchecked or none is named."""
    checks = [verifications().get(place) for place in paragraphs(law)]
    if not checks or any(check is None for check in checks):
        return None
    known = [check for check in checks if check is not None]
    return Verification(", ".join(dict.fromkeys(check.verified_by for check in known)),
                        max(check.verified_on for check in known))
