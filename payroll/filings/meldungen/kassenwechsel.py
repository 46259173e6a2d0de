"""Rückwirkend geänderte Kasse oder Beitragsgruppe: was für frühere Monate gebucht ist, zieht mit um.

Ein Lauf bucht für frühere Monate nur Unterschiede. Wird erst später bekannt, dass jemand schon einen Monat lang einer
anderen Kasse angehörte, gehört ihr der ganze Beitrag dieses Monats: die alte bekommt ihn als Korrektur zurückgenommen,
auch wenn kein Cent anders gerechnet ist (Einzugsstelle ist die Kasse, die die Krankenversicherung durchführt, § 28h
Abs. 1, § 28i Satz 1 SGB IV).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Generic, TypeVar

from sqlalchemy import func, select

from payroll.runs.models import Ergebnis, Lauf
from payroll.runs.retro_models import Rueckrechnung, RueckrechnungZeile
from tenants.db.session import TenantSession

Zeitraum = TypeVar("Zeitraum")


@dataclass(frozen=True)
class Umzug(Generic[Zeitraum]):
    """Ein früherer Monat einer Beschäftigung: bisher gebuchte Werte (Cent), Kasse damals und nach heutiger Kenntnis."""

    beschaeftigung: int
    monat: date
    werte: dict[str, int]
    alt: Zeitraum
    neu: Zeitraum


def run_before(session: TenantSession, lauf: Lauf) -> Lauf | None:
    """Der letzte abgeschlossene Lauf vor diesem; nach seinem Kenntnisstand ist gemeldet, was frühere Monate tragen."""
    return session.scalars(select(Lauf).where(Lauf.zustand == "abgeschlossen", Lauf.monat < lauf.monat)
                           .order_by(Lauf.monat.desc()).limit(1)).first()


def moved(session: TenantSession, lauf: Lauf, names: Sequence[str],
          pieces: tuple[Mapping[int, Sequence[Zeitraum]], Mapping[int, Sequence[Zeitraum]]],
          at: Callable[[Sequence[Zeitraum], date], Zeitraum | None],
          place: Callable[[Zeitraum], Hashable]) -> Iterator[Umzug[Zeitraum]]:
    """Monate, deren Ort (place) zwischen beiden Kenntnisständen ein anderer geworden ist.

    lauf: der letzte, dessen Buchungen zählen; pieces: Zeiträume je Beschäftigung, wie er sie kannte und wie sie jetzt
    bekannt sind; at: der Zeitraum, nach dem ein Monat gemeldet wird. Ohne Zeitraum auf einer Seite zieht nichts um.
    """
    before, now = pieces
    jobs = [job for job, own in before.items() if list(now.get(job, ())) != list(own)]
    for (job, month), values in _booked(session, lauf, names, jobs).items():
        old, new = at(before[job], month), at(now.get(job, ()), month)
        if old is not None and new is not None and place(old) != place(new) and any(values.values()):
            yield Umzug(job, month, values, old, new)


def _booked(session: TenantSession, lauf: Lauf, names: Sequence[str],
            jobs: Collection[int]) -> dict[tuple[int, date], dict[str, int]]:
    """Je Beschäftigung und Monat der Herkunft alles, was bis zu diesem Lauf gebucht ist; zwei Abfragen."""
    found: dict[tuple[int, date], dict[str, int]] = defaultdict(lambda: dict.fromkeys(names, 0))
    if not jobs:
        return found
    closed, own = (Lauf.zustand == "abgeschlossen", Lauf.monat <= lauf.monat), sorted(jobs)
    for row in session.execute(
            select(Ergebnis.beschaeftigung_id, Ergebnis.monat, *(getattr(Ergebnis, name) for name in names))
            .join(Lauf, Lauf.id == Ergebnis.lauf_id).where(*closed, Ergebnis.beschaeftigung_id.in_(own))):
        for name in names:
            found[row.beschaeftigung_id, row.monat][name] += int(getattr(row, name))
    for row in session.execute(
            select(Rueckrechnung.beschaeftigung_id, Rueckrechnung.monat, RueckrechnungZeile.name,
                   func.sum(RueckrechnungZeile.betrag).label("betrag"))
            .join(RueckrechnungZeile, RueckrechnungZeile.rueckrechnung_id == Rueckrechnung.id)
            .join(Lauf, Lauf.id == Rueckrechnung.lauf_id)
            .where(*closed, Rueckrechnung.art != "offen", RueckrechnungZeile.bereich == "wert",
                   RueckrechnungZeile.name.in_(names), Rueckrechnung.beschaeftigung_id.in_(own))
            .group_by(Rueckrechnung.beschaeftigung_id, Rueckrechnung.monat, RueckrechnungZeile.name)):
        found[row.beschaeftigung_id, row.monat][row.name] += int(row.betrag)
    return found
