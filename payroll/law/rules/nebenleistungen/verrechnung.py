"""What is kept back below the net: part payments, advances, loans, overpayments, a negative net of earlier months.

Order: part payments of the month, advances, then set-offs, the oldest first. A set-off reaches only the garnishable
part (§ 394 BGB); a part payment or an advance is pay already given and no set-off (professional knowledge). Whether an
advance of earlier months may take more than the garnishable part is not settled by a source at hand: it does not,
unless ``vorschuss_geschuetzt=False``. All amounts are cents.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from payroll.law.rules.pfaendung.forderungen import Zuteilung

VORWEG = ("abschlag", "vorschuss")
AUFRECHNUNG = ("darlehen", "ueberzahlung", "minusnetto", "schadensersatz")
ARTEN = (*VORWEG, *AUFRECHNUNG)
MINUSNETTO = "minusnetto"


class VerrechnungFehler(ValueError):
    """A claim that contradicts itself; the message names it and the remedy."""


@dataclass(frozen=True)
class Posten:
    """Money that the employee owes the employer: what is open, and at most how much of it a month (None = all).

    art: one of ARTEN. seit: day on which it arose and fell due; the oldest set-off comes first.
    """

    name: str
    art: str
    seit: date
    offen: int
    rate: int | None = None

    def __post_init__(self) -> None:
        if self.art not in ARTEN:
            raise VerrechnungFehler(f"{self.name!r}: Art {self.art!r} gibt es nicht; erlaubt: {', '.join(ARTEN)}")
        if self.offen < 0 or (self.rate is not None and self.rate < 0):
            raise VerrechnungFehler(f"{self.name!r}: offener Betrag oder Rate unter null; Guthaben auszahlen")

    @property
    def faellig(self) -> int:
        """What the month asks for."""
        return self.offen if self.rate is None else min(self.offen, self.rate)


@dataclass(frozen=True)
class Abzug:
    """What one claim gets in the month, what stays open, and why it is less than asked."""

    name: str
    cents: int
    offen: int
    grund: str


@dataclass(frozen=True)
class Monatsabschluss:
    """What is paid out, what was kept back, and a new negative net carried to the next month (0 = none)."""

    auszahlung: int
    abzuege: tuple[Abzug, ...]
    minusnetto: int


def freier_teil(pfaendbar: int, zuteilungen: Iterable[Zuteilung]) -> int:
    """The garnishable cents of a month that garnishments and assignments leave for a set-off of lower rank."""
    taken = sum(one.cents - one.aus_vorrecht for one in zuteilungen)
    return max(pfaendbar - taken, 0)


def verrechne(auszahlung: int, pfaendbar: int, posten: Sequence[Posten], *,
              vorschuss_geschuetzt: bool = True) -> Monatsabschluss:
    """Keep back what is due from the pay-out of a month.

    auszahlung: pay-out after garnishments; below zero it is carried and nothing else is taken. pfaendbar: the part of
    it that set-offs may reach, see :func:`freier_teil`. A set-off that comes before a garnishment by rank takes part in
    the distribution instead (art "aufrechnung" of :mod:`payroll.law.rules.pfaendung.verteilung`).
    """
    if pfaendbar < 0:
        raise VerrechnungFehler("pfändbarer Teil unter null; Pfändungsrechnung prüfen")
    names = [one.name for one in posten]
    if len(set(names)) != len(names):
        raise VerrechnungFehler("zwei Posten haben denselben Namen; jeder braucht einen eigenen")
    left, reachable, found = max(auszahlung, 0), pfaendbar, []
    for one in sorted(posten, key=_reihenfolge):
        protected = one.art in AUFRECHNUNG or (one.art == "vorschuss" and vorschuss_geschuetzt)
        cents = min(one.faellig, left, reachable) if protected else min(one.faellig, left)
        left -= cents
        # what is no set-off comes out of the part that is not garnishable first
        reachable = reachable - cents if protected else min(reachable, left)
        found.append(Abzug(one.name, cents, one.offen - cents, _grund(one, cents, left, protected)))
    return Monatsabschluss(left, tuple(found), max(-auszahlung, 0))


def uebertrag(abschluss: Monatsabschluss, monat: date) -> tuple[Posten, ...]:
    """The negative net of a month as a claim of the following months."""
    if not abschluss.minusnetto:
        return ()
    return (Posten(f"Minusnetto {monat:%m/%Y}", MINUSNETTO, monat, abschluss.minusnetto),)


def tilgungsplan(offen: int, rate: int, erster: date) -> tuple[tuple[date, int, int], ...]:
    """Month, instalment, rest of a claim without interest, the last instalment smaller."""
    if rate < 1 or offen < 0:
        raise VerrechnungFehler("Tilgungsplan: Rate von mindestens einem Cent und offener Betrag ab null nötig")
    plan, month = [], erster.replace(day=1)
    while offen > 0:
        paid = min(rate, offen)
        offen -= paid
        plan.append((month, paid, offen))
        month = date(month.year + month.month // 12, month.month % 12 + 1, 1)
    return tuple(plan)


def negative_einnahme(laufend: int, rueckzahlung: int) -> tuple[int, int]:
    """Pay returned for an earlier year: taxed current pay of the month, and what is carried to the next (R 39b LStR).

    There is no negative wage tax; what December leaves over is a matter of assessment.
    """
    if rueckzahlung < 0:
        raise VerrechnungFehler("Rückzahlung unter null; eine Nachzahlung gehört zum Arbeitslohn")
    used = min(max(laufend, 0), rueckzahlung)
    return laufend - used, rueckzahlung - used


def darf_nachgeholt_werden(zahlungen_seither: int, ohne_verschulden: bool, grenze: int) -> bool:
    """A missed deduction of contributions (§ 28g SGB IV): only with the next payments, later only without fault.

    zahlungen_seither: payments of pay since the deduction was missed, the present one included. grenze: the parameter
    ``sv_nachholung_zahlungen``.
    """
    return ohne_verschulden or zahlungen_seither <= grenze


def _reihenfolge(one: Posten) -> tuple[int, date]:
    return (VORWEG.index(one.art) if one.art in VORWEG else len(VORWEG), one.seit)


def _grund(one: Posten, cents: int, left: int, protected: bool) -> str:
    if cents == one.faellig:
        return ""
    if left == 0:
        return "die Auszahlung reicht nicht"
    return "nur der pfändbare Teil steht zur Verfügung (§ 394 BGB)" if protected else "die Auszahlung reicht nicht"
