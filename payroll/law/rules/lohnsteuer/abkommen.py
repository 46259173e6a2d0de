"""Values for treaty cases: allowances used and income above the basic allowance (VFRB..., WVFRB...)."""

from __future__ import annotations

from payroll.law.engine import Condition, Money, maximum, rule, where
from payroll.law.rules.lohnsteuer.durchgaenge import LOHN

DBA = "§ 39b Abs. 6 EStG (Abkommensfälle)"


@rule(law=DBA, unit="euro/jahr", since="2024-01-01", passes=LOHN, when="zu_rechnen")
def verbrauchter_freibetrag(
        pauschbetraege: Money, versorgungsfreibetrag: Money, versorgungszuschlag_abziehbar: Money) -> Money:
    """Verbrauchter Freibetrag

    Pauschbeträge, Versorgungsfreibetrag und Zuschlag zusammen.
    """
    return pauschbetraege + versorgungsfreibetrag + versorgungszuschlag_abziehbar


@rule(law=DBA, unit="euro/jahr", since="2024-01-01", passes=LOHN, when="zu_rechnen")
def ueber_grundfreibetrag(zu_versteuern: Money, grundfreibetrag: Money) -> Money:
    """Zu versteuernder Betrag über dem Grundfreibetrag"""
    return maximum(zu_versteuern - grundfreibetrag, 0)


@rule(law=DBA, unit="euro/jahr", since="2024-01-01")
def vfrb(verbrauchter_freibetrag__laufend: Money) -> Money:
    """Verbrauchter Freibetrag beim laufenden Arbeitslohn

    Im Plan VFRB.
    """
    return verbrauchter_freibetrag__laufend


@rule(law=DBA, unit="euro/jahr", since="2024-01-01")
def vfrbs1(verbrauchter_freibetrag__ohne_einmal: Money) -> Money:
    """Verbrauchter Freibetrag beim voraussichtlichen Jahresarbeitslohn

    Im Plan VFRBS1.
    """
    return verbrauchter_freibetrag__ohne_einmal


@rule(law=DBA, unit="euro/jahr", since="2024-01-01", until="2024-12-31", name="vfrbs2", when="zu_rechnen__ohne_einmal")
def vfrbs2_2024(
        zu_rechnen__mit_einmal: Condition, zu_rechnen__mehrjaehrig: Condition,
        verbrauchter_freibetrag__mit_einmal: Money,
        verbrauchter_freibetrag__mehrjaehrig: Money, verbrauchter_freibetrag__ohne_einmal: Money) -> Money:
    """Verbrauchter Freibetrag bei den sonstigen Bezügen

    Vergütung für mehrere Jahre geht vor. Im Plan VFRBS2.
    """
    zuletzt = where(zu_rechnen__mehrjaehrig, verbrauchter_freibetrag__mehrjaehrig, verbrauchter_freibetrag__mit_einmal)
    return where(zu_rechnen__mit_einmal | zu_rechnen__mehrjaehrig, zuletzt - verbrauchter_freibetrag__ohne_einmal, 0)


@rule(law=DBA, unit="euro/jahr", since="2025-01-01", when="zu_rechnen__mit_einmal")
def vfrbs2(verbrauchter_freibetrag__mit_einmal: Money, verbrauchter_freibetrag__ohne_einmal: Money) -> Money:
    """Verbrauchter Freibetrag bei den sonstigen Bezügen

    Im Plan VFRBS2.
    """
    return verbrauchter_freibetrag__mit_einmal - verbrauchter_freibetrag__ohne_einmal


@rule(law=DBA, unit="euro/jahr", since="2024-01-01")
def wvfrb(ueber_grundfreibetrag__laufend: Money) -> Money:
    """Betrag über dem Grundfreibetrag beim laufenden Arbeitslohn

    Im Plan WVFRB.
    """
    return ueber_grundfreibetrag__laufend


@rule(law=DBA, unit="euro/jahr", since="2024-01-01")
def wvfrbo(ueber_grundfreibetrag__ohne_einmal: Money) -> Money:
    """Betrag über dem Grundfreibetrag beim voraussichtlichen Jahresarbeitslohn

    Im Plan WVFRBO.
    """
    return ueber_grundfreibetrag__ohne_einmal


@rule(law=DBA, unit="euro/jahr", since="2024-01-01")
def wvfrbm(ueber_grundfreibetrag__mit_einmal: Money) -> Money:
    """Betrag über dem Grundfreibetrag bei den sonstigen Bezügen

    Im Plan WVFRBM.
    """
    return ueber_grundfreibetrag__mit_einmal
