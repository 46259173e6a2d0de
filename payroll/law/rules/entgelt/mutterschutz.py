"""Maternity: the employer's supplement to the maternity benefit."""

from payroll.law.engine import Days, Input, Money, euro, half_up, maximum, rule

INPUTS = (
    Input("mutterschutz_netto", "Money", "euro", "Nettoentgelt der drei Monate vor der Schutzfrist", default=0),
    Input("mutterschutz_netto_tage", "Days", "tage", "Kalendertage, auf die dieses Nettoentgelt entfällt (Monat 30)",
          default=90),
    Input("mutterschutz_tage", "Days", "tage", "Kalendertage der Schutzfrist im Monat", default=0),
)


@rule(law="§ 20 Abs. 1 MuSchG", unit="euro/tag", since="2024-01-01")
def mutterschutz_netto_tag(mutterschutz_netto: Money, mutterschutz_netto_tage: Days) -> Money:
    """Kalendertägliches Nettoentgelt vor der Schutzfrist"""
    return half_up(mutterschutz_netto / maximum(mutterschutz_netto_tage, 1))


@rule(law="§ 20 Abs. 1 MuSchG", unit="euro/monat", since="2024-01-01")
def mutterschaftsgeld_zuschuss(mutterschutz_netto_tag: Money, mutterschaftsgeld_tag: Money,
                               mutterschutz_tage: Days) -> Money:
    """Zuschuss des Arbeitgebers zum Mutterschaftsgeld: was das Netto eines Tages über das Mutterschaftsgeld geht"""
    amount: Money = maximum(mutterschutz_netto_tag - mutterschaftsgeld_tag, euro(0)) * mutterschutz_tage
    return amount
