"""iCalendar: Abwesenheiten als VEVENT; ganztägige Enden sind ausschließlich, TENTATIVE heißt beantragt.

Ein Termin mit Wiederholung ergibt so viele Abwesenheiten, wie die Serie Termine hat (series.py).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from functools import partial

from timekeeping.imports import encoding
from timekeeping.imports.appointment import LISTED, Termin, end_of, start_of
from timekeeping.imports.problems import ImportFehler, Unklar, Unlesbar, shown
from timekeeping.imports.profile import Profil
from timekeeping.imports.rows import Eintrag
from timekeeping.imports.series import LONGEST, Serien, Spanne
from timekeeping.imports.shape import sane

CANCELLED = "war sie schon gebucht, Datei als Korrektur einlesen"
PERSON = ("X-PERSONALNUMMER", "X-EMPLOYEE-NUMBER")
HEAD, PARTS = re.compile(r'(?:"[^"]*"|[^":])*'), re.compile(r'(?:"[^"]*"|[^";])+')


def read(data: bytes, profil: Profil) -> Iterator[Eintrag]:
    """Einträge der Termine; ein unlesbarer Termin wird mit Grund abgelehnt. Raises ImportFehler bei zu vielen."""
    found = encoding.lines(encoding.decode(data, profil.zeichensatz))
    cancels = any(line.strip().upper() == "METHOD:CANCEL" for _, line in found)
    events = list(_events(found))
    held = Serien(events)
    for event in events:
        for spanne in held.of(event) if event.wiederholt else [partial(_once, event)]:
            yield _entry(event, spanne, held, cancels=cancels)


def _entry(event: Termin, spanne: Spanne, held: Serien, *, cancels: bool) -> Eintrag:
    """Ein Eintrag; was sich nicht lesen lässt, sagt er selbst."""
    entry = Eintrag(event.zeile, "abwesenheit", event.text(*PERSON), event.text("CATEGORIES").split(",")[0].strip())
    try:
        sane(entry)
        if event.offen:
            raise Unlesbar("Der Termin ist abgeschnitten (END:VEVENT fehlt)", "Kalender neu ausgeben")
        _fill(entry, *spanne())
        _status(entry, event)
        if cancels:
            raise Unlesbar("sagt einen Termin ab (METHOD:CANCEL)", CANCELLED)
        held.demand(event)
    except Unklar as problem:
        entry.zurueckstellen(problem.grund, problem.abhilfe)
    except Unlesbar as problem:
        entry.ablehnen(problem.grund, problem.abhilfe)
    return entry


def _events(found: list[tuple[int, str]]) -> Iterator[Termin]:
    if not found or found[0][1].strip().upper() != "BEGIN:VCALENDAR":
        raise ImportFehler("Die Datei ist kein iCalendar (BEGIN:VCALENDAR fehlt)", "Format prüfen")
    event, inner = None, 0
    for number, line in _unfolded(found):
        name, params, value = _property(line)
        if (name, value.upper()) == ("BEGIN", "VEVENT") and event is None:
            event = Termin(number)
        elif event is None:
            continue
        elif (name, value.upper()) == ("END", "VEVENT"):
            event.offen = False
            yield event
            event, inner = None, 0
        elif name in ("BEGIN", "END"):
            inner += 1 if name == "BEGIN" else -1
        elif inner == 0:
            event.felder.setdefault(name, (params, value))
            if name in LISTED:
                event.mehrfach.setdefault(name, []).append((params, value))
    if event is not None:
        yield event


def _unfolded(found: list[tuple[int, str]]) -> Iterator[tuple[int, str]]:
    held: tuple[int, list[str]] | None = None
    for number, line in found:
        if held and line[:1] in (" ", "\t"):
            held[1].append(line[1:])
            continue
        if held:
            yield held[0], "".join(held[1])
        held = (number, [line])
    if held:
        yield held[0], "".join(held[1])


def _property(line: str) -> tuple[str, dict[str, str], str]:
    # A parameter in quotes may hold the mark that ends the name: TZID="(UTC+01:00) Berlin".
    found = HEAD.match(line)
    head = found[0] if found else line
    name, *rest = PARTS.findall(head) or [""]
    params = {key.upper(): text.strip('"') for key, _, text in (part.partition("=") for part in rest)}
    return name.strip().upper(), params, line[len(head) + 1:].strip()


def _once(event: Termin) -> tuple[date, date]:
    start = start_of(event)
    return start, end_of(event, start)


def _fill(entry: Eintrag, start: date, end: date) -> None:
    if isinstance(start, datetime) != isinstance(end, datetime):
        raise Unlesbar("Beginn und Ende sind nicht beide Tage oder beide Zeitpunkte", "Termin berichtigen")
    if isinstance(start, datetime) and isinstance(end, datetime):
        _hours(entry, start, end)
    else:
        _days(entry, start, end - timedelta(days=1))


def _status(entry: Eintrag, event: Termin) -> None:
    match event.text("STATUS").upper():
        case "TENTATIVE":
            entry.zurueckstellen("ist erst beantragt (TENTATIVE)", "nach der Genehmigung neu ausgeben")
        case "CANCELLED":
            raise Unlesbar("ist abgesagt (CANCELLED)", CANCELLED)
        case "" | "CONFIRMED":
            return
        case other:
            raise Unklar(f"hat den unbekannten Stand „{shown(other)}“", "Stand prüfen")


def _days(entry: Eintrag, first: date, last: date) -> None:
    if last < first:
        raise Unlesbar("endet vor dem Beginn", "Termin berichtigen")
    if (last - first).days > LONGEST:
        raise Unlesbar("dauert länger als drei Jahre", "Termin berichtigen")
    entry.von, entry.bis = first, last


def _hours(entry: Eintrag, start: datetime, end: datetime) -> None:
    if end <= start:
        raise Unlesbar("endet nicht nach dem Beginn", "Termin berichtigen")
    _days(entry, start.date(), (end - timedelta(seconds=1)).date())
    entry.beginn, entry.ende = start, end
