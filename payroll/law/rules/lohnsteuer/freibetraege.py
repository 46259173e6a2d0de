"""Pay after allowances and the fixed table allowances (MRE4ABZ, MZTABFB)."""

from __future__ import annotations

from payroll.law.engine import (
    Condition,
    Count,
    Money,
    Rate,
    ceil_euro,
    choose,
    euro,
    floor_euro,
    maximum,
    minimum,
    rule,
    where,
)
from payroll.law.rules.lohnsteuer.durchgaenge import LOHN
from payroll.law.rules.lohnsteuer.schluessel import nur

ABS2 = "§ 39b Abs. 2 Satz 3 bis 5 EStG"


@rule(law=ABS2, unit="euro/jahr", since="2024-01-01", passes=LOHN, when="zu_rechnen")
def lohn_nach_freibetraegen(
        jahresarbeitslohn: Money, versorgungsfreibetrag: Money, altersentlastungsbetrag: Money,
        elstam_saldo: Money) -> Money:
    """Jahresarbeitslohn nach Freibeträgen

    Nach Versorgungsfreibetrag, Altersentlastung und ELStAM-Beträgen, mindestens 0. Im Plan ZRE4.
    """
    return maximum(jahresarbeitslohn - versorgungsfreibetrag - altersentlastungsbetrag + elstam_saldo, 0)


@rule(law=ABS2, unit="euro/jahr", since="2024-01-01", passes=LOHN, when="hat_versorgungsbezuege")
def versorgung_nach_freibetrag(versorgungsbezuege: Money, versorgungsfreibetrag: Money) -> Money:
    """Versorgungsbezüge nach Freibetrag

    Mindestens 0. Im Plan ZVBEZ.
    """
    return maximum(versorgungsbezuege - versorgungsfreibetrag, 0)


@rule(law=ABS2, unit="euro/jahr", since="2024-01-01", passes=LOHN, when="hat_versorgungsbezuege")
def versorgungszuschlag_abziehbar(
        stkl: Count, versorgungszuschlag_begrenzt: Money, versorgung_nach_freibetrag: Money) -> Money:
    """Abziehbarer Zuschlag zum Versorgungsfreibetrag

    Höchstens die Bezüge in vollen Euro, nicht in Klasse VI. Im Plan FVBZ.
    """
    gekappt = where(versorgung_nach_freibetrag < versorgungszuschlag_begrenzt,
                    floor_euro(versorgung_nach_freibetrag), versorgungszuschlag_begrenzt)
    return where(stkl < 6, gekappt, 0)


@rule(law="§ 9a Satz 1 Nr. 1 Buchst. b EStG", unit="euro/jahr", since="2024-01-01", passes=LOHN,
      when="hat_versorgungsbezuege")
def pauschbetrag_versorgung(
        stkl: Count, versorgung_nach_freibetrag: Money, versorgungszuschlag_abziehbar: Money,
        werbungskosten_pauschbetrag_versorgung: Money) -> Money:
    """Abziehbarer Pauschbetrag für Versorgungsbezüge

    Höchstens die Bezüge, nicht in Klasse VI. Im Plan ANP.
    """
    rest = versorgung_nach_freibetrag - versorgungszuschlag_abziehbar
    voll = werbungskosten_pauschbetrag_versorgung
    return where((stkl < 6) & (versorgung_nach_freibetrag > 0), where(rest < voll, ceil_euro(rest), voll), 0)


@rule(law="§ 9a Satz 1 Nr. 1 EStG", unit="euro/jahr", since="2024-01-01", passes=LOHN, when="zu_rechnen")
def pauschbetraege(
        stkl: Count, lohn_nach_freibetraegen: Money, versorgung_nach_freibetrag: Money,
        pauschbetrag_versorgung: Money, arbeitnehmer_pauschbetrag: Money) -> Money:
    """Abziehbare Pauschbeträge

    Für Arbeitslohn und Versorgungsbezüge, nicht in Klasse VI. Im Plan ANP.
    """
    aktiv = ceil_euro(maximum(lohn_nach_freibetraegen - versorgung_nach_freibetrag, 0))
    return where(stkl < 6, minimum(aktiv, arbeitnehmer_pauschbetrag), 0) + pauschbetrag_versorgung


@rule(law="§ 10c EStG, § 24b EStG", unit="euro/jahr", since="2024-01-01")
def klassenfreibetraege(
        stkl: Count, sonderausgaben_pauschbetrag: Money, entlastungsbetrag_alleinerziehende: Money) -> Money:
    """Freibeträge der Steuerklasse

    Sonderausgaben-Pauschbetrag (I bis V) und Entlastungsbetrag für Alleinerziehende (II). Im Plan SAP, EFA.
    """
    nur(stkl, 1, 6, "Steuerklasse (STKL)")
    return choose((stkl == 2, sonderausgaben_pauschbetrag + entlastungsbetrag_alleinerziehende),
                  (stkl < 6, sonderausgaben_pauschbetrag), otherwise=euro(0))


@rule(law=ABS2, unit="euro/jahr", since="2024-01-01", passes=LOHN, when="zu_rechnen")
def tabellenfreibetraege(
        klassenfreibetraege: Money, pauschbetraege: Money, versorgungszuschlag_abziehbar: Money) -> Money:
    """Feste Tabellenfreibeträge

    Ohne die Vorsorgepauschale. Im Plan ZTABFB.
    """
    return klassenfreibetraege + pauschbetraege + versorgungszuschlag_abziehbar


@rule(law="§ 51a Abs. 2a EStG", unit="ja/nein", since="2024-01-01")
def kinder_zaehlen(zkf: Rate, stkl: Count) -> Condition:
    """Kinderfreibeträge zählen

    Sie mindern die Bemessung von Solidaritätszuschlag und Kirchensteuer.
    """
    return (zkf > 0) & (stkl < 5)


@rule(law="§ 51a Abs. 2a EStG, § 32 Abs. 6 EStG", unit="euro/jahr", since="2024-01-01", when="kinder_zaehlen")
def kinderfreibetrag_summe(zkf: Rate, stkl: Count, kinderfreibetrag_je_zaehler: Money) -> Money:
    """Freibeträge für Kinder

    Nach Zahl und Klasse, in Klasse IV je zur Hälfte. Im Plan KFB.
    """
    return floor_euro(zkf * where(stkl == 4, kinderfreibetrag_je_zaehler / 2, kinderfreibetrag_je_zaehler))
