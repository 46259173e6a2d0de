"""Nachzahlungen gehören in ihren Monat: dort neu verteilt, pfändbar ist nur der Unterschied.

Was ein Gläubiger schon hat, behält er: wird ein Monat nachträglich niedriger, steht es in den Befunden. Mehr als das
Netto, um das der Monat steigt, bekommt niemand dazu.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from payroll.masterdata.slices import MonthFacts
from payroll.runs.collect import Collected
from payroll.runs.pfaendung.accounts import Key, read
from payroll.runs.pfaendung.claims import debtors
from payroll.runs.pfaendung.month import LOHNARTEN, VORPFAENDUNG, lines
from payroll.runs.pfaendung.sharing import Anteil, distribute
from payroll.runs.taxyear import plan_of
from tenants.db.session import TenantSession

LineKey = tuple[str, str, str]
Lines = dict[LineKey, tuple[str, int]]
NUMBERS = {number for number, _ in (*LOHNARTEN.values(), VORPFAENDUNG)}


@dataclass
class Past:
    """Neu verteilte frühere Monate eines Laufs ``month``; given: was dieser Lauf für sie schon zuteilt."""

    session: TenantSession
    month: date
    known_at: datetime | None
    given: dict[Key, int] = field(default_factory=lambda: defaultdict(int))
    shares: dict[int, list[Anteil]] = field(default_factory=lambda: defaultdict(list))
    failed: dict[int, str] = field(default_factory=dict)
    origin: dict[tuple[int, int, date], int] = field(default_factory=dict)

    def clear(self) -> None:
        """Vergisst den vorigen Monat; was ihm zugeteilt ist, bleibt."""
        self.shares, self.failed, self.origin = defaultdict(list), {}, {}

    def share(self, facts: MonthFacts, collected: Collected, rows: Mapping[int, int]) -> None:
        """Verteilt einen früheren Monat für ``rows`` (Nummer der Beschäftigung → Zeile); ohne Schuldner nichts."""
        found = debtors(facts, rows, {})
        self.clear()
        if not found.zeilen:
            return
        people = {line.person_id for line in found.zeilen}
        claims = {person: own for person, own in facts.claims.items() if person in people}
        konten = read(self.session, self.month, claims, self.known_at)
        self.origin = konten.origin
        for key, cents in self.given.items():
            konten.given[key] += cents
        for line in found.zeilen:
            konten.given[line.person_id, line.claim.nummer] -= self._had(line.beschaeftigung_id, line.claim.nummer,
                                                                         facts.month)
        done = distribute(facts, collected, found, konten, plan_of(facts.month))
        number_of = {row: number for number, row in rows.items()}
        self.failed = {number_of[row]: reason for row, reason in done.failed.items()}
        for one in done.anteile:
            self.shares[one.zeile.beschaeftigung_id].append(one)

    def _had(self, job: int, nummer: int, month: date) -> int:
        return self.origin.get((job, nummer, month), 0)

    def more(self, job: int, gain: int) -> tuple[list[Anteil], int]:
        """Was den Forderungen an einer Beschäftigung noch zusteht, höchstens ``gain``; dazu, was zu viel war (Cent)."""
        found, too_much, left = [], 0, max(gain, 0)
        for one in self.shares.get(job, ()):
            had = self._had(job, one.zeile.claim.nummer, one.monat)
            extra = min(max(one.cents - had, 0), left)
            too_much += max(had - one.cents, 0)
            if extra:
                left -= extra
                self.given[one.zeile.person_id, one.zeile.claim.nummer] += extra
                found.append(_only(one, had, extra))
        return found, too_much


def _only(one: Anteil, had: int, extra: int) -> Anteil:
    """Der Anteil ohne das, was der Monat schon gegeben hat."""
    share = replace(one.zuteilung, cents=extra, aus_vorrecht=min(one.zuteilung.aus_vorrecht, extra))
    open_now = None if one.offen is None else one.offen - had
    return replace(one, zuteilung=share, offen=open_now)


def kept(before: Lines) -> Lines:
    """Zeilen eines Monats, mit denen Forderungen schon bedient sind."""
    return {key: line for key, line in before.items()
            if key[0] == "netto" and key[1] in NUMBERS and key[2].startswith("F")}


def added(before: Lines, more: list[Anteil]) -> Lines:
    """Die Zeilen des neu gerechneten Monats: was schon da war und was dazukommt."""
    found = kept(before)
    for _, line in lines(more):
        key = (line.bereich, line.lohnart, line.merkmale)
        found[key] = (line.art or line.text, found.get(key, ("", 0))[1] + line.betrag)
    return found


def total(found: Lines) -> int:
    """Einbehalten in Cent."""
    return -sum(amount for _, amount in found.values())
