"""What a few invented people have beside their pay: ticket, car, contracts, loan, a second job, a short job, less work.

None of the people chosen here has an event of the tariff or a claim; everybody else stays as they are.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal

from schwifty import IBAN

from payroll.demo.people import YEAR, Angabe, Bezug, Mensch
from payroll.masterdata.models import Arbeitsweg, Darlehen, Dienstwagen, Sparvertrag, WeitereBeschaeftigung

JANUARY = date(YEAR, 1, 1)
HALF = Decimal("19.5")
Role = tuple[Callable[[Mensch], bool], Callable[[Mensch], None]]


def with_benefits(people: list[Mensch]) -> list[Mensch]:
    """Gives each thing to the last person of an employer whom it fits, so that the first ones stay plain."""
    free = [one for one in reversed(people) if one.austritt is None and one.eintritt < date(YEAR - 1, 1, 1)
            and not one.tarif and len(one.zuordnungen) == 1 and len(one.steuer) == 1]
    for fits, happens in ROLES:
        chosen = next((one for one in free if fits(one)), None)
        if chosen is not None:
            free.remove(chosen)
            happens(chosen)
    return people


def _ticket(m: Mensch) -> None:
    """The employer pays the ticket on top of pay: free of tax and contributions (§ 3 Nr. 15 EStG)."""
    m.bezuege.append(Bezug("jobticket", 6_300, JANUARY))


def _car(m: Mensch) -> None:
    m.tarif += [Angabe(Dienstwagen, JANUARY, {"listenpreis_cent": 3_894_900, "ansatz": "voll", "arbeitsweg": True}),
                Angabe(Arbeitsweg, JANUARY, {"entfernung_km": 17, "pauschal": True})]


def _deferred(m: Mensch) -> None:
    m.tarif.append(Angabe(Sparvertrag, JANUARY, _contract(m, "entgeltumwandlung", 15_000, "Versorgungskasse Auental")))


def _savings(m: Mensch) -> None:
    """The contract drives the payment; the typed amount goes."""
    m.bezuege = [one for one in m.bezuege if one.zweck != "vwl_sparen"]
    m.tarif.append(Angabe(Sparvertrag, JANUARY, _contract(m, "vermoegensbildung", 4_000, "Bausparkasse Lindental")))


def _contract(m: Mensch, art: str, cents: int, receiver: str) -> dict[str, object]:
    iban = str(IBAN.generate("DE", "12030000", f"{m.konto + 3:010d}"))
    return {"art": art, "laufnummer": 1, "betrag_cent": cents, "empfaenger": receiver, "iban": iban,
            "iban_ende": iban[-4:], "vertragsnummer": f"{m.konto % 10_000:04d}-{cents // 100}"}


def _loan(m: Mensch) -> None:
    m.tarif.append(Angabe(Darlehen, date(YEAR, 1, 15), {
        "laufnummer": 1, "art": "darlehen", "betrag_cent": 240_000, "ausgezahlt_am": date(YEAR, 1, 15),
        "rate_cent": 30_000, "erste_rate": date(YEAR, 2, 1)}))


def _second_job(m: Mensch) -> None:
    m.personal.append(Angabe(WeitereBeschaeftigung, JANUARY, {
        "nummer": 1, "art": "versichert", "entgelt_monat_cent": 64_000, "arbeitgeber": "Bäckerei Kornfeld"}))


def _short_job(m: Mensch) -> None:
    """Two months of help, not for a living: free of contributions (§ 8 Abs. 1 Nr. 2 SGB IV), taxed by tax class."""
    m.eintritt, m.austritt = date(YEAR, 1, 12), date(YEAR, 3, 13)
    m.personengruppe, m.beitragsgruppe = 110, "0000"
    m.versicherung = {"kurzfristig_arbeitstage": 45, "kurzfristig_stunden": Decimal(180), "individuell_besteuert": True}
    m.zuordnungen = [replace(m.zuordnungen[0], ab=m.eintritt, wochenstunden=Decimal(20))]
    m.steuer = [replace(one, ab=m.eintritt) for one in m.steuer]


def _less_work(m: Mensch) -> None:
    """Partial retirement in the part-time model: half the hours, topped up by a fifth (§ 7 Abs. 2 TV FlexAZ)."""
    m.personengruppe = 103
    m.zuordnungen = [replace(one, wochenstunden=HALF) for one in m.zuordnungen]


def _office(m: Mensch) -> bool:
    return m.kind == "verwaltung"


def _full_time(m: Mensch) -> bool:
    return m.zuordnungen[0].wochenstunden == m.zuordnungen[0].vollzeitstunden


ROLES: tuple[Role, ...] = (
    (lambda m: _office(m) and _full_time(m) and m.geburtsdatum.year < YEAR - 58, _less_work),
    (lambda m: m.kind == "leitung", _car),
    (lambda m: m.kind == "minijob", _short_job),
    (lambda m: m.kind == "midijob", _second_job),
    (lambda m: _office(m) and any(one.zweck == "vwl_sparen" for one in m.bezuege), _savings),
    (lambda m: _office(m) and _full_time(m), _deferred),
    (lambda m: m.kind in ("verwaltung", "erziehung") and _full_time(m), _loan),
    (lambda m: m.kind in ("verwaltung", "erziehung", "pflege"), _ticket),
)
