"""Die Prüfungen: Betrag mal zehn, fehlender Bezug, Sprung in Stufe, Gruppe oder Stunden, Sprung im Netto, Konto."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from itertools import pairwise
from typing import Any

from sqlalchemy import select

from payroll.law.encode import GRUPPEN
from payroll.law.engine import Result
from payroll.masterdata.models import Beschaeftigung
from payroll.masterdata.slices import MonthFacts, load_month
from payroll.runs.findings import Befund
from payroll.runs.plausibel.geschichte import DAY, MONATE, Geschichte, Zahlung, Zuordnung, read
from payroll.runs.values import TITLES
from tenants.db.scope import lifted
from tenants.db.session import TenantSession

URSACHE = "plausibel"
KLEIN = 5_000  # cents: below this a factor of ten is no harm worth a question
SPRUNG_ANTEIL, SPRUNG_CENT = 25, 15_000  # per cent and cents by which net pay or payout must move to be a jump
SPRUNG_GROSS = 100_000  # cents: so much is a jump whatever its share, or nobody would ask in high groups
EINMALIG_VIELFACHES = 2  # a one-off of more than so many usual net pays is asked about
GRUPPEN_SPRUNG, STUFEN_SPRUNG = 4, 2
ABZUG = "sonstige_abzuege"
TABELLEN_EINMAL = ("einmalzahlung",)


def findings(session: TenantSession, facts: MonthFacts, result: Result, paid: Any,
             known_at: datetime | None) -> list[Befund]:
    """Alle Auffälligkeiten des Monats gegenüber der eigenen Geschichte, je Person in der Reihenfolge der Fälle."""
    history = read(session, facts.month, known_at)
    if history is None:
        return []
    net, payout = result.cents("netto"), result.cents("auszahlung")
    found: list[Befund] = []
    names = _names(facts)
    if facts.teil:
        own = {*facts.cases["person_id"].tolist()}
        names |= _names_elsewhere(session, facts, {other for person in own for other in history.konten.get(person, ())
                                                   if other not in names})
    for row in paid.tolist():
        job = int(facts.cases["beschaeftigung_id"][row])
        person = int(facts.cases["person_id"][row])
        now = {"netto": int(net[row])} | ({} if facts.claims.get(person) else {"auszahlung": int(payout[row])})
        own = [*_amounts(history, job), *_missing(history, job), *_grade_jumps(history, job),
               *(list(_jumps(history, job, now)) or _withheld(history, job)), *_account(history, person, names)]
        record = f"Personalnummer {facts.cases['personalnummer'][row]} ({facts.cases['name'][row]})"
        found += [Befund("warnung", URSACHE, record, field, rule, remedy, job) for field, rule, remedy in own]
    return found


def _names(facts: MonthFacts) -> dict[int, str]:
    people = zip(facts.cases.get("person_id", ()), facts.cases.get("name", ()), strict=True)
    return {int(person): str(name) for person, name in people}


def _names_elsewhere(session: TenantSession, facts: MonthFacts, people: set[int]) -> dict[int, str]:
    """Die von ihnen, die im selben Monat abgerechnet werden, aber in einem anderen Stück des Laufs."""
    if not people:
        return {}
    with lifted(session):
        jobs = session.scalars(select(Beschaeftigung.id).where(Beschaeftigung.person_id.in_(sorted(people)))).all()
        return _names(load_month(session, facts.month, facts.known_at, jobs))


Auffaellig = tuple[str, str, str]


def _amounts(history: Geschichte, job: int) -> Iterator[Auffaellig]:
    """Neu erfasste Beträge: das Zehn- oder Hundertfache oder ein Zehntel des bisherigen; riesige Einmalzahlungen."""
    for one in history.zahlungen.get(job, ()):
        if one.erfasst <= history.seit or (one.bis and one.bis < history.monat):
            continue
        before = _before(history.zahlungen[job], one)
        field = f"Lohnart {one.lohnart}"
        if before is not None and _slipped(before.betrag, one.betrag):
            yield (field, f"{one.text}: {euro(one.betrag)}, bisher {euro(before.betrag)}; das sieht nach einer "
                   "verrutschten Kommastelle aus", "Betrag mit dem Beleg vergleichen und berichtigen oder begründen")
        elif _huge(history, job, one, before):
            yield (field, f"{one.text}: {euro(one.betrag)} ist mehr als das {EINMALIG_VIELFACHES}-Fache des letzten "
                   f"Nettos ({euro(history.netto[job])})", "Betrag mit dem Beleg vergleichen und berichtigen oder "
                   "begründen")


def _before(payments: list[Zahlung], one: Zahlung) -> Zahlung | None:
    """Der Bezug gleicher Lohnart unmittelbar davor."""
    earlier = [other for other in payments if other.lohnart == one.lohnart and other.von < one.von]
    return earlier[-1] if earlier else None


def _slipped(before: int, now: int) -> bool:
    """Faktor zehn oder hundert, nach oben oder unten (auf 5 % genau), bei einem Unterschied, der zählt."""
    small, large = sorted((abs(before), abs(now)))
    if small == 0 or large - small < KLEIN:
        return False
    return any(abs(large - small * factor) * 20 <= small * factor for factor in (10, 100))


def _huge(history: Geschichte, job: int, one: Zahlung, before: Zahlung | None) -> bool:
    usual = history.netto.get(job, 0)
    return before is None and usual > 0 and abs(one.betrag) > EINMALIG_VIELFACHES * usual and abs(one.betrag) > KLEIN


def _missing(history: Geschichte, job: int) -> Iterator[Auffaellig]:
    """Ein Bezug, der drei Monate nacheinander monatsweise erfasst war und in diesem fehlt."""
    months: dict[int, dict[tuple[int, int], Zahlung]] = defaultdict(dict)
    there = set()
    for one in history.zahlungen.get(job, ()):
        if one.bis is None or one.bis >= history.monat:
            there.add(one.lohnart)
        elif one.nur_ein_monat and one.erfasst <= history.seit:
            months[one.lohnart][one.von.year, one.von.month] = one
    for number, seen in months.items():
        if number not in there and len(seen) >= MONATE:
            last = list(seen.values())[-1]
            yield (f"Lohnart {number}", f"{last.text} fehlt; in den letzten {MONATE} Monaten gab es ihn jeden Monat, "
                   f"zuletzt {euro(last.betrag)}", "Betrag dieses Monats erfassen oder begründen, dass er entfällt")


def _grade_jumps(history: Geschichte, job: int) -> Iterator[Auffaellig]:
    """Neu erfasste Eingruppierung: mehrere Stufen auf einmal, zurück, viele Gruppen, Stunden um Faktor zehn."""
    grades = history.zuordnungen.get(job, [])
    for before, now in pairwise(grades):
        if now.erfasst <= history.seit or before.bis != now.von - DAY or now.von < history.monat:
            continue
        told = _jump(before, now)
        if told:
            yield (*told, "Eingruppierung mit der Verfügung vergleichen und berichtigen oder begründen")


def _jump(before: Zuordnung, now: Zuordnung) -> tuple[str, str] | None:
    slipped = _slipped(int(before.stunden * 100_000), int(now.stunden * 100_000))
    if slipped:
        return ("wochenstunden", f"{_number(now.stunden)} Wochenstunden, bisher {_number(before.stunden)}; das sieht "
                "nach einer verrutschten Kommastelle aus")
    if before.tarifwerk != now.tarifwerk:
        return None
    if before.gruppe == now.gruppe and before.stufe.isdigit() and now.stufe.isdigit():
        steps = int(now.stufe) - int(before.stufe)
        if steps >= STUFEN_SPRUNG or steps < 0:
            return ("stufe", f"{now.gruppe} Stufe {now.stufe}, bisher Stufe {before.stufe}; es steigt immer nur eine "
                    "Stufe (§ 16 TVöD)")
    distance = _distance(before, now)
    if distance >= GRUPPEN_SPRUNG:
        return ("entgeltgruppe", f"{now.gruppe}, bisher {before.gruppe}: {distance} Gruppen auf einmal")
    return None


def _distance(before: Zuordnung, now: Zuordnung) -> int:
    names = [f"{one.tarifwerk} {one.gruppe}" for one in (before, now)]
    return abs(GRUPPEN.index(names[0]) - GRUPPEN.index(names[1])) if all(name in GRUPPEN for name in names) else 0


def _jumps(history: Geschichte, job: int, now: dict[str, int]) -> Iterator[Auffaellig]:
    """Netto oder Auszahlung springt, ohne dass eine Tatsache des Monats oder eine Einmalzahlung es erklärt."""
    if job in history.erklaert or _one_off(history, job):
        return
    for name, before_all in (("netto", history.netto), ("auszahlung", history.auszahlung)):
        before = before_all.get(job, 0)
        change = now.get(name, before) - before
        if not _matters(change, before):
            continue
        yield (name, f"{TITLES[name]} {euro(now[name])}, im Vormonat {euro(before)}; weder Steuermerkmale noch "
               "Eingruppierung, Arbeitszeit oder Beschäftigung haben sich geändert", "Änderungen zum Vormonat ansehen, "
               "Bezüge und Abzüge prüfen, dann berichtigen oder begründen")
        return


def _matters(change: int, before: int) -> bool:
    """Ob ein Unterschied (Cent) so groß ist wie ein Sprung."""
    share = abs(change) >= SPRUNG_CENT and abs(change) * 100 >= before * SPRUNG_ANTEIL
    return before > 0 and (share or abs(change) >= SPRUNG_GROSS)


def _withheld(history: Geschichte, job: int) -> Iterator[Auffaellig]:
    """Ein neuer Abzug, groß wie ein Sprung: den erklären weder andere Tatsachen noch die Pfändung neben ihm."""
    for one in history.zahlungen.get(job, ()):
        fresh = one.erfasst > history.seit and not (one.bis and one.bis < history.monat)
        if (fresh and one.ziel == ABZUG and _before(history.zahlungen[job], one) is None
                and _matters(one.betrag, history.netto.get(job, 0))):
            yield (f"Lohnart {one.lohnart}", f"{one.text}: {euro(one.betrag)} werden neu abgezogen, vom letzten Netto "
                   f"{euro(history.netto[job])}", "Betrag mit dem Beleg vergleichen und berichtigen oder begründen")


def _one_off(history: Geschichte, job: int) -> bool:
    first = (history.monat - DAY).replace(day=1)
    return any(one.ziel in TABELLEN_EINMAL and one.von >= first for one in history.zahlungen.get(job, ()))


def _account(history: Geschichte, person: int, names: dict[int, str]) -> Iterator[Auffaellig]:
    """Ein neues Konto, auf das schon andere bezahlt werden (ohne gleichen Familiennamen)."""
    own = names.get(person, "").partition(",")[0]
    others = [names[other] for other in history.konten.get(person, ()) if other in names]
    strangers = [name for name in others if name.partition(",")[0] != own]
    if strangers:
        yield ("iban", f"Das neue Konto gehört auch zu {'; '.join(sorted(strangers)[:3])}",
               "Kontoinhaber prüfen; ein fremdes Konto mit der Person klären, ein gemeinsames begründen")


def euro(cents: int) -> str:
    """1.234,56 €."""
    whole, rest = divmod(abs(cents), 100)
    return f"{'-' if cents < 0 else ''}{whole:,}".replace(",", ".") + f",{rest:02d} €"


def _number(value: Any) -> str:
    return f"{value.normalize():f}".replace(".", ",")
