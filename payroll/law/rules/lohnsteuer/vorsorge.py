"""Vorsorgepauschale: what social insurance takes, as a standard amount (UPEVP, MVSP, MVSPKVPV, MVSPHB)."""

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
from payroll.law.rules.lohnsteuer.schluessel import nur

NR3 = "§ 39b Abs. 2 Satz 5 Nr. 3 EStG"


@rule(law=NR3, unit="euro/jahr", since="2024-01-01", name="vorsorge_lohn", passes=("laufend",))
def vorsorge_lohn_laufend(jahresarbeitslohn: Money) -> Money:
    """Lohn für die Vorsorgepauschale

    Der Jahresarbeitslohn. Im Plan ZRE4VP.
    """
    return jahresarbeitslohn


@rule(law=NR3, unit="euro/jahr", since="2024-01-01", name="vorsorge_lohn", passes=("ohne_einmal",), when="zu_rechnen")
def vorsorge_lohn_ohne(jahresarbeitslohn: Money, jre4ent: Money) -> Money:
    """Lohn für die Vorsorgepauschale

    Ohne Entschädigungen. Im Plan ZRE4VP.
    """
    return jahresarbeitslohn - jre4ent


@rule(law=NR3, unit="euro/jahr", since="2024-01-01", name="vorsorge_lohn", passes=("mit_einmal",), when="zu_rechnen")
def vorsorge_lohn_mit(jahresarbeitslohn: Money, mbv: Money, jre4ent: Money, sonstent: Money) -> Money:
    """Lohn für die Vorsorgepauschale

    Mit Vermögensbeteiligungen, ohne Entschädigungen. Im Plan ZRE4VP.
    """
    return jahresarbeitslohn + mbv - jre4ent - sonstent


@rule(law=NR3, unit="euro/jahr", since="2024-01-01", name="vorsorge_lohn", passes=("mehrjaehrig",), when="zu_rechnen")
def vorsorge_lohn_mehrjaehrig(
        jahresarbeitslohn: Money, mbv: Money, entsch: Money, jre4ent: Money, sonstent: Money) -> Money:
    """Lohn für die Vorsorgepauschale

    Mit Vermögensbeteiligungen, ohne alle Entschädigungen. Im Plan ZRE4VP.
    """
    return jahresarbeitslohn + mbv - entsch - jre4ent - sonstent


@rule(law=NR3, unit="euro/jahr", since="2024-01-01", name="vorsorge_lohn", passes=("ermaessigt",), when="zu_rechnen")
def vorsorge_lohn_ermaessigt(
        jahresarbeitslohn__mehrjaehrig: Money, entsch: Money, jre4ent: Money, sonstent: Money) -> Money:
    """Lohn für die Vorsorgepauschale

    Ohne Vermögensbeteiligungen und Entschädigungen. Im Plan ZRE4VP.
    """
    return jahresarbeitslohn__mehrjaehrig - entsch - jre4ent - sonstent


@rule(law=f"{NR3} Buchst. b", unit="anteil", since="2024-01-01")
def vorsorge_satz_kranken(kvz: Rate, vorsorge_kranken_ermaessigt: Rate) -> Rate:
    """Satz Krankenversicherung für die Vorsorgepauschale

    Ermäßigter halber Satz und halber Zusatzbeitrag. Im Plan KVSATZAN.
    """
    return kvz / 200 + vorsorge_kranken_ermaessigt


@rule(law=f"{NR3} Buchst. c, § 55 Abs. 3 SGB XI", unit="anteil", since="2024-01-01")
def vorsorge_satz_pflege(
        pvs: Count, pvz: Count, pva: Count, vorsorge_pflege: Rate, vorsorge_pflege_sachsen: Rate,
        vorsorge_pflege_kinderlos: Rate, vorsorge_pflege_abschlag: Rate) -> Rate:
    """Satz Pflegeversicherung für die Vorsorgepauschale

    Anteil des Arbeitnehmers mit Zuschlag oder Abschlägen. Im Plan PVSATZAN.
    """
    satz = where(pvs == 1, vorsorge_pflege_sachsen, vorsorge_pflege)
    return where(pvz == 1, satz + vorsorge_pflege_kinderlos, satz - pva * vorsorge_pflege_abschlag)


@rule(law=f"{NR3} Buchst. a", unit="ja/nein", since="2024-01-01", until="2024-12-31", name="vorsorge_rente_versichert")
def vorsorge_rente_versichert_2024(krv: Count) -> Condition:
    """In der gesetzlichen Rentenversicherung West oder Ost"""
    nur(krv, 0, 2, "Rentenversicherung (KRV)")
    return krv < 2


@rule(law=f"{NR3} Buchst. a", unit="euro/jahr", since="2024-01-01", until="2024-12-31", name="vorsorge_grenze_rente")
def vorsorge_grenze_rente_2024(krv: Count, vorsorge_bbg_rente: Money, vorsorge_bbg_rente_ost: Money) -> Money:
    """Beitragsbemessungsgrenze der Rentenversicherung West oder Ost

    Im Plan BBGRV.
    """
    return where(krv == 1, vorsorge_bbg_rente_ost, vorsorge_bbg_rente)


@rule(law=f"{NR3} Buchst. a", unit="euro/jahr", since="2025-01-01")
def vorsorge_grenze_rente(vorsorge_bbg_rente: Money) -> Money:
    """Beitragsbemessungsgrenze der allgemeinen Rentenversicherung

    Im Plan BBGRV, BBGRVALV.
    """
    return vorsorge_bbg_rente


@rule(law=f"{NR3} Buchst. a", unit="ja/nein", since="2025-01-01")
def vorsorge_rente_versichert(krv: Count) -> Condition:
    """In der gesetzlichen Rentenversicherung oder einer berufsständischen Einrichtung"""
    nur(krv, 0, 1, "Rentenversicherung (KRV)")
    return krv != 1


@rule(law=f"{NR3} Buchst. a", unit="euro/jahr", since="2024-01-01", passes=VORSORGE, when="zu_rechnen")
def vorsorge_rente(
        vorsorge_lohn: Money, vorsorge_rente_versichert: Condition, vorsorge_grenze_rente: Money,
        vorsorge_satz_rente: Rate) -> Money:
    """Teilbetrag Rentenversicherung

    Im Plan VSPR, bis 2025 VSP1.
    """
    teil = floor_cent(minimum(vorsorge_lohn, vorsorge_grenze_rente) * vorsorge_satz_rente)
    return where(vorsorge_rente_versichert, teil, 0)


@rule(law=f"{NR3} Buchst. b, c", unit="euro/jahr", since="2024-01-01", passes=VORSORGE, when="zu_rechnen")
def vorsorge_kranken_gesetzlich(
        vorsorge_lohn: Money, vorsorge_grenze_kranken: Money, vorsorge_satz_kranken: Rate,
        vorsorge_satz_pflege: Rate) -> Money:
    """Teilbetrag gesetzliche Kranken- und Pflegeversicherung

    Im Plan VSPKVPV, bis 2025 VSP3.
    """
    return floor_cent(minimum(vorsorge_lohn, vorsorge_grenze_kranken) * (vorsorge_satz_kranken + vorsorge_satz_pflege))


@rule(law=f"{NR3} Buchst. d", unit="euro/jahr", since="2026-01-01")
def vorsorge_privat(pkpv: Money, pkpvagz: Money, stkl: Count) -> Money:
    """Teilbetrag private Kranken- und Pflegeversicherung

    Nach Zuschuss des Arbeitgebers, nicht in Klasse VI. Im Plan VSPKVPV.
    """
    return where(stkl == 6, euro(0), maximum(pkpv * 12 - pkpvagz * 12, 0))


@rule(law=f"{NR3} Buchst. b bis d", unit="euro/jahr", since="2026-01-01", passes=VORSORGE, when="zu_rechnen")
def vorsorge_kranken(pkv: Count, vorsorge_privat: Money, vorsorge_kranken_gesetzlich: Money) -> Money:
    """Teilbetrag Kranken- und Pflegeversicherung

    Im Plan VSPKVPV.
    """
    return where(pkv > 0, vorsorge_privat, vorsorge_kranken_gesetzlich)


@rule(law=f"{NR3} Buchst. e", unit="euro/jahr", since="2026-01-01", passes=VORSORGE, when="zu_rechnen")
def vorsorge_arbeitslosigkeit(
        vorsorge_lohn: Money, vorsorge_grenze_rente: Money, vorsorge_satz_arbeitslosigkeit: Rate) -> Money:
    """Teilbetrag Arbeitslosenversicherung

    Im Plan VSPALV.
    """
    return floor_cent(minimum(vorsorge_lohn, vorsorge_grenze_rente) * vorsorge_satz_arbeitslosigkeit)


@rule(law=NR3, unit="euro/jahr", since="2026-01-01", passes=VORSORGE, when="zu_rechnen")
def vorsorgepauschale(
        vorsorge_rente: Money, vorsorge_kranken: Money, vorsorge_arbeitslosigkeit: Money, alv: Count, stkl: Count,
        vorsorge_hoechstbetrag: Money) -> Money:
    """Vorsorgepauschale

    In vollen Euro; Arbeitslosenversicherung nur innerhalb des Höchstbetrags, nicht in Klasse VI. Im Plan VSP, VSPN.
    """
    ohne = ceil_euro(vorsorge_kranken + vorsorge_rente)
    begrenzt = minimum(vorsorge_arbeitslosigkeit + vorsorge_kranken, vorsorge_hoechstbetrag)
    return where((alv == 1) | (stkl == 6), ohne, maximum(ohne, ceil_euro(vorsorge_rente + begrenzt)))
