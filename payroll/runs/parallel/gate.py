"""Produktivstart: vorher gibt niemand frei, was bezahlt würde; freigegeben wird er von Kreis und Arbeitgeber."""

from __future__ import annotations

from datetime import date

from sqlalchemy import func, select

from payroll.runs.errors import RunRefused
from payroll.runs.models import Lauf
from payroll.runs.parallel.comparing import ERKLAERT, GLEICH, OFFEN, compare, months
from payroll.runs.parallel.models import Produktivstart
from tenants import audit
from tenants.db.session import TenantSession


def begin(session: TenantSession, month: date) -> Produktivstart:
    """Legt fest, ab welchem Monat hier bezahlt wird; bis zur Freigabe lässt er sich verschieben."""
    row = current(session)
    if session.scalars(select(Lauf.id).where(Lauf.zustand == "abgeschlossen").limit(1)).first() is not None:
        raise RunRefused("Dieser Arbeitgeber wird schon bezahlt: ein Monat ist abgeschlossen.")
    if row is not None and (row.kreis_von or row.arbeitgeber_von):
        raise RunRefused("Der Produktivstart ist schon freigegeben und lässt sich nicht mehr verschieben.")
    if row is None:
        row = Produktivstart(monat=month, angelegt_von=str(session.info["actor"]))
        session.add(row)
    row.monat = month
    session.flush()
    audit.record(session, "produktivstart.festgelegt", f"monat:{month:%Y-%m}", {})
    return row


def current(session: TenantSession, *, lock: bool = False) -> Produktivstart | None:
    """Der Produktivstart; None bei Arbeitgebern, die nie parallel liefen."""
    statement = select(Produktivstart)
    return session.scalars(statement.with_for_update() if lock else statement).one_or_none()


def approve(session: TenantSession, side: str) -> Produktivstart:
    """Gibt den Start für eine Seite frei: mindestens ein Monat verglichen, keine Abweichung offen, zwei Personen."""
    row = current(session, lock=True)
    if row is None:
        raise RunRefused("Es ist kein Produktivstart festgelegt.")
    actor = str(session.info["actor"])
    other = row.arbeitgeber_von if side == "kreis" else row.kreis_von
    if (row.kreis_von if side == "kreis" else row.arbeitgeber_von) is not None:
        return row
    if actor == other:
        raise RunRefused("Kreis und Arbeitgeber geben den Produktivstart durch verschiedene Personen frei.")
    compared = [compare(session, month) for month in months(session) if month < row.monat]
    if not compared:
        raise RunRefused(f"Vor dem {row.monat:%m/%Y} ist kein Monat mit dem alten Verfahren verglichen.")
    if still := sum(one.count(OFFEN) for one in compared):
        words = "1 Abweichung ist offen" if still == 1 else f"{still} Abweichungen sind offen"
        raise RunRefused(f"{words}. Jede beheben oder erklären; dann ist der Start frei.")
    if side == "kreis":
        row.kreis_von, row.kreis_am = actor, func.now()
    else:
        row.arbeitgeber_von, row.arbeitgeber_am = actor, func.now()
    session.flush()
    session.refresh(row)
    audit.record(session, "produktivstart.freigegeben", f"monat:{row.monat:%Y-%m}", {
        "seite": side, "monate": [f"{one.monat:%Y-%m}" for one in compared],
        "gleich": sum(one.count(GLEICH) for one in compared), "erklaert": sum(one.count(ERKLAERT) for one in compared)})
    return row


def demand_live(session: TenantSession, month: date) -> None:
    """Lehnt die Freigabe eines Laufs ab, solange der Produktivstart aussteht oder der Monat davor liegt."""
    row = current(session)
    if row is None:
        return
    if month < row.monat:
        raise RunRefused(f"{month:%m/%Y} ist Parallellauf: bezahlt wird ab {row.monat:%m/%Y}. Parallele Monate werden "
                         "verglichen, nicht freigegeben.")
    if not row.passed:
        raise RunRefused("Der Produktivstart ist nicht von Kreis und Arbeitgeber freigegeben. Unter Übernahme die "
                         "Abweichungen zum alten Verfahren klären und den Start freigeben.")


def first_live(session: TenantSession) -> date:
    """Erster Monat, der hier bezahlt wird; der früheste Tag, wenn nie parallel gelaufen wurde."""
    row = current(session)
    return date.min if row is None else row.monat
