"""Freie Tage nach Brauch des Arbeitgebers: sie mindern das Soll, sind aber keine Feiertage (kein Zuschlag)."""

from __future__ import annotations

import calendar
from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from dateutil.easter import easter
from sqlalchemy import func, select

from tenants import audit
from tenants.db.clocks import known, within
from tenants.db.session import TenantSession
from timekeeping.imports.problems import ImportFehler
from timekeeping.own.models import BRAUCH, ZeitBrauchtag
from timekeeping.recording import ended, record

VOR_OSTERN = {"weiberfastnacht": 52, "rosenmontag": 48, "fastnachtdienstag": 47}
GANZ = 100


def custom_days(session: TenantSession, first: date, last: date) -> dict[date, int]:
    """Je freiem Tag von first bis last, wie viele Hundertstel des Solls entfallen; eine Abfrage."""
    rows = session.scalars(select(ZeitBrauchtag).where(known(ZeitBrauchtag, None),
                                                       within(ZeitBrauchtag, first, last))).all()
    found: dict[date, int] = {}
    for row in rows:
        for day in days_of_rule(row, first, last):
            found[day] = max(found.get(day, 0), row.anteil)
    return found


def days_of_rule(row: ZeitBrauchtag, first: date, last: date) -> Iterable[date]:
    """Die Tage eines Brauchs im Zeitraum, nur in seiner Geltung."""
    begin, end = max(first, row.valid_from), min(last, row.valid_to or date.max)
    if row.regel == "datum":
        for number in range(begin.toordinal(), end.toordinal() + 1):
            yield date.fromordinal(number)
        return
    for year in range(begin.year, end.year + 1):
        day = _in_year(row, year)
        if day is not None and begin <= day <= end:
            yield day


def _in_year(row: ZeitBrauchtag, year: int) -> date | None:
    if row.regel in VOR_OSTERN:
        return easter(year) - timedelta(days=VOR_OSTERN[row.regel])
    month, day = row.monat or 1, row.tag or 1
    return date(year, month, day) if day <= calendar.monthrange(year, month)[1] else None


def set_custom(session: TenantSession, name: str, regel: str, *, ab: date, bis: date | None = None, anteil: int = GANZ,
               monat: int | None = None, tag: int | None = None, reason: str) -> ZeitBrauchtag:
    """Legt einen freien Tag fest. Raises ImportFehler, wenn Regel, Tag oder Anteil nicht stimmen."""
    if not name.strip() or len(name) > 80:
        raise ImportFehler("Der Name des Tages fehlt oder ist zu lang", "zum Beispiel Rosenmontag")
    if regel not in BRAUCH:
        raise ImportFehler("Die Regel gibt es nicht", f"erlaubt: {', '.join(BRAUCH)}")
    if not 1 <= anteil <= GANZ:
        raise ImportFehler("Der freie Anteil liegt nicht zwischen 1 und 100 Prozent", "100 für den ganzen Tag angeben")
    if regel == "jahrestag" and (monat is None or tag is None or not 1 <= monat <= 12
                                 or not 1 <= tag <= calendar.monthrange(2024, monat)[1]):
        raise ImportFehler("Diesen Tag gibt es in keinem Jahr", "Tag und Monat angeben, etwa 11.11.")
    if regel == "datum" and (bis is None or (bis - ab).days > 31):
        raise ImportFehler("Ein einzelner Tag braucht Beginn und Ende, höchstens einen Monat auseinander",
                           "beide Tage gleich angeben")
    if regel != "jahrestag":
        monat = tag = None
    return record(session, ZeitBrauchtag, ab=ab, bis=bis, reason=reason, name=name.strip(), regel=regel, monat=monat,
                  tag=tag, anteil=anteil)


def end_custom(session: TenantSession, name: str, last: date, *, reason: str) -> None:
    """Der Brauch gilt zuletzt an diesem Tag. Raises ImportFehler, wenn es ihn danach gar nicht gibt."""
    if not ended(session, ZeitBrauchtag, {"name": name}, last, reason):
        raise ImportFehler(f"„{name[:60]}“ gilt danach ohnehin nicht", "Seite neu laden")
    audit.record(session, "zeitbrauchtag.beendet", f"zeit_brauchtag:{name}", {"bis": last.isoformat()}, reason)


def all_custom(session: TenantSession) -> Sequence[ZeitBrauchtag]:
    """Alles, was gilt oder galt, nach Name und Beginn."""
    return session.scalars(select(ZeitBrauchtag).where(known(ZeitBrauchtag, None))
                           .order_by(func.lower(ZeitBrauchtag.name), ZeitBrauchtag.valid_from)).all()
