"""What the plan gives: wage tax, solidarity surcharge and church base, for the period and for one-off pay."""

from __future__ import annotations

from payroll.law.engine import (
    Condition,
    Count,
    Exact,
    Money,
    Rate,
    floor_cent,
    floor_euro,
    maximum,
    minimum,
    rule,
    where,
)

ABS2 = "§ 39b Abs. 2 EStG"
ABS3 = "§ 39b Abs. 3 EStG"
SOLI = "§§ 3, 4 SolzG"
KIRCHE = "§ 51a Abs. 2a EStG"


def zuschlag(bemessung: Money, freigrenze: Money, satz: Rate, satz_milderung: Rate) -> Money:
    """Annual solidarity surcharge with its phase-in, cut to cents (MSOLZ)."""
    voll = minimum(floor_cent(bemessung * satz), floor_cent((bemessung - freigrenze) * satz_milderung))
    return where(bemessung > freigrenze, voll, 0)


@rule(law=ABS2, unit="euro/jahr", since="2024-01-01")
def jahreslohnsteuer(jahressteuer__laufend: Money, steuerfaktor: Rate) -> Money:
    """Jahreslohnsteuer

    Nach Faktor, in vollen Euro. Im Plan LSTJAHR.
    """
    return floor_euro(jahressteuer__laufend * steuerfaktor)


@rule(law=KIRCHE, unit="euro/jahr", since="2024-01-01")
def zuschlagsbemessung(
        kinder_zaehlen: Condition, jahreslohnsteuer: Money, jahressteuer__kinder: Money, steuerfaktor: Rate) -> Money:
    """Jahresbemessung für Solidaritätszuschlag und Kirchensteuer

    Nach Kinderfreibeträgen und Faktor, in vollen Euro. Im Plan JBMG.
    """
    return where(kinder_zaehlen, floor_euro(jahressteuer__kinder * steuerfaktor), jahreslohnsteuer)


@rule(law=SOLI, unit="euro/jahr", since="2024-01-01")
def soli_freigrenze(stkl: Count, soli_freigrenze_einzeln: Money) -> Money:
    """Freigrenze des Solidaritätszuschlags

    In Klasse III verdoppelt. Im Plan SOLZFREI.
    """
    return soli_freigrenze_einzeln * where(stkl == 3, 2, 1)


@rule(law=SOLI, unit="euro/jahr", since="2024-01-01")
def jahressoli(zuschlagsbemessung: Money, soli_freigrenze: Money, soli_satz: Rate, soli_milderung: Rate) -> Money:
    """Solidaritätszuschlag des Jahres

    Mit Milderungszone. Im Plan SOLZJ.
    """
    return zuschlag(zuschlagsbemessung, soli_freigrenze, soli_satz, soli_milderung)


@rule(law=ABS2, unit="euro", since="2025-01-01")
def lohnsteuer_zeitraum(jahreslohnsteuer: Money, zeitraumanteil: Rate) -> Money:
    """Lohnsteuer des Zeitraums vor Verrechnung

    Im Plan LSTLZZ.
    """
    return floor_cent(jahreslohnsteuer * zeitraumanteil)


@rule(law=SOLI, unit="euro", since="2025-01-01")
def soli_zeitraum(jahressoli: Money, zeitraumanteil: Rate) -> Money:
    """Solidaritätszuschlag des Zeitraums vor Verrechnung

    Im Plan SOLZLZZ.
    """
    return floor_cent(jahressoli * zeitraumanteil)


@rule(law=KIRCHE, unit="euro", since="2025-01-01")
def kirchenbemessung_zeitraum(r: Count, zuschlagsbemessung: Money, zeitraumanteil: Rate) -> Money:
    """Bemessung der Kirchensteuer des Zeitraums vor Verrechnung

    Im Plan BK.
    """
    return where(r > 0, floor_cent(zuschlagsbemessung * zeitraumanteil), 0)


@rule(law=ABS3, unit="euro", since="2024-01-01", when="zu_rechnen__mit_einmal")
def steuer_sonstige_roh(jahressteuer__mit_einmal: Money, jahressteuer__ohne_einmal: Money, steuerfaktor: Rate) -> Money:
    """Steuer auf sonstige Bezüge vor Verrechnung

    In vollen Euro, auch unter 0. Im Plan STS.
    """
    return floor_euro((jahressteuer__mit_einmal - jahressteuer__ohne_einmal) * steuerfaktor)


@rule(law="§ 39b Abs. 3 EStG, § 19a EStG", unit="euro", since="2024-01-01", when="zu_rechnen__mit_einmal")
def verrechnung(steuer_sonstige_roh: Money, mbv: Money) -> Money:
    """Verrechnung mit Vermögensbeteiligungen

    Negative Steuer aus nicht besteuerten Vorteilen mindert die laufende Steuer. Im Plan STSMIN.
    """
    return where(mbv == 0, 0, minimum(steuer_sonstige_roh, 0))


@rule(law=ABS2, unit="euro", since="2024-01-01")
def lstlzz(lohnsteuer_zeitraum: Money, verrechnung: Money) -> Money:
    """Einzubehaltende Lohnsteuer des Zeitraums

    Im Plan LSTLZZ.
    """
    return maximum(lohnsteuer_zeitraum + verrechnung, 0)


@rule(law=SOLI, unit="euro", since="2024-01-01")
def solzlzz(soli_zeitraum: Money, verrechnung: Money, soli_satz: Rate) -> Money:
    """Einzubehaltender Solidaritätszuschlag des Zeitraums

    Im Plan SOLZLZZ.
    """
    summe: Exact = soli_zeitraum + verrechnung * soli_satz
    return maximum(floor_cent(summe), 0)


@rule(law=KIRCHE, unit="euro", since="2024-01-01")
def bk(kirchenbemessung_zeitraum: Money, verrechnung: Money) -> Money:
    """Bemessung der Kirchenlohnsteuer des Zeitraums

    Im Plan BK.
    """
    return maximum(kirchenbemessung_zeitraum + verrechnung, 0)


@rule(law=ABS3, unit="euro", since="2024-01-01", when="zu_rechnen__mit_einmal")
def sts(steuer_sonstige_roh: Money) -> Money:
    """Lohnsteuer auf sonstige Bezüge

    Im Plan STS.
    """
    return maximum(steuer_sonstige_roh, 0)


@rule(law="§ 3 Abs. 4a SolzG", unit="ja/nein", since="2024-01-01", name="zu_rechnen", passes=("soli",))
def zu_rechnen_soli(sts: Money) -> Condition:
    """Solidaritätszuschlag auf sonstige Bezüge ist zu prüfen"""
    return sts > 0


@rule(law="§ 3 Abs. 4a SolzG", unit="euro", since="2024-01-01", when="zu_rechnen__soli")
def solzs(
        sts: Money, jahressteuer__soli: Money, steuerfaktor: Rate, soli_freigrenze: Money, soli_satz: Rate) -> Money:
    """Solidaritätszuschlag auf sonstige Bezüge

    Voll, sobald die Freigrenze überschritten ist. Im Plan SOLZS.
    """
    return where(floor_euro(jahressteuer__soli * steuerfaktor) > soli_freigrenze, floor_cent(sts * soli_satz), 0)


@rule(law=KIRCHE, unit="euro", since="2024-01-01", when="zu_rechnen__mit_einmal")
def bks(r: Count, sts: Money) -> Money:
    """Bemessung der Kirchenlohnsteuer auf sonstige Bezüge

    Im Plan BKS.
    """
    return where(r > 0, sts, 0)
