"""Pensionable pay and what employer and employee pay on it."""

from payroll.law.engine import Choice, Condition, Exact, Money, Rate, euro, half_up, maximum, minimum, rule, where


@rule(law="§ 1 ATV-K", unit="ja/nein", since="2024-01-01")
def zv_pflichtig(zusatzversorgung: Choice) -> Condition:
    """Zusatzversorgungspflicht"""
    return ~zusatzversorgung.ist("keine")


@rule(law="§ 15 Abs. 2 ATV-K", unit="euro/monat", since="2024-01-01")
def zv_hoechstentgelt(sv_bbg_rv_jahr: Money, zv_hoechstentgelt_faktor: Rate, einmalzahlung: Money) -> Exact:
    """Höchstentgelt der Zusatzversorgung (doppelt im Monat einer Einmalzahlung)"""
    limit: Exact = sv_bbg_rv_jahr * zv_hoechstentgelt_faktor / 12
    doubled: Exact = where(einmalzahlung > 0, limit * 2, limit)
    return doubled


@rule(law="§ 15 Abs. 2 ATV-K, § 62 der Satzung", unit="euro/monat", since="2024-01-01", when="zv_pflichtig")
def zv_entgelt(zv_grundentgelt: Money, einmalzahlung: Money, zv_frei: Money, zv_hoechstentgelt: Exact) -> Money:
    """Zusatzversorgungspflichtiges Entgelt"""
    pay = maximum(zv_grundentgelt + einmalzahlung - zv_frei, euro(0))
    return half_up(minimum(pay, zv_hoechstentgelt))


@rule(law="§ 16 Abs. 1 ATV-K", unit="euro/monat", since="2024-01-01", when="zv_pflichtig")
def zv_umlage(zv_entgelt: Money, zv_umlage_satz: Rate) -> Money:
    """Umlage des Arbeitgebers"""
    return half_up(zv_entgelt * zv_umlage_satz)


@rule(law="§ 17 ATV-K", unit="euro/monat", since="2024-01-01", when="zv_pflichtig")
def zv_sanierungsgeld(zv_entgelt: Money, zv_sanierungsgeld_satz: Rate) -> Money:
    """Sanierungsgeld"""
    return half_up(zv_entgelt * zv_sanierungsgeld_satz)


@rule(law="§ 16 ATV-K", unit="euro/monat", since="2024-01-01", when="zv_pflichtig")
def zv_an(zv_entgelt: Money, zv_an_satz: Rate) -> Money:
    """Beschäftigtenanteil der Zusatzversorgung"""
    return half_up(zv_entgelt * zv_an_satz)
