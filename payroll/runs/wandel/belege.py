"""Welche Tatsachen hinter einem Anteil stehen: was begann, endete oder seit dem früheren Lauf erfasst wurde."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import and_, or_, select

from payroll.masterdata.clocks import known
from payroll.masterdata.models import (
    Anlasszahlung,
    Arbeitsweg,
    Beschaeftigung,
    BeschaeftigungAngaben,
    Bezuegezuordnung,
    Dienstwagen,
    Familienzuschlag,
    Fehlzeit,
    HoehereTaetigkeit,
    Kind,
    KrankenkasseSatz,
    Lohnart,
    PersonAngaben,
    Sabbatical,
    Sachbezug,
    Sparvertrag,
    Steuermerkmale,
    Stufenregelung,
    Versicherung,
    WeitereBeschaeftigung,
    WiederkehrenderBezug,
    Zulagenanspruch,
    Zusatzversorgung,
    ZvKasseSatz,
)
from payroll.masterdata.models.facts import Fact
from payroll.runs.retro.sources import TITLES
from payroll.runs.wandel.anteile import Anteil, Beleg
from tenants.db.session import TenantSession
from timekeeping.handover.models import ZeitBezug

Tatsachen = dict[tuple[str, int], list[Beleg]]
MODELLE: dict[str, tuple[type[Fact], ...]] = {
    "kasse": (KrankenkasseSatz, Versicherung),
    "versicherung": (Versicherung, WeitereBeschaeftigung),
    "kinder": (Kind, Versicherung),
    "steuer": (Steuermerkmale,),
    "zusatzversorgung": (Zusatzversorgung, ZvKasseSatz),
    "person": (PersonAngaben,),
    "eingruppierung": (Bezuegezuordnung, Stufenregelung, HoehereTaetigkeit, Sabbatical),
    "beschaeftigung": (BeschaeftigungAngaben, Fehlzeit),
    "fehlzeit": (Fehlzeit,),
    "familie": (Familienzuschlag,),
    "bezug": (WiederkehrenderBezug, ZeitBezug, Stufenregelung, Zulagenanspruch),
    "anlass": (Anlasszahlung,),
    "nebenleistung": (Dienstwagen, Arbeitsweg, Sachbezug, Sparvertrag, WiederkehrenderBezug),
}
FOLGT: tuple[type[Fact], ...] = (Bezuegezuordnung, BeschaeftigungAngaben, Fehlzeit)
DAY = timedelta(days=1)
ENDS, ENTRY, EXIT, TIMES = ", endet", ", Eintritt", ", Austritt", "Zeiten "
PAYMENT = TITLES["wiederkehrender_bezug"]


def documented(session: TenantSession, found: dict[int, list[Anteil]], first: date, last: date, since: datetime | None,
               known_at: datetime | None) -> dict[int, list[Anteil]]:
    """Dieselben Anteile mit Belegen; je Tabelle höchstens eine Abfrage, nur für Arten, die vorkommen.

    first, last: erster Tag vorher und letzter Tag nachher; since: Kenntnisstand vorher, known_at: nachher.
    """
    kinds = {one.art for shares in found.values() for one in shares}
    models = {model for art in kinds for model in MODELLE.get(art, ())}
    facts: Tatsachen = defaultdict(list)
    for model in sorted(models, key=lambda model: model.__tablename__):
        for number, document in _read(session, model, found, first, last, since, known_at):
            facts[model.__tablename__, number].append(document)
    return {number: [_with(one, number, facts) for one in shares] for number, shares in found.items()}


def _with(one: Anteil, job: int, facts: Tatsachen) -> Anteil:
    documents = [beleg for model in MODELLE.get(one.art, ()) for beleg in facts.get((model.__tablename__, job), ())]
    if one.art in ("bezug", "nebenleistung"):
        payment, number = f"{PAYMENT} ", one.titel.rpartition("(")[2].removesuffix(")")
        documents = [beleg for beleg in documents if not beleg.text.startswith((payment, TIMES))
                     or beleg.text.removesuffix(ENDS) == payment + number
                     or (beleg.text.startswith(TIMES) and beleg.text.removesuffix(ENDS).endswith(f"({number})"))]
        # What law or tariff derives from other facts follows them, where the comparison has read them anyway.
        documents = documents or [beleg for model in FOLGT for beleg in facts.get((model.__tablename__, job), ())]
    return replace(one, belege=tuple(dict.fromkeys(documents))[:5]) if documents and not one.belege else one


def _read(session: TenantSession, model: type[Fact], numbers: Collection[int], first: date, last: date,
          since: datetime | None, known_at: datetime | None) -> list[tuple[int, Beleg]]:
    """Fassungen, die zwischen den Ständen begonnen, geendet oder erfasst sind, mit ihrer Beschäftigung."""
    begun = and_(model.valid_from > first, model.valid_from <= last)
    ended = and_(model.valid_to >= first - DAY, model.valid_to < last)
    recorded = [] if since is None else [and_(model.recorded_at > since, model.valid_from <= last)]
    columns: list[Any] = [model.valid_from, model.valid_to, model.recorded_at, model.recorded_by, model.reason]
    statement = select(_job(model).label("job"), *columns, *_more(model)).where(
        known(model, known_at), or_(begun, ended, *recorded, *_dated(model, first, last)), _job(model).in_(numbers))
    statement = _joined(statement, model).order_by(model.valid_from, model.id)
    return _without_replaced([(row.job, _document(model, row, first, last)) for row in session.execute(statement)])


def _dated(model: type[Fact], first: date, last: date) -> list[Any]:
    """Ein- und Austritt stehen oft lange vorher in der Akte; sie wirken an ihrem Tag."""
    if model is not BeschaeftigungAngaben:
        return []
    return [BeschaeftigungAngaben.eintritt.between(first + DAY, last),
            BeschaeftigungAngaben.austritt.between(first - DAY, last)]


def _without_replaced(found: list[tuple[int, Beleg]]) -> list[tuple[int, Beleg]]:
    """Endet eine Fassung, weil am Tag danach die nächste beginnt, zählt nur die nächste."""
    begun = {(job, beleg.text, beleg.ab) for job, beleg in found}
    return [(job, beleg) for job, beleg in found if not (
        beleg.text.endswith(ENDS) and beleg.ab and (job, beleg.text.removesuffix(ENDS), beleg.ab + DAY) in begun)]


def _job(model: type[Fact]) -> Any:
    if model is KrankenkasseSatz:
        return Versicherung.beschaeftigung_id
    if model is ZvKasseSatz:
        return Zusatzversorgung.beschaeftigung_id
    return Beschaeftigung.id if "person_id" in model.keys else getattr(model, "beschaeftigung_id")  # noqa: B009 # by key


def _more(model: type[Fact]) -> list[Any]:
    more = {WiederkehrenderBezug: [Lohnart.nummer], ZeitBezug: [ZeitBezug.arbeitsmonat, ZeitBezug.lohnart],
            BeschaeftigungAngaben: [BeschaeftigungAngaben.eintritt, BeschaeftigungAngaben.austritt]}
    return list(more.get(model, ()))


def _joined(statement: Any, model: type[Fact]) -> Any:
    if model is KrankenkasseSatz:
        return statement.join(Versicherung, and_(Versicherung.krankenkasse_id == KrankenkasseSatz.krankenkasse_id,
                                                 Versicherung.superseded_at.is_(None)))
    if model is ZvKasseSatz:
        return statement.join(Zusatzversorgung, and_(Zusatzversorgung.zv_kasse_id == ZvKasseSatz.zv_kasse_id,
                                                     Zusatzversorgung.superseded_at.is_(None)))
    if model is WiederkehrenderBezug:
        return statement.join(Lohnart, Lohnart.id == WiederkehrenderBezug.lohnart_id)
    if "person_id" in model.keys:
        return statement.join(Beschaeftigung, Beschaeftigung.person_id == getattr(model, "person_id"))  # noqa: B009 # by key
    return statement


def _document(model: type[Fact], row: Any, first: date, last: date) -> Beleg:
    text, ended = _title(model, row), row.valid_to is not None and row.valid_to < last
    day = row.valid_to if ended else row.valid_from
    if model is BeschaeftigungAngaben and not ended:
        if row.austritt is not None and first - DAY <= row.austritt <= last:
            text, day = text + EXIT, row.austritt
        elif first < row.eintritt <= last:
            text, day = text + ENTRY, row.eintritt
    return Beleg(text + ENDS if ended else text, day, row.recorded_by, row.recorded_at, row.reason)


def _title(model: type[Fact], row: Any) -> str:
    if model is ZeitBezug:
        return f"{TIMES}{row.arbeitsmonat % 100:02d}/{row.arbeitsmonat // 100} ({row.lohnart})"
    return TITLES[model.__tablename__] + (f" {row.nummer}" if model is WiederkehrenderBezug else "")
