"""Parts of the benefits as a payslip shows them: one line for each treatment, together what joins total gross."""

from payroll.law.engine import Money, minimum, rule
from payroll.law.rules.nebenleistungen.gueltigkeit import BEGINN

EBV = "§ 1 Abs. 2 EBV"


@rule(law="§ 8 Abs. 2 Satz 3 EStG", unit="euro/monat", since=BEGINN)
def nl_arbeitsweg_individuell(nl_arbeitsweg_wert: Money, nl_dienstwagen: Money,
                              nl_arbeitsweg_pauschal_sach: Money) -> Money:
    """Arbeitsweg mit dem Dienstwagen, individuell versteuert"""
    part: Money = minimum(nl_arbeitsweg_wert, nl_dienstwagen) - nl_arbeitsweg_pauschal_sach
    return part


@rule(law="§ 8 Abs. 2 Satz 2 EStG", unit="euro/monat", since=BEGINN)
def nl_dienstwagen_privatanteil(nl_dienstwagen: Money, nl_arbeitsweg_individuell: Money,
                                nl_arbeitsweg_pauschal_sach: Money) -> Money:
    """Private Nutzung des Dienstwagens nach Zuzahlung"""
    return nl_dienstwagen - nl_arbeitsweg_individuell - nl_arbeitsweg_pauschal_sach


@rule(law=EBV, unit="euro/monat", since=BEGINN)
def nl_jobticket_individuell(nl_jobticket_vorteil: Money, nl_jobticket_steuerfrei: Money,
                             nl_jobticket_pauschal: Money) -> Money:
    """Individuell versteuerte Fahrberechtigung"""
    return nl_jobticket_vorteil - nl_jobticket_steuerfrei - nl_jobticket_pauschal


@rule(law="§ 40 Abs. 2 Satz 2 Nr. 1 EStG", unit="euro/monat", since=BEGINN)
def nl_fahrtkosten_individuell(nl_fahrtkostenzuschuss: Money, nl_arbeitsweg_pauschal_geld: Money) -> Money:
    """Fahrtkostenzuschuss, individuell versteuert"""
    return nl_fahrtkostenzuschuss - nl_arbeitsweg_pauschal_geld


@rule(law="§ 2 Abs. 1 SvEV", unit="euro/monat", since=BEGINN)
def nl_verpflegung_individuell(nl_mahlzeiten: Money, nl_mahlzeiten_pauschal_betrag: Money,
                               nl_freie_verpflegung: Money) -> Money:
    """Verpflegung, individuell versteuert"""
    return nl_mahlzeiten - nl_mahlzeiten_pauschal_betrag + nl_freie_verpflegung


@rule(law="§ 3 Nr. 37 EStG", unit="euro/monat", since=BEGINN)
def nl_dienstrad_frei(nl_dienstrad: Money, nl_dienstrad_steuerpflichtig: Money) -> Money:
    """Steuerfreies Dienstrad"""
    return nl_dienstrad - nl_dienstrad_steuerpflichtig


@rule(law="§ 8 Abs. 2 Satz 11 EStG", unit="euro/monat", since=BEGINN)
def nl_freigrenze_frei(nl_sachbezuege_freigrenze: Money, nl_ueber_freigrenze: Money) -> Money:
    """Sachbezüge innerhalb der Freigrenze, steuerfrei"""
    return nl_sachbezuege_freigrenze - nl_ueber_freigrenze
