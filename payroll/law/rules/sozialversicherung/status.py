"""Who is what: Minijob, Midijob, training, employers who bear everything; keys that the law here cannot decide."""

from __future__ import annotations

import numpy as np

from payroll.law.engine import Condition, Count, Days, LawFault, Money, rule, where

BEGINN = "2024-01-01"
UEBERGANG = (101, 106, 119, 120)


def one_of(value: Count, *codes: int) -> Condition:
    """True where the code is one of ``codes``."""
    found = value == codes[0]
    for code in codes[1:]:
        found = found | (value == code)
    return found


def refuse(wrong: Condition, message: str) -> None:
    """The rows that cannot be computed leave with this message."""
    mask = np.atleast_1d(np.asarray(wrong.mask, dtype=bool))
    if bool(mask.any()):
        raise LawFault(message, mask)


@rule(law="§ 8 Abs. 1 Nr. 1 SGB IV", unit="ja/nein", since=BEGINN)
def ist_minijob(personengruppe: Count, beitragsgruppe_kv: Count, beitragsgruppe_rv: Count,
                beitragsgruppe_av: Count, beitragsgruppe_pv: Count) -> Condition:
    """Minijob

    Keys that belong to nobody else (KV 6, RV 5) or never to a Minijob are refused.
    """
    mini = personengruppe == 109
    flat = (beitragsgruppe_kv == 6) | (beitragsgruppe_rv == 5)
    refuse(flat & ~mini, "Beitragsgruppe KV 6 oder RV 5 gilt nur für Minijobs; Personengruppe 109 oder andere "
                         "Beitragsgruppe angeben")
    fits = (one_of(beitragsgruppe_kv, 0, 6) & one_of(beitragsgruppe_rv, 1, 5) & (beitragsgruppe_av == 0)
            & (beitragsgruppe_pv == 0))
    refuse(mini & ~fits, "Personengruppe 109 verlangt Beitragsgruppe 6100, 6500, 0100 oder 0500")
    return mini


@rule(law="§ 20 Abs. 2, 2a SGB IV", unit="ja/nein", since=BEGINN)
def ist_midijob(personengruppe: Count, sv_entgelt_laufend: Money, weiteres_entgelt: Money,
                regelmaessiges_entgelt: Money, sv_minijob_grenze_monat: Money,
                sv_midijob_obergrenze_monat: Money) -> Condition:
    """Beschäftigung im Übergangsbereich

    Regular pay above the Minijob limit and at most the upper limit; several jobs are added up unless the regular pay
    is given. Never for trainees, volunteers, interns, partial retirement, Minijob, short-term jobs, civil servants.
    """
    regular = where(regelmaessiges_entgelt < 0, sv_entgelt_laufend + weiteres_entgelt, regelmaessiges_entgelt)
    band = (regular > sv_minijob_grenze_monat) & (regular <= sv_midijob_obergrenze_monat)
    return band & one_of(personengruppe, *UEBERGANG)


@rule(law="§ 20 Abs. 3 Satz 1 Nr. 1 SGB IV", unit="ja/nein", since=BEGINN)
def sv_geringverdiener(personengruppe: Count, sv_entgelt_laufend: Money,
                       sv_geringverdiener_grenze_monat: Money) -> Condition:
    """Geringverdiener in Ausbildung"""
    return one_of(personengruppe, 105, 121) & (sv_entgelt_laufend <= sv_geringverdiener_grenze_monat)


@rule(law="§ 20 Abs. 3 SGB IV", unit="ja/nein", since=BEGINN)
def sv_ag_allein(personengruppe: Count, sv_geringverdiener: Condition) -> Condition:
    """Arbeitgeber trägt die Beiträge allein"""
    refuse(personengruppe == 122, "Personengruppe 122 (außerbetriebliche Ausbildung) wird nicht abgerechnet; "
                                  "Zuordnung mit der Krankenkasse klären")
    return sv_geringverdiener | (personengruppe == 123)


@rule(law="§ 223 SGB V", unit="ja/nein", since=BEGINN)
def sv_kv_pflichtig(beitragsgruppe_kv: Count) -> Condition:
    """Beitragspflicht KV"""
    refuse(~one_of(beitragsgruppe_kv, 0, 1, 3, 6, 9), "Beitragsgruppe KV kennt hier nur 0, 1, 3, 6, 9 "
                                                      "(4 und 5: Landwirtschaft, nicht abgerechnet)")
    return one_of(beitragsgruppe_kv, 1, 3, 9)


@rule(law="§ 54 SGB XI", unit="ja/nein", since=BEGINN)
def sv_pv_pflichtig(beitragsgruppe_pv: Count) -> Condition:
    """Beitragspflicht PV"""
    refuse(~one_of(beitragsgruppe_pv, 0, 1), "Beitragsgruppe PV kennt hier nur 0 und 1 (2: Beihilfeberechtigte, "
                                             "§ 28 Abs. 2 SGB XI, nicht abgerechnet; mit der Pflegekasse klären)")
    return beitragsgruppe_pv == 1


@rule(law="§ 168 Abs. 1 SGB VI", unit="ja/nein", since=BEGINN)
def sv_rv_pflichtig(beitragsgruppe_rv: Count, ist_minijob: Condition) -> Condition:
    """Beitragspflicht RV"""
    refuse(~one_of(beitragsgruppe_rv, 0, 1, 3, 5), "Beitragsgruppe RV kennt nur 0, 1, 3, 5")
    return one_of(beitragsgruppe_rv, 1, 3) & ~ist_minijob


@rule(law="§ 346 SGB III", unit="ja/nein", since=BEGINN)
def sv_av_pflichtig(beitragsgruppe_av: Count) -> Condition:
    """Beitragspflicht AV"""
    refuse(~one_of(beitragsgruppe_av, 0, 1, 2), "Beitragsgruppe AV kennt nur 0, 1, 2")
    return one_of(beitragsgruppe_av, 1, 2)


@rule(law="§ 22 Abs. 2 SGB IV", unit="ja/nein", since=BEGINN)
def sv_mehrfach(weiteres_entgelt: Money) -> Condition:
    """weitere Beschäftigung mit Entgelt"""
    return weiteres_entgelt > 0


@rule(law="§ 23a SGB IV", unit="ja/nein", since=BEGINN)
def sv_hat_einmalzahlung(sv_entgelt_einmalig: Money) -> Condition:
    """Einmalzahlung im Monat"""
    return sv_entgelt_einmalig != 0


@rule(law="§ 163 Abs. 5 SGB VI", unit="ja/nein", since=BEGINN)
def sv_altersteilzeit(personengruppe: Count, beitragsgruppe_rv: Count) -> Condition:
    """Altersteilzeit mit zusätzlichem Rentenbeitrag"""
    return (personengruppe == 103) & (beitragsgruppe_rv == 1)


@rule(law="§ 162 Nr. 1 SGB VI, § 342 SGB III", unit="ja/nein", since=BEGINN)
def sv_mindestens_bezugsgroesse(personengruppe: Count, sv_tage: Days) -> Condition:
    """Für Praktikanten und Geringverdiener gilt mindestens 1 % der Bezugsgröße"""
    return one_of(personengruppe, 105, 121) & (sv_tage > 0)


@rule(law="§ 344 Abs. 2 SGB III", unit="ja/nein", since=BEGINN)
def sv_dienst_mit_bezugsgroesse(personengruppe: Count, dienst_nach_beschaeftigung: Condition) -> Condition:
    """Freiwilligendienst unmittelbar nach einer versicherten Beschäftigung"""
    return (personengruppe == 123) & dienst_nach_beschaeftigung
