"""Invented people of one employer, from the seed: who they are, what they earn, what changes during the year."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from payroll.demo.names import DOPPELNAMEN, KASSEN, NACHNAMEN, STRASSEN, VORNAMEN, Arbeitgeber
from payroll.masterdata.models.facts import Fact

SEED = 20261101
YEAR = 2026
FIRST = date(YEAR, 1, 1)

VERWALTUNG = ("E3", "E5", "E6", "E6", "E8", "E8", "E9a", "E9a", "E9b", "E9b", "E9c", "E10", "E11", "E12", "E13")
ERZIEHUNG = ("S3", "S4", "S8a", "S8a", "S8a", "S8b", "S9", "S13", "S15")
PFLEGE = ("P5", "P6", "P7", "P7", "P8", "P8", "P9", "P11")
BEAMTE = ("A6", "A7", "A8", "A9", "A9", "A10", "A10", "A11", "A11", "A12", "A13", "A14")


@dataclass(frozen=True)
class Zuordnung:
    """Pay assignment from a day on; ``seit``: in the step since, where it is not that day."""

    ab: date
    tarifwerk: str
    entgeltgruppe: str
    stufe: str
    wochenstunden: Decimal
    vollzeitstunden: Decimal
    seit: date | None = None


@dataclass(frozen=True)
class Angabe:
    """Any other fact of the employment: table, first day, values, last day."""

    model: type[Fact]
    ab: date
    werte: dict[str, Any]
    bis: date | None = None


@dataclass(frozen=True)
class Steuer:
    """Tax features from a day on."""

    ab: date
    steuerklasse: int
    kinderfreibetraege: Decimal
    konfession: str
    faktor: Decimal | None = None
    freibetrag_monat: int = 0
    pkv_basis: int = 0


@dataclass(frozen=True)
class Bezug:
    """A recurring or one-off payment: wage type by purpose, cents, from, to."""

    zweck: str
    betrag: int
    ab: date
    bis: date | None = None


@dataclass(frozen=True)
class Familie:
    """What the family supplement of a civil servant goes by, from a day on."""

    ab: date
    stufe1: bool
    kinder: int
    mietenstufe: str


@dataclass
class Mensch:
    """One employment of one invented person with all facts of the year."""

    personalnummer: str
    kind: str
    art: str
    vorname: str
    nachname: str
    geburtsdatum: date
    strasse: str
    plz: str
    ort: str
    eintritt: date
    austritt: date | None
    kostenstelle: str
    kv_art: str
    kasse: str
    beitragsgruppe: str | None
    personengruppe: int | None
    pkv_beitrag: int = 0
    ppv_beitrag: int = 0
    zusatzversorgung: bool = False
    kinder: list[date] = field(default_factory=list)
    zuordnungen: list[Zuordnung] = field(default_factory=list)
    steuer: list[Steuer] = field(default_factory=list)
    bezuege: list[Bezug] = field(default_factory=list)
    familie: list[Familie] = field(default_factory=list)
    tarif: list[Angabe] = field(default_factory=list)
    personal: list[Angabe] = field(default_factory=list)
    versicherung: dict[str, Any] = field(default_factory=dict)
    konto: int = 0
    neues_konto_ab: date | None = None

    @property
    def beginn(self) -> date:
        """First day on which facts are known: the entry, at the earliest the first of January of the year before."""
        return max(self.eintritt, date(YEAR - 1, 1, 1))


def people_of(arbeitgeber: Arbeitgeber, factor: int = 1) -> list[Mensch]:
    """All people of an employer; ``factor`` multiplies the headcount (for measurements)."""
    random = Random(f"{SEED}-{arbeitgeber.number}")  # noqa: S311 – invented people, no secret
    people: list[Mensch] = []
    for kind, count in arbeitgeber.people.items():
        for _ in range(count * factor):
            people.append(_person(random, arbeitgeber, kind, len(people)))
    return people


def _person(random: Random, arbeitgeber: Arbeitgeber, kind: str, index: int) -> Mensch:
    age = {"auszubildende": random.randint(17, 22), "leitung": random.randint(45, 62)}.get(kind, random.randint(23, 64))
    born = FIRST - timedelta(days=age * 365 + random.randint(1, 360))
    eintritt, austritt = _employment(random, kind, born, index)
    person = Mensch(
        personalnummer=f"{arbeitgeber.number}{index + 1:05d}", kind=kind, art=_ART.get(kind, "tarif"),
        vorname=random.choice(VORNAMEN),
        nachname=random.choice(DOPPELNAMEN) if random.random() < 0.02 else random.choice(NACHNAMEN),
        geburtsdatum=born, strasse=f"{random.choice(STRASSEN)} {random.randint(1, 140)}", plz=arbeitgeber.plz,
        ort=arbeitgeber.ort, eintritt=eintritt, austritt=austritt, kostenstelle=f"{random.choice(_KOSTENSTELLEN)}",
        kv_art="gesetzlich", kasse=random.choice(KASSEN), beitragsgruppe="1111", personengruppe=101,
        zusatzversorgung=kind not in ("beamte", "minijob"), konto=random.randint(10**8, 10**9 - 1))
    _family(random, person, age)
    _assignment(random, person)
    _insurance(random, person)
    _extras(random, person)
    if person.kind == "beamte":
        person.familie = _family_supplement(person)
    return person


_ART = {"beamte": "beamte", "auszubildende": "auszubildende", "minijob": "minijob"}
_KOSTENSTELLEN = ("1010", "1020", "1110", "2110", "3210", "3650", "3651", "4010", "5110", "5430")


def _employment(random: Random, kind: str, born: date, index: int) -> tuple[date, date | None]:
    if kind == "auszubildende":
        return date(random.choice((2024, 2025, 2026)), 8, 1), None
    earliest = max(1985, born.year + 20)
    eintritt = date(random.randint(earliest, max(earliest, 2025)), random.randint(1, 12), 1)
    austritt = None
    if index % 17 == 5:  # some begin this year, a part of them inside a month
        eintritt = date(YEAR, random.randint(2, 10), random.choice((1, 1, 15, 16)))
    elif index % 23 == 11:  # some leave this year, a part of them inside a month
        austritt = date(YEAR, random.randint(3, 9), random.choice((15, 20, 30)))
    return eintritt, austritt


def _family(random: Random, person: Mensch, age: int) -> None:
    children = random.choices((0, 1, 2, 3, 4), (45, 22, 23, 8, 2))[0] if age > 26 else 0
    for _ in range(children):
        born = person.geburtsdatum + timedelta(days=365 * random.randint(22, 40))
        if born < FIRST:
            person.kinder.append(born)
    person.kinder.sort()
    married = age > 26 and random.random() < 0.55
    steuerklasse = random.choice((3, 4, 4, 4, 5)) if married else (2 if person.kinder and random.random() < 0.5 else 1)
    if person.kind == "minijob":
        steuerklasse = 1
    young = sum(1 for born in person.kinder if born.year > YEAR - 18)
    counters = Decimal(young) if steuerklasse == 3 else Decimal(young) / 2
    if steuerklasse == 5:
        counters = Decimal(0)
    konfession = random.choice(("keine", "keine", "ev", "rk"))
    faktor = Decimal(random.randint(880, 990)) / 1000 if steuerklasse == 4 and random.random() < 0.1 else None
    freibetrag = 10_000 if random.random() < 0.04 and steuerklasse not in (5, 6) else 0
    person.steuer.append(Steuer(person.beginn, steuerklasse, counters, konfession, faktor, freibetrag))
    if married and steuerklasse == 4 and random.random() < 0.12 and person.eintritt < FIRST:
        person.steuer.append(Steuer(date(YEAR, random.randint(3, 10), 1), 3, Decimal(young), konfession))


def _family_supplement(person: Mensch) -> list[Familie]:
    """Step 1 for the married, children until the month of their 18th birthday; the rent level goes by the town."""
    married = any(tax.steuerklasse in (3, 4, 5) for tax in person.steuer)
    months = [date(year, month, 1) for year in (YEAR - 1, YEAR) for month in range(1, 13)]
    found: list[Familie] = []
    for first in months:
        if (first.year, first.month) < (person.beginn.year, person.beginn.month):
            continue
        children = sum(born.replace(day=1) <= first <= date(born.year + 18, born.month, 1) for born in person.kinder)
        if not found or found[-1].kinder != children:
            found.append(Familie(max(first, person.beginn), married, children, MIETENSTUFEN[int(person.plz) % 3]))
    return found


MIETENSTUFEN = ("II", "III", "IV")


def _assignment(random: Random, person: Mensch) -> None:
    years = max(0, YEAR - person.eintritt.year)
    stufe = str(1 + sum(years >= limit for limit in (1, 3, 6, 10, 15)))
    tarifwerk, gruppe, full = "TVoeD-VKA", random.choice(VERWALTUNG), Decimal(39)
    hours = random.choices((full, Decimal(30), Decimal(25), Decimal("19.5")), (66, 14, 10, 10))[0]
    match person.kind:
        case "erziehung":
            tarifwerk, gruppe = "TVoeD-SuE", random.choice(ERZIEHUNG)
        case "pflege":
            tarifwerk, gruppe, full = "TVoeD-P", random.choice(PFLEGE), Decimal("38.5")
            hours = random.choice((full, full, Decimal(30), Decimal(20)))
            stufe = str(max(2, int(stufe)))
        case "beamte":
            tarifwerk, gruppe, full = "NRW-A", random.choice(BEAMTE), Decimal(41)
            hours = random.choices((full, Decimal("30.75"), Decimal("20.5")), (80, 12, 8))[0]
            stufe = str(min(_LAST_STEP.get(gruppe, 10), max(_FIRST_STEP.get(gruppe, 3), 3 + years // 3)))
        case "auszubildende":
            tarifwerk, gruppe, hours = "TVAoeD-BBiG", "Auszubildende", full
            _trainee(person, full)
            return
        case "minijob":
            gruppe, stufe, hours = "E1", "2", Decimal(random.choice((6, 6, 7)))
        case "midijob":
            gruppe, stufe, hours = random.choice(("E2", "E3", "E5")), "2", Decimal(random.choice((12, 15, 18)))
        case "leitung":
            gruppe, stufe, hours = random.choice(("E14", "E15")), "6", full
        case _:
            if gruppe == "E1":
                stufe = "2"
    person.zuordnungen.append(Zuordnung(person.beginn, tarifwerk, gruppe, stufe, hours, full))
    _changes(random, person)


_FIRST_STEP = {"A6": 2, "A7": 2, "A8": 2, "A9": 3, "A10": 3, "A11": 4, "A12": 5, "A13": 6, "A14": 6}
_LAST_STEP = {"A6": 9, "A7": 10, "A8": 11, "A9": 11, "A10": 11, "A11": 12, "A12": 12, "A13": 12, "A14": 12}


def _trainee(person: Mensch, full: Decimal) -> None:
    start = person.eintritt
    for year in range(1, 4):
        ab = date(start.year + year - 1, start.month, 1)
        if ab <= date(YEAR, 12, 31):
            person.zuordnungen.append(
                Zuordnung(max(ab, person.beginn), "TVAoeD-BBiG", "Auszubildende", str(year), full, full))
    newest = {z.ab: z for z in person.zuordnungen}
    person.zuordnungen = [newest[day] for day in sorted(newest)]


def _changes(random: Random, person: Mensch) -> None:
    """A step advance, other hours or another grade during the year, sometimes inside a month."""
    last = person.zuordnungen[-1]
    if person.eintritt >= FIRST or person.kind in ("beamte", "minijob", "midijob", "leitung"):
        return
    chance = random.random()
    if chance < 0.12 and last.stufe in "2345":
        day = date(YEAR, random.randint(2, 11), 1)
        person.zuordnungen.append(Zuordnung(day, last.tarifwerk, last.entgeltgruppe, str(int(last.stufe) + 1),
                                            last.wochenstunden, last.vollzeitstunden))
    elif chance < 0.18:
        day = date(YEAR, random.randint(2, 11), random.choice((1, 1, 16)))
        other = Decimal(30) if last.wochenstunden != 30 else Decimal(20)
        person.zuordnungen.append(Zuordnung(day, last.tarifwerk, last.entgeltgruppe, last.stufe, other,
                                            last.vollzeitstunden))


def _insurance(random: Random, person: Mensch) -> None:
    match person.kind:
        case "beamte":
            person.kv_art, person.beitragsgruppe, person.personengruppe = "privat", None, None
            _private(random, person, 24_000)
        case "auszubildende":
            person.personengruppe = 102
        case "minijob":
            person.kasse = "MJZ"
            person.personengruppe = 109
            person.beitragsgruppe = random.choice(("6500", "6500", "6100"))
        case "leitung":
            if random.random() < 0.5:
                person.kv_art, person.beitragsgruppe = "privat", "0110"
                _private(random, person, 62_000)
            else:
                person.kv_art, person.beitragsgruppe = "freiwillig", "9111"


def _private(random: Random, person: Mensch, around: int) -> None:
    person.pkv_beitrag = around + random.randint(-40, 60) * 100
    person.ppv_beitrag = 4_000 + random.randint(0, 30) * 100
    basis = person.pkv_beitrag * 85 // 100 + person.ppv_beitrag
    person.steuer = [replace(s, pkv_basis=basis) for s in person.steuer]


def _extras(random: Random, person: Mensch) -> None:
    if person.kind in ("verwaltung", "erziehung", "pflege") and random.random() < 0.45:
        person.bezuege.append(Bezug("vwl", 665, person.beginn))
        person.bezuege.append(Bezug("vwl_sparen", 4_000, person.beginn))
    if person.zuordnungen[-1].entgeltgruppe == "S15":  # all other groups have or lack it by the tariff alone
        person.bezuege.append(Bezug("sue_zulage_fallgruppe_6", 18_000, person.beginn))
    if person.kind in ("verwaltung", "pflege") and random.random() < 0.1:
        person.bezuege.append(Bezug("zulage", random.randint(40, 180) * 100, person.beginn))
    if person.kind == "verwaltung" and random.random() < 0.05:
        person.bezuege.append(Bezug("kantine", random.randint(20, 60) * 100, max(FIRST, person.beginn)))
    if random.random() < 0.05 and person.eintritt < FIRST:
        person.neues_konto_ab = date(YEAR, random.randint(2, 11), 1)
