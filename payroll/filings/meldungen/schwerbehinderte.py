"""Anzeige und Verzeichnis nach § 163 SGB IX: Arbeitsplätze, Pflichtplätze, schwerbehinderte Menschen, Ausgleichsabgabe.

Gezählt wird der Stand am Ende jedes Monats; das ist die Lesart des Programms, die Unterlagen nennen keinen Tag.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from payroll.filings.meldungen import stamm, werte
from payroll.filings.meldungen.entwurf import Entwurf, Satz
from payroll.filings.meldungen.jahr import demand_december
from payroll.law.schwerbehindert import HOURS, SHORT_DAYS, TRAINEE, Monat, jahresbild
from payroll.masterdata.clocks import known
from payroll.masterdata.models import Bezuegezuordnung, Person, PersonAngaben
from payroll.masterdata.sealing import open_value
from tenants.db.session import TenantSession
from tenants.security import keys_of

RECIPIENT = ("arbeitsagentur", "Agentur für Arbeit")
COUNTED = ("tarif", "beamte", "minijob")
HINTS = (
    "Grad der Behinderung, Aktenzeichen des Bescheids und Mehrfachanrechnung (§ 159 Abs. 1 SGB IX) stehen nicht in den "
    "Stammdaten; vor der Abgabe ergänzen.",
    "Wer ohne Bezüge beurlaubt ist, zählt als Arbeitsplatz; ist eine Vertretung eingestellt, abziehen (§ 156 Abs. 2 "
    "SGB IX). Aufträge an Werkstätten mindern die Abgabe (§ 223 SGB IX).")


@dataclass(frozen=True)
class Stelle:
    """Eine Beschäftigung: was zählt; `stunden` nach Tagen geordnet, `behindert` Zeiten mit Wort."""

    akte: stamm.Akte
    stunden: Sequence[tuple[date, Decimal]]
    behindert: Sequence[tuple[date, date | None, str]]

    def employed(self, day: date) -> bool:
        """Ob sie an diesem Tag besteht."""
        return self.akte.eintritt <= day <= (self.akte.austritt or day)

    def hours(self, day: date) -> Decimal:
        """Wochenstunden eines Tages; ohne Eingruppierung beim Minijob keine, sonst volle."""
        begun = [one for first, one in self.stunden if first <= day] or [one for _, one in self.stunden[:1]]
        return begun[-1] if begun else Decimal(0 if self.akte.art == "minijob" else HOURS)

    def counts(self, day: date) -> bool:
        """Ein Arbeitsplatz nach §§ 156, 157 SGB IX; Auszubildende und Stellen bis acht Wochen sind keiner."""
        brief = self.akte.austritt is not None and (self.akte.austritt - self.akte.eintritt).days < SHORT_DAYS
        return self.employed(day) and self.akte.art in COUNTED and self.hours(day) >= HOURS and not brief

    def word(self, day: date) -> str:
        """schwerbehindert, gleichgestellt oder leer."""
        return next((word for first, last, word in self.behindert if first <= day <= (last or day)), "")

    def places(self, day: date) -> int:
        """Pflichtplätze, auf die der Mensch angerechnet wird (§§ 158, 159 SGB IX)."""
        if not self.word(day) or not self.employed(day):
            return 0
        return TRAINEE if self.akte.art == "auszubildende" else int(self.counts(day))


def drafts(session: TenantSession, month: date) -> list[Entwurf]:
    """Die Anzeige eines Jahres mit dem Verzeichnis der schwerbehinderten Menschen; nach dem Dezember."""
    year = demand_december(session, month)
    jobs = _jobs(session)
    days = [werte.last_day(date(year, number, 1)) for number in range(1, 13)]
    view = jahresbild(year, [Monat(sum(one.counts(day) for one in jobs), _filled(jobs, day)) for day in days])
    values = {}
    for number, day in enumerate(days, 1):
        values |= {f"plaetze_{number:02d}": sum(one.counts(day) for one in jobs),
                   f"pflicht_{number:02d}": view.pflicht[number - 1], f"besetzt_{number:02d}": _filled(jobs, day)}
    values |= {"plaetze": view.plaetze, "pflicht": sum(view.pflicht), "besetzt": view.besetzt,
               "unbesetzt": view.unbesetzt, "satz": view.satz, "abgabe": view.abgabe}
    return [Entwurf("sb", month, month, *RECIPIENT, date(year + 1, 3, 31), view.abgabe, werte=values,
                    saetze=tuple(_listed(jobs, days)), angaben={
                        "jahr": f"{year}", "quote_prozent": f"{float(view.quote) * 100:.2f}".replace(".", ","),
                        "hinweise": [*HINTS, *_below_hours(jobs, days)]})]


def _below_hours(jobs: Sequence[Stelle], days: Sequence[date]) -> list[str]:
    """Wer nicht angerechnet ist, weil die Arbeitszeit unter 18 Stunden liegt, und was das Recht davon ausnimmt."""
    found = []
    for one in sorted(jobs, key=lambda job: job.akte.personalnummer):
        months = sum(bool(one.word(day)) and one.employed(day) and one.akte.art in COUNTED and one.hours(day) < HOURS
                     for day in days)
        if months:
            spell = "1 Monat" if months == 1 else f"{months} Monaten"
            found.append(f"{one.akte.personalnummer}: in {spell} unter {HOURS} Wochenstunden und deshalb nicht "
                         "angerechnet. Ist die Teilzeit wegen Art oder Schwere der "
                         "Behinderung notwendig, die Anrechnung bei der Agentur für Arbeit beantragen; bei "
                         "Altersteilzeit oder Berufsausbildung in Teilzeit wird angerechnet (§ 158 Abs. 2 SGB IX): "
                         "dann „besetzt“ der Anzeige ergänzen.")
    return found


def _filled(jobs: Sequence[Stelle], day: date) -> int:
    """Ein Mensch wird nur einmal angerechnet, auch mit zwei Beschäftigungen."""
    people: dict[Any, int] = defaultdict(int)
    for one in jobs:
        people[one.akte.person] = max(people[one.akte.person], one.places(day))
    return sum(people.values())


def _listed(jobs: Sequence[Stelle], days: Sequence[date]) -> list[Satz]:
    found, due = [], date(days[-1].year + 1, 3, 31)
    for one in jobs:
        months = [day for day in days if one.word(day) and one.employed(day)]
        if not months:
            continue
        file, last = one.akte, months[-1]
        content = {name: file.inhalt[name] for name in ("nachname", "vorname", "geburtsdatum")} | {
            "personalnummer": file.personalnummer, "art": file.art, "merkmal": one.word(last),
            "stunden": f"{one.hours(last)}".replace(".", ","), "monate": len(months),
            "angerechnet": sum(one.places(day) for day in days)}
        found.append(Satz(f"{file.personalnummer}|sb|{last.year}", "sb", max(file.eintritt, date(last.year, 1, 1)),
                          min(file.austritt or days[-1], days[-1]), due, file.person, file.personalnummer, content))
    return sorted(found, key=lambda one: one.personalnummer)


def _jobs(session: TenantSession) -> list[Stelle]:
    hours: dict[int, list[tuple[date, Decimal]]] = defaultdict(list)
    for row in session.execute(
            select(Bezuegezuordnung.beschaeftigung_id, Bezuegezuordnung.valid_from, Bezuegezuordnung.wochenstunden)
            .where(known(Bezuegezuordnung, None)).order_by(Bezuegezuordnung.valid_from)):
        hours[row.beschaeftigung_id].append((row.valid_from, row.wochenstunden))
    spans = _disabled(session)
    return [Stelle(file, hours.get(number, ()), spans.get(file.person, ()))
            for number, file in stamm.files_of(session).items() if file.art != "hinterbliebene"]


def _disabled(session: TenantSession) -> Mapping[Any, Sequence[tuple[date, date | None, str]]]:
    keys, found = keys_of(session), defaultdict(list)
    for row in session.execute(
            select(Person.public_id.label("person"), PersonAngaben.public_id, PersonAngaben.valid_from,
                   PersonAngaben.valid_to, PersonAngaben.schwerbehinderung_siegel)
            .join(Person, Person.id == PersonAngaben.person_id)
            .where(known(PersonAngaben, None), PersonAngaben.schwerbehinderung_siegel.is_not(None))
            .order_by(PersonAngaben.valid_from)):
        word = open_value(keys, PersonAngaben, row.public_id, "schwerbehinderung", row.schwerbehinderung_siegel) or ""
        found[row.person].append((row.valid_from, row.valid_to, word))
    return found
