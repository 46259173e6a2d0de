"""Rates of an hour that the employer enters itself because no source states them for all."""

from payroll.law.engine import Choice, Input, Money, Rate, cent, choose, half_up, rate, rule, where

LOHNARTEN = ("1308", "1309", "1311", "1400", "1401", "1402")
INPUTS = (Input("satz_lohnart", "Choice", "auswahl", "Lohnart mit hinterlegtem Stundensatz", default=0,
                names=LOHNARTEN),)


@rule(law="§§ 8, 9, 19 TVöD, § 8.1 TVöD-BT-K", unit="euro/stunde", since="2018-01-01")
def stundensatz_betrag(satz_lohnart: Choice, stundensatz_1308: Money, stundensatz_1309: Money, stundensatz_1311: Money,
                       stundensatz_1400: Money, stundensatz_1401: Money, stundensatz_1402: Money) -> Money:
    """Betrag einer Stunde, den der Arbeitgeber hinterlegt hat"""
    amount: Money = choose(
        (satz_lohnart.ist("1308"), stundensatz_1308), (satz_lohnart.ist("1309"), stundensatz_1309),
        (satz_lohnart.ist("1311"), stundensatz_1311), (satz_lohnart.ist("1400"), stundensatz_1400),
        (satz_lohnart.ist("1401"), stundensatz_1401), otherwise=stundensatz_1402)
    return amount


@rule(law="§§ 8, 9 TVöD, § 8.1 TVöD-BT-K", unit="anteil", since="2018-01-01")
def stundensatz_anteil(satz_lohnart: Choice, stundensatz_1308_anteil: Rate, stundensatz_1309_anteil: Rate,
                       stundensatz_1311_anteil: Rate) -> Rate:
    """Anteil des eigenen Stundenentgelts, den der Arbeitgeber hinterlegt hat"""
    share: Rate = choose(
        (satz_lohnart.ist("1308"), stundensatz_1308_anteil), (satz_lohnart.ist("1309"), stundensatz_1309_anteil),
        (satz_lohnart.ist("1311"), stundensatz_1311_anteil), otherwise=rate(0))
    return share


@rule(law="§ 24 Abs. 4 TVöD", unit="euro/stunde", since="2018-01-01")
def stundensatz_hinterlegt(stundensatz_betrag: Money, stundensatz_anteil: Rate, stundenentgelt: Money) -> Money:
    """Satz einer Stunde nach der Festlegung des Arbeitgebers; ein Betrag geht einem Anteil vor"""
    share = half_up(stundenentgelt * stundensatz_anteil)
    amount: Money = where(stundensatz_betrag > cent(0), stundensatz_betrag, share)
    return amount
