"""Übernommene Fehlzeiten, deren Zeile nicht mehr gebucht ist: ihre Datei wurde danach zurückgenommen oder ersetzt.

Von selbst verschwindet keine, denn sie kann auch aus anderem Grund richtig sein; die Seite der Vorschläge nennt sie.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import replace
from datetime import date, timedelta

from sqlalchemy import select

from payroll.masterdata.clocks import known
from payroll.masterdata.models import Anlasszahlung, Fehlzeit
from payroll.runs.zeiten import absences
from tenants.db.session import TenantSession
from timekeeping.handover import proposals
from timekeeping.handover.proposals import UMWANDLUNG, Vorschlag
from timekeeping.imports.problems import ImportFehler
from timekeeping.leave.models import Abwesenheit
from timekeeping.rules.clock import each_day

DAY = timedelta(days=1)
Days = dict[tuple[int, str], set[date]]


def orphans(session: TenantSession) -> list[Vorschlag]:
    """Was davon noch als Fehlzeit oder Umwandlungstag gilt, Tag für Tag; ohne solche Zeilen eine Abfrage."""
    gone = proposals.adopted(session, gebucht=False)
    if not gone:
        return []
    jobs = {one.beschaeftigung_id for one in gone}
    held, still = _held(session, jobs), _days(proposals.adopted(session, gebucht=True))
    for (job, art), days in _own(session, jobs).items():
        still[(job, art)] |= days
    found = []
    for one in gone:
        key = (one.beschaeftigung_id, one.art)
        days = [day for day in each_day(one.von, one.bis) if day in held[key] and day not in still[key]]
        found += [replace(one, von=first, bis=last) for first, last in _spans(days)]
    return found


def take_back(session: TenantSession, nummern: Collection[int], *, reason: str) -> int:
    """Nimmt die Fehlzeiten dieser Zeilen zurück; gibt ihre Zahl. Raises ImportFehler, wenn es eine nicht gibt."""
    if not reason.strip():
        raise ImportFehler("Der Grund fehlt", "angeben, warum")
    wanted, found = set(nummern), [one for one in orphans(session) if one.nummer in set(nummern)]
    if wanted - {one.nummer for one in found}:
        raise ImportFehler("Die Fehlzeit ist schon zurückgenommen", "Liste neu laden")
    for one in found:
        why = f"{one.herkunft} ist nicht mehr gebucht: {reason}"
        if one.art == UMWANDLUNG:
            absences.take_back_conversion(session, one.beschaeftigung_id, one.von, one.bis, reason=why)
        else:
            absences.take_back(session, one.beschaeftigung_id, one.art, one.von, one.bis, reason=why)
    return len(found)


def _held(session: TenantSession, jobs: Collection[int]) -> Days:
    found: Days = defaultdict(set)
    for model in (Fehlzeit, Anlasszahlung):
        for row in session.scalars(select(model).where(known(model, None), model.beschaeftigung_id.in_(sorted(jobs)))):
            last = row.valid_to or row.valid_from + 1100 * DAY  # no absence of a file lasts longer
            found[(row.beschaeftigung_id, row.art)].update(each_day(row.valid_from, last))
    return found


def _own(session: TenantSession, jobs: Collection[int]) -> Days:
    """Was hier beantragt und genehmigt ist: das gilt aus eigenem Grund, was immer eine Datei sagt."""
    found: Days = defaultdict(set)
    for row in session.scalars(select(Abwesenheit).where(
            Abwesenheit.beschaeftigung_id.in_(sorted(jobs)), Abwesenheit.zustand == "genehmigt", ~Abwesenheit.halb,
            Abwesenheit.art.in_(proposals.ARTEN))):
        found[(row.beschaeftigung_id, proposals.ARTEN[row.art])].update(each_day(row.von, row.bis))
    return found


def _days(rows: Collection[Vorschlag]) -> Days:
    found: Days = defaultdict(set)
    for one in rows:
        found[(one.beschaeftigung_id, one.art)].update(each_day(one.von, one.bis))
    return found


def _spans(days: list[date]) -> Iterator[tuple[date, date]]:
    first = None
    for at, day in enumerate(days):
        first = first or day
        if at + 1 == len(days) or days[at + 1] != day + DAY:
            yield first, day
            first = None
