"""Special case of a value account (§ 23b Abs. 2 SGB IV): contributory up to the unused ceilings of the working time.

The unused part of the ceilings ("SV-Luft") is the sum of the ceilings of the months of work since the first credit less
the contributory pay of these months, per branch; the account is contributory up to it, by the rates of the month it
falls due in, both sides paying their halves. It takes no part in the room for one-off pay and in no levy, and stands in
a report of its own (reason 55).
"""

from __future__ import annotations

from payroll.law.engine import Condition, Count, Money, Rate, cent, half_up, maximum, minimum, rule, where
from payroll.law.rules.sozialversicherung.status import BEGINN, one_of

LAW = "§ 23b Abs. 2 SGB IV"


@rule(law=LAW, unit="ja/nein", since=BEGINN)
def sv_stoerfall(stoerfall_entgelt: Money) -> Condition:
    """Störfall eines Wertguthabens im Monat"""
    return stoerfall_entgelt > 0


@rule(law=LAW, unit="euro", since=BEGINN, when="sv_stoerfall")
def sv_luft_kv(stoerfall_bbg_kv: Money, stoerfall_brutto_kv: Money) -> Money:
    """SV-Luft KV: Grenzen der Zeit der Arbeitsleistung, soweit das Entgelt sie nicht ausschöpfte"""
    left: Money = maximum(stoerfall_bbg_kv - stoerfall_brutto_kv, cent(0))
    return left


@rule(law=LAW, unit="euro", since=BEGINN, when="sv_stoerfall")
def sv_luft_pv(stoerfall_bbg_pv: Money, stoerfall_brutto_kv: Money) -> Money:
    """SV-Luft PV: Grenzen der Zeit der Arbeitsleistung, soweit das Entgelt sie nicht ausschöpfte"""
    left: Money = maximum(stoerfall_bbg_pv - stoerfall_brutto_kv, cent(0))
    return left


@rule(law=LAW, unit="euro", since=BEGINN, when="sv_stoerfall")
def sv_luft_rv(stoerfall_bbg_rv: Money, stoerfall_brutto_rv: Money) -> Money:
    """SV-Luft RV/AV: Grenzen der Zeit der Arbeitsleistung, soweit das Entgelt sie nicht ausschöpfte"""
    left: Money = maximum(stoerfall_bbg_rv - stoerfall_brutto_rv, cent(0))
    return left


@rule(law=LAW, unit="euro", since=BEGINN, when="sv_stoerfall")
def sv_stoerfall_kv(stoerfall_entgelt: Money, sv_luft_kv: Money, sv_kv_pflichtig: Condition) -> Money:
    """beitragspflichtiges Wertguthaben KV"""
    part: Money = where(sv_kv_pflichtig, minimum(stoerfall_entgelt, sv_luft_kv), cent(0))
    return part


@rule(law=LAW, unit="euro", since=BEGINN, when="sv_stoerfall")
def sv_stoerfall_pv(stoerfall_entgelt: Money, sv_luft_pv: Money, sv_pv_pflichtig: Condition) -> Money:
    """beitragspflichtiges Wertguthaben PV"""
    part: Money = where(sv_pv_pflichtig, minimum(stoerfall_entgelt, sv_luft_pv), cent(0))
    return part


@rule(law=LAW, unit="euro", since=BEGINN, when="sv_stoerfall")
def sv_stoerfall_rv(stoerfall_entgelt: Money, sv_luft_rv: Money, sv_rv_pflichtig: Condition,
                    sv_av_pflichtig: Condition) -> Money:
    """beitragspflichtiges Wertguthaben RV/AV"""
    part: Money = where(sv_rv_pflichtig | sv_av_pflichtig, minimum(stoerfall_entgelt, sv_luft_rv), cent(0))
    return part


@rule(law="§ 23b Abs. 2 SGB IV, § 249 SGB V", unit="euro", since=BEGINN, when="sv_stoerfall")
def sv_stoerfall_kv_beitrag(sv_stoerfall_kv: Money, sv_haelfte_kv: Rate) -> Money:
    """KV auf das Wertguthaben, jede Seite"""
    return half_up(sv_stoerfall_kv * sv_haelfte_kv)


@rule(law="§ 23b Abs. 2 SGB IV, § 249 SGB V", unit="euro", since=BEGINN, when="sv_stoerfall")
def sv_stoerfall_zb_beitrag(sv_stoerfall_kv: Money, sv_haelfte_zb: Rate) -> Money:
    """Zusatzbeitrag auf das Wertguthaben, jede Seite"""
    return half_up(sv_stoerfall_kv * sv_haelfte_zb)


@rule(law="§ 23b Abs. 2 SGB IV, § 55 Abs. 3, § 58 SGB XI", unit="euro", since=BEGINN, when="sv_stoerfall")
def sv_stoerfall_pv_an(sv_stoerfall_pv: Money, sv_haelfte_pv: Rate, sv_vorab_pv: Rate, sv_abschlag_pv: Rate,
                       kinderlos_zuschlag: Condition, sv_satz_pv_kinderlos: Rate) -> Money:
    """PV auf das Wertguthaben, Arbeitnehmer mit Zuschlag oder Abschlag"""
    surcharge = where(kinderlos_zuschlag, half_up(sv_stoerfall_pv * sv_satz_pv_kinderlos), cent(0))
    share: Money = half_up(sv_stoerfall_pv * (sv_haelfte_pv + sv_vorab_pv - sv_abschlag_pv)) + surcharge
    return share


@rule(law="§ 23b Abs. 2 SGB IV, § 58 SGB XI", unit="euro", since=BEGINN, when="sv_stoerfall")
def sv_stoerfall_pv_ag(sv_stoerfall_pv: Money, sv_haelfte_pv: Rate) -> Money:
    """PV auf das Wertguthaben, Arbeitgeber"""
    return half_up(sv_stoerfall_pv * sv_haelfte_pv)


@rule(law="§ 23b Abs. 2 SGB IV, § 168 SGB VI", unit="euro", since=BEGINN, when="sv_stoerfall")
def sv_stoerfall_rv_ag(sv_stoerfall_rv: Money, sv_satz_rv: Rate, sv_rv_pflichtig: Condition) -> Money:
    """RV auf das Wertguthaben, Arbeitgeber"""
    share: Money = where(sv_rv_pflichtig, half_up(sv_stoerfall_rv * (sv_satz_rv / 2)), cent(0))
    return share


@rule(law="§ 23b Abs. 2 SGB IV, § 168 SGB VI", unit="euro", since=BEGINN, when="sv_stoerfall")
def sv_stoerfall_rv_an(sv_stoerfall_rv_ag: Money, beitragsgruppe_rv: Count) -> Money:
    """RV auf das Wertguthaben, Arbeitnehmer"""
    share: Money = where(beitragsgruppe_rv == 1, sv_stoerfall_rv_ag, cent(0))
    return share


@rule(law="§ 23b Abs. 2 SGB IV, § 346 SGB III", unit="euro", since=BEGINN, when="sv_stoerfall")
def sv_stoerfall_av_ag(sv_stoerfall_rv: Money, sv_satz_av: Rate, beitragsgruppe_av: Count) -> Money:
    """AV auf das Wertguthaben, Arbeitgeber"""
    share: Money = where(one_of(beitragsgruppe_av, 1, 2), half_up(sv_stoerfall_rv * (sv_satz_av / 2)), cent(0))
    return share


@rule(law="§ 23b Abs. 2 SGB IV, § 346 SGB III", unit="euro", since=BEGINN, when="sv_stoerfall")
def sv_stoerfall_av_an(sv_stoerfall_av_ag: Money, beitragsgruppe_av: Count) -> Money:
    """AV auf das Wertguthaben, Arbeitnehmer"""
    share: Money = where(beitragsgruppe_av == 1, sv_stoerfall_av_ag, cent(0))
    return share
