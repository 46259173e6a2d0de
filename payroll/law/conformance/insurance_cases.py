"""From a row of the file of cases to calculations: reading, checking, encoding."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from payroll.law.conformance.insurance_law import FIGURES, FIRST, LAST, Figures, Job, figure, numbers, upper_limit
from payroll.law.conformance.report import Case, CellError
from payroll.law.rules.sozialversicherung.inputs import KV_ARTEN, MILLION

LAENDER = ("BB", "BE", "BW", "BY", "HB", "HE", "HH", "MV", "NI", "NW", "RP", "SH", "SL", "SN", "ST", "TH")
OST = ("BB", "MV", "SN", "ST", "TH")
MODES = {
    "regular": (0, 101, 102, 105, 106, 110, 119, 120, 121, 122, 190), "midi": (101, 106, 119, 120), "mini": (109, 110),
    "azubi": (105, 121, 123), "minbase": (105,), "altersteilzeit": (103,),
}
PERSONENGRUPPEN = (101, 102, 103, 105, 106, 109, 110, 119, 120, 121, 122, 123, 190)
ONLY = {109: ("6100", "6500", "0100", "0500"), 110: ("0000",), 190: ("0000",)}
CORRECTION = ("originally_settled_pay", "originally_settled_children", "originally_childless", "original_zb")
LEVY = ("levy_rate_pct", "employer_levy_tax_free", "employer_levy_lump_taxed", "employer_levy_individually_taxed")
OTHER = ("oneoff_paid_in_month", "follows_insured_employment", "pkv_without_sick_pay")
NEEDS_ZB = ("exp_zb_an", "exp_zb_ag", "exp_total_an_sv", "exp_total_ag_sv")
SUBSIDY = (101, 102, 103, 119, 120)
TOP = 10_000_000_00


@dataclass(frozen=True)
class Row:
    """A checked case: the calculation, the earlier one to compare with, the one for the month of assignment."""

    case: Case
    day: date
    main: Job
    before: Job | None
    assign: Job
    expected_extra: dict[str, Any]


def is_levy(case: Case) -> bool:
    """True for the cases about the levy of the supplementary pension."""
    return LEVY[0] in case.text("extra_in")


def month_of(case: Case) -> date:
    """First day of the month; years outside the known law need their own figures."""
    year, month = case.whole("year"), case.whole("month")
    if not 1 <= month <= 12:
        raise CellError(f"month: {month} ist kein Monat; 1 bis 12 angeben")
    if not 2000 <= year <= LAST.year:
        raise CellError(f"year: für {year} sind keine Rechengrößen hinterlegt; {FIRST.year} bis {LAST.year} angeben")
    return date(year, month, 1)


def read(case: Case) -> Row:
    """The calculations of a case; anything wrong in it is a CellError naming column, rule and remedy."""
    day, extra = month_of(case), numbers(case.text("extra_in"), "extra_in")
    unknown = sorted(set(extra) - {*FIGURES, *CORRECTION, *LEVY, *OTHER})
    if unknown:
        raise CellError(f"extra_in: unbekannt: {', '.join(unknown)}; erlaubt: "
                        f"{', '.join((*FIGURES, *CORRECTION, *LEVY, *OTHER))}")
    figures = _figures(extra)
    if day < FIRST and not {"G", "F", "pv_rate"} <= set(extra):
        raise CellError(f"year: vor {FIRST.year} nur mit eigenen Rechengrößen (G, F, pv_rate, ...) in extra_in")
    group, digits = _group(case)
    inputs = {**_person(case), **_pay(case, day), **_group_inputs(group, digits)}
    _mode(case, group, inputs, day, figures)
    inputs.update(_insurance(case, digits, group, extra, inputs))
    inputs["dienst_nach_beschaeftigung"] = int(bool(extra.get("follows_insured_employment", False)))
    before = Job(day, _earlier(inputs, extra), figures) if any(key in extra for key in CORRECTION) else None
    paid = figure(extra.get("oneoff_paid_in_month", 0), "extra_in oneoff_paid_in_month") * 100
    assign = {**inputs, "vorjahr_sv_tage": 0, "sv_entgelt_einmalig": inputs["sv_entgelt_einmalig"] + _whole(paid)}
    return Row(case, day, Job(day, inputs, figures), before, Job(day, assign, figures),
               numbers(case.text("exp_extra"), "exp_extra"))


def _figures(extra: dict[str, Any]) -> Figures:
    """Figures of the law that the case brings along, each within reason."""
    found = {key: figure(extra[key], f"extra_in {key}") for key in FIGURES if key in extra}
    limits = {"euro": (Fraction(1), Fraction(10_000)), "zahl": (Fraction(1, 10_000), Fraction(1)),
              "prozent": (Fraction(0), Fraction(50))}
    for key, value in found.items():
        low, high = limits[FIGURES[key][0]]
        if not low <= value <= high:
            raise CellError(f"extra_in {key}: {extra[key]} ist nicht möglich; {low} bis {high} angeben")
    if found.get("G", 0) >= found.get("upper", 2000):
        raise CellError("extra_in G: die Minijobgrenze muss unter der Obergrenze (upper) liegen")
    return tuple(found.items())


def _whole(value: Fraction) -> int:
    if value.denominator != 1:
        raise CellError("extra_in: Beträge haben höchstens zwei Nachkommastellen")
    return value.numerator


def _amount(case: Case, column: str, default: int | None = 0) -> int:
    value = case.whole(column, 100, default)
    if not 0 <= value <= TOP:
        raise CellError(f"{column}: {case.text(column)} liegt nicht zwischen 0 und {TOP // 100} Euro; Betrag prüfen")
    return value


def _number(case: Case, column: str, default: int, low: int, high: int) -> int:
    value = case.whole(column, 1, default)
    if not low <= value <= high:
        raise CellError(f"{column}: {value} ist nicht möglich; {low} bis {high} angeben")
    return value


def _percent(case: Case, column: str, high: int) -> int:
    value = case.whole(column, MILLION // 100, 0)
    if not 0 <= value <= high * MILLION // 100:
        raise CellError(f"{column}: {case.text(column)} % ist nicht möglich; 0 bis {high} angeben")
    return value


def _flag(case: Case, column: str) -> bool | None:
    text = case.text(column)
    if text not in ("", "y", "n"):
        raise CellError(f"{column}: {text!r} gibt es nicht; y oder n angeben")
    return None if not text else text == "y"


def _group(case: Case) -> tuple[int, tuple[int, int, int, int]]:
    group, digits = case.text("pgr"), case.text("bgr")
    if not group and not digits:
        return 0, (0, 0, 0, 0)
    if not group or not digits:
        raise CellError(f"{'bgr' if group else 'pgr'}: leer; Personengruppe und Beitragsgruppe gehören zusammen")
    if not group.isascii() or not group.isdigit() or int(group) not in PERSONENGRUPPEN:
        raise CellError(f"pgr: {group!r} gibt es nicht; erlaubt: {', '.join(map(str, PERSONENGRUPPEN))}")
    if len(digits) != 4 or not digits.isascii() or not digits.isdigit():
        raise CellError(f"bgr: {digits!r} hat nicht vier Ziffern (KV, RV, AV, PV)")
    if digits not in ONLY.get(int(group), (digits,)):
        raise CellError(f"bgr: Personengruppe {group} verlangt {' oder '.join(ONLY[int(group)])}, nicht {digits}")
    kv, rv, av, pv = (int(digit) for digit in digits)
    return int(group), (kv, rv, av, pv)


def _group_inputs(group: int, digits: tuple[int, int, int, int]) -> dict[str, int]:
    names = ("beitragsgruppe_kv", "beitragsgruppe_rv", "beitragsgruppe_av", "beitragsgruppe_pv")
    return {"personengruppe": group, **dict(zip(names, digits, strict=True))}


def _person(case: Case) -> dict[str, int]:
    land = case.text("state")
    if land and land not in LAENDER:
        raise CellError(f"state: {land!r} gibt es nicht; erlaubt: {', '.join(LAENDER)}")
    childless, children = bool(_flag(case, "childless_surcharge")), _number(case, "children_under_25", 0, 0, 30)
    if childless and children:
        raise CellError(f"childless_surcharge: y widerspricht children_under_25 {children}; eines berichtigen")
    return {"sachsen": int(land == "SN"), "sv_ost": int(land in OST), "kinderlos_zuschlag": int(childless),
            "kinder_unter_25": children}


def _pay(case: Case, day: date) -> dict[str, int]:
    days, earlier = _number(case, "sv_days", 30, 0, 30), _number(case, "ytd_sv_days", 0, 0, 360)
    whole_year = _flag(case, "oneoff_in_prior_year")
    limit = 360 if whole_year else 30 * (day.month - 1)
    if earlier > limit:
        raise CellError(f"ytd_sv_days: {earlier} Tage vor Monat {day.month} sind nicht möglich; höchstens {limit}")
    # a row of the previous year: its days are complete and only the one-off is charged
    return {"sv_entgelt_laufend": 0 if whole_year else _amount(case, "pay_current", None),
            "sv_entgelt_einmalig": _amount(case, "pay_oneoff"), "sv_tage": 0 if whole_year else days,
            "sv_tage_bisher": earlier, "sv_brutto_kv_bisher": _amount(case, "ytd_base_kvpv"),
            "sv_brutto_rv_bisher": _amount(case, "ytd_base_rvalv"),
            "weiteres_entgelt": _amount(case, "other_employment_pay"),
            "vorjahr_sv_tage": -1 if whole_year is not None else 0}


def _insurance(case: Case, digits: tuple[int, int, int, int], group: int, extra: dict[str, Any],
               inputs: dict[str, int]) -> dict[str, int]:
    premium, care = _amount(case, "pkv_premium"), _amount(case, "ppv_premium")
    private = bool(case.text("pkv_premium") or case.text("ppv_premium"))
    if private and digits[0] not in (0,):
        raise CellError(f"pkv_premium: Prämie trotz Beitragsgruppe KV {digits[0]}; Prämie oder bgr berichtigen")
    kinds = {0: "privat" if private else "freiwillig" if case.text("zusatzbeitrag_pct") else "keine", 9: "freiwillig"}
    kind = kinds.get(digits[0], "gesetzlich")
    average = group == 123 or (group in (105, 121) and inputs["sv_entgelt_laufend"] <= 325_00)
    asked = any(case.text(column) for column in NEEDS_ZB) or any(
        key in case.text("exp_extra") for key in ("kv_plus_zb", "difference"))
    if digits[0] in (1, 3, 9) and not average and asked and not case.text("zusatzbeitrag_pct"):
        raise CellError("zusatzbeitrag_pct: leer, aber für den Zusatzbeitrag nötig; Satz der Krankenkasse angeben")
    if case.text("exp_u2_ag") and not case.text("u2_pct"):
        raise CellError("u2_pct: leer, aber für die Umlage U2 nötig; Umlagesatz angeben")
    if kind == "keine" and group in SUBSIDY and (case.text("exp_subsidy_kv_ag") or case.text("exp_subsidy_pv_ag")):
        raise CellError("pkv_premium: leer, aber für den Zuschuss nötig; Prämien oder (freiwillig Versicherte) "
                        "zusatzbeitrag_pct angeben")
    return {"kv_art": KV_ARTEN.index(kind), "zusatzbeitrag": _percent(case, "zusatzbeitrag_pct", 20),
            "u2_satz": _percent(case, "u2_pct", 10), "pkv_beitrag_monat": premium, "ppv_beitrag_monat": care,
            "pkv_ohne_krankengeld": int(bool(extra.get("pkv_without_sick_pay", False)))}


def _mode(case: Case, group: int, inputs: dict[str, int], day: date, figures: Figures) -> None:
    """Whether the month belongs to the Midijob band is given by the mode, not by the pay of the month."""
    mode, limit = case.text("mode"), upper_limit(day, figures)
    if mode and mode not in MODES:
        raise CellError(f"mode: {mode!r} gibt es nicht; erlaubt: {', '.join(MODES)}")
    if mode and group not in MODES[mode]:
        raise CellError(f"mode: {mode} widerspricht Personengruppe {group or 'leer'}; möglich wären: "
                        f"{', '.join(str(g) for g in MODES[mode] if g)}")
    if mode == "minbase" and inputs["sv_entgelt_laufend"]:
        raise CellError("pay_current: minbase gilt nur ohne Entgelt; 0.00 angeben oder mode berichtigen")
    if mode == "azubi" and group != 123 and inputs["sv_entgelt_laufend"] > 325_00:
        raise CellError("pay_current: über 325 Euro trägt der Arbeitgeber nicht allein; mode regular und "
                        "Personengruppe 102 angeben")
    if mode:
        inputs["regelmaessiges_entgelt"] = limit if mode == "midi" else limit + 1
    else:
        pay, days = inputs["sv_entgelt_laufend"] + inputs["weiteres_entgelt"], inputs["sv_tage"]
        inputs["regelmaessiges_entgelt"] = pay * 30 // days if days else pay


def _earlier(inputs: dict[str, int], extra: dict[str, Any]) -> dict[str, int]:
    """The month as it was settled before the correction."""
    old = dict(inputs)
    if CORRECTION[0] in extra:
        old["sv_entgelt_laufend"] = _whole(figure(extra[CORRECTION[0]], CORRECTION[0]) * 100)
    if CORRECTION[1] in extra:
        old["kinder_unter_25"] = _whole(figure(extra[CORRECTION[1]], CORRECTION[1]))
    if CORRECTION[2] in extra:
        if not isinstance(extra[CORRECTION[2]], bool):
            raise CellError(f"extra_in {CORRECTION[2]}: true oder false angeben")
        old["kinderlos_zuschlag"] = int(extra[CORRECTION[2]])
    if CORRECTION[3] in extra:
        old["zusatzbeitrag"] = _whole(figure(extra[CORRECTION[3]], CORRECTION[3]) * MILLION / 100)
    return old
