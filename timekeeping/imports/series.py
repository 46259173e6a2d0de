"""Serien eines Kalenders: jeder Termin einer Wiederholung, ohne die ausgenommenen und die geänderten."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial

from timekeeping.imports.appointment import Termin, beginning, end_of, moment, placed
from timekeeping.imports.moments import MIDNIGHT, ZONE, lasting
from timekeeping.imports.problems import ImportFehler, Unklar, Unlesbar, shown
from timekeeping.imports.recurrence import Regel, days, parse

Spanne = Callable[[], tuple[date, date]]  # begin and end (exclusive) of one absence, or the reason it has none
LONGEST = 3 * 366  # days
MOST, SERIES, TOTAL = 400, 5_000, 100_000
DAY, SINGLY = timedelta(days=1), "jede Abwesenheit als eigenen Termin ausgeben"


@dataclass(frozen=True)
class _Folge:
    """Ein Termin der Serie: der Tag, wie die Regel ihn nennt, und sein Beginn oder warum es keinen gibt."""

    tag: date
    beginn: date | Unlesbar


class Serien:
    """Die Wiederholungen einer Datei. Raises ImportFehler, wenn sie mehr Termine ergeben, als einer Datei zusteht."""

    def __init__(self, events: Sequence[Termin]) -> None:
        self.changed: dict[str, list[Termin]] = defaultdict(list)
        for event in events:
            if "RECURRENCE-ID" in event.felder:
                self.changed[event.text("UID")].append(event)
        self.doubts: dict[Termin, Unlesbar] = {}
        self.placed: set[Termin] = set()
        repeated = [event for event in events if event.wiederholt]
        if len(repeated) > SERIES:
            raise ImportFehler(f"Die Datei hat mehr als {SERIES} Serien", "Zeitraum oder Personen der Ausgabe kürzen")
        self.spans: dict[Termin, Sequence[Spanne]] = {}
        count = 0
        for event in repeated:
            self.spans[event] = self._of(event)
            count += len(self.spans[event])
            if count > TOTAL:
                raise ImportFehler(f"Die Serien der Datei ergeben mehr als {TOTAL} Termine",
                                   "Zeitraum oder Personen der Ausgabe kürzen")

    def of(self, event: Termin) -> Sequence[Spanne]:
        """Die Abwesenheiten einer Serie; aneinanderliegende ganze Tage sind eine."""
        return self.spans[event]

    def demand(self, event: Termin) -> None:
        """Raises Unlesbar (Unklar), wenn an diesem Termin etwas nicht zu seiner Serie passt."""
        if event in self.doubts and event not in self.placed:
            raise self.doubts[event]
        if "RECURRENCE-ID" in event.felder and "RANGE" in event.felder["RECURRENCE-ID"][0]:
            raise Unlesbar("ändert auch alle folgenden Termine seiner Serie (RANGE)", SINGLY)

    def _of(self, event: Termin) -> Sequence[Spanne]:
        try:
            return self._expanded(event)
        except Unlesbar as problem:
            return [partial(_raise, problem)]

    def _expanded(self, event: Termin) -> list[Spanne]:
        if event.offen:
            raise Unlesbar("Der Termin ist abgeschnitten (END:VEVENT fehlt)", "Kalender neu ausgeben")
        if len(event.mehrfach.get("RRULE", ())) > 1 or "EXRULE" in event.mehrfach:
            raise Unlesbar("Der Termin wiederholt sich nach mehreren Regeln", SINGLY)
        if "RECURRENCE-ID" in event.felder:
            raise Unlesbar("Der geänderte Termin einer Serie wiederholt sich selbst", SINGLY)
        changed = self.changed.get(event.text("UID"), []) if event.text("UID") else []
        if len(changed) > MOST:
            raise Unlesbar(f"Die Serie hat mehr als {MOST} geänderte Termine", "Serie teilen")
        if any("RANGE" in one.felder["RECURRENCE-ID"][0] for one in changed):
            raise Unlesbar("Ein Termin dieser Serie ändert auch alle folgenden (RANGE)", SINGLY)
        day, place = placed(*beginning(event))
        start = place(day)
        end = end_of(event, start)
        if isinstance(start, datetime) != isinstance(end, datetime):
            return [lambda: (start, end)]
        found = _found(event, day, place, start)
        left = self._left(event, found, changed)
        if not left:
            raise Unlesbar("Alle Termine der Serie sind ausgenommen", "Termin löschen")
        if isinstance(start, datetime):
            return list(_hours(left, start, end, by_day=_by_day(event, start, end)))
        return list(_whole(left, end - start))

    def _left(self, event: Termin, found: Sequence[_Folge], changed: Sequence[Termin]) -> list[_Folge]:
        """Die Termine ohne ausgenommene (EXDATE) und ohne geänderte (RECURRENCE-ID)."""
        out = [(one, None) for one in _listed(event, "EXDATE")]
        out += [(moment(*one.felder["RECURRENCE-ID"]), one) for one in changed]
        gone, places = set[int](), _Stellen(found)
        for value, instead in out:
            hit = places.of(value)
            gone |= hit
            if hit and instead is not None:
                self.placed.add(instead)
            inside = found[0].tag <= _day(value) <= found[-1].tag
            if not hit and instead is not None:
                self.doubts[instead] = Unklar("ändert einen Termin, den seine Serie nicht hat", "Kalender prüfen")
            elif not hit and inside:
                self.doubts[event] = Unklar(f"Die Serie nimmt den {_day(value):%d.%m.%Y} aus, an dem sie keinen Termin "
                                            "hat", "Kalender prüfen")
        return [one for at, one in enumerate(found) if at not in gone]


def _found(event: Termin, day: date, place: Callable[[date], date], start: date) -> list[_Folge]:
    found = [_Folge(one, _tried(place, one)) for one in _ruled(event, day, place)]
    places = _Stellen(found)
    _few(found)
    for value in _listed(event, "RDATE"):
        if isinstance(value, datetime) != isinstance(start, datetime):
            raise Unlesbar("Weitere Tage der Serie (RDATE) sind nicht von der Art des ersten", SINGLY)
        if not places.of(value):
            found.append(_Folge(_day(value), value))
            places.add(len(found) - 1, found[-1])
            _few(found)
    return sorted(found, key=lambda one: one.tag)


def _few(found: Sequence[_Folge]) -> None:
    if len(found) > MOST:
        raise Unlesbar(f"Die Serie hat mehr als {MOST} Termine", "Serie teilen oder ihr Ende früher setzen")


def _ruled(event: Termin, day: date, place: Callable[[date], date]) -> list[date]:
    """Die Tage der Regel; ohne Regel der erste."""
    if "RRULE" not in event.mehrfach:
        return [day]
    rule, limit = parse(event.mehrfach["RRULE"][0][1]), day + LONGEST * DAY
    until = moment(beginning(event)[0], rule.bis) if rule.bis else None
    if until is None and rule.anzahl is None:
        raise Unlesbar("Der Termin wiederholt sich ohne Ende", "das Ende der Serie angeben oder die Abwesenheiten "
                       "des Zeitraums als eigene Termine ausgeben")
    if until is not None and _day(until) > limit:
        raise Unlesbar("Die Serie reicht mehr als drei Jahre weit", "ihr Ende früher setzen")
    last = limit if until is None else min(_day(until) + DAY, limit)
    found = []
    for one in days(rule, day, last):
        if until is not None and _later(_tried(place, one), one, until):
            break
        found.append(one)
        if len(found) > MOST:
            break
    _sound(rule, found, day)
    return found


def _sound(rule: Regel, found: Sequence[date], day: date) -> None:
    if not found or found[0] != day:
        raise Unlesbar("Der erste Termin gehört nicht zu seiner Wiederholung", "Beginn und Regel der Serie prüfen")
    if rule.anzahl is not None and len(found) < min(rule.anzahl, MOST):
        raise Unlesbar(f"Die {rule.anzahl} Termine der Serie reichen mehr als drei Jahre weit",
                       "ihr Ende früher setzen")


def _later(start: date | Unlesbar, day: date, until: date) -> bool:
    if isinstance(start, datetime) and isinstance(until, datetime):
        return start > until
    return (day if isinstance(start, Unlesbar) else _day(start)) > _day(until)


def _listed(event: Termin, name: str) -> Iterator[date]:
    fields = event.mehrfach.get(name, ())
    if sum(text.count(",") + 1 for _, text in fields) > MOST:
        raise Unlesbar(f"{name} nennt mehr als {MOST} Termine: „{shown(fields[0][1])}“", "Serie teilen")
    for params, text in fields:
        if params.get("VALUE", "").upper() == "PERIOD":
            raise Unlesbar(f"Weitere Tage der Serie ({name}) sind Zeiträume", SINGLY)
        yield from (moment(params, part.strip()) for part in text.split(","))


def _tried(place: Callable[[date], date], day: date) -> date | Unlesbar:
    try:
        return place(day)
    except Unlesbar as problem:  # the hour of a night of clock change
        return problem


class _Stellen:
    """Wo in der Serie ein Tag oder Zeitpunkt steht, ohne sie zu durchsuchen."""

    def __init__(self, found: Sequence[_Folge]) -> None:
        self.moments: dict[datetime, set[int]] = defaultdict(set)
        self.whole: dict[date, set[int]] = defaultdict(set)  # days, and the days of what has no moment
        self.days: dict[date, set[int]] = defaultdict(set)
        for at, one in enumerate(found):
            self.add(at, one)

    def add(self, at: int, one: _Folge) -> None:
        day = one.tag if isinstance(one.beginn, Unlesbar) else _day(one.beginn)
        self.days[day].add(at)
        if isinstance(one.beginn, datetime):
            self.moments[one.beginn].add(at)
        else:
            self.whole[day].add(at)

    def of(self, value: date) -> set[int]:
        """Die Stellen, die er meint: ein Tag alle Termine des Tages, ein Zeitpunkt den, der dann beginnt."""
        if isinstance(value, datetime):
            return self.moments.get(value, set()) | self.whole.get(_day(value), set())
        return self.days.get(value, set())


def _day(value: date) -> date:
    return value.date() if isinstance(value, datetime) else value


def _whole(found: Collection[_Folge], length: timedelta) -> Iterator[Spanne]:
    """Ganze Tage; was ohne Lücke aneinanderliegt, ist eine Abwesenheit."""
    held: tuple[date, date] | None = None
    for one in found:
        if held is not None and held[1] == one.tag and length >= DAY:
            held = held[0], one.tag + length
            continue
        if held is not None:
            yield partial(_pair, *held)
        held = one.tag, one.tag + length
    if held is not None:
        yield partial(_pair, *held)


def _hours(found: Collection[_Folge], start: datetime, end: date, *, by_day: bool) -> Iterator[Spanne]:
    """Stunden: jeder Termin dauert so lange wie der erste wirklich dauert; nach Tagen so weit auf der Uhr des Ortes."""
    assert isinstance(end, datetime)
    length, turns = timedelta(seconds=lasting(start, end)), end.replace(tzinfo=None) - start.replace(tzinfo=None)
    for one in found:
        if isinstance(one.beginn, datetime):
            last = (one.beginn + turns).astimezone(UTC) if by_day else one.beginn.astimezone(UTC) + length
            yield partial(_pair, one.beginn, last.astimezone(ZONE))
        else:
            assert isinstance(one.beginn, Unlesbar)
            yield partial(_raise, one.beginn)


def _by_day(event: Termin, start: datetime, end: date) -> bool:
    """Ganze Tage als Stunden geschrieben: von Mitternacht bis Mitternacht, oder eine Dauer in Tagen oder Wochen."""
    if "DTEND" not in event.felder and "T" not in event.text("DURATION").upper():
        return True
    return isinstance(end, datetime) and start.time() == end.time() == MIDNIGHT


def _pair(start: date, end: date) -> tuple[date, date]:
    return start, end


def _raise(problem: Unlesbar) -> tuple[date, date]:
    raise problem
