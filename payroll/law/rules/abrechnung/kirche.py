"""Church tax rate of a person."""

from payroll.law.engine import Choice, Lookup, Rate, rate, rule, where
from payroll.law.rules.abrechnung.zeit import BEGINN


@rule(law="Kirchensteuergesetze der Länder", unit="anteil", since=BEGINN)
def kirchensteuersatz_person(konfession: Choice, bundesland_kirche: Choice, kirchensteuersatz_land: Lookup) -> Rate:
    """Kirchensteuersatz nach dem Land der Betriebsstätte; ohne Kirche 0"""
    share: Rate = where(konfession.ist("keine"), rate(0), kirchensteuersatz_land[bundesland_kirche])
    return share
