"""Jede Zeile bekommt ihren Stand: Person, Schlüssel, Zeitraum, Widersprüche in der Datei und mit Gebuchtem."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from timekeeping.imports.moments import at_midnight
from timekeeping.imports.problems import shown
from timekeeping.imports.profile import Profil
from timekeeping.imports.rows import ABGELEHNT, BEKANNT, ZURUECKGESTELLT, Eintrag

NEVER = date(1970, 1, 1)


@dataclass(frozen=True)
class Beschaeftigung:
    """Nummer der Beschäftigung und ihre Zeiträume (erster, letzter Tag; None = offen).

    beamtet: erste Tage der Zeiträume im Beamtenverhältnis; ruhestand: derer, die mit der Regelaltersgrenze enden.
    """

    id: int
    zeitraeume: tuple[tuple[date, date | None], ...]
    beamtet: frozenset[date] = frozenset()
    ruhestand: frozenset[date] = frozenset()

    def besteht(self, first: date, last: date, *, ganz: bool) -> bool:
        """Beschäftigt an allen Tagen (ganz) oder an mindestens einem."""
        if ganz:
            return any(von <= first and (bis is None or last <= bis) for von, bis in self.zeitraeume)
        return any(von <= last and (bis is None or first <= bis) for von, bis in self.zeitraeume)


@dataclass(frozen=True)
class Bestand:
    """Personalnummern, eigene Schlüssel, abgeschlossene Monate des Arbeitgebers; der Aufrufer liest sie.

    folgemonate: so viele Monate nach der Arbeit wird gezahlt; schicht: Beschäftigungen in Schichtarbeit (Nummern);
    umfang: eigene und volle Wochenstunden in Hundertsteln.
    """

    personen: Mapping[str, Beschaeftigung]
    schluessel: frozenset[str]
    geschlossen: frozenset[date] = frozenset()
    folgemonate: int = 2
    schicht: frozenset[int] = frozenset()
    umfang: Mapping[int, tuple[int, int]] = field(default_factory=dict)


@dataclass
class Gebucht:
    """Was aus anderen Dateien schon gebucht ist: Fingerabdrücke, Mengen je Stelle, Zeitspannen je Person."""

    fingerabdruecke: set[bytes] = field(default_factory=set)
    stellen: dict[tuple[Any, ...], str] = field(default_factory=dict)
    spannen: dict[tuple[int, str], list[tuple[int, int, str]]] = field(default_factory=lambda: defaultdict(list))

    def merken(self, entry: Eintrag, where: str) -> None:
        """Nimmt eine gebuchte Zeile auf; where sagt, wo sie herkommt."""
        self.fingerabdruecke.add(entry.fingerabdruck)
        if entry.art == "menge":
            self.stellen[place(entry)] = where
        else:
            self.spannen[(entry.beschaeftigung_id or 0, entry.art)].append((*span(entry), where))


def assign(entries: list[Eintrag], people: Personen, profil: Profil, bestand: Bestand) -> None:
    """Setzt eigene Person, eigenen Schlüssel und den Stand aus der Datei selbst; die Werte bleiben, wie sie sind."""
    for entry in entries:
        if entry.stand != ABGELEHNT:
            _person(entry, people)
            _key(entry, profil, bestand)
            if bestand.geschlossen:
                _period(entry, bestand)
    _fingerprints(entries)
    _within_file(entries)


def compare(entries: Iterable[Eintrag], gebucht: Gebucht) -> None:
    """Setzt den Stand gegen das, was schon gebucht ist."""
    for entry in entries:
        if entry.gut or (entry.nachtrag and entry.stand == ZURUECKGESTELLT):
            _against_booked(entry, gebucht)


def place(entry: Eintrag) -> tuple[Any, ...]:
    """Stelle, an der nur eine Datei bucht: Person, Schlüssel, Zeitraum, Einheit, Kostenstelle."""
    when = (entry.von, entry.bis, entry.monat)
    return (entry.beschaeftigung_id, entry.lohnart, *when, entry.einheit, entry.kostenstelle)


def span(entry: Eintrag) -> tuple[int, int]:
    """Anfang und Ende in Sekunden seit 1970; ganze Tage ebenso, damit Tage und Stunden sich vergleichen lassen."""
    if entry.spanne is None:
        if entry.beginn is not None and entry.ende is not None:
            first, last = entry.beginn, entry.ende
        else:
            days = entry.von or NEVER, (entry.bis or NEVER) + timedelta(days=1)
            first, last = at_midnight(days[0]), at_midnight(days[1])
        entry.spanne = int(first.timestamp()), int(last.timestamp())
    return entry.spanne


class Personen:
    """Zu einer Personalnummer der Datei die eigene Person, nach den Regeln des Profils."""

    def __init__(self, bestand: Bestand, profil: Profil) -> None:
        self.bestand, self.profil = bestand, profil
        self.bare: dict[str, list[str]] = defaultdict(list)
        for number in bestand.personen:
            self.bare[_bare(number, profil)].append(number)
        self.found: dict[str, list[str]] = {}

    def of(self, text: str) -> list[str]:
        """Eigene Personalnummern, die gemeint sein können: genau eine, keine oder mehrere."""
        found = self.found.get(text)
        if found is None:
            own = self.profil.personen.get(text) or self.profil.praefix + text
            found = [own] if own in self.bestand.personen else self.bare.get(_bare(own, self.profil), [])
            self.found[text] = found
        return found

    def group(self, text: str) -> Hashable:
        """Wessen Zeilen zusammengehören: die Person, sonst der Text der Datei."""
        found = self.of(text)
        return self.bestand.personen[found[0]].id if len(found) == 1 else text


def _bare(number: str, profil: Profil) -> str:
    return number.lstrip("0") or "0" if profil.nullen else number


def _person(entry: Eintrag, people: Personen) -> None:
    found = people.of(entry.personalnummer)
    if len(found) != 1:
        grund, name = "ist nicht bekannt" if not found else "passt zu mehreren Personen", people.profil.name
        entry.zurueckstellen(f"Personalnummer „{shown(entry.personalnummer)}“ {grund}",
                             f"Person anlegen oder im Profil {name} unter [personen] zuordnen, Datei neu prüfen")
        return
    job = people.bestand.personen[found[0]]
    entry.beschaeftigung_id = job.id
    if entry.von and entry.bis and not job.besteht(entry.von, entry.bis, ganz=not entry.monat):
        entry.zurueckstellen("Die Person ist in diesem Zeitraum nicht beschäftigt", "Datum, Ein- und Austritt prüfen")


def _key(entry: Eintrag, profil: Profil, bestand: Bestand) -> None:
    if entry.von is None:
        return
    own = profil.lohnart(entry.schluessel, entry.von)
    if own is None:
        entry.zurueckstellen(f"Schlüssel „{shown(entry.schluessel)}“ ist nicht zugeordnet",
                             f"im Profil {profil.name} unter [schluessel] zuordnen und die Datei neu prüfen")
    elif own not in bestand.schluessel:
        entry.zurueckstellen(f"Schlüssel „{shown(entry.schluessel)}“ führt zu {shown(own)}; das gibt es hier nicht",
                             "Zuordnung im Profil berichtigen oder die Lohnart anlegen")
    else:
        entry.lohnart = own


def _period(entry: Eintrag, bestand: Bestand) -> None:
    closed = [month for month in entry.monate() if month in bestand.geschlossen]
    entry.nachtrag = bool(closed)
    if closed:
        entry.zurueckstellen(f"Der Monat {closed[0]:%m/%Y} ist abgeschlossen",
                             "als Nachtrag annehmen; der Unterschied wird nachberechnet")


def _fingerprints(entries: Iterable[Eintrag]) -> None:
    seen: dict[str, int] = {}
    first: dict[str, int] = {}
    for entry in entries:
        if entry.stand == ABGELEHNT or entry.beschaeftigung_id is None or entry.lohnart is None:
            continue
        quantity = "" if entry.menge is None else f"{entry.menge.normalize():f}"
        # No text of a row holds a control character, so this separator cannot be imitated.
        if entry.beginn is not None and entry.ende is not None:
            begin, end = span(entry)
            when = f"{begin}\x1f{end}"
        else:
            when = "\x1f".join(str(int(one.timestamp())) if one else "" for one in (entry.beginn, entry.ende))
        content = (f"{entry.beschaeftigung_id}\x1f{entry.lohnart}\x1f{entry.art}\x1f{entry.von}\x1f{entry.bis}\x1f"
                   f"{entry.monat}\x1f{when}\x1f{entry.einheit}\x1f{quantity}\x1f{entry.betrag}\x1f"
                   f"{entry.kostenstelle}")
        before = seen.get(content, 0)
        entry.fingerabdruck = hashlib.sha256(f"{content}#{before}".encode()).digest()
        if before:
            entry.zurueckstellen(f"steht wortgleich schon in Zeile {first[content]}",
                                 "ablehnen oder, wenn sie wirklich zweimal gilt, annehmen")
        else:
            first[content] = entry.zeile
        seen[content] = before + 1


def _within_file(entries: Iterable[Eintrag]) -> None:
    spans: dict[tuple[int, str], list[Eintrag]] = defaultdict(list)
    days: dict[tuple[Any, ...], list[Eintrag]] = defaultdict(list)
    for entry in entries:
        if not entry.gut or entry.beschaeftigung_id is None:
            continue
        if entry.art != "menge":
            spans[(entry.beschaeftigung_id, entry.art)].append(entry)
        elif entry.einheit == "stunden" and not entry.monat:
            days[(entry.beschaeftigung_id, entry.lohnart, entry.von)].append(entry)
    for held in spans.values():
        _overlaps(sorted(((*span(entry), entry) for entry in held), key=lambda one: one[:2]))
    for held in days.values():
        if sum(entry.menge or 0 for entry in held) > 24:
            for entry in held:
                entry.zurueckstellen("Die Stunden dieses Schlüssels an diesem Tag sind zusammen mehr als 24",
                                     "Zeilen des Tages prüfen")


def _overlaps(held: list[tuple[int, int, Eintrag]]) -> None:
    before: tuple[int, int, Eintrag] | None = None
    for start, end, entry in held:
        if before is not None and start < before[1]:
            for one, other in ((entry, before[2]), (before[2], entry)):
                one.zurueckstellen(f"überschneidet sich mit Zeile {other.zeile}", "eine der beiden berichtigen")
        if before is None or end > before[1]:
            before = (start, end, entry)


def _against_booked(entry: Eintrag, gebucht: Gebucht) -> None:
    if entry.fingerabdruck in gebucht.fingerabdruecke:
        entry.stand, entry.grund, entry.abhilfe = BEKANNT, "ist schon gebucht", "nichts zu tun"
        return
    if entry.art == "menge":
        where = gebucht.stellen.get(place(entry))
    else:
        start, end = span(entry)
        booked = gebucht.spannen.get((entry.beschaeftigung_id or 0, entry.art), [])
        where = next((known for first, last, known in booked if first < end and start < last), None)
    if where:
        entry.zurueckstellen(f"widerspricht {where}", "Datei als Korrektur der früheren einlesen oder Zeile ablehnen")
