"""Szenarien über die Mandanten eines Menschen: gemerkte finden, Summen, Bild und Worte für die Seiten."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from flask_babel import gettext as _

from payroll.runs.whatif import gemerkt
from payroll.runs.whatif.kosten import Kosten
from payroll.runs.whatif.massnahmen import (
    Arbeitszeit,
    Austritt,
    Auswahl,
    Einstellung,
    Erhoehung,
    Massnahme,
)
from payroll.web.desk.costs import WIDTH, Bar
from tenants.db.session import tenant_session
from tenants.web import formats
from tenants.web.identity import HeldMandate, Identity

HEIGHT, HEAD, FOOT, SHARE, WIDEST = 150, 18, 20, 0.62, 44


@dataclass
class Bei:
    """Ein Szenario bei einem Mandanten."""

    held: HeldMandate
    monate: list[Kosten]
    anmerkungen: list[str]
    stand: datetime
    von: str


@dataclass
class Plan:
    """Ein gemerktes Szenario mit allem, was der Mensch davon sehen darf."""

    kennung: uuid.UUID
    name: str
    ab: date
    monate: int
    massnahmen: tuple[Massnahme, ...]
    bei: list[Bei] = field(default_factory=list)

    @property
    def months(self) -> list[date]:
        """Die Monate, aufsteigend."""
        return sorted({one.monat for part in self.bei for one in part.monate})

    def more(self, month: date) -> int:
        """Mehrkosten eines Monats bei allen (Cent)."""
        return sum(one.mehr_kosten for part in self.bei for one in part.monate if one.monat == month)

    @property
    def total(self) -> int:
        """Mehrkosten über alle Monate und Mandanten (Cent)."""
        return sum(one.mehr_kosten for part in self.bei for one in part.monate)

    @property
    def base(self) -> int:
        """Kosten heute über alle Monate und Mandanten (Cent)."""
        return sum(one.kosten for part in self.bei for one in part.monate)

    @property
    def moved(self) -> int:
        """Betroffene Beschäftigungen: der Monat mit den meisten, je Mandant."""
        return sum(max((one.betroffen for one in part.monate), default=0) for part in self.bei)


def plans(me: Identity) -> list[Plan]:
    """Alle gemerkten Szenarien, zuletzt gerechnete zuerst; je Mandant eine eigene Sitzung."""
    found: dict[uuid.UUID, Plan] = {}
    for held in me.holding(gemerkt.RIGHT):
        with tenant_session(held.tenant_id, actor=me.login) as session:
            for row in gemerkt.all_of(session):
                plan = found.setdefault(row.kennung, Plan(row.kennung, row.name, row.ab, row.monate,
                                                          gemerkt.massnahmen_of(row)))
                plan.bei.append(Bei(held, gemerkt.kosten_of(row), row.anmerkungen, row.stand, row.gerechnet_von))
    return sorted(found.values(), key=lambda plan: max(part.stand for part in plan.bei), reverse=True)


@dataclass(frozen=True)
class Chart:
    """Säulen der Mehrkosten; zero: Höhe der Nulllinie."""

    bars: list[Bar]
    zero: float
    width: int = WIDTH
    height: int = HEIGHT


def chart(plan: Plan, months: Sequence[date], scale: int) -> Chart | None:
    """Ein Bild je Szenario; scale: größte Abweichung von null aller nebeneinander gezeigten (Cent)."""
    if scale <= 0 or not months:
        return None
    values = [plan.more(month) for month in months]
    space = HEIGHT - HEAD - FOOT
    down, up = max(0, -min(values)), max(0, *values)
    span = max(scale, up + down)
    zero = HEAD + space * (up if down else span) / span
    slot, width = WIDTH / len(months), min(WIDTH / len(months) * SHARE, WIDEST)
    bars = []
    for at, (month, cents) in enumerate(zip(months, values, strict=True)):
        height = space * abs(cents) / span
        top = zero - height if cents >= 0 else zero
        bars.append(Bar(month, cents, round(at * slot + (slot - width) / 2, 1), round(top, 1), round(width, 1),
                        round(height, 1)))
    return Chart(bars, round(zero, 1))


def scale_of(found: Iterable[Plan]) -> int:
    """Die größte Abweichung eines Monats über alle Szenarien (Cent)."""
    return max((abs(plan.more(month)) for plan in found for month in plan.months), default=0)


def by_month(plan: Plan) -> dict[date, list[tuple[Bei, Kosten]]]:
    """Je Monat die Mandanten mit ihren Kosten."""
    found: dict[date, list[tuple[Bei, Kosten]]] = defaultdict(list)
    for part in plan.bei:
        for one in part.monate:
            found[one.monat].append((part, one))
    return dict(sorted(found.items()))


def words(one: Massnahme) -> str:
    """Eine Maßnahme in einem Satz."""
    day = formats.day(one.ab)
    if isinstance(one, Erhoehung):
        percent = f"{one.prozent.normalize():f}".replace(".", ",")
        return _("Ab %(day)s: %(scales)s steigt um %(percent)s %%, mindestens %(least)s", day=day,
                 scales=", ".join(one.tarifwerke), percent=percent, least=formats.euro(one.mindestens))
    if isinstance(one, Einstellung):
        return _("Ab %(day)s: %(count)s Einstellungen %(scale)s %(group)s Stufe %(step)s mit %(hours)s Stunden",
                 day=day, count=formats.count(one.anzahl), scale=one.tarifwerk, group=one.gruppe, step=one.stufe,
                 hours=formats.hours(one.wochenstunden))
    whom = _whom(one.wen)
    if isinstance(one, Austritt):
        return _("Ab %(day)s: %(whom)s fällt weg", day=day, whom=whom)
    if isinstance(one, Arbeitszeit):
        return _("Ab %(day)s: %(whom)s mit %(hours)s Stunden", day=day, whom=whom,
                 hours=formats.hours(one.wochenstunden))
    return _("Ab %(day)s: %(whom)s nach %(group)s", day=day, whom=whom,
             group=one.gruppe_neu or _("der nächsthöheren Gruppe"))


def _whom(wen: Auswahl) -> str:
    if wen.personen:
        return _("Personalnummer %(numbers)s", numbers=", ".join(wen.personen))
    if wen.anzahl:
        return _("%(count)s von %(scale)s %(group)s", count=formats.count(wen.anzahl), scale=wen.tarifwerk,
                 group=wen.gruppe)
    return _("alle von %(scale)s %(group)s", scale=wen.tarifwerk, group=wen.gruppe)
