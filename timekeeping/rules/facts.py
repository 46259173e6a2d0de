"""What happened in a period of one person: work, orders, on-call time, absences. No law in here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from timekeeping.rules.clock import Span, local_day
from timekeeping.rules.spans import difference

WOCHENTAGE = ("mo", "di", "mi", "do", "fr", "sa", "so")
SCHICHTARTEN = ("keine", "schicht", "wechselschicht")
BEREICHE = ("verwaltung", "krankenhaus", "pflege", "rettung_feuerwehr", "ordnung", "kultur_freizeit", "verkehr",
            "versorgung_entsorgung")
ABWESENHEITEN = ("urlaub", "krank", "gleittag")
EINSATZARTEN = ("ausserhalb", "telefonisch")


@dataclass(frozen=True)
class Anwesenheit:
    """One presence with its breaks; ``pausenlage_bekannt`` is False when only the length of the break was recorded."""

    spanne: Span
    pausen: tuple[Span, ...] = ()
    pausenlage_bekannt: bool = True

    @property
    def tag(self) -> date:
        """The day it begins."""
        return local_day(self.spanne.von)

    @cached_property
    def arbeit(self) -> list[Span]:
        """The time worked."""
        return difference([self.spanne], self.pausen)


@dataclass(frozen=True)
class Einsatz:
    """A call-out: away from the place of stay (travel included) or by telephone."""

    art: str
    spanne: Span

    @property
    def tag(self) -> date:
        """The day it begins."""
        return local_day(self.spanne.von)


@dataclass(frozen=True)
class Rufbereitschaft:
    """One unbroken on-call period with its call-outs."""

    spanne: Span
    einsaetze: tuple[Einsatz, ...] = ()


@dataclass(frozen=True)
class Anordnung:
    """Hours ordered outside the plan; ``ausgleich``: minutes of time off given for them, by day."""

    spanne: Span
    ausgleich: tuple[tuple[date, int], ...] = ()


@dataclass(frozen=True)
class Abwesenheit:
    """Whole days of absence, both days included."""

    art: str
    von: date
    bis: date


@dataclass(frozen=True)
class Gleitzeit:
    """Flexitime account at the start of the period; minutes."""

    saldo_anfang: int
    plus_grenze: int | None = None
    kappung_am: date | None = None


@dataclass(frozen=True)
class Mutterschutz:
    """Maternity protection on all days of the period."""

    art: str
    bewilligt_20_bis_22: bool = False
    sonntagsarbeit_bereit: bool = False


@dataclass(frozen=True)
class Zuordnung:
    """Pay assignment of the period; hours in hundredths, ``persoenliche_zulage`` in cents a month."""

    tarifwerk: str
    entgeltgruppe: str
    stufe: str
    wochenstunden: int
    vollzeitstunden: int
    schichtarbeit: str = "keine"
    schichtarbeit_staendig: bool = False
    krankenhaus: bool = False
    persoenliche_zulage: int = 0


@dataclass(frozen=True)
class Zeitraum:
    """All facts of one person from ``von`` to ``bis`` (both included).

    ``freie_tage``: days off by custom of the employer (Carnival Monday and the like); they only have no target.
    """

    von: date
    bis: date
    zuordnung: Zuordnung
    arbeit: tuple[Anwesenheit, ...] = ()
    anordnungen: tuple[Anordnung, ...] = ()
    rufbereitschaften: tuple[Rufbereitschaft, ...] = ()
    arbeitsplan: Mapping[int, int] = field(default_factory=dict)
    dienstplan: Mapping[date, int] = field(default_factory=dict)
    bereich: str = "verwaltung"
    feiertagsausgleich: Mapping[date, bool] = field(default_factory=dict)
    abwesenheiten: tuple[Abwesenheit, ...] = ()
    gleitzeit: Gleitzeit | None = None
    ersatzruhetage: tuple[tuple[date, date], ...] = ()
    gearbeitete_sonntage_bisher: int = 0
    nachtarbeitnehmer: bool = False
    minuten_23_wochen_davor: int | None = None
    minuten_3_wochen_davor: int | None = None
    minuten_vorwoche: int | None = None
    geburtsdatum: date | None = None
    mutterschutz: Mutterschutz | None = None
    freie_tage: frozenset[date] = frozenset()

    @cached_property
    def einsaetze(self) -> tuple[Einsatz, ...]:
        """All call-outs in order of time."""
        return tuple(sorted((e for r in self.rufbereitschaften for e in r.einsaetze), key=lambda e: e.spanne))

    @cached_property
    def arbeitsspannen(self) -> list[Span]:
        """Time worked in presences, without breaks and call-outs."""
        return sorted(span for one in self.arbeit for span in one.arbeit)

    @cached_property
    def alle_arbeit(self) -> list[Span]:
        """Time worked including call-outs."""
        return sorted([*self.arbeitsspannen, *(e.spanne for e in self.einsaetze)])

    def planminuten(self, day: date) -> int:
        """Planned minutes of a day as rostered; what a holiday makes of them is a matter of the rules."""
        return self.dienstplan.get(day, self.arbeitsplan.get(day.weekday(), 0))
