"""Stand-by at home for less than twelve hours; from twelve hours on whole hourly rates are paid."""

from payroll.law.engine import Money, Rate, half_up, rule


@rule(law="§ 8 Abs. 3 Satz 8 bis 10 TVöD", unit="euro", since="2024-01-01")
def rufbereitschaft_stunden(stundenentgelt: Money, stunden: Rate, rufbereitschaft_stundenanteil: Rate) -> Money:
    """Entgelt je Stunde einer Rufbereitschaft von weniger als zwölf Stunden"""
    return half_up(half_up(stundenentgelt * rufbereitschaft_stundenanteil) * stunden)
