"""Company car, ways to work, ticket, company bicycle, the monthly limit for small benefits in kind."""

from payroll.law.engine import (
    Choice,
    Condition,
    Count,
    Days,
    Exact,
    Lookup,
    Money,
    Rate,
    counted,
    cut_decimals,
    euro,
    floor_cent,
    half_up,
    maximum,
    minimum,
    rule,
    where,
)
from payroll.law.rules.nebenleistungen.gueltigkeit import BEGINN, refuse

LETZTE_ALTE_ANSCHAFFUNG = Count(20250630)
ERSTE_BELEGTE_ANSCHAFFUNG = Count(20240101)
R_8_1 = "R 8.1 Abs. 9 LStR"


def volle_hundert(price: Exact) -> Money:
    """An amount cut to full 100 euro."""
    hundreds: Exact = cut_decimals(price / 100, 0)
    return floor_cent(hundreds * 100)


@rule(law=f"§ 6 Abs. 1 Nr. 4 EStG, {R_8_1}", unit="euro", since=BEGINN)
def nl_dienstwagen_basis(nl_listenpreis: Money, nl_dienstwagen_ansatz: Choice, nl_anschaffung: Count,
                         dienstwagen_ansatz: Lookup, dienstwagen_elektro_grenze: Lookup) -> Money:
    """Listenpreis im Ansatz, auf volle 100 Euro abgerundet"""
    refuse(nl_listenpreis < 0, "Listenpreis unter null")
    quarter = nl_dienstwagen_ansatz.ist("viertel") & (nl_listenpreis > 0)
    refuse(quarter & (nl_anschaffung < ERSTE_BELEGTE_ANSCHAFFUNG),
           "Viertelansatz ohne Anschaffungstag oder mit Anschaffung vor 2024: die Preisgrenze ist nicht hinterlegt")
    limit: Money = dienstwagen_elektro_grenze[counted(nl_anschaffung > LETZTE_ALTE_ANSCHAFFUNG)]
    refuse(quarter & (nl_listenpreis > limit), "Listenpreis über der Grenze des Viertelansatzes; Ansatz halb wählen")
    share: Rate = dienstwagen_ansatz[nl_dienstwagen_ansatz]
    return volle_hundert(nl_listenpreis * share)


@rule(law="§ 8 Abs. 2 Satz 3 EStG", unit="euro/monat", since=BEGINN)
def nl_arbeitsweg_wert(nl_dienstwagen_basis: Money, nl_arbeitsweg_dienstwagen: Condition, nl_entfernung_km: Count,
                       dienstwagen_arbeitsweg: Rate) -> Money:
    """Arbeitsweg mit dem Dienstwagen"""
    refuse(nl_entfernung_km < 0, "Entfernung unter null")
    return half_up(nl_dienstwagen_basis * dienstwagen_arbeitsweg * nl_entfernung_km
                   * counted(nl_arbeitsweg_dienstwagen))


@rule(law="§ 8 Abs. 2 Satz 2 bis 5 EStG", unit="euro/monat", since=BEGINN)
def nl_dienstwagen(nl_dienstwagen_basis: Money, dienstwagen_privat: Rate, nl_arbeitsweg_wert: Money,
                   nl_dienstwagen_zuzahlung: Money) -> Money:
    """Geldwerter Vorteil aus dem Dienstwagen nach Zuzahlung"""
    value = half_up(nl_dienstwagen_basis * dienstwagen_privat) + nl_arbeitsweg_wert
    benefit: Money = maximum(value - nl_dienstwagen_zuzahlung, euro(0))
    return benefit


@rule(law="§ 40 Abs. 2 Satz 2 Nr. 1 EStG", unit="euro/monat", since=BEGINN, when="nl_arbeitsweg_pauschal")
def nl_arbeitsweg_hoechstbetrag(nl_entfernung_km: Count, nl_arbeitstage: Count, arbeitstage_ohne_nachweis: Days,
                                entfernungspauschale_nah: Money, entfernungspauschale_fern: Money) -> Money:
    """Höchstens pauschal zu versteuern: Entfernungspauschale der Tage"""
    near, far = minimum(nl_entfernung_km, 20), maximum(nl_entfernung_km - 20, 0)
    days: Count = where(nl_arbeitstage > 0, nl_arbeitstage, arbeitstage_ohne_nachweis)
    limit: Money = (entfernungspauschale_nah * near + entfernungspauschale_fern * far) * days
    return limit


@rule(law="§ 40 Abs. 2 Satz 2 Nr. 1 EStG", unit="euro/monat", since=BEGINN, when="nl_arbeitsweg_pauschal")
def nl_arbeitsweg_pauschal_sach(nl_arbeitsweg_wert: Money, nl_dienstwagen: Money,
                                nl_arbeitsweg_hoechstbetrag: Money) -> Money:
    """Pauschal versteuerter Arbeitsweg mit dem Dienstwagen"""
    part: Money = minimum(nl_arbeitsweg_wert, nl_dienstwagen, nl_arbeitsweg_hoechstbetrag)
    return part


@rule(law="§ 40 Abs. 2 Satz 2 Nr. 1 EStG", unit="euro/monat", since=BEGINN, when="nl_arbeitsweg_pauschal")
def nl_arbeitsweg_pauschal_geld(nl_fahrtkostenzuschuss: Money, nl_arbeitsweg_hoechstbetrag: Money,
                                nl_arbeitsweg_pauschal_sach: Money) -> Money:
    """Pauschal versteuerter Fahrtkostenzuschuss"""
    part: Money = minimum(nl_fahrtkostenzuschuss, nl_arbeitsweg_hoechstbetrag - nl_arbeitsweg_pauschal_sach)
    return part


@rule(law="§ 41b Abs. 1 Satz 2 Nr. 7 EStG", unit="euro/monat", since=BEGINN)
def nl_arbeitsweg_pauschal_betrag(nl_arbeitsweg_pauschal_sach: Money, nl_arbeitsweg_pauschal_geld: Money) -> Money:
    """Mit 15 % versteuerte Leistungen für den Arbeitsweg (Lohnsteuerbescheinigung Nr. 18)"""
    return nl_arbeitsweg_pauschal_sach + nl_arbeitsweg_pauschal_geld


@rule(law="§ 8 Abs. 2 Satz 1 EStG", unit="euro/monat", since=BEGINN)
def nl_jobticket_vorteil(nl_jobticket: Money, nl_jobticket_eigenanteil: Money) -> Money:
    """Vorteil aus der Fahrberechtigung nach Eigenanteil"""
    benefit: Money = maximum(nl_jobticket - nl_jobticket_eigenanteil, euro(0))
    return benefit


@rule(law="§ 3 Nr. 15 EStG", unit="euro/monat", since=BEGINN)
def nl_jobticket_steuerfrei(nl_jobticket_vorteil: Money, nl_jobticket_art: Choice) -> Money:
    """Steuerfreie Fahrberechtigung (Lohnsteuerbescheinigung Nr. 17)"""
    free: Money = where(nl_jobticket_art.ist("steuerfrei"), nl_jobticket_vorteil, euro(0))
    return free


@rule(law="§ 40 Abs. 2 Satz 2 Nr. 2 EStG", unit="euro/monat", since=BEGINN)
def nl_jobticket_pauschal(nl_jobticket_vorteil: Money, nl_jobticket_art: Choice) -> Money:
    """Pauschal versteuerte Fahrberechtigung"""
    flat: Money = where(nl_jobticket_art.ist("pauschal"), nl_jobticket_vorteil, euro(0))
    return flat


@rule(law=f"§ 8 Abs. 2 Satz 10 EStG, {R_8_1}", unit="euro/monat", since=BEGINN)
def nl_dienstrad(nl_dienstrad_listenpreis: Money, dienstrad_ansatz: Rate, dienstwagen_privat: Rate) -> Money:
    """Geldwerter Vorteil aus dem Dienstrad"""
    refuse(nl_dienstrad_listenpreis < 0, "Listenpreis unter null")
    return half_up(volle_hundert(nl_dienstrad_listenpreis * dienstrad_ansatz) * dienstwagen_privat)


@rule(law="§ 8 Abs. 2 Satz 11 EStG", unit="euro/monat", since=BEGINN)
def nl_ueber_freigrenze(nl_sachbezuege_freigrenze: Money, sachbezug_freigrenze: Money) -> Money:
    """Sachbezüge über der Freigrenze, dann ganz"""
    taxed: Money = where(nl_sachbezuege_freigrenze > sachbezug_freigrenze, nl_sachbezuege_freigrenze, euro(0))
    return taxed
