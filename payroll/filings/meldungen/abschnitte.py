"""Meldepflichtige Abschnitte einer Beschäftigung: Anmeldung, Wechsel, Unterbrechung, Jahresende, Ende (DEÜV)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from payroll.filings.meldungen.stamm import Akte, Luecke
from payroll.filings.meldungen.werte import Abschnitt, last_day
from payroll.law.rules.entgelt.laufzeit import monatsfrist, plus_monate
from payroll.masterdata.slices.ausfall import MELDEGRUND

DAY = timedelta(days=1)
PAY_GROUNDS = ("30", "31", "32", "33", "34", "35", "49", "50", "51", "52", "53", "57")
BENEFIT, PARENTAL, UNPAID, END, PENSION, OPEN = "51", "52", "34", "30", "57", ""
RETURNS = {"34": "13", "35": "13", "30": "10"}
SHORT_TERM = 110


@dataclass(frozen=True)
class Stueck:
    """Eine Meldung ohne Entgelt: Grund, Zeitraum (bei Anmeldungen derselbe Tag), Versicherung.

    ohne_entgelt: Ende oder Wechsel in einer Unterbrechung, deren Entgelt schon mit ihr gemeldet ist. verlangt: Tag, an
    dem die Meldung verlangt wurde.
    """

    grund: str
    von: date
    bis: date
    versicherung: Abschnitt
    ohne_entgelt: bool = False
    verlangt: date | None = None


Verlangt = tuple[date, date]  # last day of the period, day of the request


def pieces_of(file: Akte, spans: Sequence[Abschnitt], gaps: Sequence[Luecke], start: date, last: date,
              pension: Sequence[Verlangt] = ()) -> list[Stueck]:
    """Alle Meldungen, die bis `last` fällig geworden sind, in zeitlicher Reihenfolge; pension: zum Rentenantrag."""
    segments = _segments(file, spans, start, last)
    breaks = [one for one in (_break(gap, last, file.austritt) for gap in gaps) if one is not None]
    made: list[Stueck] = []
    for at, (first, until, held, ended) in enumerate(segments):
        if at == 0 and file.eintritt >= start:
            made.append(Stueck("10", first, first, held))
        elif at and not any(one.grund in RETURNS and one.letzter < first <= one.bis for one in breaks):
            made.append(Stueck(_change(segments[at - 1][2], held), first, first, held))
        closing = ("" if not ended else _end_ground(file, until) if at == len(segments) - 1
                   else str(int(_change(held, segments[at + 1][2])) + 20))
        for one in _with_breaks(first, until, held, closing, breaks):
            made += _apart(one, pension)
    made += _parental(segments, gaps, last)
    return sorted((one for one in made if one.grund != OPEN and one.bis <= last),
                  key=lambda one: (one.bis, one.von, one.grund))


def _apart(one: Stueck, pension: Sequence[Verlangt]) -> Iterator[Stueck]:
    """Die gesonderte Meldung und der Rest ihres Zeitraums: jeder Tag wird einmal gemeldet (§ 194 SGB VI).

    Ist der Zeitraum vor dem Verlangen schon zu Ende, trägt ihn seine eigene Meldung.
    """
    begin = one.von
    for end, asked in sorted(pension) if one.grund in (*PAY_GROUNDS, OPEN) and not one.ohne_entgelt else ():
        inside = end < one.bis or (one.grund == OPEN and end == one.bis)
        if begin <= end and inside and one.bis >= asked.replace(day=1) - DAY:
            yield replace(one, grund=PENSION, von=begin, bis=end, verlangt=asked)
            begin = end + DAY
    if begin <= one.bis:
        # Asked for up to the last day of the year: the annual report itself is the answer (§ 12 Abs. 5 DEÜV).
        same = [asked for end, asked in pension if one.grund == "50" and end == one.bis
                and one.bis >= asked.replace(day=1) - DAY]
        yield replace(one, von=begin, verlangt=min(same, default=None))


Segment = tuple[date, date, Abschnitt, bool]


def _segments(file: Akte, spans: Sequence[Abschnitt], start: date, last: date) -> list[Segment]:
    """Zeiten gleicher Kasse, Beitrags- und Personengruppe; das letzte Feld sagt, ob sie geendet haben."""
    begin, end = max(file.eintritt, start), file.austritt
    found: list[Segment] = []
    for one in spans:
        first, until = max(one.von, begin), min(x for x in (one.bis, end, date.max) if x is not None)
        if not one.personengruppe or first > until or first > last:
            continue
        if found and _same(found[-1][2], one) and found[-1][1] + DAY >= first:
            found[-1] = (found[-1][0], until, one, True)
        else:
            found.append((first, until, one, True))
    return [(first, min(until, last), held, until <= last) for first, until, held, _ in found]


def _same(left: Abschnitt, right: Abschnitt) -> bool:
    return ((left.betriebsnummer, left.gruppe, left.personengruppe)
            == (right.betriebsnummer, right.gruppe, right.personengruppe))


def _change(before: Abschnitt, after: Abschnitt) -> str:
    """Grund der Anmeldung nach einem Wechsel: Kasse 11, Beitragsgruppe 12, sonst (Personengruppe) 13."""
    if before.betriebsnummer != after.betriebsnummer:
        return "11"
    return "12" if before.gruppe != after.gruppe else "13"


def _end_ground(file: Akte, until: date) -> str:
    return "49" if file.verstorben is not None and file.verstorben == until else "30"


@dataclass(frozen=True)
class _Pause:
    grund: str
    von: date
    bis: date
    letzter: date


def _break(gap: Luecke, last: date, leaving: date | None = None) -> _Pause | None:
    """Meldepflichtige Unterbrechung, sobald ihr erster voller Monat vorbei ist; sonst keine.

    Endet die Beschäftigung in der Lücke, wird das Ende des Entgelts gemeldet, außer sie endet im selben Monat.
    """
    ground = UNPAID if gap.ausgesteuert else MELDEGRUND.get(gap.art, BENEFIT)
    if ground == END:  # full release for care: insured until the last paid day (§ 7 Abs. 3 Satz 4 SGB IV)
        return _Pause(ground, gap.von, gap.bis, gap.von - DAY)
    if ground in (BENEFIT, PARENTAL):
        full = gap.von if gap.von.day == 1 else plus_monate(gap.von.replace(day=1), 1)
        inside = leaving is not None and gap.von <= leaving <= min(gap.bis, last)
        ended = inside and leaving is not None and leaving >= plus_monate(gap.von.replace(day=1), 1)
        whole = last_day(full) <= min(gap.bis, last) and not (inside and not ended)
        return _Pause(ground, gap.von, gap.bis, gap.von - DAY) if whole or ended else None
    # Without pay the insurance lasts a month (§ 7 Abs. 3 SGB IV); only then the end is reported.
    end = monatsfrist(gap.von)
    return _Pause(ground, gap.von, gap.bis, end) if end < min(gap.bis, last) else None


def _with_breaks(first: date, until: date, held: Abschnitt, closing: str, breaks: Sequence[_Pause]) -> Iterator[Stueck]:
    begin = first
    for one in breaks:
        if one.letzter >= until or one.bis < begin:
            continue
        if one.letzter >= begin:
            yield from _years(Stueck(one.grund, begin, one.letzter, held))
        if one.bis >= until:
            if closing and one.grund not in RETURNS:  # who has been reported off already is not again
                yield Stueck(closing, max(one.letzter + DAY, first, date(until.year, 1, 1)), until, held, True)
            return
        begin = one.bis + DAY
        if one.grund in RETURNS:
            yield Stueck(RETURNS[one.grund], begin, begin, held)
    if closing:
        yield from _years(Stueck(closing, begin, until, held))
    else:
        for one in _years(Stueck("50", begin, until, held)):
            whole = held.personengruppe != SHORT_TERM and (one.bis.month, one.bis.day) == (12, 31)
            yield one if whole else replace(one, grund=OPEN)  # runs on: nothing to report, unless somebody asks


def _years(one: Stueck) -> Iterator[Stueck]:
    """Ein Zeitraum über den Jahreswechsel wird je Jahr gemeldet (§ 5 Abs. 3 DEÜV), kurzfristige ohne Jahresmeldung."""
    begin = one.von
    while begin.year < one.bis.year:
        if one.versicherung.personengruppe != SHORT_TERM:
            yield replace(one, grund="50", von=begin, bis=date(begin.year, 12, 31))
        begin = date(begin.year + 1, 1, 1)
    yield replace(one, von=begin)


def idle_of(file: Akte, spans: Sequence[Abschnitt], gaps: Sequence[Luecke], start: date,
            last: date) -> list[tuple[date, date, Abschnitt]]:
    """Tage, für die keine Meldung ein Entgelt trägt: nach einer gemeldeten Unterbrechung und nach dem Ende."""
    segments = _segments(file, spans, start, last)
    found = [(max(one.letzter + DAY, first), min(one.bis, until), held)
             for first, until, held, _ in segments
             for one in (_break(gap, last, file.austritt) for gap in gaps)
             if one is not None and one.letzter < until and one.bis >= first]
    if segments and file.austritt is not None and file.austritt < last:
        found.append((file.austritt + DAY, last, segments[-1][2]))
    merged: list[tuple[date, date, Abschnitt]] = []
    for first, until, held in found:
        if merged and merged[-1][1] + DAY >= first:
            merged[-1] = (merged[-1][0], until, held)
        else:
            merged.append((first, until, held))
    return merged


def _parental(segments: Sequence[Segment], gaps: Sequence[Luecke], last: date) -> Iterator[Stueck]:
    """Elternzeit mit mindestens einem Kalendermonat ohne Entgelt bei Versicherungspflicht: Beginn 17, Ende 37."""
    for gap in gaps:
        for first, until, kind in gap.teile:
            held = next((one for one in segments if one[0] <= first <= one[1]), None)
            full = first if first.day == 1 else plus_monate(first.replace(day=1), 1)
            if kind != "elternzeit" or held is None or held[2].gruppe[0] != "1" or last_day(full) > until:
                continue
            yield Stueck("17", first, first, held[2])
            if until < last:
                yield Stueck("37", first, until, held[2])
