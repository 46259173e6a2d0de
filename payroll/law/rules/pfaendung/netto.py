"""Net for garnishment by the net method: pay without the exempt items, less the deductions on just that pay.

BAG 17.04.2013 - 10 AZR 59/12. The exempt items leave at their gross amount; for a maintenance creditor the debtor
keeps only half of what nos. 1, 2 and 4 exempt.
"""

from payroll.law.engine import Condition, Exact, Money, Rate, euro, half_up, maximum, minimum, rule, sum_of, where
from payroll.law.rules.pfaendung.grenzen import BEGINN, refuse

BAG = "§ 850e Nr. 1 ZPO (BAG 17.04.2013 - 10 AZR 59/12)"


@rule(law=BAG, unit="euro", since=BEGINN, when="pf_gepfaendet")
def pf_beitraege_selbst(pf_freiwillige_beitraege: Money, pkv_beitrag_monat: Money, ppv_beitrag_monat: Money,
                        zuschuss_kv: Money, zuschuss_pv: Money) -> Money:
    """Selbst getragene Beiträge zur privaten oder freiwilligen Versicherung"""
    paid = pf_freiwillige_beitraege + pkv_beitrag_monat + ppv_beitrag_monat
    own: Money = maximum(paid - zuschuss_kv - zuschuss_pv, euro(0))
    return own


@rule(law=BAG, unit="euro", since=BEGINN, when="pf_gepfaendet")
def pf_netto(pf_netto_vorgegeben: Money, gesamtbrutto: Money, steuern: Money, sv_beitraege_an: Money, zv_an: Money,
             pf_beitraege_selbst: Money, sachbezuege: Money, pf_umgewandelt: Money) -> Money:
    """Nettoeinkommen für die Pfändung: Geld, ohne Sachbezüge und ohne unpfändbar umgewandeltes Entgelt"""
    money = gesamtbrutto - sachbezuege - pf_umgewandelt
    computed = money - steuern - sv_beitraege_an - zv_an - pf_beitraege_selbst
    net: Money = where(pf_netto_vorgegeben >= 0, pf_netto_vorgegeben, computed)
    return net


@rule(law="§ 850d Abs. 1 Satz 2 ZPO", unit="anteil", since=BEGINN)
def pf_frei_teil(pf_unterhaltsglaeubiger: Condition, pfaendung_unterhalt_behalt: Rate) -> Rate:
    """Teil der unpfändbaren Beträge nach Nr. 1, 2 und 4, der dem Schuldner bleibt"""
    share: Rate = where(pf_unterhaltsglaeubiger, pfaendung_unterhalt_behalt, Rate(1))
    return share


@rule(law="§ 850a Nr. 1 ZPO", unit="euro", since=BEGINN, when="pf_gepfaendet")
def pf_frei_mehrarbeit(pf_mehrarbeit: Money, pfaendung_mehrarbeit_frei: Rate, pf_frei_teil: Rate) -> Money:
    """Unpfändbarer Teil der Mehrarbeitsvergütung"""
    refuse(pf_mehrarbeit < 0, "Mehrarbeitsvergütung unter null; Rückrechnungen gehören in ihren Monat")
    return half_up(pf_mehrarbeit * pfaendung_mehrarbeit_frei * pf_frei_teil)


@rule(law="§ 850a Nr. 2 ZPO", unit="euro", since=BEGINN, when="pf_gepfaendet")
def pf_frei_urlaubsgeld(pf_urlaubsgeld: Money, pf_frei_teil: Rate) -> Money:
    """Unpfändbares Urlaubs-, Jubiläums- und Treuegeld"""
    refuse(pf_urlaubsgeld < 0, "Urlaubsgeld unter null; Rückrechnungen gehören in ihren Monat")
    return half_up(pf_urlaubsgeld * pf_frei_teil)


@rule(law="§ 850a Nr. 4 ZPO", unit="euro", since=BEGINN, when="pf_gepfaendet")
def pf_frei_weihnachtsgeld(pf_weihnachtsgeld: Money, pf_weihnachtsgrenze: Money, pf_frei_teil: Rate) -> Money:
    """Unpfändbares Weihnachtsgeld; die Jahressonderzahlung nach § 20 TVöD ist keines"""
    refuse(pf_weihnachtsgeld < 0, "Weihnachtsgeld unter null; Rückrechnungen gehören in ihren Monat")
    kept: Exact = minimum(pf_weihnachtsgeld, pf_weihnachtsgrenze) * pf_frei_teil
    return half_up(kept)


@rule(law="§ 850a Nr. 3 und 5 bis 8 ZPO", unit="euro", since=BEGINN, when="pf_gepfaendet")
def pf_frei_aufwand(pf_aufwand: Money, pf_beihilfen: Money) -> Money:
    """Unpfändbarer Aufwand, Erschwernis, Zuschläge nach § 3b EStG, Beihilfen"""
    refuse((pf_aufwand < 0) | (pf_beihilfen < 0), "unpfändbarer Bezug unter null; Rückrechnungen gehören in ihren "
                                                  "Monat")
    return pf_aufwand + pf_beihilfen


@rule(law="§ 1a Abs. 1 BetrAVG (BAG 14.10.2021 - 8 AZR 96/20)", unit="euro/monat", since="2024-01-01",
      when="pf_gepfaendet")
def pf_frei_umwandlung(pf_entgeltumwandlung: Money, sv_bbg_rv_jahr: Money, pfaendung_umwandlung_satz: Rate) -> Money:
    """Entgeltumwandlung bis zum gesetzlichen Anspruch"""
    limit = half_up(sv_bbg_rv_jahr * pfaendung_umwandlung_satz / 12)
    counted: Money = minimum(pf_entgeltumwandlung, limit)
    return counted


@rule(law="§ 1a Abs. 1 BetrAVG (BAG 14.10.2021 - 8 AZR 96/20)", unit="euro/monat", since="2024-01-01",
      when="pf_gepfaendet")
def pf_umgewandelt(entgeltumwandlung: Money, sv_bbg_rv_jahr: Money, pfaendung_umwandlung_satz: Rate) -> Money:
    """In der Abrechnung umgewandeltes Entgelt bis zum gesetzlichen Anspruch; darüber bleibt es im Netto"""
    limit = half_up(sv_bbg_rv_jahr * pfaendung_umwandlung_satz / 12)
    counted: Money = minimum(entgeltumwandlung, limit)
    return counted


@rule(law="§ 1a Abs. 1 BetrAVG", unit="euro/monat", since=BEGINN, until="2023-12-31", when="pf_gepfaendet",
      name="pf_umgewandelt")
def pf_umgewandelt_vor_2024(entgeltumwandlung: Money) -> Money:
    """In der Abrechnung umgewandeltes Entgelt vor 2024: nicht rechenbar"""
    refuse(entgeltumwandlung != 0, "Entgeltumwandlung vor 2024 wird nicht gerechnet; Netto vorgeben")
    return euro(0)


@rule(law="§ 1a Abs. 1 BetrAVG", unit="euro/monat", since=BEGINN, until="2023-12-31", when="pf_gepfaendet",
      name="pf_frei_umwandlung")
def pf_frei_umwandlung_vor_2024(pf_entgeltumwandlung: Money) -> Money:
    """Entgeltumwandlung vor 2024: nicht rechenbar, die Beitragsbemessungsgrenze fehlt"""
    refuse(pf_entgeltumwandlung != 0, "Entgeltumwandlung vor 2024 wird nicht gerechnet; Netto vorgeben")
    return euro(0)


@rule(law="§ 850a ZPO, § 851 ZPO, § 2 Abs. 7 5. VermBG", unit="euro", since=BEGINN, when="pf_gepfaendet")
def pf_unpfaendbar(pf_frei_mehrarbeit: Money, pf_frei_urlaubsgeld: Money, pf_frei_weihnachtsgeld: Money,
                   pf_frei_aufwand: Money, pf_vermoegensbildung: Money, pf_frei_umwandlung: Money) -> Money:
    """Unpfändbare Bezüge, mit ihrem Bruttobetrag abzuziehen"""
    total: Money = sum_of(pf_frei_mehrarbeit, pf_frei_urlaubsgeld, pf_frei_weihnachtsgeld, pf_frei_aufwand,
                          pf_vermoegensbildung, pf_frei_umwandlung)
    return total
