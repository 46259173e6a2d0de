"""Tax-free pay after the standard retirement age ("Aktivrente", § 3 Nr. 21 EStG), taken off before the wage tax plan.

It frees pay of an active employment for which the employer owes contributions to the pension insurance, from the month
after the age is reached, in tax class VI only with the statement of the employee that it is used nowhere else. What a
month leaves of the amount is lost. Contributions are owed all the same (§ 1 Abs. 1 Satz 1 Nr. 1 SvEV).
"""

from payroll.law.engine import (
    Choice,
    Condition,
    Count,
    Lookup,
    Money,
    cut_decimals,
    euro,
    maximum,
    minimum,
    rule,
    where,
)

SEIT = "2026-01-01"
LAW = "§ 3 Nr. 21 EStG"


@rule(law="§ 35 Satz 2, § 235 Abs. 2 SGB VI, § 187 Abs. 2, § 188 Abs. 2 BGB", unit="ja/nein", since=SEIT,
      when="aktivrente_geprueft")
def regelalter_erreicht(geburtsdatum: Count, kalenderjahr: Count, kalendermonat: Count,
                        regelaltersgrenze_monate: Lookup) -> Condition:
    """Die Regelaltersgrenze wurde in einem früheren Monat erreicht; am Ersten Geborene erreichen sie am Tag davor"""
    year: Count = cut_decimals(geburtsdatum / 10000, 0)
    month: Count = cut_decimals((geburtsdatum - 2) / 100, 0) - year * 100  # of the day before birth
    reached = year * 12 + month - 1 + regelaltersgrenze_monate[year]
    return (geburtsdatum > 0) & (kalenderjahr * 12 + kalendermonat - 1 > reached)


@rule(law=LAW, unit="ja/nein", since=SEIT)
def aktivrente_geprueft(aktivrente: Condition, status: Choice, steuerklasse: Count, beitragsgruppe_rv: Count,
                        pauschal_besteuert: Condition, aktivrente_erklaerung: Condition) -> Condition:
    """Laufender Lohn mit Rentenbeiträgen des Arbeitgebers, Klasse VI mit Erklärung, nicht pauschal"""
    insured = (beitragsgruppe_rv == 1) | (beitragsgruppe_rv == 3)
    declared = (steuerklasse != 6) | aktivrente_erklaerung
    return aktivrente & status.ist("tarif") & insured & declared & ~pauschal_besteuert


@rule(law=LAW, unit="euro", since=SEIT, when="aktivrente_geprueft")
def aktivrente_laufend(lohn_laufend: Money, zv_individuell: Money, zv2_steuerpflichtig: Money,
                       regelalter_erreicht: Condition, aktivrente_hoechstbetrag_monat: Money) -> Money:
    """Steuerfreier laufender Arbeitslohn nach der Regelaltersgrenze; ohne Beiträge zur Zusatzversorgung"""
    own = maximum(lohn_laufend - zv_individuell - zv2_steuerpflichtig, euro(0))
    free: Money = where(regelalter_erreicht, minimum(own, aktivrente_hoechstbetrag_monat), euro(0))
    return free


@rule(law=LAW, unit="euro", since=SEIT, when="aktivrente_geprueft")
def aktivrente_einmalig(einmalzahlung: Money, aktivrente_laufend: Money, regelalter_erreicht: Condition,
                        aktivrente_hoechstbetrag_monat: Money) -> Money:
    """Steuerfreier Teil der Einmalzahlung: was der laufende Lohn vom Höchstbetrag übrig lässt"""
    left = aktivrente_hoechstbetrag_monat - aktivrente_laufend
    free: Money = where(regelalter_erreicht, minimum(maximum(einmalzahlung, euro(0)), left), euro(0))
    return free
