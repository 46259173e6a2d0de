"""Contributory pay as the payslip and the reports show it: actual pay in Midijob and Minijob."""

from __future__ import annotations

from payroll.law.engine import Condition, Count, Money, cent, rule, where
from payroll.law.rules.sozialversicherung.status import BEGINN


@rule(law="§ 23a, § 28a SGB IV", unit="euro", since=BEGINN)
def sv_brutto_kv(sv_kv_pflichtig: Condition, sv_formel_gilt: Condition, sv_entgelt_formel: Money, sv_voll_kv: Money,
                 beitragsgruppe_kv: Count, sv_minijob_entgelt: Money, sv_ifsg_basis_kv: Money) -> Money:
    """Beitragspflichtiges Entgelt KV/PV des Monats"""
    ordinary = where(sv_kv_pflichtig, where(sv_formel_gilt, sv_entgelt_formel, sv_voll_kv), cent(0))
    result: Money = ordinary + where(beitragsgruppe_kv == 6, sv_minijob_entgelt, cent(0)) + sv_ifsg_basis_kv
    return result


@rule(law="§ 23a, § 28a SGB IV", unit="euro", since=BEGINN)
def sv_brutto_rv(sv_rv_pflichtig: Condition, sv_av_pflichtig: Condition, sv_formel_gilt: Condition,
                 sv_entgelt_formel: Money, sv_voll_rv: Money, sv_minijob_entgelt: Money,
                 sv_ifsg_basis_rv: Money) -> Money:
    """Beitragspflichtiges Entgelt RV/AV des Monats"""
    ordinary = where(sv_rv_pflichtig | sv_av_pflichtig, where(sv_formel_gilt, sv_entgelt_formel, sv_voll_rv), cent(0))
    result: Money = ordinary + sv_minijob_entgelt + sv_ifsg_basis_rv
    return result
