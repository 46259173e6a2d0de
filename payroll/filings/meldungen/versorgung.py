"""Zusatzversorgung: Beiträge je Kasse und Monat, An- und Abmeldungen, Jahresmeldung."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from payroll.filings.errors import FilingRefused
from payroll.filings.meldungen import kassenwechsel, stamm, werte
from payroll.filings.meldungen.entwurf import Entwurf, Satz
from payroll.filings.meldungen.konto import difference
from payroll.filings.pflichten.termine import six_weeks
from payroll.masterdata.clocks import known
from payroll.masterdata.models import Zusatzversorgung, ZvKasse
from payroll.runs.models import Lauf
from payroll.runs.zusatzversorgung import AUSSERHALB, NICHT_BELEGT, jahresmeldung
from tenants.db.session import TenantSession

NAMES = ("zv_entgelt", "zv_umlage", "zv_sanierungsgeld", "zv2_beitrag", "zv_an")
PAID = NAMES[1:]


def monthly(session: TenantSession, month: date) -> list[Entwurf]:
    """Je Kasse, was der Lauf gebucht hat, auch nachträglich; fällig mit dem Entgelt am Monatsende."""
    lauf = werte.closed_run(session, month)
    last = werte.last_day(month)
    return [Entwurf("zv_monat", month, month, short, name, last, sum(lines[one] for one in PAID), "laufend",
                    {key: lines[key] for key in NAMES if lines[key]}, {"zeitraum": f"{month:%Y-%m}"})
            for (short, name), lines in sorted(totals(session, lauf).items())]


def totals(session: TenantSession, lauf: Lauf) -> dict[tuple[str, str], Counter[str]]:
    """Summen je Kasse (Cent); gehört ein früherer Monat einer anderen Kasse, zieht er ganz zu ihr um."""
    def read(known_at: datetime, jobs: Collection[int] | None = None) -> Mapping[int, Sequence[Any]]:
        return _spans(session, known_at, jobs)

    spans, people = read(lauf.stand), werte.people(session)
    earlier = kassenwechsel.run_before(session, lauf)
    former = read(earlier.stand) if earlier is not None else {}
    found: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    missing = []
    booked = werte.booked(session, lauf, NAMES)
    for one, held in kassenwechsel.placed(session, lauf, earlier, booked, spans, read, _in_month):
        if held is None:
            missing.append(people[one.beschaeftigung].personalnummer)
            continue
        _put(found, held, one.werte, 1)
    if earlier is not None:
        for move in kassenwechsel.moved(session, earlier, NAMES, (former, spans), _in_month, _place, read):
            _put(found, move.alt, move.werte, -1)
            _put(found, move.neu, move.werte, 1)
    if missing:
        raise FilingRefused(f"Umlage ohne Zusatzversorgungskasse: {', '.join(missing[:10])}. Zusatzversorgung der "
                            "Personen "
                            "ergänzen; der nächste Lauf trägt es nach.")
    return found


def _put(found: dict[tuple[str, str], Counter[str]], held: Any, values: Mapping[str, int], sign: int) -> None:
    lines = found[held.kuerzel, held.name]
    for name in NAMES:
        lines[name] += sign * values[name]


def _place(held: Any) -> str:
    return str(held.kuerzel)


def _in_month(spans: Sequence[Any], month: date) -> Any | None:
    """Der Zeitraum, nach dem ein Monat gemeldet wird: der letzte, der ihn berührt."""
    last = werte.last_day(month)
    own = [row for row in spans if row.valid_from <= last and (row.valid_to is None or row.valid_to >= month)]
    return own[-1] if own else None


def events(session: TenantSession, month: date) -> list[Entwurf]:
    """An- und Abmeldungen je Kasse seit dem ersten abgeschlossenen Monat, soweit noch nicht gemeldet."""
    werte.closed_run(session, month)
    start = session.scalars(select(func.min(Lauf.monat)).where(Lauf.zustand == "abgeschlossen")).one()
    last, files = werte.last_day(werte.last_closed(session)), stamm.files_of(session)
    wanted, rows = [], memberships(session)
    names = {row.kuerzel: row.name for row in rows}
    for row in rows:
        file = files.get(row.beschaeftigung)
        if file is None:
            continue
        first, end = max(row.von, file.eintritt), min(row.bis or date.max, file.austritt or date.max)
        for word, day in (("anmeldung", first), ("abmeldung", end)):
            if start <= day <= last and first <= end:
                content = {"grund": word, "mitgliedsnummer": row.nummern[word == "abmeldung"], "kasse": row.kuerzel,
                           "tag": day.isoformat(), "personalnummer": file.personalnummer,
                           **{name: file.inhalt[name] for name in ("nachname", "vorname", "geburtsdatum")}}
                wanted.append(Satz(f"zv|{file.personalnummer}|{row.kuerzel}|{word}|{day}", word, day, day,
                                   six_weeks(day), file.person, file.personalnummer, content))
    grouped: dict[str, list[Satz]] = defaultdict(list)
    for one in difference(session, "zv_ereignis", wanted):
        grouped[one.inhalt["kasse"]].append(one)
    return [Entwurf("zv_ereignis", month, month, short, names.get(short, short), min(one.frist for one in rows),
                    saetze=tuple(rows)) for short, rows in sorted(grouped.items())]


@dataclass(frozen=True)
class Mitgliedschaft:
    """Ununterbrochene Zeit einer Beschäftigung bei einer Kasse, mit der ersten und der letzten Mitgliedsnummer."""

    beschaeftigung: int
    kuerzel: str
    name: str
    von: date
    bis: date | None
    nummern: tuple[str, str]


def memberships(session: TenantSession) -> list[Mitgliedschaft]:
    """Alle, wie sie heute bekannt sind; was sich nur in Sätzen oder Nummern ändert, ist keine Abmeldung."""
    found: list[Mitgliedschaft] = []
    for row in session.execute(
            select(Zusatzversorgung.beschaeftigung_id, Zusatzversorgung.valid_from, Zusatzversorgung.valid_to,
                   Zusatzversorgung.mitgliedsnummer, ZvKasse.kuerzel, ZvKasse.name)
            .join(ZvKasse, ZvKasse.id == Zusatzversorgung.zv_kasse_id).where(known(Zusatzversorgung, None))
            .order_by(Zusatzversorgung.beschaeftigung_id, Zusatzversorgung.valid_from)):
        before, number = found[-1] if found else None, row.mitgliedsnummer or ""
        if (before is not None and (before.beschaeftigung, before.kuerzel) == (row.beschaeftigung_id, row.kuerzel)
                and before.bis is not None and before.bis + timedelta(days=1) >= row.valid_from):
            found[-1] = replace(before, bis=row.valid_to, nummern=(before.nummern[0], number or before.nummern[1]))
        else:
            found.append(Mitgliedschaft(row.beschaeftigung_id, row.kuerzel, row.name, row.valid_from, row.valid_to,
                                        (number, number)))
    return found


def _spans(session: TenantSession, known_at: datetime, jobs: Collection[int] | None) -> dict[int, list[Any]]:
    found = defaultdict(list)
    own = () if jobs is None else (Zusatzversorgung.beschaeftigung_id.in_(sorted(jobs)),)
    for row in session.execute(
            select(Zusatzversorgung.beschaeftigung_id, Zusatzversorgung.valid_from, Zusatzversorgung.valid_to,
                   ZvKasse.kuerzel, ZvKasse.name).join(ZvKasse, ZvKasse.id == Zusatzversorgung.zv_kasse_id)
            .where(known(Zusatzversorgung, known_at), *own).order_by(Zusatzversorgung.valid_from)):
        found[row.beschaeftigung_id].append(row)
    return found


def yearly(session: TenantSession, year: int) -> list[Entwurf]:
    """Jahresmeldung je Kasse; Frist nach der Kasse, hier Ende Februar."""
    december, due = date(year, 12, 1), werte.last_day(date(year + 1, 2, 1))
    werte.closed_run(session, december)
    grouped: dict[str, list[Satz]] = defaultdict(list)
    problems: dict[str, list[str]] = defaultdict(list)
    hints: dict[str, list[str]] = defaultdict(list)
    for one in jahresmeldung(session, year):
        for text in one.hinweise:
            # A mark nobody has proved, or pay after the end, is asked of the fund; no correction here could remove it.
            asked = text.startswith((NICHT_BELEGT, AUSSERHALB))
            (hints if asked else problems)[one.kasse].append(f"{one.personalnummer}: {text}")
        for section in one.abschnitte:
            for booking in section.buchungen:
                content = {"personalnummer": one.personalnummer, "name": one.name, "kasse": one.kasse,
                           "mitgliedsnummer": one.mitgliedsnummer, "von": section.von.isoformat(),
                           "bis": section.bis.isoformat(), "schluessel": booking.schluessel,
                           "entgelt": booking.entgelt, "umlage": booking.umlage, "punkte": one.punkte}
                key = f"zvj|{one.personalnummer}|{section.von}|{booking.schluessel}"
                grouped[one.kasse].append(Satz(key, booking.schluessel, section.von, section.bis, due, one.person,
                                               one.personalnummer, content))
    return [Entwurf("zv_jahr", december, december, kasse, kasse, due, saetze=tuple(rows),
                    # Nothing to report but something to ask: not to be released as an empty report.
                    befunde=tuple(problems[kasse] if rows else [*problems[kasse], *hints[kasse]]),
                    angaben={"hinweise": hints[kasse]} if hints[kasse] else {})
            for kasse in sorted({*grouped, *hints}) for rows in (grouped[kasse],)]
