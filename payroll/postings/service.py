"""Journal eines abgeschlossenen Laufs: erstellen (einmal), lesen, prüfen."""

from __future__ import annotations

import calendar
import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from typing import Any

from sqlalchemy import case, func, select

from payroll.masterdata.clocks import known, within
from payroll.masterdata.models import Beschaeftigung, BeschaeftigungAngaben, Lohnart, LohnartStand, Person
from payroll.postings import targets
from payroll.postings.accounts import accounts_on
from payroll.postings.deriving import EXPENSES, NEEDED, OWN, REFUNDED, Fall, Posten, postings
from payroll.postings.errors import PostingRefused
from payroll.postings.models import Buchung, Journal
from payroll.postings.sharing import shared
from payroll.runs import retro
from payroll.runs import service as runs
from payroll.runs.beside.models import ERSTATTUNGEN, Drittzahlung, Verrechnung
from payroll.runs.claim_models import Einbehalt
from payroll.runs.models import Ergebnis, Ergebniszeile, Lauf
from payroll.runs.retro_models import Rueckrechnung, RueckrechnungZeile
from payroll.runs.values import EMPLOYER
from tenants import audit
from tenants.db.bulk import copy_rows
from tenants.db.session import TenantSession

ENTSCHAEDIGUNG = 1508
COLUMNS = ("lauf_id", "position", "monat", "in_monat", "konto", "seite", "betrag", "schluessel", "kostenstelle",
           "produkt", "personenkreis", "personalnummer", "person_public_id")
KREIS = {"beamte": "B", "tarif": "T", "auszubildende": "T", "minijob": "S", "hinterbliebene": "S"}


@dataclass(frozen=True)
class Erstellt:
    """Das Journal und ob es neu ist."""

    journal: Journal
    neu: bool


def create(session: TenantSession, month: date) -> Erstellt:
    """Bucht einen abgeschlossenen Lauf; noch einmal aufgerufen ist es dasselbe Journal."""
    lauf = runs.find_run(session, month, lock=True)
    if lauf.zustand != "abgeschlossen":
        raise PostingRefused("Gebucht wird erst, wenn der Monat abgeschlossen ist: freigeben lassen und abschließen.")
    held = session.scalars(select(Journal).where(Journal.lauf_id == lauf.id)).one_or_none()
    if held is not None:
        return Erstellt(held, False)
    jobs = _jobs(session, lauf)
    cases = _cases(session, lauf, jobs)
    rows = _rows(session, lauf, jobs, cases)
    if not rows:
        raise PostingRefused(f"{runs.month_name(lauf.monat)}: es gibt nichts zu buchen.")
    debit, credit = (sum(row[6] for row in rows if row[5] == side) for side in ("S", "H"))
    net = sum(one.zahlbetrag for one in cases.values())
    _tie(lauf, cases, rows, debit, credit)
    copy_rows(session, Buchung, COLUMNS, rows)
    digest = hashlib.sha256(json.dumps(rows, default=str, separators=(",", ":")).encode()).digest()
    expense = sum(row[6] if row[5] == "S" else -row[6] for row in rows if row[7] in EXPENSES)
    journal = Journal(lauf_id=lauf.id, monat=lauf.monat, anzahl=len(rows), soll=debit, haben=credit, aufwand=expense,
                      netto=net, sha256=digest, erstellt_von=str(session.info["actor"]))
    session.add(journal)
    session.flush()
    audit.record(session, "journal.erstellt", f"lauf:{lauf.monat:%Y-%m}",
                 {"zeilen": len(rows), "soll": debit, "netto": net, "sha256": digest.hex()})
    return Erstellt(journal, True)


def journals(session: TenantSession) -> Sequence[Journal]:
    """Alle Journale, das jüngste zuerst."""
    return session.scalars(select(Journal).order_by(Journal.monat.desc())).all()


def find(session: TenantSession, month: date) -> Journal:
    """Das Journal eines Monats."""
    row = session.scalars(select(Journal).where(Journal.monat == month)).one_or_none()
    if row is None:
        raise PostingRefused(f"Für {runs.month_name(month)} gibt es noch kein Journal; zuerst buchen.")
    return row


def balances(session: TenantSession, journal: Journal) -> list[Any]:
    """Je Konto und Schlüssel Soll, Haben und Zeilen."""
    signed = {side: func.sum(case((Buchung.seite == side, Buchung.betrag), else_=0)) for side in ("S", "H")}
    rows = session.execute(
        select(Buchung.konto, Buchung.schluessel, signed["S"].label("soll"), signed["H"].label("haben"),
               func.count(Buchung.id).label("zeilen"))
        .where(Buchung.lauf_id == journal.lauf_id).group_by(Buchung.konto, Buchung.schluessel)
        .order_by(Buchung.konto, Buchung.schluessel))
    return list(rows)


def lines(session: TenantSession, journal: Journal, konto: str | None = None) -> Sequence[Buchung]:
    """Die Zeilen, auf Wunsch eines Kontos."""
    statement = select(Buchung).where(Buchung.lauf_id == journal.lauf_id).order_by(Buchung.position)
    return session.scalars(statement if konto is None else statement.where(Buchung.konto == konto)).all()


def _jobs(session: TenantSession, lauf: Lauf) -> dict[int, Any]:
    last = lauf.monat.replace(day=calendar.monthrange(lauf.monat.year, lauf.monat.month)[1])
    rows = session.execute(
        select(BeschaeftigungAngaben.beschaeftigung_id, BeschaeftigungAngaben.art, BeschaeftigungAngaben.kostenstelle,
               Beschaeftigung.personalnummer, Person.public_id)
        .join(Beschaeftigung, Beschaeftigung.id == BeschaeftigungAngaben.beschaeftigung_id)
        .join(Person, Person.id == Beschaeftigung.person_id)
        .where(known(BeschaeftigungAngaben, lauf.stand), within(BeschaeftigungAngaben, lauf.monat, last))
        .order_by(BeschaeftigungAngaben.valid_from))
    return {row.beschaeftigung_id: row for row in rows}


def _cases(session: TenantSession, lauf: Lauf, jobs: dict[int, Any]) -> dict[int, Fall]:
    keys = wage_type_accounts(session, lauf.monat, lauf.stand)
    cases: dict[int, Fall] = {}
    balance = retro.payouts(session, lauf)
    for row in session.execute(select(Ergebnis.id, Ergebnis.beschaeftigung_id, *(
            getattr(Ergebnis, name) for name in NEEDED)).where(Ergebnis.lauf_id == lauf.id).order_by(Ergebnis.id)):
        one = cases[row.beschaeftigung_id] = Fall(jobs[row.beschaeftigung_id].art)
        one.werte[lauf.monat] = {name: getattr(row, name) for name in NEEDED}
        held = balance.get(row.beschaeftigung_id)
        one.zahlbetrag = held.zahlbetrag if held is not None else max(row.auszahlung, 0)
    for row in session.execute(
            select(Ergebnis.beschaeftigung_id, Ergebniszeile.lohnart, Ergebniszeile.merkmale, Ergebniszeile.betrag)
            .join(Ergebnis, Ergebnis.id == Ergebniszeile.ergebnis_id)
            .where(Ergebnis.lauf_id == lauf.id, Ergebniszeile.bereich == "bezug")):
        if row.merkmale[3:] != "o":
            own = cases[row.beschaeftigung_id]
            own.brutto[lauf.monat][keys.get(row.lohnart, OWN[own.art])] += row.betrag
    _later(session, lauf, cases, jobs, keys)
    _third_parties(session, lauf, cases)
    return cases


def _later(session: TenantSession, lauf: Lauf, cases: dict[int, Fall], jobs: dict[int, Any],
           keys: dict[str, str]) -> None:
    """Nachberechnete Monate: dieselben Werte, als Unterschied, im Monat ihrer Herkunft."""
    found: dict[tuple[int, date], dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for row in session.execute(
            select(Rueckrechnung.beschaeftigung_id, Rueckrechnung.monat, RueckrechnungZeile.bereich,
                   RueckrechnungZeile.name, RueckrechnungZeile.merkmale, RueckrechnungZeile.betrag)
            .join(Rueckrechnung, Rueckrechnung.id == RueckrechnungZeile.rueckrechnung_id)
            .where(Rueckrechnung.lauf_id == lauf.id, Rueckrechnung.art != "offen")):
        one = cases.setdefault(row.beschaeftigung_id, Fall(jobs[row.beschaeftigung_id].art))
        if row.bereich == "wert" and row.name in NEEDED:
            found[row.beschaeftigung_id, row.monat][row.name] += row.betrag
        elif row.bereich == "bezug" and row.merkmale[3:] != "o":
            one.brutto[row.monat][keys.get(row.name, OWN[one.art])] += row.betrag
    for (job, month), values in found.items():
        held = cases[job].werte.get(month, {})
        cases[job].werte[month] = {name: held.get(name, 0) + values.get(name, 0) for name in NEEDED}


def _third_parties(session: TenantSession, lauf: Lauf, cases: dict[int, Fall]) -> None:
    for row in session.execute(
            select(Einbehalt.beschaeftigung_id, func.sum(Einbehalt.betrag).label("summe"))
            .where(Einbehalt.lauf_id == lauf.id, Einbehalt.nummer > 0, Einbehalt.art != "aufrechnung",
                   Einbehalt.verbleib.in_(("zahlen", "einbehalten", "hinterlegen")))
            .group_by(Einbehalt.beschaeftigung_id)):
        cases[row.beschaeftigung_id].glaeubiger = int(row.summe)
    for row in session.execute(
            select(Ergebnis.beschaeftigung_id, func.sum(Drittzahlung.betrag).label("summe"))
            .join(Ergebnis, Ergebnis.id == Drittzahlung.ergebnis_id).where(Ergebnis.lauf_id == lauf.id)
            .group_by(Ergebnis.beschaeftigung_id)):
        cases[row.beschaeftigung_id].sparen = int(row.summe)
    for row in session.execute(
            select(Ergebnis.beschaeftigung_id, func.sum(Verrechnung.betrag).label("summe"))
            .join(Ergebnis, Ergebnis.id == Verrechnung.ergebnis_id)
            .where(Ergebnis.lauf_id == lauf.id, Verrechnung.art.in_(ERSTATTUNGEN))
            .group_by(Ergebnis.beschaeftigung_id)):
        cases[row.beschaeftigung_id].erstattung = -int(row.summe)


def wage_type_accounts(session: TenantSession, month: date, known_at: datetime | None) -> dict[str, str]:
    """Schlüssel des Aufwands je Lohnart, wie der Katalog oder der Arbeitgeber ihn nennt."""
    rows = session.execute(
        select(Lohnart.nummer, LohnartStand.konto).join(Lohnart, Lohnart.id == LohnartStand.lohnart_id)
        .where(known(LohnartStand, known_at), within(LohnartStand, month, month)))
    # Compensation for the authority is booked back on the account of the person's group, so it must stand there.
    return {f"{row.nummer:04d}": row.konto for row in rows if row.konto in EXPENSES and row.nummer != ENTSCHAEDIGUNG}


def _rows(session: TenantSession, lauf: Lauf, jobs: dict[int, Any], cases: dict[int, Fall]) -> list[tuple[Any, ...]]:
    accounts, goals = accounts_on(session, lauf.monat), targets.of_people(session, lauf.monat)
    rows: list[tuple[Any, ...]] = []
    for number, one in cases.items():
        job = jobs[number]
        split = goals.get(job.personalnummer) or [((job.kostenstelle or "", ""), Fraction(1))]
        for posten, goal, amount in _shared(postings(lauf.monat, one), split):
            rows.append((lauf.id, len(rows) + 1, posten.monat, lauf.monat, accounts[posten.schluessel],
                         "S" if amount > 0 else "H", abs(amount), posten.schluessel, goal[0], goal[1],
                         KREIS[one.art], job.personalnummer, job.public_id))
    return rows


def _shared(made: Iterable[Posten], split: list[tuple[targets.Ziel, Fraction]]) -> Iterable[
        tuple[Posten, targets.Ziel, int]]:
    """Aufwand auf die Ziele, Verbindlichkeiten ungeteilt."""
    weights = [weight for _, weight in split]
    for one in made:
        if one.schluessel not in EXPENSES:
            yield one, ("", ""), one.betrag
            continue
        for (goal, _), part in zip(split, shared(one.betrag, weights), strict=True):
            if part:
                yield one, goal, part


def _tie(lauf: Lauf, cases: dict[int, Fall], rows: list[tuple[Any, ...]], debit: int, credit: int) -> None:
    """Soll = Haben; das Konto der Auszahlungen trägt genau, was gezahlt wird; der Aufwand ist der der Abrechnungen."""
    paid = sum(one.zahlbetrag for one in cases.values())
    booked = sum(row[6] if row[5] == "H" else -row[6] for row in rows if row[7] == "netto")
    expense = sum(row[6] if row[5] == "S" else -row[6] for row in rows if row[7] in EXPENSES)
    costs = sum(values.get(name, 0) * sign for one in cases.values() for values in one.werte.values()
                for names, sign in ((("gesamtbrutto", *EMPLOYER), 1), (REFUNDED, -1)) for name in names)
    if debit != credit or booked != paid or expense != costs:
        raise PostingRefused(
            f"{runs.month_name(lauf.monat)}: die Summen gehen nicht auf (Soll {debit}, Haben {credit}; Auszahlung "
            f"{booked} statt {paid}; Aufwand {expense} statt {costs} Cent). Nichts gebucht; die Verwaltung der "
            "Anwendung verständigen.")
