"""What each kind of pay case asks for, put together from values of the law. All amounts in cents."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from payroll.law.conformance.pay_facts import (
    ZULAGEN,
    ZUSCHLAEGE,
    PayCase,
    day_of,
    family,
    hours,
    month_end,
    month_of,
    months_between,
)
from payroll.law.conformance.report import CellError, parse_number
from payroll.law.encode import choice


def claim(case: PayCase) -> tuple[date, date]:
    """First and last day with a claim in the period looked at."""
    facts = case.facts
    first = day_of(facts.get("anspruch_von") or facts.get("beschaeftigung_von") or case.month.isoformat())
    end = month_end(max(case.month, first)).isoformat()
    last = day_of(facts.get("anspruch_bis") or facts.get("beschaeftigung_bis") or end)
    if last < first:
        raise CellError(f"facts: letzter Tag {last} liegt vor dem ersten {first}")
    return first, last


def civil(case: PayCase) -> bool:
    """True for civil servants."""
    return case.scale.startswith("NRW-")


def monthly(case: PayCase) -> int:
    """Table pay of the month, with the family supplement of civil servants."""
    return case.value("tabellenentgelt") + (case.value("familienzuschlag", family(case)) if civil(case) else 0)


def allowances(case: PayCase, month: date | None = None, first: date | None = None, last: date | None = None) -> int:
    """All allowances named in the facts, each part rounded on its own."""
    total = 0
    for entry in case.facts.get("zulagen", []):
        art = choice("zulage", str(entry.get("zulage", "")), ZULAGEN[1:]) + 1
        if "stunden" in entry:
            total += case.value("zulage_stunden", {"zulage_art": art, "stunden": hours(entry["stunden"])}, month)
        elif ZULAGEN[art].endswith("nicht_staendig"):
            raise CellError(f"facts zulagen: {ZULAGEN[art]} braucht stunden")
        else:
            total += case.value("zulage_monat", {"zulage_art": art}, month, first=first, last=last)
    return total


def partial_month(case: PayCase) -> int:
    """All monthly parts for the days with a claim."""
    first, last = claim(case)
    total = case.value("tabellenentgelt", first=first, last=last) + allowances(case, first=first, last=last)
    if civil(case):
        total += case.value("familienzuschlag", family(case), first=first, last=last)
    return total


def annual_sum(case: PayCase) -> int:
    """Table pay of all months of a period."""
    first, last = claim(case)
    return sum(case.value("tabellenentgelt", month=month, first=first, last=last)
               for month in months_between(first, last))


def premiums(case: PayCase) -> int:
    """Time premiums by the hourly rate of step 3 in the month of the work."""
    total = 0
    for entry in case.facts.get("zeitzuschlaege", []):
        art = choice("zuschlag", str(entry.get("zuschlag", "")), ZUSCHLAEGE[:-1])
        month = month_of(entry["monat"]) if "monat" in entry else case.month
        in_shifts = case.facts.get("schichtarbeit") and case.facts.get("besonderer_teil") != "bt_k"
        if ZUSCHLAEGE[art] == "samstag_13_bis_21_uhr" and in_shifts:
            continue
        inputs = {"zuschlag_art": art, "stunden": hours(entry["stunden"])}
        total += case.value("zeitzuschlag_betrag", inputs, month)
    return total


def overtime(case: PayCase) -> int:
    """Pay of overtime and its premium."""
    inputs = {"stunden": hours(case.facts.get("ueberstunden"), "ueberstunden"),
              "zuschlag_art": ZUSCHLAEGE.index("ueberstunden")}
    return case.value("ueberstundenentgelt", inputs) + case.value("zeitzuschlag_betrag", inputs)


def vwl(case: PayCase) -> int:
    """The employer's capital-forming benefit."""
    if not case.facts.get("vermoegenswirksame_leistungen"):
        return 0
    return case.value("zulage_monat", {"zulage_art": ZULAGEN.index("vermoegenswirksame_leistungen")})


def limited_fitness(case: PayCase) -> int:
    """Pay for the reduced hours and the supplement."""
    share = parse_number(str(case.facts.get("dienstfaehigkeit_prozent")), "dienstfaehigkeit_prozent") * 100
    return monthly(case) + case.value("zuschlag_begrenzte_dienstfaehigkeit", {"dienstfaehigkeit": int(share)})


def employer_pension(case: PayCase) -> int:
    """Employer's Umlage and Sanierungsgeld on the table pay."""
    percent = {name: parse_number(str(case.facts.get(f"{name}_prozent", "0")), name)
               for name in ("umlage", "sanierungsgeld")}
    rates = {f"zv_{name}_satz": int(value * 10000) for name, value in percent.items()}
    inputs = {"zv_grundentgelt": case.value("tabellenentgelt"), "zusatzversorgung": 1, **rates}
    return case.value("zv_umlage", inputs) + case.value("zv_sanierungsgeld", inputs)


MONTHLY: dict[str, Callable[[PayCase], int]] = {
    "full_month": monthly,
    "part_time": monthly,
    "partial_month": partial_month,
    "annual_sum": annual_sum,
    "hourly_rate": lambda case: case.value("stundenentgelt"),
    "time_premium": premiums,
    "overtime": overtime,
    "monthly_allowance": allowances,
    "hourly_allowance": allowances,
    "table_plus_allowance": lambda case: monthly(case) + allowances(case),
    "mixed_month": lambda case: monthly(case) + allowances(case) + premiums(case),
    "regrade_up": lambda case: case.value("tabellenentgelt"),
    "vwl": vwl,
    "raised_hours": lambda case: case.value("tabellenentgelt"),
    "civil_base": lambda case: case.value("tabellenentgelt"),
    "civil_family": monthly,
    "limited_fitness": limited_fitness,
    "zvk_employer": employer_pension,
}
