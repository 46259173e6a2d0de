"""Ein Monat einer Person: Anwesenheiten je Tag, jede Minute mit ihrem Zuschlag und dem Grund, Befunde mit Paragraf."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

from sqlalchemy import func, select

from tenants.db.session import TenantSession
from timekeeping.handover.booked_rows import booked_between
from timekeeping.handover.closing import month_row
from timekeeping.handover.quantities import Lage, Menge, Offen, presence, quantities
from timekeeping.imports.judging import Bestand
from timekeeping.imports.keys import ABWESENHEITEN, ARBEITSZEIT
from timekeeping.models import ZeitZeile
from timekeeping.own.extra import extra_quantities, orders
from timekeeping.own.frame import frame_findings
from timekeeping.own.plan import plans
from timekeeping.own.rows import VERDECKT
from timekeeping.rules.clock import Span, days_of, each_day, local_day, local_time, week_start
from timekeeping.rules.facts import Anwesenheit, Mutterschutz, Zeitraum, Zuordnung
from timekeeping.rules.findings import Befund, findings
from timekeeping.rules.findings.finding import week_minutes
from timekeeping.rules.holidays import ist_feiertag, ist_sonntag
from timekeeping.rules.limits import limit
from timekeeping.rules.months import month_end
from timekeeping.why import Stelle, explained

WEEK = timedelta(days=7)
NO_MONEY = Zuordnung("", "", "", 3900, 3900)  # findings ask for no money


@dataclass(frozen=True)
class Lebenslage:
    """Was für die Befunde von der Person bekannt ist: Geburtstag, Mutterschutz, Ort der Arbeit."""

    geboren: date | None = None
    mutterschutz: Mutterschutz | None = None
    bereich: str = "verwaltung"


@dataclass
class Tag:
    """Ein Tag: Anwesenheiten (von, bis, Minuten Pause), Minuten Arbeit, Stellen mit Zuschlag, Angaben, Befunde."""

    tag: date
    feiertag: bool = False
    anwesend: list[tuple[datetime, datetime, int]] = field(default_factory=list)
    minuten: int = 0
    stellen: list[Stelle] = field(default_factory=list)
    abwesend: list[str] = field(default_factory=list)
    angaben: list[str] = field(default_factory=list)
    befunde: list[Befund] = field(default_factory=list)


@dataclass(frozen=True)
class Monatsbild:
    """Alle Tage eines Monats, die Mengen für die Abrechnung, was keinen Preis hat, alle Befunde."""

    monat: date
    tage: list[Tag]
    mengen: list[Menge]
    offen: list[Offen]
    befunde: list[Befund]
    feiertag: str | None

    @property
    def minuten(self) -> int:
        """Gearbeitete Minuten des Monats."""
        return sum(day.minuten for day in self.tage)


def person_month(session: TenantSession, bestand: Bestand, month: date, employment: int,
                 lage: Lebenslage) -> Monatsbild:
    """Der Monat einer Beschäftigung nach dem, was gebucht ist; feste Zahl von Abfragen."""
    first, last = month, month_end(month)
    weeks = limit("durchschnitt_wochen", last)
    rows = booked_between(session, week_start(first) - (weeks - 1) * WEEK, last + WEEK, employment)
    closed = month_row(session, month)
    feiertag = closed.feiertag if closed else None
    mine = [row for row in rows if row.von <= last and row.bis >= first]
    lage_der_zeit = Lage(bestand.schicht, feiertag or ("ohne" if closed else None), bestand.umfang)
    mengen, offen = quantities(mine, month, lage_der_zeit)
    mengen += extra_quantities(session, rows, month, last, lage_der_zeit, employment)
    days = {day: Tag(day, ist_feiertag(day)) for day in each_day(first, last)}
    _fill(days, mine, employment in bestand.schicht, feiertag)
    found = law_findings(rows, first, last, lage, sundays_before(session, employment, first))
    given = orders(session, first, last, employment).get(employment)
    found += frame_findings(plans(session, first, last, employment).get(employment), mine,
                            given.anordnungen if given else (), first, last)
    for one in found:
        days[one.tag].befunde.append(one)
    return Monatsbild(month, list(days.values()), mengen, offen, found, feiertag)


def _fill(days: dict[date, Tag], rows: Iterable[Any], shift: bool, feiertag: str | None) -> None:
    for row in rows:
        if row.art == "stempel" and row.lohnart == ARBEITSZEIT:
            span, work = presence(row)
            if (day := days.get(local_day(span.von))) is not None:
                pause = span.minuten - sum(part.minuten for part in work)
                day.anwesend.append((local_time(span.von), local_time(span.bis), pause))
            for one in explained(work, span.von, shift=shift, feiertag=feiertag):
                if one.tag in days:
                    days[one.tag].stellen.append(one)
                    days[one.tag].minuten += one.minuten
        elif row.art == VERDECKT and row.von in days:
            days[row.von].angaben.append(f"eigene Stempel {row.beginn:%H:%M} bis {row.ende:%H:%M} zählen nicht: eine "
                                         "Zeitdatei nennt dieselbe Zeit")
        elif row.art == "abwesenheit":
            for day in each_day(row.von, row.bis):
                if day in days:
                    days[day].abwesend.append(ABWESENHEITEN.get(row.lohnart, row.lohnart))
        elif row.von in days:
            days[row.von].angaben.append(_given(row))


def _given(row: Any) -> str:
    if row.betrag is not None:
        return f"Lohnart {row.lohnart}: {Decimal(row.betrag) / 100:.2f} €".replace(".", ",")
    number = f"{row.menge.normalize():f}".replace(".", ",")
    whole = " (ganzer Monat)" if row.monat else ""
    return f"Lohnart {row.lohnart}: {number} {'Stunden' if row.einheit == 'stunden' else row.einheit}{whole}"


def law_findings(rows: Iterable[Any], first: date, last: date, lage: Lebenslage, before: int) -> list[Befund]:
    """Befunde der Tage von first bis last nach den gebuchten Stempeln, auch denen der Wochen davor.

    Ersatzruhetag ist jeder Werktag ohne Arbeit in der Frist, den kein anderer Sonn- oder Feiertag schon braucht (BAG
    12.12.2001, 5 AZR 294/00: auch ein ohnehin freier), auch einer, der noch kommt. before: Sonntage mit Arbeit davor.
    """
    work = _presences(rows)
    near = tuple(one for one in work if first - WEEK <= one.tag <= last)
    rest_days = tuple(_substitutes(work, first))
    facts = Zeitraum(first - WEEK, last, NO_MONEY, near, bereich=lage.bereich, ersatzruhetage=rest_days,
                     gearbeitete_sonntage_bisher=before, geburtsdatum=lage.geboren, mutterschutz=lage.mutterschutz)
    found = [one for one in findings(facts) if first <= one.tag <= last]
    return sorted({*found, *_averages(facts, work, first, last)}, key=lambda one: (one.tag, one.code))


def _presences(rows: Iterable[Any]) -> list[Anwesenheit]:
    found: dict[Span, Anwesenheit] = {}
    for row in rows:
        if row.art == "stempel" and row.lohnart == ARBEITSZEIT:
            span, work = presence(row)
            gaps = tuple(Span(one.bis, two.von) for one, two in pairwise(work))
            found.setdefault(span, Anwesenheit(span, gaps, not gaps))
    return sorted(found.values(), key=lambda one: one.spanne)


def _substitutes(work: list[Anwesenheit], first: date) -> Iterable[tuple[date, date]]:
    worked = {day for one in work for part in one.arbeit for day, _ in days_of(part)}
    taken: set[date] = set()
    for day in sorted(worked):
        if not (ist_sonntag(day) or ist_feiertag(day)):
            continue
        name = "ersatzruhetag_sonntag_tage" if ist_sonntag(day) else "ersatzruhetag_feiertag_tage"
        reach = timedelta(days=limit(name, day))
        for on in each_day(max(day - reach, first - 2 * WEEK), day + reach):
            if on not in worked and on not in taken and not ist_sonntag(on) and not ist_feiertag(on):
                taken.add(on)
                yield day, on
                break


def _averages(facts: Zeitraum, work: list[Anwesenheit], first: date, last: date) -> Iterable[Befund]:
    """Der Durchschnitt von 24 Wochen an jedem Sonntag des Monats (§ 3 Satz 2 ArbZG)."""
    weeks = limit("durchschnitt_wochen", last)
    for sunday in (day for day in each_day(first, last) if ist_sonntag(day)):
        monday = week_start(sunday)
        begin = monday - (weeks - 1) * WEEK
        earlier = tuple(one for one in work if begin <= one.tag < monday)
        this = tuple(one for one in work if monday <= one.tag <= sunday)
        held = replace(facts, von=monday, bis=sunday, arbeit=this, minuten_vorwoche=None,
                       minuten_23_wochen_davor=week_minutes(replace(facts, arbeit=earlier)))
        yield from (one for one in findings(held) if one.code == "ARBZG_3_DURCHSCHNITT")


def sundays_before(session: TenantSession, employment: int, first: date) -> int:
    """An so vielen Sonntagen begann die Person im Kalenderjahr schon eine Arbeit, bis acht Tage vor dem Monat."""
    return session.scalars(select(func.count(func.distinct(ZeitZeile.von))).where(
        ZeitZeile.gebucht, ZeitZeile.beschaeftigung_id == employment, ZeitZeile.art == "stempel",
        ZeitZeile.von >= date(first.year, 1, 1), ZeitZeile.von < first - WEEK,
        func.extract("isodow", ZeitZeile.von) == 7)).one()


def by_wage_type(mengen: Iterable[Menge]) -> Mapping[int, dict[int, Decimal]]:
    """Mengen je Lohnart und Begünstigung."""
    found: dict[int, dict[int, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for one in mengen:
        found[one.lohnart][one.klasse] += one.menge
    return {number: dict(parts) for number, parts in sorted(found.items())}
