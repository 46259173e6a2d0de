"""Performance pay (§ 18 TVöD VKA): the volume of a year, the amount without an agreement, the sharing of a pot."""

from __future__ import annotations

from collections.abc import Sequence

from payroll.law.engine import Input, Money, Rate, half_up, maximum, rule

INPUTS = (
    Input("leistung_bemessung", "Money", "euro/jahr", "ständige Monatsentgelte des Vorjahres aller Beschäftigten",
          default=0),
    Input("leistung_uebertrag", "Money", "euro/jahr", "Rest aus Vorjahren", default=0),
    Input("leistung_september", "Money", "euro/monat", "Tabellenentgelt im September", default=0),
    Input("leistung_ausgezahlt", "Money", "euro/jahr", "im Jahr ausgezahltes Leistungsentgelt", default=0),
)


@rule(law="§ 18 Abs. 3 TVöD (VKA)", unit="euro/jahr", since="2024-01-01")
def leistungsentgelt_volumen(leistung_bemessung: Money, leistungsentgelt_satz: Rate,
                             leistung_uebertrag: Money) -> Money:
    """Gesamtvolumen des Leistungsentgelts mit dem Rest aus Vorjahren"""
    return half_up(leistung_bemessung * leistungsentgelt_satz) + leistung_uebertrag


@rule(law="Protokollerklärung Nr. 1 zu § 18 Abs. 4 TVöD (VKA)", unit="euro", since="2024-01-01")
def leistungsentgelt_ohne_vereinbarung(leistung_september: Money, leistungsentgelt_satz_ohne: Rate) -> Money:
    """Leistungsentgelt mit dem Dezemberentgelt, wenn es keine Vereinbarung gibt"""
    return half_up(leistung_september * leistungsentgelt_satz_ohne)


@rule(law="§ 18 Abs. 3 und 4 TVöD (VKA)", unit="euro/jahr", since="2024-01-01")
def leistungsentgelt_rest(leistungsentgelt_volumen: Money, leistung_ausgezahlt: Money) -> Money:
    """Rest des Volumens, der das Volumen des nächsten Jahres erhöht"""
    left: Money = maximum(leistungsentgelt_volumen - leistung_ausgezahlt, 0)
    return left


def verteile_topf(topf: int, gewichte: Sequence[int]) -> list[int]:
    """Share a pot of cents by weights (points times hours, whole numbers); the shares add up to the pot.

    Cents left over go to the largest fractions, at equal fractions to the earlier person. Raises ValueError for a
    negative pot or weight, or a pot without any weight.
    """
    total = sum(gewichte)
    if topf < 0 or any(weight < 0 for weight in gewichte):
        raise ValueError("Leistungsentgelt: Topf und Punkte dürfen nicht negativ sein; Angaben berichtigen")
    if total == 0:
        if topf:
            raise ValueError("Leistungsentgelt: niemand hat Punkte; Punkte angeben oder den Topf übertragen")
        return [0] * len(gewichte)
    shares = [topf * weight // total for weight in gewichte]
    order = sorted(range(len(gewichte)), key=lambda n: (-(topf * gewichte[n] % total), n))
    for n in order[:topf - sum(shares)]:
        shares[n] += 1
    return shares
