"""Welche Rechenregel den Betrag einer Lohnart ergibt; wo es keine gibt, warum nicht.

Was ein Lauf als Zeile schreibt, kommt aus denselben Tabellen, nach denen er sie schreibt; Abzüge, Beiträge und
Grundlagen stehen hier mit dem Wert der Abrechnung, den sie nennen.
"""

from __future__ import annotations

from functools import cache

from payroll.masterdata.slices.anspruch import ARTEN
from payroll.runs import (
    altersteilzeit,
    anlaesse,
    derived,
    durchschnitt,
    infektionsschutz,
    pricing,
    sabbatical,
    umwandlungstage,
)
from payroll.runs.ansprueche import RECHNUNGEN
from payroll.runs.beside.targets import BORNE, LINES, NOT_PAID
from payroll.runs.tarifzulagen import ZULAGEN
from timekeeping.handover.kinds import ARTEN as ZEITEN
from timekeeping.handover.kinds import HINTERLEGT, PFLICHTIGER_TEIL
from timekeeping.rules.rates import STUNDENZULAGE

Regeln = dict[int, tuple[str, ...]]

# The result of the whole computation that a deduction, a share of the employer or a base is about.
ABRECHNUNG: Regeln = {
    1003: ("individuelle_stufe",), 1210: ("zuschlag_steuerfrei", "zuschlag_sv_frei"),
    1504: ("krankengeldzuschuss_monat",), 1505: ("zv_entgelt_fiktiv",), 1506: ("mutterschaftsgeld_zuschuss",),
    1600: ("sonderzahlung", "sonderzahlung_nach_tausch", "bemessung_elternzeit"), 1705: ("sonderzahlung",),
    1602: ("leistungsentgelt_volumen", "leistungsentgelt_ohne_vereinbarung"), 1608: ("sterbegeld",),
    1702: ("tabellenentgelt",), 1800: ("tabellenentgelt",), 1802: ("sv_altersteilzeit_beitrag",),
    1807: ("aktivrente_laufend", "aktivrente_einmalig"), 2109: ("sterbegeld_beamte",),
    3400: ("zv_steuerfrei",), 3401: ("zv_pauschal",), 3402: ("zv_individuell",), 3403: ("zv_sanierungsgeld",),
    3404: ("zv2_beitrag",), 3405: ("zv_an",), 3406: ("zv_zusatzumlage",),
    3408: ("nl_umwandlung_zuschuss", "zuschuss_aus_ersparnis"),
    4000: ("lohnsteuer",), 4001: ("lohnsteuer_einmal",), 4002: ("soli",), 4003: ("soli",), 4004: ("kirchensteuer",),
    4005: ("kirchensteuer",), 4006: ("kirchensteuer",), 4007: ("ja_erstattung",), 4010: ("kv_an",), 4011: ("zb_an",),
    4012: ("pv_an",), 4013: ("kinderlos_zuschlag",), 4014: ("rv_an",), 4015: ("av_an",),
    4016: ("sv_einmal_kv", "sv_einmal_rv"), 4017: ("zuschuss_kv", "zuschuss_pv"), 4018: ("sv_rv_minijob_an",),
    4100: ("zuschuss_kv",), 4101: ("zuschuss_pv",),
    4400: ("pf_einbehalt",), 4401: ("pf_einbehalt",), 4402: ("pf_einbehalt",), 4403: ("pf_einbehalt",),
    4404: ("pf_pfaendbar",), 4507: ("auszahlung",),
    5000: ("kv_ag",), 5001: ("zb_ag",), 5002: ("pv_ag",), 5003: ("rv_ag",), 5004: ("av_ag",), 5005: ("u2",),
    5006: ("sv_kv_pauschal",), 5007: ("sv_rv_minijob_ag",), 5008: ("pauschsteuer_2",), 5009: ("zv_pauschalsteuer",),
    5010: ("nl_pauschalsteuern", "pauschsteuer_25", "pauschsteuer_20"),
    5011: ("zv_pauschal_soli", "zv_pauschal_kist", "pauschsteuer_40a_soli", "pauschsteuer_40a_kist"),
    6000: ("zv_entgelt",), 6001: ("zv_hinzurechnung",), 6002: ("grundlohn_stunde",), 6003: ("pf_netto",),
    6004: ("krankengeldzuschuss",), 6005: ("sonderzahlung_durchschnitt",), 6006: ("tagesdurchschnitt",),
    6007: ("be_gesamt", "be_an"), 6008: ("leistungsentgelt_volumen",), 6009: ("jahresarbeitslohn__mit_einmal",),
}
OHNE_REGEL: dict[str, tuple[int, ...]] = {
    "steht im Tabellenentgelt, das im Verhältnis der Stunden steigt (§ 6 Abs. 1a TVöD)": (1004,),
    "läuft als Monatsbetrag unter der eigenen Lohnart weiter": (1500, 1507, 1510, 1130, 1122),
    "Zahlung nach Vertrag, der Betrag wird erfasst": (1605, 1610, 1707, 1710, 3005, 3021, 3409, 3411, 4103),
    "entsteht aus der Rückrechnung: neuer Betrag weniger gezahlter": (1613, 1614, 2110, 2111, 4508),
    "steht unter der Lohnart des Entgelts; die Versteuerung sagen die Merkmale der Beschäftigung": (1901, 1902),
    "wird nicht gerechnet; der Betrag ist zu erfassen": (4019, 4102),
    "Forderung mit eigenem Vorgang, keine Rechnung des Monats": (4504, 4506),
    "Aufwand außerhalb der Abrechnung, hier nur zum Buchen": (5012, 5013, 5014, 5015, 5016, 5017),
}


@cache
def regeln() -> Regeln:
    """Nummer der Lohnart → Namen der Regeln, die ihren Betrag ergeben."""
    found = dict(ABRECHNUNG)
    found |= dict.fromkeys((int(number) for number in pricing.TABELLE), ("tabellenentgelt",))
    found |= {int(number): (name,) for name, (number, _) in derived.PARTS.items()}
    found |= dict.fromkeys((1100, 1101), ("zulage_monat",))
    found |= {int(umwandlungstage.LOHNART): (umwandlungstage.REGEL, umwandlungstage.WERT)}
    found |= {int(number): (rule,) for number, _, rule, _ in ZULAGEN.values()}
    found |= {number: (RECHNUNGEN[art].regel,) for art, kind in ARTEN.items() if art in RECHNUNGEN
              for number in kind.lohnarten}
    found |= {int(number): (anlaesse.RULES[art],) for art, (number, _) in anlaesse.WAGE_TYPES.items()}
    found |= {int(number): (anlaesse.RULES["jubilaeum"],) for number, _ in anlaesse.JUBILEE.values()}
    found |= {int(number): ("fortzahlung_unstaendig",) for number, _ in durchschnitt.KINDS.values()}
    found |= {int(number): (name,) for name, number, _, _ in (*LINES, BORNE)} | {int(NOT_PAID[1]): (NOT_PAID[0],)}
    found |= {altersteilzeit.LOHNART: (altersteilzeit.REGEL,), int(infektionsschutz.LOHNART): ("ifsg_entschaedigung",),
              int(sabbatical.LOHNART): (sabbatical.REGEL,), PFLICHTIGER_TEIL: ("zuschlag_steuerpflichtig",),
              int(derived.VORBEHALT[0]): ("abschlag_entwurf", "abschlag_entwurf_familie")}
    return found | {number: (_hour(art.satz),) for number, art in ZEITEN.items()}


def _hour(rate: str) -> str:
    if rate in STUNDENZULAGE:
        return "zulage_stunden"
    return {"zuschlag": "zuschlag_je_stunde", "eigen": "stundenentgelt", "ueberstunde": "stundenentgelt_ueberstunde",
            "rufbereitschaft": "rufbereitschaft_stunden", HINTERLEGT: "stundensatz_hinterlegt"}[rate]


def ohne_regel(number: int) -> str:
    """Warum keine Regel den Betrag ergibt; leer, wenn es eine gibt oder der Betrag erfasst wird."""
    return next((why for why, numbers in OHNE_REGEL.items() if number in numbers), "")
