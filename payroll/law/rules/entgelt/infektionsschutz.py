"""Compensation under the Infection Protection Act (§ 56 IfSG): loss of net pay, six weeks in full, then two thirds.

The loss is the difference of net pay with and without the pay of the days (§ 56 Abs. 3, § 106 SGB III). It is taken
from the real deductions of the person; the rounded table amounts of § 106 SGB III are the other reading, and no
authority has confirmed either. The compensation is free of tax (§ 3 Nr. 25 EStG), counts for the rate of other income
(§ 32b EStG) and stands in line 15 of the wage-tax certificate.
"""

from payroll.law.engine import Days, Input, Money, Rate, euro, half_up, maximum, minimum, rule

INPUTS = (
    Input("entgelt_voller_monat", "Money", "euro/monat", "festes Entgelt eines vollen Monats", default=0),
    Input("ifsg_unstaendig", "Money", "euro/monat", "Tagesdurchschnitt der unständigen Bezüge dieser Tage", default=0),
    Input("ifsg_tage", "Days", "tage", "Kalendertage mit Entschädigung (§ 56 IfSG)", default=0),
    Input("ifsg_netto_soll", "Money", "euro/monat", "Nettoentgelt mit dem Entgelt dieser Tage", default=0),
    Input("ifsg_netto_ist", "Money", "euro/monat", "Nettoentgelt ohne das Entgelt dieser Tage", default=0),
)


@rule(law="§ 56 Abs. 3 IfSG, §§ 21, 24 Abs. 3 TVöD", unit="euro/monat", since="2024-01-01")
def ifsg_ausgefallenes_entgelt(entgelt_voller_monat: Money, ifsg_tage: Days, kalendertage_im_monat: Days,
                               ifsg_unstaendig: Money) -> Money:
    """Arbeitsentgelt, das an den Tagen mit Entschädigung ausfällt; Zuschläge mit ihrem Tagesdurchschnitt"""
    return half_up(entgelt_voller_monat * ifsg_tage / kalendertage_im_monat) + ifsg_unstaendig


@rule(law="§ 56 Abs. 3 IfSG, § 106 SGB III", unit="euro/monat", since="2024-01-01")
def ifsg_verdienstausfall(ifsg_netto_soll: Money, ifsg_netto_ist: Money) -> Money:
    """Verdienstausfall: Unterschied der Nettoentgelte"""
    loss: Money = maximum(ifsg_netto_soll - ifsg_netto_ist, euro(0))
    return loss


@rule(law="§ 56 Abs. 2 Satz 2, Abs. 5 IfSG, § 3 Nr. 25 EStG", unit="euro/monat", since="2024-01-01")
def ifsg_entschaedigung(ifsg_verdienstausfall: Money) -> Money:
    """Entschädigung der ersten sechs Wochen: der ganze Verdienstausfall, vom Arbeitgeber für die Behörde gezahlt"""
    return ifsg_verdienstausfall + euro(0)


@rule(law="§ 56 Abs. 2 Satz 3 IfSG", unit="euro/monat", since="2024-01-01")
def ifsg_entschaedigung_spaeter(ifsg_verdienstausfall: Money, ifsg_satz_ab_7_woche: Rate,
                                ifsg_hoechstbetrag_monat: Money, ifsg_tage: Days,
                                kalendertage_im_monat: Days) -> Money:
    """Entschädigung ab der siebten Woche, von der Behörde auf Antrag gezahlt"""
    most = half_up(ifsg_hoechstbetrag_monat * ifsg_tage / kalendertage_im_monat)
    amount: Money = minimum(half_up(ifsg_verdienstausfall * ifsg_satz_ab_7_woche), most)
    return amount
