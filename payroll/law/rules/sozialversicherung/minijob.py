"""Minijob: lump sums of the employer, minimum base and top-up of the insured employee, flat tax."""

from __future__ import annotations

from payroll.law.engine import Condition, Count, Days, Money, Rate, cent, half_up, maximum, rule, where
from payroll.law.rules.sozialversicherung.status import BEGINN


@rule(law="§ 14 SGB IV", unit="euro", since=BEGINN, when="ist_minijob")
def sv_minijob_entgelt(sv_entgelt_laufend: Money, sv_entgelt_einmalig: Money) -> Money:
    """Arbeitsentgelt des Minijobs im Monat"""
    return sv_entgelt_laufend + sv_entgelt_einmalig


@rule(law="§ 249b SGB V", unit="anteil", since=BEGINN, until="2026-12-31", name="sv_minijob_kv_satz")
def sv_minijob_kv_satz_fest(sv_minijob_kv_pauschal: Rate) -> Rate:
    """Pauschaler KV-Satz (fester Satz bis 2026)"""
    return sv_minijob_kv_pauschal


@rule(law="§ 249b SGB V i. d. F. ab 1.1.2027", unit="anteil", since="2027-01-01", name="sv_minijob_kv_satz")
def sv_minijob_kv_satz_beweglich(sv_satz_kv_allgemein: Rate, sv_satz_kv_zusatz_durchschnitt: Rate) -> Rate:
    """Pauschaler KV-Satz: allgemeiner Satz und durchschnittlicher Zusatzbeitrag"""
    return sv_satz_kv_allgemein + sv_satz_kv_zusatz_durchschnitt


@rule(law="§ 249b SGB V", unit="euro", since=BEGINN, when="ist_minijob")
def sv_kv_pauschal(sv_minijob_entgelt: Money, sv_minijob_kv_satz: Rate, beitragsgruppe_kv: Count) -> Money:
    """Pauschalbeitrag KV"""
    result: Money = where(beitragsgruppe_kv == 6, half_up(sv_minijob_entgelt * sv_minijob_kv_satz), cent(0))
    return result


@rule(law="§ 168 Abs. 1 Nr. 1b, § 172 Abs. 3 SGB VI", unit="euro", since=BEGINN, when="ist_minijob")
def sv_rv_minijob_ag(sv_minijob_entgelt: Money, sv_minijob_rv_pauschal: Rate) -> Money:
    """RV-Beitrag des Arbeitgebers im Minijob"""
    return half_up(sv_minijob_entgelt * sv_minijob_rv_pauschal)


@rule(law="§ 163 Abs. 8 SGB VI", unit="euro", since=BEGINN, when="ist_minijob")
def sv_minijob_basis_rv(sv_minijob_entgelt: Money, sv_minijob_mindestbasis_monat: Money, sv_tage: Days,
                        beitragsgruppe_rv: Count, anderweitig_rentenversichert: Condition) -> Money:
    """Bemessungsgrundlage RV: mindestens 175 Euro im vollen Monat, wenn Versicherungspflicht besteht

    The minimum does not hold for people who are compulsorily insured otherwise, e.g. in a main employment.
    """
    least = half_up(sv_minijob_mindestbasis_monat * sv_tage / 30)
    bound = (beitragsgruppe_rv == 1) & ~anderweitig_rentenversichert
    result: Money = where(bound, maximum(sv_minijob_entgelt, least), sv_minijob_entgelt)
    return result


@rule(law="§ 168 Abs. 1 Nr. 1b SGB VI", unit="euro", since=BEGINN, when="ist_minijob")
def sv_rv_minijob_an(sv_minijob_basis_rv: Money, sv_satz_rv: Rate, sv_rv_minijob_ag: Money,
                     beitragsgruppe_rv: Count) -> Money:
    """Eigenanteil RV im Minijob

    Whole contribution less the employer's share; nothing after exemption (digit 5).
    """
    own = half_up(sv_minijob_basis_rv * sv_satz_rv) - sv_rv_minijob_ag
    result: Money = where(beitragsgruppe_rv == 1, own, cent(0))
    return result


@rule(law="§ 40a Abs. 2 EStG", unit="euro", since=BEGINN, when="ist_minijob")
def pauschsteuer_2(sv_minijob_entgelt: Money, pauschsteuersatz_minijob: Rate,
                   individuell_besteuert: Condition, pauschal_20: Condition) -> Money:
    """Einheitliche Pauschsteuer des Minijobs; entfällt bei Versteuerung nach den Merkmalen oder mit 20 Prozent"""
    result: Money = where(individuell_besteuert | pauschal_20, cent(0),
                          half_up(sv_minijob_entgelt * pauschsteuersatz_minijob))
    return result
