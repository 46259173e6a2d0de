"""Annual tax, refund, and what the certificate shows afterwards."""

from payroll.law.engine import Count, Money, Rate, euro, floor_cent, maximum, rule
from payroll.law.rules.nebenleistungen.gueltigkeit import BEGINN, refuse

LAW = "§ 42b Abs. 2 EStG"


@rule(law=LAW, unit="euro/jahr", since=BEGINN, when="ja_durchfuehren")
def ja_jahreslohnsteuer(lstlzz: Money, lzz: Count, sonstb: Money) -> Money:
    """Jahreslohnsteuer nach dem Programmablaufplan des Jahres"""
    refuse((lzz != 1) | (sonstb != 0), "Jahresausgleich: der Plan ist mit dem Jahr als Zeitraum und ohne sonstige "
                                       "Bezüge zu rechnen")
    return lstlzz + euro(0)


@rule(law="§ 3 Abs. 1 Nr. 5 SolZG", unit="euro/jahr", since=BEGINN, when="ja_durchfuehren")
def ja_jahressoli(solzlzz: Money) -> Money:
    """Solidaritätszuschlag des Jahres"""
    return solzlzz + euro(0)


@rule(law="§ 51a EStG, Kirchensteuergesetze der Länder", unit="euro/jahr", since=BEGINN, when="ja_durchfuehren")
def ja_jahreskirchensteuer(bk: Money, kirchensteuersatz_person: Rate) -> Money:
    """Kirchensteuer des Jahres"""
    return floor_cent(bk * kirchensteuersatz_person)


@rule(law=LAW, unit="euro", since=BEGINN, when="ja_durchfuehren")
def ja_erstattung_lohnsteuer(ja_lohnsteuer_einbehalten: Money, ja_jahreslohnsteuer: Money) -> Money:
    """Zu erstattende Lohnsteuer; ein Fehlbetrag wird nicht nachgefordert"""
    refuse(ja_lohnsteuer_einbehalten < 0, "einbehaltene Lohnsteuer unter null; Lohnkonto prüfen")
    refund: Money = maximum(ja_lohnsteuer_einbehalten - ja_jahreslohnsteuer, euro(0))
    return refund


@rule(law="§ 42b Abs. 2 EStG, § 1 Abs. 2 SolZG", unit="euro", since=BEGINN, when="ja_durchfuehren")
def ja_erstattung_soli(ja_soli_einbehalten: Money, ja_jahressoli: Money) -> Money:
    """Zu erstattender Solidaritätszuschlag"""
    refund: Money = maximum(ja_soli_einbehalten - ja_jahressoli, euro(0))
    return refund


@rule(law="§ 42b Abs. 2 EStG, Kirchensteuergesetze der Länder", unit="euro", since=BEGINN, when="ja_durchfuehren")
def ja_erstattung_kirchensteuer(ja_kirchensteuer_einbehalten: Money, ja_jahreskirchensteuer: Money) -> Money:
    """Zu erstattende Kirchensteuer"""
    refund: Money = maximum(ja_kirchensteuer_einbehalten - ja_jahreskirchensteuer, euro(0))
    return refund


@rule(law="§ 42b Abs. 3 EStG", unit="euro", since=BEGINN)
def ja_erstattung(ja_erstattung_lohnsteuer: Money, ja_erstattung_soli: Money,
                  ja_erstattung_kirchensteuer: Money) -> Money:
    """Erstattung des Jahresausgleichs"""
    return ja_erstattung_lohnsteuer + ja_erstattung_soli + ja_erstattung_kirchensteuer


@rule(law="§ 42b Abs. 4 EStG", unit="euro/jahr", since=BEGINN)
def ja_bescheinigt_lohnsteuer(ja_lohnsteuer_einbehalten: Money, ja_erstattung_lohnsteuer: Money) -> Money:
    """Lohnsteuer der Bescheinigung: einbehalten abzüglich erstattet"""
    return ja_lohnsteuer_einbehalten - ja_erstattung_lohnsteuer


@rule(law="§ 42b Abs. 4 EStG", unit="euro/jahr", since=BEGINN)
def ja_bescheinigt_soli(ja_soli_einbehalten: Money, ja_erstattung_soli: Money) -> Money:
    """Solidaritätszuschlag der Bescheinigung"""
    return ja_soli_einbehalten - ja_erstattung_soli


@rule(law="§ 42b Abs. 4 EStG", unit="euro/jahr", since=BEGINN)
def ja_bescheinigt_kirchensteuer(ja_kirchensteuer_einbehalten: Money, ja_erstattung_kirchensteuer: Money) -> Money:
    """Kirchensteuer der Bescheinigung"""
    return ja_kirchensteuer_einbehalten - ja_erstattung_kirchensteuer
