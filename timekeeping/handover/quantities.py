"""Aus gebuchten Zeilen eines Monats werden Mengen je Lohnart und Begünstigung, mit Zeile und Grund."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from timekeeping.handover.kinds import ARTEN, BETRAG, KLASSE_BETRAG, MINUTEN, TAGE, klasse_of, lohnart_of
from timekeeping.imports.keys import ARBEITSZEIT, EIGENE
from timekeeping.rules.breaks import placed_break
from timekeeping.rules.clock import Span, days_of, local_time, minute_of
from timekeeping.rules.holidays import ist_feiertag
from timekeeping.rules.premiums import STEUER_NACHT, STEUER_TAG, Stueck, cut
from timekeeping.rules.spans import difference

HOLIDAY = "Arbeit an einem Feiertag: beim Abschluss angeben, ob Freizeitausgleich gegeben wurde"


@dataclass(frozen=True)
class Menge:
    """Ein Stück einer Zeile: Menge in einheit (Minuten, Tage, Cent), Begünstigung, Tag und Grund in Worten."""

    beschaeftigung_id: int
    lohnart: int
    klasse: int
    einheit: str
    menge: Decimal
    zeile_id: int
    tag: date
    grund: str


@dataclass(frozen=True)
class Offen:
    """Eine gebuchte Zeile, aus der keine Zahlung werden kann, und warum."""

    zeile_id: int
    beschaeftigung_id: int
    grund: str
    feiertag: bool = False


@dataclass(frozen=True)
class Lage:
    """Was die Zeilen nicht sagen: wer in Schichten arbeitet (kein Samstagszuschlag), Ausgleich der Feiertage.

    umfang: eigene und volle Wochenstunden in Hundertsteln je Beschäftigung.
    """

    schicht: frozenset[int] = frozenset()
    feiertag: str | None = None
    umfang: Mapping[int, tuple[int, int]] = field(default_factory=dict)


def quantities(rows: Iterable[Any], month: date, lage: Lage) -> tuple[list[Menge], list[Offen]]:
    """Alle Mengen des Monats; was in einem anderen Monat liegt, gehört diesem nicht.

    rows: Zeilen mit den Namen der Spalten von ZeitZeile, nach Person und Beginn geordnet.
    """
    found: list[Menge] = []
    left: list[Offen] = []
    for row in rows:
        if row.art == "stempel":
            _stamp(row, month, lage, found, left)
        elif row.lohnart not in EIGENE and row.von is not None and row.von.replace(day=1) == month:
            made = _given(row)
            (found if isinstance(made, Menge) else left).append(made)  # type: ignore[arg-type]  # one of the two
    return found, left


def _given(row: Any) -> Menge | Offen:
    number = int(row.lohnart)
    def made(klasse: int, unit: str, value: Decimal, why: str) -> Menge:
        return Menge(row.beschaeftigung_id, number, klasse, unit, value, row.id, row.von, why)

    if row.betrag is not None:
        return made(KLASSE_BETRAG, BETRAG, Decimal(row.betrag), "Betrag der Datei")
    art = ARTEN.get(number)
    if art is not None and row.menge is not None:
        if art.einheit == MINUTEN and row.einheit == "stunden":
            return made(klasse_of(art, None if row.monat else row.von), MINUTEN, row.menge * 60, "Stunden der Datei")
        if art.einheit == TAGE and row.einheit in ("tage", "stueck"):
            return made(0, TAGE, row.menge, "Tage der Datei")
    return Offen(row.id, row.beschaeftigung_id,
                 f"Lohnart {number}: für {row.einheit or 'diese Angabe'} nennt der Tarif hier keinen Preis")


def presence(row: Any) -> tuple[Span, list[Span]]:
    """Anwesenheit einer Stempelzeile in ganzen Minuten und die Arbeit darin; die Pause liegt in ihrer Mitte."""
    span = Span(minute_of(row.beginn), minute_of(row.ende))
    worked = int(row.menge) // 60
    pause = span.minuten - worked
    return span, difference([span], [placed_break(span, pause)] if 0 < pause < span.minuten else [])


def not_priced(row: int, job: int, lohnart: str) -> Offen:
    """Gestempelt auf etwas, das keine Arbeitszeit ist."""
    return Offen(row, job, f"gestempelt auf {lohnart}; Zuschläge gibt es nur für Arbeitszeit")


def _stamp(row: Any, month: date, lage: Lage, found: list[Menge], left: list[Offen]) -> None:
    if row.lohnart != ARBEITSZEIT:
        left.append(not_priced(row.id, row.beschaeftigung_id, row.lohnart))
        return
    span, work = presence(row)
    holidays = {day for day, _ in days_of(span) if ist_feiertag(day)}
    if lage.feiertag is None and any(day.replace(day=1) == month for day in holidays):
        left.append(Offen(row.id, row.beschaeftigung_id, HOLIDAY, feiertag=True))
        return
    time_off = dict.fromkeys(holidays, lage.feiertag == "mit")
    for part in work:
        for piece in cut(part, span.von, time_off, saturday=row.beschaeftigung_id not in lage.schicht):
            if piece.tag.replace(day=1) == month:
                found += _premiums(row, piece)


def _premiums(row: Any, piece: Stueck) -> Iterator[Menge]:
    minutes, why = Decimal(piece.spanne.minuten), _why(piece)
    kinds = []
    if piece.nacht:
        kinds.append(("nacht", STEUER_NACHT.index(piece.steuer_nacht)))
    if piece.tagart:
        kinds.append((piece.tagart, 0 if piece.tagart == "samstag" else STEUER_TAG.index(piece.steuer_tag)))
    for kind, relief in kinds:
        yield Menge(row.beschaeftigung_id, lohnart_of(kind, piece.tag), relief, MINUTEN, minutes, row.id, piece.tag,
                    why)


def _why(piece: Stueck) -> str:
    first, last = local_time(piece.spanne.von), local_time(piece.spanne.bis)
    return f"{first:%H:%M} bis {last:%H:%M}"
