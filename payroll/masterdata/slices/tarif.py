"""Die Tatsachen des Tarifs für einen Monat: je Tabelle eine Abfrage, gleich wie viele Menschen."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select

from payroll.law.engine.overlay import Overlay
from payroll.law.parameters.uploaded import Uploaded, UploadedTable, ordered, table_overlays
from payroll.masterdata.clocks import known, within
from payroll.masterdata.models import (
    Anlasszahlung,
    Beschaeftigungszeit,
    Fehlzeit,
    HoehereTaetigkeit,
    Rechtswert,
    Sabbatical,
    Stufenregelung,
    Tariftabelle,
    Zulagenanspruch,
)
from payroll.masterdata.models.facts import Fact
from payroll.masterdata.models.tarif import UMWANDLUNGSTAG
from tenants.db.session import TenantSession

Rows = dict[int, list[Any]]
RUECKBLICK = timedelta(days=560)  # chains of the same sickness reach back twelve months and six weeks
KUERZUNG, NICHTS = timedelta(days=366), timedelta()  # how long a conversion day may take off the SuE allowance
KURZ = ("krankheit", "urlaub")  # without any after-effect once past, unless it was long
LANG = 273  # days of sickness from which the time in the step is affected (39 weeks)
FEHLZEIT = (
    "art kette vorerkrankungstage krankengeld_tag_cent krankengeld_netto_tag_cent krankengeld_bis kind_geboren_am "
    "netto_tag_cent"
)
MODELL = "anteil_zaehler anteil_nenner freistellung_ab freistellung_bis stoerfall"
ANSPRUCH = "art betrag_cent anrechnung_cent anteil mitgeteilt_am"
STUFEN = "verkuerzt_monate angehalten einstellungsstufe betrag_cent gruppe_bisher stufe_bisher"


@dataclass
class TarifFacts:
    """Fehlzeiten (auch frühere, soweit sie nachwirken) und was im Monat gilt, je Beschäftigung nach `valid_from`;
    overlays: die Festlegungen des Arbeitgebers am Ersten des Monats, die hochgeladenen Entgelttabellen darunter;
    tables: diese Tabellen selbst."""

    absences: Rows = field(default_factory=dict)
    steps: Rows = field(default_factory=dict)
    duties: Rows = field(default_factory=dict)
    service: Rows = field(default_factory=dict)
    occasions: Rows = field(default_factory=dict)
    models: Rows = field(default_factory=dict)
    allowances: Rows = field(default_factory=dict)
    overlays: tuple[Overlay, ...] = ()
    tables: Uploaded = ()


def tarif_facts(
    session: TenantSession, first: date, last: date, known_at: datetime | None, only: Collection[int] | None = None
) -> TarifFacts:
    """Liest mit neun Abfragen."""
    return TarifFacts(**own_rows(session, first, last, known_at, only), **of_employer(session, first, known_at))


def own_rows(session: TenantSession, first: date, last: date, known_at: datetime | None,
             only: Collection[int] | None = None) -> dict[str, Rows]:
    """Felder von TarifFacts mit Zeilen je Beschäftigung; sieben Abfragen."""

    def of(model: type[Fact], names: str, when: ColumnElement[bool]) -> Rows:
        return _of(session, model, names, when, known_at, only)

    in_month = {model: within(model, first, last) for model in (Stufenregelung, HoehereTaetigkeit, Beschaeftigungszeit)}
    return {
        "absences": of(Fehlzeit, FEHLZEIT, _lasting(first, last)),
        "steps": of(Stufenregelung, STUFEN, in_month[Stufenregelung]),
        "duties": of(HoehereTaetigkeit, "entgeltgruppe", in_month[HoehereTaetigkeit]),
        "service": of(Beschaeftigungszeit, "seit", in_month[Beschaeftigungszeit]),
        "occasions": of(Anlasszahlung, "art menge", and_(Anlasszahlung.valid_from <= last, or_(
            Anlasszahlung.valid_from >= first, and_(Anlasszahlung.art == UMWANDLUNGSTAG,
                                                    Anlasszahlung.valid_from >= first - KUERZUNG)))),
        "models": of(Sabbatical, MODELL, within(Sabbatical, first, last)),
        "allowances": of(Zulagenanspruch, ANSPRUCH, within(Zulagenanspruch, first, last)),
    }


def own_rows_in(rows: Mapping[str, Rows], first: date, last: date) -> dict[str, Rows]:
    """Aus :func:`own_rows` über viele Monate dieselben Felder für einen davon."""

    def holds(name: str, row: Any) -> bool:
        if name == "absences":
            return lasts(row, first, last)
        if name == "occasions":
            back = KUERZUNG if row.art == UMWANDLUNGSTAG else NICHTS
            return bool(first - back <= row.valid_from <= last)
        return bool(row.valid_from <= last and (row.valid_to or last) >= first)

    return {name: {anchor: own for anchor, held in table.items() if (own := [row for row in held if holds(name, row)])}
            for name, table in rows.items()}


def of_employer(session: TenantSession, first: date, known_at: datetime | None) -> dict[str, Any]:
    """Felder von TarifFacts, die für alle gelten; zwei Abfragen."""
    tables = uploaded_tables(session, first, known_at)
    return {"overlays": (*_set_by_employer(session, first, known_at), *table_overlays(first, tables)), "tables": tables}


def step_facts(session: TenantSession, first: date, last: date, known_at: datetime | None = None) -> TarifFacts:
    """Nur Fehlzeiten und Stufenregelungen, aus denen die Stufen folgen; zwei Abfragen."""
    return TarifFacts(_of(session, Fehlzeit, FEHLZEIT, _lasting(first, last), known_at),
                      _of(session, Stufenregelung, STUFEN, within(Stufenregelung, first, last), known_at))


def _of(session: TenantSession, model: type[Fact], names: str, when: ColumnElement[bool], known_at: datetime | None,
        only: Collection[int] | None = None) -> Rows:
    columns = [getattr(model, name) for name in names.split()]
    job: ColumnElement[int] = getattr(model, "beschaeftigung_id")  # noqa: B009 # every model here has one
    statement = select(job.label("anchor"), model.valid_from, model.valid_to, *columns)
    chosen = [] if only is None else [job.in_(only)]
    rows: Rows = defaultdict(list)
    limited = statement.where(known(model, known_at), when, *chosen).order_by(model.valid_from, model.id)
    for row in session.execute(limited):
        rows[row[0]].append(row)
    return dict(rows)


def absences_of(session: TenantSession, first: date, last: date,
                known_at: datetime | None) -> tuple[Rows, dict[int, date]]:
    """Fehlzeiten je Beschäftigung, auch frühere, die nachwirken, und wo sie erfasst ist, ab wann die
    Beschäftigungszeit zählt; zwei Abfragen, die zweite nur, wenn es Fehlzeiten gibt."""
    rows: Rows = defaultdict(list)
    names = [getattr(Fehlzeit, name) for name in FEHLZEIT.split()]
    for row in session.execute(
        select(Fehlzeit.beschaeftigung_id.label("anchor"), Fehlzeit.valid_from, Fehlzeit.valid_to, *names)
        .where(known(Fehlzeit, known_at), _lasting(first, last)).order_by(Fehlzeit.valid_from, Fehlzeit.id)
    ):
        rows[row.anchor].append(row)
    since = session.execute(
        select(Beschaeftigungszeit.beschaeftigung_id, Beschaeftigungszeit.seit)
        .where(known(Beschaeftigungszeit, known_at), within(Beschaeftigungszeit, first, last))
    ) if rows else ()
    return dict(rows), {row.beschaeftigung_id: row.seit for row in since}


def _lasting(first: date, last: date) -> ColumnElement[bool]:
    """Fehlzeiten, die im Monat liegen oder noch nachwirken: auf die Kette, auf die Laufzeit der Stufe."""
    recent = or_(Fehlzeit.valid_to.is_(None), Fehlzeit.valid_to >= first - RUECKBLICK)
    long = func.coalesce(Fehlzeit.valid_to, last) - Fehlzeit.valid_from > LANG
    return and_(Fehlzeit.valid_from <= last, or_(recent, long, Fehlzeit.art.not_in(KURZ)))


def lasts(row: Any, first: date, last: date) -> bool:
    """Dieselbe Frage an eine gelesene Fehlzeit."""
    recent = row.valid_to is None or row.valid_to >= first - RUECKBLICK
    long = ((row.valid_to or last) - row.valid_from).days > LANG
    return bool(row.valid_from <= last and (recent or long or row.art not in KURZ))


def overlays(session: TenantSession, day: date, known_at: datetime | None) -> tuple[Overlay, ...]:
    """Festlegungen des Arbeitgebers und hochgeladene Entgelttabellen, die an diesem Tag gelten; zwei Abfragen."""
    tables = uploaded_tables(session, day, known_at)
    return (*_set_by_employer(session, day, known_at), *table_overlays(day, tables))


def uploaded_tables(session: TenantSession, day: date, known_at: datetime | None) -> Uploaded:
    """Die hochgeladenen Entgelttabellen, die an diesem Tag gelten."""
    rows = session.scalars(
        select(Tariftabelle)
        .where(known(Tariftabelle, known_at), within(Tariftabelle, day, day))
        .order_by(Tariftabelle.tarifwerk)
    )
    return tuple(uploaded_of(row) for row in rows)


def uploaded_of(row: Tariftabelle) -> UploadedTable:
    """Eine Tabelle, wie das Recht sie nimmt."""
    cells = ordered(
        ((gruppe, stufe, cent) for gruppe, steps in row.zellen.items() for stufe, cent in steps.items()), row.tarifwerk
    )
    return UploadedTable(row.tarifwerk, row.valid_from, digest_of(cells), row.quelle, cells)


def digest_of(cells: tuple[tuple[str, str, int], ...]) -> str:
    """Prüfsumme des Inhalts einer Tabelle."""
    return hashlib.sha256(repr(cells).encode()).hexdigest()


def _set_by_employer(session: TenantSession, day: date, known_at: datetime | None) -> tuple[Overlay, ...]:
    rows = session.execute(
        select(Rechtswert.name, Rechtswert.valid_from, Rechtswert.valid_to, Rechtswert.wert, Rechtswert.quelle)
        .where(known(Rechtswert, known_at), within(Rechtswert, day, day), Rechtswert.vorschlag.is_(None))
        .order_by(Rechtswert.name)
    )
    return tuple(
        Overlay(row.name, row.valid_from, _plain(row.wert), row.quelle, row.valid_to, "satzung") for row in rows
    )


def _plain(value: Any) -> Any:
    return int(value) if value == int(value) else value
