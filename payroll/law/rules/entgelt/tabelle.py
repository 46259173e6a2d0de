"""Table pay: the cell of the group and step, part-time ratio, days with a claim."""

from payroll.law.engine import Choice, Condition, Count, Days, Lookup, Money, Rate, half_up, rule, where
from payroll.law.parameters.pay_tables import STUFEN


def pay_cell(entgeltgruppe: Choice, stufe: Count) -> Count:
    """Key of the pay table; a step beyond the slots of the group leads nowhere."""
    key: Count = where((stufe >= 0) & (stufe < STUFEN), entgeltgruppe * STUFEN + stufe, -1)
    return key


@rule(law="§ 15 TVöD", unit="ja/nein", since="2024-01-01")
def nach_tabelle(brutto: Money) -> Condition:
    """Entgelt nach Tabelle"""
    return brutto < 0


@rule(law="§ 15 TVöD, § 20 LBesG NRW", unit="euro/monat", since="2024-01-01", when="nach_tabelle")
def tabellenwert_gesetz(entgelttabelle: Lookup, entgeltgruppe: Choice, stufe: Count) -> Money:
    """Tabellenwert nach geltendem Recht"""
    value: Money = entgelttabelle[pay_cell(entgeltgruppe, stufe)]
    return value


@rule(law="§ 15 TVöD, § 20 LBesG NRW", unit="euro/monat", since="2024-01-01", when="mit_entwurf")
def tabellenwert_entwurf(entgelttabelle_entwurf: Lookup, entgeltgruppe: Choice, stufe: Count) -> Money:
    """Tabellenwert nach dem Gesetzentwurf"""
    value: Money = entgelttabelle_entwurf[pay_cell(entgeltgruppe, stufe)]
    return value


@rule(law="Abschlagsregelung zum Besoldungsanpassungsgesetz", unit="ja/nein", since="2024-01-01")
def mit_entwurf(nach_tabelle: Condition, abschlag_auf_entwurf: Condition) -> Condition:
    """Abschlag auf den Gesetzentwurf"""
    return nach_tabelle & abschlag_auf_entwurf


@rule(law="§ 15 TVöD, § 20 LBesG NRW", unit="euro/monat", since="2024-01-01")
def tabellenwert(tabellenwert_gesetz: Money, tabellenwert_entwurf: Money, mit_entwurf: Condition) -> Money:
    """Tabellenwert bei Vollzeit"""
    value: Money = where(mit_entwurf, tabellenwert_entwurf, tabellenwert_gesetz)
    return value


@rule(law="§ 24 Abs. 2 TVöD, § 8 LBesG NRW", unit="anteil", since="2024-01-01", when="nach_tabelle")
def teilzeitanteil(wochenstunden: Rate, vollzeitstunden: Rate) -> Rate:
    """Teilzeitanteil"""
    share: Rate = wochenstunden / vollzeitstunden
    return share


@rule(law="§ 24 Abs. 2 und 4 TVöD, § 8 LBesG NRW", unit="euro/monat", since="2024-01-01", when="nach_tabelle")
def teilzeitentgelt(tabellenwert: Money, teilzeitanteil: Rate) -> Money:
    """Tabellenentgelt des vollen Monats"""
    return half_up(tabellenwert * teilzeitanteil)


@rule(law="§ 24 Abs. 3 Satz 1 TVöD", unit="euro/monat", since="2024-01-01", when="nach_tabelle")
def tabellenentgelt(teilzeitentgelt: Money, tage: Days, kalendertage_im_monat: Days) -> Money:
    """Tabellenentgelt"""
    return half_up(teilzeitentgelt * tage / kalendertage_im_monat)


@rule(law="Abschlagsregelung zum Besoldungsanpassungsgesetz", unit="euro/monat", since="2024-01-01", when="mit_entwurf")
def abschlag_entwurf(tabellenentgelt: Money, tabellenwert_gesetz: Money, teilzeitanteil: Rate, tage: Days,
                     kalendertage_im_monat: Days) -> Money:
    """Abschlag unter Vorbehalt, im Tabellenentgelt enthalten"""
    fest = half_up(half_up(tabellenwert_gesetz * teilzeitanteil) * tage / kalendertage_im_monat)
    return tabellenentgelt - fest
