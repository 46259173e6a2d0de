"""UV-Jahresmeldung (§ 28a Abs. 2a SGB IV), Grund 92: Entgelt und Arbeitsstunden je Person, Jahr und Gefahrtarifstelle.

Entgelt ist das Arbeitsentgelt ohne Beitragsbemessungsgrenze, mit steuerfreien Zuschlägen für Sonntags-, Feiertags- und
Nachtarbeit (§ 1 Abs. 2 SvEV), höchstens der Höchstbetrag des Trägers. Stunden sind die vereinbarten der Monate mit
Entgelt (Wochenstunden mal 4,348, § 24 Abs. 3 TVöD), ohne Tage ohne Entgelt. Beamte sind frei (§ 4 SGB VII).
"""

from __future__ import annotations

import uuid
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from sqlalchemy import and_, func, or_, select

from payroll.filings.meldungen import meldebeginn, stamm, unfall_angaben, werte
from payroll.filings.meldungen.deuev import problem_of, whole_euros
from payroll.filings.meldungen.entwurf import Entwurf, Satz
from payroll.filings.meldungen.jahr import demand_december
from payroll.filings.meldungen.konto import difference
from payroll.filings.meldungen.unfall_angaben import Unfallangaben
from payroll.masterdata.clocks import known
from payroll.masterdata.models import BeschaeftigungAngaben, Bezuegezuordnung, Lohnart, LohnartStand
from payroll.runs.models import Ergebnis, Ergebniszeile, Lauf
from payroll.runs.retro_models import Rueckrechnung, RueckrechnungZeile
from tenants.db import guard
from tenants.db.session import TenantSession
from tenants.models import Tenant

RECIPIENT = ("annahmestelle", "Annahmestellen der Krankenkassen")
INSURED = ("tarif", "auszubildende", "minijob")
WEEKS = Fraction(4348, 1000)
VALUES = {"zv_hinzurechnung": 1, "umwandlung_sv_frei": -1}  # add-on of § 1 (1) SvEV; deferred pay free of contributions
Dated = Sequence[tuple[date, Any]]


@dataclass(frozen=True)
class Jahr:
    """Entgelt (Cent) und Stunden einer Beschäftigung an einer Gefahrtarifstelle."""

    entgelt: int
    stunden: Fraction


def drafts(session: TenantSession, month: date) -> list[Entwurf]:
    """Was nach dem Abschluss des Dezembers zu melden und noch nicht gemeldet ist, auch für frühere Jahre."""
    year = demand_december(session, month)
    given = unfall_angaben.given_on(session, month.replace(day=31))
    wanted, deferred, hints = expected(session)
    entries = difference(session, "uv", wanted, spared={text.partition(": ")[0] for text in deferred},
                         start=meldebeginn.start_of(session, "uv"))
    if not entries and not deferred:
        return []
    problems = [] if given else ["Träger, Unternehmernummer und Gefahrtarifstelle der Unfallversicherung fehlen; unter "
                                 "Meldungen, „Unfallversicherung“ eintragen (§ 28a Abs. 2a SGB IV)."]
    return [Entwurf("uv", month, month, *RECIPIENT, date(year + 1, 2, 16), saetze=tuple(entries),
                    befunde=(*problems, *meldebeginn.questions(session, "uv", entries, date(year, 1, 1))),
                    angaben={"jahr": f"{year}", "zurueckgestellt": deferred, "hinweise": [
                        *meldebeginn.hints(session, "uv"), *_begun_late(session, year), *hints]})]


def _begun_late(session: TenantSession, year: int) -> Iterable[str]:
    """Wer im Lauf des Jahres dazukam: Entgelt und Stunden der Monate davor kennt nur das frühere Verfahren."""
    first = session.scalars(select(func.min(Lauf.monat)).where(Lauf.zustand == "abgeschlossen")).one()
    if first.year == year and first.month > 1:
        yield (f"{year}: abgerechnet ist hier ab {first:%m/%Y}; Entgelt und Arbeitsstunden der Monate davor aus dem "
               "früheren Verfahren dazurechnen.")


def expected(session: TenantSession) -> tuple[list[Satz], list[str], list[str]]:
    """Sätze aller Jahre mit abgeschlossenem Dezember, Zurückgestellte mit Grund, Hinweise."""
    tenant = session.scalars(select(Tenant).where(Tenant.id == guard.tenant_of(session))).one()
    years = sorted(one.year for one in session.scalars(
        select(Lauf.monat).where(Lauf.zustand == "abgeschlossen")) if one.month == 12)
    terms = {year: unfall_angaben.given_on(session, date(year, 12, 31)) for year in years}
    files, pay, facts = stamm.files_of(session), _pay(session), _facts(session)
    gaps, spans = stamm.gaps_of(session, files, date(years[-1], 12, 31)) if years else {}, werte.insurances(session,
                                                                                                            None)
    made, deferred, hints = [], [], []
    used: Counter[tuple[uuid.UUID, int]] = Counter()  # the highest amount is one for all employments of a person
    for number, file in sorted(files.items(), key=lambda item: item[1].personalnummer):
        months = {one: cents for one, cents in pay.get(number, {}).items() if one.year in years and cents}
        if file.art not in INSURED or not months:
            continue
        problem = problem_of(file)
        if problem or number not in spans:
            deferred.append(f"{file.personalnummer}: {problem or 'Versicherung fehlt; erfassen.'}")
            continue
        own = facts.get(number, ((), ()))
        if not own[0]:
            hints.append(f"{file.personalnummer}: keine Wochenstunden erfasst; Arbeitsstunden von Hand ergänzen.")
        for year in sorted({one.year for one in months}):
            of_year = {one: cents for one, cents in months.items() if one.year == year}
            given = terms[year]
            if given and not given.hoechstentgelt_cent and not given.ohne_entgelt:
                hints.append(f"{year}: kein Höchstbetrag des Entgelts eingetragen; gemeldet wird ungekürzt.")
            made += list(_entries(file, year, split(of_year, own, gaps.get(number, ()), file), given,
                                  spans[number][-1], tenant.betriebsnummer or "", used))
    return made, deferred, list(dict.fromkeys(hints))


def split(months: dict[date, int], facts: tuple[Dated, Dated], gaps: Iterable[stamm.Luecke],
          file: stamm.Akte) -> dict[str, Jahr]:
    """Entgelt und Stunden je Gefahrtarifstelle ("" = die des Arbeitgebers); sie gilt am Monatsende."""
    found: dict[str, Jahr] = {}
    away = list(gaps)
    for month, cents in sorted(months.items()):
        last = werte.last_day(month)
        weekly, place = _on(facts[0], last), str(_on(facts[1], last) or "")
        days = [month + timedelta(days=n) for n in range(last.day)]
        present = sum(1 for day in days if file.eintritt <= day <= (file.austritt or day)
                      and not any(one.von <= day <= one.bis for one in away))
        hours = Fraction(weekly or 0) * WEEKS * Fraction(present, last.day)
        before = found.get(place, Jahr(0, Fraction(0)))
        found[place] = Jahr(before.entgelt + cents, before.stunden + hours)
    return found


def _entries(file: stamm.Akte, year: int, parts: dict[str, Jahr], given: Unfallangaben | None, held: werte.Abschnitt,
             employer: str, used: Counter[tuple[uuid.UUID, int]]) -> Iterable[Satz]:
    first, last, due = date(year, 1, 1), date(year, 12, 31), date(year + 1, 2, 16)
    highest = given.hoechstentgelt_cent if given else 0
    for place, one in sorted(parts.items()):
        cents = min(one.entgelt, max(highest - used[file.person, year], 0)) if highest else one.entgelt
        used[file.person, year] += cents
        flat = given is not None and given.ohne_entgelt
        content = {"grund": "92", "vsnr": file.vsnr, **{name: file.inhalt[name] for name in (
            "nachname", "vorname", "geburtsdatum")}, "betriebsnummer": employer, "kasse": held.betriebsnummer,
            "personengruppe": held.personengruppe, "von": first.isoformat(), "bis": last.isoformat(),
            "uv_traeger": given.traeger if given else "", "unternehmernummer": given.unternehmernummer if given else "",
            "gefahrtarif_traeger": "" if flat or given is None else given.traeger,
            "gefahrtarifstelle": "" if flat else place or (given.gefahrtarifstelle if given else ""),
            "uv_grund": "A09" if flat else "", "entgelt": 0 if flat else whole_euros(cents),
            "arbeitsstunden": 0 if flat else int(one.stunden + Fraction(1, 2)),
            "personalnummer": file.personalnummer, "frist": due.isoformat()}
        yield Satz(f"{file.personalnummer}|92|{year}|{place}", "92", first, last, due, file.person,
                   file.personalnummer, content)


def _on(rows: Dated, day: date) -> Any:
    """Der Wert eines Tages, davor der früheste; None ohne Wert."""
    begun = [value for first, value in rows if first <= day] or [value for _, value in rows[:1]]
    return begun[-1] if begun else None


def _facts(session: TenantSession) -> dict[int, tuple[Dated, Dated]]:
    """Wochenstunden und eigene Gefahrtarifstelle (None: die des Arbeitgebers) je Beschäftigung; zwei Abfragen."""
    found: dict[int, tuple[list[Any], list[Any]]] = defaultdict(lambda: ([], []))
    for at, (model, column) in enumerate(((Bezuegezuordnung, "wochenstunden"),
                                          (BeschaeftigungAngaben, "gefahrtarifstelle"))):
        value = getattr(model, column)
        statement = select(model.beschaeftigung_id, model.valid_from, value.label("wert")).where(known(model, None))
        if column == "wochenstunden":
            statement = statement.where(value.is_not(None))
        for row in session.execute(statement.order_by(model.valid_from)):
            found[row.beschaeftigung_id][at].append((row.valid_from, row.wert))
    return dict(found)


def _pay(session: TenantSession) -> dict[int, dict[date, int]]:
    """Arbeitsentgelt der Unfallversicherung je Beschäftigung und Monat der Herkunft (Cent), mit Nachgebuchtem."""
    found: dict[int, dict[date, int]] = defaultdict(lambda: defaultdict(int))
    extra, closed = _allowances(session), Lauf.zustand == "abgeschlossen"
    for line, wage_type, statement in (
            (Ergebniszeile, Ergebniszeile.lohnart,
             select(Ergebnis.beschaeftigung_id, Ergebnis.monat).join(Lauf, Lauf.id == Ergebnis.lauf_id)
             .join(Ergebniszeile, Ergebniszeile.ergebnis_id == Ergebnis.id)),
            (RueckrechnungZeile, RueckrechnungZeile.name,
             select(Rueckrechnung.beschaeftigung_id, Rueckrechnung.monat)
             .join(Lauf, Lauf.id == Rueckrechnung.lauf_id)
             .join(RueckrechnungZeile, RueckrechnungZeile.rueckrechnung_id == Rueckrechnung.id)
             .where(Rueckrechnung.art != "offen"))):
        counted = or_(line.merkmale.like("_L_"), line.merkmale.like("_E_"),
                      and_(line.merkmale.like("F%"), wage_type.in_(extra)))
        grouped = statement.add_columns(func.sum(line.betrag).label("betrag")).where(
            closed, line.bereich == "bezug", counted).group_by(*statement.selected_columns)
        for row in session.execute(grouped):
            found[row.beschaeftigung_id][row.monat] += int(row.betrag)
    for name, sign in VALUES.items():
        column = getattr(Ergebnis, name)
        for row in session.execute(select(Ergebnis.beschaeftigung_id, Ergebnis.monat, column.label("betrag"))
                                   .join(Lauf, Lauf.id == Ergebnis.lauf_id).where(closed, column != 0)):
            found[row.beschaeftigung_id][row.monat] += sign * row.betrag
    for row in session.execute(
            select(Rueckrechnung.beschaeftigung_id, Rueckrechnung.monat, RueckrechnungZeile.name,
                   func.sum(RueckrechnungZeile.betrag).label("betrag"))
            .join(Lauf, Lauf.id == Rueckrechnung.lauf_id)
            .join(RueckrechnungZeile, RueckrechnungZeile.rueckrechnung_id == Rueckrechnung.id)
            .where(closed, Rueckrechnung.art != "offen", RueckrechnungZeile.bereich == "wert",
                   RueckrechnungZeile.name.in_(VALUES))
            .group_by(Rueckrechnung.beschaeftigung_id, Rueckrechnung.monat, RueckrechnungZeile.name)):
        found[row.beschaeftigung_id][row.monat] += VALUES[row.name] * int(row.betrag)
    return {job: dict(months) for job, months in found.items()}


def _allowances(session: TenantSession) -> list[str]:
    """Lohnarten steuerfreier Zuschläge für Sonntags-, Feiertags- und Nachtarbeit (§ 3b EStG)."""
    rows = session.scalars(select(Lohnart.nummer).join(LohnartStand, LohnartStand.lohnart_id == Lohnart.id).where(
        known(LohnartStand, None), LohnartStand.recht.like("%3b%")).distinct())
    return [f"{number:04d}" for number in rows]
