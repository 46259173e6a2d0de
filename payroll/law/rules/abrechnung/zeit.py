"""Days of the employment in the month, and the ages that the law asks for (a birthday is a number YYYYMMDD)."""

from payroll.law.engine import Condition, Count, Days, counted, cut_decimals, maximum, minimum, rule, where

BEGINN = "2024-01-01"


@rule(law="§ 24 Abs. 3 TVöD", unit="tage", since=BEGINN)
def tage(von_tag: Count, bis_tag: Count, kalendertage_im_monat: Days) -> Days:
    """Tage der Beschäftigung im Monat"""
    first = where(von_tag > 0, von_tag, 1)
    last = where(bis_tag > 0, bis_tag, kalendertage_im_monat)
    days: Days = last - first + 1
    return days


@rule(law="R 39b.5 LStR", unit="ja/nein", since=BEGINN)
def teilmonat(tage: Days, kalendertage_im_monat: Days) -> Condition:
    """Teilmonat"""
    return tage < kalendertage_im_monat


@rule(law="§ 1 Abs. 1 BVV", unit="tage", since=BEGINN)
def sv_tage(teilmonat: Condition, tage: Days, sv_fehltage: Days) -> Days:
    """SV-Tage (voller Monat 30, sonst Kalendertage), ohne beitragsfreie Tage"""
    left = minimum(maximum(tage - sv_fehltage, 0), 30)
    days: Days = where(teilmonat | (sv_fehltage > 0), left, 30)
    return days


@rule(law="§ 55 Abs. 3 SGB XI", unit="ja/nein", since=BEGINN)
def kinderlos_zuschlag(kinderlos_zuschlag_nach_alter: Condition) -> Condition:
    """Beitragszuschlag für Kinderlose nach dem Geburtsdatum"""
    return kinderlos_zuschlag_nach_alter


@rule(law="§ 24a EStG", unit="anzahl", since=BEGINN)
def alter1(geburtsdatum: Count, kalenderjahr: Count) -> Count:
    """1, wenn das 64. Lebensjahr vor Beginn des Kalenderjahres vollendet war (§ 188 Abs. 2 BGB)"""
    return counted((geburtsdatum > 0) & (geburtsdatum <= (kalenderjahr - 64) * 10000 + 101))


@rule(law="§ 24a EStG", unit="ja/nein", since=BEGINN)
def hat_altersentlastung(alter1: Count) -> Condition:
    """Ein Altersentlastungsbetrag steht zu"""
    return alter1 == 1


@rule(law="§ 24a EStG", unit="kalenderjahr", since=BEGINN, when="hat_altersentlastung")
def ajahr(geburtsdatum: Count) -> Count:
    """Kalenderjahr nach Vollendung des 64. Lebensjahres; am 1. Januar Geborene vollenden es am Tag davor"""
    # 102 below a New Year's birthday lies in the year before, below any other in the same year
    year: Count = cut_decimals((geburtsdatum - 102) / 10000, 0) + 65
    return year
