"""From pay after allowances to the annual tax (MLSTJAHR, UPMLST, UPTAB, MST5_6, UP5_6)."""

from __future__ import annotations

from fractions import Fraction
from math import lcm

from payroll.law.engine import (
    Condition,
    Count,
    Lookup,
    Money,
    Rate,
    counted,
    cut_decimals,
    euro,
    floor_euro,
    maximum,
    minimum,
    rate,
    rule,
    sum_of,
    where,
)
from payroll.law.rules.lohnsteuer.durchgaenge import STEUER, VORSORGE

TARIF = "§ 32a Abs. 1 EStG"
KLASSE_5_6 = "§ 39b Abs. 2 Satz 7 EStG"

Zonen = tuple[dict[str, Fraction], ...]


def einkommensteuer(x: Rate, zonen: Zonen) -> Money:
    """Income tax by the tariff on ``x`` (euro as a number), any number of zones.

    A zone begins at ``ab``; its tax is (a * y + b) * y + c whole euro with y = (x - bezug) / 10 000. The plan cuts y
    at six decimals: x has at most two, so y is exact. The zone is stripped of its origin: an explanation shows the
    formula of the zone with its figures, as the statute does.
    """
    above = sum_of(*(counted(x >= Rate(one["ab"].numerator, one["ab"].denominator)) for one in zonen[1:]))
    zone = Count(above.num, lo=above.lo, hi=above.hi)
    bezug, a, b, c = (_je_zone(zonen, key)[zone] for key in ("bezug", "a", "b", "c"))
    y = (x - bezug) / 10000
    return floor_euro(euro(1) * ((a * y + b) * y + c))


def _je_zone(zonen: Zonen, key: str) -> Lookup:
    den = lcm(*(one[key].denominator for one in zonen))
    return Lookup(Rate, [int(one[key] * den) for one in zonen], den, name=f"Tarif {key}", outside="clip")


def steuer_up5_6(x: Rate, zonen: Zonen, nachkommastellen: int) -> Money:
    """Twice the difference between the tax on 1.25 and on 0.75 of ``x``, at least 14 % (UP5_6)."""
    oben = einkommensteuer(cut_decimals(x * rate(5, 4), nachkommastellen), zonen)
    unten = einkommensteuer(cut_decimals(x * rate(3, 4), nachkommastellen), zonen)
    return maximum(floor_euro(euro(1) * x * rate(14, 100)), (oben - unten) * 2)


def steuer_klasse_5_6(x: Rate, zonen: Zonen, w1: Money, w2: Money, w3: Money, nachkommastellen: int) -> Money:
    """Annual tax in classes V and VI (MST5_6); ``w1`` to ``w3`` are the limits of § 39b (2) sentence 7."""
    g1, g2, g3 = (grenze / euro(1) for grenze in (w1, w2, w3))
    unten = steuer_up5_6(minimum(x, g2), zonen, nachkommastellen)
    hoch = floor_euro(steuer_up5_6(g1, zonen, nachkommastellen) + euro(1) * (x - g1) * rate(42, 100))
    bis_w2 = where(x > g1, minimum(hoch, unten), unten)
    bis_w3 = floor_euro(unten + euro(1) * (minimum(x, g3) - g2) * rate(42, 100))
    ueber_w3 = floor_euro(bis_w3 + euro(1) * (x - g3) * rate(45, 100))
    return where(x > g2, where(x > g3, ueber_w3, bis_w3), bis_w2)


@rule(law="§ 39b Abs. 2 Satz 5 EStG", unit="euro/jahr", since="2024-01-01", passes=VORSORGE[:4], when="zu_rechnen")
def zu_versteuern(lohn_nach_freibetraegen: Money, tabellenfreibetraege: Money, vorsorgepauschale: Money) -> Money:
    """Zu versteuernder Jahresbetrag

    Auch unter 0. Im Plan ZVE.
    """
    return lohn_nach_freibetraegen - tabellenfreibetraege - vorsorgepauschale


@rule(law="§ 51a Abs. 2a EStG", unit="ja/nein", since="2024-01-01", name="zu_rechnen", passes=("kinder",))
def zu_rechnen_kinder(kinder_zaehlen: Condition) -> Condition:
    """Der laufende Lohn ist auch mit Kinderfreibeträgen zu rechnen"""
    return kinder_zaehlen


@rule(law="§ 51a Abs. 2a EStG", unit="euro/jahr", since="2024-01-01", name="zu_versteuern", passes=("kinder",),
      when="zu_rechnen")
def zu_versteuern_kinder(zu_versteuern__laufend: Money, kinderfreibetrag_summe: Money) -> Money:
    """Zu versteuernder Jahresbetrag

    Laufender Lohn nach Kinderfreibeträgen. Im Plan ZVE.
    """
    return zu_versteuern__laufend - kinderfreibetrag_summe


@rule(law="§ 51a Abs. 2a EStG, § 3 Abs. 4a SolzG", unit="euro/jahr", since="2024-01-01", name="zu_versteuern",
      passes=("soli",), when="zu_rechnen")
def zu_versteuern_soli(zu_versteuern__mit_einmal: Money, kinderfreibetrag_summe: Money) -> Money:
    """Zu versteuernder Jahresbetrag

    Mit sonstigen Bezügen, nach Kinderfreibeträgen. Im Plan SOLZSZVE.
    """
    return where(zu_versteuern__mit_einmal < euro(1), euro(0), zu_versteuern__mit_einmal) - kinderfreibetrag_summe


@rule(law="§ 39b Abs. 2 Satz 6 EStG", unit="zahl", since="2024-01-01", passes=STEUER, when="zu_rechnen")
def tarifeinkommen(zu_versteuern: Money, stkl: Count) -> Rate:
    """Einkommen für den Tarif

    In vollen Euro, in Klasse III die Hälfte, mindestens 0. Im Plan X.
    """
    halb = where(stkl == 3, zu_versteuern / 2, zu_versteuern)
    return cut_decimals(maximum(halb, 0) / euro(1), 0)


@rule(law=KLASSE_5_6, unit="ja/nein", since="2024-01-01", passes=STEUER, when="zu_rechnen")
def klasse_5_oder_6(stkl: Count) -> Condition:
    """Steuerklasse V oder VI"""
    return stkl >= 5


@rule(law=KLASSE_5_6, unit="euro/jahr", since="2024-01-01", until="2025-12-31", name="jahressteuer_5_6", passes=STEUER,
      when="klasse_5_oder_6")
def jahressteuer_5_6_bis_2025(
        tarifeinkommen: Rate, tarifzonen: tuple[dict[str, Fraction], ...], klasse_5_6_w1: Money, klasse_5_6_w2: Money,
        klasse_5_6_w3: Money) -> Money:
    """Jahressteuer in Klasse V und VI

    Das 1,25- und 0,75-fache mit Cent. Im Plan ST.
    """
    return steuer_klasse_5_6(tarifeinkommen, tarifzonen, klasse_5_6_w1, klasse_5_6_w2, klasse_5_6_w3, 2)


@rule(law=KLASSE_5_6, unit="euro/jahr", since="2026-01-01", passes=STEUER, when="klasse_5_oder_6")
def jahressteuer_5_6(
        tarifeinkommen: Rate, tarifzonen: tuple[dict[str, Fraction], ...], klasse_5_6_w1: Money, klasse_5_6_w2: Money,
        klasse_5_6_w3: Money) -> Money:
    """Jahressteuer in Klasse V und VI

    Das 1,25- und 0,75-fache in vollen Euro. Im Plan ST.
    """
    return steuer_klasse_5_6(tarifeinkommen, tarifzonen, klasse_5_6_w1, klasse_5_6_w2, klasse_5_6_w3, 0)


@rule(law="§ 39b Abs. 2 Satz 6 EStG, § 32a EStG", unit="euro/jahr", since="2024-01-01", passes=STEUER,
      when="zu_rechnen")
def jahressteuer(
        tarifeinkommen: Rate, stkl: Count, tarifzonen: tuple[dict[str, Fraction], ...], klasse_5_oder_6: Condition,
        jahressteuer_5_6: Money) -> Money:
    """Jahressteuer

    Nach Tarif, in Klasse III nach dem Splittingverfahren. Im Plan ST.
    """
    nach_tarif = einkommensteuer(tarifeinkommen, tarifzonen) * where(stkl == 3, 2, 1)
    return where(klasse_5_oder_6, jahressteuer_5_6, nach_tarif)
