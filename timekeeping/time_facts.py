"""The facts of a period of time, as the contract of worked time writes them; contradictions are errors of the row."""

from __future__ import annotations

from datetime import date

from payroll.law.conformance.report import Case, CellError
from payroll.law.encode import gruppe_code, steps_on, stufe_code
from timekeeping.reading import Record, as_count, as_day, as_flag, json_object
from timekeeping.rules.breaks import placed_break
from timekeeping.rules.clock import MINUTE, Span, local_day, local_time
from timekeeping.rules.facts import (
    ABWESENHEITEN,
    BEREICHE,
    EINSATZARTEN,
    SCHICHTARTEN,
    WOCHENTAGE,
    Abwesenheit,
    Anordnung,
    Anwesenheit,
    Einsatz,
    Gleitzeit,
    Mutterschutz,
    Rufbereitschaft,
    Zeitraum,
    Zuordnung,
)
from timekeeping.rules.spans import first_overlap

KEYS = frozenset((
    "tarifwerk", "entgeltgruppe", "stufe", "besonderer_teil", "wochenstunden", "vollzeitstunden", "arbeitsplan",
    "dienstplan", "schichtarbeit", "schichtarbeit_staendig", "persoenliche_zulage", "bereich", "arbeit",
    "ueberstunden_angeordnet", "rufbereitschaft", "feiertagsausgleich", "abwesenheiten", "gleitzeit", "ersatzruhetage",
    "gearbeitete_sonntage_bisher", "nachtarbeitnehmer", "minuten_23_wochen_davor", "minuten_3_wochen_davor",
    "minuten_vorwoche", "geburtsdatum", "mutterschutz"))
EARLIEST = 2018  # first year of arbeitszeit.toml
LONGEST = 60 * 24 * 60  # minutes of a single presence or on-call period: two months are a mistake of typing


def read_period(case: Case) -> Zeitraum:
    """The period of one row; CellError and UnknownName name what is wrong."""
    first, last = (as_day(case.text(name), name) for name in ("von", "bis"))
    if first.year < EARLIEST:
        raise CellError(f"von: {first} liegt vor {EARLIEST}; so früh sind keine Grenzen der Arbeitszeit hinterlegt")
    if last < first or (last - first).days > 400:
        raise CellError(f"von, bis: {first} bis {last} ist kein Zeitraum von höchstens 400 Tagen")
    facts = Record("facts", json_object(case.text("facts", "{}")), KEYS)
    found = Zeitraum(
        first, last, _assigned(facts, last), _work(facts), _orders(facts), _on_call(facts), _week_plan(facts),
        {as_day(day, "dienstplan"): as_count(value, f"dienstplan {day}")
         for day, value in facts.mapping("dienstplan").items()},
        facts.text("bereich", BEREICHE, "verwaltung"),
        {as_day(day, "feiertagsausgleich"): as_flag(value, f"feiertagsausgleich {day}")
         for day, value in facts.mapping("feiertagsausgleich").items()},
        _absences(facts), _flexitime(facts),
        tuple((one.day("fuer"), one.day("am")) for one in facts.items("ersatzruhetage", ("fuer", "am"))),
        facts.count("gearbeitete_sonntage_bisher", 0), facts.flag("nachtarbeitnehmer"),
        minuten_23_wochen_davor=facts.optional(facts.count, "minuten_23_wochen_davor"),
        minuten_3_wochen_davor=facts.optional(facts.count, "minuten_3_wochen_davor"),
        minuten_vorwoche=facts.optional(facts.count, "minuten_vorwoche"),
        geburtsdatum=facts.optional(facts.day, "geburtsdatum"), mutterschutz=_maternity(facts))
    _contradictions(found)
    return found


def _assigned(facts: Record, day: date) -> Zuordnung:
    """The assignment; where a pay table exists on the last day of the period, the step must be in it."""
    tariff, group = facts.text("tarifwerk"), facts.text("entgeltgruppe")
    gruppe_code(tariff, group)
    if steps_on(tariff, group, day):
        stufe_code(tariff, group, str(facts.need("stufe")), day)
    found = Zuordnung(
        tariff, group, str(facts.need("stufe")), facts.hundredths("wochenstunden", most=80),
        facts.hundredths("vollzeitstunden", most=80),
        facts.text("schichtarbeit", SCHICHTARTEN, "keine"), facts.flag("schichtarbeit_staendig"),
        facts.optional(lambda key: facts.text(key, ("bt_k",)), "besonderer_teil") == "bt_k",
        facts.hundredths("persoenliche_zulage", "0", most=100_000))
    if not found.wochenstunden or not found.vollzeitstunden:
        raise CellError("facts wochenstunden, vollzeitstunden: mehr als 0 Stunden werden gebraucht")
    return found


def _week_plan(facts: Record) -> dict[int, int]:
    plan = facts.mapping("arbeitsplan")
    unknown = sorted(set(plan) - set(WOCHENTAGE))
    if unknown:
        raise CellError(f"facts arbeitsplan: unbekannter Tag {', '.join(unknown)}; erlaubt: {', '.join(WOCHENTAGE)}")
    return {WOCHENTAGE.index(day): as_count(value, f"arbeitsplan {day}") for day, value in plan.items()}


def _span(one: Record) -> Span:
    span = one.span()
    if span.minuten > LONGEST:
        raise CellError(f"{one.place}: {span.minuten // 60} Stunden am Stück können nicht stimmen; Tage prüfen")
    return span


def _work(facts: Record) -> tuple[Anwesenheit, ...]:
    found = []
    for one in facts.items("arbeit", ("von", "bis", "pausen", "pause_minuten")):
        span = _span(one)
        breaks = [_span(part) for part in one.items("pausen", ("von", "bis"))]
        length = one.count("pause_minuten", 0)
        if breaks and length:
            raise CellError(f"{one.place}: pausen und pause_minuten schließen sich aus")
        if any(part.von < span.von or part.bis > span.bis for part in breaks) or first_overlap(breaks):
            raise CellError(f"{one.place} pausen: liegen nicht in der Arbeitszeit oder überschneiden sich")
        if length >= span.minuten:
            raise CellError(f"{one.place} pause_minuten: {length} Minuten Pause in {span.minuten} Minuten Anwesenheit")
        if length:
            breaks = [placed_break(span, length)]
        found.append(Anwesenheit(span, tuple(breaks), not length))
    return tuple(sorted(found, key=lambda one: one.spanne))


def _orders(facts: Record) -> tuple[Anordnung, ...]:
    return tuple(
        Anordnung(_span(one), tuple((part.day("datum"), part.count("minuten"))
                                    for part in one.items("ausgleich", ("datum", "minuten"))))
        for one in facts.items("ueberstunden_angeordnet", ("von", "bis", "ausgleich")))


def _on_call(facts: Record) -> tuple[Rufbereitschaft, ...]:
    found = []
    for one in facts.items("rufbereitschaft", ("von", "bis", "einsaetze")):
        span = _span(one)
        calls = []
        for part in one.items("einsaetze", ("art", "von", "bis")):
            call = Einsatz(part.text("art", EINSATZARTEN), _span(part))
            if call.spanne.von < span.von or call.spanne.bis > span.bis:
                raise CellError(f"{part.place}: Einsatz liegt nicht in seiner Rufbereitschaft")
            calls.append(call)
        found.append(Rufbereitschaft(span, tuple(calls)))
    return tuple(found)


def _absences(facts: Record) -> tuple[Abwesenheit, ...]:
    found = []
    for one in facts.items("abwesenheiten", ("art", "von", "bis")):
        absence = Abwesenheit(one.text("art", ABWESENHEITEN), one.day("von"), one.day("bis"))
        if absence.bis < absence.von:
            raise CellError(f"{one.place}: bis liegt vor von")
        found.append(absence)
    return tuple(found)


def _flexitime(facts: Record) -> Gleitzeit | None:
    if not facts.has("gleitzeit"):
        return None
    known = ("saldo_anfang_minuten", "plus_grenze_minuten", "kappung_am")
    one = Record("facts gleitzeit", facts.raw["gleitzeit"], known)
    return Gleitzeit(one.count("saldo_anfang_minuten", signed=True),
                     one.optional(lambda key: one.count(key, signed=True), "plus_grenze_minuten"),
                     one.optional(one.day, "kappung_am"))


def _maternity(facts: Record) -> Mutterschutz | None:
    if not facts.has("mutterschutz"):
        return None
    known = ("art", "bewilligt_20_bis_22", "sonntagsarbeit_bereit")
    one = Record("facts mutterschutz", facts.raw["mutterschutz"], known)
    return Mutterschutz(one.text("art", ("schwanger", "stillend")), one.flag("bewilligt_20_bis_22"),
                        one.flag("sonntagsarbeit_bereit"))


def _contradictions(facts: Zeitraum) -> None:
    if facts.geburtsdatum is not None and facts.geburtsdatum > facts.von:
        raise CellError(f"facts geburtsdatum: {facts.geburtsdatum} liegt nach dem Beginn {facts.von}")
    for what, spans in (
            ("arbeit, einsaetze", [*(one.spanne for one in facts.arbeit), *(one.spanne for one in facts.einsaetze)]),
            ("rufbereitschaft", [one.spanne for one in facts.rufbereitschaften]),
            ("ueberstunden_angeordnet", [one.spanne for one in facts.anordnungen])):
        pair = first_overlap(spans)
        if pair:
            raise CellError(f"facts {what}: {_shown(pair[0])} und {_shown(pair[1])} überschneiden sich")
        outside = [span for span in spans if not facts.von <= local_day(span.von) <= facts.bis]
        if outside:
            raise CellError(f"facts {what}: {_shown(outside[0])} beginnt nicht im Zeitraum {facts.von} bis {facts.bis}")


def _shown(span: Span) -> str:
    return f"{local_time(span.von):%Y-%m-%dT%H:%M} bis {local_time(span.von) + span.minuten * MINUTE:%Y-%m-%dT%H:%M}"


