"""Vorsorgepauschale with the minimum lump sum for health insurance, until 2025 (UPEVP, MVSP, UPVKV)."""

from __future__ import annotations

from payroll.law.engine import (
    Condition,
    Count,
    Money,
    Rate,
    ceil_euro,
    euro,
    floor_cent,
    maximum,
    minimum,
    rule,
    where,
)
from payroll.law.rules.lohnsteuer.durchgaenge import VORSORGE

NR3 = "§ 39b Abs. 2 Satz 5 Nr. 3 EStG a. F."


@rule(law=NR3, unit="euro/jahr", since="2024-01-01", until="2025-12-31", passes=VORSORGE, when="zu_rechnen")
def vorsorge_mindest(
        vorsorge_lohn: Money, stkl: Count, vorsorge_mindest_satz: Rate, vorsorge_mindest_hoechstbetrag: Money,
        vorsorge_mindest_hoechstbetrag_3: Money) -> Money:
    """Mindestvorsorgepauschale für Kranken- und Pflegeversicherung

    Im Plan VSP2.
    """
    hoechstens = where(stkl == 3, vorsorge_mindest_hoechstbetrag_3, vorsorge_mindest_hoechstbetrag)
    return minimum(floor_cent(vorsorge_lohn * vorsorge_mindest_satz), hoechstens)


@rule(law=f"{NR3} Buchst. d", unit="ja/nein", since="2024-01-01", until="2025-12-31", passes=VORSORGE,
      when="zu_rechnen")
def privat_versichert(pkv: Count) -> Condition:
    """Ausschließlich privat krankenversichert"""
    return pkv > 0


@rule(law=f"{NR3} Buchst. d", unit="anteil", since="2024-01-01", until="2025-12-31")
def vorsorge_satz_arbeitgeber(
        pvs: Count, vorsorge_kranken_ermaessigt: Rate, vorsorge_kranken_zusatz_arbeitgeber: Rate,
        vorsorge_pflege_arbeitgeber: Rate, vorsorge_pflege_arbeitgeber_sachsen: Rate) -> Rate:
    """Satz des Arbeitgeberzuschusses für privat Versicherte

    Im Plan KVSATZAG + PVSATZAG.
    """
    pflege = where(pvs == 1, vorsorge_pflege_arbeitgeber_sachsen, vorsorge_pflege_arbeitgeber)
    return vorsorge_kranken_ermaessigt + vorsorge_kranken_zusatz_arbeitgeber + pflege


@rule(law=f"{NR3} Buchst. d", unit="euro/jahr", since="2024-01-01", until="2025-12-31", name="vorsorge_privat",
      passes=VORSORGE, when="privat_versichert")
def vorsorge_privat_bis_2025(
        pkpv: Money, pkv: Count, stkl: Count, vorsorge_lohn: Money, vorsorge_grenze_kranken: Money,
        vorsorge_satz_arbeitgeber: Rate) -> Money:
    """Teilbetrag private Kranken- und Pflegeversicherung

    Bei Arbeitgeberzuschuss um dessen typischen Betrag gemindert, nicht in Klasse VI. Im Plan VSP3.
    """
    zuschuss = minimum(vorsorge_lohn, vorsorge_grenze_kranken) * vorsorge_satz_arbeitgeber
    eigener = where(pkv == 2, floor_cent(pkpv * 12 - zuschuss), pkpv * 12)
    return where(stkl == 6, euro(0), eigener)


@rule(law=f"{NR3} Buchst. b bis d", unit="euro/jahr", since="2024-01-01", until="2025-12-31", name="vorsorge_kranken",
      passes=VORSORGE, when="zu_rechnen")
def vorsorge_kranken_bis_2025(
        privat_versichert: Condition, vorsorge_privat: Money, vorsorge_kranken_gesetzlich: Money) -> Money:
    """Teilbetrag Kranken- und Pflegeversicherung

    Im Plan VSP3.
    """
    return where(privat_versichert, vorsorge_privat, vorsorge_kranken_gesetzlich)


@rule(law=NR3, unit="euro/jahr", since="2024-01-01", until="2025-12-31", name="vorsorgepauschale", passes=VORSORGE,
      when="zu_rechnen")
def vorsorgepauschale_bis_2025(vorsorge_rente: Money, vorsorge_kranken: Money, vorsorge_mindest: Money) -> Money:
    """Vorsorgepauschale

    In vollen Euro, mindestens mit der Mindestvorsorgepauschale. Im Plan VSP, VSPN.
    """
    return maximum(ceil_euro(vorsorge_kranken + vorsorge_rente), ceil_euro(vorsorge_rente + vorsorge_mindest))


@rule(law=NR3, unit="euro/jahr", since="2024-01-01", until="2025-12-31", passes=VORSORGE, when="zu_rechnen")
def vorsorge_kranken_beruecksichtigt(
        privat_versichert: Condition, vorsorge_mindest: Money, vorsorge_kranken: Money) -> Money:
    """Berücksichtigte private Kranken- und Pflegeversicherung

    Im Plan VKV.
    """
    return where(privat_versichert, maximum(vorsorge_mindest, vorsorge_kranken), 0)


@rule(law=NR3, unit="euro", since="2024-01-01", until="2025-12-31")
def vkvlzz(vorsorge_kranken_beruecksichtigt__laufend: Money, zeitraumanteil: Rate) -> Money:
    """Beim laufenden Lohn berücksichtigte private Versicherung

    Auf den Zeitraum. Im Plan VKVLZZ.
    """
    return floor_cent(vorsorge_kranken_beruecksichtigt__laufend * zeitraumanteil)


@rule(law=NR3, unit="euro/jahr", since="2024-01-01", until="2025-12-31", when="zu_rechnen__mit_einmal")
def vkvsonst(
        vorsorge_kranken_beruecksichtigt__mit_einmal: Money,
        vorsorge_kranken_beruecksichtigt__ohne_einmal: Money) -> Money:
    """Bei den sonstigen Bezügen zusätzlich berücksichtigte private Versicherung

    Im Plan VKVSONST.
    """
    return vorsorge_kranken_beruecksichtigt__mit_einmal - vorsorge_kranken_beruecksichtigt__ohne_einmal
