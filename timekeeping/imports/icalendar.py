"""iCalendar: Abwesenheiten als VEVENT; ganztägige Enden sind ausschließlich, TENTATIVE heißt beantragt."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from timekeeping.imports import encoding
from timekeeping.imports.moments import ZONE, at_place, from_offset
from timekeeping.imports.problems import ImportFehler, Unklar, Unlesbar, shown
from timekeeping.imports.profile import Profil
from timekeeping.imports.rows import Eintrag
from timekeeping.imports.shape import sane
from timekeeping.imports.values import calendar_day, clock

CANCELLED = "war sie schon gebucht, Datei als Korrektur einlesen"
PERSON = ("X-PERSONALNUMMER", "X-EMPLOYEE-NUMBER")
DURATION = re.compile(r"P(?:(\d{1,3})W)?(?:(\d{1,4})D)?(?:T(?:(\d{1,4})H)?(?:(\d{1,4})M)?(?:(\d{1,5})S)?)?", re.ASCII)
LONGEST = 3 * 366
HEAD, PARTS = re.compile(r'(?:"[^"]*"|[^":])*'), re.compile(r'(?:"[^"]*"|[^";])+')
# What Outlook and Exchange write for the time of the place.
NAMES = ("w. europe standard time", "central european standard time", "cet", "mez", "europe/berlin")


@dataclass
class _Termin:
    zeile: int
    felder: dict[str, tuple[dict[str, str], str]] = field(default_factory=dict)
    offen: bool = True

    def text(self, *names: str) -> str:
        return next((self.felder[name][1].strip() for name in names if name in self.felder), "")


def read(data: bytes, profil: Profil) -> Iterator[Eintrag]:
    """Einträge der Termine; ein unlesbarer Termin wird mit Grund abgelehnt."""
    found = encoding.lines(encoding.decode(data, profil.zeichensatz))
    cancels = any(line.strip().upper() == "METHOD:CANCEL" for _, line in found)
    for event in _events(found):
        entry = Eintrag(event.zeile, "abwesenheit", event.text(*PERSON), event.text("CATEGORIES").split(",")[0].strip())
        try:
            sane(entry)
            _period(entry, event)
            if cancels:
                raise Unlesbar("sagt einen Termin ab (METHOD:CANCEL)", CANCELLED)
        except Unklar as problem:
            entry.zurueckstellen(problem.grund, problem.abhilfe)
        except Unlesbar as problem:
            entry.ablehnen(problem.grund, problem.abhilfe)
        yield entry


def _events(found: list[tuple[int, str]]) -> Iterator[_Termin]:
    if not found or found[0][1].strip().upper() != "BEGIN:VCALENDAR":
        raise ImportFehler("Die Datei ist kein iCalendar (BEGIN:VCALENDAR fehlt)", "Format prüfen")
    event, inner = None, 0
    for number, line in _unfolded(found):
        name, params, value = _property(line)
        if (name, value.upper()) == ("BEGIN", "VEVENT") and event is None:
            event = _Termin(number)
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


def _period(entry: Eintrag, event: _Termin) -> None:
    if event.offen:
        raise Unlesbar("Der Termin ist abgeschnitten (END:VEVENT fehlt)", "Kalender neu ausgeben")
    if "RRULE" in event.felder or "RDATE" in event.felder:
        raise Unlesbar("Der Termin wiederholt sich", "jede Abwesenheit als eigenen Termin ausgeben")
    if "DTSTART" not in event.felder:
        raise Unlesbar("Der Termin hat keinen Beginn (DTSTART)", "Termin berichtigen")
    start = _moment(*event.felder["DTSTART"])
    end = _end(event, start)
    if isinstance(start, datetime) != isinstance(end, datetime):
        raise Unlesbar("Beginn und Ende sind nicht beide Tage oder beide Zeitpunkte", "Termin berichtigen")
    if isinstance(start, datetime) and isinstance(end, datetime):
        _hours(entry, start, end)
    else:
        _days(entry, start, end - timedelta(days=1))
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


def _end(event: _Termin, start: date) -> date:
    if "DTEND" in event.felder:
        return _moment(*event.felder["DTEND"])
    if "DURATION" not in event.felder:
        return start if isinstance(start, datetime) else start + timedelta(days=1)
    found = DURATION.fullmatch(event.text("DURATION").upper())
    if found is None or not any(found.groups()):
        raise Unlesbar("hat eine unlesbare Dauer (DURATION)", "Termin berichtigen")
    weeks, days, hours, minutes, seconds = (int(part or 0) for part in found.groups())
    step = timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)
    return start + step


def _moment(params: dict[str, str], value: str) -> date:
    found = re.fullmatch(r"(\d{4})(\d{2})(\d{2})(?:T(\d{2})(\d{2})(\d{2})(Z)?)?", value, re.ASCII)
    if found is None:
        raise Unlesbar(f"„{shown(value)}“ ist kein Zeitpunkt", "Termin berichtigen")
    year, month, day, hour, minute, second, utc = found.groups()
    first = calendar_day(int(year), int(month), int(day))
    if hour is None:
        return first
    seconds = clock(f"{hour}:{minute}:{second}")
    if utc:
        return from_offset(first, seconds, 0)
    zone = params.get("TZID", ZONE.key)
    if zone.lower().endswith(NAMES) or ("utc+01:00" in zone.lower() and "berlin" in zone.lower()):
        return at_place(first, seconds)
    raise Unlesbar(f"Zeitzone „{shown(zone)}“ ist unbekannt", f"in UTC oder {ZONE.key} ausgeben")
