"""Personen für Meldungen: Name, Geburtstag, Anschrift, Nummern im Klartext, Ein- und Austritt, Zeiten ohne Entgelt."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select

from payroll.law.rules.entgelt.fehlzeiten import BEHOERDE, ENTSCHAEDIGUNG, MUTTERSCHUTZ, OHNE, Abschnitt, abschnitte
from payroll.masterdata.clocks import known
from payroll.masterdata.models import Beschaeftigung, BeschaeftigungAngaben, Fehlzeit, Person, PersonAngaben
from payroll.masterdata.sealing import open_value
from payroll.masterdata.slices.ausfall import absences
from tenants.db.session import TenantSession
from tenants.security import keys_of

DAY = timedelta(days=1)
WORKING_DAYS = 5
COMPENSATED = (ENTSCHAEDIGUNG, BEHOERDE)


@dataclass(frozen=True)
class Akte:
    """Eine Beschäftigung mit ihrer Person, wie sie heute bekannt ist.

    taetigkeiten: Tätigkeitsschlüssel mit ihrem ersten Tag, der früheste zuerst.
    """

    beschaeftigung: int
    personalnummer: str
    person: uuid.UUID
    art: str
    eintritt: date
    austritt: date | None
    verstorben: date | None
    inhalt: dict[str, str]
    vsnr: str
    steuer_id: str
    geboren: date
    staat: str = ""
    taetigkeiten: tuple[tuple[date, str], ...] = ()

    def taetigkeit(self, day: date) -> str:
        """Der Tätigkeitsschlüssel eines Tages (§ 5 Abs. 1 DEÜV), davor der früheste; leer, wenn keiner bekannt ist."""
        begun = [key for first, key in self.taetigkeiten if first <= day]
        return begun[-1] if begun else self.taetigkeiten[0][1] if self.taetigkeiten else ""


@dataclass(frozen=True)
class Luecke:
    """Zusammenhängende Tage ohne Entgelt; `art` und `leistung` der ersten; `teile` die Stücke, gleicher Art eines.

    ausgesteuert: das Krankengeld ist zu Ende, die Krankheit nicht; die Versicherung dauert noch einen Monat.
    """

    von: date
    bis: date
    art: str
    leistung: str
    teile: tuple[tuple[date, date, str], ...]
    mutterschutz: bool
    ausgesteuert: bool = False


def files_of(session: TenantSession) -> dict[int, Akte]:
    """Alle Beschäftigungen mit jüngsten Angaben; zwei Abfragen."""
    people = {row.person_id: row for row in session.execute(
        select(PersonAngaben.person_id, PersonAngaben.public_id, PersonAngaben.nachname, PersonAngaben.vorname,
               PersonAngaben.geburtsdatum, PersonAngaben.strasse, PersonAngaben.plz, PersonAngaben.ort,
               PersonAngaben.land, PersonAngaben.verstorben_am, PersonAngaben.sv_nummer_siegel,
               PersonAngaben.steuer_id_siegel, PersonAngaben.staatsangehoerigkeit_siegel)
        .where(known(PersonAngaben, None)).order_by(PersonAngaben.valid_from))}
    jobs, activities = {}, defaultdict(list)
    for row in session.execute(
        select(BeschaeftigungAngaben.beschaeftigung_id, BeschaeftigungAngaben.art, BeschaeftigungAngaben.eintritt,
               BeschaeftigungAngaben.austritt, BeschaeftigungAngaben.taetigkeitsschluessel,
               BeschaeftigungAngaben.valid_from, Beschaeftigung.personalnummer, Beschaeftigung.person_id,
               Person.public_id)
        .join(Beschaeftigung, Beschaeftigung.id == BeschaeftigungAngaben.beschaeftigung_id)
        .join(Person, Person.id == Beschaeftigung.person_id)
        .where(known(BeschaeftigungAngaben, None)).order_by(BeschaeftigungAngaben.valid_from)):
        jobs[row.beschaeftigung_id] = row
        if row.taetigkeitsschluessel:
            activities[row.beschaeftigung_id].append((row.valid_from, row.taetigkeitsschluessel))
    keys, opened = keys_of(session), {}
    for number, row in people.items():
        opened[number] = tuple(
            open_value(keys, PersonAngaben, row.public_id, name, getattr(row, f"{name}_siegel")) or ""
            for name in ("sv_nummer", "steuer_id", "staatsangehoerigkeit"))
    found = {}
    for job in jobs.values():
        row = people.get(job.person_id)
        if row is None:
            continue
        about = {"nachname": row.nachname, "vorname": row.vorname, "geburtsdatum": row.geburtsdatum.isoformat(),
                 "strasse": row.strasse or "", "plz": row.plz or "", "ort": row.ort or "", "land": row.land}
        found[job.beschaeftigung_id] = Akte(
            job.beschaeftigung_id, job.personalnummer, job.public_id, job.art, job.eintritt, job.austritt,
            row.verstorben_am, about, *opened[job.person_id][:2], row.geburtsdatum, opened[job.person_id][2],
            tuple(activities[job.beschaeftigung_id]))
    return found


def gaps_of(session: TenantSession, files: dict[int, Akte], until: date) -> dict[int, list[Luecke]]:
    """Zeiten ohne Entgelt je Beschäftigung bis zu einem Tag, aneinander anschließende zusammen."""
    rows = defaultdict(list)
    for row in session.scalars(select(Fehlzeit).where(known(Fehlzeit, None), Fehlzeit.valid_from <= until)
                               .order_by(Fehlzeit.valid_from)):
        rows[row.beschaeftigung_id].append(row)
    return {number: joined(abschnitte(absences(own, until), files[number].art, files[number].eintritt))
            for number, own in rows.items() if number in files}


def joined(pieces: Iterable[Abschnitt]) -> list[Luecke]:
    """Abschnitte ohne Entgelt als Lücken; mit Entschädigung bleibt man versichert und bekommt kein U (§ 57 IfSG,
    § 41 Abs. 1 Satz 5 EStG). Mit dem Ende des Krankengelds beginnt eine neue.
    """
    groups: list[list[Abschnitt]] = []
    for one in sorted(pieces, key=lambda piece: piece.von):
        if one.bezahlt or one.leistung in COMPENSATED:
            continue
        if groups and groups[-1][-1].bis + DAY >= one.von and not _exhausted(one):
            groups[-1].append(one)
        else:
            groups.append([one])
    return [Luecke(own[0].von, max(one.bis for one in own), own[0].art, own[0].leistung, _parts(own),
                   all(one.leistung == MUTTERSCHUTZ for one in own), _exhausted(own[0])) for own in groups]


def _exhausted(one: Abschnitt) -> bool:
    """Krank, ohne Krankengeld, noch versichert: der Monat nach § 7 Abs. 3 SGB IV."""
    return one.art == "krankheit" and one.leistung == OHNE and one.versichert


def _parts(own: Sequence[Abschnitt]) -> tuple[tuple[date, date, str], ...]:
    found: list[tuple[date, date, str]] = []
    for one in own:
        if found and found[-1][2] == one.art and found[-1][1] + DAY >= one.von:
            found[-1] = (found[-1][0], max(found[-1][1], one.bis), one.art)
        else:
            found.append((one.von, one.bis, one.art))
    return tuple(found)


def letters_u(gaps: list[Luecke], first: date, last: date) -> int:
    """Zahl der Zeiten mit Großbuchstabe U: fünf Arbeitstage ohne Anspruch, ohne Mutterschutz (§ 41 Abs. 1 Satz 5
    EStG).
    """
    spells: list[tuple[date, date]] = []
    for one in gaps:
        if one.mutterschutz:
            continue
        if spells and spells[-1][1] + DAY >= one.von:
            spells[-1] = (spells[-1][0], max(spells[-1][1], one.bis))
        else:
            spells.append((one.von, one.bis))
    count = 0
    for start, until in spells:
        begin, end = max(start, first), min(until, last)
        days = sum(1 for n in range((end - begin).days + 1) if (begin + DAY * n).weekday() < WORKING_DAYS)
        count += days >= WORKING_DAYS
    return count
