"""How the Umlage raises the pay for social insurance (§ 1 Abs. 1 Satz 1 Nr. 4a, Satz 3 und 4 SvEV)."""

from typing import cast

from payroll.law.engine import Exact, Money, Rate, euro, half_up, maximum, minimum, ratio, rule, where


@rule(law="§ 1 Abs. 1 Satz 3 SvEV", unit="euro/monat", since="2024-01-01", when="zv_pflichtig")
def zv_hinzurechnung_basis(zv_entgelt: Money, zv_umlage: Money, zv_steuerfrei: Money, zv_pauschal: Money,
                           zv_umlage_satz: Rate, svev_schwelle_monat: Money) -> Money:
    """Ausgangsentgelt der Hinzurechnung"""
    favoured = zv_steuerfrei + zv_pauschal
    whole = (favoured == zv_umlage) & (favoured <= svev_schwelle_monat)
    below: Exact = minimum(favoured, svev_schwelle_monat)
    back = half_up(cast(Exact, ratio(below, zv_umlage_satz, if_zero=0)))
    base: Money = where(whole, zv_entgelt, back)
    return base


@rule(law="§ 1 Abs. 1 Satz 1 Nr. 4a, Satz 3 und 4 SvEV", unit="euro/monat", since="2024-01-01", when="zv_pflichtig")
def zv_hinzurechnung(zv_hinzurechnung_basis: Money, zv_steuerfrei: Money, zv_pauschal: Money, zv_individuell: Money,
                     svev_satz: Rate, svev_abzug_monat: Money, svev_schwelle_monat: Money) -> Money:
    """Hinzurechnung aus der Umlage"""
    favoured = zv_steuerfrei + zv_pauschal
    lump = maximum(half_up(zv_hinzurechnung_basis * svev_satz) - svev_abzug_monat, euro(0))
    beyond = maximum(favoured - svev_schwelle_monat, euro(0))
    added: Money = where(favoured > euro(0), lump + beyond, euro(0)) + zv_individuell
    return added
