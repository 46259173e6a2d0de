"""Tax order of the Umlage: free (§ 3 Nr. 56), flat (§ 40b old), individual; flat tax with surcharge and church tax."""

from payroll.law.engine import (
    Choice,
    Condition,
    Count,
    Exact,
    Money,
    Rate,
    euro,
    floor_cent,
    half_up,
    maximum,
    minimum,
    rule,
    where,
)


@rule(law="§ 3 Nr. 56 EStG", unit="ja/nein", since="2024-01-01")
def zv_erstes_dienstverhaeltnis(steuerklasse: Count, zv_pflichtig: Condition) -> Condition:
    """Begünstigte Umlage (erstes Dienstverhältnis)"""
    return (steuerklasse != 6) & zv_pflichtig


@rule(law="§ 3 Nr. 56 Satz 1 EStG", unit="euro/jahr", since="2024-01-01")
def zv_steuerfrei_jahr(sv_bbg_rv_jahr: Money, zv_steuerfrei_satz: Rate) -> Exact:
    """Steuerfreier Jahresbetrag"""
    amount: Exact = sv_bbg_rv_jahr * zv_steuerfrei_satz
    return amount


@rule(law="§ 3 Nr. 56 EStG", unit="euro/monat", since="2024-01-01", when="zv_erstes_dienstverhaeltnis")
def zv_steuerfrei(zv_umlage: Money, zv_verfahren: Choice, zv_steuerfrei_jahr: Exact,
                  zv_steuerfrei_bisher: Money, umwandlung_steuerfrei: Money,
                  umwandlung_steuerfrei_bisher: Money, zv2_steuerfrei: Money,
                  zv2_steuerfrei_bisher: Money) -> Money:
    """Steuerfreie Umlage; steuerfreie Beiträge nach Nr. 63 mindern den Betrag (Satz 3)"""
    left = (half_up(zv_steuerfrei_jahr) - zv_steuerfrei_bisher - umwandlung_steuerfrei_bisher
            - zv2_steuerfrei_bisher)
    month = half_up(zv_steuerfrei_jahr / 12)
    used = umwandlung_steuerfrei + zv2_steuerfrei
    room = maximum(where(zv_verfahren.ist("aufbrauchend"), left, month) - used, euro(0))
    free: Money = minimum(zv_umlage, room)
    return free


@rule(law="§ 40b EStG in der am 31.12.2004 geltenden Fassung", unit="euro/monat", since="2024-01-01",
      when="zv_erstes_dienstverhaeltnis")
def zv_pauschal(zv_umlage: Money, zv_steuerfrei: Money, zv_pauschal_grenze: Money) -> Money:
    """Pauschal versteuerte Umlage"""
    flat: Money = minimum(zv_umlage - zv_steuerfrei, zv_pauschal_grenze)
    return flat


@rule(law="§ 19 Abs. 1 Satz 1 Nr. 3 EStG", unit="euro/monat", since="2024-01-01")
def zv_individuell(zv_umlage: Money, zv_steuerfrei: Money, zv_pauschal: Money) -> Money:
    """Individuell versteuerte Umlage"""
    return zv_umlage - zv_steuerfrei - zv_pauschal


@rule(law="§ 40b EStG in der am 31.12.2004 geltenden Fassung", unit="euro/monat", since="2024-01-01")
def zv_pauschalsteuer(zv_pauschal: Money, pauschsteuersatz_umlage: Rate) -> Money:
    """Pauschale Lohnsteuer auf die Umlage"""
    return half_up(zv_pauschal * pauschsteuersatz_umlage)


@rule(law="§ 3 Abs. 1 Nr. 4, § 4 SolZG", unit="euro/monat", since="2024-01-01")
def zv_pauschal_soli(zv_pauschalsteuer: Money, soli_satz_pauschal: Rate) -> Money:
    """Solidaritätszuschlag auf die pauschale Lohnsteuer"""
    return floor_cent(zv_pauschalsteuer * soli_satz_pauschal)


@rule(law="§ 4 KiStG NRW", unit="euro/monat", since="2024-01-01")
def zv_pauschal_kist(zv_pauschalsteuer: Money, zv_kist_verfahren: Choice, kirchensteuersatz_pauschal_nrw: Rate,
                     kirchensteuersatz_person: Rate) -> Money:
    """Kirchensteuer auf die pauschale Lohnsteuer"""
    share = where(zv_kist_verfahren.ist("vereinfacht"), kirchensteuersatz_pauschal_nrw, kirchensteuersatz_person)
    return floor_cent(zv_pauschalsteuer * share)
