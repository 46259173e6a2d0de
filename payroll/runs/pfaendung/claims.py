"""Wessen Entgelt gepfändet, abgetreten oder aufgerechnet ist: je Beschäftigung und Forderung eine Zeile."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from types import SimpleNamespace
from typing import Any

from payroll.law.encode import STATUS
from payroll.law.rules.pfaendung.forderungen import Forderung
from payroll.law.rules.pfaendung.personen import (
    Ausschluss,
    TeilweiseBeruecksichtigt,
    Unterhaltsperson,
    gezaehlt,
)
from payroll.masterdata.slices import MonthFacts
from payroll.runs.pfaendung.accounts import month_end

POSTEN = 0  # number of what the employer carried over from the month before
DAY_END = time(23, 59)


@dataclass
class Zeile:
    """Eine Forderung gegen eine Beschäftigung: Zeile des Falls, Person, erfasste Forderung, gezählte Menschen.

    fehlt: warum sie sich nicht verteilen lässt; geschaetzt: gezählt nach Steuermerkmalen.
    """

    row: int
    beschaeftigung_id: int
    person_id: int
    claim: Any
    personen: int = 0
    geschaetzt: bool = False
    fehlt: str = ""

    @property
    def name(self) -> str:
        """Wie die Forderung heißt: Nummer, Gläubiger, Aktenzeichen."""
        return title(self.claim)


def title(claim: Any) -> str:
    """Gläubiger und Aktenzeichen, mit der laufenden Nummer eindeutig."""
    number = f", Az. {claim.aktenzeichen}" if claim.aktenzeichen else ""
    return f"Nr. {claim.nummer} {claim.glaeubiger}{number}"


@dataclass
class Schuldner:
    """Alle Zeilen des Monats und der Stichtag je Fall (Beamte werden im Voraus bezahlt)."""

    month: date
    zeilen: list[Zeile] = field(default_factory=list)
    tag: dict[int, date] = field(default_factory=dict)


def debtors(facts: MonthFacts, rows: Mapping[int, int], carried: Mapping[int, int]) -> Schuldner:
    """Zeilen für alle bezahlten Fälle (``rows``: Nummer der Beschäftigung → Zeile) mit Forderung oder Vortrag."""
    found = Schuldner(facts.month)
    people = facts.cases.get("person_id", ())
    for number, row in rows.items():
        person = int(people[row])
        claims, posten = facts.claims.get(person), carried.get(number, 0)
        if not claims and not posten:
            continue
        found.tag[row] = _payday(facts, row)
        day = max(found.tag[row], facts.month)
        own = [*_valid(claims or (), day), *([carried_claim(facts.month, -posten)] if posten else ())]
        found.zeilen += [_counted(facts, Zeile(row, number, person, claim), day) for claim in own]
    return found


def _payday(facts: MonthFacts, row: int) -> date:
    """Der Tag, an dem über das Entgelt des Monats entschieden wird: der letzte; bei Beamten der vor dem ersten."""
    official = facts.cases["status"][row] == STATUS.index("beamte")
    return facts.month - timedelta(days=1) if official else month_end(facts.month)


def _valid(claims: Any, day: date) -> Iterator[Any]:
    newest: dict[int, Any] = {}
    for claim in claims:
        if claim.valid_from <= day and (claim.valid_to is None or claim.valid_to >= day):
            newest[claim.nummer] = claim
    yield from (claim for _, claim in sorted(newest.items()) if claim.zustand == "laufend")


def carried_claim(month: date, cents: int) -> Any:
    """Der Vortrag des Vormonats als Gegenforderung des Arbeitgebers, fällig mit dem Ende des Vormonats."""
    return SimpleNamespace(
        nummer=POSTEN, art="aufrechnung", glaeubiger="Vortrag aus dem Vormonat", aktenzeichen=None, iban_ende=None,
        zugestellt_am=month - timedelta(days=1), zugestellt_um=None, vorgepfaendet_am=None, angezeigt_am=None,
        ueberwiesen=True, ausgeschlossen=False, streitig=False, nach_eroeffnung=False, hauptforderung_cent=cents,
        zinsen_cent=0, kosten_cent=0, zinssatz=None, zinsen_ab=None, monatsbetrag_cent=0, gezahlt_vorher_cent=0,
        unterhaltsberechtigte=None, gericht_freibetrag_cent=None, gericht_rest_zaehler=0, gericht_rest_nenner=1,
        gericht_betrag_cent=None, gericht_zusatz_cent=0, unterhaltsrang=0, anteil=0, verrechnung=True,
        zusammenrechnung=False, weiteres_einkommen_cent=0, grundbetrag_bei="hier", zustand="laufend")


def _counted(facts: MonthFacts, line: Zeile, day: date) -> Zeile:
    """Wie viele Menschen für die Forderung zählen (§ 850c Abs. 2, 6 ZPO)."""
    claim, known = line.claim, facts.dependants.get(line.person_id, ())
    if claim.unterhaltsberechtigte is not None:
        line.personen = claim.unterhaltsberechtigte
    elif known:
        try:
            line.personen = gezaehlt(_people(known), f"{claim.nummer}", day)
        except TeilweiseBeruecksichtigt as partly:
            if claim.gericht_freibetrag_cent is None and claim.gericht_betrag_cent is None:
                line.fehlt = str(partly)
    else:
        line.personen, line.geschaetzt = _by_tax_features(facts, line.row), True
    return line


def _people(rows: Any) -> list[Unterhaltsperson]:
    people: dict[int, Unterhaltsperson] = {}
    for row in rows:
        excluded = () if row.forderung is None else (
            Ausschluss(f"{row.forderung}", row.ausschluss_von, row.ausschluss_bis, row.ganz),)
        held = people.get(row.nummer)
        people[row.nummer] = Unterhaltsperson(row.name, row.valid_from, row.valid_to,
                                              (*(held.ausschluesse if held else ()), *excluded))
    return list(people.values())


def _by_tax_features(facts: MonthFacts, row: int) -> int:
    """Ehegatte bei Steuerklasse 3 bis 5, Kinder bis 25: darauf darf sich der Arbeitgeber verlassen, solange nichts
    anderes bekannt ist."""
    cases = facts.cases
    return int(cases["steuerklasse"][row] in (3, 4, 5)) + int(cases["kinder_unter_25"][row])


def forderung(line: Zeile, reach: int, owed: int | None) -> Forderung:
    """Die Forderung, wie die Verteilung sie nimmt."""
    claim = line.claim
    return Forderung(
        line.name, claim.art, moment(claim.zugestellt_am, claim.zugestellt_um), reach, owed,
        vorgepfaendet=moment(claim.vorgepfaendet_am, None), ueberwiesen=claim.ueberwiesen,
        angezeigt=claim.angezeigt_am, ausgeschlossen=claim.ausgeschlossen, unterhaltsrang=claim.unterhaltsrang,
        anteil=claim.anteil, verrechnung=claim.verrechnung, streitig=claim.streitig,
        nach_eroeffnung=claim.nach_eroeffnung)


def moment(day: date | None, hour: str | None) -> datetime | None:
    """Tag und Stunde; ohne Uhrzeit das Ende des Tages."""
    if day is None:
        return None
    return datetime.combine(day, time.fromisoformat(hour) if hour else DAY_END)
