"""Besoldungs- und Entgeltgruppen: lesen, ordnen, Laufbahnen.

Dieselbe Besoldungsgruppe gibt es in zwei Laufbahngruppen (A 9, A 13): der Schlüssel ist Laufbahngruppe und Gruppe.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

LAUFBAHNEN = ("wahl", "2.2", "2.1", "1.2", "1.1")
LAUFBAHN_WORTE = {
    "wahl": "Wahlbeamtinnen und Wahlbeamte",
    "2.2": "Laufbahngruppe 2, zweites Einstiegsamt",
    "2.1": "Laufbahngruppe 2, erstes Einstiegsamt",
    "1.2": "Laufbahngruppe 1, zweites Einstiegsamt",
    "1.1": "Laufbahngruppe 1, erstes Einstiegsamt",
}
# The range of the A scale in each career group (LBesG NRW; the lower ends also cover older plans).
A_RANGE = {"2.2": (13, 16), "2.1": (9, 13), "1.2": (5, 9), "1.1": (2, 6)}
# Basic official titles of the A scale without prefix (Kreis-, Stadt-) or addition (LBesO A, annex 1 to the LBesG NRW).
OFFICES = {
    "1.1": {5: "Oberamtsmeisterin, Oberamtsmeister", 6: "Erste Hauptwachtmeisterin, Erster Hauptwachtmeister"},
    "1.2": {6: "Sekretärin, Sekretär", 7: "Obersekretärin, Obersekretär", 8: "Hauptsekretärin, Hauptsekretär",
            9: "Amtsinspektorin, Amtsinspektor"},
    "2.1": {9: "Inspektorin, Inspektor", 10: "Oberinspektorin, Oberinspektor", 11: "Amtfrau, Amtmann",
            12: "Amtsrätin, Amtsrat", 13: "Oberamtsrätin, Oberamtsrat"},
    "2.2": {13: "Rätin, Rat", 14: "Oberrätin, Oberrat", 15: "Direktorin, Direktor",
            16: "Leitende Direktorin, Leitender Direktor"},
}
BEAMTE = ("B", "R", "W", "A")
TARIF = ("AT", "E", "S", "P")
PATTERN = re.compile(r"(EG|BESGR\.?|AT|[ABERSPW])\s*(\d{1,2})?\s*([A-D]|UE|Ü|ü)?", re.IGNORECASE | re.ASCII)
NUMBERS = {"A": range(2, 17), "B": range(1, 12), "R": range(1, 11), "W": range(1, 4), "E": range(1, 16),
           "S": range(2, 19), "P": range(5, 17)}
LETTERS = {("E", 9): "abc", ("S", 8): "ab", ("S", 11): "ab"}
OVER = {("E", 2), ("E", 15)}


class UnknownGrade(ValueError):
    """Die Gruppe gibt es nicht; der Text sagt, was erwartet wird."""


@dataclass(frozen=True, order=True)
class Grade:
    """Eine Gruppe: Tabelle (A, B, R, W, E, S, P, AT), Zahl, Zusatz (a, b, c, Ü)."""

    table: str
    number: int
    suffix: str = ""

    def __str__(self) -> str:
        return f"{self.table}{self.number or ''}{self.suffix}"

    @property
    def civil(self) -> bool:
        """Wahr für Besoldungsgruppen."""
        return self.table in BEAMTE

    @property
    def rank(self) -> tuple[int, int]:
        """Ordnung innerhalb der Tabelle; höher ist mehr. E 2Ü liegt über E 2, E 15Ü über E 15."""
        return self.number, {"": 0, "a": 1, "b": 2, "c": 3, "Ü": 4}[self.suffix]


def parse(text: str) -> Grade:
    """Gruppe aus „E9b“, „EG 9b“, „A 13“, „S 8a“, „E 15Ü“."""
    bare = re.sub(r"^(Besoldungsgruppe|Entgeltgruppe|BesGr\.?|EntgGr\.?)\s*", "", text.strip(), flags=re.IGNORECASE)
    found = PATTERN.fullmatch(bare)
    if found is None:
        raise UnknownGrade(f"„{text.strip()}“ ist keine bekannte Gruppe; erwartet wird etwa A13, B2, E9b, S8a")
    table = "E" if found[1].upper() == "EG" else found[1].upper()
    suffix = (found[3] or "").upper().replace("UE", "Ü")
    suffix = suffix if suffix == "Ü" else suffix.lower()
    grade = Grade(table, int(found[2] or 0), suffix)
    if not _known(grade):
        raise UnknownGrade(f"Die Gruppe „{grade}“ gibt es nicht; Zahl und Zusatz prüfen")
    return grade


def _known(grade: Grade) -> bool:
    if grade.table == "AT":
        return grade.number == 0 and not grade.suffix
    if grade.table not in NUMBERS or grade.number not in NUMBERS[grade.table]:
        return False
    if grade.suffix == "Ü":
        return (grade.table, grade.number) in OVER
    return not grade.suffix or grade.suffix in LETTERS.get((grade.table, grade.number), "")


def check_career(grade: Grade, laufbahn: str | None) -> str | None:
    """Warum Laufbahngruppe und Gruppe nicht zusammenpassen; None, wenn sie passen."""
    if not grade.civil:
        return None if laufbahn is None else f"{grade} ist eine Entgeltgruppe und hat keine Laufbahngruppe"
    if laufbahn is None:
        return f"zu {grade} fehlt die Laufbahngruppe; eine von {', '.join(LAUFBAHNEN)} angeben"
    if laufbahn not in LAUFBAHNEN:
        return f"die Laufbahngruppe „{laufbahn}“ gibt es nicht; eine von {', '.join(LAUFBAHNEN)} angeben"
    if laufbahn == "wahl" or grade.table != "A":
        return None if laufbahn in ("wahl", "2.2") else f"{grade} gehört zur Laufbahngruppe 2.2 oder zu den Wahlbeamten"
    low, high = A_RANGE[laufbahn]
    if low <= grade.number <= high:
        return None
    return f"{grade} gibt es in der Laufbahngruppe {laufbahn} nicht (dort A {low} bis A {high})"


def office_title(laufbahn: str | None, gruppe: str) -> str:
    """Grundamtsbezeichnung zu Laufbahngruppe und Gruppe; bei Wahlämtern und B-Ämtern das Amt in Worten."""
    grade = parse(gruppe)
    if laufbahn == "wahl":
        return "Wahlamt"
    named = OFFICES.get(laufbahn or "", {}).get(grade.number) if grade.table == "A" else None
    return named or f"Amt der Besoldungsgruppe {grade.table} {grade.number}"


def above(held: Grade, held_career: str | None, post: Grade, post_career: str | None) -> bool:
    """Liegt die Gruppe der Besetzung über der Bewertung der Stelle? Nur in derselben Tabelle (A vor B) vergleichbar."""
    if not comparable(held, post):
        return False
    if {held.table, post.table} == {"A", "B"}:
        return held.table == "B"
    if held.rank != post.rank:
        return held.rank > post.rank
    if held.civil and held_career and post_career and "wahl" not in (held_career, post_career):
        return LAUFBAHNEN.index(held_career) < LAUFBAHNEN.index(post_career)
    return False


def comparable(one: Grade, other: Grade) -> bool:
    """Wahr, wenn sich zwei Gruppen ordnen lassen."""
    return one.table == other.table or {one.table, other.table} == {"A", "B"}


def sort_key(laufbahn: str | None, gruppe: str) -> tuple[int, int, tuple[int, int]]:
    """Reihenfolge im Plan: Laufbahngruppen von oben, darin B vor A, hohe Gruppen zuerst; Tarif E, S, P."""
    grade = parse(gruppe)
    career = LAUFBAHNEN.index(laufbahn) if laufbahn else len(LAUFBAHNEN)
    table = (BEAMTE + TARIF).index(grade.table)
    return career, table, (-grade.rank[0], -grade.rank[1])
