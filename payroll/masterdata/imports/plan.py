"""Plan des Einlesens: was neu ist, was sich ändert, was gleich bleibt, was nicht geht; noch ohne zu schreiben."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from payroll.masterdata.imports import bekannte, rules, statements
from payroll.masterdata.imports.blaetter.lesen import Blatttabelle
from payroll.masterdata.imports.blaetter.planen import Blattplan, Ziel, plan_sheets
from payroll.masterdata.imports.columns import BEZUEGE
from payroll.masterdata.imports.context import Context, load_context
from payroll.masterdata.imports.stored import Stored, load_stored
from payroll.masterdata.imports.table import Tabelle
from payroll.masterdata.imports.zeilen import Zeile
from payroll.masterdata.intake import NeueBeschaeftigung, NeuePerson, Tatsache
from payroll.masterdata.models import Vortragswerte, WeitereBeschaeftigung, WiederkehrenderBezug
from payroll.masterdata.models.facts import Fact
from tenants.db.session import TenantSession

Group = list[Zeile]


@dataclass
class Aenderung:
    """Eine Tatsache, die von dem abweicht, was gilt."""

    zeile: int
    personalnummer: str
    anchor_id: int
    fact: Tatsache


@dataclass
class Plan:
    """Was beim Übernehmen geschähe; Personalnummern je Art."""

    neue: list[NeuePerson] = field(default_factory=list)
    weitere: list[tuple[int, NeueBeschaeftigung]] = field(default_factory=list)
    aenderungen: list[Aenderung] = field(default_factory=list)
    blaetter: Blattplan = field(default_factory=Blattplan)
    neu: list[str] = field(default_factory=list)
    geaendert: list[str] = field(default_factory=list)
    unveraendert: list[str] = field(default_factory=list)
    bekannt: dict[tuple[Any, ...], list[Fact]] = field(default_factory=dict)


def make_plan(session: TenantSession, tabelle: Tabelle) -> Plan:
    """Prüft alle Zeilen (Beanstandungen kommen zu den Zeilen) und plant die guten."""
    context = load_context(session)
    for zeile in tabelle.zeilen:
        rules.check(zeile, context)
    groups: dict[str, Group] = defaultdict(list)
    for zeile in tabelle.zeilen:
        groups[zeile.werte.get("personalnummer", f"\n{zeile.nummer}")].append(zeile)
    for group in groups.values():
        _overlaps(group)
    _twice(groups, tabelle.blaetter)
    stored = load_stored(session, [zeile for zeile in tabelle.zeilen if zeile.gut], tabelle.blaetter)
    for number, group in groups.items():
        _identity(number, group, stored)
    _one_person_each(groups, stored)
    _shared_accounts(tabelle.zeilen)
    _same_person(tabelle.zeilen)
    bekannte.point_out(session, stored, tabelle.zeilen)
    for group in groups.values():
        _hold_together(group)
    good = {number: sorted(group, key=statements.since) for number, group in groups.items() if group[0].gut}
    plan = _planned(good, context, stored)
    plan.bekannt = stored.facts
    bad = {number: group[0].nummer for number, group in groups.items() if number not in good}
    plan.blaetter = plan_sheets(tabelle.blaetter, _targets(plan, stored), bad, context, stored)
    return plan


def _targets(plan: Plan, stored: Stored) -> dict[str, Ziel]:
    """Zu wem jede Personalnummer gehört, die es gibt oder mit dieser Datei geben wird."""
    found = {number: Ziel(person_id=held.person_id, job_id=held.id) for number, held in stored.jobs.items()}
    for person_id, job in plan.weitere:
        found[job.personalnummer] = Ziel(person_id=person_id, job=job)
    for person in plan.neue:
        found |= {job.personalnummer: Ziel(person=person, job=job) for job in person.beschaeftigungen}
    return found


def _twice(groups: dict[str, Group], tabellen: list[Blatttabelle]) -> None:
    """Was ein Blatt sagt, darf die Zeile der Personen nicht noch einmal sagen."""
    for tabelle in tabellen:
        columns = DOUBLE.get(tabelle.blatt.model, ())
        for number in {zeile.werte.get("personalnummer") for zeile in tabelle.zeilen} & set(groups):
            for zeile in groups[str(number)]:
                given = next((name for name in columns if zeile.texte.get(name)), None)
                if given is not None:
                    zeile.ruege(given, f"steht auch im Blatt „{tabelle.blatt.titel}“", "nur an einer Stelle angeben")


WHO, OWN_NUMBERS = ("nachname", "vorname", "geburtsdatum"), ("steuer_id", "sv_nummer")
DOUBLE: dict[type[Fact], tuple[str, ...]] = {
    WiederkehrenderBezug: tuple(f"lohnart_{n}" for n in range(1, BEZUEGE + 1)),
    WeitereBeschaeftigung: ("weiteres_entgelt",),
    Vortragswerte: ("vortrag_jahr",),
}


def _overlaps(group: Group) -> None:
    """Zwei Zeilen derselben Personalnummer dürfen nicht ab demselben Tag gelten."""
    seen: dict[Any, int] = {}
    for zeile in group:
        if "eintritt" not in zeile.werte:
            continue
        day = statements.since(zeile)
        if day in seen:
            zeile.ruege(
                "gueltig_ab",
                f"überschneidet sich mit Zeile {seen[day]}: dieselbe Personalnummer gilt schon ab {day:%d.%m.%Y}",
                "eine Zeile löschen oder gueltig_ab unterscheiden",
            )
        seen.setdefault(day, zeile.nummer)


def _identity(number: str, group: Group, stored: Stored) -> None:
    held = stored.jobs.get(number)
    for zeile in group:
        if held is None or not zeile.gut:
            continue
        w, person = zeile.werte, held.person
        if person and person["geburtsdatum"] != w["geburtsdatum"] and person["nachname"] != w["nachname"]:
            zeile.ruege(
                "personalnummer",
                f"gehört schon zu {person['nachname']}, {person['vorname']}",
                "freie Personalnummer vergeben oder Person berichtigen",
            )
        if held.eintritt is not None and held.eintritt != w["eintritt"]:
            zeile.ruege(
                "eintritt",
                f"weicht vom erfassten Eintritt {held.eintritt:%d.%m.%Y} ab",
                "Eintritt bei der Beschäftigung berichtigen, nicht durch Einlesen",
            )


def _one_person_each(groups: dict[str, Group], stored: Stored) -> None:
    """Dieselbe Kennnummer darf nicht zu zwei Menschen gehören."""
    owner: dict[tuple[str, str], Zeile] = {}
    for number, group in groups.items():
        for zeile in group:
            for name in ("steuer_id", "sv_nummer"):
                value = zeile.werte.get(name)
                if not zeile.gut or value is None:
                    continue
                first = owner.setdefault((name, value), zeile)
                if first.werte["geburtsdatum"] != zeile.werte["geburtsdatum"]:
                    zeile.ruege(
                        name,
                        f"gehört in Zeile {first.nummer} zu einer anderen Person",
                        "Nummer und Geburtsdatum prüfen",
                    )
                held, known = stored.jobs.get(number), stored.owner(name, value)
                if held is not None and known is not None and known != held.person_id:
                    zeile.ruege(name, "gehört bei diesem Mandanten zu einer anderen Person", "Nummer prüfen")


def _same_person(zeilen: list[Zeile]) -> None:
    """Derselbe Mensch unter zwei Personalnummern gilt ohne gemeinsame Kennnummer als zwei Menschen: ein Hinweis."""
    first: dict[tuple[Any, ...], Zeile] = {}
    for zeile in zeilen:
        if not zeile.gut or any(zeile.werte.get(name) is None for name in WHO):
            continue
        other = first.setdefault(tuple(str(zeile.werte[name]).casefold() for name in WHO), zeile)
        alike = any(name in zeile.werte and zeile.werte[name] == other.werte.get(name) for name in OWN_NUMBERS)
        if other.werte["personalnummer"] != zeile.werte["personalnummer"] and not alike:
            zeile.ruege("personalnummer", f"Name und Geburtsdatum stehen auch in Zeile {other.nummer}, unter "
                        f"{other.werte['personalnummer']}", "ist es derselbe Mensch, in beiden Zeilen dieselbe "
                        "steuer_id oder sv_nummer angeben; sonst gelten zwei Menschen", schwer=False)


def _shared_accounts(zeilen: list[Zeile]) -> None:
    """Ein Konto für zwei Menschen kommt vor (Eheleute), ist aber oft ein Versehen oder Betrug: nur ein Hinweis."""
    first: dict[str, Zeile] = {}
    for zeile in zeilen:
        if not zeile.gut or "iban" not in zeile.werte:
            continue
        other = first.setdefault(zeile.werte["iban"], zeile)
        if any(other.werte[name] != zeile.werte[name] for name in ("vorname", "geburtsdatum")):
            zeile.ruege("iban", f"steht in Zeile {other.nummer} bei einer anderen Person", "Konto prüfen", schwer=False)


def _hold_together(group: Group) -> None:
    """Zeilen derselben Personalnummer werden nur zusammen übernommen."""
    bad = next((zeile for zeile in group if not zeile.gut), None)
    for zeile in group:
        if bad is not None and zeile.gut:
            zeile.ruege("personalnummer", f"gehört zur beanstandeten Zeile {bad.nummer}", "diese zuerst berichtigen")


def _planned(good: dict[str, Group], context: Context, stored: Stored) -> Plan:
    plan = Plan()
    fresh: dict[tuple[str, str], NeuePerson] = {}
    for number, group in good.items():
        held = stored.jobs.get(number)
        if held is not None:
            changes = list(_changes(number, group, context, stored))
            plan.aenderungen += changes
            (plan.geaendert if changes else plan.unveraendert).append(number)
            continue
        plan.neu.append(number)
        job = NeueBeschaeftigung(
            number, statements.chained([f for z in group for f in statements.job_facts(z, context)])
        )
        person_id = stored.person_of(group[0])
        if person_id is not None:
            plan.weitere.append((person_id, job))
            facts = [(z.nummer, fact) for z in group for fact in statements.person_facts(z)]
            plan.aenderungen += [
                Aenderung(row, number, person_id, fact) for row, fact in facts if stored.differs(person_id, fact)
            ]
            continue
        person = _fresh_person(fresh, group[0], plan)
        person.tatsachen += [fact for zeile in group for fact in statements.person_facts(zeile)]
        person.beschaeftigungen.append(job)
    for person in plan.neue:
        person.tatsachen = statements.chained(person.tatsachen)
    return plan


def _fresh_person(fresh: dict[tuple[str, str], NeuePerson], zeile: Zeile, plan: Plan) -> NeuePerson:
    """Die neue Person dieser Zeile; gleiche Kennnummer in der Datei heißt: derselbe Mensch."""
    keys = [(name, zeile.werte[name]) for name in ("steuer_id", "sv_nummer") if name in zeile.werte]
    person = next((fresh[key] for key in keys if key in fresh), None)
    if person is None:
        person = NeuePerson([], [])
        plan.neue.append(person)
    fresh.update(dict.fromkeys(keys, person))
    return person


def _changes(number: str, group: Group, context: Context, stored: Stored) -> Iterator[Aenderung]:
    """Abweichungen vom Erfassten; nach der ersten zählt der alte Stand nicht mehr, der Rest kommt ganz mit."""
    held, touched = stored.jobs[number], False
    for zeile in group:
        anchored = [(held.person_id, fact) for fact in statements.person_facts(zeile)]
        anchored += [(held.id, fact) for fact in statements.job_facts(zeile, context)]
        different = [pair for pair in anchored if stored.differs(*pair)]
        for anchor_id, fact in anchored if touched else different:
            yield Aenderung(zeile.nummer, number, anchor_id, fact)
        touched = touched or bool(different)
