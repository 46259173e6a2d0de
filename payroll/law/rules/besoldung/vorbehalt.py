"""Advances on a draft act: kept apart from pay fixed by law, settled when the act is there or fails."""

from payroll.law.engine import (
    Choice,
    Condition,
    Count,
    Days,
    Input,
    Lookup,
    Money,
    Rate,
    euro,
    half_up,
    maximum,
    minimum,
    rule,
    where,
)
from payroll.law.parameters.pay_tables import FAMILIENSTUFEN
from payroll.law.rules.besoldung.familienzuschlag import family_cell
from payroll.law.rules.besoldung.nebenbezuege import half_step_1

INPUTS = (
    Input("besoldung_endgueltig", "Money", "euro/monat", "Besoldung des Monats nach dem verkündeten Gesetz", default=0),
    Input("besoldung_fest_gezahlt", "Money", "euro/monat", "für den Monat nach geltendem Recht gezahlt", default=0),
    Input("abschlag_gezahlt", "Money", "euro/monat", "für den Monat unter Vorbehalt gezahlt", default=0),
)


@rule(law="Abschlagsregelung zum Besoldungsanpassungsgesetz", unit="ja/nein", since="2024-01-01")
def familie_mit_entwurf(hat_familienzuschlag: Condition, abschlag_auf_entwurf: Condition) -> Condition:
    """Auf den Familienzuschlag wird ein Abschlag gezahlt"""
    return hat_familienzuschlag & abschlag_auf_entwurf


@rule(law="Abschlagsregelung zum Besoldungsanpassungsgesetz", unit="ja/nein", since="2024-01-01")
def kinder_mit_entwurf(hat_kinderanteil: Condition, abschlag_auf_entwurf: Condition) -> Condition:
    """Auf den Kinderanteil wird ein Abschlag gezahlt"""
    return hat_kinderanteil & abschlag_auf_entwurf


@rule(law="§ 43 LBesG NRW", unit="euro/monat", since="2024-01-01", when="familie_mit_entwurf")
def familienzuschlag_stufe_1_gesetz(familienzuschlagstabelle: Lookup, familienklasse: Count) -> Money:
    """Familienzuschlag der Stufe 1 nach geltendem Recht"""
    amount: Money = familienzuschlagstabelle[family_cell(familienklasse, 0, 0)]
    return amount


@rule(law="§ 43 LBesG NRW, Anlage 13", unit="euro/monat", since="2024-01-01", when="kinder_mit_entwurf")
def familienzuschlag_gesamt_gesetz(familienzuschlagstabelle: Lookup, familienklasse: Count,
                                   familienzuschlag_kinder: Count, mietenstufe: Choice) -> Money:
    """Familienzuschlag mit Kindern nach geltendem Recht, Stufe 1 eingeschlossen"""
    further = familienzuschlagstabelle[family_cell(familienklasse, FAMILIENSTUFEN.index("weiteres_kind"), mietenstufe)]
    total = familienzuschlagstabelle[family_cell(familienklasse, minimum(familienzuschlag_kinder, 4), mietenstufe)]
    amount: Money = total + further * maximum(familienzuschlag_kinder - 4, 0)
    return amount


@rule(law="Abschlagsregelung zum Besoldungsanpassungsgesetz", unit="euro/monat", since="2024-01-01",
      when="familie_mit_entwurf")
def abschlag_entwurf_familie(
        familienzuschlag: Money, familienzuschlag_stufe_1_gesetz: Money, familienzuschlag_gesamt_gesetz: Money,
        familienzuschlag_stufe_1: Condition, hat_kinderanteil: Condition, stufe_1_geteilt: Condition,
        gemeinsam_vollzeit: Condition, wochenstunden: Rate, vollzeitstunden: Rate, tage: Days,
        kalendertage_im_monat: Days) -> Money:
    """Abschlag unter Vorbehalt, im Familienzuschlag enthalten"""
    step_1 = familienzuschlag_stufe_1_gesetz
    children = where(hat_kinderanteil, familienzuschlag_gesamt_gesetz - step_1, euro(0))
    alone = half_up((children + where(familienzuschlag_stufe_1, step_1, euro(0))) * wochenstunden / vollzeitstunden)
    shared = (half_up(children * wochenstunden / vollzeitstunden)
              + half_step_1(step_1, wochenstunden, vollzeitstunden, gemeinsam_vollzeit))
    fixed = half_up(where(stufe_1_geteilt, shared, alone) * tage / kalendertage_im_monat)
    return familienzuschlag - fixed


@rule(law="Abschlagsregelung zum Besoldungsanpassungsgesetz", unit="euro/monat", since="2024-01-01")
def abschlag_entwurf_gesamt(abschlag_entwurf: Money, abschlag_entwurf_familie: Money) -> Money:
    """Gesamter Abschlag auf den Gesetzentwurf, unter dem Vorbehalt der Rückforderung"""
    return abschlag_entwurf + abschlag_entwurf_familie


@rule(law="§ 15 Abs. 2 LBesG NRW", unit="euro/monat", since="2024-01-01")
def abschlag_ausgleich(besoldung_endgueltig: Money, besoldung_fest_gezahlt: Money, abschlag_gezahlt: Money) -> Money:
    """Ausgleich nach der Verkündung: Nachzahlung, negativ die Rückforderung des unter Vorbehalt Gezahlten"""
    return besoldung_endgueltig - besoldung_fest_gezahlt - abschlag_gezahlt


@rule(law="§ 15 Abs. 2 LBesG NRW", unit="euro/monat", since="2024-01-01")
def abschlag_rueckforderung(abschlag_ausgleich: Money) -> Money:
    """Zurückzufordernder Teil; der Einwand der Entreicherung ist durch den Vorbehalt ausgeschlossen"""
    amount: Money = maximum(euro(0) - abschlag_ausgleich, euro(0))
    return amount
