"""Continued pay: the daily average of unsteady parts and the supplement to sickness benefit."""

from payroll.law.engine import Count, Days, Input, Money, Rate, euro, half_up, maximum, rule, where

INPUTS = (
    Input("unstaendig_summe", "Money", "euro", "unständige Bezüge der Berechnungsmonate", default=0),
    Input("unstaendig_monate", "Count", "anzahl", "Zahl der Berechnungsmonate", default=3),
    Input("arbeitstage_je_woche", "Count", "anzahl", "Arbeitstage der Woche", default=5),
    Input("arbeitstage_wochen", "Count", "anzahl", "Wochen, auf die diese Arbeitstage fallen", default=1),
    Input("ausfalltage", "Days", "tage", "ausgefallene Arbeitstage", default=0),
    Input("krankengeldtage", "Days", "tage", "Kalendertage mit Krankengeldzuschuss", default=0),
    Input("netto_je_tag", "Money", "euro/tag", "Nettoentgelt eines Kalendertages", default=0),
    Input("krankengeld_je_tag", "Money", "euro/tag", "Bruttokrankengeld eines Kalendertages", default=0),
    Input("netto_monat", "Money", "euro/monat", "Nettoentgelt eines vollen Monats", default=0),
    Input("krankengeld_netto_monat", "Money", "euro/monat", "Krankengeld des Monats nach Abzug der Beiträge",
          default=0),
    Input("unstaendig_vor_erhoehung", "Money", "euro", "unständige Bezüge der Monate vor der Entgelterhöhung",
          default=0),
    Input("unstaendig_seit_erhoehung", "Money", "euro", "unständige Bezüge der Monate seit der Entgelterhöhung",
          default=0),
)


@rule(law="§ 21 Satz 2 und 3 TVöD", unit="zahl", since="2024-01-01")
def tagesdurchschnitt_divisor(unstaendig_monate: Count, arbeitstage_je_woche: Count, arbeitstage_wochen: Count,
                              tagesdurchschnitt_teiler: Rate) -> Rate:
    """Arbeitstage der Berechnungsmonate: 65 für drei Monate bei einer Fünftagewoche, sonst im Verhältnis"""
    divisor: Rate = tagesdurchschnitt_teiler * arbeitstage_je_woche * unstaendig_monate / (arbeitstage_wochen * 15)
    return divisor


@rule(law="§ 21 Satz 2 und 3 TVöD", unit="euro/tag", since="2024-01-01")
def tagesdurchschnitt(unstaendig_summe: Money, tagesdurchschnitt_divisor: Rate) -> Money:
    """Tagesdurchschnitt: die Summe der Berechnungsmonate durch ihre Arbeitstage"""
    return half_up(unstaendig_summe / tagesdurchschnitt_divisor)


@rule(law="§ 21 Satz 2 TVöD", unit="euro", since="2024-01-01")
def fortzahlung_unstaendig(tagesdurchschnitt: Money, ausfalltage: Days, unstaendig_summe: Money,
                           tagesdurchschnitt_divisor: Rate, rundung_tagesdurchschnitt: Count) -> Money:
    """Fortgezahlte unständige Bezüge für die ausgefallenen Arbeitstage"""
    amount: Money = where(rundung_tagesdurchschnitt == 1, tagesdurchschnitt * ausfalltage,
                          half_up(unstaendig_summe / tagesdurchschnitt_divisor * ausfalltage))
    return amount


@rule(law="§ 22 Abs. 2 TVöD", unit="euro", since="2024-01-01")
def krankengeldzuschuss(netto_je_tag: Money, krankengeld_je_tag: Money, krankengeldtage: Days) -> Money:
    """Krankengeldzuschuss: Unterschied zwischen Nettoentgelt und Bruttokrankengeld"""
    amount: Money = maximum(netto_je_tag - krankengeld_je_tag, euro(0)) * krankengeldtage
    return amount


@rule(law="Protokollerklärung Nr. 3 zu § 21 TVöD", unit="euro", since="2024-01-01")
def unstaendig_angehoben(unstaendig_vor_erhoehung: Money, unstaendig_seit_erhoehung: Money,
                         entgelterhoehung_satz: Rate) -> Money:
    """Unständige Bezüge, als hätte die Entgelterhöhung schon zu Beginn der Berechnungsmonate gegolten"""
    return half_up(unstaendig_vor_erhoehung * (entgelterhoehung_satz + 1)) + unstaendig_seit_erhoehung


@rule(law="§ 22 Abs. 2 TVöD, § 47 Abs. 1 SGB V", unit="euro/monat", since="2024-01-01")
def krankengeldzuschuss_monat(netto_monat: Money, krankengeld_je_tag: Money, krankengeldtage: Days,
                              kalendertage_im_monat: Days, krankengeld_monatstage: Days) -> Money:
    """Krankengeldzuschuss eines Monats: Netto nach Kalendertagen, Krankengeld für volle Monate mit 30 Tagen"""
    net = half_up(netto_monat * krankengeldtage / kalendertage_im_monat)
    paid_days = where(krankengeldtage == kalendertage_im_monat, krankengeld_monatstage, krankengeldtage)
    amount: Money = maximum(net - krankengeld_je_tag * paid_days, euro(0))
    return amount


@rule(law="§ 23c Abs. 1 SGB IV", unit="euro/monat", since="2024-01-01")
def zuschuss_sv_pflichtig(krankengeldzuschuss_monat: Money, krankengeld_netto_monat: Money, netto_monat: Money,
                          zuschuss_bagatelle: Money) -> Money:
    """Beitragspflichtiger Teil des Zuschusses: alles über dem Netto, wenn es um mehr als 50 Euro überschritten wird"""
    beyond = maximum(krankengeldzuschuss_monat + krankengeld_netto_monat - netto_monat, euro(0))
    amount: Money = where(beyond > zuschuss_bagatelle, beyond, euro(0))
    return amount


@rule(law="§ 62 der Satzung, § 15 Abs. 2 ATV-K", unit="euro/monat", since="2024-01-01")
def zv_entgelt_fiktiv(urlaubsentgelt_monat: Money, krankengeldtage: Days, kalendertage_im_monat: Days,
                      tagesdurchschnitt: Money, ausfalltage: Days) -> Money:
    """Zusatzversorgungspflichtiges Entgelt für Tage mit Krankengeldzuschuss: das Entgelt nach § 21"""
    steady = half_up(urlaubsentgelt_monat * krankengeldtage / kalendertage_im_monat)
    amount: Money = steady + tagesdurchschnitt * ausfalltage
    return amount
