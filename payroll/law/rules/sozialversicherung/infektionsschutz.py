"""Contributions while compensation under the Infection Protection Act is paid: borne without the employee.

The base is the pay that the loss of earnings is measured by (§ 57 Abs. 1 Satz 2 Nr. 1 IfSG), cut to what the pay of the
month leaves of the ceilings. The employer pays the whole contribution for the authority, which refunds it. With a ban
on work (§ 56 Abs. 1 Satz 1) only the pension insurance goes on; separation (Satz 2) keeps the other branches and the
levies too (§ 57 Abs. 2); a month with both has a base for each. Minijobs pay nothing on this base here; who is insured
voluntarily claims from the authority (§ 58). That the childless surcharge belongs to the whole contribution is a
reading no fund has confirmed.
"""

from __future__ import annotations

from payroll.law.engine import Condition, Count, Money, Rate, cent, half_up, maximum, minimum, rule, where
from payroll.law.rules.sozialversicherung.einmalig import raum
from payroll.law.rules.sozialversicherung.status import BEGINN, one_of

LAW = "§ 57 IfSG"


@rule(law="§ 56 Abs. 1 IfSG", unit="ja/nein", since=BEGINN)
def sv_ifsg(ifsg_entgelt: Money) -> Condition:
    """Tage mit Entschädigung nach dem Infektionsschutzgesetz"""
    return ifsg_entgelt > 0


@rule(law="§ 57 Abs. 1 IfSG", unit="euro", since=BEGINN, when="sv_ifsg")
def sv_ifsg_basis_rv(ifsg_entgelt: Money, sv_bbg_rv_monat: Money, sv_laufend_rv: Money,
                     sv_rv_pflichtig: Condition) -> Money:
    """Entgelt der Entschädigung in der Rentenversicherung, soweit die Grenze es aufnimmt"""
    base: Money = where(sv_rv_pflichtig, minimum(ifsg_entgelt, raum(sv_bbg_rv_monat, cent(0), sv_laufend_rv)), cent(0))
    return base


@rule(law="§ 57 Abs. 2 IfSG", unit="euro", since=BEGINN, when="sv_ifsg")
def sv_ifsg_absonderung(ifsg_entgelt: Money, ifsg_entgelt_verbot: Money) -> Money:
    """davon Entgelt der Tage mit Absonderung: alle Zweige und die Umlage"""
    part: Money = maximum(ifsg_entgelt - ifsg_entgelt_verbot, cent(0))
    return part


@rule(law="§ 57 Abs. 2 IfSG", unit="euro", since=BEGINN, when="sv_ifsg")
def sv_ifsg_basis_av(sv_ifsg_absonderung: Money, sv_bbg_rv_monat: Money, sv_laufend_rv: Money,
                     sv_ifsg_basis_rv: Money) -> Money:
    """Entgelt der Entschädigung in der Arbeitslosenversicherung und den Umlagen"""
    base: Money = minimum(sv_ifsg_basis_rv, minimum(sv_ifsg_absonderung, raum(sv_bbg_rv_monat, cent(0), sv_laufend_rv)))
    return base


@rule(law="§ 57 Abs. 2 IfSG", unit="euro", since=BEGINN, when="sv_ifsg")
def sv_ifsg_basis_kv(sv_ifsg_absonderung: Money, sv_bbg_kv_monat: Money, sv_laufend_kv: Money,
                     beitragsgruppe_kv: Count) -> Money:
    """Entgelt der Entschädigung in der Krankenversicherung; nur bei Versicherungspflicht"""
    room = raum(sv_bbg_kv_monat, cent(0), sv_laufend_kv)
    base: Money = where(one_of(beitragsgruppe_kv, 1, 3), minimum(sv_ifsg_absonderung, room), cent(0))
    return base


@rule(law="§ 57 Abs. 2 IfSG, § 55 Abs. 2 SGB XI", unit="euro", since=BEGINN, when="sv_ifsg")
def sv_ifsg_basis_pv(sv_ifsg_absonderung: Money, sv_bbg_pv_monat: Money, sv_laufend_pv: Money,
                     beitragsgruppe_kv: Count) -> Money:
    """Entgelt der Entschädigung in der Pflegeversicherung; nur bei Versicherungspflicht"""
    room = raum(sv_bbg_pv_monat, cent(0), sv_laufend_pv)
    base: Money = where(one_of(beitragsgruppe_kv, 1, 3), minimum(sv_ifsg_absonderung, room), cent(0))
    return base


@rule(law=LAW, unit="euro", since=BEGINN, when="sv_ifsg")
def sv_ifsg_rv(sv_ifsg_basis_rv: Money, sv_satz_rv: Rate, beitragsgruppe_rv: Count) -> Money:
    """RV-Beitrag auf das Entgelt der Entschädigung, vom Arbeitgeber für die Behörde gezahlt"""
    half = half_up(sv_ifsg_basis_rv * (sv_satz_rv / 2))
    whole: Money = where(beitragsgruppe_rv == 3, half, half * 2)
    return whole


@rule(law=LAW, unit="euro", since=BEGINN, when="sv_ifsg")
def sv_ifsg_av(sv_ifsg_basis_av: Money, sv_satz_av: Rate, beitragsgruppe_av: Count) -> Money:
    """AV-Beitrag auf das Entgelt der Entschädigung, vom Arbeitgeber für die Behörde gezahlt"""
    half = half_up(sv_ifsg_basis_av * (sv_satz_av / 2))
    whole: Money = where(beitragsgruppe_av == 2, half, where(beitragsgruppe_av == 1, half * 2, cent(0)))
    return whole


@rule(law=LAW, unit="euro", since=BEGINN, when="sv_ifsg")
def sv_ifsg_kv(sv_ifsg_basis_kv: Money, sv_haelfte_kv: Rate) -> Money:
    """KV-Beitrag auf das Entgelt der Entschädigung, vom Arbeitgeber für die Behörde gezahlt"""
    whole: Money = half_up(sv_ifsg_basis_kv * sv_haelfte_kv) * 2
    return whole


@rule(law=LAW, unit="euro", since=BEGINN, when="sv_ifsg")
def sv_ifsg_zb(sv_ifsg_basis_kv: Money, sv_haelfte_zb: Rate) -> Money:
    """Zusatzbeitrag auf das Entgelt der Entschädigung, vom Arbeitgeber für die Behörde gezahlt"""
    whole: Money = half_up(sv_ifsg_basis_kv * sv_haelfte_zb) * 2
    return whole


@rule(law=LAW, unit="euro", since=BEGINN, when="sv_ifsg")
def sv_ifsg_pv(sv_ifsg_basis_pv: Money, sv_pv_pflichtig: Condition, sv_haelfte_pv: Rate, sv_vorab_pv: Rate,
               sv_abschlag_pv: Rate, kinderlos_zuschlag: Condition, sv_satz_pv_kinderlos: Rate) -> Money:
    """PV-Beitrag auf das Entgelt der Entschädigung samt Zuschlag, vom Arbeitgeber für die Behörde gezahlt"""
    surcharge = where(kinderlos_zuschlag, half_up(sv_ifsg_basis_pv * sv_satz_pv_kinderlos), cent(0))
    own = half_up(sv_ifsg_basis_pv * (sv_haelfte_pv + sv_vorab_pv - sv_abschlag_pv)) + surcharge
    whole: Money = where(sv_pv_pflichtig, maximum(own, cent(0)) + half_up(sv_ifsg_basis_pv * sv_haelfte_pv), cent(0))
    return whole


@rule(law="§ 57 Abs. 2 IfSG, § 7 AAG", unit="euro", since=BEGINN, when="sv_ifsg")
def sv_ifsg_u2_basis(sv_ifsg_basis_av: Money) -> Money:
    """umlagepflichtiges Entgelt der Entschädigung"""
    return sv_ifsg_basis_av


@rule(law="§ 57 Abs. 1 Satz 4, Abs. 2 IfSG", unit="euro", since=BEGINN, when="sv_ifsg")
def ifsg_beitraege(sv_ifsg_rv: Money, sv_ifsg_av: Money, sv_ifsg_kv: Money, sv_ifsg_zb: Money, sv_ifsg_pv: Money,
                   sv_ifsg_u2_basis: Money, u2_satz: Rate) -> Money:
    """Beiträge und Umlage auf die Entschädigung, die die Behörde auf Antrag erstattet"""
    levy = half_up(sv_ifsg_u2_basis * u2_satz)
    return sv_ifsg_rv + sv_ifsg_av + sv_ifsg_kv + sv_ifsg_zb + sv_ifsg_pv + levy


@rule(law="§ 56 Abs. 5 Satz 3 IfSG", unit="euro", since=BEGINN, when="sv_ifsg_gezahlt")
def ifsg_gezahlt(ifsg_ausgezahlt: Money) -> Money:
    """Für die Behörde gezahlte Entschädigung, die sie auf Antrag erstattet"""
    return ifsg_ausgezahlt + cent(0)


@rule(law="§ 56 Abs. 5 IfSG", unit="ja/nein", since=BEGINN)
def sv_ifsg_gezahlt(ifsg_ausgezahlt: Money) -> Condition:
    """Entschädigung im Monat gezahlt"""
    return ifsg_ausgezahlt > 0
