"""Annual bonus: a share of the average pay of the base months, less a twelfth for each month without pay."""

from payroll.law.engine import (
    Choice,
    Condition,
    Count,
    Days,
    Input,
    Lookup,
    Money,
    Rate,
    half_up,
    maximum,
    rule,
    where,
)

INPUTS = (
    Input("elternzeit_teilzeit", "Condition", "ja/nein", "Teilzeit während der Elternzeit im Geburtsjahr des Kindes",
          default=0),
    Input("stunden_vor_elternzeit", "Rate", "zahl", "Wochenstunden am Tag vor der Elternzeit", default=0, den=100),
    Input("bemessung_monat", "Money", "euro/monat", "Entgelt eines Bemessungsmonats", default=0),
    Input("bemessung_monat_tage", "Days", "tage", "Tage mit Entgelt dieses Monats", default=0),
    Input("bemessung_stundentage", "Rate", "zahl", "Summe der Wochenstunden dieser Tage", default=1, den=100),
)


@rule(law="§ 20 Abs. 3 TVöD, § 24 Abs. 4 TVöD", unit="euro/monat", since="2024-01-01")
def sonderzahlung_durchschnitt(bemessung_summe: Money, bemessung_monate: Count, bemessung_tage: Days,
                               sonderzahlung_tagefaktor: Rate) -> Money:
    """Durchschnittliches Monatsentgelt der Bemessungsmonate; bei fehlenden Tagen über den Tagesdurchschnitt"""
    by_month = half_up(bemessung_summe / bemessung_monate)
    by_day = half_up(half_up(bemessung_summe / maximum(bemessung_tage, 1)) * sonderzahlung_tagefaktor)
    average: Money = where(bemessung_tage > 0, by_day, by_month)
    return average


@rule(law="§ 20 Abs. 2 TVöD (VKA), § 14 TVAöD", unit="anteil", since="2024-01-01")
def sonderzahlung_satz(sonderzahlungsklasse: Lookup, entgeltgruppe: Choice, sonderzahlung_saetze: Lookup,
                       sonderzahlung_saetze_krankenhaus: Lookup, krankenhaus: Condition) -> Rate:
    """Bemessungssatz der Jahressonderzahlung nach der Entgeltgruppe"""
    klasse = sonderzahlungsklasse[entgeltgruppe]
    share: Rate = where(krankenhaus, sonderzahlung_saetze_krankenhaus[klasse], sonderzahlung_saetze[klasse])
    return share


@rule(law="§ 20 Abs. 2 und 4 TVöD (VKA)", unit="euro", since="2024-01-01")
def sonderzahlung(sonderzahlung_durchschnitt: Money, sonderzahlung_satz: Rate, zwoelftel: Count) -> Money:
    """Jahressonderzahlung, je Kalendermonat ohne Entgelt um ein Zwölftel vermindert"""
    return half_up(half_up(sonderzahlung_durchschnitt * sonderzahlung_satz) * zwoelftel / 12)


@rule(law="§ 20 Abs. 3 TVöD (VKA)", unit="euro/monat", since="2024-01-01", when="elternzeit_teilzeit")
def bemessung_elternzeit(bemessung_monat: Money, stunden_vor_elternzeit: Rate, bemessung_monat_tage: Days,
                         bemessung_stundentage: Rate) -> Money:
    """Entgelt eines Bemessungsmonats im Geburtsjahr nach dem Beschäftigungsumfang vor der Elternzeit"""
    return half_up(bemessung_monat * stunden_vor_elternzeit * bemessung_monat_tage / bemessung_stundentage)
