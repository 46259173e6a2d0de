"""The limits of § 850c, announced for each year from 1 July; where nothing is announced, nothing is computed."""

import numpy as np

from payroll.law.engine import (
    Choice,
    Condition,
    Count,
    Exact,
    LawFault,
    Lookup,
    Money,
    Rate,
    euro,
    half_up,
    maximum,
    minimum,
    rule,
    up_decimals,
    where,
)

BEGINN = "2022-07-01"
BEKANNT_BIS = "2027-06-30"
UNBEKANNT_AB = "2027-07-01"


def refuse(wrong: Condition, message: str) -> None:
    """The rows that cannot be computed leave with this message."""
    mask = np.atleast_1d(np.asarray(wrong.mask, dtype=bool))
    if bool(mask.any()):
        raise LawFault(message, mask)


@rule(law="§ 850c Abs. 2 ZPO", unit="anzahl", since=BEGINN, when="pf_gepfaendet")
def pf_gezaehlte(pf_unterhaltsberechtigte: Count) -> Count:
    """Unterhaltsberechtigte, die das Gesetz zählt (höchstens fünf)"""
    refuse(pf_unterhaltsberechtigte < 0, "Zahl der Unterhaltsberechtigten unter null; bitte berichtigen")
    number: Count = minimum(pf_unterhaltsberechtigte, 5)
    return number


@rule(law="§ 850c Abs. 1 und 2 ZPO", unit="euro", since=BEGINN, until=BEKANNT_BIS, when="pf_gepfaendet")
def pf_freibetrag(pf_zeitraum: Choice, pf_gezaehlte: Count, pfaendung_grundbetrag: Lookup,
                  pfaendung_erste_person: Lookup, pfaendung_weitere_person: Lookup) -> Money:
    """Freibetrag nach der Zahl der Unterhaltsberechtigten"""
    first = where(pf_gezaehlte > 0, pfaendung_erste_person[pf_zeitraum], euro(0))
    further = pfaendung_weitere_person[pf_zeitraum] * maximum(pf_gezaehlte - 1, 0)
    free: Money = pfaendung_grundbetrag[pf_zeitraum] + first + further
    return free


@rule(law="§ 850c Abs. 4 ZPO", unit="euro", since=UNBEKANNT_AB, when="pf_gepfaendet", name="pf_freibetrag")
def pf_freibetrag_unbekannt(pf_gezaehlte: Count) -> Money:
    """Freibetrag: für diese Zeit noch nicht bekanntgemacht"""
    refuse(pf_gezaehlte >= 0, "die Pfändungsfreigrenzen ab 1. Juli 2027 sind nicht bekanntgemacht; die Bekanntmachung "
                              "abwarten und als Werte des Rechts eintragen")
    return euro(0)


@rule(law="§ 850c Abs. 3 Satz 3 ZPO", unit="euro", since=BEGINN, until=BEKANNT_BIS, when="pf_gepfaendet")
def pf_obergrenze(pf_zeitraum: Choice, pfaendung_obergrenze: Lookup) -> Money:
    """Betrag, über dem das Einkommen voll pfändbar ist"""
    limit: Money = pfaendung_obergrenze[pf_zeitraum]
    return limit


@rule(law="§ 850c Abs. 4 ZPO", unit="euro", since=UNBEKANNT_AB, when="pf_gepfaendet", name="pf_obergrenze")
def pf_obergrenze_unbekannt(pf_freibetrag: Money) -> Money:
    """Obergrenze: für diese Zeit noch nicht bekanntgemacht"""
    return pf_freibetrag


@rule(law="§ 850c Abs. 3 Satz 1 ZPO", unit="anteil", since=BEGINN, when="pf_gepfaendet")
def pf_anteil(pf_gezaehlte: Count, pfaendung_anteil: Lookup) -> Rate:
    """Pfändbarer Teil des Mehrbetrags"""
    share: Rate = pfaendung_anteil[pf_gezaehlte]
    return share


@rule(law="§ 850a Nr. 4 ZPO", unit="euro", since=BEGINN, until=BEKANNT_BIS, when="pf_gepfaendet")
def pf_weihnachtsgrenze(pfaendung_grundbetrag: Lookup, pfaendung_weihnachten_aufrundung: Money,
                        pfaendung_weihnachten_teil: Rate) -> Money:
    """Höchstbetrag des unpfändbaren Weihnachtsgeldes"""
    steps = up_decimals(pfaendung_grundbetrag[Count(0)] / pfaendung_weihnachten_aufrundung, 0)
    raised: Exact = pfaendung_weihnachten_aufrundung * steps
    return half_up(raised * pfaendung_weihnachten_teil)


@rule(law="§ 850a Nr. 4 ZPO", unit="euro", since=UNBEKANNT_AB, when="pf_gepfaendet", name="pf_weihnachtsgrenze")
def pf_weihnachtsgrenze_unbekannt(pf_freibetrag: Money) -> Money:
    """Höchstbetrag des Weihnachtsgeldes: für diese Zeit noch nicht bekanntgemacht"""
    return pf_freibetrag
