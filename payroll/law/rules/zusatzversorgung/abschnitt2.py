"""Capital-funded section: the employer's contribution, free of tax up to 8 % and of insurance up to 4 % a year."""

from payroll.law.engine import (
    Condition,
    Count,
    Exact,
    Input,
    Money,
    Rate,
    euro,
    half_up,
    maximum,
    minimum,
    rule,
)

INPUTS = (
    Input("zv2_beitrag_satz", "Rate", "anteil", "Beitragssatz im kapitalgedeckten Abrechnungsverband", default=0,
          den=1_000_000),
    Input("zv2_steuerfrei_bisher", "Money", "euro/jahr", "im Jahr schon steuerfreie Beiträge", default=0),
    Input("zv2_sv_frei_bisher", "Money", "euro/jahr", "im Jahr schon beitragsfreie Beiträge", default=0),
    Input("umwandlung_sv_frei_bisher", "Money", "euro/jahr", "im Jahr schon beitragsfreie Beiträge nach § 3 Nr. 63",
          default=0),
)


@rule(law="§ 3 Nr. 63 Satz 1 EStG", unit="ja/nein", since="2024-01-01")
def zv2_erstes_dienstverhaeltnis(steuerklasse: Count, zv_pflichtig: Condition) -> Condition:
    """Begünstigter Beitrag (erstes Dienstverhältnis)"""
    return (steuerklasse != 6) & zv_pflichtig


@rule(law="§ 18 ATV-K", unit="euro/monat", since="2024-01-01")
def zv2_beitrag(zv_entgelt: Money, zv2_beitrag_satz: Rate) -> Money:
    """Beitrag des Arbeitgebers"""
    return half_up(zv_entgelt * zv2_beitrag_satz)


@rule(law="§ 3 Nr. 63 Satz 1 EStG", unit="euro/monat", since="2024-01-01", when="zv2_erstes_dienstverhaeltnis")
def zv2_steuerfrei(zv2_beitrag: Money, sv_bbg_rv_jahr: Money, zv_nr63_steuerfrei_satz: Rate,
                   zv2_steuerfrei_bisher: Money, umwandlung_steuerfrei_bisher: Money) -> Money:
    """Steuerfreier Beitrag, bis der Jahresbetrag verbraucht ist; Entgeltumwandlung teilt ihn"""
    limit: Exact = sv_bbg_rv_jahr * zv_nr63_steuerfrei_satz
    free: Money = minimum(zv2_beitrag, maximum(half_up(limit) - zv2_steuerfrei_bisher
                                               - umwandlung_steuerfrei_bisher, euro(0)))
    return free


@rule(law="§ 19 Abs. 1 Satz 1 Nr. 3 EStG", unit="euro/monat", since="2024-01-01")
def zv2_steuerpflichtig(zv2_beitrag: Money, zv2_steuerfrei: Money) -> Money:
    """Individuell versteuerter Beitrag"""
    return zv2_beitrag - zv2_steuerfrei


@rule(law="§ 1 Abs. 1 Satz 1 Nr. 9 SvEV", unit="euro/monat", since="2024-01-01")
def zv2_sv_frei(zv2_steuerfrei: Money, sv_bbg_rv_jahr: Money, zv_nr63_sv_frei_satz: Rate,
                zv2_sv_frei_bisher: Money, umwandlung_sv_frei_bisher: Money) -> Money:
    """Beitragsfreier Teil, bis der Jahresbetrag verbraucht ist; Entgeltumwandlung teilt ihn"""
    limit: Exact = sv_bbg_rv_jahr * zv_nr63_sv_frei_satz
    free: Money = minimum(zv2_steuerfrei, maximum(half_up(limit) - zv2_sv_frei_bisher
                                                   - umwandlung_sv_frei_bisher, euro(0)))
    return free


@rule(law="§ 14 Abs. 1 SGB IV", unit="euro/monat", since="2024-01-01")
def zv2_sv_pflichtig(zv2_beitrag: Money, zv2_sv_frei: Money) -> Money:
    """In der Sozialversicherung beitragspflichtiger Teil"""
    return zv2_beitrag - zv2_sv_frei
