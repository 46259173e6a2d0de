"""Journal eines abgeschlossenen Laufs: erstellen (einmal), lesen, prüfen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from payroll.postings import targets
from payroll.postings.accounts import accounts_on
from payroll.postings.deriving import AT, EXPENSES, Cents, settle, values_posted
from payroll.postings.errors import PostingRefused
from payroll.postings.gathering import Gesammelt, gather
from payroll.postings.models import Journal
from payroll.postings.writing import Geschrieben, Wohin, write
from payroll.postings.zuwendungen import of_month
from payroll.runs import service as runs
from payroll.runs.models import Lauf
from tenants import audit
from tenants.db.bulk import whole_tables
from tenants.db.session import TenantSession


@dataclass(frozen=True)
class Erstellt:
    """Das Journal und ob es neu ist."""

    journal: Journal
    neu: bool


def create(session: TenantSession, month: date) -> Erstellt:
    """Bucht einen abgeschlossenen Lauf; noch einmal aufgerufen ist es dasselbe Journal."""
    with whole_tables(session):
        return _created(session, month)


def _created(session: TenantSession, month: date) -> Erstellt:
    lauf = runs.find_run(session, month, lock=True)
    if lauf.zustand != "abgeschlossen":
        raise PostingRefused("Gebucht wird erst, wenn der Monat abgeschlossen ist: freigeben lassen und abschließen.")
    held = session.scalars(select(Journal).where(Journal.lauf_id == lauf.id)).one_or_none()
    if held is not None:
        return Erstellt(held, False)
    found = gather(session, lauf)
    posted = values_posted(found.arten, found.summen, found.brutto)
    settle(posted, found.eigene, found.abzug)
    gifts = [one for one in of_month(session, lauf.monat) if one.steuern]
    if not posted.any() and not gifts:
        raise PostingRefused(f"{runs.month_name(lauf.monat)}: es gibt nichts zu buchen.")
    made = write(session, lauf.id, lauf.monat, found, posted, Wohin(
        accounts_on(session, lauf.monat), targets.of_people(session, lauf.monat), gifts))
    net, expense = int(found.abzug.zahlbetrag.sum()), _sum(posted, *EXPENSES)
    _tie(lauf, found, made, (-_sum(posted, "netto"), net), expense)
    expense += sum(one.steuern for one in gifts)
    journal = Journal(lauf_id=lauf.id, monat=lauf.monat, anzahl=made.anzahl, soll=made.soll, haben=made.haben,
                      aufwand=expense, netto=net, sha256=made.sha256, erstellt_von=str(session.info["actor"]))
    session.add(journal)
    session.flush()
    audit.record(session, "journal.erstellt", f"lauf:{lauf.monat:%Y-%m}",
                 {"zeilen": made.anzahl, "soll": made.soll, "netto": net, "sha256": made.sha256.hex()})
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


def _sum(posted: Cents, *keys: str) -> int:
    return int(posted[:, [AT[key] for key in keys]].sum())


def _tie(lauf: Lauf, found: Gesammelt, made: Geschrieben, net: tuple[int, int], expense: int) -> None:
    """Soll = Haben; das Konto der Auszahlungen trägt genau, was gezahlt wird; der Aufwand ist der der Abrechnungen."""
    booked, paid = net
    costs = sum(int(found.summen[name].sum()) * sign for name, sign in (
        ("brutto", 1), ("arbeitgeber", 1), ("ersatz", -1), ("ersatz_sv", -1)))
    if made.soll != made.haben or booked != paid or expense != costs:
        raise PostingRefused(
            f"{runs.month_name(lauf.monat)}: die Summen gehen nicht auf (Soll {made.soll}, Haben {made.haben}; "
            f"Auszahlung {booked} statt {paid}; Aufwand {expense} statt {costs} Cent). Nichts gebucht; die Verwaltung "
            "der Anwendung verständigen.")
