"""Family supplement of civil servants (§§ 42, 43 LBesG NRW)."""

from payroll.law.engine import (
    Choice,
    Condition,
    Count,
    Days,
    Lookup,
    Money,
    Rate,
    half_up,
    maximum,
    minimum,
    rule,
    where,
)
from payroll.law.parameters.pay_tables import FAMILIENSTUFEN, MIETENSTUFEN


def family_cell(klasse: Count, stufe: Count | int, mietenstufe: Count | int) -> Count:
    """Key of the table of family supplements; ``stufe`` and ``mietenstufe`` are positions in their lists."""
    key: Count = (klasse * len(FAMILIENSTUFEN) + stufe) * len(MIETENSTUFEN) + mietenstufe
    return key


@rule(law="§ 42 LBesG NRW", unit="ja/nein", since="2024-01-01")
def hat_familienzuschlag(familienzuschlag_stufe_1: Condition, familienzuschlag_kinder: Count) -> Condition:
    """Familienzuschlag steht zu"""
    return familienzuschlag_stufe_1 | (familienzuschlag_kinder > 0)


@rule(law="§ 42 LBesG NRW", unit="ja/nein", since="2024-01-01")
def hat_kinderanteil(familienzuschlag_kinder: Count) -> Condition:
    """Im Familienzuschlag zählen Kinder"""
    return familienzuschlag_kinder > 0


@rule(law="§ 43 LBesG NRW, Anlage 13", unit="anzahl", since="2024-01-01", when="hat_familienzuschlag")
def familienklasse(familienzuschlagsklasse: Lookup, entgeltgruppe: Choice, anwaerter_einstiegsamt: Choice) -> Count:
    """Klasse des Familienzuschlags; bei Anwärtern A5 bis A8 nach dem Einstiegsamt"""
    klasse: Count = familienzuschlagsklasse[entgeltgruppe]
    # "unbekannt" (0) leads to -1, a cell that does not exist: the row is faulty instead of wrong
    by_entry: Count = anwaerter_einstiegsamt - 1
    return where(klasse < 0, by_entry, klasse)


@rule(law="§ 43 LBesG NRW", unit="euro/monat", since="2024-01-01", when="hat_familienzuschlag")
def familienzuschlag_stufe_1_betrag(
        familienzuschlagstabelle: Lookup, familienzuschlagstabelle_entwurf: Lookup, familienklasse: Count,
        abschlag_auf_entwurf: Condition) -> Money:
    """Familienzuschlag der Stufe 1 (verheiratet)"""
    key = family_cell(familienklasse, 0, 0)
    amount: Money = where(abschlag_auf_entwurf, familienzuschlagstabelle_entwurf[key], familienzuschlagstabelle[key])
    return amount


@rule(law="§ 43 LBesG NRW, Anlage 13", unit="euro/monat", since="2024-01-01", when="hat_kinderanteil")
def familienzuschlag_gesamtbetrag(
        familienzuschlagstabelle: Lookup, familienzuschlagstabelle_entwurf: Lookup, familienklasse: Count,
        abschlag_auf_entwurf: Condition, familienzuschlag_kinder: Count, mietenstufe: Choice) -> Money:
    """Familienzuschlag mit Kindern nach Mietenstufe, Stufe 1 eingeschlossen"""
    # a rent level "alle" (0) has no cell for children: the row is faulty instead of wrong
    total_key = family_cell(familienklasse, minimum(familienzuschlag_kinder, 4), mietenstufe)
    further_key = family_cell(familienklasse, FAMILIENSTUFEN.index("weiteres_kind"), mietenstufe)
    further = maximum(familienzuschlag_kinder - 4, 0)
    law = familienzuschlagstabelle[total_key] + familienzuschlagstabelle[further_key] * further
    draft = (familienzuschlagstabelle_entwurf[total_key]
             + familienzuschlagstabelle_entwurf[further_key] * further)
    amount: Money = where(abschlag_auf_entwurf, draft, law)
    return amount


@rule(law="§§ 42, 43 LBesG NRW", unit="euro/monat", since="2024-01-01")
def familienzuschlag_vollzeit(
        familienzuschlag_gesamtbetrag: Money, familienzuschlag_stufe_1_betrag: Money, hat_kinderanteil: Condition,
        familienzuschlag_stufe_1: Condition) -> Money:
    """Familienzuschlag bei Vollzeit; ohne Anspruch auf Stufe 1 wird sie vom Gesamtbetrag abgezogen"""
    with_children = where(familienzuschlag_stufe_1, familienzuschlag_gesamtbetrag,
                          familienzuschlag_gesamtbetrag - familienzuschlag_stufe_1_betrag)
    amount: Money = where(hat_kinderanteil, with_children, familienzuschlag_stufe_1_betrag)
    return amount


@rule(law="§§ 8, 42 LBesG NRW", unit="euro/monat", since="2024-01-01", when="hat_familienzuschlag")
def familienzuschlag_teilzeit(familienzuschlag_vollzeit: Money, familienzuschlag_geteilt: Money,
                              stufe_1_geteilt: Condition, wochenstunden: Rate, vollzeitstunden: Rate) -> Money:
    """Familienzuschlag eines vollen Monats nach der Arbeitszeit"""
    alone = half_up(familienzuschlag_vollzeit * wochenstunden / vollzeitstunden)
    amount: Money = where(stufe_1_geteilt, familienzuschlag_geteilt, alone)
    return amount


@rule(law="§ 8 LBesG NRW", unit="euro/monat", since="2024-01-01", when="hat_familienzuschlag")
def familienzuschlag(familienzuschlag_teilzeit: Money, tage: Days, kalendertage_im_monat: Days) -> Money:
    """Familienzuschlag nach Teilzeit und Tagen mit Anspruch"""
    return half_up(familienzuschlag_teilzeit * tage / kalendertage_im_monat)


@rule(law="§§ 8, 42 LBesG NRW", unit="euro/monat", since="2024-01-01", when="familienzuschlag_stufe_1")
def familienzuschlag_stufe_1_anteil(
        familienzuschlag_stufe_1_betrag: Money, familienzuschlag_stufe_1_haelfte: Money, stufe_1_geteilt: Condition,
        wochenstunden: Rate, vollzeitstunden: Rate, tage: Days, kalendertage_im_monat: Days) -> Money:
    """Was vom Familienzuschlag auf die Stufe 1 entfällt"""
    alone = half_up(familienzuschlag_stufe_1_betrag * wochenstunden / vollzeitstunden)
    month = where(stufe_1_geteilt, familienzuschlag_stufe_1_haelfte, alone)
    return half_up(month * tage / kalendertage_im_monat)


@rule(law="§§ 8, 43 LBesG NRW", unit="euro/monat", since="2024-01-01", when="hat_kinderanteil")
def familienzuschlag_kinderanteil(familienzuschlag: Money, familienzuschlag_stufe_1_anteil: Money) -> Money:
    """Was vom Familienzuschlag auf die Kinder entfällt: der Rest, damit beide Teile zusammen stimmen"""
    return familienzuschlag - familienzuschlag_stufe_1_anteil
