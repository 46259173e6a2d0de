"""From the facts to the fields of the wage tax plan, and back to the tax of the month."""

from payroll.law.engine import (
    Choice,
    Condition,
    Count,
    Days,
    Money,
    Rate,
    counted,
    euro,
    floor_cent,
    half_up,
    maximum,
    minimum,
    rule,
    where,
)
from payroll.law.rules.abrechnung.zeit import BEGINN

PAP = "§ 39b Abs. 6 EStG"


@rule(law="R 39b.5 LStR", unit="anzahl", since=BEGINN)
def lzz(teilmonat: Condition) -> Count:
    """Lohnzahlungszeitraum: Monat, bei Ein- oder Austritt im Monat der Tag (LZZ)"""
    code: Count = where(teilmonat, Count(4), Count(2))
    return code


@rule(law=PAP, unit="euro", since=BEGINN)
def re4(steuerpflichtig_laufend: Money, teilmonat: Condition, tage: Days) -> Money:
    """Laufender Arbeitslohn des Zeitraums (RE4)"""
    wage: Money = where(teilmonat, half_up(steuerpflichtig_laufend / maximum(tage, 1)), steuerpflichtig_laufend)
    return wage


@rule(law="§ 38b EStG", unit="anzahl", since=BEGINN)
def stkl(steuerklasse: Count, pauschal_besteuert: Condition) -> Count:
    """Steuerklasse (STKL)"""
    code: Count = where(pauschal_besteuert, Count(1), steuerklasse)
    return code


@rule(law="§ 39f EStG", unit="zahl", since=BEGINN)
def f(faktor: Rate, steuerklasse: Count) -> Rate:
    """Faktor bei Klasse 4, sonst 1 (F)"""
    value: Rate = where((faktor > 0) & (steuerklasse == 4), faktor, Rate(1000, 1000))
    return value


@rule(law="§ 32 Abs. 6 EStG", unit="zahl", since=BEGINN)
def zkf(kinderfreibetraege: Rate) -> Rate:
    """Zahl der Kinderfreibeträge (ZKF)"""
    return kinderfreibetraege


@rule(law="§ 51a EStG", unit="anzahl", since=BEGINN)
def r(konfession: Choice) -> Count:
    """Kirchensteuerpflicht (R)"""
    return counted(~konfession.ist("keine"))


@rule(law="§ 39a EStG", unit="euro", since=BEGINN)
def lzzfreib(freibetrag_monat: Money, teilmonat: Condition) -> Money:
    """Freibetrag des Zeitraums; im Teilmonat wird er nicht berücksichtigt (LZZFREIB)"""
    amount: Money = where(teilmonat, euro(0), freibetrag_monat)
    return amount


@rule(law="§ 39a EStG", unit="euro", since=BEGINN)
def lzzhinzu(hinzurechnung_monat: Money, teilmonat: Condition) -> Money:
    """Hinzurechnungsbetrag des Zeitraums; im Teilmonat wird er nicht berücksichtigt (LZZHINZU)"""
    amount: Money = where(teilmonat, euro(0), hinzurechnung_monat)
    return amount


@rule(law="§ 39a EStG", unit="euro", since=BEGINN)
def jfreib(freibetrag_jahr: Money) -> Money:
    """Jahresfreibetrag (JFREIB)"""
    return freibetrag_jahr


@rule(law="§ 39a EStG", unit="euro", since=BEGINN)
def jhinzu(hinzurechnung_jahr: Money) -> Money:
    """Jahreshinzurechnungsbetrag (JHINZU)"""
    return hinzurechnung_jahr


@rule(law="§ 39b Abs. 3 EStG", unit="euro", since=BEGINN)
def jre4(jahresarbeitslohn_erwartet: Money) -> Money:
    """Voraussichtlicher Jahresarbeitslohn ohne die Einmalzahlung (JRE4)"""
    return jahresarbeitslohn_erwartet


@rule(law=PAP, unit="anzahl", since=BEGINN, until="2024-12-31", name="krv")
def krv_2024(beitragsgruppe_rv: Count) -> Count:
    """Rentenversicherung: 0 mit Beiträgen des Beschäftigten (West), 2 ohne (KRV)"""
    code: Count = where(beitragsgruppe_rv == 1, Count(0), Count(2))
    return code


@rule(law=PAP, unit="anzahl", since="2025-01-01")
def krv(beitragsgruppe_rv: Count) -> Count:
    """Rentenversicherung: 0 mit Beiträgen des Beschäftigten, 1 ohne (KRV)"""
    return counted(beitragsgruppe_rv != 1)


@rule(law=PAP, unit="anzahl", since=BEGINN)
def alv(beitragsgruppe_av: Count) -> Count:
    """Arbeitslosenversicherung: 0 mit Beiträgen des Beschäftigten, 1 ohne (ALV)"""
    return counted(beitragsgruppe_av != 1)


@rule(law=PAP, unit="anzahl", since=BEGINN, until="2025-12-31", name="pkv")
def pkv_bis_2025(kv_art: Choice, zuschuss_kv: Money, zuschuss_pv: Money) -> Count:
    """Private Krankenversicherung: 0 nein, 1 ohne Arbeitgeberzuschuss, 2 mit (PKV)"""
    with_subsidy = zuschuss_kv + zuschuss_pv > 0
    code: Count = where(kv_art.ist("privat"), where(with_subsidy, Count(2), Count(1)), Count(0))
    return code


@rule(law=PAP, unit="anzahl", since="2026-01-01")
def pkv(kv_art: Choice) -> Count:
    """Private Krankenversicherung: 0 nein, 1 ja (PKV)"""
    return counted(kv_art.ist("privat"))


@rule(law=PAP, unit="zahl", since=BEGINN)
def kvz(zusatzbeitrag: Rate) -> Rate:
    """Zusatzbeitragssatz in Prozent (KVZ)"""
    value: Rate = zusatzbeitrag * 100
    return value


@rule(law=PAP, unit="anzahl", since=BEGINN)
def pvs(sachsen: Condition) -> Count:
    """Pflegeversicherung in Sachsen (PVS)"""
    return counted(sachsen)


@rule(law=PAP, unit="anzahl", since=BEGINN)
def pvz(kinderlos_zuschlag: Condition) -> Count:
    """Beitragszuschlag für Kinderlose (PVZ)"""
    return counted(kinderlos_zuschlag)


@rule(law="§ 55 Abs. 3 SGB XI", unit="anzahl", since=BEGINN)
def pva(kinder_unter_25: Count) -> Count:
    """Abschläge für das zweite bis fünfte Kind (PVA)"""
    number: Count = maximum(minimum(kinder_unter_25, 5) - 1, 0)
    return number


@rule(law=PAP, unit="euro", since=BEGINN)
def pkpv(pkv_basis_monat: Money) -> Money:
    """Private Basiskranken- und Pflegeversicherung (PKPV)"""
    return pkv_basis_monat


@rule(law=PAP, unit="euro", since=BEGINN)
def pkpvagz(zuschuss_kv: Money, zuschuss_pv: Money) -> Money:
    """Arbeitgeberzuschuss zur privaten Versicherung (PKPVAGZ)"""
    return zuschuss_kv + zuschuss_pv


@rule(law="R 39b.5 LStR", unit="anzahl", since=BEGINN)
def zeitraeume(teilmonat: Condition, tage: Days) -> Count:
    """Zeiträume des Monats (im Teilmonat die Tage)"""
    number: Count = where(teilmonat, tage, 1)
    return number


@rule(law="§ 39b Abs. 2 und 3 EStG", unit="euro", since=BEGINN)
def lohnsteuer(lstlzz: Money, zeitraeume: Count, sts: Money) -> Money:
    """Lohnsteuer"""
    tax: Money = lstlzz * zeitraeume + sts
    return tax


@rule(law="§ 39b Abs. 3 EStG", unit="euro", since=BEGINN)
def lohnsteuer_einmal(sts: Money) -> Money:
    """Lohnsteuer auf die Einmalzahlung"""
    return sts


@rule(law="§§ 3, 4 SolZG", unit="euro", since=BEGINN)
def soli(solzlzz: Money, zeitraeume: Count, solzs: Money) -> Money:
    """Solidaritätszuschlag"""
    tax: Money = solzlzz * zeitraeume + solzs
    return tax


@rule(law="§ 51a EStG, § 4 KiStG NRW", unit="euro", since=BEGINN)
def kirchensteuer(bk: Money, zeitraeume: Count, bks: Money, kirchensteuersatz_person: Rate,
                  kirchensteuer_kappung: Money) -> Money:
    """Kirchensteuer"""
    uncapped = floor_cent(bk * zeitraeume * kirchensteuersatz_person) + floor_cent(bks * kirchensteuersatz_person)
    return uncapped - kirchensteuer_kappung
