"""Personen für Meldungen: Name, Geburtstag, Anschrift, Nummern im Klartext, Ein- und Austritt, Zeiten ohne Entgelt."""

from __future__ import annotations

import uuid
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select

from payroll.law.rules.entgelt.fehlzeiten import MUTTERSCHUTZ, abschnitte
from payroll.masterdata.clocks import known
from payroll.masterdata.models import Beschaeftigung, BeschaeftigungAngaben, Fehlzeit, Person, PersonAngaben
from payroll.masterdata.sealing import open_value
from payroll.masterdata.slices.ausfall import absences
from tenants.db.session import TenantSession
from tenants.security import keys_of

DAY = timedelta(days=1)
WORKING_DAYS = 5


@dataclass(frozen=True)
class Akte:
    """Eine Beschäftigung mit ihrer Person, wie sie heute bekannt ist."""

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


@dataclass(frozen=True)
class Luecke:
    """Zusammenhängende Tage ohne Entgelt; `art` und `leistung` der ersten; `teile` die Stücke."""

    von: date
    bis: date
    art: str
    leistung: str
    teile: tuple[tuple[date, date, str], ...]
    mutterschutz: bool


def files_of(session: TenantSession) -> dict[int, Akte]:
    """Alle Beschäftigungen mit jüngsten Angaben; zwei Abfragen."""
    people = {row.person_id: row for row in session.execute(
        select(PersonAngaben.person_id, PersonAngaben.public_id, PersonAngaben.nachname, PersonAngaben.vorname,
               PersonAngaben.geburtsdatum, PersonAngaben.strasse, PersonAngaben.plz, PersonAngaben.ort,
               PersonAngaben.land, PersonAngaben.verstorben_am, PersonAngaben.sv_nummer_siegel,
               PersonAngaben.steuer_id_siegel)
        .where(known(PersonAngaben, None)).order_by(PersonAngaben.valid_from))}
    jobs = {row.beschaeftigung_id: row for row in session.execute(
        select(BeschaeftigungAngaben.beschaeftigung_id, BeschaeftigungAngaben.art, BeschaeftigungAngaben.eintritt,
               BeschaeftigungAngaben.austritt, Beschaeftigung.personalnummer, Beschaeftigung.person_id,
               Person.public_id)
        .join(Beschaeftigung, Beschaeftigung.id == BeschaeftigungAngaben.beschaeftigung_id)
        .join(Person, Person.id == Beschaeftigung.person_id)
        .where(known(BeschaeftigungAngaben, None)).order_by(BeschaeftigungAngaben.valid_from))}
    keys, opened = keys_of(session), {}
    for number, row in people.items():
        opened[number] = tuple(
            open_value(keys, PersonAngaben, row.public_id, name, getattr(row, f"{name}_siegel")) or ""
            for name in ("sv_nummer", "steuer_id"))
    found = {}
    for job in jobs.values():
        row = people.get(job.person_id)
        if row is None:
            continue
        about = {"nachname": row.nachname, "vorname": row.vorname, "geburtsdatum": row.geburtsdatum.isoformat(),
                 "strasse": row.strasse or "", "plz": row.plz or "", "ort": row.ort or "", "land": row.land}
        found[job.beschaeftigung_id] = Akte(
            job.beschaeftigung_id, job.personalnummer, job.public_id, job.art, job.eintritt, job.austritt,
            row.verstorben_am, about, *opened[job.person_id], row.geburtsdatum)
    return found


def gaps_of(session: TenantSession, files: dict[int, Akte], until: date) -> dict[int, list[Luecke]]:
    """Zeiten ohne Entgelt je Beschäftigung bis zu einem Tag, aneinander anschließende zusammen."""
    rows = defaultdict(list)
    for row in session.scalars(select(Fehlzeit).where(known(Fehlzeit, None), Fehlzeit.valid_from <= until)
                               .order_by(Fehlzeit.valid_from)):
        rows[row.beschaeftigung_id].append(row)
    found: dict[int, list[Luecke]] = {}
    for number, own in rows.items():
        file = files.get(number)
        if file is None or file.art not in ("tarif", "auszubildende", "minijob"):
            continue
        joined: list[list[tuple[date, date, str, str]]] = []
        for one in sorted(abschnitte(absences(own, until), file.art, file.eintritt), key=lambda piece: piece.von):
            if one.bezahlt:
                continue
            if joined and joined[-1][-1][1] + DAY >= one.von:
                joined[-1].append((one.von, one.bis, one.art, one.leistung))
            else:
                joined.append([(one.von, one.bis, one.art, one.leistung)])
        found[number] = [Luecke(parts[0][0], max(part[1] for part in parts), parts[0][2], parts[0][3],
                                tuple(part[:3] for part in parts), all(part[3] == MUTTERSCHUTZ for part in parts))
                         for parts in joined]
    return found


def letters_u(gaps: list[Luecke], first: date, last: date) -> int:
    """Zahl der Zeiten mit Großbuchstabe U: fünf Arbeitstage ohne Anspruch, ohne Mutterschutz (§ 41 Abs. 1 Satz 5
    EStG).
    """
    count = 0
    for one in gaps:
        begin, end = max(one.von, first), min(one.bis, last)
        days = sum(1 for n in range((end - begin).days + 1) if (begin + DAY * n).weekday() < WORKING_DAYS)
        count += not one.mutterschutz and days >= WORKING_DAYS
    return count
