"""Levy U2 of a municipal employer; U1 and the insolvency levy are not owed by municipalities.

AAG section 11(1) no. 1, SGB III section 358(1) sentence 2.
"""

from __future__ import annotations

from payroll.law.engine import Condition, Count, Days, Money, Rate, cent, half_up, rule, where
from payroll.law.rules.sozialversicherung.status import BEGINN, one_of
from payroll.law.rules.sozialversicherung.uebergang import gesamt


@rule(law="§ 7 Abs. 2 AAG", unit="ja/nein", since=BEGINN)
def sv_formel_mit_einmal(sv_formel_gilt: Condition, sv_einmal_im_monat: Money) -> Condition:
    """Übergangsbereich mit Einmalzahlung"""
    return sv_formel_gilt & (sv_einmal_im_monat != 0)


@rule(law="§ 7 Abs. 2 AAG, § 20 Abs. 2a SGB IV", unit="euro", since=BEGINN, when="sv_formel_mit_einmal")
def sv_be_laufend(sv_entgelt_laufend: Money, sv_tage_formel: Days, sv_minijob_grenze_monat: Money,
                  sv_midijob_obergrenze_monat: Money, sv_faktor: Rate) -> Money:
    """BE des laufenden Entgelts"""
    return half_up(gesamt(sv_entgelt_laufend, sv_tage_formel, sv_minijob_grenze_monat, sv_midijob_obergrenze_monat,
                          sv_faktor))


@rule(law="§ 7 Abs. 2 AAG", unit="euro", since=BEGINN)
def sv_umlage_basis(personengruppe: Count, sv_laufend_rv: Money, sv_formel_gilt: Condition, be_gesamt: Money,
                    sv_formel_mit_einmal: Condition, sv_be_laufend: Money, sv_ifsg_u2_basis: Money) -> Money:
    """umlagepflichtiges Entgelt

    Current pay up to the RV ceiling, in the Midijob BE; no one-off pay.

    Nothing for civil servants (no person group) and interns insured against accidents only.
    """
    reduced = where(sv_formel_mit_einmal, sv_be_laufend, be_gesamt)
    ordinary = where(one_of(personengruppe, 0, 190), cent(0), where(sv_formel_gilt, reduced, sv_laufend_rv))
    result: Money = ordinary + sv_ifsg_u2_basis
    return result


@rule(law="§ 1 Abs. 2, § 7 AAG", unit="euro", since=BEGINN)
def u2(sv_umlage_basis: Money, u2_satz: Rate) -> Money:
    """Umlage U2"""
    return half_up(sv_umlage_basis * u2_satz)
