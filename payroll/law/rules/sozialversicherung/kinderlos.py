"""From which month a childless member pays the surcharge: derived from the date of birth."""

from __future__ import annotations

from payroll.law.engine import Condition, Count, Input, cut_decimals, rate, rule, where
from payroll.law.rules.sozialversicherung.status import BEGINN, refuse

INPUTS = (
    Input("kinderlos", "Condition", "ja/nein", "Kein Elternteil im Sinne des § 55 Abs. 3 SGB XI", default=0),
    Input("geburtsdatum", "Count", "datum", "Geburtsdatum; als JJJJMMTT, 0 = unbekannt", default=0),
    Input("kalenderjahr", "Count", "kalenderjahr", "Kalenderjahr"),
    Input("kalendermonat", "Count", "anzahl", "Kalendermonat"),
)
ALTER = 23


@rule(law="§ 187 Abs. 2, § 188 Abs. 2 BGB", unit="zahl", since=BEGINN)
def sv_monat_nach_23(geburtsdatum: Count) -> Count:
    """erster Monat nach Vollendung des 23. Lebensjahres, als Jahr × 12 + Monat

    The year of life is completed at the end of the day before the birthday: for a birthday on the first of a month
    that day lies in the month before.
    """
    year = cut_decimals(geburtsdatum * rate(1, 10000), 0)
    month = cut_decimals((geburtsdatum - year * 10000) * rate(1, 100), 0)
    day = geburtsdatum - year * 10000 - month * 100
    completed = (year + ALTER) * 12 + month - where(day == 1, 1, day * 0)
    result: Count = completed + 1
    return result


@rule(law="§ 55 Abs. 3 SGB XI", unit="ja/nein", since=BEGINN)
def kinderlos_zuschlag_nach_alter(kinderlos: Condition, geburtsdatum: Count, sv_monat_nach_23: Count,
                                  kalenderjahr: Count, kalendermonat: Count, beitragsgruppe_pv: Count) -> Condition:
    """Beitragszuschlag für Kinderlose fällig

    From the month after the 23rd year is completed; not for people born before 1940.
    """
    refuse(kinderlos & (geburtsdatum == 0) & (beitragsgruppe_pv == 1),
           "geburtsdatum fehlt: bei Kinderlosen entscheidet es über den Beitragszuschlag; Geburtsdatum angeben")
    month = kalenderjahr * 12 + kalendermonat
    return kinderlos & (geburtsdatum >= 19400101) & (month >= sv_monat_nach_23)
