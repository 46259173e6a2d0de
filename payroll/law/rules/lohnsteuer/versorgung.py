"""Allowances for pensions and age relief (MRE4, MRE4ALTE)."""

from __future__ import annotations

from payroll.law.engine import (
    Condition,
    Count,
    Lookup,
    Money,
    ceil_cent,
    ceil_euro,
    minimum,
    rule,
    where,
)
from payroll.law.rules.lohnsteuer.durchgaenge import JAHRESLOHN, LOHN

ABS2 = "§ 39b Abs. 2 Satz 3 EStG, § 19 Abs. 2 EStG"
ABS3 = "§ 39b Abs. 3 Satz 6 EStG, § 19 Abs. 2 EStG"


@rule(law=ABS2, unit="ja/nein", since="2024-01-01", passes=LOHN, when="zu_rechnen")
def hat_versorgungsbezuege(versorgungsbezuege: Money) -> Condition:
    """Versorgungsbezüge sind vorhanden"""
    return versorgungsbezuege != 0


@rule(law=ABS2, unit="anzahl", since="2024-01-01", name="versorgungsmonate", passes=("laufend",))
def versorgungsmonate_laufend(lzz: Count, zmvb: Count) -> Count:
    """Monate mit Versorgungsbezügen

    Beim Jahreslohn laut Angabe, sonst 12.
    """
    return where(lzz == 1, zmvb, 12)


@rule(law=ABS3, unit="anzahl", since="2024-01-01", name="versorgungsmonate", passes=JAHRESLOHN)
def versorgungsmonate_jahr(zmvb: Count) -> Count:
    """Monate mit Versorgungsbezügen

    Laut Angabe, ohne Angabe 12. Im Plan ZMVB.
    """
    return where(zmvb == 0, 12, zmvb)


@rule(law=ABS2, unit="euro/jahr", since="2024-01-01", passes=LOHN, when="hat_versorgungsbezuege")
def versorgung_bemessung(vbezm: Money, vbezs: Money, versorgungsmonate: Count) -> Money:
    """Bemessungsgrundlage des Versorgungsfreibetrags

    Im Plan VBEZB.
    """
    return vbezm * versorgungsmonate + vbezs


@rule(law=ABS2, unit="euro/jahr", since="2024-01-01", passes=LOHN, when="hat_versorgungsbezuege")
def versorgungsfreibetrag_grund(
        versorgung_bemessung: Money, vjahr: Count, versorgungsfreibetrag_satz: Lookup,
        versorgungsfreibetrag_hoechstbetrag: Lookup, versorgungsmonate: Count, versorgungsbezuege: Money) -> Money:
    """Versorgungsfreibetrag ohne Einmalbeträge

    Höchstens der anteilige Höchstbetrag und die Bezüge. Im Plan FVB.
    """
    hoechstens = ceil_euro(versorgungsfreibetrag_hoechstbetrag[vjahr] * versorgungsmonate / 12)
    return minimum(ceil_cent(versorgung_bemessung * versorgungsfreibetrag_satz[vjahr]), hoechstens, versorgungsbezuege)


@rule(law=ABS2, unit="euro/jahr", since="2024-01-01", passes=LOHN, when="hat_versorgungsbezuege")
def versorgungszuschlag_anteilig(vjahr: Count, versorgungszuschlag: Lookup, versorgungsmonate: Count) -> Money:
    """Zuschlag zum Versorgungsfreibetrag nach Monaten

    Vor der Begrenzung. Im Plan FVBZ.
    """
    return ceil_euro(versorgungszuschlag[vjahr] * versorgungsmonate / 12)


@rule(law=ABS2, unit="euro/jahr", since="2024-01-01", name="versorgungsfreibetrag", passes=("laufend", "ohne_einmal"),
      when="hat_versorgungsbezuege")
def versorgungsfreibetrag_ohne_einmal(versorgungsfreibetrag_grund: Money) -> Money:
    """Versorgungsfreibetrag

    Im Plan FVB.
    """
    return versorgungsfreibetrag_grund


@rule(law=ABS2, unit="euro/jahr", since="2024-01-01", name="versorgungszuschlag_begrenzt",
      passes=("laufend", "ohne_einmal"),
      when="hat_versorgungsbezuege")
def versorgungszuschlag_ohne_einmal(
        versorgungszuschlag_anteilig: Money, versorgung_bemessung: Money, versorgungsfreibetrag: Money) -> Money:
    """Begrenzter Zuschlag zum Versorgungsfreibetrag

    Höchstens der nach dem Freibetrag verbleibende Betrag, auf volle Euro. Im Plan FVBZ, HFVBZ.
    """
    rest = versorgung_bemessung - versorgungsfreibetrag
    return where(versorgungszuschlag_anteilig > rest, ceil_euro(rest), versorgungszuschlag_anteilig)


@rule(law=ABS3, unit="euro", since="2024-01-01", name="versorgung_einmal", passes=("mit_einmal",))
def versorgung_einmal_mit(sterbe: Money) -> Money:
    """Einmalbeträge bei Versorgungsbezügen

    Sterbegeld, Kapitalauszahlungen und Abfindungen in den sonstigen Bezügen. Im Plan VBEZBSO.
    """
    return sterbe


@rule(law=ABS3, unit="euro", since="2024-01-01", name="versorgung_einmal", passes=("mehrjaehrig",))
def versorgung_einmal_mehrjaehrig(sterbe: Money, vkapa_positiv: Money) -> Money:
    """Einmalbeträge bei Versorgungsbezügen

    Sterbegeld und Kapitalauszahlungen auch für mehrere Jahre. Im Plan VBEZBSO.
    """
    return sterbe + vkapa_positiv


@rule(law=ABS3, unit="euro/jahr", since="2024-01-01", name="versorgungsfreibetrag",
      passes=("mit_einmal", "mehrjaehrig"),
      when="hat_versorgungsbezuege")
def versorgungsfreibetrag_mit_einmal(
        versorgungsfreibetrag_grund: Money, versorgung_einmal: Money, vjahr: Count,
        versorgungsfreibetrag_satz: Lookup, versorgungsfreibetrag_hoechstbetrag: Lookup) -> Money:
    """Versorgungsfreibetrag

    Einschließlich des Teils für Einmalbeträge. Im Plan FVBSO.
    """
    summe = ceil_cent(versorgungsfreibetrag_grund + versorgung_einmal * versorgungsfreibetrag_satz[vjahr])
    return minimum(summe, versorgungsfreibetrag_hoechstbetrag[vjahr])


@rule(law=ABS3, unit="euro/jahr", since="2024-01-01", name="versorgungszuschlag_begrenzt",
      passes=("mit_einmal", "mehrjaehrig"), when="hat_versorgungsbezuege")
def versorgungszuschlag_mit_einmal(
        versorgungszuschlag_anteilig: Money, versorgung_bemessung: Money, versorgung_einmal: Money,
        versorgungsfreibetrag: Money, vjahr: Count, versorgungszuschlag: Lookup) -> Money:
    """Begrenzter Zuschlag zum Versorgungsfreibetrag

    Einschließlich des Teils für Einmalbeträge, begrenzt wie der laufende. Im Plan FVBZSO, HFVBZSO.
    """
    summe = ceil_euro(versorgungszuschlag_anteilig + versorgung_einmal)
    rest = versorgung_bemessung + versorgung_einmal - versorgungsfreibetrag
    return minimum(where(summe > rest, ceil_euro(rest), summe), versorgungszuschlag[vjahr])


@rule(law="§ 24a EStG", unit="ja/nein", since="2024-01-01", passes=LOHN, when="zu_rechnen")
def altersentlastung_zu_rechnen(alter1: Count) -> Condition:
    """Das 64. Lebensjahr war zu Beginn des Jahres vollendet"""
    return alter1 != 0


@rule(law="§ 24a EStG", unit="euro/jahr", since="2024-01-01", passes=LOHN, when="altersentlastung_zu_rechnen")
def altersentlastungsbetrag(
        jahresarbeitslohn: Money, versorgungsbezuege: Money, ajahr: Count, altersentlastung_satz: Lookup,
        altersentlastung_hoechstbetrag: Lookup) -> Money:
    """Altersentlastungsbetrag

    Vom Arbeitslohn ohne Versorgungsbezüge. Im Plan ALTE.
    """
    lohn = jahresarbeitslohn - versorgungsbezuege
    return minimum(ceil_euro(lohn * altersentlastung_satz[ajahr]), altersentlastung_hoechstbetrag[ajahr])
