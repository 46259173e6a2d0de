"""Recurring payments of a month: reduced for part-time and for days without a claim, as the wage type says.

One row is one payment over one slice of the month with constant hours.
"""

from payroll.law.engine import Condition, Days, Input, Money, Rate, half_up, minimum, rate, rule, where

INPUTS = (
    Input("bezug_betrag", "Money", "euro/monat", "Betrag des Bezugs für einen vollen Monat bei Vollzeit", default=0),
    Input("bezug_nach_arbeitszeit", "Condition", "ja/nein", "der Bezug folgt der Arbeitszeit", default=0),
    Input("bezug_tage", "Days", "tage", "Kalendertage, für die der Betrag zusteht", default=1),
    Input("bezug_nenner", "Days", "tage", "Kalendertage, auf die sich der Betrag bezieht", default=1),
    Input("wochenstunden", "Rate", "zahl", "vereinbarte Wochenstunden", default=0, den=100),
    Input("vollzeitstunden", "Rate", "zahl", "Wochenstunden einer Vollzeitkraft", default=0, den=100),
    Input("vereinbart_betrag", "Money", "euro/monat", "im Vertrag vereinbarter Betrag im Monat", default=0),
    Input("zuschuss_ersparnis", "Money", "euro/monat", "Beiträge, die der Arbeitgeber durch die Umwandlung spart",
          default=0),
    Input("darlehen_rate", "Money", "euro/monat", "vereinbarte Rate im Monat", default=0),
    Input("darlehen_offen", "Money", "euro", "was vor dieser Rate noch offen war", default=0),
    Input("darlehen_begrenzt", "Condition", "ja/nein", "Auszahlung oder pfändbarer Teil reichen nicht für die Rate",
          default=0),
    Input("darlehen_grenze", "Money", "euro/monat", "was Auszahlung und pfändbarer Teil zulassen", default=0),
)
EXPORTS = ("bezug_monat", "vereinbarter_abzug", "darlehensrate", "zuschuss_aus_ersparnis")


@rule(law="§ 24 Abs. 2 TVöD", unit="anteil", since="2024-01-01", when="bezug_nach_arbeitszeit")
def bezug_teilzeitanteil(wochenstunden: Rate, vollzeitstunden: Rate) -> Rate:
    """Verhältnis der vereinbarten zu den vollen Wochenstunden"""
    share: Rate = wochenstunden / vollzeitstunden
    return share


@rule(law="§ 24 Abs. 2 bis 4 TVöD", unit="euro/monat", since="2024-01-01")
def bezug_voll(bezug_betrag: Money, bezug_nach_arbeitszeit: Condition, bezug_teilzeitanteil: Rate) -> Money:
    """Betrag eines vollen Monats nach der Arbeitszeit"""
    share: Rate = where(bezug_nach_arbeitszeit, bezug_teilzeitanteil, rate(1))
    return half_up(bezug_betrag * share)


@rule(law="§ 24 Abs. 3 Satz 1 TVöD", unit="euro/monat", since="2024-01-01")
def bezug_monat(bezug_voll: Money, bezug_tage: Days, bezug_nenner: Days) -> Money:
    """Betrag für die Kalendertage mit Anspruch"""
    return half_up(bezug_voll * bezug_tage / bezug_nenner)


@rule(law="Vertrag mit dem Empfänger", unit="euro/monat", since="2024-01-01")
def vereinbarter_abzug(vereinbart_betrag: Money) -> Money:
    """Betrag, der aus dem Entgelt an den Empfänger des Vertrags geht; er wird nicht gekürzt"""
    return vereinbart_betrag


@rule(law="Darlehensvertrag, § 394 BGB", unit="euro/monat", since="2024-01-01")
def darlehensrate(darlehen_rate: Money, darlehen_offen: Money, darlehen_begrenzt: Condition,
                  darlehen_grenze: Money) -> Money:
    """Rate von Vorschuss oder Darlehen, höchstens was offen ist und was die Auszahlung zulässt"""
    result: Money = where(darlehen_begrenzt, darlehen_grenze, minimum(darlehen_rate, darlehen_offen))
    return result


@rule(law="§ 1a Abs. 1a BetrAVG", unit="euro/monat", since="2024-01-01")
def zuschuss_aus_ersparnis(zuschuss_ersparnis: Money) -> Money:
    """Zuschuss zur Entgeltumwandlung, wo der Arbeitgeber weniger als den gesetzlichen Anteil an Beiträgen spart"""
    return zuschuss_ersparnis
