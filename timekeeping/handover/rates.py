"""Der Preis einer Menge: Stundensätze des Monats der Arbeit, steuer- und beitragsfreier Teil. Alle Beträge in Cent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from payroll.law.calculate import rule_book
from payroll.law.engine import RuleBook
from payroll.law.rules.entgelt.hinterlegt import LOHNARTEN
from timekeeping.handover.kinds import ARTEN, BEGUENSTIGT, HINTERLEGT, TAGE, Art
from timekeeping.rules.facts import Zuordnung
from timekeeping.rules.rates import (
    AREAS,
    STUNDENZULAGE,
    ZEITZUSCHLAG,
    PricingError,
    Stundensaetze,
    entered_rate,
    half_up,
    hourly_rates,
    rate_inputs,
    shift_rate,
)


class RateMissing(PricingError):
    """The employer has not entered the rate of an hour for the month of work."""

    remedy = "Stammdaten, Festlegungen: Satz mit Quelle eintragen (oder „setting rate“), dann neu rechnen"


@dataclass(frozen=True)
class Preis:
    """Betrag einer Lohnart aus einem Monat der Arbeit; frei ist steuer- und beitragsfrei, steuerfrei nur steuerfrei.

    frei + steuerfrei + pflichtig = betrag; satz: Cent je Stunde (bei Tagen je Tag).
    """

    betrag: int
    satz: Fraction
    frei: int = 0
    steuerfrei: int = 0

    @property
    def pflichtig(self) -> int:
        """Was zu versteuern und zu verbeitragen ist."""
        return self.betrag - self.frei - self.steuerfrei


def price(number: int, amounts: Mapping[int, Decimal], assigned: Zuordnung, month: date,
          book: RuleBook | None = None) -> Preis:
    """Preis der Mengen einer Lohnart (Minuten oder Tage je Begünstigung) mit den Sätzen des Monats ``month``.

    Raises PricingError und UnknownName mit deutschem Text, wenn Tarif oder Gruppe keinen Satz kennen.
    """
    art = ARTEN[number]
    found = hourly_rates(assigned, month, book)
    if found is None:
        raise PricingError(f"{month:%m/%Y}: keine Entgelttabelle hinterlegt")
    per = (_entered(number, assigned, month, book) if art.satz == HINTERLEGT
           else _rate(art, found, assigned, month, book))
    total = sum((Fraction(value) for value in amounts.values()), Fraction(0))
    paid = half_up(per * total if art.einheit == TAGE else per * total / 60)
    if art.zuschlag not in BEGUENSTIGT:
        return Preis(paid, per)
    tax, social = (paid - min(paid, _liable(art, found, per, purpose, amounts)) for purpose in ("steuer", "sv"))
    free = min(tax, social)
    return Preis(paid, per, free, tax - free)


def rule_of(number: int, assigned: Zuordnung, month: date) -> tuple[str, dict[str, int]]:
    """Regel des Rechts, die den Satz einer Stunde (bei Tagen eines Stundenentgelts) ergibt, und ihre Eingaben."""
    art, given = ARTEN[number], rate_inputs(assigned, month)
    if art.satz == "zuschlag":
        return "zuschlag_je_stunde", given | {"zuschlag_art": ZEITZUSCHLAG.index(art.zuschlag)}
    if art.satz == HINTERLEGT:
        return "stundensatz_hinterlegt", given | {"satz_lohnart": LOHNARTEN.index(f"{number}")}
    if art.satz in STUNDENZULAGE:
        return "zulage_stunden", given | {"zulage_art": STUNDENZULAGE[art.satz]}
    return {"eigen": "stundenentgelt", "ueberstunde": "stundenentgelt_ueberstunde",
            "rufbereitschaft": "rufbereitschaft_stunden"}[art.satz], given


def _rate(art: Art, found: Stundensaetze, assigned: Zuordnung, month: date, book: RuleBook | None) -> Fraction:
    if art.satz == "zuschlag":
        if art.zuschlag not in found.zuschlag:
            raise PricingError(f"{art.text}: für {assigned.entgeltgruppe} ist kein Zuschlag hinterlegt ({art.recht})")
        return found.zuschlag[art.zuschlag]
    if art.satz in ("wechselschicht", "schicht"):
        return Fraction(shift_rate(assigned, month, art.satz, book or rule_book(*AREAS)))
    return Fraction({"eigen": found.eigen, "ueberstunde": found.ueberstunde,
                     "rufbereitschaft": found.rufbereitschaft}[art.satz]) * art.faktor


def _entered(number: int, assigned: Zuordnung, month: date, book: RuleBook | None) -> Fraction:
    per = entered_rate(assigned, month, f"{number}", book or rule_book(*AREAS))
    if not per:
        raise RateMissing(f"{ARTEN[number].text}: für {month:%m/%Y} ist kein Stundensatz hinterlegt "
                          f"({ARTEN[number].recht})")
    return Fraction(per)


def _liable(art: Art, found: Stundensaetze, per: Fraction, purpose: str, amounts: Mapping[int, Decimal]) -> int:
    """Was über der Grenze der Stunde liegt, je Begünstigung auf Cent (wie timekeeping.rules.pricing)."""
    limits = (found.frei_nacht if art.zuschlag == "nacht" else found.frei_tag)[purpose]
    return sum(half_up(max(per - limits[relief], Fraction(0)) * Fraction(minutes) / 60)
               for relief, minutes in amounts.items())
