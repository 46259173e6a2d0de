"""Pay after regrading with guarantee amounts in table S, temporary higher duties, individual and structural amounts."""


from payroll.law.encode import GRUPPEN
from payroll.law.engine import (
    Choice,
    Count,
    Days,
    Input,
    Lookup,
    Money,
    Rate,
    euro,
    half_up,
    maximum,
    rule,
    where,
)
from payroll.law.rules.entgelt.tabelle import pay_cell

SUE_KLEIN = tuple(f"TVoeD-SuE {name}" for name in ("S2", "S3", "S4", "S7", "S8a", "S8b"))
SUE_GROSS = tuple(name for name in GRUPPEN if name.startswith("TVoeD-SuE ") and name not in SUE_KLEIN)

INPUTS = (
    Input("hoehergruppiert", "Condition", "ja/nein", "Höhergruppierung, die Laufzeit der Stufe ist nicht vorbei",
          default=0),
    Input("gruppe_bisher", "Choice", "auswahl", "Entgeltgruppe vor der Höhergruppierung", default=0, names=GRUPPEN),
    Input("stufe_bisher", "Count", "anzahl", "Stufe vor der Höhergruppierung", default=-1),
    Input("hoeherwertig", "Condition", "ja/nein", "höherwertige Tätigkeit vorübergehend übertragen", default=0),
    Input("hoehere_gruppe", "Choice", "auswahl", "Entgeltgruppe der höherwertigen Tätigkeit", default=0,
          names=GRUPPEN),
    Input("hoehere_tage", "Days", "tage", "Tage des Monats mit der höherwertigen Tätigkeit", default=0),
    Input("individuelle_stufe_betrag", "Money", "euro/monat", "individuelle Zwischen- oder Endstufe bei Vollzeit",
          default=0),
    Input("strukturausgleich_betrag", "Money", "euro/monat", "Strukturausgleich bei Vollzeit", default=0),
    Input("strukturausgleich_anrechnung", "Money", "euro/monat", "Gewinn aus Höhergruppierungen", default=0),
)


def guaranteed(old: Money, new: Money, amount: Money) -> Money:
    """The new pay, or the old with the guarantee amount while the gain is smaller."""
    pay: Money = where((new - old < amount) & (amount > euro(0)), old + amount, new)
    return pay


def guarantee(old: Choice, new: Choice, which: Count, amounts: Lookup) -> Money:
    """The guarantee amount between two groups of table S; nothing outside it."""
    inside = old.ist(*SUE_KLEIN, *SUE_GROSS) & new.ist(*SUE_KLEIN, *SUE_GROSS)
    large = where(which == 1, where(old.ist(*SUE_GROSS), Count(2), Count(1)),
                  where(new.ist(*SUE_GROSS), Count(2), Count(1)))
    amount: Money = where(inside, amounts[large], euro(0))
    return amount


@rule(law="§ 17 Abs. 4 TVöD", unit="euro/monat", since="2024-01-01", when="hoehergruppiert")
def tabellenwert_bisher(entgelttabelle: Lookup, gruppe_bisher: Choice, stufe_bisher: Count) -> Money:
    """Tabellenwert der bisherigen Gruppe und Stufe"""
    value: Money = entgelttabelle[pay_cell(gruppe_bisher, stufe_bisher)]
    return value


@rule(law="§ 17 Abs. 4a TVöD (VKA)", unit="euro/monat", since="2024-01-01", when="hoehergruppiert")
def garantiebetrag(gruppe_bisher: Choice, entgeltgruppe: Choice, garantiebetrag_gruppe: Count,
                   garantiebetrag_sue: Lookup) -> Money:
    """Garantiebetrag bei Höhergruppierung innerhalb der Tabelle S"""
    return guarantee(gruppe_bisher, entgeltgruppe, garantiebetrag_gruppe, garantiebetrag_sue)


@rule(law="§ 17 Abs. 4 und 4a TVöD (VKA)", unit="euro/monat", since="2024-01-01", when="hoehergruppiert")
def garantie_vollzeit(tabellenwert_bisher: Money, tabellenwert: Money, garantiebetrag: Money) -> Money:
    """Aufschlag auf den neuen Tabellenwert, bis der Gewinn den Garantiebetrag erreicht (Vollzeit)"""
    return guaranteed(tabellenwert_bisher, tabellenwert, garantiebetrag) - tabellenwert


@rule(law="§ 17 Abs. 4a, § 24 Abs. 2 bis 4 TVöD", unit="euro/monat", since="2024-01-01", when="hoehergruppiert")
def garantie_zulage(garantie_vollzeit: Money, teilzeitanteil: Rate, tage: Days, kalendertage_im_monat: Days) -> Money:
    """Aufschlag zum Tabellenentgelt nach Teilzeit und Tagen"""
    return half_up(half_up(garantie_vollzeit * teilzeitanteil) * tage / kalendertage_im_monat)


@rule(law="§ 17 Abs. 4 Satz 1 TVöD", unit="anzahl", since="2024-01-01", when="hoeherwertig")
def hoehere_stufe(stufe: Count) -> Count:
    """Stufe, die bei dauerhafter Höhergruppierung zustünde"""
    return maximum(stufe, 2)


@rule(law="§ 15 TVöD", unit="euro/monat", since="2024-01-01", when="hoeherwertig")
def hoeherer_tabellenwert(entgelttabelle: Lookup, hoehere_gruppe: Choice, hoehere_stufe: Count) -> Money:
    """Tabellenwert der höheren Gruppe"""
    value: Money = entgelttabelle[pay_cell(hoehere_gruppe, hoehere_stufe)]
    return value


@rule(law="§ 17 Abs. 4a TVöD (VKA)", unit="euro/monat", since="2024-01-01", when="hoeherwertig")
def hoeherer_garantiebetrag(entgeltgruppe: Choice, hoehere_gruppe: Choice, garantiebetrag_gruppe: Count,
                            garantiebetrag_sue: Lookup) -> Money:
    """Garantiebetrag bei Höhergruppierung innerhalb der Tabelle S"""
    return guarantee(entgeltgruppe, hoehere_gruppe, garantiebetrag_gruppe, garantiebetrag_sue)


@rule(law="§ 14 Abs. 3 TVöD", unit="euro/monat", since="2024-01-01", when="hoeherwertig")
def hoeherwertig_vollzeit(tabellenwert: Money, hoeherer_tabellenwert: Money, hoeherer_garantiebetrag: Money) -> Money:
    """Entgelt bei Vollzeit, das bei dauerhafter Höhergruppierung zustünde"""
    return guaranteed(tabellenwert, hoeherer_tabellenwert, hoeherer_garantiebetrag)


@rule(law="§ 14 Abs. 1 und 3 TVöD", unit="euro/monat", since="2024-01-01", when="hoeherwertig")
def zulage_hoeherwertig(hoeherwertig_vollzeit: Money, teilzeitanteil: Rate, teilzeitentgelt: Money,
                        hoehere_tage: Days, kalendertage_im_monat: Days) -> Money:
    """Persönliche Zulage für die vorübergehend übertragene höherwertige Tätigkeit"""
    gain = maximum(half_up(hoeherwertig_vollzeit * teilzeitanteil) - teilzeitentgelt, euro(0))
    return half_up(gain * hoehere_tage / kalendertage_im_monat)


@rule(law="§ 12 TVÜ-VKA", unit="euro/monat", since="2024-01-01", when="nach_tabelle")
def strukturausgleich(strukturausgleich_betrag: Money, teilzeitanteil: Rate, strukturausgleich_anrechnung: Money,
                      tage: Days, kalendertage_im_monat: Days) -> Money:
    """Strukturausgleich: fester Betrag, nach Teilzeit, um Gewinne aus Höhergruppierungen vermindert"""
    left = maximum(half_up(strukturausgleich_betrag * teilzeitanteil) - strukturausgleich_anrechnung, euro(0))
    return half_up(left * tage / kalendertage_im_monat)


@rule(law="§§ 6, 7 TVÜ-VKA, § 24 Abs. 2 bis 4 TVöD", unit="euro/monat", since="2024-01-01", when="nach_tabelle")
def individuelle_stufe(individuelle_stufe_betrag: Money, tabellenentgelt: Money, teilzeitanteil: Rate, tage: Days,
                       kalendertage_im_monat: Days) -> Money:
    """Aufschlag auf das Tabellenentgelt: beide zusammen sind die individuelle Stufe nach Teilzeit und Tagen"""
    own = half_up(half_up(individuelle_stufe_betrag * teilzeitanteil) * tage / kalendertage_im_monat)
    amount: Money = maximum(own - tabellenentgelt, euro(0))
    return amount
