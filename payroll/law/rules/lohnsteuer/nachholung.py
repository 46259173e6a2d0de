"""2024: the retroactive basic allowance, made up for in December with eleven months of difference (MLST1224).

The annual values before the change are computed beside the new ones; ``nachholung_monate`` is 0 until November.
"""

from __future__ import annotations

from fractions import Fraction

from payroll.law.engine import Condition, Count, Exact, Money, Rate, floor_cent, floor_euro, maximum, rule, where
from payroll.law.rules.lohnsteuer.ergebnisse import zuschlag
from payroll.law.rules.lohnsteuer.freibetraege import kinderfreibetrag_summe
from payroll.law.rules.lohnsteuer.tarif import einkommensteuer, steuer_klasse_5_6, tarifeinkommen

GESETZ = "§ 52 Abs. 36 EStG i. V. m. dem Gesetz zur steuerlichen Freistellung des Existenzminimums 2024"


@rule(law=GESETZ, unit="ja/nein", since="2024-01-01", until="2024-12-31")
def nachholung(nachholung_monate: Count, lzz: Count) -> Condition:
    """Die Entlastung der vorangegangenen Monate wird in diesem Zeitraum nachgeholt"""
    return (nachholung_monate > 0) & (lzz > 1)


@rule(law=GESETZ, unit="euro/jahr", since="2024-01-01", until="2024-12-31", when="nachholung")
def jahressteuer_vorher(
        tarifeinkommen__laufend: Rate, stkl: Count, tarifzonen_vorher: tuple[dict[str, Fraction], ...],
        klasse_5_6_w1_vorher: Money, klasse_5_6_w2: Money, klasse_5_6_w3: Money) -> Money:
    """Jahressteuer des laufenden Lohns vor der Gesetzesänderung

    Im Plan ST.
    """
    grenzen = (klasse_5_6_w1_vorher, klasse_5_6_w2, klasse_5_6_w3)
    return _steuer(tarifeinkommen__laufend, stkl, tarifzonen_vorher, grenzen)


@rule(law=GESETZ, unit="euro/jahr", since="2024-01-01", until="2024-12-31", when="nachholung")
def jahressteuer_kinder_vorher(
        zu_versteuern__laufend: Money, zkf: Rate, stkl: Count, kinderfreibetrag_je_zaehler_vorher: Money,
        tarifzonen_vorher: tuple[dict[str, Fraction], ...], klasse_5_6_w1_vorher: Money, klasse_5_6_w2: Money,
        klasse_5_6_w3: Money) -> Money:
    """Jahressteuer nach Kinderfreibeträgen vor der Gesetzesänderung

    Im Plan ST.
    """
    kinder = where(stkl < 5, kinderfreibetrag_summe(zkf, stkl, kinderfreibetrag_je_zaehler_vorher), 0)
    x = tarifeinkommen(zu_versteuern__laufend - kinder, stkl)
    return _steuer(x, stkl, tarifzonen_vorher, (klasse_5_6_w1_vorher, klasse_5_6_w2, klasse_5_6_w3))


def _steuer(x: Rate, stkl: Count, zonen: tuple[dict[str, Fraction], ...], grenzen: tuple[Money, Money, Money]) -> Money:
    nach_tarif = einkommensteuer(x, zonen) * where(stkl == 3, 2, 1)
    return where(stkl >= 5, steuer_klasse_5_6(x, zonen, *grenzen, 2), nach_tarif)


@rule(law=GESETZ, unit="euro/jahr", since="2024-01-01", until="2024-12-31", when="nachholung")
def jahreslohnsteuer_vorher(jahressteuer_vorher: Money, steuerfaktor: Rate) -> Money:
    """Jahreslohnsteuer vor der Gesetzesänderung

    Im Plan JWLSTA.
    """
    return floor_euro(jahressteuer_vorher * steuerfaktor)


@rule(law=GESETZ, unit="euro/jahr", since="2024-01-01", until="2024-12-31", when="nachholung")
def zuschlagsbemessung_vorher(
        zkf: Rate, jahressteuer_kinder_vorher: Money, jahreslohnsteuer_vorher: Money, steuerfaktor: Rate) -> Money:
    """Jahresbemessung für Zuschlag und Kirchensteuer vor der Gesetzesänderung

    Im Plan JBMG, JWBKA.
    """
    return where(zkf > 0, floor_euro(jahressteuer_kinder_vorher * steuerfaktor), jahreslohnsteuer_vorher)


@rule(law=GESETZ, unit="euro/jahr", since="2024-01-01", until="2024-12-31", when="nachholung")
def jahressoli_vorher(
        zuschlagsbemessung_vorher: Money, soli_freigrenze: Money, soli_satz: Rate, soli_milderung: Rate) -> Money:
    """Solidaritätszuschlag des Jahres vor der Gesetzesänderung

    Im Plan JWSOLZA.
    """
    return zuschlag(zuschlagsbemessung_vorher, soli_freigrenze, soli_satz, soli_milderung)


def nachgeholt(neu: Money, vorher: Money, nachholung: Condition, monate: Count, anteil: Rate) -> Money:
    """The period's share of the new annual amount, less the difference of the months gone by, at least 0."""
    jahr: Exact = where(nachholung, maximum(neu - (vorher - neu) * monate, 0), neu)
    return floor_cent(jahr * anteil)


@rule(law=GESETZ, unit="euro", since="2024-01-01", until="2024-12-31", name="lohnsteuer_zeitraum")
def lohnsteuer_zeitraum_2024(
        jahreslohnsteuer: Money, jahreslohnsteuer_vorher: Money, nachholung: Condition, nachholung_monate: Count,
        zeitraumanteil: Rate) -> Money:
    """Lohnsteuer des Zeitraums, im Dezember mit Nachholung

    Im Plan LSTLZZ.
    """
    return nachgeholt(jahreslohnsteuer, jahreslohnsteuer_vorher, nachholung, nachholung_monate, zeitraumanteil)


@rule(law=GESETZ, unit="euro", since="2024-01-01", until="2024-12-31", name="soli_zeitraum")
def soli_zeitraum_2024(
        jahressoli: Money, jahressoli_vorher: Money, nachholung: Condition, nachholung_monate: Count,
        zeitraumanteil: Rate) -> Money:
    """Solidaritätszuschlag des Zeitraums, im Dezember mit Nachholung

    Im Plan SOLZLZZ.
    """
    return nachgeholt(jahressoli, jahressoli_vorher, nachholung, nachholung_monate, zeitraumanteil)


@rule(law=GESETZ, unit="euro", since="2024-01-01", until="2024-12-31", name="kirchenbemessung_zeitraum")
def kirchenbemessung_zeitraum_2024(
        r: Count, zuschlagsbemessung: Money, zuschlagsbemessung_vorher: Money, nachholung: Condition,
        nachholung_monate: Count, zeitraumanteil: Rate) -> Money:
    """Bemessung der Kirchensteuer des Zeitraums, im Dezember mit Nachholung

    Im Plan BK.
    """
    betrag = nachgeholt(zuschlagsbemessung, zuschlagsbemessung_vorher, nachholung, nachholung_monate, zeitraumanteil)
    return where(r > 0, betrag, 0)
