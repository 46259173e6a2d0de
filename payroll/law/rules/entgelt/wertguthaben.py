"""Value account of a sabbatical in the part-time model (§ 7b, § 23b Abs. 2 SGB IV): what was worked and not paid."""

from payroll.law.engine import Count, Input, Money, euro, half_up, maximum, rule

INPUTS = (
    Input("anteil_zaehler", "Count", "anzahl", "Anteil des Sabbaticals, Zähler", default=1),
    Input("anteil_nenner", "Count", "anzahl", "Anteil des Sabbaticals, Nenner", default=1),
    Input("sabbatical_angespart", "Money", "euro", "in der Ansparphase gezahltes Entgelt", default=0),
    Input("sabbatical_frei", "Money", "euro", "in der Freistellungsphase gezahltes Entgelt", default=0),
)


@rule(law="§ 7b, § 23b Abs. 2 SGB IV", unit="euro", since="2024-01-01")
def wertguthaben(sabbatical_angespart: Money, anteil_zaehler: Count, anteil_nenner: Count,
                 sabbatical_frei: Money) -> Money:
    """Wertguthaben: für die Ansparphase fehlendes Entgelt, abzüglich des in der Freistellung gezahlten"""
    saved = half_up(sabbatical_angespart * anteil_nenner / anteil_zaehler) - sabbatical_angespart
    left: Money = maximum(saved - sabbatical_frei, euro(0))
    return left
