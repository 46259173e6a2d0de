"""Wer in der Datei neu ist und doch schon da sein könnte: Name mit Geburtsdatum, Kennnummern, Konto.

Von Nummern und Konten werden Suchhashes verglichen, je Tausend Zeilen mit einer Abfrage; Namen im Speicher. Nur
eine Kennnummer entscheidet, wer jemand ist; alles andere ist ein Hinweis.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date

from sqlalchemy import select

from payroll.masterdata.clocks import known
from payroll.masterdata.imports.stored import NUMBERS, Stored, in_parts
from payroll.masterdata.imports.zeilen import Zeile
from payroll.masterdata.models import Bankverbindung, Beschaeftigung, PersonAngaben
from payroll.masterdata.sealing import purpose
from tenants.db.session import TenantSession
from tenants.security import lookup_hash

READ = 2_000
Name = tuple[str, str, date]
WHO = ("nachname", "vorname", "geburtsdatum")


def point_out(session: TenantSession, stored: Stored, zeilen: Sequence[Zeile]) -> None:
    """Beanstandet die Zeilen, deren Mensch es bei diesem Arbeitgeber schon geben könnte."""
    good = [one for one in zeilen if one.gut and "personalnummer" in one.werte]
    fresh = [one for one in good if one.werte["personalnummer"] not in stored.jobs]
    corrected = _corrected(zeilen, stored)
    for zeile in fresh:
        _numbers(zeile, stored, corrected)
    unknown = [one for one in fresh if stored.person_of(one) is None]
    names, accounts = _names(session, unknown), _accounts(session, stored, good)
    called = _numbers_of(session, {person for held in (names, accounts) for people in held.values()
                                   for person in people})
    for zeile in unknown:
        if found := names[_name(zeile)]:
            zeile.ruege("personalnummer", f"Name und Geburtsdatum gibt es hier schon unter {_called(found, called)}",
                        "ist es derselbe Mensch, seine erfasste steuer_id oder sv_nummer angeben; sonst gilt er als "
                        "weiterer Mensch", schwer=False)
    for zeile in good:
        own = _own(zeile, stored)
        holders = accounts.get(_hash(stored, zeile), set()) if "iban" in zeile.werte else set()
        if holders and own not in holders:
            zeile.ruege("iban", f"ist hier schon das Konto von {_called(holders, called)}", "Konto prüfen",
                        schwer=False)


def _corrected(zeilen: Iterable[Zeile], stored: Stored) -> dict[int, set[date]]:
    """Geburtstage, die diese Datei an schon erfassten Beschäftigungen nennt, je Person.

    Ist eine Zeile einer Personalnummer beanstandet, werden alle zurückbehalten: dann berichtigt sie nichts.
    """
    days: dict[str, set[date]] = defaultdict(set)
    bad = set()
    for zeile in zeilen:
        number = zeile.werte.get("personalnummer")
        if number in stored.jobs and "geburtsdatum" in zeile.werte:
            days[number].add(zeile.werte["geburtsdatum"])
        if not zeile.gut:
            bad.add(number)
    found: dict[int, set[date]] = defaultdict(set)
    for number, own in days.items():
        if number not in bad:
            found[stored.jobs[number].person_id] |= own
    return found


def _numbers(zeile: Zeile, stored: Stored, corrected: Mapping[int, Collection[date]]) -> None:
    """Eine Kennnummer, die es schon gibt, macht die Zeile zu einer weiteren Beschäftigung dieses Menschen."""
    found = {name: stored.owner(name, zeile.werte[name]) for name in NUMBERS if name in zeile.werte}
    owners = {name: person for name, person in found.items() if person is not None}
    for name, person in owners.items():
        held, born = stored.facts.get((PersonAngaben, person)), zeile.werte.get("geburtsdatum")
        if born in corrected.get(person, ()):
            continue
        if held and held[-1].geburtsdatum != born:  # type: ignore[attr-defined]  # of a person
            zeile.ruege(name, "gehört hier schon zu einer Person mit anderem Geburtsdatum",
                        "Nummer und Geburtsdatum prüfen; berichtigt wird ein Geburtsdatum in der Zeile einer schon "
                        "erfassten Personalnummer dieses Menschen, auch in derselben Datei")
    if len(set(owners.values())) > 1:
        zeile.ruege("sv_nummer", "gehört hier schon zu einer anderen Person als die steuer_id", "beide Nummern prüfen")


def _names(session: TenantSession, zeilen: Collection[Zeile]) -> dict[Name, set[int]]:
    """Wer so heißt und an dem Tag geboren ist wie eine Zeile; gelesen wird nur, wenn es neue Menschen gibt.

    Beides liegt versiegelt und ohne Suchhash: verglichen wird im Speicher, mit einer Abfrage über alle Geburtstage
    und je Tausend, die einen davon teilen, einer weiteren.
    """
    found: dict[Name, set[int]] = {_name(one): set() for one in zeilen}
    if not found:
        return found
    days, current = {day for *_, day in found}, known(PersonAngaben, None)
    born = {row.person_id for row in session.execute(  # one seal of each, and all three of very few
        select(PersonAngaben.person_id, PersonAngaben.geburtsdatum).where(current)
        .execution_options(yield_per=READ)) if row.geburtsdatum in days}
    for part in in_parts(born):
        for row in session.execute(select(
                PersonAngaben.person_id, PersonAngaben.nachname, PersonAngaben.vorname, PersonAngaben.geburtsdatum)
                .where(current, PersonAngaben.person_id.in_(part))):
            held = found.get((row.nachname.casefold(), row.vorname.casefold(), row.geburtsdatum))
            if held is not None:
                held.add(row.person_id)
    return found


def _accounts(session: TenantSession, stored: Stored, zeilen: Collection[Zeile]) -> dict[bytes, set[int]]:
    hashes = {_hash(stored, one) for one in zeilen if "iban" in one.werte}
    found: dict[bytes, set[int]] = defaultdict(set)
    for part in in_parts(hashes):
        for row in session.execute(select(Bankverbindung.person_id, Bankverbindung.iban_hash).where(
                known(Bankverbindung, None), Bankverbindung.iban_hash.in_(part))):
            found[row.iban_hash].add(row.person_id)
    return found


def _numbers_of(session: TenantSession, people: Collection[int]) -> dict[int, str]:
    """Die erste Personalnummer je Mensch."""
    found: dict[int, str] = {}
    for part in in_parts(people):
        for row in session.execute(select(Beschaeftigung.person_id, Beschaeftigung.personalnummer).where(
                Beschaeftigung.person_id.in_(part)).order_by(Beschaeftigung.personalnummer)):
            found.setdefault(row.person_id, row.personalnummer)
    return found


def _called(people: Iterable[int], called: dict[int, str]) -> str:
    return ", ".join(sorted(called.get(one, "einer Person ohne Beschäftigung") for one in people))


def _own(zeile: Zeile, stored: Stored) -> int | None:
    held = stored.jobs.get(zeile.werte["personalnummer"])
    return held.person_id if held is not None else stored.person_of(zeile)


def _name(zeile: Zeile) -> Name:
    last, first, day = (zeile.werte.get(name) for name in WHO)
    return str(last).casefold(), str(first).casefold(), day or date.min


def _hash(stored: Stored, zeile: Zeile) -> bytes:
    return lookup_hash(stored.keys, zeile.werte["iban"], purpose(Bankverbindung, "iban"))
