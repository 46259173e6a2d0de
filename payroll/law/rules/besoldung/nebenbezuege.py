"""Shared family supplement, compensation, structural allowance, hours by age, subsidy in parental leave (NRW).

The compensation (§ 91b LBesG NRW) keeps the amount that was paid before the reform lowered the parts of third and
further children, and melts with rises of the supplement. Where two spouses share step 1 only its half was and is paid,
and only half of its rise comes to the person: both sides of the difference hold the half. The earlier amount is entered
with the sharing of today, so that a spouse who enters or leaves the public service is no loss to be made good.
"""

from typing import cast

from payroll.law.engine import (
    Choice,
    Condition,
    Count,
    Days,
    Input,
    Lookup,
    Money,
    Rate,
    choose,
    euro,
    half_up,
    maximum,
    rule,
    where,
)

STRUKTUR_NIEDRIG = tuple(f"NRW-A A{n}" for n in range(5, 9))
STRUKTUR_HOCH = tuple(f"NRW-A A{n}" for n in range(9, 14))

INPUTS = (
    Input("stufe_1_geteilt", "Condition", "ja/nein", "beide Eheleute erhalten die Stufe 1 im öffentlichen Dienst",
          default=0),
    Input("gemeinsam_vollzeit", "Condition", "ja/nein", "beide zusammen erreichen die volle Arbeitszeit", default=0),
    Input("familienzuschlag_frueher", "Money", "euro/monat",
          "Familienzuschlag vor der Neuregelung (Vollzeit), geteilte Stufe 1 zur Hälfte", default=0),
    Input("hat_strukturzulage", "Condition", "ja/nein", "das Eingangsamt gibt Anspruch auf die Strukturzulage",
          default=0),
    Input("lebensjahre", "Count", "anzahl", "vollendete Lebensjahre", default=0),
    Input("elternzeit_pkv", "Condition", "ja/nein", "Elternzeit mit privater Krankenversicherung", default=0),
)


def half_step_1(step_1: Money, hours: Rate, whole: Rate, together: Condition) -> Money:
    """Half of step 1, by hours unless both spouses together work full time."""
    half = half_up(step_1 / 2)
    amount: Money = where(together, half, half_up(half * hours / whole))
    return amount


@rule(law="§ 42 Abs. 4, § 17 Abs. 4 LBesG NRW", unit="euro/monat", since="2024-01-01", when="stufe_1_geteilt")
def familienzuschlag_stufe_1_haelfte(familienzuschlag_stufe_1_betrag: Money, wochenstunden: Rate,
                                     vollzeitstunden: Rate, gemeinsam_vollzeit: Condition) -> Money:
    """Halbe Stufe 1; nicht nach Teilzeit vermindert, wenn beide zusammen die volle Arbeitszeit erreichen"""
    return half_step_1(familienzuschlag_stufe_1_betrag, wochenstunden, vollzeitstunden, gemeinsam_vollzeit)


@rule(law="§ 42 Abs. 4 LBesG NRW", unit="euro/monat", since="2024-01-01", when="stufe_1_geteilt")
def familienzuschlag_geteilt(
        familienzuschlag_vollzeit: Money, familienzuschlag_stufe_1_betrag: Money, familienzuschlag_stufe_1: Condition,
        familienzuschlag_stufe_1_haelfte: Money, wochenstunden: Rate, vollzeitstunden: Rate) -> Money:
    """Familienzuschlag eines vollen Monats mit geteilter Stufe 1 nach der Arbeitszeit"""
    own = where(familienzuschlag_stufe_1, familienzuschlag_stufe_1_betrag, euro(0))
    children = half_up((familienzuschlag_vollzeit - own) * wochenstunden / vollzeitstunden)
    return children + familienzuschlag_stufe_1_haelfte


@rule(law="§ 91b LBesG NRW", unit="euro/monat", since="2024-01-01")
def ausgleichszulage_familie(
        familienzuschlag_frueher: Money, familienzuschlag_vollzeit: Money, familienzuschlag_stufe_1_betrag: Money,
        familienzuschlag_stufe_1: Condition, stufe_1_geteilt: Condition, wochenstunden: Rate, vollzeitstunden: Rate,
        tage: Days, kalendertage_im_monat: Days) -> Money:
    """Ausgleichszulage: der frühere Betrag bleibt, bis der gezahlte Familienzuschlag bei Vollzeit ihn erreicht"""
    other_half = where(familienzuschlag_stufe_1 & stufe_1_geteilt,
                       familienzuschlag_stufe_1_betrag - half_up(familienzuschlag_stufe_1_betrag / 2), euro(0))
    left = maximum(familienzuschlag_frueher - (familienzuschlag_vollzeit - other_half), euro(0))
    return half_up(half_up(left * wochenstunden / vollzeitstunden) * tage / kalendertage_im_monat)


@rule(law="§ 47 LBesG NRW", unit="euro/monat", since="2024-01-01", when="hat_strukturzulage")
def strukturzulage(entgeltgruppe: Choice, strukturzulage_betrag: Lookup, wochenstunden: Rate, vollzeitstunden: Rate,
                   tage: Days, kalendertage_im_monat: Days) -> Money:
    """Strukturzulage der Ämter A5 bis A13 nach Teilzeit und Tagen; nicht für andere Ämter"""
    amount = choose((entgeltgruppe.ist(*STRUKTUR_NIEDRIG), strukturzulage_betrag[Count(1)]),
                    (entgeltgruppe.ist(*STRUKTUR_HOCH), strukturzulage_betrag[Count(2)]), otherwise=euro(0))
    return half_up(half_up(amount * wochenstunden / vollzeitstunden) * tage / kalendertage_im_monat)


@rule(law="§ 2 AZVO NRW", unit="zahl", since="2024-01-01")
def wochenstunden_beamte(lebensjahre: Count, wochenstunden_beamte_tabelle: Lookup) -> Rate:
    """Regelmäßige Wochenstunden nach dem Alter"""
    key = choose((lebensjahre >= 60, Count(2)), (lebensjahre >= 55, Count(1)), otherwise=Count(0))
    return cast(Rate, wochenstunden_beamte_tabelle[key])


@rule(law="§ 17 FrUrlV NRW", unit="euro/monat", since="2024-01-01", when="elternzeit_pkv")
def elternzeit_pkv_zuschuss(elternzeit_pkv_zuschuss_betrag: Money, tage: Days, kalendertage_im_monat: Days) -> Money:
    """Zuschuss zur privaten Krankenversicherung in der Elternzeit, nach ihren Tagen im Monat"""
    return half_up(elternzeit_pkv_zuschuss_betrag * tage / kalendertage_im_monat)
