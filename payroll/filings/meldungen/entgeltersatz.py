"""Entgeltbescheinigung für Krankengeld, Kinderkrankengeld und Mutterschaftsgeld (EEL, § 107 SGB IV).

Grundlage ist der letzte vor dem Beginn abgerechnete Monat (§ 47 Abs. 2 SGB V), bei Mutterschaftsgeld die letzten drei
(§ 24i Abs. 2 SGB V). Wer keinen Anspruch gegen eine gesetzliche Kasse hat, braucht keine. Das amtliche Schema
(DSLW) ist nicht öffentlich: die Nummern der Gründe sind nicht belegt.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import func, select

from payroll.filings.meldungen import meldebeginn, stamm, werte
from payroll.filings.meldungen.deuev import problem_of
from payroll.filings.meldungen.entwurf import Entwurf, Satz
from payroll.filings.meldungen.konto import difference
from payroll.law.rules.entgelt.fehlzeiten import Abschnitt, abschnitte
from payroll.law.rules.entgelt.laufzeit import plus_monate
from payroll.masterdata.clocks import known
from payroll.masterdata.models import Bezuegezuordnung, Fehlzeit
from payroll.masterdata.slices.ausfall import absences
from payroll.runs.models import Ergebnis, Ergebniszeile, Lauf
from tenants.db import guard
from tenants.db.session import TenantSession
from tenants.models import Tenant

DAY = timedelta(days=1)
RECIPIENT = ("krankenkasse", "Krankenkassen (Annahmestellen)")
GROUNDS = {"krankheit": ("01", 1), "kind_krank": ("02", 1), "mutterschutz": ("03", 3)}
WITHOUT_BENEFIT = 106  # working students: no sickness benefit (§ 44 Abs. 2 Satz 1 Nr. 1 SGB V)
REDUCED = "3"  # contribution group of members without a claim to sickness benefit (§ 243 SGB V)
MARKS = {"_L_": "laufend", "_E_": "einmal"}


@dataclass(frozen=True)
class Beginn:
    """Der erste Tag einer Leistung, die an die Stelle des Entgelts tritt, und der erste des Ausfalls."""

    art: str
    seit: date
    von: date


def drafts(session: TenantSession, month: date) -> list[Entwurf]:
    """Was bis zum letzten abgeschlossenen Monat zu bescheinigen und noch nicht gemeldet ist."""
    werte.closed_run(session, month)
    wanted, deferred = expected(session, werte.last_closed(session))
    entries = difference(session, "eel", wanted, spared={text.partition(": ")[0] for text in deferred},
                         start=meldebeginn.start_of(session, "eel"))
    if not entries and not deferred:
        return []
    due = min((one.frist for one in entries), default=werte.last_day(month))
    return [Entwurf("eel", month, month, *RECIPIENT, due, saetze=tuple(entries),
                    befunde=meldebeginn.questions(session, "eel", entries, month), angaben={
                        "zurueckgestellt": deferred,
                        "hinweise": [*meldebeginn.hints(session, "eel"), *hints(entries)]})]


def hints(entries: Sequence[Satz]) -> list[str]:
    """Was vor der Übergabe von Hand zu ergänzen ist."""
    return [f"{one.personalnummer}, {one.von:%d.%m.%Y}: Kinderkrankengeld bemisst sich nach dem Nettoentgelt, das an "
            "den freien Tagen wirklich ausgefallen ist (§ 45 Abs. 2 Satz 3 SGB V); es nach der Abrechnung des Monats "
            "der Kasse nennen." for one in entries if one.grund == GROUNDS["kind_krank"][0] and one.satzart != "storno"]


def expected(session: TenantSession, month: date) -> tuple[list[Satz], list[str]]:
    """Bescheinigungen aller Leistungen, die seit dem ersten abgeschlossenen Monat oder dem festgelegten begonnen haben.
    """
    start = max(session.scalars(select(func.min(Lauf.monat)).where(Lauf.zustand == "abgeschlossen")).one(),
                meldebeginn.start_of(session, "eel"))
    last, files = werte.last_day(month), stamm.files_of(session)
    employer = session.scalars(select(Tenant.betriebsnummer).where(Tenant.id == guard.tenant_of(session))).one() or ""
    spans = werte.insurances(session, None)
    begun = {number: own for number, own in _begun(session, files, start, last).items()
             if any(one.betriebsnummer for one in spans.get(number, ()))}
    pay, hours = _pay(session, list(begun)), _hours(session, list(begun))
    made, deferred = [], []
    for number, own in sorted(begun.items(), key=lambda item: files[item[0]].personalnummer):
        file, held = files[number], spans[number]
        for one in own:
            fund = werte.in_month(held, one.von.replace(day=1)) or held[-1]
            if not entitled(fund, one.art):
                continue
            months = [when for when in sorted(pay.get(number, {})) if werte.last_day(when) < one.seit]
            problem = problem_of(file) or ("" if months else f"vor dem {one.seit:%d.%m.%Y} ist kein Monat abgerechnet; "
                                           "die Bescheinigung aus dem früheren Verfahren ausstellen.")
            if problem:
                deferred.append(f"{file.personalnummer}: {problem}")
                continue
            made.append(_entry(file, one, fund, employer, months, pay[number], hours.get(number, ())))
    return made, deferred


def entitled(held: werte.Abschnitt, art: str) -> bool:
    """Ob die gesetzliche Kasse diese Leistung aus dieser Beschäftigung zahlt.

    Mutterschaftsgeld bekommt jedes Mitglied ohne Entgelt in der Schutzfrist (§ 24i Abs. 1 SGB V), Krankengeld nur, wer
    Anspruch darauf hat (§§ 44, 45 SGB V). Null an erster Stelle sagt nichts: freiwillige Mitglieder zahlen selbst.
    """
    if held.kv_art not in werte.STATUTORY or held.personengruppe in werte.GERINGFUEGIG:
        return False
    return art == "mutterschutz" or (not held.gruppe.startswith(REDUCED) and held.personengruppe != WITHOUT_BENEFIT)


def _entry(file: stamm.Akte, one: Beginn, held: werte.Abschnitt, employer: str, months: Sequence[date],
           pay: Mapping[date, Mapping[str, int]], hours: Sequence[tuple[date, Any]]) -> Satz:
    ground, count = GROUNDS[one.art]
    content = {"grund": ground, "leistung": one.art, "vsnr": file.vsnr, **{name: file.inhalt[name] for name in (
        "nachname", "vorname", "geburtsdatum")}, "betriebsnummer": employer, "kasse": held.betriebsnummer,
        "ausfall_ab": one.seit.isoformat(), "letzter_tag_mit_entgelt": (one.von - DAY).isoformat(),
        "leistung_ab": one.von.isoformat(), "personalnummer": file.personalnummer, "frist": one.von.isoformat()}
    for at, month in enumerate(reversed(months[-count:]), 1):
        content |= {f"monat_{at}": f"{month:%Y-%m}", f"brutto_{at}": pay[month].get("laufend", 0),
                    f"netto_{at}": pay[month].get("netto", 0), f"einmal_{at}": pay[month].get("einmal", 0)}
    year = plus_monate(months[-1], -11)
    content["einmal_12_monate"] = sum(pay[when].get("einmal", 0) for when in months if when >= year)
    week = [value for first, value in hours if first <= one.seit]
    content["wochenstunden"] = f"{week[-1]}".replace(".", ",") if week else ""
    return Satz(f"{file.personalnummer}|eel|{one.art}|{one.seit}", ground, one.von, one.von, one.von, file.person,
                file.personalnummer, content)


def _begun(session: TenantSession, files: Mapping[int, stamm.Akte], start: date, last: date) -> dict[int, list[Beginn]]:
    rows = defaultdict(list)
    for row in session.scalars(select(Fehlzeit).where(known(Fehlzeit, None), Fehlzeit.valid_from <= last)
                               .order_by(Fehlzeit.valid_from)):
        rows[row.beschaeftigung_id].append(row)
    found = {}
    for number, own in rows.items():
        if number in files and files[number].art in ("tarif", "auszubildende", "minijob"):
            pieces = abschnitte(absences(own, last), files[number].art, files[number].eintritt)
            begun = [one for one in beginnings(pieces) if start <= one.von <= last]
            if begun:
                found[number] = begun
    return found


def beginnings(pieces: Sequence[Abschnitt]) -> Iterator[Beginn]:
    """Je Ausfall der erste Tag ohne Entgelt; wessen Krankengeld schon geendet hat, beginnt nicht noch einmal."""
    before: Abschnitt | None = None
    first: date | None = None
    for one in sorted(pieces, key=lambda piece: piece.von):
        joined = before is not None and before.art == one.art and before.bis + DAY == one.von
        first = first if joined and first else one.seit or one.von
        if one.art in GROUNDS and not one.bezahlt and not (joined and before is not None and not before.bezahlt):
            yield Beginn(one.art, first, one.von)
        before = one


def _pay(session: TenantSession, jobs: Sequence[int]) -> dict[int, dict[date, dict[str, int]]]:
    """Netto, laufendes und einmaliges beitragspflichtiges Entgelt je abgerechnetem Monat (Cent), wie abgerechnet."""
    found: dict[int, dict[date, dict[str, int]]] = defaultdict(lambda: defaultdict(dict))
    mine = Ergebnis.beschaeftigung_id.in_(jobs), Lauf.zustand == "abgeschlossen"
    for row in session.execute(select(Ergebnis.beschaeftigung_id, Ergebnis.monat, Ergebnis.netto)
                               .join(Lauf, Lauf.id == Ergebnis.lauf_id).where(*mine)):
        found[row.beschaeftigung_id][row.monat]["netto"] = row.netto
    for mark, name in MARKS.items():
        for row in session.execute(
                select(Ergebnis.beschaeftigung_id, Ergebnis.monat, func.sum(Ergebniszeile.betrag).label("betrag"))
                .join(Lauf, Lauf.id == Ergebnis.lauf_id).join(Ergebniszeile, Ergebniszeile.ergebnis_id == Ergebnis.id)
                .where(*mine, Ergebniszeile.bereich == "bezug", Ergebniszeile.merkmale.like(mark))
                .group_by(Ergebnis.beschaeftigung_id, Ergebnis.monat)):
            found[row.beschaeftigung_id][row.monat][name] = int(row.betrag)
    return {job: dict(months) for job, months in found.items()}


def _hours(session: TenantSession, jobs: Sequence[int]) -> dict[int, list[tuple[date, Any]]]:
    found: dict[int, list[tuple[date, Any]]] = defaultdict(list)
    for row in session.execute(
            select(Bezuegezuordnung.beschaeftigung_id, Bezuegezuordnung.valid_from, Bezuegezuordnung.wochenstunden)
            .where(known(Bezuegezuordnung, None), Bezuegezuordnung.beschaeftigung_id.in_(jobs))
            .order_by(Bezuegezuordnung.valid_from)):
        found[row.beschaeftigung_id].append((row.valid_from, row.wochenstunden))
    return found
