"""Board and lodging at the official values of the Sozialversicherungsentgeltverordnung, for tax and contributions."""

from payroll.law.engine import (
    Condition,
    Count,
    Days,
    Exact,
    Lookup,
    Money,
    Rate,
    counted,
    euro,
    half_up,
    maximum,
    minimum,
    rule,
    sum_of,
    where,
)
from payroll.law.rules.nebenleistungen.gueltigkeit import BEGINN, LETZTER_TAG_SVEV, OHNE_SVEV_AB, refuse

FRUEHSTUECK, MITTAG, ABEND = Count(0), Count(1), Count(2)
KEIN_WERT = "für dieses Jahr sind keine Sachbezugswerte hinterlegt; nach der Verordnung ergänzen"


@rule(law="§ 2 Abs. 1 und 6 SvEV", unit="euro/monat", since=BEGINN, until=LETZTER_TAG_SVEV)
def nl_mahlzeiten_wert(nl_fruehstuecke: Count, nl_mittagessen: Count, nl_abendessen: Count,
                       sachbezug_verpflegung: Lookup) -> Money:
    """Wert der einzelnen Mahlzeiten des Monats"""
    refuse((nl_fruehstuecke < 0) | (nl_mittagessen < 0) | (nl_abendessen < 0), "Zahl der Mahlzeiten unter null")
    breakfast, lunch, dinner = (half_up(sachbezug_verpflegung[meal] / 30) for meal in (FRUEHSTUECK, MITTAG, ABEND))
    total: Money = breakfast * nl_fruehstuecke + lunch * nl_mittagessen + dinner * nl_abendessen
    return total


@rule(law="§ 2 Abs. 1 SvEV", unit="euro/monat", since=OHNE_SVEV_AB, name="nl_mahlzeiten_wert")
def nl_mahlzeiten_wert_unbekannt(nl_fruehstuecke: Count, nl_mittagessen: Count, nl_abendessen: Count) -> Money:
    """Wert der einzelnen Mahlzeiten: für dieses Jahr nicht bekannt"""
    refuse(sum_of(nl_fruehstuecke, nl_mittagessen, nl_abendessen) != 0, KEIN_WERT)
    return euro(0)


@rule(law="R 8.1 Abs. 7 LStR", unit="euro/monat", since=BEGINN)
def nl_mahlzeiten(nl_mahlzeiten_wert: Money, nl_mahlzeiten_zuzahlung: Money) -> Money:
    """Geldwerter Vorteil aus Mahlzeiten nach Zuzahlung"""
    benefit: Money = maximum(nl_mahlzeiten_wert - nl_mahlzeiten_zuzahlung, euro(0))
    return benefit


@rule(law="§ 2 Abs. 1 und 6 SvEV", unit="euro/monat", since=BEGINN, until=LETZTER_TAG_SVEV)
def nl_freie_verpflegung(nl_freies_fruehstueck: Condition, nl_freies_mittagessen: Condition,
                         nl_freies_abendessen: Condition, teilmonat: Condition, tage: Days,
                         sachbezug_verpflegung: Lookup) -> Money:
    """Freie Verpflegung: Monatswert, im Teilmonat ein Dreißigstel je Tag"""
    month: Exact = sum_of(sachbezug_verpflegung[FRUEHSTUECK] * counted(nl_freies_fruehstueck),
                          sachbezug_verpflegung[MITTAG] * counted(nl_freies_mittagessen),
                          sachbezug_verpflegung[ABEND] * counted(nl_freies_abendessen))
    amount: Money = where(teilmonat, half_up(month / 30) * tage, half_up(month))
    return amount


@rule(law="§ 2 Abs. 1 SvEV", unit="euro/monat", since=OHNE_SVEV_AB, name="nl_freie_verpflegung")
def nl_freie_verpflegung_unbekannt(nl_freies_fruehstueck: Condition, nl_freies_mittagessen: Condition,
                                   nl_freies_abendessen: Condition) -> Money:
    """Freie Verpflegung: für dieses Jahr nicht bekannt"""
    refuse(nl_freies_fruehstueck | nl_freies_mittagessen | nl_freies_abendessen, KEIN_WERT)
    return euro(0)


@rule(law="§ 2 Abs. 3 Satz 2 SvEV", unit="anteil", since=BEGINN)
def nl_unterkunft_abschlag(nl_unterkunft_gemeinschaft: Condition, nl_unterkunft_jugend: Condition,
                           nl_unterkunft_belegung: Count, sachbezug_unterkunft_abschlag_haushalt: Rate,
                           sachbezug_unterkunft_abschlag_jugend: Rate,
                           sachbezug_unterkunft_abschlag_belegung: Lookup) -> Rate:
    """Abschläge von der Unterkunft, in Prozentpunkten zusammengezählt"""
    refuse(nl_unterkunft_belegung < 1, "Belegung der Unterkunft unter einer Person")
    total: Rate = sum_of(sachbezug_unterkunft_abschlag_haushalt * counted(nl_unterkunft_gemeinschaft),
                         sachbezug_unterkunft_abschlag_jugend * counted(nl_unterkunft_jugend),
                         sachbezug_unterkunft_abschlag_belegung[nl_unterkunft_belegung])
    return total


@rule(law="§ 2 Abs. 3 und 6 SvEV", unit="euro/monat", since=BEGINN, until=LETZTER_TAG_SVEV, when="nl_unterkunft")
def nl_unterkunft_wert(sachbezug_unterkunft: Money, nl_unterkunft_abschlag: Rate, teilmonat: Condition,
                       tage: Days) -> Money:
    """Wert der freien Unterkunft"""
    month: Exact = sachbezug_unterkunft - sachbezug_unterkunft * nl_unterkunft_abschlag
    amount: Money = where(teilmonat, half_up(month / 30) * tage, half_up(month))
    return amount


@rule(law="§ 2 Abs. 3 SvEV", unit="euro/monat", since=OHNE_SVEV_AB, when="nl_unterkunft", name="nl_unterkunft_wert")
def nl_unterkunft_wert_unbekannt(nl_unterkunft: Condition) -> Money:
    """Wert der freien Unterkunft: für dieses Jahr nicht bekannt"""
    refuse(nl_unterkunft, KEIN_WERT)
    return euro(0)


@rule(law="§ 2 Abs. 4 SvEV", unit="euro/monat", since=BEGINN, until=LETZTER_TAG_SVEV)
def nl_wohnung_pauschal(nl_wohnung_qm: Rate, nl_wohnung_einfach: Condition, sachbezug_wohnung_qm: Lookup,
                        teilmonat: Condition, tage: Days) -> Money:
    """Wert der Wohnung nach Quadratmetern"""
    refuse(nl_wohnung_qm < 0, "Wohnfläche unter null")
    month: Exact = sachbezug_wohnung_qm[counted(nl_wohnung_einfach)] * nl_wohnung_qm
    amount: Money = where(teilmonat, half_up(month / 30) * tage, half_up(month))
    return amount


@rule(law="§ 2 Abs. 4 SvEV", unit="euro/monat", since=OHNE_SVEV_AB, name="nl_wohnung_pauschal")
def nl_wohnung_pauschal_unbekannt(nl_wohnung_qm: Rate) -> Money:
    """Wert der Wohnung nach Quadratmetern: für dieses Jahr nicht bekannt"""
    refuse(nl_wohnung_qm != 0, KEIN_WERT)
    return euro(0)


@rule(law="§ 8 Abs. 2 EStG, § 2 Abs. 3 und 4 SvEV", unit="euro/monat", since=BEGINN)
def nl_wohnen(nl_unterkunft_wert: Money, nl_wohnung_pauschal: Money, nl_wohnung_wert: Money,
              nl_unterkunft_zuzahlung: Money) -> Money:
    """Geldwerter Vorteil aus Unterkunft und Wohnung nach Zuzahlung"""
    value = nl_unterkunft_wert + nl_wohnung_pauschal + nl_wohnung_wert
    benefit: Money = value - minimum(maximum(nl_unterkunft_zuzahlung, euro(0)), value)
    return benefit
