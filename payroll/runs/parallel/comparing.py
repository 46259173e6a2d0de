"""Vergleich eines Monats: jede Abweichung je Person und Wert, gleich, erklärt oder offen. Verglichen wird auf den Cent.

Genau was die Datei des alten Verfahrens nennt, wird verglichen; wer nur auf einer Seite steht, ist eine Abweichung.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, exists, func, select

from payroll.masterdata.models import Beschaeftigung, Person
from payroll.runs.errors import RunRefused
from payroll.runs.models import Ergebnis, Ergebniszeile, Lauf
from payroll.runs.parallel.models import Vergleichserklaerung, Vergleichsruecknahme, Vergleichswert
from payroll.runs.values import TITLES, VALUES
from tenants import audit
from tenants.db.session import TenantSession

GLEICH, ERKLAERT, OFFEN = "gleich", "erklaert", "offen"
GANZ = "person"  # somebody who stands on one side only


@dataclass(frozen=True)
class Abweichung:
    """Ein verglichener Wert (Cent; None: diese Seite kennt ihn nicht) mit Stand und Erklärung."""

    personalnummer: str
    wert: str
    alt: int | None
    neu: int | None
    stand: str
    erklaerung: str = ""
    von: str = ""

    @property
    def unterschied(self) -> int:
        """Neu minus alt in Cent."""
        return (self.neu or 0) - (self.alt or 0)

    @property
    def titel(self) -> str:
        """Der Wert in Worten."""
        if self.wert == GANZ:
            return "Abrechnung (fehlt im alten Verfahren)" if self.alt is None else "Abrechnung (fehlt hier)"
        return TITLES.get(self.wert, f"Lohnart {self.wert}")


@dataclass(frozen=True)
class Vergleich:
    """Alle verglichenen Werte eines Monats."""

    monat: date
    fassung: int
    werte: list[Abweichung]

    def count(self, stand: str) -> int:
        """Zahl der Werte mit diesem Stand."""
        return sum(one.stand == stand for one in self.werte)

    def different(self) -> list[Abweichung]:
        """Was nicht gleich ist, Offenes zuerst, dann nach Wert und Personalnummer."""
        return sorted((one for one in self.werte if one.stand != GLEICH),
                      key=lambda one: (one.stand != OFFEN, one.wert, one.personalnummer))


def months(session: TenantSession) -> list[date]:
    """Monate, zu denen Ergebnisse des alten Verfahrens gelesen und nicht zurückgenommen sind."""
    return list(session.scalars(
        select(Vergleichswert.monat).where(_counts()).distinct().order_by(Vergleichswert.monat)))


def version(session: TenantSession, month: date) -> int | None:
    """Die Fassung, mit der dieser Monat verglichen wird; None, wenn keine (mehr) zählt."""
    return session.scalar(select(func.max(Vergleichswert.fassung)).where(Vergleichswert.monat == month, _counts()))


def _counts() -> ColumnElement[bool]:
    """Ob die Fassung nach der letzten Rücknahme ihres Monats gelesen ist."""
    return ~exists().where(Vergleichsruecknahme.tenant_id == Vergleichswert.tenant_id,
                           Vergleichsruecknahme.monat == Vergleichswert.monat,
                           Vergleichsruecknahme.fassung >= Vergleichswert.fassung)


def compare(session: TenantSession, month: date) -> Vergleich:
    """Vergleicht den gerechneten Lauf mit der jüngsten Fassung; eine feste Zahl von Abfragen."""
    current = version(session, month)
    if current is None:
        raise RunRefused(f"Zu {month:%m/%Y} sind keine Ergebnisse des alten Verfahrens gelesen.")
    lauf = session.scalars(select(Lauf).where(Lauf.monat == month)).one_or_none()
    if lauf is None or not lauf.anzahl:
        raise RunRefused(f"{month:%m/%Y} ist noch nicht gerechnet. Zuerst den Probelauf rechnen.")
    old = {row.personalnummer: json.loads(row.werte) for row in session.execute(
        select(Vergleichswert.personalnummer, Vergleichswert.werte).where(
            Vergleichswert.monat == month, Vergleichswert.fassung == current))}
    here = _here(session, lauf.id)
    words: dict[tuple[str, str, int | None, int | None], Vergleichserklaerung] = {
        (one.personalnummer, one.wert, one.alt, one.neu): one for one in session.scalars(
            select(Vergleichserklaerung).where(Vergleichserklaerung.monat == month).order_by(Vergleichserklaerung.id))}
    found = []
    for number, name, before, now in _pairs(old, here):
        said = words.get((number, name, before, now))
        stand = GLEICH if before == now else ERKLAERT if said else OFFEN
        found.append(Abweichung(number, name, before, now, stand, said.text if said else "",
                                said.erklaert_von if said else ""))
    return Vergleich(month, current, found)


def explain(session: TenantSession, month: date, wert: str, text: str, *, number: str = "",
            difference: int | None = None) -> int:
    """Erklärt offene Abweichungen eines Werts: einer Person, oder aller mit demselben Unterschied. Gibt ihre Zahl."""
    if not text.strip():
        raise RunRefused("Zur Abweichung eine Erklärung angeben: warum ist der neue Wert richtig?")
    if not number and difference is None:
        raise RunRefused("Erklärt wird je Person oder je Unterschied; eines von beiden angeben.")
    open_ones = [one for one in compare(session, month).werte if one.stand == OFFEN and one.wert == wert
                 and (not number or one.personalnummer == number)
                 and (difference is None or one.unterschied == difference)]
    if not open_ones:
        raise RunRefused("Diese Abweichung ist nicht (mehr) offen. Die Liste neu laden.")
    people = {row.personalnummer: row.public_id for row in session.execute(
        select(Beschaeftigung.personalnummer, Person.public_id).join(Person, Person.id == Beschaeftigung.person_id))}
    session.add_all(Vergleichserklaerung(
        monat=month, personalnummer=one.personalnummer, person_public_id=people.get(one.personalnummer), wert=one.wert,
        alt=one.alt, neu=one.neu, text=text.strip(), erklaert_von=str(session.info["actor"])) for one in open_ones)
    session.flush()
    audit.record(session, "parallellauf.erklaert", f"monat:{month:%Y-%m}", {
        "wert": wert, "anzahl": len(open_ones)}, text.strip())
    return len(open_ones)


def _here(session: TenantSession, lauf_id: int) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for row in session.execute(
            select(Beschaeftigung.personalnummer, *(getattr(Ergebnis, name) for name in VALUES))
            .join(Beschaeftigung, Beschaeftigung.id == Ergebnis.beschaeftigung_id).where(Ergebnis.lauf_id == lauf_id)):
        found[row.personalnummer] = {name: int(getattr(row, name)) for name in VALUES}
    sums: dict[tuple[str, str], int] = defaultdict(int)
    for row in session.execute(
            select(Beschaeftigung.personalnummer, Ergebniszeile.lohnart, Ergebniszeile.betrag)
            .join(Ergebnis, Ergebnis.id == Ergebniszeile.ergebnis_id)
            .join(Beschaeftigung, Beschaeftigung.id == Ergebnis.beschaeftigung_id).where(Ergebnis.lauf_id == lauf_id)):
        sums[row.personalnummer, row.lohnart] += row.betrag
    for (number, kind), cents in sums.items():
        found[number][kind] = cents
    return found


def _pairs(old: dict[str, dict[str, int]],
           here: dict[str, dict[str, int]]) -> Iterator[tuple[str, str, int | None, int | None]]:
    for number in sorted({*old, *here}):
        if number not in here or number not in old:
            side = (old.get(number, {}).get("auszahlung", 0), None) if number in old else (
                None, here[number]["auszahlung"])
            yield number, GANZ, *side
            continue
        for name, before in sorted(old[number].items()):
            yield number, name, before, here[number].get(name, 0)
