"""Rückwirkend geänderte Kasse oder Beitragsgruppe: was für frühere Monate gebucht ist, zieht mit um.

Ein Lauf bucht für frühere Monate nur Unterschiede. Wird erst später bekannt, dass jemand schon einen Monat lang einer
anderen Kasse angehörte, gehört ihr der ganze Beitrag dieses Monats: die alte bekommt ihn als Korrektur zurückgenommen,
auch wenn kein Cent anders gerechnet ist (Einzugsstelle ist die Kasse, die die Krankenversicherung durchführt, § 28h
Abs. 1, § 28i Satz 1 SGB IV).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Generic, TypeVar

from sqlalchemy import func, select

from payroll.filings.meldungen.werte import Gebucht
from payroll.runs.models import Ergebnis, Lauf
from payroll.runs.retro_models import Rueckrechnung, RueckrechnungZeile
from tenants.db.session import TenantSession

Zeitraum = TypeVar("Zeitraum")
Lesen = Callable[[datetime, Collection[int]], Mapping[int, Sequence[Zeitraum]]]  # what was known then, of these jobs
Ort = Callable[[Sequence[Zeitraum], date], Zeitraum | None]  # the span by which a month is filed


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


def last_known(session: TenantSession, lauf: Lauf, lost: Collection[tuple[int, date]], read: Lesen[Zeitraum],
               at: Ort[Zeitraum]) -> dict[tuple[int, date], Zeitraum]:
    """Je Beschäftigung und Monat der Zeitraum, nach dem zuletzt gemeldet ist: vom Kenntnisstand dieses Laufs rückwärts.

    Eine Kasse kann wegfallen, ehe zurückgenommen wird, was sie bekommen hat; dann kennt sie erst ein früherer Lauf.
    Gefragt wird je Lauf nur nach denen, die noch fehlen, und nicht weiter zurück als bis zum Monat selbst.
    """
    found: dict[tuple[int, date], Zeitraum] = {}
    wanted = set(lost)
    if not wanted:
        return found
    for month, known_at in session.execute(
            select(Lauf.monat, Lauf.stand)
            .where(Lauf.zustand == "abgeschlossen", Lauf.monat <= lauf.monat,
                   Lauf.monat >= min(month for _, month in wanted)).order_by(Lauf.monat.desc())).all():
        if not wanted:
            break
        pieces = read(known_at, {job for job, _ in wanted})
        for job, origin in wanted:
            held = at(pieces.get(job, ()), origin) if origin <= month else None
            if held is not None:
                found[job, origin] = held
        wanted -= found.keys()
    return found


def placed(session: TenantSession, lauf: Lauf, earlier: Lauf | None, booked: Iterable[Gebucht],
           pieces: Mapping[int, Sequence[Zeitraum]], read: Lesen[Zeitraum],
           at: Ort[Zeitraum]) -> Iterator[tuple[Gebucht, Zeitraum | None]]:
    """Was ein Lauf gebucht hat, mit dem Zeitraum, nach dem es gemeldet wird; None, wo auch früher keiner bekannt war.

    Was für einen früheren Monat ganz zurückgenommen wird, kommt von der Kasse, die ihn zuletzt hatte.
    """
    found = [(one, at(pieces.get(one.beschaeftigung, ()), one.monat)) for one in booked if any(one.werte.values())]
    lost = {(one.beschaeftigung, one.monat) for one, held in found if held is None and one.monat < lauf.monat}
    again = last_known(session, earlier, lost, read, at) if earlier is not None else {}
    for one, now in found:
        yield one, now or again.get((one.beschaeftigung, one.monat))


def moved(session: TenantSession, lauf: Lauf, names: Sequence[str],
          pieces: tuple[Mapping[int, Sequence[Zeitraum]], Mapping[int, Sequence[Zeitraum]]],
          at: Ort[Zeitraum], place: Callable[[Zeitraum], Hashable],
          read: Lesen[Zeitraum]) -> Iterator[Umzug[Zeitraum]]:
    """Monate, deren Ort (place) zwischen beiden Kenntnisständen ein anderer geworden ist.

    lauf: der letzte, dessen Buchungen zählen; pieces: Zeiträume je Beschäftigung, wie er sie kannte und wie sie jetzt
    bekannt sind; at: der Zeitraum, nach dem ein Monat gemeldet wird; read: was ein früherer Lauf kannte, denn kannte
    dieser keinen Ort, liegt das Gebuchte noch beim letzten davor. Ohne Zeitraum auf einer Seite zieht nichts um.
    """
    before, now = pieces
    jobs = [job for job in {**before, **now} if list(now.get(job, ())) != list(before.get(job, ()))]
    booked = {key: values for key, values in _booked(session, lauf, names, jobs).items() if any(values.values())}
    old = {key: held for key in booked if (held := at(before.get(key[0], ()), key[1])) is not None}
    new = {key: held for key in booked if (held := at(now.get(key[0], ()), key[1])) is not None}
    old |= last_known(session, lauf, new.keys() - old.keys(), read, at)
    for (job, month), values in booked.items():
        left, come = old.get((job, month)), new.get((job, month))
        if left is not None and come is not None and place(left) != place(come):
            yield Umzug(job, month, values, left, come)


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
