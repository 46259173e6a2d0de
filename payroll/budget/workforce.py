"""Kennzahlen zu den Beschäftigten eines Tages: Gruppen, Teilzeit, Alter, Ruhestand, Schwerbehinderung, Krankheit.

Kleine Gruppen bleiben verborgen, auch gegen Erschließen aus Summen (staffplan.hiding). Krankheitstage stehen nur für
Gruppen ab dem Vierfachen der kleinsten, als Durchschnitt (§ 26 Abs. 3 BDSG: nicht auf Einzelne beziehbar).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from sqlalchemy import select

from payroll.budget import equality
from payroll.budget.leaving import ENDS
from payroll.budget.people import KREISE, Mensch, Tafel, Zelle, in_order, percent, sized
from payroll.law.rules.besoldung.regelalter import last_day
from payroll.masterdata.clocks import known, within
from payroll.masterdata.models import PersonAngaben
from payroll.masterdata.models.tarif import Fehlzeit
from payroll.masterdata.sealing import open_value
from payroll.masterdata.slices.load import read_month
from payroll.masterdata.slices.reading import Facts
from staffplan.hiding import hidden, part
from tenants.db.session import TenantSession
from tenants.security import keys_of

BANDS = ((0, 24, "unter 25"), (25, 34, "25 bis 34"), (35, 44, "35 bis 44"), (45, 54, "45 bis 54"),
         (55, 59, "55 bis 59"), (60, 200, "60 und älter"))
YEARS, SICK_TIMES = 10, 4
HIDDEN = "verborgen"


def tables(session: TenantSession, day: date, smallest: int) -> list[Tafel]:
    """Alle Kennzahlen eines Tages."""
    facts = read_month(session, day)
    people = list(_people(session, facts, day))
    return [_groups(people, smallest), _by_grade(people, smallest), _ages(people, smallest),
            _retiring(people, day, smallest), _disabled(people, smallest), _sick(session, people, day, smallest),
            *equality.tables(people, day, smallest)]


def _people(session: TenantSession, facts: Facts, day: date) -> Sequence[Mensch]:
    sealed, sexes = _disabled_people(session, day), _sexes(session, day)
    jobs: dict[int, list[Any]] = defaultdict(list)
    for rows in facts.jobs.values():
        job = rows[-1]
        if job.art in KREISE and job.eintritt <= day <= (job.austritt or day):
            jobs[job.person_id].append(job)
    found = []
    for person_id, own in jobs.items():
        person: Any = (facts.people.get(person_id) or [None])[-1]
        if person is None:
            continue
        held = [(_share(facts, job.anchor, day), job) for job in own]
        first = max(held, key=lambda one: (one[0], -one[1].anchor))[1]
        grade = _grade(facts, first.anchor, day)
        found.append(Mensch(
            first.anchor, first.art, grade.entgeltgruppe if grade else "", sum(one[0] for one in held) < 1,
            _age(person.geburtsdatum, day), last_day(person.geburtsdatum) if first.art in ENDS else None,
            person_id in sealed, sexes.get(person_id, "")))
    return found


def _disabled_people(session: TenantSession, day: date) -> set[int]:
    return set(session.scalars(select(PersonAngaben.person_id).where(
        known(PersonAngaben, None), within(PersonAngaben, day, day),
        PersonAngaben.schwerbehinderung_siegel.is_not(None))))


def _sexes(session: TenantSession, day: date) -> dict[int, str]:
    """Das Geschlecht derer, bei denen es erfasst ist; eine Abfrage."""
    keys = keys_of(session)
    rows = session.execute(select(PersonAngaben.person_id, PersonAngaben.public_id, PersonAngaben.geschlecht_siegel)
                           .where(known(PersonAngaben, None), within(PersonAngaben, day, day),
                                  PersonAngaben.geschlecht_siegel.is_not(None)))
    return {row.person_id: open_value(keys, PersonAngaben, row.public_id, "geschlecht", row.geschlecht_siegel)
            for row in rows}


def _grade(facts: Facts, job: int, day: date) -> Any:
    return next((row for row in reversed(facts.grades.get(job, ())) if row.valid_from <= day
                 and (row.valid_to is None or row.valid_to >= day)), None)


def _share(facts: Facts, job: int, day: date) -> Fraction:
    row = _grade(facts, job, day)
    return Fraction(row.wochenstunden) / Fraction(row.vollzeitstunden) if row else Fraction(0)


def _age(born: date, day: date) -> int:
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def _total(people: Sequence[Mensch], smallest: int) -> int | None:
    return None if 0 < len(people) < smallest else len(people)


def _groups(people: Sequence[Mensch], smallest: int) -> Tafel:
    """Personen und Teilzeit je Kreis; ist irgendwo die Teilzeit verborgen, fehlt auch ihre Summe."""
    groups = sized(people, lambda one: one.kreis)
    concealed = hidden({key: len(own) for key, own in groups.items()}, smallest)
    less = {key: None if key in concealed else part(sum(one.teilzeit for one in own), len(own), smallest)
            for key, own in groups.items()}
    rows: list[tuple[Zelle, ...]] = [(KREISE[key], None if key in concealed else len(groups[key]), less[key])
                                     for key in KREISE if key in groups]
    whole = None if None in less.values() else sum(one.teilzeit for one in people)
    return Tafel("gruppen", "Beschäftigte", ("Gruppe", "Personen", "davon Teilzeit"),
                 (*rows, ("Summe", _total(people, smallest), whole)))


def _by_grade(people: Sequence[Mensch], smallest: int) -> Tafel:
    """Personen je Gruppe; verborgen wird innerhalb jedes Kreises, denn dessen Summe ist bekannt."""
    groups = sized(people, lambda one: (one.kreis, one.gruppe))
    circles = {key: sum(len(own) for other, own in groups.items() if other[0] == key) for key, _ in groups}
    concealed = {key for key in groups if key[0] in hidden(circles, smallest)}
    for circle in circles:
        concealed |= hidden({key: len(own) for key, own in groups.items() if key[0] == circle}, smallest)
    rows = [(key[1] or "ohne Gruppe", KREISE[key[0]], None if key in concealed else len(groups[key]))
            for key in in_order(groups)]
    return Tafel("entgeltgruppen", "Nach Entgelt- und Besoldungsgruppe", ("Gruppe", "Kreis", "Personen"), tuple(rows))


def _ages(people: Sequence[Mensch], smallest: int) -> Tafel:
    counted = {name: sum(low <= one.alter <= high for one in people) for low, high, name in BANDS}
    concealed = hidden(counted, smallest)
    rows = [(name, None if name in concealed else count) for name, count in counted.items()]
    return Tafel("alter", "Altersaufbau", ("Alter", "Personen"), (*rows, ("Summe", _total(people, smallest))))


def _retiring(people: Sequence[Mensch], day: date, smallest: int) -> Tafel:
    """Wer bis dahin die Regelaltersgrenze erreicht; wer sie schon überschritten hat, steht nicht darin."""
    ends = Counter(one.ende.year for one in people if one.ende is not None and one.ende >= day)
    years = range(day.year, day.year + YEARS + 1)
    counted: Mapping[int, int] = {year: ends[year] for year in years}
    concealed = hidden(counted, smallest)
    total = sum(counted.values())
    rows: list[tuple[Zelle, ...]] = [(str(year), None if year in concealed else counted[year]) for year in years]
    return Tafel("ruhestand", f"Regelaltersgrenze bis {years[-1]}", ("Jahr", "Personen"),
                 (*rows, ("Summe", None if 0 < total < smallest else total)))


def _disabled(people: Sequence[Mensch], smallest: int) -> Tafel:
    count = part(sum(one.schwerbehindert for one in people), len(people), smallest)
    share = None if count is None or not people else percent(count, len(people))
    return Tafel("schwerbehinderung", "Schwerbehinderte Menschen (Pflichtquote 5 %, § 154 SGB IX)",
                 ("Personen", "Anteil in Prozent"), ((count, share),))


def _sick(session: TenantSession, people: Sequence[Mensch], day: date, smallest: int) -> Tafel:
    """Kalendertage Krankheit der zwölf Monate vor dem Tag, je Kopf."""
    first = day - timedelta(days=364)
    days: dict[int, int] = defaultdict(int)
    for row in session.execute(
            select(Fehlzeit.beschaeftigung_id, Fehlzeit.valid_from, Fehlzeit.valid_to)
            .where(known(Fehlzeit, None), within(Fehlzeit, first, day), Fehlzeit.art == "krankheit")):
        days[row.beschaeftigung_id] += (min(row.valid_to or day, day) - max(row.valid_from, first)).days + 1
    rows: list[tuple[Zelle, ...]] = []
    for name, own in (*((KREISE[key], held) for key, held in sized(people, lambda one: one.kreis).items()),
                      ("Summe", list(people))):
        enough = len(own) >= smallest * SICK_TIMES
        mean = Decimal(sum(days[one.job] for one in own)) / Decimal(len(own)) if enough else None
        rows.append((name, None if mean is None else mean.quantize(Decimal("0.1"))))
    return Tafel("krankheit", f"Krankheitstage je Kopf vom {first:%d.%m.%Y} bis {day:%d.%m.%Y}",
                 ("Gruppe", "Kalendertage"), tuple(rows))
