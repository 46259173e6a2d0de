"""Stellen, die frei sind oder es werden, und ob es zu ihnen schon eine Ausschreibung gibt.

Frei wird eine Stelle, wenn eine Besetzung endet, jemand ausscheidet (Austritt, Ruhestand) oder beurlaubt ist; bei
Beurlaubten nur, solange sie fort sind. Gesperrte und wegfallende (kw) Stellen werden nicht vorgeschlagen.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from fractions import Fraction

from sqlalchemy import select

from jobportal import postings
from jobportal.content import Anzeige
from jobportal.errors import Refused
from jobportal.models import Ausschreibung
from staffplan.reading import Reading
from staffplan.state import Besetzung, Stelle
from tenants.db.session import TenantSession

DAY = timedelta(days=1)
HORIZON = timedelta(days=365)
ONGOING = ("entwurf", "freigabe", "veroeffentlicht")


@dataclass(frozen=True)
class Vorschlag:
    """Eine Stelle, die auszuschreiben ist: wie viel ab wann frei ist, warum, bis wann (Vertretung), womit schon."""

    stelle: str
    public_id: uuid.UUID | None
    bezeichnung: str
    gruppe: str
    einheit: str
    anteil: Fraction
    ab: date
    grund: str
    bis: date | None = None
    laufend: Ausschreibung | None = None


def proposals(session: TenantSession, today: date, leaving: Mapping[str, date]) -> list[Vorschlag]:
    """Alle Vorschläge, die früheste zuerst; `leaving`: letzter Tag derer, die im kommenden Jahr ausscheiden."""
    last = today + HORIZON
    reading = Reading(session)
    seats: dict[str, list[Besetzung]] = defaultdict(list)
    for one in reading.occupations(today, last):
        seats[one.stelle].append(one)
    running = {row.stelle: row for row in session.scalars(
        select(Ausschreibung).where(Ausschreibung.zustand.in_(ONGOING)).order_by(Ausschreibung.id)) if row.stelle}
    found = [replace(made, laufend=running.get(post.nummer)) for post in reading.on(today).stellen.values()
             if (made := _proposal(post, seats[post.nummer], today, last, leaving)) is not None]
    return sorted(found, key=lambda one: (one.ab, one.stelle))


def _proposal(post: Stelle, seats: Sequence[Besetzung], today: date, last: date, leaving: Mapping[str, date]
              ) -> Vorschlag | None:
    ended = [replace(one, bis=_earlier(one.bis, leaving.get(one.personalnummer))) for one in seats]
    days = sorted({today, *(one.bis + DAY for one in ended if one.bis is not None and today <= one.bis < last)})
    for day in days:
        if any(note.art in ("sperre", "kw") and note.acts(day) for note in post.vermerke):
            continue
        if post.befristet_bis is not None and post.befristet_bis < day:
            return None
        here = [one for one in ended if one.holds(day)]
        left = post.anteil - sum((one.anteil for one in here if one.besetzt), Fraction(0))
        if left > 0:
            ku = next((note for note in post.vermerke if note.art == "ku" and note.acts(day)), None)
            reason, until = _reason(post, here, seats, day, today, leaving)
            group = (ku.ziel_gruppe or post.gruppe) if ku else post.gruppe
            return Vorschlag(post.nummer, post.public_id, post.bezeichnung, group, post.einheit, left, day, reason,
                             until)
    return None


def _reason(post: Stelle, here: Sequence[Besetzung], seats: Sequence[Besetzung], day: date, today: date,
            leaving: Mapping[str, date]) -> tuple[str, date | None]:
    away = [one for one in here if not one.besetzt]
    if away and sum((one.anteil for one in here), Fraction(0)) >= post.anteil:
        return "Vertretung während einer Beurlaubung", min((one.bis for one in away if one.bis), default=None)
    if day == today:
        return "frei", None
    gone = any(leaving.get(one.personalnummer) == day - DAY for one in seats)
    return ("jemand scheidet aus" if gone else "eine Besetzung endet"), None


def _earlier(one: date | None, other: date | None) -> date | None:
    return min((day for day in (one, other) if day is not None), default=None)


def advertise(session: TenantSession, one: Vorschlag, kennziffer: str, today: date,
              pay: tuple[int, int] | None) -> Ausschreibung:
    """Legt den Entwurf zu einem Vorschlag an und hängt die Mitwirkung mit ihren Fristen an."""
    if one.laufend is not None:
        raise Refused(f"Stelle {one.stelle}: dazu läuft schon die Ausschreibung {one.laufend.kennziffer}.")
    made: Anzeige = postings.from_post(session, one.stelle, max(one.ab, today))
    made = replace(made, gruppe=one.gruppe, beginn=max(one.ab, today + DAY), teilzeit=made.teilzeit or one.anteil < 1,
                   befristet_bis=one.bis or made.befristet_bis)
    if one.bis is not None:
        made = replace(made, befristung_grund="Vertretung")
    if pay is not None:
        made = replace(made, entgelt_von=pay[0], entgelt_bis=pay[1])
    row = postings.draft(session, kennziffer, made, stelle=one.stelle)
    postings.ask(session, row, "ausschreibung", today)
    return row


def next_number(session: TenantSession, today: date) -> str:
    """Die nächste freie Kennziffer des Jahres, zum Beispiel 2026-17."""
    used = set(session.scalars(select(Ausschreibung.kennziffer).where(
        Ausschreibung.kennziffer.startswith(f"{today.year}-"))))
    at = next(number for number in range(1, len(used) + 2) if f"{today.year}-{number:02}" not in used)
    return f"{today.year}-{at:02}"
