"""Pflichten eines Arbeitgebers in einem Zeitraum: Termin, Regel, und ob die Meldung dazu schon übergeben ist."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import func, select

from payroll.filings.models import Meldesatz, Meldung
from payroll.filings.pflichten import termine
from payroll.masterdata.clocks import known
from payroll.masterdata.models import BeschaeftigungAngaben
from payroll.masterdata.slices.tarif import overlays
from payroll.runs.models import Lauf
from payroll.runs.parallel.gate import current
from payroll.runs.termine import pay_days
from tenants.db import guard
from tenants.db.session import TenantSession
from tenants.models.tenant import Tenant
from tenants.users.presence import office_day

DONE = ("uebergeben", "angenommen")
FILED = ("lsta", "beitragsnachweis", "lstb", "uv", "sb")


@dataclass(frozen=True)
class Pflicht:
    """Ein Termin: bis wann, was, nach welcher Regel; `monat` ist der Monat, um den es geht."""

    tag: date
    was: str
    regel: str
    art: str
    monat: date
    erledigt: bool = False


def duties(session: TenantSession, first: date, last: date, *, pay: bool = True) -> list[Pflicht]:
    """Alle Pflichten im Zeitraum, nach Tag; erledigt ist, was übergeben oder angenommen ist. pay: auch Zahltage."""
    years = range(first.year - 1, last.year + 1)
    found = [one for year in years for one in by_law(year) if first <= one.tag <= last]
    if pay:
        found += [one for year in years for one in _pay_days(session, year) if first <= one.tag <= last]
    live = first_month(session)
    found = [one for one in found if live is not None and one.monat >= live]
    found += [one for one in _events(session) if one.tag <= last and (one.tag >= first or not one.erledigt)]
    done = _done(session)
    return sorted((replace(one, erledigt=one.erledigt or (one.art, one.monat) in done) for one in found),
                  key=lambda one: (one.tag, one.was))


def first_month(session: TenantSession) -> date | None:
    """Der erste Monat, den dieser Arbeitgeber hier zahlt und meldet; None, solange er niemanden beschäftigt.

    Der festgelegte Start, sonst der erste abgeschlossene Monat; vor dem ersten Abschluss der erste mit einer
    Beschäftigung, seit es ihn hier gibt, oder ein früherer Probelauf: davor zahlt und meldet das alte Verfahren. Ein
    Probelauf für später verdeckt nichts, was fällig ist. Zwei Abfragen.
    """
    if (start := current(session)) is not None:
        return start.monat
    closed, tried, job, since = session.execute(select(
        select(func.min(Lauf.monat)).where(Lauf.zustand == "abgeschlossen").scalar_subquery(),
        select(func.min(Lauf.monat)).scalar_subquery(),
        select(func.min(BeschaeftigungAngaben.valid_from)).where(known(BeschaeftigungAngaben, None)).scalar_subquery(),
        Tenant.created_at).where(Tenant.id == guard.tenant_of(session))).one()
    employed = None if job is None else max(job, office_day(since)).replace(day=1)
    return closed or min((one for one in (tried, employed) if one is not None), default=None)


def by_law(year: int, extra: dict[int, tuple[date, ...]] | None = None) -> list[Pflicht]:
    """Was für jeden Arbeitgeber gilt: Termine zu den zwölf Monaten und zum Jahr; extra: Feiertage am Sitz der Kasse."""
    found = []
    for number in range(1, 13):
        month = date(year, number, 1)
        local = (extra or {}).get(number, ())
        found += [
            Pflicht(termine.statement_due(month, local), "Beitragsnachweise übermitteln (liegt zu Beginn des Tages "
                                                         "vor)",
                    "§ 28f Abs. 3 SGB IV", "beitragsnachweis", month),
            Pflicht(termine.contributions_due(month, local), "Beiträge zahlen (Eingang bei der Kasse)",
                    "§ 23 Abs. 1 SGB IV", "zahlung", month),
            Pflicht(termine.wage_tax_due(month), "Lohnsteuer anmelden und zahlen", "§ 41a Abs. 1 EStG", "lsta", month)]
    december = date(year, 12, 1)
    return [*found,
            Pflicht(date(year + 1, 2, 15), "Jahresmeldungen der Sozialversicherung", "§ 10 DEÜV", "deuev", december),
            Pflicht(date(year + 1, 2, 16), "UV-Jahresmeldungen", "§ 28a Abs. 2a SGB IV", "uv", december),
            Pflicht(_end_of_february(year + 1), "Lohnsteuerbescheinigungen übermitteln", "§ 93c Abs. 1 AO, § 41b EStG",
                    "lstb", december),
            Pflicht(_end_of_february(year + 1), "Jahresausgleich spätestens (Lauf für Februar)", "§ 42b Abs. 3 EStG",
                    "ausgleich", december),
            Pflicht(date(year + 1, 3, 31), "Anzeige über schwerbehinderte Menschen", "§ 163 Abs. 2 SGB IX", "sb",
                    december),
            Pflicht(date(year + 1, 4, 30), "Beschäftigten den Inhalt der Meldungen geben", "§ 28a Abs. 5 SGB IV",
                    "nachweis", december)]


def _pay_days(session: TenantSession, year: int) -> Iterator[Pflicht]:
    for number in range(1, 13):
        month = date(year, number, 1)
        tariff, official = pay_days(month, overlays(session, month, None))
        yield Pflicht(tariff.zahltag, "Zahltag: Entgelte gutgeschrieben", "§ 24 Abs. 1 TVöD", "zahltag", month)
        yield Pflicht(official.zahltag, "Zahltag: Bezüge im Voraus", "§ 3 Abs. 4 LBesG NRW", "zahltag_beamte", month)


def _end_of_february(year: int) -> date:
    return date(year, 3, 1) - termine.DAY


def _events(session: TenantSession) -> list[Pflicht]:
    """Fristen der Meldungen nach Ereignis: die früheste je Sammlung."""
    rows = session.execute(
        select(Meldung.art, Meldung.monat, Meldung.zustand, Meldung.kennung, Meldesatz.frist)
        .join(Meldesatz, Meldesatz.meldung_id == Meldung.id)
        .where(Meldung.art.in_(("deuev", "zv_ereignis")), Meldung.zustand.not_in(("zurueckgezogen", "abgelehnt"))))
    first: dict[tuple[str, date, str, str], list[date]] = defaultdict(list)
    for row in rows:
        first[row.art, row.monat, row.zustand, row.kennung].append(row.frist)
    words = {"deuev": ("Meldungen zur Sozialversicherung", "Meldungen zur Sozialversicherung (1 Satz)"),
             "zv_ereignis": ("An- und Abmeldungen zur Zusatzversorgung",
                             "An- und Abmeldungen zur Zusatzversorgung (1 Satz)")}
    return [Pflicht(min(days), words[kind][1] if len(days) == 1 else f"{words[kind][0]} ({len(days)} Sätze)",
                    "§§ 6 bis 11 DEÜV" if kind == "deuev" else "Satzung der Kasse", kind, month, state in DONE)
            for (kind, month, state, _), days in first.items()]


def _done(session: TenantSession) -> set[tuple[str, date]]:
    """Art und Monat, zu denen alles übergeben ist."""
    states: dict[tuple[str, date], set[str]] = defaultdict(set)
    for row in session.execute(select(Meldung.art, Meldung.monat, Meldung.zustand).where(
            Meldung.zustand.not_in(("zurueckgezogen", "abgelehnt")), Meldung.art.in_(FILED))):
        states[row.art, row.monat].add(row.zustand)
    return {key for key, found in states.items() if found <= set(DONE)}
