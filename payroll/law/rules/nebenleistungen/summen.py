"""What the benefits add to total gross, to taxed pay and to contributory pay."""

from payroll.law.engine import Condition, Money, euro, rule, sum_of, where
from payroll.law.rules.nebenleistungen.gueltigkeit import BEGINN


@rule(law="§ 3 Nr. 37 EStG", unit="euro/monat", since=BEGINN)
def nl_dienstrad_steuerpflichtig(nl_dienstrad: Money, nl_dienstrad_zusaetzlich: Condition) -> Money:
    """Zu versteuerndes Dienstrad (zusätzlich zum Entgelt überlassen ist es steuerfrei)"""
    taxed: Money = where(nl_dienstrad_zusaetzlich, euro(0), nl_dienstrad)
    return taxed


@rule(law="§ 3 Nr. 15, 37, § 8 Abs. 2 Satz 11 EStG", unit="euro/monat", since=BEGINN)
def nl_sachlohn_steuerfrei(nl_jobticket_steuerfrei: Money, nl_dienstrad: Money, nl_dienstrad_steuerpflichtig: Money,
                           nl_sachbezuege_freigrenze: Money, nl_ueber_freigrenze: Money) -> Money:
    """Steuer- und beitragsfreie Sachbezüge, nicht im Gesamtbrutto"""
    return (nl_jobticket_steuerfrei + nl_dienstrad - nl_dienstrad_steuerpflichtig + nl_sachbezuege_freigrenze
            - nl_ueber_freigrenze)


@rule(law="§ 1 Abs. 1 Satz 1 Nr. 3 SvEV", unit="euro/monat", since=BEGINN)
def nl_sach_pauschal(nl_mahlzeiten_pauschal_betrag: Money, nl_arbeitsweg_pauschal_sach: Money,
                     nl_jobticket_pauschal: Money, nl_pauschal_25_sach: Money) -> Money:
    """Nach § 40 Abs. 2 pauschal versteuerte Sachbezüge, beitragsfrei"""
    return nl_mahlzeiten_pauschal_betrag + nl_arbeitsweg_pauschal_sach + nl_jobticket_pauschal + nl_pauschal_25_sach


@rule(law="§ 8 Abs. 2 EStG", unit="euro/monat", since=BEGINN)
def nl_sach_individuell(nl_mahlzeiten: Money, nl_freie_verpflegung: Money, nl_wohnen: Money, nl_dienstwagen: Money,
                        nl_jobticket_vorteil: Money, nl_jobticket_steuerfrei: Money,
                        nl_dienstrad_steuerpflichtig: Money, nl_ueber_freigrenze: Money,
                        nl_sachbezug_individuell: Money, nl_mahlzeiten_pauschal_betrag: Money,
                        nl_arbeitsweg_pauschal_sach: Money, nl_jobticket_pauschal: Money) -> Money:
    """Individuell versteuerte Sachbezüge"""
    benefits: Money = sum_of(nl_mahlzeiten, nl_freie_verpflegung, nl_wohnen, nl_dienstwagen, nl_jobticket_vorteil,
                             nl_dienstrad_steuerpflichtig, nl_ueber_freigrenze, nl_sachbezug_individuell)
    return (benefits - nl_jobticket_steuerfrei - nl_mahlzeiten_pauschal_betrag - nl_arbeitsweg_pauschal_sach
            - nl_jobticket_pauschal)


@rule(law="§ 1 Abs. 3 Nr. 1 EBV", unit="euro/monat", since=BEGINN)
def nl_sachbezuege(nl_sach_individuell: Money, nl_sach_pauschal: Money, nl_pauschal_37b: Money) -> Money:
    """Sachbezüge im Gesamtbrutto; sie werden nicht ausgezahlt"""
    return nl_sach_individuell + nl_sach_pauschal + nl_pauschal_37b


@rule(law="§ 1 Abs. 3 Nr. 1 EBV", unit="euro/monat", since=BEGINN)
def nl_geldleistungen(nl_fahrtkostenzuschuss: Money, nl_pauschal_25_geld: Money) -> Money:
    """Nebenleistungen in Geld im Gesamtbrutto"""
    return nl_fahrtkostenzuschuss + nl_pauschal_25_geld


@rule(law="§ 39b Abs. 2, § 40 Abs. 2 EStG", unit="euro/monat", since=BEGINN)
def nl_steuerpflichtig(nl_sach_individuell: Money, nl_fahrtkostenzuschuss: Money,
                       nl_arbeitsweg_pauschal_geld: Money) -> Money:
    """Individuell zu versteuernde Nebenleistungen"""
    return nl_sach_individuell + nl_fahrtkostenzuschuss - nl_arbeitsweg_pauschal_geld


@rule(law="§ 14 SGB IV, § 1 Abs. 1 Satz 1 Nr. 3 SvEV", unit="euro/monat", since=BEGINN)
def nl_sv_pflichtig(nl_steuerpflichtig: Money, nl_pauschal_37b: Money) -> Money:
    """Beitragspflichtige Nebenleistungen (Sachzuwendungen nach § 37b an eigene Beschäftigte zählen)"""
    return nl_steuerpflichtig + nl_pauschal_37b
