"""Was nach einem abgeschlossenen Lauf zu zahlen ist: an Beschäftigte, Gläubiger, Sparverträge.

Gelesen wird der Kenntnisstand des Laufs, den zwei Personen freigegeben haben; eine feste Zahl von Abfragen.
"""

from __future__ import annotations

import calendar
import uuid
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select

from payroll.filings.betraege import worded
from payroll.filings.errors import FilingRefused
from payroll.filings.sepa.collecting_facts import Facts, read_facts
from payroll.runs import retro
from payroll.runs.beside.models import Drittzahlung
from payroll.runs.claim_models import Einbehalt
from payroll.runs.models import Ergebnis, Lauf
from payroll.runs.retro_models import RueckrechnungAuszahlung
from payroll.statements.retro_lines import payout
from tenants.db.session import TenantSession


@dataclass(frozen=True)
class Anspruch:
    """Eine zu leistende Zahlung, noch ohne Kennung; `schluessel` unterscheidet die einer Person.

    gezahlt: sie ist schon bar oder von Hand gezahlt und kommt nicht in die Datei.
    """

    art: str
    schluessel: str
    person: uuid.UUID | None
    personalnummer: str
    empfaenger: str
    iban: str
    betrag: int
    text: str
    zweck: str = ""
    anschrift: tuple[str | None, str | None, str | None, str | None] = (None, None, None, None)
    gezahlt: bool = False


GEZAHLT = "bar oder von Hand gezahlt"  # the reason of such a payment, by which it is never open again


@dataclass
class Sammlung:
    """Alle Zahlungen eines Laufs und was daran auffällt (Sätze für Menschen)."""

    ansprueche: list[Anspruch] = field(default_factory=list)
    nicht_gezahlt: list[tuple[str, int]] = field(default_factory=list)
    mehrfach: list[tuple[str, int]] = field(default_factory=list)
    hinweise: list[str] = field(default_factory=list)

    def summe(self, *arten: str) -> int:
        """Summe in Cent, auf Wunsch nur dieser Arten."""
        return sum(one.betrag for one in self.ansprueche if not arten or one.art in arten)


def collect(session: TenantSession, lauf: Lauf) -> Sammlung:
    """Sammelt die Zahlungen; gehen die Summen mit den Abrechnungen nicht auf, wird abgelehnt."""
    if lauf.zustand != "abgeschlossen":
        raise FilingRefused("Gezahlt wird erst, wenn der Monat abgeschlossen ist: freigeben lassen und abschließen.")
    facts = read_facts(session, first=lauf.monat, last=last_day(lauf.monat), known_at=lauf.stand)
    made = Sammlung()
    for one in _own(session, lauf, facts, made):
        made.ansprueche.append(one)
    made.ansprueche += _creditors(session, lauf, facts, made)
    made.ansprueche += _savings(session, lauf, facts)
    _tie(session, lauf, made)
    names = Counter(one.person for one in made.ansprueche if one.art in OWN)
    for person in (person for person, times in names.items() if times > 1):
        rows = [one for one in made.ansprueche if one.person == person and one.art in OWN]
        numbers = " und ".join(one.personalnummer for one in rows)
        made.mehrfach.append((f"{rows[0].empfaenger} ({numbers})", sum(one.betrag for one in rows)))
    return made


OWN = ("bezuege", "entgelt")


def last_day(month: date) -> date:
    """Der letzte Tag eines Monats."""
    return month.replace(day=calendar.monthrange(month.year, month.month)[1])


def _own(session: TenantSession, lauf: Lauf, facts: Facts, made: Sammlung) -> Iterator[Anspruch]:
    balances = retro.payouts(session, lauf)
    rows = session.execute(select(Ergebnis.beschaeftigung_id, Ergebnis.auszahlung)
                           .where(Ergebnis.lauf_id == lauf.id).order_by(Ergebnis.id))
    for row in rows:
        job = facts.job[row.beschaeftigung_id]
        amount = payout(row.auszahlung, balances.get(row.beschaeftigung_id))
        if amount <= 0:
            made.nicht_gezahlt.append((job.personalnummer, amount))
            continue
        official = job.art == "beamte"
        name, iban = facts.account_of(job.person_id)
        word = "Bezüge" if official else "Entgelt"
        yield Anspruch("bezuege" if official else "entgelt", f"auszahlung:{job.personalnummer}", job.public_id,
                       job.personalnummer, name, iban, amount,
                       f"{word} {lauf.monat:%m/%Y} PNR {job.personalnummer}", "SALA", facts.address_of(job.person_id))


def _creditors(session: TenantSession, lauf: Lauf, facts: Facts, made: Sammlung) -> Iterator[Anspruch]:
    rows = session.execute(
        select(Einbehalt.person_id, Einbehalt.nummer, Einbehalt.verbleib, Einbehalt.art,
               func.sum(Einbehalt.betrag).label("summe"), func.min(Einbehalt.beschaeftigung_id).label("job"))
        .where(Einbehalt.lauf_id == lauf.id, Einbehalt.nummer > 0)
        .group_by(Einbehalt.person_id, Einbehalt.nummer, Einbehalt.verbleib, Einbehalt.art)
        .order_by(Einbehalt.person_id, Einbehalt.nummer)).all()
    kept: dict[str, int] = defaultdict(int)
    for row in rows:
        if row.verbleib != "zahlen" or row.art == "aufrechnung":
            kept["aufrechnung" if row.verbleib == "zahlen" else row.verbleib] += int(row.summe)
            continue
        if row.summe > 0:
            job, claim = facts.job[row.job], facts.claims.get((row.person_id, row.nummer))
            yield Anspruch("pfaendung", f"forderung:{job.personalnummer}:{row.nummer}", job.public_id,
                           job.personalnummer, claim.glaeubiger if claim else f"Forderung {row.nummer}",
                           facts.creditor_iban(claim), int(row.summe),
                           facts.creditor_text(claim, job.person_id, lauf.monat), "",
                           (claim.strasse, claim.plz, claim.ort, "DE") if claim else (None,) * 4)
    made.hinweise += [f"Pfändungen: {worded(amount)} {KEPT[kind]}."
                      for kind, amount in sorted(kept.items()) if kind in KEPT and amount]


KEPT = {"einbehalten": "einbehalten, noch an niemanden zu zahlen",
        "hinterlegen": "beim Amtsgericht zu hinterlegen (§ 853 ZPO), nicht in der Datei",
        "aufrechnung": "mit eigenen Forderungen des Arbeitgebers verrechnet"}


def _savings(session: TenantSession, lauf: Lauf, facts: Facts) -> Iterator[Anspruch]:
    rows = session.execute(
        select(Drittzahlung.sparvertrag_id, Drittzahlung.betrag, Ergebnis.beschaeftigung_id)
        .join(Ergebnis, Ergebnis.id == Drittzahlung.ergebnis_id).where(Ergebnis.lauf_id == lauf.id)
        .order_by(Drittzahlung.id)).all()
    contracts = facts.contracts(session, [row.sparvertrag_id for row in rows])
    for row in rows:
        job, contract = facts.job[row.beschaeftigung_id], contracts[row.sparvertrag_id]
        yield Anspruch("sparen", f"vertrag:{job.personalnummer}:{contract.art}:{contract.laufnummer}", job.public_id,
                       job.personalnummer, contract.empfaenger, facts.contract_iban(contract), row.betrag,
                       f"Vertrag {contract.vertragsnummer} {facts.name_of(job.person_id)} {lauf.monat:%m/%Y}",
                       "CBFF" if contract.art == "vermoegensbildung" else "")


def _tie(session: TenantSession, lauf: Lauf, made: Sammlung) -> None:
    """Zahlungen an Beschäftigte = Auszahlungen des Laufs samt Rückrechnung und Vortrag, aus den Summen der Datenbank.
    """
    row: Any = session.execute(select(func.sum(Ergebnis.auszahlung)).where(Ergebnis.lauf_id == lauf.id)).scalar() or 0
    changed = session.execute(
        select(func.sum(RueckrechnungAuszahlung.zahlbetrag - RueckrechnungAuszahlung.eigen))
        .where(RueckrechnungAuszahlung.lauf_id == lauf.id)).scalar() or 0
    # Somebody with a balance of nothing to pay is shown with the negative amount, which goes on to the next month.
    later = session.execute(
        select(func.sum(RueckrechnungAuszahlung.uebertrag))
        .where(RueckrechnungAuszahlung.lauf_id == lauf.id, RueckrechnungAuszahlung.zahlbetrag == 0)).scalar() or 0
    slips = made.summe(*OWN) + sum(amount for _, amount in made.nicht_gezahlt)
    expected = int(row) + int(changed) + int(later)
    if int(row) != lauf.auszahlung or slips != expected:
        raise FilingRefused(
            f"Die Summe der Zahlungen ({slips} Cent) stimmt nicht mit den Abrechnungen ({expected} Cent, im Lauf "
            f"{lauf.auszahlung} Cent) überein. Nichts zahlen; die Verwaltung der Anwendung verständigen.")


def known_now(session: TenantSession, day: date) -> Facts:
    """Tatsachen nach heutiger Kenntnis, für Folgeaufträge."""
    moment: datetime | None = None
    return read_facts(session, first=day, last=day, known_at=moment)
