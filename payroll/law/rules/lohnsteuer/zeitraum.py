"""Pay period and annual amounts of each pass (MRE4JL, heads of MOSONST, MRE4SONST, MVMT)."""

from __future__ import annotations

from payroll.law.engine import Condition, Count, Money, Rate, always, choose, floor_cent, maximum, rate, rule, where
from payroll.law.rules.lohnsteuer.durchgaenge import JAHRESLOHN
from payroll.law.rules.lohnsteuer.schluessel import nur

ABS2 = "§ 39b Abs. 2 EStG"
ABS3 = "§ 39b Abs. 3 EStG"


@rule(law=ABS2, unit="zahl", since="2024-01-01")
def zeitraeume_im_jahr(lzz: Count) -> Rate:
    """Faktor für die Hochrechnung des Lohnzahlungszeitraums auf das Jahr"""
    nur(lzz, 1, 4, "Lohnzahlungszeitraum (LZZ)")
    return choose((lzz == 1, rate(1)), (lzz == 2, rate(12)), (lzz == 3, rate(360, 7)), otherwise=rate(360))


@rule(law=ABS2, unit="anteil", since="2024-01-01")
def zeitraumanteil(lzz: Count) -> Rate:
    """Anteil des Lohnzahlungszeitraums am Jahresbetrag

    Im Plan UPANTEIL.
    """
    return choose((lzz == 1, rate(1)), (lzz == 2, rate(1, 12)), (lzz == 3, rate(7, 360)), otherwise=rate(1, 360))


@rule(law="§ 39f EStG", unit="zahl", since="2024-01-01")
def steuerfaktor(af: Count, f: Rate) -> Rate:
    """Faktor des Faktorverfahrens

    1, wenn es nicht gilt.
    """
    return where(af == 0, rate(1), f)


@rule(law=ABS2, unit="ja/nein", since="2024-01-01", name="zu_rechnen", passes=("laufend",))
def zu_rechnen_laufend() -> Condition:
    """Laufender Arbeitslohn wird immer gerechnet"""
    return always(True)


@rule(law=ABS3, unit="ja/nein", since="2024-01-01", name="zu_rechnen", passes=("mit_einmal",))
def zu_rechnen_mit(sonstb: Money, mbv: Money) -> Condition:
    """Sonstige Bezüge oder Vermögensbeteiligungen sind zu rechnen

    Im Plan MSONST.
    """
    return (sonstb != 0) | (mbv != 0)


@rule(law=ABS3, unit="ja/nein", since="2024-01-01", name="zu_rechnen", passes=("ohne_einmal",))
def zu_rechnen_ohne(zu_rechnen__mit_einmal: Condition, zu_rechnen__mehrjaehrig: Condition) -> Condition:
    """Jahresarbeitslohn ohne Einmalbetrag wird als Vergleich gebraucht

    Im Plan MOSONST.
    """
    return zu_rechnen__mit_einmal | zu_rechnen__mehrjaehrig


@rule(law="§ 39b Abs. 3 Satz 9 EStG", unit="ja/nein", since="2024-01-01", until="2024-12-31", name="zu_rechnen",
      passes=("mehrjaehrig",))
def zu_rechnen_mehrjaehrig(vmt: Money, vkapa_positiv: Money) -> Condition:
    """Vergütung für mehrere Jahre ist ermäßigt zu rechnen

    Im Plan MVMT.
    """
    return vmt + vkapa_positiv > 0


@rule(law="§ 39b Abs. 3 EStG i. d. F. des Wachstumschancengesetzes", unit="ja/nein", since="2025-01-01",
      name="zu_rechnen", passes=("mehrjaehrig",))
def zu_rechnen_mehrjaehrig_ab_2025() -> Condition:
    """Vergütung für mehrere Jahre ist ermäßigt zu rechnen

    Ab 2025 nicht mehr im Lohnsteuerabzug.
    """
    return always(False)


@rule(law="§ 39b Abs. 3 EStG", unit="euro", since="2024-01-01")
def vkapa_positiv(vkapa: Money) -> Money:
    """Kapitalauszahlungen für mehrere Jahre

    Mindestens 0. Im Plan VKAPA.
    """
    return maximum(vkapa, 0)


@rule(law=ABS2, unit="euro/jahr", since="2024-01-01", name="jahresarbeitslohn", passes=("laufend",))
def jahresarbeitslohn_laufend(re4: Money, zeitraeume_im_jahr: Rate) -> Money:
    """Jahresarbeitslohn

    Laufender Arbeitslohn, hochgerechnet auf das Jahr. Im Plan ZRE4J.
    """
    return floor_cent(re4 * zeitraeume_im_jahr)


@rule(law=ABS3, unit="euro/jahr", since="2024-01-01", name="jahresarbeitslohn", passes=("ohne_einmal",),
      when="zu_rechnen")
def jahresarbeitslohn_ohne(jre4: Money) -> Money:
    """Jahresarbeitslohn

    Voraussichtlich, ohne die sonstigen Bezüge. Im Plan ZRE4J.
    """
    return jre4


@rule(law=ABS3, unit="euro/jahr", since="2024-01-01", name="jahresarbeitslohn", passes=("mit_einmal",),
      when="zu_rechnen")
def jahresarbeitslohn_mit(jre4: Money, sonstb: Money) -> Money:
    """Jahresarbeitslohn

    Voraussichtlich, mit den sonstigen Bezügen. Im Plan ZRE4J.
    """
    return jre4 + sonstb


@rule(law=ABS3, unit="euro/jahr", since="2024-01-01", name="jahresarbeitslohn", passes=("mehrjaehrig",),
      when="zu_rechnen")
def jahresarbeitslohn_mehrjaehrig(jre4: Money, sonstb: Money, vmt: Money, vkapa_positiv: Money) -> Money:
    """Jahresarbeitslohn

    Voraussichtlich, mit allen Einmalbeträgen. Im Plan ZRE4J.
    """
    return jre4 + sonstb + vmt + vkapa_positiv


@rule(law=ABS2, unit="euro/jahr", since="2024-01-01", name="versorgungsbezuege", passes=("laufend",))
def versorgungsbezuege_laufend(vbez: Money, zeitraeume_im_jahr: Rate) -> Money:
    """Versorgungsbezüge des Jahres

    Hochgerechnet auf das Jahr. Im Plan ZVBEZJ.
    """
    return floor_cent(vbez * zeitraeume_im_jahr)


@rule(law=ABS3, unit="euro/jahr", since="2024-01-01", name="versorgungsbezuege", passes=("ohne_einmal",),
      when="zu_rechnen")
def versorgungsbezuege_ohne(jvbez: Money) -> Money:
    """Versorgungsbezüge des Jahres

    Ohne die sonstigen. Im Plan ZVBEZJ.
    """
    return jvbez


@rule(law=ABS3, unit="euro/jahr", since="2024-01-01", name="versorgungsbezuege", passes=("mit_einmal",),
      when="zu_rechnen")
def versorgungsbezuege_mit(jvbez: Money, vbs: Money) -> Money:
    """Versorgungsbezüge des Jahres

    Mit den sonstigen. Im Plan ZVBEZJ.
    """
    return jvbez + vbs


@rule(law=ABS3, unit="euro/jahr", since="2024-01-01", name="versorgungsbezuege", passes=("mehrjaehrig",),
      when="zu_rechnen")
def versorgungsbezuege_mehrjaehrig(jvbez: Money, vbs: Money, vkapa_positiv: Money) -> Money:
    """Versorgungsbezüge des Jahres

    Mit allen Einmalbeträgen. Im Plan ZVBEZJ.
    """
    return jvbez + vbs + vkapa_positiv


@rule(law=ABS2, unit="euro/jahr", since="2024-01-01", name="elstam_saldo", passes=("laufend",))
def elstam_saldo_laufend(lzzhinzu: Money, lzzfreib: Money, zeitraeume_im_jahr: Rate) -> Money:
    """Hinzurechnungsbetrag abzüglich Freibetrag

    Jeder für sich auf das Jahr gerechnet. Im Plan JLHINZU, JLFREIB.
    """
    return floor_cent(lzzhinzu * zeitraeume_im_jahr) - floor_cent(lzzfreib * zeitraeume_im_jahr)


@rule(law=ABS3, unit="euro/jahr", since="2024-01-01", name="elstam_saldo", passes=JAHRESLOHN, when="zu_rechnen")
def elstam_saldo_jahr(jhinzu: Money, jfreib: Money) -> Money:
    """Hinzurechnungsbetrag abzüglich Freibetrag

    Jahresbeträge. Im Plan JLHINZU, JLFREIB.
    """
    return jhinzu - jfreib
