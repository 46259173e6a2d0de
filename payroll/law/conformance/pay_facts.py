"""One case of pay: its assignment, its facts, and single values of the law for it."""

from __future__ import annotations

import calendar
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from payroll.law.calculate import rule_book
from payroll.law.conformance.report import Case, CellError, parse_number
from payroll.law.encode import UnknownName, assignment, choice, gruppe_code, stufe_code, tarifwerk_code
from payroll.law.engine import evaluate
from payroll.law.parameters.pay_tables import MIETENSTUFEN

NOTHING: Mapping[str, int] = {}
KNOWN_FACTS = frozenset((
    "unklar", "anspruch_von", "anspruch_bis", "beschaeftigung_von", "beschaeftigung_bis", "bisher",
    "hoeherwertige_taetigkeit", "nachzahlungsmonate", "gezahlt", "fehlzeiten", "zulagen", "zeitzuschlaege",
    "schichtarbeit", "besonderer_teil", "ueberstunden", "rufbereitschaft", "inanspruchnahmen", "umwandlungstage",
    "ausfall", "arbeitstage_je_woche", "unstaendige_bezuege", "krankengeldbezug", "vermoegenswirksame_leistungen",
    "arbeitszeiterhoehung_vereinbart", "familienstand", "familienzuschlag_stufe_1", "kinder", "mietenstufe",
    "strukturzulage", "amtsverhaeltnis", "abschlag_auf_entwurf", "dienstfaehigkeit_prozent", "zusatzversorgungskasse",
    "umlage_prozent", "sanierungsgeld_prozent"))
CODES = {
    "familienstand": ("ledig", "verheiratet", "geschieden"), "besonderer_teil": ("bt_k",),
    "amtsverhaeltnis": ("kommunaler_wahlbeamter", "anwaerter"), "mietenstufe": MIETENSTUFEN[1:],
    "zusatzversorgungskasse": ("rzvk_av1", "rzvk_av2", "kvw_av1", "kvw_av2", "vbl_west")}
ZULAGEN = ("keine", "wechselschicht_staendig", "schicht_staendig", "sue_zulage", "wechselschicht_nicht_staendig",
           "schicht_nicht_staendig", "vermoegenswirksame_leistungen")
ZUSCHLAEGE = ("nacht", "sonntag", "feiertag_mit_freizeitausgleich", "feiertag_ohne_freizeitausgleich",
              "heiligabend_silvester_ab_6_uhr", "samstag_13_bis_21_uhr", "ueberstunden")


def month_of(text: str) -> date:
    """The first day of a month written YYYY-MM."""
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError:
        raise CellError(f"month: {text!r} ist kein Monat (JJJJ-MM)") from None


def day_of(text: str) -> date:
    """A day written YYYY-MM-DD."""
    try:
        return date.fromisoformat(text)
    except (ValueError, TypeError):
        raise CellError(f"facts: {text!r} ist kein Tag (JJJJ-MM-TT)") from None


def month_end(month: date) -> date:
    """The last day of a month."""
    return month.replace(day=calendar.monthrange(month.year, month.month)[1])


def months_between(first: date, last: date) -> list[date]:
    """The first days of all months from ``first`` to ``last``."""
    found = [first.replace(day=1)]
    while (following := (found[-1] + timedelta(days=31)).replace(day=1)) <= last:
        found.append(following)
    return found


@dataclass(frozen=True)
class PayCase:
    """A case ready to be priced. ``facts`` are the decoded facts, amounts as text."""

    kind: str
    scale: str
    group: str
    step: str
    month: date
    weekly: int
    full: int
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def drafts(self) -> bool:
        """True when the draft table is paid in advance."""
        return bool(self.facts.get("abschlag_auf_entwurf", False))

    def value(self, name: str, inputs: Mapping[str, int] = NOTHING, month: date | None = None, *,
              first: date | None = None, last: date | None = None, table: date | None = None, group: str = "",
              step: str = "") -> int:
        """One value of the law in cents, for the days from ``first`` to ``last`` of the month.

        ``table``: the month whose law holds, if not the month itself. ``inputs``: further columns of the rules.
        """
        month = month or self.month
        law_month = table or month
        group, step = group or self.group, step or self.step
        end = min(last or month_end(month), month_end(month))
        covered = max((end - max(first or month, month)).days + 1, 0)
        stufe = stufe_code(self.scale, group, step, law_month, self.drafts)
        codes = {"tarifwerk": tarifwerk_code(self.scale), "entgeltgruppe": gruppe_code(self.scale, group),
                 "krankenhaus": int(self.facts.get("besonderer_teil") == "bt_k"), "stufe": stufe,
                 "wochenstunden": self.weekly, "vollzeitstunden": self.full, "tage": covered,
                 "kalendertage_im_monat": month_end(month).day,
                 "abschlag_auf_entwurf": int(self.drafts)}
        rules = rule_book("entgelt", "besoldung", "zusatzversorgung").build(law_month)
        result = evaluate(rules, {**codes, **inputs}, [name])
        if result.faults:
            raise CellError(f"{result.faults[0].message} ({result.faults[0].law})")
        return int(result.cents(name)[0])


def hours(raw: Any, name: str = "stunden") -> int:
    """Hours in hundredths."""
    value = parse_number(str(raw), name) * 100
    if value.denominator != 1 or value < 0:
        raise CellError(f"facts {name}: {raw!r} sind keine Stunden mit zwei Nachkommastellen")
    return value.numerator


def read_case(case: Case) -> PayCase:
    """The case of one row; unknown facts, groups and steps are errors naming what exists."""
    try:
        facts = json.loads(case.text("facts", "{}"))
    except json.JSONDecodeError as error:
        raise CellError(f"facts: kein JSON ({error.msg}, Zeichen {error.pos})") from None
    if not isinstance(facts, dict):
        raise CellError("facts: ein JSON-Objekt wird gebraucht")
    unknown = sorted(set(facts) - KNOWN_FACTS)
    if unknown:
        raise CellError(f"facts: unbekannter Schlüssel {', '.join(unknown)}")
    for name, codes in CODES.items():
        if name in facts:
            choice(name, str(facts[name]), codes)
    month = month_of(case.text("month"))
    weekly, full = (hours(case.text(name), name) for name in ("weekly_hours", "full_time_hours"))
    if not full or not weekly:
        raise CellError("weekly_hours, full_time_hours: mehr als 0 Stunden werden gebraucht")
    kind, scale, group, step = (case.text(name) for name in ("kind", "scale", "group", "step"))
    found = PayCase(kind, scale, group, step, month, weekly, full, facts)
    try:
        if not found.drafts:
            assignment(found.scale, found.group, found.step, month)
    except UnknownName as error:
        raise CellError(str(error)) from error
    return found


def family(case: PayCase) -> dict[str, int]:
    """The inputs of the family supplement from the family facts."""
    facts = case.facts
    if facts.get("strukturzulage"):
        raise CellError("facts strukturzulage: der Betrag ist nicht bestätigt und nicht hinterlegt")
    status = facts.get("familienstand", "ledig")
    level = facts.get("mietenstufe", "alle")
    children = str(facts.get("kinder", "0"))
    if not children.isdigit():
        raise CellError(f"facts kinder: {children!r} ist keine Anzahl")
    if int(children) and level == "alle":
        raise CellError("facts mietenstufe: fehlt; mit Kindern hängt der Familienzuschlag davon ab")
    return {"familienzuschlag_stufe_1": int(facts.get("familienzuschlag_stufe_1", status == "verheiratet")),
            "familienzuschlag_kinder": int(children), "mietenstufe": choice("mietenstufe", level, MIETENSTUFEN)}
