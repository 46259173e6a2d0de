"""Wen und ab welchem Monat die Rückrechnung betrifft: aus den beiden Uhren, nie aus Merkern."""

from __future__ import annotations

import calendar
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from payroll.runs.models import Lauf
from payroll.runs.retro import sources
from payroll.runs.retro.spans import Span, changed
from payroll.runs.retro_models import Rueckrechnung, RueckrechnungLauf
from tenants.audit.models import AuditEntry
from tenants.db.session import TenantSession
from tenants.retention.models import DeletionOrder

# A fact carries the time its transaction began; one still open while a run read is seen only afterwards.
UEBERLAPPUNG = timedelta(minutes=10)


@dataclass(frozen=True)
class Ursache:
    """Warum ein Monat neu gerechnet wird: welche Tatsache, ab wann sie wirkt, wann, von wem und warum erfasst.

    ab, bis: die Tage abgeschlossener Monate, an denen sie etwas ändert; gilt_ab: ihr erster Tag, wenn keine
    damals bekannte Fassung an ihm begann.
    """

    tabelle: str
    titel: str
    kennung: str
    ab: date
    bis: date
    erfasst_am: datetime
    erfasst_von: str
    grund: str
    beendet: bool = False
    gilt_ab: date | None = None

    def plain(self) -> dict[str, Any]:
        """Für die Spalte ``ursachen``."""
        held = {} if self.gilt_ab is None else {"gilt_ab": self.gilt_ab.isoformat()}
        return held | {"tabelle": self.tabelle, "titel": self.titel, "kennung": self.kennung, "ab": self.ab.isoformat(),
                "bis": self.bis.isoformat(), "erfasst_am": self.erfasst_am.isoformat(),
                "erfasst_von": self.erfasst_von, "grund": self.grund, "beendet": self.beendet}


@dataclass
class Closed:
    """Abgeschlossene Monate vor dem Lauf mit dem Kenntnisstand, der in ihnen schon berücksichtigt ist."""

    since: dict[date, datetime]
    pending: dict[int, datetime] = field(default_factory=dict)
    rules: dict[date, str] = field(default_factory=dict)
    tables: dict[date, dict[str, dict[str, str]]] = field(default_factory=dict)

    @property
    def months(self) -> list[date]:
        """Aufsteigend."""
        return sorted(self.since)


@dataclass
class Affected:
    """Beschäftigungen mit ihrem ersten betroffenen Monat und den Ursachen je Monat."""

    first: dict[int, date] = field(default_factory=dict)
    causes: dict[int, list[Ursache]] = field(default_factory=lambda: defaultdict(list))
    seit: dict[int, datetime] = field(default_factory=dict)

    def add(self, employment: int, month: date, cause: Ursache, since: datetime) -> None:
        """Merkt sich den frühesten Monat und jede Ursache einmal."""
        self.first[employment] = min(self.first.get(employment, month), month)
        self.seit[employment] = min(self.seit.get(employment, since), since)
        if cause not in self.causes[employment]:
            self.causes[employment].append(cause)

    def name_causes(self, endings: dict[str, tuple[str, str]]) -> None:
        """Nur was seit dem letzten Lauf neu ist, ist Ursache; Beendetes nennt, wer es beendet hat."""
        for employment, own in self.causes.items():
            fresh = [cause for cause in own if cause.erfasst_am > self.seit[employment]] or own
            self.causes[employment] = [
                replace(cause, erfasst_von=who, grund=why) if cause.beendet else cause for cause, (who, why) in (
                    (cause, endings.get(f"{cause.tabelle}:{cause.kennung}", (cause.erfasst_von, cause.grund)))
                    for cause in fresh)]

    def of(self, employment: int, month: date) -> list[Ursache]:
        """Ursachen, die in diesem Monat schon gelten; Folgen in späteren Monaten haben die früheren zur Ursache."""
        last = month_end(month)
        own = [c for c in self.causes[employment] if c.ab <= last and c.bis >= month]
        return own or [c for c in self.causes[employment] if c.ab <= last]


def month_end(month: date) -> date:
    """Letzter Tag des Monats."""
    return month.replace(day=calendar.monthrange(month.year, month.month)[1])


def closed_before(session: TenantSession, month: date) -> Closed:
    """Abgeschlossene Monate vor ``month``; zwei Abfragen. Ein Monat, dessen Lohnkonto gelöscht ist oder wird, gehört
    nicht dazu: gegen ein fehlendes Ergebnis gerechnet würde er ein zweites Mal bezahlt."""
    kept = (select(func.max(DeletionOrder.kept_from))
            .where(DeletionOrder.approved_at.is_not(None)).scalar_subquery())
    rows = session.execute(
        select(Lauf.id, Lauf.monat, Lauf.stand, Lauf.regelwerk, Lauf.tafeln, RueckrechnungLauf.bis)
        .outerjoin(RueckrechnungLauf, RueckrechnungLauf.lauf_id == Lauf.id)
        .where(Lauf.zustand == "abgeschlossen", Lauf.monat < month, Lauf.stand.is_not(None),
               Lauf.monat >= func.coalesce(kept, date(1900, 1, 1)))
        .order_by(Lauf.monat.desc())).all()
    closed, settled, newest = Closed({}), None, None
    for row in rows:
        closed.since[row.monat] = row.stand if settled is None else max(row.stand, settled)
        closed.rules[row.monat] = row.regelwerk or ""
        if row.tafeln:
            closed.tables[row.monat] = row.tafeln
        if row.bis is not None:
            newest = newest or row.id
            settled = row.bis if settled is None else max(settled, row.bis)
    if newest is not None:
        closed.pending = dict(session.execute(
            select(Rueckrechnung.beschaeftigung_id, func.min(Rueckrechnung.seit).label("seit"))
            .where(Rueckrechnung.lauf_id == newest, Rueckrechnung.art == "offen")
            .group_by(Rueckrechnung.beschaeftigung_id)).all())
    return closed


def find(session: TenantSession, closed: Closed, known_at: datetime | None) -> Affected:
    """Alle Betroffenen; je Tabelle eine Abfrage, gleich wie viele Monate und Menschen."""
    affected = Affected()
    if not closed.since:
        return affected
    first, last = closed.months[0], month_end(closed.months[-1])
    moments = {*closed.since.values(), *closed.pending.values()}
    changes = sources.read(session, min(moments) - UEBERLAPPUNG, known_at, first, last)
    for since in sorted(moments):
        months = [month for month in closed.months if closed.since[month] == since]
        late = {job for job, moment in closed.pending.items() if moment == since}
        for versions in changes.versions.values():
            for span in changed(versions, since, UEBERLAPPUNG, known_at, first, last):
                cause = _cause(span, versions, since)
                for job, begin, end in changes.holders(span.cause):
                    wanted = closed.months if job in late else months
                    month = _first_month(wanted, max(begin, span.first), min(end, span.last))
                    if month is not None:
                        affected.add(job, month, cause, since)
    affected.name_causes(_endings(session, affected))
    return affected


def _endings(session: TenantSession, affected: Affected) -> dict[str, tuple[str, str]]:
    """Wer eine Tatsache beendet hat und warum: das steht nicht in ihr, sondern im Protokoll."""
    ended = {cause for own in affected.causes.values() for cause in own if cause.beendet}
    if not ended:
        return {}
    subjects = [f"{cause.tabelle}:{cause.kennung}" for cause in ended]
    rows = session.execute(
        select(AuditEntry.subject, AuditEntry.actor, AuditEntry.reason).order_by(AuditEntry.id)
        .where(AuditEntry.action == "tatsache.beendet", AuditEntry.subject.in_(subjects),
               AuditEntry.at >= min(cause.erfasst_am for cause in ended) - UEBERLAPPUNG))
    return {row.subject: (row.actor, row.reason or "") for row in rows}


def _first_month(months: Iterable[date], first: date, last: date) -> date | None:
    return next((month for month in months if month <= last and month_end(month) >= first), None)


def _cause(span: Span, versions: Iterable[Any], since: datetime) -> Ursache:
    fact = span.cause
    at, who = fact.recorded_at, fact.recorded_by
    if span.ended and fact.superseded_at is not None:
        at = fact.superseded_at
        who = next((v.recorded_by for v in versions if v.recorded_at == at), "")
    begun = any(v.valid_from == fact.valid_from and v.known(since) for v in versions)
    return Ursache(fact.tabelle, sources.title_of(fact), fact.public_id, span.first, span.last, at, who,
                   fact.reason, span.ended, None if begun else fact.valid_from)
