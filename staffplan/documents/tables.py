"""Die Tabellen eines Plans in der Form des Musters (VV Muster zur GO NRW und KomHVO NRW, Anlagen 10 und 11).

Eine Zelle ist Text oder ein genauer Bruch; gerundet wird erst beim Ausgeben. Summen entstehen aus ungerundeten Werten;
weicht die Summe der gerundeten Zeilen ab, sagt es ein Hinweis unter der Tabelle.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import groupby

from staffplan import grades, shares
from staffplan.documents.changes import WORTE
from staffplan.documents.content import Inhalt, Uebersicht, Zeile
from staffplan.models.plan import NACHWUCHS

Cell = str | Fraction
RANK = "Besoldungsgruppe"
TABELLEN = {"E": "EG", "S": "S (Sozial- und Erziehungsdienst)", "P": "P (Pflege)", "AT": "außertariflich"}
NACHWUCHS_WORTE = dict(zip(NACHWUCHS, (
    "Beamtinnen und Beamte auf Probe", "Beamtinnen und Beamte auf Widerruf", "Anwärterinnen und Anwärter",
    "Auszubildende", "Dual Studierende", "Praktikantinnen und Praktikanten", "Freiwilligendienste"), strict=True))


@dataclass(frozen=True)
class Reihe:
    """Eine Zeile; `summe`: sie fasst Zeilen darüber zusammen."""

    zellen: tuple[Cell, ...]
    summe: bool = False


@dataclass(frozen=True)
class Tabelle:
    """Überschrift, Spalten (Titel, ist Zahl), Zeilen, Hinweise."""

    schluessel: str
    titel: str
    spalten: tuple[tuple[str, bool], ...]
    reihen: tuple[Reihe, ...]
    hinweise: tuple[str, ...] = ()


def of(plan: Inhalt) -> list[Tabelle]:
    """Alle Tabellen eines Plans in der Reihenfolge der Anlage."""
    found = [_part(plan, "teil_a", "Teil A: Beamtinnen und Beamte", plan.teil_a),
             _part(plan, "teil_b", "Teil B: Tarifbeschäftigte", plan.teil_b)]
    found += [_overview(plan, "uebersicht_a1", "Übersicht A 1: Verteilung der Planstellen", plan.uebersicht_a),
              _overview(plan, "uebersicht_a2", "Übersicht A 2: Verteilung der Stellen für Tarifbeschäftigte",
                        plan.uebersicht_b)]
    return [*found, _trainees(plan), _changes(plan)]


def _part(plan: Inhalt, key: str, title: str, rows: Sequence[Zeile]) -> Tabelle:
    civil = key == "teil_a"
    columns = _columns(plan, civil=civil)
    lines: list[Reihe] = []
    for special, group in groupby(rows, key=lambda row: row.sondervermoegen):
        held = list(group)
        if special:
            lines.append(_line(f"Sondervermögen {special}", columns, civil))
        lines += _careers(held, columns) if civil else _scales(held, columns)
        if any(row.sondervermoegen for row in rows):
            lines.append(_sum(f"Summe {special or 'Verwaltung'}", held, columns, civil))
    lines.append(_sum("Summe", rows, columns, civil))
    names = ("Laufbahngruppe, Amtsbezeichnung", RANK) if civil else ("Entgeltgruppe",)
    heads = (*((name, False) for name in names), *((name, True) for name, _ in columns),
             ("Vermerke, Erläuterungen", False))
    hints = [*_rounding(plan, rows, columns)]
    if plan.besetzt_nach == "person":
        hints.append(f"{columns[-1][0]}: gezählt in der Gruppe der Person, nicht in der ihrer Stelle.")
    return Tabelle(key, title, heads, tuple(lines), tuple(hints))


Column = tuple[str, Callable[[Zeile], Fraction]]


def _columns(plan: Inhalt, *, civil: bool) -> list[Column]:
    year = plan.jahr
    found: list[Column] = [(f"Stellen {year}", lambda row: row.zahl)]
    if plan.nachtrag:
        found = [(f"Stellen {year} bisher", lambda row: row.bisher), (f"Stellen {year} neu", lambda row: row.zahl)]
    if civil:
        found += [("darunter mit Zulage", lambda row: row.zulage),
                  ("darunter ausgesondert", lambda row: row.ausgesondert)]
    return [*found, (f"Stellen {year - 1}", lambda row: row.vorjahr),
            (f"besetzt am 30.06.{year - 1}", lambda row: row.besetzt)]


def _careers(rows: Sequence[Zeile], columns: Sequence[Column]) -> Iterator[Reihe]:
    for career, group in groupby(rows, key=lambda row: row.laufbahn):
        held = list(group)
        name = grades.LAUFBAHN_WORTE[career or ""]
        yield _line(name, columns, True)
        yield from (_row(row, columns, True) for row in held)
        yield _sum(f"Summe {name}", held, columns, True)


def _scales(rows: Sequence[Zeile], columns: Sequence[Column]) -> Iterator[Reihe]:
    """Entgeltgruppen; gelten mehrere Tabellen (E, S, P), bekommt jede ihre Summe."""
    groups = [(table, list(group)) for table, group in groupby(rows, key=lambda row: grades.parse(row.gruppe).table)]
    for table, held in groups:
        yield from (_row(row, columns, False) for row in held)
        if len(groups) > 1:
            yield _sum(f"Summe {TABELLEN[table]}", held, columns, False)


def _line(text: str, columns: Sequence[Column], civil: bool) -> Reihe:
    return Reihe((*_names(text, "", civil), *("" for _ in columns), ""))


def _row(row: Zeile, columns: Sequence[Column], civil: bool) -> Reihe:
    names = _names(grades.office_title(row.laufbahn, row.gruppe), spaced(row.gruppe), civil)
    return Reihe((*names, *(value(row) for _, value in columns), "; ".join(row.vermerke)))


def _sum(name: str, rows: Sequence[Zeile], columns: Sequence[Column], civil: bool) -> Reihe:
    sums = (sum((value(row) for row in rows), Fraction(0)) for _, value in columns)
    return Reihe((*_names(name, "", civil), *sums, ""), summe=True)


def _names(text: str, grade: str, civil: bool) -> tuple[str, ...]:
    """Teil A nennt Amt und Gruppe in zwei Spalten, Teil B nur die Gruppe."""
    return (text, grade) if civil else (grade or text,)


def spaced(gruppe: str) -> str:
    """Gruppe, wie sie im Plan steht: A 13, EG 9b, S 8a."""
    grade = grades.parse(gruppe)
    table = "EG" if grade.table == "E" else grade.table
    return f"{table} {grade.number}{grade.suffix}" if grade.number else table


def _rounding(plan: Inhalt, rows: Sequence[Zeile], columns: Sequence[Column]) -> Iterator[str]:
    for name, value in columns:
        parts = [value(row) for row in rows]
        yield from _difference(name, parts, plan.stellen)


def _difference(name: str, parts: Sequence[Fraction], places: int) -> Iterator[str]:
    off = shares.rounding_difference(parts, places)
    if off:
        total = sum(parts, Fraction(0))
        added = shares.rounded(total, places) + off
        yield (f"{name}: die gerundeten Zeilen ergeben {_comma(added, places)}, die Summe aus ungerundeten "
               f"Anteilen ist {shares.shown(total, places)}.")


def _overview(plan: Inhalt, key: str, title: str, held: Uebersicht) -> Tabelle:
    heads = ((("Produktbereich", False)), *((_heading(one), True) for one in held.spalten), ("Summe", True))
    lines = [Reihe((f"{line} {name}" if line != name else name, *(held.wert(line, one) for one in held.spalten),
                    held.summe(line))) for line, name in held.zeilen]
    totals = [sum((held.wert(line, one) for line, _ in held.zeilen), Fraction(0)) for one in held.spalten]
    lines.append(Reihe(("Summe", *totals, sum(totals, Fraction(0))), summe=True))
    notes = list(_difference("Summe", [held.summe(line) for line, _ in held.zeilen], plan.stellen))
    return Tabelle(key, title, heads, tuple(lines), tuple(notes))


def _heading(column: tuple[str | None, str]) -> str:
    career, grade = column
    return f"{spaced(grade)} (LG {career})" if career and career != "wahl" else spaced(grade)


def _trainees(plan: Inhalt) -> Tabelle:
    month, day = plan.nachwuchs_stichtag.split("-")
    heads = (("Bezeichnung", False), ("Art der Vergütung", False), (f"vorgesehen für {plan.jahr}", True),
             (f"beschäftigt am {day}.{month}.{plan.jahr - 1}", True), ("Erläuterungen", False))
    lines = [Reihe((f"{NACHWUCHS_WORTE[one.art]}: {one.bezeichnung}", one.verguetung, Fraction(one.vorgesehen),
                    Fraction(one.beschaeftigt), one.erlaeuterung)) for one in plan.nachwuchs]
    wanted = sum(one.vorgesehen for one in plan.nachwuchs)
    there = sum(one.beschaeftigt for one in plan.nachwuchs)
    lines.append(Reihe(("Summe", "", Fraction(wanted), Fraction(there), ""), summe=True))
    return Tabelle("uebersicht_b", "Übersicht B: Nachwuchskräfte und informatorisch Beschäftigte", heads, tuple(lines))


def _changes(plan: Inhalt) -> Tabelle:
    heads = tuple((name, False) for name in ("Stelle", "Bezeichnung", "Veränderung", "vorher", "nachher", "Grund"))
    lines = tuple(Reihe((one.stelle, one.bezeichnung, WORTE[one.art], one.vorher, one.nachher, one.grund))
                  for one in plan.veraenderungen)
    against = "gegenüber dem bisherigen Plan" if plan.nachtrag else "gegenüber dem Vorjahr"
    return Tabelle("veraenderungen", f"Veränderungsliste {against}", heads, lines)


def text(cell: Cell, places: int, *, whole: bool = False) -> str:
    """Eine Zelle als Text; leere Werte stehen als Strich."""
    if isinstance(cell, str):
        return cell
    if not cell:
        return "–"
    return shares.shown(cell, 0 if whole else places)


def _comma(number: Decimal, places: int) -> str:
    return f"{number:.{places}f}".replace(".", ",")
