"""Der Stellenplan über den ganzen Zeitraum, einmal gelesen: Ziele je Person, freie Anteile, Erstattungen je Monat.

Fünf Abfragen für die Tatsachen und zwei für die Anker, gleich wie viele Stellen und Monate es sind.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from fractions import Fraction
from typing import Any

from sqlalchemy import select

from staffplan.models import (
    Kontierung,
    Stelle,
    StelleBesetzung,
    StelleFinanzierung,
    StelleStand,
    StelleVermerk,
    StelleVerteilung,
)
from staffplan.models.occupancy import BESETZT
from tenants.db.clocks import known, within
from tenants.db.session import TenantSession

Gruppen = Mapping[int, Sequence[Any]]
WHOLE = Fraction(1)


@dataclass(frozen=True, order=True)
class Ziel:
    """Wohin Kosten gehören; Stelle "" heißt: ohne Stelle."""

    stelle: str
    kostenstelle: str
    produkt: str


@dataclass(frozen=True)
class Frei:
    """Eine freie Stelle am Monatsersten: Anteil und womit sie zu besetzen wäre."""

    stelle: str
    anteil: Fraction
    gruppe: str
    laufbahn: str | None


@dataclass
class Plan:
    """Alle Zeilen, die den Zeitraum berühren, nach Stelle."""

    nummern: dict[int, str] = field(default_factory=dict)
    konten: dict[int, str] = field(default_factory=dict)
    stand: Gruppen = field(default_factory=dict)
    verteilung: Gruppen = field(default_factory=dict)
    finanzierung: Gruppen = field(default_factory=dict)
    vermerke: Gruppen = field(default_factory=dict)
    besetzung: Gruppen = field(default_factory=dict)

    def goals(self, first: date, last: date) -> dict[str, list[tuple[Ziel, Fraction]]]:
        """Je Personalnummer ihre Ziele mit Gewicht: die Besetzung am Ersten, sonst die spätere des Monats."""
        found: dict[str, list[tuple[Ziel, Fraction]]] = defaultdict(list)
        for day in (first, last):
            now: dict[str, list[tuple[Ziel, Fraction]]] = defaultdict(list)
            for key, rows in self.besetzung.items():
                for row in rows:
                    if _holds(row, day) and row.personalnummer not in found:
                        now[row.personalnummer] += self._parts(key, day, Fraction(row.zaehler, row.nenner))
            found |= now
        return found

    def targets_of(self, nummer: str, day: date) -> list[tuple[Ziel, Fraction]]:
        """Die Ziele einer Stelle, auch wenn niemand auf ihr sitzt."""
        key = next(key for key, held in self.nummern.items() if held == nummer)
        return self._parts(key, day, WHOLE)

    def _parts(self, key: int, day: date, share: Fraction) -> list[tuple[Ziel, Fraction]]:
        post = _on(self.stand.get(key, ()), day)
        centre = self.konten.get(post.kostenstelle_id, "") if post is not None and post.kostenstelle_id else ""
        parts = [(self.konten[row.produkt_id], Fraction(row.zaehler, row.nenner))
                 for row in self.verteilung.get(key, ()) if _holds(row, day)] or [("", WHOLE)]
        return [(Ziel(self.nummern[key], centre, product), share * part) for product, part in sorted(parts)]

    def free(self, day: date, gone: Mapping[str, date], *, on_leave: bool) -> Iterator[Frei]:
        """Freie Anteile an einem Tag; `gone`: letzter Tag der Ausgeschiedenen; `on_leave`: Beurlaubte zählen als fort.

        Gesperrte Stellen und kw-Stellen, deren Vermerk wirkt, bleiben leer; ku wirkt mit der Zielgruppe.
        """
        for key in sorted(self.stand):
            post = _on(self.stand[key], day)
            if post is None:
                continue
            taken = sum((Fraction(row.zaehler, row.nenner) for row in self.besetzung.get(key, ())
                         if _holds(row, day) and gone.get(row.personalnummer, day) >= day
                         and (not on_leave or row.zustand in BESETZT)), Fraction(0))
            left = Fraction(post.zaehler, post.nenner) - taken
            notes = [row for row in self.vermerke.get(key, ()) if _holds(row, day)
                     and (row.termin is None or row.termin <= day)]
            if left <= 0 or any(row.art in ("sperre", "kw") for row in notes):
                continue
            ku = next((row for row in notes if row.art == "ku"), None)
            yield Frei(self.nummern[key], left, ku.ziel_gruppe if ku else post.gruppe,
                       ku.ziel_laufbahn if ku else post.laufbahn)

    def refunds(self, day: date) -> dict[str, list[tuple[str, Fraction]]]:
        """Je Stelle, wer welchen Teil ihrer Kosten erstattet."""
        found: dict[str, list[tuple[str, Fraction]]] = defaultdict(list)
        for key, rows in self.finanzierung.items():
            for row in rows:
                if _holds(row, day):
                    found[self.nummern[key]].append((row.quelle, Fraction(row.zaehler, row.nenner)))
        return found


def read(session: TenantSession, first: date, last: date, known_at: datetime | None = None) -> Plan:
    """Liest, was den Zeitraum berührt."""

    def rows(model: Any, names: str) -> Gruppen:
        columns = [getattr(model, name) for name in f"stelle_id valid_from valid_to {names}".split()]
        found: dict[int, list[Any]] = defaultdict(list)
        for row in session.execute(select(*columns).where(known(model, known_at), within(model, first, last))
                                   .order_by(model.valid_from, model.id)):
            found[row.stelle_id].append(row)
        return found

    return Plan(
        {row.id: row.nummer for row in session.execute(select(Stelle.id, Stelle.nummer))},
        {row.id: row.nummer for row in session.execute(select(Kontierung.id, Kontierung.nummer))},
        rows(StelleStand, "kostenstelle_id zaehler nenner gruppe laufbahn"),
        rows(StelleVerteilung, "produkt_id zaehler nenner"),
        rows(StelleFinanzierung, "quelle zaehler nenner"),
        rows(StelleVermerk, "art termin ziel_gruppe ziel_laufbahn"),
        rows(StelleBesetzung, "personalnummer zustand zaehler nenner"))


def _holds(row: Any, day: date) -> bool:
    return bool(row.valid_from <= day and (row.valid_to is None or row.valid_to >= day))


def _on(rows: Sequence[Any], day: date) -> Any | None:
    return next((row for row in rows if _holds(row, day)), None)
