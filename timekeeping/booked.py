"""Zeilen zwischen Datenbank und Prüfung: Geschriebenes, Gebuchtes, Summen."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from operator import attrgetter
from typing import Any

from sqlalchemy import ColumnElement, Row, func, select

from tenants.db.bulk import Staging
from tenants.db.session import TenantSession
from timekeeping.imports.judging import Gebucht
from timekeeping.imports.rows import ABGELEHNT, ANGENOMMEN, STAENDE, ZURUECKGESTELLT, Eintrag
from timekeeping.models import ZeitDatei, ZeitZeile

SAME = (
    *("zeile", "quellzeilen", "art", "personalnummer", "schluessel", "kostenstelle", "beschaeftigung_id", "lohnart"),
    *("von", "bis", "monat", "beginn", "ende", "einheit", "menge", "betrag", "stand", "grund", "abhilfe", "nachtrag"),
    "fingerabdruck",
)
FEW, PORTION = 1_000, 10_000
COMPARED = ("beschaeftigung_id", "lohnart", "art", "von", "bis", "monat", "beginn", "ende", "einheit", "kostenstelle")


class Schreiben:
    """Zeilen einer Datei, Portion für Portion; sie gelten erst mit der Datei."""

    def __init__(self, session: TenantSession) -> None:
        self.staging = Staging(session, ZeitZeile, ("position", *SAME))
        self.values = attrgetter("position", *SAME[:-1])

    def add(self, entries: Iterable[Eintrag]) -> None:
        """Eine Portion."""
        self.staging.add((*self.values(entry), entry.fingerabdruck or None) for entry in entries)

    def finish(self, datei: ZeitDatei) -> None:
        """Übernimmt alle Portionen als Zeilen dieser Datei."""
        self.staging.finish(datei_id=datei.id)


def load(session: TenantSession, entries: Sequence[Eintrag], replaced: ZeitDatei | None,
         closed: frozenset[date]) -> Gebucht:
    """Was im Zeitraum der Einträge gebucht ist; von der ersetzten Datei zählt nur, was abgeschlossen ist."""
    days = [day for entry in entries for day in (entry.von, entry.bis) if day]
    known = Gebucht()
    if not days:
        return known
    statement = (
        select(*(getattr(ZeitZeile, name) for name in COMPARED), ZeitZeile.fingerabdruck, ZeitZeile.zeile,
               ZeitZeile.datei_id, ZeitDatei.dateiname)
        .join(ZeitDatei, (ZeitDatei.tenant_id == ZeitZeile.tenant_id) & (ZeitDatei.id == ZeitZeile.datei_id))
        .where(ZeitZeile.gebucht, ZeitZeile.von <= max(days), ZeitZeile.bis >= min(days), *_of(entries))
    )
    for row in session.execute(statement):
        entry = Eintrag(row.zeile, row.art)
        for name in (*COMPARED, "fingerabdruck"):
            setattr(entry, name, getattr(row, name))
        if replaced is not None and row.datei_id == replaced.id and closed.isdisjoint(entry.monate()):
            continue
        known.merken(entry, f"Zeile {row.zeile} der gebuchten Datei {row.dateiname}")
    return known


def _of(entries: Sequence[Eintrag]) -> list[ColumnElement[bool]]:
    """Nur die Personen der Einträge; alle, wenn es mehr sind, als eine Anweisung nennen soll."""
    jobs = {entry.beschaeftigung_id for entry in entries if entry.beschaeftigung_id is not None}
    return [ZeitZeile.beschaeftigung_id.in_(sorted(jobs))] if len(jobs) <= FEW else []


def sums(session: TenantSession, datei: ZeitDatei, *, nur_gebucht: bool = False) -> tuple[int, dict[str, Decimal]]:
    """Datenzeilen und Summen je Einheit (Betrag in Cent), aus der Datenbank gerechnet."""
    where = [ZeitZeile.datei_id == datei.id] + ([ZeitZeile.gebucht] if nur_gebucht else [])
    found = session.execute(
        select(ZeitZeile.einheit, func.sum(ZeitZeile.quellzeilen), func.sum(ZeitZeile.menge),
               func.sum(ZeitZeile.betrag)).where(*where).group_by(ZeitZeile.einheit)
    ).all()
    totals: dict[str, Decimal] = {}
    for unit, _, quantity, cents in found:
        if unit and quantity:
            totals[unit] = totals.get(unit, Decimal(0)) + quantity
        if cents:
            totals["betrag"] = totals.get("betrag", Decimal(0)) + cents
    return sum(int(count) for _, count, _, _ in found), {unit: total for unit, total in totals.items() if total}


def unconfirmed(session: TenantSession, datei: ZeitDatei) -> tuple[int, int]:
    """Angenommene Zeilen, die noch keine Leitung bestätigt hat, und wie viele Beschäftigungen sie betreffen."""
    found = session.execute(
        select(func.count(), func.count(func.distinct(ZeitZeile.beschaeftigung_id)))
        .where(ZeitZeile.datei_id == datei.id, ZeitZeile.stand == ANGENOMMEN, ZeitZeile.bestaetigt_von.is_(None))).one()
    return int(found[0]), int(found[1])


def turned_down(session: TenantSession, datei: ZeitDatei) -> frozenset[int]:
    """Stellen der Zeilen, die eine Leitung abgelehnt hat."""
    return frozenset(session.scalars(select(ZeitZeile.position).where(
        ZeitZeile.datei_id == datei.id, ZeitZeile.stand == ABGELEHNT, ZeitZeile.bestaetigt_von.is_not(None))))


def refusals(session: TenantSession, checksum: bytes) -> Sequence[Row[Any]]:
    """Zeilen dieser Bytes, die eine Leitung abgelehnt hat, aus jeder früheren Prüfung; die jüngste zuletzt."""
    return session.execute(
        select(ZeitZeile.zeile, ZeitZeile.beschaeftigung_id, ZeitZeile.von, ZeitZeile.fingerabdruck, ZeitZeile.grund,
               ZeitZeile.abhilfe, ZeitZeile.bestaetigt_von, ZeitZeile.bestaetigt_am)
        .join(ZeitDatei, (ZeitDatei.tenant_id == ZeitZeile.tenant_id) & (ZeitDatei.id == ZeitZeile.datei_id))
        .where(ZeitDatei.sha256 == checksum, ZeitZeile.stand == ABGELEHNT, ZeitZeile.bestaetigt_von.is_not(None))
        .order_by(ZeitZeile.id)).all()


def refuse_again(session: TenantSession, datei: ZeitDatei, refused: Sequence[Row[Any]]) -> int:
    """Trägt Ablehnungen in die neue Prüfung: gleicher Inhalt oder gleiche Zeile derselben Beschäftigung; gibt die Zahl.

    Ein anderer Schlüssel im Profil hebt keine Ablehnung auf, erst eine berichtigte Datei. Wo eine Zeile mehrere Angaben
    macht (Serien eines Kalenders), zählt auch ihr Beginn.
    """
    if not refused:
        return 0
    marks = {one.fingerabdruck: one for one in refused if one.fingerabdruck}
    rows = session.scalars(select(ZeitZeile).where(
        ZeitZeile.datei_id == datei.id, ZeitZeile.stand.in_((ANGENOMMEN, ZURUECKGESTELLT)),
        ZeitZeile.beschaeftigung_id.in_({one.beschaeftigung_id for one in refused}))).all()
    held = Counter(_line(row) for row in rows)
    lines = {(_line(one), one.von if held[_line(one)] > 1 else None): one for one in refused}
    count = 0
    for row in rows:
        was = marks.get(row.fingerabdruck or b"") or lines.get((_line(row), row.von if held[_line(row)] > 1 else None))
        if was is not None:
            row.stand, row.grund, row.abhilfe = ABGELEHNT, was.grund, was.abhilfe
            row.bestaetigt_von, row.bestaetigt_am = was.bestaetigt_von, was.bestaetigt_am
            count += 1
    session.flush()
    return count


def _line(row: Any) -> tuple[int, int | None]:
    return row.zeile, row.beschaeftigung_id


@dataclass
class Stand:
    """Stand aller Zeilen einer Datei, nach ihrer Stelle geordnet und dicht gehalten."""

    position: array[int]
    stand: array[int]
    entschieden: array[int]
    nachtrag: array[int]
    fingerabdruck: list[bytes]

    def of(self, position: int) -> tuple[str, bool, bool, bytes] | None:
        """Stand, entschieden, Nachtrag, Fingerabdruck der Zeile an dieser Stelle; None, wenn es sie nicht gibt."""
        at = bisect_left(self.position, position)
        if at == len(self.position) or self.position[at] != position:
            return None
        return STAENDE[self.stand[at]], bool(self.entschieden[at]), bool(self.nachtrag[at]), self.fingerabdruck[at]


def held(session: TenantSession, datei: ZeitDatei) -> Stand:
    """Liest den Stand aller Zeilen einer Datei in Portionen."""
    names = ("position", "stand", "entschieden", "nachtrag", "fingerabdruck")
    rows = session.execute(select(*(getattr(ZeitZeile, name) for name in names))
                           .where(ZeitZeile.datei_id == datei.id).order_by(ZeitZeile.position)
                           .execution_options(yield_per=PORTION))
    numbers: tuple[array[int], ...] = (array("q"), array("b"), array("b"), array("b"))
    prints: list[bytes] = []
    for position, stand, decided, late, mark in rows:
        for column, value in zip(numbers, (position, STAENDE.index(stand), decided, late), strict=True):
            column.append(value)
        prints.append(mark or b"")
    return Stand(*numbers, prints)
